"""Why a report's figure is what it is, in plain words, in the reader's language and zone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction

from bot.figure_parts import NAME_LIMIT, hour_words, how_it_came, to_the_minute
from bot.figure_terms import out_words, rule, sort_words, title, whose_words
from bot.reader import Reader
from bot.report_terms import (
    NOTHING,
    heading,
    outcome_words,
    share_words,
    slice_title,
    time_words,
)
from bot.report_words import value_words
from bot.rich import MESSAGE_LIMIT, Rich, joined, one_line
from bot.texts import Say
from bot.wording import weekday
from inbox.report_figures import MEASURES, TIMES, Figure, Sort, What, Worth
from inbox.report_records import Report, WaitLine
from inbox.report_told import (
    Explained,
    Noted,
)
from inbox.reports_store import Said


def why_figure(reader: Reader, report: Report, told: Explained) -> Rich:
    """All of it, within one message. Waits are numbered as their buttons are."""
    say, figure = reader.say, told.figure
    value = worth(reader, told.value, figure)
    about = [heading(say, report), slice_title(say, report.slice), whose_words(say, figure.whose)]
    lines = [
        Rich(f"{title(say, figure)}: {value}").styled("bold"),
        Rich(". ".join(filter(None, about))),
        Rich(_part_of_week(say, figure)),
        Rich(f"📐 {rule(say, figure)}"),
        *(Rich(line) for line in how_it_came(reader, report, told)),
        *(Rich(line) for line in _noted(say, figure, told)),
        *(Rich(line) for line in _behind(reader, told)),
        Rich(
            say("Counted anew {time}, as the clients are held now.", time=reader.when(reader.now))
        ),
    ]
    return joined(lines).cut(MESSAGE_LIMIT)[0]


def row_words(reader: Reader, report: Report, sort: Sort) -> Rich:
    """Above the rows of a report to choose from."""
    say = reader.say
    about = f"{heading(say, report)}. {slice_title(say, report.slice)}"
    return joined(
        [
            Rich(about).styled("bold"),
            Rich(say("{which}: whose figures?", which=sort_words(say, sort))),
        ]
    )


def worth(reader: Reader, value: Worth, figure: Figure) -> str:
    """A value as it is printed in the report."""
    if isinstance(value, datetime):
        return to_the_minute(reader, value)
    if figure.what in MEASURES and figure.against is not None:
        return value_words(reader.say, MEASURES[figure.what], value) or NOTHING
    if value is None or isinstance(value, timedelta):
        return time_words(reader.say, value)
    return share_words(reader.say, Fraction(value)) if figure.what is What.SHARE else str(value)


def _part_of_week(say: Say, figure: Figure) -> str:
    if figure.day is None:
        return ""
    day = weekday(say, figure.day)
    return day if figure.hour is None else f"{day} {hour_words(figure.hour)}"


def _noted(say: Say, figure: Figure, told: Explained) -> Iterator[str]:
    for head, notes in (
        (say("Left out:"), told.left_out),
        (say("Counts, but note:"), told.notes),
    ):
        if notes:
            yield f"{head} {_notes(say, figure, notes)}."


def _notes(say: Say, figure: Figure, notes: Iterable[Noted]) -> str:
    return "; ".join(f"{out_words(say, one.why, figure)} — {one.count}" for one in notes)


def _behind(reader: Reader, told: Explained) -> Iterator[str]:
    say = reader.say
    lines = [
        *(_wait_words(reader, told.figure, one) for one in told.waits),
        *(_said_words(reader, one) for one in told.said),
    ]
    if not lines:
        return
    if told.n > len(lines):
        yield say("Behind it, {shown} of {number}:", shown=len(lines), number=told.n)
    else:
        yield say("Behind it:")
    yield from (f"{number}. {line}" for number, line in enumerate(lines, 1))


def _wait_words(reader: Reader, figure: Figure, line: WaitLine) -> str:
    say = reader.say
    said = [
        f"№ {line.wait_id} {one_line(line.client, NAME_LIMIT)}",
        to_the_minute(reader, line.started_at),
        time_words(say, figure.time_of(line)),
        _target_words(say, figure, line),
        line.charged if figure.what is What.BREACHES else line.manager,
        outcome_words(say, line.outcome),
        say("a breach") if line.breached else "",
    ]
    return " · ".join(filter(None, said))


def _target_words(say: Say, figure: Figure, line: WaitLine) -> str:
    """Beside what is judged by it: a client's target may be its own."""
    if figure.what in TIMES or line.due_at is None:
        return ""
    return say("target {time}", time=time_words(say, line.reply_within))


def _said_words(reader: Reader, said: Said) -> str:
    return f"{one_line(said.talk.client, NAME_LIMIT)} · {to_the_minute(reader, said.sent_at)}"
