"""Makes whole reports: read once, with the sheet's lines kept on disk until the figures stand."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO
from zoneinfo import ZoneInfo

from bot.report_files import Made, Wanted, write_report
from bot.report_ground import Ground, opened
from bot.report_orders import LINES
from inbox.report_records import Period, Report, Slice, WaitLine
from inbox.reporting import reports

Takes = Callable[[WaitLine], bool]

STUDIO = Slice()
_IN_MEMORY = 1 << 20  # bytes; more lines go to a file


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report: `client_id` keeps only that client's waits in the sheet."""

    period: Period
    whose: Slice = STUDIO
    client_id: int | None = None

    def takes(self, line: WaitLine) -> bool:
        """Whether the wait stands in this report's sheet."""
        mine = self.whose.manager_id is None or line.holder_id == self.whose.manager_id
        return mine and self.client_id in {None, line.client_id}


async def make_report(
    ground: Ground, asked: Asked, wanted: Wanted, now: datetime
) -> tuple[Report, Made]:
    """The report and its files, both of the same lines; see `write_report` for what may fail."""
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as kept:
        keep = _keeper(kept, asked.takes)
        async with opened(ground) as source:
            (report,) = await reports(source, asked.period, [asked.whose], now, keep)
        kept.seek(0)
        made = await write_report(report, _kept_lines(kept), wanted)
    return report, made


def file_name(period: Period, *words: str) -> str:
    """Without an end: "okno-2026-11-16_2026-11-22-Anna"; of the words letters and digits stay."""
    zone = ZoneInfo(period.zone)
    last = period.until - timedelta(microseconds=1)
    days = "_".join(f"{one.astimezone(zone):%Y-%m-%d}" for one in (period.since, last))
    spoken = ("".join(c if c.isalnum() else " " for c in word) for word in words)
    return "-".join(["okno", days, *("-".join(word.split())[:40] for word in spoken if word)])


def _keeper(kept: IO[bytes], takes: Takes) -> Callable[[Sequence[WaitLine]], None]:
    def keep(page: Sequence[WaitLine]) -> None:
        lines = tuple(filter(takes, page))
        if lines:
            kept.write(LINES.dump_json(lines) + b"\n")

    return keep


async def _kept_lines(kept: IO[bytes]) -> AsyncIterator[Sequence[WaitLine]]:
    for group in kept:
        yield LINES.validate_json(group)
        await asyncio.sleep(0)
