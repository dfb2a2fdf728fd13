"""Who is meant on a card that all members see: the name there becomes a mention that rings."""

from __future__ import annotations

from dataclasses import replace

from bot.buttons import is_free
from bot.cards import CardView
from bot.rich import Rich, one_line, units
from inbox.model import Entity, Manager
from inbox.ports import Card

NAME_LIMIT = 80  # UTF-16 units, as the card's own lines have them


def reader_of(card: Card, to: Manager) -> Manager:
    """In whose language, zone and rights a card that all see is drawn: the holder's, also while
    away; `to` while nobody has the client."""
    return to if card.holder is None or is_free(card.holder) else card.holder


def mentioning(view: CardView, card: Card) -> CardView:
    """The card with the name of who stands in, else of its holder, as a mention."""
    meant = card.stand_in or card.holder
    if meant is None or not meant.active:
        return view
    return replace(view, body=_mentioned(view.body, meant))


def to_member(who: Manager, body: Rich) -> Rich:
    """The words addressed to a member, where others read them too."""
    name = one_line(who.name, NAME_LIMIT)
    return _mentioned(Rich(name), who) + ", " + body if name else body


def _mentioned(body: Rich, who: Manager) -> Rich:
    """The last place where the name stands: below what the client wrote, if anywhere."""
    name = one_line(who.name, NAME_LIMIT)
    at = body.text.rfind(name)
    if at < 0 or not name:
        return body
    # https://core.telegram.org/api/links#user-links: a mention by the person's id.
    url = f"tg://user?id={who.telegram_id}"
    entity = Entity("text_link", units(body.text[:at]), units(name), url)
    return Rich(body.text, (*body.entities, entity))
