"""A message of the Bot API as the page gets it.

Message with `out` (the person's own), `author` ({id, name}), `reactions` ([{emoji, by}]), `via`
(the bot wrote it for the owner), `via_bot` (the username of the bot that offered it), `service`
({kind, ...}), and `files` ([{kind, name, media_type, size, width, height, url}], with duration in
seconds, emoji, title and performer where the kind has them) in place of photo, document ...
"""

from __future__ import annotations

from typing import Any

from sandbox.page.requests import Body
from sandbox.stage import Stage
from sandbox.telegram.files import MEDIA_KINDS
from sandbox.telegram.kinds import FIXED, MADE

PLAIN = (
    *("message_id", "date", "edit_date", "message_thread_id", "text", "entities", "caption"),
    *("caption_entities", "media_group_id", "forward_origin", "reply_markup", "out", "quote"),
    *("is_from_offline", *FIXED, *MADE),
)
DETAILS = ("duration", "emoji", "title", "performer")
IN_REPLY = ("message_id", "text", "caption", "poll", "checklist", "location", "contact")
SERVICE = (
    *("new_chat_members", "left_chat_member", "new_chat_title", "group_chat_created"),
    *("supergroup_chat_created", "migrate_to_chat_id", "migrate_from_chat_id"),
    *("forum_topic_created", "forum_topic_edited", "forum_topic_closed"),
    *("forum_topic_reopened", "pinned_message", "chat_shared", "users_shared"),
)


def shown(stage: Stage, message: Body) -> Body:
    """What the page draws."""
    seen = {key: message[key] for key in PLAIN if key in message}
    seen["author"] = _author(message)
    seen["reactions"] = [
        {"emoji": each.get("emoji", ""), "by": each["by"]} for each in message["reactions"]
    ]
    seen["files"] = _files(stage, message)
    if "via_bot" in message:
        seen["via_bot"] = message["via_bot"]["username"]
    seen["via"] = "sender_business_bot" in message
    service = next((kind for kind in SERVICE if kind in message), None)
    if service is not None:
        seen["service"] = _service(service, message[service])
    replied = message.get("reply_to_message")
    if replied is not None and "forum_topic_created" not in replied:
        seen["reply_to_message"] = _brief(stage, replied)
    if "external_reply" in message:
        seen["external_reply"] = _outer(message["external_reply"])
    return seen


def _author(message: Body) -> Body:
    author = message.get("sender_chat") or message["from"]
    names = [author.get(key, "") for key in ("title", "first_name", "last_name")]
    return {"id": author["id"], "name": " ".join(name for name in names if name)}


def _service(kind: str, value: Any) -> Body:
    """The kind, and the name it is about."""
    told: Body = {"kind": kind}
    if kind == "new_chat_members":
        told["name"] = ", ".join(one["first_name"] for one in value)
    elif kind == "left_chat_member":
        told["name"] = value["first_name"]
    elif kind == "users_shared":
        told["name"] = ", ".join(one.get("first_name", "") for one in value["users"])
    elif kind == "pinned_message":
        told["message"] = {key: value[key] for key in ("text", "caption") if key in value}
    elif isinstance(value, dict):
        told["name"] = value.get("name") or value.get("title") or ""
    elif isinstance(value, str):
        told["name"] = value
    return told


def _brief(stage: Stage, message: Body) -> Body:
    brief = {key: message[key] for key in IN_REPLY if key in message}
    return brief | {"files": _files(stage, message), "author": _author(message)}


def _outer(reply: Body) -> Body:
    origin = reply["origin"]
    chat = origin.get("chat") or origin.get("sender_chat") or {}
    sender = origin.get("sender_user") or {}
    name = chat.get("title") or origin.get("sender_user_name") or sender.get("first_name") or ""
    return {
        "name": name,
        "kinds": [kind for kind in (*MEDIA_KINDS, *MADE, *FIXED) if kind in reply],
    }


def _files(stage: Stage, message: Body) -> list[Body]:
    kinds = [kind for kind in MEDIA_KINDS if kind in message]
    if "animation" in kinds:
        kinds.remove("document")
    return [_described(stage, kind, message[kind]) for kind in kinds]


def _described(stage: Stage, kind: str, media: Any) -> Body:
    largest = media[-1] if kind == "photo" else media
    bot_id, file_id = stage.bot.id, largest["file_id"]
    file = stage.world.files.find(bot_id, file_id)
    return {
        "kind": kind,
        "name": file.name,
        "media_type": file.mime,
        "size": file.size,
        "width": largest.get("width"),
        "height": largest.get("height"),
        "url": f"/api/file/{bot_id}/{file_id}",
    } | {key: largest[key] for key in DETAILS if key in largest}
