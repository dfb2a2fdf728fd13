"""The files of a report, opened again as a reader would; and the children that make them."""

from __future__ import annotations

import asyncio
import csv
import subprocess
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zipfile import ZipFile

import psutil
import pytest
from python_calamine import CalamineWorkbook

from bot.report_files import Made, Wanted
from bot.report_ground import Ground, ground_over
from bot.report_making import Asked, ReportUnmade, make_report, making
from bot.report_orders import Files, Kind
from bot.report_process import Limits, started
from bot.report_reader import Kept
from bot.report_sheets import Workbook
from bot.report_writing import drawn, sheets
from bot.texts import speaker
from inbox.calendars import STUDIO, Calendar
from inbox.errors import StoreUnavailable
from inbox.model import Manager
from inbox.report_periods import week
from inbox.report_records import Report, Slice, WaitLine
from storage.store import open_store
from tests.bot.report_samples import sample
from tests.bot.studio import HOURS
from tests.databases import sqlite_in

LINK = "https://t.me/okno_bot?start=w{message_id}"
DRAWN = (Kind.LIGHT, Kind.DARK, Kind.PDF)
WRITTEN = (Kind.XLSX, Kind.CSV)
NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
PERIOD = week(NOW - timedelta(days=7), HOURS.zone, NOW)
PATIENCE = 20.0  # seconds


def made(
    report: Report,
    lines: Sequence[WaitLine],
    folder: Path,
    *kinds: Kind,
    language: str = "en",
) -> Made:
    """What the children write, here without them."""
    files = Files(kinds, str(folder / "week"), language, LINK)
    groups = [lines[start : start + 300] for start in range(0, len(lines), 300)]
    done = Made()
    for one in (*drawn(files, report), *sheets(files, report, groups)):
        if one.fault:
            done.faults[one.kind] = one.fault
        else:
            done.files[one.kind] = folder / one.path
    return done


def ground_in(folder: Path) -> Ground:
    """An empty database's."""
    return ground_over(sqlite_in(folder), [Calendar(STUDIO, HOURS)], timedelta(hours=1))


def left_in(folder: Path) -> set[str]:
    return {one.name for one in folder.iterdir()} - {".matplotlib"}


async def test_all_files_are_there_and_nothing_else_is_left(tmp_path: Path) -> None:
    ground, out = ground_in(tmp_path), tmp_path / "out"
    report, done = await make_report(ground, Asked(PERIOD), Wanted(Kind, out, "week", "ru"), NOW)
    assert (report.period, report.target, report.studio.waits) == (PERIOD, ground.target, 0)
    assert done.faults == {}
    assert set(done.files) == set(Kind)
    assert left_in(out) == {f"week.{kind}" for kind in Kind}
    assert done.files[Kind.LIGHT].read_bytes().startswith(b"\x89PNG")
    assert done.files[Kind.DARK].read_bytes().startswith(b"\x89PNG")
    assert done.files[Kind.PDF].read_bytes().startswith(b"%PDF")


def test_the_workbook_holds_real_numbers_durations_and_dates(tmp_path: Path) -> None:
    report, lines = sample(3, 700, language="en")
    done = made(report, lines, tmp_path, *WRITTEN)
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


def test_the_managers_in_the_workbook_are_those_of_the_report(tmp_path: Path) -> None:
    report, lines = sample(5, 200, language="en")
    done = made(report, lines, tmp_path, Kind.XLSX)
    book = CalamineWorkbook.from_path(done.files[Kind.XLSX])
    head, *rows = book.get_sheet_by_name("Managers").to_python()
    assert [row[0] for row in rows] == [row.name or "No manager" for row in report.managers]
    assert [row[head.index("Messages")] for row in rows] == [
        row.figures.messages for row in report.managers
    ]
    share = report.managers[0].figures.share
    assert share is not None
    assert rows[0][head.index("In time")] == pytest.approx(float(share))


