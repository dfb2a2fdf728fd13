"""Cards as a manager sees them: pure, from a Card to text, formatting and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.buttons import Keyboard, card_keyboard, may_act, stand_ins
from bot.cautions import caution_lines
from bot.footer import footer
from bot.mail_buttons import mail_keyboard
from bot.promise_cards import promise_rows
from bot.rich import MESSAGE_LIMIT, NOTHING, Rich, joined, one_line
from bot.texts import Say, mark, speaker
from bot.wording import moment, size, zone_of
from inbox.model import Attachment, Conversation, Manager, Media, Nature
from inbox.ports import Card, CardState

NAME_LIMIT = 80  # UTF-16 units, as all limits here
SUBJECT_LIMIT = 200
FILES_LIMIT = 10
QUOTE_LIMIT = 1000
QUOTE_LEAST = 80  # a shorter rest of a quote says nothing
EXCERPT_LIMIT = 300

_KINDS = {
    Media.PHOTO: mark("photo"),
    Media.DOCUMENT: mark("file"),
    Media.VOICE: mark("voice message"),
    Media.AUDIO: mark("audio"),
    Media.VIDEO: mark("video"),
    Media.VIDEO_NOTE: mark("video message"),
    Media.ANIMATION: mark("animation"),
    Media.STICKER: mark("sticker"),
    Media.LOCATION: mark("location"),
    Media.CONTACT: mark("contact"),
}


@dataclass(frozen=True, slots=True)
class CardView:
    """A desk message; `rest` is what of the client's text did not fit into it."""

    body: Rich
    keyboard: Keyboard
    rest: Rich = NOTHING


def card_view(
    card: Card,
    reader: Manager,
    now: datetime,
    others: Sequence[str] = (),
    elapsed: timedelta | None = None,
) -> CardView:
    """The card in the reader's language and zone, within one message's 4096 UTF-16 units.

    `others`: whose addresses get the answer beside the sender's. `elapsed`: business time that
    has run, for who is shown the card as its new holder.
    """
    say = speaker(reader.language)
    message = card.message
    top = _heading(say, card, now, reader)
    bottom = joined(
        [
            _files(say, message.attachments),
            _more(say, card),
            _answered_to(say, card, others),
            footer(say, card, reader, now, elapsed),
            repeated_line(say, card),
        ]
    )
    room = MESSAGE_LIMIT - top.units - bottom.units - 6  # the empty lines between the parts
    text, rest = _fitting(Rich.foreign(message.text, message.entities), room)
    quote = _quote(message.quoted, room - text.units - 2)
    body = joined([top, text, quote, bottom], "\n\n")
    acting = may_act(reader, card.holder, stand_ins(card))
    keyboard = (
        *card_keyboard(say, card, reader, now),
        *(promise_rows(say, card.promises, reader, now) if acting else ()),
        *mail_keyboard(say, card, reader, others),
    )
    return CardView(body, keyboard, rest)


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


def attachment_line(say: Say, attachment: Attachment) -> str:
    """A file's name and size, or what kind of thing it is."""
    kind = say(_KINDS[attachment.media])
    name = one_line(attachment.name, NAME_LIMIT) or kind
    match attachment.media:
        case Media.LOCATION:
            symbol = "📍"
        case Media.CONTACT:
            symbol = "👤"
            name = one_line(str(attachment.facts.get("phone_number", "")), NAME_LIMIT) or kind
        case _:
            symbol = "📎"
    extent = "" if attachment.size is None else f" · {size(say, attachment.size)}"
    return f"{symbol} {name}{extent}"


def _heading(say: Say, card: Card, now: datetime, reader: Manager) -> Rich:
    lines = [
        Rich(client_name(card.conversation)).styled("bold"),
        Rich(channel_line(say, card, now, reader)),
        *address_lines(say, card),
        Rich(one_line(card.message.subject or "", SUBJECT_LIMIT)).styled("bold"),
    ]
    if card.also_in:
        others = ", ".join(one.partition(":")[2] or one for one in card.also_in)
        lines.append(Rich(say("📬 The same mail came also to {mailboxes}", mailboxes=others)))
    if card.message.forwarded is not None:
        lines.append(Rich(_passed_on(say, card)).styled("italic"))
    if card.placing.guessed:
        guess = say("🔗 Joined by its sender and subject: a guess")
        lines.append(Rich(guess).styled("italic"))
    if card.handed_by is not None and not _stands_in(card, reader):
        giver = one_line(card.handed_by.name, NAME_LIMIT)
        lines.append(Rich(say("↪ Handed over by {name}", name=giver)))
    lines.append(caution_lines(say, card.message.warnings))
    return joined(lines)


