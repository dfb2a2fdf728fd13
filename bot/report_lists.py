"""Of whom a report is wanted: lists of members and clients, and what a name may mean."""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons import Button, Keyboard, in_rows, pages
from bot.cards import CardView
from bot.menu import is_head
from bot.report_buttons import ReportDeed, report_button
from bot.report_dates import Days
from bot.report_meaning import MOST, Wish
from bot.rich import Rich, joined, one_line
from bot.texts import Say
from inbox.model import Client, Manager
from inbox.report_records import Slice

PAGE = 10
BUTTON_LIMIT = 30  # UTF-16 units
WIDE = 60  # of a button alone in its row


def members_view(
    say: Say, days: Days, title: str, people: Sequence[Manager], offset: int
) -> CardView:
    """A page of the members, the whole studio before them; `title`: which days."""
    shown = people[offset : offset + PAGE]
    slices = [Slice(one.id, one.name) for one in shown]
    whole = (_show(say("The whole studio"), days, Slice()),)
    turn = _pages(ReportDeed.WHOSE, days, offset, more=len(people) > offset + PAGE)
    words = say("{days}. Whose report?", days=title)
    return CardView(Rich(words), (whole, *_named(days, slices), *turn))


def clients_view(
    say: Say, me: Manager, days: Days, title: str, at: tuple[Sequence[Client], int]
) -> CardView:
    """A page of the clients whom the member may ask about, one more of them than fits where there
    are others behind; `at`: they, and from which place on."""
    clients, offset = at
    slices = [Slice(name=one.name, client_id=one.id) for one in clients[:PAGE]]
    own = Slice() if is_head(me) else Slice(me.id, me.name)
    turn = _pages(ReportDeed.CLIENTS, days, offset, more=len(clients) > PAGE, whose=own)
    lines = [say("{days}. The report of which client?", days=title)]
    lines.append(
        say("Quicker: /report and a part of the name, for example “/report october daisy”.")
        if clients
        else say("No clients.")
    )
    return CardView(joined([Rich(one) for one in lines]), (*_named(days, slices), *turn))


def meant_view(say: Say, wishes: Sequence[tuple[Wish, str]]) -> CardView:
    """Which of these was meant; each with its button's words."""
    words = [Rich(say("Which one do you mean?"))]
    if len(wishes) > MOST:
        words.append(Rich(say("There are more: write more of the name.")))
    buttons = [_show(title, one.days, one.whose, WIDE) for one, title in wishes[:MOST]]
    return CardView(joined(words), in_rows(buttons, 1))


def _named(days: Days, slices: Sequence[Slice]) -> Keyboard:
    return in_rows([_show(one.name, days, one) for one in slices], 2)


def _show(words: str, days: Days, whose: Slice, limit: int = BUTTON_LIMIT) -> Button:
    known = one_line(words, limit) or f"№ {whose.client_id}"
    return Button(known, report_button(ReportDeed.SHOW, days, whose))


def _pages(
    deed: ReportDeed,
    days: Days,
    offset: int,
    *,
    more: bool,
    whose: Slice = Slice(),  # noqa: B008 - frozen
) -> Keyboard:
    turn = pages(
        offset,
        PAGE,
        more=more,
        to=lambda place: report_button(deed, days, whose, offset=place, here=True),
    )
    return (turn,) if turn else ()
