"""The files of a report, made by real child processes; opened again as a reader would."""

from __future__ import annotations

import asyncio
import csv
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from python_calamine import CalamineWorkbook

from bot.report_files import Limits, Made, Wanted, write_report
from bot.report_orders import Kind
from bot.report_sheets import Workbook
from bot.texts import speaker
from inbox.report_records import Report, WaitLine
from tests.bot.report_samples import sample

LINK = "https://t.me/okno_bot?start=w{message_id}"
DRAWN = (Kind.LIGHT, Kind.DARK, Kind.PDF)
WRITTEN = (Kind.XLSX, Kind.CSV)


class Fails(Exception):
    """As a store that cannot be reached."""


async def grouped(lines: Sequence[WaitLine], most: int = 300) -> AsyncIterator[list[WaitLine]]:
    for start in range(0, len(lines), most):
        yield list(lines[start : start + most])


async def failing(lines: Sequence[WaitLine]) -> AsyncIterator[list[WaitLine]]:
    yield list(lines)
    raise Fails


async def made(
    report: Report,
    lines: Sequence[WaitLine],
    folder: Path,
    *kinds: Kind,
    language: str = "en",
    limits: Limits | None = None,
) -> Made:
    wanted = Wanted(kinds, folder, "week", language, LINK)
    return await write_report(report, grouped(lines), wanted, limits)


def left_in(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()} - {".matplotlib"}


async def test_all_files_are_there_and_nothing_else_is_left(tmp_path: Path) -> None:
    report, lines = sample(3, 60)
    done = await made(report, lines, tmp_path, *Kind, language="ru")
    assert done.faults == {}
    assert set(done.files) == set(Kind)
    assert left_in(tmp_path) == {f"week.{kind}" for kind in Kind}
    assert done.files[Kind.LIGHT].read_bytes().startswith(b"\x89PNG")
    assert done.files[Kind.DARK].read_bytes().startswith(b"\x89PNG")
    assert done.files[Kind.PDF].read_bytes().startswith(b"%PDF")


async def test_the_workbook_holds_real_numbers_durations_and_dates(tmp_path: Path) -> None:
    report, lines = sample(3, 700, language="en")
    done = await made(report, lines, tmp_path, *WRITTEN)
    book = CalamineWorkbook.from_path(done.files[Kind.XLSX])
    assert book.sheet_names == [
        "Summary",
        "Managers",
        "Clients",
        "Channels",
        "Tiers",
        "By the hour",
        "New and silent",
        "Waits",
    ]
    head, *rows = book.get_sheet_by_name("Waits").to_python()
    assert len(rows) == len(lines) == 700
    first = dict(zip(head, rows[0], strict=True))
    line = lines[0]
    assert first["No."] == line.wait_id
    assert first["Business time"] == line.business
    assert first["Client wrote"] == (line.started_at + timedelta(hours=3)).replace(tzinfo=None)
    assert isinstance(first["Due"], datetime)
    total = sum((row[head.index("Business time")] for row in rows), timedelta())
    assert total == sum((one.business for one in lines), timedelta())


async def test_the_managers_in_the_workbook_are_those_of_the_report(tmp_path: Path) -> None:
    report, lines = sample(5, 200, language="en")
    done = await made(report, lines, tmp_path, Kind.XLSX)
    book = CalamineWorkbook.from_path(done.files[Kind.XLSX])
    head, *rows = book.get_sheet_by_name("Managers").to_python()
    assert [row[0] for row in rows] == [row.name or "No manager" for row in report.managers]
    assert [row[head.index("Messages")] for row in rows] == [
        row.figures.messages for row in report.managers
    ]
    share = report.managers[0].figures.share
    assert share is not None
    assert rows[0][head.index("In time")] == pytest.approx(float(share))


