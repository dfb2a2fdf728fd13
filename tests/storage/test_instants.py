"""Instants are UTC in the database, whatever zone they were said in (rule 28)."""

from dataclasses import replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.exc import StatementError

from inbox.calendars import Stretch
from inbox.model import Outcome
from storage.store import SqlStore
from tests.storage.values import HOURS, asked, message, opened

MOSCOW = ZoneInfo("Europe/Moscow")
NOON = datetime(2026, 5, 4, 12, tzinfo=MOSCOW)


async def test_rule_28_all_instants_are_stored_in_utc(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, _ = await asked(t, await opened(t), message())
        assert conversation.wait is not None
        told = replace(
            conversation.wait,
            started_at=NOON,
            due_at=NOON,
            next_rung_at=NOON,
            ladder_from=NOON,
            stretches=(Stretch("studio", NOON),),
        )
        await t.save(replace(conversation, wait=told, asked_at=NOON, answered_at=NOON))
    async with store.begin() as t:
        read = await t.conversation(conversation.id)
        wait = read.wait
        assert wait is not None
        instants = [wait.started_at, wait.due_at, wait.next_rung_at, wait.ladder_from]
        instants += [wait.stretches[0].since, read.asked_at, read.answered_at]
        assert {(one, one.tzinfo) for one in instants if one} == {(NOON, UTC)}
        assert None not in instants
        closed = wait.closed(Outcome.DISMISSED, NOON, None, HOURS)
        await t.save_wait(closed)
        _, again = await t.wait(wait.id)
        assert again.closing is not None
        assert (again.closing.at, again.closing.at.tzinfo) == (NOON, UTC)


async def test_rule_28_an_instant_without_a_zone_is_refused(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
    naive = replace(conversation, asked_at=NOON.replace(tzinfo=None))
    async with store.begin() as t:
        with pytest.raises(StatementError, match="without a zone"):
            await t.save(naive)
