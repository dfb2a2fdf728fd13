"""okno why, log, recount, calendar, team away/set, clients set: over a real database."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import load
from bot.terms import calendars_of, policies_of
from inbox.auditing import opened
from inbox.model import Conversation, Handle, InboundMessage, Manager, RawMessage, Wait
from inbox.policies import Terms
from inbox.ports import Transaction
from storage.store import open_store

T = TypeVar("T")

MOSCOW = ZoneInfo("Europe/Moscow")
TOKEN = "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
NOON = datetime(2026, 11, 25, 12, tzinfo=MOSCOW).astimezone(UTC)  # a Wednesday
SETTINGS = f"""
[studio]
name = "Studio"
timezone = "Europe/Moscow"
language = "en"
[telegram]
token = "{TOKEN}"
[sla.tiers.gold]
reply_within = "30m"
[calendars.omsk]
timezone = "Asia/Omsk"
mon = ["08:00-12:00"]
tue = ["08:00-12:00"]
wed = ["08:00-12:00"]
[clock]
file = "clock.json"
"""


@pytest.fixture(autouse=True)
def _english_system(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "OKNO_CONFIG", "OKNO_STUDIO__LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """The settings of a studio whose clock stands at noon."""
    path = tmp_path / "okno.toml"
    dial = tmp_path / "clock.json"
    dial.write_text(json.dumps({"real": time.time(), "shown": NOON.timestamp(), "speed": 0}))
    path.write_text(SETTINGS.replace("clock.json", str(dial)))
    return path


def okno(file: Path, *words: str, given: str | None = None) -> Result:
    return CliRunner().invoke(app, ["-c", str(file), *words], input=given)


def ok(file: Path, *words: str, given: str | None = None) -> str:
    result = okno(file, *words, given=given)
    assert result.exit_code == 0, result.output
    return result.output


def in_store(file: Path, act: Callable[[Transaction], Awaitable[T]]) -> T:
    async def run() -> T:
        store = await open_store(f"sqlite:///{file.parent}/okno.db")
        try:
            async with store.begin() as t:
                return await act(t)
        finally:
            await store.close()

    return asyncio.run(run())


def member(file: Path, name: str, number: int, *more: str) -> Manager:
    ok(file, "team", "add", "--name", name, "--telegram-id", str(number), *more)

    async def found(t: Transaction) -> Manager:
        return next(one for one in await t.staff() if one.name == name)

    return in_store(file, found)


def asks(
    file: Path, name: str, address: str, at: datetime, manager: Manager | None = None
) -> Conversation:
    """A client's conversation with a wait by the settings' own terms."""
    settings = load(file)
    policy = policies_of(settings).policy("email:info", None, first=True)
    terms = Terms(policy, calendars_of(settings).studio)

    async def act(t: Transaction) -> Conversation:
        client = await t.add_client(name, manager.id if manager else None)
        contact = await t.add_contact(client.id, name)
        sender = Handle("email", address)
        await t.add_handles(contact.id, [sender])
        talk = await t.open_conversation("email:info", client, contact, sender, "Site")
        message = InboundMessage(
            channel_id="email:info",
            external_id=address,
            thread_ids=(address,),
            sender=sender,
            sender_name=name,
            sent_at=at,
            text="The site is down",
            subject="Site",
        )
        (raw_id,) = await t.keep("email:info", [RawMessage(address, address, b"x", at)])
        assert raw_id is not None
        talk = await t.save(talk.asked(message, terms))
        await t.add_message(talk, message, raw_id)
        await opened(t, talk, at)
        return talk

    return in_store(file, act)


def answered(file: Path, talk: Conversation, at: datetime, by: Manager) -> None:
    hours = calendars_of(load(file)).studio.hours

    async def act(t: Transaction) -> None:
        after, closed = (await t.conversation(talk.id)).answered(by.id, at, hours)
        assert closed is not None
        await t.save_wait(closed, None)
        await t.save(after)

    in_store(file, act)


def waits(file: Path, talk: Conversation) -> tuple[Wait, ...]:
    async def act(t: Transaction) -> tuple[Wait, ...]:
        return await t.waits_in(talk.id)

    return in_store(file, act)


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


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


def test_a_member_goes_away_and_comes_back(file: Path) -> None:
    member(file, "Anna", 101, "--role", "head")
    member(file, "Boris", 102)
    days = ("--from", "2026-12-01", "--to", "2026-12-14")
    said = ok(file, "team", "away", "boris", *days, "--deputy", "Anna")
    assert said.splitlines() == [
        "Boris is away: Tue 1 Dec - Mon 14 Dec.",
        "Cards and alerts go to Anna.",
        "0 clients wait now.",
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
