"""The desk in Telegram: cards out to managers, their commands and replies in."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from aiogram import Bot, Dispatcher
from aiogram.methods import TelegramMethod
from aiogram.types import ReactionTypeEmoji, Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot import mail_notes, notes
from bot.access import INVITE_START, Access, active_member, group_of, is_about_alerts
from bot.alert_cards import alert_view, alerts_view
from bot.cards import card_view
from bot.cautions import soft
from bot.files import show_files
from bot.form_storage import FormStorage
from bot.handlers import setup
from bot.sending import edit, send, send_long
from bot.texts import speaker
from connectors.telegram.connector import download
from connectors.telegram.errors import translated
from inbox.channels import AnswersSeveral
from inbox.errors import Fault, SendFailed, SendRejected, SendUncertain, Unreadable
from inbox.inbox import Inbox
from inbox.model import (
    Attachment,
    Channel,
    Conversation,
    DeliveryReport,
    LoadedFile,
    Manager,
    RawMessage,
)
from inbox.ports import Alert, Card, DeskRef, Note, Progress, Purpose, Reply, ReplyState, Shown

CLIENTS_CHANNEL = "telegram"
STAFF_CHANNEL = "staff"
DELIVERED = "👌"
ABOUT_ALL = frozenset({"stands_in", "given_back"})

Given = dict[str, Any]


class TelegramDesk:
    """Desk over one bot account, whose updates come by the channel `channel_id`.

    `attach` gives it the inbox; before that nothing else works.
    """

    def __init__(
        self, bot: Bot, *, channel_id: str = CLIENTS_CHANNEL, local_files: bool = False
    ) -> None:
        self.origin = f"bot:{bot.id}"
        self.topics = False
        self._bot = bot
        self._channel_id = channel_id
        self._local_files = local_files
        self._inbox: Inbox | None = None
        self._dispatcher: Dispatcher | None = None

    def attach(self, inbox: Inbox) -> None:
        """Once, when the inbox around the desk is complete."""
        dispatcher = Dispatcher(storage=FormStorage(inbox.store), inbox=inbox)
        dispatcher.update.outer_middleware(Access())
        dispatcher.include_routers(*setup())
        self._inbox, self._dispatcher = inbox, dispatcher

    # --- in ---------------------------------------------------------------------------------

    def concerns(self, raw: RawMessage, channel: Channel, staff: Sequence[Manager]) -> bool:
        """All of the staff's own bot; else members' private chats, buttons and invitations.

        Nothing of another bot: its message ids are numbers of another space, and would lead to
        another client.
        """
        if channel.id != self._channel_id:
            return False
        if channel.id == STAFF_CHANNEL:
            return True
        try:
            update = _update_of(raw)
            return _is_staff_business(update, staff)
        except (Unreadable, KeyError, TypeError, AttributeError):
            return False  # the connector says what is wrong with it

    async def handle(
        self, raws: Sequence[RawMessage], channel: Channel, staff: Sequence[Manager]
    ) -> None:
        """Feed the update to the routers; of an album the first, with the JSON of all its messages
        as `album`. Raises Unreadable, or the SendFailed."""
        if self._dispatcher is None:
            raise RuntimeError("the desk has no inbox yet: call attach first")
        all_given = [_update_of(raw) for raw in raws]
        given = all_given[0]
        try:
            update = Update.model_validate(given, context={"bot": self._bot})
            event = given[update.event_type]
            album = [one[update.event_type] for one in all_given]
        except UpdateTypeLookupError as error:
            raise Unreadable(Fault.UNSUPPORTED, ", ".join(given)) from error
        except ValidationError as error:
            raise Unreadable(Fault.MALFORMED, _first_fault(error)) from error
        with translated():
            result = await self._dispatcher.feed_update(
                self._bot, update, staff=staff, given=event, album=album
            )
            if isinstance(result, TelegramMethod):
                await self._bot(result)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file a manager sent. Raises FileUnavailable."""
        return await download(self._bot, attachment, local_files=self._local_files)

    # --- out --------------------------------------------------------------------------------

    async def show(
        self, card: Card, to: Manager, files: Sequence[LoadedFile]
    ) -> tuple[Shown, ...]:
        """The card, what of its text did not fit, then its files, all as answers to the card."""
        view = card_view(card, to, self._now, self._others(card), self._elapsed(card))
        chat_id, silent = to.telegram_id, soft(card.message.warnings)
        ref = await send(self._bot, chat_id, view, silent=silent)
        try:
            below, say = ref.message_id, speaker(to.language)
            rest = await send_long(self._bot, chat_id, view.rest, reply_to=below, silent=silent)
            shown = await show_files(self._bot, chat_id, below, files, say, silent=silent)
        except SendRejected:
            raise
        except SendFailed as error:
            # The card stands there: the next try must say that it may have been shown.
            raise SendUncertain(error.fault, error.detail) from error
        others = (Shown(each, Purpose.FILE) for each in (*rest, *shown))
        return (Shown(ref, Purpose.CARD), *others)

    async def redraw(self, shown: Shown, card: Card, to: Manager, alert: Alert | None) -> None:
        """Edit the card or the alert where it stands; one that is gone is left alone."""
        if alert is None:
            view = card_view(card, to, self._now, self._others(card))
        else:
            view = alert_view(alert, to, self._now)
        await edit(self._bot, shown.ref, view)

    async def alert(self, alert: Alert, to: Manager) -> tuple[Shown, ...]:
        """A message of its own, hung below the card if that stands in the same chat."""
        view = alert_view(alert, to, self._now)
        reply_to = await self._card_in_chat(alert.card.message_id, to)
        return (
            Shown(await send(self._bot, to.telegram_id, view, reply_to=reply_to), Purpose.ALERT),
        )

    async def show_alerts(
        self, alerts: Sequence[Alert], to: Manager, before: DeskRef | None
    ) -> DeskRef:
        """One list, edited in place while it is young or its waits end."""
        view = alerts_view(alerts, to, self._now)
        if before is None:
            return await send(self._bot, to.telegram_id, view)
        await edit(self._bot, before, view)
        return before

    async def show_note(
        self, conversation: Conversation, words: Note, to: Manager
    ) -> tuple[Shown, ...]:
        """Words below the newest card; answering them answers the client. What is about all that
        waits is answered to nobody."""
        view = notes.colleague(speaker(to.language), conversation, words)
        if words.kind in ABOUT_ALL:
            await send(self._bot, to.telegram_id, view)
            return ()
        async with self._attached.store.begin() as t:
            newest = await t.newest_message(conversation.id)
        below = await self._card_in_chat(newest, to) if newest is not None else None
        ref = await send(self._bot, to.telegram_id, view, reply_to=below)
        return (Shown(ref, Purpose.NOTE),)

    async def show_outcome(
        self, reply: Reply, conversation: Conversation, to: Manager
    ) -> tuple[Shown, ...]:
        """👌 on the manager's message for a delivered one, else a sentence below it."""
        if reply.state is ReplyState.SENT:
            await self._react(reply.desk_ref)
            return ()
        view = notes.outcome(speaker(to.language), reply)
        if view is None:
            return ()
        own = reply.desk_ref.message_id if reply.desk_ref else None
        return (Shown(await send(self._bot, to.telegram_id, view, reply_to=own), Purpose.NOTE),)

    async def show_delivery(
        self, reply: Reply, report: DeliveryReport, to: Manager
    ) -> tuple[Shown, ...]:
        """A sentence below the manager's message; of one that was lost the 👌 goes away."""
        own = reply.desk_ref
        if reply.state is ReplyState.REJECTED and own is not None:
            await self._react(own, "")
        view = mail_notes.delivery(speaker(to.language), reply, report)
        below = own.message_id if own is not None else None
        return (Shown(await send(self._bot, to.telegram_id, view, reply_to=below), Purpose.NOTE),)

    async def show_digest(self, cards: Sequence[Card], to: Manager) -> tuple[Shown, ...]:
        """One list with a button for each."""
        view = mail_notes.digest(speaker(to.language), cards)
        return (Shown(await send(self._bot, to.telegram_id, view), Purpose.NOTE),)

    async def show_fetched(
        self, card: Card, file: LoadedFile, progress: Progress, to: Manager
    ) -> tuple[Shown, ...]:
        """The file below its card, and how far it is in the note that says so."""
        say, chat_id = speaker(to.language), to.telegram_id
        below = await self._card_in_chat(card.message_id, to) or progress.note
        refs = await show_files(self._bot, chat_id, below, (file,), say)
        note = DeskRef(self._bot.id, chat_id, progress.note)
        await edit(self._bot, note, mail_notes.fetched(say, progress))
        return tuple(Shown(one, Purpose.FILE) for one in refs)

    async def tell(self, notice: str, fields: dict[str, str], to: Manager) -> None:
        """A notice in the reader's language."""
        await send(self._bot, to.telegram_id, notes.notice(speaker(to.language), notice, fields))

    @property
    def _now(self) -> datetime:
        return self._attached.clock.now()

    def _elapsed(self, card: Card) -> timedelta | None:
        """Business time that has run; only who gets the client from a colleague is told."""
        wait = card.wait
        if card.handed_by is None or wait is None or wait.closing is not None:
            return None
        hours = self._attached.hours_of(wait)
        return hours.elapsed(wait.started_at, max(self._now, wait.started_at))

    @property
    def _attached(self) -> Inbox:
        if self._inbox is None:
            raise RuntimeError("the desk has no inbox yet: call attach first")
        return self._inbox

    async def _card_in_chat(self, message_id: int, to: Manager) -> int | None:
        async with self._attached.store.begin() as t:
            links = await t.links_of_message(message_id)
        own = (
            link.shown.ref.message_id
            for link in links
            if link.manager_id == to.id
            and link.shown.purpose is Purpose.CARD
            and link.shown.ref.account == self._bot.id
        )
        return next(own, None)

    def _others(self, card: Card) -> tuple[str, ...]:
        connector = self._attached.connectors.get(card.conversation.channel_id)
        if not isinstance(connector, AnswersSeveral):
            return ()
        return connector.others_addressed(card.message)

    async def _react(self, ref: DeskRef | None, emoji: str = DELIVERED) -> None:
        if ref is None:
            return
        with translated():
            await self._bot.set_message_reaction(
                ref.chat_id,
                ref.message_id,
                reaction=[ReactionTypeEmoji(emoji=emoji)] if emoji else [],
            )


