"""A week of thirty waits of all kinds, as a table that one can check by hand.

Open Monday to Friday 9-13 and 14-18 in Moscow, target one hour. The week is 23 to 29 November
2026; it is reported on Monday the 30th at nine. `min` is what the wait took in business minutes.
Each wait is a conversation of its own; "next" ones had been answered before.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inbox import auditing
from inbox.calendars import STUDIO, Calendar, SpecialDay
from inbox.model import (
    Client,
    Contact,
    Conversation,
    Handle,
    InboundMessage,
    Manager,
    Nature,
    Outcome,
    RawMessage,
    Wait,
)
from inbox.policies import Terms
from inbox.ports import Placing, Transaction
from tests.inbox.conftest import HOURS, POLICY

MOSCOW = ZoneInfo("Europe/Moscow")
MONDAY = date(2026, 11, 23)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TERMS = Terms(POLICY, Calendar(STUDIO, HOURS))
# Client: who holds it, its tier.
CLIENTS = {
    "Ромашка": ("Анна", "gold"),
    "Вектор": ("Борис", "silver"),
    "Север": (None, None),
    "Новый": ("Анна", None),
    "Тихий": ("Борис", None),
}
WEEK = """
 1 Ромашка info  next  mon 10:00 mon 10:20 answered  Анна            min 20
 2 Ромашка info  next  mon 11:00 mon 12:00 answered  Анна            min 60, which is in time
 3 Ромашка info  next  mon 12:30 mon 14:30 answered  Анна            min 60, lunch left out
 4 Ромашка info  next  tue 09:00 tue 10:01 answered  Анна            min 61: late
 5 Ромашка sales first tue 12:50 tue 14:05 answered  Анна            min 15
 6 Ромашка sales next  wed 17:50 thu 09:10 answered  Анна            min 20, over night
 7 Ромашка info  next  wed 20:00 wed 20:30 answered  Анна            min 0, off hours
 8 Ромашка info  next  sat 12:00 sat 12:05 answered  Анна            min 0, off hours
 9 Ромашка info  next  thu 10:00 thu 10:30 phoned    Анна            min 30
10 Ромашка info  next  thu 15:00 thu 15:40 dismissed Анна            no median
11 Ромашка info  next  fri 09:00 fri 11:00 dismissed Анна            no breach
12 Ромашка info  next  fri 10:00 fri 10:30 closed_unanswered Анна    no breach: in time
13 Ромашка info  next  fri 11:00 fri 15:00 closed_unanswered Анна    min 180: a breach
14 Вектор  sales next  mon 09:30 mon 09:40 answered  Борис           min 10
15 Вектор  sales next  mon 15:00 mon 17:00 answered  Борис           min 120: late
16 Вектор  sales first tue 10:00 tue 10:45 answered  Борис           min 45
17 Вектор  sales first tue 16:30 wed 09:30 answered  Борис           min 120: late
18 Вектор  sales next  wed 10:00 wed 11:20 answered  Борис           min 80; got wed 10:50: his 30
19 Вектор  sales next  wed 12:00 wed 15:00 answered  Борис           held Анна; got wed 14:30: 30
20 Вектор  sales next  thu 09:00 thu 09:30 answered  Анна            held Борис; min 30
21 Вектор  info  next  thu 10:00 thu 10:50 elsewhere ?               held Борис; min 50
22 Север   info  first fri 09:00 fri 09:30 answered  Борис           held nobody; min 30
23 Север   info  next  fri 12:00 fri 15:00 answered  Анна            held nobody; min 120: late
24 Новый   info  first mon 13:30 mon 14:10 answered  Анна            min 10
25 Новый   info  next  tue 11:00 tue 11:40 answered  Анна            min 40
26 Новый   info  next  fri 16:00 +mon 09:05 answered Анна            open until then: a breach
27 Ромашка info  next  fri 17:30 open                                min 30: not overdue
28 Вектор  info  next  sun 15:00 open                                min 0
29 Север   info  next  wed 16:00 open                                min 1080, nobody's breach
30 Ромашка sales next  -fri 17:00 mon 09:30 answered Анна            min 90: late, began before
"""
# The week before: five answers of twenty minutes, five of an hour. The week after: one open wait.
AROUND = """
31 Ромашка info  next  -mon 10:00 -mon 10:20 answered Анна
32 Ромашка info  next  -mon 11:00 -mon 11:20 answered Анна
33 Ромашка info  next  -mon 14:00 -mon 14:20 answered Анна
34 Ромашка info  next  -mon 15:00 -mon 15:20 answered Анна
35 Ромашка info  next  -mon 16:00 -mon 16:20 answered Анна
36 Вектор  info  next  -tue 10:00 -tue 11:00 answered Борис
37 Вектор  info  next  -tue 11:00 -tue 12:00 answered Борис
38 Вектор  info  next  -tue 14:00 -tue 15:00 answered Борис
39 Вектор  info  next  -tue 15:00 -tue 16:00 answered Борис
40 Вектор  info  next  -tue 16:00 -tue 17:00 answered Борис
41 Ромашка info  next  +mon 08:00 open
"""
_MOMENT = r"[-+]?\w{3} \d\d:\d\d"
_LINE = re.compile(
    rf"\s*(\d+) (\w+)\s+(\w+)\s+(first|next)\s+({_MOMENT}) (?:open|({_MOMENT}) (\w+)\s+(\S+))(.*)"
)


def moment(words: str) -> datetime:
    """ "tue 09:00" of the week, "-fri" of the one before, "+mon" of the one after; UTC."""
    week = {"-": -7, "+": 7}.get(words[0], 0)
    day, clock = words.lstrip("+-").split()
    local = MONDAY + timedelta(days=DAYS.index(day) + week)
    return datetime.combine(local, time.fromisoformat(clock), MOSCOW).astimezone(UTC)


@dataclass
class Filed:
    """The studio of the golden week. `waits`: ids by the numbers of the table."""

    t: Transaction
    members: dict[str, Manager]
    clients: dict[str, tuple[Client, Contact]]
    waits: dict[int, int]
    messages: int = 0

    def id_of(self, name: str | None) -> int | None:
        return self.members[name].id if name in self.members else None

    async def talk(self, client: str, channel: str, *, known: bool) -> Conversation:
        """A new conversation; `known`: with an answer of a month ago."""
        firm, contact = self.clients[client]
        place = Handle("email", f"{client}@x.test")
        found = await self.t.open_conversation(f"email:{channel}", firm, contact, place, None)
        if known:
            found = replace(found, answered_at=moment("mon 10:00") - timedelta(days=30))
        return await self.t.save(found)

    async def says(
        self,
        talk: Conversation,
        at: datetime,
        nature: Nature = Nature.PERSON,
        *,
        copy_of: int | None = None,
    ) -> tuple[Conversation, int]:
        """A message of the client's side, filed as the flow does."""
        self.messages += 1
        number = f"m{self.messages}"
        channel_id = "email:other" if copy_of else talk.channel_id
        said = InboundMessage(
            *(channel_id, number, (), Handle("email", "x@x.test"), "X", at), nature=nature
        )
        (raw_id,) = await self.t.keep(channel_id, [RawMessage(number, "x", b"{}", at)])
        assert raw_id is not None
        if copy_of is None:
            talk = await self.t.save(talk.asked(said, TERMS))
        placed = Placing(counted_on=copy_of)
        return talk, await self.t.add_message(talk, said, raw_id, placed)

    async def line(self, line: str) -> None:
        """A line of the table comes true."""
        parts = _LINE.fullmatch(line)
        assert parts, line
        number, client, channel, which, asked, ended, how, by, rest = parts.groups()
        talk = await self.talk(client, channel, known=which == "next")
        talk, _ = await self.says(talk, moment(asked))
        assert talk.wait is not None
        self.waits[int(number)] = talk.wait.id
        held = re.search(r"held (\w+)", rest)
        holder = self.id_of(held[1] if held else CLIENTS[client][0])
        if got := re.search(rf"got ({_MOMENT})", rest):
            at, taker = moment(got[1]), self.members["Борис"]
            await auditing.assigned(
                self.t, talk, talk.wait, (self.members["Анна"], taker), at=at, by_id=None
            )
        if ended is None:
            return
        closed = await self._end(talk, how, self.id_of(by), moment(ended))
        await self.t.save_wait(closed.held(holder))

    async def _end(self, talk: Conversation, how: str, by_id: int | None, at: datetime) -> Wait:
        if how in {"answered", "elsewhere"}:
            talk, closed = talk.answered(by_id, at, HOURS, elsewhere=how == "elsewhere")
        else:
            assert by_id is not None
            talk, closed = talk.ended(Outcome(how), by_id, at, HOURS)
        assert closed is not None
        await self.t.save_wait(closed)
        await self.t.save(talk)
        return closed


