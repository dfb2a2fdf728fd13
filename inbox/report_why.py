"""Why a figure of a report is what it is: how it came, the waits behind it, what is left out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from inbox.model import Nature, Outcome
from inbox.report_figures import (
    GRIDS,
    MEASURES,
    TIMES,
    Against,
    Figure,
    Sort,
    What,
    Whose,
    value_of,
)
from inbox.report_lines import is_answer
from inbox.report_order import around, longest, oldest, places, split
from inbox.report_periods import is_week
from inbox.report_records import Report, WaitLine
from inbox.report_tally import MACHINES, WORDS, badness
from inbox.report_told import (
    By,
    Chosen,
    Explained,
    Faster,
    How,
    Listed,
    Noted,
    Out,
    Placed,
    Ranked,
    Shared,
    Split,
    Summed,
    WeekValue,
    Weighed,
)
from inbox.report_trend import COUNTS, known_of
from inbox.report_trend import MEASURES as OF_WEEK
from inbox.reports import LISTED
from inbox.reports_store import Said

SHOWN = 10  # waits or messages behind a figure


def explain(
    report: Report, lines: Iterable[WaitLine], figure: Figure, said: Iterable[Said] = ()
) -> Explained:
    """How the figure came. `lines` are those of the report's period, `said` its messages, which
    only figures of messages need; of both may be more than the report's slice has."""
    if figure.against is not None:
        return _compared(report, figure)
    why = _Why(report, figure, lines, said)
    if figure.what in TIMES:
        return why.times()
    if figure.what in _OF_MESSAGES:
        return why.messages()
    if figure.what in _OTHERS:
        return _OTHERS[figure.what](why)
    return why.count()


def needs_messages(figure: Figure) -> bool:
    """Whether the figure counts messages, and not waits."""
    return figure.what in _OF_MESSAGES and figure.against is None


_OF_MESSAGES = frozenset({What.MESSAGES, What.CAME})
_IS: dict[What, Callable[[WaitLine], bool]] = {
    What.WAITS: lambda _: True,
    What.ANSWERED: is_answer,
    What.PHONED: lambda one: one.outcome == Outcome.PHONED,
    What.OFF_HOURS: lambda one: one.off_hours,
    What.DISMISSED: lambda one: one.outcome == Outcome.DISMISSED,
    What.CLOSED: lambda one: one.outcome == Outcome.CLOSED_UNANSWERED,
    What.WITHIN: lambda one: one.within,
    What.LATE: lambda one: is_answer(one) and not one.within,
    What.CLOSED_OVERDUE: lambda one: one.breached and one.outcome == Outcome.CLOSED_UNANSWERED,
    What.OPEN: lambda one: not one.outcome,
    What.OVERDUE: lambda one: one.breached and not one.outcome,
}
_CHARGED = frozenset({What.BREACHES, What.CAME_LATE})


