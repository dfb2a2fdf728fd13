"""Lists as CSV, out and in: what is written is read again; hostile files do no harm."""

from __future__ import annotations

import contextlib
import csv
import io
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.formulas import guarded, unguarded
from bot.lists_csv import (
    LARGEST,
    MOST_LINES,
    CsvFault,
    Read,
    TemplateLine,
    decoded,
    prices_in,
    prices_out,
    templates_in,
    templates_out,
)
from bot.price_lists import Priced
from bot.taking_in import MOST_SAID, in_words, plan_prices, plan_templates
from bot.texts import speaker
from inbox.work_records import PriceItem, Template, Unit, Within
from tests.bot.studio import HELEN, IVAN, NOON, OLGA

HOURS = Within(2, Unit.HOURS)
PHRASES = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40
)


def template(title: str = "Привет", text: str = "Здравствуйте!", language: str = "ru") -> Template:
    return Template(title, text, language, OLGA.id, NOON, id=1)


def item(title: str = "Правка", price: str = "500", currency: str = "₽") -> PriceItem:
    return PriceItem(title, Decimal(price), currency, HOURS, OLGA.id, NOON, id=1)


def faults(read: Read[TemplateLine] | Read[Priced]) -> list[tuple[int, list[str]]]:
    return [(one.number, [str(fault) for fault in one.faults]) for one in read.wrong]


# --- out ---------------------------------------------------------------------------------------


@given(
    cell=st.text(max_size=20), prefix=st.sampled_from(["", "=", "'", "'=", "+", "@", "\t", "-"])
)
def test_no_cell_is_a_formula_and_each_is_read_as_it_was(cell: str, prefix: str) -> None:
    written = guarded(prefix + cell)
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert unguarded(written) == prefix + cell


@pytest.mark.parametrize("language", ["ru", "en"])
def test_templates_are_read_as_they_were_written(language: str) -> None:
    known = [
        template("=HYPERLINK(1)", 'Он сказал: "да"; и, вот\nвторая строка'),
        template("Hello", "Hello, {client}!", "en"),
        template("Всем", "👍", ""),
    ]
    content = templates_out(known, language)
    assert content.startswith(b"\xef\xbb\xbf")
    assert b"'=HYPERLINK" in content
    read = templates_in(decoded(content))
    assert faults(read) == []
    assert [one for _, one in read.lines] == [
        TemplateLine(one.title, one.text, one.language) for one in known
    ]


@given(
    price=st.decimals(min_value=0, max_value=10**9, places=2),
    amount=st.integers(1, 250),
    unit=st.sampled_from(Unit),
    language=st.sampled_from(["ru", "en"]),
)
def test_prices_are_read_as_they_were_written(
    price: Decimal, amount: int, unit: Unit, language: str
) -> None:
    one = replace(item("Правка, мелкая"), price=price, within=Within(amount, unit))
    read = prices_in(decoded(prices_out([one], language)))
    assert faults(read) == []
    assert [line for _, line in read.lines] == [Priced(one.title, price, "₽", one.within)]


def test_russian_spreadsheets_part_columns_by_semicolons() -> None:
    assert prices_out([item(price="1500.5")], "ru").decode("utf-8-sig").splitlines() == [
        "Работа;Цена;Валюта;Срок",
        "Правка;1500,50;₽;2 рабочих часа",
    ]
    assert prices_out([item(price="1500.5")], "en").decode("utf-8-sig").splitlines() == [
        "Work,Price,Currency,Deadline",
        "Правка,1500.50,₽,2 working hours",
    ]


# --- in ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_encodings_of_spreadsheets(encoding: str) -> None:
    text = "Название;Язык;Текст\r\nПривет;ru;Здравствуйте!\r\n"
    read = templates_in(decoded(text.encode(encoding)))
    assert read.lines == ((2, TemplateLine("Привет", "Здравствуйте!", "ru")),)


@pytest.mark.parametrize("content", [b"PK\x03\x04\x00\x00", b"\xff\xfe\x00", bytes(range(256))])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    with pytest.raises(CsvFault):
        templates_in(decoded(content))


