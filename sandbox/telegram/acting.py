"""How an act of a person gets into a chat: where it is done, in whose name, and beside what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypedDict, cast

from sandbox.telegram.composing import Content
from sandbox.telegram.files import MEDIA_KINDS
from sandbox.telegram.origins import first_origin
from sandbox.telegram.world import Bot, Chat, Entry, Message, World

BotRef = int | str | Bot

ANONYMOUS = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_BOT = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
SHOWN_ELSEWHERE = frozenset(
    {
        *MEDIA_KINDS,
        *("location", "venue", "contact", "dice", "poll", "story", "game", "checklist"),
        *("paid_media", "giveaway", "giveaway_winners", "invoice", "link_preview_options"),
    }
)


class How(TypedDict, total=False):
    """Where and how something is written; without all of it, plainly in the private chat.

    chat_id: the group; in an own account, the client the owner writes to. owner: the person in
    whose own account it is written, by the client or the owner. thread_id: the topic.
    reply_to: the id of the message answered, quote: the words of it. elsewhere: {chat_id,
    message_id, owner?} of a message of another chat that is answered. forward_origin: it is
    passed on (a MessageOrigin). offline: the app sent it by itself (away, greeting, scheduled).
    as_channel: {id, title} of a channel in whose name it is written. extra: more fields of the
    Message, as they are.
    """

    chat_id: int | None
    owner: int | None
    thread_id: int | None
    reply_to: int | None
    quote: str | None
    elsewhere: Mapping[str, Any] | None
    forward_origin: dict[str, Any] | None
    offline: bool
    as_channel: Mapping[str, Any] | None
    extra: dict[str, Any] | None


HOW = frozenset(How.__annotations__)


class Acting:
    """What every act rests on: rooms, messages and people, and posting."""

    def __init__(self, world: World) -> None:
        self.world = world

    def _post(self, person_id: int, ref: BotRef, content: Content, how: How) -> Message:
        if unknown := how.keys() - HOW:
            raise TypeError(f"nobody writes with {', '.join(sorted(unknown))}")
        bot = self.world.bot(ref)
        room = self._room(person_id, bot, how.get("chat_id"), how.get("owner"))
        self._require_member(room, person_id)
        target = self._target(room, how.get("reply_to"))
        thread = self._thread(room, how.get("thread_id"), target)
        author, said = self._name(room, person_id, how.get("as_channel"))
        said |= self._beside(bot, target, how)
        if room.private and not room.owner:
            self._meets(person_id, bot)
        entry = self.world.post(
            room,
            author,
            said | content | (how.get("extra") or {}),
            reply_to=target,
            thread_id=thread,
            by=person_id,
        )
        if room.owner and person_id != room.owner:
            room.heard_at = entry.message["date"]
        self.world.publish(room, "message", entry.message)
        return entry.message

    def _meets(self, person_id: int, bot: Bot) -> None:
        """Writing to a bot starts it, and lets one that was blocked write again."""
        if self.world.standing(bot.id, person_id) == "blocked":
            self._turn(person_id, bot, "kicked", "member")
        self.world.set_standing(bot.id, person_id, "started")

    def _turn(self, person_id: int, bot: Bot, before: str, after: str) -> None:
        """The bot's standing in the private chat changes, and it is told."""
        room = self.world.room(bot, self._person(person_id)["id"])
        change = {
            "chat": room.header,
            "from": self._person(person_id),
            "date": self._stamp(),
            "old_chat_member": _member(bot, before),
            "new_chat_member": _member(bot, after),
        }
        self.world.publish(room, "my_chat_member", change)
        self.world.notice(room, None, "standing", status=after)

    def _name(
        self, room: Chat, person_id: int, channel: Mapping[str, Any] | None
    ) -> tuple[dict[str, Any], Content]:
        """In whose name a person writes: `from`, and what else says so."""
        person = self._person(person_id)
        if channel is not None:
            return CHANNEL_BOT, {"sender_chat": {"type": "channel"} | dict(channel)}
        if person_id in room.anonymous:
            return ANONYMOUS, {"sender_chat": room.header}
        return person, {}

    def _beside(self, bot: Bot, target: Entry | None, how: How) -> Content:
        said: Content = {}
        origin, elsewhere, quote = (
            how.get("forward_origin"),
            how.get("elsewhere"),
            how.get("quote"),
        )
        if origin:
            said["forward_origin"] = origin
        if how.get("offline"):
            said["is_from_offline"] = True
        if elsewhere:
            target = self._elsewhere(bot, elsewhere)
            said["external_reply"] = _external(self.world, target)
        if quote:
            said["quote"] = _quoted(target, quote)
        return said

    def _elsewhere(self, bot: Bot, given: Mapping[str, Any]) -> Entry:
        chat_id, owner = int(given["chat_id"]), given.get("owner")
        return self._entry(chat_id, bot, int(given["message_id"]), chat_id, owner)[1]

    def _target(self, room: Chat, reply_to: int | None) -> Entry | None:
        if reply_to is None:
            return None
        if reply_to not in room.entries:
            raise LookupError(f"no message {reply_to} in chat {room.id}")
        return room.entries[reply_to]

    def _thread(self, room: Chat, wanted: int | None, target: Entry | None) -> int | None:
        if wanted is None and target is not None and target.message.get("is_topic_message"):
            wanted = target.message["message_thread_id"]
        if wanted is not None and wanted not in room.topics:
            raise LookupError(f"no topic {wanted} in chat {room.id}")
        return wanted

    def _room(
        self, person_id: int, ref: BotRef, chat_id: int | None, owner: int | None = None
    ) -> Chat:
        bot, wanted = self.world.bot(ref), person_id if chat_id is None else chat_id
        if owner is None:
            return self.world.room(bot, wanted)
        connection = self.world.connection_of(owner)
        return self.world.account_room(
            owner, wanted, bot if connection is None else self.world.bots[connection.bot_id]
        )

    def _require_member(self, room: Chat, person_id: int) -> None:
        if person_id not in room.members:
            raise LookupError(f"person {person_id} is not in chat {room.id}")
        if room.moved_to is not None:
            raise LookupError(f"chat {room.id} is chat {room.moved_to} now")

    def _entry(
        self,
        person_id: int,
        ref: BotRef,
        message_id: int,
        chat_id: int | None,
        owner: int | None = None,
    ) -> tuple[Chat, Entry]:
        room = self._room(person_id, ref, chat_id, owner)
        if message_id not in room.entries:
            raise LookupError(f"no message {message_id} in chat {room.id}")
        return room, room.entries[message_id]

    def _person(self, person_id: int) -> dict[str, Any]:
        if person_id not in self.world.people:
            raise LookupError(f"no person {person_id}")
        return self.world.people[person_id].as_user()

    def _stamp(self) -> int:
        return int(self.world.now().timestamp())


def how_of(given: Mapping[str, Any]) -> tuple[How, dict[str, Any]]:
    """What says how something is written, and the rest: details of its kind."""
    how = cast("How", {key: value for key, value in given.items() if key in HOW})
    return how, {key: value for key, value in given.items() if key not in HOW}


def _quoted(target: Entry | None, quote: str) -> Content:
    words = "" if target is None else target.message.get("text") or target.message.get("caption")
    if not words or quote not in words:
        raise ValueError(f"nothing answered says {quote!r}")
    units = len(words[: words.index(quote)].encode("utf-16-le")) // 2
    return {"text": quote, "position": units, "is_manual": True}


def _external(world: World, entry: Entry) -> Content:
    """The ExternalReplyInfo of a message of another chat."""
    message = entry.message
    told: Content = {"origin": message.get("forward_origin") or first_origin(world, entry)}
    if message["chat"]["type"] != "private":
        told |= {"chat": message["chat"], "message_id": entry.id}
    return told | {key: message[key] for key in SHOWN_ELSEWHERE & message.keys()}


def _member(bot: Bot, status: str) -> dict[str, Any]:
    member: dict[str, Any] = {"user": bot.as_user(), "status": status}
    return member | ({"until_date": 0} if status == "kicked" else {})
