"""What was typed behind /report, with the names that are known: which days, and whose."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from bot.access import Visit
from bot.menu import is_head
from bot.report_asking import LONGEST, Way, is_own, is_whole, ways
from bot.report_dates import Days
from bot.rich import one_line
from bot.texts import Say
from inbox.model import Client, Manager, Role
from inbox.report_records import Slice

MOST = 8  # to choose from
_TRIED = 8  # names that are looked up
_WORDS_LIMIT = 80  # UTF-16 units


@dataclass(frozen=True, slots=True)
class Wish:
    """Which report: the days, and whose."""

    days: Days
    whose: Slice


class Misread(Exception):
    """What was typed is no time and no name, or not for this member; the text says it."""


async def meant(visit: Visit, text: str, today: date, usual: Days) -> list[Wish]:
    """What it may mean, at least one; `usual`: the days where none were typed. Raises Misread."""
    found: list[Wish] = []
    tried: set[str] = set()
    for way in ways(text, today):
        if len(tried) >= _TRIED and way.days is not None:
            continue
        tried.add(way.name)
        found = [Wish(way.days or usual, one) for one in await _named(visit, way)]
        if found:
            break
    if not found:
        raise Misread(not_understood(visit.say, text))
    if found[0].days != usual:
        # A client may be called as a month is.
        exact = await _called(visit, " ".join(text.split()), exact=True)
        found += [Wish(usual, one) for one in exact]
    if any(one.days.count > LONGEST for one in found):
        raise Misread(visit.say("A report covers at most {number} days.", number=LONGEST))
    return found


def usual_slice(me: Manager) -> Slice:
    """Where nobody is named: the whole studio for a head, else the own clients."""
    return Slice() if is_head(me) else Slice(me.id, me.name)


def not_understood(say: Say, text: str) -> str:
    """What is understood."""
    return say(
        "“{words}” is neither a time nor a name that is known here. Write a time, a name or both: "
        "/report last week, /report october, /report 1.10-31.10 Anna, /report 2026-10 Daisy, "
        "/report quarter.",
        words=one_line(text, _WORDS_LIMIT),
    )


async def _named(visit: Visit, way: Way) -> list[Slice]:
    """Of whom the way speaks; nothing where the name is not known."""
    if not way.name:
        return [usual_slice(visit.me)] if way.days is not None else []
    if is_own(way.name):
        return [Slice(visit.me.id, visit.me.name)]
    if is_whole(way.name):
        if not is_head(visit.me):
            raise Misread(_only_heads(visit.say))
        return [Slice()]
    return await _called(visit, way.name)


async def _called(visit: Visit, name: str, *, exact: bool = False) -> list[Slice]:
    """Members and clients of this name, else those whose names have a part that begins so. Raises
    Misread where it is a colleague's alone, whose report is for heads."""
    me, head = visit.me, is_head(visit.me)
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
        lines = await t.client_lines(
            None if head else (me.id,), words=name, nobodys=head, limit=10 * MOST
        )
    people = [one for one in _first_active(staff) if _has(one.name, name)]
    known: list[Manager | Client] = [*people, *(one.client for one in lines)]
    whole = [one for one in known if _is(one.name, name)]
    meant_ = whole or ([] if exact else known)
    allowed = [one for one in meant_ if isinstance(one, Client) or head or one.id == me.id]
    if meant_ and not allowed and not exact:
        raise Misread(_only_heads(visit.say))
    return [_slice(one) for one in allowed]


def _first_active(staff: Sequence[Manager]) -> Iterator[Manager]:
    """Who left has a report too."""
    people = [one for one in staff if one.role is not Role.CHAT]
    yield from sorted(people, key=lambda one: not one.active)


def _is(known: str, name: str) -> bool:
    return " ".join(known.casefold().split()) == " ".join(name.casefold().split())


def _has(known: str, name: str) -> bool:
    """Whether each word of the name begins a word of it."""
    parts = known.casefold().split()
    return all(any(part.startswith(word) for part in parts) for word in name.casefold().split())


def _slice(one: Manager | Client) -> Slice:
    if isinstance(one, Client):
        return Slice(name=one.name, client_id=one.id)
    return Slice(one.id, one.name)


def _only_heads(say: Say) -> str:
    return say("Only a head or an administrator sees the report of others; yours is /report.")
