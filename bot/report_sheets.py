"""The report as a workbook: real numbers, durations and dates, filters, a row for each wait."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from bot.report_columns import Cell, Column, Holds, figure_columns, wait_columns
from bot.report_terms import (
    channel_name,
    charged_name,
    heading,
    manager_name,
    measure_words,
    reason_words,
    slice_title,
    tier_name,
)
from bot.report_words import notes, sentences
from bot.texts import Say
from bot.wording import weekday
from inbox.report_records import Figures, Grid, Measure, Report, Row, WaitLine

Source = TypeVar("Source")

MOST_LINES = 200_000
MOST_ADDRESSES = 60_000  # Excel opens 65,530 on a sheet
_DAY = timedelta(days=1)
_FIRST_DAY = datetime(1899, 12, 30)  # noqa: DTZ001 - of a workbook, which has no zones
_NUMBER_FORMATS = {
    Holds.DURATION: "[h]:mm:ss",
    Holds.INSTANT: "dd.mm.yyyy hh:mm",
    Holds.SHARE: "0%",
    Holds.NUMBER: "0",
}
_OPTIONS = {
    "constant_memory": True,
    # What clients wrote stays text: no formula, no address, no number is made of it.
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}


class Workbook:
    """Written row by row: first the figures, then `add` the waits, then `close`."""

    def __init__(
        self,
        path: Path,
        say: Say,
        report: Report,
        card_link: str,
        *,
        most: int = MOST_LINES,
        addresses: int = MOST_ADDRESSES,
    ) -> None:
        self._say, self._report = say, report
        self._zone = ZoneInfo(report.period.zone)
        self._book = xlsxwriter.Workbook(str(path), _OPTIONS)
        self._bold = self._book.add_format({"bold": True})
        self._large = self._book.add_format({"bold": True, "font_size": 16})
        self._head = self._book.add_format(
            {"bold": True, "bg_color": "#E6EEF6", "bottom": 1, "text_wrap": True, "valign": "top"}
        )
        self._formats = {
            holds: self._book.add_format({"num_format": form})
            for holds, form in _NUMBER_FORMATS.items()
        }
        self._unless_0 = self._book.add_format({"num_format": "0;;"})
        self._link = self._book.add_format({"font_color": "#0062A3", "underline": 1})
        self._columns = wait_columns(say, card_link)
        self._opens, self._addresses = say("open"), addresses
        self._number = 0
        self._most, self._left_out = most, 0
        self._write_figures()
        self._waits = self._sheet(say("Waits"), self._columns)

    def add(self, lines: Iterable[WaitLine]) -> None:
        """A row for each; behind the first `most` they are only counted."""
        for line in lines:
            if self._number >= self._most:
                self._left_out += 1
                continue
            self._number += 1
            self._row(self._waits, self._number, self._columns, line)

    def close(self) -> None:
        """All of it is in the file."""
        self._waits.autofilter(0, 0, max(1, self._number), len(self._columns) - 1)
        if self._left_out:
            say = self._say
            words = say("and {number} more, all of them in the CSV file", number=self._left_out)
            self._waits.write_string(self._number + 1, 0, words)
        self._book.close()

    def _write_figures(self) -> None:
        say, report = self._say, self._report
        self._summary()
        self._table(say("Managers"), say("Manager"), report.managers, manager_name)
        self._table(say("Clients"), say("Client"), report.clients, _name)
        self._table(say("Channels"), say("Channel"), report.channels, channel_name)
        self._table(say("Tiers"), say("Tier"), report.tiers, tier_name)
        self._hours()
        self._new_and_silent()

    def _summary(self) -> None:
        say, report = self._say, self._report
        sheet = self._added(say("Summary"))
        sheet.set_column(0, 0, 62)
        sheet.set_column(1, 2, 14)
        sheet.set_column(3, 3, 30)
        sheet.write_string(0, 0, heading(say, report), self._large)
        sheet.write_string(1, 0, slice_title(say, report.slice))
        down = 3
        for words in (*sentences(say, report), *notes(say, report)):
            sheet.write_string(down, 0, words)
            down += 1
        down = self._compared(sheet, down + 1)
        down = self._list(
            sheet,
            down + 1,
            say("Breaches by who held the wait when it fell due"),
            [
                (charged_name(say, one.manager_id, one.name), one.count)
                for one in report.studio.breaches_by
            ],
        )
        self._list(
            sheet,
            down + 1,
            say("Not counted, or otherwise than one would expect"),
            [(reason_words(say, one.reason), one.count) for one in report.exclusions],
        )

    def _compared(self, sheet: Worksheet, down: int) -> int:
        say = self._say
        for across, words in enumerate(
            (say("Figure"), say("Now"), say("Before"), say("Usually (mean of eight)"))
        ):
            sheet.write_string(down, across, words, self._head)
        for one in self._report.changes:
            down += 1
            sheet.write_string(down, 0, measure_words(say, one.measure))
            for across, value in enumerate((one.now, one.last, one.usual), 1):
                if isinstance(value, Fraction) and one.measure is not Measure.SHARE:
                    sheet.write_number(down, across, round(float(value), 1))
                else:
                    self._cell(sheet, down, across, value)
        return down + 1

    def _list(
        self, sheet: Worksheet, down: int, words: str, pairs: Sequence[tuple[str, int]]
    ) -> int:
        sheet.write_string(down, 0, words, self._head)
        sheet.write_blank(down, 1, None, self._head)
        for name, number in pairs:
            down += 1
            sheet.write_string(down, 0, name)
            sheet.write_number(down, 1, number)
        return down + 1

    def _table(
        self, name: str, what: str, rows: Sequence[Row], named: Callable[[Say, Row], str]
    ) -> None:
        say = self._say
        first: Column[Row] = Column(what, 30, Holds.TEXT, lambda row: named(say, row))
        columns = (first, *map(_of_row, figure_columns(say)))
        sheet = self._sheet(name, columns)
        for number, row in enumerate(rows, 1):
            self._row(sheet, number, columns, row)
        sheet.autofilter(0, 0, max(1, len(rows)), len(columns) - 1)

    def _hours(self) -> None:
        say = self._say
        sheet = self._added(say("By the hour"))
        sheet.set_column(0, 0, 8)
        sheet.set_column(1, 24, 4.5)
        parts: tuple[tuple[str, Grid, str], ...] = (
            (say("Messages came"), self._report.came, "#1F6FB2"),
            (say("Came and were answered late"), self._report.late, "#E07B00"),
        )
        down = 0
        for words, grid, colour in parts:
            sheet.write_string(down, 0, words, self._bold)
            for hour in range(24):
                sheet.write_number(down + 1, hour + 1, hour, self._head)
            for day, hours in enumerate(grid):
                sheet.write_string(down + 2 + day, 0, weekday(say, day), self._head)
                for hour, number in enumerate(hours):
                    sheet.write_number(down + 2 + day, hour + 1, number, self._unless_0)
            scale = {"type": "2_color_scale", "min_color": "#FFFFFF", "max_color": colour}
            sheet.conditional_format(down + 2, 1, down + 8, 24, scale)
            down += 11

    def _new_and_silent(self) -> None:
        say, report = self._say, self._report
        sheet = self._added(say("New and silent"))
        sheet.set_column(0, 1, 28)
        sheet.set_column(2, 4, 19)
        down = self._lines(
            sheet,
            0,
            (say("New client"), say("Manager"), say("Wrote"), say("Answered after"), say("Wall")),
            [
                (one.name, one.manager, one.asked_at, one.business, one.wall)
                for one in report.newcomers
            ],
        )
        weeks = say.many(
            "Silent for {number} week", "Silent for {number} weeks", report.silent_weeks
        )
        self._lines(
            sheet,
            down + 1,
            (weeks, say("Manager"), say("Since")),
            [(one.name, one.manager, one.since) for one in report.silent],
        )

    def _lines(
        self, sheet: Worksheet, down: int, head: Sequence[str], lines: Sequence[Sequence[Cell]]
    ) -> int:
        for across, words in enumerate(head):
            sheet.write_string(down, across, words, self._head)
        for line in lines:
            down += 1
            for across, value in enumerate(line):
                self._cell(sheet, down, across, value)
        return down + 1

    def _sheet(self, name: str, columns: Sequence[Column[Source]]) -> Worksheet:
        sheet = self._added(name)
        sheet.freeze_panes(1, 2)
        sheet.repeat_rows(0)
        sheet.repeat_columns(0, 1)
        sheet.fit_to_pages(2, 0)  # of so many columns one page could not be read
        sheet.set_row(0, 32)  # two lines
        for across, column in enumerate(columns):
            sheet.set_column(across, across, column.wide)
            sheet.write_string(0, across, column.title, self._head)
        return sheet

    def _added(self, name: str) -> Worksheet:
        """A sheet that prints one page wide, on A4 across."""
        sheet = self._book.add_worksheet(name)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        return sheet

    def _row(
        self, sheet: Worksheet, down: int, columns: Sequence[Column[Source]], of: Source
    ) -> None:
        for across, column in enumerate(columns):
            value = column.value(of)
            if column.holds is Holds.LINK and value:
                self._write_link(sheet, down, across, str(value))
            else:
                self._cell(sheet, down, across, value)

    def _write_link(self, sheet: Worksheet, down: int, across: int, address: str) -> None:
        """An address, which every program opens; behind the most that Excel takes a formula."""
        words = self._opens
        if down <= self._addresses:
            sheet.write_url(down, across, address, self._link, words)
        else:
            formula = f'=HYPERLINK("{address}","{words}")'
            sheet.write_formula(down, across, formula, self._link, words)

    def _cell(self, sheet: Worksheet, down: int, across: int, value: Cell) -> None:
        match value:
            case None | "":
                return
            case timedelta():
                sheet.write_number(down, across, value / _DAY, self._formats[Holds.DURATION])
            case datetime():
                local = value.astimezone(self._zone).replace(tzinfo=None)
                days = (local - _FIRST_DAY) / _DAY
                sheet.write_number(down, across, days, self._formats[Holds.INSTANT])
            case Fraction():
                sheet.write_number(down, across, float(value), self._formats[Holds.SHARE])
            case int():
                sheet.write_number(down, across, value)
            case _:
                sheet.write_string(down, across, value)


def _name(_: Say, row: Row) -> str:
    return row.name


def _of_row(column: Column[Figures]) -> Column[Row]:
    return Column(column.title, column.wide, column.holds, lambda row: column.value(row.figures))
