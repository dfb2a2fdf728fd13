"""Methods that change what is in a chat: edits, deletions, reactions, pins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sandbox.telegram.call import CONTENT, Call
from sandbox.telegram.files import MEDIA_KINDS
from sandbox.telegram.markup import message_caption, message_text
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.world import Chat, Entry, Message

DELETED_WITHIN = EDITED_WITHIN = timedelta(hours=48)
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
    _require_deletable(call, chat, chat.entries[message_id])
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
            _require_deletable(call, chat, chat.entries[message_id])
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
    chat = call.room_to_change()
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
    chat = call.room_to_change()
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


def _own(call: Call) -> tuple[Chat, Entry]:
    if call.params.get("inline_message_id"):
        raise bad_request("inline messages are not played by the sandbox")
    if call.params.get("chat_id") is None:
        raise bad_request("chat_id is empty")
    chat = call.room_to_change()
    entry = chat.entries.get(call.params.get("message_id") or 0)
    if entry is None:
        raise bad_request("message to edit not found")
    if entry.author_id != call.bot.id and not _of_owner_lately(call, chat, entry):
        raise bad_request("message can't be edited")
    if entry.markup and "inline_keyboard" not in entry.markup:
        raise bad_request("message can't be edited")
    return chat, entry


def _of_owner_lately(call: Call, chat: Chat, entry: Entry) -> bool:
    """What the owner of an account wrote there, the bot may edit within 48 hours."""
    own = bool(chat.owner) and entry.author_id == chat.owner
    return own and _age(call, entry) <= EDITED_WITHIN


def _age(call: Call, entry: Entry) -> timedelta:
    return timedelta(seconds=call.world.now().timestamp() - entry.message["date"])


def _require_deletable(call: Call, chat: Chat, entry: Entry) -> None:
    mine = entry.author_id == call.bot.id
    if not (mine or chat.private or call.bot.id in chat.admins):
        raise bad_request("message can't be deleted")
    if _age(call, entry) > DELETED_WITHIN:
        raise bad_request("message can't be deleted for everyone")


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
    if chat.owner:
        call.world.publish(chat, "edited_message", message)
    return call.answered(chat, message)
