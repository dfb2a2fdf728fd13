"""`okno team away`, `back` and `set`: absences, and changes of what is known of a member."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.cli.frame import (
    BAD_INPUT,
    DATES,
    Command,
    Config,
    known_language,
    load_settings,
    refuse,
    run,
    say_in,
)
from bot.cli.inboxes import short_inbox
from bot.cli.members import Post, calendar_in, member_named, zone_named
from bot.texts import Say, mark
from inbox.errors import BadAbsence, StoreRefused
from inbox.model import Manager, Role
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.settings import Settings
    from inbox.inbox import Inbox

Name = Annotated[str, typer.Argument(help=mark("As `okno team list` shows it."))]
NOBODY = "-"


def away_command(
    ctx: typer.Context,
    name: Name,
    *,
    first: Annotated[datetime, typer.Option("--from", formats=DATES, help=mark("The first day."))],
    last: Annotated[
        datetime, typer.Option("--to", formats=DATES, help=mark("The last day, included."))
    ],
    deputy: Annotated[
        str | None, typer.Option(help=mark("Who stands in; the usual deputy by default."))
    ] = None,
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    typer.echo(run(_away(say_in(ctx), settings, name, (first, last), deputy)))


async def _away(
    say: Say, settings: Settings, name: str, days: tuple[datetime, datetime], deputy: str | None
) -> str:
    from bot.absent import fault_words, state_words
    from bot.dates import Period
    from bot.reader import Reader
    from bot.wording import zone_of
    from inbox.absences import go_away

    async with short_inbox(settings) as inbox:
        now = inbox.clock.now()
        async with inbox.store.begin() as t:
            staff = await t.staff()
            waiting = await t.count_waiting(member_named(name, staff).id)
        who = member_named(name, staff)
        stands_in = None if deputy is None else member_named(deputy, staff)
        period = Period(days[0].date(), days[1].date())
        since, until = period.instants(now, zone_of(who))
        try:
            absence = await go_away(inbox, who, since, until, deputy=stands_in, by=None)
        except BadAbsence as error:
            refuse(fault_words(say, error.reason))
        return state_words(Reader(say, settings.studio.zone, now), who, absence, staff, waiting)


def back_command(ctx: typer.Context, name: Name, config: Config = None) -> None:
    settings = load_settings(ctx, config)
    say = say_in(ctx)
    who = run(_back(settings, name))
    typer.echo(say("{name} is there again and gets the cards.", name=who.name))


async def _back(settings: Settings, name: str) -> Manager:
    from inbox.absences import come_back

    async with short_inbox(settings) as inbox:
        async with inbox.store.begin() as t:
            who = member_named(name, await t.staff())
        if await come_back(inbox, who, None) is None:
            refuse(Phrase("{name} is there; no absence is known.", name=who.name))
    return who


def set_command(
    ctx: typer.Context,
    name: Name,
    *,
    deputy: Annotated[str | None, typer.Option(help=mark("Who stands in; - for nobody."))] = None,
    calendar: Annotated[
        str | None,
        typer.Option(help=mark("A calendar of the settings; - for the studio's.")),
    ] = None,
    email: Annotated[
        str | None,
        typer.Option(help=mark("Where alerts go that Telegram does not take; - for none.")),
    ] = None,
    zone: Annotated[str | None, typer.Option(help=mark("An IANA time zone."))] = None,
    role: Annotated[Post | None, typer.Option(help=mark("What this person does."))] = None,
    language: Annotated[str | None, typer.Option(help=mark("ru or en."))] = None,
    active: Annotated[
        bool | None,
        typer.Option("--active/--inactive", help=mark("Whether this person works here.")),
    ] = None,
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    say = say_in(ctx)
    wanted = {
        "deputy": deputy,
        "calendar": calendar,
        "email": email,
        "zone": None if zone is None else zone_named(zone),
        "role": role,
        "language": None if language is None else known_language(language),
        "active": active,
    }
    asked = {key: value for key, value in wanted.items() if value is not None}
    if not asked:
        refuse(Phrase("Nothing is to be changed; name what: --deputy, --calendar ..."), BAD_INPUT)
    who, swapped = run(_set(settings, name, asked))
    typer.echo(say("{name} is changed.", name=who.name))
    if swapped:
        typer.echo(_swapped_words(say, swapped))


async def _set(settings: Settings, name: str, wanted: dict[str, Any]) -> tuple[Manager, int]:
    async with short_inbox(settings) as inbox, inbox.store.begin() as t:
        staff = await t.staff()
        who = member_named(name, staff, inactive=True)
        if who.role is Role.CHAT and wanted.keys() - {"language", "active", "zone"}:
            refuse(Phrase("{name} is a group chat.", name=who.name))
        changes = _changes(inbox, who, staff, wanted)
        changed = replace(who, **changes)
        try:
            await t.save_manager(changed)
        except StoreRefused:
            refuse(Phrase("There is a {name} already; names tell members apart.", name=who.name))
        if changed.calendar == who.calendar:
            return changed, 0
        from inbox.holding import swap_calendars

        open_ = await t.open_waits_of(manager_id=who.id)
        now = inbox.clock.now()
        cause = f"calendar of {who.id}"
        return changed, await swap_calendars(
            inbox.calendars, t, open_, at=now, by_id=None, cause=cause
        )


def _changes(
    inbox: Inbox, who: Manager, staff: tuple[Manager, ...], wanted: dict[str, Any]
) -> dict[str, Any]:
    """The wishes as fields of a Manager."""
    changes: dict[str, Any] = {}
    for key, value in wanted.items():
        match key:
            case "deputy":
                changes["deputy_id"] = None if value == NOBODY else _deputy(value, who, staff)
            case "calendar":
                changes["calendar"] = calendar_in(value, inbox.calendars.names)
            case "email":
                changes["email"] = None if value == NOBODY else _email(value)
            case "role":
                changes["role"] = Role(value)
            case _:
                changes[key] = value
    return changes


def _deputy(name: str, who: Manager, staff: tuple[Manager, ...]) -> int:
    deputy = member_named(name, staff)
    if deputy.id == who.id:
        refuse(Phrase("Nobody stands in for themselves."), BAD_INPUT)
    if deputy.role is Role.CHAT:
        refuse(Phrase("A group chat cannot stand in."), BAD_INPUT)
    return deputy.id


def _email(text: str) -> str:
    from email_validator import EmailNotValidError, validate_email

    try:
        return validate_email(text, check_deliverability=False, test_environment=True).normalized
    except EmailNotValidError:
        refuse(Phrase("{text} is not an e-mail address", text=text), BAD_INPUT)


def _swapped_words(say: Say, number: int) -> str:
    return say.many(
        "{number} open wait goes on by the other calendar.",
        "{number} open waits go on by the other calendar.",
        number,
    )


def add_to(team: typer.Typer) -> None:
    """Make them commands of `okno team`."""
    team.command("away", cls=Command, help=mark("Say when a member is away."))(away_command)
    team.command("back", cls=Command, help=mark("End a member's absence."))(back_command)
    team.command("set", cls=Command, help=mark("Change what is known of a member."))(set_command)
