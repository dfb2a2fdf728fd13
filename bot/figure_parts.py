"""How a figure came, in words: which waits make it, of what it is the sum, the mean of what."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bot.figure_terms import out_words
from bot.reader import Reader
from bot.report_terms import (
    NOTHING,
    period_title,
    share_words,
    time_words,
)
from bot.report_words import value_words
from bot.rich import one_line
from bot.texts import Say
from bot.wording import weekday
from inbox.report_figures import MEASURES
from inbox.report_records import Improved, Newcomer, Period, Report, Silent
from inbox.report_told import (
    By,
    Chosen,
    Explained,
    Faster,
    Listed,
    Out,
    Piece,
    Placed,
    Ranked,
    Shared,
    Split,
    Summed,
    Weighed,
)

NAME_LIMIT = 60  # UTF-16 units
PIECES = 8  # of a split
CLIENTS = 10
HOURS = 24


def to_the_minute(reader: Reader, at: datetime) -> str:
    """When it was."""
    return reader.when(at.replace(second=0, microsecond=0))


def hour_words(hour: int) -> str:
    """From the hour's first minute to its last."""
    return f"{hour:02}:00–{hour:02}:59"


def how_it_came(reader: Reader, report: Report, told: Explained) -> Iterator[str]:
    """How the figure came, a line after the other."""
    say, how = reader.say, told.how
    match how:
        case Ranked():
            yield from _ranked(reader, how)
        case Shared():
            yield from _shared(say, how)
        case Summed():
            for split in how.splits:
                yield from _split(say, told, split)
        case Weighed():
            yield from _weighed(say, report.period, told, how)
        case Chosen():
            yield _chosen(reader, told, how)
        case Listed():
            yield from _listed(reader, report, how)
        case Faster():
            yield from _faster(say, how.improved)


def _ranked(reader: Reader, how: Ranked) -> Iterator[str]:
    """To the second, so that one can count along."""
    say = reader.say
    if not how.n:
        yield say("No answer of this kind.")
        return
    if not how.places:
        times = ", ".join(reader.exact(one.time) for one in how.listed)
        yield say.many(
            "{number} answer: {times}.", "{number} answers: {times}.", how.n, times=times
        )
        return
    first, last = how.places[0], how.places[-1]
    if first is last:
        yield say(
            "By length it is number {place} of {number}: {wait}.",
            place=first.number,
            number=how.n,
            wait=_place_words(reader, first),
        )
        return
    yield say(
        "By length the middle ones of {number} are number {first}: {one}; and number {last}: "
        "{other}. Their mean is {mean}.",
        number=how.n,
        first=first.number,
        one=_place_words(reader, first),
        last=last.number,
        other=_place_words(reader, last),
        mean=reader.exact(first.time + (last.time - first.time) / 2),
    )


def _place_words(reader: Reader, placed: Placed) -> str:
    client = one_line(placed.line.client, NAME_LIMIT)
    return f"№ {placed.line.wait_id} {client}, {reader.exact(placed.time)}"


def _shared(say: Say, how: Shared) -> Iterator[str]:
    if not how.counted:
        yield say("Nothing that counts.")
        return
    yield say(
        "{within} in time / ({within} + {breaches} breaches) = {share}",
        within=how.within,
        breaches=how.breaches,
        share=share_words(say, how.value),
    )
    late, closed, still = say("answered too late"), say("closed overdue"), say("waits overdue")
    counts = ((late, how.late), (closed, how.closed), (still, how.open))
    parts = [f"{words} {count}" for words, count in counts if count]
    if parts:
        yield say("Breaches: {parts}.", parts=", ".join(parts))


def _split(say: Say, told: Explained, split: Split) -> Iterator[str]:
    pieces = split.pieces
    if not pieces or (split.by is By.KIND and len(pieces) == 1):
        return
    most = PIECES
    if split.by is By.HOUR and told.figure.day is not None:
        pieces, most = tuple(sorted(pieces, key=lambda one: one.name)), HOURS
    shown = [f"{_piece_words(say, told, split.by, one)} {one.count}" for one in pieces[:most]]
    rest, others = sum(one.count for one in pieces[most:]), say("others")
    if rest:
        shown.append(f"{others} {rest}")
    yield f"{split.value} = {' + '.join(shown)}"


def _piece_words(say: Say, told: Explained, by: By, piece: Piece) -> str:
    if by is By.KIND:
        return out_words(say, Out(piece.name), told.figure)
    if by is By.HOUR:
        day, hour = piece.name.split()
        if told.figure.day is not None:
            return f"{hour}:00"
        return f"{weekday(say, int(day))} {hour_words(int(hour))}"
    return one_line(piece.name, NAME_LIMIT) or say("nobody’s")


def _weighed(say: Say, period: Period, told: Explained, how: Weighed) -> Iterator[str]:
    if not how.weeks:
        yield say("There is nothing to compare with.")
    measure = MEASURES[told.figure.what]
    for week in how.weeks:
        span = Period(week.since, week.until, week.until, period.zone, whole_week=False)
        value = value_words(say, measure, week.value) or NOTHING
        yield f"• {period_title(say, span)}: {value}"
    if told.n > 1:
        yield say(
            "The mean of {number}: {value}",
            number=told.n,
            value=value_words(say, measure, how.value),
        )


def _chosen(reader: Reader, told: Explained, how: Chosen) -> str:
    say = reader.say
    if how.line is None:
        return say("Nobody waited.")
    client = one_line(how.line.client, NAME_LIMIT)
    return say.many(
        "Of {number} wait: № {wait} {client}.",
        "Of {number} waits: № {wait} {client}.",
        told.n,
        wait=how.line.wait_id,
        client=client,
    )


def _listed(reader: Reader, report: Report, how: Listed) -> Iterator[str]:
    say = reader.say
    if how.silent:
        yield say.many(
            "No word for {number} week:", "No word for {number} weeks:", report.silent_weeks
        )
    lines = [
        *(_newcomer(reader, one) for one in how.newcomers),
        *(_silent(reader, one) for one in how.silent),
    ]
    yield from lines[:CLIENTS]
    if len(lines) > CLIENTS:
        yield say.many("and {number} more", "and {number} more", len(lines) - CLIENTS)


def _newcomer(reader: Reader, one: Newcomer) -> str:
    say = reader.say
    name, since = one_line(one.name, NAME_LIMIT), to_the_minute(reader, one.asked_at)
    if one.business is None:
        return say("• {name}: wrote {time}, not answered", name=name, time=since)
    took = time_words(say, one.business)
    return say("• {name}: wrote {time}, answered within {took}", name=name, time=since, took=took)


def _silent(reader: Reader, one: Silent) -> str:
    name, manager = one_line(one.name, NAME_LIMIT), one.manager or reader.say("without a manager")
    since = to_the_minute(reader, one.since)
    return reader.say(
        "• {name}: last word {time} ({manager})", name=name, time=since, manager=manager
    )


def _faster(say: Say, best: Improved | None) -> Iterator[str]:
    if best is None:
        yield say("Nobody’s median fell.")
        return
    yield say(
        "{name}: median {now}, {before} before.",
        name=one_line(best.name, NAME_LIMIT),
        now=time_words(say, best.now),
        before=time_words(say, best.before),
    )
