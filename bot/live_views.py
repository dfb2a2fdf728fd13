"""How it stands now, in words: on a screen of the menu and on boards; pure."""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons import Button, Keyboard, in_rows
from bot.cards import CardView
from bot.find_buttons import FoundButton
from bot.live_buttons import WAITING, LiveButton, LiveDeed
from bot.menu import is_head
from bot.menu_buttons import MenuButton, Screen
from bot.reader import Reader
from bot.report_terms import NOTHING, share_words, slice_title, time_words
from bot.rich import MESSAGE_LIMIT, Rich, joined, one_line
from bot.texts import Say
from bot.wording import moment
from inbox.live_records import Live, LiveFigures, LiveRow, OpenWait
from inbox.model import Manager
from inbox.report_records import Slice

NAME_LIMIT = 40  # UTF-16 units; a phone shows about as many on a line
MOST_ROWS = 25
OVERDUE, IN_TIME = "🔴", "🟡"


def now_view(reader: Reader, me: Manager, live: Live, *, board: bool) -> CardView:
    """The screen of /now; `board`: whether there is one in the member's own chat."""
    say = reader.say
    wait_buttons = [
        Button(f"{number}", FoundButton(conversation_id=one.conversation_id, message_id=card))
        for number, one in enumerate(live.longest, 1)
        if (card := one.message_id) is not None
    ]
    whole = live.slice.manager_id is None
    again = (
        Button(say("📥 Who waits"), MenuButton(screen=Screen.INBOX)),
        Button(say("🔄 Now"), LiveButton(deed=LiveDeed.SHOW, whole=whole)),
    )
    ways: list[Button] = []
    if is_head(me):
        words = say("My clients") if whole else say("The whole studio")
        ways.append(Button(words, LiveButton(deed=LiveDeed.SHOW, whole=not whole)))
    if board:
        ways.append(Button(say("📌 No board here"), LiveButton(deed=LiveDeed.END)))
    else:
        button = LiveButton(deed=LiveDeed.BOARD, whole=whole)
        ways.append(Button(say("📌 Board here"), button))
    if is_head(me):
        ways.append(Button(say("📌 Board in a group"), LiveButton(deed=LiveDeed.GROUP)))
    rows = (*in_rows(wait_buttons, 5), again, *in_rows(ways, 2))
    return CardView(live_words(reader, live, numbered=True), rows)


def board_view(reader: Reader, live: Live) -> CardView:
    """What a board says, with one button that leads on."""
    keyboard: Keyboard = ((Button(reader.say("📥 Who waits"), WAITING),),)
    return CardView(live_words(reader, live, numbered=False), keyboard)


def ended_words(reader: Reader, whose: Slice) -> Rich:
    """What stands in the place of a board that has ended."""
    title = slice_title(reader.say, whose)
    at = reader.clock(reader.now.replace(second=0))
    return Rich(reader.say("📟 {name}: this board ended at {time}.", name=title, time=at))


def live_words(reader: Reader, live: Live, *, numbered: bool) -> Rich:
    """All of it; `numbered`: buttons below open those who wait longest."""
    say = reader.say
    clock = f"{live.at.astimezone(reader.zone):%H:%M}"
    title = one_line(slice_title(say, live.slice), 2 * NAME_LIMIT)
    head = Rich(f"📟 {title} · {clock}").styled("bold")
    if not live.open:
        head = joined([head, Rich(_closed(reader, live))])
    parts = [head, joined([*_waiting(say, live), *_named(reader, live, numbered=numbered)])]
    parts.append(_today(say, live.figures))
    if len(live.managers) > 1:
        parts.append(joined(_rows(say, live.managers)))
    parts.append(Rich(say("Lengths are in working time.")).styled("italic"))
    return joined(parts, "\n\n").cut(MESSAGE_LIMIT)[0]


def _closed(reader: Reader, live: Live) -> str:
    if live.opens_at is None:
        return reader.say("🌙 Closed.")
    at = moment(reader.say, live.opens_at, live.at, reader.zone)
    return reader.say("🌙 Closed. Opens: {time}", time=at)


