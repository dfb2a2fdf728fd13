"""A message's content, whatever its kind: text with formatting, and what comes along."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.telegram.formatting import Formatted, entities_of
from connectors.telegram.media import carried
from connectors.telegram.rich import blocks
from connectors.telegram.rich_text import Writer
from connectors.telegram.things import unknown
from connectors.telegram.values import mapping, objects, words
from inbox.model import Attachment

# Messages that tell of the chat itself, not of what somebody said in it.
_SERVICE = frozenset(
    {
        *("new_chat_members", "left_chat_member", "chat_owner_left", "chat_owner_changed"),
        *("new_chat_title", "new_chat_photo", "delete_chat_photo", "group_chat_created"),
        *("supergroup_chat_created", "channel_chat_created", "pinned_message"),
        *("message_auto_delete_timer_changed", "users_shared", "chat_shared", "user_shared"),
        *("connected_website", "write_access_allowed", "proximity_alert_triggered"),
        *("boost_added", "chat_background_set", "checklist_tasks_done"),
        *("direct_message_price_changed", "paid_message_price_changed"),
        *("forum_topic_created", "forum_topic_edited", "forum_topic_closed"),
        *("forum_topic_reopened", "general_forum_topic_hidden", "general_forum_topic_unhidden"),
        *("giveaway_created", "managed_bot_created", "poll_option_added", "poll_option_deleted"),
        *("suggested_post_approved", "suggested_post_approval_failed"),
        *("suggested_post_declined", "suggested_post_paid", "suggested_post_refunded"),
        *("video_chat_scheduled", "video_chat_started", "video_chat_ended"),
        *("video_chat_participants_invited", "community_chat_added", "community_chat_removed"),
        "community_chat_joined",
    }
)
# What every message may have beside its content.
_ABOUT = frozenset(
    {
        *("message_id", "message_thread_id", "direct_messages_topic", "from", "sender_chat"),
        *("sender_boost_count", "sender_business_bot", "sender_tag", "date", "guest_query_id"),
        *("business_connection_id", "chat", "forward_origin", "is_topic_message"),
        *("is_automatic_forward", "reply_to_message", "external_reply", "quote"),
        *("reply_to_story", "reply_to_checklist_task_id", "reply_to_poll_option_id", "via_bot"),
        *("guest_bot_caller_user", "guest_bot_caller_chat", "edit_date"),
        *("has_protected_content", "is_from_offline", "is_paid_post", "media_group_id"),
        *("author_signature", "paid_star_count", "text", "entities", "link_preview_options"),
        *("suggested_post_info", "effect_id", "caption", "caption_entities"),
        *("show_caption_above_media", "has_media_spoiler", "reply_markup", "receiver_user"),
        *("ephemeral_message_id", "rich_message"),
    }
)
NAMELESS = "unknown"  # the kind of a message that has nothing in it
# Where words of the sender stand that are neither text nor caption, and their formatting.
_WORDS = {
    "gift": ("text", "entities"),
    "unique_gift": ("text", "entities"),
    "gift_upgrade_sent": ("text", "entities"),
    "poll": ("description", "description_entities"),
    "web_app_data": ("data", ""),
}


@dataclass(frozen=True, slots=True)
class Content:
    """What one message says and carries."""

    text: Formatted
    attachments: tuple[Attachment, ...]


def service_kind(message: Mapping[str, Any]) -> str | None:
    """The kind of a service message that says nothing to anybody; None for any other."""
    return next((kind for kind in message if kind in _SERVICE), None)


def content_of(message: Mapping[str, Any], bot_id: int) -> Content:
    """Everything in it (https://core.telegram.org/bots/api#message); never nothing.

    What is of no kind known here becomes an attachment with its kind's name.
    """
    origin = f"bot:{bot_id}"
    if message.get("rich_message") is not None:
        return _rich(message, origin)
    text = _text(message)
    attachments = carried(message, origin)
    if not attachments and not words(message.get("text")).strip():
        attachments = [unknown(_unknown_kind(message), origin)]
    return Content(text, tuple(attachments))


def _text(message: Mapping[str, Any]) -> Formatted:
    if text := words(message.get("text")):
        return text, entities_of(message.get("entities"))
    if caption := words(message.get("caption")):
        return caption, entities_of(message.get("caption_entities"))
    for kind, (key, formatting) in _WORDS.items():
        about = mapping(message.get(kind))
        if said := words(about.get(key)):
            return said, entities_of(about.get(formatting))
    return "", ()


def _rich(message: Mapping[str, Any], origin: str) -> Content:
    rich = Writer(origin)
    blocks(rich, mapping(message["rich_message"]).get("blocks"))
    attachments = rich.attachments + carried(message, origin)
    text = (rich.text.rstrip(), rich.entities) if rich.text.strip() else _text(message)
    if not text[0] and not attachments:
        attachments = [unknown("rich_message", origin)]
    return Content(text, tuple(attachments))


def _unknown_kind(message: Mapping[str, Any]) -> str:
    """The name of what is there: rather of an object than of a mere number or flag."""
    kinds = [key for key in message if key not in _ABOUT and message[key] not in (None, False)]
    whole_ones = [key for key in kinds if isinstance(message[key], dict | list)]
    return words((whole_ones or kinds or [NAMELESS])[0])[:64]


def beginning(message: Mapping[str, Any], limit: int) -> str:
    """How it begins, in letters: of its text, else the name of what it carries."""
    content = content_of(message, 0)
    names = [one.name or words(one.facts.get("kind")) for one in content.attachments]
    name = next((name for name in names if name not in {"", NAMELESS}), "")
    return (content.text[0] or name)[:limit].rstrip()


def task_text(message: Mapping[str, Any], task_id: object) -> str:
    """The text of a checklist's task; "" where it is not there."""
    tasks = objects(mapping(message.get("checklist")).get("tasks"))
    return next((words(one.get("text")) for one in tasks if one.get("id") == task_id), "")


def option_text(message: Mapping[str, Any], option_id: object) -> str:
    """The text of a poll's option; "" where it is not there."""
    options = objects(mapping(message.get("poll")).get("options"))
    found = (words(one.get("text")) for one in options if one.get("persistent_id") == option_id)
    return next(found, "")
