"""A wrong token, a wrong password, a full disk: said to who can mend it; then all goes on."""

from __future__ import annotations

import asyncio
import contextlib
import subprocess
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail
from tests.e2e.studio import ADMIN, BOT, TOKEN, Client, Studio, open_studio
from tests.e2e.traffic import cards, mail_of, post
from tests.servers import ServerMissing

pytestmark = [pytest.mark.real, pytest.mark.slow]

SECRET = "7001:BBaTokenThatWasRevoked_9876543210zyxwvut"
DISK = 24 * 1024 * 1024  # bytes
FULL = "⛔ The disk is full. Nothing more is taken in until there is room."


async def until_card(studio: Studio, client: Client, mark: str) -> None:
    async def shown() -> bool:
        return mark in {one.mark for one in await cards(studio, client.manager)}

    await studio.product.until_true(shown, f"the card of {mark}")


async def test_a_wrong_token_ends_it_with_a_sentence(studio: Studio) -> None:
    studio.write_settings(token=SECRET)
    await studio.product.launch()
    assert await studio.product.ended() == 2
    said = studio.product.said
    assert "Telegram does not know the token of bot 7001. Ask @BotFather" in said
    assert "Traceback" not in said
    assert SECRET.partition(":")[2] not in said
    assert studio.ours.password not in said


async def test_a_wrong_imap_password_stops_the_mailbox_alone(studio: Studio) -> None:
    first, second = studio.clients[:2]
    await studio.ready()
    assert await studio.product.stop() == 0
    studio.servers.dovecot.set_password(studio.ours.address, "changed-by-somebody")
    await studio.product.start()
    words = await studio.until_told(ADMIN.telegram, "The channel email:info has stopped")
    assert "the server refused our login" in words
    await asyncio.to_thread(post, studio, [(first, mail_of(first, 0))])
    await studio.telegram.says(second.telegram, BOT, f"t{second.number:02}-0: hello")
    await until_card(studio, second, f"t{second.number:02}-0")
    status, facts = await studio.product.health()
    assert (status, facts["parts"]["email:info"]["state"]) == (200, "paused")
    assert facts["parts"]["telegram"]["state"] in {"starting", "up"}
    assert studio.ours.password not in studio.product.said
    assert await studio.product.stop() == 0
    studio.write_settings(password="changed-by-somebody")
    await studio.product.start()
    await until_card(studio, first, f"m{first.number:02}-0")
    assert (await studio.texts(ADMIN.telegram)).count("has stopped") == 1
    assert "changed-by-somebody" not in studio.product.said
    assert TOKEN.partition(":")[2] not in studio.product.said


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MB of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except OSError as error:
        skip_or_fail(ServerMissing(f"a small disk cannot be mounted ({error})"))
    if done.returncode:
        skip_or_fail(ServerMissing(f"a small disk cannot be mounted ({done.stderr.strip()})"))
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.fixture
async def on_small_disk(small_disk: Path, template: Path) -> AsyncIterator[Studio]:
    async with open_studio(small_disk, template=template) as opened:
        yield opened


async def test_a_full_disk_is_told_and_nothing_is_lost(on_small_disk: Studio) -> None:
    studio = on_small_disk
    await studio.ready()
    filler = studio.product.folder / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)
    clients = studio.clients[:20]
    for one in clients:
        await studio.telegram.says(one.telegram, BOT, f"t{one.number:02}-0: " + "long " * 700)
    await asyncio.to_thread(post, studio, [(one, mail_of(one, 0)) for one in clients])
    await studio.until_told(ADMIN.telegram, FULL)
    await asyncio.sleep(2)
    filler.unlink()
    for one in clients:
        for kind in "tm":
            await until_card(studio, one, f"{kind}{one.number:02}-0")
    assert await studio.product.stop() == 0
    assert await studio.soundness() == ()
    assert (await studio.texts(ADMIN.telegram)).count(FULL) == 1