def test_what_clients_call_themselves_is_no_formula(tmp_path: Path) -> None:
    report, lines = sample(1, 40, language="en")
    lines = [replace(one, client="=1+1") for one in lines]
    done = made(report, lines, tmp_path, *WRITTEN)
    with ZipFile(done.files[Kind.XLSX]) as book:
        waits = book.read("xl/worksheets/sheet8.xml").decode()
        links = book.read("xl/worksheets/_rels/sheet8.xml.rels").decode()
    assert "<f>" not in waits
    assert waits.count("=1+1") == 40
    assert waits.count("<hyperlink ") == 40
    assert f'Target="{LINK.format(message_id=3)}" TargetMode="External"' in links
    assert "<autoFilter" in waits
    with done.files[Kind.CSV].open(encoding="utf-8-sig", newline="") as text:
        assert {row["Client"] for row in csv.DictReader(text)} == {"'=1+1"}


def test_behind_the_most_addresses_of_a_sheet_a_formula_opens_the_card(tmp_path: Path) -> None:
    report, lines = sample(1, 10, language="en")
    path = tmp_path / "book.xlsx"
    book = Workbook(path, speaker("en"), report, LINK, addresses=4)
    book.add(lines)
    book.close()
    with ZipFile(path) as opened:
        waits = opened.read("xl/worksheets/sheet8.xml").decode()
    assert waits.count("<hyperlink ") == 4
    assert waits.count("<f>HYPERLINK(") == 6


def test_the_csv_has_seconds_and_offsets(tmp_path: Path) -> None:
    report, lines = sample(2, 600, language="en")
    done = made(report, lines, tmp_path, Kind.CSV)
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


def test_a_file_that_fails_leaves_the_others(tmp_path: Path) -> None:
    report, lines = sample(1, 10)
    broken = replace(report, period=replace(report.period, zone="Nowhere/At all"))
    done = made(broken, lines, tmp_path, Kind.PDF, Kind.CSV)
    assert done.files == {}
    assert done.faults[Kind.PDF].startswith("ZoneInfoNotFoundError at ")
    assert done.faults[Kind.CSV].startswith("ZoneInfoNotFoundError at ")
    nowhere = made(report, lines, tmp_path / "none", Kind.CSV)
    assert nowhere.faults[Kind.CSV].startswith("FileNotFoundError at ")


def test_many_waits_are_kept_on_disk_and_only_those_asked_for(tmp_path: Path) -> None:
    _, lines = sample(3, 90)
    whose = lines[0].holder_id
    mine = [one for one in lines if one.holder_id == whose]
    kept = Kept(Asked(PERIOD, Slice(whose, "")), most=20)
    for start in range(0, len(lines), 10):
        kept.keep(lines[start : start + 10])
    assert [one for page in kept.pages() for one in page] == mine
    assert 20 < len(mine) < 90


async def test_a_child_that_is_too_slow_is_ended_and_said(tmp_path: Path) -> None:
    ground, out = ground_in(tmp_path), tmp_path / "out"
    wanted = Wanted(Kind, out, "week", "en")
    begun = time.monotonic()
    with pytest.raises(ReportUnmade, match="too slow"):
        await make_report(ground, Asked(PERIOD), wanted, NOW, Limits(wall=0.05))
    assert time.monotonic() - begun < PATIENCE
    assert left_in(out) == set()


async def test_without_memory_there_is_no_report_and_no_file(tmp_path: Path) -> None:
    ground, out = ground_in(tmp_path), tmp_path / "out"
    wanted = Wanted(DRAWN, out, "week", "en")
    with pytest.raises(ReportUnmade):
        await make_report(ground, Asked(PERIOD), wanted, NOW, Limits(memory=30 << 20))
    assert left_in(out) == set()


async def test_without_a_picture_the_report_is_still_there(tmp_path: Path) -> None:
    ground, out = ground_in(tmp_path), tmp_path / "out"
    (out / ".matplotlib").mkdir(parents=True)
    (out / "week.light.png").mkdir()  # in the picture's way
    wanted = Wanted({Kind.LIGHT, Kind.CSV}, out, "week", "en")
    report, done = await make_report(ground, Asked(PERIOD), wanted, NOW)
    assert report.made_at == NOW
    assert done.faults == {Kind.LIGHT: "IsADirectoryError"}
    assert set(done.files) == {Kind.CSV}


