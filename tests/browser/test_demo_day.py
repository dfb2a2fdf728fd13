"""`okno demo` in Chromium, a manager's working day: on a phone and at a desk."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, expect

from tests.browser.playing import Played, demo

pytestmark = [pytest.mark.browser, pytest.mark.slow]

BOT = "fortochka_studio_bot"
LATER = 15_000  # milliseconds: a reply is held back five seconds


@pytest.fixture(scope="module")
def url(browser: Browser) -> Iterator[str]:
    """A demo of this file's own: the others' clients are not to be seen in it."""
    assert browser.is_connected()
    with demo() as address:
        yield address


def asked(played: Played, words: str) -> Locator:
    """The card of what Maria asks, as a locator that stays with it."""
    played.play("client", "Мария", "telegram")
    played.play("manager", "Анна", "telegram")
    played.say("client", words)
    card = played.card(words)
    card.wait_for()
    ids = card.get_attribute("data-ids")
    return played.chat("manager").locator(f".row[data-ids='{ids}']")


def press(row: Locator, label: str) -> None:
    row.locator(".key", has_text=label).first.click()


def newest(played: Played, label: str) -> Locator:
    """The newest message of the manager's chat with such a button."""
    key = played.page.locator(".key", has_text=label)
    return played.chat("manager").locator(".row.in").filter(has=key).last


def test_a_client_agrees_to_a_price_by_the_button(played: Played) -> None:
    card = asked(played, "Поменяйте телефон на сайте, пожалуйста")
    press(card, "Шаблон")
    for label in ("Прайс", "Поменять телефон в шапке", "Отправить"):
        press(newest(played, label), label)
    agree = played.chat("client").locator(".key", has_text="Согласен")
    agree.click(timeout=LATER)
    expect(agree).to_have_count(0)
    agreed = played.card("Согласие получено")
    expect(agreed).to_be_visible(timeout=LATER)
    press(agreed, "Задача")
    expect(played.card("Поменять телефон в шапке")).to_be_visible()


def test_the_bots_name_and_a_word_offer_texts_and_prices(played: Played) -> None:
    card = asked(played, "Когда начнёте второй этап?")
    card.locator(".text").click(position={"x": 4, "y": 4})
    field = played.chat("manager").locator("textarea")
    field.fill(f"@{BOT} взяли")
    offer = played.chat("manager").locator(".inline-offer")
    expect(offer).to_have_count(1)
    expect(offer).to_contain_text("Взяли в работу")
    field.press("Enter")
    expect(field).to_have_value("")
    sent = played.chat("manager").locator(".row.out").last
    expect(sent.locator(".via-bot")).to_have_text(f"через @{BOT}")
    answer = played.chat("client").locator(".row.in", has_text="взяли в работу").last
    expect(answer).to_contain_text("Анна Климова", timeout=LATER)

    field.fill(f"@{BOT} нетакогослова")
    expect(played.chat("manager").locator(".inline-none")).to_be_visible()
    field.press("Escape")
    expect(field).to_have_value("")


def test_strangers_are_offered_nothing(played: Played) -> None:
    played.play("client", "Артём", "telegram")
    field = played.chat("client").locator("textarea")
    field.fill(f"@{BOT} взяли")
    played.page.wait_for_timeout(1500)
    expect(played.chat("client").locator(".inline-offer")).to_have_count(0)
    field.fill("")


def test_a_price_list_goes_out_as_a_file_and_comes_in_as_one(
    played: Played, tmp_path: Path
) -> None:
    played.play("manager", "Анна", "telegram")
    played.say("manager", "/prices")
    press(newest(played, "В файл"), "В файл")
    # Not just the last file: until the list is there, that is one of the day before.
    link = played.chat("manager").locator(".row.in a.file", has_text=".csv").last
    with played.page.expect_download() as downloading:
        link.click()
    sheet = tmp_path / "prices.csv"
    downloading.value.save_as(sheet)
    text = sheet.read_text("utf-8-sig")
    assert "Баннер на главную" in text
    line = next(one for one in text.splitlines() if "Баннер" in one)
    changed = tmp_path / "changed.csv"
    changed.write_text(f"{text.rstrip()}\n{line.replace('Баннер', 'Растяжка')}\n", "utf-8")

    press(newest(played, "Из файла"), "Из файла")
    question = played.card("CSV")
    question.locator(".text").click(position={"x": 4, "y": 4})
    played.chat("manager").locator("input[type=file]").set_input_files(changed)
    played.chat("manager").locator("textarea").press("Enter")
    expect(newest(played, "Принять")).to_contain_text("Новых: 1")
    press(newest(played, "Принять"), "Принять")
    expect(newest(played, "Принять")).to_have_count(0)
    played.say("manager", "/prices")
    expect(newest(played, "Растяжка на главную")).to_be_visible()


def test_on_a_phone_the_topics_stand_above_the_chat(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    played = Played(page, url)
    page.locator(".switcher [data-side=manager]").click()
    played.play("manager", "Анна", "telegram")
    topics = played.chat("manager").locator(".topics")
    wall = played.chat("manager").locator(".wall")
    expect(topics).to_be_visible()
    above, below = topics.bounding_box(), wall.bounding_box()
    assert above is not None
    assert below is not None
    assert above["y"] + above["height"] <= below["y"] + 1
    assert below["width"] > 350
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    page.close()
