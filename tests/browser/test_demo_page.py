"""`okno demo` in Chromium: all sides played on the page, against the running product."""

import struct
import zlib

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.playing import WITHIN, Played, in_time

pytestmark = [pytest.mark.browser, pytest.mark.slow]

UNDO_FOR = 5.0  # seconds a mail waits before it goes, in the demo's settings
ALERT_WITHIN = 30_000  # milliseconds
HOSTILE = '<img src=x onerror="document.title=1"> <b>жирно</b> & «кавычки» 👩‍🎨'


def test_a_mail_becomes_a_card_and_the_reply_stands_in_its_thread(played: Played) -> None:
    played.play("client", "Игорь", "mail")
    played.play("manager", "Анна")
    letter = "Добрый день! Когда пришлёте договор?"

    card = played.card("Когда пришлёте договор?")
    in_time("a mail to its card", lambda: played.write_mail("Договор на поддержку", letter), card)
    expect(card).to_contain_text("Клиника «Лотос»")
    expect(card).to_contain_text("Договор на поддержку")

    words = "Игорь, договор придёт сегодня до вечера."
    answers = played.mailbox.locator(".mail:not(.mine)", has_text=words)
    in_time(
        "a reply to the mail in its thread",
        lambda: played.answer(card, words),
        answers,
        UNDO_FOR + WITHIN,
    )
    expect(played.mailbox.locator(".thread")).to_have_count(1)
    expect(played.mailbox.locator(".mail")).to_have_count(2)

    answers.locator(".mail-headers summary").click()
    asked = played.mailbox.locator(".mail.mine")
    asked.locator(".mail-headers summary").click()
    own_id = asked.locator(".mail-headers dd").first.inner_text()
    expect(answers.locator(".mail-headers dd").nth(1)).to_have_text(own_id)
    expect(answers.locator(".mail-headers dd").nth(2)).to_contain_text(own_id)


def test_the_client_answers_in_the_same_thread(played: Played) -> None:
    played.play("client", "Павел", "mail")
    played.play("manager", "Дмитрий")
    played.write_mail("Баннеры", "Нужны три баннера.")
    played.answer(played.card("Нужны три баннера."), "Какого размера?")
    played.mailbox.locator(".mail", has_text="Какого размера?").wait_for()

    played.mailbox.locator(".answer textarea").fill("Два на три метра.")
    played.mailbox.locator(".answer [type=submit]").click()

    card = played.card("Два на три метра.")
    card.wait_for()
    expect(card.locator("blockquote.expandable")).to_contain_text("Какого размера?")
    expect(played.mailbox.locator(".thread")).to_have_count(1)
    expect(played.mailbox.locator(".mail")).to_have_count(3)


def test_a_telegram_message_and_its_reply(played: Played) -> None:
    played.play("client", "Мария", "telegram")
    played.play("manager", "Анна")
    question = "Здравствуйте! Готов ли макет меню?"

    card = played.card("Готов ли макет меню?")
    in_time("a Telegram message to its card", lambda: played.say("client", question), card)
    words = "Мария, макет будет завтра."
    answer = played.chat("client").locator(".row.in", has_text=words)
    in_time("a reply to the client's chat", lambda: played.answer(card, words), answer)

    sent = played.chat("manager").locator(".row.out", has_text="макет будет завтра")
    expect(sent.locator(".reaction")).to_have_text("👌")
    expect(sent.locator(".reply-quote")).to_contain_text("Готов ли макет меню?")
    expect(played.card("Готов ли макет меню?")).to_contain_text("✅")


def test_a_button_stops_the_clock_of_a_card(played: Played) -> None:
    played.play("client", "Мария", "telegram")
    played.play("manager", "Анна")
    played.say("client", "Спасибо, всё получили!")
    card = played.card("Спасибо, всё получили!")
    card.get_by_role("button", name="Ответ не нужен").click()

    expect(played.chat("manager").locator(".toast")).to_have_text("Отсчёт остановлен.")
    expect(card).to_contain_text("☑️")
    expect(card.get_by_role("button", name="Ответ не нужен")).to_have_count(0)


def test_pictures_and_a_file_arrive_as_such(played: Played) -> None:
    played.play("client", "Елена", "telegram")
    played.play("manager", "Дмитрий")
    pictures = [("стул.png", (200, 120, 60)), ("стол.png", (60, 120, 200))]
    attach(played, [(name, "image/png", png(colour)) for name, colour in pictures])
    played.say("client", "Вот эскизы")
    album = played.chat("client").locator(".row.out .album")
    expect(album.locator("img")).to_have_count(2)
    assert album.locator("img").first.evaluate("image => image.decode().then(() => true)")
    played.card("Вот эскизы").wait_for()

    attach(played, [("Смета.pdf", "application/pdf", b"%PDF-1.4 smeta")])
    played.say("client", "И смета")
    expect(played.card("И смета")).to_contain_text("Смета.pdf")
    own = played.chat("client").locator(".row.out .file", has_text="Смета.pdf")
    with played.page.expect_download() as download:
        own.click()
    assert download.value.path().read_bytes() == b"%PDF-1.4 smeta"


