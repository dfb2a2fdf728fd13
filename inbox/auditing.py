"""What the log is told of waits, holders, absences and calendars: one line a deed, in words.

`before` and `after` hold plain values, parted by one space: instants as 2026-11-23T07:00:00Z, "-"
for none; business time in whole seconds; names of calendars and people as they were then. An
entry's own instant is when the program did it, or learned of it.

    OPENED     after: start, due; manager: who held it
    CLOSED     before: the outcome that this one replaces, if any; after: outcome, business
               seconds, when
    REOPENED   before: the outcome that was taken back; after: due
    MOVED      before, after: start, due
    ASSIGNED   before, after: the holders' names ("": nobody); manager: the new one
    TAKEN_ON   as ASSIGNED; manager: who took it on
    SWAPPED    before, after: due, the calendar's name
    RECOUNTED  before, after: due; of a closed wait business seconds, "within" or "breached"
    PROMISED   after: due
    AWAY       after: since, until, the deputy's name if one was named; manager: who
    BACK       before: until when it was to be; manager: who
    CALENDAR   before, after: the calendar's name, the date, what was entered ("": nothing)
    LINKED     before, after: the client's name whose group it was and is ("": nobody's)
    JOINED     before, after: the name of the client whose conversation it was, and is; one line
               for each conversation
    SPLIT      as JOINED
    CONNECTED  after: connected, no_reply or disconnected; manager: whose own account
    GREETING   after: what became of it, and why
    EDITED     before, after: what the client read; manager: the reply's author
    WITHDRAWN  manager: the author of a reply that never went out
    TAKEN_BACK manager: the author of a reply that the client has no more
    QUOTED     after: due, the title with the price; manager: who named it
    QUOTE_SETTLED after: quote-agreed, quote-declined or quote-withdrawn; its title; manager: as
               QUOTED
    TASK_...   made, changed, done: before, after: the list (list-now, list-soon, list-later), done
               or dropped; due; the title
"""

from __future__ import annotations

from datetime import UTC, datetime

from inbox.calendars import SpecialDay
from inbox.log_records import Deed, Entry
from inbox.model import Absence, Conversation, Manager, Wait
from inbox.ports import Transaction


async def opened(
    t: Transaction, conversation: Conversation, at: datetime, by_id: int | None = None
) -> None:
    """The conversation's open wait, which must be saved, began; nothing where none is open.

    `at`: when it was noticed; `by_id` said that the message needs an answer.
    """
    if conversation.wait is not None:
        await began(t, conversation, conversation.wait, at=at, by_id=by_id)


async def began(
    t: Transaction, conversation: Conversation, wait: Wait, at: datetime, by_id: int | None = None
) -> None:
    """A wait or promise of the conversation began."""
    entry = _about(Deed.OPENED, conversation, wait, at=at, by_id=by_id, after=_span(wait))
    await t.log([entry])


async def closed(
    t: Transaction,
    conversation: Conversation,
    wait: Wait,
    by_id: int | None,
    *,
    at: datetime | None = None,
    before: str = "",
) -> None:
    """A wait or promise ended, and why. `at`: when that was noticed, where not at its end."""
    closing = wait.closing
    if closing is None:
        return
    seconds = int(closing.business.total_seconds())
    after = f"{closing.outcome} {seconds} {instant(closing.at)}"
    at = closing.at if at is None else at
    await t.log(
        [_about(Deed.CLOSED, conversation, wait, at=at, by_id=by_id, before=before, after=after)]
    )


async def reopened(
    t: Transaction, conversation: Conversation, ended: Wait, at: datetime, by_id: int | None
) -> None:
    """The wait that had ended goes on: the conversation's open one, or a promise."""
    before = str(ended.closing.outcome) if ended.closing is not None else ""
    after = instant(ended.due_at)
    await t.log(
        [
            _about(
                Deed.REOPENED, conversation, ended, at=at, by_id=by_id, before=before, after=after
            )
        ]
    )


async def moved(
    t: Transaction,
    conversation: Conversation,
    before: Wait,
    after: Wait,
    *,
    at: datetime,
    by_id: int | None,
) -> None:
    """The wait began at another instant than was known, or is this conversation's now."""
    was, is_ = _span(before), _span(after)
    await t.log(
        [_about(Deed.MOVED, conversation, after, at=at, by_id=by_id, before=was, after=is_)]
    )


