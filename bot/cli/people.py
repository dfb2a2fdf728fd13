"""Commands about people: the studio's members and its clients."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli import away, client_set
from bot.cli.frame import (
    BAD_INPUT,
    FAILED,
    Command,
    Config,
    Group,
    known_language,
    load_settings,
    refuse,
    run,
    say_in,
    short_store,
    table,
)
from bot.cli.members import Post, member_named, zone_named
from bot.settings import Settings
from bot.texts import Say, mark
from inbox.errors import StoreRefused
from inbox.model import Client, Handle, Manager, Role
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.clients_import import Taken

team = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, cls=Group, help=mark("Who works here.")
)
clients = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, cls=Group, help=mark("Whom we serve.")
)

PROGRESS_EVERY = 500  # lines of an import


@team.command("add", cls=Command, help=mark("Add a member of the studio."))
def team_add(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Option(help=mark("As colleagues and clients see it."))],
    telegram_id: Annotated[
        int, typer.Option(min=1, help=mark("A number; @userinfobot tells one's own."))
    ],
    role: Annotated[Post, typer.Option(help=mark("What this person does."))] = Post.MANAGER,
    language: Annotated[
        str | None, typer.Option(help=mark("ru or en; the studio's by default."))
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help=mark("An IANA time zone; the studio's by default."))
    ] = None,
    deputy: Annotated[
        str | None, typer.Option(help=mark("The name of who hears in this one's place."))
    ] = None,
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    member = Manager(
        id=0,
        name=" ".join(name.split()) or refuse(Phrase("The name is empty."), BAD_INPUT),
        telegram_id=telegram_id,
        role=Role(role),
        zone=zone_named(zone or settings.studio.timezone),
        language=known_language(language or settings.studio.language),
    )
    run(_add(settings, member, deputy))
    say = say_in(ctx)
    typer.echo(
        say(
            "{name} is in the team as {role}. They must press Start in the bot once.",
            name=member.name,
            role=role,
        )
    )


async def _add(settings: Settings, member: Manager, deputy: str | None) -> None:
    async with short_store(settings) as store:
        async with store.begin() as t:
            staff = await t.staff()
        deputy_id = None if deputy is None else member_named(deputy, staff).id
        if any(one.name.casefold() == member.name.casefold() for one in staff if one.active):
            refuse(
                Phrase("There is a {name} already; names tell members apart.", name=member.name)
            )
        try:
            async with store.begin() as t:
                await t.save_manager(replace(member, deputy_id=deputy_id))
        except StoreRefused:
            number = member.telegram_id
            known = next((one.name for one in staff if one.telegram_id == number), "?")
            refuse(
                Phrase("{name} has the Telegram id {number} already.", name=known, number=number)
            )


@team.command("list", cls=Command, help=mark("Show the members of the studio."))
def team_list(ctx: typer.Context, config: Config = None) -> None:
    settings = load_settings(ctx, config)
    say = say_in(ctx)

    async def staff() -> tuple[Manager, ...]:
        async with short_store(settings) as store, store.begin() as t:
            return await t.staff()

    members = run(staff())
    if not members:
        typer.echo(say("Nobody yet. Add the first one with `okno team add`."))
        return
    from bot.clock import open_clock

    now = open_clock(settings.clock.file).now()
    names = {one.id: one.name for one in members}
    head = (
        say("NAME"),
        say("ROLE"),
        "TELEGRAM ID",
        say("LANGUAGE"),
        say("ZONE"),
        say("DEPUTY"),
        say("CALENDAR"),
        say("E-MAIL"),
        say("AWAY"),
        say("ACTIVE"),
    )
    rows = [
        (
            one.name,
            str(one.role),
            str(one.telegram_id),
            one.language,
            one.zone,
            names.get(one.deputy_id or 0, "-"),
            one.calendar or "-",
            one.email or "-",
            _away(one, now),
            say("yes") if one.active else say("no"),
        )
        for one in members
    ]
    typer.echo(table(head, rows))


def _away(member: Manager, now: datetime) -> str:
    """The local days of the present absence, or of the next one."""
    zone = ZoneInfo(member.zone)
    for one in sorted(member.absences, key=lambda absence: absence.since):
        if one.until > now:
            last = one.until - timedelta.resolution
            return f"{one.since.astimezone(zone):%d.%m}-{last.astimezone(zone):%d.%m.%Y}"
    return "-"


away.add_to(team)
client_set.add_to(clients)


@clients.command(
    "list",
    cls=Command,
    help=mark("Show the clients, their managers, and by what they are known."),
)
def clients_list(ctx: typer.Context, config: Config = None) -> None:
    settings = load_settings(ctx, config)
    say = say_in(ctx)

    async def known() -> tuple[tuple[Manager, ...], tuple[tuple[Client, tuple[Handle, ...]], ...]]:
        async with short_store(settings) as store, store.begin() as t:
            return await t.staff(), await t.clients()

    staff, found = run(known())
    if not found:
        typer.echo(say("None yet. They come by themselves, or with `okno clients import FILE`."))
        return
    names = {one.id: one.name for one in staff}
    rows = [
        (
            client.name,
            names.get(client.manager_id or 0, "-"),
            client.tier or "-",
            client.calendar or "-",
            ", ".join(_shown(handle) for handle in handles) or "-",
        )
        for client, handles in found
    ]
    typer.echo(
        table((say("CLIENT"), say("MANAGER"), say("TIER"), say("CALENDAR"), say("KNOWN BY")), rows)
    )


def _shown(handle: Handle) -> str:
    match handle.kind:
        case "telegram":
            return f"tg:{handle.address}"
        case "telegram_name":
            return f"@{handle.address}"
        case _:
            return handle.address


@clients.command(
    "import",
    cls=Command,
    help=mark(
        "Take a list of clients in: name, manager, tier, calendar, emails, telegram, phones. Safe"
        " to repeat."
    ),
)
def clients_import(
    ctx: typer.Context,
    file: Annotated[
        Path, typer.Argument(help=mark("CSV or XLSX; its first line names the columns."))
    ],
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    say = say_in(ctx)
    from bot.clients_file import read_clients
    from bot.clients_import import Fate, take_in
    from bot.clock import open_clock
    from bot.terms import calendars_of

    found = read_clients(file, settings.hours.country)
    lines = found.lines
    if found.unused:
        names = ", ".join(found.unused)[:200]
        typer.echo(say("Columns that are not used: {names}", names=names), err=True)
    counts: Counter[Fate] = Counter()

    calendars, clock = calendars_of(settings), open_clock(settings.clock.file)
    tiers = tuple(settings.sla.tiers)

    async def take() -> None:
        async with short_store(settings) as store:
            async for taken in take_in(store, lines, calendars, clock, tiers=tiers):
                counts[taken.fate] += 1
                if taken.fate is not Fate.UNCHANGED:
                    typer.echo(_told(say, taken))
                done = counts.total()
                if done % PROGRESS_EVERY == 0:
                    typer.echo(say("{done} of {all} lines", done=done, all=len(lines)), err=True)

    run(take())
    typer.echo(
        say(
            "{added} added, {changed} changed, {unchanged} unchanged, {refused} refused",
            **{fate: counts[fate] for fate in Fate},
        )
    )
    if counts[Fate.REFUSED]:
        raise typer.Exit(FAILED)


def _told(say: Say, taken: Taken) -> str:
    """A line of the list, and what became of it."""
    fates = {
        "added": say("added"),
        "changed": say("changed"),
        "unchanged": say("unchanged"),
        "refused": say("refused"),
    }
    where = say("line {number}", number=taken.line.number)
    why = f": {say.said(taken.why)}" if taken.why else ""
    name = taken.line.name or say("(no name)")
    return f"{where}  {fates[taken.fate]}  {name}{why}"
