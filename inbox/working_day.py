"""What the flow and the desk ask of the store about a manager's day; a part of
inbox.ports.Transaction."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from inbox.model import Client, Handle, Wait
from inbox.records import DeskRef, HistoryLine
from inbox.work_records import (
    ClientCard,
    ClientFile,
    ClientLine,
    ClientOrder,
    InternalNote,
    Load,
    PriceItem,
    Quote,
    Task,
    Template,
)


class WorkingDay(Protocol):
    """Notes, templates, prices, quotes, tasks, and what is known of a client."""

    # internal notes
    async def add_internal_note(self, note: InternalNote) -> InternalNote | None:
        """None where the key is known."""
        ...

    async def internal_note_at(self, ref: DeskRef) -> InternalNote | None:
        """The note that this message of a member became; locked."""
        ...

    async def save_internal_note(self, note: InternalNote) -> None: ...
    async def notes_of_client(
        self, client_id: int, before_id: int | None, limit: int
    ) -> tuple[InternalNote, ...]:
        """The newest first, of those with a smaller id than `before_id`."""
        ...

    async def noters(self, conversation_id: int) -> frozenset[int]:
        """Members who wrote a note there or were mentioned in one."""
        ...

    # templates and prices
    async def templates(self) -> tuple[Template, ...]:
        """Those that are not dropped, by title, whatever its case."""
        ...

    async def template(self, template_id: int) -> Template | None: ...
    async def save_template(self, template: Template) -> Template:
        """Insert (id 0) or update."""
        ...

    async def price_items(self) -> tuple[PriceItem, ...]:
        """As templates."""
        ...

    async def price_item(self, item_id: int) -> PriceItem | None: ...
    async def save_price_item(self, item: PriceItem) -> PriceItem:
        """Insert (id 0) or update."""
        ...

    # quotes
    async def add_quote(self, quote: Quote) -> Quote | None:
        """None where the key is known."""
        ...

    async def quote(self, quote_id: int) -> Quote | None:
        """Locked."""
        ...

    async def save_quote(self, quote: Quote) -> None: ...
    async def open_quotes(self, conversation_id: int) -> tuple[Quote, ...]:
        """Those offered and not settled, the newest first."""
        ...

    # tasks
    async def add_task(self, task: Task) -> Task:
        """The one that stands there already, where the key is known."""
        ...

    async def task(self, task_id: int) -> Task | None:
        """Locked."""
        ...

    async def save_task(self, task: Task) -> None: ...
    async def tasks_of_client(self, client_id: int) -> tuple[Task, ...]:
        """Open ones: by horizon, then the earliest due, those without a date last, then by id."""
        ...

    async def open_tasks(
        self, manager_ids: Collection[int] | None
    ) -> tuple[tuple[Task, Client], ...]:
        """Of the clients that these hold (None: of all clients), in the same order."""
        ...

    async def tasks_done(
        self, manager_ids: Collection[int], since: datetime
    ) -> tuple[tuple[Task, Client], ...]:
        """Of the clients that these hold, done since then, in the order of doing."""
        ...

    # what is known of a client
    async def client(self, client_id: int) -> Client | None: ...
    async def client_card(self, client_id: int) -> ClientCard | None: ...
    async def client_lines(
        self,
        manager_ids: Collection[int] | None,
        *,
        words: str = "",
        order: ClientOrder = ClientOrder.NAME,
        waiting: bool = False,
        nobodys: bool = True,
        offset: int = 0,
        limit: int = 10,
    ) -> tuple[ClientLine, ...]:
        """Clients that these hold or, with `nobodys`, that nobody holds (None: all clients).

        `words`: only those of which the name, a contact's name or a handle has a part that begins
        with it, whatever its case. `waiting`: only those with an open wait.
        """
        ...

    async def client_history(
        self, client_id: int, before: datetime | None, limit: int
    ) -> tuple[HistoryLine, ...]:
        """The last `limit` lines before then over all channels, internal notes too, oldest
        first; more than these where several are of the oldest instant, so that the page before
        the first one's `at` misses none."""
        ...

    async def client_files(
        self, client_id: int, offset: int, limit: int
    ) -> tuple[ClientFile, ...]:
        """The newest first."""
        ...

    async def closed_waits_of_client(self, client_id: int, since: datetime) -> tuple[Wait, ...]:
        """Waits for a reply (no promises) that closed since then, in the order of closing."""
        ...

    async def latest_conversations_with(
        self, handles: Sequence[Handle]
    ) -> tuple[tuple[Handle, int, str], ...]:
        """Of each handle the conversation whose answers go to it and in which somebody wrote last,
        with its channel's id; handles without one are left out."""
        ...

    # the team
    async def loads(self, now: datetime) -> tuple[Load, ...]:
        """Of each active member, and of nobody (None) where that is not empty."""
        ...

    async def clients_held_by(self, manager_id: int) -> tuple[int, ...]:
        """Ids, by name."""
        ...
