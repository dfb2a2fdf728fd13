"""Cursors and raw messages."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select, update

from inbox.model import Channel, RawMessage
from storage.codec import RAW, channel_of, raw_of, raw_row
from storage.columns import storable
from storage.statements import Statements, per_dialect
from storage.tables import channel_cursor, raw

CURSOR = select(channel_cursor.c.cursor).where(
    channel_cursor.c.channel_id == bindparam("channel_id")
)
SET_CURSOR = per_dialect(
    channel_cursor,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["channel_id"], set_={"cursor": insert.excluded.cursor}
    ),
)
KEEP = per_dialect(
    raw,
    lambda insert: insert.on_conflict_do_nothing(
        index_elements=["channel_id", "external_id"]
    ).returning(raw.c.id, raw.c.external_id),
)
_asked = select(raw.c.channel_id, raw.c.album).where(raw.c.id == bindparam("raw_id")).subquery()
UNPROCESSED = (
    select(raw.c.id, raw.c.channel_id, *RAW)
    .where(raw.c.id == bindparam("raw_id"), raw.c.state == "stored", raw.c.album.is_(None))
    .union_all(
        select(raw.c.id, raw.c.channel_id, *RAW)
        .join(_asked, (_asked.c.channel_id == raw.c.channel_id) & (_asked.c.album == raw.c.album))
        .where(raw.c.state == "stored", raw.c.album.is_not(None))
    )
    .order_by("id")
)
MARK = (
    update(raw)
    .where(raw.c.id == bindparam("raw_id"))
    .values(state=bindparam("new_state"), reason=bindparam("new_reason"))
)


class Channels(Statements):
    async def cursor(self, channel_id: str) -> str | None:
        found: str | None = await self.value(CURSOR, channel_id=channel_id)
        return found

    async def set_cursor(self, channel_id: str, cursor: str) -> None:
        await self.run(SET_CURSOR, {"channel_id": channel_id, "cursor": cursor})

    async def keep(self, channel_id: str, raws: Sequence[RawMessage]) -> tuple[int | None, ...]:
        if not raws:
            return ()
        kept = await self.run(KEEP, [await raw_row(channel_id, one) for one in raws])
        ids = {row.external_id: row.id for row in kept}
        return tuple(ids.pop(storable(one.external_id), None) for one in raws)

    async def raw_group(self, raw_id: int) -> tuple[tuple[int, Channel, RawMessage], ...]:
        """Of the message and its album, what was not processed yet, in order of arrival."""
        found = await self.rows(UNPROCESSED, raw_id=raw_id)
        return tuple([(one[0], channel_of(one[1]), await raw_of(one[2:])) for one in found])

    async def mark_raw(self, raw_ids: Sequence[int], state: str, reason: str = "") -> None:
        new = {"new_state": state, "new_reason": reason}
        if raw_ids:
            await self.run(MARK, [{"raw_id": raw_id, **new} for raw_id in raw_ids])
