"""Inline mode: people type the bot's name and a word, and choose what it offers."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import (
    InlineQuery,
    InlineQueryResultArticle,
    InlineQueryResultCachedDocument,
    InlineQueryResultsButton,
    InputTextMessageContent,
    Update,
)

from tests.sandbox.telegram.conftest import ANNA, IVAN, NOON, TOKEN, Setting

GROUP = -1007


def article(result_id: str, text: str = "Our prices", **more: Any) -> InlineQueryResultArticle:
    content = InputTextMessageContent(message_text=text, **more)
    return InlineQueryResultArticle(id=result_id, title="Prices", input_message_content=content)


async def fresh(here: Setting) -> list[Update]:
    got = await here.bot.get_updates(timeout=5)
    await here.bot.get_updates(offset=got[-1].update_id + 1)
    return got


async def asked(here: Setting, query: str, **where: Any) -> tuple[InlineQuery, asyncio.Task[Any]]:
    """Anna types it, and the bot hears of it."""
    typing = asyncio.create_task(here.people.types_inline(ANNA, TOKEN, query, **where))
    [update] = await fresh(here)
    assert update.inline_query is not None
    return update.inline_query, typing


async def offered(here: Setting, *results: Any, query: str = "prices", **answer: Any) -> Any:
    heard, typing = await asked(here, query)
    await here.bot.answer_inline_query(heard.id, list(results), **answer)
    return await typing


async def test_what_the_bot_offers_is_shown_and_the_choice_is_sent_in_the_persons_name(
    here: Setting,
) -> None:
    assert (await here.bot.get_me()).supports_inline_queries
    heard, typing = await asked(here, "pri")
    assert (heard.from_user.id, heard.query, heard.offset) == (ANNA, "pri", "")
    assert heard.chat_type == "sender"
    button = InlineQueryResultsButton(text="All", start_parameter="templates")
    results = [article("t1", "<b>From</b> 100", parse_mode="HTML"), article("t2")]
    await here.bot.answer_inline_query(heard.id, results, button=button, next_offset="20")
    shown = await typing
    assert [one["id"] for one in shown["results"]] == ["t1", "t2"]
    assert shown["next_offset"] == "20"
    assert shown["button"]["start_parameter"] == "templates"

    here.people.chooses(ANNA, TOKEN, "t1")
    message, chosen = await fresh(here)
    assert message.message is not None
    assert message.message.via_bot is not None
    assert message.message.from_user is not None
    assert message.message.from_user.id == ANNA
    assert message.message.via_bot.id == here.bot.id
    assert message.message.text == "From 100"
    assert [e.type for e in message.message.entities or []] == ["bold"]
    assert chosen.chosen_inline_result is not None
    assert chosen.chosen_inline_result.result_id == "t1"
    assert chosen.chosen_inline_result.query == "pri"
    with pytest.raises(LookupError, match="no result 't2'"):
        here.people.chooses(ANNA, TOKEN, "t2")


async def test_a_choice_may_answer_a_message_like_any_other(here: Setting) -> None:
    card = await here.bot.send_message(ANNA, "card")
    await offered(here, article("t1"))
    here.people.chooses(ANNA, TOKEN, "t1", reply_to=card.message_id)
    message, _ = await fresh(here)
    assert message.message is not None
    assert message.message.reply_to_message is not None
    assert message.message.reply_to_message.message_id == card.message_id


async def test_a_further_page_is_added_to_the_first(here: Setting) -> None:
    await offered(here, article("t1"), next_offset="1")
    typing = asyncio.create_task(here.people.types_inline(ANNA, TOKEN, "prices", offset="1"))
    [update] = await fresh(here)
    assert update.inline_query is not None
    assert update.inline_query.offset == "1"
    await here.bot.answer_inline_query(update.inline_query.id, [article("t2")])
    assert [one["id"] for one in (await typing)["results"]] == ["t2"]
    assert here.people.chooses(ANNA, TOKEN, "t1")["text"] == "Our prices"


async def test_an_answer_is_remembered_for_everybody_unless_it_is_personal(here: Setting) -> None:
    """A bot that forgets `is_personal` shows one person's results to all."""
    await offered(here, article("t1"), cache_time=60)
    known = await here.people.types_inline(IVAN, TOKEN, "prices", within=0.05)
    assert [one["id"] for one in known["results"]] == ["t1"]
    here.world.now = lambda: NOON + timedelta(seconds=60)
    with pytest.raises(TimeoutError):
        await here.people.types_inline(IVAN, TOKEN, "prices", within=0.05)
    await fresh(here)

    await offered(here, article("t2"), query="mine", is_personal=True)
    assert (await here.people.types_inline(ANNA, TOKEN, "mine", within=0.05))["results"]
    with pytest.raises(TimeoutError):
        await here.people.types_inline(IVAN, TOKEN, "mine", within=0.05)


