"""What makes a setting wrong and what mends it, in words; pydantic's own words are not used."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from bot.texts import mark
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

_FIXES = {
    "studio": mark("Add [studio] with name and timezone"),
    "studio.name": mark('Add name = "..." to [studio]'),
    "studio.timezone": mark('Write an IANA name, for example timezone = "Europe/Moscow"'),
    "studio.language": mark('Write language = "ru" or language = "en"'),
    "telegram": mark("Add [telegram] with the token that @BotFather gives"),
    "telegram.token": mark(
        "Ask @BotFather for one, and put it into token, or its file's path into token_file"
    ),
    "database.url": mark("Write sqlite:///okno.db or postgresql://user@host/name"),
    "report.at": mark('Write a weekday and a time, for example at = "mon 09:00"'),
    "report.mail_to": mark('Write a list of addresses, for example mail_to = ["head@studio.ru"]'),
    "report.theme": mark('Write theme = "light" or theme = "dark"'),
    "telegram.mode": mark('Write mode = "polling" or mode = "webhook"'),
    "desk.send_delay": mark('Write a time from "0s" to "60s", for example send_delay = "10s"'),
    "desk.topics": mark('Write topics = "auto" or topics = "off"'),
    "telegram.webhook": mark("Add [telegram.webhook] with url and secret, or set mode to polling"),
}
_FIXES_BY_KEY = {
    "password": mark("Put it into password, or its file's path into password_file"),
    "secret": mark("Put it into secret, or its file's path into secret_file"),
    "address": mark('Write the mailbox\'s own address, for example address = "info@studio.ru"'),
    "imap": mark('Add a table with host, user and password, for example host = "imap.yandex.ru"'),
    "smtp": mark('Add a table with host, user and password, for example host = "smtp.yandex.ru"'),
    "host": mark('Write a name, for example host = "imap.yandex.ru"'),
    "port": mark("Write a number from 1 to 65535"),
    "security": mark('Write security = "tls", "starttls" or "none"'),
    "country": mark('Write an ISO 3166 code, for example country = "RU"'),
    "url": mark("Begin it with http:// or https://"),
    "api": mark("Begin it with http:// or https://"),
}

_NAME = "[key]"  # pydantic's mark of a table's name

_TEXT = mark("must be a text in quotes")
_NUMBER = mark("must be a number")
_WHOLE = mark("must be a whole number")
_SWITCH = mark("must be true or false")
_TABLE = mark("must be a table")
_LIST = mark("must be a list")
_DATE = mark("must be a date, for example 2026-12-31")
_FORM = mark("is not written as it must be")
_WORDS = {
    "missing": mark("is missing"),
    "string_type": _TEXT,
    "string_unicode": _TEXT,
    "string_pattern_mismatch": _FORM,
    "int_type": _NUMBER,
    "int_parsing": _NUMBER,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": _NUMBER,
    "bool_type": _SWITCH,
    "bool_parsing": _SWITCH,
    "dict_type": _TABLE,
    "model_type": _TABLE,
    "model_attributes_type": _TABLE,
    "list_type": _LIST,
    "tuple_type": _LIST,
    "date_type": _DATE,
    "date_parsing": _DATE,
    "date_from_datetime_parsing": _DATE,
    "date_from_datetime_inexact": _DATE,
    "path_type": mark("must be a path in quotes"),
}


def fix_of(error: ErrorDetails, location: tuple[int | str, ...]) -> Phrase | None:
    """What to write at this key, without the full stop; None where that is not known."""
    if error["type"] == "string_pattern_mismatch" and error["loc"][-1] == _NAME:
        return Phrase("Name it in small letters and digits, with - or _ between them")
    fix = _FIXES.get(".".join(map(str, location))) or _FIXES_BY_KEY.get(str(location[-1]))
    return Phrase(fix) if fix else None


def words_of(error: ErrorDetails) -> str:
    """What is wrong, to be read behind the key; a phrase unless a library wrote it."""
    context: Mapping[str, Any] = error.get("ctx", {})
    match error["type"]:
        case "literal_error" | "enum":
            return Phrase("must be {choices}", choices=choices(str(context["expected"])))
        case "value_error":
            return _written(context["error"])
        case "greater_than_equal":
            return Phrase("must be {least} or more", least=context["ge"])
        case "less_than_equal":
            return Phrase("must be {most} or less", most=context["le"])
        case "string_too_short":
            return _characters(context["min_length"])
        case "too_short":
            return _at_least(context["min_length"])
        case "too_long":
            return _at_most(context["max_length"])
        case kind:
            return Phrase(_WORDS.get(kind, _FORM))


def choices(expected: str) -> str:
    """pydantic's "'a', 'b' or 'c'" as a phrase."""
    *first, last = re.findall(r"'[^']*'", expected) or [expected]
    return Phrase("{first} or {last}", first=", ".join(first), last=last) if first else last


def _written(error: object) -> str:
    """The sentence of a check of ours."""
    said = error.args[0] if isinstance(error, Exception) and error.args else error
    return said if isinstance(said, str) else str(said)


def _characters(number: int) -> Phrase:
    return Phrase.many(
        "must have at least {number} character", "must have at least {number} characters", number
    )


def _at_least(number: int) -> Phrase:
    return Phrase.many(
        "must have at least {number} entry", "must have at least {number} entries", number
    )


def _at_most(number: int) -> Phrase:
    return Phrase.many(
        "must have at most {number} entry", "must have at most {number} entries", number
    )
