"""Whether two contacts may be one person: the same phone, or the other's address in the text.

It is only ever suggested, never done by itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inbox.chat_records import Suggestion
from inbox.inbox import Inbox
from inbox.model import Conversation, Handle, InboundMessage, Nature
from inbox.noting import note
from inbox.ports import Transaction

PHONE, EMAIL = "phone", "email"
PEOPLES = frozenset({Nature.PERSON, Nature.THANKS})
PLACES_OF_MANY = frozenset({"telegram_group"})
LONGEST_READ = 10_000  # characters
AT_MOST = 20  # phones and addresses of one message
AFTER_THE_CARD = 2.0  # seconds

_BETWEEN = r"[^\S\n]?[().\u2010-\u2013-]?[^\S\n]?"  # two digits of a number
_RUSSIAN = rf"(?:\+?7|8)(?:{_BETWEEN}\d){{10}}"
_OTHER = rf"(?:\+|00)?\d(?:{_BETWEEN}\d){{6,16}}"
_PHONE = re.compile(rf"(?<![\w+])(?:{_RUSSIAN}|{_OTHER})(?!\w)")
_EMAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,63}")
_ABROAD = range(8, 16)  # digits of a number with its country (E.164)


def phones_in(text: str) -> Iterator[str]:
    """Phone numbers as E.164: with their country, or as they are written in Russia."""
    for found in _PHONE.finditer(text[:LONGEST_READ]):
        written = found[0]
        digits = "".join(one for one in written if one.isdecimal() and one.isascii())
        number = _e164(written, digits)
        if number is not None:
            yield number


def _e164(written: str, digits: str) -> str | None:
    if written.startswith("00"):
        written, digits = "+", digits[2:]
    if written.startswith("+"):
        wrong = digits.startswith("7") and len(digits) != 11
        return f"+{digits}" if len(digits) in _ABROAD and not wrong else None
    if len(digits) == 11 and digits[0] in "78":
        return f"+7{digits[1:]}"
    return f"+7{digits}" if len(digits) == 10 and digits[0] == "9" else None


def emails_in(text: str) -> Iterator[str]:
    """Mail addresses, case-folded."""
    return (found[0].casefold() for found in _EMAIL.finditer(text[:LONGEST_READ]))


async def suggest(
    inbox: Inbox, t: Transaction, conversation: Conversation, message: InboundMessage
) -> None:
    """Ask the holder about whoever else is known by a phone or address of the message; the phone
    that the sender shared is the sender's own where it is nobody's yet."""
    place = message.place
    if message.nature not in PEOPLES or (place is not None and place.kind in PLACES_OF_MANY):
        return
    own = conversation.contact
    shared = [one for one in message.known_as if one.kind == PHONE]
    if shared:
        await t.add_handles(own.id, shared)
    for handle, client, contact in await t.whose(_named(message, shared)):
        if client.id == conversation.client.id:
            continue
        reason, value, now = handle.kind, handle.address, inbox.clock.now()
        made = await t.suggest(Suggestion(own.id, contact.id, reason, value, now))
        if made is not None:
            text, cause = str(made.id), str(made.id)
            await note(
                inbox, t, conversation, "suggested", text, cause=cause, delay=AFTER_THE_CARD
            )


def _named(message: InboundMessage, shared: Iterable[Handle]) -> list[Handle]:
    found = [
        *shared,
        *(Handle(PHONE, one) for one in phones_in(message.text)),
        *(Handle(EMAIL, one) for one in emails_in(message.text)),
    ]
    return list(dict.fromkeys(found))[:AT_MOST]
