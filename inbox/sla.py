"""What was promised, what is due, and which alerts a wait's ladder asks for now.

Rungs count business time from the wait's start. A wait's `fired` holds the rungs that are done
with: announced, or passed over after an outage because a later one said more.

A ladder goes on after its last rung (rule 19): the numbers behind its own are the repeats every
60 business minutes, and `DAILY` and a date's ordinal together are that date's repeat. They tell
whom the last rung tells; of several rungs at the same greatest offset that is the last one set.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from inbox.calendars import Hours
from inbox.errors import NoWorkingTime

PROMPT = timedelta(minutes=1)
"""An alert raised so little after its instant is on time, even where the office just closed."""

REPEATS = 3
REPEAT_AFTER = timedelta(minutes=60)  # business time
DAILY = 1_000_000
DAILY_AFTER = timedelta(minutes=15)  # business time from a date's opening

_TICK = timedelta.resolution


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


def rung_at(ladder: Sequence[Rung], number: int) -> Rung:
    """The rung behind a number that `due_alerts` gave; `ladder` is not empty.

    `after` says nothing of a daily repeat: it is that of the last hourly one.
    """
    if number < len(ladder):
        return ladder[number]
    _, _, last = max((one.after, place, one) for place, one in enumerate(ladder))
    repeats = min(number - len(ladder) + 1, REPEATS)
    return replace(last, after=last.after + repeats * REPEAT_AFTER)


def instant_of(
    hours: Hours, base: datetime, ladder: Sequence[Rung], number: int
) -> datetime | None:
    """When (UTC) the rung of this number is due by the rules; None where no working time
    reaches it."""
    if number < DAILY:
        return _instant(hours, base, rung_at(ladder, number))
    opening = _first_opening(hours, date.fromordinal(number - DAILY))
    return None if opening is None else due_at(hours, opening, DAILY_AFTER)


def done_with(fired: Collection[int]) -> frozenset[int]:
    """What of these numbers is worth keeping: of the daily repeats only the newest."""
    newest = max(fired, default=0)
    return frozenset(one for one in fired if one < DAILY or one == newest)


def may_be_told(hours: Hours, rung: Rung, instant: datetime, now: datetime) -> bool:
    """Whether an alert that was due at `instant` may be announced at `now` (rules 17, 18)."""
    return now - instant <= PROMPT or rung.any_time or hours.is_open(now)


def due_alerts(
    hours: Hours,
    base: datetime,
    ladder: Sequence[Rung],
    fired: Collection[int],
    now: datetime,
) -> DueAlerts:
    """The rungs and repeats to announce at `now` (rules 15-19); `rung_at` gives them by number.

    `base` is from where rungs count; a rung before it has a negative `after`. Of several passed
    ones only the latest is announced, with those of the same instant. It comes at its instant,
    which lies in open hours or exactly at closing; where an outage kept it back, at the first
    open instant, marked late. Until then nothing fires and nothing has passed. Of daily repeats
    only the newest ever passes.
    """
    return _told(hours, ladder, _passed(hours, base, ladder, fired, now), now)


def next_rung_at(
    hours: Hours,
    base: datetime,
    ladder: Sequence[Rung],
    fired: Collection[int],
    now: datetime | None = None,
) -> datetime | None:
    """The earliest instant (UTC) from `now` on at which `due_alerts` announces something.

    `now` is `base` where it is not given. It is needed for a wait that is looked at later than
    its rungs: those wait for the next opening. None: nothing will ever be announced.
    """
    now = base if now is None else now
    passed = _passed(hours, base, ladder, fired, now)
    if _told(hours, ladder, passed, now).fire:
        return now
    ahead = [at for at in _instants(hours, base, ladder, fired).values() if at > now]
    candidates = [min(ahead) if ahead else _next_daily(hours, base, ladder, fired, now)]
    if passed:
        candidates.append(_opening(hours, now))
    return min((at for at in candidates if at is not None), default=None)


def _told(
    hours: Hours, ladder: Sequence[Rung], passed: Mapping[int, datetime], now: datetime
) -> DueAlerts:
    """What is to be done of the numbers that have passed."""
    if not passed:
        return DueAlerts()
    latest = max(passed.values())
    newest = [number for number, at in passed.items() if at == latest]
    fire = tuple(
        number for number in newest if may_be_told(hours, rung_at(ladder, number), latest, now)
    )
    if not fire:
        return DueAlerts()
    held_back = set(newest) - set(fire)
    return DueAlerts(fire, frozenset(passed) - held_back, late=now - latest > PROMPT)


def _passed(
    hours: Hours, base: datetime, ladder: Sequence[Rung], fired: Collection[int], now: datetime
) -> dict[int, datetime]:
    """Numbers whose instant has come and that are not done with."""
    instants = _instants(hours, base, ladder, fired)
    passed = {number: at for number, at in instants.items() if at <= now}
    daily = _newest_daily(hours, base, ladder, now)
    if daily is not None and daily[0] > max(fired, default=0):
        passed[daily[0]] = daily[1]
    return passed


def _instants(
    hours: Hours, base: datetime, ladder: Sequence[Rung], fired: Collection[int]
) -> dict[int, datetime]:
    """When each rung and hourly repeat that is not done with is due; without those that no
    working time reaches."""
    count = len(ladder) + REPEATS if ladder else 0
    instants = {
        number: _instant(hours, base, rung_at(ladder, number))
        for number in range(count)
        if number not in fired
    }
    return {number: at for number, at in instants.items() if at is not None}


def _instant(hours: Hours, base: datetime, rung: Rung) -> datetime | None:
    if rung.after:
        return due_at(hours, base, rung.after)
    return base if rung.any_time else _opening(hours, base)


def _opening(hours: Hours, at: datetime) -> datetime | None:
    try:
        return hours.next_opening(at)
    except NoWorkingTime:
        return None


# -- the daily repeats: of each date whose first opening comes later than the last hourly one -----


def _last_hourly(hours: Hours, base: datetime, ladder: Sequence[Rung]) -> datetime | None:
    if not ladder:
        return None
    return _instant(hours, base, rung_at(ladder, len(ladder) + REPEATS - 1))


def _newest_daily(
    hours: Hours, base: datetime, ladder: Sequence[Rung], now: datetime
) -> tuple[int, datetime] | None:
    """Number and instant of the latest daily repeat that has come; seeks back from `now`."""
    after = _last_hourly(hours, base, ladder)
    if after is None or after >= now:
        return None
    at = due_at(hours, now, -_TICK)
    while at is not None and at > after:
        day = _date(hours, at)
        opening = _first_opening(hours, day)
        if opening is not None and opening > after:
            due = due_at(hours, opening, DAILY_AFTER)
            if due is not None and due <= now:
                return DAILY + day.toordinal(), due
        at = due_at(hours, _midnight(hours, day), -_TICK)
    return None


def _next_daily(
    hours: Hours, base: datetime, ladder: Sequence[Rung], fired: Collection[int], now: datetime
) -> datetime | None:
    """The earliest daily repeat later than `now`, of a date after those that are done with."""
    after = _last_hourly(hours, base, ladder)
    if after is None:
        return None
    begins = [after, due_at(hours, now, -DAILY_AFTER) or after]
    if (newest := max(fired, default=0)) >= DAILY:
        begins.append(_midnight(hours, date.fromordinal(newest - DAILY + 1)))
    at = _opening(hours, max(begins))
    while at is not None:
        day = _date(hours, at)
        opening = _first_opening(hours, day)
        due = due_at(hours, opening, DAILY_AFTER) if opening and opening > after else None
        if due is not None and due > now:
            return due
        at = _opening(hours, _midnight(hours, day + timedelta(days=1)))
    return None


def _first_opening(hours: Hours, day: date) -> datetime | None:
    """When this date opens: not where the night before only goes on, but a midnight between two
    dates that are open all day counts."""
    midnight, next_midnight = (_midnight(hours, day + timedelta(days=later)) for later in (0, 1))
    for opening, closing in hours.spans(midnight, next_midnight):
        goes_on = opening == midnight and hours.is_open(midnight - _TICK)
        if not goes_on or closing == next_midnight:
            return opening
    return None


def _midnight(hours: Hours, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=hours.zone).astimezone(UTC)


def _date(hours: Hours, at: datetime) -> date:
    return at.astimezone(hours.zone).date()
