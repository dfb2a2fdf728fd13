"""A database of a busy year: closed waits and their messages, so many a week.

Run: python benchmarks/filled_weeks.py URL WAITS A_WEEK, with the weeks up to the last Monday.
"""

from __future__ import annotations

import asyncio
import random
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.calendar import studio_hours
from inbox.calendars import STUDIO, Calendar
from inbox.log_records import Deed, Entry
from inbox.model import Handle, InboundMessage, Manager, Nature, Outcome, Wait
from inbox.policies import Terms
from inbox.reports import week_of
from inbox.sla import Policy, Recipient, Rung
from storage.codec import message_row
from storage.store import open_store
from storage.tables import client, contact, conversation, message, raw, wait
from storage.timing_codec import entry_row
from storage.timing_tables import audit
from storage.wait_codec import wait_row

MANAGERS, CLIENTS, TALKS = 30, 4_000, 40_000
MOSCOW = ZoneInfo("Europe/Moscow")
WEEK = timedelta(days=7)
BATCH = 4_000
POLICY = Policy(
    timedelta(hours=1),
    (
        Rung(timedelta(minutes=45), Recipient.MANAGER),
        Rung(timedelta(minutes=60), Recipient.HEAD),
        Rung(timedelta(minutes=120), Recipient.HEAD),
    ),
)
OUTCOMES = (
    *((Outcome.ANSWERED, 88), (Outcome.PHONED, 3), (Outcome.DISMISSED, 7)),
    (Outcome.CLOSED_UNANSWERED, 2),
)


def russian_calendar() -> Calendar:
    week = {day: ["09:00-18:00"] for day in range(5)}
    return Calendar(STUDIO, studio_hours("Europe/Moscow", week, "RU"))


def last_monday() -> datetime:
    return week_of(datetime.fromtimestamp(time.time(), UTC), MOSCOW)[0]


async def fill(url: str, waits: int, a_week: int, until: datetime, calendar: Calendar) -> None:
    """So many waits, evenly over the weeks before `until`, the last one open; a tenth of them
    changed hands. The tables stand already."""
    store = await open_store(url, exclusive=False)
    async with store.begin() as t:
        members = [Manager(0, f"Менеджер {one}", 9_000 + one) for one in range(MANAGERS)]
        ids = [(await t.save_manager(one)).id for one in members]
        await _add_clients(t, ids)
    rows = _Rows(ids, Terms(POLICY, calendar), until - WEEK * (waits / a_week), WEEK / a_week)
    for first in range(0, waits, BATCH):
        async with store.begin() as t:
            for table, some in rows.some(range(first, min(first + BATCH, waits))):
                await t.run(sa.insert(table), some)
    async with store.begin() as t:
        await t.run(sa.text("ANALYZE"))
    await store.close()


async def _add_clients(t: Any, ids: list[int]) -> None:
    firms = [
        {"id": one, "name": f"Клиент {one}", "manager_id": ids[one % MANAGERS], "tier": _tier(one)}
        for one in range(1, CLIENTS + 1)
    ]
    people = [{"id": one["id"], "client_id": one["id"], "name": one["name"]} for one in firms]
    talks = [
        {
            "id": number,
            "channel_id": _channel(number),
            "contact_id": number % CLIENTS + 1,
            "recipient_kind": "email",
            "recipient_address": f"c{number}@x.test",
            "assignee_id": ids[(number % CLIENTS + 1) % MANAGERS],
        }
        for number in range(1, TALKS + 1)
    ]
    for table, some in ((client, firms), (contact, people), (conversation, talks)):
        for first in range(0, len(some), BATCH):
            await t.run(sa.insert(table), some[first : first + BATCH])


def _tier(number: int) -> str | None:
    return ("gold", "silver", None)[number % 3]


def _channel(number: int) -> str:
    return ("telegram", "email:info", "email:sales")[number % 3]


class _Rows:
    """Waits in the order of their beginning, each with its message."""

    def __init__(self, ids: list[int], terms: Terms, begin: datetime, step: timedelta) -> None:
        self._ids, self._terms = ids, terms
        self._begin, self._step = begin, step
        self._chance = random.Random(11)

    def some(self, numbers: range) -> Iterator[tuple[sa.Table, list[dict[str, Any]]]]:
        waits = [self._wait(one) for one in numbers]
        yield wait, [row for row, _ in waits]
        asked = [one for _, one in waits]
        yield (
            raw,
            [
                {
                    "id": number + 1,
                    "channel_id": one.channel_id,
                    "external_id": one.external_id,
                    "lane": "filled",
                    "received_at": one.sent_at,
                    "note": {},
                    "state": "filed",
                    "reason": "",
                    "payload": b"",
                }
                for number, one in zip(numbers, asked, strict=True)
            ],
        )
        yield (
            message,
            [
                {
                    "id": number + 1,
                    "conversation_id": row["conversation_id"],
                    "raw_id": number + 1,
                    "wait_id": number + 1,
                    **message_row(one),
                }
                for number, (row, one) in zip(numbers, waits, strict=True)
            ],
        )
        changed = [row for row, _ in waits if row["id"] % 10 == 0]
        yield audit, [self._assigned(row) for row in changed]

    def _wait(self, number: int) -> tuple[dict[str, Any], InboundMessage]:
        chance, started_at = self._chance, self._begin + self._step * number
        talk = number * 7919 % TALKS + 1
        holder = self._ids[(talk % CLIENTS + 1) % MANAGERS]
        (outcome,) = chance.choices(*zip(*OUTCOMES, strict=True))
        ended_at = started_at + timedelta(minutes=chance.expovariate(1 / 90))
        hours = self._terms.calendar.hours
        one = Wait.open(started_at, self._terms, first=chance.random() < 0.3)
        one = one.closed(outcome, ended_at, holder, hours).held(holder)
        said = InboundMessage(
            channel_id=_channel(talk),
            external_id=f"filled:{number}",
            thread_ids=(),
            sender=Handle("email", f"c{talk}@x.test"),
            sender_name="Клиент",
            sent_at=started_at,
            text="Добрый день! Когда будет готов макет главной страницы? Ждём новостей.",
            nature=Nature.PERSON if chance.random() < 0.95 else Nature.THANKS,
        )
        row = {**wait_row(one), "id": number + 1, "conversation_id": talk}
        return row, said

    def _assigned(self, row: dict[str, Any]) -> dict[str, Any]:
        at = row["started_at"] + (row["closed_at"] - row["started_at"]) / 2
        whom = row["closed_by_id"]
        return entry_row(
            Entry(at, Deed.ASSIGNED, None, row["conversation_id"], row["id"], whom, "", "")
        )


if __name__ == "__main__":
    _, to, how_many, each_week = sys.argv
    asyncio.run(fill(to, int(how_many), int(each_week), last_monday(), russian_calendar()))
