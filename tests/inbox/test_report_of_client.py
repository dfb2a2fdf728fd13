"""The report of one client: the studio's row of it, as a report of its own."""

from __future__ import annotations

from datetime import timedelta

from inbox.calendars import Calendars
from inbox.report_periods import week
from inbox.report_reading import Source
from inbox.report_records import Slice, WaitLine
from inbox.reporting import reports
from storage.store import open_store
from tests.inbox.conftest import HOURS
from tests.inbox.golden import MOSCOW, golden_week, moment

NOW = moment("mon 09:00") + timedelta(weeks=1)


async def test_a_clients_report_says_what_the_studios_row_of_it_says(database: str) -> None:
    store = await open_store(database)
    async with store.begin() as t:
        filed = await golden_week(t)
    source = Source(store, Calendars.only(HOURS), timedelta(hours=1))
    clients = [Slice(name=name, client_id=firm.id) for name, (firm, _) in filed.clients.items()]
    period = week(moment("wed 12:00"), MOSCOW, NOW)
    lines: list[WaitLine] = []
    studio, *found = await reports(source, period, [Slice(), *clients], NOW, lines.extend)
    assert list(await reports(source, period, clients, NOW)) == found
    await store.close()

    rows = {one.id: one for one in studio.clients}
    assert len(rows) > 3
    assert {one.slice.client_id for one in found} >= set(rows)
    for one in found:
        row = rows.get(one.slice.client_id)
        if row is None:
            assert one.studio.waits == one.studio.messages == 0
            continue
        assert (one.studio, one.clients) == (row.figures, (row,))
        mine = [line for line in lines if one.slice.takes(line.holder_id, line.client_id)]
        assert len(mine) == row.figures.waits
        assert sum(map(sum, one.came)) == row.figures.messages
        assert one.worst is None or one.worst.client_id == row.id
    # Of earlier weeks less is read, in which nothing says whose client it was.
    assert {change.last for one in found for change in one.changes} == {None}
    assert {week.answered for one in found for week in one.trend[:-1]} == {0}
    assert {one.name for one in studio.silent} == {s.name for one in found for s in one.silent}
    assert sum(len(one.newcomers) for one in found) == len(studio.newcomers)
