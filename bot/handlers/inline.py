"""`@bot word` in the chat with the bot: templates and prices that match; what is chosen is a
message of the member, and is filled when it goes to a client (bot/drafts.py)."""

from __future__ import annotations

from collections.abc import Sequence

from aiogram import Router
from aiogram.types import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultUnion,
    InputTextMessageContent,
)

from bot import price_lists, templates
from bot.access import Visit
from bot.places import Places
from bot.rich import one_line
from connectors.telegram.errors import translated
from inbox.errors import SendRejected
from inbox.work_records import PriceItem, Template

SHOWN = 50  # Bot API: results at most
SHORT = 100  # UTF-16 units of a description
IN_PRIVATE = "sender"  # the chat with the bot itself
IN_FORUM = "supergroup"


def setup() -> Router:
    """The question; what was chosen comes as a message."""
    router = Router(name="inline")
    router.inline_query.register(find)
    return router


async def find(query: InlineQuery, visit: Visit, places: Places) -> None:
    """Answer where messages come to the desk; elsewhere placeholders would stay as they are."""
    here = query.chat_type == IN_PRIVATE or (query.chat_type == IN_FORUM and places.shared)
    start = int(query.offset) if query.offset.isdecimal() and query.offset.isascii() else 0
    found = await _results(visit, query.query) if here else ()
    page = found[start : start + SHOWN]
    following = str(start + SHOWN) if len(found) > start + SHOWN else ""
    try:
        with translated():
            await query.answer(list(page), cache_time=0, is_personal=True, next_offset=following)
    except SendRejected:
        return  # too old: the member has written on, or gone


async def _results(visit: Visit, words: str) -> Sequence[InlineQueryResultUnion]:
    async with visit.inbox.store.begin() as t:
        known, items = await t.templates(), await t.price_items()
    ordered = templates.in_order(templates.matching(known, words), visit.me.language)
    results: list[InlineQueryResultUnion] = [_template(one) for one in ordered]
    results += [_item(visit, one) for one in price_lists.matching(items, words)]
    return results


def _template(one: Template) -> InlineQueryResultArticle:
    return InlineQueryResultArticle(
        id=f"t{one.id}",
        title=templates.label(one),
        description=one_line(one.text, SHORT),
        input_message_content=InputTextMessageContent(message_text=one.text, parse_mode=None),
    )


def _item(visit: Visit, one: PriceItem) -> InlineQueryResultArticle:
    line = price_lists.line_of(visit.say, one)
    return InlineQueryResultArticle(
        id=f"p{one.id}",
        title=f"{price_lists.SIGN} {one_line(one.title, SHORT)}",
        description=price_lists.terms(visit.say, one),
        input_message_content=InputTextMessageContent(message_text=line, parse_mode=None),
    )
