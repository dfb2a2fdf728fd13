"""The end of a wait: by an answer, wherever it was written; and of promises that it keeps."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from inbox import auditing
from inbox.alerts_on_the_way import go_on_with
from inbox.holding import terms_of, warn_of_no_time
from inbox.inbox import Inbox
from inbox.model import Conversation, InboundMessage, Nature, Outcome, Wait
from inbox.ports import Reply, Transaction
from inbox.queueing import refresh
from inbox.sla import due_at
from inbox.thanks import THANKED, only_thanks

TELLING = "promise:"  # how the key of a reply begins that only tells the client of a promise
DONE = "task:"  # the same of a task that is done, the task's id behind it
IN_OWN_WORDS = "own:"  # then follows, where its author wrote the words


async def answered(inbox: Inbox, t: Transaction, draft: Reply, at: datetime) -> None:
    """A reply was sent: see `close_wait`."""
    conversation = await t.conversation(draft.conversation_id)
    if await _answers_nothing(t, conversation, draft):
        return
    if not draft.key.startswith(TELLING):
        await _keep_promises(inbox, t, conversation, draft.author_id, at)
    cause = f"reply {draft.id}"
    await close_wait(inbox, t, conversation, draft.author_id, at=at, cause=cause)


async def _answers_nothing(t: Transaction, conversation: Conversation, draft: Reply) -> bool:
    """Whether the words of the house tell of a task that came from another message than those that
    wait: who asks something else still waits for an answer."""
    kind, _, rest = draft.key.partition(DONE)
    task_id, _, press = rest.partition(":")
    if kind or not task_id or press.startswith(IN_OWN_WORDS) or conversation.wait is None:
        return False
    task = await t.task(int(task_id))
    waiting = await t.messages_of_wait(conversation.wait.id)
    return task is None or task.message_id not in {message_id for message_id, _ in waiting}


async def answered_elsewhere(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    by_id: int | None,
    *,
    at: datetime,
    cause: str,
) -> None:
    """A reply that was written outside this program: it counts as any other (rule 3)."""
    await _keep_promises(inbox, t, conversation, by_id, at)
    await close_wait(inbox, t, conversation, by_id, at=at, cause=cause, elsewhere=True)


async def close_wait(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    by_id: int | None,
    *,
    at: datetime,
    cause: str,
    elsewhere: bool = False,
) -> None:
    """Close the wait; what the client wrote after the reply was sent waits on its own (rule 4)."""
    holder, now = conversation.assignee_id, inbox.clock.now()
    hours = inbox.hours_in(conversation)
    conversation, closed = conversation.answered(by_id, at, hours, elsewhere=elsewhere)
    if closed is not None:
        await t.save_wait(closed.held(holder))
        await auditing.closed(t, conversation, closed, by_id, at=now)
        t.after_commit(partial(inbox.meter.answered, closed))
        later = await _first_question(t, conversation.id, at)
        if later is not None:
            terms = await terms_of(inbox, t, conversation)
            conversation = conversation.asked(later, terms)
    conversation = await t.save(conversation)
    await warn_of_no_time(inbox.calendars, t, conversation.wait)
    if closed is not None:
        await auditing.opened(t, conversation, now)
    await refresh(t, conversation.id, cause)


async def _first_question(
    t: Transaction, conversation_id: int, at: datetime
) -> InboundMessage | None:
    """The first message after the reply that is more than thanks; those before it are marked
    (rule 9), unless a manager said that they need an answer."""
    for message_id, message in await t.asked_after(conversation_id, at):
        if message.nature_reason or not only_thanks(message):
            return message
        await t.correct(message_id, Nature.THANKS, THANKED)
        await t.join_wait(message_id, None)
    return None


async def _keep_promises(
    inbox: Inbox, t: Transaction, conversation: Conversation, by_id: int | None, at: datetime
) -> None:
    """A reply keeps the promises whose reminder was due by then; an earlier one was not it."""
    for promise in await t.promises(conversation.id):
        if _reminded_at(inbox, promise) <= at and promise.started_at <= at:
            await end_promise(inbox, t, conversation, promise, Outcome.KEPT, by_id=by_id, at=at)


async def promises_go_on(
    inbox: Inbox, t: Transaction, conversation: Conversation, kept_at: datetime
) -> None:
    """The reply of then did not arrive: what it kept is promised still."""
    now = inbox.clock.now()
    for promise in await t.waits_in(conversation.id):
        closing = promise.closing
        if closing is None or closing.outcome is not Outcome.KEPT or closing.at != kept_at:
            continue
        reopened = promise.reopened(now, inbox.hours_of(promise))
        await t.save_wait(reopened)
        await go_on_with(t, conversation, reopened, await t.staff(), now)
        await auditing.reopened(t, conversation, promise, now, None)
        await refresh(t, conversation.id, f"promise {promise.id} not kept at {now}")


def _reminded_at(inbox: Inbox, promise: Wait) -> datetime:
    """From when on a reply is taken for what was promised; once taken on, any is."""
    if promise.round:
        return promise.started_at
    reminder = promise.ladder[0].after
    return due_at(inbox.hours_of(promise), promise.base, reminder) or promise.started_at


async def end_promise(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    promise: Wait,
    outcome: Outcome,
    *,
    by_id: int | None,
    at: datetime,
) -> None:
    """Close a promise as kept or withdrawn."""
    closed = promise.closed(outcome, at, by_id, inbox.hours_of(promise))
    await t.save_wait(closed.held(conversation.assignee_id))
    await auditing.closed(t, conversation, closed, by_id, at=inbox.clock.now())
