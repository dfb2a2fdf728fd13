"""Methods that put new messages into a chat: text, files, albums, copies, forwards."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from typing import Any

from sandbox.telegram import kinds
from sandbox.telegram.call import CONTENT, Call
from sandbox.telegram.files import for_bot
from sandbox.telegram.markup import message_caption, message_text, parse_html
from sandbox.telegram.origins import origin_of
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.world import Chat, Entry, Message

ALBUM_KINDS = frozenset({"photo", "video", "document", "audio"})
ALONE_IN_ALBUM = frozenset({"document", "audio"})
WITHOUT_CAPTION = frozenset({"sticker", "video_note"})
IDS_LIMIT = 100
NOT_COPIED = frozenset({"paid_media", "giveaway", "giveaway_winners", "invoice"})
ACTIONS = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice"),
        *("upload_voice", "upload_document", "choose_sticker", "find_location"),
        *("record_video_note", "upload_video_note"),
    }
)

_album_ids = count(13_000_000_000_000_001)


def next_album_id() -> str:
    """A fresh media_group_id."""
    return str(next(_album_ids))


def send_message(call: Call) -> Message:
    content = message_text(call.params)
    preview = call.params.get("link_preview_options")
    if preview:
        content["link_preview_options"] = preview
    return call.send(content)


def send_media(kind: str) -> Callable[[Call], Message]:
    """The method that sends an attachment of this kind."""

    def send(call: Call) -> Message:
        call.room_to_write()
        caption = {} if kind in WITHOUT_CAPTION else message_caption(call.params)
        return call.send(call.media(kind, call.params[kind], call.params) | caption)

    return send


def send_location(call: Call) -> Message:
    return call.send({"location": _point(call)})


def send_venue(call: Call) -> Message:
    point = _point(call)
    names = ("title", "address", "foursquare_id", "google_place_id")
    venue = {"location": point} | _given(call, names)
    return call.send({"venue": venue, "location": point})


def send_contact(call: Call) -> Message:
    names = ("phone_number", "first_name", "last_name", "vcard")
    return call.send({"contact": _given(call, names)})


def send_dice(call: Call) -> Message:
    return call.send({"dice": {"emoji": call.params.get("emoji") or "🎲", "value": 4}})


def send_poll(call: Call) -> Message:
    """As many answers as Telegram takes: 2-12."""
    options = [str(option["text"]) for option in call.params["options"]]
    if not 2 <= len(options) <= 12:
        raise bad_request("poll must have at least 2 option")
    return call.send({"poll": kinds.poll(str(call.params["question"]), options)})


def send_rich_message(call: Call) -> Message:
    """Blocks as they are given; HTML and Markdown become one paragraph of plain text."""
    given: dict[str, Any] = call.params["rich_message"]
    blocks = given.get("blocks")
    if not blocks:
        words = str(given.get("markdown") or parse_html(str(given.get("html") or ""))[0])
        blocks = [{"type": "paragraph", "text": words}] if words else []
    if not blocks:
        raise bad_request("rich message must be non-empty")
    return call.send({"rich_message": {"blocks": blocks}})


def send_media_group(call: Call) -> list[Message]:
    """2-10 items; documents and audio only among themselves. Refused as a whole or sent whole."""
    call.room_to_write()
    items: list[dict[str, Any]] = call.params["media"]
    if not 2 <= len(items) <= 10:
        raise bad_request("wrong number of messages to send as an album: 2-10 are allowed")
    kinds = {str(item["type"]) for item in items}
    if not kinds <= ALBUM_KINDS:
        raise bad_request(f"{min(kinds - ALBUM_KINDS)} can't be sent in an album")
    if len(kinds) > 1 and kinds & ALONE_IN_ALBUM:
        raise bad_request(f"{min(kinds & ALONE_IN_ALBUM)} can't be mixed with other media types")
    contents = [
        call.media(str(item["type"]), item["media"], item) | message_caption(item)
        for item in items
    ]
    group = {"media_group_id": next_album_id()}
    return [call.send(content | group) for content in contents]


def send_chat_action(call: Call) -> bool:
    chat = call.room_to_write()
    if call.params["action"] not in ACTIONS:
        raise bad_request("wrong parameter action in request")
    call.world.notice(chat, None, "action", action=call.params["action"])
    return True


def copy_message(call: Call) -> dict[str, int]:
    """A new message with the same content; `caption` replaces the caption."""
    call.room_to_write()
    entry = _source(call).entries.get(call.params["message_id"])
    if entry is None:
        raise bad_request("message to copy not found")
    content = _copied(call, entry)
    if "caption" in call.params and "text" not in content:
        content.pop("caption", None)
        content.pop("caption_entities", None)
        content |= message_caption(call.params)
    return {"message_id": call.send(content)["message_id"]}


def copy_messages(call: Call) -> list[dict[str, int]]:
    """1-100 messages; those that cannot be copied are skipped."""
    call.room_to_write()
    drop = ("caption", "caption_entities") if call.params.get("remove_caption") is True else ()
    copied = []
    for entry in _many(call):
        if NOT_COPIED & entry.message.keys():
            continue
        content = {k: v for k, v in _copied(call, entry).items() if k not in drop}
        copied.append({"message_id": call.send(content)["message_id"]})
    return copied


def forward_message(call: Call) -> Message:
    call.room_to_write()
    entry = _source(call).entries.get(call.params["message_id"])
    if entry is None:
        raise bad_request("message to forward not found")
    return call.send(_content(call, entry) | origin_of(call.world, entry))


def forward_messages(call: Call) -> list[dict[str, int]]:
    """1-100 messages; those that cannot be forwarded are skipped."""
    call.room_to_write()
    return [
        {
            "message_id": call.send(_content(call, entry) | origin_of(call.world, entry))[
                "message_id"
            ]
        }
        for entry in _many(call)
    ]


def _source(call: Call) -> Chat:
    return call.world.room(call.bot, call.params["from_chat_id"])


def _many(call: Call) -> list[Entry]:
    ids: list[int] = call.params["message_ids"]
    if not 1 <= len(ids) <= IDS_LIMIT:
        raise bad_request("wrong number of message identifiers: 1-100 are allowed")
    entries = _source(call).entries
    found = [entries[i] for i in ids if i in entries and CONTENT & entries[i].message.keys()]
    if not found:
        raise bad_request("there are no messages to copy or forward")
    return found


def _copied(call: Call, entry: Entry) -> dict[str, Any]:
    if NOT_COPIED & entry.message.keys():
        raise bad_request("message can't be copied")
    return _content(call, entry)


def _content(call: Call, entry: Entry) -> dict[str, Any]:
    content = {key: value for key, value in entry.message.items() if key in CONTENT}
    if not content:
        raise bad_request("message can't be copied")
    return dict(for_bot(content, call.bot.id))


def _point(call: Call) -> dict[str, Any]:
    return _given(call, ("latitude", "longitude", "horizontal_accuracy"))


def _given(call: Call, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: value for name in names if (value := call.params.get(name)) is not None}
