"""A database as it is after years: clients of very different sizes, what they wrote and heard."""

from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inbox.model import Attachment, Handle, InboundMessage, Manager, Media, Nature
from inbox.records import Reply, ReplyState
from storage.codec import message_row
from storage.desk import reply_row
from storage.indexing import message_entry, reply_entry
from storage.store import open_store
from storage.tables import client, contact, conversation, handle, message, raw, reply
from tests.fixtures.search.generator import messages

CLIENTS = 2_000
THREADS = 4  # conversations of a client: the first on Telegram, the others by mail
YEARS = timedelta(days=3 * 365)
BATCH = 1_000
ONE_BY_ONE = 3_000  # the last, as they come in life: the index is in pieces as it is then
REPLIES, FILES = 0.2, 0.03
FIRST_ID = 100_000  # what the product adds by itself has smaller ids before, larger ones later
FIRST_NAMES = ("Иван", "Марина", "Ольга", "Пётр", "Анна", "Helen", "John", "Светлана")
LAST_NAMES = ("Котов", "Лаврик", "Мельник", "Гусев", "Smith", "Родченко", "Бойко", "Юдина")
FIRMS = (
    "Ромашка",
    "Вектор",
    "Северный ветер",
    "Atlas",
    "Мебель-Юг",
    "Пекарня",
    "Orion",
    "Стройдом",
)
GIN = "CREATE INDEX ix_search_stems ON search USING gin (stems) WITH (fastupdate = off)"


@dataclass(frozen=True, slots=True)
class Readers:
    """Members by id: `few` holds five small clients, `large` a fifth of all."""

    few: int
    large: int


async def fill(url: str, count: int, now: datetime) -> Readers:
    """So many messages and replies of three years up to now. The tables stand already."""
    store = await open_store(url, exclusive=False)
    postgres = url.startswith("postgres")
    async with store.begin() as t:
        ids = [
            (await t.save_manager(Manager(0, name, 9_000 + number, zone="UTC", language="ru"))).id
            for number, name in enumerate(("Few", "Large", "Анна Others"))
        ]
        await _add_clients(t, ids)
        if postgres:
            await t.run(sa.text("DROP INDEX ix_search_stems"))
    lines = _Lines(count, now)
    last = max(0, count - ONE_BY_ONE)
    for first in range(0, last, BATCH):
        async with store.begin() as t:
            await lines.add(t, range(first, min(first + BATCH, last)))
    async with store.begin() as t:
        if postgres:
            await t.run(sa.text("SET LOCAL maintenance_work_mem = '512MB'"))
            await t.run(sa.text(GIN))
            for name in ("client", "contact", "conversation", "raw", "message", "reply"):
                newest = f"(SELECT coalesce(max(id), 0) + {ONE_BY_ONE} FROM {name})"
                await t.run(
                    sa.text(f"SELECT setval(pg_get_serial_sequence('{name}', 'id'), {newest})")
                )
        await t.run(sa.text("ANALYZE"))
    for number in range(last, count):
        async with store.begin() as t:
            await lines.add(t, range(number, number + 1))
    await store.close()
    return Readers(ids[0], ids[1])


def _holder(number: int, ids: Sequence[int]) -> int | None:
    """The smallest clients are those of `few`, and nobody's; every fifth is the large one's."""
    few, large, others = ids
    if number >= CLIENTS - 5:
        return few
    if number >= CLIENTS - 45:
        return None
    return large if number % 5 == 0 else others


def _name(number: int) -> str:
    first = FIRST_NAMES[number % len(FIRST_NAMES)]
    return f"{first} {LAST_NAMES[number // 7 % len(LAST_NAMES)]}"


