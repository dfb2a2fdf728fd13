"""Lines of a card beside the client's own words: where from, by whom, in answer to what, and what
became of it at the client's side."""

from __future__ import annotations

from datetime import datetime

from bot.rich import Rich, joined, one_line
from bot.texts import Say, mark
from bot.wording import moment, unreachable, zone_of
from inbox.collisions import SHOWN_FOR
from inbox.model import Conversation, Manager, Nature, Reference, ReferenceKind
from inbox.ports import Card, CardState

NAME_LIMIT = 80  # UTF-16 units, as all limits here
SUBJECT_LIMIT = 200
EXCERPT_LIMIT = 300
REFERRED_LIMIT = 300
GROUP = "telegram_group"
OWN_ACCOUNT = "telegram_business"

_IN_ANSWER = {
    ReferenceKind.OURS: mark("↩️ In answer to our message"),
    ReferenceKind.THEIRS: mark("↩️ In answer to {name}"),
    ReferenceKind.ELSEWHERE: mark("↩️ In answer to {name} in another chat"),
    ReferenceKind.STORY: mark("↩️ In answer to a story of {name}"),
}
_NAMELESS = {
    ReferenceKind.THEIRS: mark("↩️ In answer to an earlier message"),
    ReferenceKind.ELSEWHERE: mark("↩️ In answer to a message in another chat"),
    ReferenceKind.STORY: mark("↩️ In answer to a story"),
}


def client_name(conversation: Conversation) -> str:
    """The client, and the contact where the name says more."""
    client = one_line(conversation.client.name, NAME_LIMIT) or f"№ {conversation.client.id}"
    contact = one_line(conversation.contact.name, NAME_LIMIT)
    if not contact or contact.casefold() == client.casefold():
        return client
    return f"{client} · {contact}"


def channel_name(say: Say, channel_id: str) -> str:
    """ "✉️ Mail info" for "email:info"; a kind without a word of its own as it is."""
    kind, _, name = channel_id.partition(":")
    match kind:
        case "telegram":
            words = say("💬 Telegram")
        case "email":
            words = say("✉️ Mail")
        case _:
            words = kind
    return f"{words} {name}".strip()


def place_name(say: Say, conversation: Conversation, channel_id: str = "") -> str:
    """The channel; of Telegram also whether it is a group or a member's own account."""
    match conversation.recipient.kind:
        case "telegram_group":
            return say("👥 Telegram, a group")
        case "telegram_business":
            return say("💼 Telegram, an own account")
        case _:
            return channel_name(say, channel_id or conversation.channel_id)


def channel_line(say: Say, card: Card, now: datetime, reader: Manager) -> str:
    """By which way and when it was sent, in the reader's zone."""
    sent = moment(say, card.message.sent_at, now, zone_of(reader))
    return f"{_way(say, card, reader)} · {sent}"


def _way(say: Say, card: Card, reader: Manager) -> str:
    recipient, message = card.conversation.recipient, card.message
    if recipient.kind == GROUP and (title := one_line(message.peer_name, NAME_LIMIT)):
        return say("👥 Telegram, the group {title}", title=title)
    if recipient.kind != OWN_ACCOUNT:
        return place_name(say, card.conversation)
    owner_id = recipient.address.partition(":")[0]
    if str(reader.telegram_id) == owner_id:
        return say("💼 Telegram, your own account")
    people = (card.holder, card.stand_in, card.handed_by, card.closed_by)
    owner = next((one for one in people if one and str(one.telegram_id) == owner_id), None)
    if owner is None:
        return place_name(say, card.conversation)
    return say("💼 Telegram, the account of {name}", name=one_line(owner.name, NAME_LIMIT))


def address_lines(say: Say, card: Card) -> list[Rich]:
    """Who wrote and who gets the answer, where that is another than the conversation's own."""
    message, lines = card.message, []
    if message.sender not in {card.conversation.recipient, message.peer}:
        name = one_line(message.sender_name, NAME_LIMIT)
        address = one_line(message.sender.address, NAME_LIMIT)
        if name and message.sender.kind.startswith("telegram"):
            address = ""  # a number, which says nothing to anybody
        who = name or address if address in {"", name} else f"{name} ({address})".strip()
        lines.append(Rich(say("🗣 Written by {name}", name=who)))
    if message.answers_to:
        to = one_line(", ".join(message.answers_to), SUBJECT_LIMIT)
        lines.append(Rich(say("↩️ An answer goes to {name}", name=to)))
    return lines


def passed_on(say: Say, card: Card) -> Rich:
    """Whose words they are, where the sender only passed them on."""
    message = card.message
    if message.passed_on:
        words = say("↪ Forwarded from {name}", name=one_line(message.passed_on, NAME_LIMIT))
        return Rich(words).styled("italic")
    if message.forwarded is None:
        return Rich()
    if message.nature is not Nature.OWN:
        return Rich(say("📨 Passed on by a colleague")).styled("italic")
    name = one_line(message.forwarded_name, NAME_LIMIT)
    address = one_line(message.forwarded.address, NAME_LIMIT)
    who = name if name == address else f"{name} · {address}"
    words = say("📨 Passed on by a colleague; it seems to be from {sender}", sender=who)
    return Rich(words).styled("italic")


def referred(say: Say, reference: Reference | None) -> Rich:
    """What the message answers: the quoted part, else its beginning; folded."""
    if reference is None:
        return Rich()
    name = one_line(reference.author, NAME_LIMIT)
    if name or reference.kind not in _NAMELESS:
        words = say(_IN_ANSWER[reference.kind], name=name)
    else:
        words = say(_NAMELESS[reference.kind])
    text, rest = Rich.foreign(reference.quote or reference.text).cut(REFERRED_LIMIT)
    beginning = Rich(text.text + (" …" if rest.text else ""))
    return joined([Rich(words).styled("italic"), beginning.styled("expandable_blockquote")])


def changed(say: Say, card: Card, reader: Manager, now: datetime) -> Rich:
    """That the client changed the message since, or took it back."""
    lines: list[Rich] = []
    if card.edited_at is not None:
        at = moment(say, card.edited_at, now, zone_of(reader))
        lines.append(Rich(say("✏️ Edited by the client: {time}", time=at)))
    if card.deleted_at is not None:
        at = moment(say, card.deleted_at, now, zone_of(reader))
        words = say("🗑 Taken back by the client: {time}. Only the studio still sees it.", time=at)
        lines.append(Rich(words).styled("bold"))
    return joined(lines)


def reach_line(say: Say, card: Card) -> Rich:
    """Why an answer would not arrive."""
    return Rich(unreachable(say, card.unreachable)).styled("bold")


def answering_line(say: Say, card: Card, reader: Manager, now: datetime, *, shared: bool) -> Rich:
    """That somebody else is about to answer; on a card that several read, whoever it is."""
    found = card.answering
    if found is None or card.state is not CardState.WAITING or now - found.since >= SHOWN_FOR:
        return Rich()
    if found.manager_id == reader.id and not shared:
        return Rich()
    name = one_line(found.name, NAME_LIMIT)
    return Rich(say("✍ {name} is answering", name=name)).styled("bold")
