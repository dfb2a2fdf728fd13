"""What a message says of the thread it is in and of the message it answers."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.records import Chat, Entry, Message


def without_reply(message: Message) -> Message:
    """A message as it stands inside another: its own reply is left out."""
    return {key: value for key, value in message.items() if key != "reply_to_message"}


def threaded(chat: Chat, thread_id: int | None, reply_to: Entry | None) -> dict[str, Any]:
    """What a message says of its thread and of what it answers.

    Outside a forum the answers to a message of a supergroup make a thread too; in a topic, a
    message that answers nothing says that it answers the topic's first one.
    """
    said: dict[str, Any] = {}
    if thread_id is not None:
        said |= {"message_thread_id": thread_id, "is_topic_message": True}
        reply_to = reply_to or chat.entries.get(thread_id)
    elif reply_to is not None and chat.header["type"] == "supergroup" and not chat.forum:
        root = reply_to.message.get("message_thread_id") or reply_to.id
        said["message_thread_id"] = root
    if reply_to is not None:
        said["reply_to_message"] = without_reply(reply_to.message)
    return said
