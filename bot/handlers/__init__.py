"""What a manager may ask for: one router per intent, in the order in which they are asked."""

from __future__ import annotations

from aiogram import Router

from bot.handlers import (
    card,
    guide,
    inbox,
    invite,
    language,
    mail,
    membership,
    outcome,
    plain,
    reply,
    start,
)


def setup() -> list[Router]:
    """Fresh routers: commands and buttons, then replies, then forms, then what is left."""
    rooms = (start, guide, inbox, language, card, mail, outcome, reply, invite, membership, plain)
    return [room.setup() for room in rooms]
