"""The screen about a member's own Telegram account, which the bot may read and answer for."""

from __future__ import annotations

from bot.access import Visit
from bot.cards import CardView
from bot.menu import account_view

LINK = "https://t.me/"


async def view(visit: Visit) -> CardView:
    """How it stands, and how it is connected."""
    async with visit.inbox.store.begin() as t:
        account = await t.account(visit.me.telegram_id)
    return account_view(visit.say, account, bot_name(visit))


def bot_name(visit: Visit) -> str:
    """How clients find their bot."""
    name, _, start = visit.inbox.join_link.removeprefix(LINK).partition("?")
    return f"@{name}" if start else visit.say("the name of this bot")
