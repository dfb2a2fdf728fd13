"""What happens in chats beside messages: edits, deletions, blocks, moved groups, own accounts.

Each is one transaction, and doing it again changes nothing and tells nobody twice.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inbox.accounts import connected
from inbox.channels import ShowsChoices
from inbox.errors import SendFailed
from inbox.groups import added, goes_on_as
from inbox.inbox import Inbox
from inbox.model import (
    Added,
    Attachment,
    Chosen,
    Conversation,
    Deleted,
    Handle,
    Happening,
    InboundMessage,
    Moved,
    Nature,
    RawMessage,
    Reach,
)
from inbox.noting import note
from inbox.ports import Card, CardState, Claim, Transaction
from inbox.queueing import refresh
from inbox.quoted import chosen

log = logging.getLogger(__name__)

OWN_ACCOUNT = "telegram_business"  # a place, whose member is never the one who cannot be reached
GROUP = "telegram_group"
COALESCED = 60.0  # seconds in which one note tells of several edits of a message
MOVING = 20.0  # seconds in which changes beside the text (a place that moves) are drawn once


async def happened(inbox: Inbox, claim: Claim, raw_ids: Sequence[int], event: Happening) -> None:
    """Take note of it, tell whom it concerns, and acknowledge."""
    words = ""
    async with inbox.store.begin() as t:
        match event:
            case Deleted():
                await _deleted(inbox, t, event)
            case Moved():
                await goes_on_as(t, event)
            case Reach():
                await _reach(inbox, t, event)
            case Added():
                await reachable(inbox, t, event.place, event.at)
                await added(t, event)
            case Chosen():
                words = await chosen(inbox, t, event)
            case _:
                await connected(t, event)
        await t.mark_raw(raw_ids, "filed")
        await t.finish(claim)
    if isinstance(event, Chosen):
        await _answer(inbox, event, words)


async def _answer(inbox: Inbox, event: Chosen, words: str) -> None:
    """Tell who pressed a button; it is stored by now, so that a failure loses nothing else."""
    connector = inbox.connectors.get(event.channel_id)
    if isinstance(connector, ShowsChoices):
        try:
            await connector.answer_press(event, words)
        except SendFailed as error:
            log.warning("a press was not answered: %s", error)


# --- whether a client can be reached --------------------------------------------------------


async def unreachable(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    reason: str,
    at: datetime,
    *,
    told: int | None = None,
) -> None:
    """A send found out that the client cannot be written to: marked, and the holder told once.

    `reason` as in inbox.messages.Reach. `told`: a member who hears of it anyway.
    """
    handle = conversation.recipient
    if handle.kind == GROUP and reason == "blocked":  # a group blocks nobody
        reason = "removed"
    if handle.kind != OWN_ACCOUNT:
        await _mark(inbox, t, handle, reason, at, told=told)


async def reachable(inbox: Inbox, t: Transaction, handle: Handle, at: datetime) -> None:
    """Who writes can be written to."""
    await _mark(inbox, t, handle, "", at)


async def _reach(inbox: Inbox, t: Transaction, event: Reach) -> None:
    """What a later message proves wrong comes too late: the two may be read in any order."""
    if event.reason:
        for conversation_id in await t.conversations_with(event.handle):
            asked_at = (await t.conversation(conversation_id)).asked_at
            if asked_at is not None and asked_at > event.at:
                return
    await _mark(inbox, t, event.handle, event.reason, event.at)


async def _mark(
    inbox: Inbox,
    t: Transaction,
    handle: Handle,
    reason: str,
    at: datetime,
    *,
    told: int | None = None,
) -> None:
    if not await t.mark_reach(handle, reason, at):
        return
    latest, *others = (await t.conversations_with(handle)) or (None,)
    if latest is None:
        return
    cause = f"{reason or 'reachable'} at {at}"
    conversation = await t.conversation(latest)
    if reason and conversation.assignee_id is not None:  # else it is nobody's loss
        await note(inbox, t, conversation, "unreachable", reason, cause=cause, besides=told)
    for conversation_id in (latest, *others):
        newest = await t.newest_message(conversation_id)
        await refresh(t, conversation_id, cause, message_id=newest)


# --- what the client changes ----------------------------------------------------------------


async def edited(
    inbox: Inbox,
    claim: Claim,
    raw_ids: Sequence[int],
    raw: RawMessage,
    message: InboundMessage,
) -> bool:
    """A known message says something else from now on; it opens no wait (rule 1). False where
    the message is not known: then the edit is shown as a message of its own."""
    if message.nature is not Nature.EDIT:
        return False
    whole = await _of_album(inbox, raw_ids[0], raw, message)
    async with inbox.store.begin() as t:
        message_id = await t.message_at(message.channel_id, whole.external_id)
        if message_id is None:
            return False
        if whole != message:
            await t.save_form(_edits(message_id), await _with_edit(t, message_id, raw_ids[0]))
        await _say_anew(inbox, t, await t.card(message_id), whole, raw_ids[0])
        await t.mark_raw(raw_ids, "filed")
        await t.finish(claim)
    return True


async def _of_album(
    inbox: Inbox, raw_id: int, raw: RawMessage, edit: InboundMessage
) -> InboundMessage:
    """What the whole album says now that one of its members was edited."""
    group = raw.note.get("album")
    if group is None:
        return edit
    async with inbox.store.begin() as t:
        found = await t.album(edit.channel_id, group)
        if found is None:
            return edit
        message_id, raws = found
        for each in json.loads(await t.form(_edits(message_id)) or "[]"):
            raws += await t.raw_and_album(each) if each != raw_id else ()
    whole = await inbox.connectors[edit.channel_id].parse([*raws, raw])
    now = whole if isinstance(whole, InboundMessage) else edit
    return replace(now, nature=edit.nature, sent_at=edit.sent_at)


async def _with_edit(t: Transaction, message_id: int, raw_id: int) -> str:
    known = json.loads(await t.form(_edits(message_id)) or "[]")
    return json.dumps([*(one for one in known if one != raw_id), raw_id])


def _edits(message_id: int) -> str:
    """The form that keeps the edits of an album's members, as raw ids."""
    return f"album_edits:{message_id}"


