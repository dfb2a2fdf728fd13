"""Everything that can stand beside a text has words of its own, in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.kinds import ROOM, attachment_line, attachment_lines
from bot.rich import units
from bot.texts import speaker
from inbox.model import Attachment, Media
from tests.bot.test_rich import ANY_TEXT

RU, EN = speaker("ru"), speaker("en")
POLL: dict[str, Any] = {"question": "Какой цвет?", "options": ["Красный", "Синий"]}
CHECKLIST: dict[str, Any] = {"title": "Запуск", "tasks": [["Домен", True], ["Почта", False]]}


def thing(media: Media, name: str = "", **facts: Any) -> Attachment:
    return Attachment(media, name, "", None, "bot:1", "", facts)


@pytest.mark.parametrize(
    ("attachment", "english", "russian"),
    [
        (thing(Media.POLL, **POLL), "📊 Poll: Какой цвет?", "📊 Опрос: Какой цвет?"),
        (thing(Media.POLL), "📊 A poll: open it in Telegram", "📊 Опрос: откройте в Telegram"),
        (thing(Media.CHECKLIST, **CHECKLIST), "☑️ Checklist: Запуск", "☑️ Список дел: Запуск"),
        (
            thing(Media.STORY, author="Ромашка"),
            "📖 A story of Ромашка: open it in Telegram",
            "📖 История (Ромашка): откройте в Telegram",
        ),
        (
            thing(Media.STORY),
            "📖 A story: open it in Telegram",
            "📖 История: откройте в Telegram",
        ),
        (
            thing(Media.PAID_MEDIA, stars=25),
            "⭐ Paid media for 25 stars: open it in Telegram",
            "⭐ Платный материал за 25 звёзд: откройте в Telegram",
        ),
        (thing(Media.DICE, emoji="🎯", value=6), "🎯 Thrown: 6", "🎯 Выпало: 6"),
        (thing(Media.GAME, title="Змейка"), "🎮 Game: Змейка", "🎮 Игра: Змейка"),
        (thing(Media.INVOICE, title="Хостинг"), "🧾 Invoice: Хостинг", "🧾 Счёт: Хостинг"),
        (thing(Media.GIFT, title="Pepe #12"), "🎁 Gift: Pepe #12", "🎁 Подарок: Pepe #12"),
        (thing(Media.GIFT), "🎁 A gift: open it in Telegram", "🎁 Подарок: откройте в Telegram"),
        (
            thing(Media.GIVEAWAY),
            "🎁 A giveaway: open it in Telegram",
            "🎁 Розыгрыш: откройте в Telegram",
        ),
        (
            thing(Media.UNKNOWN, kind="hologram"),
            "❔ A message of kind “hologram”: open it in Telegram",
            "❔ Сообщение вида «hologram»: откройте в Telegram",
        ),
        (
            thing(Media.CONTACT, phone_number="+7999", first_name="Пётр", last_name="К"),
            "👤 +7999 · Пётр К",
            "👤 +7999 · Пётр К",
        ),
        (
            thing(Media.LOCATION, "Офис", title="Офис", address="Невский, 1"),
            "📍 Офис, Невский, 1",
            "📍 Офис, Невский, 1",
        ),
        (thing(Media.STICKER, "sticker.webp", emoji="😀"), "📎 sticker 😀", "📎 стикер 😀"),
        (thing(Media.PHOTO, "photo.jpg", width=4), "📎 photo", "📎 фото"),
        (thing(Media.PHOTO, "Фасад.jpg"), "📎 Фасад.jpg", "📎 Фасад.jpg"),
        (
            thing(Media.VOICE, "voice.ogg", duration=65),
            "📎 voice message, 1:05",
            "📎 голосовое сообщение, 1:05",
        ),
    ],
)
def test_each_kind_is_named(attachment: Attachment, english: str, russian: str) -> None:
    assert attachment_line(EN, attachment) == english
    assert attachment_line(RU, attachment) == russian


@pytest.mark.parametrize("media", list(Media))
def test_no_kind_is_without_words_even_without_facts(media: Media) -> None:
    for say in (RU, EN):
        line = attachment_line(say, thing(media))
        assert len(line) > 3
        assert "\n" not in line


def test_a_poll_shows_its_options_and_a_checklist_what_is_done() -> None:
    assert attachment_lines(EN, [thing(Media.POLL, **POLL)]) == [
        "📊 Poll: Какой цвет?",
        "  ○ Красный",
        "  ○ Синий",
    ]
    assert attachment_lines(RU, [thing(Media.CHECKLIST, **CHECKLIST)])[1:] == [
        "  ☑ Домен",
        "  ☐ Почта",
    ]


def test_photos_of_an_album_are_counted_instead_of_listed() -> None:
    photo, sheet = thing(Media.PHOTO, "photo.jpg"), thing(Media.DOCUMENT, "Смета.pdf")
    lines = attachment_lines(RU, [photo, photo, photo, sheet, photo])
    assert lines == ["📎 3 фото", "📎 Смета.pdf", "📎 фото"]
    assert attachment_lines(EN, [photo, photo]) == ["📎 2 photos"]


def test_of_a_long_checklist_the_rest_is_counted() -> None:
    tasks = [[f"дело {n}", False] for n in range(30)]
    lines = attachment_lines(EN, [thing(Media.CHECKLIST, title="Всё", tasks=tasks)])
    assert lines[-1] == "and 18 more lines"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | ANY_TEXT,
    lambda inner: st.lists(inner, max_size=20) | st.dictionaries(ANY_TEXT, inner, max_size=3),
    max_leaves=30,
)
FACTS = st.dictionaries(
    st.sampled_from(
        ["question", "options", "title", "tasks", "stars", "emoji", "value", "kind", "author"]
    ),
    JSON,
)


@given(st.lists(st.tuples(st.sampled_from(Media), ANY_TEXT, FACTS), max_size=15))
def test_whatever_a_client_sends_stays_within_its_room(
    given_things: list[tuple[Media, str, dict[str, Any]]],
) -> None:
    things = [thing(media, name, **facts) for media, name, facts in given_things]
    for say in (RU, EN):
        lines = attachment_lines(say, things)
        assert units("\n".join(lines)) <= ROOM + 40
        assert len(lines) >= (1 if things else 0)