class _Why:
    """One figure, with the waits and messages of its row."""

    def __init__(
        self, report: Report, figure: Figure, lines: Iterable[WaitLine], said: Iterable[Said]
    ) -> None:
        self.report, self.figure, self.whose = report, figure, figure.whose
        self._zone = ZoneInfo(report.period.zone)
        takes = report.slice.takes
        self.lines = [
            one
            for one in lines
            if takes(one.holder_id, one.client_id)
            and (self.whose.has(one) or self.whose.is_charged(one))
        ]
        self.stands = [one for one in self.lines if self.whose.has(one)]
        self.charged = [one for one in self.lines if self.whose.is_charged(one)]
        self._said = [
            one
            for one in said
            if takes(one.talk.holder_id, one.talk.client_id) and _is_in(self.whose, one)
        ]

    def told(
        self,
        how: How,
        n: int,
        waits: Sequence[WaitLine] = (),
        *,
        out: Iterable[tuple[Out, int]] = (),
        notes: Iterable[tuple[Out, int]] = (),
        said: Sequence[Said] = (),
    ) -> Explained:
        """The explanation with what of the row is shown."""
        return Explained(
            figure=self.figure,
            value=value_of(self.report, self.figure),
            n=n,
            how=how,
            waits=tuple(waits[:SHOWN]),
            said=tuple(said[:SHOWN]),
            left_out=tuple(Noted(*one) for one in out if one[1]),
            notes=tuple(Noted(*one) for one in notes if one[1]),
        )

    def times(self) -> Explained:
        """Of a median, of nine in ten, of the longest."""
        which, stat = TIMES[self.figure.what]
        answers = [one for one in self.stands if is_answer(one)]
        taking = [one for one in answers if which == "both" or one.first is (which == "first")]
        time_of = self.figure.time_of
        order = sorted(taking, key=lambda one: (time_of(one), one.started_at, one.wait_id))
        placed = [Placed(n, time_of(one), one) for n, one in enumerate(order, 1)]
        chosen = places(placed, stat)
        listed = tuple(placed) if len(placed) < LISTED else ()
        out = [*self._without_answer(), (Out.OTHER_ANSWERS, len(answers) - len(taking))]
        own = self.whose.sort is Sort.MANAGER
        notes = [
            (Out.AUTHOR_UNKNOWN, sum(not one.author_known for one in taking)),
            (Out.TAKEN_OVER, sum(own and one.taken_at != one.started_at for one in taking)),
            (Out.NO_WORKING_TIME, sum(one.due_at is None for one in taking)),
        ]
        how = Ranked(len(placed), chosen, listed)
        return self.told(how, len(placed), around(order, chosen, stat), out=out, notes=notes)

    def _without_answer(self) -> list[tuple[Out, int]]:
        ends = Counter(one.outcome for one in self.stands)
        return [
            (Out.DISMISSED, ends[Outcome.DISMISSED]),
            (Out.CLOSED, ends[Outcome.CLOSED_UNANSWERED]),
            (Out.OPEN, ends[""]),
        ]

    def share(self) -> Explained:
        """Within the target, of that and of the breaches (rule 26)."""
        within = [one for one in self.stands if one.within]
        breaches = Counter(_kind_of(one) for one in self.charged)
        how = Shared(
            within=len(within),
            late=breaches[Out.LATE],
            closed=breaches[Out.CLOSED],
            open=breaches[Out.OPEN],
        )
        rest = [one for one in self.stands if not one.within and not one.breached]
        left = Counter(_kind_of(one) for one in rest)
        out = [
            (Out.DISMISSED, left[Out.DISMISSED]),
            (Out.CLOSED_IN_TIME, left[Out.CLOSED]),
            (Out.NOT_DUE, left[Out.OPEN]),
            (Out.CHARGED_TO_OTHERS, len(self.lines) - len(rest) - len(within) - how.breaches),
        ]
        waits = [*longest(self.charged), *longest(within)]
        return self.told(how, how.counted, waits, out=out, notes=self._notes())

    def _notes(self) -> list[tuple[Out, int]]:
        strangers = sum(is_answer(one) and not self.whose.has(one) for one in self.charged)
        return [
            (Out.ANSWERED_BY_OTHERS, strangers),
            (Out.NO_WORKING_TIME, sum(one.due_at is None for one in self.stands)),
        ]

    def breaches(self) -> Explained:
        """Breaches, or when those came that became breaches."""
        found = [one for one in self.charged if self._in_grid(one.started_at)]
        if self.figure.what in GRIDS:
            splits = [self._by_hour(one.started_at for one in found)]
        else:
            splits = [split(By.KIND, (_kind_of(one) for one in found)), *self._by_whom(found)]
        dismissed = sum(one.outcome == Outcome.DISMISSED for one in self.stands)
        lent = sum(one.breached for one in self.stands if not self.whose.is_charged(one))
        out = [(Out.DISMISSED, dismissed), (Out.CHARGED_TO_OTHERS, lent)]
        return self.told(
            Summed(tuple(splits)), len(found), longest(found), out=out, notes=self._notes()
        )

    def count(self) -> Explained:
        """So many waits, in parts that add up."""
        since, what = self.report.period.since, self.figure.what
        found = [
            one
            for one in self.stands
            if (one.started_at >= since if what is What.OPENED else _IS[what](one))
        ]
        splits = [split(By.KIND, (_kind_of(one) for one in found)), *self._by_whom(found)]
        order = oldest(found) if what in {What.OPEN, What.OVERDUE} else longest(found)
        unknown = sum(not one.author_known for one in found)
        how, notes = Summed(tuple(splits)), [(Out.AUTHOR_UNKNOWN, unknown)]
        return self.told(how, len(found), order, notes=notes)

    def _by_whom(self, found: Sequence[WaitLine]) -> list[Split]:
        """By manager; a manager's own, by client."""
        if self.whose.sort is Sort.MANAGER or self.report.slice.manager_id is not None:
            return [split(By.CLIENT, (one.client for one in found))]
        if self.figure.what is What.BREACHES:
            return [split(By.MANAGER, (one.charged for one in found))]
        return [split(By.MANAGER, (one.manager for one in found))]

    def messages(self) -> Explained:
        """What persons on the clients' side wrote."""
        here = [one for one in self._said if self._in_grid(one.sent_at)]
        words = [one for one in here if one.nature in WORDS and not one.copy]
        clients = split(By.CLIENT, (one.talk.client for one in words))
        hours = self._by_hour(one.sent_at for one in words)
        splits = [hours, clients] if self.figure.what is What.CAME else [clients, hours]
        out = [
            (Out.AUTOMATIC, sum(one.nature in MACHINES for one in here)),
            (Out.COPIES, sum(one.copy and one.nature in WORDS for one in here)),
        ]
        thanks = sum(one.nature is Nature.THANKS for one in words)
        newest = sorted(words, key=lambda one: (one.sent_at, one.id), reverse=True)
        return self.told(
            Summed(tuple(splits)), len(words), out=out, notes=[(Out.THANKS, thanks)], said=newest
        )

    def _in_grid(self, at: datetime) -> bool:
        local = at.astimezone(self._zone)
        figure = self.figure
        return figure.day in {None, local.weekday()} and figure.hour in {None, local.hour}

    def _by_hour(self, instants: Iterable[datetime]) -> Split:
        local = (at.astimezone(self._zone) for at in instants)
        return split(By.HOUR, (f"{at.weekday()} {at.hour:02}" for at in local))

    def oldest(self) -> Explained:
        found = oldest([one for one in self.stands if not one.outcome])
        how = Chosen(found[0] if found else None, since=True)
        return self.told(how, len(found), found)

    def worst(self) -> Explained:
        found = [one for one in self.stands if one.outcome != Outcome.DISMISSED]
        order = sorted(found, key=badness, reverse=True)
        out = [(Out.DISMISSED, len(self.stands) - len(found))]
        return self.told(Chosen(order[0] if order else None), len(found), order, out=out)

    def clients(self) -> Explained:
        """New ones, or those who fell silent."""
        if self.figure.what is What.SILENT:
            how = Listed(silent=self.report.silent)
            return self.told(how, len(how.silent))
        new = Listed(newcomers=self.report.newcomers)
        ids = {one.wait_id for one in new.newcomers}
        waits = [one for one in self.stands if one.wait_id in ids]
        return self.told(new, len(new.newcomers), longest(waits))

    def improved(self) -> Explained:
        best = self.report.improved
        own = [one for one in self.stands if best and one.manager_id == best.manager_id]
        found = [one for one in own if is_answer(one)]
        return self.told(Faster(best), len(found), longest(found))


