"""A list of clients: every way it is written, what each line became, and that twice is once."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.clients_file import Line, ListFault, read_clients
from bot.clients_import import Fate, Taken, take_in
from inbox.calendars import Calendars
from inbox.model import Handle, Manager
from storage.store import SqlStore, open_store
from tests.databases import sqlite_in
from tests.fakes import SetClock
from tests.inbox.conftest import HOURS

RUSSIAN = """Название;Менеджер;E-mail;Телеграм;Телефоны
Ромашка;Анна;Ivan@Romashka.ru, office@romashka.ru;@Romashka_Bot1;8 (495) 123-45-67

Зерно;Борис;;777000111;+7 916 123-45-67, 8 812 600-10-10
"""
ENGLISH = """name,manager,emails,telegram,phones
Ромашка,Anna,"ivan@romashka.ru; office@romashka.ru",https://t.me/romashka_bot1,+74951234567
"""


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(sqlite_in(tmp_path), exclusive=False)
    async with opened.begin() as t:
        for number, name in enumerate(("Анна", "Борис"), 101):
            await t.save_manager(Manager(0, name, number))
        gone = await t.save_manager(Manager(0, "Вера", 103))
        await t.save_manager(Manager(gone.id, "Вера", 103, active=False))
    yield opened
    await opened.close()


def write(folder: Path, content: str | bytes, name: str = "clients.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


async def taken(store: SqlStore, path: Path, country: str | None = "RU") -> list[Taken]:
    lines = read_clients(path, country).lines
    calendars = Calendars.only(HOURS)
    return [one async for one in take_in(store, lines, calendars, SetClock())]


async def known(store: SqlStore) -> dict[str, tuple[int | None, set[str]]]:
    async with store.begin() as t:
        return {
            client.name: (client.manager_id, {handle.address for handle in handles})
            for client, handles in await t.clients()
        }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_russian_csv_in_every_encoding(tmp_path: Path, encoding: str, newline: str) -> None:
    text = RUSSIAN.replace("\n", newline)
    romashka, zerno = read_clients(write(tmp_path, text.encode(encoding)), "RU").lines
    assert romashka == Line(
        2,
        "Ромашка",
        "Анна",
        (
            Handle("email", "ivan@romashka.ru"),
            Handle("email", "office@romashka.ru"),
            Handle("telegram_name", "romashka_bot1"),
            Handle("phone", "+74951234567"),
        ),
    )
    assert zerno.number == 4
    assert [handle.address for handle in zerno.handles] == [
        "777000111", "+79161234567", "+78126001010",
    ]  # fmt: skip


def test_an_english_csv_says_the_same(tmp_path: Path) -> None:
    (english,) = read_clients(write(tmp_path, ENGLISH), None).lines
    russian = read_clients(write(tmp_path, RUSSIAN), "RU").lines[0]
    assert english.handles == russian.handles


def test_a_spreadsheet_with_numbers_says_the_same(tmp_path: Path) -> None:
    path = tmp_path / "clients.xlsx"
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ["Клиент", "Телеграм", "Телефон"])
    sheet.write_row(1, 0, ["Зерно", 777000111, 79161234567])
    book.close()
    (line,) = read_clients(path, "RU").lines
    assert line == Line(
        2, "Зерно", "", (Handle("telegram", "777000111"), Handle("phone", "+79161234567"))
    )


@pytest.mark.parametrize(
    ("content", "name", "fault"),
    [
        (b"", "a.csv", "is empty"),
        (b"who;what\nx;y\n", "a.csv", r"must name the columns.*It says: who, what"),
        (b"\x00\x01", "a.xlsx", "is not a spreadsheet"),
        (b'name\n"' + b"x" * 200_000 + b'"\n', "a.csv", "Line 2 is not CSV"),
    ],
)
def test_a_file_that_is_no_list_says_why(
    tmp_path: Path, content: bytes, name: str, fault: str
) -> None:
    with pytest.raises(ListFault, match=fault):
        read_clients(write(tmp_path, content, name), "RU")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(ListFault, match="cannot be read: No such file"):
        read_clients(tmp_path / "none.csv", "RU")


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("X;ivan@;;", "ivan@ is not an e-mail address"),
        ("X;;ivan romashka;", "ivan romashka is neither a Telegram id"),
        ("X;;;12", "12 is not a phone number; write it with + and the country, or as in RU"),
        (";ivan@romashka.ru;;", "the name is empty"),
    ],
)
async def test_a_line_with_a_fault_is_refused_whole(
    tmp_path: Path, store: SqlStore, cells: str, fault: str
) -> None:
    path = write(tmp_path, f"name;email;telegram;phone\n{cells}\nSound;a@b.ru;;\n")
    bad, sound = await taken(store, path)
    assert bad.fate is Fate.REFUSED
    assert fault in bad.why
    assert sound.fate is Fate.ADDED
    assert set(await known(store)) == {"Sound"}


async def test_twice_changes_nothing(tmp_path: Path, store: SqlStore) -> None:
    path = write(tmp_path, RUSSIAN)
    assert [one.fate for one in await taken(store, path)] == [Fate.ADDED, Fate.ADDED]
    first = await known(store)
    assert first["Зерно"] == (2, {"777000111", "+79161234567", "+78126001010"})
    assert [one.fate for one in await taken(store, path)] == [Fate.UNCHANGED, Fate.UNCHANGED]
    assert await known(store) == first


async def test_what_changed_is_said(tmp_path: Path, store: SqlStore) -> None:
    head = "name;manager;email\n"
    await taken(store, write(tmp_path, head + "Ромашка;Анна;ivan@romashka.ru\n"))
    text = head + "ООО Ромашка;борис;ivan@romashka.ru, new@romashka.ru\n"
    (line,) = await taken(store, write(tmp_path, text))
    assert line.fate is Fate.CHANGED
    assert line.why == "name (was Ромашка), manager Борис, new@romashka.ru"
    assert await known(store) == {"ООО Ромашка": (2, {"ivan@romashka.ru", "new@romashka.ru"})}


async def test_a_line_without_a_manager_leaves_the_one_there_is(
    tmp_path: Path, store: SqlStore
) -> None:
    await taken(store, write(tmp_path, "name;manager\nРомашка;Анна\n"))
    (line,) = await taken(store, write(tmp_path, "name\nромашка\n"))
    assert line.fate is Fate.CHANGED
    assert (await known(store))["ромашка"] == (1, set())


async def test_two_lines_of_one_client_are_one_client(tmp_path: Path, store: SqlStore) -> None:
    text = "name;email\nРомашка;ivan@romashka.ru\nРомашка;petr@romashka.ru\n"
    fates = [one.fate for one in await taken(store, write(tmp_path, text))]
    assert fates == [Fate.ADDED, Fate.CHANGED]
    assert await known(store) == {"Ромашка": (None, {"ivan@romashka.ru", "petr@romashka.ru"})}


@pytest.mark.parametrize(
    "second", ["Зерно,Анна,ivan@romashka.ru", "Ромашка,Борис,petr@romashka.ru"]
)
async def test_a_list_that_contradicts_itself_keeps_what_it_said_first(
    tmp_path: Path, store: SqlStore, second: str
) -> None:
    text = f"name,manager,email\nРомашка,Анна,ivan@romashka.ru\n{second}\n"
    for first in (Fate.ADDED, Fate.UNCHANGED):
        one, two = await taken(store, write(tmp_path, text))
        assert (one.fate, two.fate) == (first, Fate.REFUSED)
        assert two.why == "line 2 has this client as Ромашка, manager Анна"
        assert await known(store) == {"Ромашка": (1, {"ivan@romashka.ru"})}


def test_columns_that_nobody_knows_are_named(tmp_path: Path) -> None:
    found = read_clients(write(tmp_path, "name;Менеджр;;e-mail;e-mail\nРомашка;Анна;;;\n"), "RU")
    assert found.unused == ("Менеджр", "e-mail")
    assert [line.name for line in found.lines] == ["Ромашка"]


@pytest.mark.parametrize("name", ["Вера", "Глеб"])
async def test_an_unknown_manager_is_refused(tmp_path: Path, store: SqlStore, name: str) -> None:
    (line,) = await taken(store, write(tmp_path, f"name;manager\nРомашка;{name}\n"))
    assert line.fate is Fate.REFUSED
    assert line.why == f"there is no manager {name} (there is: Анна, Борис)"
    assert await known(store) == {}


async def test_a_handle_of_another_client_refuses_the_line(
    tmp_path: Path, store: SqlStore
) -> None:
    text = "name;email\nРомашка;ivan@romashka.ru\nЗерно;maria@zerno.ru\n"
    await taken(store, write(tmp_path, text))
    before = await known(store)
    (line,) = await taken(
        store, write(tmp_path, "name;email\nЗерно;new@zerno.ru, ivan@romashka.ru\n")
    )
    assert line.fate is Fate.REFUSED
    assert line.why == "ivan@romashka.ru belongs to the client Ромашка, not Зерно"
    assert await known(store) == before


@given(content=st.binary(max_size=300))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_bytes_crash_it(tmp_path: Path, content: bytes) -> None:
    try:
        lines = read_clients(write(tmp_path, b"name;email\n" + content), "RU").lines
    except ListFault:
        return
    assert all(line.name or line.faults for line in lines)
