"""Messages of the desk that change in place, as the tests of its screens look at them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from decimal import Decimal
from itertools import count
from typing import Any

from inbox import routing
from inbox.model import Manager
from inbox.work_records import PriceItem, Template, Unit, Within
from tests.bot.desk_world import BOT, CLIENT, PATIENCE, DeskWorld, labels
from tests.bot.studio import OLGA

_presses = count(1)


def at_client(desk: DeskWorld, client: int = CLIENT) -> list[str]:
    """What a client reads."""
    return [one.get("text", "") for one in desk.chat(client) if not one["out"]]


async def add_templates(desk: DeskWorld, *templates: tuple[str, str, str]) -> None:
    """Title, text and language of each; they are Olga's."""
    async with desk.inbox.store.begin() as t:
        olga = routing.named(await t.staff(), OLGA.name)
        assert olga is not None
        for title, text, language in templates:
            now = desk.inbox.clock.now()
            await t.save_template(Template(title, text, language, olga.id, now))


async def add_item(desk: DeskWorld, title: str) -> None:
    """500 ₽ and two hours; it is Olga's."""
    async with desk.inbox.store.begin() as t:
        olga = routing.named(await t.staff(), OLGA.name)
        assert olga is not None
        within, now = Within(2, Unit.HOURS), desk.inbox.clock.now()
        await t.save_price_item(PriceItem(title, Decimal(500), "₽", within, olga.id, now))


async def said(desk: DeskWorld, person: Manager, words: str) -> dict[str, Any]:
    """The newest message to a member in which the words stand."""
    return await desk.sees(person.telegram_id, words)


async def now_says(desk: DeskWorld, message: dict[str, Any], words: str) -> dict[str, Any]:
    """The same message, once the words stand in it."""
    return await _becomes(desk, message, lambda one: words in one["text"])


async def showing(desk: DeskWorld, message: dict[str, Any], label: str) -> dict[str, Any]:
    """The same message, once it has this button."""
    return await _becomes(desk, message, lambda one: label in labels(one))


async def _becomes(
    desk: DeskWorld, message: dict[str, Any], holds: Callable[[dict[str, Any]], bool]
) -> dict[str, Any]:
    def found() -> dict[str, Any] | None:
        chat = desk.chat(message["chat"]["id"])
        same = next(one for one in chat if one["message_id"] == message["message_id"])
        return same if holds(same) else None

    become: dict[str, Any] = await desk.until(found)
    return become


async def presses_under(
    desk: DeskWorld, person: Manager, message: dict[str, Any], data: str
) -> str:
    """Press a button that the message has no more, or never had, in whoever's chat it stands."""
    query_id = f"under a message {next(_presses)}"
    answer: asyncio.Future[dict[str, Any]] = asyncio.get_running_loop().create_future()
    desk.world.callbacks[query_id] = answer
    query = {
        "id": query_id,
        "from": desk.world.people[person.telegram_id].as_user(),
        "chat_instance": "1",
        "data": data,
        "message": message,
    }
    desk.world.bots[BOT].stream.push("callback_query", query)
    async with asyncio.timeout(PATIENCE):
        return str((await answer).get("text") or "")
