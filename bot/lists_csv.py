"""Templates and prices as a CSV file, out and in: whoever wrote the file, it is text and nothing
is computed from it. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from bot.clients_file import DELIMITERS
from bot.formulas import guarded, unguarded
from bot.price_lists import Priced, money, priced, within_words
from bot.templates import as_title, faults_of
from bot.texts import LANGUAGES, Say, speaker
from inbox.errors import OknoError
from inbox.phrases import Phrase
from inbox.work_records import PriceItem, Template

Line = TypeVar("Line")

LARGEST = 256 * 1024  # bytes
MOST_LINES = 1000

_TEMPLATE_HEADERS = {
    "title": ("title", "name", "название", "заголовок"),
    "language": ("language", "lang", "язык"),
    "text": ("text", "текст"),
}
_PRICE_HEADERS = {
    "title": ("work", "title", "name", "работа", "название", "услуга"),
    "price": ("price", "cost", "цена", "стоимость"),
    "currency": ("currency", "валюта"),
    "deadline": ("deadline", "time", "срок", "время"),
}
_LANGUAGE_WORDS = {
    "": "",
    "all": "",
    "все": "",
    "ru": "ru",
    "russian": "ru",
    "русский": "ru",
    "en": "en",
    "english": "en",
    "английский": "en",
}


class CsvFault(OknoError):
    """The file cannot be taken for a list; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class TemplateLine:
    """A template as a line of the file has it."""

    title: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Wrong:
    """A line of the file that is not taken, and why."""

    number: int
    faults: tuple[Phrase, ...]


@dataclass(frozen=True, slots=True)
class Read(Generic[Line]):
    """What stands in a file: lines by their number, and those that are wrong."""

    lines: tuple[tuple[int, Line], ...]
    wrong: tuple[Wrong, ...]


# --- out ---------------------------------------------------------------------------------------


def templates_out(templates: Iterable[Template], language: str) -> bytes:
    """The file, with its headers in the reader's language, as its spreadsheet opens it."""
    say = speaker(language)
    header = (say("Title"), say("Language"), say("Text"))
    rows = ((one.title, one.language, one.text) for one in templates)
    return _written(say, header, rows)


def prices_out(items: Iterable[PriceItem], language: str) -> bytes:
    """As templates; the price without thousands, so that a spreadsheet can count with it."""
    say = speaker(language)
    header = (say("Work"), say("Price"), say("Currency"), say("Deadline"))
    rows = (
        (one.title, _number(say, one), one.currency, within_words(say, one.within))
        for one in items
    )
    return _written(say, header, rows)


def _number(say: Say, item: PriceItem) -> str:
    apart = "\u00a0" if say.language == "ru" else ","
    return money(say, item.price, "").replace(apart, "")


def _written(say: Say, header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark, as spreadsheets else take it for another encoding; in Russian they
    part columns by semicolons."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";" if say.language == "ru" else ",")
    writer.writerow(header)
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


# --- in ----------------------------------------------------------------------------------------


def decoded(content: bytes) -> str:
    """The file as text: UTF-8, UTF-16 with its mark, else Windows-1251. Raises CsvFault."""
    if len(content) > LARGEST:
        raise CsvFault(
            Phrase(
                "The file has {size} KB; {most} KB is the most.",
                size=len(content) // 1024,
                most=LARGEST // 1024,
            )
        )
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    if "\x00" in text:
        raise CsvFault(Phrase("This is no text: save the list as CSV and send that."))
    return text


def templates_in(text: str) -> Read[TemplateLine]:
    """The templates of a file. Raises CsvFault for what is no list of them."""
    return _read(text, _TEMPLATE_HEADERS, ("title", "text"), _template)


def prices_in(text: str) -> Read[Priced]:
    """As templates."""
    return _read(text, _PRICE_HEADERS, ("title", "price", "deadline"), _priced)


def _template(cells: dict[str, str]) -> TemplateLine | tuple[Phrase, ...]:
    title, text = as_title(cells["title"]), cells["text"].strip()
    said = cells.get("language", "").strip()
    language = _LANGUAGE_WORDS.get(said.casefold())
    faults = faults_of(title, text)
    if language is None:
        there = ", ".join(LANGUAGES)
        fault = Phrase(
            "there is no language {name} (there is: {names})", name=said[:40], names=there
        )
        faults = (*faults, fault)
    return faults or TemplateLine(title, text, language or "")


def _priced(cells: dict[str, str]) -> Priced | tuple[Phrase, ...]:
    return priced(cells["title"], cells["price"], cells.get("currency", ""), cells["deadline"])


def _read(
    text: str,
    headers: dict[str, tuple[str, ...]],
    needed: Sequence[str],
    line_of: Callable[[dict[str, str]], Line | tuple[Phrase, ...]],
) -> Read[Line]:
    rows = [(number, row) for number, row in _rows(text) if any(map(str.strip, row))]
    if not rows:
        raise CsvFault(Phrase("The file is empty."))
    (_, header), *body = rows
    columns = _columns(header, headers, needed)
    if len(body) > MOST_LINES:
        raise CsvFault(
            Phrase("The file has more than {number} lines; send it in parts.", number=MOST_LINES)
        )
    lines: list[tuple[int, Line]] = []
    wrong: list[Wrong] = []
    for number, row in body:
        cells = {name: unguarded(row[at]) if at < len(row) else "" for name, at in columns.items()}
        found = line_of(cells)
        if isinstance(found, tuple):
            wrong.append(Wrong(number, found))
        else:
            lines.append((number, found))
    return Read(tuple(lines), tuple(wrong))


def _columns(
    header: Sequence[str], headers: dict[str, tuple[str, ...]], needed: Sequence[str]
) -> dict[str, int]:
    """Column → place. Headers are in English or Russian, in any case. Raises CsvFault."""
    names = {word: column for column, words in headers.items() for word in words}
    found: dict[str, int] = {}
    for place, cell in enumerate(header):
        column = names.get(cell.strip().casefold().rstrip(":"))
        if column is not None:
            found.setdefault(column, place)
    if missing := [one for one in needed if one not in found]:
        wanted = ", ".join(headers[one][0] for one in missing)
        raise CsvFault(
            Phrase(
                "The first line names the columns; these are missing: {columns}.", columns=wanted
            )
        )
    return found


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each with the number of the line in which it begins. Raises CsvFault."""
    header = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    try:
        for row in reader:
            yield number, row
            number = reader.line_num + 1
    except csv.Error:
        raise CsvFault(
            Phrase(
                "Line {number} is not CSV: a quote is not closed, or it is too long.",
                number=number,
            )
        ) from None
