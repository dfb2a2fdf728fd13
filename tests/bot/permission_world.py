"""A studio in which every button of the table of permissions has something to be about."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any

from aiogram.filters.callback_data import CallbackData

from bot.client_groups import place_of
from bot.drafts import Draft, Part, keep
from inbox import groups, handing_over_all, promises
from inbox.chat_records import Suggestion
from inbox.model import Handle, Manager, Role
from inbox.records import DeskRef
from inbox.work_records import Horizon, PriceItem, Quote, Task, Template, Unit, Within
from sandbox.telegram import Person
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, desk_world
from tests.bot.permission_people import MAYA, TEAM, with_deputy
from tests.bot.permission_rows import ALERTED, DRAFTS, FREE, LINKED, PROMISED
from tests.bot.studio import HOURS, OLGA

_presses = count(1)


@asynccontextmanager
async def studio(path: Path) -> AsyncIterator[DeskWorld]:
    """Olga's client was answered, was promised something, and has one of everything."""
    async with desk_world(path) as world:
        world.world.add_person(Person(MAYA.telegram_id, MAYA.name, language_code="ru"))
        await _members(world)
        world.people.says(CLIENT, BOT, "Сайт не открывается")
        card = await world.sees(OLGA.telegram_id, "Сайт не открывается")
        await world.presses(OLGA, card, "Взять")
        world.people.says(OLGA.telegram_id, BOT, "Смотрим", reply_to=card["message_id"])
        await world.sees(CLIENT, "Смотрим")
        await _day(world)
        await _people(world)
        for one in TEAM:
            world.people.says(one.telegram_id, BOT, "/menu")
            await world.sees(one.telegram_id, "☰")
        yield world


async def _members(world: DeskWorld) -> None:
    async with world.inbox.store.begin() as t:
        maya = await t.save_manager(replace(MAYA, id=0))
        group = await t.save_manager(Manager(0, "Дежурные", -700, Role.CHAT))
        assert (maya.id, group.id) == (MAYA.id, ALERTED)
        olga = next(one for one in await t.staff() if one.id == OLGA.id)
        await t.save_manager(with_deputy(olga, maya.id))


async def _day(world: DeskWorld) -> None:
    """What a manager's work is made of."""
    now, within = world.inbox.clock.now(), Within(2, Unit.HOURS)
    due = HOURS.next_opening(now + timedelta(days=1))
    assert (await promises.promise(world.inbox, 1, due, OLGA)).id == PROMISED
    price = Decimal(500)
    async with world.inbox.store.begin() as t:
        task = Task("a", 1, "Счёт", Horizon.NOW, OLGA.id, now, conversation_id=1, message_id=1)
        await t.add_task(task)
        await t.save_template(Template("Привет", "Здравствуйте", "ru", OLGA.id, now))
        await t.save_price_item(PriceItem("Шапка", price, "₽", within, OLGA.id, now))
        quote = Quote("q", 1, OLGA.id, "Шапка", price, "₽", within, now, due, "s", 1, 1)
        await t.add_quote(quote)
        for number in DRAFTS:
            part = Part(DeskRef(BOT, OLGA.telegram_id, number), "Ещё смотрим")
            await keep(t, Draft((part,), OLGA.id, now, conversation_id=1))


async def _people(world: DeskWorld) -> None:
    """Two who may be one, and two groups that are known."""
    now = world.inbox.clock.now()
    async with world.inbox.store.begin() as t:
        contacts = []
        for name in ("Мария", "Маша"):
            client = await t.add_client(name, OLGA.id)
            contact = await t.add_contact(client.id, name)
            await t.add_handles(contact.id, (Handle("email", f"{contact.id}@romashka.example"),))
            contacts.append(contact.id)
        await t.suggest(Suggestion(contacts[0], contacts[1], "phone", "+79161234567", now))
        await t.save_form(f"group:{FREE}", '"Зерно"')
        await t.save_form(f"group:{LINKED}", '"Сайт Анны"')
    await groups.link_group(world.inbox, place_of(LINKED), "Сайт Анны", 1, OLGA)


