"""What an explained figure says: all figures in both languages, hostile names, one message."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from bot.buttons import Keyboard
from bot.figure_buttons import (
    FIGURES,
    MOST_DAYS,
    FigureButton,
    FiguresButton,
    Mode,
    Part,
    RowSort,
    figure_of,
    figures_button,
    how_counted,
)
from bot.figure_orders import Explanation, Jump
from bot.figure_terms import name_of, short_name
from bot.figure_views import MENU, RELATED, figure_view, figures_view
from bot.figure_words import why_figure
from bot.reader import Reader
from bot.rich import MESSAGE_LIMIT
from bot.texts import speaker
from inbox.report_figures import Against, Figure, Sort, What, Whose, is_figure
from inbox.report_records import Report, Slice, WaitLine
from inbox.report_why import explain
from tests.bot.report_samples import report_of, sample
from tests.bot.report_weeks import SINCE, UNTIL

MOST = 2**63 - 2
MOSCOW = ZoneInfo("Europe/Moscow")
NOW = UNTIL + timedelta(hours=9)
DAYS = {"day": SINCE.astimezone(MOSCOW).toordinal(), "days": 7}


def said(figure: Figure, waits: tuple[Report, list[WaitLine]], language: str = "en") -> list[str]:
    report, lines = waits
    reader = Reader(speaker(language), MOSCOW, NOW)
    return why_figure(reader, report, explain(report, lines, figure)).text.splitlines()


@pytest.mark.parametrize("language", ["ru", "en"])
def test_every_figure_is_said_in_one_message(language: str) -> None:
    report, lines = sample(6, 200, language=language)
    long = [replace(one, client="Ы" * 300, manager="𝔐" * 70) for one in lines]
    for whose in (Whose(), Whose(Sort.MANAGER, 1, "Анна"), Whose(Sort.TIER, None, "")):
        for what in What:
            for side in ({}, {"wall": True}, *({"against": one} for one in Against)):
                figure = Figure(what, whose, **side)
                if not is_figure(figure):
                    continue
                told = explain(report, long, figure)
                words = why_figure(Reader(speaker(language), MOSCOW, NOW), report, told)
                assert 0 < words.units <= MESSAGE_LIMIT
                assert "{" not in words.text
                assert len(words.text.splitlines()) >= 4


def test_a_breach_shows_the_target_that_it_missed() -> None:
    lines = said(Figure(What.BREACHES), sample(3, 40, late=0.5, language="en"))
    waits = [line for line in lines if " · " in line]
    assert waits
    assert all(" · target 1 h · " in line for line in waits)
    assert all(line.endswith(" · a breach") for line in waits)


def test_the_places_of_a_figure_are_said_to_the_second() -> None:
    _, lines = sample(1, 5, language="en", late=0)
    exact = [
        replace(
            one, business=timedelta(minutes=10 + n, seconds=n), outcome="answered", first=False
        )
        for n, one in enumerate(lines)
    ]
    made = report_of(exact, "en", random.Random(1))
    (line,) = [one for one in said(Figure(What.P90), (made, exact)) if "number 5 of 5" in one]
    assert line.endswith("14 min 4 s.")


def test_an_hour_of_the_week_is_named() -> None:
    lines = said(Figure(What.CAME_LATE, day=0, hour=9), sample(3, 60, late=0.5, language="en"))
    assert "Mon 09:00–09:59" in lines


def test_every_figure_has_a_button_somewhere() -> None:
    reached = {what for row in MENU for what in row} | {
        what for beside in RELATED.values() for what in beside
    }
    assert reached == set(What)
    for say in (speaker("ru"), speaker("en")):
        for names in ([name_of(say, one) for one in What], [short_name(say, one) for one in What]):
            assert [one for one, count in Counter(names).items() if count > 1] == []


def test_the_largest_numbers_fit_a_button() -> None:
    of = {"days": MOST_DAYS, "part": Part.CLIENT, "about_id": MOST, "row": MOST}
    longest = FigureButton(
        day=800_000,
        **of,
        sort=RowSort.CHANNEL,
        what=len(FIGURES) - 1,
        mode=Mode.SUN,
    )
    assert len(longest.pack()) <= 64
    assert len(FiguresButton(day=800_000, **of, below=True).pack()) <= 64


def test_a_button_names_the_report_that_it_stands_under() -> None:
    report, _ = sample()
    for whose, part, about_id in (
        (Slice(), Part.WHOLE, 0),
        (Slice(7, "Анна"), Part.MANAGER, 7),
        (Slice(name="Зерно", client_id=9), Part.CLIENT, 9),
    ):
        button = how_counted(speaker("ru"), replace(report, slice=whose))
        assert button is not None
        pressed = button.data
        assert isinstance(pressed, FiguresButton)
        assert (pressed.day, pressed.days) == (DAYS["day"], 7)
        assert (pressed.part, pressed.about_id, pressed.below) == (part, about_id, True)
    long = replace(report.period, until=SINCE + timedelta(days=MOST_DAYS + 1))
    assert figures_button(long, Slice()) is None
    assert how_counted(speaker("ru"), replace(report, period=long)) is None


def words_on(keyboard: Keyboard) -> list[str]:
    return [button.text for row in keyboard for button in row]


def test_a_row_has_no_figures_of_the_whole() -> None:
    report, _ = sample(language="en")
    of = FiguresButton(**DAYS, part=Part.WHOLE, about_id=0, sort=RowSort.CLIENT, row=3)
    view = figures_view(speaker("en"), of, report.period, Slice())
    assert "New clients" not in words_on(view.keyboard)
    assert "By manager" not in words_on(view.keyboard)
    figure = FigureButton(
        **DAYS,
        part=Part.WHOLE,
        about_id=0,
        sort=RowSort.CLIENT,
        row=3,
        what=FIGURES.index(What.MESSAGES),
    )
    assert figure_of(figure) == Figure(What.MESSAGES, Whose(Sort.CLIENT, 3))
    told = figure_view(speaker("en"), figure, report.period, Explanation(jumps=(None, Jump(1, 2))))
    assert words_on(told.keyboard) == ["2", "New waits", "All waits", "← Figures"]


def test_what_it_was_before_leads_there() -> None:
    report, _ = sample(language="en")
    figure = FigureButton(
        **DAYS,
        part=Part.WHOLE,
        about_id=0,
        sort=RowSort.STUDIO,
        row=0,
        what=FIGURES.index(What.SHARE),
        mode=Mode.USUAL,
    )
    view = figure_view(speaker("en"), figure, report.period, Explanation())
    assert words_on(view.keyboard)[0] == "In time"
    weeks = [one.data for row in view.keyboard for one in row][1:-1]
    assert [one.day for one in weeks if isinstance(one, FigureButton)] == [
        DAYS["day"] - 7 * n for n in range(1, 9)
    ]
