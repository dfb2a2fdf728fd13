"""The picture and the pages: right size, both languages and themes, any number of managers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from matplotlib.text import Text
from PIL import Image

from bot.report_drawing import DARK, LIGHT, Sheet, Theme, between, cut, width, wrapped
from bot.report_pages import pages_of, write_pdf
from bot.report_pictures import DENSITY, picture
from bot.texts import speaker
from inbox.report_records import Exclusion, Reason, Report, Slice
from tests.bot.report_samples import sample, without_answers

CASES: dict[str, Callable[[str], Report]] = {
    "one manager": lambda language: sample(1, 30, language=language)[0],
    "three": lambda language: sample(3, 120, language=language)[0],
    "thirty": lambda language: sample(30, 900, language=language)[0],
    "forty": lambda language: sample(40, 900, language=language)[0],
    "an empty week": lambda language: without_answers(language)[0],
    "a single message": lambda language: sample(1, 1, language=language)[0],
    "all late": lambda language: sample(4, 50, language=language, late=9)[0],
    "own clients": lambda language: replace(
        sample(1, 60, language=language)[0], slice=Slice(1, "Anna")
    ),
}


def texts_of(sheet: Sheet) -> list[Text]:
    return [one for one in sheet.figure.get_children() if isinstance(one, Text)]


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("case", CASES)
def test_nothing_is_drawn_outside_the_picture_or_over_another_text(
    case: str, language: str
) -> None:
    all_is_readable(picture(speaker(language), CASES[case](language), LIGHT))


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("case", ["three", "an empty week", "own clients", "everything"])
def test_nothing_is_drawn_outside_a_page_or_over_another_text(case: str, language: str) -> None:
    report = everything(language) if case == "everything" else CASES[case](language)
    for page in pages_of(speaker(language), report):
        all_is_readable(page)


def test_what_does_not_fit_on_the_pages_is_counted() -> None:
    words = [
        one.get_text()
        for page in pages_of(speaker("en"), everything("en"))
        for one in texts_of(page)
    ]
    assert "Clients: the first 20 of 60" in words
    for left in (4, 8, 22):  # newcomers and silent clients, tiers, channels
        assert f"and {left} more in the table" in words


def everything(language: str) -> Report:
    """As much of everything as a page can be asked to hold."""
    report, _ = sample(9, 2000, language=language)
    new, silent, row = report.newcomers[0], report.silent[0], report.channels[0]
    return replace(
        report,
        newcomers=tuple(replace(new, client_id=one) for one in range(12)),
        silent=tuple(replace(silent, client_id=one) for one in range(12)),
        channels=tuple(replace(row, name=f"email:{one}") for one in range(30)),
        tiers=tuple(replace(row, name=f"tier {one}") for one in range(12)),
        exclusions=tuple(Exclusion(one, 7) for one in Reason),
    )


def all_is_readable(sheet: Sheet) -> None:
    """Within the sheet, and no text over another one."""
    written = [one for one in texts_of(sheet) if one.get_text()]
    boxes = [(one.get_text(), one.get_window_extent()) for one in written]
    for words, box in boxes:
        assert box.x0 >= 0, words
        assert box.x1 <= sheet.width, words
        assert 0 <= box.y0 < box.y1 <= sheet.height, words
    for number, (words, box) in enumerate(boxes):
        for other, beside in boxes[number + 1 :]:
            across = min(box.x1, beside.x1) - max(box.x0, beside.x0)
            down = min(box.y1, beside.y1) - max(box.y0, beside.y0)
            assert across <= 2 or down <= 4, (words, other)


@pytest.mark.parametrize(("name", "theme"), [("light", LIGHT), ("dark", DARK)])
def test_the_picture_is_as_wide_as_telegram_keeps_it(
    name: str, theme: Theme, tmp_path: Path
) -> None:
    path = tmp_path / f"{name}.png"
    picture(speaker("ru"), CASES["three"]("ru"), theme).write_png(path, scale=DENSITY)
    with Image.open(path) as image:
        assert image.width == 1280
        assert image.height < 2 * image.width
        assert image.convert("RGB").getpixel((3, 3)) == tuple(bytes.fromhex(theme.ground[1:]))


def test_of_forty_managers_the_last_are_counted() -> None:
    words = [
        one.get_text() for one in texts_of(picture(speaker("en"), CASES["forty"]("en"), LIGHT))
    ]
    assert "and 10 more in the PDF" in words


def test_an_empty_week_says_that_nobody_waited() -> None:
    sheet = picture(speaker("en"), CASES["an empty week"]("en"), LIGHT)
    assert "Nobody waited for an answer." in [one.get_text() for one in texts_of(sheet)]


def test_a_clients_dollars_are_no_formula() -> None:
    report = replace(sample(1, 200, language="en")[0], slice=Slice(1, "Anna"))
    drawn = [
        one for one in texts_of(picture(speaker("en"), report, LIGHT)) if "$" in one.get_text()
    ]
    assert drawn
    assert not any(one.get_parse_math() for one in drawn)


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("case", CASES)
def test_the_pages_are_one_to_three(case: str, language: str, tmp_path: Path) -> None:
    path = tmp_path / "report.pdf"
    write_pdf(speaker(language), CASES[case](language), path)
    pages = path.read_bytes().count(b"/Type /Page ")
    assert pages == (2 if case == "an empty week" else 3)


def test_texts_are_cut_and_wrapped_to_the_room() -> None:
    assert cut("Short", 20, 500) == "Short"
    shortened = cut("A very long name of a client indeed", 20, 150)
    assert shortened.endswith("…")
    assert width(shortened, 20) <= 150
    lines = wrapped("one two three four five " + "x" * 80, 20, 120)
    assert len(lines) > 2
    assert all(width(line, 20) <= 120 for line in lines)


def test_a_colour_between_two_is_between_them() -> None:
    assert between("#000000", "#ff8000", 0.5) == "#804000"