_OTHERS: dict[What, Callable[[_Why], Explained]] = {
    What.SHARE: _Why.share,
    What.BREACHES: _Why.breaches,
    What.CAME_LATE: _Why.breaches,
    What.OLDEST: _Why.oldest,
    What.WORST: _Why.worst,
    What.NEW_CLIENTS: _Why.clients,
    What.SILENT: _Why.clients,
    What.IMPROVED: _Why.improved,
}


def _is_in(whose: Whose, said: Said) -> bool:
    """A message stands in the row of who holds its conversation."""
    talk = said.talk
    return whose.fits(talk.holder_id, talk.client_id, talk.channel_id, talk.tier)


def _kind_of(line: WaitLine) -> Out:
    """How it ended, and whether in time."""
    if is_answer(line):
        return Out.WITHIN if line.within else Out.LATE
    if line.outcome == Outcome.DISMISSED:
        return Out.DISMISSED
    return Out.CLOSED if line.outcome else Out.OPEN


def _compared(report: Report, figure: Figure) -> Explained:
    """What the figure was in the span before, or on average of the weeks before."""
    measure = MEASURES[figure.what]
    comparable = report.period.over or measure not in COUNTS
    weekly = is_week(report.period)
    known = known_of(report.before) if comparable else []
    if figure.against is Against.USUAL and not weekly:
        known = []
    taken = known[:1] if figure.against is Against.LAST else known
    weeks = tuple(WeekValue(one.since, one.until, OF_WEEK[measure](one)) for one in taken)
    left = len(report.before) - len(known) if figure.against is Against.USUAL and weekly else 0
    return Explained(
        figure=figure,
        value=value_of(report, figure),
        n=sum(one.value is not None for one in weeks),
        how=Weighed(weeks),
        left_out=(Noted(Out.BEFORE_OKNO, left),) if left and comparable else (),
    )
