"""The client's card as members see it: pure, from what is known of one to text and buttons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby

from bot.buttons import Button, Keyboard, is_free
from bot.card_lines import NAME_LIMIT, place_name
from bot.cards import CardView
from bot.client_buttons import ClientButton, ClientDeed, HistoryButton, NotesButton
from bot.people_notes import handle_words
from bot.reader import Reader
from bot.report_buttons import weeks_button
from bot.rich import Rich, joined, one_line
from bot.task_buttons import TaskListButton
from bot.texts import Say
from bot.wording import length, moment, unreachable
from inbox.model import Handle, Manager, Outcome, Wait
from inbox.report_records import Slice
from inbox.reports import median, share_within
from inbox.work_records import ClientCard

CONTACTS = 8
HANDLES = 6
TASKS = 5
TITLE_LIMIT = 120  # UTF-16 units
FIGURES_OVER = timedelta(days=90)
_ANSWERS = frozenset({Outcome.ANSWERED, Outcome.PHONED})


@dataclass(frozen=True, slots=True)
class Figures:
    """How a client was answered: how often, how soon (median, business time), and which share
    within the target, None where nothing counts."""

    answered: int
    median: timedelta | None
    within: Fraction | None


@dataclass(frozen=True, slots=True)
class KnownClient:
    """All that the card says. `unreachable`: why a handle cannot be written to; `reported`:
    whether the reader may see the client's report."""

    card: ClientCard
    holder: Manager | None
    figures: Figures
    unreachable: Mapping[Handle, str]
    reported: bool = False


def figures_of(closed: Sequence[Wait], still_open: Sequence[Wait], now: datetime) -> Figures:
    """By the rules of the week's figures (inbox.reports)."""
    endings = [one.closing for one in closed if one.closing is not None]
    answers = [one for one in endings if one.outcome in _ANSWERS]
    missed = [
        one
        for one in endings
        if one.outcome is Outcome.CLOSED_UNANSWERED and not one.within_target
    ]
    overdue = sum(1 for one in still_open if one.is_due(now))
    within = sum(1 for one in answers if one.within_target)
    share = share_within(within, len(answers), overdue, len(missed))
    return Figures(len(answers), median([one.business for one in answers]), share)


def client_card_view(reader: Reader, known: KnownClient) -> CardView:
    """The card, with the ways to all that is longer."""
    say, card = reader.say, known.card
    parts = [
        _head(reader, known),
        _contacts(say, known),
        Rich(figures_words(say, known.figures)),
        _tasks(reader, card),
        _answers_go(say, card),
    ]
    return CardView(joined(parts, "\n\n"), _keyboard(reader, known))


def _head(reader: Reader, known: KnownClient) -> Rich:
    say, client = reader.say, known.card.client
    name = one_line(client.name, NAME_LIMIT) or f"№ {client.id}"
    holder = known.holder
    if holder is None or is_free(holder):
        who = say("Nobody's client yet")
    else:
        who = say("Manager: {name}", name=one_line(holder.name, NAME_LIMIT))
    facts = [who]
    if client.tier:
        facts.append(say("tier {tier}", tier=one_line(client.tier, NAME_LIMIT)))
    if client.calendar:
        facts.append(say("calendar {name}", name=one_line(client.calendar, NAME_LIMIT)))
    lines = [Rich(f"👤 {name}").styled("bold"), Rich(" · ".join(facts)), _waiting(reader, known)]
    return joined(lines)


def _waiting(reader: Reader, known: KnownClient) -> Rich:
    waits = [one.wait for one in known.card.conversations if one.wait is not None]
    if not waits:
        return Rich(reader.say("Nobody waits for an answer."))
    due = min((one.due_at for one in waits if one.due_at is not None), default=None)
    words = reader.say.many("🟡 {number} waits", "🟡 {number} wait", len(waits))
    if due is None:
        return Rich(words)
    at = moment(reader.say, due, reader.now, reader.zone)
    if due <= reader.now:
        words = reader.say.many("🔴 {number} waits", "🔴 {number} wait", len(waits))
        since = reader.say("overdue since {time}", time=at)
        return Rich(f"{words} · {since}").styled("bold")
    until = reader.say("answer by {time}", time=at)
    return Rich(f"{words} · {until}")


