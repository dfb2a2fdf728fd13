"""`okno demo --week` as anybody starts it: the figures it prints are counted here once more."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from statistics import median

import pytest

from sandbox import quarter, studio
from sandbox.quarter import Did, Step
from sandbox.quarter_cast import IMPROVES
from sandbox.quarter_clients import FIRMS, LEFT_LYING

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WITHIN = 120.0  # seconds, on a machine that does much else
ENDINGS = ("light.png", "dark.png", "pdf", "xlsx", "csv", "txt")


@dataclass(frozen=True)
class Demo:
    """What it printed, and where it wrote."""

    folder: Path
    said: str

    @property
    def monday(self) -> datetime:
        """As its clock shows it."""
        shown = json.loads((self.folder / "clock.json").read_text())["shown"]
        return datetime.fromtimestamp(shown, studio.ZONE) - timedelta(hours=9)


def okno(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("week") / "demo"
    done = okno("demo", "--week", "--language", "en", "--out", str(folder))
    assert done.returncode == 0, done.stdout + done.stderr
    return Demo(folder, done.stdout)


def last_week(monday: datetime) -> list[Step]:
    since = monday - timedelta(days=7)
    return [one for one in quarter.steps(monday) if since <= one.at < monday]


def test_all_files_of_the_studio_and_of_a_manager_are_there(demo: Demo) -> None:
    names = [one.name for one in (demo.folder / "reports").iterdir()]
    assert len(names) == 2 * len(ENDINGS), names
    for ending in ENDINGS:
        mine = [one for one in names if one.endswith(f".{ending}")]
        assert len(mine) == 2, names
        assert sum(IMPROVES.name[1].replace(" ", "-") in one for one in mine) == 1
    assert str(demo.folder / "reports") in demo.said
    assert "Week 13 of 13 is in the books." in demo.said


def test_the_week_is_counted_as_its_steps_are(demo: Demo) -> None:
    steps = last_week(demo.monday)
    came = sum(one.did in {Did.ASKED, Did.MORE, Did.THANKED} for one in steps)
    answered = sum(one.did in {Did.ANSWERED, Did.PHONED} for one in steps)
    assert f"{came} messages came, {answered} answers were given" in demo.said


def test_half_of_the_answers_came_within_what_the_steps_say(demo: Demo) -> None:
    hours = quarter.hours_of(demo.monday).with_dates(
        {quarter.cut_day(demo.monday): quarter.CUT_SHIFTS}
    )
    since, asked, took = demo.monday - timedelta(days=7), {}, []
    for one in quarter.steps(demo.monday):
        talk = one.firm.house, one.thread
        if one.did is Did.ASKED:
            asked[talk] = one.at
        elif one.did in {Did.ANSWERED, Did.PHONED} and since <= one.at < demo.monday:
            took.append(hours.elapsed(asked[talk], one.at).total_seconds())
    half = int(median(took) / 60 + 0.5)
    assert f"Half of the answers came within {half} min" in demo.said


def test_it_tells_the_story_that_it_was_made_for(demo: Demo) -> None:
    lying = next(one.name[1] for one in FIRMS if one.house == LEFT_LYING)
    assert f"The longest wait: {lying}, " in demo.said
    assert f"{IMPROVES.name[1]} became faster" in demo.said
    assert "New clients: 3; no word for 4 weeks: " in demo.said
    assert "The studio’s calendar was corrected for Thu " in demo.said
    assert "(no electricity)" in demo.said


def test_what_it_offers_to_look_at_can_be_looked_at(demo: Demo) -> None:
    for command in re.findall(r"^  okno (\w+ .*)$", demo.said, re.MULTILINE):
        done = okno(*shlex.split(command))
        assert done.returncode == 0, done.stdout + done.stderr
        assert done.stdout.strip()


def test_a_database_is_never_written_over(demo: Demo) -> None:
    done = okno("demo", "--week", "--language", "en", "--out", str(demo.folder))
    assert done.returncode == 1
    assert "holds a database; name another folder" in done.stdout
