"""What changed and what to look at, in three to six sentences, computed from the report."""

from __future__ import annotations

from datetime import timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from bot.report_terms import (
    calendar_words,
    charged_name,
    day_words,
    entered_words,
    heading,
    listed,
    manager_name,
    share_words,
    slice_title,
    time_words,
    times_words,
    waiting_words,
    when_words,
)
from bot.texts import Say
from bot.wording import date_words
from inbox.report_records import (
    Change,
    Figures,
    Measure,
    Report,
    Response,
    Row,
    Slice,
    Times,
    Value,
)

_NAMES = 3
_ROWS = 40


def sentences(say: Say, report: Report) -> tuple[str, ...]:
    """Three to six, of plain text: names of clients are in them, nothing is escaped."""
    said = (
        _volume(say, report),
        _times(say, report),
        _breaches(say, report.studio),
        _worst(say, report),
        _improved(say, report),
        _clients(say, report),
    )
    return tuple(one for one in said if one)


def notes(say: Say, report: Report) -> tuple[str, ...]:
    """What was corrected since: each a sentence."""
    zone = ZoneInfo(report.period.zone)
    today = report.made_at.astimezone(zone).date()
    return tuple(
        say(
            "The {calendar} was corrected for {day}: {hours}. It was entered on {when}; answers "
            "given before keep their numbers.",
            calendar=calendar_words(say, one.calendar),
            day=date_words(say, one.day, today),
            hours=entered_words(say, one.after),
            when=when_words(say, one.at, report),
        )
        for one in report.corrected
    )


def whole_text(say: Say, report: Report) -> str:
    """The report without a picture: for a chat when none could be drawn, and for a mail."""
    rows = report.managers if report.slice.manager_id is None else report.clients
    lines = [
        f"{heading(say, report)}. {slice_title(say, report.slice)}",
        "",
        *sentences(say, report),
        "",
        *(_row(say, row) for row in rows[:_ROWS]),
    ]
    if len(rows) > _ROWS:
        lines.append(say.many("and {number} more", "and {number} more", len(rows) - _ROWS))
    return "\n".join([*lines, "", *notes(say, report)]).strip()


def change(report: Report, measure: Measure) -> Change | None:
    """The measure beside its earlier values."""
    return next((one for one in report.changes if one.measure is measure), None)


def value_words(say: Say, measure: Measure, value: Value | None) -> str:
    """A compared value as it is printed."""
    match value:
        case timedelta() | None:
            return time_words(say, value)
        case _ if measure is Measure.SHARE:
            return share_words(say, Fraction(value))
        case _:
            return str(round(value))


def _volume(say: Say, report: Report) -> str:
    figures = report.studio
    if not figures.messages and not figures.waits:
        return say("Nobody wrote, and nobody waited for an answer.")
    came = say.many("{number} message came", "{number} messages came", figures.messages)
    given = say.many("{number} answer was given", "{number} answers were given", figures.answered)
    first = say("{messages}, {answers}", messages=came, answers=given)
    if figures.share is None:
        return say("{words}.", words=first)
    return say(
        "{words}: {share} of {number} in time{before}.",
        words=first,
        share=share_words(say, figures.share),
        number=figures.counted,
        before=_before(say, report, Measure.SHARE),
    )


def _before(say: Say, report: Report, measure: Measure) -> str:
    """ " (before 91%, usually 93%)", or "" where there is nothing to compare with."""
    found = change(report, measure)
    last = None if found is None else found.last
    usual = None if found is None else found.usual
    said = {"last": value_words(say, measure, last), "usual": value_words(say, measure, usual)}
    if last is not None and usual is not None:
        return " " + say("(before {last}, usually {usual})", **said)
    if last is not None:
        return " " + say("(before {last})", **said)
    return "" if usual is None else " " + say("(usually {usual})", **said)


