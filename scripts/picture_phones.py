"""A manager's working day on a phone: README's pictures day, client, quote and team.

quote.*.png: the client's phone beside the manager's. The others are one phone each.
"""

import base64
import re
import sys
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page

from scripts.picture_words import DAYS, Day
from tests.browser.playing import Played, demo

LARGEST = 400_000  # bytes
SETTLED = 1500  # milliseconds
PHONE = {"width": 390, "height": 1130}
SHARPNESS = 1.5
GAP = 24


class Phone(Played):
    """The demo's page as narrow as a phone: one side is in sight at a time."""

    def turn(self, side: str, name: str = "", mode: str = "") -> None:
        self.page.locator(f".switcher [data-side={side}]").click()
        if name:
            self.play(side, name, mode)
        self.side = side

    def asks(self, name: str, words: str) -> Locator:
        """A client writes to the bot; the card of it at the manager."""
        self.turn("client", name, "telegram")
        self.say("client", words)
        self.chat("client").locator(".row.out", has_text=words).wait_for()
        self.turn("manager")
        return self.pinned(self.card(words))

    def pinned(self, row: Locator) -> Locator:
        """The same message, whatever comes after it."""
        ids = row.get_attribute("data-ids")
        return self.chat(self.side).locator(f".row[data-ids='{ids}']")

    def newest(self) -> Locator:
        return self.chat(self.side).locator(".row.in").last

    def press(self, row: Locator, label: str) -> None:
        row.locator(".key", has_text=re.compile(label)).first.click()
        self.page.wait_for_timeout(SETTLED)

    def command(self, words: str) -> None:
        self.say(self.side, words)
        self.page.wait_for_timeout(SETTLED)

    def later(self, jump: str) -> None:
        self.page.locator(f"[data-jump={jump}]").click()
        self.page.wait_for_timeout(SETTLED)

    def picture(self) -> bytes:
        """The chat in sight as it looks now, at its end."""
        self.page.mouse.move(4, 4)
        chat = self.chat(self.side)
        chat.locator(".wall").evaluate("wall => wall.scrollTo(0, wall.scrollHeight)")
        self.page.wait_for_timeout(SETTLED)
        return chat.screenshot()


def team(phone: Phone, words: Day) -> list[bytes]:
    """Somebody's client waits too long: what the head sees of everybody."""
    phone.turn("client", "Елена", "telegram")
    phone.say("client", words.late)
    phone.later("hour")
    phone.turn("head")
    phone.command("/team")
    return [phone.picture()]


def quote(phone: Phone, words: Day) -> list[bytes]:
    """A price with a date, sent by two presses; the client's button makes the task."""
    phone.turn("manager", "Анна", "telegram")
    card = phone.asks("Мария", words.phone_asks)
    phone.press(card, words.template)
    phone.press(phone.newest(), words.prices)
    phone.press(phone.newest(), words.item)
    phone.press(phone.newest(), words.send)
    phone.turn("client", "Мария", "telegram")
    agree = phone.chat("client").locator(".key", has_text=words.agreed)
    agree.wait_for(timeout=15_000)
    clients = phone.picture()
    agree.click()
    agree.wait_for(state="detached")
    phone.turn("manager")
    phone.chat("manager").locator(".text", has_text=words.told).last.wait_for()
    return [clients, phone.picture()]


def client(phone: Phone, words: Day) -> list[bytes]:
    """A note that calls a colleague, and the client's card."""
    card = phone.asks("Мария", words.photos_asks)
    phone.press(card, words.note)
    phone.answer(phone.newest(), words.note_says)
    phone.page.wait_for_timeout(SETTLED)
    phone.command(f"/client {words.firm}")
    return [phone.picture()]


def day(phone: Phone, words: Day) -> list[bytes]:
    """A message becomes a task; the three lists."""
    card = phone.asks("Игорь", words.sign_asks)
    phone.press(card, words.task)
    phone.press(phone.newest(), words.now)
    phone.command("/tasks")
    return [phone.picture()]


def beside(browser: Browser, pictures: list[bytes]) -> bytes:
    """Several pictures as one."""
    images = "".join(
        f"<img src='data:image/png;base64,{base64.b64encode(each).decode()}'>" for each in pictures
    )
    style = f"body{{margin:0;display:inline-flex;gap:{GAP}px;background:#fff}}"
    page: Page = browser.new_page()
    page.set_content(f"<style>{style}</style><body>{images}</body>")
    joined = page.locator("body").screenshot()
    page.close()
    return joined


def on_phones(browser: Browser, language: str, folder: Path) -> None:
    """Play it in a demo of its own, and write the pictures into this folder."""
    words = DAYS[language]
    with demo("--language", language) as url:
        page = browser.new_page(viewport=PHONE, device_scale_factor=SHARPNESS)
        phone = Phone(page, url)
        page.locator(".hints .icon-button").click()
        for scene in (team, quote, client, day):
            taken = scene(phone, words)
            name = f"{scene.__name__}.{language}.png"
            picture = taken[0] if len(taken) == 1 else beside(browser, taken)
            (folder / name).write_bytes(picture)
            if len(picture) > LARGEST or phone.faults:
                sys.exit(f"{name} has {len(picture)} bytes; faults: {phone.faults}")
        page.close()
