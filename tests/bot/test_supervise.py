"""A part that fails is started again, ever more slowly; one that needs a person says so once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.connections import Board, State
from bot.supervise import Pauses, Supervisor
from inbox.errors import ChannelPaused, Fault, StoreUnavailable


class TurnedClock:
    """Shows what it is set to."""

    def __init__(self) -> None:
        self.at = datetime(2026, 5, 4, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class HeardNews:
    """Records who was told what."""

    def __init__(self) -> None:
        self.heard: list[str] = []

    async def paused(self, name: str, error: ChannelPaused) -> None:
        self.heard.append(f"paused {name} {error.fault}")

    async def back(self, name: str) -> None:
        self.heard.append(f"back {name}")

    async def store_away(self, error: StoreUnavailable) -> None:
        self.heard.append(f"store {error.reason}")


def supervisor(news: HeardNews, *, settled: float = 60.0) -> Supervisor:
    pauses = Pauses(0.001, 0.004, person=0.01, settled=settled, proven=settled, look=0.001)
    return Supervisor(Board(TurnedClock()), news, pauses, dice=lambda: 1.0)


@asynccontextmanager
async def kept(keeper: Supervisor, name: str, run: Callable[[], object]) -> AsyncIterator[None]:
    task = asyncio.create_task(keeper.keep(name, run))  # type: ignore[arg-type]  # any coroutine
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.001)


class Flaky:
    """Fails by the list, then runs for ever."""

    def __init__(self, *faults: Exception | None) -> None:
        self.faults = list(faults)
        self.starts = 0

    async def __call__(self) -> None:
        self.starts += 1
        if self.faults:
            fault = self.faults.pop(0)
            if fault is not None:
                raise fault
            return
        await asyncio.Event().wait()


async def test_a_part_that_fails_or_ends_is_started_again() -> None:
    news = HeardNews()
    keeper = supervisor(news, settled=0.02)
    part = Flaky(RuntimeError("boom"), None, OSError("gone"))
    async with kept(keeper, "email:info", part):
        await until(lambda: part.starts == 4)
        connection = keeper.board.connections["email:info"]
        assert connection.state is State.RETRYING
        assert connection.why == "OSError: gone"
        await until(lambda: keeper.board.connections["email:info"].state is State.UP)
    assert news.heard == []


async def test_a_fault_of_one_part_leaves_the_other_running() -> None:
    keeper = supervisor(HeardNews(), settled=0.01)
    sound, broken = Flaky(), Flaky(*[RuntimeError("boom")] * 50)
    async with kept(keeper, "a", sound), kept(keeper, "b", broken):
        await until(lambda: broken.starts > 5)
        await until(lambda: keeper.board.connections["a"].state is State.UP)
    assert sound.starts == 1


async def test_who_is_paused_is_told_once_and_once_when_it_is_back() -> None:
    news = HeardNews()
    keeper = supervisor(news, settled=0.02)
    wrong = ChannelPaused(Fault.LOGIN_FAILED, "no")
    part = Flaky(wrong, wrong, wrong)
    async with kept(keeper, "email:info", part):
        await until(lambda: part.starts == 2)
        assert keeper.board.connections["email:info"].state is State.PAUSED
        await until(lambda: "back email:info" in news.heard)
        assert keeper.board.connections["email:info"].state is State.UP
    assert news.heard == ["paused email:info login_failed", "back email:info"]


async def test_each_new_code_of_a_consent_is_told() -> None:
    news = HeardNews()
    codes = [ChannelPaused(Fault.CONSENT_NEEDED, code) for code in ("A", "A", "B", "B", "C")]
    part = Flaky(*codes)
    async with kept(supervisor(news, settled=0.02), "email:info", part):
        await until(lambda: "back email:info" in news.heard)
    assert news.heard == ["paused email:info consent_needed"] * 3 + ["back email:info"]


async def test_a_server_that_says_it_in_other_words_each_time_is_told_once() -> None:
    news = HeardNews()
    part = Flaky(*[ChannelPaused(Fault.LOGIN_FAILED, f"535 id {n}") for n in range(4)])
    async with kept(supervisor(news, settled=0.02), "email:info", part):
        await until(lambda: "back email:info" in news.heard)
    assert news.heard == ["paused email:info login_failed", "back email:info"]


async def test_a_full_disk_is_told_past_the_queue() -> None:
    news = HeardNews()
    keeper = supervisor(news)
    part = Flaky(StoreUnavailable("disk_full", "no space"))
    async with kept(keeper, "queue in", part):
        await until(lambda: part.starts == 2)
    assert news.heard == ["store disk_full"]


async def test_cancelling_waits_for_the_part_to_end() -> None:
    ended = asyncio.Event()

    async def slow() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0.01)
            ended.set()

    async with kept(supervisor(HeardNews()), "slow", slow):
        await asyncio.sleep(0.005)
    assert ended.is_set()


@given(failures=st.integers(1, 10_000), share=st.floats(0, 1))
def test_pauses_grow_to_five_minutes_and_never_above(failures: int, share: float) -> None:
    pauses = Pauses()
    assert 0 <= pauses.after(failures, share=share) <= 300
    assert pauses.after(failures, share=1.0) >= min(300, failures)


async def test_a_channel_that_mends_itself_is_retrying_and_then_up() -> None:
    trouble = ["no route"]
    news = HeardNews()
    board = Board(TurnedClock(), {"telegram": lambda: trouble[0]})
    keeper = Supervisor(board, news, Pauses(settled=0.005, look=0.001))
    async with kept(keeper, "telegram", Flaky()):
        await asyncio.sleep(0.02)
        board.look()
        assert board.connections["telegram"].state is State.RETRYING
        assert board.connections["telegram"].why == "no route"
        trouble[0] = ""
        board.look()
        assert board.connections["telegram"].state is State.UP


async def test_nobody_is_told_that_a_channel_is_back_while_it_has_no_connection() -> None:
    trouble = ["no route"]
    news = HeardNews()
    board = Board(TurnedClock(), {"email:info": lambda: trouble[0]})
    pauses = Pauses(person=0.001, proven=0.005, look=0.001)
    wrong = ChannelPaused(Fault.LOGIN_FAILED, "no")
    async with kept(Supervisor(board, news, pauses), "email:info", Flaky(wrong)):
        await asyncio.sleep(0.05)
        assert news.heard == ["paused email:info login_failed"]
        trouble[0] = ""
        await until(lambda: "back email:info" in news.heard)


def test_since_stays_while_the_state_does() -> None:
    clock = TurnedClock()
    board = Board(clock)
    board.note("a", State.RETRYING, "one")
    first = clock.at
    clock.at += timedelta(minutes=5)
    board.note("a", State.RETRYING, "two")
    assert board.connections["a"].since == first
    assert board.connections["a"].why == "two"
    board.note("a", State.UP)
    assert board.connections["a"].since == clock.at
    assert board.connections["a"].why == ""
