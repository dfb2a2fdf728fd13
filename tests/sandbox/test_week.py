"""The quarter's settings are what its waits were counted by; what goes wrong is said in a line."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from bot.settings import load
from bot.terms import calendars_of, policies_of
from bot.texts import speaker
from sandbox import quarter, studio, week
from sandbox.quarter_books import POLICIES
from sandbox.workbook import LANGUAGES
from tests.bot.cli_world import okno

MONDAY = datetime(2026, 11, 23, tzinfo=studio.ZONE)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("monday", [MONDAY, MONDAY + timedelta(weeks=6)])
def test_the_product_counts_as_the_quarter_was_counted(
    language: str, monday: datetime, tmp_path: Path
) -> None:
    file = tmp_path / week.SETTINGS
    file.write_text(week.settings(language, monday), encoding="utf-8")
    settings = load(file)
    assert settings.studio.language == language
    hours = calendars_of(settings).studio.hours
    assert hours.version == quarter.hours_of(monday).version
    known = policies_of(settings)
    for tier in (None, "vip"):
        ours, theirs = (one.policy("telegram", tier, first=True) for one in (POLICIES, known))
        assert (ours.reply_within, ours.ladder) == (theirs.reply_within, theirs.ladder)
        assert ours.name == theirs.name


async def test_a_folder_that_cannot_be_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    taken = tmp_path / "taken"
    taken.write_text("")
    code = await week.run(said=speaker("en").said, language="en", out=taken)
    assert code == 1
    assert capsys.readouterr().out == f"✗ {taken} cannot be written: File exists.\n"


def test_a_folder_alone_is_no_week(tmp_path: Path) -> None:
    result = okno(tmp_path / "okno.toml", "demo", "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "--out goes with --week." in result.output
