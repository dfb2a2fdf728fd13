"""Promises: an answer for a fixed instant, beside the wait for a reply (rule 10).

A promise reminds before it falls due and, unkept, climbs the policy's ladder. Words of the
studio keep it by themselves from the reminder on (inbox.closing); before, somebody says so.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from inbox import auditing
from inbox.calendars import Hours
from inbox.closing import TELLING, end_promise
from inbox.errors import BadPromise
from inbox.flow import reply
from inbox.holding import terms_of
from inbox.inbox import Inbox
from inbox.model import Conversation, InboundMessage, Manager, Outcome, Wait, WaitKind
from inbox.ports import Reply, Transaction
from inbox.queueing import refresh
from inbox.sla import promise_ladder

AT_MOST = timedelta(days=366)  # ahead
_MOMENT = timedelta(microseconds=1)


async def fault(inbox: Inbox, conversation: Conversation, due: datetime) -> str | None:
    """Why nothing can be promised for this instant: "past", "too_far" (more than a year ahead) or
    "closed" by the conversation's calendar; None where it can."""
    async with inbox.store.begin() as t:
        hours = (await terms_of(inbox, t, conversation)).calendar.hours
    return _fault(hours, due, inbox.clock.now())


def _fault(hours: Hours, due: datetime, now: datetime) -> str | None:
    if due <= now:
        return "past"
    if due - now > AT_MOST:
        return "too_far"
    # The closing instant is as good as any before it.
    return None if hours.is_open(due) or hours.is_open(due - _MOMENT) else "closed"


async def promise(inbox: Inbox, conversation_id: int, due: datetime, by: Manager) -> Wait:
    """Promise an answer for then: the promise, one for one instant however often it is asked for.

    It is kept by whoever holds the client. Raises BadPromise with what `fault` says.
    """
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        conversation = await t.conversation(conversation_id)
        terms = await terms_of(inbox, t, conversation)
        reason = _fault(terms.calendar.hours, due, now)
        if reason is not None:
            raise BadPromise(reason)
        for one in await t.promises(conversation_id):
            if one.due_at == due:
                return one
        ladder = promise_ladder(terms.policy, inbox.policies.remind_before)
        made = Wait.promise(now, due, ladder, terms.calendar, policy=terms.policy.name)
        kept = await t.add_promise(conversation_id, made)
        await auditing.began(t, conversation, kept, now, by.id)
        await auditing.promised(t, conversation, kept, now, by.id)
        await refresh(t, conversation_id, f"promise {kept.id}")
    return kept


async def words(inbox: Inbox, conversation: Conversation, promise: Wait) -> str:
    """What `tell` tells the client, in the client's language and the calendar's zone."""
    async with inbox.store.begin() as t:
        return _words(inbox, promise, await _newest(t, conversation.id))


async def tell(inbox: Inbox, wait_id: int, by: Manager, key: str) -> bool:
    """Have the client told of the promise: a reply of `by`, that closes the wait for one as any
    does and keeps no promise. `key`: of the press; False where it is known, or nothing is promised
    any more."""
    async with inbox.store.begin() as t:
        conversation, promise = await t.wait(wait_id)
        asked = await _newest(t, conversation.id)
    if not _is_open(promise):
        return False
    text, now = _words(inbox, promise, asked), inbox.clock.now()
    draft = Reply(f"{TELLING}{wait_id}:{key}", conversation.id, by.id, text, now)
    return await reply(inbox, draft) is not None


async def _newest(t: Transaction, conversation_id: int) -> InboundMessage | None:
    message_id = await t.newest_message(conversation_id)
    return None if message_id is None else (await t.card(message_id)).message


def _words(inbox: Inbox, promise: Wait, asked: InboundMessage | None) -> str:
    hours, now = inbox.hours_of(promise), inbox.clock.now()
    language = inbox.letters.language_of(asked) if asked is not None else ""
    return inbox.letters.promise(language, promise.due_at or now, now, hours.zone)


async def keep(inbox: Inbox, wait_id: int, by: Manager) -> bool:
    """It was kept, whichever way. False where it has ended already."""
    return await _end(inbox, wait_id, Outcome.KEPT, by)


async def withdraw(inbox: Inbox, wait_id: int, by: Manager) -> bool:
    """Nobody expects it any more. False where it has ended already."""
    return await _end(inbox, wait_id, Outcome.WITHDRAWN, by)


async def _end(inbox: Inbox, wait_id: int, outcome: Outcome, by: Manager) -> bool:
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        # The first read finds what to lock, the second what is true behind the lock.
        conversation = await t.conversation((await t.wait(wait_id))[0].id)
        _, promise = await t.wait(wait_id)
        if not _is_open(promise):
            return False
        await end_promise(inbox, t, conversation, promise, outcome, by_id=by.id, at=now)
        await refresh(t, conversation.id, f"promise {wait_id} {outcome} at {now}")
    return True


def _is_open(promise: Wait) -> bool:
    return promise.kind is WaitKind.PROMISE and promise.closing is None
