"""The workbook: a count is no percentage, whatever it is a mean of."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from python_calamine import CalamineWorkbook

from bot.report_sheets import Workbook
from bot.texts import speaker
from inbox.report_records import Change, Measure
from tests.bot.report_samples import sample


def summary_of(path: Path, *changes: Change) -> dict[str, list[object]]:
    report, _ = sample(3, 60, language="en")
    Workbook(path, speaker("en"), replace(report, changes=changes), "").close()
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Summary").to_python()
    return {str(row[0]): row[1:4] for row in rows}


def test_the_mean_of_counts_is_a_number_and_of_shares_a_share(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    rows = summary_of(
        path,
        Change(Measure.MESSAGES, 191, 214, Fraction(843, 4)),
        Change(Measure.SHARE, Fraction(9, 10), Fraction(8, 10), Fraction(7, 10)),
    )
    assert rows["Messages"] == [191, 214, 210.8]
    assert rows["In time"] == [0.9, 0.8, 0.7]
    with zipfile.ZipFile(path) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    styled = [part for part in sheet.split("<c ") if "<v>210.8</v>" in part]
    assert len(styled) == 1
    assert " s=" not in styled[0], "a count has no style of its own, above all not percents"
