"""Texts that leave the desk: to clients off hours, promises, quotes, and alerts by mail."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from bot.card_lines import EXCERPT_LIMIT, client_name
from bot.price_lists import money, within_words
from bot.rich import one_line
from bot.texts import Say, known_language, mark, speaker
from bot.wording import length, moment, remaining, zone_of
from inbox.model import InboundMessage, Manager
from inbox.ports import Alert
from inbox.work_records import Quote, QuoteState

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)
_COMMAND = re.compile(r"^/\w+(@\w+)?( \S+$)?", re.ASCII)  # in whatever language; with a payload
_ON = (
    mark("on Monday"),
    mark("on Tuesday"),
    mark("on Wednesday"),
    mark("on Thursday"),
    mark("on Friday"),
    mark("on Saturday"),
    mark("on Sunday"),
)
_MONTHS = (
    mark("January"),
    mark("February"),
    mark("March"),
    mark("April"),
    mark("May"),
    mark("June"),
    mark("July"),
    mark("August"),
    mark("September"),
    mark("October"),
    mark("November"),
    mark("December"),
)
HOUR = 60  # minutes
_TELLING = 4  # letters that say in which language somebody writes


class CatalogueLetters:
    """Implements inbox.ports.Letters from the catalogues. `language` is the studio's own."""

    def __init__(self, language: str) -> None:
        self._language = language

    def off_hours(
        self,
        language: str,
        opens_at: datetime,
        answer_by: datetime | None,
        *,
        now: datetime,
        zone: ZoneInfo,
    ) -> str:
        """See inbox.ports.Letters; instants are said in the zone, whose offset is named."""
        say = speaker(language)
        received = say("Hello! We have received your message.")
        opening = f"{_at(say, opens_at, now, zone)} ({_offset(opens_at, zone)})"
        if answer_by is None:
            said = say("We are closed now and open {time}.", time=opening)
        else:
            said = say(
                "We are closed now; we open {time} and will answer {deadline}.",
                time=opening,
                deadline=_by(say, answer_by, now=now, zone=zone, opens_at=opens_at),
            )
        return f"{received} {said}"

    def greeting(
        self,
        language: str,
        opens_at: datetime | None,
        usual: timedelta | None,
        *,
        now: datetime,
        zone: ZoneInfo,
        closes_at: datetime | None = None,
    ) -> str:
        """See inbox.ports.Letters; a time is rounded up, so that it holds for most."""
        say = speaker(language)
        lines = [say("Hello! Write to us here: a person of our team reads it and answers.")]
        if opens_at is not None:
            opening = f"{_at(say, opens_at, now, zone)} ({_offset(opens_at, zone)})"
            lines.append(say("We are closed now and open {time}.", time=opening))
            lines.append(say("You can write now: we will read it as soon as we open."))
        elif closes_at is not None:
            closing = _clock(closes_at, zone)
            lines.append(say("We are here today until {time}, our time.", time=closing))
        if usual is not None:
            lines.append(
                say("We usually answer {time} of working time.", time=_within(say, usual))
            )
        return "\n".join(lines)

    def correction(self, language: str, text: str) -> str:
        """See inbox.ports.Letters; the text stands at the end as it is."""
        say = speaker(language)
        words = say("A correction to our previous message:")
        return f"{words}\n\n{text}"

    def promise(self, language: str, due: datetime, now: datetime, zone: ZoneInfo) -> str:
        """See inbox.ports.Letters."""
        say = speaker(language)
        deadline = f"{_by(say, due, now=now, zone=zone)} ({_offset(due, zone)})"
        return say("We will come back to you with an answer {deadline}.", deadline=deadline)

    def quote(
        self, language: str, quote: Quote, *, now: datetime, zone: ZoneInfo, button: bool
    ) -> str:
        """See inbox.ports.Letters. It may be read on another day: dates are said in full."""
        say = speaker(language)
        lines = [
            f"{quote.title}: {money(say, quote.price, quote.currency)}",
            say("Deadline: {within} from your agreement.", within=within_words(say, quote.within)),
        ]
        if quote.due_at is not None:
            deadline = _by_date(say, quote.due_at, now, zone)
            lines.append(say("If you agree now, it will be done {deadline}.", deadline=deadline))
        lines.append(
            say("To order it, press “Agreed” below.")
            if button
            else say("To order it, answer with one word: “Agreed”.")
        )
        return "\n".join(lines)

    def agree(self, language: str) -> str:
        """See inbox.ports.Letters."""
        say = speaker(language)
        return say("Agreed")

    def settled(self, language: str, quote: Quote, zone: ZoneInfo) -> str:
        """See inbox.ports.Letters."""
        say = speaker(language)
        if quote.state is not QuoteState.AGREED:
            return say("This offer no longer stands.")
        if quote.due_at is None:
            return say("✅ Agreed.")
        deadline = _by_date(say, quote.due_at, quote.settled_at or quote.made_at, zone)
        return say("✅ Agreed. It will be done {deadline}.", deadline=deadline)

    def only_clients(self, language: str) -> str:
        """See inbox.ports.Letters."""
        say = speaker(language)
        return say("Only the client can agree here.")

    def task_done(self, language: str, title: str) -> str:
        """See inbox.ports.Letters."""
        say = speaker(language)
        return say("Done: {title}", title=title)

    def opening(self, language: str, opens_at: datetime, now: datetime, zone: ZoneInfo) -> str:
        """See inbox.ports.Letters; the zone's offset is named."""
        return f"{_at(speaker(language), opens_at, now, zone)} ({_offset(opens_at, zone)})"

    def alert(self, alert: Alert, to: Manager, why: str, now: datetime) -> tuple[str, str]:
        """See inbox.ports.Letters."""
        say = speaker(to.language)
        name = client_name(alert.card.conversation)
        subject = say("{name} waits for an answer", name=name)
        reasons = {
            "blocked": say("This comes by mail because the bot cannot write to you in Telegram."),
            "outage": say("This comes by mail because Telegram cannot be reached just now."),
        }
        due = alert.wait.due_at
        lines = [
            say(
                "{name} has waited {time} of working time",
                name=name,
                time=length(say, alert.elapsed),
            ),
            remaining(say, alert.remaining),
            ""
            if due is None
            else say("Answer by: {time}", time=moment(say, due, now, zone_of(to))),
            "",
            one_line(alert.card.message.text, EXCERPT_LIMIT),
            "",
            reasons.get(why, ""),
            say("Answer in Telegram, or from the mailbox: a reply to this letter reaches nobody."),
        ]
        return subject, "\n".join(lines)

    def language_of(self, message: InboundMessage) -> str:
        """Russian or English by the letters of the words, else the channel's word for the
        reader's language, else the studio's: many have their programs in another language than
        the one they write in."""
        words = _COMMAND.sub("", f"{message.subject or ''} {message.text}".strip())
        cyrillic, latin = len(_CYRILLIC.findall(words)), len(_LATIN.findall(words))
        if max(cyrillic, latin) >= _TELLING and cyrillic != latin:
            return "ru" if cyrillic > latin else "en"
        said = known_language(str(message.reply_context.get("language") or ""))
        return said or self._language


