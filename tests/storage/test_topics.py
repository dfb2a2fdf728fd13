"""The desk's places, over every database: topics, where clients wrote last, gathered cards."""

from __future__ import annotations

from dataclasses import replace

from inbox.chat_records import Topic
from inbox.model import Conversation, Nature
from inbox.ports import Transaction
from storage.store import SqlStore
from tests.storage.values import (
    LENA,
    asked,
    closed_at,
    manager,
    message,
    opened,
    promised,
)


async def further(
    t: Transaction, first: Conversation, number: str, minutes: float
) -> Conversation:
    """Another conversation of the same client, with a message."""
    found = await t.open_conversation("telegram", first.client, first.contact, LENA, None)
    found, _ = await asked(t, found, message(number, minutes=minutes))
    return found


async def test_a_client_has_one_topic_in_a_chat(store: SqlStore) -> None:
    async with store.begin() as t:
        client_id = (await opened(t)).client.id
        other = await t.add_client("Лютик", None)
        first = Topic(1, -100_500, 7, client_id, "Ромашка")
        elsewhere = replace(first, chat_id=5)
        assert await t.topic(1, -100_500, client_id) is None
        await t.save_topic(first)
        await t.save_topic(elsewhere)
        assert await t.topic(1, -100_500, client_id) == first
        assert await t.topic_at(1, -100_500, 7) == first
        assert await t.topic_at(2, -100_500, 7) is None
        assert await t.topics_of(client_id) == (first, elsewhere)
        anew = replace(first, thread_id=8, title="🟡 Ромашка")
        await t.save_topic(anew)
        assert await t.topic(1, -100_500, client_id) == anew
        assert await t.topic_at(1, -100_500, 7) is None, "that thread was deleted"
        await t.drop_topic(first)
        assert await t.topic(1, -100_500, client_id) == anew, "another one stands there by now"
        taken = replace(anew, client_id=other.id)
        await t.save_topic(taken)
        assert await t.topic_at(1, -100_500, 8) == taken
        assert await t.topics_of(client_id) == (elsewhere,)
        await t.drop_topic(taken)
        assert await t.topics_of(other.id) == ()


async def test_the_newest_conversation_is_an_open_one_first(store: SqlStore) -> None:
    async with store.begin() as t:
        first, _ = await asked(t, await opened(t), message("1"))
        client_id = first.client.id
        second = await further(t, first, "2", 5)
        third = await further(t, first, "3", 3)
        await t.add_promise(third.id, promised(90))
        assert await t.newest_conversation(client_id) == second.id
        await closed_at(t, second, 6)
        assert await t.newest_conversation(client_id) == third.id, "open, and later than the first"
        await closed_at(t, third, 9)
        await closed_at(t, first, 7)
        assert await t.newest_conversation(client_id) == third.id, "answered last"
        assert await t.newest_conversation((await t.add_client("Лютик", None)).id) is None


async def test_recent_conversations_are_where_people_wrote(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6))
        first, _ = await asked(t, await opened(t, anna.id), message("1", minutes=9))
        second = await further(t, first, "2", 5)
        await closed_at(t, second, 20)
        await t.open_conversation("telegram", first.client, first.contact, LENA, None)
        machine = await t.open_conversation("telegram", first.client, first.contact, LENA, None)
        await asked(t, machine, message("4", minutes=50, nature=Nature.NEWSLETTER))
        his = await t.add_client("Лютик", boris.id)
        contact = await t.add_contact(his.id, "Олег")
        third = await t.open_conversation("email:info", his, contact, LENA, None)
        await asked(t, third, message("5", minutes=12, nature=Nature.THANKS))
        assert await t.recent_conversations(None, 5) == (second.id, third.id, first.id)
        assert await t.recent_conversations(anna.id, 5) == (second.id, first.id)
        assert await t.recent_conversations(anna.id, 1) == (second.id,)
        assert await t.recent_conversations(boris.id, 5) == (third.id,)


async def test_gathered_cards_wait_for_their_list(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6))
        talk, first = await asked(t, await opened(t), message("1"))
        talk, second = await asked(t, talk, message("2"))
        assert await t.gather_card(second, anna.id)
        assert await t.gather_card(first, anna.id)
        assert await t.gather_card(first, boris.id)
        assert not await t.gather_card(first, anna.id)
        assert await t.gathered(anna.id, 10) == (first, second)
        assert await t.gathered(anna.id, 1) == (first,)
        await t.ungather(anna.id, (first, 10_000))
        await t.ungather(anna.id, ())
        assert await t.gathered(anna.id, 10) == (second,)
        assert await t.gathered(boris.id, 10) == (first,)
