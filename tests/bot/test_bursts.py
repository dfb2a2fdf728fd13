"""Cards that came faster than a chat takes them: one list, and when a chat is full."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from bot.bursts import burst_view
from bot.desk import TelegramDesk
from bot.rich import MESSAGE_LIMIT
from bot.texts import speaker
from connectors.telegram.bot import open_bot
from connectors.telegram.config import TelegramSettings
from connectors.telegram.pacing import PRIVATE
from inbox.errors import SendDeferred
from inbox.model import Attachment, Client, Contact, LoadedFile, Media
from inbox.ports import Card, Purpose
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    TOKEN,
    around,
    desk_world,
    labels,
    running,
)
from tests.bot.studio import OLGA, card, conversation, message

RU, EN = speaker("ru"), speaker("en")


def of_client(number: int, text: str, name: str = "") -> Card:
    client = Client(number, name or f"Клиент {number}", OLGA.id)
    contact = Contact(number, number, client.name)
    talk = conversation(id=number, client=client, contact=contact)
    return card(conversation=talk, message=message(text))


def test_a_list_has_a_block_and_a_button_for_each_client() -> None:
    view = burst_view(RU, [of_client(1, "Раз"), of_client(2, "Два"), of_client(1, "Три")])

    assert view.body.text == (
        "📥 Пока чат был переполнен, пришло 3 сообщения\n\n"
        "1. Клиент 1 · 2\nРаз\nТри\n\n"
        "2. Клиент 2\nДва"
    )
    assert [one.text for row in view.keyboard for one in row] == [
        "1 · Клиент 1",
        "2 · Клиент 2",
    ]


def test_a_message_without_words_says_how_many_files_it_has() -> None:
    file = Attachment(Media.PHOTO, "a.jpg", "image/jpeg", 3, "bot:1", "x")
    sent = replace(message(""), subject=None, attachments=(file, file))
    assert "📎 2 files" in burst_view(EN, [card(message=sent)]).body.text


names = st.text(max_size=300)


@given(st.lists(st.tuples(st.integers(1, 60), names, st.text(max_size=500)), min_size=1))
def test_however_many_come_it_is_one_message_and_none_is_left_unsaid(
    given_cards: list[tuple[int, str, str]],
) -> None:
    cards = [of_client(number, text, name) for number, name, text in given_cards]
    view = burst_view(EN, cards)

    assert 0 < view.body.units <= MESSAGE_LIMIT
    shown = sum(len(row) for row in view.keyboard)
    clients = {one.conversation.id for one in cards}
    assert shown == len(clients) or "more, see /inbox" in view.body.text


async def test_the_list_stands_outside_the_topics_and_opens_cards(tmp_path: Path) -> None:
    async with desk_world(tmp_path, topics=True) as desk:
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        shown = await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        async with desk.inbox.store.begin() as t:
            (known,) = [one for one in await t.staff() if one.telegram_id == OLGA.telegram_id]
            one = await t.card(1)
        (listed,) = await desk.desk.show_burst([one], known)
        assert listed.purpose is Purpose.NOTE
        there = await desk.sees(OLGA.telegram_id, "📥")
        assert "message_thread_id" not in there

        await desk.presses(OLGA, there, labels(there)[0])
        again = await desk.until(
            lambda: [
                each
                for each in desk.chat(OLGA.telegram_id)
                if "не открывается" in each.get("text", "")
                and each["message_id"] > there["message_id"]
            ]
        )
        assert again[0]["message_thread_id"] == shown["message_thread_id"]


@pytest.mark.slow
async def test_a_chat_that_was_written_to_fast_is_busy(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there) as world:
        settings = TelegramSettings(token=SecretStr(TOKEN), api=there.server.url)
        bot = open_bot(settings)
        paced = TelegramDesk(bot)
        paced.attach(world.inbox, world.ground)
        assert paced.busy(OLGA) == 0
        for _ in range(PRIVATE.burst + 1):
            await paced.tell("disk_full", {}, OLGA)
        assert 0 < paced.busy(OLGA) <= PRIVATE.seconds
        await bot.session.close()


async def test_of_cards_that_come_at_once_none_is_shown_by_half(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there) as world:
        bot = open_bot(TelegramSettings(token=SecretStr(TOKEN), api=there.server.url))
        paced = TelegramDesk(bot)
        paced.attach(world.inbox, world.ground)
        photo = Attachment(Media.PHOTO, "a.jpg", "image/jpeg", 3, "email:info", "x")
        album = [LoadedFile(photo, b"jpg")] * 10
        results = await asyncio.gather(
            *(paced.show(of_client(one, "Макеты"), OLGA, album) for one in (1, 2, 3)),
            return_exceptions=True,
        )
        later = [one for one in results if not isinstance(one, tuple)]
        assert len(later) == 2
        assert all(isinstance(one, SendDeferred) for one in later)
        sent = world.chat(OLGA.telegram_id)
        assert ["text" in one for one in sent] == [True] + [False] * 10
        await bot.session.close()
