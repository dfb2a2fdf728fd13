"""Files and other things beside the text: from an update's JSON, and out to a chat."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inbox.model import Attachment, Media

# Telegram names no type for some kinds; these are what it delivers.
_PLAIN: dict[Media, tuple[str, str]] = {
    Media.VOICE: ("voice.ogg", "audio/ogg"),
    Media.AUDIO: ("audio.mp3", "audio/mpeg"),
    Media.VIDEO: ("video.mp4", "video/mp4"),
    Media.VIDEO_NOTE: ("video note.mp4", "video/mp4"),
    Media.ANIMATION: ("animation.mp4", "video/mp4"),
    Media.DOCUMENT: ("file", "application/octet-stream"),
}
_FACTS = ("duration", "width", "height", "emoji", "is_animated", "is_video", "performer", "title")
_NOT_CONTENT = frozenset(
    {
        "message_id",
        "from",
        "chat",
        "date",
        "edit_date",
        "entities",
        "reply_to_message",
        "forward_origin",
        "quote",
        "via_bot",
        "message_thread_id",
        "is_topic_message",
        "has_protected_content",
        "sender_chat",
        "author_signature",
        "reply_markup",
        "link_preview_options",
        "effect_id",
        "business_connection_id",
        "external_reply",
    }
)


def attachments_of(message: Mapping[str, Any], bot_id: int) -> list[Attachment]:
    """What one message carries (https://core.telegram.org/bots/api#message); at most one file.

    An animation comes with a `document` twin for old clients: it is one file.
    """
    origin = f"bot:{bot_id}"
    for media in (Media.ANIMATION, *_PLAIN):
        if media.value in message:
            return [_file(media, message[media.value], origin)]
    if message.get("photo"):
        largest = max(message["photo"], key=lambda size: int(size["width"]) * int(size["height"]))
        return [_named(Media.PHOTO, largest, origin, "photo.jpg", "image/jpeg")]
    if "sticker" in message:
        return [_sticker(message["sticker"], origin)]
    if "venue" in message:
        venue = message["venue"]
        facts = {**_point(venue["location"]), "title": venue["title"], "address": venue["address"]}
        return [Attachment(Media.LOCATION, str(venue["title"]), "", None, origin, "", facts)]
    if "location" in message:
        facts = _point(message["location"])
        return [Attachment(Media.LOCATION, "", "", None, origin, "", facts)]
    if "contact" in message:
        contact = message["contact"]
        facts = {k: str(contact.get(k, "")) for k in ("phone_number", "first_name", "last_name")}
        return [Attachment(Media.CONTACT, facts["first_name"], "", None, origin, "", facts)]
    return []


def unknown_kind(message: Mapping[str, Any]) -> str:
    """What to say of a message whose kind is not shown: its kind, and where to see it."""
    kinds = [key for key in message if key not in _NOT_CONTENT]
    return f"[{kinds[0] if kinds else '?'}]"


def _file(media: Media, about: Mapping[str, Any], origin: str) -> Attachment:
    name, media_type = _PLAIN[media]
    return _named(media, about, origin, name, media_type)


def _sticker(about: Mapping[str, Any], origin: str) -> Attachment:
    moving = about.get("is_animated")
    video = about.get("is_video")
    name = "sticker.tgs" if moving else "sticker.webm" if video else "sticker.webp"
    kind = "application/x-tgsticker" if moving else "video/webm" if video else "image/webp"
    return _named(Media.STICKER, about, origin, name, kind)


def _named(
    media: Media, about: Mapping[str, Any], origin: str, name: str, media_type: str
) -> Attachment:
    size = about.get("file_size")
    return Attachment(
        media=media,
        name=str(about.get("file_name") or name),
        media_type=str(about.get("mime_type") or media_type),
        size=int(size) if size is not None else None,
        origin=origin,
        ref=str(about["file_id"]),
        facts={key: about[key] for key in _FACTS if key in about},
    )


def _point(location: Mapping[str, Any]) -> dict[str, float]:
    return {"latitude": float(location["latitude"]), "longitude": float(location["longitude"])}
