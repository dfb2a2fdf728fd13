"""`okno clients set`: a client's tier, calendar and manager."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import BAD_INPUT, Command, Config, load_settings, refuse, run, say_in
from bot.cli.inboxes import short_inbox
from bot.cli.members import NONE, calendar_in, member_named
from bot.texts import mark
from inbox.model import Client, Role
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.settings import Settings
    from inbox.inbox import Inbox
    from inbox.ports import Transaction


def set_command(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=mark("As `okno clients list` shows it."))],
    *,
    tier: Annotated[
        str | None, typer.Option(help=mark("A tier of [sla.tiers]; - for none."))
    ] = None,
    calendar: Annotated[
        str | None, typer.Option(help=mark("A calendar of the settings; - for the manager's."))
    ] = None,
    manager: Annotated[
        str | None, typer.Option(help=mark("The name of who gets this client."))
    ] = None,
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    say = say_in(ctx)
    if tier is None and calendar is None and manager is None:
        refuse(Phrase("Nothing is to be changed; name what: --tier, --calendar ..."), BAD_INPUT)
    if tier not in {None, NONE, *settings.sla.tiers}:
        names = ", ".join(settings.sla.tiers) or Phrase("none")
        refuse(
            Phrase("There is no tier {name} (there is: {names}).", name=tier, names=names),
            BAD_INPUT,
        )
    client = run(_set(settings, name, tier, calendar, manager))
    typer.echo(say("{name} is changed.", name=client.name))


async def _set(
    settings: Settings, name: str, tier: str | None, calendar: str | None, manager: str | None
) -> Client:
    async with short_inbox(settings) as inbox, inbox.store.begin() as t:
        client = await client_of_name(t, name)
        changed = client
        if tier is not None:
            changed = replace(changed, tier=None if tier == NONE else tier)
        if calendar is not None:
            changed = replace(changed, calendar=calendar_in(calendar, inbox.calendars.names))
        await t.save_client(changed)
        if manager is not None:
            changed = await _passed_on(inbox, t, changed, manager)
        if changed.calendar != client.calendar:
            from inbox.holding import swap_calendars

            open_ = await t.open_waits_of(client_id=client.id)
            cause, now = f"calendar of client {client.id}", inbox.clock.now()
            await swap_calendars(inbox.calendars, t, open_, at=now, by_id=None, cause=cause)
    return changed


async def _passed_on(inbox: Inbox, t: Transaction, client: Client, name: str) -> Client:
    """The client with this manager, who is shown what is open (rule 21)."""
    from inbox.holding import Change, pass_on

    to = member_named(name, await t.staff())
    if to.role is Role.CHAT:
        refuse(Phrase("{name} is a group chat.", name=to.name), BAD_INPUT)
    if to.id == client.manager_id:
        return client
    change = Change(to, None, inbox.clock.now(), "set by command")
    await pass_on(inbox.calendars, t, client, change)
    changed = replace(client, manager_id=to.id)
    await t.save_client(changed)
    return changed


async def client_of_name(t: Transaction, name: str) -> Client:
    """The one client of this name. Raises Refusal."""
    ids = await t.client_named(name)
    if not ids:
        refuse(Phrase("There is no client {name}.", name=name), BAD_INPUT)
    if len(ids) > 1:
        refuse(Phrase("{number} of the clients are called {name}.", number=len(ids), name=name))
    return next(client for client, _ in await t.clients() if client.id == ids[0])


def add_to(clients: typer.Typer) -> None:
    """Make it a command of `okno clients`."""
    clients.command("set", cls=Command, help=mark("Change a client's tier, calendar or manager."))(
        set_command
    )
