"""Parameters of a call, decoded and checked by aiogram's own method classes."""

from __future__ import annotations

import functools
import json
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

from aiogram import methods
from aiogram.client.default import Default
from aiogram.methods import TelegramMethod
from aiogram.types import InputFile
from pydantic import BaseModel, ValidationError

from sandbox.telegram.refusal import Refusal, bad_request

MethodClass = type[TelegramMethod[Any]]
Shape = Literal["text", "scalar", "id", "nested", "upload"]

# An empty value, which many callers leave out: the class has it required, Telegram has not.
UNSAID: dict[str, dict[str, Any]] = {"setWebhook": {"url": ""}}


def _registry() -> dict[str, MethodClass]:
    found: dict[str, MethodClass] = {}
    for item in vars(methods).values():
        if not (isinstance(item, type) and issubclass(item, TelegramMethod)):
            continue
        name = getattr(item, "__api_method__", None)
        if isinstance(name, str):
            found[name.lower()] = item
    return found


METHODS = _registry()


def api_name(method: MethodClass) -> str:
    return str(method.__api_method__)


def decode(method: MethodClass, given: Mapping[str, Any]) -> dict[str, Any]:
    """Typed parameters from a query, a form or a JSON body.

    Nested objects stay the dicts they were sent as, after the class has accepted them.
    Unknown names are left out, as Telegram does. Raises a 400 Refusal that names the parameter.
    """
    shapes = _shapes(method)
    raw = UNSAID.get(api_name(method), {}) | {
        name: _decoded(name, value, shapes[name])
        for name, value in given.items()
        if name in shapes and value is not None
    }
    try:
        checked = method.model_validate(raw)
    except ValidationError as error:
        raise _refusal(error) from None
    return {
        name: value if shapes[name] == "nested" else getattr(checked, name)
        for name, value in raw.items()
    }


def _decoded(name: str, value: Any, shape: Shape) -> Any:
    if shape == "nested" and isinstance(value, str):
        try:
            return json.loads(value)
        except ValueError:
            raise bad_request(f"can't parse {name.replace('_', ' ')} JSON object") from None
    if shape == "id" and isinstance(value, str) and value.lstrip("-").isdigit():
        return int(value)
    if shape == "text" and isinstance(value, int | float):
        return str(value)
    return value


def _refusal(error: ValidationError) -> Refusal:
    fault = error.errors(include_url=False, include_input=False)[0]
    name = str(fault["loc"][0]) if fault["loc"] else "request"
    if fault["type"] == "missing" and len(fault["loc"]) == 1:
        missing = {"text": "message text is empty"}
        return bad_request(missing.get(name, f"{name} is empty"))
    where = ".".join(str(part) for part in fault["loc"])
    return bad_request(f"can't parse parameter {where}: {fault['msg']}")


@functools.cache
def _shapes(method: MethodClass) -> dict[str, Shape]:
    return {name: _shape(field.annotation) for name, field in method.model_fields.items()}


def _shape(annotation: Any) -> Shape:
    leaves = set(_leaves(annotation))
    if any(_is_nested(leaf) for leaf in leaves):
        return "nested"
    if {int, str} <= leaves:
        return "id"
    if str in leaves:
        return "text"
    return "upload" if InputFile in leaves else "scalar"


def _leaves(annotation: Any) -> list[Any]:
    origin = typing.get_origin(annotation)
    if origin in (typing.Union, types.UnionType, typing.Annotated):
        parts = typing.get_args(annotation)
        parts = parts[:1] if origin is typing.Annotated else parts
        return [leaf for part in parts for leaf in _leaves(part)]
    return [list if origin is list else annotation]


def _is_nested(leaf: Any) -> bool:
    if leaf is list:
        return True
    return isinstance(leaf, type) and issubclass(leaf, BaseModel) and leaf is not Default
