"""Enters into the product's store what the studio had in its books (workbook.py)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, time, timedelta
from decimal import Decimal
from email.headerregistry import Address
from itertools import count

from connectors.email.parse import parse_mail
from connectors.telegram.parse import parse_updates
from inbox.business_hours import BusinessHours
from inbox.calendars import STUDIO, Calendar
from inbox.model import Conversation, InboundMessage, Manager, RawMessage
from inbox.policies import Terms
from inbox.ports import Transaction
from inbox.records import Reply, ReplyState
from inbox.sla import Policy
from inbox.work_records import InternalNote, PriceItem, Task, Template, Within
from sandbox import studio, workbook
from sandbox.mail.message import file_named, write
from sandbox.studio import Colleague
from sandbox.workbook import LANGUAGES, Exchange
from storage.store import SqlStore

MAIL, TELEGRAM = "email:info", "telegram"
DAY = ((time(9), time(13)), (time(14), time(18)))
HOURS = BusinessHours(studio.ZONE, dict.fromkeys(range(5), DAY))
TERMS = Terms(Policy(timedelta(hours=1), ()), Calendar(STUDIO, HOURS))
OLD_IDS = 1_000_000  # of Telegram messages that are in no chat any more
FRIDAY = 4


async def enter(store: SqlStore, language: str, now: datetime) -> None:
    """Once, before the product runs; `now` is the shown instant, `language` "ru" or "en"."""
    async with store.begin() as t:
        staff = {one.telegram_id: one for one in await t.staff()}
        await _Books(t, staff, LANGUAGES.index(language), now).fill()


class _Books:
    def __init__(
        self, t: Transaction, staff: Mapping[int, Manager], language: int, now: datetime
    ) -> None:
        self._t = t
        self._staff = staff
        self._language = language
        self._now = now
        self._numbers = count(1)

    async def fill(self) -> None:
        for item in workbook.PAST:
            await self._exchange(item)
        for text in workbook.TEMPLATES:
            for number, language in enumerate(LANGUAGES):
                if text.common or number == self._language:
                    title, words = text.title[number], text.text[number]
                    by = self._member(text.by).id
                    await self._t.save_template(Template(title, words, language, by, self._now))
        for price in workbook.PRICES:
            await self._t.save_price_item(
                PriceItem(
                    price.title[self._language],
                    Decimal(price.price),
                    workbook.CURRENCY,
                    Within(price.amount, price.unit),
                    self._member(price.by).id,
                    self._now,
                )
            )
        await self._tasks()

    async def _tasks(self) -> None:
        clients = {client.name: client for client, _ in await self._t.clients()}
        for to_do in workbook.TO_DO:
            client = clients[to_do.client.company]
            await self._t.add_task(
                Task(
                    key=self._key("task"),
                    client_id=client.id,
                    title=to_do.title[self._language],
                    horizon=to_do.horizon,
                    made_by_id=client.manager_id or 0,
                    made_at=self._at(-4, 17),
                    due_at=None if to_do.due is None else self._at(*to_do.due),
                )
            )

    async def _exchange(self, item: Exchange) -> None:
        """A wait that was opened, answered and closed; and the note below it."""
        asked_at = self._at(-item.days, item.hour, item.minute)
        raw, message = (
            self._mail(item, asked_at) if item.subject[0] else self._said(item, asked_at)
        )
        (raw_id,) = await self._t.keep(message.channel_id, [raw])
        if raw_id is None:
            return
        conversation = await self._conversation(message)
        conversation = await self._t.save(conversation.asked(message, TERMS))
        message_id = await self._t.add_message(conversation, message, raw_id)
        await self._t.learn_threads(message.channel_id, conversation.id, message.thread_ids)
        await self._t.mark_raw([raw_id], "filed")
        by = self._holder(item).id
        answered_at = HOURS.deadline(asked_at, timedelta(minutes=item.minutes))
        await self._t.add_reply(
            Reply(
                key=self._key("reply"),
                conversation_id=conversation.id,
                author_id=by,
                text=item.answered[self._language],
                written_at=answered_at,
                message_id=message_id,
                state=ReplyState.SENT,
                sent_at=answered_at,
            )
        )
        answered, closed = conversation.answered(by, answered_at, HOURS)
        if closed is not None:
            await self._t.save_wait(closed)
        await self._t.save(answered)
        if item.note[0]:
            await self._t.add_internal_note(
                InternalNote(
                    key=self._key("note"),
                    conversation_id=conversation.id,
                    author_id=by,
                    text=item.note[self._language],
                    written_at=answered_at + timedelta(minutes=2),
                    message_id=message_id,
                )
            )

    async def _conversation(self, message: InboundMessage) -> Conversation:
        found = await self._t.conversation_for(message.channel_id, message.thread_ids)
        if found is not None:
            return found
        known = await self._t.contact_of([message.sender])
        if known is None:
            raise LookupError(f"no client writes from {message.sender.address}")
        client, contact = known
        return await self._t.open_conversation(
            message.channel_id, client, contact, message.sender, message.subject
        )

    def _mail(self, item: Exchange, at: datetime) -> tuple[RawMessage, InboundMessage]:
        sender = Address(item.client.name, addr_spec=item.client.email)
        files = [file_named(item.file, bytes(24_000))] if item.file else []
        payload = write(
            sender,
            studio.MAILBOX,
            item.subject[self._language],
            item.asked[self._language],
            at=at.astimezone(studio.ZONE),
            files=files,
        )
        raw = RawMessage(self._key("mail"), self._key("thread"), payload, at)
        message = parse_mail(
            payload,
            channel_id=MAIL,
            own_addresses=frozenset({studio.MAILBOX}),
            received_at=at,
            note={},
        )
        return raw, _said_by(message)

    def _said(self, item: Exchange, at: datetime) -> tuple[RawMessage, InboundMessage]:
        person, number = item.client.person, next(self._numbers)
        said = {
            "message_id": OLD_IDS + number,
            "from": person.as_user(),
            "chat": person.as_chat(),
            "date": int(at.timestamp()),
            "text": item.asked[self._language],
        }
        payload = json.dumps({"update_id": number, "message": said}).encode()
        raw = RawMessage(self._key("update"), f"chat:{person.id}", payload, at)
        bot_id = int(studio.TOKEN.partition(":")[0])
        return raw, _said_by(parse_updates([raw], TELEGRAM, bot_id))

    def _member(self, who: Colleague) -> Manager:
        return self._staff[who.person_id]

    def _holder(self, item: Exchange) -> Manager:
        if item.client.manager is None:
            raise LookupError(f"nobody holds {item.client.name}")
        return self._member(item.client.manager)

    def _at(self, days: int, hour: int, minute: int = 0) -> datetime:
        """A working day's local time, counted from the shown day; a weekend moves away from it."""
        day = self._now.astimezone(studio.ZONE) + timedelta(days=days)
        while day.weekday() > FRIDAY:
            day += timedelta(days=1 if days > 0 else -1)
        return day.replace(hour=hour, minute=minute, second=0, microsecond=0)

    def _key(self, what: str) -> str:
        return f"past:{what}:{next(self._numbers)}"


def _said_by(message: object) -> InboundMessage:
    if not isinstance(message, InboundMessage):
        raise TypeError(f"the past has something that nobody wrote: {message!r}")
    return message
