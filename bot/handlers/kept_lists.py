"""What the lists of templates and prices share: what stands in them, and what was deleted."""

from __future__ import annotations

from typing import TypeVar

from bot.access import Visit
from bot.buttons import Button
from bot.cards import CardView
from bot.rich import Rich
from bot.template_buttons import ListDeed, PriceButton, TemplateButton
from inbox.work_records import PriceItem, Template

Kept = TypeVar("Kept", Template, PriceItem)


def standing(one: Kept | None) -> Kept | None:
    """The template or item, unless it is deleted."""
    return one if one is not None and one.dropped_at is None else None


def dropped_view(visit: Visit, title: str, pressed: TemplateButton | PriceButton) -> CardView:
    """That it is deleted, with the way to bring it back and the way to the list."""
    words = Rich(visit.say("🗑 “{title}” is deleted.", title=title))
    restoring = pressed.model_copy(update={"deed": ListDeed.RESTORE})
    back = pressed.model_copy(update={"deed": ListDeed.LIST})
    row = (Button(visit.say("Undo"), restoring), Button(visit.say("← Back"), back))
    return CardView(words, (row,))
