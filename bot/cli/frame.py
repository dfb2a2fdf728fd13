"""What all commands share: which settings file, faults as one sentence, a table of columns."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from typer.core import TyperGroup

from inbox.errors import OknoError, StoreUnavailable

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.store import SqlStore

DEFAULT_FILE = Path("okno.toml")
FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130

T = TypeVar("T")

Config = Annotated[
    Path | None,
    typer.Option("-c", "--config", help="The settings file.", envvar="OKNO_CONFIG"),
]

_STORE_FIXES = {
    "in_use": "",
    "unreachable": " Check database.url in the settings.",
    "refused": " Check the user and the password of database.url.",
    "disk_full": " Make room on the disk.",
    "newer": " Install the newer Okno again.",
    "damaged": " Restore the file from a backup.",
}


class Commands(TyperGroup):
    """A group whose faults are sentences for people: no traceback, exit code 1 or 2."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what went wrong by name is said and becomes an exit code."""
        from bot.settings_faults import SettingsFault

        try:
            return super().invoke(ctx)
        except SettingsFault as error:
            refuse(str(error), BAD_INPUT)
        except StoreUnavailable as error:
            refuse(f"The database cannot be used ({error}).{_STORE_FIXES.get(error.reason, '')}")
        except OknoError as error:
            refuse(str(error))
        except KeyboardInterrupt:
            raise typer.Exit(INTERRUPTED) from None


def refuse(sentence: str, code: int = FAILED) -> NoReturn:
    """Say what is wrong on standard error, and end with this exit code."""
    typer.echo(sentence, err=True)
    raise typer.Exit(code)


def known_language(code: str) -> str:
    """The code, where Okno speaks it."""
    if code not in {"ru", "en"}:
        refuse(f'{code} is not a language that Okno speaks; write "ru" or "en".', BAD_INPUT)
    return code


def settings_file(ctx: typer.Context, config: Path | None) -> Path:
    """The file named at the command, else before it, else okno.toml here."""
    before = ctx.find_root().params.get("config")
    return config or before or DEFAULT_FILE


def load_settings(ctx: typer.Context, config: Path | None) -> Settings:
    """The settings that the command is to use. Raises SettingsFault."""
    from bot.settings import load

    return load(settings_file(ctx, config))


@asynccontextmanager
async def short_store(settings: Settings) -> AsyncIterator[SqlStore]:
    """The database for a short command, beside a process that runs or without one."""
    from storage.store import open_store

    store = await open_store(settings.database.address, exclusive=False)
    try:
        yield store
    finally:
        await store.close()


def run(work: Coroutine[Any, Any, T]) -> T:
    """Run a command's asynchronous part to its end."""
    return asyncio.run(work)


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Columns as wide as their widest cell, two spaces between them."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    lines = (
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in (head, *rows)
    )
    return "\n".join(lines)
