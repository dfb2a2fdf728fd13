"""What is wrong with the settings, in sentences that name the key, the fault and the fix.

A sentence never holds a value that may be secret: pydantic's own inputs are not looked at, and
what a validator wrote is searched for every secret that was given.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, get_args, get_origin

from bot.settings_words import fix_of, words_of
from inbox.errors import OknoError
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from pydantic import BaseModel
    from pydantic_core import ErrorDetails

Location = tuple[int | str, ...]

PREFIX = "OKNO_"
HIDDEN = "***"


class SettingsFault(OknoError):
    """The settings cannot be used; its arguments are sentences for a person, without secrets."""

    def __str__(self) -> str:
        return "\n".join(map(str, self.args))


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
        where = place or f"{file}: {key}"
        lines.append(hide(_sentence(where, error, location, model), secrets))
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
    if isinstance(text, Phrase):
        return text.changed(lambda field: hide(field, secrets))
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, HIDDEN)
    return text


def variable(location: Location) -> str:
    """The environment variable that sets this key."""
    return PREFIX + "__".join(map(str, location)).upper()


def _sentence(where: str, error: ErrorDetails, location: Location, model: type[BaseModel]) -> str:
    if error["type"] == "extra_forbidden":
        known = _known(location, model)
        return Phrase("{where} is not a known key. {known}", where=where, known=known)
    whole_table = _model_at(location, model) is not None and error["type"] == "value_error"
    what, fix = words_of(error), None if whole_table else fix_of(error, location)
    end = "" if what.endswith("?") else "."
    if fix is None:
        return Phrase("{where} {what}{end}", where=where, what=what, end=end)
    return Phrase("{where} {what}{end} {fix}.", where=where, what=what, end=end, fix=fix)


def _known(location: Location, model: type[BaseModel]) -> str:
    parent = _model_at(location[:-1], model)
    if parent is None:
        return Phrase("Remove it.")
    known = sorted(parent.model_fields)
    close = get_close_matches(str(location[-1]), known, 1)
    if close:
        return Phrase("Did you mean {name}?", name=close[0])
    return Phrase("Remove it; known here: {names}.", names=", ".join(known))


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
