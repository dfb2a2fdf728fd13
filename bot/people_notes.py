"""What the desk says of people: who became one, who may be one, who cannot be reached, and what a
client changed after the answer."""

from __future__ import annotations

from dataclasses import dataclass

from bot import note_keeping, notes
from bot.buttons import Button
from bot.card_lines import NAME_LIMIT, client_name
from bot.cards import CardView
from bot.menu_buttons import (
    JoiningButton,
    JoiningDeed,
    SuggestionButton,
    SuggestionDeed,
)
from bot.quotes import agreed_view
from bot.rich import Rich, joined, one_line
from bot.texts import Say, mark, speaker
from bot.wording import reason
from inbox.chat_records import Joining, Suggestion
from inbox.errors import NoSuchRow
from inbox.inbox import Inbox
from inbox.model import Client, Contact, Conversation, Handle, Manager
from inbox.ports import Note, Transaction

QUOTE_LIMIT = 1500
HANDLES_SHOWN = 6
_KINDS = {
    "telegram": mark("Telegram"),
    "telegram_group": mark("a group in Telegram"),
    "telegram_business": mark("Telegram"),
    "phone": mark("phone"),
}
_UNREACHABLE = {
    "blocked": mark("🚫 {name} has blocked the bot: answers there do not arrive."),
    "deleted": mark("🚫 The Telegram account of {name} was deleted: answers there do not arrive."),
    "removed": mark("🚫 The bot was removed from the group of {name}: answers do not arrive."),
}
_FAILED = {
    "change_failed": mark(
        "⚠️ Your change did not reach the client, who still sees the message as it was: {reason}."
    ),
    "take_back_failed": mark(
        "⚠️ The message could not be taken back, the client still sees it: {reason}."
    ),
}


@dataclass(frozen=True, slots=True)
class Person:
    """A contact, and by which addresses it is known."""

    client: Client
    contact: Contact
    handles: tuple[Handle, ...]


async def note_view(
    inbox: Inbox, conversation: Conversation, words: Note, to: Manager
) -> CardView | Rich:
    """A note of any kind (inbox.jobs.ShowNote) in the reader's language."""
    say = speaker(to.language)
    match words.kind:
        case "edited" | "deleted":
            return _changed(say, conversation, words)
        case "unreachable":
            template = _UNREACHABLE.get(words.text, _UNREACHABLE["blocked"])
            return Rich(say(template, name=client_name(conversation)))
        case "change_failed" | "take_back_failed":
            return Rich(say(_FAILED[words.kind], reason=reason(say, words.text)))
        case "joined":
            found = await joining(inbox, _number(words.text))
            return joined_view(say, *found) if found is not None else _gone(say)
        case "suggested":
            pair = await suggestion(inbox, _number(words.text))
            return suggested_view(say, *pair) if pair is not None else _gone(say)
        case "noted" | "mentioned":
            return await note_keeping.note_view(inbox, conversation, words, to)
        case "agreed":
            return await _agreed(inbox, conversation, words, to)
        case _:
            return notes.colleague(say, conversation, words)


def _changed(say: Say, conversation: Conversation, words: Note) -> Rich:
    name = client_name(conversation)
    if words.kind == "edited":
        head = say("✏️ {name} changed a message that was answered. Before it said:", name=name)
    else:
        head = say(
            "🗑 {name} took back a message that was answered. It stays here for the studio.",
            name=name,
        )
    said, rest = Rich.foreign(words.text).cut(QUOTE_LIMIT)
    said = said + " …" if rest.text else said
    return joined([Rich(head).styled("bold"), said.styled("expandable_blockquote")])


async def joining(inbox: Inbox, joining_id: int) -> tuple[Joining, Person, Person] | None:
    """What was joined, who came, and who both are now; None where it is not known any more."""
    try:
        async with inbox.store.begin() as t:
            found = await t.joining(joining_id)
            if found is None:
                return None
            came = await _person(t, found.from_contact_id)
            return found, came, await _person(t, found.to_contact_id)
    except NoSuchRow:
        return None


async def suggestion(inbox: Inbox, suggestion_id: int) -> tuple[Suggestion, Person, Person] | None:
    """Two who may be one; None where one of them is not known any more."""
    try:
        async with inbox.store.begin() as t:
            found = await t.suggestion(suggestion_id)
            if found is None:
                return None
            one = await _person(t, found.contact_id)
            return found, one, await _person(t, found.other_id)
    except NoSuchRow:
        return None


