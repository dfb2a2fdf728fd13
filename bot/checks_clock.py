"""What `okno check` finds about the clock: calendars, ladders, alerts by mail, the report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from bot.finding import Finding
from bot.settings import Settings
from bot.settings_clock import RungSettings
from bot.terms import alert_channel, calendars_of, report_terms, undecreed_ahead
from bot.texts import Say
from bot.wording import moment
from inbox import routing
from inbox.calendars import STUDIO, Calendar
from inbox.errors import NoWorkingTime, OknoError
from inbox.model import Client, Manager, Role
from inbox.phrases import Phrase
from inbox.report_week import recipients


def check_calendars(settings: Settings, say: Say, now: datetime) -> Iterator[Finding]:
    """Whether each calendar opens, when, and whether its holidays are decreed."""
    try:
        calendars = calendars_of(settings)
    except OknoError as error:
        fix = Phrase("Check [hours] and [calendars] in the settings.")
        yield Finding(Phrase("hours"), say.fault(error), fix)
        return
    for name in calendars.names:
        yield _opening(calendars.named(name), settings, say, now)
    for year in undecreed_ahead(calendars, now):
        yield Finding(
            Phrase("holidays"),
            Phrase(
                "the official calendar of {year} is not decreed yet: holidays are the standing"
                " ones",
                year=year,
            ),
        )


def _opening(calendar: Calendar, settings: Settings, say: Say, now: datetime) -> Finding:
    own = calendar.name != STUDIO
    table = f"calendars.{calendar.name}" if own else "hours"
    what = table if own else Phrase("hours")
    try:
        opening = calendar.hours.next_opening(now)
    except NoWorkingTime:
        fix = Phrase("Name working hours in [{table}].", table=table)
        return Finding(what, Phrase("never open"), fix)
    if opening == now:
        return Finding(what, Phrase("open now"))
    at = moment(say, opening, now, settings.studio.zone)
    return Finding(what, Phrase("open from {time}", time=at))


def check_ladders(staff: Iterable[Manager], settings: Settings) -> Iterator[Finding]:
    """Rungs that tell somebody who is not in the team: the heads would hear instead."""
    team = [one for one in staff if one.active]
    said: set[tuple[str, str]] = set()
    for table, rung in _rungs(settings):
        finding = _listener(table, rung, team)
        if finding is not None and (table, str(finding.says)) not in said:
            said.add((table, str(finding.says)))
            yield finding


def _rungs(settings: Settings) -> Iterator[tuple[str, RungSettings]]:
    sla = settings.sla
    tables = {
        "sla": sla.ladder,
        **{f"sla.channels.{key}": one.ladder for key, one in sla.channels.items()},
        **{f"sla.tiers.{name}": one.ladder for name, one in sla.tiers.items()},
    }
    return ((table, rung) for table, ladder in tables.items() for rung in ladder or ())


def _listener(table: str, rung: RungSettings, team: list[Manager]) -> Finding | None:
    name = rung.name or ""
    people = [one for one in team if one.role is not Role.CHAT]
    if rung.notify == "person" and routing.named(people, name) is None:
        return Finding(
            table,
            Phrase("the ladder names {name}, who is not in the team", name=name),
            Phrase("Correct the name: `okno team list` shows them."),
        )
    if rung.notify == "chat" and not routing.chats(team, name):
        says = Phrase("no group chat hears alerts")
        if name:
            says = Phrase("the group chat {name} hears no alerts", name=name)
        return Finding(table, says, Phrase("Add the bot to the group, and write /alerts there."))
    return None


def check_names(
    staff: Iterable[Manager], clients: Iterable[Client], settings: Settings
) -> Iterator[Finding]:
    """Members and clients whose calendar or tier is not set (any more): others count instead."""
    calendars = {STUDIO, *settings.calendars}
    lost = [
        *((one.name, "calendars", one.calendar) for one in staff if one.active),
        *((one.name, "calendars", one.calendar) for one in clients),
        *((one.name, "sla.tiers", one.tier) for one in clients),
    ]
    known = {"calendars": calendars, "sla.tiers": set(settings.sla.tiers)}
    missing: dict[str, list[str]] = {}
    for name, tables, wanted in lost:
        if wanted is not None and wanted not in known[tables]:
            missing.setdefault(f"{tables}.{wanted}", []).append(name)
    for table, names in missing.items():
        yield Finding(
            table,
            Phrase("is not set, but named for: {names}", names=_few(names)),
            Phrase(
                "Add [{table}] to the settings, or choose another: `okno team set`, `okno clients"
                " set`.",
                table=table,
            ),
        )


def check_alerts(staff: Iterable[Manager], settings: Settings) -> Iterator[Finding]:
    """From which mailbox alerts go, and to whom they cannot; a hint, never a fault."""
    channel = alert_channel(settings)
    if channel is None:
        return
    people = [one for one in staff if one.active and one.role is not Role.CHAT]
    box = channel.partition(":")[2]
    if unknown := [one.name for one in people if not one.email]:
        says = Phrase(
            "where Telegram fails, by mail from {mailbox}; no address is known of: {names}",
            mailbox=box,
            names=_few(unknown),
        )
    else:
        says = Phrase("where Telegram fails, by mail from {mailbox}", mailbox=box)
    yield Finding(Phrase("alerts"), says)


def check_report(staff: Iterable[Manager], settings: Settings) -> Iterator[Finding]:
    """When the week's report goes out, and to whom; never a fault."""
    terms = report_terms(settings)
    whole = [one.name for one, whose_id in recipients(tuple(staff)) if whose_id is None]
    says = Phrase("{time}, the studio's for: {names}", time=terms.due, names=_few(whole))
    yield Finding(Phrase("report"), says if whole else terms.due)
    if terms.mail_to:
        box = (alert_channel(settings) or "").partition(":")[2]
        names = _few(list(terms.mail_to))
        says = Phrase("by mail from {mailbox} to: {names}", mailbox=box, names=names)
        yield Finding(Phrase("report"), says)


def _few(names: list[str]) -> str:
    shown = ", ".join(names[:5])
    if len(names) <= 5:
        return shown
    return Phrase("{names} and {number} more", names=shown, number=len(names) - 5)
