"""What a message was taken for, in words: why it waits for an answer or not."""

from __future__ import annotations

from collections.abc import Callable

from bot.rich import Rich, joined, one_line
from bot.texts import Say, mark
from inbox.corrections import CORRECTED, REMEMBERED
from inbox.model import Nature
from inbox.ports import Card, CardState
from inbox.thanks import THANKED

_NAME_LIMIT = 80  # UTF-16 units
_QUIET = {
    Nature.PERSON: mark("earlier than the last answer, no reply is awaited"),
    Nature.THANKS: mark("only thanks, no reply is awaited"),
    Nature.EDIT: mark("an edit, no reply is awaited"),
    Nature.AUTOMATIC: mark("an automatic message, no reply is awaited"),
    Nature.NEWSLETTER: mark("a newsletter, no reply is awaited"),
    Nature.BOUNCE: mark("a mail server's report, no reply is awaited"),
    Nature.OWN: mark("written by the studio itself"),
    Nature.ECHO: mark("sent by the studio itself"),
    Nature.SERVICE: mark("a service message, no reply is awaited"),
}
_CLASSES = {
    Nature.PERSON: mark("a person's message"),
    Nature.THANKS: mark("thanks for an answer"),
    Nature.EDIT: mark("an edit of an earlier message"),
    Nature.AUTOMATIC: mark("an automatic message"),
    Nature.NEWSLETTER: mark("a newsletter"),
    Nature.BOUNCE: mark("a mail server's report"),
    Nature.OWN: mark("written by the studio itself"),
    Nature.ECHO: mark("sent by the studio itself"),
    Nature.SERVICE: mark("a service message"),
}
_STATES = {
    CardState.WAITING: mark("An answer is awaited."),
    CardState.ANSWERED: mark("It was answered."),
    CardState.DISMISSED: mark("It needs no answer any more."),
    CardState.QUIET: mark("No answer is awaited."),
}


def quiet(say: Say, card: Card) -> str:
    """Why nobody waits for an answer to this message."""
    words = say(_QUIET[card.message.nature])
    why = reason(say, card.message.nature_reason)
    return f"{words} ({why})" if why else words


def reason(say: Say, code: str) -> str:
    """A nature's reason: what a manager said, in words; a mail's own signal as it is."""
    kind, _, about = code.partition(":")
    shown = one_line(about, _NAME_LIMIT)
    said: dict[str, Callable[[], str]] = {
        CORRECTED: lambda: say("{name} said so", name=shown),
        REMEMBERED: lambda: say("it was said of {sender} before", sender=shown),
        "opened the chat": lambda: say("the client has opened the chat"),
        "edited": lambda: "",  # no more than the nature says
        THANKED: lambda: "",
        "own account": lambda: say("in a member's own account"),
        "linked channel": lambda: say("Telegram passed it on from the linked channel"),
        "own address": lambda: say("from an address of the studio"),
        "there before the first run": lambda: say("it was there before the first run"),
    }
    found = said.get(kind)
    return found() if found is not None else one_line(code, _NAME_LIMIT)


def why(say: Say, card: Card) -> Rich:
    """What the message was taken for and by what sign, and what came of it."""
    message, placing = card.message, card.placing
    lines = [Rich(_classed(say, message.nature, message.nature_reason)).styled("bold")]
    if placing.first is not None:
        first = _classed(say, *placing.first)
        lines.append(Rich(say("At first it was taken for: {what}", what=first)))
    if placing.guessed:
        lines.append(Rich(say("Joined to this conversation by its sender and subject: a guess.")))
    if placing.held:
        lines.append(Rich(say("Shown in the daily list of newsletters.")))
    lines.append(Rich(say(_STATES.get(card.state, _STATES[CardState.WAITING]))))
    return joined(lines)


def _classed(say: Say, nature: Nature, code: str) -> str:
    words = say(_CLASSES[nature])
    said = reason(say, code)
    whole = f"{words}: {said}" if said else words
    return whole[:1].upper() + whole[1:]
