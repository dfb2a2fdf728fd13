"""`okno calendar`: the next days of a calendar, and days that are entered by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import (
    BAD_INPUT,
    Command,
    Config,
    Group,
    load_settings,
    refuse,
    run,
    say_in,
    short_store,
    table,
)
from bot.cli.inboxes import short_inbox
from bot.texts import Say, mark
from inbox.calendars import STUDIO
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.settings import Settings

calendar = typer.Typer(
    no_args_is_help=False,
    invoke_without_command=True,
    rich_markup_mode=None,
    cls=Group,
    help=mark("When the studio works: the next 60 days, and days entered by hand."),
)

Named = Annotated[
    str,
    typer.Option("--calendar", help=mark("A calendar of the settings; the studio's by default.")),
]
Days = Annotated[str, typer.Argument(help=mark("A day or days: 31.12, 2026-12-31, 03.01-08.01."))]


@calendar.callback()
def show(ctx: typer.Context, name: Named = STUDIO, config: Config = None) -> None:
    """Without a command: the days themselves."""
    if ctx.invoked_subcommand is None:
        settings = load_settings(ctx, config)
        typer.echo(run(_days(say_in(ctx), settings, name)))


async def _days(say: Say, settings: Settings, name: str) -> str:
    from bot.absent import Misread
    from bot.clock import open_clock
    from bot.reader import Reader
    from bot.special_days import day_words, days_ahead, known_calendar, provisional_words
    from bot.terms import calendars_of

    calendars = calendars_of(settings)
    try:
        known = known_calendar(say, name, calendars)
    except Misread as error:
        refuse(str(error), BAD_INPUT)
    async with short_store(settings) as store, store.begin() as t:
        entered = await t.special_days()
    calendars.learn(entered)
    one = calendars.named(known)
    own = {day.day for day in entered if day.calendar == known}
    reader = Reader(say, one.hours.zone, open_clock(settings.clock.file).now())
    rows = [
        (reader.day(day), day_words(say, one, day), say("entered here") if day in own else "")
        for day in days_ahead(reader)
    ]
    head = (say("DAY"), say("OPEN"), "")
    others = ", ".join(other for other in calendars.names if other != known)
    lines = [f"{known} ({one.hours.zone.key})", table(head, rows), *provisional_words(reader, one)]
    if others:
        lines.append(say("Other calendars: {names}", names=others))
    return "\n".join(lines)


@calendar.command(
    "set", cls=Command, help=mark("Close days, or give them other hours, from now on.")
)
def set_days(
    ctx: typer.Context,
    days: Days,
    what: Annotated[
        list[str] | None,
        typer.Argument(help=mark("Hours such as 10:00-15:00 (none: closed), then why.")),
    ] = None,
    name: Named = STUDIO,
    config: Config = None,
) -> None:
    _order(ctx, f"{days} {' '.join(what or [])}", name, config)


@calendar.command("unset", cls=Command, help=mark("Take back what was entered for these days."))
def unset_days(
    ctx: typer.Context, days: Days, name: Named = STUDIO, config: Config = None
) -> None:
    _order(ctx, f"{days} off", name, config)


def _order(ctx: typer.Context, text: str, name: str, config: Config) -> None:
    settings = load_settings(ctx, config)
    above = ctx.parent.params.get("name") if ctx.parent is not None else None
    chosen = name if name != STUDIO else above or STUDIO
    typer.echo(run(_carried_out(say_in(ctx), settings, text, chosen)))


async def _carried_out(say: Say, settings: Settings, text: str, name: str) -> str:
    from bot.absent import Misread
    from bot.reader import Reader
    from bot.special_days import carry_out, known_calendar, order_words, read_order

    async with short_inbox(settings) as inbox:
        now = inbox.clock.now()
        try:
            known = known_calendar(say, name, inbox.calendars)
            order = read_order(say, f'--calendar "{known}" {text}', inbox.calendars, now)
        except Misread as error:
            refuse(str(error), BAD_INPUT)
        moved = await carry_out(inbox, order, None)
        if moved < 0:
            refuse(Phrase("Nothing was entered for these days."))
        zone = inbox.calendars.named(known).hours.zone
        return order_words(Reader(say, zone, now), order, moved)
