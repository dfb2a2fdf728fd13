"""Eight weeks as two curves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from bot.report_drawing import Box, Point
from bot.report_panels import Board
from bot.report_terms import percent
from bot.texts import Say
from inbox.report_records import TrendWeek
from inbox.reports import minutes

_MANY_MINUTES = 180


def trend(board: Board, box: Box) -> None:
    """Eight weeks: the share in time and the median, side by side."""
    sheet, say, report, scale = board.sheet, board.say, board.report, board.scale
    gap = scale.text * 1.6
    wide = (box.width - gap) / 2
    medians = [week.both.median for week in report.trend if week.both.median is not None]
    in_hours = any(minutes(one) >= _MANY_MINUTES for one in medians)
    shown: tuple[tuple[str, Callable[[TrendWeek], float | None]], ...] = (
        (say("In time, %"), _percent),
        (say("Half of answers within, hours"), _hours)
        if in_hours
        else (say("Half of answers within, minutes"), _minutes),
    )
    for number, (words, value) in enumerate(shown):
        place = Box(box.x + number * (wide + gap), box.y, wide, box.height)
        sheet.text(
            (place.x, place.y + scale.text * 0.6),
            words,
            scale.text,
            sheet.theme.text,
            bold=True,
            room=wide,
        )
        _curve(board, place, value)


def _curve(board: Board, box: Box, value: Callable[[TrendWeek], float | None]) -> None:
    sheet, report, scale = board.sheet, board.report, board.scale
    theme, zone = sheet.theme, ZoneInfo(report.period.zone)
    values = [value(week) for week in report.trend]
    known = [one for one in values if one is not None]
    low, high = (min(known), max(known)) if known else (0.0, 1.0)
    spread = max(high - low, high / 10, 1.0)  # little ups and downs look little
    top, floor = box.y + scale.text * 2.9, box.bottom - scale.small * 3.4
    step = (box.width - scale.text * 2.4) / max(1, len(values) - 1)
    points: list[Point | None] = []
    for number, one in enumerate(values):
        across = box.x + scale.text * 1.2 + number * step
        points.append(
            None if one is None else (across, floor - (floor - top) * (one - low) / spread)
        )
        if number % 2 == (len(values) - 1) % 2:
            day = report.trend[number].since.astimezone(zone)
            at = (across, box.bottom - scale.small * 0.6)
            sheet.text(at, f"{day:%d.%m}", scale.small, theme.faint, align="center")
    rule = box.bottom - scale.small * 1.6
    sheet.line([(box.x, rule), (box.right, rule)], theme.rule, 1)
    for before, after in pairwise(points):
        if before and after:
            sheet.line([before, after], theme.strong, scale.text / 8)
    for number, (point, one) in enumerate(zip(points, values, strict=True)):
        if point is None or one is None:
            continue
        last = number == len(values) - 1
        sheet.dot(point, scale.text / (3 if last else 5), theme.strong)
        words = _number(board.say, one)
        beside = _beside(values, number)
        lowest = one == min(beside) < max(beside)
        aside = scale.text * (0.9 if lowest else -0.85)
        sheet.text(
            (point[0], point[1] + aside), words, scale.small, theme.text, align="center", bold=last
        )


def _beside(values: Sequence[float | None], number: int) -> list[float]:
    return [one for one in values[max(0, number - 1) : number + 2] if one is not None]


def _number(say: Say, value: float) -> str:
    words = f"{value:.1f}".removesuffix(".0")
    return words.replace(".", ",") if say.language == "ru" else words


def _percent(week: TrendWeek) -> float | None:
    return None if week.share is None else float(percent(week.share))


def _minutes(week: TrendWeek) -> float | None:
    return None if week.both.median is None else float(minutes(week.both.median))


def _hours(week: TrendWeek) -> float | None:
    return None if week.both.median is None else round(week.both.median / timedelta(hours=1), 1)
