"""The log's entries in words: who did what, from what to what."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.reader import Reader
from bot.rich import one_line
from bot.texts import Say, mark
from inbox.model import Outcome
from inbox.ports import Deed, LogLine, ReplyState

VALUE_LIMIT = 200  # UTF-16 units
MOST_DIGITS = 12

_DEEDS = {
    Deed.OPENED: mark("began to wait"),
    Deed.CLOSED: mark("the wait ended"),
    Deed.REOPENED: mark("the wait goes on"),
    Deed.MOVED: mark("the beginning was corrected"),
    Deed.ASSIGNED: mark("handed over"),
    Deed.TAKEN_ON: mark("taken on after an alert"),
    Deed.SWAPPED: mark("another calendar counts"),
    Deed.RECOUNTED: mark("counted anew"),
    Deed.ALERTED: mark("alert"),
    Deed.PROMISED: mark("promise"),
    Deed.AWAY: mark("away"),
    Deed.BACK: mark("back"),
    Deed.CALENDAR: mark("calendar changed"),
    Deed.POLICY: mark("promised times changed"),
    Deed.OFF_HOURS_REPLY: mark("told by itself when the studio opens"),
    Deed.GREETING: mark("greeted by itself"),
    Deed.EDITED: mark("answer changed at the client's side"),
    Deed.TAKEN_BACK: mark("answer taken back from the client"),
    Deed.WITHDRAWN: mark("answer stopped before it went out"),
    Deed.JOINED: mark("joined as one person"),
    Deed.SPLIT: mark("split into two persons again"),
    Deed.LINKED: mark("group's client changed"),
    Deed.CONNECTED: mark("own account changed"),
    Deed.QUOTED: mark("quote sent"),
    Deed.QUOTE_SETTLED: mark("quote settled"),
    Deed.TASK_MADE: mark("task made"),
    Deed.TASK_CHANGED: mark("task changed"),
    Deed.TASK_DONE: mark("task done"),
}
_WORDS: dict[str, str] = {
    Outcome.ANSWERED: mark("answered"),
    Outcome.PHONED: mark("answered by phone"),
    Outcome.DISMISSED: mark("no reply needed"),
    Outcome.CLOSED_UNANSWERED: mark("closed without an answer"),
    Outcome.KEPT: mark("promise kept"),
    Outcome.WITHDRAWN: mark("promise withdrawn"),
    "within": mark("within the target"),
    "breached": mark("later than the target"),
    "-": mark("nothing due"),
    ReplyState.SENT: mark("sent"),
    ReplyState.REJECTED: mark("not sent"),
    ReplyState.UNCERTAIN: mark("perhaps not arrived"),
    "interrupted": mark("the program was interrupted"),
    "expired": mark("the studio had opened, or the wait had ended"),
    "connected": mark("connected, answers go out from it"),
    "no_reply": mark("connected, no answers go out from it"),
    "disconnected": mark("disconnected"),
    "quote-agreed": mark("agreed"),
    "quote-declined": mark("declined"),
    "quote-withdrawn": mark("withdrawn"),
    "list-now": mark("now"),
    "list-soon": mark("next days"),
    "list-later": mark("later"),
    "done": mark("done"),
    "dropped": mark("deleted"),
}
# Of so many values inbox.auditing makes an entry's words; the last one may be a name.
_LAYOUT = {
    Deed.OPENED: 2,
    Deed.CLOSED: 3,
    Deed.REOPENED: 1,
    Deed.MOVED: 2,
    Deed.SWAPPED: 2,
    Deed.RECOUNTED: 3,
    Deed.PROMISED: 1,
    Deed.AWAY: 3,
    Deed.BACK: 1,
    Deed.OFF_HOURS_REPLY: 2,
    Deed.GREETING: 2,
    Deed.CONNECTED: 1,
    Deed.QUOTED: 2,
    Deed.QUOTE_SETTLED: 2,
    Deed.TASK_MADE: 3,
    Deed.TASK_CHANGED: 3,
    Deed.TASK_DONE: 3,
}
# What stands last there is what somebody wrote, whatever it looks like.
_TITLED = frozenset(
    {Deed.QUOTED, Deed.QUOTE_SETTLED, Deed.TASK_MADE, Deed.TASK_CHANGED, Deed.TASK_DONE}
)


def deed_words(say: Say, deed: Deed) -> str:
    """What was done."""
    return say(_DEEDS[deed])


def change_words(reader: Reader, line: LogLine) -> str:
    """From what to what; "" where the entry says neither."""
    deed = line.entry.deed
    before, after = (_said(reader, deed, one) for one in (line.entry.before, line.entry.after))
    return f"{before} → {after}" if before and after else after or before


def _said(reader: Reader, deed: Deed, value: str) -> str:
    """The log's plain values in words; those of names and settings as they are."""
    if deed is Deed.ALERTED:
        return ", ".join(_alert_part(reader, one) for one in value.split(", ") if one)
    if deed not in _LAYOUT:
        return one_line(value, VALUE_LIMIT)
    parts = value.split(" ", _LAYOUT[deed] - 1)
    titles = parts[_LAYOUT[deed] - 1 :] if deed in _TITLED else []
    words = [_part(reader, one) for one in parts[: len(parts) - len(titles)]]
    words += [one_line(one, VALUE_LIMIT) for one in titles]
    return ", ".join(filter(None, words))


def _alert_part(reader: Reader, value: str) -> str:
    """ "rung 2", "repeat 1", "daily", "late" in words."""
    what, _, number = value.partition(" ")
    match what:
        case "rung":
            return reader.say("step {number} of the ladder", number=number)
        case "repeat":
            return reader.say("repeat {number}", number=number)
        case "daily":
            return reader.say("daily repeat")
        case "late":
            return reader.say("late")
        case _:
            return one_line(value, VALUE_LIMIT)


def _part(reader: Reader, value: str) -> str:
    if value in _WORDS:
        return reader.say(_WORDS[value])
    if value.isascii() and value.isdigit() and len(value) < MOST_DIGITS:
        return reader.exact(timedelta(seconds=int(value)))
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return one_line(value, VALUE_LIMIT)
    return one_line(value, VALUE_LIMIT) if at.tzinfo is None else reader.when(at)