async def _say_anew(
    inbox: Inbox, t: Transaction, card: Card, edit: InboundMessage, raw_id: int
) -> None:
    before, at = card.message, edit.sent_at
    after = replace(
        before,
        text=edit.text,
        entities=edit.entities,
        attachments=_with_its_album(before, edit),
        quoted=edit.quoted,
    )
    if after == before or not await t.edit_message(card.message_id, after, at):
        return
    conversation_id, message_id = card.conversation.id, card.message_id
    if after.text == before.text:
        slot = int(at.timestamp() / MOVING)
        cause = f"{message_id} moves: {slot}"
        await refresh(t, conversation_id, cause, message_id=message_id, delay=MOVING)
        return
    # Not by its time: Telegram says whole seconds, in which somebody may change it twice.
    await refresh(t, conversation_id, f"{message_id} edited by {raw_id}", message_id=message_id)
    if _is_overlooked(card):
        cause = f"{message_id}: {int(at.timestamp() / COALESCED)}"
        await note(inbox, t, card.conversation, "edited", before.text, cause=cause)


def _with_its_album(before: InboundMessage, edit: InboundMessage) -> tuple[Attachment, ...]:
    """An edit brings one member of an album: the first, after which the message is named."""
    others = before.attachments[1:] if len(edit.attachments) == 1 else ()
    return (*edit.attachments, *others)


async def _deleted(inbox: Inbox, t: Transaction, event: Deleted) -> None:
    """What the client took back stays for the studio; one note a conversation tells of it."""
    overlooked: dict[int, Card] = {}
    for message_id in await t.mark_deleted(event.channel_id, event.external_ids, event.at):
        card = await t.card(message_id)
        conversation_id = card.conversation.id
        cause = f"{message_id} deleted at {event.at}"
        await refresh(t, conversation_id, cause, message_id=message_id)
        if _is_overlooked(card):
            overlooked[conversation_id] = card
    for card in overlooked.values():
        cause, text = f"{card.message_id} at {event.at}", card.message.text
        await note(inbox, t, card.conversation, "deleted", text, cause=cause)


def _is_overlooked(card: Card) -> bool:
    """Nobody looks at the card any more: the message is a client's and is not waited with."""
    return card.state is not CardState.WAITING and card.message.nature is not Nature.OWN
