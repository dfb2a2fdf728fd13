"""What is wrong with the settings, in sentences that name the key, the fault and the fix.

A sentence never holds a value that may be secret: pydantic's own inputs are not looked at, and
what a validator wrote is searched for every secret that was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args, get_origin

from inbox.errors import OknoError

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]

PREFIX = "OKNO_"
HIDDEN = "***"

_FIXES = {
    "studio": "Add [studio] with name and timezone",
    "studio.name": 'Add name = "..." to [studio]',
    "studio.timezone": 'Write an IANA name, for example timezone = "Europe/Moscow"',
    "studio.language": 'Write language = "ru" or language = "en"',
    "telegram": "Add [telegram] with the token that @BotFather gives",
    "telegram.token": "Ask @BotFather for one, and put it into token, or its file's path into"
    " token_file",
    "database.url": "Write sqlite:///okno.db or postgresql://user@host/name",
    "report.at": 'Write a weekday and a time, for example at = "mon 09:00"',
    "telegram.mode": 'Write mode = "polling" or mode = "webhook"',
    "telegram.webhook": "Add [telegram.webhook] with url and secret, or set mode to polling",
}
_FIXES_BY_KEY = {
    "password": "Put it into password, or its file's path into password_file",
    "secret": "Put it into secret, or its file's path into secret_file",
    "address": 'Write the mailbox\'s own address, for example address = "info@studio.ru"',
    "imap": 'Add a table with host, user and password, for example host = "imap.yandex.ru"',
    "smtp": 'Add a table with host, user and password, for example host = "smtp.yandex.ru"',
    "host": 'Write a name, for example host = "imap.yandex.ru"',
    "port": "Write a number from 1 to 65535",
    "security": 'Write security = "tls", "starttls" or "none"',
}


class SettingsFault(OknoError):
    """The settings cannot be used; its text is one or more sentences for a person, no secrets."""


def sentences(
    errors: Iterable[ErrorDetails],
    *,
    file: str,
    from_environment: Mapping[str, Any],
    model: type[BaseModel],
    secrets: Sequence[str],
) -> list[str]:
    """One line an error, with the place it came from; sorted as the errors are."""
    lines = []
    for error in _without_echoes(list(errors)):
        location = _without_unions(error["loc"])
        place = variable(location) if _holds(from_environment, location) else None
        key = ".".join(map(str, location))
        where = f"{place}" if place else f"{file}: {key}"
        lines.append(hide(f"{where} {_fault(error, location, model)}", secrets))
    return list(dict.fromkeys(lines))


def _without_echoes(errors: Sequence[ErrorDetails]) -> Iterator[ErrorDetails]:
    """A list whose entries are wrong is told to be too short as well: the entries' faults do."""
    places = [error["loc"] for error in errors]
    for error in errors:
        depth = len(error["loc"])
        inside = any(len(p) > depth and p[:depth] == error["loc"] for p in places)
        if error["type"] != "too_short" or not inside:
            yield error


def hide(text: str, secrets: Sequence[str]) -> str:
    """The text without any of the secrets; the longest first, as one may hold another."""
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def variable(location: Location) -> str:
    """The environment variable that sets this key."""
    return PREFIX + "__".join(map(str, location)).upper()


def _fault(error: ErrorDetails, location: Location, model: type[BaseModel]) -> str:
    context = error.get("ctx", {})
    match error["type"]:
        case "missing":
            what = "is missing"
        case "extra_forbidden":
            return f"is not a known key. {_known(location, model)}"
        case "literal_error" | "enum":
            what = f"must be {context['expected']}"
        case "value_error":
            what = str(context["error"])
        case kind if kind.endswith("_type"):
            what = "must be " + _TYPES.get(kind, "something else")
        case _:
            what = error["msg"][:1].lower() + error["msg"][1:]
    fix = _FIXES.get(".".join(map(str, location))) or _FIXES_BY_KEY.get(str(location[-1]))
    what = what if what.endswith("?") else f"{what.rstrip('.')}."
    return f"{what} {fix}." if fix else what


_TYPES = {
    "string_type": "a text in quotes",
    "int_type": "a number",
    "bool_type": "true or false",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "list_type": "a list",
    "tuple_type": "a list",
    "date_type": "a date, for example 2026-12-31",
    "path_type": "a path in quotes",
}


def _known(location: Location, model: type[BaseModel]) -> str:
    parent = _model_at(location[:-1], model)
    if parent is None:
        return "Remove it."
    known = sorted(parent.model_fields)
    close = get_close_matches(str(location[-1]), known, 1)
    if close:
        return f"Did you mean {close[0]}?"
    return f"Remove it; known here: {', '.join(known)}."


def _model_at(location: Location, model: type[BaseModel]) -> type[BaseModel] | None:
    """The model whose keys stand at this place."""
    found: Any = model
    for part in location:
        found = _field(found, part)
    return next(_models(found), None)


def _field(annotation: Any, part: int | str) -> Any:
    """The annotation of what is called `part` inside this one; None where there is no such."""
    for model in _models(annotation):
        if part in model.model_fields:
            return model.model_fields[str(part)].annotation
    return get_args(annotation)[-1] if get_origin(annotation) is dict else None


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models in an annotation such as `Model | None`."""
    if hasattr(annotation, "model_fields"):
        yield annotation
    for inner in get_args(annotation):
        if get_origin(annotation) is not dict:
            yield from _models(inner)


def _without_unions(location: Location) -> Location:
    """Without what pydantic adds for members of a union and keys of a dict."""
    return tuple(part for part in location if "[" not in str(part))


def _holds(values: Mapping[str, Any], location: Location) -> bool:
    inner: Any = values
    for part in location:
        if not isinstance(inner, Mapping) or part not in inner:
            return False
        inner = inner[part]
    return True