async def _add_clients(t: Any, ids: Sequence[int]) -> None:
    numbers = range(CLIENTS)
    firms = [
        {
            "id": FIRST_ID + one,
            "name": f"{FIRMS[one % len(FIRMS)]} {one}",
            "manager_id": _holder(one, ids),
        }
        for one in numbers
    ]
    people = [{"id": n, "client_id": n, "name": _name(n - FIRST_ID)} for n in _ids(numbers)]
    addresses = [
        {"kind": kind, "address": address, "contact_id": FIRST_ID + one}
        for one in numbers
        for kind, address in (
            ("telegram", f"7{one:06d}"),
            ("email", f"client{one}@f{one}.example"),
        )
    ]
    talks = [
        {
            "id": FIRST_ID + one * THREADS + thread,
            "channel_id": "email:info" if thread else "telegram",
            "contact_id": FIRST_ID + one,
            "recipient_kind": "email" if thread else "telegram",
            "recipient_address": f"client{one}@f{one}.example" if thread else f"7{one:06d}",
            "assignee_id": _holder(one, ids),
        }
        for one in numbers
        for thread in range(THREADS)
    ]
    for rows_of, rows in (
        (client, firms),
        (contact, people),
        (handle, addresses),
        (conversation, talks),
    ):
        await t.run(sa.insert(rows_of), rows)


def _ids(numbers: range) -> range:
    return range(FIRST_ID + numbers.start, FIRST_ID + numbers.stop)


class _Lines:
    """What was said, in the order of time."""

    def __init__(self, count: int, now: datetime) -> None:
        self._chance = random.Random(7)
        self._said = messages(count, seed=3)
        self._begin, self._step = now - YEARS, YEARS / count
        self._weights = list(itertools.accumulate(1 / (one + 5) for one in range(CLIENTS)))

    async def add(self, t: Any, numbers: range) -> None:
        asked: list[tuple[int, int, InboundMessage]] = []
        answered: list[Reply] = []
        for number, said in zip(numbers, itertools.islice(self._said, len(numbers)), strict=True):
            one = self._chance.choices(range(CLIENTS), cum_weights=self._weights)[0]
            thread = self._chance.randrange(THREADS)
            talk = FIRST_ID + one * THREADS + thread
            at = self._begin + self._step * number
            if self._chance.random() < REPLIES:
                answered.append(_reply(FIRST_ID + number, talk, said.text, at))
            else:
                files = self._chance.random() < FILES
                asked.append(
                    (
                        FIRST_ID + number,
                        talk,
                        _message(number, one, thread, said.text, at, files=files),
                    )
                )
        await _store(t, asked, answered)


def _reply(id_: int, talk: int, text: str, at: datetime) -> Reply:
    state = ReplyState.SENT
    return Reply(f"filled:{id_}", talk, 1, text, at, state=state, sent_at=at, id=id_)


def _message(
    number: int, one: int, thread: int, text: str, at: datetime, *, files: bool
) -> InboundMessage:
    attached = Attachment(
        Media.DOCUMENT, f"смета {number}.pdf", "application/pdf", 9, "bot:1", "x"
    )
    return InboundMessage(
        channel_id="email:info" if thread else "telegram",
        external_id=f"filled:{number}",
        thread_ids=(),
        sender=Handle("email", f"client{one}@f{one}.example")
        if thread
        else Handle("telegram", f"7{one:06d}"),
        sender_name=_name(one),
        sent_at=at,
        text=text,
        subject="Вопрос по сайту" if thread else None,
        attachments=(attached,) if files else (),
        nature=Nature.PERSON,
    )


async def _store(
    t: Any, asked: Sequence[tuple[int, int, InboundMessage]], answered: Sequence[Reply]
) -> None:
    raws = [
        {
            "id": id_,
            "channel_id": one.channel_id,
            "external_id": one.external_id,
            "lane": "filled",
            "received_at": one.sent_at,
            "note": {},
            "state": "filed",
            "reason": "",
            "payload": b"",
        }
        for id_, _, one in asked
    ]
    messages_ = [
        {"id": id_, "conversation_id": talk, "raw_id": id_, **message_row(one)}
        for id_, talk, one in asked
    ]
    replies = [{"id": one.id, **reply_row(one)} for one in answered]
    for rows_of, rows in ((raw, raws), (message, messages_), (reply, replies)):
        if rows:
            await t.run(sa.insert(rows_of), rows)
    entries = [message_entry(id_, talk, one) for id_, talk, one in asked]
    await t.index_all([*entries, *map(reply_entry, answered)], again=False)