def test_foreign_text_stays_text(played: Played) -> None:
    played.play("client", "Мария", "telegram")
    played.play("manager", "Анна")
    played.say("client", HOSTILE)

    expect(played.chat("client").locator(".row.out .text").last).to_contain_text(HOSTILE)
    card = played.card("onerror")
    expect(card).to_contain_text(HOSTILE)
    assert card.locator("img").count() == 0
    assert played.page.title() == "Окно — демонстрация"


def test_entities_count_in_utf16_units_and_links_are_checked(played: Played) -> None:
    """Markup as the Bot API sends it, drawn by the page's own module."""
    text = "👩‍🎨 жирно и косо\nцитата\nссылка"
    entities = [
        {"type": "bold", "offset": 6, "length": 12},
        {"type": "italic", "offset": 14, "length": 4},
        {"type": "expandable_blockquote", "offset": 19, "length": 6},
        {"type": "text_link", "offset": 26, "length": 6, "url": "javascript:alert(1)"},
    ]
    drawn = played.page.evaluate(
        """async ([text, entities]) => {
            const { rich } = await import("/rich.js");
            const box = document.createElement("div");
            box.append(...rich(text, entities));
            const said = (tag) => [...box.querySelectorAll(tag)].map((one) => one.textContent);
            return { bold: said("strong"), italic: said("em"), quote: said("blockquote"),
                     links: said("a"), text: box.textContent };
        }""",
        [text, entities],
    )
    assert drawn == {
        "bold": ["жирно и ", "косо"],
        "italic": ["косо"],
        "quote": ["цитата"],
        "links": [],
        "text": "👩‍🎨 жирно и косоцитатассылка",
    }


def test_a_message_left_alone_climbs_to_the_head(played: Played) -> None:
    played.play("client", "Павел", "telegram")
    played.play("manager", "Анна")
    played.say("client", "Кто-нибудь меня слышит?")
    other = played.page.locator(".side.manager .tab", has_text="Дмитрий")
    other.locator(".badge", has_text="1").wait_for()

    played.page.locator("[data-jump=hour]").click()
    played.page.locator("[data-jump=minutes15]").click()
    alert = played.card("Кто-нибудь меня слышит?", side="head")
    alert.wait_for(timeout=ALERT_WITHIN)

    expect(alert).to_contain_text("Маяк Логистика")
    expect(alert).not_to_contain_text("с опозданием")
    played.play("manager", "Дмитрий")
    played.answer(played.card("Кто-нибудь меня слышит?"), "Слышим! Уже занимаемся.")
    client = played.chat("client")
    expect(client.locator(".row.in").last).to_contain_text("Уже занимаемся")
    ended = played.card("Маяк Логистика", side="head")
    expect(ended).to_contain_text("✅")
    expect(ended.locator(".key")).to_have_count(0)


def test_a_stranger_is_taken_by_who_presses_first(played: Played) -> None:
    played.play("client", "Артём", "telegram")
    played.play("manager", "Дмитрий")
    played.say("client", "Сколько стоит сайт?")
    card = played.card("Сколько стоит сайт?")
    take = card.get_by_role("button", name="Взять")
    expect(take).to_have_class("key success")
    take.click()
    expect(card.get_by_role("button", name="Взять")).to_have_count(0)
    expect(played.card("Сколько стоит сайт?", side="head")).to_contain_text("Дмитрий Соколов")


def test_the_page_speaks_english_too(played: Played) -> None:
    played.page.get_by_role("button", name="English").click()
    expect(played.page.locator(".side.head h2")).to_have_text("Head")
    played.page.reload()
    expect(played.page.locator(".side.manager h2")).to_have_text("Manager")


def test_a_client_who_blocked_the_bot_is_told_of_under_the_reply(played: Played) -> None:
    played.play("client", "Мария", "telegram")
    played.play("manager", "Анна")
    played.say("client", "До завтра!")
    card = played.card("До завтра!")
    card.wait_for()
    in_head(played, "Заблокировать бота")
    played.chat("client").locator(".service", has_text="заблокирован").wait_for()
    played.answer(card, "До встречи!")

    refusal = played.card("❌")
    expect(refusal).to_contain_text("заблокировал")
    in_head(played, "Разблокировать бота")
    refusal.get_by_role("button", name="Повторить").click()
    expect(played.chat("client").locator(".row.in").last).to_contain_text("До встречи!")


def test_a_narrow_page_shows_one_side_at_a_time(browser: Browser, url: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844})
    Played(page, url)
    shown(page, "client")
    page.locator(".switcher [data-side=head]").click()
    shown(page, "head")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.close()


def shown(page: Page, role: str) -> None:
    expect(page.locator(".side:visible")).to_have_count(1)
    expect(page.locator(f".side.{role}")).to_be_visible()


def in_head(played: Played, words: str) -> None:
    """An item of the menu of the client's chat as a whole."""
    played.chat("client").locator(".chat-head .icon-button").click()
    played.page.locator(".menu-item", has_text=words).click()


def attach(played: Played, files: list[tuple[str, str, bytes]]) -> None:
    payload = [{"name": name, "mimeType": mime, "buffer": body} for name, mime, body in files]
    played.chat("client").locator("input[type=file]").set_input_files(payload)


def png(colour: tuple[int, int, int], side: int = 120) -> bytes:
    """A square of one colour."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    rows = (b"\0" + bytes(colour) * side) * side
    parts = chunk(b"IHDR", header), chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)
