"""Cards as a manager sees them: pure, from a Card to text, formatting and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.buttons import Keyboard, card_keyboard, may_act, stand_ins
from bot.card_lines import (
    NAME_LIMIT,
    SUBJECT_LIMIT,
    address_lines,
    answering_line,
    changed,
    channel_line,
    client_name,
    passed_on,
    reach_line,
    referred,
)
from bot.cautions import caution_lines
from bot.footer import footer
from bot.kinds import attachment_lines
from bot.mail_buttons import mail_keyboard
from bot.promise_cards import promise_rows
from bot.reply_buttons import reply_rows
from bot.rich import MESSAGE_LIMIT, NOTHING, Rich, joined, one_line
from bot.texts import Say, speaker
from bot.work_buttons import work_rows
from inbox.model import Manager
from inbox.ports import Card, CardState

QUOTE_LIMIT = 1000  # UTF-16 units, as all limits here
QUOTE_LEAST = 80  # a shorter rest of a quote says nothing
TOP_LIMIT = 1800  # together with the end they leave room for the beginning of the text
END_LIMIT = 1800


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
    *,
    shared: bool = False,
) -> CardView:
    """The card in the reader's language and zone, within one message's 4096 UTF-16 units.

    `others`: whose addresses get the answer beside the sender's. `elapsed`: business time that
    has run, for who is shown the card as its new holder. `shared`: several members read this very
    desk message.
    """
    say = speaker(reader.language)
    message = card.message
    top = _within(_heading(say, card, now, reader), TOP_LIMIT)
    lines = [
        Rich("\n".join(attachment_lines(say, message.attachments))),
        _more(say, card),
        _answered_to(say, card, others),
        footer(say, card, reader, now, elapsed),
        answering_line(say, card, reader, now, shared=shared),
        repeated_line(say, card),
    ]
    end = _within(joined(lines), END_LIMIT)
    refers = referred(say, message.refers)
    room = MESSAGE_LIMIT - top.units - end.units - 8  # the empty lines between the parts
    if refers.units > room // 2:
        refers = NOTHING
    room -= refers.units
    text, rest = _fitting(Rich.foreign(message.text, message.entities), room)
    quote = _quote(message.quoted, room - text.units - 2)
    body = joined([top, refers, text, quote, end], "\n\n")
    acting = may_act(reader, card.holder, stand_ins(card))
    keyboard = (
        *work_rows(say, card, reader),
        *card_keyboard(say, card, reader, now),
        *reply_rows(say, card, reader, now, shared=shared),
        *(promise_rows(say, card.promises, reader, now) if acting else ()),
        *mail_keyboard(say, card, reader, others),
    )
    return CardView(body, keyboard, rest)


def _heading(say: Say, card: Card, now: datetime, reader: Manager) -> Rich:
    lines = [
        Rich(client_name(card.conversation)).styled("bold"),
        Rich(channel_line(say, card, now, reader)),
        *address_lines(say, card),
        Rich(one_line(card.message.subject or "", SUBJECT_LIMIT)).styled("bold"),
    ]
    if card.also_in:
        boxes = ", ".join(one.partition(":")[2] or one for one in card.also_in)
        others = one_line(boxes, SUBJECT_LIMIT)
        lines.append(Rich(say("📬 The same mail came also to {mailboxes}", mailboxes=others)))
    lines.append(passed_on(say, card))
    if card.placing.guessed:
        guess = say("🔗 Joined by its sender and subject: a guess")
        lines.append(Rich(guess).styled("italic"))
    if card.handed_by is not None and not _stands_in(card, reader):
        giver = one_line(card.handed_by.name, NAME_LIMIT)
        lines.append(Rich(say("↪ Handed over by {name}", name=giver)))
    lines.append(caution_lines(say, card.message.warnings))
    lines += [changed(say, card, reader, now), reach_line(say, card)]
    return joined(lines)


def _within(part: Rich, limit: int) -> Rich:
    """As good as never cut: what strangers name themselves must not push the text out."""
    return part.cut(limit)[0]


def _stands_in(card: Card, reader: Manager) -> bool:
    """Whether the reader was shown the card for an absent holder, who has the client still."""
    return card.stand_in is not None and card.stand_in.id == reader.id


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


def repeated_line(say: Say, card: Card) -> Rich:
    """Of what comes again because nobody knows whether it came before."""
    text = say("Possibly shown before: the sending was interrupted.") if card.repeated else ""
    return Rich(text).styled("italic")
