"""What a message said before its author changed it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.rich import MESSAGE_LIMIT, Rich, joined
from bot.texts import Say
from bot.wording import moment, zone_of
from inbox.model import InboundMessage, Manager
from inbox.records import Version

ROOM = MESSAGE_LIMIT - 200  # UTF-16 units
LEAST = 120


def versions_view(
    say: Say,
    versions: Sequence[Version],
    message: InboundMessage,
    reader: Manager,
    now: datetime,
) -> Rich:
    """The earlier texts, the newest first: each until when it stood; then what it says now."""
    if not versions:
        return Rich(say("Nothing is known of what it said before."))
    room = ROOM
    parts: list[Rich] = []
    for one in reversed(versions):
        at = moment(say, one.until, now, zone_of(reader))
        part = _part(say("Until {time}:", time=at), one.text, min(room, ROOM // 2))
        if part is None:
            parts.append(Rich("…"))
            break
        parts.append(part)
        room -= part.units + 2
    present = _part(say("Now:"), message.text, room)
    return joined([*parts, present or Rich()], "\n\n")


def _part(title: str, text: str, room: int) -> Rich | None:
    """None where there is no room that would say anything."""
    head = Rich(title).styled("bold")
    left = room - head.units - 4
    if left < LEAST:
        return None
    said, rest = Rich.foreign(text).cut(left)
    if rest.text:
        said = said + " …"
    return joined([head, said.styled("expandable_blockquote") if said.text else Rich("—")])
