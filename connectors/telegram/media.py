"""What an update carries beside the text: files here, what has no bytes in things.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from connectors.telegram import things
from connectors.telegram.things import Damaged, unknown
from connectors.telegram.values import mapping, objects, whole, words
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
_NUMBERS = ("duration", "width", "height")
_WORDS = ("emoji", "performer", "title")
_FLAGS = ("is_animated", "is_video")

Reader = Callable[[Any, str], list[Attachment]]


def attachments_of(message: Mapping[str, Any], bot_id: int) -> list[Attachment]:
    """What one message carries (https://core.telegram.org/bots/api#message).

    A known kind that is damaged becomes an attachment of unknown kind with its name. A message
    without any known kind gives nothing here: see content.content_of. Raises nothing.
    """
    return carried(message, f"bot:{bot_id}")


def carried(message: Mapping[str, Any], origin: str) -> list[Attachment]:
    """The same, for whoever knows the origin already."""
    for kind, read in _READERS.items():
        if message.get(kind) not in (None, [], {}):
            try:
                return read(message[kind], origin)
            except Damaged:
                return [unknown(kind, origin)]
    return []


def _files(media: Media) -> Reader:
    def read(about: Any, origin: str) -> list[Attachment]:
        name, media_type = _PLAIN[media]
        return [_named(media, mapping(about), origin, name, media_type)]

    return read


def _photo(sizes: Any, origin: str) -> list[Attachment]:
    """The largest of its sizes."""
    usable = [size for size in objects(sizes) if words(size.get("file_id"))]
    if not usable:
        raise Damaged
    largest = max(usable, key=lambda size: _number(size, "width") * _number(size, "height"))
    return [_named(Media.PHOTO, largest, origin, "photo.jpg", "image/jpeg")]


def _live_photo(about: Any, origin: str) -> list[Attachment]:
    """Its still picture (facts: live); the short video only where that is missing, for no method
    sends the one as the other."""
    live = mapping(about)
    if objects(live.get("photo")):
        (still,) = _photo(live["photo"], origin)
        return [replace(still, facts={**still.facts, **_facts(live), "live": True})]
    return [_named(Media.VIDEO, live, origin, "live photo.mp4", "video/mp4")]


def _sticker(about: Any, origin: str) -> list[Attachment]:
    sticker = mapping(about)
    moving, video = sticker.get("is_animated"), sticker.get("is_video")
    name = "sticker.tgs" if moving else "sticker.webm" if video else "sticker.webp"
    kind = "application/x-tgsticker" if moving else "video/webm" if video else "image/webp"
    return [_named(Media.STICKER, sticker, origin, name, kind)]


def _poll(about: Any, origin: str) -> list[Attachment]:
    """The poll, and the picture or file that may stand beside its question."""
    poll = mapping(about)
    return [things.poll(poll, origin), *carried(mapping(poll.get("media")), origin)]


def _named(
    media: Media, about: Mapping[str, Any], origin: str, name: str, media_type: str
) -> Attachment:
    ref = words(about.get("file_id"))
    if not ref:
        raise Damaged
    size = whole(about.get("file_size"))
    return Attachment(
        media=media,
        name=words(about.get("file_name")) or name,
        media_type=words(about.get("mime_type")) or media_type,
        size=size if size is not None and size >= 0 else None,
        origin=origin,
        ref=ref,
        facts=_facts(about),
    )


def _facts(about: Mapping[str, Any]) -> dict[str, Any]:
    numbers = {key: whole(about.get(key)) for key in _NUMBERS}
    said = {key: words(about.get(key)) for key in _WORDS}
    return {
        **{key: number for key, number in numbers.items() if number is not None},
        **{key: text for key, text in said.items() if text},
        **{key: about[key] for key in _FLAGS if isinstance(about.get(key), bool)},
    }


def _number(about: Mapping[str, Any], key: str) -> int:
    return whole(about.get(key)) or 0


# In this order: an animation has a twin in `document`, a live photo in `photo`, a venue in
# `location`, all three for clients that do not know the kind.
_READERS: dict[str, Reader] = {
    "animation": _files(Media.ANIMATION),
    "live_photo": _live_photo,
    "photo": _photo,
    "video": _files(Media.VIDEO),
    "video_note": _files(Media.VIDEO_NOTE),
    "voice": _files(Media.VOICE),
    "voice_note": _files(Media.VOICE),  # its name in a rich message
    "audio": _files(Media.AUDIO),
    "document": _files(Media.DOCUMENT),
    "sticker": _sticker,
    "poll": _poll,
    **{kind: things.alone(read) for kind, read in things.READERS.items()},
}
