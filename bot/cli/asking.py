"""Questions on the terminal, asked again in the reader's language until the answer is one."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from bot.texts import Say

YES = ("y", "yes", "д", "да")
NO = ("n", "no", "н", "нет")


def confirm(say: Say, question: str, *, default: bool) -> bool:
    """Yes or no, in either language."""
    answers = say("[Y/n]") if default else say("[y/N]")
    prompt = f"{question} {answers}"
    while True:
        said = str(typer.prompt(prompt, default="", show_default=False)).strip().lower()
        if said in YES or said in NO or not said:
            return said in YES if said else default
        typer.echo(say("Write y or n."))


def choose(say: Say, what: str, choices: Sequence[str], default: str) -> str:
    """One of the choices."""
    named = ", ".join(choices)
    while True:
        said = str(typer.prompt(f"{what} ({named})", default=default)).strip().lower()
        if said in choices:
            return said
        typer.echo(say("One of: {names}.", names=named))


def whole_number(say: Say, what: str, default: int = 0) -> int:
    """A number of digits."""
    while True:
        said = str(typer.prompt(what, default=str(default))).strip()
        if said.isascii() and said.isdigit():
            return int(said)
        typer.echo(say("Write a number."))