@pytest.mark.real
async def test_over_postgresql_it_is_the_same(postgres_url: str, tmp_path: Path) -> None:
    ground = ground_over(postgres_url, [Calendar(STUDIO, HOURS)], timedelta(hours=1))
    store = await open_store(ground.database)
    async with store.begin() as t:
        anna = await t.save_manager(Manager(0, "Anna", 101))
    await store.close()
    asked = Asked(PERIOD, Slice(anna.id, anna.name))
    wanted = Wanted(WRITTEN, tmp_path / "out", "week", "en")
    report, done = await make_report(ground, asked, wanted, NOW)
    assert report.slice.name == "Anna"
    assert set(done.files) == set(WRITTEN)


async def test_a_child_is_confined_and_goes_first_where_memory_is_out(tmp_path: Path) -> None:
    limits = Limits(cpu=7, memory=1 << 30)
    before = set(psutil.Process().children())  # servers of other tests
    async with started("bot.report_reader", tmp_path, limits):
        (child,) = set(psutil.Process().children()) - before
        confined = {
            psutil.RLIMIT_CPU: (7, 7),
            psutil.RLIMIT_AS: (1 << 30, 1 << 30),
            psutil.RLIMIT_CORE: (0, 0),
        }
        async with asyncio.timeout(PATIENCE):
            while child.nice() == psutil.Process().nice():  # set at last
                await asyncio.sleep(0.02)
        assert {one: child.rlimit(one) for one in confined} == confined
        assert int(Path(f"/proc/{child.pid}/oom_score_adj").read_text(encoding="ascii")) == 1000


async def test_nobody_sees_where_the_database_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKNO_TELEGRAM__TOKEN", "s3cret")
    (tmp_path / "s3cret").mkdir()
    ground = ground_in(tmp_path / "s3cret")
    wanted = Wanted({Kind.LIGHT}, tmp_path / "out", "week", "en")
    seen: list[str] = []
    async with making(ground, Asked(PERIOD), wanted, NOW) as under_way:
        report = asyncio.create_task(under_way.report())
        while not report.done():
            for child in psutil.Process().children():
                with suppress(psutil.Error):
                    seen += [*child.cmdline(), *child.environ().values()]
            await asyncio.sleep(0.02)
    assert any("bot.report_reader" in words for words in seen)
    assert not any("s3cret" in words for words in seen)
    assert "s3cret" not in repr(ground)


async def test_a_database_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "broken.db").write_bytes(b"no database" * 500)
    ground = replace(ground_in(tmp_path), database=f"sqlite:///{tmp_path}/broken.db")
    wanted = Wanted(Kind, tmp_path / "out", "week", "en")
    with pytest.raises(StoreUnavailable) as raised:
        await make_report(ground, Asked(PERIOD), wanted, NOW)
    assert raised.value.reason == "damaged"


async def test_what_a_manager_asks_for_has_the_own_name(tmp_path: Path) -> None:
    ground = ground_in(tmp_path)
    store = await open_store(ground.database)
    async with store.begin() as t:
        anna = await t.save_manager(Manager(0, "Anna", 101))
    await store.close()
    asked = Asked(PERIOD, Slice(anna.id, anna.name))
    wanted = Wanted({Kind.CSV}, tmp_path / "out", "week", "en")
    async with making(ground, asked, wanted, NOW) as under_way:
        report = await under_way.report()
        path = await under_way.file(Kind.CSV)
    assert report.slice == Slice(anna.id, "Anna")
    assert path is not None
    assert path.read_text(encoding="utf-8-sig").startswith("No.,")


async def test_a_cut_call_leaves_no_child_and_no_scraps(tmp_path: Path) -> None:
    ground, out = ground_in(tmp_path), tmp_path / "out"
    asked, wanted = Asked(PERIOD), Wanted(Kind, out, "week", "en")
    work = asyncio.create_task(make_report(ground, asked, wanted, NOW))
    await asyncio.sleep(0.2)
    work.cancel()
    with pytest.raises(asyncio.CancelledError):
        await work
    assert not any(name.startswith(".report-") for name in left_in(out))


def test_the_bot_itself_loads_neither_library() -> None:
    code = (
        "import sys, bot.app, bot.report_making, bot.report_words; "
        "print([one for one in ('matplotlib', 'numpy', 'xlsxwriter') if one in sys.modules])"
    )
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert told.stdout.strip() == "[]"
