"""What all commands share: which settings file, which language, faults as one sentence, tables."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

import typer
from typer.core import TyperCommand, TyperGroup

from bot.cli.usage import help_in, retell, usage_fault
from bot.settings_language import DEFAULT_FILE, spoken_language
from bot.texts import LANGUAGES, Say, mark, speaker
from bot.wording import trouble
from inbox.errors import OknoError, StoreUnavailable
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.settings import Settings
    from storage.store import SqlStore

FAILED = 1
BAD_INPUT = 2
INTERRUPTED = 130
DATES = ["%Y-%m-%d", "%d.%m.%Y"]
FILE = "okno.settings_file"  # in the contexts' common `meta`

T = TypeVar("T")

Config = Annotated[
    Path | None,
    typer.Option("-c", "--config", help=mark("The settings file."), envvar="OKNO_CONFIG"),
]

_STORE_FIXES = {
    "in_use": "",
    "unreachable": mark("Check database.url in the settings."),
    "refused": mark("Check the user and the password of database.url."),
    "disk_full": mark("Make room on the disk."),
    "newer": mark("Install the newer Okno again."),
    "damaged": mark("Restore the file from a backup."),
}


class Refusal(OknoError):
    """The command does not do it; its argument is the sentence, `code` the exit code."""

    def __init__(self, sentence: str, code: int) -> None:
        super().__init__(sentence)
        self.code = code


class Command(TyperCommand):
    """A command whose help is in the reader's language."""

    def get_help(self, ctx: Any) -> str:
        """The help's text."""
        say = say_in(ctx)
        retell(self, ctx, say)
        return help_in(say, super().get_help(ctx))


class Group(TyperGroup):
    """A group of commands whose help is in the reader's language."""

    def get_help(self, ctx: Any) -> str:
        """The help's text."""
        say = say_in(ctx)
        retell(self, ctx, say)
        return help_in(say, super().get_help(ctx))


class Commands(Group):
    """The root, whose faults are sentences for people: no traceback, exit code 1 or 2."""

    def make_context(self, *args: Any, **extra: Any) -> Any:
        """See typer; what is wrong with the words before the command is said."""
        with _faults_said(None):
            return super().make_context(*args, **extra)

    def invoke(self, ctx: Any) -> Any:
        """Run the command; what went wrong by name is said and becomes an exit code."""
        with _faults_said(ctx):
            return super().invoke(ctx)


@contextmanager
def _faults_said(ctx: Any) -> Iterator[None]:
    from bot.settings_faults import SettingsFault

    try:
        yield
    except Refusal as error:
        _end(say_in(ctx).fault(error), error.code)
    except SettingsFault as error:
        _end(say_in(ctx).fault(error), BAD_INPUT)
    except StoreUnavailable as error:
        _end(_store_fault(say_in(ctx), error), FAILED)
    except OknoError as error:
        _end(trouble(say_in(ctx), error), FAILED)
    except typer.Abort:
        say = say_in(ctx)
        _end(say("Nothing more was done."), FAILED)
    except KeyboardInterrupt:
        raise typer.Exit(INTERRUPTED) from None
    except typer.TyperException as error:
        if (fault := usage_fault(error)) is None:
            raise
        _end(say_in(ctx).said(fault), BAD_INPUT)


def _end(sentence: str, code: int) -> NoReturn:
    typer.echo(sentence, err=True)
    raise typer.Exit(code) from None


def _store_fault(say: Say, error: StoreUnavailable) -> str:
    sentence = say("The database cannot be used ({fault}).", fault=trouble(say, error))
    fix = _STORE_FIXES.get(error.reason)
    return f"{sentence} {say(fix)}" if fix else sentence


def refuse(sentence: str, code: int = FAILED) -> NoReturn:
    """Say what is wrong on standard error, and end with this exit code."""
    raise Refusal(sentence, code)


def known_language(code: str) -> str:
    """The code, where Okno speaks it."""
    if code not in LANGUAGES:
        sentence = Phrase(
            '{code} is not a language that Okno speaks; write "ru" or "en".', code=code
        )
        refuse(sentence, BAD_INPUT)
    return code


def settings_file(ctx: typer.Context, config: Path | None) -> Path:
    """The file named at the command, else before it, else okno.toml here."""
    before = ctx.find_root().params.get("config")
    path: Path = config or before or DEFAULT_FILE
    ctx.meta[FILE] = path
    return path


def say_in(ctx: Any) -> Say:
    """Speaks the language of the settings file; without one, or a context, the system's."""
    if ctx is None:
        return speaker(spoken_language())
    return speaker(spoken_language(ctx.meta.get(FILE) or ctx.find_root().params.get("config")))


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
