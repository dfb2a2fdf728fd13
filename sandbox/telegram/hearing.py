"""What a bot in a group hears: with privacy mode on, only what is meant for it.

https://core.telegram.org/bots/features#privacy-mode
"""

from __future__ import annotations

from typing import Any

from sandbox.telegram.records import Bot, Chat, Message

WRITTEN = frozenset({"message", "edited_message"})
SERVICE = frozenset(
    {
        *("new_chat_members", "left_chat_member", "new_chat_title", "new_chat_photo"),
        *("delete_chat_photo", "group_chat_created", "supergroup_chat_created"),
        *("migrate_to_chat_id", "migrate_from_chat_id", "pinned_message"),
        *("forum_topic_created", "forum_topic_edited", "forum_topic_closed"),
        *("forum_topic_reopened", "message_auto_delete_timer_changed", "boost_added"),
        *("video_chat_scheduled", "video_chat_started", "video_chat_ended", "giveaway_created"),
        *("giveaway_completed", "users_shared", "chat_shared", "gift", "unique_gift"),
    }
)


def hears(bot: Bot, chat: Chat, kind: str, payload: dict[str, Any]) -> bool:
    """Whether this update of a chat reaches the bot."""
    everything = chat.private or not bot.privacy or bot.id in chat.admins
    if everything or kind not in WRITTEN or SERVICE & payload.keys():
        return True
    return _is_for(bot, chat, payload)


def _is_for(bot: Bot, chat: Chat, message: Message) -> bool:
    answered = message.get("reply_to_message") or {}
    if (answered.get("from") or {}).get("id") == bot.id:
        return True
    if (message.get("via_bot") or {}).get("id") == bot.id:
        return True
    text = str(message.get("text") or message.get("caption") or "")
    named = f"@{bot.username}".lower()
    if named in text.lower():
        return True
    entities = message.get("entities") or message.get("caption_entities") or []
    commands = [_stretch(text, each) for each in entities if each["type"] == "bot_command"]
    return any("@" not in command for command in commands) and _spoke_last(bot, chat)


def _spoke_last(bot: Bot, chat: Chat) -> bool:
    """A plain /command is for the bot that wrote last, or for any where none has written."""
    writers = [e.author_id for e in chat.entries.values() if e.author_id in chat.bots]
    return not writers or writers[-1] == bot.id


def _stretch(text: str, entity: dict[str, Any]) -> str:
    units = text.encode("utf-16-le")
    begin, length = int(entity["offset"]), int(entity["length"])
    return units[2 * begin : 2 * (begin + length)].decode("utf-16-le")
