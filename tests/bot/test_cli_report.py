"""okno report: over a real database, with the files that the child processes write."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tests.bot.cli_world import (
    english_system,
    ok,
    okno,
    reported_week,
)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    english_system(monkeypatch)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return reported_week(tmp_path)


def clients_in(path: Path) -> list[str]:
    """Who stands in a CSV file, line by line."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return [row["Client"] for row in csv.DictReader(lines)]


def test_without_days_it_is_the_last_week_in_every_form(file: Path, tmp_path: Path) -> None:
    out = tmp_path / "made" / "here"
    said = ok(file, "report", "--out", str(out))
    stem = "okno-2026-11-16_2026-11-22"
    ends = ("csv", "light.png", "pdf", "txt", "xlsx")
    assert sorted(one.name for one in out.glob("okno*")) == [f"{stem}.{end}" for end in ends]
    assert (out / f"{stem}.light.png").read_bytes().startswith(b"\x89PNG")
    assert (out / f"{stem}.pdf").read_bytes().startswith(b"%PDF")
    assert clients_in(out / f"{stem}.csv") == ["Romashka", "Vasilek"]
    cells = CalamineWorkbook.from_path(out / f"{stem}.xlsx")
    assert any(
        "Vasilek" in row
        for name in cells.sheet_names
        for row in cells.get_sheet_by_name(name).to_python()
    )
    text = (out / f"{stem}.txt").read_text(encoding="utf-8")
    assert text.startswith("Week 16–22 Nov 2026. The whole studio\n")
    assert "Anna: 100% of 1 in time" in text
    assert text in said
    assert str(out / f"{stem}.pdf") in said.splitlines()


def test_the_named_week_and_days_are_the_ones_reported(file: Path, tmp_path: Path) -> None:
    days = ("--from", "17.11.2026", "--to", "2026-11-17", "--client", "Romashka")
    assert ok(file, "report", "--out", str(tmp_path), *days).startswith("17 Nov 2026. Romashka\n")
    assert clients_in(tmp_path / "okno-2026-11-17_2026-11-17-Romashka.csv") == ["Romashka"]
    empty = ("--week", "2026-11-11", "--client", "Romashka")
    assert "Answered: 0\n" in ok(file, "report", "--out", str(tmp_path), *empty)
    assert clients_in(tmp_path / "okno-2026-11-09_2026-11-15-Romashka.csv") == []


def test_a_client_alone_has_its_figures_and_its_waits(file: Path, tmp_path: Path) -> None:
    said = ok(file, "report", "--out", str(tmp_path), "--client", "vasilek").splitlines()
    assert said[0] == "Week 16–22 Nov 2026. Vasilek"
    assert {"Answered: 1", "In time: 0%", "Breaches: 1", "First: median: 2 h"} <= set(said)
    (only,) = tmp_path.glob("okno-*.csv")
    assert clients_in(only) == ["Vasilek"]
    assert not list(tmp_path.glob("*.xlsx"))


def test_a_managers_own_has_no_line_of_others(file: Path, tmp_path: Path) -> None:
    said = ok(file, "report", "--out", str(tmp_path), "--manager", "Boris")
    assert said.startswith("Week 16–22 Nov 2026. Clients of Boris\n")
    assert "Romashka" not in said
    assert clients_in(tmp_path / "okno-2026-11-16_2026-11-22-Boris.csv") == ["Vasilek"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--from", "2026-11-16"), "both --from and --to"),
        (("--week", "2026-11-16", "--from", "2026-11-16", "--to", "2026-11-17"), "both --from"),
        (("--from", "2026-11-17", "--to", "2026-11-16"), "--to is earlier than --from."),
        (("--manager", "Anna", "--client", "Romashka"), "not both"),
        (("--manager", "Zoe"), "There is no Zoe in the team (there is: Anna, Boris)."),
        (("--client", "Zoe"), "There is no client Zoe."),
    ],
)
def test_what_cannot_be_reported_is_said(
    file: Path, tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    result = okno(file, "report", "--out", str(tmp_path), *words)
    assert result.exit_code == 2
    assert says in result.stderr
    assert not list(tmp_path.glob("okno-*"))


def test_a_folder_that_cannot_be_written_is_said(file: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")
    result = okno(file, "report", "--out", str(tmp_path / "taken"))
    assert result.exit_code == 1
    assert "taken cannot be written" in result.stderr