async def restore(world: DeskWorld) -> None:
    """All is Olga's again, and stands as it stood, for whoever presses next."""
    inbox = world.inbox
    async with inbox.store.begin() as t:
        clients = [one for one, _ in await t.clients()]
        task, template, item = await t.task(1), await t.template(1), await t.price_item(1)
        assert task is not None
        assert template is not None
        assert item is not None
        if not task.is_open:
            await t.save_task(replace(task, done_at=None, done_by_id=None, dropped_at=None))
        if template.dropped_at is not None:
            await t.save_template(replace(template, dropped_at=None))
        if item.dropped_at is not None:
            await t.save_price_item(replace(item, dropped_at=None))
        linked = await t.contact_of((place_of(LINKED),))
        taken = await t.contact_of((place_of(FREE),))
    for one in clients:
        if one.manager_id != OLGA.id:
            cause = f"back {next(_presses)}"
            await handing_over_all.hand_over_client(inbox, one.id, OLGA, OLGA, cause)
    if linked is None:
        await groups.link_group(inbox, place_of(LINKED), "Сайт Анны", 1, OLGA)
    if taken is not None:
        await groups.unlink_group(inbox, place_of(FREE), OLGA)


async def state(world: DeskWorld) -> tuple[Any, ...]:
    """What a refused press must leave as it is."""
    async with world.inbox.store.begin() as t:
        return (
            await t.clients(),
            (await t.conversation(1)).assignee_id,
            await t.task(1),
            await t.template(1),
            await t.price_item(1),
            await t.quote(1),
            (await t.wait(PROMISED))[1],
            await t.reply(1),
            await t.suggestion(1),
            await t.joining(1),
            [line.text for line in await t.history(1, 50)],
        )


async def all_press(
    world: DeskWorld, people: Iterable[Manager], data: str
) -> list[tuple[Manager, str]]:
    """What each of them is told; they press at once."""
    pressing = list(people)
    said = await asyncio.gather(
        *(world.presses_made_up(one.telegram_id, data) for one in pressing)
    )
    return list(zip(pressing, said, strict=True))


async def pressed_one_by_one(
    world: DeskWorld, people: Iterable[Manager], datas: Iterable[str]
) -> list[tuple[str, str]]:
    """Every button pressed once, by whichever of them is free; with what was told."""
    waiting, told = iter(list(datas)), list[tuple[str, str]]()

    async def press(person: Manager) -> None:
        for data in waiting:
            told.append((data, await world.presses_made_up(person.telegram_id, data)))

    await asyncio.gather(*(press(one) for one in people))
    return told


def spoiled(button: CallbackData) -> Iterator[str]:
    """The button with data that nobody could have from us, by the kinds of its own fields."""
    whole = button.pack()
    parts = whole.split(":")
    yield f"{whole}:1"
    if len(parts) > 1:
        yield ":".join(parts[:-1])
    for at, field in enumerate(type(button).model_fields.values(), 1):
        for bad in _bad_values(field.annotation):
            if not bad and not field.is_required():
                continue  # an empty value stands for the usual one
            yield ":".join([*parts[:at], bad, *parts[at + 1 :]])


def _bad_values(kind: Any) -> tuple[str, ...]:
    if kind is int:
        return ("", "x", "1.5", str(10**30), str(-(10**30)))
    if kind is bool:
        return ("", "maybe")
    if isinstance(kind, type) and issubclass(kind, StrEnum):
        return ("", "~", "tt")
    return ()


def unknown(button: CallbackData, unread: set[str], number: int) -> Iterator[str]:
    """The button with the number of something that is not there, in each field that names one."""
    for name in type(button).model_fields:
        if not name.endswith("_id") or name in unread:
            continue
        if name == "client_id" and not getattr(button, name):
            continue
        value = -number if name == "chat_id" else number
        yield button.model_copy(update={name: value}).pack()
