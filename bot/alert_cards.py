"""Alerts as their recipient sees them: one by one, or many in one message (rule 22)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from bot.buttons import (
    Button,
    CardButton,
    CardDeed,
    Keyboard,
    PromiseButton,
    PromiseDeed,
    TakeOnButton,
    WhyButton,
    card_keyboard,
    in_rows,
    is_free,
    may_act,
    stand_ins,
)
from bot.card_lines import (
    EXCERPT_LIMIT,
    address_lines,
    channel_line,
    client_name,
    place_name,
)
from bot.cards import CardView, repeated_line
from bot.footer import capital, ended, holder_line
from bot.promise_cards import due_of, promise_ended, promise_headline
from bot.rich import Rich, joined, one_line
from bot.texts import Say, speaker
from bot.wording import length, moment, remaining, zone_of
from inbox.model import Manager, Role, WaitKind
from inbox.ports import Alert, Card, CardState

MOST_LINES = 20
_BUTTON_NAME = 30  # UTF-16 units, as those below: twenty lines fit into one message
_LINE_NAME = 60
_LINE_HOLDER = 40
_LINE_END = 100


def alert_view(alert: Alert, reader: Manager, now: datetime) -> CardView:
    """Who waits, for how long, what remains; once the wait ended, how it ended, no buttons."""
    say = speaker(reader.language)
    card = alert.card
    if alert.wait.closing is not None:
        how = _how_it_ended(say, alert, reader, now)
        return CardView(joined([_alert_name(say, card), how]), ())
    excerpt, _ = Rich.foreign(card.message.text).cut(EXCERPT_LIMIT)
    lines = [
        Rich(_headline(say, alert, reader, now)).styled("bold"),
        Rich(channel_line(say, card, now, reader)),
        *address_lines(say, card),
        _due(say, alert, reader, now),
        Rich(holder_line(say, card, reader, now)),
        Rich(_lateness(say) if alert.late else "").styled("italic"),
        repeated_line(say, card),
    ]
    body = joined([joined(lines), excerpt.styled("blockquote")], "\n\n")
    return CardView(body, _keyboard(say, alert, reader, now))


def alerts_view(alerts: Sequence[Alert], reader: Manager, now: datetime) -> CardView:
    """A line for each wait, the most urgent first, what has ended last; a button for each open
    one: its card, or "I take it" for whoever does not hold the client."""
    say = speaker(reader.language)
    ordered = _most_urgent(alerts)
    shown = ordered[:MOST_LINES]
    waiting = sum(one.wait.closing is None for one in ordered)
    title = say("⏰ Waiting for an answer: {number}", number=waiting)
    late = [one.late for one in shown if one.wait.closing is None]
    all_late = len(late) > 1 and all(late)
    lines = [
        _line(say, number, one, reader, now, marked=not all_late)
        for number, one in enumerate(shown, 1)
    ]
    more = len(ordered) - len(shown)
    if more:
        lines.append(Rich(say("and {number} more, see /inbox", number=more)))
    buttons = [
        _numbered(number, one, reader)
        for number, one in enumerate(shown, 1)
        if one.wait.closing is None
    ]
    heading = Rich(title if waiting else say("Nobody waits any more")).styled("bold")
    outage = Rich(_lateness(say) if all_late else "").styled("italic")
    again = next((repeated_line(say, one.card) for one in shown if one.card.repeated), Rich())
    body = joined([joined([heading, outage, again]), joined(lines)], "\n\n")
    return CardView(body, in_rows(buttons, 2))


def _headline(say: Say, alert: Alert, reader: Manager, now: datetime) -> str:
    name = client_name(alert.card.conversation)
    if alert.wait.kind is WaitKind.PROMISE:
        return promise_headline(say, alert, name, reader, now)
    time = length(say, alert.elapsed)
    if alert.rung >= len(alert.wait.ladder):
        return say("⏰ {name} is still waiting: {time} of working time", name=name, time=time)
    return say("⏰ {name} has waited {time} of working time", name=name, time=time)


def _lateness(say: Say) -> str:
    return say("This alert is late: it could not be told at its time.")


def _how_it_ended(say: Say, alert: Alert, reader: Manager, now: datetime) -> Rich:
    if alert.wait.kind is WaitKind.PROMISE:
        return Rich(promise_ended(say, alert.wait, _closed_by(alert), reader, now))
    return ended(say, alert.card, reader, now)


def _closed_by(alert: Alert) -> Manager | None:
    by_id = alert.wait.closing.by_id if alert.wait.closing is not None else None
    known = (alert.card.closed_by, alert.card.holder)
    return next((one for one in known if one is not None and one.id == by_id), None)


def _keyboard(say: Say, alert: Alert, reader: Manager, now: datetime) -> Keyboard:
    """ "I take it" for everybody but who holds the client or stands in, then the usual ones.

    Whoever does not have the client yet takes it before promising anything.
    """
    # The newest message on it may be one that nobody waits for; the alert's wait is open.
    card = replace(alert.card, state=CardState.WAITING)
    usual = card_keyboard(say, card, reader, now)
    if alert.wait.kind is WaitKind.PROMISE:
        usual = _promise_keyboard(say, alert, reader)
    own = {one.id for one in (card.holder, card.stand_in) if one is not None}
    if reader.id in own or (is_free(card.holder) and reader.role is not Role.CHAT):
        return usual
    take_on = TakeOnButton(wait_id=alert.wait.id)
    first = [Button(say("I take it"), take_on, "success")]
    number = card.conversation.id
    hand_over = CardButton(deed=CardDeed.HAND_OVER, conversation_id=number)
    rest = [row for row in usual if all(one.data != hand_over for one in row)]
    if len(rest) < len(usual):
        first.append(Button(say("Hand over"), hand_over))
    return (tuple(first), *rest)


def _promise_keyboard(say: Say, alert: Alert, reader: Manager) -> Keyboard:
    card = alert.card
    if not may_act(reader, card.holder, stand_ins(card)):
        return ()

    def button(text: str, deed: PromiseDeed) -> Button:
        return Button(text, PromiseButton(deed=deed, wait_id=alert.wait.id))

    number = card.conversation.id
    history = Button(say("History"), CardButton(deed=CardDeed.HISTORY, conversation_id=number))
    why = Button(say("Why?"), WhyButton(message_id=card.message_id))
    kept = button(say("🤝 Kept"), PromiseDeed.KEPT)
    return ((kept, button(say("Withdraw"), PromiseDeed.ASK_WITHDRAW)), (history, why))


def _due(say: Say, alert: Alert, reader: Manager, now: datetime) -> Rich:
    if alert.wait.due_at is None or alert.wait.kind is WaitKind.PROMISE:
        return Rich()
    at = moment(say, alert.wait.due_at, now, zone_of(reader))
    left = capital(remaining(say, alert.remaining))
    sign = "❗" if alert.remaining <= timedelta() else "⏳"
    return Rich(say("{sign} {left} (answer by: {time})", sign=sign, left=left, time=at))


def _alert_name(say: Say, card: Card) -> Rich:
    name = client_name(card.conversation)
    return joined([Rich(name).styled("bold"), Rich(place_name(say, card.conversation))])


def _most_urgent(alerts: Sequence[Alert]) -> list[Alert]:
    """One for each wait; open ones first, by what remains."""
    newest = {
        one.wait.id: one for one in sorted(alerts, key=lambda one: one.remaining, reverse=True)
    }
    return sorted(
        newest.values(), key=lambda one: (one.wait.closing is not None, one.remaining, one.wait.id)
    )


def _line(
    say: Say, number: int, alert: Alert, reader: Manager, now: datetime, *, marked: bool
) -> Rich:
    card = alert.card
    name = f"{number}. {one_line(client_name(card.conversation), _LINE_NAME)}"
    if alert.wait.closing is not None:
        how = _how_it_ended(say, alert, reader, now).text.partition("\n")[0]
        return Rich(name).styled("strikethrough") + f" · {one_line(how, _LINE_END)}"
    if alert.wait.kind is WaitKind.PROMISE:
        name += " · " + say("🤝 Promised: {time}", time=due_of(say, alert.wait, reader, now))
    left = Rich(remaining(say, alert.remaining))
    if alert.remaining <= timedelta():
        left = left.styled("bold")
    free = card.holder is None or is_free(card.holder)
    who = say("nobody's yet") if free or card.holder is None else card.holder.name
    parts = [one_line(who, _LINE_HOLDER)]
    if alert.late and marked:
        parts.append(say("late"))
    return Rich(f"{name} · ") + left + "".join(f" · {one}" for one in parts)


def _numbered(number: int, alert: Alert, reader: Manager) -> Button:
    card = alert.card
    text = f"{number} · {one_line(client_name(card.conversation), _BUTTON_NAME)}"
    if may_act(reader, card.holder, stand_ins(card)):
        show = CardButton(deed=CardDeed.SHOW, conversation_id=card.conversation.id)
        return Button(text, show)
    return Button(f"✋ {text}", TakeOnButton(wait_id=alert.wait.id))
