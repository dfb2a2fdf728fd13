"""Reports that look like real ones, made up from a seed; parts add up to the whole."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date, timedelta

from inbox.report_corrected import Corrected
from inbox.report_records import (
    Charge,
    Exclusion,
    Figures,
    Grid,
    Improved,
    Newcomer,
    Period,
    Reason,
    Report,
    Response,
    Row,
    Silent,
    Slice,
    StillOpen,
    Times,
    WaitLine,
)
from inbox.reports import median, p90
from tests.bot.report_weeks import SINCE, UNTIL, changes_of, trend_of

TARGET = timedelta(hours=1)
NAMES = {
    "ru": (
        "Анна Ветрова",
        "Борис Ким",
        "Виктория Константинопольская-Замоскворецкая",
        "Григорий Лунин",
        "Дарья Мехова",
        "Егор Носов",
        "Жанна Орлова",
    ),
    "en": (
        "Anna Brooks",
        "Boris Kim",
        "Wilhelmina Featherstonehaugh-Cholmondeley",
        "Greg Lunn",
        "Daria May",
        "Edgar North",
        "Joan Oakley",
    ),
}
CLIENTS = {
    "ru": ("Ромашка", "Северный ветер", "Кофейня «Зерно»", "ООО «Длинное имя и сыновья»", "Лист"),
    "en": ("Daisy", "North Wind", "Grain & Co", "=SUM(A1) $x^2$ <b>Ltd</b>", "Leaf"),
}


def sample(
    managers: int = 3,
    waits: int = 120,
    *,
    language: str = "ru",
    late: float = 0.1,
    seed: int = 7,
) -> tuple[Report, list[WaitLine]]:
    """A week's report of so many managers with its lines; `late`: the share of late answers."""
    chance = random.Random(seed)
    lines = [_line(chance, number, managers, language, late) for number in range(1, waits + 1)]
    return report_of(lines, language, chance), lines


def report_of(lines: Sequence[WaitLine], language: str, chance: random.Random) -> Report:
    """The report that these lines make."""
    studio = figures_of(lines)
    grid = _grid(lines)
    clients = _rows((one.client_id, one.client, one) for one in lines)
    managers = _rows((one.manager_id, one.manager, one) for one in lines)
    silent = tuple(
        Silent(900 + n, name, 1, NAMES[language][0], SINCE - timedelta(days=25 + n))
        for n, name in enumerate(CLIENTS[language])
    )
    answered = [one for one in lines if one.outcome == "answered"]
    return Report(
        period=Period(SINCE, UNTIL, UNTIL, "Europe/Moscow", whole_week=True),
        slice=Slice(),
        made_at=UNTIL + timedelta(hours=9),
        target=TARGET,
        studio=studio,
        managers=managers,
        clients=clients,
        channels=_rows((None, one.channel_id, one) for one in lines),
        tiers=_rows((None, one.tier, one) for one in lines),
        came=grid,
        late=_grid([one for one in lines if one.breached]),
        trend=trend_of(studio, chance),
        changes=changes_of(studio),
        newcomers=tuple(map(_newcomer, answered[:2])),
        silent=silent if lines else (),
        silent_weeks=3,
        exclusions=(
            Exclusion(Reason.DISMISSED, studio.dismissed),
            Exclusion(Reason.STILL_OPEN, studio.open.count),
            Exclusion(Reason.AUTOMATIC, 12),
            Exclusion(Reason.THANKS, 4),
        ),
        corrected=(
            Corrected(
                "studio",
                date(2026, 11, 18),
                "",
                "closed",
                UNTIL + timedelta(hours=1),
                "Anna",
            ),
        )
        if lines
        else (),
        worst=max(lines, key=lambda one: one.business) if lines else None,
        improved=Improved(1, NAMES[language][0], timedelta(minutes=41), timedelta(minutes=17))
        if len(answered) > 20
        else None,
    )


def _newcomer(line: WaitLine) -> Newcomer:
    return Newcomer(
        line.client_id,
        line.client,
        line.manager_id,
        line.manager,
        line.started_at,
        line.wait_id,
        line.business,
        line.wall,
        line.within,
    )


