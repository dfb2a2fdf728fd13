"""Who is in a chat, as the API tells it, and the bot's leaving."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.world import Chat

POWERS = (
    *("can_manage_chat", "can_delete_messages", "can_manage_video_chats"),
    *("can_restrict_members", "can_promote_members", "can_change_info", "can_invite_users"),
    *("can_post_stories", "can_edit_stories", "can_delete_stories", "can_pin_messages"),
    *("can_manage_topics", "can_send_welcome_messages"),
)
PERMISSIONS = (
    *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos"),
    *("can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls"),
    *("can_send_other_messages", "can_add_web_page_previews", "can_invite_users"),
)
GIFTS = (
    *("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"),
    "gifts_from_channels",
)


def get_chat(call: Call) -> dict[str, Any]:
    chat = call.room()
    info = {
        "accent_color_id": 0,
        "max_reaction_count": 11,
        "accepted_gift_types": dict.fromkeys(GIFTS, True),
    }
    if not chat.private:
        info["permissions"] = dict.fromkeys(PERMISSIONS, True)
    if chat.pinned:
        info["pinned_message"] = chat.entries[chat.pinned[-1]].message
    return chat.header | info


def get_chat_member(call: Call) -> dict[str, Any]:
    chat = call.room()
    wanted: int = call.params["user_id"]
    user = _user(call, wanted)
    if user is None or (chat.private and wanted not in (chat.id, call.bot.id)):
        raise bad_request("user not found")
    return member(chat, user)


def get_administrators(call: Call) -> list[dict[str, Any]]:
    """Without the other bots, as the API does it."""
    chat = call.room()
    if chat.private:
        raise bad_request("there are no administrators in the private chat")
    ids = {chat.creator, *chat.admins} - {0} - (chat.bots - {call.bot.id})
    users = [user for user in (_user(call, one) for one in sorted(ids)) if user is not None]
    return [member(chat, user) for user in users]


def get_member_count(call: Call) -> int:
    chat = call.room()
    return len(chat.members | chat.bots)


def leave_chat(call: Call) -> bool:
    chat = call.room_to_write()
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    chat.bots.discard(call.bot.id)
    chat.admins.discard(call.bot.id)
    call.world.post(chat, call.bot.as_user(), {"left_chat_member": call.bot.as_user()})
    return True


def member(chat: Chat, user: dict[str, Any]) -> dict[str, Any]:
    """The ChatMember object as things are now."""
    wanted = user["id"]
    if wanted in chat.kicked:
        return {"user": user, "status": "kicked", "until_date": 0}
    if wanted not in chat.members | chat.bots:
        return {"user": user, "status": "left"}
    anonymous = wanted in chat.anonymous
    if wanted == chat.creator and not chat.private:
        return {"user": user, "status": "creator", "is_anonymous": anonymous}
    if wanted in chat.admins:
        powers = dict.fromkeys(POWERS, True)
        what = {"status": "administrator", "can_be_edited": False, "is_anonymous": anonymous}
        return {"user": user} | what | powers
    return {"user": user, "status": "member"}


def _user(call: Call, wanted: int) -> dict[str, Any] | None:
    person, bot = call.world.people.get(wanted), call.world.bots.get(wanted)
    if person is not None:
        return person.as_user()
    return None if bot is None else bot.as_user()
