"""What a manager may ask for: one router per intent, in the order in which they are asked."""

from __future__ import annotations

from aiogram import Router

from bot.handlers import (
    away,
    by_reply,
    card,
    collision,
    dayoff,
    edited,
    escalation,
    forum,
    group,
    groups,
    guide,
    hand_over,
    inbox,
    internal_note,
    invite,
    language,
    mail,
    membership,
    menu,
    outcome,
    own_groups,
    people,
    phone,
    plain,
    promise,
    prompts,
    reply,
    start,
    takeback,
    team,
    topic,
    undo,
    versions,
    why,
)


def setup() -> list[Router]:
    """Fresh routers: answers to the desk's own questions, commands and buttons, then replies, then
    forms, then what is left."""
    commands = (
        prompts,
        internal_note,
        forum,
        groups,
        group,
        start,
        own_groups,
        menu,
        team,
        guide,
        inbox,
        language,
        away,
        dayoff,
    )
    buttons = (card, hand_over, phone, promise, escalation, mail, why, versions, people)
    replies = (outcome, undo, takeback, collision, edited, by_reply, reply)
    rest = (invite, membership, topic, plain)
    return [room.setup() for room in (*commands, *buttons, *replies, *rest)]
