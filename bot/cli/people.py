"""Commands about people: the studio's members and its clients."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer

from bot.cli.frame import (
    BAD_INPUT,
    FAILED,
    Config,
    known_language,
    load_settings,
    refuse,
    run,
    short_store,
    table,
)
from bot.settings import Settings
from inbox.errors import StoreRefused
from inbox.model import Client, Handle, Manager, Role

team = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Who works here.")
clients = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Whom we serve.")

PROGRESS_EVERY = 500  # lines of an import


@team.command("add")
def team_add(
    ctx: typer.Context,
    *,
    name: Annotated[str, typer.Option(help="As colleagues and clients see it.")],
    telegram_id: Annotated[
        int, typer.Option(min=1, help="A number; @userinfobot tells one's own.")
    ],
    role: Annotated[Role, typer.Option(help="What this person does.")] = Role.MANAGER,
    language: Annotated[
        str | None, typer.Option(help="ru or en; the studio's by default.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="An IANA time zone; the studio's by default.")
    ] = None,
    deputy: Annotated[
        str | None, typer.Option(help="The name of who hears in this one's place.")
    ] = None,
    config: Config = None,
) -> None:
    """Add a member of the studio."""
    settings = load_settings(ctx, config)
    member = Manager(
        id=0,
        name=" ".join(name.split()) or refuse("The name is empty.", BAD_INPUT),
        telegram_id=telegram_id,
        role=role,
        zone=_zone(zone or settings.studio.timezone),
        language=known_language(language or settings.studio.language),
    )
    run(_add(settings, member, deputy))
    typer.echo(f"{member.name} is in the team as {role}. They must press Start in the bot once.")


async def _add(settings: Settings, member: Manager, deputy: str | None) -> None:
    async with short_store(settings) as store:
        async with store.begin() as t:
            staff = await t.staff()
        deputy_id = None if deputy is None else _named(deputy, staff).id
        if any(one.name.casefold() == member.name.casefold() for one in staff if one.active):
            refuse(f"There is a {member.name} already; names tell members apart.")
        try:
            async with store.begin() as t:
                await t.save_manager(replace(member, deputy_id=deputy_id))
        except StoreRefused:
            known = next((o.name for o in staff if o.telegram_id == member.telegram_id), "another")
            refuse(f"{known} has the Telegram id {member.telegram_id} already.")


def _named(name: str, staff: tuple[Manager, ...]) -> Manager:
    active = {one.name.casefold(): one for one in staff if one.active}
    found = active.get(name.casefold())
    if found is None:
        there = ", ".join(one.name for one in active.values()) or "nobody"
        refuse(f"There is no {name} in the team (there is: {there}).", BAD_INPUT)
    return found


def _zone(name: str) -> str:
    try:
        return ZoneInfo(name).key
    except (KeyError, ValueError, OSError):
        refuse(f'{name} is not a time zone; write a name such as "Europe/Moscow".', BAD_INPUT)


@team.command("list")
def team_list(ctx: typer.Context, config: Config = None) -> None:
    """Show the members of the studio."""
    settings = load_settings(ctx, config)

    async def staff() -> tuple[Manager, ...]:
        async with short_store(settings) as store, store.begin() as t:
            return await t.staff()

    members = run(staff())
    if not members:
        typer.echo("Nobody yet. Add the first one with `okno team add`.")
        return
    names = {one.id: one.name for one in members}
    head = ("NAME", "ROLE", "TELEGRAM ID", "LANGUAGE", "ZONE", "DEPUTY", "ACTIVE")
    rows = [
        (
            one.name,
            str(one.role),
            str(one.telegram_id),
            one.language,
            one.zone,
            names.get(one.deputy_id or 0, "-"),
            "yes" if one.active else "no",
        )
        for one in members
    ]
    typer.echo(table(head, rows))


@clients.command("list")
def clients_list(ctx: typer.Context, config: Config = None) -> None:
    """Show the clients, their managers, and by what they are known."""
    settings = load_settings(ctx, config)

    async def known() -> tuple[tuple[Manager, ...], tuple[tuple[Client, tuple[Handle, ...]], ...]]:
        async with short_store(settings) as store, store.begin() as t:
            return await t.staff(), await t.clients()

    staff, found = run(known())
    if not found:
        typer.echo("None yet. They come by themselves, or with `okno clients import FILE`.")
        return
    names = {one.id: one.name for one in staff}
    rows = [
        (
            client.name,
            names.get(client.manager_id or 0, "-"),
            ", ".join(_shown(handle) for handle in handles) or "-",
        )
        for client, handles in found
    ]
    typer.echo(table(("CLIENT", "MANAGER", "KNOWN BY"), rows))


def _shown(handle: Handle) -> str:
    match handle.kind:
        case "telegram":
            return f"tg:{handle.address}"
        case "telegram_name":
            return f"@{handle.address}"
        case _:
            return handle.address


@clients.command("import")
def clients_import(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV or XLSX; its first line names the columns.")],
    config: Config = None,
) -> None:
    """Take a list of clients in: name, manager, emails, telegram, phones. Safe to repeat."""
    settings = load_settings(ctx, config)
    from bot.clients_file import read_clients
    from bot.clients_import import Fate, take_in

    lines = read_clients(file, settings.hours.country)
    counts: Counter[Fate] = Counter()

    async def take() -> None:
        async with short_store(settings) as store:
            async for taken in take_in(store, lines):
                counts[taken.fate] += 1
                if taken.fate is not Fate.UNCHANGED:
                    why = f": {taken.why}" if taken.why else ""
                    name = taken.line.name or "(no name)"
                    typer.echo(f"line {taken.line.number}  {taken.fate}  {name}{why}")
                done = counts.total()
                if done % PROGRESS_EVERY == 0:
                    typer.echo(f"{done} of {len(lines)} lines", err=True)

    run(take())
    typer.echo(", ".join(f"{counts[fate]} {fate}" for fate in Fate))
    if counts[Fate.REFUSED]:
        raise typer.Exit(FAILED)
