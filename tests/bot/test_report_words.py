"""What a report says: three to six sentences, numbers as rule 25 prints them, nothing invented."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from bot.report_terms import (
    calendar_words,
    clock_words,
    entered_words,
    manager_name,
    percent,
    period_title,
    reason_words,
    share_words,
    time_words,
    times_words,
)
from bot.report_words import notes, sentences, whole_text
from bot.texts import speaker
from inbox.report_records import (
    Figures,
    Period,
    Reason,
    Response,
    Row,
    Slice,
    StillOpen,
    Times,
)
from tests.bot.report_samples import report_of, sample, without_answers
from tests.bot.report_weeks import SINCE, UNTIL

RU, EN = speaker("ru"), speaker("en")


def minutes(*numbers: float) -> tuple[timedelta, ...]:
    return tuple(timedelta(minutes=one) for one in numbers)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize(("managers", "waits", "late"), [(1, 1, 0), (3, 120, 0.1), (30, 900, 9)])
def test_a_week_is_three_to_six_sentences(
    language: str, managers: int, waits: int, late: float
) -> None:
    report, _ = sample(managers, waits, language=language, late=late)
    said = sentences(speaker(language), report)
    assert 3 <= len(said) <= 6
    assert all(one.endswith(".") and "{" not in one and len(one) < 300 for one in said)


def test_no_russian_sentence_is_left_in_english() -> None:
    report, _ = sample(3, 120, language="ru")
    said = " ".join((*sentences(RU, report), *notes(RU, report))).replace("studio", "")
    assert not any("a" <= letter <= "z" for letter in said.casefold())


def test_the_numbers_are_those_of_the_report() -> None:
    report, lines = sample(3, 120, language="en")
    volume, times, breaches, worst, improved, clients = sentences(EN, report)
    answered = sum(one.outcome == "answered" for one in lines)
    assert f"{answered} answers were given" in volume
    assert "(before 91%, usually 93%)" in volume
    assert time_words(EN, report.studio.both.business.p90) in times
    assert f"Breaches: {sum(one.breached for one in lines)} (" in breaches
    longest = max(lines, key=lambda one: one.business)
    assert longest.client in worst
    assert time_words(EN, longest.business) in worst
    assert improved.startswith("Anna Brooks became faster: half of the answers within 17 min")
    assert (
        clients == "New clients: 2; no word for 3 weeks: Daisy, North Wind, Grain & Co and 2 more."
    )


def test_a_quiet_week_says_so_and_nothing_more() -> None:
    report, _ = without_answers("en")
    assert sentences(EN, report) == ("Nobody wrote, and nobody waited for an answer.",)


def test_a_week_without_breaches_says_so() -> None:
    report, lines = sample(2, 40, language="en", late=0)
    answered = [one for one in lines if one.outcome == "answered"]
    report = report_of(answered, "en", random.Random(1))
    assert "No breaches; nobody waits for an answer." in sentences(EN, report)


def test_few_answers_are_listed() -> None:
    report, lines = sample(2, 40, language="en", late=0)
    few = [one for one in lines if one.outcome == "answered"][:2]
    few = [replace(one, business=time) for one, time in zip(few, minutes(3, 12), strict=True)]
    report = report_of(few, "en", random.Random(1))
    assert "Response times: 3, 12 min." in sentences(EN, report)


def test_who_waits_still_is_said_to_wait_still() -> None:
    report, _ = sample(2, 40, language="en")
    assert report.worst is not None
    report = replace(report, worst=replace(report.worst, outcome="", manager=""))
    assert any(
        "so far, since" in one and "(without a manager)" in one for one in sentences(EN, report)
    )


def test_a_corrected_calendar_is_a_note() -> None:
    report, _ = sample(2, 40, language="en")
    (note,) = notes(EN, report)
    assert note == (
        "The studio’s calendar was corrected for Wed 18 Nov: a day off. It was entered on "
        "Mon 23 Nov, 01:00; answers given before keep their numbers."
    )


@pytest.mark.parametrize(
    ("entered", "words"),
    [
        ("", "as the week"),
        ("closed", "a day off"),
        ("closed Founders’ day", "a day off (Founders’ day)"),
        ("09:00-13:00,14:00-16:00 no electricity", "09:00–13:00, 14:00–16:00 (no electricity)"),
    ],
)
def test_what_was_entered_for_a_day_is_said_in_words(entered: str, words: str) -> None:
    assert entered_words(EN, entered) == words


def test_a_calendar_is_called_by_its_name() -> None:
    assert calendar_words(EN, "night") == "calendar “night”"


def test_wall_time_stands_beside_business_time_where_it_is_longer() -> None:
    report, _ = sample(2, 40, language="en")
    (times,) = (one for one in sentences(EN, report) if "(with closed hours " in one)
    wall = report.studio.both.wall
    assert f"(with closed hours {time_words(EN, wall.median)} and " in times
    row = report.managers[0]
    assert f"(with closed hours {times_words(EN, row.figures.both.wall)})" in whole_text(
        EN, report
    )
    same = replace(report.studio, both=Response(wall, wall))
    assert not any("closed hours" in one for one in sentences(EN, replace(report, studio=same)))


def test_who_answered_nothing_has_only_those_who_wait() -> None:
    report, _ = sample(2, 40, language="en")
    waiting = Row(None, "", Figures(opened=2, open=StillOpen(2, 0)))
    text = whole_text(EN, replace(report, managers=(waiting,)))
    assert "\nNo manager: 2 wait now\n" in text


def test_the_text_alone_tells_every_manager() -> None:
    report, _ = sample(30, 900, language="en")
    text = whole_text(EN, report)
    assert text.startswith("Week 16–22 Nov 2026. The whole studio")
    assert all(f"{manager_name(EN, row)}: " in text for row in report.managers)


def test_a_managers_own_text_tells_the_clients() -> None:
    report, _ = sample(1, 60, language="en")
    text = whole_text(EN, replace(report, slice=Slice(1, "Anna Brooks")))
    assert "Clients of Anna Brooks" in text
    assert "and " in text
    assert " more" in text
    assert report.clients[0].name in text


@pytest.mark.parametrize(
    ("time", "words", "short"),
    [
        (None, "—", "—"),
        (timedelta(), "0 min", "0 min"),
        (timedelta(seconds=29), "under 1 min", "0 min"),
        (timedelta(seconds=30), "1 min", "1 min"),
        (timedelta(minutes=59, seconds=29), "59 min", "59 min"),
        (timedelta(minutes=59, seconds=30), "1 h", "1 h"),
        (timedelta(hours=12, minutes=5), "12 h 5 min", "12:05 h"),
    ],
)
def test_times_are_rounded_half_up_to_minutes(
    time: timedelta | None, words: str, short: str
) -> None:
    assert time_words(EN, time) == words
    assert clock_words(EN, time) == short


def test_a_share_is_whole_only_where_it_is() -> None:
    shares = [Fraction(0), Fraction(1, 500), Fraction(1, 2), Fraction(499, 500), Fraction(1)]
    assert [percent(one) for one in shares] == [0, 1, 50, 99, 100]
    assert (share_words(RU, Fraction(1, 2)), share_words(EN, None)) == ("50 %", "—")


def test_times_share_their_unit() -> None:
    four = minutes(3, 12, 25, 60)
    assert times_words(EN, Times(4, four[1], None, four[3], four)) == "0:03, 0:12, 0:25, 1:00 h"
    assert times_words(EN, Times(9, *minutes(3, 12, 25))) == "3 / 12 min"
    assert times_words(EN, Times()) == "—"


@pytest.mark.parametrize(
    ("since", "until", "words"),
    [
        (SINCE, UNTIL, "16–22 Nov 2026"),
        (SINCE + timedelta(days=14), UNTIL + timedelta(days=14), "30 Nov – 6 Dec 2026"),
        (SINCE + timedelta(days=42), UNTIL + timedelta(days=42), "28 Dec 2026 – 3 Jan 2027"),
        (SINCE, SINCE + timedelta(days=1), "16 Nov 2026"),
    ],
)
def test_a_period_is_named_by_its_local_days(since: datetime, until: datetime, words: str) -> None:
    assert period_title(EN, Period(since, until, until, "Europe/Moscow", whole_week=True)) == words


def test_unassigned_waits_have_a_name_and_every_reason_has_words() -> None:
    assert manager_name(RU, Row(None, "", Figures())) == "Без менеджера"
    said = [reason_words(say, reason) for say in (RU, EN) for reason in Reason]
    assert len(set(said)) == 2 * len(Reason)
    assert UNTIL.tzinfo is UTC
