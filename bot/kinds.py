"""Things beside a message's text in words: files, places, polls and all other kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.rich import one_line, units
from bot.texts import Say, mark
from bot.wording import size
from inbox.model import Attachment, Media

MOST_FILES = 10
ROOM = 1200  # UTF-16 units for all lines together, as those below
_NAME = 80
_QUESTION = 200
_OPTION = 60
_MOST_OPTIONS = 12
_TOO_LONG = 86_400  # seconds, of something that plays

_KINDS = {
    Media.PHOTO: mark("photo"),
    Media.DOCUMENT: mark("file"),
    Media.VOICE: mark("voice message"),
    Media.AUDIO: mark("audio"),
    Media.VIDEO: mark("video"),
    Media.VIDEO_NOTE: mark("video message"),
    Media.ANIMATION: mark("animation"),
    Media.STICKER: mark("sticker"),
    Media.LOCATION: mark("location"),
    Media.CONTACT: mark("contact"),
}
# Telegram gives no names to these; what stands for one says nothing to a reader.
_NAMELESS = frozenset(
    ("photo.jpg", "voice.ogg", "video.mp4", "video note.mp4", "animation.mp4", "live photo.mp4")
)
_NAMED = {
    Media.POLL: (mark("📊 Poll: {name}"), mark("📊 A poll: open it in Telegram")),
    Media.CHECKLIST: (mark("☑️ Checklist: {name}"), mark("☑️ A checklist: open it in Telegram")),
    Media.GAME: (mark("🎮 Game: {name}"), mark("🎮 A game: open it in Telegram")),
    Media.INVOICE: (mark("🧾 Invoice: {name}"), mark("🧾 An invoice: open it in Telegram")),
    Media.STORY: (
        mark("📖 A story of {name}: open it in Telegram"),
        mark("📖 A story: open it in Telegram"),
    ),
    Media.GIFT: (mark("🎁 Gift: {name}"), mark("🎁 A gift: open it in Telegram")),
    Media.GIVEAWAY: (mark("🎁 Giveaway: {name}"), mark("🎁 A giveaway: open it in Telegram")),
}
_TITLES = ("question", "title", "author", "prize")  # what names a thing, whichever it has


def attachment_line(say: Say, attachment: Attachment) -> str:
    """A file's name and size, or what kind of thing it is, on one line."""
    match attachment.media:
        case Media.PAID_MEDIA:
            return _paid(say, attachment)
        case Media.DICE:
            return _dice(say, attachment)
        case Media.UNKNOWN:
            kind = _fact(attachment, "kind", _NAME) or "?"
            return say("❔ A message of kind “{kind}”: open it in Telegram", kind=kind)
        case media if media in _NAMED:
            titled, untitled = _NAMED[media]
            name = _title(attachment)
            return say(titled, name=name) if name else say(untitled)
        case _:
            return _file_line(say, attachment)


def attachment_lines(say: Say, attachments: Sequence[Attachment]) -> list[str]:
    """All of them for a card, with a poll's options and a checklist's tasks; what is too much
    for it is counted."""
    lines: list[str] = []
    room, shown = ROOM, 0
    for alike in _runs(attachments[:MOST_FILES]):
        own = _run_lines(say, alike)
        needed = sum(units(line) + 1 for line in own)
        if needed > room:
            break
        lines += own
        room, shown = room - needed, shown + len(alike)
    if more := len(attachments) - shown:
        lines.append(say.many("and {number} more file", "and {number} more files", more))
    return lines


def _runs(attachments: Sequence[Attachment]) -> list[list[Attachment]]:
    """Photos without names that come together are one run, all else is a run of its own."""
    runs: list[list[Attachment]] = []
    for one in attachments:
        if runs and _is_plain_photo(one) and _is_plain_photo(runs[-1][-1]):
            runs[-1].append(one)
        else:
            runs.append([one])
    return runs


def _is_plain_photo(attachment: Attachment) -> bool:
    return attachment.media is Media.PHOTO and attachment.name in _NAMELESS


def _run_lines(say: Say, alike: Sequence[Attachment]) -> list[str]:
    if len(alike) == 1:
        return [attachment_line(say, alike[0]), *_parts(say, alike[0])]
    return [say.many("📎 {number} photo", "📎 {number} photos", len(alike))]


def _file_line(say: Say, attachment: Attachment) -> str:
    kind = say(_KINDS.get(attachment.media, attachment.media.value))
    name = "" if attachment.name in _NAMELESS else one_line(attachment.name, _NAME)
    name = name or f"{kind}{_lasting(attachment)}"
    match attachment.media:
        case Media.LOCATION:
            symbol = "📍"
            address = _fact(attachment, "address", _NAME)
            name = f"{name}, {address}" if address and address != name else name
        case Media.CONTACT:
            symbol, name = "👤", _person(attachment) or kind
        case Media.STICKER:
            emoji = _fact(attachment, "emoji", 8)
            symbol, name = "📎", f"{kind} {emoji}" if emoji else name
        case _:
            symbol = "📎"
    extent = "" if attachment.size is None else f" · {size(say, attachment.size)}"
    return f"{symbol} {name}{extent}"


def _lasting(attachment: Attachment) -> str:
    """ ", 1:05" where it is known how long it plays."""
    seconds = attachment.facts.get("duration")
    if not isinstance(seconds, int) or not 0 < seconds < _TOO_LONG:
        return ""
    return f", {seconds // 60}:{seconds % 60:02}"


def _person(attachment: Attachment) -> str:
    phone = _fact(attachment, "phone_number", _NAME)
    names = (_fact(attachment, key, _NAME) for key in ("first_name", "last_name"))
    name = " ".join(filter(None, names))
    return " · ".join(filter(None, (phone, name)))


def _paid(say: Say, attachment: Attachment) -> str:
    stars = attachment.facts.get("stars")
    if not isinstance(stars, int):
        return say("⭐ Paid media: open it in Telegram")
    return say.many(
        "⭐ Paid media for {number} star: open it in Telegram",
        "⭐ Paid media for {number} stars: open it in Telegram",
        stars,
    )


def _dice(say: Say, attachment: Attachment) -> str:
    emoji, value = _fact(attachment, "emoji", 8) or "🎲", _fact(attachment, "value", 8)
    return say("{emoji} Thrown: {value}", emoji=emoji, value=value or "?")


def _parts(say: Say, attachment: Attachment) -> Iterator[str]:
    """What a poll or a checklist consists of."""
    match attachment.media:
        case Media.POLL:
            parts = [f"  ○ {_short(one)}" for one in _listed(attachment, "options")]
        case Media.CHECKLIST:
            parts = [_task(one) for one in _listed(attachment, "tasks")]
        case _:
            return
    yield from parts[:_MOST_OPTIONS]
    if more := len(parts[_MOST_OPTIONS:]):
        yield say.many("and {number} more line", "and {number} more lines", more)


def _task(task: Any) -> str:
    text, done = task if isinstance(task, list | tuple) and len(task) == 2 else (task, False)
    return f"  {'☑' if done else '☐'} {_short(text)}"


def _listed(attachment: Attachment, key: str) -> Sequence[Any]:
    found = attachment.facts.get(key)
    return found if isinstance(found, list | tuple) else ()


def _title(attachment: Attachment) -> str:
    found = (_fact(attachment, key, _QUESTION) for key in _TITLES)
    return next(filter(None, found), "") or one_line(attachment.name, _QUESTION)


def _short(text: Any) -> str:
    return one_line(str(text), _OPTION)


def _fact(attachment: Attachment, key: str, limit: int) -> str:
    return one_line(str(attachment.facts.get(key, "")), limit)
