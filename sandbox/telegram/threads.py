"""Topics: threads of a forum group, or of a private chat of a bot that has topics on."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.records import Bot, Chat
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.world import World

TOPIC_COLOUR = 7322096
NAME_LIMIT = 128


def thread_to_write(bot: Bot, chat: Chat, thread_id: int | None) -> int | None:
    """The thread a send goes to, or the refusal of one that is gone or closed."""
    if thread_id is None:
        return None
    if thread_id not in chat.topics:
        if bot.ignores_missing_threads:
            return None
        raise bad_request("message thread not found")
    if thread_id in chat.closed and bot.id not in chat.admins:
        raise bad_request("TOPIC_CLOSED")
    return thread_id


def named(name: str) -> str:
    """The name, if a topic may have it."""
    if not 1 <= len(name) <= NAME_LIMIT:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    return name


def open_thread(
    world: World, chat: Chat, author: dict[str, Any], topic: dict[str, Any], by: int = 0
) -> dict[str, Any]:
    """A new topic {name, icon_color}; its first message, whose id names the thread."""
    told = world.post(chat, author, {"forum_topic_created": topic}, by=by)
    chat.topics[told.id] = topic["name"]
    told.message = told.message | {"message_thread_id": told.id, "is_topic_message": True}
    world.notice(chat, told.id, "topic")
    return told.message


def rename_thread(
    world: World, chat: Chat, thread_id: int, name: str, *, author: dict[str, Any], by: int = 0
) -> dict[str, Any]:
    """Another name; the message that says so."""
    chat.topics[thread_id] = name
    content = {"forum_topic_edited": {"name": name}}
    told = world.post(chat, author, content, thread_id=thread_id, by=by)
    world.notice(chat, thread_id, "topic")
    return told.message


def remove_thread(world: World, chat: Chat, thread_id: int) -> None:
    """The thread with all its messages; nobody is told."""
    del chat.topics[thread_id]
    chat.closed.discard(thread_id)
    for entry in list(chat.entries.values()):
        if entry.message.get("message_thread_id") == thread_id:
            world.remove(chat, entry.id)
    world.notice(chat, thread_id, "topic")
