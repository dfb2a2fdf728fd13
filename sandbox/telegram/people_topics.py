"""People and topics: making, renaming, closing, deleting them."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import threads
from sandbox.telegram.acting import Acting, BotRef
from sandbox.telegram.world import Chat, Message


class InTopics(Acting):
    """In a private chat of a bot with topics, or in the forum group `chat_id`."""

    def makes_topic(
        self, person_id: int, bot: BotRef, name: str, *, chat_id: int | None = None
    ) -> Message:
        """A new topic; its id is that of the message returned."""
        room = self._topical(person_id, bot, chat_id)
        topic = {"name": threads.named(name), "icon_color": threads.TOPIC_COLOUR}
        author, by = self._name(room, person_id, None)[0], person_id
        told = threads.open_thread(self.world, room, author, topic, by)
        self.world.publish(room, "message", told)
        return told

    def renames_topic(
        self,
        person_id: int,
        bot: BotRef,
        thread_id: int,
        name: str,
        *,
        chat_id: int | None = None,
    ) -> Message:
        room = self._topical(person_id, bot, chat_id, thread_id)
        author = self._name(room, person_id, None)[0]
        told = threads.rename_thread(
            self.world, room, thread_id, threads.named(name), author=author, by=person_id
        )
        self.world.publish(room, "message", told)
        return told

    def deletes_topic(
        self, person_id: int, bot: BotRef, thread_id: int, *, chat_id: int | None = None
    ) -> None:
        """With all its messages; bots are not told."""
        room = self._topical(person_id, bot, chat_id, thread_id)
        threads.remove_thread(self.world, room, thread_id)

    def closes_topic(
        self, person_id: int, bot: BotRef, thread_id: int, *, chat_id: int
    ) -> Message:
        """Of a forum group: bots that are no administrators cannot write there any more."""
        return self._turns(person_id, bot, thread_id, chat_id, "closed")

    def reopens_topic(
        self, person_id: int, bot: BotRef, thread_id: int, *, chat_id: int
    ) -> Message:
        return self._turns(person_id, bot, thread_id, chat_id, "reopened")

    def _turns(
        self, person_id: int, bot: BotRef, thread_id: int, chat_id: int, word: str
    ) -> Message:
        room = self._topical(person_id, bot, chat_id, thread_id)
        (room.closed.add if word == "closed" else room.closed.discard)(thread_id)
        content: dict[str, Any] = {f"forum_topic_{word}": {}}
        return self._post(person_id, bot, content, {"chat_id": chat_id, "thread_id": thread_id})

    def _topical(
        self, person_id: int, bot: BotRef, chat_id: int | None, thread_id: int | None = None
    ) -> Chat:
        room = self._room(person_id, bot, chat_id)
        self._require_member(room, person_id)
        if not (self.world.bot(bot).topics if room.private else room.forum):
            raise LookupError(f"chat {room.id} has no topics")
        if thread_id is not None and thread_id not in room.topics:
            raise LookupError(f"no topic {thread_id} in chat {room.id}")
        return room
