"""Changes of replies on their way to the client: another text, or that there is none any more.

Both may be done again without harm, so that they are tried until the channel says yes or no.
"""

from __future__ import annotations

from collections.abc import Awaitable
from dataclasses import replace

from inbox.amendments import Amendment, Fate, amendment_of, keep_amendment
from inbox.channels import ChangesSent
from inbox.errors import Fault, SendDeferred, SendRejected
from inbox.inbox import Inbox
from inbox.jobs import ChangeReply, ShowNote, TakeBack
from inbox.outgoing import Outgoing, outgoing_of
from inbox.ports import Claim, Deed, Reply, ReplyState, Transaction
from inbox.queueing import refresh, show_outcome
from inbox.quoted import gone_with
from inbox.returning import wait_goes_on
from inbox.settling import about, want_back


async def change_reply(inbox: Inbox, claim: Claim, job: ChangeReply) -> None:
    """Carry the newest text of a reply to the client; an older one has nobody to be told of."""
    async with inbox.store.begin() as t:
        outgoing = await outgoing_of(inbox, t, job.reply_id)
        newer = await amendment_of(t, job.reply_id)
        draft = outgoing.draft
        connector = _changing(inbox, outgoing)
        is_newest = job.edits == draft.edits and draft.state is ReplyState.SENT
        if newer is None or not is_newest or newer.fate is not Fate.OPEN or connector is None:
            await t.finish(claim)
            return
    changed = replace(draft, text=newer.text, entities=newer.entities)
    message = replace(outgoing, draft=changed).message(connector, ())
    refused = await refused_change(connector.edit(message, draft.sent_as))
    async with inbox.store.begin(durable=True) as t:
        if refused is None:
            await _carried(inbox, t, job, newer)
        else:
            await change_failed(t, job, refused.fault)
        await t.finish(claim)


async def _carried(inbox: Inbox, t: Transaction, job: ChangeReply, newer: Amendment) -> None:
    """The client has this text now; perhaps its author wishes another one already."""
    now, draft = inbox.clock.now(), await t.reply(job.reply_id)
    await t.save_reply(replace(draft, text=newer.text, entities=newer.entities))
    if draft.edits == job.edits:
        await keep_amendment(t, draft.id, None)
    was, is_ = draft.text, newer.text
    await t.log([about(Deed.EDITED, draft, draft.author_id, now, before=was, after=is_)])
    await refresh(t, draft.conversation_id, f"reply {draft.id} edited {job.edits}")


async def change_failed(t: Transaction, job: ChangeReply, fault: Fault) -> None:
    """The client keeps the former text: the author is told, unless another one is on its way."""
    draft = await t.reply(job.reply_id)
    newer = await amendment_of(t, draft.id)
    if draft.edits == job.edits and newer is not None:
        await keep_amendment(t, draft.id, replace(newer, fate=Fate.REFUSED))
        await _note(
            t,
            draft,
            draft.author_id,
            "change_failed",
            fault.value,
            key=f"change:{draft.id}:{job.edits}",
        )


async def carry_take_back(inbox: Inbox, claim: Claim, job: TakeBack) -> None:
    """Delete a reply on the client's side; then nobody has answered with it."""
    async with inbox.store.begin() as t:
        outgoing = await outgoing_of(inbox, t, job.reply_id)
        connector = _changing(inbox, outgoing)
        draft = outgoing.draft
        if draft.state is not ReplyState.SENT or connector is None:
            await want_back(t, draft.id, None)
            if draft.state is ReplyState.UNCERTAIN:
                await take_back_failed(t, claim, job, Fault.NO_ANSWER)
            await t.finish(claim)
            return
    message = outgoing.message(connector, ())
    refused = await refused_change(connector.take_back(message, draft.sent_as))
    async with inbox.store.begin(durable=True) as t:
        await want_back(t, draft.id, None)
        if refused is None:
            await _taken_back(inbox, t, job)
        else:
            await take_back_failed(t, claim, job, refused.fault)
        await t.finish(claim)


async def _taken_back(inbox: Inbox, t: Transaction, job: TakeBack) -> None:
    now, draft = inbox.clock.now(), await t.reply(job.reply_id)
    talk = await t.conversation(draft.conversation_id)
    taken = replace(draft, state=ReplyState.TAKEN_BACK)
    await t.save_reply(taken)
    await gone_with(t, draft, job.by_id, now)
    await t.log([about(Deed.TAKEN_BACK, draft, job.by_id, now)])
    await wait_goes_on(inbox, t, talk, await t.replies(talk.id), draft)
    await show_outcome(t, taken)
    await refresh(t, talk.id, f"reply {draft.id} taken back")


async def take_back_failed(t: Transaction, claim: Claim, job: TakeBack, fault: Fault) -> None:
    """The client keeps it: who wanted it back is told."""
    draft, key = await t.reply(job.reply_id), f"take_back:{claim.job_id}"
    await _note(t, draft, job.by_id, "take_back_failed", fault.value, key=key)


async def _note(
    t: Transaction, draft: Reply, to_id: int, kind: str, text: str, *, key: str
) -> None:
    await t.put(
        ShowNote(draft.conversation_id, to_id, None, kind, text),
        key=f"note:{key}",
        lane=f"manager:{to_id}",
    )


def _changing(inbox: Inbox, outgoing: Outgoing) -> ChangesSent | None:
    connector = inbox.connectors.get(outgoing.conversation.channel_id)
    return connector if isinstance(connector, ChangesSent) else None


async def refused_change(change: Awaitable[None]) -> SendRejected | None:
    """Why the channel will never do it. Raises SendDeferred and SendUncertain: it is to be asked
    again; not where the chat went on elsewhere and left its messages behind."""
    try:
        await change
    except SendRejected as error:
        return error
    except SendDeferred as error:
        if error.fault is not Fault.MOVED:
            raise
        return SendRejected(error.fault, error.detail)
    return None