def test_sizes_are_bounded() -> None:
    with pytest.raises(CsvFault, match="257 KB; 256 KB is the most"):
        decoded(b"x" * (LARGEST + 1024))
    many = "title,text\n" + "a,b\n" * (MOST_LINES + 1)
    with pytest.raises(CsvFault, match="more than 1000 lines"):
        templates_in(many)
    with pytest.raises(CsvFault, match="Line 2 is not CSV"):
        templates_in("title,text\na," + "b" * (csv.field_size_limit() + 1))


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "The file is empty."), ("\n;;\n", "empty"), ("a;b\nc;d", "missing: title, text")],
)
def test_files_that_are_no_list(text: str, words: str) -> None:
    with pytest.raises(CsvFault, match=words):
        templates_in(text)


def test_errors_are_told_by_line() -> None:
    rows = io.StringIO()
    csv.writer(rows).writerows(
        [
            ["Title", "Language", "Text", "Note"],
            ["Two lines", "en", "a\nb", "x"],
            ["", "en", "c"],
            ["Bad", "de", "{name}"],
            ["Short"],
        ]
    )
    read = templates_in(rows.getvalue())
    assert [number for number, _ in read.lines] == [2]
    assert faults(read) == [
        (4, ["the title is missing"]),
        (5, ["there is no placeholder {name}", "there is no language de (there is: ru, en)"]),
        (6, ["the text below the title is missing"]),
    ]
    prices = prices_in("Работа\tЦена\tСрок\nПравка\tмного\tскоро\nШапка\t500 ₽\t2 ч\n")
    assert prices.lines == ((3, Priced("Шапка", Decimal(500), "₽", HOURS)),)
    assert [number for number, _ in faults(prices)] == [2]


@given(content=st.binary(max_size=300))
def test_any_bytes_are_a_list_or_a_fault(content: bytes) -> None:
    for read in (templates_in, prices_in):
        with contextlib.suppress(CsvFault):
            found = read(decoded(b"title,text,price,deadline\n" + content))
            assert all(one.faults for one in found.wrong)


# --- taken in ----------------------------------------------------------------------------------


def test_twice_it_changes_nothing_and_another_members_stays() -> None:
    lines = (
        (2, TemplateLine("ПРИВЕТ", "Добрый день!", "ru")),
        (3, TemplateLine("Привет", "Hello!", "en")),
        (4, TemplateLine("привет", "Ещё раз", "ru")),
    )
    read = Read(lines, ())
    later = NOON + timedelta(hours=1)
    plan = plan_templates(read, [template()], HELEN, later)
    assert [(one.title, one.language) for one in plan.new] == [("Привет", "en")]
    assert plan.changed == (Template("ПРИВЕТ", "Добрый день!", "ru", OLGA.id, later, id=1),)
    assert [(one.number, str(one.faults[0])) for one in plan.wrong] == [
        (4, "line 2 has this title too")
    ]
    again = plan_templates(read, plan.to_save, HELEN, later + timedelta(hours=1))
    assert (again.to_save, again.same) == ((), 2)
    ivans = plan_templates(read, [template()], IVAN, later)
    assert ivans.changed == ()
    assert [one.number for one in ivans.wrong] == [2, 4]


def test_a_price_without_a_currency_takes_the_usual_one_or_is_refused() -> None:
    read = Read(((2, Priced("Новое", Decimal(1), "", HOURS)),), ())
    known = [item(currency="€")]
    assert [one.currency for one in plan_prices(read, known, OLGA, NOON).new] == ["€"]
    assert [one.currency for one in plan_prices(read, [], OLGA, NOON).new] == ["₽"]
    refused = plan_prices(read, [], HELEN, NOON)
    assert [str(one.faults[0]) for one in refused.wrong] == ["no currency is named"]
    same = Read(((2, Priced("правка", Decimal(500), "", HOURS)),), ())
    assert plan_prices(same, [item("правка", currency="$")], OLGA, NOON).same == 1


def test_only_so_many_faults_are_said() -> None:
    text = "title,text\n" + "a,\n" * (MOST_SAID + 5)
    said = in_words(speaker("en"), plan_templates(templates_in(text), [], OLGA, NOON)).text
    assert said.startswith(f"Not taken: {MOST_SAID + 5}\nLine 2: the text")
    assert said.endswith("… and 5 more")
