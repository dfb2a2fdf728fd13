"""Reads from the store what it takes to explain a wait: its alerts, its log, who is who."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from inbox.calendars import Calendars
from inbox.model import Conversation, InboundMessage, Wait, WaitKind
from inbox.ports import Transaction
from inbox.why import Explanation, explained

LONGEST_LOG = 200  # entries of one wait


@dataclass(frozen=True, slots=True)
class Story:
    """A wait and what decided about it. `names` are all members' by id; `began_by` is the
    message that opened it, None of a promise."""

    conversation: Conversation
    told: Explanation
    names: Mapping[int, str]
    began_by: InboundMessage | None = None

    @property
    def wait(self) -> Wait:
        """What is explained."""
        return self.told.wait


async def story_of(
    t: Transaction, calendars: Calendars, conversation: Conversation, wait: Wait, now: datetime
) -> Story:
    """The story of one wait or promise of the conversation, as of `now`."""
    alerts = await t.alerts_of_wait(wait.id)
    log = await t.logged(wait_id=wait.id, limit=LONGEST_LOG)
    names = {one.id: one.name for one in await t.staff()}
    began_by: InboundMessage | None = None
    if wait.kind is WaitKind.REPLY:
        just_before = wait.started_at - timedelta.resolution
        began_by = await t.first_asked_after(conversation.id, just_before)
    told = explained(wait, calendars, alerts, log, now)
    return Story(conversation, told, names, began_by)


async def stories_in(
    t: Transaction, calendars: Calendars, conversation: Conversation, now: datetime
) -> tuple[Story, ...]:
    """Those of all waits and promises of a conversation, the newest first."""
    return tuple(
        [
            await story_of(t, calendars, conversation, wait, now)
            for wait in await t.waits_in(conversation.id)
        ]
    )
