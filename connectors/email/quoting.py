"""The client's last message below our answer, in the form that mail programs use and know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from connectors.email.formatting import escaped
from inbox.model import InboundMessage

MOST_QUOTED = 20_000
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_DAYS = {
    "ru": ("пн", "вт", "ср", "чт", "пт", "сб", "вс"),
    "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
}
_MONTHS = {
    "ru": (
        "янв.",
        "февр.",
        "мар.",
        "апр.",
        "мая",
        "июн.",
        "июл.",
        "авг.",
        "сент.",
        "окт.",
        "нояб.",
        "дек.",
    ),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}


@dataclass(frozen=True, slots=True)
class Quote:
    """What is quoted, with the line above it; both forms say the same."""

    text: str
    html: str


def language_of(*texts: str) -> str:
    """The language of the first text that has letters: "ru" for Cyrillic, else "en"."""
    for text in texts:
        if _CYRILLIC.search(text):
            return "ru"
        if any(letter.isalpha() for letter in text):
            return "en"
    return "ru"


def quote(message: InboundMessage, language: str, zone: ZoneInfo) -> Quote:
    """The message as a quote; an older quote inside it is left out."""
    said = message.text.strip()[:MOST_QUOTED]
    name = " ".join(message.sender_name.split())
    address = message.sender.address
    intro = _intro(message.sent_at.astimezone(zone), language)
    who = f"{name} <{address}>" if name and name != address else f"<{address}>"
    ending = ":" if language == "ru" else " wrote:"
    lines = [f"> {line}".rstrip() for line in said.splitlines()]
    return Quote(
        text="\n".join([f"{intro}{who}{ending}", *lines]),
        html=(
            f'<div class="gmail_quote"><div class="gmail_attr">{escaped(intro + who + ending)}'
            '<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;'
            f'border-left:1px solid #ccc;padding-left:1ex">{escaped(said)}</blockquote></div>'
        ),
    )


def _intro(at: datetime, language: str) -> str:
    day, month = _DAYS[language][at.weekday()], _MONTHS[language][at.month - 1]
    if language == "ru":
        return f"{day}, {at.day} {month} {at.year} г. в {at:%H:%M}, "
    return f"On {day}, {month} {at.day}, {at.year} at {at:%H:%M} "
