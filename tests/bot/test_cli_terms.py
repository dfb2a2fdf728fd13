"""okno team away/set, clients set and import: who is there, and by which terms clients wait."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from inbox.ports import Transaction
from tests.bot.cli_world import (
    asks,
    english_system,
    in_store,
    member,
    moscow,
    ok,
    okno,
    studio_file,
    waits,
)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    english_system(monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return studio_file(tmp_path)


def test_a_member_goes_away_and_comes_back(file: Path) -> None:
    member(file, "Anna", 101, "--role", "head")
    member(file, "Boris", 102)
    days = ("--from", "2026-12-01", "--to", "2026-12-14")
    said = ok(file, "team", "away", "boris", *days, "--deputy", "Anna")
    assert said.splitlines() == [
        "Boris is away: Tue 1 Dec - Mon 14 Dec.",
        "Cards and alerts go to Anna.",
        "Waiting for an answer now: 0.",
    ]
    assert "01.12-14.12.2026" in ok(file, "team", "list")
    twice = okno(file, "team", "away", "Boris", *days)
    assert twice.exit_code == 1
    assert "There is an absence in these days already" in twice.stderr
    assert ok(file, "team", "back", "Boris") == "Boris is there again and gets the cards.\n"
    assert okno(file, "team", "back", "Boris").stderr == "Boris is there; no absence is known.\n"


def test_a_member_is_changed(file: Path) -> None:
    member(file, "Anna", 101)
    member(file, "Boris", 102)
    ok(
        file,
        *("team", "set", "boris", "--deputy", "Anna", "--email", "Boris@Studio.example"),
        *("--zone", "Asia/Omsk", "--role", "head", "--language", "ru", "--inactive"),
    )
    line = ok(file, "team", "list").splitlines()[2].split()
    assert line == [
        *("Boris", "head", "102", "ru", "Asia/Omsk", "Anna", "-"),
        *("Boris@studio.example", "-", "no"),
    ]
    ok(file, "team", "set", "Boris", "--active", "--deputy", "-", "--email", "-")
    assert ok(file, "team", "list").splitlines()[2].split()[5:] == ["-", "-", "-", "-", "yes"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ((), "Nothing is to be changed"),
        (("--deputy", "anna"), "Nobody stands in for themselves."),
        (("--deputy", "Zoe"), "There is no Zoe in the team (there is: Anna)."),
        (("--calendar", "mars"), "There is no calendar mars (there is: studio, omsk)."),
        (("--email", "x"), "x is not an e-mail address"),
        (("--zone", "Mars/Base"), "Mars/Base is not a time zone"),
        (("--role", "chat"), "--role must be 'manager', 'head' or 'admin'."),
    ],
)
def test_a_wrong_change_is_named(file: Path, more: tuple[str, ...], sentence: str) -> None:
    member(file, "Anna", 101)
    result = okno(file, "team", "set", "Anna", *more)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_rule_13_a_members_changed_calendar_counts_from_now_on(file: Path) -> None:
    anna = member(file, "Anna", 101)
    talk = asks(file, "Romashka", "anna@x.test", moscow(25, 11, 40), anna)
    said = ok(file, "team", "set", "Anna", "--calendar", "omsk")
    assert "1 open wait goes on by the other calendar." in said
    (wait,) = waits(file, talk)
    assert [one.calendar for one in wait.stretches] == ["studio", "omsk"]
    # 20 minutes ran in Moscow; Omsk opens on Monday at 08:00, 05:00 in Moscow.
    assert wait.due_at == moscow(30, 5, 40)
    assert "another calendar counts" in ok(file, "log")
    assert "1 open wait" not in ok(file, "team", "set", "Anna", "--language", "ru")


def test_rule_13_a_client_gets_a_tier_a_calendar_and_a_manager(file: Path) -> None:
    anna, boris = member(file, "Anna", 101), member(file, "Boris", 102)
    talk = asks(file, "Romashka", "anna@x.test", moscow(25, 11, 40), anna)
    ok(file, "clients", "set", "romashka", "--tier", "gold", "--calendar", "omsk")
    row = ok(file, "clients", "list").splitlines()[1].split()
    assert row == ["Romashka", "Anna", "gold", "omsk", "anna@x.test"]
    (wait,) = waits(file, talk)
    assert [one.calendar for one in wait.stretches] == ["studio", "omsk"]
    assert wait.reply_within == timedelta(hours=1), "rule 14: what is open keeps its target"
    ok(file, "clients", "set", "Romashka", "--manager", "Boris", "--tier", "-", "--calendar", "-")
    row = ok(file, "clients", "list").splitlines()[1].split()
    assert row == ["Romashka", "Boris", "-", "-", "anna@x.test"]

    async def holder(t: Transaction) -> int | None:
        return (await t.conversation(talk.id)).assignee_id

    assert in_store(file, holder) == boris.id
    (wait,) = waits(file, talk)
    assert [one.calendar for one in wait.stretches] == ["studio", "omsk", "studio"]


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("Zoe", "--tier", "gold"), "There is no client Zoe."),
        (("Romashka", "--tier", "tin"), "There is no tier tin (there is: gold)."),
        (("Romashka",), "Nothing is to be changed"),
        (("Romashka", "--manager", "Zoe"), "There is no Zoe in the team"),
    ],
)
def test_a_wrong_change_of_a_client_is_named(
    file: Path, words: tuple[str, ...], sentence: str
) -> None:
    asks(file, "Romashka", "anna@x.test", moscow(25, 11, 40))
    result = okno(file, "clients", "set", *words)
    assert result.exit_code == 2
    assert sentence in result.stderr


def test_a_list_of_clients_carries_tier_and_calendar(file: Path) -> None:
    talk = asks(file, "Romashka", "anna@x.test", moscow(25, 11, 40))
    listed = file.parent / "clients.csv"
    listed.write_text(
        "name;email;tier;calendar\nRomashka;;GOLD;omsk\nZerno;z@x.test;gold;\nTin;;tin;\nMars;;;mars\n"
    )
    first = okno(file, "clients", "import", str(listed))
    assert first.output.splitlines() == [
        "line 2  changed  Romashka: tier gold, calendar omsk",
        "line 3  added  Zerno: z@x.test",
        "line 4  refused  Tin: there is no tier tin (there is: gold)",
        "line 5  refused  Mars: there is no calendar mars (there is: studio, omsk)",
        "1 added, 1 changed, 0 unchanged, 2 refused",
    ]
    (wait,) = waits(file, talk)
    assert [one.calendar for one in wait.stretches] == ["studio", "omsk"]
    rows = [line.split() for line in ok(file, "clients", "list").splitlines()[1:]]
    assert rows == [
        ["Romashka", "-", "gold", "omsk", "anna@x.test"],
        ["Zerno", "-", "gold", "-", "z@x.test"],
    ]
    again = okno(file, "clients", "import", str(listed))
    assert again.output.splitlines()[-1] == "0 added, 0 changed, 2 unchanged, 2 refused"


def test_a_member_is_known_by_the_beginning_of_a_name(file: Path) -> None:
    member(file, "Anna Klimova", 101)
    member(file, "Anton Lee", 102)
    assert ok(file, "team", "set", "anna", "--language", "ru")
    result = okno(file, "team", "set", "An", "--language", "ru")
    assert result.exit_code == 2
    assert "There is no An in the team" in result.stderr
