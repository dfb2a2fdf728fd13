"""An inbox on a real database, with a desk and a channel that record."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from inbox.business_hours import BusinessHours
from inbox.calendars import Calendars
from inbox.flow import listen
from inbox.inbox import Inbox
from inbox.jobs import Queue
from inbox.model import Batch, Handle, Manager, RawMessage, Role
from inbox.policies import Policies
from inbox.ports import Conversation, Reply
from inbox.sla import Policy, Recipient, Rung
from inbox.worker import work_once
from storage.store import open_store
from tests.databases import let_pass, sqlite_in
from tests.fakes import PlainLetters, RecordingConnector, RecordingDesk, SetClock

MOSCOW = ZoneInfo("Europe/Moscow")
WORKDAY = ((time(9), time(13)), (time(14), time(18)))
HOURS = BusinessHours(MOSCOW, dict.fromkeys(range(5), WORKDAY))
POLICY = Policy(
    timedelta(hours=1),
    (
        Rung(timedelta(minutes=45), Recipient.MANAGER),
        Rung(timedelta(minutes=60), Recipient.HEAD),
    ),
)


@dataclass
class Studio:
    """The inbox with its rooms at hand, and the acts the tests are made of."""

    inbox: Inbox
    desk: RecordingDesk
    channel: RecordingConnector
    clock: SetClock
    anna: Manager
    boris: Manager
    head: Manager
    admin: Manager
    _numbers: int = 0

    async def run(self) -> None:
        """Run what is due now, until nothing is."""
        busy = True
        while busy:
            busy = any([await work_once(self.inbox, queue) for queue in Queue])

    async def later(self, seconds: float = 0.12) -> None:
        """Run what is due so many seconds from now by the queue's clock."""
        await let_pass(self.inbox.store, seconds)
        await self.run()

    async def hears(
        self, sender: str, text: str, *, thread: str = "", group: str | None = None
    ) -> str:
        """A message arrives at the channel and is stored; its id."""
        self._numbers += 1
        number = f"<m{self._numbers}>"
        payload = f"{sender}|{thread}|{text}".encode()
        lane = sender
        raw = RawMessage(number, lane, payload, self.clock.now(), group, self.channel.note)
        self.channel.batches = [Batch((raw,), number)]
        await listen(self.inbox, self.channel)
        return number

    async def asks(self, sender: str, text: str = "Вопрос", *, thread: str = "") -> str:
        """A message arrives and is shown; its id, which names its thread from then on."""
        number = await self.hears(sender, text, thread=thread)
        await self.run()
        return number

    async def conversation(self, thread: str) -> Conversation:
        async with self.inbox.store.begin() as t:
            found = await t.conversation_for(self.channel.channel.id, (thread,))
        assert found is not None
        return found

    async def client(self, name: str, manager: Manager, *addresses: str) -> None:
        async with self.inbox.store.begin() as t:
            client = await t.add_client(name, manager.id)
            contact = await t.add_contact(client.id, name)
            await t.add_handles(contact.id, [Handle("email", one) for one in addresses])

    def draft(self, conversation: Conversation, by: Manager, key: str = "k1") -> Reply:
        return Reply(key, conversation.id, by.id, "Ответ", self.clock.now())


@pytest.fixture
def database(tmp_path: Path) -> str:
    """The URL of a database without rows; a module may give another kind."""
    return sqlite_in(tmp_path)


@pytest.fixture
async def studio(database: str) -> AsyncIterator[Studio]:
    async with studio_on(database) as one:
        yield one


@asynccontextmanager
async def studio_on(database: str) -> AsyncIterator[Studio]:
    """A studio with four members and one mailbox."""
    store = await open_store(database)
    clock, desk = SetClock(), RecordingDesk()
    channel = RecordingConnector(clock)
    inbox = Inbox(
        store=store,
        desk=desk,
        connectors={channel.channel.id: channel},
        clock=clock,
        calendars=Calendars.only(HOURS),
        policies=Policies.only(POLICY),
        channel_managers={},
        letters=PlainLetters(),
    )
    async with store.begin() as t:
        members = [
            await t.save_manager(Manager(0, name, 100 + number, role))
            for number, (name, role) in enumerate(
                [
                    ("Анна", Role.MANAGER),
                    ("Борис", Role.MANAGER),
                    ("Глава", Role.HEAD),
                    ("Админ", Role.ADMIN),
                ]
            )
        ]
    yield Studio(inbox, desk, channel, clock, *members)
    await store.close()
