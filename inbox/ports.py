"""What the flow asks of the desk and the store, and, from channels.py, of channels and the clock.

The promises stand in the docstrings.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime
from typing import Protocol

from inbox.boards import BoardStore
from inbox.channels import ChangesSent, Clock, ComesInParts, Connector, KeepsSent, Source
from inbox.chats import Chats
from inbox.desk import Desk, Letters
from inbox.jobs import Job, Queue
from inbox.keeping import Keeping
from inbox.live_store import LiveStore
from inbox.log_records import Deed, Entry, LogLine
from inbox.model import (
    Channel,
    Client,
    Contact,
    Conversation,
    Handle,
    InboundMessage,
    Manager,
    RawMessage,
    Role,
    Wait,
)
from inbox.records import (
    Alert,
    AlertDigest,
    AlertState,
    Card,
    CardState,
    Claim,
    Claimed,
    DeskLink,
    DeskRef,
    HistoryLine,
    LeaseLost,
    Note,
    OffHoursReply,
    Placing,
    Progress,
    Purpose,
    RaisedAlert,
    Reply,
    ReplyState,
    SenderClass,
    Shown,
)
from inbox.reports_store import ReportsStore
from inbox.searching import Searching
from inbox.sorting import Sorting
from inbox.timing import Timing
from inbox.working_day import WorkingDay

__all__ = [
    "Alert",
    "AlertDigest",
    "AlertState",
    "Card",
    "CardState",
    "ChangesSent",
    "Claim",
    "Claimed",
    "Clock",
    "ComesInParts",
    "Connector",
    "Deed",
    "Desk",
    "DeskLink",
    "DeskRef",
    "Entry",
    "HistoryLine",
    "KeepsSent",
    "LeaseLost",
    "Letters",
    "LogLine",
    "Note",
    "OffHoursReply",
    "Placing",
    "Progress",
    "Purpose",
    "RaisedAlert",
    "Reply",
    "ReplyState",
    "SenderClass",
    "Shown",
    "Source",
    "Store",
    "Transaction",
]


class Transaction(
    Sorting,
    Keeping,
    Timing,
    Chats,
    WorkingDay,
    Searching,
    ReportsStore,
    LiveStore,
    BoardStore,
    Protocol,
):
    """One database transaction: all of it or nothing. No network call while it is open."""

    # channels
    async def cursor(self, channel_id: str) -> str | None: ...
    async def set_cursor(self, channel_id: str, cursor: str) -> None: ...
    async def keep(self, channel_id: str, raws: Sequence[RawMessage]) -> tuple[int | None, ...]:
        """Store raw messages; None in the place of each that is already known."""
        ...

    async def raw_group(self, raw_id: int) -> tuple[tuple[int, Channel, RawMessage], ...]:
        """Of it and its group (an album), what nobody understood yet, in order of arrival."""
        ...

    async def mark_raw(self, raw_ids: Sequence[int], state: str, reason: str = "") -> None:
        """`state`: filed, staff, ignored or quarantined; stored to have them read again."""
        ...

    # the queue
    async def put(self, job: Job, *, key: str, lane: str, delay: float = 0.0) -> bool:
        """Queue a job, `delay` seconds from now. False where the key is known, done or not."""
        ...

    async def hold(self, claim: Claim) -> None:
        """Before a step of a long job that must not happen twice: nobody else takes it over while
        the transaction is open. Raises LeaseLost where somebody has."""
        ...

    async def finish(self, claim: Claim) -> None:
        """Acknowledge. Raises LeaseLost."""
        ...

    async def retry(self, claim: Claim, *, after: float, counted: bool = True) -> None:
        """Run again in `after` seconds; uncounted: no attempt is used up. Raises LeaseLost."""
        ...

    async def bury(self, claim: Claim, error: str) -> None:
        """Move the job to the dead letters with its error. Raises LeaseLost."""
        ...

    # people
    async def staff(self) -> tuple[Manager, ...]:
        """All members, those who left included (`active` is false)."""
        ...

    async def save_manager(self, manager: Manager) -> Manager:
        """Insert (id 0) or update."""
        ...

    async def add_invite(self, secret: str, role: Role, name: str, expires_at: datetime) -> None:
        """`secret` is stored hashed."""
        ...

    async def redeem_invite(self, secret: str, now: datetime) -> tuple[Role, str] | None:
        """The invited role and name, once; None where unknown, used or expired."""
        ...

    async def contact_of(self, handles: Sequence[Handle]) -> tuple[Client, Contact] | None:
        """By the first of the handles that is known; where none is, who asks next waits."""
        ...

    async def add_client(self, name: str, manager_id: int | None) -> Client: ...
    async def add_contact(self, client_id: int, name: str) -> Contact: ...
    async def add_handles(self, contact_id: int, handles: Sequence[Handle]) -> None:
        """Handles that are known already stay with whom they are."""
        ...

    async def client_domains(self) -> frozenset[str]:
        """Mail domains of clients: whom somebody has answered, or who were entered by hand."""
        ...

    async def save_client(self, client: Client) -> None: ...
    async def clients(self) -> tuple[tuple[Client, tuple[Handle, ...]], ...]: ...

    # conversations
    async def conversation_for(
        self, channel_id: str, thread_ids: Sequence[str], *, client_id: int | None = None
    ) -> Conversation | None:
        """The first of the ids that is known names it; `client_id`: only this client's."""
        ...

    async def open_conversation(
        self,
        channel_id: str,
        client: Client,
        contact: Contact,
        recipient: Handle,
        subject: str | None,
    ) -> Conversation: ...
    async def conversation(
        self, conversation_id: int, *, with_client: bool = False
    ) -> Conversation:
        """Locked until the end of the transaction; `with_client`: together with all of the
        client's where something is open. Needed before the client is given to somebody."""
        ...

    async def save(self, conversation: Conversation) -> Conversation:
        """Keep assignee, client's manager, instants and the open wait.

        A new wait gets its id, and the persons' messages sent since its start become its own.
        A changed manager of the client holds all the client's conversations.
        """
        ...

    async def save_wait(self, wait: Wait) -> None:
        """Keep a wait: its fired rungs, its closing, who is charged with it."""
        ...

    async def learn_threads(
        self, channel_id: str, conversation_id: int, thread_ids: Sequence[str]
    ) -> None: ...
    async def add_message(
        self,
        conversation: Conversation,
        message: InboundMessage,
        raw_id: int,
        placing: Placing = Placing(),  # noqa: B008 - frozen
    ) -> int:
        """The message's id; the one it has where the raw message was filed before."""
        ...

    async def message_of_raw(self, raw_id: int) -> int | None: ...
    async def raw_of_message(self, message_id: int) -> RawMessage | None: ...
    async def card(self, message_id: int) -> Card: ...
    async def newest_message(self, conversation_id: int) -> int | None: ...
    async def first_asked_after(self, conversation_id: int, at: datetime) -> InboundMessage | None:
        """The first person's message sent later than `at`."""
        ...

    async def own_since(self, conversation_id: int, at: datetime) -> tuple[InboundMessage, ...]:
        """What the studio wrote there outside this program, not earlier, and did not delete."""
        ...

    async def history(self, conversation_id: int, limit: int) -> tuple[HistoryLine, ...]:
        """The last `limit` messages, oldest first."""
        ...

    # replies
    async def add_reply(self, reply: Reply) -> Reply | None:
        """None where the key is known."""
        ...

    async def reply(self, reply_id: int) -> Reply: ...
    async def save_reply(self, reply: Reply) -> None: ...

    # the desk
    async def link(self, links: Sequence[DeskLink]) -> None: ...
    async def links_of_message(self, message_id: int) -> tuple[DeskLink, ...]: ...
    async def links_to_redraw(self, conversation_id: int) -> tuple[DeskLink, ...]:
        """Cards and alerts of messages and waits whose state may have changed, newest first."""
        ...

    async def link_at(self, ref: DeskRef) -> DeskLink | None: ...

    # the clock
    async def due_waits(self, now: datetime, limit: int) -> tuple[tuple[Conversation, Wait], ...]:
        """Open waits with `next_rung_at` <= now, the most urgent first."""
        ...

    async def next_rung_at(self) -> datetime | None: ...
    async def waiting(self, manager_id: int | None, limit: int) -> tuple[Conversation, ...]:
        """Open waits of a manager (None: of all), the earliest due first."""
        ...

    async def wait(self, wait_id: int) -> tuple[Conversation, Wait]: ...
    async def count_waiting(self, manager_id: int | None) -> int: ...

    def after_commit(self, call: Callable[[], None]) -> None:
        """Have it called once the transaction is committed; where it is rolled back, never."""
        ...

    # forms of the desk that outlive a restart
    async def form(self, key: str) -> str | None: ...
    async def save_form(self, key: str, value: str | None) -> None: ...

    # schedule
    async def take_slot(self, name: str, slot: datetime) -> bool:
        """True for the one process that may do this slot's work."""
        ...


class Store(Protocol):
    """The database. Rows and their jobs are committed together."""

    def begin(self, *, durable: bool = False) -> AbstractAsyncContextManager[Transaction]:
        """A transaction; committed at the end, rolled back on an exception.

        `durable`: on stable storage before `async with` ends; for what gets acknowledged to
        somebody else. The rest may be lost in a power cut, never in a crash of the process, and
        only runs again. Jobs put in it wake workers after the commit.
        """
        ...

    def read(self) -> AbstractAsyncContextManager[Transaction]:
        """A transaction in which nothing is written; other processes write meanwhile."""
        ...

    async def claim(self, queue: Queue, limit: int) -> Claimed:
        """Take up to `limit` due jobs of different lanes.

        Jobs whose attempts are used up are buried here, with a TellAdmins put in their place, so
        that no job can loop by killing the process.
        """
        ...

    async def renew(self, claims: Sequence[Claim]) -> None:
        """Lengthen the leases of running jobs."""
        ...

    async def wait_for_jobs(self, queue: Queue, seconds: float) -> None:
        """Return when a job was put into the queue, or after so many seconds."""
        ...

    async def release_abandoned(self) -> int:
        """At start: free what a killed predecessor held. How many jobs that were."""
        ...
