"""Addresses that open a client's card in the desk's bot: https://t.me/BOT?start=card_7."""

from __future__ import annotations

import re

from inbox.ports import Store

# A number that any database takes.
_START = re.compile(r"card_(\d{1,18})")


async def known_link(store: Store, bot_id: int) -> str:
    """The address of a message's card, with the field {message_id}; "" where the bot's name was
    never told."""
    async with store.begin() as t:
        return card_link(await t.form(f"bot_name:{bot_id}") or "")


def card_link(name: str) -> str:
    """The same for the bot of this name."""
    return f"https://t.me/{name}?start=card_{{message_id}}" if name else ""


def linked_message(start: str | None) -> int | None:
    """The message whose card is meant by what follows /start; None where it is something else."""
    found = _START.fullmatch(start or "")
    return int(found[1]) if found is not None else None
