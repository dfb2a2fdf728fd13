"""What the store keeps of the clock; Transaction holds it as well."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Protocol

from inbox.calendars import SpecialDay
from inbox.log_records import Entry, LogLine
from inbox.model import Absence, Conversation, InboundMessage, Wait
from inbox.records import AlertDigest, DeskRef, OffHoursReply, RaisedAlert


class Timing(Protocol):
    """Calendars, absences, alerts, promises and the log of what was done to waits."""

    # calendars
    async def special_days(self) -> tuple[SpecialDay, ...]:
        """All days that were entered, by calendar and date."""
        ...

    async def save_special_day(self, day: SpecialDay) -> None:
        """In the place of what was entered for this date of this calendar before."""
        ...

    async def drop_special_day(self, calendar: str, day: date) -> bool:
        """False where none was entered."""
        ...

    # waits
    async def counted_otherwise(
        self, versions: Collection[str], after: int, limit: int
    ) -> tuple[tuple[Conversation, Wait], ...]:
        """Open waits, promises included, whose calendar's version is none of these, by id, behind
        the id `after`; locked as `due_waits` are."""
        ...

    async def open_waits_of(
        self, client_id: int | None = None, manager_id: int | None = None
    ) -> tuple[tuple[Conversation, Wait], ...]:
        """Open waits, promises included, of a client, or of the conversations that a manager
        holds, by id; locked."""
        ...

    async def waits_in(self, conversation_id: int) -> tuple[Wait, ...]:
        """All waits and promises of a conversation, the newest first."""
        ...

    async def closed_waits(
        self, since: datetime, until: datetime, after: int, limit: int
    ) -> tuple[tuple[Conversation, Wait], ...]:
        """Waits that closed, promises not included, of which a part lies between the instants, by
        id, behind `after`; not locked."""
        ...

    async def add_promise(self, conversation_id: int, promise: Wait) -> Wait:
        """The promise with its id."""
        ...

    async def promises(self, conversation_id: int) -> tuple[Wait, ...]:
        """Open promises of a conversation, the earliest due first."""
        ...

    async def asked_after(
        self, conversation_id: int, at: datetime
    ) -> tuple[tuple[int, InboundMessage], ...]:
        """Persons' messages sent later than `at`, with their ids, in the order of sending."""
        ...

    # absences
    async def add_absence(self, absence: Absence) -> Absence: ...
    async def save_absence(self, absence: Absence) -> None: ...

    # alerts
    async def raise_alert(self, alert: RaisedAlert) -> RaisedAlert | None:
        """Store it, once per wait, round, rung and recipient; None where it was raised before.

        One that was cancelled was told to nobody, and is raised anew.
        """
        ...

    async def alert_for(
        self, wait_id: int, rung: int, manager_id: int, *, in_round: int
    ) -> RaisedAlert | None: ...
    async def save_alert(self, alert: RaisedAlert) -> None: ...
    async def alerts_of_wait(self, wait_id: int) -> tuple[RaisedAlert, ...]:
        """All rounds, by the instant of raising."""
        ...

    async def count_alerts(self, manager_ids: Collection[int], since: datetime) -> dict[int, int]:
        """How many alerts were raised for each of them since then; 0 for who had none.

        Whoever counts for the same person waits until this transaction ends.
        """
        ...

    async def alerts_to_gather(self, manager_id: int) -> tuple[RaisedAlert, ...]:
        """Those kept for a digest that stand in none yet; locked."""
        ...

    async def alerts_under_way(
        self, manager_ids: Collection[int], before: datetime, limit: int
    ) -> tuple[RaisedAlert, ...]:
        """Those raised for one of them before then that nobody was told of yet and that still
        ought to be: their wait is open and in the same round. The earliest raised first."""
        ...

    async def newest_digest(self, manager_id: int, since: datetime) -> AlertDigest | None: ...
    async def add_digest(self, digest: AlertDigest) -> AlertDigest: ...
    async def alerts_in_digest(self, digest_id: int) -> tuple[RaisedAlert, ...]: ...
    async def digests_about(self, conversation_id: int) -> tuple[AlertDigest, ...]:
        """Digests with alerts of the conversation's two latest waits, its open promises and the
        two that ended last."""
        ...

    async def digest_at(self, ref: DeskRef) -> AlertDigest | None: ...

    # replies off hours
    async def add_off_hours_reply(self, reply: OffHoursReply) -> bool:
        """False where the wait has one."""
        ...

    async def off_hours_reply(self, wait_id: int) -> OffHoursReply | None: ...
    async def save_off_hours_reply(self, reply: OffHoursReply) -> None: ...

    # the log
    async def log(self, entries: Sequence[Entry]) -> None:
        """Append."""
        ...

    async def logged(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        conversation_id: int | None = None,
        wait_id: int | None = None,
        limit: int = 1000,
    ) -> tuple[LogLine, ...]:
        """The newest `limit` entries, oldest first, with the names that go with them."""
        ...

    async def find_conversations(self, words: str, limit: int) -> tuple[Conversation, ...]:
        """Conversations by number, exact handle, or beginning of the client's or contact's name,
        the most recently asked first."""
        ...

    async def client_named(self, name: str) -> tuple[int, ...]:
        """Ids of the clients of exactly this name, whatever its case."""
        ...
