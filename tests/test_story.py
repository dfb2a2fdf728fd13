"""The whole way, told once: `okno demo --story` against the unmodified product."""

from __future__ import annotations

import asyncio
import shutil
import signal
import sys
from pathlib import Path

import psutil
import pytest

from bot.texts import speaker

ROOT = Path(__file__).resolve().parents[1]
WITHIN = 400.0  # seconds; a quiet machine takes 40
SCENES = (
    "A mail becomes a card, the reply a mail in its thread",
    "The same in Telegram",
    "A file both ways",
    "In the client's group",
    "At a manager's own account",
    "A topic for each client",
    "A message to nobody",
    "A note for the studio alone",
    "A price is named, agreed to, and is a task",
    "A message becomes a task, and is done",
    "A text that is written often",
    "Found again",
    "All clients of a colleague, and back",
    "A stranger writes, and is taken",
    "Answered by phone",
    "A client is handed over with a note",
    "A message is left alone over lunch",
    "Ten minutes before closing",
    "A reply is refused",
    "An answer is promised",
    "Somebody is away",
    "The end: every step happened.",
)

pytestmark = pytest.mark.slow


async def start(*options: str) -> asyncio.subprocess.Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "demo", *options),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        cwd=ROOT,
    )


async def line_with(child: asyncio.subprocess.Process, words: str) -> str:
    assert child.stdout is not None
    said = ""
    async with asyncio.timeout(WITHIN):
        while line := (await child.stdout.readline()).decode():
            if words in line:
                return line
            said += line
    raise AssertionError(f"it ended without saying {words!r}:\n{said}")


async def rest_of(child: asyncio.subprocess.Process) -> str:
    async with asyncio.timeout(WITHIN):
        said, _ = await child.communicate()
    return said.decode()


def kept_log(said: str) -> str:
    """What the product wrote into the folder that a failed demonstration leaves; it goes then."""
    log = Path(said.rpartition("The product's log: ")[2].strip())
    text = log.read_text()
    shutil.rmtree(log.parent)
    return text


async def test_every_step_of_the_day_happens_in_both_languages() -> None:
    """At once: most of the time a story waits."""
    await asyncio.gather(whole_day("ru"), whole_day("en"))


async def whole_day(language: str) -> None:
    say = speaker(language)
    child = await start("--story", "--language", language)
    said = await rest_of(child)
    assert child.returncode == 0, said
    places = [said.find(f"\n{say(scene)}\n") for scene in SCENES]
    assert -1 not in places
    assert places == sorted(places)


async def test_what_goes_wrong_fails_the_story_and_is_named() -> None:
    await asyncio.gather(killed_product(), step_that_does_not_happen())


async def killed_product() -> None:
    child = await start("--story", "--language", "en")
    await line_with(child, SCENES[0])
    (product,) = psutil.Process(child.pid).children()
    product.kill()

    said = await rest_of(child)

    assert child.returncode == 1
    assert "✗ Okno ended by itself with code -9." in said
    assert "Okno runs." in kept_log(said)


async def step_that_does_not_happen() -> None:
    """As soon as that is noticed the product is told to end, which it cannot hear."""
    child = await start("--story", "--language", "en")
    await line_with(child, SCENES[0])
    (product,) = psutil.Process(child.pid).children()
    product.suspend()
    await until_told_to_end(product)
    product.kill()

    said = await rest_of(child)

    assert child.returncode == 1
    assert f"✗ {SCENES[0]}: " in said
    assert "did not happen within 10 s." in said
    assert not product.is_running()
    assert "Okno runs." in kept_log(said)


async def until_told_to_end(product: psutil.Process) -> None:
    """Until SIGTERM waits at the process: proc(5), the signals pending for all of its threads."""
    status = Path(f"/proc/{product.pid}/status")
    async with asyncio.timeout(WITHIN):
        while not _pending(status.read_text()) & 1 << signal.SIGTERM - 1:
            await asyncio.sleep(0.1)


def _pending(status: str) -> int:
    line = next(one for one in status.splitlines() if one.startswith("ShdPnd:"))
    return int(line.split()[1], 16)


async def test_ctrl_c_ends_the_page_and_the_product() -> None:
    child = await start("--no-browser")
    await line_with(child, "http://127.0.0.1:")
    (product,) = psutil.Process(child.pid).children()
    child.send_signal(signal.SIGINT)

    said = await rest_of(child)

    assert child.returncode == 0, said
    assert not product.is_running()
