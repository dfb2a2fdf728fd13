"""The child of report.py: reads and counts last week's report, of the studio and so many managers.

Run: python benchmarks/report_inside.py URL MANAGERS
"""

from __future__ import annotations

import asyncio
import gc
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[1]))

from bot.calendar import studio_hours
from inbox.calendars import STUDIO, Calendar, Calendars
from inbox.report_periods import week
from inbox.report_reading import Source
from inbox.report_records import Slice
from inbox.reporting import reports
from inbox.reports import week_of
from storage.store import open_store

MOSCOW = ZoneInfo("Europe/Moscow")


def russian_calendar() -> Calendar:
    week_ = {day: ["09:00-18:00"] for day in range(5)}
    return Calendar(STUDIO, studio_hours("Europe/Moscow", week_, "RU"))


def last_monday() -> datetime:
    return week_of(datetime.fromtimestamp(time.time(), UTC), MOSCOW)[0]


async def main(url: str, managers: int) -> None:
    gc.disable()  # a short life; what it makes it needs to the end
    until = last_monday()
    now, begun = until + timedelta(hours=9), time.process_time()
    store = await open_store(url, exclusive=False)
    source = Source(store, Calendars([russian_calendar()]), timedelta(hours=1))
    async with store.read() as t:
        members = await t.staff()
    slices = [Slice(), *(Slice(one.id, one.name) for one in members[:managers])]
    found, *_ = await reports(source, week(until - timedelta(days=1), MOSCOW, now), slices, now)
    await store.close()
    worked = time.process_time()
    figures, clients = found.studio, len(found.clients)
    told = f"{figures.waits:,} waits, {figures.messages:,} messages, {clients:,} clients"
    print(f"{begun:.2f} + {worked - begun:.2f}|{told}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2])))
