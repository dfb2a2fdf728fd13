"""How fast the clock is, beside workclock (and businesstimedelta where it is installed).

Run: python benchmarks/business_hours.py. Ends with 1 where a target of ours is missed.
Each figure is the median of five rounds; the slowest's 100,000 waits are scaled up from 200.
"""

import importlib
import importlib.util
import random
import sys
import time as stopwatch
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import workclock

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.calendar import studio_hours
from inbox.business_hours import BusinessHours

ZONE = ZoneInfo("Europe/Moscow")
START = datetime(2026, 1, 1, tzinfo=UTC)
TWO_YEARS = 2 * 365 * 86400
ROUNDS = 5
CALLS = 20_000
WAITS = 100_000

Pair = tuple[datetime, datetime]


@dataclass(frozen=True)
class Contender:
    """A library: how it is made cold, and its two questions on what was made."""

    name: str
    make: Callable[[], Any]
    between: Callable[[Any, datetime, datetime], timedelta]
    add: Callable[[Any, datetime, timedelta], datetime]
    slow: bool = False


def main() -> int:
    ours = studio_hours(
        "Europe/Moscow",
        dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-13:00", "14:00-18:00")),
        "RU",
    )
    off = sorted(day for day in ours.days_off if 2024 <= day.year <= 2030)
    contenders = [_okno(ours), _workclock(off), *_businesstimedelta(off)]
    chance = random.Random(4)
    pairs = [_pair(chance) for _ in range(CALLS)]
    print(f"{'':34}" + "".join(f"{one.name:>32}" for one in contenders))
    missed = 0
    for label, target, unit, measure in (
        ("between, warm, up to 2 years", 2.0, "us", _between),
        ("add, warm, up to 2 years", 2.0, "us", _add),
        ("cold: make it and ask 2 years", 5.0, "ms", _cold),
        ("100,000 waits: due and elapsed", 0.3, "s", _waits),
    ):
        figures = [measure(one, pairs) for one in contenders]
        missed += figures[0] > target
        cells = "".join(f"{_cell(figure, figures[0], unit):>32}" for figure in figures)
        print(f"{label:34}{cells}   target {target} {unit}")
    return int(missed > 0)


def _cell(figure: float, ours: float, unit: str) -> str:
    return f"{figure:,.3f} {unit} ({figure / ours:,.2f} x ours)"


def _pair(chance: random.Random) -> Pair:
    first, second = sorted(chance.randrange(TWO_YEARS) for _ in range(2))
    return START + timedelta(seconds=first), START + timedelta(seconds=second)


def _best(run: Callable[[], object]) -> float:
    """The median of some rounds, in seconds."""
    taken = []
    for _ in range(ROUNDS):
        began = stopwatch.perf_counter()
        run()
        taken.append(stopwatch.perf_counter() - began)
    return median(taken)


def _between(one: Contender, pairs: Sequence[Pair]) -> float:
    made, few = one.make(), _fewer(one, pairs)
    one.between(made, START, START + timedelta(seconds=TWO_YEARS))
    return 1e6 / len(few) * _best(lambda: [one.between(made, a, b) for a, b in few])


def _add(one: Contender, pairs: Sequence[Pair]) -> float:
    made, add, few = one.make(), one.add, _fewer(one, pairs)
    budgets = [(a, (b - a) * 0.23) for a, b in few]
    add(made, START, timedelta(seconds=TWO_YEARS * 0.23))
    return 1e6 / len(few) * _best(lambda: [add(made, a, budget) for a, budget in budgets])


def _cold(one: Contender, _: Sequence[Pair]) -> float:
    end = START + timedelta(seconds=TWO_YEARS)
    return 1e3 * _best(lambda: one.between(one.make(), START, end))


def _waits(one: Contender, pairs: Sequence[Pair]) -> float:
    """Due instant and elapsed time of waits that began within the last month."""
    made, add, hour = one.make(), one.add, timedelta(hours=1)
    now = datetime(2026, 6, 30, 12, tzinfo=UTC)
    started = [now - timedelta(seconds=(b - a).seconds * 30) for a, b in pairs]
    started = started[:200] if one.slow else started * (WAITS // len(started))

    def all_of_them() -> None:
        for at in started:
            add(made, at, hour)
            one.between(made, at, now)

    return _best(all_of_them) * WAITS / len(started)


def _fewer(one: Contender, pairs: Sequence[Pair]) -> Sequence[Pair]:
    """The slow ones answer fewer questions, or this would take minutes."""
    return pairs[:20] if one.slow else pairs


def _okno(hours: BusinessHours) -> Contender:
    return Contender(
        "okno",
        lambda: BusinessHours(hours.zone, hours.weekly, hours.days_off, hours.dates),
        BusinessHours.elapsed,
        BusinessHours.deadline,
    )


def _workclock(off: Sequence[date]) -> Contender:
    def make() -> workclock.Schedule:
        return workclock.Schedule(
            [
                workclock.WorkDay(time(9), time(13)),
                workclock.WorkDay(time(14), time(18)),
                workclock.Holidays(off),
            ],
            time_zone=ZONE,
        )

    return Contender("workclock", make, workclock.Schedule.between, workclock.Schedule.add)


def _businesstimedelta(off: Sequence[date]) -> Iterator[Contender]:
    if importlib.util.find_spec("businesstimedelta") is None:
        return
    rival = importlib.import_module("businesstimedelta")
    zone = importlib.import_module("pytz").timezone(ZONE.key)

    def make() -> Any:
        shifts = [
            rival.WorkDayRule(start_time=start, end_time=end, working_days=range(5), tz=zone)
            for start, end in ((time(9), time(13)), (time(14), time(18)))
        ]
        closed = rival.HolidayRule(dict.fromkeys(off, "off"), tz=zone)
        return rival.Rules([*shifts, closed])

    def between(rules: Any, a: datetime, b: datetime) -> timedelta:
        found: timedelta = rules.difference(a, b).timedelta
        return found

    def add(rules: Any, at: datetime, budget: timedelta) -> datetime:
        found: datetime = at + rival.BusinessTimeDelta(rules, timedelta=budget)
        return found

    yield Contender("businesstimedelta", make, between, add, slow=True)


if __name__ == "__main__":
    raise SystemExit(main())