def _within(say: Say, usual: timedelta) -> str:
    """ "within 25 minutes", "within 3 hours": in fives up to an hour, then in whole hours."""
    minutes = -(-int(usual.total_seconds()) // 60)
    fives = max(1, -(-minutes // 5)) * 5
    if fives < HOUR:
        return say.many("within {number} minute", "within {number} minutes", fives)
    return say.many("within {number} hour", "within {number} hours", -(-minutes // HOUR))


def _at(say: Say, at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """ "today at 09:00", "tomorrow at 09:00", "on Monday, 4 May at 09:00"."""
    day, today, clock = _day(at, zone), _day(now, zone), _clock(at, zone)
    match (day - today).days:
        case 0:
            return say("today at {time}", time=clock)
        case 1:
            return say("tomorrow at {time}", time=clock)
        case _:
            return say("{on_day} at {time}", on_day=_on(say, day, today), time=clock)


def _by(
    say: Say, at: datetime, *, now: datetime, zone: ZoneInfo, opens_at: datetime | None = None
) -> str:
    """ "by 09:00" on the date of the opening, "by 09:00 tomorrow", "by 09:00 on Monday, 4 May"."""
    day, today, clock = _day(at, zone), _day(now, zone), _clock(at, zone)
    if opens_at is not None and day == _day(opens_at, zone):
        return say("by {time}", time=clock)
    match (day - today).days:
        case 0:
            return say("by {time} today", time=clock)
        case 1:
            return say("by {time} tomorrow", time=clock)
        case _:
            return say("by {time} {on_day}", time=clock, on_day=_on(say, day, today))


def _by_date(say: Say, at: datetime, now: datetime, zone: ZoneInfo) -> str:
    """ "by 09:00 on Monday, 4 May (UTC+3)", whatever day it is at `now`."""
    on_day = _on(say, _day(at, zone), _day(now, zone))
    words = say("by {time} {on_day}", time=_clock(at, zone), on_day=on_day)
    return f"{words} ({_offset(at, zone)})"


def _on(say: Say, day: date, today: date) -> str:
    """ "on Monday, 4 May", with the year where it is another."""
    month = say(_MONTHS[day.month - 1])
    words = say(
        "{on_weekday}, {day} {month}", on_weekday=say(_ON[day.weekday()]), day=day.day, month=month
    )
    return words if day.year == today.year else f"{words} {day.year}"


def _day(at: datetime, zone: ZoneInfo) -> date:
    return at.astimezone(zone).date()


def _clock(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%H:%M}"


def _offset(at: datetime, zone: ZoneInfo) -> str:
    """ "UTC+3", "UTC-3:30"."""
    offset = f"{at.astimezone(zone):%z}"
    sign, hours, minutes = offset[0], int(offset[1:3]), offset[3:5]
    return f"UTC{sign}{hours}" + (f":{minutes}" if minutes != "00" else "")
