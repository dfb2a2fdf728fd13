"""A running `okno demo` and its page in Chromium, for the browser tests and the picture."""

import re
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
UP_WITHIN = 60.0  # seconds
STOP_WITHIN = 20.0
WITHIN = 3.0  # the goal is 1, on a machine that does nothing else
NAMES = ("chromium", "chromium-browser", "google-chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


class NoBrowser(Exception):
    """There is no Chromium on this machine."""


@contextmanager
def demo(*options: str) -> Iterator[str]:
    """`okno demo` as a newcomer starts it; gives the page's URL."""
    command = (sys.executable, "-m", "bot", "demo", "--no-browser", "--port", "0", *options)
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            yield _url(process)
        finally:
            process.terminate()
            try:
                process.communicate(timeout=STOP_WITHIN)
            except subprocess.TimeoutExpired:
                process.kill()


def _url(process: "subprocess.Popen[bytes]") -> str:
    assert process.stdout is not None
    said = b""
    until = time.monotonic() + UP_WITHIN
    while time.monotonic() < until:
        if not select.select([process.stdout], [], [], 0.2)[0]:
            continue
        line = process.stdout.readline()
        said += line
        if found := re.search(rb"http://127\.0\.0\.1:\d+/", line):
            return found.group().decode()
        if not line:
            break
    raise AssertionError(f"okno demo named no page: {said.decode()}")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, headless. Raises NoBrowser."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        raise NoBrowser("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(OPTIONS))
        yield browser
        browser.close()


class Played:
    """The open page: its sides, and what went wrong in it."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.faults: list[str] = []
        self.foreign: list[str] = []
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("request", self._asked)
        page.goto(url)
        page.locator(".side.client .chat:visible").wait_for()

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self.faults.append(message.text)

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.foreign.append(request.url)

    def chat(self, side: str) -> Locator:
        """The Telegram chat shown on a side: client, manager or head."""
        return self.page.locator(f".side.{side} .chat:visible")

    @property
    def mailbox(self) -> Locator:
        return self.page.locator(".mailbox:visible")

    def play(self, side: str, name: str, mode: str = "") -> None:
        """Choose who is played on a side, by first name, and on the client's side where."""
        self.page.locator(f".side.{side} .tab", has_text=name).click()
        if mode:
            self.page.locator(f".side.{side} [data-mode={mode}]:visible").click()

    def say(self, side: str, text: str) -> None:
        field = self.chat(side).locator("textarea")
        field.fill(text)
        field.press("Enter")

    def answer(self, card: Locator, text: str) -> None:
        """Reply to this card as the manager shown."""
        card.locator(".text").click(position={"x": 4, "y": 4})
        self.chat("manager").locator(".target-bar").wait_for()
        self.say("manager", text)

    def card(self, words: str, side: str = "manager") -> Locator:
        """The newest message on a side whose own text, not a quoted one, holds these words."""
        text = self.page.locator(".text", has_text=words)
        return self.chat(side).locator(".row.in").filter(has=text).last

    def write_mail(self, subject: str, text: str) -> None:
        self.mailbox.get_by_role("button", name=re.compile("Написать|Write")).click()
        self.mailbox.locator("[name=subject]").fill(subject)
        self.mailbox.locator(".letter textarea").fill(text)
        self.mailbox.locator(".letter [type=submit]").click()


def in_time(what: str, deed: Callable[[], None], shown: Locator, within: float = WITHIN) -> None:
    """Do it, and hold that this is shown soon after."""
    begun = time.monotonic()
    deed()
    shown.wait_for(timeout=10_000)
    took = time.monotonic() - begun
    print(f"\n{what}: {took * 1000:.0f} ms")
    assert took < within, what
