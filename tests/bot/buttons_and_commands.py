"""Finds every button and every command that there is, so that none is forgotten in a table."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from enum import StrEnum

from aiogram.filters import Command
from aiogram.filters.callback_data import CallbackData

import bot
from bot.handlers import setup

# The name of a class of buttons, and the deed where one class has several.
Case = tuple[str, str]


def cases_of(kind: type[CallbackData]) -> Iterator[Case]:
    """A case for each deed; one for a class of a single deed."""
    name = _deeds_in(kind)
    if name is None:
        yield kind.__name__, ""
        return
    deeds = kind.model_fields[name].annotation
    assert isinstance(deeds, type)
    assert issubclass(deeds, StrEnum)
    for deed in deeds:
        yield kind.__name__, deed.value


def case_of(button: CallbackData) -> Case:
    """Which case a button is."""
    name = _deeds_in(type(button))
    return type(button).__name__, "" if name is None else str(getattr(button, name))


def _deeds_in(kind: type[CallbackData]) -> str | None:
    return next((one for one in ("deed", "screen", "section") if one in kind.model_fields), None)


def all_buttons() -> set[Case]:
    """Of all modules of the desk."""
    for module in pkgutil.walk_packages(bot.__path__, "bot."):
        if module.name != "bot.__main__":
            importlib.import_module(module.name)
    return {case for kind in _kinds(CallbackData) for case in cases_of(kind)}


def _kinds(kind: type[CallbackData]) -> Iterator[type[CallbackData]]:
    for each in kind.__subclasses__():
        if each.__module__.startswith("bot."):
            yield each
        yield from _kinds(each)


def all_commands() -> set[str]:
    """What the routers listen for."""
    found: set[str] = set()
    for router in setup():
        for handler in router.message.handlers:
            for condition in handler.filters or ():
                if isinstance(condition.callback, Command):
                    found |= {f"/{one}" for one in condition.callback.commands}
    return found
