"""`okno report`: a week, or any days, as picture, PDF, spreadsheet, CSV file and text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.client_set import client_of_name
from bot.cli.frame import (
    BAD_INPUT,
    FAILED,
    Config,
    load_settings,
    refuse,
    run,
    say_in,
    short_store,
)
from bot.cli.log import DATES
from bot.cli.members import member_named
from bot.texts import Say, mark
from inbox.model import Role
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.report_files import Made
    from bot.report_making import Asked
    from bot.settings import Settings
    from inbox.ports import Store
    from inbox.report_records import Period, Report


@dataclass(frozen=True, slots=True)
class _Days:
    """What was typed; None for what was not."""

    week: datetime | None
    first: datetime | None
    last: datetime | None


def report_command(
    ctx: typer.Context,
    *,
    out: Annotated[Path, typer.Option("--out", help=mark("The folder for the files."))],
    week: Annotated[
        datetime | None,
        typer.Option(formats=DATES, help=mark("A day of the week; without days the last week.")),
    ] = None,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=DATES, help=mark("The first day."))
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=DATES, help=mark("The last day, included."))
    ] = None,
    manager: Annotated[
        str | None, typer.Option(help=mark("Only the clients of this manager."))
    ] = None,
    client: Annotated[
        str | None, typer.Option(help=mark("Only this client: a CSV file and a text."))
    ] = None,
    dark: Annotated[
        bool, typer.Option("--dark", help=mark("The picture on a dark ground as well."))
    ] = False,
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    if (first is None) != (last is None) or (week is not None and first is not None):
        refuse(Phrase("Name a day of the --week, or both --from and --to."), BAD_INPUT)
    if first is not None and last is not None and last < first:
        refuse(Phrase("--to is earlier than --from."), BAD_INPUT)
    if manager is not None and client is not None:
        refuse(Phrase("Name a --manager or a --client, not both."), BAD_INPUT)
    say = say_in(ctx)
    days, names = _Days(week, first, last), (manager, client)
    made = run(_made(say, settings, days, names, out, dark=dark))
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
    days: _Days,
    names: tuple[str | None, str | None],
    out: Path,
    *,
    dark: bool,
) -> Made:
    from bot.clock import open_clock
    from bot.report_files import Wanted
    from bot.report_ground import ground_of
    from bot.report_making import file_name, make_report
    from bot.report_orders import Kind

    now = open_clock(settings.clock.file).now()
    async with short_store(settings) as store:
        asked, name = await _asked(store, _period(settings, days, now), *names)
        all_ = set(Kind) if dark else set(Kind) - {Kind.DARK}
        kinds = {Kind.CSV} if asked.whose.client_id is not None else all_
        wanted = Wanted(kinds, out, file_name(asked.period, name), say.language)
    try:
        report, made = await make_report(ground_of(settings), asked, wanted, now)
        text = _text(say, report)
        (out / f"{wanted.name}.txt").write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        fault = error.strerror or type(error).__name__
        refuse(Phrase("{path} cannot be written: {fault}.", path=str(out), fault=fault))
    typer.echo(f"{text}\n")
    return made


async def _asked(
    store: Store, period: Period, manager: str | None, client: str | None
) -> tuple[Asked, str]:
    """What is asked for, and the name of whom it is about. Raises Refusal."""
    from bot.report_making import Asked
    from inbox.report_records import Slice

    asked = Asked(period)
    async with store.begin() as t:
        if client is not None:
            found = await client_of_name(t, client)
            whose = Slice(name=found.name, client_id=found.id)
            return replace(asked, whose=whose), found.name
        if manager is not None:
            people = [one for one in await t.staff() if one.role is not Role.CHAT]
            who = member_named(manager, people, inactive=True)
            return replace(asked, whose=Slice(who.id, who.name)), who.name
    return asked, ""


def _period(settings: Settings, days: _Days, now: datetime) -> Period:
    from inbox import report_periods

    zone = settings.studio.zone
    if days.first is not None and days.last is not None:
        return report_periods.days(days.first.date(), days.last.date(), zone, now)
    if days.week is not None:
        return report_periods.week(days.week.replace(tzinfo=zone), zone, now)
    return report_periods.week(now - timedelta(days=7), zone, now)


def _text(say: Say, report: Report) -> str:
    from bot.report_client import client_text
    from bot.report_words import whole_text

    return whole_text(say, report) if report.slice.client_id is None else client_text(say, report)
