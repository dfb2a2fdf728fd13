"""The columns of a report's tables: what each holds, and of which kind it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from typing import Generic, TypeAlias, TypeVar

from bot.report_terms import channel_words, outcome_words
from bot.texts import Say
from inbox.report_records import Figures, WaitLine

Cell: TypeAlias = str | int | timedelta | datetime | Fraction | None
Source = TypeVar("Source")


class Holds(StrEnum):
    """What stands in a column."""

    TEXT = "text"
    NUMBER = "number"
    DURATION = "duration"
    INSTANT = "instant"
    SHARE = "share"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Column(Generic[Source]):
    """One of a table; `wide` in letters."""

    title: str
    wide: int
    holds: Holds
    value: Callable[[Source], Cell]


def wait_columns(say: Say, card_link: str) -> tuple[Column[WaitLine], ...]:
    """A row a wait. Instants are UTC until they are written."""
    yes = say("yes")

    def link(line: WaitLine) -> str:
        known = card_link and line.message_id is not None
        return card_link.format(message_id=line.message_id) if known else ""

    return (
        Column(say("No."), 9, Holds.NUMBER, lambda one: one.wait_id),
        Column(say("Client"), 28, Holds.TEXT, lambda one: one.client),
        Column(say("Card"), 10, Holds.LINK, link),
        Column(say("Manager"), 22, Holds.TEXT, lambda one: one.manager),
        Column(say("Channel"), 16, Holds.TEXT, lambda one: channel_words(say, one.channel_id)),
        Column(say("Tier"), 12, Holds.TEXT, lambda one: one.tier),
        Column(
            say("Response"),
            12,
            Holds.TEXT,
            lambda one: say("first") if one.first else say("next"),
        ),
        Column(say("Client wrote"), 17, Holds.INSTANT, lambda one: one.started_at),
        Column(say("Due"), 17, Holds.INSTANT, lambda one: one.due_at),
        Column(say("Ended"), 17, Holds.INSTANT, lambda one: one.closed_at),
        Column(say("How it ended"), 20, Holds.TEXT, lambda one: outcome_words(say, one.outcome)),
        Column(say("Business time"), 15, Holds.DURATION, lambda one: one.business),
        Column(say("Wall time"), 15, Holds.DURATION, lambda one: one.wall),
        Column(say("Manager’s own time"), 19, Holds.DURATION, lambda one: one.own),
        Column(say("Target"), 10, Holds.DURATION, lambda one: one.reply_within),
        Column(say("In time"), 10, Holds.TEXT, lambda one: yes if one.within else ""),
        Column(say("Breach"), 11, Holds.TEXT, lambda one: yes if one.breached else ""),
        Column(say("Breach of"), 22, Holds.TEXT, lambda one: one.charged),
        Column(say("Off hours"), 14, Holds.TEXT, lambda one: yes if one.off_hours else ""),
        Column(
            say("Outside the program"), 20, Holds.TEXT, lambda one: yes if one.elsewhere else ""
        ),
        Column(say("Calendar"), 14, Holds.TEXT, lambda one: one.calendar),
        Column(say("SLA policy"), 18, Holds.TEXT, lambda one: one.policy),
    )


def figure_columns(say: Say) -> tuple[Column[Figures], ...]:
    """A row a manager, client, channel or tier; the name stands before them."""
    return (
        Column(say("Messages"), 12, Holds.NUMBER, lambda one: one.messages),
        Column(say("New waits"), 12, Holds.NUMBER, lambda one: one.opened),
        Column(say("Answered"), 12, Holds.NUMBER, lambda one: one.answered),
        Column(say("In time"), 10, Holds.SHARE, lambda one: one.share),
        Column(say("counted"), 12, Holds.NUMBER, lambda one: one.counted),
        Column(say("Breaches"), 12, Holds.NUMBER, lambda one: one.breaches),
        Column(say("First: answers"), 15, Holds.NUMBER, lambda one: one.first.business.n),
        Column(say("First: median"), 15, Holds.DURATION, lambda one: one.first.business.median),
        Column(say("First: 9 of 10"), 15, Holds.DURATION, lambda one: one.first.business.p90),
        Column(say("First: longest"), 15, Holds.DURATION, lambda one: one.first.business.longest),
        Column(say("Next: answers"), 15, Holds.NUMBER, lambda one: one.next.business.n),
        Column(say("Next: median"), 15, Holds.DURATION, lambda one: one.next.business.median),
        Column(say("Next: 9 of 10"), 15, Holds.DURATION, lambda one: one.next.business.p90),
        Column(say("Next: longest"), 15, Holds.DURATION, lambda one: one.next.business.longest),
        Column(say("All: median"), 15, Holds.DURATION, lambda one: one.both.business.median),
        Column(say("All: 9 of 10"), 15, Holds.DURATION, lambda one: one.both.business.p90),
        Column(say("All: longest"), 15, Holds.DURATION, lambda one: one.both.business.longest),
        Column(say("Wall: median"), 15, Holds.DURATION, lambda one: one.both.wall.median),
        Column(say("Wall: 9 of 10"), 15, Holds.DURATION, lambda one: one.both.wall.p90),
        Column(say("Wall: longest"), 15, Holds.DURATION, lambda one: one.both.wall.longest),
        Column(say("Waits now"), 12, Holds.NUMBER, lambda one: one.open.count),
        Column(say("overdue"), 12, Holds.NUMBER, lambda one: one.open.overdue),
        Column(say("oldest since"), 17, Holds.INSTANT, lambda one: one.open.oldest),
        Column(say("No reply needed"), 18, Holds.NUMBER, lambda one: one.dismissed),
        Column(say("Closed without a reply"), 24, Holds.NUMBER, lambda one: one.closed_unanswered),
        Column(say("By phone"), 12, Holds.NUMBER, lambda one: one.phoned),
        Column(say("Off hours"), 16, Holds.NUMBER, lambda one: one.off_hours),
    )
