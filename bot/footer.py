"""The lines at the end of a card: what is due or what has become of it, and who holds it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.buttons import is_free
from bot.classes import quiet
from bot.promise_cards import promise_lines
from bot.rich import Rich, joined, one_line
from bot.texts import Say
from bot.wording import date_words, length, moment, remaining, zone_of
from inbox.model import Manager, Outcome, Wait
from inbox.ports import Card, CardState

_NAME_LIMIT = 80  # UTF-16 units
_NOTE_LIMIT = 300


def footer(
    say: Say, card: Card, reader: Manager, now: datetime, elapsed: timedelta | None = None
) -> Rich:
    """The footer; with `elapsed` business time it says how much has run and is left (rule 21)."""
    lines = [promise_lines(say, card.promises, reader, now)]
    match card.state:
        case CardState.QUIET:
            lines.insert(0, Rich("💤 " + capital(quiet(say, card))))
        case CardState.ANSWERED | CardState.DISMISSED:
            lines.insert(0, ended(say, card, reader, now))
        case _:
            run = _run(say, card.wait, elapsed)
            lines = [_awaited(say, card.wait, reader, now), run, *lines]
            lines.append(Rich(holder_line(say, card, reader, now)))
    return joined(lines)


def ended(say: Say, card: Card, reader: Manager, now: datetime) -> Rich:
    """How the wait ended, by whom and after how long."""
    closing = card.wait.closing if card.wait else None
    line = Rich(_ended(say, card, reader, now))
    if closing is None or not closing.note:
        return line
    return joined([line, Rich(one_line(closing.note, _NOTE_LIMIT)).styled("italic")])


def holder_line(say: Say, card: Card, reader: Manager, now: datetime) -> str:
    """Who holds the client, until when that member is away, and who stands in."""
    holder = card.holder
    if holder is None or is_free(holder):
        return say("Nobody has taken this client yet")
    name = one_line(holder.name, _NAME_LIMIT)
    absence = holder.away(now)
    if absence is None:
        return say("👤 With {name}", name=name)
    away = _away(say, absence.until, reader, now)
    if card.stand_in is None:
        return say("👤 With {name} ({away})", name=name, away=away)
    if card.stand_in.id == reader.id:
        return say("👤 With {name} ({away}); you stand in", name=name, away=away)
    other = one_line(card.stand_in.name, _NAME_LIMIT)
    return say("👤 With {name} ({away}); {other} stands in", name=name, away=away, other=other)


def capital(text: str) -> str:
    """A sentence begins with a capital letter."""
    return text[:1].upper() + text[1:]


def _away(say: Say, until: datetime, reader: Manager, now: datetime) -> str:
    """The last day on which somebody is away; the time where it ends within a day."""
    zone = zone_of(reader)
    local = until.astimezone(zone)
    if local.time() == time():
        last = local.date() - timedelta(days=1)
        today = now.astimezone(zone).date()
        if last == today:
            return say("away today")
        day = date_words(say, last, today)
        return say("away through {date}", date=day)
    return say("away until {time}", time=moment(say, until, now, zone))


def _run(say: Say, wait: Wait | None, elapsed: timedelta | None) -> Rich:
    if wait is None or elapsed is None:
        return Rich()
    left = remaining(say, wait.reply_within - elapsed)
    return Rich(say("⏱ {time} have run, {left}", time=length(say, elapsed), left=left))


def _awaited(say: Say, wait: Wait | None, reader: Manager, now: datetime) -> Rich:
    if wait is None:
        return Rich()
    if wait.due_at is None:
        return Rich(say("⏳ An answer is awaited; no working hours lie ahead"))
    at = moment(say, wait.due_at, now, zone_of(reader))
    if now > wait.due_at:
        return Rich(say("❗ An answer was due: {time}", time=at)).styled("bold")
    return Rich(say("⏳ Answer by: {time}", time=at))


def _ended(say: Say, card: Card, reader: Manager, now: datetime) -> str:
    who = one_line(card.closed_by.name, _NAME_LIMIT) if card.closed_by else ""
    closing = card.wait.closing if card.wait else None
    outcome = closing.outcome if closing is not None else None
    if outcome is Outcome.CLOSED_UNANSWERED:
        return say("❌ The answer did not arrive")
    if outcome is Outcome.DISMISSED or (closing is None and card.state is CardState.DISMISSED):
        at = moment(say, closing.at, now, zone_of(reader)) if closing else ""
        return " · ".join(part for part in (say("☑️ No reply needed"), who, at) if part)
    if closing is None or card.wait is None:
        return say("✅ Answered by {name}", name=who) if who else say("✅ Answered")
    if closing.elsewhere:
        at = moment(say, closing.at, now, zone_of(reader))
        by_mail = card.conversation.channel_id.startswith("email")
        words = (
            say("✅ Answered from mail: {time}", time=at)
            if by_mail
            else say("✅ Answered in the client's chat: {time}", time=at)
        )
        return f"{words} · {who}" if who else words
    return _answered(say, card.wait, who)


def _answered(say: Say, wait: Wait, who: str) -> str:
    closing = wait.closing
    if closing is None:
        return say("✅ Answered")
    took = length(say, closing.business)
    match closing.outcome, bool(who):
        case Outcome.PHONED, True:
            words = say("📞 Answered by phone by {name} after {time}", name=who, time=took)
        case Outcome.PHONED, _:
            words = say("📞 Answered by phone after {time}", time=took)
        case _, True:
            words = say("✅ Answered by {name} after {time}", name=who, time=took)
        case _:
            words = say("✅ Answered after {time}", time=took)
    if closing.within_target:
        return words
    late = say("{time} overdue", time=length(say, closing.business - wait.reply_within))
    return f"{words} · {late}"
