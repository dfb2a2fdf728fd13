"""What the settings say of the clock, as the inbox counts by it: calendars and policies."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta
from itertools import groupby

from bot.calendar import open_calendar
from bot.durations import write_duration
from bot.settings import Settings
from bot.settings_clock import HoursSettings, PromiseSettings, RungSettings, SlaSettings
from bot.settings_faults import SettingsFault
from bot.settings_values import WEEKDAYS, Shifts
from inbox.calendars import STUDIO, Calendar, Calendars
from inbox.phrases import Phrase
from inbox.policies import Policies, Promised, Step
from inbox.reports_made import ReportTerms
from inbox.sla import Recipient

LOOK_AHEAD = timedelta(days=60)
USUAL_LADDER = (Step(Recipient.MANAGER, share=0.75), Step(Recipient.HEAD))


def calendars_of(settings: Settings) -> Calendars:
    """The studio's calendar and all others. Raises SettingsFault for an unknown country."""
    named = _weeks(settings)
    return Calendars([_calendar(settings, name, *named[name]) for name in named])


def policies_of(settings: Settings) -> Policies:
    """What was promised to whom, and who hears when it is not kept."""
    sla = settings.sla
    return Policies(
        base=_promised("", sla),
        channels={key: _promised(_channel(key), one) for key, one in sla.channels.items()},
        tiers={name: _promised(_tier(name), one) for name, one in sla.tiers.items()},
        newcomer_within=sla.newcomer_within,
        remind_before=sla.remind_before,
    )


def undecreed_ahead(calendars: Calendars, now: datetime) -> tuple[int, ...]:
    """Years of the next 60 days whose holidays, in any of the calendars, no decree has set yet."""
    years = {now.year, (now + LOOK_AHEAD).year}
    provisional = (calendars.named(name).provisional for name in calendars.names)
    return tuple(sorted(years & frozenset().union(*provisional)))


def alert_channel(settings: Settings) -> str | None:
    """The id of the mailbox from which alerts go; None where there is no mailbox."""
    name = settings.alerts.mailbox or next(iter(settings.mailboxes), None)
    return None if name is None else f"email:{name}"


def report_terms(settings: Settings) -> ReportTerms:
    """When the week's report is due, and who gets it by mail."""
    weekday, at = settings.report.at
    due = f"{WEEKDAYS[weekday]} {at:%H:%M} {settings.studio.timezone}"
    return ReportTerms(due, settings.report.mail_to, settings.studio.language)


def written_calendars(settings: Settings) -> dict[str, str]:
    """Every calendar by name, in the words of the settings; for the log."""
    return {name: _written_week(*one) for name, one in _weeks(settings).items()}


def written_policies(settings: Settings) -> dict[str, str]:
    """Every level that promises something, in the words of the settings; for the log."""
    sla = settings.sla
    levels: dict[str, SlaSettings | PromiseSettings] = {"sla": sla}
    levels |= {_channel(key): one for key, one in sla.channels.items()}
    levels |= {_tier(name): one for name, one in sla.tiers.items()}
    return {name: _written_level(one) for name, one in levels.items()}


def _channel(key: str) -> str:
    """How a level of the settings is called: by its table."""
    return f"sla.channels.{key}"


def _tier(name: str) -> str:
    return f"sla.tiers.{name}"


def _weeks(settings: Settings) -> dict[str, tuple[str, HoursSettings]]:
    """By name: the zone and the hours in it, the studio's first."""
    studio = settings.studio.timezone
    others = {
        name: (one.timezone or studio, one.beside(settings.hours))
        for name, one in settings.calendars.items()
    }
    return {STUDIO: (studio, settings.hours), **others}


def _calendar(settings: Settings, name: str, zone: str, hours: HoursSettings) -> Calendar:
    try:
        return open_calendar(
            name,
            zone,
            hours.weekly,
            hours.country,
            days_off=hours.days_off,
            dates=hours.dates,
            language=settings.studio.language,
        )
    except ValueError as error:
        table = "hours" if name == STUDIO else f"calendars.{name}"
        fault = Phrase("[{table}] {fault}.", table=table, fault=error.args[0])
        raise SettingsFault(fault) from None


def _promised(name: str, said: SlaSettings | PromiseSettings) -> Promised:
    ladder = said.ladder
    if ladder is not None:
        steps: tuple[Step, ...] | None = tuple(map(_step, ladder))
    elif isinstance(said, SlaSettings):
        steps = USUAL_LADDER
    else:
        steps = None
    return Promised(name, said.reply_within, said.first_reply_within, steps)


def _step(rung: RungSettings) -> Step:
    due = rung.after_due if rung.before_due is None else -rung.before_due
    return Step(
        Recipient(rung.notify),
        rung.after,
        due or timedelta(),
        name=rung.name or "",
        any_time=rung.any_time,
    )


def _written_week(zone: str, hours: HoursSettings) -> str:
    parts = [zone, hours.country or "", *_written_days(hours)]
    if hours.days_off:
        parts.append("off " + " ".join(map(str, sorted(hours.days_off))))
    parts += [f"{day} {_written_shifts(one) or 'off'}" for day, one in sorted(hours.dates.items())]
    return ", ".join(filter(None, parts))


def _written_days(hours: HoursSettings) -> Iterator[str]:
    """The open days, those in a row with the same shifts together: "mon-fri 09:00-18:00"."""
    for shifts, days in groupby(WEEKDAYS, lambda day: _written_shifts(getattr(hours, day))):
        same = list(days)
        if shifts:
            yield f"{'-'.join(dict.fromkeys((same[0], same[-1])))} {shifts}"


def _written_shifts(shifts: Shifts) -> str:
    ends = (
        (opening, f"{closing:%H:%M}" if closing > time() else "24:00")
        for opening, closing in shifts
    )
    return " ".join(f"{opening:%H:%M}-{closing}" for opening, closing in ends)


def _written_level(said: SlaSettings | PromiseSettings) -> str:
    lengths = (
        f"{key} {write_duration(value)}"
        for key in ("reply_within", "first_reply_within", "newcomer_within", "remind_before")
        if (value := getattr(said, key, None)) is not None
    )
    return ", ".join([*lengths, *map(_written_rung, said.ladder or ())])


def _written_rung(rung: RungSettings) -> str:
    when = next(
        f"{key} {write_duration(value)}"
        for key in ("after", "before_due", "after_due")
        if (value := getattr(rung, key)) is not None
    )
    words = (rung.notify, rung.name or "", when, "any_time" if rung.any_time else "")
    return " ".join(filter(None, words))