async def _person(t: Transaction, contact_id: int) -> Person:
    client, contact = await t.contact(contact_id)
    known = await t.contacts_of_client(client.id)
    handles = tuple(handle for one, handle in known if one.id == contact_id)
    return Person(client, contact, handles)


def joined_view(
    say: Say, found: Joining, came: Person, now: Person, *, sure: bool = False
) -> CardView:
    """That a person's mail and Telegram are one client now; with `sure` the second question."""
    if found.by_id is None:
        head = say("🔗 {name} opened the personal link:", name=_name(now))
    else:
        head = say("🔗 Now one person:")
    moved = ", ".join(handle_words(say, one) for one in found.handles[:HANDLES_SHOWN])
    lines = [
        Rich(head).styled("bold"),
        Rich(say("{name} · now also {handles}", handles=moved, name=_name(now))),
    ]
    if found.split_at is not None:
        return CardView(joined([*lines, Rich(say("✂️ Split again."))]), ())
    if not sure:
        split = JoiningButton(deed=JoiningDeed.ASK, joining_id=found.id)
        return CardView(joined(lines), ((Button(say("Split"), split),),))
    lines.append(
        Rich(
            say(
                "Split? What was written from there goes back to {name}, as a client of its own.",
                name=_name(came),
            )
        )
    )
    yes = JoiningButton(deed=JoiningDeed.SPLIT, joining_id=found.id)
    no = JoiningButton(deed=JoiningDeed.LEAVE, joining_id=found.id)
    return CardView(
        joined(lines), ((Button(say("Split"), yes, "danger"), Button(say("Leave it"), no)),)
    )


def suggested_view(say: Say, found: Suggestion, one: Person, other: Person) -> CardView:
    """The question whether two are one, with both and what is the same."""
    value = one_line(found.value, NAME_LIMIT)
    same = {
        "phone": say("The same telephone number: {value}", value=value),
        "email": say("The same mail address: {value}", value=value),
    }
    lines = [
        Rich(say("👥 Is this the same person?")).styled("bold"),
        Rich(f"1. {_line(say, one)}"),
        Rich(f"2. {_line(say, other)}"),
        Rich(same.get(found.reason, value)),
        Rich(say("Nothing is joined unless you say so.")).styled("italic"),
    ]
    yes = SuggestionButton(deed=SuggestionDeed.SAME, suggestion_id=found.id)
    no = SuggestionButton(deed=SuggestionDeed.OTHER, suggestion_id=found.id)
    row = (Button(say("Same person"), yes, "success"), Button(say("Not the same"), no))
    return CardView(joined(lines), (row,))


def _line(say: Say, person: Person) -> str:
    shown = [handle_words(say, one) for one in person.handles[:HANDLES_SHOWN]]
    return " · ".join([_name(person), *dict.fromkeys(shown)])


def _name(person: Person) -> str:
    """The contact, and the client where it is called otherwise."""
    contact = one_line(person.contact.name, NAME_LIMIT)
    client = one_line(person.client.name, NAME_LIMIT)
    return contact if contact == client or not client else f"{contact or '?'} ({client})"


def handle_words(say: Say, handle: Handle) -> str:
    """An address, or by which way there is one, where it says nothing to a reader."""
    address = one_line(handle.address, NAME_LIMIT)
    match handle.kind:
        case "email":
            return address
        case "telegram_name":
            return f"@{address}"
        case "phone":
            return address
        case kind:
            return say(_KINDS[kind]) if kind in _KINDS else address


async def _agreed(
    inbox: Inbox, conversation: Conversation, words: Note, to: Manager
) -> CardView | Rich:
    """That the client agreed to a quote, with the way to the task."""
    say, name = speaker(to.language), client_name(conversation)
    async with inbox.store.begin() as t:
        quote = await t.quote(_number(words.text))
    if quote is None:
        return Rich(say("This offer no longer stands."))
    return agreed_view(say, name, quote, to, inbox.clock.now())


def _gone(say: Say) -> Rich:
    return Rich(say("This person is not known any more."))


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() else 0
