"""What `okno init` was told, and how it asks and tries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import typer

from bot.cli.frame import run
from inbox.errors import OknoError

TRY_WITHIN = 30.0  # seconds


@dataclass
class Answers:
    """What was answered so far: TOML tables by their name, secrets by their file's name.

    `logins` are mailboxes that need a consent at their provider.
    """

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)

    @property
    def mailboxes(self) -> set[str]:
        """The names of the mailboxes so far."""
        return {name.split(".")[1] for name in self.tables if name.startswith("mailboxes.")}


def tried(what: str, attempt: Callable[[], Awaitable[Any]]) -> bool:
    """Whether the answer works, or is to be kept although it does not."""

    async def bounded() -> Any:
        async with asyncio.timeout(TRY_WITHIN):
            return await attempt()

    typer.echo(f"Trying {what} ...")
    try:
        said = run(bounded())
    except (OknoError, OSError, TimeoutError) as error:
        typer.echo(f"✗ {what}: {error or 'no answer'}")
        return typer.confirm("Keep this all the same?", default=False)
    typer.echo(f"✓ {what}{f': {said}' if said else ''}")
    return True


def choose(what: str, choices: tuple[str, ...], default: str) -> str:
    """One of the choices; asked until it is."""
    while True:
        said = str(typer.prompt(f"{what} ({', '.join(choices)})", default=default)).strip().lower()
        if said in choices:
            return said
        typer.echo(f"One of: {', '.join(choices)}.")
