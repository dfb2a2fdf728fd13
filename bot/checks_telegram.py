"""What a bot is allowed by its owner at @BotFather, as `okno check` says it: groups, own accounts,
topics, inline mode. None of it is a fault."""

from __future__ import annotations

from collections.abc import Iterator

from aiogram.types import User

from bot.finding import Finding
from bot.settings import Settings
from inbox.phrases import Phrase


def abilities(me: User, key: str, settings: Settings) -> Iterator[Finding]:
    """Of the clients' bot what it hears and may be connected to; of the staff's its topics."""
    alone = settings.telegram.staff is None
    if alone or key != "telegram.staff":
        yield Finding(Phrase("client groups"), _groups(me))
        yield Finding(Phrase("own accounts"), _accounts(me))
    if alone or key == "telegram.staff":
        yield Finding(Phrase("topics"), _topics(me, settings))
        yield Finding(Phrase("templates while typing"), _inline(me))


def _groups(me: User) -> Phrase:
    if me.can_join_groups is False:
        return Phrase("the bot cannot be added to groups; @BotFather, /setjoingroups allows it")
    if me.can_read_all_group_messages:
        return Phrase("the bot hears everything")
    return Phrase(
        "privacy mode is on: the bot hears everything only where it is an administrator;"
        " @BotFather, /setprivacy, Disable lets it hear all groups"
    )


def _accounts(me: User) -> Phrase:
    if me.can_connect_to_business:
        return Phrase("members may connect theirs (Telegram Business)")
    return Phrase("cannot be connected; @BotFather, Bot Settings, Business Mode allows it")


def _inline(me: User) -> Phrase:
    if me.supports_inline_queries:
        return Phrase("members type the bot's name and a word")
    return Phrase("inline mode is off; @BotFather, /setinline allows it")


def _topics(me: User, settings: Settings) -> Phrase:
    if settings.desk.topics == "off":
        return Phrase("off in private chats, by desk.topics; /forum in a group makes them there")
    if me.has_topics_enabled:
        return Phrase("each client has a topic in members' chats")
    return Phrase(
        "none in private chats; @BotFather can switch them on, or /forum in a group makes them"
        " there"
    )
