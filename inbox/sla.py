"""What was promised, what is due, and which alerts a wait's ladder asks for now.

Rungs count business time from the wait's start. A wait's `fired` holds the rungs that are done
with: announced, or passed over after an outage because a later one said more.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from inbox.calendars import Hours
from inbox.errors import NoWorkingTime

PROMPT = timedelta(minutes=1)
"""An alert raised so little after its instant is on time, even where the office just closed."""


class Recipient(StrEnum):
    """Whom a rung tells."""

    MANAGER = "manager"
    DEPUTY = "deputy"
    HEAD = "head"
    PERSON = "person"
    CHAT = "chat"


@dataclass(frozen=True, slots=True)
class Rung:
    """One step of a ladder: `after` so much business time since its beginning, tell `notify`.

    `name`: which member (of PERSON), which group chat (of CHAT; "" means every one).
    "15 minutes before due" is `after` the target less 15 minutes. After an outage a rung is
    announced in open hours only, unless it may come at `any_time`.
    """

    after: timedelta
    notify: Recipient
    any_time: bool = False
    name: str = ""


@dataclass(frozen=True, slots=True)
class Policy:
    """The promise: a reply within so much business time, and who hears when it is not kept.

    `name` says which level of the settings it comes from.
    """

    reply_within: timedelta
    ladder: tuple[Rung, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class DueAlerts:
    """What to do now: announce the rungs `fire`, and count `passed` (with them) as done.

    `late`: an outage kept them from coming at their instant.
    """

    fire: tuple[int, ...] = ()
    passed: frozenset[int] = frozenset()
    late: bool = False


def due_at(hours: Hours, started_at: datetime, reply_within: timedelta) -> datetime | None:
    """The last instant (UTC) at which a reply keeps the promise; None without working time ahead.

    Rules 6, 7, 15: a reply at this very instant is within the target.
    """
    try:
        return hours.deadline(started_at, reply_within)
    except NoWorkingTime:
        return None


def remaining(
    hours: Hours, started_at: datetime, reply_within: timedelta, now: datetime
) -> timedelta:
    """Business time left until due; negative once the promise is broken."""
    return reply_within - hours.elapsed(started_at, now)


def breached(business: timedelta, reply_within: timedelta) -> bool:
    """Whether so much business time broke the promise: equal is within the target (rule 6)."""
    return business > reply_within


def restarted(ladder: Sequence[Rung], reply_within: timedelta) -> tuple[Rung, ...]:
    """The ladder of a wait that somebody took on: no rung before the target has run anew (20)."""
    return tuple(replace(one, after=max(one.after, reply_within)) for one in ladder)


def promise_ladder(policy: Policy, remind_before: timedelta) -> tuple[Rung, ...]:
    """The ladder of a promise, from its due time: a reminder before it, then the policy's rungs
    from its target on."""
    after_due = (
        replace(one, after=one.after - policy.reply_within)
        for one in policy.ladder
        if one.after >= policy.reply_within
    )
    return (Rung(-remind_before, Recipient.MANAGER), *after_due)


def due_alerts(
    hours: Hours,
    started_at: datetime,
    ladder: Sequence[Rung],
    fired: Collection[int],
    now: datetime,
) -> DueAlerts:
    """The rungs to announce at `now` (rules 15-18); numbers are places in the ladder.

    Of several passed rungs only the latest is announced, with those of the same instant. It comes
    at its instant, which lies in open hours or exactly at closing; where an outage kept it back,
    at the first open instant, marked late. Until then nothing fires and nothing has passed.
    """
    passed = {
        rung: at for rung, at in _instants(hours, started_at, ladder, fired).items() if at <= now
    }
    if not passed:
        return DueAlerts()
    latest = max(passed.values())
    late = now - latest > PROMPT
    anybody = not late or hours.is_open(now)
    newest = [rung for rung, at in passed.items() if at == latest]
    fire = tuple(rung for rung in newest if anybody or ladder[rung].any_time)
    if not fire:
        return DueAlerts()
    return DueAlerts(fire, frozenset(passed) - (set(newest) - set(fire)), late)


def next_rung_at(
    hours: Hours,
    started_at: datetime,
    ladder: Sequence[Rung],
    fired: Collection[int],
    now: datetime | None = None,
) -> datetime | None:
    """The earliest instant (UTC) from `now` on at which `due_alerts` announces something.

    `now` is the wait's start where it is not given. It is needed for a wait that is looked at
    later than its rungs: those wait for the next opening. None: nothing will ever be announced.
    """
    now = started_at if now is None else now
    if due_alerts(hours, started_at, ladder, fired, now).fire:
        return now
    instants = _instants(hours, started_at, ladder, fired).values()
    ahead = [at for at in instants if at > now]
    opening = _opening(hours, now) if len(ahead) < len(instants) else None
    return min([*ahead, opening] if opening else ahead, default=None)


def _instants(
    hours: Hours, started_at: datetime, ladder: Sequence[Rung], fired: Collection[int]
) -> dict[int, datetime]:
    """When each rung that is not done with is due; without those that no working time reaches."""
    instants = {
        number: _instant(hours, started_at, rung)
        for number, rung in enumerate(ladder)
        if number not in fired
    }
    return {number: at for number, at in instants.items() if at is not None}


def _instant(hours: Hours, started_at: datetime, rung: Rung) -> datetime | None:
    if rung.after:
        return due_at(hours, started_at, rung.after)
    return started_at if rung.any_time else _opening(hours, started_at)


def _opening(hours: Hours, at: datetime) -> datetime | None:
    try:
        return hours.next_opening(at)
    except NoWorkingTime:
        return None
