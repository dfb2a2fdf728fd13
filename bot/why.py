"""Why a wait stands as it does, in plain words, in the reader's language and zone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import TypeVar

from bot.deeds import change_words, deed_words
from bot.reader import Reader
from bot.rich import MESSAGE_LIMIT, Rich, joined, one_line
from bot.rung_words import rung_lines
from bot.stories import Story
from bot.texts import Say
from inbox.calendars import STUDIO
from inbox.model import Closing, Outcome, WaitKind
from inbox.policies import NEWCOMER
from inbox.ports import Deed
from inbox.why import CountedDay, Special, SpecialDays

ENDS = 5  # lines of a long list shown at its beginning, and as many at its end
NAME_LIMIT = 80  # UTF-16 units
EXCERPT_LIMIT = 120
_TOLD_APART = {Deed.OPENED, Deed.CLOSED, Deed.ALERTED}  # they have lines of their own
_SECOND = timedelta(seconds=1)

T = TypeVar("T")


def why_waits(story: Story, reader: Reader, limit: int = MESSAGE_LIMIT) -> Rich:
    """The whole explanation, line by line, within `limit` UTF-16 units: one message."""
    parts: tuple[Callable[[Story, Reader], Iterator[Rich]], ...] = (
        _begin,
        _calendars,
        _counted,
        _special,
        _target,
        rung_lines,
        _log,
        _end,
    )
    lines = [line for part in parts for line in part(story, reader)]
    lines.append(Rich(f"№ {story.conversation.id}"))
    return within(lines, limit)


def within(lines: Sequence[Rich], limit: int) -> Rich:
    """All lines, or where they are too long for `limit` UTF-16 units, without those in the
    middle."""
    whole = joined(lines)
    head, tail = list(lines[: len(lines) // 2]), list(lines[len(lines) // 2 :])
    while whole.units > limit and len(head) + len(tail) > 1:
        if len(head) > len(tail):
            head.pop()
        else:
            tail.pop(0)
        whole = joined([*head, Rich("…"), *tail])
    return whole


def _begin(story: Story, reader: Reader) -> Iterator[Rich]:
    say, wait = reader.say, story.wait
    since = reader.when(wait.started_at)
    name = one_line(story.conversation.client.name, NAME_LIMIT)
    if wait.kind is WaitKind.PROMISE:
        yield Rich(say("{name}: a promise, made {time}", name=name, time=since)).styled("bold")
        return
    words = (
        say("{name} has waited since {time}", name=name, time=since)
        if wait.closing is None
        else say("{name} waited from {time} on", name=name, time=since)
    )
    yield Rich(words).styled("bold")
    if story.began_by is not None and story.began_by.text.strip():
        yield Rich(one_line(story.began_by.text, EXCERPT_LIMIT)).styled("italic")


def _calendars(story: Story, reader: Reader) -> Iterator[Rich]:
    say = reader.say
    for number, turn in enumerate(story.told.turns):
        name = _calendar_name(say, turn.calendar.name)
        differs = turn.zone.key != reader.zone.key
        named = f"{name} ({turn.zone.key})" if differs else name
        if number:
            since = reader.when(turn.since)
            yield Rich(say("Since {time} by {calendar}", time=since, calendar=named))
        else:
            yield Rich(say("Counted by {calendar}", calendar=named))


def _calendar_name(say: Say, name: str) -> str:
    if name == STUDIO:
        return say("the studio's calendar")
    return say("the calendar “{name}”", name=one_line(name, NAME_LIMIT))


def _counted(story: Story, reader: Reader) -> Iterator[Rich]:
    say, told = reader.say, story.told
    if told.days:
        yield Rich(say("Working time counted: {time}", time=reader.exact(told.counted)))
        yield from _cut(
            told.days,
            lambda day: _day_line(reader, day),
            lambda days: _more_days(reader, days),
        )
    elif told.wait.closing is not None:
        yield Rich(say("No working time ran: all of it lay off hours"))
    if told.opens_at is not None:
        words = say("The clock stands still until {time}", time=reader.when(told.opens_at))
        yield Rich(words)


def _day_line(reader: Reader, day: CountedDay) -> Rich:
    date = reader.day(day.spans[0][0].astimezone(reader.zone).date())
    spans = ", ".join(f"{reader.clock(a)}-{reader.clock(b)}" for a, b in day.spans)
    return Rich(f"• {date} {spans} · {reader.exact(day.time)}")


def _more_days(reader: Reader, days: Sequence[CountedDay]) -> Rich:
    total = reader.exact(sum((one.time for one in days), timedelta()))
    words = reader.say.many(
        "… and {number} more day, {time}",
        "… and {number} more days, {time}",
        len(days),
        time=total,
    )
    return Rich(words)


def _cut(
    items: Sequence[T], line: Callable[[T], Rich], more: Callable[[Sequence[T]], Rich]
) -> Iterator[Rich]:
    """A line for each, those in the middle of many in one."""
    if len(items) <= 2 * ENDS + 1:
        yield from map(line, items)
        return
    yield from map(line, items[:ENDS])
    yield more(items[ENDS:-ENDS])
    yield from map(line, items[-ENDS:])


def _special(story: Story, reader: Reader) -> Iterator[Rich]:
    say = reader.say
    if not story.told.special:
        return
    yield Rich(say("Days that are not as usual:"))
    yield from _cut(
        story.told.special,
        lambda days: _special_line(reader, days),
        lambda many: _more_special(reader, many),
    )


def _special_line(reader: Reader, days: SpecialDays) -> Rich:
    say, dates = reader.say, reader.dates(days.first, days.last)
    words = {
        Special.WEEKEND: say("closed every week"),
        Special.DAY_OFF: say("day off"),
        Special.OWN_HOURS: say("other hours"),
    }[days.why]
    name = one_line(say.said(days.name), NAME_LIMIT)
    return Rich(f"• {dates}: {words}{f' ({name})' if name else ''}")


def _more_special(reader: Reader, many: Sequence[SpecialDays]) -> Rich:
    count = sum(one.count for one in many)
    return Rich(reader.say.many("… and {number} more day", "… and {number} more days", count))


def _target(story: Story, reader: Reader) -> Iterator[Rich]:
    say, told, wait = reader.say, story.told, story.wait
    if wait.kind is WaitKind.REPLY:
        target = reader.exact(wait.reply_within)
        words = say("Answer within {time} of working time", time=target)
        yield Rich(f"{words}: {_level(say, wait.policy, first=wait.first)}")
    if wait.due_at is None:
        yield Rich(say("Nothing is due: the calendar has no working time ahead"))
        return
    yield Rich(say("Due: {time}", time=reader.when(wait.due_at)))
    if wait.closing is None and told.left is not None:
        left = reader.exact(-(-told.left // _SECOND) * _SECOND)
        over = told.left < timedelta()
        words = say("{time} overdue", time=left) if over else say("{time} left", time=left)
        yield Rich(words[:1].upper() + words[1:])


def _level(say: Say, policy: str, *, first: bool) -> str:
    """From which level of the settings the target came."""
    _, kind, name = (*policy.split(".", 2), "", "")[:3]
    which = say("a first answer") if first else say("a later answer")
    if policy == NEWCOMER:
        return say("for people who never wrote before")
    match kind:
        case "tiers":
            return say("for clients “{name}”, {answer}", name=name, answer=which)
        case "channels":
            return say("for the channel {name}, {answer}", name=name, answer=which)
        case _:
            return say("as usual, {answer}", answer=which)


def _log(story: Story, reader: Reader) -> Iterator[Rich]:
    logged = [line for line in story.told.log if line.entry.deed not in _TOLD_APART]
    taken = {(one.entry.at, one.entry.by_id) for one in logged if one.entry.deed is Deed.TAKEN_ON}
    # Whoever takes a wait on gets the client by it: one deed, one line.
    lines = [
        one
        for one in logged
        if one.entry.deed is not Deed.ASSIGNED or (one.entry.at, one.entry.by_id) not in taken
    ]
    if lines:
        yield Rich(reader.say("What was done:"))
    for line in lines:
        parts = (
            reader.when(line.entry.at),
            deed_words(reader.say, line.entry.deed),
            one_line(line.by, NAME_LIMIT),
            change_words(reader, line),
        )
        yield Rich("• " + " · ".join(filter(None, parts)))


def _end(story: Story, reader: Reader) -> Iterator[Rich]:
    say, told, closing = reader.say, story.told, story.wait.closing
    if closing is None:
        return
    words = _closing_words(story, closing, reader)
    took = say("after {time} of working time", time=reader.exact(closing.business))
    yield Rich(f"{words}, {took}").styled("bold")
    if closing.note:
        yield Rich(one_line(closing.note, EXCERPT_LIMIT)).styled("italic")
    if closing.outcome in {Outcome.ANSWERED, Outcome.PHONED, Outcome.KEPT}:
        yield Rich(_judged(story, closing, reader))
    elif closing.outcome in {Outcome.DISMISSED, Outcome.CLOSED_UNANSWERED}:
        yield Rich(say("It does not count in the median of answers"))
    if told.corrected:
        words = say(
            "The calendar was changed after that: today {time} would be counted. What has ended "
            "keeps its time.",
            time=reader.exact(told.counted),
        )
        yield Rich(words)


def _closing_words(story: Story, closing: Closing, reader: Reader) -> str:
    say, at = reader.say, reader.when(closing.at)
    who = one_line(story.names.get(closing.by_id or 0, ""), NAME_LIMIT) or say("somebody")
    match closing.outcome:
        case Outcome.ANSWERED if closing.elsewhere:
            return say("{name} answered {time}, not through Okno", name=who, time=at)
        case Outcome.ANSWERED:
            return say("{name} answered {time}", name=who, time=at)
        case Outcome.PHONED:
            return say("{name} answered by phone {time}", name=who, time=at)
        case Outcome.DISMISSED:
            return say("{name} said {time} that no reply is needed", name=who, time=at)
        case Outcome.CLOSED_UNANSWERED:
            return say("Closed {time} without an answer", time=at)
        case Outcome.KEPT:
            return say("{name} kept the promise {time}", name=who, time=at)
        case Outcome.WITHDRAWN:
            return say("{name} withdrew the promise {time}", name=who, time=at)


def _judged(story: Story, closing: Closing, reader: Reader) -> str:
    say, wait = reader.say, story.wait
    over = closing.business // _SECOND * _SECOND - wait.reply_within
    if closing.within_target and over == timedelta() and wait.kind is WaitKind.REPLY:
        return say("Within the target: exactly the target is within it")
    if closing.within_target:
        return say("Within the target: {time} were left", time=reader.exact(over))
    return say("Later than the target: {time} over", time=reader.exact(over))
