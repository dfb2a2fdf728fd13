"""The studio's other ways to clients, set up: a client's group, and a manager's own account."""

from __future__ import annotations

import asyncio

from sandbox import studio
from sandbox.stage import Stage
from sandbox.telegram.world import Message

LINKED_WITHIN = 20.0  # seconds


def open_chats(stage: Stage) -> None:
    """Before the product runs: topics, the group with the bot in it, the connected account.

    Privacy mode is on, as at every new bot: in the group the bot hears all as an administrator.
    """
    bot, people = stage.bot, stage.people
    bot.topics = bot.privacy = True
    founder, *others = (one.person_id for one in studio.GROUP_MEMBERS)
    people.makes_group(
        founder, None, studio.GROUP, studio.GROUP_TITLE, members=others, plain=False
    )
    people.adds_bot(founder, bot, studio.GROUP, admin=True)
    owner, client = studio.OWN_ACCOUNT
    stage.world.account_room(owner.person_id, client.person_id, bot)
    people.connects(owner.person_id, bot)


async def link_group(stage: Stage, within: float = LINKED_WITHIN) -> bool:
    """The founder says whose group it is, by the button; False where nobody asks in time."""
    founder, _ = studio.GROUP_MEMBERS
    news = stage.world.subscribe()
    try:
        async with asyncio.timeout(within):
            while (asked := _question(stage)) is None:
                await news.get()
            await stage.people.presses(founder.person_id, stage.bot, *asked)
    except TimeoutError:
        return False
    finally:
        stage.world.unsubscribe(news)
    return True


def _question(stage: Stage) -> tuple[int, str] | None:
    """The message and the button's data that name the client."""
    founder, client = studio.GROUP_MEMBERS
    for message in stage.world.chat(stage.bot, founder.person_id):
        data = _button(message, client.company)
        if data is not None:
            return message["message_id"], data
    return None


def _button(message: Message, label: str) -> str | None:
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        for button in row:
            if label in button["text"] and "callback_data" in button:
                return str(button["callback_data"])
    return None
