"""A calendar part (RFC 5545) as one readable line for each event: what, when, where, who.

Instants are ISO 8601 in the zone that the sender named: they read alike in any language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from connectors.email.headers import one_line

TYPES = frozenset(("text/calendar", "application/ics"))
_MAX_EVENTS = 5
_MAX_PEOPLE = 6
_MAX_WORDS = 200
_FIELD = re.compile(r'([A-Za-z-]{1,40})((?:;[^=;:]{1,40}=(?:"[^"]*"|[^;:"]*))*):(.*)', re.DOTALL)
_PARAMETER = re.compile(r';([^=;:]{1,40})=("[^"]*"|[^;:"]*)')
_TIME = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(?:\d\d)?(Z)?)?")
_SIGNS = {"CANCEL": "❌", "REPLY": "↩️"}
_REPLIES = {"ACCEPTED": "✅", "DECLINED": "❌", "TENTATIVE": "❔"}

Field = tuple[str, dict[str, str], str]


def lines(calendar: str) -> list[str]:
    """A line for each event, at most five; none where the calendar cannot be read."""
    method, events = "", []
    event: list[Field] | None = None
    depth = 0
    for name, params, value in _fields(calendar):
        kind = value.strip().upper()
        if name == "BEGIN" and event is not None:
            depth += 1  # an alarm within the event
        elif name == "BEGIN" and kind == "VEVENT":
            event = []
        elif name == "END" and depth:
            depth -= 1
        elif name == "END" and kind == "VEVENT" and event is not None:
            events.append(event)
            event = None
        elif event is not None and not depth:
            event.append((name, params, value))
        elif name == "METHOD":
            method = kind
    return [line for line in (_line(each, method) for each in events[:_MAX_EVENTS]) if line]


def _fields(calendar: str) -> Iterator[Field]:
    for line in re.sub(r"\n[ \t]", "", calendar.replace("\r\n", "\n")).split("\n"):
        found = _FIELD.match(line)
        if found:
            params = {key.upper(): text.strip('"') for key, text in _PARAMETER.findall(found[2])}
            yield found[1].upper(), params, found[3]


def _line(event: list[Field], method: str) -> str:
    first = {name: (params, value) for name, params, value in reversed(event)}
    people = [_person(params, value) for name, params, value in event if name == "ATTENDEE"]
    status = first.get("STATUS", ({}, ""))[1].strip().upper()
    sign = _SIGNS.get("CANCEL" if status == "CANCELLED" else method, "📅")
    organizer = _person(*first["ORGANIZER"]) if "ORGANIZER" in first else ""
    who = ", ".join(dict.fromkeys(one for one in [organizer, *people[:_MAX_PEOPLE]] if one))
    more = f" +{len(people) - _MAX_PEOPLE}" if len(people) > _MAX_PEOPLE else ""
    said = [_words(first.get("SUMMARY")), _when(first), _words(first.get("LOCATION")), who + more]
    filled = [words for words in said if words]
    return f"{sign} {' · '.join(filled)}" if filled else ""


def _words(field: tuple[dict[str, str], str] | None) -> str:
    if field is None:
        return ""
    text = re.sub(r"\\([nN,;\\])", lambda m: " " if m[1] in "nN" else m[1], field[1])
    return one_line(text)[:_MAX_WORDS]


def _person(params: dict[str, str], value: str) -> str:
    address = re.sub(r"(?i)^mailto:", "", value.strip())
    answer = _REPLIES.get(params.get("PARTSTAT", "").upper(), "")
    return one_line(f"{answer} {params.get('CN') or address}")[:_MAX_WORDS]


def _when(first: dict[str, tuple[dict[str, str], str]]) -> str:
    """ "2024-03-14 15:00-16:00 Europe/Moscow"; a whole day is its date alone."""
    begin, end = _instant(first.get("DTSTART")), _instant(first.get("DTEND"))
    if begin is None:
        return ""
    day, clock, zone = begin
    if end is None or (end[0], end[1]) == (day, clock) or not clock:
        return " ".join(part for part in begin if part)
    until = end[1] if end[0] == day else f"{end[0]} {end[1]}"
    return f"{day} {clock}–{until} {zone}".strip()


def _instant(field: tuple[dict[str, str], str] | None) -> tuple[str, str, str] | None:
    found = _TIME.match(field[1].strip()) if field else None
    if field is None or found is None:
        return None
    year, month, day, hour, minute, utc = found.groups()
    clock = f"{hour}:{minute}" if hour else ""
    zone = "UTC" if utc else one_line(field[0].get("TZID", ""))[:60]
    return f"{year}-{month}-{day}", clock, zone if clock else ""
