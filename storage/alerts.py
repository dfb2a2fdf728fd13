"""Alerts, their digests, and what clients were told off hours."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, insert, literal_column, select, update

from inbox.errors import NoSuchRow
from inbox.records import AlertDigest, AlertState, DeskRef, OffHoursReply, RaisedAlert
from storage.statements import Statements, per_dialect
from storage.tables import wait
from storage.timing_codec import (
    alert_of,
    alert_row,
    digest_of,
    digest_row,
    off_hours_of,
    off_hours_row,
)
from storage.timing_tables import alert, alert_digest, off_hours_reply
from storage.waits import LATEST

RAISE = per_dialect(
    alert,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["wait_id", "round", "rung", "manager_id"],
        set_={
            name: insert.excluded[name]
            for name in ("instant", "raised_at", "late", "state", "told_at", "digest_id")
        },
        where=alert.c.state == literal_column(f"'{AlertState.CANCELLED}'"),
    ).returning(alert.c.id),
)
FOR = select(alert).where(
    alert.c.wait_id == bindparam("wait_id"),
    alert.c.round == bindparam("in_round"),
    alert.c.rung == bindparam("rung"),
    alert.c.manager_id == bindparam("manager_id"),
)
SAVE = update(alert).where(alert.c.id == bindparam("saved_id"))
_in_order = (alert.c.raised_at, alert.c.id)
OF_WAIT = select(alert).where(alert.c.wait_id == bindparam("wait_id")).order_by(*_in_order)
LOCK_RECIPIENT = select(
    func.pg_advisory_xact_lock(func.hashtextextended(bindparam("recipient"), 0))
)
COUNT = (
    select(alert.c.manager_id, func.count())
    .where(
        alert.c.manager_id.in_(bindparam("manager_ids", expanding=True)),
        alert.c.raised_at >= bindparam("since"),
    )
    .group_by(alert.c.manager_id)
)
TO_GATHER = (
    select(alert)
    .where(
        alert.c.manager_id == bindparam("manager_id"),
        alert.c.state == AlertState.GATHERED.value,
        alert.c.digest_id.is_(None),
        alert.c.told_at.is_(None),
    )
    .order_by(*_in_order)
    .with_for_update(key_share=True)
)
UNDER_WAY = (
    select(alert)
    .join(wait, wait.c.id == alert.c.wait_id)
    .where(
        alert.c.told_at.is_(None),
        alert.c.raised_at < bindparam("before"),
        alert.c.manager_id.in_(bindparam("manager_ids", expanding=True)),
        alert.c.state.in_([AlertState.QUEUED.value, AlertState.GATHERED.value]),
        wait.c.outcome.is_(None),
        wait.c.round == alert.c.round,
    )
    .order_by(*_in_order)
    .limit(bindparam("limit"))
)
NEWEST_DIGEST = (
    select(alert_digest)
    .where(
        alert_digest.c.manager_id == bindparam("manager_id"),
        alert_digest.c.started_at >= bindparam("since"),
    )
    .order_by(alert_digest.c.started_at.desc(), alert_digest.c.id.desc())
    .limit(1)
)
ADD_DIGEST = insert(alert_digest).returning(alert_digest.c.id)
IN_DIGEST = select(alert).where(alert.c.digest_id == bindparam("digest_id")).order_by(*_in_order)
ABOUT = (
    select(alert_digest)
    .where(alert_digest.c.id.in_(select(alert.c.digest_id).where(alert.c.wait_id.in_(LATEST))))
    .order_by(alert_digest.c.id)
)
DIGEST_AT = (
    select(alert_digest)
    .where(
        alert_digest.c.account == bindparam("account"),
        alert_digest.c.chat_id == bindparam("chat_id"),
        alert_digest.c.desk_message_id == bindparam("desk_message_id"),
    )
    .order_by(alert_digest.c.id.desc())
    .limit(1)
)
ADD_OFF_HOURS = per_dialect(
    off_hours_reply, lambda insert: insert.on_conflict_do_nothing(index_elements=["wait_id"])
)
OFF_HOURS = select(off_hours_reply).where(off_hours_reply.c.wait_id == bindparam("wait_id"))
SAVE_OFF_HOURS = update(off_hours_reply).where(off_hours_reply.c.wait_id == bindparam("saved_id"))


class AlertRows(Statements):
    async def raise_alert(self, alert: RaisedAlert) -> RaisedAlert | None:
        """Who raises the same at the same time waits until this transaction ends."""
        added: int | None = await self.value(RAISE, **alert_row(alert))
        return None if added is None else replace(alert, id=added)

    async def alert_for(
        self, wait_id: int, rung: int, manager_id: int, *, in_round: int
    ) -> RaisedAlert | None:
        values = {"wait_id": wait_id, "rung": rung, "manager_id": manager_id}
        found = await self.row(FOR, in_round=in_round, **values)
        return None if found is None else alert_of(found)

    async def save_alert(self, alert: RaisedAlert) -> None:
        if not await self.changed(SAVE, saved_id=alert.id, **alert_row(alert)):
            raise NoSuchRow("alert", alert.id)

    async def alerts_of_wait(self, wait_id: int) -> tuple[RaisedAlert, ...]:
        return tuple(alert_of(row) for row in await self.rows(OF_WAIT, wait_id=wait_id))

    async def count_alerts(self, manager_ids: Collection[int], since: datetime) -> dict[int, int]:
        """0 for who had none; who counts the same at the same time waits."""
        counts = dict.fromkeys(manager_ids, 0)
        if self.dialect == "postgresql":
            for one in sorted(counts):
                await self.run(LOCK_RECIPIENT, {"recipient": f"alerts:{one}"})
        if counts:
            found = await self.rows(COUNT, manager_ids=sorted(counts), since=since)
            counts.update(tuple(row) for row in found)
        return counts

    async def alerts_to_gather(self, manager_id: int) -> tuple[RaisedAlert, ...]:
        return tuple(alert_of(row) for row in await self.rows(TO_GATHER, manager_id=manager_id))

    async def alerts_under_way(
        self, manager_ids: Collection[int], before: datetime, limit: int
    ) -> tuple[RaisedAlert, ...]:
        values = {"manager_ids": sorted(manager_ids), "before": before, "limit": limit}
        found = await self.rows(UNDER_WAY, **values)
        return tuple(alert_of(row) for row in found)

    async def newest_digest(self, manager_id: int, since: datetime) -> AlertDigest | None:
        found = await self.row(NEWEST_DIGEST, manager_id=manager_id, since=since)
        return None if found is None else digest_of(found)

    async def add_digest(self, digest: AlertDigest) -> AlertDigest:
        return replace(digest, id=await self.value(ADD_DIGEST, **digest_row(digest)))

    async def alerts_in_digest(self, digest_id: int) -> tuple[RaisedAlert, ...]:
        return tuple(alert_of(row) for row in await self.rows(IN_DIGEST, digest_id=digest_id))

    async def digests_about(self, conversation_id: int) -> tuple[AlertDigest, ...]:
        found = await self.rows(ABOUT, conversation_id=conversation_id)
        return tuple(digest_of(row) for row in found)

    async def digest_at(self, ref: DeskRef) -> AlertDigest | None:
        found = await self.row(
            DIGEST_AT, account=ref.account, chat_id=ref.chat_id, desk_message_id=ref.message_id
        )
        return None if found is None else digest_of(found)

    async def add_off_hours_reply(self, reply: OffHoursReply) -> bool:
        return await self.changed(ADD_OFF_HOURS, **off_hours_row(reply)) == 1

    async def off_hours_reply(self, wait_id: int) -> OffHoursReply | None:
        found = await self.row(OFF_HOURS, wait_id=wait_id)
        return None if found is None else off_hours_of(found)

    async def save_off_hours_reply(self, reply: OffHoursReply) -> None:
        row = {"saved_id": reply.wait_id, **off_hours_row(reply)}
        if not await self.changed(SAVE_OFF_HOURS, **row):
            raise NoSuchRow("off_hours_reply", reply.wait_id)
