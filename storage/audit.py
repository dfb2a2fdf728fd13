"""The log of what was done to waits: only ever appended to; the database refuses the rest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, func, insert, select

from inbox.log_records import Entry, LogLine
from storage.statements import Statements
from storage.tables import client, contact, conversation, manager
from storage.timing_codec import entry_of, entry_row
from storage.timing_tables import audit

APPEND = insert(audit)
_by, _whom = manager.alias("by"), manager.alias("whom")
LINES = (
    select(
        *audit.c,
        func.coalesce(_by.c.name, ""),
        func.coalesce(client.c.name, ""),
        func.coalesce(_whom.c.name, ""),
    )
    .select_from(
        audit.outerjoin(_by, _by.c.id == audit.c.by_id)
        .outerjoin(_whom, _whom.c.id == audit.c.manager_id)
        .outerjoin(conversation, conversation.c.id == audit.c.conversation_id)
        .outerjoin(contact, contact.c.id == conversation.c.contact_id)
        .outerjoin(client, client.c.id == contact.c.client_id)
    )
    .order_by(audit.c.at.desc(), audit.c.id.desc())
    .limit(bindparam("limit"))
)
LIMITS = {
    "since": audit.c.at >= bindparam("since"),
    "until": audit.c.at < bindparam("until"),
    "conversation_id": audit.c.conversation_id == bindparam("conversation_id"),
    "wait_id": audit.c.wait_id == bindparam("wait_id"),
}
WIDTH = len(audit.c)


class AuditRows(Statements):
    async def log(self, entries: Sequence[Entry]) -> None:
        if entries:
            await self.run(APPEND, [entry_row(one) for one in entries])

    async def logged(
        self,
        *,
        since: datetime | None = None,
        until: datetime | None = None,
        conversation_id: int | None = None,
        wait_id: int | None = None,
        limit: int = 1000,
    ) -> tuple[LogLine, ...]:
        given = {
            "since": since,
            "until": until,
            "conversation_id": conversation_id,
            "wait_id": wait_id,
        }
        values = {name: value for name, value in given.items() if value is not None}
        statement = LINES.where(*(LIMITS[name] for name in values))
        found = await self.rows(statement, limit=limit, **values)
        return tuple(LogLine(entry_of(row[:WIDTH]), *row[WIDTH:]) for row in reversed(found))
