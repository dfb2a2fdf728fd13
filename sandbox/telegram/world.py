"""The state of a small Telegram: bots, people, chats, messages. No HTTP, no waiting."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from typing import Any

from sandbox.telegram.answering import threaded
from sandbox.telegram.faults import FaultPlan
from sandbox.telegram.files import Files, for_bot
from sandbox.telegram.hearing import hears
from sandbox.telegram.limits import RateLimits
from sandbox.telegram.offers import Offers
from sandbox.telegram.records import (
    Bot,
    Chat,
    Connection,
    Entry,
    Message,
    Person,
    Request,
    Standing,
)
from sandbox.telegram.refusal import Refusal, bad_request, forbidden
from sandbox.telegram.stream import Stream

__all__ = ["Bot", "Chat", "Connection", "Entry", "Message", "Person", "Request", "World"]

REQUESTS_KEPT = 20_000
IN_ACCOUNTS = {"message": "business_message", "edited_message": "edited_business_message"}


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
        self.offers = Offers()
        self.connections: dict[str, Connection] = {}
        self._by_token: dict[str, Bot] = {}
        self._chats: dict[tuple[int, int], Chat] = {}
        self._message_ids: dict[int, count[int]] = {}
        self._standing: dict[tuple[int, int], Standing] = {}
        self._strangers: set[int] = set()
        self._listeners: set[asyncio.Queue[dict[str, Any]]] = set()

    def add_bot(
        self, token: str, username: str, name: str, *, topics: bool = False, privacy: bool = False
    ) -> Bot:
        """A bot whose id is the number before ':' in its token; `privacy` is on at Telegram."""
        bot_id = int(token.partition(":")[0])
        stream = Stream(first_id=700_000_001)
        bot = Bot(token, bot_id, username, name, topics, stream, privacy)
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

    def add_group(
        self,
        chat_id: int,
        title: str,
        *,
        members: Iterable[int],
        bots: Iterable[int],
        admins: Iterable[int] = (),
        forum: bool = False,
        plain: bool = False,
    ) -> Chat:
        """A group that is there; nobody is told. The first member made it.

        A supergroup has one space of message ids; in a plain group each account counts its own,
        so that it can have one bot here.
        """
        people, machines = list(members), list(bots)
        if plain and (len(machines) > 1 or forum):
            raise ValueError("a plain group has one bot and no topics")
        header: dict[str, Any] = {"id": chat_id, "type": "group" if plain else "supergroup"}
        header["title"] = title
        if forum:
            header["is_forum"] = True
        space = machines[0] if plain and machines else chat_id
        chat = Chat(chat_id, space, header, set(machines), set(people), set(admins))
        chat.creator = people[0] if people else 0
        self._chats[0, chat_id] = chat
        return chat

    def add_supergroup(self, chat_id: int, title: str, **what: Any) -> Chat:
        """`add_group` for one that is not plain."""
        return self.add_group(chat_id, title, **what)

    def groups_of(self, person_id: int) -> list[Chat]:
        """The groups somebody is in, the oldest first."""
        return [
            chat
            for (owner, _), chat in self._chats.items()
            if owner == 0 and person_id in chat.members and chat.moved_to is None
        ]

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

    def account_room(self, owner_id: int, client_id: int, bot: Bot) -> Chat:
        """The chat of two people as it is in the account of one; `bot` may get connected there.

        LookupError: no such person, or the owner with themselves.
        """
        if owner_id == client_id or owner_id not in self.people or client_id not in self.people:
            raise LookupError(f"no chat of {client_id} in the account of {owner_id}")
        key = (owner_id, client_id)
        if key not in self._chats:
            header, members = self.people[client_id].as_chat(), {owner_id, client_id}
            self._chats[key] = Chat(client_id, owner_id, header, {bot.id}, members, owner=owner_id)
        self._chats[key].bots.add(bot.id)
        return self._chats[key]

    def account_rooms(self, owner_id: int) -> list[Chat]:
        """The chats of a person's own account, as far as they were opened here."""
        return [chat for chat in self._chats.values() if chat.owner == owner_id]

    def room_to_write(self, bot: Bot, chat_id: int | str) -> Chat:
        """The same, with the 403 of somebody who blocked or never started the bot."""
        if isinstance(chat_id, int) and chat_id in self.bots:
            raise forbidden("bot can't send messages to bots")
        room = self.room(bot, chat_id)
        if not room.private:
            return _open_to(bot, room)
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
        by: int = 0,
    ) -> Entry:
        """Add a message under the next id of its space."""
        message: Message = {
            "message_id": self.next_message_id(chat),
            "from": author,
            "chat": chat.header,
            "date": int(self.now().timestamp()),
        }
        message |= threaded(chat, thread_id, reply_to)
        message |= content
        if markup and "inline_keyboard" in markup:
            message["reply_markup"] = markup
        entry = Entry(message, markup, by=by)
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
        """Give an update to every bot of the chat but `skip` that may hear it."""
        if chat.owner:
            self._publish_in_account(chat, kind, payload)
            return
        for bot_id in chat.bots:
            bot = self.bots[bot_id]
            if bot_id != skip and hears(bot, chat, kind, payload):
                seen = payload if chat.private else for_bot(payload, bot_id)
                bot.stream.push(kind, seen)

    def _publish_in_account(self, chat: Chat, kind: str, payload: dict[str, Any]) -> None:
        """To the bot that is connected at this moment, if any."""
        connection = self.connection_of(chat.owner)
        if connection is None:
            return
        chat.bots.add(connection.bot_id)
        told = for_bot(payload, connection.bot_id) | {"business_connection_id": connection.id}
        self.bots[connection.bot_id].stream.push(IN_ACCOUNTS.get(kind, kind), told)

    def connection_of(self, owner_id: int) -> Connection | None:
        """The connection of somebody's account, where it is on."""
        for connection in self.connections.values():
            if connection.enabled and connection.owner.id == owner_id:
                return connection
        return None

    def chat(
        self,
        bot: int | str | Bot,
        chat_id: int,
        *,
        owner: int | None = None,
        viewer: int | None = None,
    ) -> list[Message]:
        """The messages of a chat with this bot, in order, as people in it see them.

        `owner` names the own account whose chat with `chat_id` is meant. Beside the Message
        fields: `out` (written by `viewer`; without one, by any person), `reactions`
        ([{type, emoji, by}]) and `reply_markup` of any kind. Deleted ones are gone.
        """
        seen_by = self.bot(bot)
        room = (
            self.room(seen_by, chat_id)
            if owner is None
            else self.account_room(owner, chat_id, seen_by)
        )
        entries = list(room.entries.values())
        return [self._seen(entry, seen_by.id, room, viewer) for entry in entries]

    def _seen(self, entry: Entry, bot_id: int, room: Chat, viewer: int | None) -> Message:
        own = room.private and not room.owner
        message = dict(entry.message if own else for_bot(entry.message, bot_id))
        message["out"] = (
            entry.author_id in self.people
            if viewer is None
            else viewer in (entry.author_id, entry.shown_author_id)
        )
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

        `what` is new, edited, deleted, reaction, pinned, action, callback, standing, topic,
        members, read or account. `owner` is there for a chat of somebody's own account.
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
                told |= {"owner": chat.owner} if chat.owner else {}
                queue.put_nowait(told | more)


def _open_to(bot: Bot, group: Chat) -> Chat:
    kind = group.header["type"]
    if group.moved_to is not None:
        raise Refusal(
            400,
            "Bad Request: group chat was upgraded to a supergroup chat",
            migrate_to_chat_id=group.moved_to,
        )
    if bot.id in group.kicked:
        raise forbidden(f"bot was kicked from the {kind} chat")
    if bot.id not in group.bots:
        raise forbidden(f"bot is not a member of the {kind} chat")
    return group
