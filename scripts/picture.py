"""Plays a morning of the studio on the demo's page and takes README's picture: docs/desk.png."""

import sys
from pathlib import Path

from tests.browser.playing import NoBrowser, Played, chromium, demo

PICTURE = Path(__file__).resolve().parents[1] / "docs" / "desk.png"
LARGEST = 400_000  # bytes
SETTLED = 1500  # milliseconds
SHEET = ("Осеннее меню.pdf", "application/pdf", b"%PDF-1.4" + bytes(1_840_000))
CONTRACT = ("Договор № 118.docx", "application/octet-stream", bytes(86_000))


def play(played: Played) -> None:
    """Ten to eleven: two clients answered, one left alone, one nobody knows."""
    played.page.locator(".hints .icon-button").click()
    played.play("client", "Елена", "telegram")
    played.say("client", "Добрый день! Каталог должен сегодня уйти в печать. Успеваем?")
    later(played, "minutes15")
    menu(played)
    later(played, "minutes15")
    contract(played)
    later(played, "minutes15")
    played.card("Мебель «Север»", side="head").wait_for()
    played.play("client", "Артём", "telegram")
    played.say("client", "Здравствуйте! Сколько стоит сайт для небольшой пекарни?")
    played.card("для небольшой пекарни").wait_for()
    played.play("client", "Игорь", "mail")


def menu(played: Played) -> None:
    """A file in Telegram, answered."""
    played.play("client", "Мария", "telegram")
    attach(played, ".chat:visible", SHEET)
    played.say("client", "Прислала новые цены, обновите, пожалуйста, меню на сайте")
    card = played.card("Прислала новые цены")
    card.wait_for()
    later(played, "minutes15")
    played.answer(card, "Мария, спасибо! Обновим сегодня до 15:00.")
    played.chat("manager").locator(".reaction").last.wait_for()


def contract(played: Played) -> None:
    """A mail, answered in its thread."""
    played.play("client", "Игорь", "mail")
    played.page.locator(".mailbox:visible .mail-head button").click()
    attach(played, ".mailbox:visible .letter", CONTRACT)
    sheet = played.mailbox.locator(".letter")
    sheet.locator("[name=subject]").fill("Договор на поддержку сайта")
    sheet.locator("textarea").fill(
        "Добрый день! Договор с нашими правками во вложении.\nСможем подписать до пятницы?"
    )
    sheet.locator("[type=submit]").click()
    card = played.card("Сможем подписать до пятницы?")
    card.wait_for()
    later(played, "minutes15")
    played.answer(card, "Игорь, добрый день! Правки принимаем. Подписанный договор пришлю завтра.")
    played.mailbox.locator(".mail:not(.mine)").wait_for()


def attach(played: Played, place: str, file: tuple[str, str, bytes]) -> None:
    name, media_type, content = file
    field = played.page.locator(f".side.client {place} input[type=file]").first
    field.set_input_files([{"name": name, "mimeType": media_type, "buffer": content}])


def later(played: Played, jump: str) -> None:
    """Move the clock on, and let what is due happen."""
    played.page.locator(f"[data-jump={jump}]").click()
    played.page.wait_for_timeout(SETTLED)


def main() -> None:
    with demo() as url, chromium() as browser:
        page = browser.new_page(viewport={"width": 1600, "height": 1040})
        played = Played(page, url)
        play(played)
        page.mouse.move(800, 20)
        page.wait_for_timeout(SETTLED)
        PICTURE.parent.mkdir(exist_ok=True)
        page.screenshot(path=PICTURE)
    size = PICTURE.stat().st_size
    if size > LARGEST or played.faults:
        sys.exit(f"{PICTURE.name} has {size} bytes; faults in the page: {played.faults}")


if __name__ == "__main__":
    try:
        main()
    except NoBrowser as error:
        sys.exit(str(error))
