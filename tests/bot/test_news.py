"""Administrators hear of a pause through the queue, and past it where the database is away."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from bot.news import Administrators
from inbox.errors import ChannelPaused, Fault, SendRejected, StoreUnavailable
from inbox.jobs import Queue, TellAdmins
from inbox.model import Manager, Role
from inbox.ports import Desk, Store
from storage.store import SqlStore, open_store
from tests.databases import sqlite_in

PAUSED = ChannelPaused(Fault.LOGIN_FAILED, "no")
FULL = StoreUnavailable("disk_full", "no space")


class TurnedClock:
    at = datetime(2026, 5, 4, 9, tzinfo=UTC)

    def now(self) -> datetime:
        return self.at


class RecordingDesk:
    """Records what was told, and refuses those who blocked it."""

    def __init__(self, *blocked: str) -> None:
        self.told: list[tuple[str, str]] = []
        self.blocked = blocked

    async def tell(self, notice: str, fields: dict[str, str], to: Manager) -> None:
        if to.name in self.blocked:
            raise SendRejected(Fault.BLOCKED)
        self.told.append((notice, to.name))


class GoneStore:
    """The real one, until it is gone."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.gone = False

    @asynccontextmanager
    async def begin(self, **more: Any) -> AsyncIterator[Any]:
        if self.gone:
            raise FULL
        async with self._store.begin(**more) as t:
            yield t


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqlStore]:
    opened = await open_store(sqlite_in(tmp_path))
    async with opened.begin() as t:
        await t.save_manager(Manager(0, "Anna", 101))
        await t.save_manager(Manager(0, "Root", 102, Role.ADMIN))
        await t.save_manager(Manager(0, "Root 2", 103, Role.ADMIN))
    yield opened
    await opened.close()


def made(store: object, desk: RecordingDesk) -> Administrators:
    return Administrators(cast("Store", store), cast("Desk", desk), TurnedClock())


async def test_a_pause_stands_in_the_queue(store: SqlStore) -> None:
    desk = RecordingDesk()
    await made(store, desk).paused("email:info", PAUSED)
    claimed = await store.claim(Queue.DESK, 5)
    fields = {"channel": "email:info", "reason": "login_failed: no"}
    assert [one.job for one in claimed.claims] == [TellAdmins("channel_paused", fields)]
    assert desk.told == []


async def test_without_a_database_it_is_said_at_once(store: SqlStore) -> None:
    desk, gone = RecordingDesk("Root"), GoneStore(store)
    news = made(gone, desk)
    await news.remember()
    gone.gone = True
    await news.back("email:info")
    assert desk.told == [("channel_back", "Root 2")]


async def test_a_full_disk_is_said_once_an_hour(store: SqlStore) -> None:
    desk, gone = RecordingDesk(), GoneStore(store)
    news, clock = made(gone, desk), TurnedClock()
    news = Administrators(cast("Store", gone), cast("Desk", desk), clock)
    await news.remember()
    gone.gone = True
    for minutes in (0, 1, 59, 2):
        clock.at = clock.at + timedelta(minutes=minutes)
        await news.store_away(FULL)
    assert desk.told == [("disk_full", "Root"), ("disk_full", "Root 2")] * 2
    await news.store_away(StoreUnavailable("locked"))
    assert len(desk.told) == 4