def _times(say: Say, report: Report) -> str:
    both = report.studio.both.business
    if both.median is None:
        return ""
    if both.p90 is None:
        return say("Response times: {times}.", times=times_words(say, both))
    return say(
        "Half of the answers came within {median}{before}, 9 of 10 within {p90}{wall}; the first "
        "answer in a conversation: {first}.",
        median=time_words(say, both.median),
        before=_before(say, report, Measure.MEDIAN),
        p90=time_words(say, both.p90),
        wall=_with_closed_hours(say, report.studio.both),
        first=_first(say, report.studio.first.business),
    )


def _with_closed_hours(say: Say, response: Response) -> str:
    """Wall time beside business time; "" where it says the same."""
    business, wall = response.business, response.wall
    if (business.median, business.p90) == (wall.median, wall.p90):
        return ""
    median, p90 = time_words(say, wall.median), time_words(say, wall.p90)
    return " " + say("(with closed hours {median} and {p90})", median=median, p90=p90)


def _first(say: Say, times: Times) -> str:
    if times.median is None:
        return say("no answers")
    return say("half within {median}", median=time_words(say, times.median))


def _breaches(say: Say, figures: Figures) -> str:
    said = []
    if figures.breaches:
        charged = (
            f"{charged_name(say, one.manager_id, one.name)} {one.count}"
            for one in figures.breaches_by
        )
        said.append(
            say(
                "Breaches: {number} ({who})",
                number=figures.breaches,
                who=listed(say, charged, _NAMES),
            )
        )
    elif figures.counted:
        said.append(say("No breaches"))
    if figures.open.count:
        said.append(
            say.many(
                "{number} client waits, {overdue} of them overdue",
                "{number} clients wait, {overdue} of them overdue",
                figures.open.count,
                overdue=figures.open.overdue,
            )
        )
    else:
        said.append(say("nobody waits for an answer") if said else "")
    words = "; ".join(one for one in said if one)
    return say("{words}.", words=words) if words else ""


def _worst(say: Say, report: Report) -> str:
    worst = report.worst
    if worst is None:
        return ""
    said = {
        "client": worst.client,
        "time": time_words(say, worst.business),
        "day": day_words(say, worst.started_at, report),
        "manager": worst.manager or say("without a manager"),
    }
    if worst.outcome:
        return say("The longest wait: {client}, {time}, {day} ({manager}).", **said)
    return say("The longest wait: {client}, {time} so far, since {day} ({manager}).", **said)


def _improved(say: Say, report: Report) -> str:
    best = report.improved
    if best is None or report.slice != Slice():
        return ""  # of one manager the times before it say the same, or nearly
    return say(
        "{name} became faster: half of the answers within {now}, {before} before.",
        name=best.name,
        now=time_words(say, best.now),
        before=time_words(say, best.before),
    )


def _clients(say: Say, report: Report) -> str:
    said = []
    if report.newcomers:
        said.append(say("New clients: {number}", number=len(report.newcomers)))
    if report.silent:
        names = listed(say, [one.name for one in report.silent], _NAMES)
        said.append(
            say.many(
                "no word for {number} week: {names}",
                "no word for {number} weeks: {names}",
                report.silent_weeks,
                names=names,
            )
        )
    words = "; ".join(said)
    return say("{words}.", words=words[:1].upper() + words[1:]) if words else ""


def _row(say: Say, row: Row) -> str:
    figures, name = row.figures, manager_name(say, row)
    if not figures.counted and not figures.answered:
        return say("{name}: {words}", name=name, words=waiting_words(say, figures.open))
    times, wall = (times_words(say, one) for one in (figures.both.business, figures.both.wall))
    if wall != times:
        times = say("{times} (with closed hours {wall})", times=times, wall=wall)
    return say(
        "{name}: {share} of {number} in time; {times}; breaches: {breaches}",
        name=name,
        share=share_words(say, figures.share),
        number=figures.counted,
        times=times,
        breaches=figures.breaches,
    )
