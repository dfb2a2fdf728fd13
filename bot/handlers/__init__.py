"""What a manager may ask for: one router per intent, in the order in which they are asked."""

from __future__ import annotations

from aiogram import Router

from bot.handlers import (
    away,
    board,
    by_reply,
    card,
    client,
    client_files,
    client_history,
    client_holder,
    collision,
    dayoff,
    edited,
    escalation,
    figures,
    find,
    forum,
    from_template,
    group,
    groups,
    guide,
    hand_over,
    inbox,
    inline,
    internal_note,
    invite,
    language,
    lists_in,
    live,
    mail,
    membership,
    menu,
    outcome,
    own_groups,
    people,
    phone,
    plain,
    prices,
    promise,
    prompts,
    quotes,
    reply,
    report,
    start,
    takeback,
    task_card,
    tasks,
    team,
    templates,
    topic,
    undo,
    versions,
    why,
    write_first,
)


def setup() -> list[Router]:
    """Fresh routers: answers to the desk's own questions, commands and buttons, then replies, then
    forms, then what is left."""
    commands = (
        prompts,
        internal_note,
        client,
        find,
        forum,
        groups,
        board,
        group,
        start,
        own_groups,
        menu,
        team,
        live,
        report,
        figures,
        guide,
        inbox,
        tasks,
        language,
        away,
        dayoff,
        from_template,
        templates,
        prices,
        inline,
    )
    about_clients = (client_history, client_holder, client_files, write_first)
    buttons = (card, hand_over, phone, promise, escalation, mail, why, versions, people)
    work = (quotes, lists_in, task_card)
    replies = (outcome, undo, takeback, collision, edited, by_reply, reply)
    rest = (invite, membership, topic, plain)
    return [room.setup() for room in (*commands, *about_clients, *buttons, *work, *replies, *rest)]
