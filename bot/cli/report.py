"""`okno report`: a week, or any days, as picture, PDF, spreadsheet, CSV file and text."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import (
    DATES,
    FAILED,
    Config,
    load_settings,
    refuse,
    run,
    say_in,
    short_store,
)
from bot.cli.report_asked import First, Last, ManagerName, Typed, check_names, slice_named
from bot.texts import Say, mark
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.report_files import Made
    from bot.settings import Settings
    from inbox.report_records import Report


def report_command(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option("--out", help=mark("The folder for the files."))],
    week: Annotated[
        datetime | None,
        typer.Option(formats=DATES, help=mark("A day of the week; without days the last week.")),
    ] = None,
    first: First = None,
    last: Last = None,
    manager: ManagerName = None,
    client: Annotated[
        str | None, typer.Option(help=mark("Only this client: a CSV file and a text."))
    ] = None,
    dark: Annotated[
        bool, typer.Option("--dark", help=mark("The picture on a dark ground as well."))
    ] = False,
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    typed = Typed(week, first, last)
    typed.check()
    check_names(manager, client)
    say = say_in(ctx)
    made = run(_made(say, settings, typed, (manager, client), out, dark=dark))
    for path in made.files.values():
        typer.echo(str(path))
    for kind, why in made.faults.items():
        sentence = say("{file} could not be made ({fault}).", file=kind.value, fault=why)
        typer.echo(sentence, err=True)
    if made.faults:
        raise typer.Exit(FAILED)


async def _made(
    say: Say,
    settings: Settings,
    typed: Typed,
    names: tuple[str | None, str | None],
    out: Path,
    *,
    dark: bool,
) -> Made:
    from bot.card_links import known_link
    from bot.clock import open_clock
    from bot.report_files import Wanted
    from bot.report_ground import ground_of
    from bot.report_making import Asked, file_name, make_report
    from bot.report_orders import Kind
    from bot.report_process import FONTS

    now = open_clock(settings.clock.file).now()
    async with short_store(settings) as store:
        period = typed.period(settings.studio.zone, now)
        asked = Asked(period, await slice_named(store, *names))
        all_ = set(Kind) if dark else set(Kind) - {Kind.DARK}
        kinds = {Kind.CSV} if asked.whose.client_id is not None else all_
        link = await known_link(store, settings.telegram.desk_bot_id)
        wanted = Wanted(kinds, out, file_name(period, asked.whose.name), say.language, link)
    try:
        report, made = await make_report(ground_of(settings), asked, wanted, now)
        text = _text(say, report)
        (out / f"{wanted.name}.txt").write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        fault = error.strerror or type(error).__name__
        refuse(Phrase("{path} cannot be written: {fault}.", path=str(out), fault=fault))
    finally:
        shutil.rmtree(out / FONTS, ignore_errors=True)  # for the next report of a process
    typer.echo(f"{text}\n")
    return made


def _text(say: Say, report: Report) -> str:
    from bot.report_client import client_text
    from bot.report_words import whole_text

    return whole_text(say, report) if report.slice.client_id is None else client_text(say, report)
