"""Items of the price list as people write them, and as they are said: pure."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.price_lists import (
    MOST_PRICE,
    TITLE_LIMIT,
    Priced,
    item_meant,
    item_view,
    label,
    line_of,
    list_view,
    matching,
    money,
    priced,
    read_item,
    read_within,
    usual_currency,
)
from bot.rich import units
from bot.texts import speaker
from inbox.due_dates import MOST
from inbox.work_records import PriceItem, Unit, Within
from tests.bot.studio import IVAN, NOON, OLGA

RU, EN = speaker("ru"), speaker("en")
TWO_HOURS = Within(2, Unit.HOURS)


def item(title: str = "Правка", price: str = "500", currency: str = "₽", **more: Any) -> PriceItem:
    within = more.pop("within", TWO_HOURS)
    return PriceItem(title, Decimal(price), currency, within, OLGA.id, NOON, id=1, **more)


@pytest.mark.parametrize(
    ("line", "title", "price", "currency", "within"),
    [
        (
            "Phone in the header: 500 ₽, 2 working hours",
            "Phone in the header",
            "500",
            "₽",
            TWO_HOURS,
        ),
        ("Телефон: 1 500,50 руб., 2 раб. ч", "Телефон", "1500.50", "руб.", TWO_HOURS),
        ("A: B: $1,500.50, 3 days", "A: B", "1500.50", "$", Within(3, Unit.DAYS)),
        ("Правка — 500, 1 день", "Правка", "500", "", Within(1, Unit.DAYS)),
        ("Правка - 500 ₽; 2ч", "Правка", "500", "₽", TWO_HOURS),
        ("x: EUR 1.500, 10 рабочих дней", "x", "1500", "EUR", Within(10, Unit.DAYS)),
        ("x: 1.500,5 €, 1 час.", "x", "1500.5", "€", Within(1, Unit.HOURS)),
        ("x: 1'500 CHF, 5 business days", "x", "1500", "CHF", Within(5, Unit.DAYS)),
        ("x: 0, 1 d", "x", "0", "", Within(1, Unit.DAYS)),
        ("x: 1,500,000.25, 1 d", "x", "1500000.25", "", Within(1, Unit.DAYS)),
    ],
)
def test_lines_as_people_write_them(
    line: str, title: str, price: str, currency: str, within: Within
) -> None:
    assert read_item(line) == Priced(title, Decimal(price), currency, within)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("Просто так", "the line is no “work: price, deadline”"),
        ("x: 500 ₽", "the line is no “work: price, deadline”"),
        ("x: даром, 2 h", "“даром” is no price"),
        ("x: -5 ₽, 2 h", "“-5 ₽” is no price"),
        ("x: $5 USD, 2 h", "“$5 USD” is no price"),
        ("x: 1,2,3 ₽, 2 h", "“1,2,3 ₽” is no price"),
        ("x: 1.2345, 2 h", "“1.2345” is no price"),
        ("x: 99999999999, 2 h", "“99999999999” is no price"),
        ("x: 5 ₽, скоро", "“скоро” is no deadline such as “2 hours” or “3 days”"),
        ("x: 5 ₽, 0 h", "“0 h” is no deadline such as “2 hours” or “3 days”"),
        (
            f"{'x' * (TITLE_LIMIT + 1)}: 5 ₽, 1 h",
            f"the title is longer than {TITLE_LIMIT} letters",
        ),
        ("// x: 5 ₽, 1 h", "a text that begins with // would be an internal note"),
    ],
)
def test_lines_that_are_no_item(line: str, fault: str) -> None:
    found = read_item(line)
    assert isinstance(found, tuple)
    assert [str(one) for one in found] == [fault]


def test_a_currency_of_its_own_beats_the_one_beside_the_price() -> None:
    assert priced("x", "5 €", "$", "1 h") == Priced("x", Decimal(5), "$", Within(1, Unit.HOURS))
    found = priced(" ", "1e9 ₽", "долларов США", "1 h")
    assert isinstance(found, tuple)
    assert [str(one) for one in found] == [
        "the title is missing",
        "“1e9 ₽” is no price",
        "“долларов США” is no currency",
    ]


@given(line=st.text(max_size=200))
def test_any_line_is_an_item_or_has_faults(line: str) -> None:
    found = read_item(line)
    assert isinstance(found, Priced) or found
    if isinstance(found, Priced):
        assert 0 <= found.price <= MOST_PRICE
        assert found.title
        assert units(found.title) <= TITLE_LIMIT


@given(
    price=st.decimals(min_value=0, max_value=MOST_PRICE, places=2),
    currency=st.sampled_from(["₽", "€", "USD", ""]),
    amount=st.integers(1, 100),
    unit=st.sampled_from(Unit),
    say=st.sampled_from([RU, EN]),
)
def test_what_is_said_is_read_again(
    price: Decimal, currency: str, amount: int, unit: Unit, say: Any
) -> None:
    one = item("Правка: шапка", str(price), currency, within=Within(amount, unit))
    said = line_of(say, one).removeprefix("💰 ")
    assert read_item(said) == Priced(one.title, price, currency, one.within)


def test_far_too_long_deadlines_are_none() -> None:
    assert read_within(f"{MOST[Unit.HOURS]} h") == Within(MOST[Unit.HOURS], Unit.HOURS)
    assert read_within(f"{MOST[Unit.HOURS] + 1} h") is None
    assert read_within(f"{MOST[Unit.DAYS] + 1} дней") is None


def test_money_as_the_language_writes_it() -> None:
    assert money(RU, Decimal("1234567.50"), "₽") == "1\u00a0234\u00a0567,50\u00a0₽"
    assert money(EN, Decimal("1234567.50"), "€") == "1,234,567.50\u00a0€"
    assert money(EN, Decimal("500.00"), "") == "500"


def test_the_line_names_the_item_in_the_language_it_was_said_in() -> None:
    known = [item("Правка"), item("Лендинг", "45000", within=Within(10, Unit.DAYS))]
    assert item_meant(known, f" {line_of(RU, known[1])}\n", RU) == known[1]
    assert item_meant(known, line_of(EN, known[1]), RU) is None
    assert item_meant(known, "Лендинг", RU) is None
    assert matching(known, "ленд") == (known[1],)
    assert matching(known, "") == tuple(known)


def test_the_usual_currency() -> None:
    assert usual_currency([], "ru") == "₽"
    assert usual_currency([], "en") == ""
    assert (
        usual_currency([item(currency="€"), item(currency="$"), item(currency="€")], "ru") == "€"
    )


def test_views_show_the_price_whatever_the_titles_length_and_fit() -> None:
    long = item("Ж" * TITLE_LIMIT, "1000000000", "руб.")
    assert label(RU, long).endswith("… · 1\u00a0000\u00a0000\u00a0000\u00a0руб.")
    listed = list_view(RU, [long] * 20, 8)
    assert [one.text for one in listed.keyboard[8]] == ["←", "→"]
    assert [len(row) for row in item_view(RU, long, OLGA, IVAN, 0).keyboard] == [1]
    assert len(item_view(RU, long, None, OLGA, 0).keyboard) == 2
    buttons = [one for row in listed.keyboard for one in row]
    assert all(len(one.data.pack().encode()) <= 64 for one in buttons)