def _waiting(say: Say, live: Live) -> list[Rich]:
    """How many; of a manager's clients also how many wait that are nobody's: the menu and "Who
    waits" have them too."""
    figures, unheld = live.figures, live.unheld
    if live.slice.manager_id is None or not unheld.waiting:
        return [_how_many(say, figures, say("✅ Nobody waits for an answer."))]
    own = _how_many(say, figures, say("✅ None of these clients waits for an answer."))
    words = say("Nobody's yet, waiting: {number}", number=unheld.waiting)
    return [own, Rich(_with_overdue(say, words, unheld)).styled("bold")]


def _how_many(say: Say, figures: LiveFigures, none: str) -> Rich:
    words = say.many("{number} client waits", "{number} clients wait", figures.waiting)
    shown = _with_overdue(say, words, figures) if figures.waiting else none
    return Rich(shown).styled("bold")


def _with_overdue(say: Say, words: str, figures: LiveFigures) -> str:
    if not figures.overdue:
        return words
    return f"{words}, {OVERDUE} " + say("overdue: {number}", number=figures.overdue)


def _named(reader: Reader, live: Live, *, numbered: bool) -> list[Rich]:
    say = reader.say
    lines = [
        _wait(reader, live, one, f"{number}. " if numbered else "")
        for number, one in enumerate(live.longest, 1)
    ]
    more = live.figures.waiting - len(lines)
    if more > 0 and lines:
        lines.append(Rich(say.many("and {number} more", "and {number} more", more)))
    ahead = live.next_due
    if ahead is not None and ahead.due_at is not None:
        at = moment(say, ahead.due_at, live.at, reader.zone)
        client = one_line(ahead.client, NAME_LIMIT)
        lines.append(Rich(say("Next due: {time} · {client}", time=at, client=client)))
    return lines


def _wait(reader: Reader, live: Live, one: OpenWait, number: str) -> Rich:
    say = reader.say
    late = one.overdue(live.at)
    holder = one_line(one.holder, NAME_LIMIT) if one.holder else say("nobody's yet")
    took = say("waits {time}", time=time_words(say, one.business))
    parts = [one_line(one.client, NAME_LIMIT) or f"№ {one.client_id}", took]
    if live.slice.manager_id is None:
        parts.append(holder)
    line = Rich(f"{number}{OVERDUE if late else IN_TIME} {' · '.join(parts)}")
    return line.styled("bold") if late else line


def _today(say: Say, figures: LiveFigures) -> Rich:
    head = say("Answered today: {number}", number=figures.answered)
    lines = [Rich(head).styled("bold")]
    if figures.answered and figures.counted:  # without an answer, old breaches make it 0 %
        lines.append(
            Rich(
                say(
                    "In time: {share} ({within} of {counted})",
                    share=share_words(say, figures.share),
                    within=figures.within,
                    counted=figures.counted,
                )
            )
        )
    if figures.answered:
        lines.append(
            Rich(
                say(
                    "Median: first response {first}, all {all}",
                    first=time_words(say, figures.first),
                    all=time_words(say, figures.median),
                )
            )
        )
    return joined(lines)


def _rows(say: Say, rows: Sequence[LiveRow]) -> list[Rich]:
    lines = [_row(say, one) for one in rows[:MOST_ROWS]]
    if len(rows) > MOST_ROWS:
        lines.append(
            Rich(say.many("and {number} more", "and {number} more", len(rows) - MOST_ROWS))
        )
    return lines


def _row(say: Say, row: LiveRow) -> Rich:
    figures = row.figures
    name = say("Nobody's yet") if row.manager_id is None else one_line(row.name, NAME_LIMIT)
    parts: list[str] = []
    if figures.waiting:
        waits = say("waiting: {number}", number=figures.waiting)
        overdue = f" ({OVERDUE} {figures.overdue})" if figures.overdue else ""
        parts.append(f"{waits}{overdue}")
    if figures.answered:
        median = time_words(say, figures.median)
        parts.append(say("{number} answered, median {time}", number=figures.answered, time=median))
    if figures.answered and figures.counted:
        parts.append(say("in time {share}", share=share_words(say, figures.share)))
    return Rich(f"{name}: ").styled("bold") + (", ".join(parts) or NOTHING)
