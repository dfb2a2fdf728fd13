"""Placeholders of templates, what is taken as one, and which are offered first: pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.placeholders import filled, needs_filling, opening_after
from bot.rich import Rich, units
from bot.template_buttons import ListDeed, PriceButton, TemplateButton, TemplateLanguageButton
from bot.templates import (
    TEXT_LIMIT,
    TITLE_LIMIT,
    Written,
    faults_of,
    in_order,
    language_of,
    matching,
    may_change,
    preview,
    read_template,
    template_view,
    use_view,
)
from bot.texts import speaker
from inbox.business_hours import BusinessHours
from inbox.model import Entity
from inbox.work_records import Template
from tests.bot.studio import ADAM, HELEN, HOURS, IVAN, MOSCOW, NOON, OLGA

VALUES = {"client": "Анна 🦊", "manager": "Ольга", "opening": "завтра в 09:00"}
TEXT = st.text(st.sampled_from("аб{}🦊 ,.cliento"), max_size=30)


def template(title: str = "Привет", text: str = "Здравствуйте!", language: str = "") -> Template:
    return Template(title, text, language, OLGA.id, NOON, id=1)


def test_placeholders_are_filled_in_both_languages_whatever_their_case() -> None:
    text = Rich("{client}, {Клиент}: {MANAGER}/{менеджер}, {opening} = {открытие}")
    assert filled(text, VALUES).text == (
        "Анна 🦊, Анна 🦊: Ольга/Ольга, завтра в 09:00 = завтра в 09:00"
    )


def test_what_stands_for_nothing_stays_and_values_are_not_filled_again() -> None:
    values = VALUES | {"client": "{manager}"}
    assert filled(Rich("{client} {имя} {} { client } {{client}}"), values).text == (
        "{manager} {имя} {} { client } {{manager}}"
    )


def test_formatting_moves_along() -> None:
    text = Rich("🦊 {client}: да", (Entity("bold", 0, 11), Entity("italic", 13, 2)))
    result = filled(text, VALUES)
    assert result.text == "🦊 Анна 🦊: да"
    said = {one.kind: result.part(one.offset, one.offset + one.length) for one in result.entities}
    assert (said["bold"].text, said["italic"].text) == ("🦊 Анна 🦊", "да")


def test_an_empty_name_leaves_no_comma() -> None:
    assert filled(Rich("Здравствуйте, {client}!"), {"client": ""}).text == "Здравствуйте!"


@given(before=TEXT, after=TEXT)
def test_filling_touches_nothing_but_placeholders(before: str, after: str) -> None:
    whole = filled(Rich(f"{before}|{{client}}|{after}"), VALUES).text
    assert whole == (
        filled(Rich(f"{before}|"), VALUES).text
        + "Анна 🦊"
        + filled(Rich(f"|{after}"), VALUES).text
    )
    assert needs_filling(before) == (filled(Rich(before), VALUES).text != before)


def test_first_line_and_the_rest() -> None:
    assert read_template("  Привет \n\nЗдравствуйте!\nДа ") == Written(
        "Привет", "Здравствуйте!\nДа"
    )


@pytest.mark.parametrize(
    ("title", "text", "faults"),
    [
        ("", "x", ["the title is missing"]),
        ("t", "", ["the text below the title is missing"]),
        ("t" * (TITLE_LIMIT + 1), "x", [f"the title is longer than {TITLE_LIMIT} letters"]),
        ("t", "x" * (TEXT_LIMIT + 1), [f"the text is longer than {TEXT_LIMIT} letters"]),
        ("t", " // x".strip(), ["a text that begins with // would be an internal note"]),
        ("t", "\u200b// x", ["a text that begins with // would be an internal note"]),
        ("t", "{client_name} {x} {x}", ["there is no placeholder {client_name}, {x}"]),
        ("t", "{client} {клиент} {}", []),
    ],
)
def test_what_is_no_template(title: str, text: str, faults: list[str]) -> None:
    assert [str(one) for one in faults_of(title, text)] == faults


def test_language_by_its_letters() -> None:
    assert [language_of(one) for one in ("Привет {client}", "Hello {клиент}", "👍 {client}")] == [
        "ru",
        "en",
        "",
    ]


def test_own_language_first_then_those_for_all() -> None:
    known = [template(language=one) for one in ("en", "", "ru")]
    assert [one.language for one in in_order(known, "ru")] == ["ru", "", "en"]
    assert [one.language for one in in_order(known, "")] == ["", "en", "ru"]


def test_words_are_found_in_the_title_first() -> None:
    known = [template("Счёт", "Оплата"), template("Оплата", "Счёт во вложении"), template()]
    assert [one.title for one in matching(known, "СЧЁТ")] == ["Счёт", "Оплата"]
    assert [one.title for one in matching(known, "опл сч")] == ["Счёт", "Оплата"]
    assert len(matching(known, " ")) == 3


def test_the_next_opening_is_later_than_now() -> None:
    tomorrow = datetime(2026, 11, 26, 6, tzinfo=UTC)
    assert opening_after(HOURS, NOON) == tomorrow
    assert opening_after(HOURS, tomorrow - timedelta(hours=1)) == tomorrow
    never = BusinessHours(MOSCOW, {})
    assert opening_after(never, NOON) is None


def test_who_may_change() -> None:
    assert [may_change(one, OLGA.id) for one in (OLGA, IVAN, HELEN, ADAM)] == [
        True,
        False,
        True,
        True,
    ]


def test_views_fit_a_message_and_their_buttons_64_bytes() -> None:
    say, most = speaker("ru"), 2**63 - 2
    long = replace(template("Т" * 80, "Ж" * TEXT_LIMIT), id=most, language="ru")
    pressed = TemplateButton(
        deed=ListDeed.CHOOSE, template_id=most, message_id=most, offset=1_000_000
    )
    views = [
        use_view(say, "А" * 160, [long] * 30, most, 8),
        preview(say, "А" * 160, Rich(long.text), pressed),
        preview(say, "А" * 160, Rich(long.text), pressed, changing=True),
        template_view(say, long, OLGA, OLGA, 1_000_000),
    ]
    for view in views:
        assert view.body.units <= 4096
        for button in (one for row in view.keyboard for one in row):
            assert len(button.data.pack().encode()) <= 64
            assert units(button.text) <= 64
    assert TemplateLanguageButton(template_id=most, language="ru").pack()
    whole = PriceButton(
        deed=ListDeed.SEND, item_id=most, message_id=most, offset=1_000_000, seen=2**33 - 1
    )
    assert len(whole.pack().encode()) <= 64
