"""How a client is met elsewhere than in the bot's chat: a group, a manager's own account."""

from __future__ import annotations

from typing import Any

from tests.e2e.walk.people import Client, Side
from tests.e2e.walk.stage import BOT, Message, Walk, buttons_of


async def linked(walk: Walk, at: Side, client: Client, title: str, *members: int) -> int:
    """A group of the manager's with the client, linked by the question that follows."""
    group = await walk.group(at, title, client.telegram, *members)
    me = at.manager.telegram
    question = await walk.said(me, at.words("Whose group is “{title}”?", title=title))
    if client.name not in buttons_of(question):
        await walk.answers(at.manager, question, client.name)
        found = at.words("Found by “{name}”:", name=client.name)
        question = await walk.said(me, found, after=question["message_id"])
    await walk.press(me, question, client.name)
    done = at.words("✅ “{title}” is a group of {name}.", title=title, name=client.name)
    await walk.shows(me, question, done)
    return group


def done_of(at: Side, title: str, client: Client) -> str:
    return at.words("✅ “{title}” is a group of {name}.", title=title, name=client.name)


async def connected(walk: Walk, at: Side) -> None:
    """The manager's account is connected, once for all steps."""
    me = at.manager.telegram
    before = await walk.count(me, "💼")
    await walk.telegram.connects(me, BOT)
    told = at.say.template(
        "💼 {name}: the own account is connected. Clients' chats come here, and answers go out in "
        "this name."
    ).format(name=at.manager.name)

    async def is_told() -> bool:
        return await walk.count(me, "💼") > before and await walk.count(me, told) > 0

    await walk.until(is_told, "it is said that the account is connected")


async def in_account(walk: Walk, at: Side, client: Client, text: str, **how: Any) -> Message:
    """The client writes to the manager's own account; the card."""
    me = at.manager.telegram
    return await walk.said_after(
        me, text, client.telegram, chat_id=client.telegram, owner=me, **how
    )


async def typed(walk: Walk, at: Side, client: Client, text: str, **how: Any) -> Message:
    """The manager types in the own app."""
    me = at.manager.telegram
    return await walk.writes(me, text, chat_id=client.telegram, owner=me, **how)
