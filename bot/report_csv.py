"""The waits of a report as CSV: durations in whole seconds, instants with their offset."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from bot.formulas import guarded
from bot.report_columns import Cell, Holds, wait_columns
from bot.texts import Say
from inbox.report_records import Report, WaitLine


class LinesFile:
    """A file that is written line by line; a context."""

    def __init__(self, path: Path, say: Say, report: Report, card_link: str) -> None:
        self._columns = wait_columns(say, card_link)
        self._zone = ZoneInfo(report.period.zone)
        self._file = path.open("w", encoding="utf-8-sig", newline="")
        self._writer = csv.writer(self._file, delimiter=";" if say.language == "ru" else ",")
        seconds = say("s")
        self._writer.writerow(
            f"{one.title}, {seconds}" if one.holds is Holds.DURATION else one.title
            for one in self._columns
        )

    def add(self, lines: Iterable[WaitLine]) -> None:
        """Write them."""
        self._writer.writerows(
            [self._cell(column.value(line)) for column in self._columns] for line in lines
        )

    def close(self) -> None:
        """All of it is in the file."""
        self._file.close()

    def _cell(self, value: Cell) -> str:
        match value:
            case None:
                return ""
            case timedelta():
                return str(value // timedelta(seconds=1))
            case datetime():
                return value.astimezone(self._zone).isoformat(sep=" ", timespec="seconds")
            case str():
                return guarded(value)
            case _:
                return str(value)
