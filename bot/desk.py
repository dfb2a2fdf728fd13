"""The desk in Telegram: cards out to managers, their commands and replies in."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from aiogram import Bot, Dispatcher
from aiogram.fsm.strategy import FSMStrategy
from aiogram.methods import TelegramMethod

from bot import mail_notes, notes
from bot.access import Access
from bot.alert_cards import alert_view, alerts_view
from bot.bursts import burst_view
from bot.card_sending import show_card
from bot.cards import CardView, card_view
from bot.concerns import concerns_client_group, concerns_desk, understood
from bot.files import messages_of, show_files
from bot.form_storage import FormStorage
from bot.handlers import setup
from bot.mentions import mentioning, reader_of
from bot.note_keeping import KINDS, files_of, mark_inside
from bot.outcomes import react, show_outcome, where_written
from bot.people_notes import note_view
from bot.places import Place, Places
from bot.reader import Reader
from bot.report_ground import Ground
from bot.report_orders import Kind
from bot.report_sending import ReportsOnDesk
from bot.rich import Rich
from bot.sending import edit, messages_of_text, send
from bot.task_digests import digest_view
from bot.texts import speaker
from connectors.telegram.bot import wait_of
from connectors.telegram.connector import download
from connectors.telegram.errors import translated
from connectors.telegram.pacing import Urgency, together, urgency
from inbox.channels import AnswersSeveral
from inbox.errors import Unreadable
from inbox.inbox import Inbox
from inbox.model import (
    Attachment,
    Channel,
    Client,
    Conversation,
    DeliveryReport,
    LoadedFile,
    Manager,
    RawMessage,
    Role,
)
from inbox.ports import Alert, Card, DeskRef, Note, Progress, Purpose, Reply, ReplyState, Shown
from inbox.work_records import TaskDigest

CLIENTS_CHANNEL = "telegram"
STAFF_CHANNEL = "staff"
ABOUT_ALL = frozenset({"stands_in", "given_back"})


class TelegramDesk(ReportsOnDesk):
    """Desk over one bot account, whose updates come by the channel `channel_id`.

    `attach` gives it the inbox; before that nothing else works.
    """

    def __init__(
        self,
        bot: Bot,
        *,
        channel_id: str = CLIENTS_CHANNEL,
        local_files: bool = False,
        topics: bool = True,
        picture: Kind = Kind.LIGHT,
    ) -> None:
        super().__init__(bot, picture)
        self.origin = f"bot:{bot.id}"
        self.places = Places(bot, allowed=topics)
        self._channel_id = channel_id
        self._local_files = local_files
        self._inbox: Inbox | None = None
        self._dispatcher: Dispatcher | None = None

    def attach(self, inbox: Inbox, ground: Ground) -> None:
        """Once, when the inbox around the desk is complete. `ground`: of its reports."""
        dispatcher = Dispatcher(
            storage=FormStorage(inbox.store),
            # A form begun in one topic is not filled by what is written to a client in another.
            fsm_strategy=FSMStrategy.USER_IN_TOPIC,
            inbox=inbox,
            places=self.places,
            ground=ground,
        )
        dispatcher.update.outer_middleware(Access(self.places))
        dispatcher.include_routers(*setup())
        self.places.attach(inbox)
        self._inbox, self._dispatcher = inbox, dispatcher
        self._ground, self._store = ground, inbox.store

    @property
    def topics(self) -> bool:
        """See inbox.ports.Desk."""
        return self.places.any_topics

    @property
    def shared(self) -> bool:
        """See inbox.ports.Desk."""
        return self.places.shared

    # --- in ---------------------------------------------------------------------------------

    def concerns(self, raw: RawMessage, channel: Channel, staff: Sequence[Manager]) -> bool:
        """All of the staff's own bot; else members' private chats, buttons and invitations.

        Of another bot only whose groups are: its message ids are numbers of another space, and
        would lead to another client.
        """
        if channel.id == self._channel_id == STAFF_CHANNEL:
            return True
        try:
            if channel.id != self._channel_id:
                groups = channel.id == CLIENTS_CHANNEL
                return groups and concerns_client_group(raw, staff)
            forum = self.places.forum
            return concerns_desk(raw, staff, forum.chat_id if forum else None)
        except (Unreadable, KeyError, TypeError, AttributeError):
            return False  # the connector says what is wrong with it

    async def handle(
        self, raws: Sequence[RawMessage], channel: Channel, staff: Sequence[Manager]
    ) -> None:
        """Feed the update to the routers; of an album the first, with the JSON of all its messages
        as `album`. Raises Unreadable, or the SendFailed."""
        if self._dispatcher is None:
            raise RuntimeError("the desk has no inbox yet: call attach first")
        update, album = understood(raws, self._bot)
        with translated():
            result = await self._dispatcher.feed_update(
                self._bot, update, staff=staff, given=album[0], album=album
            )
            if isinstance(result, TelegramMethod):
                await self._bot(result)

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file a manager sent. Raises FileUnavailable."""
        return await download(self._bot, attachment, local_files=self._local_files)

    # --- out --------------------------------------------------------------------------------

    def busy(self, to: Manager) -> float:
        """See inbox.ports.Desk."""
        return wait_of(self._bot, self.places.chat_of(to))

    async def show(
        self, card: Card, to: Manager, files: Sequence[LoadedFile]
    ) -> tuple[Shown, ...]:
        """The card, what of its text did not fit, then its files, all as answers to the card."""

        async def whole(place: Place) -> tuple[Shown, ...]:
            view = self._view(card, to, place.chat_id, self._elapsed(card))
            with together(1 + messages_of_text(view.rest) + messages_of(files)):
                return await show_card(self._bot, place, (card, view, files), speaker(to.language))

        with urgency(Urgency.CARD):
            return await self.places.deliver(card.conversation, to, whole)

    async def redraw(self, shown: Shown, card: Card, to: Manager, alert: Alert | None) -> None:
        """Edit the card or the alert where it stands; one that is gone is left alone."""
        if alert is None:
            view = self._view(card, to, shown.ref.chat_id)
        else:
            view = alert_view(alert, to, self._now)
        with urgency(Urgency.DIGEST):
            await edit(self._bot, shown.ref, view)

    async def show_burst(self, cards: Sequence[Card], to: Manager) -> tuple[Shown, ...]:
        """In the member's own chat: it is the client's, or the studio's, that is full."""
        view = burst_view(speaker(to.language), cards)
        with urgency(Urgency.DIGEST):
            return (Shown(await send(self._bot, to.telegram_id, view), Purpose.NOTE),)

    async def name_topics(self, client: Client, waiting: datetime | None) -> None:
        """See inbox.ports.Desk."""
        with urgency(Urgency.DIGEST):
            await self.places.name(client, waiting)

    async def alert(self, alert: Alert, to: Manager) -> tuple[Shown, ...]:
        """A message of its own: hung below the card in the client's topic or the member's chat;
        where all see the clients in one place, alone in the member's own chat."""
        view = alert_view(alert, to, self._now)
        with urgency(Urgency.ALERT):
            if self.shared or to.role is Role.CHAT:
                ref = await send(self._bot, to.telegram_id, view)
                return (Shown(ref, Purpose.ALERT),)
            card = alert.card
            return await self._say(
                card.conversation, to, view, Purpose.ALERT, about=card.message_id, at_once=True
            )

    async def show_alerts(
        self, alerts: Sequence[Alert], to: Manager, before: DeskRef | None
    ) -> DeskRef:
        """One list, edited in place while it is young or its waits end."""
        view = alerts_view(alerts, to, self._now)
        with urgency(Urgency.ALERT):
            if before is None:
                return await send(self._bot, to.telegram_id, view)
            await edit(self._bot, before, view)
            return before

    async def show_note(
        self, conversation: Conversation, words: Note, to: Manager
    ) -> tuple[Shown, ...]:
        """Words below the newest card, where an answer is the client's; about all, below none."""
        view = await note_view(self._attached, conversation, words, to)
        if words.kind in ABOUT_ALL:
            await send(self._bot, to.telegram_id, view)
            return ()
        async with self._attached.store.begin() as t:
            newest = await t.newest_message(conversation.id)
        files = await files_of(self._attached, conversation, words)
        shown = await self._say(conversation, to, view, Purpose.NOTE, about=newest, files=files)
        if words.kind in KINDS:
            await mark_inside(self._attached, [one.ref for one in shown])
        return shown

    async def show_outcome(
        self, reply: Reply, conversation: Conversation, to: Manager
    ) -> tuple[Shown, ...]:
        """👌 on the manager's message for a delivered one, else a sentence below it."""

        async def told(place: Place) -> tuple[Shown, ...]:
            at = where_written(reply, place)
            return await show_outcome(self._bot, self._attached, reply, to, at)

        return await self.places.deliver(conversation, to, told, make=False)

    async def show_delivery(
        self, reply: Reply, report: DeliveryReport, to: Manager
    ) -> tuple[Shown, ...]:
        """A sentence below the manager's message; of one that was lost the 👌 goes away."""
        own = reply.desk_ref
        if reply.state is ReplyState.REJECTED and own is not None:
            await react(self._bot, own, "")
        view = mail_notes.delivery(speaker(to.language), reply, report)
        async with self._attached.store.begin() as t:
            conversation = await t.conversation(reply.conversation_id)

        async def told(place: Place) -> tuple[Shown, ...]:
            place = where_written(reply, place)
            below = own.message_id if own is not None and own.chat_id == place.chat_id else None
            return (Shown(await send(self._bot, place, view, reply_to=below), Purpose.NOTE),)

        return await self.places.deliver(conversation, to, told, make=False)

    async def show_digest(self, cards: Sequence[Card], to: Manager) -> tuple[Shown, ...]:
        """One list with a button for each."""
        view = mail_notes.digest(speaker(to.language), cards)
        with urgency(Urgency.DIGEST):
            return (Shown(await send(self._bot, to.telegram_id, view), Purpose.NOTE),)

    async def show_tasks(self, digest: TaskDigest, to: Manager) -> None:
        """See inbox.ports.Desk."""
        with urgency(Urgency.DIGEST):
            await send(self._bot, to.telegram_id, digest_view(Reader.of(to, self._now), digest))

    async def show_fetched(
        self, card: Card, file: LoadedFile, progress: Progress, to: Manager
    ) -> tuple[Shown, ...]:
        """The file below its card, and how far it is in the note that says so."""
        say = speaker(to.language)

        async def fetched(place: Place) -> tuple[Shown, ...]:
            card_id = await self._card_in_chat(card.message_id, place.chat_id)
            below = card_id or progress.note
            refs = await show_files(self._bot, place, below, (file,), say)
            note = DeskRef(self._bot.id, place.chat_id, progress.note)
            await edit(self._bot, note, mail_notes.fetched(say, progress))
            return tuple(Shown(one, Purpose.FILE) for one in refs)

        return await self.places.deliver(card.conversation, to, fetched, make=False)

    async def tell(self, notice: str, fields: dict[str, str], to: Manager) -> None:
        """A notice in the reader's language."""
        await send(self._bot, to.telegram_id, notes.notice(speaker(to.language), notice, fields))

    async def _say(
        self,
        conversation: Conversation,
        to: Manager,
        view: CardView | Rich,
        purpose: Purpose,
        *,
        about: int | None,
        at_once: bool = False,
        files: Sequence[LoadedFile] = (),
    ) -> tuple[Shown, ...]:
        """Something in the client's place, below the card of the message it is about."""

        async def said(place: Place) -> tuple[Shown, ...]:
            below = await self._card_in_chat(about, place.chat_id) if about is not None else None
            ref = await send(self._bot, place, view, reply_to=below)
            say = speaker(to.language)
            others = await show_files(self._bot, place, ref.message_id, files, say)
            return (Shown(ref, purpose), *(Shown(one, Purpose.FILE) for one in others))

        return await self.places.deliver(conversation, to, said, at_once=at_once)

    def _view(
        self, card: Card, to: Manager, chat_id: int, elapsed: timedelta | None = None
    ) -> CardView:
        """The card for its reader; in the forum for all of them."""
        shared = self.places.is_forum(chat_id)
        reader = reader_of(card, to) if shared else to
        view = card_view(card, reader, self._now, self._others(card), elapsed, shared=shared)
        return mentioning(view, card) if shared else view

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

    async def _card_in_chat(self, message_id: int, chat_id: int) -> int | None:
        """The newest card of the client's message in this chat."""
        async with self._attached.store.begin() as t:
            links = await t.links_of_message(message_id)
        here = (self._bot.id, chat_id)
        refs = (link.shown.ref for link in links if link.shown.purpose is Purpose.CARD)
        return next((ref.message_id for ref in refs if (ref.account, ref.chat_id) == here), None)

    def _others(self, card: Card) -> tuple[str, ...]:
        connector = self._attached.connectors.get(card.conversation.channel_id)
        if not isinstance(connector, AnswersSeveral):
            return ()
        return connector.others_addressed(card.message)
