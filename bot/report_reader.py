"""The child process that reads and counts a report, so that the bot stays small and quick.

Standard input: a Reading; standard output: an Answer with the report, then one for each sheet.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, BinaryIO

from bot.report_child import serve_alone, tell
from bot.report_ground import opened
from bot.report_orders import LINES, READING, REPORT, STUDIO, Answer, Asked, Reading
from bot.report_writing import place_of, sheets
from inbox.errors import StoreUnavailable
from inbox.report_records import Report, WaitLine
from inbox.reporting import reports

_IN_MEMORY = 50_000  # waits; more go to a file


class Kept:
    """The waits of the sheet, until the figures stand."""

    def __init__(self, asked: Asked, most: int = _IN_MEMORY) -> None:
        self._asked, self._left = asked, most
        self._pages: list[Sequence[WaitLine]] = []
        self._file: IO[bytes] | None = None

    def keep(self, page: Sequence[WaitLine]) -> None:
        lines = tuple(filter(self._asked.takes, page))
        self._left -= len(lines)
        if self._left >= 0:
            self._pages.append(lines)
            return
        self._file = self._file or tempfile.TemporaryFile()  # noqa: SIM115 - see pages
        self._file.write(LINES.dump_json(lines) + b"\n")

    def pages(self) -> Iterator[Sequence[WaitLine]]:
        """All that were kept, in their order."""
        yield from self._pages
        if self._file is not None:
            self._file.seek(0)
            yield from map(LINES.validate_json, self._file)
            self._file.close()


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Read, count, answer, write."""
    order = READING.validate_json(source.readline())
    tempfile.tempdir = str(Path(order.kept).parent)
    kept = Kept(order.asked)
    try:
        report = asyncio.run(_read(order, kept))
    except StoreUnavailable as error:
        tell(target, Answer(trouble=(error.reason, str(error.detail))))
        return
    except Exception as error:  # noqa: BLE001 - told; its words may quote a client
        tell(target, Answer(fault=place_of(error)))
        return
    Path(order.kept).write_bytes(REPORT.dump_json(report))
    tell(target, Answer(report=in_words(report, order.asked)))
    for written in sheets(order.files, report, kept.pages()):
        tell(target, Answer(written=written))


def in_words(report: Report, asked: Asked) -> Report:
    """What the bot needs to speak of it: a studio's clients may be thousands, and stand in files
    alone."""
    return replace(report, clients=()) if asked.whose == STUDIO else report


async def _read(order: Reading, kept: Kept) -> Report:
    asked = order.asked
    async with opened(order.ground) as source:
        (report,) = await reports(source, asked.period, [asked.whose], order.now, kept.keep)
    return report


if __name__ == "__main__":
    serve_alone(serve)