async def test_cache_time_nought_asks_every_time(here: Setting) -> None:
    for _ in range(2):
        await offered(here, article("t1"), cache_time=0)


async def test_a_stored_file_is_sent_with_its_caption(here: Setting) -> None:
    here.people.sends(ANNA, TOKEN, "document", b"price,list", "prices.csv")
    [got] = await fresh(here)
    assert got.message is not None
    assert got.message.document is not None
    file_id = got.message.document.file_id
    await offered(
        here,
        InlineQueryResultCachedDocument(
            id="d1", title="CSV", document_file_id=file_id, caption="All of them"
        ),
    )
    sent = here.people.chooses(ANNA, TOKEN, "d1")
    assert (sent["document"]["file_name"], sent["caption"]) == ("prices.csv", "All of them")


async def test_in_a_group_and_in_an_own_account(here: Setting) -> None:
    here.world.bot(TOKEN).privacy = True
    here.world.add_supergroup(GROUP, "G", members=[ANNA], bots=[here.bot.id])
    heard, typing = await asked(here, "prices", chat_id=GROUP)
    assert heard.chat_type == "supergroup"
    await here.bot.answer_inline_query(heard.id, [article("t1")])
    await typing
    here.people.chooses(ANNA, TOKEN, "t1", chat_id=GROUP)
    in_group, _ = await fresh(here)
    assert in_group.message is not None
    assert in_group.message.chat.id == GROUP

    here.people.connects(ANNA, TOKEN)
    await fresh(here)
    heard, typing = await asked(here, "more", owner=ANNA, chat_id=IVAN)
    assert heard.chat_type == "private"
    await here.bot.answer_inline_query(heard.id, [article("t1")])
    await typing
    here.people.chooses(ANNA, TOKEN, "t1", owner=ANNA, chat_id=IVAN)
    business, _ = await fresh(here)
    assert business.business_message is not None
    assert business.business_message.via_bot is not None


async def test_what_cannot_be_typed_or_chosen(here: Setting) -> None:
    with pytest.raises(LookupError, match="no result"):
        here.people.chooses(ANNA, TOKEN, "t1")
    with pytest.raises(ValueError, match="257 letters"):
        await here.people.types_inline(ANNA, TOKEN, "x" * 257)
    machine = here.world.bot(TOKEN)
    machine.inline_feedback = False
    await offered(here, article("t1"))
    here.people.chooses(ANNA, TOKEN, "t1")
    assert [update.event_type for update in await fresh(here)] == ["message"]
    machine.inline = False
    with pytest.raises(LookupError, match="no inline mode"):
        await here.people.types_inline(ANNA, TOKEN, "x")
    assert not (await here.bot.get_me()).supports_inline_queries


@pytest.mark.parametrize(
    ("results", "more", "refused"),
    [
        ([article(str(number)) for number in range(51)], {}, "RESULTS_TOO_MUCH"),
        ([article("x" * 65)], {}, "RESULT_ID_INVALID"),
        ([article("a"), article("a")], {}, "RESULT_ID_DUPLICATE"),
        ([article("a", " ")], {}, "text must be non-empty"),
        ([article("a", "x" * 4097)], {}, "message is too long"),
        ([article("a", "<b>x", parse_mode="HTML")], {}, "can't parse entities"),
        ([article("a")], {"next_offset": "x" * 65}, "NEXT_OFFSET_INVALID"),
        (
            [],
            {"button": InlineQueryResultsButton(text="x", start_parameter="a b")},
            "SWITCH_PM_PARAM_INVALID",
        ),
    ],
)
async def test_answers_telegram_refuses(
    here: Setting, results: list[Any], more: dict[str, Any], refused: str
) -> None:
    heard, typing = await asked(here, "x")
    with pytest.raises(TelegramBadRequest, match=refused):
        await here.bot.answer_inline_query(heard.id, results, **more)
    await here.bot.answer_inline_query(heard.id, [])
    assert (await typing)["results"] == []
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await here.bot.answer_inline_query(heard.id, [])
