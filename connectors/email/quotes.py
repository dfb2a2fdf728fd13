"""Where a mail's history begins. Losing text is the worst error: in doubt nothing is cut."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

_MONTHS = (
    r"(?:янв|фев|мар|апр|ма[йя]|июн|июл|авг|сен|окт|ноя|дек"
    r"|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-zа-я]*\.?"
)
_DATE = re.compile(
    r"(?<!\d)(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d"
    rf"|\d{{1,2}}\.?\s+(?:de\s+)?{_MONTHS}[\s,]+(?:de\s+)?\d{{4}}"
    rf"|{_MONTHS}\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}})(?!\d)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>@:,;]+@[^\s<>@:,;]+\.[^\s<>@:,;]+")
_BRACKETED = re.compile(r"[<\[(](?:mailto:)?[^\s<>@]+@[^\s<>@]+[>\])]")
_WROTE = re.compile(
    r"(?:\bwrote|\bwrites|пишет|писали?а?|написал(?:\(а\)|а|и)?|сообщил[а(]?|schrieb|a écrit)",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"[-*_\s\"'(\[]*(?:[\d:.,\s]*|\w{2,15}[.,]{1,2}\s*"
    r"|(?:on|le|am|op|el|il|em|w dniu|den|dne|på|в|vào)"
    r"\b[\s\w.,:]{0,40})$",
    re.IGNORECASE,
)
_FIELDS = {
    "from": re.compile(r"[*\s]*(?:from|от|от кого|von|de)\s*:\**\s*\S", re.IGNORECASE),
    "sent": re.compile(
        r"[*\s]*(?:sent|date|отправлено|дата|послано|gesendet|datum)\s*:\**.*\d", re.IGNORECASE
    ),
    "to": re.compile(r"[*\s]*(?:to|кому|cc|копия|an)\s*:\**", re.IGNORECASE),
    "subject": re.compile(r"[*\s]*(?:subject|тема|betreff)\s*:\**", re.IGNORECASE),
}
_FORWARD = re.compile(
    r"[-\s>*]*(?:forwarded message|пересылаемое (?:сообщение|письмо)|пересланное сообщение"
    r"|переадресованное сообщение|begin forwarded message"
    r"|начало (?:переадресованного|пересланного|пересылаемого) (?:сообщения|письма)"
    r"|конец пересылаемого сообщения)[-\s:*]*$",
    re.IGNORECASE,
)
_RULE = re.compile(
    r"\s*(?:[_=]{5,}|-{5,}|[-_]{2,}\s*(?:original message|исходное сообщение"
    r"|первоначальное сообщение|reply message|ответ)\s*[-_]{2,})\s*$",
    re.IGNORECASE,
)
_SENT_FROM = re.compile(
    r"\s*(?:отправлено (?:с|из) |sent from |sent with |sent via "
    r"|получить outlook для |get outlook for |написано из |отправлено через )[^\n]{0,90}$",
    re.IGNORECASE,
)
_FORWARDED_SUBJECT = re.compile(r"\s*(?:fwd?|пересл|пер|wg|tr|i)\s*:", re.IGNORECASE)
_DASHES = re.compile(r"--\s*")
_MAX_SIGNATURE = 12
_MAX_LINES = 20_000


def split(text: str, subject: str = "") -> tuple[str, str]:
    """What the client wrote now, and the history that follows; every line is in one of the two.

    The first is never empty unless `text` is. A forward, by its subject or heading, is content.
    """
    lines = text.split("\n")
    cut = None if _FORWARDED_SUBJECT.match(subject) else _cut(lines)
    if cut is None or not _written(lines[:cut]):
        return _trimmed(lines), ""
    start = _signature(lines, cut)
    return _trimmed(lines[:start]), _trimmed(lines[start:])


def is_forward(subject: str) -> bool:
    """Whether the subject says that a mail is passed on."""
    return _FORWARDED_SUBJECT.match(subject) is not None


def heads_forward(line: str) -> bool:
    """Whether a mail that is passed on begins (or ends) at this line of the text."""
    return _FORWARD.match(line) is not None


def _trimmed(lines: Sequence[str]) -> str:
    """Without blank lines at either end."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    return "\n".join(lines[filled[0] : filled[-1] + 1]).rstrip() if filled else ""


