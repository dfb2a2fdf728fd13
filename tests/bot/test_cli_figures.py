"""okno why of a report's figure: over a real database, in plain text."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.bot.cli_world import (
    english_system,
    ok,
    okno,
    reported_week,
)

WEEK = ("--week", "2026-11-18")


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    english_system(monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return reported_week(tmp_path)


def test_a_figure_says_how_it_came(file: Path) -> None:
    said = ok(file, "why", "median", *WEEK)
    assert said.startswith("All responses: median: 1 h 10 min\nWeek 16–22 Nov 2026.")
    assert "number 1: № 1 Romashka, 20 min; and number 2: № 2 Vasilek, 2 h." in said
    assert "Their mean is 1 h 10 min." in said


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (("share",), "1 in time / (1 + 1 breaches) = 50%"),
        (("share", "--manager", "Anna"), "1 in time / (1 + 0 breaches) = 100%"),
        (("answered", "--client", "Vasilek"), "Answered: 1\n"),
        (("longest", "--row", "boris"), "All responses: the longest: 2 h\n"),
        (("longest", "--row", "Bor"), "All responses: the longest: 2 h\n"),
        (("came:tue:10",), "When messages come: 1\n"),
        (("first-longest:wall",), "by the wall clock: 2 h\n"),
        (("messages:last",), "There is nothing to compare with."),
    ],
)
def test_of_any_side_row_or_slice(file: Path, typed: tuple[str, ...], words: str) -> None:
    assert words in ok(file, "why", *typed, *WEEK)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        (WEEK, "Name a figure. Known: messages, "),
        ((), "Name a conversation, or with --week a figure"),
        (("nonsense", *WEEK), "There is no figure nonsense. Known: messages, "),
        (("share:blue", *WEEK), "blue is no side of a figure."),
        (("share:wall", *WEEK), "The figure share has no such side: share:wall"),
        (("share", *WEEK, "--row", "Nobody"), "The report has no row of that name: Nobody."),
        (("share", "--row", "Anna"), "Name a day of the --week"),
        (("share", "--from", "2026-11-18"), "Name a day of the --week"),
        (("share", *WEEK, "--manager", "Anna", "--client", "Vasilek"), "not both"),
    ],
)
def test_what_cannot_be_meant_is_refused(file: Path, typed: tuple[str, ...], words: str) -> None:
    result = okno(file, "why", *typed)
    assert result.exit_code == 2
    assert words in result.stderr


def test_a_wait_of_the_report_is_explained_by_its_number(file: Path) -> None:
    said = ok(file, "why", "--wait", "№ 2")
    assert "Vasilek" in said
    assert "2 h" in said
    assert "Romashka" not in said


@pytest.mark.parametrize(
    ("number", "words"),
    [("77", "There is no wait № 77."), ("Vasilek", "Vasilek is no number of a wait.")],
)
def test_what_is_no_wait_is_refused(file: Path, number: str, words: str) -> None:
    result = okno(file, "why", "--wait", number)
    assert result.exit_code != 0
    assert words in result.stderr
