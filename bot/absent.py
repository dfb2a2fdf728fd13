"""Absences in words: who is away, until when, who stands in, and what is wrong with one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.dates import Period, periods_in
from bot.reader import Reader
from bot.rich import one_line
from bot.texts import Say, mark
from bot.wording import zone_of
from inbox import routing
from inbox.model import Absence, Manager, Role

NAME_LIMIT = 80  # UTF-16 units
_FAULTS = {
    "order": mark("The first day is later than the last one."),
    "past": mark("These days are over already."),
    "too_far": mark("That is more than a year ahead, or longer than a year."),
    "overlaps": mark("There is an absence in these days already; end it with /back first."),
    "deputy_self": mark("Nobody stands in for themselves."),
    "deputy_gone": mark("Who is to stand in has left the studio."),
    "deputy_chat": mark("A group chat cannot stand in."),
    "nobody": mark("Only a member of the studio can be away."),
}


@dataclass(frozen=True, slots=True)
class Wish:
    """What was typed: whose absence, which days, who stands in (None: the usual deputy)."""

    who: Manager
    period: Period
    deputy: Manager | None = None


class Misread(Exception):
    """What was typed names no days, or somebody who is not known; the text says it."""


def fault_words(say: Say, reason: str) -> str:
    """Why somebody cannot be away so; `reason` is a BadAbsence's."""
    return say(_FAULTS[reason]) if reason in _FAULTS else reason


def read_wish(say: Say, text: str, me: Manager, staff: Sequence[Manager], now: datetime) -> Wish:
    """ "[who] days [deputy]", all in the words of people. Raises Misread."""
    members = [one for one in staff if one.active and one.role is not Role.CHAT]
    ways = list(periods_in(text, now, zone_of(me)))
    for before, period, behind in ways:
        who = me if not before else named(before, members)
        deputy = named(behind, members) if behind else None
        if who is None or (behind and deputy is None):
            continue
        # Somebody else's days are counted in that member's zone.
        theirs = next(
            (
                one
                for b, one, d in periods_in(text, now, zone_of(who))
                if (b, d) == (before, behind)
            ),
            period,
        )
        return Wish(who, theirs, deputy)
    if not ways:
        words = say("Write the days, for example: 01.12-14.12, tomorrow, until Friday, a week.")
        raise Misread(words)
    before, _, behind = ways[0]
    unknown = before if before and named(before, members) is None else behind
    known = ", ".join(one_line(one.name, NAME_LIMIT) for one in members)
    name = one_line(unknown.lstrip("@"), NAME_LIMIT)
    raise Misread(
        say("There is no {name} in the team (there is: {names}).", name=name, names=known)
    )


def named(name: str, members: Sequence[Manager]) -> Manager | None:
    """The member of this name, or the only one whose name begins so."""
    wanted = " ".join(name.lstrip("@").casefold().split())
    names = [(one.name.casefold(), one) for one in members]
    whole = [one for known, one in names if known == wanted]
    found = whole or [one for known, one in names if wanted and known.startswith(wanted)]
    return found[0] if len(found) == 1 else None


def state_words(
    reader: Reader, who: Manager, absence: Absence, staff: Sequence[Manager], waiting: int
) -> str:
    """When the member is away, who gets the cards meanwhile, and how many clients wait."""
    say = reader.say
    dates = absence_dates(reader, who, absence)
    lines = [
        say("{name} is away: {dates}.", name=one_line(who.name, NAME_LIMIT), dates=dates),
        stands_in_words(say, who, absence, staff),
        say("Waiting for an answer now: {number}.", number=waiting),
    ]
    return "\n".join(lines)


def absence_dates(reader: Reader, who: Manager, absence: Absence) -> str:
    """The local days of the member, the last one included."""
    zone = zone_of(who)
    first = absence.since.astimezone(zone).date()
    last = (absence.until - timedelta.resolution).astimezone(zone).date()
    return reader.dates(first, max(first, last))


def stands_in_words(say: Say, who: Manager, absence: Absence, staff: Sequence[Manager]) -> str:
    """Who gets the cards and alerts: the deputy, or who stands in for an absent one, or heads."""
    with_it = replace(who, absences=(absence,))
    others = [with_it if one.id == who.id else one for one in staff]
    at = absence.since
    readers = routing.in_place_of(with_it, others, at)
    names = ", ".join(one_line(one.name, NAME_LIMIT) for one in readers)
    deputy = routing.member(staff, absence.deputy_id or who.deputy_id)
    if any(one.id == who.id for one in readers):
        return say("Nobody stands in: the cards and alerts still come to {name}.", name=names)
    if deputy is None or not deputy.active:
        return say("No deputy is named: cards and alerts go to {names}.", names=names)
    if [one.id for one in readers] == [deputy.id]:
        return say("Cards and alerts go to {names}.", names=names)
    absent = one_line(deputy.name, NAME_LIMIT)
    return say("{name} is away too: cards and alerts go to {names}.", name=absent, names=names)
