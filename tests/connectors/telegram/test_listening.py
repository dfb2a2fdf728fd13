"""For how long a channel was listened to without a break: what was written together is there."""

from __future__ import annotations

import asyncio
import math

from connectors.telegram import TelegramConnector
from connectors.telegram.source import MOST_BROKEN, Listening
from inbox.ports import ComesInParts
from sandbox.telegram import Fault, People, World
from tests.connectors.telegram.conftest import CLIENT, TOKEN, next_of


class TestListening:
    def setup_method(self) -> None:
        self.at = 1000.0
        self.listening = Listening(lambda: self.at)

    def test_it_counts_from_the_first_question(self) -> None:
        assert self.listening.seconds == math.inf
        self.listening.broke()
        self.at += 5
        assert self.listening.seconds == 0
        self.listening.begin()
        self.at += 2
        self.listening.begin()
        assert self.listening.seconds == 2

    def test_a_break_starts_it_anew(self) -> None:
        self.listening.begin()
        self.listening.heard()
        self.at += 10
        self.listening.broke()
        self.at += 30
        assert self.listening.seconds == 0
        self.listening.begin()
        self.at += 1
        assert self.listening.seconds == 1

    def test_a_long_outage_holds_nothing_up_for_ever(self) -> None:
        self.listening.begin()
        for _ in range(3):
            self.listening.broke()
            self.at += MOST_BROKEN / 2
            self.listening.begin()
            self.at += 1
        self.listening.broke()
        assert self.listening.seconds == math.inf
        self.listening.begin()
        self.listening.heard()
        self.listening.broke()
        assert self.listening.seconds == 0

    def test_how_long_nothing_was_heard(self) -> None:
        assert self.listening.unheard is None
        self.listening.begin()
        assert self.listening.unheard is None
        self.listening.heard()
        self.at += 4
        self.listening.broke()
        self.listening.begin()
        self.at += 3
        assert self.listening.unheard == 7


async def test_updates_that_cannot_be_had_are_a_break(
    connector: TelegramConnector, people: People, world: World
) -> None:
    assert isinstance(connector, ComesInParts)
    world.faults.add(Fault("refuse", "getUpdates", status=502))
    batches = connector.receive(None)
    people.says(CLIENT, TOKEN, "раз")
    waiting = asyncio.create_task(next_of(batches))
    async with asyncio.timeout(20):
        while not world.requests:
            await asyncio.sleep(0.01)
    await _until_broken(connector)
    await waiting
    assert 0 < connector.listened < 1
    await batches.aclose()


async def _until_broken(connector: TelegramConnector) -> None:
    async with asyncio.timeout(20):
        while connector.listened:
            await asyncio.sleep(0.01)
