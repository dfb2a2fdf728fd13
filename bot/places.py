"""Where on the desk a client is: a topic of the own in a member's chat or in the studio's forum,
else the member's chat itself.

Topics are made on demand. One that people deleted is made anew and gets the same message. Where
Telegram makes none, the plain chats are used for a time: a card matters more than its place.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TypeVar
from weakref import WeakValueDictionary

from aiogram import Bot

from bot.rich import one_line
from bot.topics import ThreadGone, make_topic, rename_topic, title_of
from connectors.telegram.deliver import Where
from connectors.telegram.errors import translated
from inbox.chat_records import Topic
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain
from inbox.inbox import Inbox
from inbox.model import Client, Conversation, Manager, Role
from inbox.ports import Transaction
from inbox.queueing import tell_admins

log = logging.getLogger(__name__)

FORUM = "forum"
REST = timedelta(hours=1)  # without topics in a chat where they were refused
BRIEF_REST = timedelta(minutes=1)  # where it is not known why
WORTH_WAITING = timedelta(seconds=30)
ASK_WITHIN = 10.0  # seconds; Telegram may be away when we start
TRIES = 3
NAME_LIMIT = 80  # UTF-16 units
_LONG_AGO = datetime.min.replace(tzinfo=UTC)
_NEVER = datetime.max.replace(tzinfo=UTC)
_STOPPED = frozenset({Fault.BLOCKED, Fault.NEVER_WROTE})
_SHUT_OUT = _STOPPED | {Fault.NO_RIGHTS}

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Place:
    """A chat of the desk, or a topic in it."""

    chat_id: int
    thread_id: int | None = None

    @property
    def where(self) -> Where:
        """As a send takes it."""
        return Where(self.chat_id, self.thread_id)

    def holds(self, message_id: int | None) -> bool:
        """Whether a message of the chat may stand here: what is older than the topic does not."""
        return message_id is not None and message_id > (self.thread_id or 0)


@dataclass(frozen=True, slots=True)
class Forum:
    """The studio's one group in which each client has a topic."""

    chat_id: int
    title: str


@dataclass(frozen=True, slots=True)
class _Wish:
    """As `deliver` was asked; `gone`: a place that was tried and is no more."""

    make: bool
    at_once: bool
    gone: Place | None


Sending = Callable[[Place], Awaitable[Result]]


