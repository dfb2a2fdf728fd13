"""A mail to several of our mailboxes is one card with one wait, and names them all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from inbox.actions import dismiss
from inbox.copies import SETTLING
from inbox.flow import listen, reply
from inbox.held_back import queue_digests
from inbox.model import Attachment, Batch, Channel, Conversation, Handle, Media, Nature, RawMessage
from inbox.ports import Card
from tests.fakes import RecordingConnector
from tests.inbox.conftest import Studio

CLIENT = "lena@client.test"
MAIL: dict[str, Any] = {"external_id": "<q1@client.test>", "thread_ids": ("<q1@client.test>",)}


@pytest.fixture
def sales(studio: Studio) -> RecordingConnector:
    """A second mailbox."""
    other = RecordingConnector(studio.clock, Channel("email:sales", "email"), "email:sales")
    return beside(studio, other)


def beside(studio: Studio, other: RecordingConnector) -> RecordingConnector:
    for one in (studio.channel, other):
        one.shapes = {"Вопрос": MAIL}
    connectors = {**studio.inbox.connectors, other.channel.id: other}
    studio.inbox = replace(studio.inbox, connectors=connectors)
    return other


async def comes(
    studio: Studio, by: RecordingConnector, text: str = "Вопрос", *, thread: str = ""
) -> None:
    """A mail of the client arrives in a mailbox, and is shown or counted."""
    studio._numbers += 1
    number = f"<n{studio._numbers}>"
    raw = RawMessage(number, CLIENT, f"{CLIENT}|{thread}|{text}".encode(), studio.clock.now())
    by.batches = [Batch((raw,), number)]
    await listen(studio.inbox, by)
    await studio.run()


async def found(studio: Studio, channel_id: str) -> Conversation:
    async with studio.inbox.store.begin() as t:
        one = await t.conversation_for(channel_id, (MAIL["external_id"],))
    assert one is not None
    return one


async def first_card(studio: Studio) -> Card:
    async with studio.inbox.store.begin() as t:
        return await t.card(studio.desk.cards[0][0].message_id)


async def test_one_card_one_wait_and_the_other_mailbox_by_name(
    studio: Studio, sales: RecordingConnector
) -> None:
    await studio.client("Ромашка", studio.anna, CLIENT)
    await comes(studio, studio.channel)
    studio.clock.pass_(minutes=3)
    await comes(studio, sales)

    ((shown, to, _),) = studio.desk.cards
    assert (to.name, shown.also_in) == ("Анна", ())
    assert (await found(studio, "email:sales")).id == shown.conversation.id
    async with studio.inbox.store.begin() as t:
        assert await t.count_waiting(None) == 1
        assert await t.newest_message(shown.conversation.id) == shown.message_id
        assert len(await t.history(shown.conversation.id, 10)) == 1
    await studio.later(SETTLING + 0.1)
    redrawn = studio.desk.redrawn[-1][1]
    assert (redrawn.message_id, redrawn.also_in, redrawn.more) == (
        shown.message_id,
        ("email:sales",),
        0,
    )


async def test_the_answer_goes_out_from_the_mailbox_of_the_card(
    studio: Studio, sales: RecordingConnector
) -> None:
    await studio.client("Ромашка", studio.anna, CLIENT)
    await comes(studio, sales)
    await comes(studio, studio.channel)
    conversation = await found(studio, "email:info")
    await reply(studio.inbox, studio.draft(conversation, studio.anna))
    await studio.run()
    assert [one.answering and one.answering.channel_id for one in sales.sent] == ["email:sales"]
    assert studio.channel.sent == []

    # What the client writes to the other mailbox alone belongs to the same conversation.
    studio.clock.pass_(minutes=1)
    await comes(studio, studio.channel, "Спасибо, а когда?", thread="<q1@client.test>")
    assert studio.desk.cards[-1][0].conversation.id == conversation.id
    assert (await found(studio, "email:info")).wait is not None


async def test_a_late_copy_opens_no_wait_again(studio: Studio, sales: RecordingConnector) -> None:
    await studio.client("Ромашка", studio.anna, CLIENT)
    await comes(studio, studio.channel)
    await dismiss(studio.inbox, (await found(studio, "email:info")).id, studio.anna)
    studio.clock.pass_(hours=23)
    await comes(studio, sales)
    assert (await found(studio, "email:info")).wait is None
    assert len(studio.desk.cards) == 1


async def test_after_a_day_it_is_a_mail_of_its_own(
    studio: Studio, sales: RecordingConnector
) -> None:
    await studio.client("Ромашка", studio.anna, CLIENT)
    await comes(studio, studio.channel)
    studio.clock.pass_(hours=25)
    await comes(studio, sales)
    assert len(studio.desk.cards) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"text": "Другое"},
        {"subject": "Другая тема"},
        {"sender": Handle("email", "olga@client.test")},
        {"external_id": "<q2@client.test>"},
        {"attachments": (Attachment(Media.DOCUMENT, "a.pdf", "", 9, "email:sales", "2"),)},
    ],
    ids=lambda value: next(iter(value)),
)
async def test_what_differs_is_shown(
    studio: Studio, sales: RecordingConnector, other: dict[str, Any]
) -> None:
    await studio.client("Ромашка", studio.anna, CLIENT, "olga@client.test")
    await comes(studio, studio.channel)
    sales.shapes = {"Вопрос": {**MAIL, **other}}
    await comes(studio, sales)
    assert len(studio.desk.cards) == 2


async def test_a_person_is_not_counted_on_a_quiet_card(
    studio: Studio, sales: RecordingConnector
) -> None:
    await studio.client("Ромашка", studio.anna, CLIENT)
    studio.channel.shapes = {"Вопрос": {**MAIL, "nature": Nature.AUTOMATIC}}
    await comes(studio, studio.channel)
    await comes(studio, sales)
    assert len(studio.desk.cards) == 2
    async with studio.inbox.store.begin() as t:
        assert await t.count_waiting(None) == 1


async def test_in_one_mailbox_nothing_is_hidden(studio: Studio, sales: RecordingConnector) -> None:
    await studio.client("Ромашка", studio.anna, CLIENT)
    await comes(studio, studio.channel)
    await comes(studio, studio.channel)
    assert len(studio.desk.cards) == 2


async def test_chats_have_ids_of_their_own(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, CLIENT)
    chat = beside(studio, RecordingConnector(studio.clock, Channel("telegram", "telegram")))
    await comes(studio, studio.channel)
    await comes(studio, chat)
    assert len(studio.desk.cards) == 2


async def test_a_newsletter_to_both_is_once_in_the_digest(
    studio: Studio, sales: RecordingConnector
) -> None:
    letter = {**MAIL, "nature": Nature.NEWSLETTER, "nature_reason": "List-Id"}
    for one in (studio.channel, sales):
        one.shapes = {"Скидки": letter}
        await comes(studio, one, "Скидки")
    await queue_digests(studio.inbox)
    await studio.run()
    assert studio.desk.cards == []
    assert {len(cards) for cards, _ in studio.desk.digests} == {1}


async def test_a_flood_in_both_is_counted_apart(studio: Studio, sales: RecordingConnector) -> None:
    await studio.client("Датчик", studio.anna, CLIENT)
    for number in range(23):
        same = {"external_id": f"<{number}@x>", "thread_ids": (f"<{number}@x>",)}
        for one in (studio.channel, sales):
            one.shapes = {f"Сбой {number}": same}
            await comes(studio, one, f"Сбой {number}")
    assert len(studio.desk.cards) == 20 + 1
    async with studio.inbox.store.begin() as t:
        last = await t.card(studio.desk.cards[-1][0].message_id)
    assert (last.more, last.also_in) == (2, ("email:sales",))