def _contacts(say: Say, known: KnownClient) -> Rich:
    lines: list[Rich] = []
    people = groupby(known.card.contacts, key=lambda one: one[0].id)
    grouped = [list(pairs) for _, pairs in people]
    for pairs in grouped[:CONTACTS]:
        name = one_line(pairs[0][0].name, NAME_LIMIT)
        handles = [handle for _, handle in pairs]
        shown = dict.fromkeys(handle_words(say, one) for one in handles[:HANDLES])
        words = " · ".join([name, *(one for one in shown if one != name)])
        if len(handles) > HANDLES:
            words += f" · +{len(handles) - HANDLES}"
        lines.append(Rich(f"• {words}"))
        reasons = {known.unreachable[one] for one in handles if one in known.unreachable}
        lines += [Rich(unreachable(say, one)) for one in sorted(reasons)]
    if more := len(grouped[CONTACTS:]):
        lines.append(
            Rich(say.many("and {number} more contact", "and {number} more contacts", more))
        )
    return joined(lines)


def figures_words(say: Say, figures: Figures) -> str:
    """How soon the client is answered."""
    if not figures.answered and figures.within is None:
        return say("📊 In 90 days nothing was answered.")
    words = say.many(
        "📊 In 90 days {number} answer", "📊 In 90 days {number} answers", figures.answered
    )
    if figures.median is not None:
        half = say("half of them within {time}", time=length(say, figures.median))
        words = f"{words}, {half}"
    if figures.within is not None:
        share = round(100 * figures.within)
        in_time = say("in time: {share} %", share=share)
        words = f"{words}; {in_time}"
    return words


def _tasks(reader: Reader, card: ClientCard) -> Rich:
    say = reader.say
    if not card.open_tasks:
        return Rich(say("✅ No open tasks."))
    overdue = sum(1 for one in card.open_tasks if one.overdue(reader.now))
    head = say.many("🗒 {number} open task", "🗒 {number} open tasks", len(card.open_tasks))
    if overdue:
        late = say.many("{number} overdue", "{number} overdue", overdue)
        head = f"{head}, {late}"
    lines = [Rich(head)]
    for one in card.open_tasks[:TASKS]:
        title = one_line(one.title, TITLE_LIMIT)
        due = "" if one.due_at is None else moment(say, one.due_at, reader.now, reader.zone)
        line = Rich(" · ".join(filter(None, (f"• {title}", due))))
        lines.append(line.styled("bold") if one.overdue(reader.now) else line)
    if len(card.open_tasks) > TASKS:
        lines.append(Rich("…"))
    return joined(lines)


def _answers_go(say: Say, card: ClientCard) -> Rich:
    """Whom a reply to this message reaches."""
    if not card.conversations:
        return Rich()
    place = place_name(say, card.conversations[0])
    words = say("A reply to this message goes to the client: {place}.", place=place)
    return Rich(words).styled("italic")


def _keyboard(reader: Reader, known: KnownClient) -> Keyboard:
    say, card, client_id = reader.say, known.card, known.card.client.id

    def button(text: str, deed: ClientDeed) -> Button:
        return Button(text, ClientButton(deed=deed, client_id=client_id))

    notes = say("Notes · {number}", number=card.notes) if card.notes else say("Notes")
    files = say("Files · {number}", number=card.files) if card.files else say("Files")
    tasks = len(card.open_tasks)
    tasks_words = say("Tasks · {number}", number=tasks) if tasks else say("Tasks")
    rows: list[tuple[Button, ...]] = [
        (
            Button(say("History"), HistoryButton(client_id=client_id)),
            button(files, ClientDeed.FILES),
        ),
        (
            Button(tasks_words, TaskListButton(client_id=client_id)),
            Button(notes, NotesButton(client_id=client_id)),
        ),
    ]
    if known.holder is None or is_free(known.holder):
        deed = ClientButton(deed=ClientDeed.TAKE, client_id=client_id)
        take = Button(say("Take"), deed, "success")
        rows.append((button(say("Write"), ClientDeed.WRITE), take))
    else:
        hand_over = button(say("Hand over"), ClientDeed.HAND_OVER)
        rows.append((button(say("Write"), ClientDeed.WRITE), hand_over))
    if known.reported:
        whose = Slice(name=card.client.name, client_id=client_id)
        rows.append((weeks_button(say, reader.today, whose),))
    return tuple(rows)


def back_to(say: Say, client_id: int) -> Button:
    """From what is longer to the card."""
    return Button(say("← Client"), ClientButton(deed=ClientDeed.LOOK, client_id=client_id))
