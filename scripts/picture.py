"""Plays a morning of the studio on the demo's page and takes README's pictures, in docs/.

desk.ru.png, desk.en.png: all sides; group, account and topics: a client beside the manager.
Those of a phone are scripts/picture_phones.py's.
"""

import re
import sys
from pathlib import Path

from playwright.sync_api import Browser

from scripts.picture_phones import on_phones
from scripts.picture_words import WORDS, Words
from tests.browser.playing import NoBrowser, Played, chromium, demo

DOCS = Path(__file__).resolve().parents[1] / "docs"
LARGEST = 400_000  # bytes
SETTLED = 1500  # milliseconds
RENAMED = 6000  # topics are renamed in their own time
WHOLE = {"width": 1600, "height": 1040}
PAIR = {"width": 1500, "height": 760}  # of which two sides are kept
SHEET = ("Осеннее меню.pdf", "application/pdf", b"%PDF-1.4" + bytes(1_840_000))
CONTRACT = ("Договор № 118.docx", "application/octet-stream", bytes(86_000))


def desk(played: Played, words: Words) -> None:
    """Ten to eleven: two clients answered, one left alone, one nobody knows."""
    played.play("client", "Елена", "telegram")
    played.say("client", words.print_asks)
    later(played, "minutes15")
    menu(played, words)
    later(played, "minutes15")
    contract(played, words)
    later(played, "minutes15")
    played.card("Мебель «Север»", side="head").wait_for()
    played.play("client", "Артём", "telegram")
    played.say("client", words.bakery_asks)
    played.card(words.bakery_asks).wait_for()
    played.play("client", "Игорь", "mail")


def menu(played: Played, words: Words) -> None:
    """A file in Telegram, answered."""
    played.play("client", "Мария", "telegram")
    attach(played, ".chat:visible", SHEET)
    played.say("client", words.menu_asks)
    card = played.card(words.menu_asks)
    card.wait_for()
    later(played, "minutes15")
    played.answer(card, words.menu_says)
    played.chat("manager").locator(".reaction").last.wait_for()


def contract(played: Played, words: Words) -> None:
    """A mail, answered in its thread."""
    played.play("client", "Игорь", "mail")
    played.page.locator(".mailbox:visible .mail-head button").click()
    attach(played, ".mailbox:visible .letter", CONTRACT)
    sheet = played.mailbox.locator(".letter")
    sheet.locator("[name=subject]").fill(words.contract)
    sheet.locator("textarea").fill(words.contract_asks)
    sheet.locator("[type=submit]").click()
    card = played.card(words.contract_asks.splitlines()[-1])
    card.wait_for()
    later(played, "minutes15")
    played.answer(card, words.contract_says)
    played.mailbox.locator(".mail:not(.mine)").wait_for()


def group(played: Played, words: Words) -> None:
    """The client's group, answered from the desk."""
    played.play("client", "Мария", "group")
    played.play("manager", "Анна", "telegram")
    played.say("client", words.group_asks)
    played.card(words.group_asks).wait_for()
    played.say("client", words.group_more)
    card = played.card(words.group_more)
    card.wait_for()
    played.answer(card, words.group_says)
    played.chat("client").locator(".row.in", has_text=words.group_says).wait_for()


def account(played: Played, words: Words) -> None:
    """A manager's own account: a reply from the desk, and an edit of the client's."""
    played.play("client", "Елена", "account")
    played.play("manager", "Дмитрий", "telegram")
    played.say("client", words.own_asks)
    card = played.card(words.own_asks)
    card.wait_for()
    played.answer(card, words.own_says)
    played.chat("client").locator(".row.in", has_text=words.own_says).wait_for()
    played.say("client", words.own_more)
    played.card(words.own_more).wait_for()
    row = played.chat("client").locator(".row.out").last
    row.hover()
    row.locator(".deeds .icon-button").first.click()
    played.page.locator(".menu-item", has_text=re.compile("Изменить|Edit")).click()
    played.say("client", words.own_edited)
    played.card(words.own_edited).wait_for()


def topics(played: Played, words: Words) -> None:
    """A topic a client: a plain line in it is the answer."""
    played.play("client", "Павел", "telegram")
    played.play("manager", "Дмитрий", "telegram")
    played.say("client", words.topic_asks)
    played.card(words.topic_asks).wait_for()
    played.chat("manager").locator(".topic", has_text="Маяк").click()
    played.say("manager", words.topic_says)
    played.chat("client").locator(".row.in", has_text=words.topic_says).wait_for()
    played.say("client", words.topic_more)
    played.card(words.topic_more).wait_for()
    played.page.wait_for_timeout(RENAMED)


def attach(played: Played, place: str, file: tuple[str, str, bytes]) -> None:
    name, media_type, content = file
    field = played.page.locator(f".side.client {place} input[type=file]").first
    field.set_input_files([{"name": name, "mimeType": media_type, "buffer": content}])


def later(played: Played, jump: str) -> None:
    """Move the clock on, and let what is due happen."""
    played.page.locator(f"[data-jump={jump}]").click()
    played.page.wait_for_timeout(SETTLED)


def take(played: Played, name: str, *, pair: bool) -> None:
    """The picture as it looks now; `pair`: of the client's and the manager's side alone."""
    page, file = played.page, DOCS / name
    page.mouse.move(700, 12)
    page.wait_for_timeout(SETTLED)
    if pair:
        boxes = [page.locator(f".side.{role}").bounding_box() for role in ("client", "manager")]
        left, right = (box for box in boxes if box is not None)
        width = right["x"] + right["width"] - left["x"]
        clip = {"x": left["x"], "y": left["y"], "width": width, "height": left["height"]}
        page.screenshot(path=file, clip=clip)
    else:
        page.screenshot(path=file)
    size = file.stat().st_size
    if size > LARGEST or played.faults:
        sys.exit(f"{name} has {size} bytes; faults in the page: {played.faults}")


def in_language(browser: Browser, language: str) -> None:
    words = WORDS[language]
    with demo("--language", language) as url:
        page = browser.new_page(viewport=WHOLE)
        played = Played(page, url)
        page.locator(".hints .icon-button").click()
        desk(played, words)
        take(played, f"desk.{language}.png", pair=False)
        page.set_viewport_size(PAIR)
        for scene in (group, account, topics):
            scene(played, words)
            take(played, f"{scene.__name__}.{language}.png", pair=True)
        page.close()


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    with chromium() as browser:
        for language in WORDS:
            in_language(browser, language)
            on_phones(browser, language, DOCS)


if __name__ == "__main__":
    try:
        main()
    except NoBrowser as error:
        sys.exit(str(error))