async def test_what_clients_call_themselves_is_no_formula(tmp_path: Path) -> None:
    report, lines = sample(1, 40, language="en")
    lines = [replace(one, client="=1+1") for one in lines]
    done = await made(report, lines, tmp_path, *WRITTEN)
    with ZipFile(done.files[Kind.XLSX]) as book:
        waits = book.read("xl/worksheets/sheet8.xml").decode()
    assert "<f>1+1" not in waits
    assert waits.count("=1+1") == 40
    assert waits.count("<f>HYPERLINK(") == 40
    assert LINK.format(message_id=3) in waits
    assert "<autoFilter" in waits
    with done.files[Kind.CSV].open(encoding="utf-8-sig", newline="") as text:
        assert {row["Client"] for row in csv.DictReader(text)} == {"'=1+1"}


async def test_the_csv_has_seconds_and_offsets(tmp_path: Path) -> None:
    report, lines = sample(2, 600, language="en")
    done = await made(report, lines, tmp_path, Kind.CSV)
    with done.files[Kind.CSV].open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert len(rows) == 600
    assert [int(row["Business time, s"]) for row in rows] == [
        int(one.business.total_seconds()) for one in lines
    ]
    read = [datetime.fromisoformat(row["Client wrote"]) for row in rows]
    assert read == [one.started_at for one in lines]


def test_a_book_of_too_many_waits_says_how_many_are_left_out(tmp_path: Path) -> None:
    report, lines = sample(1, 10, language="en")
    path = tmp_path / "book.xlsx"
    book = Workbook(path, speaker("en"), report, "", most=4)
    book.add(lines)
    book.close()
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Waits").to_python()
    assert [row[0] for row in rows[1:]] == [
        1,
        2,
        3,
        4,
        "and 6 more, all of them in the CSV file",
    ]


async def test_a_child_that_is_too_slow_is_ended_and_said(tmp_path: Path) -> None:
    report, lines = sample(1, 10)
    begun = time.monotonic()
    done = await made(report, lines, tmp_path, *Kind, limits=Limits(wall=0.05))
    assert time.monotonic() - begun < 5
    assert done.files == {}
    assert done.faults == dict.fromkeys(Kind, "too slow")
    assert left_in(tmp_path) == set()


async def test_a_child_without_memory_leaves_no_file_and_is_said(tmp_path: Path) -> None:
    report, lines = sample(1, 10)
    done = await made(report, lines, tmp_path, *DRAWN, limits=Limits(memory=30 << 20))
    assert done.files == {}
    assert set(done.faults) == set(DRAWN)
    assert left_in(tmp_path) == set()


async def test_a_file_that_fails_leaves_the_others(tmp_path: Path) -> None:
    report, lines = sample(1, 10)
    broken = replace(report, period=replace(report.period, zone="Nowhere/At all"))
    done = await made(broken, lines, tmp_path, Kind.PDF, Kind.CSV)
    assert done.files == {}
    assert done.faults[Kind.PDF].startswith("ZoneInfoNotFoundError at ")
    assert done.faults[Kind.CSV].startswith("ZoneInfoNotFoundError at ")


async def test_half_of_the_waits_makes_no_sheet(tmp_path: Path) -> None:
    report, lines = sample(1, 10)
    wanted = Wanted(Kind, tmp_path, "week", "en")
    with pytest.raises(Fails):
        await write_report(report, failing(lines), wanted)
    assert not left_in(tmp_path) & {"week.xlsx", "week.csv"}


async def test_a_cut_call_leaves_no_child_and_no_scraps(tmp_path: Path) -> None:
    report, lines = sample(1, 10)
    work = asyncio.create_task(made(report, lines, tmp_path, *Kind))
    await asyncio.sleep(0.2)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not any(name.startswith(".report-") for name in left_in(tmp_path))


def test_the_bot_itself_loads_neither_library() -> None:
    code = (
        "import sys, bot.app, bot.report_files, bot.report_words; "
        "print([one for one in ('matplotlib', 'numpy', 'xlsxwriter') if one in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "[]"
