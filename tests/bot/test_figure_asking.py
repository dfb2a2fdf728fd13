"""The child that explains a figure: what it says, and how it fails."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.figure_asking import explanation_of
from bot.figure_orders import Explaining, Question
from bot.figure_reader import explained
from bot.report_ground import ground_over
from bot.report_making import KILLED, TOO_SLOW, ReportUnmade
from bot.report_process import Limits
from inbox.calendars import STUDIO, Calendar
from inbox.errors import StoreUnavailable
from inbox.report_figures import Figure, Sort, What, Whose
from inbox.report_periods import week
from inbox.report_records import Slice
from storage.store import open_store
from tests.databases import sqlite_in
from tests.inbox.conftest import HOURS
from tests.inbox.golden import MOSCOW, golden_week, moment

NOW = moment("+mon 09:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def database(tmp_path: Path) -> str:
    return sqlite_in(tmp_path)


@pytest.fixture
async def order(database: str) -> Explaining:
    return await of_golden_week(database)


async def of_golden_week(database: str) -> Explaining:
    """Why its share is what it is."""
    store = await open_store(database)
    async with store.begin() as t:
        await golden_week(t)
    await store.close()
    period = week(moment("wed 12:00"), MOSCOW, NOW)
    question = Question(period, Slice(), "en", "Europe/Moscow", Figure(What.SHARE))
    return Explaining(ground_over(database, [Calendar(STUDIO, HOURS)], HOUR), question, NOW)


async def test_a_child_counts_anew_and_says_how(order: Explaining) -> None:
    found = await explanation_of(order)
    assert "15 in time / (15 + 10 breaches) = 60%" in found.words.text
    assert found.words.entities[0].kind == "bold"
    assert [one is not None for one in found.jumps] == [True] * 10
    assert found == await explained(order)


@pytest.mark.real
async def test_on_postgres_it_says_the_same(order: Explaining, postgres_url: str) -> None:
    there = await explanation_of(await of_golden_week(postgres_url))
    assert there.words == (await explained(order)).words


@pytest.mark.parametrize(
    ("named", "words"),
    [("анна", "11 in time / (11 + 5"), ("GOLD", "In time"), ("no manager", "0 in time / (0 + 2")],
)
async def test_a_row_is_found_by_its_name(order: Explaining, named: str, words: str) -> None:
    asked = replace(order, question=replace(order.question, named=named))
    assert words in (await explained(asked)).words.text


@pytest.mark.parametrize(("named", "what"), [("nobody", What.SHARE), ("анна", What.WORST)])
async def test_what_has_no_such_row_is_not_known(
    order: Explaining, named: str, what: What
) -> None:
    asked = replace(order, question=replace(order.question, named=named, figure=Figure(what)))
    assert not (await explained(asked)).known
    gone = Figure(What.SHARE, Whose(Sort.TIER, 12345))
    asked = replace(order, question=replace(order.question, figure=gone))
    assert not (await explained(asked)).known


async def test_rows_come_in_pages(order: Explaining) -> None:
    asked = replace(order.question, figure=None, sort=Sort.CLIENT)
    found = await explained(replace(order, question=asked))
    assert [one.words for one in found.rows][:1] == ["Ромашка · 73% of 11"]
    assert not found.more
    behind = await explained(replace(order, question=replace(asked, offset=1)))
    assert behind.rows == found.rows[1:]


async def test_of_a_managers_slice_there_are_only_the_own_clients(order: Explaining) -> None:
    asked = replace(order.question, whose=Slice(1, "Анна"), figure=Figure(What.MESSAGES))
    words = (await explained(replace(order, question=asked))).words.text
    assert "Ромашка" in words
    assert "Вектор" not in words


async def test_a_child_that_fails_is_told_of(order: Explaining, tmp_path: Path) -> None:
    with pytest.raises(ReportUnmade, match=TOO_SLOW):
        await explanation_of(order, Limits(wall=0.01))
    with pytest.raises(ReportUnmade, match=KILLED):
        await explanation_of(order, Limits(memory=1 << 20))
    nowhere = replace(order.ground, database=f"sqlite+aiosqlite:///{tmp_path}/no/such.db")
    with pytest.raises((StoreUnavailable, ReportUnmade)) as caught:
        await explanation_of(replace(order, ground=nowhere))
    assert order.ground.database not in repr(order)
    assert caught.value.args
