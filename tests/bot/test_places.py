"""Topics one by one: their names, messages that land beside them, mentions in the forum."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import DeleteMessage, SendMediaGroup, TelegramMethod
from aiogram.types import Chat, Message
from hypothesis import given
from hypothesis import strategies as st

from bot.cards import card_view
from bot.files import show_files
from bot.mentions import mentioning, reader_of
from bot.places import Place
from bot.rich import MESSAGE_LIMIT, Rich, units
from bot.sending import send
from bot.texts import speaker
from bot.topics import OVERDUE, TITLE_LIMIT, WAITING, ThreadGone, title_of
from connectors.telegram.bot import SendText, Sent, SentTo
from inbox.model import Absence, Attachment, Client, LoadedFile, Media
from tests.bot.desk_world import TOKEN
from tests.bot.studio import IVAN, NOON, OLGA, card, message

HOUR = timedelta(hours=1)
TOPIC = Place(OLGA.telegram_id, 40)


class Letting(BaseSession):
    """Takes every send; says of each where it landed. `in_topic` decides by its parameters."""

    def __init__(self, in_topic: Any) -> None:
        super().__init__()
        self.in_topic = in_topic
        self.sent: list[TelegramMethod[Any]] = []
        self.deleted: list[int] = []

    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        if isinstance(method, DeleteMessage):
            self.deleted.append(method.message_id)
            return True
        self.sent.append(method)
        number, thread = 100 + len(self.sent), 40 if self.in_topic(method) else None
        if isinstance(method, SendText):
            chat = SentTo(id=OLGA.telegram_id)
            return Sent(message_id=number, date=NOON, chat=chat, message_thread_id=thread)
        one = Message(
            message_id=number,
            date=datetime(2026, 1, 1, tzinfo=UTC),
            chat=Chat(id=OLGA.telegram_id, type="private"),
            message_thread_id=thread,
        )
        return [one, one] if isinstance(method, SendMediaGroup) else one

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def answers(method: TelegramMethod[Any]) -> bool:
    return getattr(method, "reply_parameters", None) is not None


async def test_what_follows_the_message_it_answers_is_sent_again_without_it() -> None:
    session = Letting(lambda method: not answers(method))
    ref = await send(Bot(TOKEN, session=session), TOPIC, Rich("Слова"), reply_to=50)

    assert (ref.message_id, session.deleted) == (102, [101])
    assert [answers(one) for one in session.sent] == [True, False]


async def test_what_lands_beside_its_topic_is_taken_back_and_said_to_be_gone() -> None:
    session = Letting(lambda _: False)
    with pytest.raises(ThreadGone):
        await send(Bot(TOKEN, session=session), TOPIC, Rich("Слова"), reply_to=50)
    assert session.deleted == [101, 102]

    photo = LoadedFile(Attachment(Media.PHOTO, "a", "image/png", 2, "email:info", "2"), b"..")
    with pytest.raises(ThreadGone):
        await show_files(Bot(TOKEN, session=session), TOPIC, 50, [photo, photo], speaker("ru"))
    assert session.deleted == [101, 102, 103, 103]


async def test_what_is_older_than_the_topic_is_not_answered_in_it() -> None:
    session = Letting(lambda _: True)
    await send(Bot(TOKEN, session=session), TOPIC, Rich("Слова"), reply_to=39)
    await send(Bot(TOKEN, session=session), OLGA.telegram_id, Rich("Слова"), reply_to=39)
    assert [answers(one) for one in session.sent] == [False, True]


async def test_outside_topics_nothing_is_a_lost_topic() -> None:
    session = Letting(lambda _: False)
    assert (await send(Bot(TOKEN, session=session), 501, Rich("Слова"))).message_id == 101


@given(st.text(max_size=400), st.sampled_from([None, -HOUR, HOUR]))
def test_a_topic_always_has_a_name_that_telegram_takes(name: str, ahead: timedelta | None) -> None:
    due = None if ahead is None else NOON + ahead
    title = title_of(Client(7, name), due, NOON)

    assert 1 <= len(title) <= units(title) <= TITLE_LIMIT
    assert "\n" not in title
    mark = {None: "", -HOUR: OVERDUE, HOUR: WAITING}[ahead]
    assert title.startswith(mark)
    assert title.removeprefix(mark).strip()


def mentioned(view: Any) -> list[tuple[str, str]]:
    """Which words of a card mention whom."""
    return [
        (view.body.part(one.offset, one.offset + one.length).text, one.url)
        for one in view.body.entities
        if (one.url or "").startswith("tg://user")
    ]


def test_a_shared_card_mentions_who_is_to_answer() -> None:
    shown = card(message=message("Где Ольга? 👀"))
    view = mentioning(card_view(shown, reader_of(shown, IVAN), NOON, shared=True), shown)

    assert mentioned(view) == [("Ольга", f"tg://user?id={OLGA.telegram_id}")]
    assert view.body.units <= MESSAGE_LIMIT
    free = card(holder=None)
    assert reader_of(free, IVAN) == IVAN
    assert mentioned(mentioning(card_view(free, IVAN, NOON), free)) == []


def test_while_the_holder_is_away_who_stands_in_is_mentioned_by_name() -> None:
    away = replace(OLGA, absences=(Absence(OLGA.id, NOON - HOUR, NOON + HOUR),))
    shown = card(holder=away, stand_in=IVAN)
    view = mentioning(card_view(shown, reader_of(shown, IVAN), NOON, shared=True), shown)

    assert mentioned(view) == [("Иван", f"tg://user?id={IVAN.telegram_id}")]
    assert view.keyboard
