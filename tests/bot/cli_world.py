"""`okno` run in this process over a real database, at noon of a Wednesday."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar
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
from tests.databases import sqlite_in

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


def english_system(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "OKNO_CONFIG", "OKNO_STUDIO__LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


def studio_file(tmp_path: Path) -> Path:
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
        store = await open_store(sqlite_in(file.parent))
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
        await t.save_wait(closed)
        await t.save(after)

    in_store(file, act)


def waits(file: Path, talk: Conversation) -> tuple[Wait, ...]:
    async def act(t: Transaction) -> tuple[Wait, ...]:
        return await t.waits_in(talk.id)

    return in_store(file, act)


def moscow(day: int, hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


def reported_week(folder: Path) -> Path:
    """Of last week: Romashka answered in 20 minutes by Anna, Vasilek by Boris in 2 hours."""
    path = studio_file(folder)
    anna, boris = member(path, "Anna", 101), member(path, "Boris", 102)
    quick = asks(path, "Romashka", "r@x.test", moscow(17, 10), anna)
    slow = asks(path, "Vasilek", "v@x.test", moscow(18, 10), boris)
    answered(path, quick, moscow(17, 10, 20), anna)
    answered(path, slow, moscow(18, 12), boris)
    return path
