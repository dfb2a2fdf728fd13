"""okno why, log, recount, calendar: over a real database."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.settings import load
from bot.terms import calendars_of
from inbox.model import Wait
from inbox.ports import Transaction
from tests.bot.cli_world import (
    answered,
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


def test_why_explains_the_newest_wait_by_number_address_or_name(file: Path) -> None:
    talk = asks(file, "Romashka", "anna@x.test", moscow(24, 17, 30))
    said = ok(file, "why", str(talk.id)).splitlines()
    assert said[0] == "Romashka has waited since Tue 24 Nov at 17:30"
    assert "Working time counted: 3 h 30 min" in said
    assert "• Tue 24 Nov 17:30-18:00 · 30 min" in said
    assert "2 h 30 min overdue" in [line.casefold() for line in said]
    assert said[-1] == f"№ {talk.id}"
    assert ok(file, "why", "anna@x.test").splitlines() == said
    assert ok(file, "why", "roma").splitlines() == said
    assert ok(file, "why", f"№{talk.id}").splitlines() == said


def test_why_tells_all_waits_and_who_is_meant(file: Path) -> None:
    anna = member(file, "Anna", 101)
    first = asks(file, "Romashka", "anna@x.test", moscow(24, 10))
    asks(file, "Romantika", "boris@x.test", moscow(24, 11))
    answered(file, first, moscow(24, 10, 20), anna)
    assert "Anna answered Tue 24 Nov at 10:20" in ok(file, "why", "anna@x.test", "--all")
    unclear = okno(file, "why", "Roma")
    assert unclear.exit_code == 1
    assert "Romantika" in unclear.stderr
    assert "Several clients are meant by Roma; name a number." in unclear.stderr
    unknown = okno(file, "why", "Zoe")
    assert (unknown.exit_code, unknown.stderr) == (1, "No conversation is known for Zoe.\n")


def test_the_log_as_a_table_and_as_json(file: Path) -> None:
    anna = member(file, "Anna", 101)
    talk = asks(file, "Romashka", "anna@x.test", moscow(24, 10), anna)
    table = ok(file, "log").splitlines()
    assert table[0].split() == ["TIME", "WHO", "WHAT", "№", "CLIENT", "ABOUT", "CHANGE"]
    assert "2026-11-24 10:00:00  okno  began to wait" in table[1]
    assert "Tue 24 Nov at 10:00, Tue 24 Nov at 11:00" in table[1]
    (line,) = ok(file, "log", "--json", "--conversation", "romashka").splitlines()
    row: dict[str, Any] = json.loads(line)
    assert (row["at"], row["deed"]) == ("2026-11-24T07:00:00+00:00", "opened")
    assert (row["conversation"], row["client"]) == (talk.id, "Romashka")
    assert ok(file, "log", "--since", "2026-11-25") == "Nothing was logged.\n"
    assert ok(file, "log", "--until", "2026-11-23") == "Nothing was logged.\n"
    assert len(ok(file, "log", "--since", "24.11.2026", "--until", "2026-11-24").splitlines()) == 2


def test_rule_12_recount_shows_asks_and_writes(file: Path) -> None:
    anna = member(file, "Anna", 101)
    talk = asks(file, "Romashka", "anna@x.test", moscow(23, 17, 30), anna)
    answered(file, talk, moscow(24, 9, 40), anna)
    days = ("--from", "2026-11-23", "--to", "2026-11-24")
    assert ok(file, "recount", *days).startswith("Nothing changes")

    said = ok(file, "calendar", "set", "24.11.2026", "Drill")
    assert said.startswith("Tue 24 Nov: closed. No open wait has")
    shown = ok(file, "recount", *days, "--dry-run")
    assert "1 h 10 min → 30 min" in shown
    assert "later than the target → within the target" in shown
    assert "1 wait changes; now within the target: 1, no longer: 0." in shown
    assert "Nothing was written." in shown
    assert "Nothing was written." in ok(file, "recount", *days, given="n\n")
    (before,) = waits(file, talk)
    assert before.closing is not None
    assert before.closing.business == timedelta(minutes=70)

    assert "1 wait was written." in ok(file, "recount", *days, "--yes")
    (after,) = waits(file, talk)
    assert after.closing is not None
    assert (after.closing.business, after.closing.within_target) == (timedelta(minutes=30), True)
    assert ok(file, "recount", *days).startswith("Nothing changes")
    assert "counted anew" in ok(file, "log")
    wrong = okno(file, "recount", "--from", "2026-11-24", "--to", "2026-11-23")
    assert (wrong.exit_code, wrong.stderr) == (2, "--to is earlier than --from.\n")


def test_the_calendar_is_printed_changed_and_taken_back(file: Path) -> None:
    talk = asks(file, "Romashka", "anna@x.test", moscow(25, 17, 30))
    (before,) = waits(file, talk)
    said = ok(file, "calendar", "set", "26.11", "10:00-15:00", "short", "day")
    assert said == "Thu 26 Nov: open 10:00-15:00. 1 open wait has another due time now.\n"
    (moved,) = waits(file, talk)
    assert before.due_at == moscow(26, 9, 30)
    assert moved.due_at == moscow(26, 10, 30)
    lines = [" ".join(line.split()) for line in ok(file, "calendar").splitlines()]
    assert lines[0] == "studio (Europe/Moscow)"
    assert len(lines) == 2 + 60 + 1
    assert "Thu 26 Nov 10:00-15:00 (short day) entered here" in lines
    assert "Sat 28 Nov closed" in lines
    assert lines[-1] == "Other calendars: omsk"
    assert ok(file, "calendar", "unset", "26.11").startswith("Thu 26 Nov: as in the settings")
    again = okno(file, "calendar", "unset", "26.11")
    assert (again.exit_code, again.stderr) == (1, "Nothing was entered for these days.\n")
    shown = ok(file, "calendar", "--calendar", "OMSK")
    omsk = [" ".join(line.split()) for line in shown.splitlines()]
    assert omsk[0] == "omsk (Asia/Omsk)"
    assert "Thu 26 Nov closed" in omsk
    ok(file, "calendar", "set", "30.11", "--calendar", "omsk")

    async def entered(t: Transaction) -> list[tuple[str, date]]:
        return [(one.calendar, one.day) for one in await t.special_days()]

    assert in_store(file, entered) == [("omsk", date(2026, 11, 30))]
    wrong = okno(file, "calendar", "--calendar", "mars")
    assert wrong.exit_code == 2
    assert "There is no calendar mars (there is: studio, omsk)." in wrong.stderr


def test_a_promise_is_explained_too(file: Path) -> None:
    talk = asks(file, "Romashka", "anna@x.test", moscow(25, 11))
    calendar = calendars_of(load(file)).studio

    async def act(t: Transaction) -> None:
        made = Wait.promise(moscow(25, 11, 30), moscow(25, 15), (), calendar)
        await t.add_promise(talk.id, replace(made))

    in_store(file, act)
    said = ok(file, "why", str(talk.id), "--all")
    assert "Romashka: a promise, made 11:30" in said
    assert "Romashka has waited since 11:00" in said
