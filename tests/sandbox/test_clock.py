"""The product's clock shows what the sandbox's file says, and the demo's day is a working day."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import open_clock
from sandbox.clock import SandboxClock, demo_day

MOSCOW = ZoneInfo("Europe/Moscow")
START = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)


def apart(one: datetime, other: datetime) -> float:
    return abs((one - other).total_seconds())


def test_both_sides_show_the_same(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "clock.json", START)
    product = open_clock(clock.file)
    assert apart(clock.now(), START) < 1
    assert apart(clock.now(), product.now()) < 0.05


async def test_a_jump_is_seen_by_the_product_within_a_moment(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "clock.json", START)
    product = open_clock(clock.file)
    product.now()

    clock.jump(START + timedelta(hours=5))

    await asyncio.sleep(0.11)
    assert apart(product.now(), START + timedelta(hours=5)) < 1


def test_a_faster_clock_goes_on_from_where_it_was(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "clock.json", START)
    clock.run_at(600)
    before = clock.now()
    time.sleep(0.05)
    passed = (clock.now() - before).total_seconds()
    assert 30 <= passed < 300
    clock.run_at(0)
    assert clock.now() == clock.now()


@pytest.mark.parametrize("speed", [-1, 3601, float("nan")])
def test_an_impossible_speed_is_refused(tmp_path: Path, speed: float) -> None:
    clock = SandboxClock(tmp_path / "clock.json", START)
    with pytest.raises(ValueError, match="speed"):
        clock.run_at(speed)


def test_the_clock_never_goes_back(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "clock.json", START)
    with pytest.raises(ValueError, match="forward"):
        clock.jump(START - timedelta(seconds=1))


def test_listeners_hear_of_every_turn(tmp_path: Path) -> None:
    clock = SandboxClock(tmp_path / "clock.json", START)
    queue = clock.subscribe()
    clock.run_at(60)
    clock.jump(START + timedelta(hours=1))
    assert queue.qsize() == 2
    clock.unsubscribe(queue)
    clock.run_at(1)
    assert queue.qsize() == 2


@given(st.dates(date(2020, 1, 1), date(2100, 1, 1)))
def test_the_demos_day_is_the_nearest_tuesday_at_ten(today: date) -> None:
    shown = demo_day(today, MOSCOW).astimezone(MOSCOW)
    assert (shown.weekday(), shown.hour, shown.minute) == (1, 10, 0)
    assert abs((shown.date() - today).days) <= 3
