"""Raw messages after they were worked on: what is stored, reading them again, letting them go."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, bindparam, func, or_, select, text, update

from inbox.model import InboundMessage, RawMessage
from inbox.records import KeptRaw
from storage.backlog import Backlog
from storage.codec import RAW, message_row, raw_of
from storage.columns import storable
from storage.tables import message, raw

NOTHING = zlib.compress(b"")
PROCESSED = ("filed", "ignored", "staff")
# As the partial index has it, so that it is used.
KEPT = text(f"length(raw.payload) > {len(NOTHING)}")

TO_REPLAY = (
    select(raw.c.id, raw.c.channel_id, raw.c.lane, raw.c.album)
    .where(
        raw.c.state == bindparam("of_state"),
        raw.c.received_at >= bindparam("since"),
        raw.c.id > bindparam("after"),
        KEPT,
    )
    .order_by(raw.c.id)
    .limit(bindparam("limit"))
)
IGNORED_BECAUSE = (
    select(raw.c.id, raw.c.channel_id, raw.c.lane, raw.c.album)
    .where(raw.c.state == "ignored", raw.c.reason == bindparam("its_reason"), KEPT)
    .order_by(raw.c.id)
)
_asked = select(raw.c.channel_id, raw.c.album).where(raw.c.id == bindparam("raw_id")).subquery()
WITH_ALBUM = (
    select(raw.c.id, *RAW)
    .where(raw.c.id == bindparam("raw_id"), raw.c.album.is_(None))
    .union_all(
        select(raw.c.id, *RAW)
        .join(_asked, (_asked.c.channel_id == raw.c.channel_id) & (_asked.c.album == raw.c.album))
        .where(raw.c.album.is_not(None))
    )
    .order_by("id")
)
ALBUM = (
    select(raw.c.id, *RAW)
    .where(raw.c.channel_id == bindparam("its_channel_id"), raw.c.album == bindparam("its_album"))
    .order_by(raw.c.id)
)
OF_RAWS = select(func.min(message.c.id)).where(
    message.c.raw_id.in_(bindparam("raw_ids", expanding=True))
)
RETELL = update(message).where(message.c.id == bindparam("message_id"))
SAID_LATER = select(message.c.text, message.c.extra).where(
    message.c.id == bindparam("message_id"), message.c.edited_at.is_not(None)
)
READ_ANEW = ("sender_name", "subject", "text", "quoted", "extra")
OLD = (
    select(raw.c.id, func.length(raw.c.payload))
    .where(
        or_(
            raw.c.channel_id == bindparam("kind"),
            raw.c.channel_id.startswith(bindparam("prefix"), autoescape=False),
        ),
        raw.c.received_at < bindparam("before"),
        raw.c.state.in_(PROCESSED),
        KEPT,
    )
    .limit(bindparam("limit"))
)


class RawRows(Backlog):
    async def noted(
        self, channel_id: str, name: str, like: Mapping[str, str], since: datetime
    ) -> frozenset[str]:
        conditions: list[ColumnElement[bool]] = [
            raw.c.note[key].as_string() == value for key, value in like.items()
        ]
        found = await self.rows(
            select(raw.c.note[name].as_string()).where(
                raw.c.channel_id == channel_id, raw.c.received_at >= since, KEPT, *conditions
            )
        )
        return frozenset(one for (one,) in found if one is not None)

    async def raws_to_replay(
        self, state: str, since: datetime, after: int, limit: int
    ) -> tuple[KeptRaw, ...]:
        values = {"of_state": state, "since": since, "after": after, "limit": limit}
        return tuple(KeptRaw(*one) for one in await self.rows(TO_REPLAY, **values))

    async def ignored_because(self, reason: str) -> tuple[KeptRaw, ...]:
        found = await self.rows(IGNORED_BECAUSE, its_reason=storable(reason))
        return tuple(KeptRaw(*one) for one in found)

    async def raw_and_album(self, raw_id: int) -> tuple[RawMessage, ...]:
        found = await self.rows(WITH_ALBUM, raw_id=raw_id)
        return tuple([await raw_of(one[1:]) for one in found])

    async def album(
        self, channel_id: str, group: str
    ) -> tuple[int, tuple[RawMessage, ...]] | None:
        values = {"its_channel_id": channel_id, "its_album": storable(group)}
        found = await self.rows(ALBUM, **values)
        message_id = await self.value(OF_RAWS, raw_ids=[one[0] for one in found])
        if message_id is None:
            return None
        return message_id, tuple([await raw_of(one[1:]) for one in found])

    async def retell(self, message_id: int, message: InboundMessage) -> None:
        """What the client said later, by an edit, stays: the raw message is from before."""
        row = message_row(message)
        new = {name: row[name] for name in READ_ANEW}
        said = await self.row(SAID_LATER, message_id=message_id)
        if said is not None:
            edited = {name: said.extra[name] for name in ("entities", "attachments")}
            new |= {"text": said.text, "extra": row["extra"] | edited}
        await self.run(RETELL.values(new), {"message_id": message_id})
        await self.index_messages((message_id,))

    async def drop_payloads(self, kind: str, before: datetime, limit: int) -> tuple[int, int]:
        values = {"kind": kind, "prefix": f"{kind}:", "before": before, "limit": limit}
        old: Sequence[Any] = await self.rows(OLD, **values)
        if old:
            ids = [raw_id for raw_id, _ in old]
            await self.run(update(raw).where(raw.c.id.in_(ids)).values(payload=NOTHING))
        return len(old), sum(size for _, size in old)