def _stands_in(card: Card, reader: Manager) -> bool:
    """Whether the reader was shown the card for an absent holder, who has the client still."""
    return card.stand_in is not None and card.stand_in.id == reader.id


def _passed_on(say: Say, card: Card) -> str:
    """Whose words a colleague passed on: a proposal until somebody says so."""
    name = one_line(card.message.forwarded_name, NAME_LIMIT)
    address = (
        one_line(card.message.forwarded.address, NAME_LIMIT) if card.message.forwarded else ""
    )
    if card.message.nature is not Nature.OWN:
        return say("📨 Passed on by a colleague")
    who = name if name == address else f"{name} · {address}"
    return say("📨 Passed on by a colleague; it seems to be from {sender}", sender=who)


def _more(say: Say, card: Card) -> Rich:
    """The rest of a flood, and that files are not there yet."""
    lines: list[Rich] = []
    if card.more:
        words = say.many(
            "➕ {number} more message of this sender, see “History”",
            "➕ {number} more messages of this sender, see “History”",
            card.more,
        )
        lines.append(Rich(words).styled("bold"))
    if card.cut_off:
        words = say("📦 The mail is very large: its files come when you ask for them.")
        lines.append(Rich(words))
    return joined(lines)


def _answered_to(say: Say, card: Card, others: Sequence[str]) -> Rich:
    """Who gets the answer, where that is more than the sender or could be."""
    if not others or card.state is not CardState.WAITING:
        return Rich()
    name = one_line(card.message.sender_name, NAME_LIMIT)
    if card.only_sender:
        return Rich(say("✉️ The answer goes to {name} alone", name=name))
    words = say.many(
        "✉️ The answer goes to {name} and {number} more",
        "✉️ The answer goes to {name} and {number} more",
        len(others),
        name=name,
    )
    return Rich(words)


def channel_line(say: Say, card: Card, now: datetime, reader: Manager) -> str:
    """By which channel and when it was sent, in the reader's zone."""
    sent = moment(say, card.message.sent_at, now, zone_of(reader))
    return f"{channel_name(say, card.conversation.channel_id)} · {sent}"


def address_lines(say: Say, card: Card) -> list[Rich]:
    """Who wrote and who gets the answer, where that is another than the conversation's own."""
    message, lines = card.message, []
    if message.sender != card.conversation.recipient:
        name = one_line(message.sender_name, NAME_LIMIT)
        address = one_line(message.sender.address, NAME_LIMIT)
        who = address if name in {"", address} else f"{name} ({address})"
        lines.append(Rich(say("✍️ Written by {name}", name=who)))
    if message.answers_to:
        to = one_line(", ".join(message.answers_to), SUBJECT_LIMIT)
        lines.append(Rich(say("↩️ An answer goes to {name}", name=to)))
    return lines


def _fitting(text: Rich, room: int) -> tuple[Rich, Rich]:
    """The text, or its beginning with "…" and the rest."""
    if text.units <= room:
        return text, Rich()
    head, rest = text.cut(room - 2)
    return head + " …", rest


def _quote(quoted: str, room: int) -> Rich:
    """Repeated history, folded; what does not fit stands in the history anyway."""
    whole = Rich.foreign(quoted)
    limit = min(QUOTE_LIMIT, room)
    if not whole.text or limit < QUOTE_LEAST:
        return Rich()
    head, rest = whole.cut(limit - 2)
    return (head + " …" if rest.text else head).styled("expandable_blockquote")


def _files(say: Say, attachments: tuple[Attachment, ...]) -> Rich:
    lines = [attachment_line(say, each) for each in attachments[:FILES_LIMIT]]
    more = len(attachments) - FILES_LIMIT
    if more > 0:
        lines.append(say.many("and {number} more file", "and {number} more files", more))
    return Rich("\n".join(lines))


def repeated_line(say: Say, card: Card) -> Rich:
    """Of what comes again because nobody knows whether it came before."""
    text = say("Possibly shown before: the sending was interrupted.") if card.repeated else ""
    return Rich(text).styled("italic")
