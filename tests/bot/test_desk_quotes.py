"""Quotes: offered from a card and by inline mode, agreed to, withdrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from bot.template_buttons import ListDeed, PriceButton, QuoteButton, QuoteDeed
from inbox.work_records import QuoteState, Task
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    around,
    button,
    desk_world,
    labels,
    running,
    taken,
    ticks,
)
from tests.bot.screens import (
    add_item,
    at_client,
    now_says,
    presses_under,
    said,
    showing,
)
from tests.bot.studio import HELEN, IVAN, OLGA
from tests.bot.test_mail_desk import MailWorld

PHONE = "Заменить телефон в шапке"
LINE = f"💰 {PHONE}: 500\u00a0₽, 2 рабочих часа"
ANOTHERS = "Этот клиент — за другим менеджером (Ольга). Попросите передать."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def tasks(desk: DeskWorld) -> tuple[Task, ...]:
    async with desk.inbox.store.begin() as t:
        return await t.tasks_of_client(1)


async def state(desk: DeskWorld, quote_id: int = 1) -> QuoteState:
    async with desk.inbox.store.begin() as t:
        quote = await t.quote(quote_id)
    assert quote is not None
    return quote.state


async def looked_at(desk: DeskWorld, card: dict[str, Any]) -> dict[str, Any]:
    """The quote as it would go out, below the card."""
    await desk.presses(OLGA, card, "Шаблон")
    listed = await said(desk, OLGA, "Шаблонов пока нет")
    await desk.presses(OLGA, listed, "💰 Прайс")
    prices = await now_says(desk, listed, "Что предложить клиенту ")
    await desk.presses(OLGA, prices, f"{PHONE} · 500\u00a0₽")
    return await now_says(desk, listed, "Клиенту ")


async def offered(desk: DeskWorld) -> dict[str, Any]:
    """A quote that Olga made; her message about it."""
    await add_item(desk, PHONE)
    shown = await looked_at(desk, await taken(desk))
    await desk.presses(OLGA, shown, "Отправить")
    await desk.sees(CLIENT, PHONE)
    return await now_says(desk, shown, "Предложено: Анна")


async def test_one_tap_puts_price_and_date_into_the_reply_and_agreed_makes_the_task(
    desk: DeskWorld,
) -> None:
    await add_item(desk, PHONE)
    card = await taken(desk)
    shown = await looked_at(desk, card)
    assert LINE in shown["text"]
    assert at_client(desk) == []
    send = button(shown, "Отправить")

    await desk.presses(OLGA, shown, "Отправить")

    there = await desk.sees(CLIENT, f"{PHONE}: 500\u00a0₽")
    assert "Срок" in there["text"]
    hers = await now_says(desk, shown, "Предложено: Анна")
    assert labels(hers) == ["Согласен устно → задача", "Отозвать"]
    late = button(hers, "Согласен устно → задача")
    await desk.until(lambda: ticks(desk, shown["message_id"]) == ["👌"])
    await presses_under(desk, OLGA, shown, send)
    assert await presses_under(desk, OLGA, shown, button(shown, "← Назад")) == "Это уже решено."
    assert len(at_client(desk)) == 1

    await desk.people.presses(CLIENT, BOT, there["message_id"], button(there, "Согласен"))

    note = await said(desk, OLGA, "✅ Согласие получено: Анна")
    assert LINE in note["text"]
    assert labels(await now_says(desk, shown, "✅ Согласие получено: Анна")) == ["Задача"]
    (task,) = await tasks(desk)
    assert (task.title, task.quote_id) == (PHONE, 1)
    await desk.presses(OLGA, note, "Задача")
    await said(desk, OLGA, PHONE)
    assert await presses_under(desk, OLGA, hers, late) == "Это уже решено."
    assert len(await tasks(desk)) == 1


async def test_agreed_by_phone_makes_the_task(desk: DeskWorld) -> None:
    hers = await offered(desk)
    await desk.presses(OLGA, hers, "Согласен устно → задача")
    settled = await now_says(desk, hers, "✅ Согласие получено: Анна")
    assert labels(settled) == ["Задача"]
    assert [one.title for one in await tasks(desk)] == [PHONE]


async def test_a_quote_is_withdrawn_after_a_second_press(desk: DeskWorld) -> None:
    hers = await offered(desk)
    await desk.presses(OLGA, hers, "Отозвать")
    sure = await now_says(desk, hers, "Клиент уже не сможет согласиться.")
    await desk.presses(OLGA, sure, "Оставить")
    left = await showing(desk, hers, "Согласен устно → задача")
    data = QuoteButton(deed=QuoteDeed.WITHDRAW, quote_id=1).pack()
    assert await desk.presses_made_up(IVAN.telegram_id, data) == ANOTHERS
    assert await state(desk) is QuoteState.OFFERED
    await desk.presses(OLGA, left, "Отозвать")
    sure = await now_says(desk, hers, "Клиент уже не сможет согласиться.")
    await desk.presses(OLGA, sure, "Отозвать")
    await now_says(desk, hers, "Предложение отозвано: Анна")
    assert await state(desk) is QuoteState.WITHDRAWN
    assert await tasks(desk) == ()


async def test_what_offered_it_tells_by_itself_what_a_colleague_settled(desk: DeskWorld) -> None:
    hers = await offered(desk)
    data = QuoteButton(deed=QuoteDeed.AGREED, quote_id=1).pack()
    await desk.presses_made_up(HELEN.telegram_id, data)
    settled = await now_says(desk, hers, "✅ Согласие получено: Анна")
    assert labels(settled) == ["Задача"]


async def test_an_offer_that_a_colleague_withdrew_has_no_buttons(desk: DeskWorld) -> None:
    hers = await offered(desk)
    data = QuoteButton(deed=QuoteDeed.WITHDRAW, quote_id=1).pack()
    await desk.presses_made_up(HELEN.telegram_id, data)
    settled = await now_says(desk, hers, "Предложение отозвано: Анна")
    assert labels(settled) == []


async def test_other_words_keep_price_and_date_and_outlive_a_restart(tmp_path: Path) -> None:
    async with around(tmp_path) as there:
        async with running(there) as desk:
            await add_item(desk, PHONE)
            shown = await looked_at(desk, await taken(desk))
        async with running(there) as desk:
            me = OLGA.telegram_id
            desk.people.says(me, BOT, "// дорого?", reply_to=shown["message_id"])
            await said(desk, OLGA, "📝")
            own = "Анна, поменяем за 500, ладно?"
            desk.people.says(me, BOT, own, reply_to=shown["message_id"])
            mine = await said(desk, OLGA, own)
            assert LINE in mine["text"]
            assert at_client(desk) == []
        async with running(there) as desk:
            await desk.presses(OLGA, mine, "Отправить")
            sent = await desk.sees(CLIENT, own)
            assert sent["text"] == own
            await desk.people.presses(CLIENT, BOT, sent["message_id"], button(sent, "Согласен"))
            await said(desk, OLGA, "✅ Согласие получено: Анна")


async def test_an_item_that_was_changed_meanwhile_is_looked_at_again(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    shown = await looked_at(desk, await taken(desk))
    async with desk.inbox.store.begin() as t:
        (item,) = await t.price_items()
        later = item.changed_at + timedelta(seconds=5)
        await t.save_price_item(replace(item, price=Decimal(900), changed_at=later))
    assert await desk.presses(OLGA, shown, "Отправить") == "Позицию изменили. Посмотрите ещё раз."
    shown = await now_says(desk, shown, "900\u00a0₽")
    assert at_client(desk) == []
    await desk.presses(OLGA, shown, "Отправить")
    await desk.sees(CLIENT, "900\u00a0₽")


async def test_a_colleague_who_was_faster_is_asked_about(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    card = await taken(desk)
    hers = await desk.sees(HELEN.telegram_id, "Сайт не открывается")
    desk.people.says(HELEN.telegram_id, BOT, "Looking", reply_to=hers["message_id"])
    await desk.sees(CLIENT, "Looking")
    shown = await looked_at(desk, card)
    await desk.presses(OLGA, shown, "Отправить")
    warned = await now_says(desk, shown, "Уже отвечает Helen. Всё равно отправить?")
    assert at_client(desk) == ["Looking"]
    await desk.presses(OLGA, warned, "Всё равно отправить")
    await desk.sees(CLIENT, PHONE)


async def test_nobody_offers_anything_to_anothers_client(desk: DeskWorld) -> None:
    hers = await offered(desk)
    for deed in (ListDeed.USE, ListDeed.CHOOSE, ListDeed.SEND, ListDeed.ANYWAY, ListDeed.CANCEL):
        data = PriceButton(deed=deed, item_id=1, message_id=1).pack()
        assert await desk.presses_made_up(IVAN.telegram_id, data) == ANOTHERS
    for one in QuoteDeed:
        data = QuoteButton(deed=one, quote_id=1).pack()
        assert await desk.presses_made_up(IVAN.telegram_id, data) == ANOTHERS
        data = QuoteButton(deed=one, quote_id=77).pack()
        refused = await desk.presses_made_up(IVAN.telegram_id, data)
        assert refused == "Эта кнопка больше не действует."
    await now_says(desk, hers, "Предложено: Анна")
    assert await state(desk) is QuoteState.OFFERED


async def test_long_price_lists_have_pages_at_a_card_and_lead_back_to_templates(
    desk: DeskWorld,
) -> None:
    for number in range(1, 11):
        await add_item(desk, f"Работа {number:02}")
    await desk.presses(OLGA, await taken(desk), "Шаблон")
    listed = await said(desk, OLGA, "Шаблонов пока нет")
    await desk.presses(OLGA, listed, "💰 Прайс")
    await desk.presses(OLGA, await showing(desk, listed, "→"), "→")
    second = await showing(desk, listed, "Работа 10 · 500\u00a0₽")
    assert labels(second) == [
        "Работа 09 · 500\u00a0₽",
        "Работа 10 · 500\u00a0₽",
        "←",
        "← Назад",
        "Отмена",
    ]
    await desk.presses(OLGA, second, "← Назад")
    await now_says(desk, listed, "Шаблонов пока нет")
    desk.people.says(OLGA.telegram_id, BOT, "/prices")
    whole = await said(desk, OLGA, "Всего 10 позиций.")
    await desk.presses(OLGA, whole, "→")
    await showing(desk, whole, "Работа 10 · 500\u00a0₽")


async def test_an_item_that_is_gone_is_not_offered(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    shown = await looked_at(desk, await taken(desk))
    async with desk.inbox.store.begin() as t:
        (item,) = await t.price_items()
        await t.save_price_item(replace(item, dropped_at=desk.inbox.clock.now()))
    me, number = OLGA.telegram_id, shown["message_id"]
    desk.people.says(me, BOT, "Другими словами", reply_to=number)
    await said(desk, OLGA, "Этой позиции уже нет.")
    assert await desk.presses(OLGA, shown, "Отправить") == "Этой позиции уже нет."
    await now_says(desk, shown, "Прайс пуст")
    assert at_client(desk) == []


async def test_other_words_are_a_text(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    shown = await looked_at(desk, await taken(desk))
    me, number = OLGA.telegram_id, shown["message_id"]
    desk.people.sends(me, BOT, "photo", b"png", reply_to=number)
    await said(desk, OLGA, "Ничего не отправлено.")
    desk.people.says(IVAN.telegram_id, BOT, "Привет")
    assert at_client(desk) == []


async def test_cancel_and_back_send_nothing(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    shown = await looked_at(desk, await taken(desk))
    await desk.presses(OLGA, shown, "← Назад")
    listed = await now_says(desk, shown, "Что предложить")
    # A reply is an answer like any other again.
    desk.people.says(OLGA.telegram_id, BOT, "Секунду", reply_to=shown["message_id"])
    await desk.sees(CLIENT, "Секунду")
    await desk.presses(OLGA, listed, "Отмена")
    await now_says(desk, shown, "Ничего не отправлено.")
    assert at_client(desk) == ["Секунду"]


async def test_the_command_in_a_reply_to_a_card_opens_the_price_list(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    card = await taken(desk)
    desk.people.says(OLGA.telegram_id, BOT, "/prices", reply_to=card["message_id"])
    listed = await said(desk, OLGA, "Что предложить клиенту Анна?")
    await desk.presses(OLGA, listed, f"{PHONE} · 500\u00a0₽")
    shown = await now_says(desk, listed, "Клиенту Анна:")
    await desk.presses(OLGA, shown, "Отправить")
    await desk.sees(CLIENT, PHONE)


async def test_by_mail_a_quote_says_how_to_agree_and_the_answer_agrees(desk: DeskWorld) -> None:
    await add_item(desk, PHONE)
    mail = MailWorld(desk)
    await mail.open()
    try:
        shown = await looked_at(desk, await mail.card("Сколько стоит поменять телефон?"))
        assert "ответьте одним словом: «Согласен»" in shown["text"]
        me, number = OLGA.telegram_id, shown["message_id"]
        desk.people.says(me, BOT, "Поменяем за 500 ₽", reply_to=number)
        await said(desk, OLGA, "Кнопки там нет: скажите, что ответ «Согласен» — это заказ.")
        await desk.presses(OLGA, shown, "Отправить")
        await desk.until(lambda: mail.mailbox.sent)
        (sent,) = mail.mailbox.sent
        assert sent.text.startswith(f"{PHONE}: 500")
        assert sent.choices == ()
        await now_says(desk, shown, "Предложено")
        await mail.mail("Согласен!", thread="<m1>")
        note = await said(desk, OLGA, "✅ Согласие получено")
        assert labels(note) == ["Задача"]
    finally:
        mail.close()


async def test_a_price_in_english(desk: DeskWorld) -> None:
    desk.people.says(CLIENT, BOT, "The site is down, please help")
    card = await said(desk, HELEN, "The site is down")
    await desk.presses(HELEN, card, "Take")
    me = HELEN.telegram_id
    desk.people.says(me, BOT, "/prices")
    await desk.presses(HELEN, await said(desk, HELEN, "There is none yet."), "➕ New item")
    question = await said(desk, HELEN, "work, price and deadline")
    line = "Restart the server: €50, 1 working hour"
    desk.people.says(me, BOT, line, reply_to=question["message_id"])
    await said(desk, HELEN, "💰 Restart the server: 50\u00a0€, 1 working hour")
    desk.people.says(me, BOT, "/prices", reply_to=card["message_id"])
    listed = await said(desk, HELEN, "What is offered to Анна?")
    await desk.presses(HELEN, listed, "Restart the server · 50\u00a0€")
    shown = await now_says(desk, listed, "To Анна:")
    await desk.presses(HELEN, shown, "Send")
    there = await desk.sees(CLIENT, "Restart the server: 50\u00a0€")
    await desk.people.presses(CLIENT, BOT, there["message_id"], button(there, "Agreed"))
    await said(desk, HELEN, "✅ Анна agreed")


# --- inline mode -------------------------------------------------------------------------------