def figures_of(lines: Sequence[WaitLine]) -> Figures:
    """The numbers of some lines."""
    answered = [one for one in lines if one.outcome == "answered"]
    waiting = [one for one in lines if not one.outcome]
    late = sum(one.breached for one in answered)
    overdue = sum(one.breached for one in waiting)
    held = Counter((one.charged_id, one.charged) for one in lines if one.breached)
    return Figures(
        messages=sum(1 + one.wait_id % 3 for one in lines),
        opened=len(lines),
        answered=len(answered),
        dismissed=sum(one.outcome == "dismissed" for one in lines),
        off_hours=sum(one.off_hours for one in answered),
        open=StillOpen(
            len(waiting),
            overdue,
            min((one.started_at for one in waiting), default=None),
        ),
        first=_response([one for one in answered if one.first]),
        next=_response([one for one in answered if not one.first]),
        both=_response(answered),
        within=len(answered) - late,
        late=late,
        breaches=late + overdue,
        breaches_by=tuple(Charge(*who, number) for who, number in held.most_common()),
    )


def without_answers(language: str = "ru") -> tuple[Report, list[WaitLine]]:
    """A week in which nothing happened at all."""
    report = report_of([], language, random.Random(1))
    quiet = tuple(
        replace(week, messages=0, answered=0, first=Times(), both=Times(), within=0, counted=0)
        for week in report.trend
    )
    return replace(report, trend=quiet, changes=(), exclusions=()), []


def _line(
    chance: random.Random, number: int, managers: int, language: str, late: float
) -> WaitLine:
    who = chance.choice([*range(1, managers + 1)] * 8 + [0])
    name = NAMES[language][(who - 1) % 7] + (f" {who}" if who > 7 else "") if who else ""
    outcome = chance.choices(["answered", "dismissed", ""], [90, 6, 4])[0]
    breached = outcome != "dismissed" and chance.random() < late * (1 + who % 3) / 2
    business = timedelta(seconds=int(chance.expovariate(1 / 900)) % 3500)
    business += timedelta(minutes=chance.randrange(61, 600)) if breached else timedelta()
    started = SINCE + timedelta(
        days=chance.choices(range(7), [9, 8, 8, 9, 7, 1, 1])[0],
        hours=int(chance.triangular(7, 22, 11)),
        minutes=chance.randrange(60),
    )
    client = chance.randrange(60)
    known = CLIENTS[language]
    return WaitLine(
        wait_id=number,
        conversation_id=client,
        message_id=number * 3,
        client_id=client,
        client=known[client % 5] + (f" {client}" if client >= 5 else ""),
        tier=("", "gold")[client % 2],
        channel_id=("telegram", "email:info")[client % 3 == 0],
        holder_id=who or None,
        holder=name,
        manager_id=who or None,
        manager=name,
        charged_id=(who or None) if breached else None,
        charged=name if breached else "",
        first=number % 3 == 0,
        outcome=outcome,
        started_at=started,
        taken_at=started,
        due_at=started + TARGET,
        closed_at=started + business * 2 if outcome else None,
        reply_within=TARGET,
        business=business,
        wall=business * 2,
        own=business,
        within=outcome == "answered" and not breached,
        breached=breached,
        off_hours=number % 11 == 0,
        elsewhere=False,
        policy="sla",
        calendar="studio",
    )


def _response(lines: Sequence[WaitLine]) -> Response:
    return Response(_times([one.business for one in lines]), _times([one.wall for one in lines]))


def _times(times: Sequence[timedelta]) -> Times:
    listed = tuple(sorted(times)) if len(times) < 5 else ()
    return Times(len(times), median(times), p90(times), max(times, default=None), listed)


def _rows(named: Iterable[tuple[int | None, str, WaitLine]]) -> tuple[Row, ...]:
    parts: dict[tuple[int | None, str], list[WaitLine]] = {}
    for number, name, line in named:
        parts.setdefault((number, name), []).append(line)
    return tuple(
        Row(*key, figures_of(lines))
        for key, lines in sorted(
            parts.items(), key=lambda one: (one[0][0] is None, one[0][0] or 0, one[0][1])
        )
    )


def _grid(lines: Sequence[WaitLine]) -> Grid:
    counts = Counter(
        ((one.started_at + timedelta(hours=3)).weekday(), (one.started_at.hour + 3) % 24)
        for one in lines
    )
    return tuple(tuple(counts[day, hour] for hour in range(24)) for day in range(7))