async def golden_week(t: Transaction) -> Filed:
    """All of it in the database."""
    members = {
        name: await t.save_manager(Manager(0, name, 100 + number))
        for number, name in enumerate(("Анна", "Борис"))
    }
    filed = Filed(t, members, {}, {})
    for name, (holder, tier) in CLIENTS.items():
        firm = await t.add_client(name, filed.id_of(holder))
        firm = replace(firm, tier=tier)
        await t.save_client(firm)
        filed.clients[name] = firm, await t.add_contact(firm.id, name)
    for line in f"{WEEK.strip()}\n{AROUND.strip()}".splitlines():
        await filed.line(line)
    await _what_opens_nothing(filed)
    await _what_was_before(filed)
    return filed


async def _what_opens_nothing(filed: Filed) -> None:
    """Beside the waits: a question that joins one, thanks, a machine's word, a copy, a member's
    own; a promise kept; a day that was entered too late."""
    t, boris = filed.t, filed.members["Борис"]
    talk, asked = (await t.wait(filed.waits[1]))[0], moment("mon 10:05")
    _, first = await filed.says(talk, asked)
    for minutes, nature in ((25, Nature.THANKS), (26, Nature.AUTOMATIC), (27, Nature.OWN)):
        await filed.says(talk, asked + timedelta(minutes=minutes), nature)
    await filed.says(talk, asked, copy_of=first)
    promise = Wait.promise(asked, moment("tue 10:00"), (), TERMS.calendar)
    kept = (await t.add_promise(talk.id, promise)).closed(
        Outcome.KEPT, moment("tue 09:30"), boris.id, HOURS
    )
    await t.save_wait(kept)
    for day in (26, 20):  # of these the second is of another week
        entered = SpecialDay(STUDIO, date(2026, 11, day), (), "Переезд", None, moment("fri 10:00"))
        await auditing.calendar_changed(t, None, entered, moment("fri 10:00"), boris.id)


async def _what_was_before(filed: Filed) -> None:
    """Who is known: all but one; and who has been silent since October."""
    long_ago = moment("mon 12:00") - timedelta(days=42)
    for name in ("Ромашка", "Вектор", "Север", "Тихий"):
        talk = await filed.talk(name, "info", known=False)
        talk, _ = await filed.says(talk, long_ago)
        talk, closed = talk.answered(None, long_ago + timedelta(minutes=30), HOURS)
        assert closed is not None
        await filed.t.save_wait(closed.held(None))
        await filed.t.save(talk)