def _cut(lines: Sequence[str]) -> int | None:
    """The first line of the history that reaches to the end of the mail."""
    tail = _tail(lines)
    last_quote = max((at for at, line in enumerate(lines) if _is_quote(line)), default=-1)
    for at, line in enumerate(lines[:_MAX_LINES]):
        if _FORWARD.match(line):
            return None
        if at == tail:
            return None if any(_is_quote(above) for above in lines[:at]) else at
        if not line.strip() or _is_quote(line):
            continue
        if _starts_block(lines, at):
            return _with_rule(lines, at)
        date = _DATE.search(line[:400])
        if date and _opens(line[: date.start()]) and _attributes(lines, at, tail, last_quote):
            return _with_rule(lines, at)
    return None


def _is_quote(line: str) -> bool:
    return line.lstrip().startswith(">")


def _tail(lines: Sequence[str]) -> int:
    """Where the run of quoted and blank lines at the very end begins, at its first quoted line."""
    start = end = _signature_below(lines)
    for at in range(end - 1, -1, -1):
        if _is_quote(lines[at]):
            start = at
        elif lines[at].strip():
            break
    return start if start < end else len(lines)


def _signature_below(lines: Sequence[str]) -> int:
    """Where a signature begins that stands right below a quotation, as Yandex writes it."""
    filled = [at for at, line in enumerate(lines) if line.strip()][-_MAX_SIGNATURE:]
    for above, at in pairwise(filled):
        if _DASHES.fullmatch(lines[at]) and _is_quote(lines[above]):
            short = all(len(line) <= 100 and not _is_quote(line) for line in lines[at:])
            return at if short else len(lines)
    return len(lines)


def _opens(before: str) -> bool:
    """Whether what stands before the date begins an attribution, and is not the client's own."""
    return bool(_OPENING.match(before)) or (len(before) <= 80 and bool(_WROTE.search(before)))


def _attributes(lines: Sequence[str], at: int, tail: int, last_quote: int) -> bool:
    """Whether "On <date>, <who> wrote:", up to four lines long, stands right above history.

    History is marked with ">" to the end; or, behind a full attribution, not marked at all.
    """
    joined = ""
    for end in range(at, min(at + 4, len(lines))):
        part = lines[end].strip()
        joined = f"{joined} {part}"
        if not part or _is_quote(part) or len(joined) > 400:
            return False
        wrote, bracketed = _WROTE.search(joined), _BRACKETED.search(joined)
        if not (wrote or _ADDRESS.search(joined)) or not (bracketed or joined.endswith(":")):
            continue
        below = next((i for i in range(end + 1, len(lines)) if lines[i].strip()), len(lines))
        ended = joined.endswith(">:") or (wrote and wrote.end() >= len(joined.rstrip(":")))
        if below == tail < len(lines) or (bracketed and ended and last_quote < below):
            return True
    return False


def _starts_block(lines: Sequence[str], at: int) -> bool:
    """Outlook's От, Отправлено, Кому, Тема: a sender, a date and one more within six lines."""
    if not _FIELDS["from"].match(lines[at]):
        return False
    near = [line for line in lines[at + 1 : at + 10] if line.strip()][:6]
    found = {name for name, field in _FIELDS.items() if any(field.match(line) for line in near)}
    return "sent" in found and bool(found & {"to", "subject"})


def _with_rule(lines: Sequence[str], at: int) -> int:
    """Take the ruler or "Original Message" line right above into the history."""
    above = at - 1
    while above >= 0 and not lines[above].strip():
        above -= 1
    return above if above >= 0 and _RULE.match(lines[above]) else at


def _written(lines: Sequence[str]) -> bool:
    return any(line.strip() for line in lines)


def _signature(lines: Sequence[str], cut: int) -> int:
    """Where a signature right above the cut begins; `cut` where there is none or only that."""
    filled = [at for at in range(cut) if lines[at].strip()]
    start = cut
    if filled and _SENT_FROM.match(lines[filled[-1]]):
        start = filled[-1]
    for at in reversed(filled[-_MAX_SIGNATURE:]):
        if _DASHES.fullmatch(lines[at]):
            start = at
            break
        if _is_quote(lines[at]):
            break
    return start if _written(lines[:start]) else cut
