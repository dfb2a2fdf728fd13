"""What has become of a try to send a reply: its fate, its wait and the acknowledgement at once."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from inbox.amendments import amended
from inbox.closing import answered
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain
from inbox.inbox import Inbox
from inbox.model import Conversation, Receipt
from inbox.outgoing import Outgoing, queue_copy
from inbox.ports import Claim, Deed, Entry, Reply, ReplyState, Transaction
from inbox.queueing import ask_for_a_password, pause, refresh, show_outcome
from inbox.quoted import gone_with
from inbox.records import UNDER_WAY
from inbox.refusals import followed, noticed

GIVE_UP = timedelta(hours=24)  # a deferred reply is then told to be undeliverable
AT_ONCE = 0.1  # seconds


async def settle_try(
    inbox: Inbox, claim: Claim, outgoing: Outgoing, result: Receipt | SendFailed
) -> None:
    """The reply's fate, its wait and the acknowledgement in one commit; the desk shows it next."""
    async with inbox.store.begin(durable=True) as t:
        draft = await t.reply(outgoing.draft.id)
        if draft.state not in UNDER_WAY:  # withdrawn while its files were fetched
            await t.finish(claim)
            return
        conversation = await t.conversation(draft.conversation_id)
        t.after_commit(partial(inbox.meter.tried, conversation.channel_id, result))
        if isinstance(result, Receipt):
            await _sent(inbox, t, replace(outgoing, draft=draft), conversation, result)
        elif await followed(inbox, t, conversation, result):
            await t.save_reply(replace(draft, state=ReplyState.QUEUED))
            await t.retry(claim, after=AT_ONCE, counted=False)
            return
        else:
            after = await _failed(inbox, t, draft, conversation, result)
            if after.state is ReplyState.QUEUED:
                await t.retry(claim, after=pause(result, after.tries), counted=False)
                return
        await t.finish(claim)


async def _sent(
    inbox: Inbox, t: Transaction, outgoing: Outgoing, conversation: Conversation, got: Receipt
) -> None:
    draft, asked = outgoing.draft, outgoing.answering
    draft = replace(draft, state=ReplyState.SENT, sent_at=got.sent_at, sent_as=got.sent_as)
    draft = replace(draft, fault="", detail="")
    await t.learn_threads(conversation.channel_id, conversation.id, got.thread_ids)
    await t.save_reply(draft)
    await t.end_answering(conversation.id, draft.author_id)
    # The other side's clock may be ahead: a reply is never older than its question.
    at = max(got.sent_at, asked.sent_at) if asked is not None else got.sent_at
    await answered(inbox, t, draft, at)
    await queue_copy(inbox, t, draft, conversation.channel_id)
    await show_outcome(t, draft)


async def _failed(
    inbox: Inbox, t: Transaction, draft: Reply, conversation: Conversation, error: SendFailed
) -> Reply:
    """What the reply is now: QUEUED where it is to be tried again."""
    now = inbox.clock.now()
    match error:
        case SendDeferred() if (by_id := await _wanted_back_by(t, draft)) is not None:
            return await withdrawn(t, draft, by_id, now)
        case SendDeferred() if now - draft.written_at < GIVE_UP:
            draft = _with(await amended(t, draft), ReplyState.QUEUED, error)
            if error.fault is Fault.LOGIN_FAILED:
                await ask_for_a_password(t, draft, error, now)
        case SendDeferred():
            draft = _with(draft, ReplyState.REJECTED, SendRejected(Fault.EXPIRED))
        case SendUncertain():
            draft = _with(draft, ReplyState.UNCERTAIN, error)
        case _:
            draft = _with(draft, ReplyState.REJECTED, error)
            await noticed(inbox, t, conversation, error, told=draft.author_id)
    await t.save_reply(draft)
    if draft.state is not ReplyState.QUEUED or draft.tries == 1:
        await show_outcome(t, draft)
    return draft


def _with(draft: Reply, state: ReplyState, error: SendFailed) -> Reply:
    failed = replace(draft, state=state, tries=draft.tries + 1)
    return replace(failed, fault=error.fault.value, detail=error.detail)


async def withdrawn(t: Transaction, draft: Reply, by_id: int, now: datetime) -> Reply:
    """The reply, which is not under way, never goes out."""
    stopped = replace(draft, state=ReplyState.WITHDRAWN)
    await t.save_reply(stopped)
    await t.end_answering(draft.conversation_id, draft.author_id)
    await gone_with(t, draft, by_id, now)
    await t.log([about(Deed.WITHDRAWN, draft, by_id, now)])
    await show_outcome(t, stopped)
    await refresh(t, draft.conversation_id, f"reply {draft.id} withdrawn at {now}")
    return stopped


def about(
    deed: Deed, draft: Reply, by_id: int, now: datetime, *, before: str = "", after: str = ""
) -> Entry:
    """A line of the log about a reply; `manager_id` is its author's."""
    talk, author = draft.conversation_id, draft.author_id
    return Entry(now, deed, by_id, talk, manager_id=author, before=before, after=after)


# --- wanted back while it is being sent -----------------------------------------------------


async def want_back(t: Transaction, reply_id: int, by_id: int | None) -> None:
    """Should this try turn out to have reached nobody, there is no other. None: it is over."""
    await t.save_form(_wanted(reply_id), None if by_id is None else str(by_id))


async def _wanted_back_by(t: Transaction, draft: Reply) -> int | None:
    by_id = await t.form(_wanted(draft.id))
    if by_id is None:
        return None
    await want_back(t, draft.id, None)
    return int(by_id)


def _wanted(reply_id: int) -> str:
    return f"wanted_back:{reply_id}"