class Places:
    """Finds and keeps the places. `allowed`: whether members' private chats may have topics."""

    def __init__(self, bot: Bot, *, allowed: bool = True) -> None:
        self.forum: Forum | None = None
        self._bot = bot
        self._allowed = allowed
        self._private = False
        self._ask_at: datetime | None = _LONG_AGO  # None: it is known
        self._inbox: Inbox | None = None
        self._resting: dict[int, datetime] = {}
        self._making: WeakValueDictionary[tuple[int, int], asyncio.Lock] = WeakValueDictionary()

    def attach(self, inbox: Inbox) -> None:
        """Once, when the inbox around the desk is complete."""
        self._inbox = inbox

    @property
    def shared(self) -> bool:
        """Whether all members see the clients in one place now."""
        return self.forum is not None and not self._rests(self.forum.chat_id)

    @property
    def any_topics(self) -> bool:
        """Whether clients have topics of their own somewhere."""
        return self.shared or self._private

    async def find_out(self) -> None:
        """What this bot and its chats can do; asked again after a refusal. Raises nothing of the
        network: without an answer the plain chats are used."""
        await self.look()
        self._ask_at = None
        if not self._allowed:
            return
        try:
            with translated():
                async with asyncio.timeout(ASK_WITHIN):
                    me = await self._bot.get_me()
        except SendFailed as error:
            log.warning("whether private chats have topics is not known yet: %s", error)
            self._ask_at = self._now + BRIEF_REST
        else:
            self._private = bool(me.has_topics_enabled)

    async def look(self) -> None:
        """Whether there is a forum: another process may have opened or closed it."""
        async with self._attached.store.begin() as t:
            self.forum = _forum_of(await t.form(FORUM), self._bot.id)

    async def open_forum(self, chat_id: int, title: str) -> None:
        """From now on clients have their topics in this group."""
        kept = {"account": self._bot.id, "chat_id": chat_id, "title": title}
        async with self._attached.store.begin() as t:
            await t.save_form(FORUM, json.dumps(kept, ensure_ascii=False))
        self.forum = Forum(chat_id, title)
        self._resting.pop(chat_id, None)

    async def close_forum(self) -> None:
        """From now on clients are in the members' own chats."""
        async with self._attached.store.begin() as t:
            await t.save_form(FORUM, None)
        self.forum = None

    async def leave_forum(self, fault: Fault) -> None:
        """The bot can do nothing there any more, as it was told (BLOCKED: it was put out):
        administrators hear of it."""
        if self.forum is not None:
            await self._refused(self.forum.chat_id, self.forum.title, SendRejected(fault))

    def is_forum(self, chat_id: int) -> bool:
        """Whether this is the studio's forum, also while it cannot be used."""
        return self.forum is not None and self.forum.chat_id == chat_id

    def chat_of(self, to: Manager) -> int:
        """The chat in which this member's cards are shown."""
        return self._chat_with_topics(to) or to.telegram_id

    async def deliver(
        self,
        conversation: Conversation,
        to: Manager,
        send: Sending[Result],
        *,
        make: bool = True,
        at_once: bool = False,
    ) -> Result:
        """Send to the client's place for this member, again where its topic turns out to be gone.

        `make` False: what needs no topic of its own goes to the one that is there. `at_once`: it
        waits for no topic. Raises the SendFailed of the last try.
        """
        gone: Place | None = None
        for _ in range(TRIES):
            wish = _Wish(make, at_once, gone)
            place = await self._place(conversation, to, wish)
            try:
                return await send(place)
            except ThreadGone as error:
                if place.thread_id is None:
                    raise
                log.info("topic %s is gone: %s", place, error)
                gone, make = place, True
            except SendRejected as error:
                if not self.is_forum(place.chat_id) or error.fault not in _SHUT_OUT:
                    raise
                await self._refused(place.chat_id, self._name(place.chat_id, to), error)
        if gone is not None:
            vanishing = SendRejected(Fault.REFUSED, "topics vanish at once")
            await self._refused(gone.chat_id, self._name(gone.chat_id, to), vanishing)
        return await send(Place(to.telegram_id))

    async def name(self, client: Client, due: datetime | None) -> None:
        """The client's topics say how it stands; see Desk.name_topics."""
        title = title_of(client, due, self._now)
        async with self._attached.store.begin() as t:
            topics = await t.topics_of(client.id)
        for topic in topics:
            if topic.account != self._bot.id or topic.title == title or not self._used(topic):
                continue
            try:
                await rename_topic(self._bot, topic.chat_id, topic.thread_id, title)
            except ThreadGone:
                async with self._attached.store.begin() as t:
                    await self._drop(t, topic)
            except SendRejected as error:
                log.warning("topic %s of %s not renamed: %s", topic.thread_id, title, error)
            else:
                await self._renamed(topic, title)

    async def _place(self, conversation: Conversation, to: Manager, wish: _Wish) -> Place:
        if self._ask_at is not None and self._ask_at <= self._now:
            await self.find_out()
        while (chat_id := self._chat_with_topics(to)) is not None:
            lock = self._making.setdefault((chat_id, conversation.client.id), asyncio.Lock())
            async with lock:
                topic = await self._topic(chat_id, conversation.client)
                if topic is not None and Place(chat_id, topic.thread_id) != wish.gone:
                    return Place(chat_id, topic.thread_id)
                if topic is None and not wish.make:
                    return Place(to.telegram_id)
                made = await self._make(chat_id, conversation, to, at_once=wish.at_once)
            if made is not None:
                return made
            if not self._rests(chat_id):
                break
        return Place(to.telegram_id)

    async def _make(
        self, chat_id: int, conversation: Conversation, to: Manager, *, at_once: bool
    ) -> Place | None:
        """A new topic; None where there is none to be had. Raises SendDeferred."""
        client, wait = conversation.client, conversation.wait
        due = None if wait is None else wait.due_at or _NEVER
        title = title_of(client, due, self._now)
        try:
            thread_id = await make_topic(self._bot, chat_id, title)
        except SendRejected as error:
            if chat_id != to.telegram_id or error.fault not in _STOPPED:
                await self._refused(chat_id, self._name(chat_id, to), error)
            return None  # who stopped the bot is told nothing anywhere: the sending says so
        except SendUncertain as error:
            log.warning("no topic in chat %s for now: %s", chat_id, error)
            self._rest(chat_id, BRIEF_REST)
            return None
        except SendDeferred as error:
            pause = error.retry_after or timedelta()
            if pause > WORTH_WAITING:
                self._rest(chat_id, pause)
            elif not at_once:
                raise
            return None
        async with self._attached.store.begin() as t:
            await t.save_topic(Topic(self._bot.id, chat_id, thread_id, client.id, title))
        return Place(chat_id, thread_id)

    async def _topic(self, chat_id: int, client: Client) -> Topic | None:
        async with self._attached.store.begin() as t:
            return await t.topic(self._bot.id, chat_id, client.id)

    async def _renamed(self, topic: Topic, title: str) -> None:
        """Keep the new name, unless the topic was made anew meanwhile."""
        async with self._attached.store.begin() as t:
            if await t.topic(topic.account, topic.chat_id, topic.client_id) == topic:
                named = Topic(
                    topic.account, topic.chat_id, topic.thread_id, topic.client_id, title
                )
                await t.save_topic(named)

    async def _drop(self, t: Transaction, topic: Topic) -> None:
        if await t.topic(topic.account, topic.chat_id, topic.client_id) == topic:
            await t.drop_topic(topic)

    async def _refused(self, chat_id: int, name: str, error: SendRejected) -> None:
        """Do without topics there for a time; administrators are told, once a day."""
        log.warning("no topics in chat %s for now: %s", chat_id, error)
        self._rest(chat_id, REST)
        notice = "forum_left" if error.fault is Fault.BLOCKED else "topics_refused"
        key = f"{notice}:{self._bot.id}:{chat_id}:{self._now.date()}"
        async with self._attached.store.begin() as t:
            await tell_admins(t, notice, {"chat": name, "reason": str(error)}, key=key)

    def _rest(self, chat_id: int, time: timedelta) -> None:
        self._resting[chat_id] = self._now + time
        self._ask_at = _LONG_AGO

    def _rests(self, chat_id: int) -> bool:
        until = self._resting.get(chat_id)
        return until is not None and self._now < until

    def _used(self, topic: Topic) -> bool:
        if self._rests(topic.chat_id):
            return False
        return self.is_forum(topic.chat_id) if self.shared else topic.chat_id > 0

    def _chat_with_topics(self, to: Manager) -> int | None:
        if to.role is Role.CHAT:
            return None
        if self.forum is not None and self.shared:
            return self.forum.chat_id
        return to.telegram_id if self._private and not self._rests(to.telegram_id) else None

    def _name(self, chat_id: int, to: Manager) -> str:
        forum = self.forum
        return forum.title if forum is not None and forum.chat_id == chat_id else to.name

    @property
    def _now(self) -> datetime:
        return self._attached.clock.now()

    @property
    def _attached(self) -> Inbox:
        if self._inbox is None:
            raise RuntimeError("the desk has no inbox yet: call attach first")
        return self._inbox


def _forum_of(kept: str | None, account: int) -> Forum | None:
    """The forum that was kept; None where it is another bot's, or of another version."""
    try:
        given = json.loads(kept or "null")
        forum = Forum(int(given["chat_id"]), one_line(str(given["title"]), NAME_LIMIT))
        return forum if given["account"] == account else None
    except (ValueError, TypeError, KeyError):
        return None
