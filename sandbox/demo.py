"""`okno demo`: the sandbox, the unmodified product beside it, and the page or the story."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import signal
import socket
import sys
import tempfile
import time
import webbrowser
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from inbox.phrases import Phrase
from sandbox import studio
from sandbox.chats import link_group, open_chats
from sandbox.page.server import PageServer
from sandbox.product import Product, ProductFault
from sandbox.stage import Stage, stage
from sandbox.story import StoryFault, tell

FAILED = 1
INTERRUPTED = 130
LOG = "okno.log"
SIGNALS = (signal.SIGINT, signal.SIGTERM)
READ_WITHIN = 20.0  # seconds

Show = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demonstration; `ended` is done, with why, when the product ends by itself."""

    stage: Stage
    product: Product
    ended: asyncio.Task[ProductFault]


async def run(
    *,
    said: Callable[[str], str],
    story: bool,
    port: int = 0,
    open_browser: bool = True,
    language: str = "ru",
) -> int:
    """Play until Ctrl-C or SIGTERM, or the story to its end; the exit code, 0 where all went well.

    `port` is the page's, 0 takes a free one. `language` ("ru", "en") is the studio's, and
    `said` gives a phrase in it.
    """
    logging.getLogger("mail.log").setLevel(logging.ERROR)  # aiosmtpd tells of every connection
    folder = Path(tempfile.mkdtemp(prefix="okno-demo-"))
    playing = asyncio.current_task()

    def show(line: str) -> None:
        _print(said(line))

    code = 0
    try:
        with _signals_cancel(playing):
            await _perform(
                folder, language, show, story=story, port=port, open_browser=open_browser
            )
    except asyncio.CancelledError:
        show(Phrase("Ended."))
        code = INTERRUPTED if story else 0
    except (ProductFault, StoryFault) as fault:
        show(Phrase.joined(" ", ("✗", fault.args[0])))
        show(Phrase.joined("", ("  ", Phrase("The product's log: {path}", path=folder / LOG))))
        return FAILED
    except OSError as fault:
        show(f"✗ {fault}")  # the page's port is taken, above all
        code = FAILED
    await asyncio.to_thread(shutil.rmtree, folder, ignore_errors=True)
    return code


async def _perform(
    folder: Path, language: str, show: Show, *, story: bool, port: int, open_browser: bool
) -> None:
    show(Phrase("Starting a Bot API, a mail server, and Okno beside them ..."))
    async with demonstration(folder, language, "1s" if story else "5s") as demo:
        page = PageServer(demo.stage, port, language, demo.product.next_alert)
        play = (
            tell(demo.stage, show)
            if story
            else _serve(demo, page, show, open_browser=open_browser)
        )
        await _until_ended(play, demo.ended)


@asynccontextmanager
async def demonstration(folder: Path, language: str, send_delay: str) -> AsyncIterator[Demo]:
    """The sandbox and the product in this folder, up and reading mail. Raises ProductFault.

    `send_delay` as in `studio.settings`.
    """
    today = datetime.fromtimestamp(time.time(), studio.ZONE)
    async with stage(folder, today) as scene:
        servers = studio.Servers(
            bot_api=scene.telegram.url,
            imap_port=scene.mail.imap_port,
            smtp_port=scene.mail.smtp_port,
            health_port=_free_port(),
        )
        settings = studio.settings(servers, language, send_delay)
        (folder / "okno.toml").write_text(settings, encoding="utf-8")
        product = Product(folder, folder / LOG, servers.health_port)
        await product.seed()
        await product.remember(language, scene.clock.now())
        open_chats(scene)
        async with product.running() as ended:
            await _until_ended(_reads_mail(scene), ended)
            await _until_ended(_knows_the_group(scene), ended)
            yield Demo(scene, product, ended)


async def _serve(demo: Demo, page: PageServer, show: Show, *, open_browser: bool) -> None:
    async with page.running():
        show(Phrase("Okno runs. Play on this page: {url}", url=page.url))
        show(Phrase("The product's log: {path}", path=demo.product.log))
        show(Phrase("Ctrl-C ends everything."))
        if open_browser and _has_screen():
            await asyncio.to_thread(webbrowser.open, page.url)
        await asyncio.Event().wait()


async def _reads_mail(scene: Stage) -> None:
    try:
        async with asyncio.timeout(READ_WITHIN):
            await scene.mail.watched(studio.MAILBOX)
    except TimeoutError:
        raise ProductFault(
            Phrase(
                "Okno did not read its mailbox within {seconds} s.", seconds=f"{READ_WITHIN:.0f}"
            )
        ) from None


async def _knows_the_group(scene: Stage) -> None:
    if not await link_group(scene):
        raise ProductFault(
            Phrase("Okno did not ask whose group “{title}” is.", title=studio.GROUP_TITLE)
        )


async def _until_ended(
    work: Coroutine[None, None, None], ended: asyncio.Task[ProductFault]
) -> None:
    """Do the work unless the product ends by itself before; then raise its ProductFault."""
    working = asyncio.create_task(work)
    try:
        await asyncio.wait({working, ended}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ended.result()
        await working
    finally:
        working.cancel()
        with contextlib.suppress(asyncio.CancelledError, Exception):
            await working


@contextlib.contextmanager
def _signals_cancel(task: asyncio.Task[object] | None) -> Iterator[None]:
    """The first Ctrl-C or SIGTERM cancels the task; more would only break its tidying up."""
    loop = asyncio.get_running_loop()
    told: list[int] = []

    def once(number: int) -> None:
        told.append(number)
        if len(told) == 1 and task is not None:
            task.cancel()

    for number in SIGNALS:
        loop.add_signal_handler(number, once, number)
    try:
        yield
    finally:
        for number in SIGNALS:
            loop.remove_signal_handler(number)


def _has_screen() -> bool:
    """Without one, `webbrowser` would fill the terminal with a text browser."""
    screens = {"DISPLAY", "WAYLAND_DISPLAY"} & set(os.environ)  # noqa: TID251 - not a setting
    return sys.platform != "linux" or bool(screens)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
    return port


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
