"""Reading stored messages again after an upgrade, and letting old mails go."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.keeping import Result, State, drop_old_mail, replay
from inbox.model import InboundMessage, RawMessage
from storage.store import open_store
from tests.bot.settings_files import BASE, MAILBOX, write
from tests.databases import sqlite_in
from tests.fakes import RecordingConnector
from tests.inbox.conftest import Studio, database, studio

__all__ = ["database", "studio"]

EVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass
class Wiser(RecordingConnector):
    """The channel after an upgrade: it reads what it could not, and reads all in capitals."""

    async def parse(self, raws: Sequence[RawMessage]) -> InboundMessage | str:
        known = [
            replace(raw, payload=raw.payload.replace(b"unreadable", b"plain")) for raw in raws
        ]
        message = await super().parse(known)
        return message if isinstance(message, str) else replace(message, text=message.text.upper())


async def again(one: Studio, state: State, since: datetime = EVER) -> Counter[Result]:
    store, connectors = one.inbox.store, one.inbox.connectors
    reading = replay(store, connectors, state, since, one.clock.now())
    pages = [page async for page in reading]
    return pages[-1] if pages else Counter()


def upgraded(one: Studio) -> Studio:
    wiser = Wiser(one.clock)
    inbox = replace(one.inbox, connectors={wiser.channel.id: wiser})
    return replace(one, inbox=inbox, channel=wiser)


async def test_what_was_quarantined_gets_its_card_and_its_wait(studio: Studio) -> None:
    await studio.asks("lena@client.test", "unreadable")
    assert studio.desk.cards == []
    assert await again(studio, State.QUARANTINED) == {Result.UNREADABLE: 1}
    wiser = upgraded(studio)
    assert await again(wiser, State.QUARANTINED) == {Result.SHOWN: 1}
    await wiser.run()
    card = studio.desk.cards[0][0]
    assert card.message.text == "PLAIN"
    assert card.wait is not None
    assert card.wait.started_at == card.message.sent_at
    assert await again(wiser, State.QUARANTINED) == {}


async def test_what_was_filed_says_what_it_says_now_and_keeps_its_wait(studio: Studio) -> None:
    await studio.asks("lena@client.test", "Вопрос")
    shown = len(studio.desk.cards)
    before = studio.desk.cards[0][0]
    studio.clock.pass_(minutes=5)
    wiser = upgraded(studio)
    assert await again(studio, State.FILED) == {Result.SAME: 1}
    assert await again(wiser, State.FILED) == {Result.CHANGED: 1}
    await wiser.run()
    assert len(studio.desk.cards) == shown, "drawn anew, not shown again"
    redrawn = studio.desk.redrawn[-1][1]
    assert redrawn.message.text == "ВОПРОС"
    assert redrawn.wait == before.wait
    assert await again(wiser, State.FILED) == {Result.SAME: 1}


async def test_an_album_is_one_message_again(studio: Studio) -> None:
    await studio.hears("lena@client.test", "one", group="g")
    await studio.hears("lena@client.test", "two", group="g")
    await studio.later(1.4)
    assert len({card.message_id for card, *_ in studio.desk.cards}) == 1
    assert await again(upgraded(studio), State.FILED) == {Result.CHANGED: 1, Result.SAME: 1}


async def test_an_echo_stays_ignored(studio: Studio) -> None:
    await studio.asks("lena@client.test", "echo")
    assert await again(upgraded(studio), State.IGNORED) == {Result.SAME: 1}


async def test_only_what_came_since_then(studio: Studio) -> None:
    await studio.asks("lena@client.test", "unreadable")
    since = studio.clock.now() + timedelta(seconds=1)
    assert await again(upgraded(studio), State.QUARANTINED, since) == {}


async def test_a_channel_that_is_no_longer_set_up_is_said(studio: Studio) -> None:
    await studio.asks("lena@client.test", "unreadable")
    gone = replace(studio, inbox=replace(studio.inbox, connectors={}))
    assert await again(gone, State.QUARANTINED) == {Result.ABSENT: 1}


async def test_old_mails_are_let_go_and_their_text_stays(studio: Studio) -> None:
    for number in range(3):
        await studio.asks(f"c{number}@client.test", "Вопрос")
    await studio.asks("lena@client.test", "unreadable")
    await drop_old_mail(studio.inbox.store, studio.clock.now() + timedelta(days=1))
    async with studio.inbox.store.begin() as t:
        raw = await t.raw_of_message(1)
        card = await t.card(1)
    assert raw is not None
    assert raw.payload == b""
    assert card.message.text == "Вопрос"
    assert await again(upgraded(studio), State.FILED) == {}
    assert await again(upgraded(studio), State.QUARANTINED) == {Result.SHOWN: 1}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    spoken = BASE.replace("[studio]", '[studio]\nlanguage = "en"')
    return write(tmp_path, spoken + MAILBOX)


def okno(*words: str | Path) -> tuple[int, str]:
    result = CliRunner().invoke(app, [str(word) for word in words])
    return result.exit_code, result.output


def test_the_command_reads_a_quarantined_mail_again(file: Path) -> None:
    async def keep() -> None:
        store = await open_store(sqlite_in(file.parent))
        payload = b"From: lena@client.test\r\nSubject: Hi\r\n\r\nHello\r\n"
        async with store.begin() as t:
            raw = RawMessage("mail:1", "thread:1", payload, datetime(2026, 3, 2, tzinfo=UTC))
            (raw_id,) = await t.keep("email:info", [raw])
            assert raw_id is not None
            await t.mark_raw([raw_id], "quarantined", "an older version")
        await store.close()

    assert okno("replay", "-c", file) == (0, "There is nothing to read again.\n")
    asyncio.run(keep())
    late = okno("replay", "-c", file, "--since", "2026-03-04")
    assert late == (0, "There is nothing to read again.\n")
    code, said = okno("replay", "-c", file, "--since", "2026-03-01", "--state", "quarantined")
    assert code == 0
    assert "1 will be shown (as soon as Okno runs)" in said
    assert okno("replay", "-c", file, "--since", "yesterday")[0] == 2
