"""A quarter of waits as facts, in the database and beside it, for figures that are counted twice.

Whole minutes, Russian holidays, two zones, waits that change hands, waits that stay open. What is
expected of them is counted from the facts, open minute by open minute.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa

from inbox.calendars import STUDIO, Calendar
from inbox.log_records import Deed, Entry
from inbox.model import Handle, InboundMessage, Manager, Nature, Outcome, Wait
from inbox.policies import Terms
from inbox.sla import Policy
from storage.codec import message_row
from storage.store import SqlStore
from storage.tables import client, contact, conversation, message, raw, wait
from storage.timing_codec import entry_row
from storage.timing_tables import audit
from storage.wait_codec import wait_row
from tests.inbox.brute_force import MINUTE, Minutes
from tests.inbox.test_quarter import EAST, LONG, LUNCH, each_calendar

BEGIN = datetime(2026, 3, 29, 21, tzinfo=UTC)  # Monday, 30 March in Moscow
WEEKS = 13
END = BEGIN + WEEKS * timedelta(days=7)
NAMES = ("Анна", "Борис", "Вера", "Глеб")
CHANNELS = ("telegram", "email:info", "email:sales")
TIERS = ("gold", "silver", None)
TALKS, CLIENTS, WAITS = 160, 40, 1_800
# How it ends, with a weight; "" stays open.
ENDS = (("answered", 80), ("phoned", 4), ("dismissed", 8), ("closed_unanswered", 4), ("", 1))
# Minutes until then, at least and at most, with a weight.
PACE = (((0, 40), 40), ((40, 300), 30), ((300, 1500), 20), ((1500, 30_000), 10))


@dataclass(frozen=True)
class Fact:
    """One wait. Members by their places in NAMES, None: nobody. `got`: who got it, and when."""

    id: int
    talk: int
    started: datetime
    within: timedelta
    calendar: str
    first: bool
    end: str
    ended: datetime | None
    by: int | None
    held: int | None
    got: tuple[int, datetime] | None

    @property
    def holder(self) -> int | None:
        """Of the conversation, now."""
        return holder_of(self.talk)


def holder_of(talk: int) -> int | None:
    place = talk % CLIENTS % (len(NAMES) + 1)
    return place if place < len(NAMES) else None


@dataclass
class Quarter:
    facts: list[Fact]
    asked: list[tuple[int, datetime]]
    members: list[Manager]


def _draw(chance: random.Random) -> list[Fact]:
    return sorted((_one(chance, number) for number in range(1, WAITS + 1)), key=lambda one: one.id)


def _one(chance: random.Random, number: int) -> Fact:
    started = BEGIN + chance.randrange((END - BEGIN) // MINUTE) * MINUTE
    (end,) = chance.choices(*zip(*ENDS, strict=True))
    ((least, most),) = chance.choices(*zip(*PACE, strict=True))
    took = chance.randint(least, most) * MINUTE
    before = chance.choice((0, 1, 2, 3, None))
    later = chance.choice((0, 1, 2, 3))
    got = (later, started + chance.random() * took // MINUTE * MINUTE)
    changed = chance.random() < 0.2
    unknown = end == "answered" and chance.random() < 0.05
    return Fact(
        id=number,
        talk=chance.randrange(TALKS) + 1 if end else number % TALKS + 1,
        started=started,
        within=chance.choice((30, 60, 240)) * MINUTE,
        calendar=chance.choice((STUDIO, EAST)),
        first=chance.random() < 0.3,
        end=end,
        ended=started + took if end else None,
        by=None if unknown else chance.choice((later, 0, 1, 2, 3)),
        held=before,
        got=got if changed else None,
    )


def each_once(facts: list[Fact]) -> list[Fact]:
    """Of several open ones in a conversation the first."""
    open_: set[int] = set()
    kept = []
    for one in facts:
        if one.ended is None and one.talk in open_:
            continue
        open_ |= {one.talk} if one.ended is None else set()
        kept.append(one)
    return kept


async def quarter_in(store: SqlStore) -> Quarter:
    """Drawn, and written to the database."""
    chance = random.Random(707)
    facts = each_once(_draw(chance))
    calendars = {one.name: one for one in each_calendar()}
    asked = [(one.talk, one.started) for one in facts]
    asked += [(talk, at + 7 * MINUTE) for talk, at in asked if chance.random() < 0.4]
    async with store.begin() as t:
        members = [
            await t.save_manager(Manager(0, name, 100 + number))
            for number, name in enumerate(NAMES)
        ]
        await _add_talks(t, members)
        await t.run(sa.insert(wait), [_wait_row(one, calendars, members) for one in facts])
        changed = [_got_row(one, members) for one in facts if one.got]
        await t.run(sa.insert(audit), changed)
        for rows_of, rows in _messages(asked):
            await t.run(sa.insert(rows_of), rows)
    return Quarter(facts, asked, members)


def _id(members: list[Manager], place: int | None) -> int | None:
    return None if place is None else members[place].id


async def _add_talks(t: Any, members: list[Manager]) -> None:
    firms = [
        {
            "id": one + 1,
            "name": f"Клиент {one}",
            "manager_id": _id(members, holder_of(one)),
            "tier": TIERS[one % 3],
        }
        for one in range(CLIENTS)
    ]
    people = [{"id": one["id"], "client_id": one["id"], "name": "Он"} for one in firms]
    talks = [
        {
            "id": one,
            "channel_id": CHANNELS[one % 3],
            "contact_id": one % CLIENTS + 1,
            "recipient_kind": "email",
            "recipient_address": f"{one}@x.test",
            "assignee_id": _id(members, holder_of(one)),
        }
        for one in range(1, TALKS + 1)
    ]
    for rows_of, rows in ((client, firms), (contact, people), (conversation, talks)):
        await t.run(sa.insert(rows_of), rows)


def _wait_row(one: Fact, calendars: dict[str, Calendar], members: list[Manager]) -> dict[str, Any]:
    calendar = calendars[one.calendar]
    made = Wait.open(one.started, Terms(Policy(one.within, ()), calendar), first=one.first)
    until = min(one.ended or END, made.due_at or END)
    held = one.got[0] if one.got and one.got[1] <= until else one.held
    if one.ended is not None:
        by_id, outcome = _id(members, one.by), Outcome(one.end)
        elsewhere = one.by is None
        made = made.closed(outcome, one.ended, by_id, calendar.hours, elsewhere=elsewhere)
        made = made.held(_id(members, held))
    elif made.is_due(END):
        made = made.held(_id(members, held))
    return {**wait_row(made), "id": one.id, "conversation_id": one.talk}


def _got_row(one: Fact, members: list[Manager]) -> dict[str, Any]:
    assert one.got is not None
    who, at = one.got
    return entry_row(Entry(at, Deed.ASSIGNED, None, one.talk, one.id, members[who].id))


def _messages(asked: list[tuple[int, datetime]]) -> list[tuple[sa.Table, list[dict[str, Any]]]]:
    raws, rows = [], []
    for number, (talk, at) in enumerate(asked, 1):
        said = InboundMessage(
            *(CHANNELS[talk % 3], f"m{number}", (), Handle("email", "x@x.test"), "Он", at),
            nature=Nature.PERSON,
        )
        raws.append(
            {
                "id": number,
                "channel_id": said.channel_id,
                "external_id": said.external_id,
                "lane": "x",
                "received_at": at,
                "note": {},
                "state": "filed",
                "reason": "",
                "payload": b"",
            }
        )
        row = {"id": number, "conversation_id": talk, "raw_id": number, **message_row(said)}
        rows.append(row)
    return [(raw, raws), (message, rows)]


def minute_by_minute() -> dict[str, Minutes]:
    """The open minutes of both calendars."""
    since, until = BEGIN - timedelta(days=1), END + timedelta(days=40)
    return {
        STUDIO: Minutes("Europe/Moscow", LUNCH, since, until),
        EAST: Minutes("Asia/Yekaterinburg", LONG, since, until),
    }
