"""Methods that change what is in a chat: edits, deletions, reactions, pins, topics."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.call import CONTENT, Call
from sandbox.telegram.files import MEDIA_KINDS
from sandbox.telegram.markup import message_caption, message_text
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.world import Chat, Entry, Message

TOPIC_COLOUR = 7322096
ALLOWED_REACTIONS = """
❤ 👍 👎 🔥 🥰 👏 😁 🤔 🤯 😱 🤬 😢 🎉 🤩 🤮 💩 🙏 👌 🕊 🤡 🥱 🥴
😍 🐳 ❤‍🔥 🌚 🌭 💯 🤣 ⚡ 🍌 🏆 💔 🤨 😐 🍓 🍾 💋 🖕 😈 😴 😭 🤓
👻 👨‍💻 👀 🎃 🙈 😇 😨 🤝 ✍ 🤗 🫡 🎅 🎄 ☃ 💅 🤪 🗿 🆒 💘 🙉 🦄
😘 💊 🙊 😎 👾 🤷‍♂ 🤷 🤷‍♀ 😡
"""
REACTIONS = frozenset(ALLOWED_REACTIONS.split())


def edit_text(call: Call) -> Message:
    chat, entry = _own(call)
    if "text" not in entry.message:
        raise bad_request("there is no text in the message to edit")
    content = message_text(call.params)
    preview = call.params.get("link_preview_options")
    return _replace(
        call, chat, entry, content | ({"link_preview_options": preview} if preview else {})
    )


def edit_caption(call: Call) -> Message:
    chat, entry = _own(call)
    media = _kept(entry, set(MEDIA_KINDS))
    if not media:
        raise bad_request("there is no caption in the message to edit")
    return _replace(call, chat, entry, media | message_caption(call.params))


def edit_media(call: Call) -> Message:
    chat, entry = _own(call)
    item: dict[str, Any] = call.params["media"]
    content = call.media(str(item["type"]), item["media"], item) | message_caption(item)
    return _replace(call, chat, entry, content)


def edit_reply_markup(call: Call) -> Message:
    chat, entry = _own(call)
    return _replace(call, chat, entry, _kept(entry, CONTENT))


def delete_message(call: Call) -> bool:
    chat = call.room()
    message_id = call.params["message_id"]
    if message_id not in chat.entries:
        raise bad_request("message to delete not found")
    _refuse_foreign(call, chat, chat.entries[message_id])
    call.world.remove(chat, message_id)
    return True


def delete_messages(call: Call) -> bool:
    """1-100 messages; those not found are skipped."""
    chat = call.room()
    ids: list[int] = call.params["message_ids"]
    if not 1 <= len(ids) <= 100:
        raise bad_request("wrong number of message identifiers: 1-100 are allowed")
    for message_id in ids:
        if message_id in chat.entries:
            _refuse_foreign(call, chat, chat.entries[message_id])
            call.world.remove(chat, message_id)
    return True


def set_reaction(call: Call) -> bool:
    """A bot has one reaction on a message; none given takes it away."""
    chat = call.room_to_write()
    entry = chat.entries.get(call.params["message_id"])
    if entry is None:
        raise bad_request("message to react not found")
    wanted: list[dict[str, Any]] = call.params.get("reaction") or []
    if len(wanted) > 1:
        raise bad_request("REACTIONS_TOO_MANY")
    for reaction in wanted:
        if reaction["type"] != "emoji" or reaction["emoji"] not in REACTIONS:
            raise bad_request("REACTION_INVALID")
    entry.reactions.pop(call.bot.id, None)
    if wanted:
        entry.reactions[call.bot.id] = wanted
    call.world.notice(chat, entry.id, "reaction")
    return True


def pin_message(call: Call) -> bool:
    chat = call.room_to_write()
    entry = chat.entries.get(call.params["message_id"])
    if entry is None:
        raise bad_request("message to pin not found")
    if entry.id not in chat.pinned:
        chat.pinned.append(entry.id)
        told = call.world.post(chat, call.bot.as_user(), {"pinned_message": entry.message})
        call.world.publish(chat, "message", told.message)
    call.world.notice(chat, entry.id, "pinned")
    return True


def unpin_message(call: Call) -> bool:
    """The message of message_id, or the newest pinned one."""
    chat = call.room_to_write()
    wanted = call.params.get("message_id") or (chat.pinned[-1] if chat.pinned else None)
    if wanted not in chat.pinned:
        raise bad_request("message to unpin not found")
    chat.pinned.remove(wanted)
    call.world.notice(chat, wanted, "pinned")
    return True


def unpin_all(call: Call) -> bool:
    chat = call.room_to_write()
    chat.pinned.clear()
    call.world.notice(chat, None, "pinned")
    return True


def create_topic(call: Call) -> dict[str, Any]:
    """A thread in a forum group, or in a private chat of a bot that has topics on."""
    chat = call.room_to_write()
    _require_topics(call, chat)
    name = str(call.params["name"])
    if not 1 <= len(name) <= 128:
        raise bad_request("TOPIC_TITLE_EMPTY" if not name else "TOPIC_TITLE_TOO_LONG")
    topic = {"name": name, "icon_color": call.params.get("icon_color") or TOPIC_COLOUR}
    told = call.world.post(chat, call.bot.as_user(), {"forum_topic_created": topic})
    thread = told.id
    chat.topics[thread] = name
    told.message = told.message | {"message_thread_id": thread, "is_topic_message": True}
    return {"message_thread_id": thread} | topic


def edit_topic(call: Call) -> bool:
    chat, thread = _topic(call)
    name = call.params.get("name") or chat.topics[thread]
    if name == chat.topics[thread]:
        raise bad_request("TOPIC_NOT_MODIFIED")
    chat.topics[thread] = name
    content = {"forum_topic_edited": {"name": name}}
    call.world.post(chat, call.bot.as_user(), content, thread_id=thread)
    return True


def delete_topic(call: Call) -> bool:
    """The thread with all its messages."""
    chat, thread = _topic(call)
    del chat.topics[thread]
    for entry in list(chat.entries.values()):
        if entry.message.get("message_thread_id") == thread:
            call.world.remove(chat, entry.id)
    return True


def _require_topics(call: Call, chat: Chat) -> None:
    if not (call.bot.topics if chat.private else chat.header.get("is_forum")):
        raise bad_request("the chat is not a forum")


def _topic(call: Call) -> tuple[Chat, int]:
    chat = call.room_to_write()
    _require_topics(call, chat)
    thread: int = call.params["message_thread_id"]
    if thread not in chat.topics:
        raise bad_request("message thread not found")
    return chat, thread


def _own(call: Call) -> tuple[Chat, Entry]:
    if call.params.get("inline_message_id"):
        raise bad_request("inline messages are not played by the sandbox")
    if call.params.get("chat_id") is None:
        raise bad_request("chat_id is empty")
    chat = call.room_to_write()
    entry = chat.entries.get(call.params.get("message_id") or 0)
    if entry is None:
        raise bad_request("message to edit not found")
    if entry.author_id != call.bot.id:
        raise bad_request("message can't be edited")
    return chat, entry


def _refuse_foreign(call: Call, chat: Chat, entry: Entry) -> None:
    mine = entry.author_id == call.bot.id
    if not (mine or chat.private or call.bot.id in chat.admins):
        raise bad_request("message can't be deleted")


def _kept(entry: Entry, names: frozenset[str] | set[str]) -> dict[str, Any]:
    return {key: value for key, value in entry.message.items() if key in names}


def _replace(call: Call, chat: Chat, entry: Entry, content: dict[str, Any]) -> Message:
    markup = call.keyboard()
    if content == _kept(entry, CONTENT) and markup == entry.markup:
        raise bad_request(
            "message is not modified: specified new message content and reply markup are "
            "exactly the same as a current content and reply markup of the message"
        )
    gone = CONTENT | {"reply_markup"}
    message = {key: value for key, value in entry.message.items() if key not in gone}
    message |= {"edit_date": int(call.world.now().timestamp())} | content
    if markup:
        message["reply_markup"] = markup
    entry.message, entry.markup = message, markup or None
    call.world.notice(chat, entry.id, "edited")
    return message
