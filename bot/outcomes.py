"""What has become of a reply, under the member's own message: a reaction, or a note that is
replaced when there is something new to say and goes away when all is well."""

from __future__ import annotations

import contextlib
import json
import math
from datetime import datetime, timedelta

from aiogram import Bot
from aiogram.types import ReactionTypeEmoji

from bot.buttons import Button, ReplyButton, ReplyDeed
from bot.card_lines import client_name
from bot.cards import CardView
from bot.places import Place
from bot.reply_buttons import UndoButton
from bot.rich import Rich, joined, one_line
from bot.sending import edit, send
from bot.standing import redraw
from bot.texts import Say, mark, speaker
from bot.wording import length, reason
from connectors.telegram.errors import translated
from inbox.errors import SendRejected
from inbox.inbox import Inbox
from inbox.model import Manager
from inbox.ports import DeskRef, Purpose, Reply, ReplyState, Shown

DELIVERED = "👌"
EDITED = "✍"
DETAIL_LIMIT = 300  # UTF-16 units
# What these answers mean to who wrote; "" where the reason has said it all.
_PLAINLY = {
    "bot was blocked by the user": "",
    "business_peer": mark(
        "Telegram lets the bot answer within 24 hours of the client's message. Write from your "
        "own app, or wait until the client writes again."
    ),
    "the account is not connected": mark(
        "The account that it goes out from is not connected, or does not let the bot answer: "
        "/menu → More → My account."
    ),
}
BEGINNING = 120


async def show_outcome(
    bot: Bot, inbox: Inbox, reply: Reply, to: Manager, place: Place
) -> tuple[Shown, ...]:
    """Say it; what new message that took. The same outcome shown again does no harm.

    `place`: where the member's own message stands. Raises the SendFailed.
    """
    await redraw(bot, inbox, reply, to)
    before = await _note_of(inbox, reply)
    if reply.state is ReplyState.SENT:
        # Where its author deleted it, or the group takes no reactions, the note goes all the same.
        with contextlib.suppress(SendRejected):
            await react(bot, reply.desk_ref, DELIVERED)
        await _take_away(bot, inbox, reply, before)
        return ()
    view = outcome(speaker(to.language), reply, inbox.clock.now())
    if view is None:
        return ()
    if reply.state is ReplyState.TAKEN_BACK:
        await react(bot, reply.desk_ref, "")
    quiet = reply.state is ReplyState.WITHDRAWN or _may_be_undone(reply)
    if before is not None and quiet:
        await edit(bot, before, view)
        return ()
    own = reply.desk_ref
    if own is None:
        view = await _with_its_beginning(inbox, reply, view)
    below = own.message_id if own is not None and own.chat_id == place.chat_id else None
    ref = await send(bot, place, view, reply_to=below, silent=quiet)
    await _take_away(bot, inbox, reply, before)
    await _keep_note(inbox, reply, ref)
    return (Shown(ref, Purpose.NOTE),)


def outcome(say: Say, reply: Reply, now: datetime) -> CardView | None:
    """The note; None where there is nothing to say."""
    why = reason(say, reply.fault)
    detail = Rich(_detail(say, reply.detail)).styled("italic")
    match reply.state:
        case ReplyState.QUEUED if reply.tries:
            text = say("⏳ Not out yet: {reason}. It will be tried again for a day.", reason=why)
            return CardView(joined([Rich(text), detail]), ())
        case ReplyState.QUEUED if reply.goes_at is not None and reply.goes_at > now:
            return _waiting(say, reply, reply.goes_at - now)
        case ReplyState.REJECTED:
            text = say("❌ Not sent: {reason}.", reason=why)
            again = _reply_button(say("Try again"), ReplyDeed.TRY_AGAIN, reply)
            return CardView(joined([Rich(text), detail]), ((again,),))
        case ReplyState.UNCERTAIN:
            text = say(
                "❓ It is not known whether this arrived: {reason}. Nothing is sent again "
                "unless you say so.",
                reason=why,
            )
            arrived = _reply_button(say("It arrived"), ReplyDeed.ARRIVED, reply)
            again = _reply_button(say("Send again"), ReplyDeed.TRY_AGAIN, reply)
            return CardView(joined([Rich(text), detail]), ((arrived, again),))
        case ReplyState.WITHDRAWN:
            return CardView(withdrawn(say), ())
        case ReplyState.TAKEN_BACK:
            return CardView(Rich(say("🗑 Taken back: the client no longer sees it.")), ())
        case _:
            return None


