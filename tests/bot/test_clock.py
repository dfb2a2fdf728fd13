"""The machine's clock, and the one that a file turns for demonstrations."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.clock import ShownClock, SystemClock, open_clock

SHOWN = datetime(2026, 5, 4, 9, tzinfo=UTC)


def turn(file: Path, *, speed: float, shown: datetime = SHOWN) -> None:
    said = {"real": time.time(), "shown": shown.timestamp(), "speed": speed}
    file.write_text(json.dumps(said))


def test_the_machines_clock_is_aware_and_right() -> None:
    now = open_clock(None).now()
    assert now.utcoffset() == timedelta()
    assert abs(now.timestamp() - time.time()) < 1
    assert isinstance(open_clock(None), SystemClock)


def test_a_file_sets_the_shown_time_and_its_speed(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    turn(file, speed=0)
    clock = open_clock(file)
    assert clock.now() == clock.now() == SHOWN
    turn(file, speed=3600, shown=SHOWN + timedelta(days=1))
    time.sleep(0.15)
    first = clock.now()
    time.sleep(0.05)
    assert first > SHOWN + timedelta(days=1)
    assert timedelta(minutes=2) < clock.now() - first < timedelta(minutes=30)


def test_it_goes_on_while_the_file_is_broken_or_gone(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    turn(file, speed=0)
    clock = ShownClock(file)
    assert clock.now() == SHOWN
    for spoiled in ("{", "[]", '{"real": "x"}', '{"real": 1}'):
        file.write_text(spoiled)
        time.sleep(0.11)
        assert clock.now() == SHOWN
    file.unlink()
    time.sleep(0.11)
    assert clock.now() == SHOWN


def test_without_a_file_it_shows_the_real_time(tmp_path: Path) -> None:
    assert abs(ShownClock(tmp_path / "none").now().timestamp() - time.time()) < 1