async def assigned(
    t: Transaction,
    conversation: Conversation,
    wait: Wait | None,
    holders: tuple[Manager | None, Manager],
    *,
    at: datetime,
    by_id: int | None,
) -> None:
    """The conversation, and a wait that is open in it, went from one holder to another."""
    await t.log([_held(Deed.ASSIGNED, conversation, wait, holders, at=at, by_id=by_id)])


async def taken_on(
    t: Transaction,
    conversation: Conversation,
    wait: Wait,
    holders: tuple[Manager | None, Manager],
    at: datetime,
) -> None:
    """Somebody acknowledged an escalation (rule 20)."""
    taker = holders[1].id
    await t.log([_held(Deed.TAKEN_ON, conversation, wait, holders, at=at, by_id=taker)])


async def swapped(
    t: Transaction,
    conversation: Conversation,
    before: Wait,
    after: Wait,
    *,
    at: datetime,
    by_id: int | None,
) -> None:
    """Another calendar counts the wait from now on (rule 13)."""
    was, is_ = (f"{instant(one.due_at)} {one.stretches[-1].calendar}" for one in (before, after))
    await t.log(
        [_about(Deed.SWAPPED, conversation, after, at=at, by_id=by_id, before=was, after=is_)]
    )


async def recounted(
    t: Transaction,
    conversation: Conversation,
    before: Wait,
    after: Wait,
    *,
    at: datetime,
    by_id: int | None = None,
) -> None:
    """A calendar was corrected (rule 12)."""
    was, is_ = (_counted(one) for one in (before, after))
    await t.log(
        [_about(Deed.RECOUNTED, conversation, after, at=at, by_id=by_id, before=was, after=is_)]
    )


async def promised(
    t: Transaction, conversation: Conversation, promise: Wait, at: datetime, by_id: int
) -> None:
    """An answer was promised for a fixed instant (rule 10)."""
    after = instant(promise.due_at)
    await t.log([_about(Deed.PROMISED, conversation, promise, at=at, by_id=by_id, after=after)])


async def went_away(
    t: Transaction, absence: Absence, deputy: Manager | None, at: datetime
) -> None:
    """An absence was entered."""
    said = [instant(absence.since), instant(absence.until)]
    said += [deputy.name] if deputy is not None else []
    who, by = absence.manager_id, absence.by_id
    await t.log([Entry(at, Deed.AWAY, by, manager_id=who, after=" ".join(said))])


async def came_back(t: Transaction, absence: Absence, at: datetime, by_id: int | None) -> None:
    """An absence was ended before its time, or called off; `absence` as it was."""
    before, who = instant(absence.until), absence.manager_id
    await t.log([Entry(at, Deed.BACK, by_id, manager_id=who, before=before)])


async def calendar_changed(
    t: Transaction,
    before: SpecialDay | None,
    after: SpecialDay | None,
    at: datetime,
    by_id: int | None,
) -> None:
    """What was entered for a date of a calendar; None: nothing."""
    was, is_ = (_entered(one) if one is not None else "" for one in (before, after))
    await t.log([Entry(at, Deed.CALENDAR, by_id, before=was, after=is_)])


def instant(at: datetime | None) -> str:
    """As the log has it: UTC, to the second; "-" for none."""
    return "-" if at is None else f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _about(
    deed: Deed,
    conversation: Conversation,
    wait: Wait,
    *,
    at: datetime,
    by_id: int | None,
    before: str = "",
    after: str = "",
) -> Entry:
    whom = conversation.assignee_id
    return Entry(at, deed, by_id, conversation.id, wait.id, whom, before, after)


def _held(
    deed: Deed,
    conversation: Conversation,
    wait: Wait | None,
    holders: tuple[Manager | None, Manager],
    *,
    at: datetime,
    by_id: int | None,
) -> Entry:
    before, after = holders
    wait_id = wait.id if wait is not None else None
    was = before.name if before is not None else ""
    return Entry(at, deed, by_id, conversation.id, wait_id, after.id, was, after.name)


def _span(wait: Wait) -> str:
    return f"{instant(wait.started_at)} {instant(wait.due_at)}"


def _counted(wait: Wait) -> str:
    if wait.closing is None:
        return instant(wait.due_at)
    kept = "within" if wait.closing.within_target else "breached"
    seconds = int(wait.closing.business.total_seconds())
    return f"{instant(wait.due_at)} {seconds} {kept}"


def _entered(day: SpecialDay) -> str:
    shifts = ",".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in day.shifts) or "closed"
    return f"{day.calendar} {day.day} {shifts} {day.name}".rstrip()