def _update_of(raw: RawMessage) -> Given:
    try:
        update = json.loads(raw.payload)
    except (ValueError, RecursionError) as error:
        raise Unreadable(Fault.MALFORMED, "not JSON") from error
    if not isinstance(update, dict):
        raise Unreadable(Fault.MALFORMED, "not an object")
    return update


def _is_staff_business(update: Given, staff: Sequence[Manager]) -> bool:
    if "callback_query" in update:
        return True
    for kind in ("message", "edited_message", "my_chat_member"):
        event = update.get(kind)
        if event is None:
            continue
        if event["chat"]["type"] != "private":
            return kind == "message" and _is_of_our_group(event, staff)
        if kind == "message" and str(event.get("text", "")).startswith(INVITE_START):
            return True
        return active_member(staff, event["from"]["id"]) is not None
    return False


def _is_of_our_group(message: Given, staff: Sequence[Manager]) -> bool:
    """Of all that is said in groups: /alerts by a member, and that our group got another id."""
    if "migrate_to_chat_id" in message:
        return group_of(staff, message["chat"]["id"]) is not None
    author = message.get("from", {}).get("id")
    return is_about_alerts(message.get("text")) and active_member(staff, author) is not None


def _first_fault(error: ValidationError) -> str:
    """Where the update is wrong; never what stood there, it is the client's."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['type']}"[:200]
