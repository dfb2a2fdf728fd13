"""What the desk says of mail beside cards: deliveries, newsletters, files on their way."""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons import Button, CardButton, CardDeed, Keyboard, ReplyButton, ReplyDeed
from bot.card_lines import NAME_LIMIT, SUBJECT_LIMIT
from bot.cards import CardView
from bot.rich import MESSAGE_LIMIT, Rich, joined, one_line
from bot.texts import Say
from inbox.model import Delivery, DeliveryReport
from inbox.ports import Card, Progress, Reply, ReplyState

WORDS_LIMIT = 300  # UTF-16 units
MOST_NEWSLETTERS = 30
IN_A_ROW = 5


def delivery(say: Say, reply: Reply, report: DeliveryReport) -> CardView:
    """What a mail server says of a reply; one that its client did not get can be sent again."""
    to = one_line(report.recipient, NAME_LIMIT) or say("the recipient")
    words = " ".join(part for part in (report.status, report.text) if part)
    said = Rich(one_line(words, WORDS_LIMIT)).styled("italic")
    if report.outcome is Delivery.DELAYED:
        late = say(
            "⏳ Not delivered to {address} yet; the mail server goes on trying.", address=to
        )
        return CardView(joined([Rich(late), said]), ())
    if reply.state is not ReplyState.REJECTED:
        copied = say("⚠️ Not delivered to {address}, who was to get a copy.", address=to)
        return CardView(joined([Rich(copied), said]), ())
    lost = say("❌ Not delivered to {address}. The client still waits.", address=to)
    again = ReplyButton(deed=ReplyDeed.TRY_AGAIN, reply_id=reply.id)
    return CardView(joined([Rich(lost), said]), ((Button(say("Send again"), again),),))


def digest(say: Say, cards: Sequence[Card]) -> CardView:
    """Newsletters since the last list, each with a button that shows its card."""
    number = len(cards)
    title = say.many("📰 {number} newsletter", "📰 {number} newsletters", number)
    body = Rich(title).styled("bold") + "\n"
    buttons: list[Button] = []
    for place, card in enumerate(cards[:MOST_NEWSLETTERS], 1):
        line = _newsletter(say, place, card)
        if body.units + line.units > MESSAGE_LIMIT - 100:
            break
        body = body + "\n" + line
        show = CardButton(deed=CardDeed.SHOW, conversation_id=card.conversation.id)
        buttons.append(Button(str(place), show))
    more = number - len(buttons)
    if more > 0:
        left = say.many("and {number} more", "and {number} more", more)
        body = body + "\n" + left
    rows: Keyboard = tuple(
        tuple(buttons[at : at + IN_A_ROW]) for at in range(0, len(buttons), IN_A_ROW)
    )
    return CardView(body, rows)


def _newsletter(say: Say, place: int, card: Card) -> Rich:
    sender = one_line(card.message.sender_name, NAME_LIMIT) or card.message.sender.address
    subject = one_line(card.message.subject or "", SUBJECT_LIMIT // 2) or say("no subject")
    return Rich(f"{place}. ") + Rich(sender).styled("bold") + f" · {subject}"


def fetching(say: Say, number: int) -> Rich:
    """Said when files of an oversized message are asked for."""
    text = say.many("⏳ Fetching {number} file …", "⏳ Fetching {number} files …", number)
    return Rich(text)


def fetched(say: Say, progress: Progress) -> Rich:
    """How far the fetching is."""
    if progress.done == progress.total:
        return Rich(say("✅ That is all of them."))
    words = say("⏳ {done} of {total} files …", done=progress.done, total=progress.total)
    return Rich(words)
