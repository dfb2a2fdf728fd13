"""The rungs of a wait's ladder in words: when, whom they told, and how that went."""

from __future__ import annotations

from collections.abc import Iterator

from bot.reader import Reader
from bot.rich import Rich, one_line
from bot.stories import Story
from bot.texts import Say, mark
from inbox.ports import AlertState, RaisedAlert
from inbox.sla import PROMPT, Recipient
from inbox.why import Fate, RungStory

NAME_LIMIT = 80  # UTF-16 units
_RECIPIENTS = {
    Recipient.MANAGER: mark("who has the client"),
    Recipient.DEPUTY: mark("the deputy"),
    Recipient.HEAD: mark("the head"),
    Recipient.PERSON: mark("a person by name"),
    Recipient.CHAT: mark("the group chat"),
}


def rung_lines(story: Story, reader: Reader) -> Iterator[Rich]:
    """A line for each rung that told somebody, was left out, or is ahead."""
    say, told = reader.say, story.told
    if not told.rungs and told.wait.next_rung_at is None:
        return
    yield Rich(say("Alerts:"))
    for one in told.rungs:
        at = say("never") if one.at is None else reader.when(one.at)
        yield Rich(f"• {at} · {_said(story, one, reader)}")
    upcoming = told.wait.next_rung_at
    if upcoming is not None and all(one.fate is not Fate.AHEAD for one in told.rungs):
        yield Rich(say("• {time} · the next repeat", time=reader.when(upcoming)))


def _said(story: Story, one: RungStory, reader: Reader) -> str:
    say = reader.say
    match one.fate:
        case Fate.AHEAD:
            return say("{who}: still ahead", who=_recipient(say, one))
        case Fate.PASSED_OVER:
            return say("{who}: left out", who=_recipient(say, one))
        case Fate.RAISED:
            return ", ".join(_told(story, alert, reader) for alert in one.alerts)


def _recipient(say: Say, one: RungStory) -> str:
    if one.rung is None:
        return "?"
    return one_line(one.rung.name, NAME_LIMIT) or say(_RECIPIENTS[one.rung.notify])


def _told(story: Story, alert: RaisedAlert, reader: Reader) -> str:
    say = reader.say
    name = one_line(story.names.get(alert.manager_id, "?"), NAME_LIMIT)
    told_at = alert.told_at or alert.instant
    at = reader.beside(told_at, alert.instant)
    match alert.state:
        case AlertState.SHOWN if alert.digest_id is None and told_at - alert.instant < PROMPT:
            words = say("{name} told", name=name)
        case AlertState.SHOWN if alert.digest_id is not None:
            words = say("{name} told in a list {time}", name=name, time=at)
        case AlertState.SHOWN:
            words = say("{name} told {time}", name=name, time=at)
        case AlertState.MAILED:
            words = say("{name} told by mail {time}", name=name, time=at)
        case AlertState.CANCELLED:
            words = say("{name} not told: it had ended by {time}", name=name, time=at)
        case AlertState.FAILED:
            words = say("{name} could not be reached", name=name)
        case AlertState.QUEUED | AlertState.GATHERED:
            words = say("{name}: on its way", name=name)
    late = say("late: it could not be told at its time")
    return f"{words} ({late})" if alert.late else words
