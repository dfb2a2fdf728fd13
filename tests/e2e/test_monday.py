"""On Monday the week's reports go out: once over all processes, late after a down-time, and who
follows a killed process goes on behind what was shown."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import SandboxClock
from tests.e2e.product import Product
from tests.e2e.studio import BOT, HEAD, TEAM, Client, Member, Studio, open_studio
from tests.e2e.traffic import cards, mails_at, plain
from tests.e2e.turning import HOUR, MINUTE, clock_of, stand, this_minute, turn

pytestmark = [pytest.mark.real, pytest.mark.slow]

BOSS = "boss@firm.test"
REPORT = f"""
[report]
at = "mon 09:00"
theme = "dark"
mail_to = ["{BOSS}"]
"""
MAKING = 90.0  # seconds for all of them, on a busy machine
LATE = "⏰ Late: the program was not running when it was due ("


@pytest.fixture
async def on_sqlite(tmp_path: Path, template: Path) -> AsyncIterator[Studio]:
    async with standing(tmp_path, template=template) as opened:
        yield opened


@pytest.fixture
async def on_postgres(tmp_path: Path, postgres_url: str) -> AsyncIterator[Studio]:
    """Where several processes may run."""
    async with standing(tmp_path, database=postgres_url, clients=3) as opened:
        yield opened


@asynccontextmanager
async def standing(folder: Path, **where: Any) -> AsyncIterator[Studio]:
    """A studio whose clock stands still."""
    clock = SandboxClock(folder / "clock.json", this_minute(), speed=0)
    async with open_studio(folder, clock=clock, **where) as opened:
        opened.servers.dovecot.add_user(BOSS)
        opened.write_settings(more=REPORT)
        yield opened


def monday_after(now: datetime) -> datetime:
    """09:00 of the next week's Monday, in the studio's zone, which is UTC."""
    day = now + timedelta(days=7 - now.weekday())
    return day.replace(hour=9, minute=0, second=0, microsecond=0)


async def one_answer(studio: Studio, client: Client) -> None:
    """The client asks and has an answer."""
    await stand(studio)
    await studio.telegram.says(client.telegram, BOT, f"t{client.number:02}-0: when?")

    async def card() -> int | None:
        seen = await cards(studio, client.manager)
        return next((one.message_id for one in seen), None)

    number = await studio.product.until_true(card, "the card")
    await studio.telegram.says(client.manager.telegram, BOT, "Tomorrow.", reply_to=number)

    async def answered() -> bool:
        return "Tomorrow." in await studio.texts(client.telegram)

    await studio.product.until_true(answered, "the client has the answer")


async def received(studio: Studio, member: Member) -> tuple[list[str], list[str]]:
    """The captions of the pictures and the kinds of documents that a member got."""
    there = [one for one in await studio.chat(member.telegram) if not one["out"]]
    pictures = [str(one.get("caption")) for one in there if "photo" in one]
    documents = [str(one["document"]["file_name"]) for one in there if "document" in one]
    return pictures, [one.rpartition(".")[2] for one in documents]


async def until_received(studio: Studio, *members: Member, documents: int = 2) -> None:
    async def all_there() -> bool:
        got = [await received(studio, one) for one in members]
        return all(pictures and len(files) == documents for pictures, files in got)

    what = f"a report for {', '.join(one.name for one in members)}"
    await studio.product.until_true(all_there, what, MAKING)


async def until_mailed(studio: Studio) -> None:
    async def mailed() -> bool:
        return bool(await asyncio.to_thread(mails_at, studio, BOSS))

    await studio.product.until_true(mailed, "the mail", MAKING)


async def test_everybody_gets_it_once_however_many_processes_run(on_postgres: Studio) -> None:
    studio, client = on_postgres, on_postgres.clients[0]
    await studio.ready()
    await one_answer(studio, client)
    second = Product(studio.product.folder / "second")
    second.folder.mkdir()
    shutil.copy(studio.product.settings, second.settings)
    await second.start()
    try:
        await turn(studio, monday_after(clock_of(studio).now()) + MINUTE)
        await until_received(studio, HEAD, client.manager)
        await until_mailed(studio)
        await asyncio.sleep(3.0)  # for what must not come
    finally:
        await second.close()
    got = {one.name: await received(studio, one) for one in TEAM}
    assert {name for name, (pictures, _) in got.items() if pictures} == {"Helen", "Anna"}
    for name, whose in (("Helen", "The whole studio"), ("Anna", "Anna")):
        (caption,), files = got[name]
        assert whose in caption
        assert LATE not in caption
        assert files == ["pdf", "xlsx"]
    (mail,) = mails_at(studio, BOSS)
    assert "The whole studio" in plain(mail)
    names = [str(one.get_filename()) for one in mail.walk() if one.get_filename()]
    assert [one.rpartition(".")[2] for one in names] == ["png", "pdf", "xlsx"]
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_a_killed_process_is_followed_by_one_that_goes_on(on_sqlite: Studio) -> None:
    """Telegram has the first document and never says so; then the process dies."""
    studio = on_sqlite
    await studio.ready()
    await one_answer(studio, studio.clients[0])
    assert await studio.product.stop() == 0
    await studio.telegram.plan("hang", "sendDocument", chat_id=HEAD.telegram, seconds=60)
    clock_of(studio).jump(monday_after(clock_of(studio).now()) + 3 * HOUR)
    await studio.product.start()
    await until_received(studio, HEAD, documents=1)
    await studio.product.kill()
    await studio.telegram.forget_faults()
    await studio.product.start()
    await studio.until_told(HEAD.telegram, "did not confirm every part", seconds=MAKING)
    (caption,), files = await received(studio, HEAD)
    assert caption.startswith(LATE)
    assert files == ["pdf", "xlsx"]
    assert await studio.product.stop() == 0
    assert await studio.soundness() == ()