def _detail(say: Say, detail: str) -> str:
    """What the server or the connector said, in words where they are known."""
    for said, words in _PLAINLY.items():
        if said in detail.casefold():
            return say(words) if words else ""
    return one_line(detail, DETAIL_LIMIT)


def withdrawn(say: Say) -> Rich:
    """That a reply was stopped in time."""
    return Rich(say("↩ Not sent: it was stopped in time."))


async def react(bot: Bot, ref: DeskRef | None, emoji: str) -> None:
    """The bot's one reaction on a member's message; "" takes it away. Raises the SendFailed."""
    if ref is None:
        return
    with translated():
        await bot.set_message_reaction(
            ref.chat_id,
            ref.message_id,
            reaction=[ReactionTypeEmoji(emoji=emoji)] if emoji else [],
        )


async def forget_note(inbox: Inbox, reply: Reply) -> None:
    """The note says something that is to stay."""
    async with inbox.store.begin() as t:
        await t.save_form(_key(reply), None)


def _waiting(say: Say, reply: Reply, left: timedelta) -> CardView:
    time = length(say, timedelta(seconds=math.ceil(left.total_seconds())))
    undo = Button(say("Undo the sending"), UndoButton(reply_id=reply.id), "danger")
    return CardView(Rich(say("⏳ Goes out in {time}", time=time)), ((undo,),))


def _may_be_undone(reply: Reply) -> bool:
    return reply.state is ReplyState.QUEUED and not reply.tries


def _reply_button(text: str, deed: ReplyDeed, reply: Reply) -> Button:
    return Button(text, ReplyButton(deed=deed, reply_id=reply.id))


async def _with_its_beginning(inbox: Inbox, reply: Reply, view: CardView) -> CardView:
    """Of a reply that is no message of the member: to whom it goes and how it begins."""
    async with inbox.store.begin() as t:
        conversation = await t.conversation(reply.conversation_id)
    name = Rich(client_name(conversation)).styled("bold")
    beginning = Rich(one_line(reply.text, BEGINNING)).styled("blockquote")
    return CardView(joined([name, beginning, view.body]), view.keyboard)


async def _take_away(bot: Bot, inbox: Inbox, reply: Reply, note: DeskRef | None) -> None:
    """The note is over; where it cannot be deleted any more it says that all is well."""
    if note is None:
        return
    try:
        with translated():
            await bot.delete_message(note.chat_id, note.message_id)
    except SendRejected:
        await edit(bot, note, Rich(DELIVERED))
    await forget_note(inbox, reply)


async def _note_of(inbox: Inbox, reply: Reply) -> DeskRef | None:
    async with inbox.store.begin() as t:
        kept = await t.form(_key(reply))
    return DeskRef(*json.loads(kept)) if kept is not None else None


async def _keep_note(inbox: Inbox, reply: Reply, ref: DeskRef) -> None:
    async with inbox.store.begin() as t:
        known = json.dumps([ref.account, ref.chat_id, ref.message_id])
        await t.save_form(_key(reply), known)


def _key(reply: Reply) -> str:
    return f"outcome:{reply.id}"


def where_written(reply: Reply, place: Place) -> Place:
    """Where the member's own message stands, if that is not in the client's present chat."""
    ref = reply.desk_ref
    return place if ref is None or ref.chat_id == place.chat_id else Place(ref.chat_id)
