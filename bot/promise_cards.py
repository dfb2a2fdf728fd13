"""Promises in words and buttons: on cards, in their alerts, and once they are made."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.buttons import Button, Keyboard, PromiseButton, PromiseDeed
from bot.rich import Rich, one_line
from bot.texts import Say
from bot.wording import length, moment, rounded_up, zone_of
from inbox.model import Manager, Outcome, Wait
from inbox.ports import Alert

MOST = 3  # promises on a card, the earliest; one conversation rarely has two
_NAME = 80  # UTF-16 units


def promise_lines(say: Say, promises: Sequence[Wait], reader: Manager, now: datetime) -> Rich:
    """What is promised, the earliest first."""
    lines = [_line(say, due_of(say, one, reader, now)) for one in promises[:MOST]]
    more = len(promises) - MOST
    if more > 0:
        lines.append(say.many("and {number} more promise", "and {number} more promises", more))
    return Rich("\n".join(lines))


def promise_rows(say: Say, promises: Sequence[Wait], reader: Manager, now: datetime) -> Keyboard:
    """A row for each; where there are several the buttons say which one they mean."""
    shown = promises[:MOST]
    return tuple(
        _row(say, one, due_of(say, one, reader, now) if len(shown) > 1 else "") for one in shown
    )


def due_of(say: Say, promise: Wait, reader: Manager, now: datetime) -> str:
    """By when, in the reader's zone."""
    return "" if promise.due_at is None else moment(say, promise.due_at, now, zone_of(reader))


def promise_headline(say: Say, alert: Alert, name: str, reader: Manager, now: datetime) -> str:
    """The first line of a promise's alert: a reminder before its time, a warning behind it."""
    due = alert.wait.due_at
    if due is None or now < due:
        return say(
            "🤝 You promised {name} an answer by {time}: {left} left",
            name=name,
            time=due_of(say, alert.wait, reader, now),
            left=length(say, rounded_up(alert.remaining)),
        )
    return say(
        "❗ The promise to {name} is overdue by {time}",
        name=name,
        time=length(say, alert.remaining),
    )


def promise_ended(
    say: Say, promise: Wait, by: Manager | None, reader: Manager, now: datetime
) -> str:
    """What has become of a promise."""
    due, who = due_of(say, promise, reader, now), one_line(by.name, _NAME) if by else ""
    outcome = promise.closing.outcome if promise.closing is not None else None
    if outcome is Outcome.WITHDRAWN:
        words = say("☑️ The promise (by {time}) was withdrawn", time=due)
    else:
        words = say("✅ The promise (by {time}) was kept", time=due)
    return f"{words} · {who}" if who else words


def _line(say: Say, due: str) -> str:
    return say("🤝 Promised: {time}", time=due)


def _row(say: Say, promise: Wait, due: str) -> tuple[Button, ...]:
    def button(text: str, deed: PromiseDeed) -> Button:
        return Button(f"{text}: {due}" if due else text, PromiseButton(deed=deed, wait_id=number))

    number = promise.id
    return (
        button(say("🤝 Kept"), PromiseDeed.KEPT),
        button(say("Withdraw"), PromiseDeed.ASK_WITHDRAW),
    )
