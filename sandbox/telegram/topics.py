"""Methods about topics: create, rename, close, reopen, delete."""

from __future__ import annotations

from typing import Any

from sandbox.telegram import threads
from sandbox.telegram.call import Call
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.world import Chat


def create_topic(call: Call) -> dict[str, Any]:
    chat = call.room_to_write()
    _require_topics(call, chat)
    colour = call.params.get("icon_color") or threads.TOPIC_COLOUR
    topic = {"name": threads.named(str(call.params["name"])), "icon_color": colour}
    told = threads.open_thread(call.world, chat, call.bot.as_user(), topic)
    return {"message_thread_id": told["message_id"]} | topic


def edit_topic(call: Call) -> bool:
    chat, thread = _topic(call)
    name = threads.named(call.params.get("name") or chat.topics[thread])
    if name == chat.topics[thread]:
        raise bad_request("TOPIC_NOT_MODIFIED")
    threads.rename_thread(call.world, chat, thread, name, author=call.bot.as_user())
    return True


def delete_topic(call: Call) -> bool:
    """The thread with all its messages."""
    chat, thread = _topic(call)
    threads.remove_thread(call.world, chat, thread)
    return True


def close_topic(call: Call) -> bool:
    """In forum groups only: private chats know no closed topics."""
    return _turn(call, closed=True)


def reopen_topic(call: Call) -> bool:
    return _turn(call, closed=False)


def _turn(call: Call, *, closed: bool) -> bool:
    chat, thread = _topic(call)
    if chat.private:
        raise bad_request("the chat is not a supergroup forum")
    if closed == (thread in chat.closed):
        raise bad_request("TOPIC_NOT_MODIFIED")
    (chat.closed.add if closed else chat.closed.discard)(thread)
    word = "closed" if closed else "reopened"
    content: dict[str, Any] = {f"forum_topic_{word}": {}}
    call.world.post(chat, call.bot.as_user(), content, thread_id=thread)
    return True


def _require_topics(call: Call, chat: Chat) -> None:
    if not (call.bot.topics if chat.private else chat.forum):
        raise bad_request("the chat is not a forum")
    if not chat.private and call.bot.id not in chat.admins:
        raise bad_request("not enough rights to manage topics in the chat")


def _topic(call: Call) -> tuple[Chat, int]:
    chat = call.room_to_write()
    _require_topics(call, chat)
    thread: int = call.params["message_thread_id"]
    if thread not in chat.topics:
        raise bad_request("TOPIC_ID_INVALID")
    return chat, thread
