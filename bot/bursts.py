"""Cards that came faster than a chat takes them, as one list: a line and a button per client."""

from __future__ import annotations

from collections.abc import Sequence

from bot.buttons import Button, CardButton, CardDeed, in_rows
from bot.card_lines import client_name
from bot.cards import CardView
from bot.rich import MESSAGE_LIMIT, Rich, joined, one_line
from bot.texts import Say
from inbox.ports import Card

MOST_CLIENTS = 20
EXCERPTS = 3  # of one client; the rest is in the history
NAME_LIMIT = 60  # UTF-16 units, as those below
BUTTON_LIMIT = 40
EXCERPT_LIMIT = 100
ROOM_BELOW = 100


def burst_view(say: Say, cards: Sequence[Card]) -> CardView:
    """The oldest first, as the clients wrote; a button shows the client's newest card."""
    talks: dict[int, list[Card]] = {}
    for card in cards:
        talks.setdefault(card.conversation.id, []).append(card)
    number = len(cards)
    title = say.many(
        "📥 {number} message came while this chat was full",
        "📥 {number} messages came while this chat was full",
        number,
    )
    body, buttons, left = Rich(title).styled("bold"), list[Button](), number
    for place, (conversation_id, ones) in enumerate(talks.items(), 1):
        block = _block(say, place, ones)
        if place > MOST_CLIENTS or body.units + block.units > MESSAGE_LIMIT - ROOM_BELOW:
            break
        body, left = body + "\n\n" + block, left - len(ones)
        name = one_line(client_name(ones[-1].conversation), BUTTON_LIMIT)
        show = CardButton(deed=CardDeed.SHOW, conversation_id=conversation_id)
        buttons.append(Button(f"{place} · {name}", show))
    if left:
        body = body + "\n\n" + say("and {number} more, see /inbox", number=left)
    return CardView(body, in_rows(buttons, 2))


def _block(say: Say, place: int, ones: Sequence[Card]) -> Rich:
    name = one_line(client_name(ones[-1].conversation), NAME_LIMIT)
    head = Rich(f"{place}. ") + Rich(name).styled("bold")
    if len(ones) > 1:
        head = head + f" · {len(ones)}"
    lines = [Rich(_excerpt(say, one)).styled("blockquote") for one in ones[-EXCERPTS:]]
    return joined([head, *(line for line in lines if line.text)])


def _excerpt(say: Say, card: Card) -> str:
    said = one_line(card.message.text or card.message.subject or "", EXCERPT_LIMIT)
    if said or not card.message.attachments:
        return said
    number = len(card.message.attachments)
    return say.many("📎 {number} file", "📎 {number} files", number)
