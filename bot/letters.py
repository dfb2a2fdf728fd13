"""Texts that leave the desk: to clients off hours, promises, and alerts that go by mail."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.cards import EXCERPT_LIMIT, client_name
from bot.rich import one_line
from bot.texts import Say, known_language, speaker
from bot.wording import length, moment, remaining, zone_of
from inbox.model import InboundMessage, Manager
from inbox.ports import Alert

_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_LATIN = re.compile("[a-z]", re.IGNORECASE)


class CatalogueLetters:
    """Implements inbox.ports.Letters from the catalogues. `language` is the studio's own."""

    def __init__(self, language: str) -> None:
        self._language = language

    def off_hours(
        self, language: str, opens_at: datetime, answer_by: datetime | None, zone: ZoneInfo
    ) -> str:
        """See inbox.ports.Letters; instants are said in the zone, whose offset is named."""
        say = speaker(language)
        words = say(
            "Thank you, your message has arrived. We are closed now and open again {time}.",
            time=_said(say, opens_at, opens_at, zone),
        )
        if answer_by is None:
            return words
        promised = say(
            "You will have an answer by {time}.", time=_said(say, answer_by, None, zone)
        )
        return f"{words} {promised}"

    def promise(self, language: str, due: datetime, now: datetime, zone: ZoneInfo) -> str:
        """See inbox.ports.Letters."""
        say = speaker(language)
        return say("We will come back to you by {time}.", time=_said(say, due, now, zone))

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
        """The channel's word, else Russian or English by the letters, else the studio's."""
        said = known_language(str(message.reply_context.get("language") or ""))
        if said is not None:
            return said
        words = f"{message.subject or ''} {message.text}"
        cyrillic, latin = len(_CYRILLIC.findall(words)), len(_LATIN.findall(words))
        if cyrillic == latin:
            return self._language
        return "ru" if cyrillic > latin else "en"


def _said(say: Say, at: datetime, now: datetime | None, zone: ZoneInfo) -> str:
    offset = f"{at.astimezone(zone):%z}"
    hours, minutes = offset[:3], offset[3:]
    named = f"UTC{int(hours):+d}" + (f":{minutes}" if minutes != "00" else "")
    return f"{moment(say, at, now or at, zone)} ({named})"
