"""How fast we send: Telegram's limits are never passed, and the urgent goes first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from aiogram import exceptions
from aiogram.methods import SendMessage
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram import TelegramSettings, open_bot
from connectors.telegram.bot import wait_of
from connectors.telegram.deliver import send_text
from connectors.telegram.errors import translated
from connectors.telegram.pacing import FARTHEST, Pace, TooBusy, Urgency, together, urgency
from inbox.errors import Fault as Why
from inbox.errors import SendDeferred
from sandbox.telegram import Fault, TelegramServer
from tests.connectors.telegram.conftest import CLIENT, TOKEN

ANNA, BORIS, GROUP = 7, 8, -100


class Stopwatch:
    """Monotonic seconds that pass only in sleep."""

    def __init__(self) -> None:
        self.at = 1000.0

    def now(self) -> float:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += seconds


def a_pace() -> tuple[Pace, Stopwatch]:
    watch = Stopwatch()
    return Pace(watch.now, watch.sleep), watch


async def sent_at(pace: Pace, watch: Stopwatch, chats: Sequence[int]) -> list[tuple[int, float]]:
    """When each message goes, one after another, with all the patience there is."""
    sent = []
    for chat in chats:
        with urgency(Urgency.CARD, patience=1e9):
            await pace.turn(chat)
        sent.append((chat, watch.at))
    return sent


def most_within(instants: Sequence[float], seconds: float) -> int:
    """How many at most lie in any stretch of so many seconds."""
    return max(sum(start <= one < start + seconds for one in instants) for start in instants)


async def test_a_short_burst_goes_at_once_and_then_one_a_second() -> None:
    pace, watch = a_pace()
    begun = watch.at
    sent = await sent_at(pace, watch, [ANNA] * 8)
    assert [round(at - begun, 2) for _, at in sent] == [0, 0, 0, 0, 0, 1, 2, 3]


async def test_a_group_takes_20_in_any_minute() -> None:
    pace, watch = a_pace()
    sent = await sent_at(pace, watch, [GROUP] * 100)
    assert most_within([at for _, at in sent], 60) <= 20


@given(st.lists(st.sampled_from([*range(1, 60), GROUP]), min_size=1, max_size=200))
async def test_no_more_than_30_a_second_in_all_whoever_they_are_for(chats: list[int]) -> None:
    pace, watch = a_pace()
    sent = await sent_at(pace, watch, chats)
    assert most_within([at for _, at in sent], 1) <= 30
    for chat in set(chats):
        own = [at for one, at in sent if one == chat]
        assert own == sorted(own)
        assert most_within(own, 60) <= (20 if chat == GROUP else 65)


async def test_who_must_wait_long_is_sent_away_with_a_slot_of_its_own() -> None:
    pace, watch = a_pace()
    await sent_at(pace, watch, [ANNA] * 8)
    waits = []
    for _ in range(3):
        with pytest.raises(TooBusy) as busy, urgency(Urgency.CARD, patience=0.5):
            await pace.turn(ANNA)
        waits.append(busy.value.wait)
    assert waits == [1, 2, 3]
    assert pace.wait_of(ANNA) == 4
    await watch.sleep(waits[0])
    begun = watch.at
    with urgency(Urgency.CARD, patience=0.5):
        await pace.turn(ANNA)  # the one that comes back finds its slot
    assert watch.at == begun
    with pytest.raises(TooBusy), urgency(Urgency.CARD, patience=0.5):
        await pace.turn(ANNA)  # a new one does not take the others'


async def test_alerts_go_before_cards_and_lists_wait_for_quiet() -> None:
    pace, watch = a_pace()
    await sent_at(pace, watch, [ANNA] * 20)
    begun = watch.at
    with urgency(Urgency.ALERT):
        await pace.turn(ANNA)
    assert watch.at == begun
    with pytest.raises(TooBusy) as card, urgency(Urgency.CARD, patience=0.5):
        await pace.turn(ANNA)
    with pytest.raises(TooBusy) as digest, urgency(Urgency.DIGEST, patience=0.5):
        await pace.turn(ANNA)
    assert card.value.wait < digest.value.wait
    await sent_at(pace, watch, [BORIS])  # another chat is not held up
    assert watch.at == begun


async def test_alerts_have_a_limit_too() -> None:
    pace, watch = a_pace()
    begun = watch.at
    for _ in range(6):
        with urgency(Urgency.ALERT, patience=60):
            await pace.turn(ANNA)
    assert watch.at - begun == 6


async def test_what_telegram_itself_asks_for_holds_the_chat_alerts_too() -> None:
    pace, _ = a_pace()
    pace.hold(ANNA, 40)
    assert pace.wait_of(ANNA) == 40
    for how in Urgency:
        with pytest.raises(TooBusy) as busy, urgency(how):
            await pace.turn(ANNA)
        assert busy.value.wait >= 40
    assert pace.wait_of(BORIS) == 0


async def test_a_reserved_slot_that_nobody_comes_for_is_forgotten() -> None:
    pace, watch = a_pace()
    await sent_at(pace, watch, [ANNA] * 8)
    with pytest.raises(TooBusy), urgency(Urgency.CARD, patience=0.5):
        await pace.turn(ANNA)
    await watch.sleep(120)
    begun = watch.at
    await sent_at(pace, watch, [ANNA] * 5)
    assert watch.at == begun
    with pytest.raises(TooBusy), urgency(Urgency.CARD, patience=0.5):
        await pace.turn(ANNA)


async def a_card(pace: Pace, watch: Stopwatch, chat: int) -> None:
    """A text and an album of ten, told of as a desk does."""
    with urgency(Urgency.CARD, patience=0.5), together(11):
        for messages in (1, 10):
            await watch.sleep(0.1)
            await pace.turn(chat, messages)


@pytest.mark.parametrize("chat", [ANNA, GROUP])
async def test_of_what_belongs_together_only_the_first_is_ever_sent_away(chat: int) -> None:
    pace, watch = a_pace()
    shown, waits = 0, []
    for _ in range(6):
        try:
            await a_card(pace, watch, chat)
        except TooBusy as busy:
            waits.append(busy.wait)
        else:
            shown += 1
    assert shown == 1
    reserved = [one for one in waits if one <= FARTHEST]
    assert reserved
    assert pace.wait_of(chat) > FARTHEST
    await watch.sleep(reserved[0])
    assert pace.wait_of(chat) == 0, "whoever comes back for a slot is not too late"
    begun = watch.at
    await a_card(pace, watch, chat)
    assert watch.at - begun == pytest.approx(0.2)


async def test_more_than_an_album_waits_for_its_own_slots() -> None:
    pace, _ = a_pace()
    with urgency(Urgency.CARD, patience=0.5), together(30):
        await pace.turn(ANNA)
        await pace.turn(ANNA, 10)
        with pytest.raises(TooBusy):
            await pace.turn(ANNA, 10)


async def test_an_album_counts_as_its_messages() -> None:
    pace, _ = a_pace()
    await pace.turn(ANNA, 10)
    assert pace.wait_of(ANNA) == pytest.approx(6)


async def test_quiet_chats_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    pace, watch = a_pace()
    monkeypatch.setattr("connectors.telegram.pacing.MOST_CHATS", 3)
    await sent_at(pace, watch, [1, 2, 3])
    await watch.sleep(60)
    pace.hold(3, 100)
    await sent_at(pace, watch, [4])
    assert pace.wait_of(3) == 100


async def test_the_bot_keeps_the_pace_and_a_server_with_limits_refuses_nothing(
    server: TelegramServer,
) -> None:
    server.world.limits.enabled = True
    bot = open_bot(TelegramSettings(token=TOKEN, api=server.url))
    try:
        for number in range(6):
            await send_text(bot, CLIENT, str(number))
        assert [one["text"] for one in server.world.chat(TOKEN, CLIENT)] == [*"012345"]
        refused = [one for one in server.world.requests if one.status == 429]
        assert not refused
    finally:
        await bot.session.close()


async def test_a_429_holds_the_chat_for_as_long_as_it_says(server: TelegramServer) -> None:
    bot = open_bot(TelegramSettings(token=TOKEN, api=server.url))
    server.world.faults.add(Fault("refuse", "sendMessage", retry_after=9))
    try:
        with pytest.raises(exceptions.TelegramRetryAfter):
            await bot(SendMessage(chat_id=CLIENT, text="1"))
        assert 8 < wait_of(bot, CLIENT) <= 9
        with pytest.raises(SendDeferred) as later, translated():
            await send_text(bot, CLIENT, "2")
        assert later.value.fault is Why.RATE_LIMITED
        assert later.value.retry_after is not None
        assert 8 < later.value.retry_after.total_seconds() <= 9
        assert len([one for one in server.world.requests if one.method == "sendMessage"]) == 1
    finally:
        await asyncio.shield(bot.session.close())
