"""The state of a small Telegram: bots, people, chats, messages. No HTTP, no waiting."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.telegram.faults import FaultPlan
from sandbox.telegram.files import Files, for_bot
from sandbox.telegram.limits import RateLimits
from sandbox.telegram.records import Bot, Chat, Entry, Message, Person, Request, Standing
from sandbox.telegram.refusal import bad_request, forbidden
from sandbox.telegram.stream import Stream

__all__ = ["Bot", "Chat", "Entry", "Message", "Person", "Request", "World"]

REQUESTS_KEPT = 20_000


class World:
    """Everything there is; `now` gives the aware UTC instant used for message dates."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now = now
        self.bots: dict[int, Bot] = {}
        self.people: dict[int, Person] = {}
        self.files = Files()
        self.faults = FaultPlan()
        self.limits = RateLimits(enabled=False)
        self.requests: deque[Request] = deque(maxlen=REQUESTS_KEPT)
        self.callbacks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._by_token: dict[str, Bot] = {}
        self._chats: dict[tuple[int, int], Chat] = {}
        self._message_ids: dict[int, count[int]] = {}
        self._standing: dict[tuple[int, int], Standing] = {}
        self._strangers: set[int] = set()
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()

    def add_bot(self, token: str, username: str, name: str, *, topics: bool = False) -> Bot:
        """A bot whose id is the number before ':' in its token."""
        bot_id = int(token.partition(":")[0])
        bot = Bot(token, bot_id, username, name, topics, Stream(first_id=700_000_001))
        self.bots[bot_id] = bot
        self._by_token[token] = bot
        return bot

    def add_person(self, person: Person, *, started: bool = True) -> Person:
        """Somebody who has started every bot already, unless told otherwise."""
        self.people[person.id] = person
        self._strangers.discard(person.id)
        if not started:
            self._strangers.add(person.id)
        return person

    def add_supergroup(
        self,
        chat_id: int,
        title: str,
        *,
        members: Iterable[int],
        bots: Iterable[int],
        admins: Iterable[int] = (),
        forum: bool = False,
    ) -> Chat:
        """A group with one message-id space; bots in it see everything people write."""
        header: dict[str, Any] = {"id": chat_id, "type": "supergroup", "title": title}
        if forum:
            header["is_forum"] = True
        chat = Chat(chat_id, chat_id, header, set(bots), set(members), set(admins))
        self._chats[0, chat_id] = chat
        return chat

    def bot(self, ref: int | str | Bot) -> Bot:
        """A bot by itself, its id, token or username; KeyError where there is none."""
        if isinstance(ref, Bot):
            return ref
        if isinstance(ref, str) and ref in self._by_token:
            return self._by_token[ref]
        if str(ref).isdigit() and int(ref) in self.bots:
            return self.bots[int(ref)]
        for bot in self.bots.values():
            if bot.username == str(ref).removeprefix("@"):
                return bot
        raise KeyError(f"no bot {str(ref).partition(':')[0]!r}")

    def by_token(self, token: str) -> Bot | None:
        return self._by_token.get(token)

    def standing(self, bot_id: int, person_id: int) -> Standing:
        """Whether the person has started, blocked or never met the bot."""
        default: Standing = "never" if person_id in self._strangers else "started"
        return self._standing.get((bot_id, person_id), default)

    def set_standing(self, bot_id: int, person_id: int, standing: Standing) -> None:
        self._standing[bot_id, person_id] = standing

    def room(self, bot: Bot, chat_id: int | str) -> Chat:
        """The chat a bot, or a person before this bot, means; 400 'chat not found' else."""
        if not isinstance(chat_id, int):
            raise bad_request("chat not found")
        shared = self._chats.get((0, chat_id))
        if shared is not None:
            return shared
        person = self.people.get(chat_id)
        if person is None:
            raise bad_request("chat not found")
        key = (bot.id, chat_id)
        if key not in self._chats:
            header = person.as_chat()
            self._chats[key] = Chat(chat_id, bot.id, header, {bot.id}, {chat_id})
        return self._chats[key]

    def room_to_write(self, bot: Bot, chat_id: int | str) -> Chat:
        """The same, with the 403 of somebody who blocked or never started the bot."""
        if isinstance(chat_id, int) and chat_id in self.bots:
            raise forbidden("bot can't send messages to bots")
        room = self.room(bot, chat_id)
        if not room.private:
            if bot.id not in room.bots:
                raise forbidden("bot is not a member of the supergroup chat")
            return room
        match self.standing(bot.id, room.id):
            case "blocked":
                raise forbidden("bot was blocked by the user")
            case "never":
                raise forbidden("bot can't initiate conversation with a user")
            case "deactivated":
                raise forbidden("user is deactivated")
            case "started":
                return room

    def post(
        self,
        chat: Chat,
        author: dict[str, Any],
        content: dict[str, Any],
        *,
        reply_to: Entry | None = None,
        thread_id: int | None = None,
        markup: dict[str, Any] | None = None,
    ) -> Entry:
        """Add a message under the next id of its space."""
        message: Message = {
            "message_id": self.next_message_id(chat),
            "from": author,
            "chat": chat.header,
            "date": int(self.now().timestamp()),
        }
        if thread_id is not None:
            message |= {"message_thread_id": thread_id, "is_topic_message": True}
        if reply_to is not None:
            message["reply_to_message"] = without_reply(reply_to.message)
        message |= content
        if markup and "inline_keyboard" in markup:
            message["reply_markup"] = markup
        entry = Entry(message, markup)
        chat.entries[entry.id] = entry
        self.notice(chat, entry.id, "new")
        return entry

    def next_message_id(self, chat: Chat) -> int:
        return next(self._message_ids.setdefault(chat.space, count(1)))

    def remove(self, chat: Chat, message_id: int) -> None:
        """Take a message out of its chat for everybody."""
        del chat.entries[message_id]
        if message_id in chat.pinned:
            chat.pinned.remove(message_id)
        self.notice(chat, message_id, "deleted")

    def publish(self, chat: Chat, kind: str, payload: dict[str, Any], skip: int = 0) -> None:
        """Give an update to every bot of the chat but `skip`."""
        for bot_id in chat.bots:
            if bot_id != skip:
                seen = payload if chat.private else for_bot(payload, bot_id)
                self.bots[bot_id].stream.push(kind, seen)

    def chat(self, bot: int | str | Bot, chat_id: int) -> list[Message]:
        """The messages of a chat with this bot, in order, as people in it see them.

        Beside the Message fields: `out` (written by that person; in a group, by any person),
        `reactions` ([{type, emoji, by}]) and `reply_markup` of any kind. Deleted ones are gone.
        """
        owner = self.bot(bot)
        room = self.room(owner, chat_id)
        return [self._seen(entry, owner.id, room) for entry in list(room.entries.values())]

    def _seen(self, entry: Entry, bot_id: int, room: Chat) -> Message:
        message = dict(entry.message if room.private else for_bot(entry.message, bot_id))
        message["out"] = entry.author_id in self.people
        message["reactions"] = [
            {**reaction, "by": author}
            for author, reactions in entry.reactions.items()
            for reaction in reactions
        ]
        if entry.markup:
            message["reply_markup"] = entry.markup
        return message

    def subscribe(self) -> asyncio.Queue[dict[str, Any]]:
        """A queue of notices {bot, chat, message_id, what}; give it back with unsubscribe.

        `what` is new, edited, deleted, reaction, pinned, action, callback or standing.
        """
        queue: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._listeners.add(queue)
        return queue

    def unsubscribe(self, queue: asyncio.Queue[dict[str, Any]]) -> None:
        self._listeners.discard(queue)

    def notice(self, chat: Chat, message_id: int | None, what: str, **more: Any) -> None:
        """Tell the listeners, for every bot of the chat."""
        for queue in self._listeners:
            for bot_id in chat.bots:
                told = {"bot": bot_id, "chat": chat.id, "message_id": message_id, "what": what}
                queue.put_nowait(told | more)


def without_reply(message: Message) -> Message:
    """A message as it stands inside another: its own reply is left out."""
    return {key: value for key, value in message.items() if key != "reply_to_message"}
