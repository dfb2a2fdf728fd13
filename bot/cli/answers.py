"""What `okno init` was told, and how it asks and tries."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import typer

from bot.cli.asking import confirm
from bot.cli.frame import run
from bot.texts import Say
from bot.wording import trouble
from inbox.errors import OknoError

TRY_WITHIN = 30.0  # seconds


@dataclass
class Answers:
    """What was answered so far: TOML tables by their name, secrets by their file's name.

    `say` speaks the language of who answers. `logins` are mailboxes that need a consent at their
    provider.
    """

    say: Say
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    logins: list[str] = field(default_factory=list)

    @property
    def mailboxes(self) -> set[str]:
        """The names of the mailboxes so far."""
        return {name.split(".")[1] for name in self.tables if name.startswith("mailboxes.")}


def tried(say: Say, what: str, attempt: Callable[[], Awaitable[Any]]) -> bool:
    """Whether the answer works, or is to be kept although it does not."""

    async def bounded() -> Any:
        async with asyncio.timeout(TRY_WITHIN):
            return await attempt()

    typer.echo(say("Trying {what} ...", what=what))
    try:
        said = run(bounded())
    except (OknoError, OSError, TimeoutError) as error:
        typer.echo(f"✗ {what}: {trouble(say, error)}")
        return confirm(say, say("Keep this all the same?"), default=False)
    typer.echo(f"✓ {what}{f': {say.said(said)}' if said else ''}")
    return True
