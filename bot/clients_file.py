"""A list of clients as people keep it, CSV or XLSX: its rows, understood; pure but for reading."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from bot.outer_words import system_fault
from inbox.errors import OknoError
from inbox.model import Handle
from inbox.phrases import Phrase

LARGEST = 50 * 1024 * 1024  # bytes
DELIMITERS = ",;\t|"

_HEADERS = {
    "name": ("name", "client", "company", "название", "имя", "клиент", "компания", "организация"),
    "manager": ("manager", "менеджер", "ответственный"),
    "emails": ("email", "emails", "e-mail", "mail", "почта", "адрес почты", "электронная почта"),
    "telegram": ("telegram", "telegram id", "telegram ids", "телеграм", "телеграмм", "тг"),
    "tier": ("tier", "level", "уровень", "категория"),
    "calendar": ("calendar", "календарь"),
    "phones": ("phone", "phones", "tel", "телефон", "телефоны"),
}
_COLUMNS = {header: column for column, headers in _HEADERS.items() for header in headers}
_TELEGRAM_ID = re.compile(r"[1-9]\d{2,15}")
_TELEGRAM_NAME = re.compile(r"(?:https?://)?(?:t\.me/|@)([a-z]\w{3,31})/?", re.ASCII)


class ListFault(OknoError):
    """The file cannot be taken for a list of clients; the text says why and what to do."""


@dataclass(frozen=True, slots=True)
class Line:
    """A client as a line tells it. `faults` are what is wrong with it; then nothing is taken.

    `tier` and `calendar` are names in the settings, "" where the line says none.
    """

    number: int
    name: str
    manager: str
    handles: tuple[Handle, ...]
    faults: tuple[str, ...] = ()
    tier: str = ""
    calendar: str = ""


@dataclass(frozen=True, slots=True)
class ClientsFile:
    """The lines, numbered as a reader of the file sees them; `unused` are headers not known."""

    lines: tuple[Line, ...]
    unused: tuple[str, ...] = ()


def read_clients(path: Path, country: str | None) -> ClientsFile:
    """The file, understood.

    `country` (ISO 3166) is whose phone numbers may stand without +. Raises ListFault.
    """
    content = _content(path)
    rows = _sheet(path) if path.suffix.lower() in {".xlsx", ".xls", ".ods"} else _csv(content)
    numbered = [(number, row) for number, row in rows if any(row)]
    if not numbered:
        raise ListFault(
            Phrase(
                "{path} is empty. Its first line names the columns: name, manager ...", path=path
            )
        )
    (_, header), *body = numbered
    columns = _columns(header)
    places = set(columns.values())
    unused = (text.strip() for place, text in enumerate(header) if place not in places)
    return ClientsFile(
        tuple(_line(number, row, columns, country) for number, row in body),
        tuple(filter(None, unused)),
    )


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        content = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        fault = system_fault(error)
        raise ListFault(
            Phrase("{path} cannot be read: {fault}.", path=path, fault=fault)
        ) from None
    if size > LARGEST:
        raise ListFault(
            Phrase(
                "{path} has {size} MB; {most} MB is the most.",
                path=path,
                size=size // 2**20,
                most=LARGEST // 2**20,
            )
        )
    return content


def _columns(header: Sequence[str]) -> dict[str, int]:
    """Column → place. Headers are in English or Russian, in any case."""
    found: dict[str, int] = {}
    for place, text in enumerate(header):
        column = _COLUMNS.get(text.strip().lower().replace("_", " ").rstrip(":"))
        if column is not None:
            found.setdefault(column, place)
    if "name" not in found:
        seen = ", ".join(filter(None, header))[:200]
        raise ListFault(
            Phrase(
                "The first line must name the columns: name, manager, emails, telegram, phones"
                " (at least name). It says: {columns}.",
                columns=seen,
            )
        )
    return found


def _line(number: int, row: Sequence[str], columns: dict[str, int], country: str | None) -> Line:
    cells = {name: row[place].strip() for name, place in columns.items() if place < len(row)}
    readers: dict[str, Callable[[str], Handle]] = {
        "emails": _email,
        "telegram": _telegram,
        "phones": partial(_phone, country=country),
    }
    handles: list[Handle] = []
    faults: list[str] = []
    for column, read in readers.items():
        for text in filter(None, map(str.strip, re.split(r"[,;\n]", cells.get(column, "")))):
            try:
                handles.append(read(text))
            except ValueError as error:
                faults.append(error.args[0])
    name = " ".join(cells.get("name", "").split())
    if not name:
        faults.append(Phrase("the name is empty"))
    manager = " ".join(cells.get("manager", "").split())
    return Line(
        number,
        name,
        manager,
        tuple(dict.fromkeys(handles)),
        tuple(faults),
        tier=cells.get("tier", ""),
        calendar=cells.get("calendar", ""),
    )


def _email(text: str) -> Handle:
    from email_validator import (  # noqa: PLC0415 - only an import needs it
        EmailNotValidError,
        validate_email,
    )

    try:
        found = validate_email(text, check_deliverability=False, test_environment=True)
    except EmailNotValidError:
        raise ValueError(Phrase("{text} is not an e-mail address", text=text)) from None
    return Handle("email", found.normalized.casefold())


def _telegram(text: str) -> Handle:
    if _TELEGRAM_ID.fullmatch(text):
        return Handle("telegram", text)
    if named := _TELEGRAM_NAME.fullmatch(text.lower()):
        return Handle("telegram_name", named[1])
    raise ValueError(Phrase("{text} is neither a Telegram id (digits) nor an @name", text=text))


def _phone(text: str, country: str | None) -> Handle:
    import phonenumbers  # noqa: PLC0415 - only an import needs it

    region = country.partition("-")[0] if country else None
    try:
        number = phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        number = None
    if number is None or not phonenumbers.is_valid_number(number):
        raise ValueError(_no_phone(text, region))
    return Handle("phone", phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def _no_phone(text: str, region: str | None) -> Phrase:
    if region is None:
        return Phrase("{text} is not a phone number; begin with +", text=text)
    return Phrase(
        "{text} is not a phone number; write it with + and the country, or as in {country}",
        text=text,
        country=region,
    )


def _csv(content: bytes) -> Iterator[tuple[int, Sequence[str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1251", errors="replace")
    # Not csv.Sniffer: it takes "a;b, c" with CRLF for one column. Headers hold no delimiters.
    header = text.lstrip().partition("\n")[0]
    delimiter = max(DELIMITERS, key=header.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    number = 1
    try:
        for row in reader:
            yield number, row
            number = reader.line_num + 1
    except csv.Error:
        raise ListFault(
            Phrase(
                "Line {number} is not CSV: a quote is not closed, or it is too long.",
                number=number,
            )
        ) from None


def _sheet(path: Path) -> Iterator[tuple[int, Sequence[str]]]:
    from python_calamine import (  # noqa: PLC0415 - only an import needs it
        CalamineError,
        CalamineWorkbook,
    )

    try:
        book = CalamineWorkbook.from_path(str(path))
        rows: Iterable[Sequence[object]] = book.get_sheet_by_index(0).to_python()
    except (CalamineError, OSError, IndexError):
        raise ListFault(
            Phrase(
                "{path} is not a spreadsheet that can be read. Save it as XLSX or CSV.", path=path
            )
        ) from None
    for number, row in enumerate(rows, 1):
        yield number, [_cell(value) for value in row]


def _cell(value: object) -> str:
    """A number in a sheet is a float; an id or a phone number must not end in .0."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()
