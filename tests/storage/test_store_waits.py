"""The contract of the store over both databases: waits, replies, the desk, two at once."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from inbox.errors import NoSuchRow
from inbox.model import Nature, Outcome, Role
from inbox.records import CardState, DeskLink, DeskRef, Purpose, Reply, ReplyState, Shown
from storage.store import SqlStore
from tests.storage.values import (
    HOURS,
    LENA,
    T0,
    TERMS,
    asked,
    at,
    card_link,
    manager,
    message,
    opened,
)


async def test_a_naive_instant_is_refused(store: SqlStore) -> None:
    with pytest.raises(Exception, match="without a zone"):
        async with store.begin() as t:
            await t.add_invite("s", Role.HEAD, "", datetime(2026, 1, 1))  # noqa: DTZ001  on purpose


async def test_a_wait_lives_through_its_states(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, first = await asked(t, await opened(t, anna.id), message())
        conversation, second = await asked(t, conversation, message("2", minutes=5))
        assert conversation.wait
        wait = conversation.wait
        assert wait.id
        card = await t.card(second)
        assert card.state is CardState.WAITING
        assert card.wait == wait == card.conversation.wait
        assert card.holder == anna
        assert card.conversation == conversation == await t.conversation(conversation.id)
        assert wait.first
        fired = wait.after_firing(frozenset({0}), at(45), HOURS)
        await t.save_wait(fired)
        assert await t.wait(wait.id) == (replace(conversation, wait=fired), fired)
        answered, closed = replace(conversation, wait=fired).answered(anna.id, at(30), HOURS)
        assert closed
        await t.save_wait(closed)
        await t.save(answered)
    async with store.begin() as t:
        card = await t.card(first)
        assert card.state is CardState.ANSWERED
        assert card.wait == closed
        assert card.closed_by == anna
        assert card.conversation == answered
        assert closed.closing
        assert closed.closing.business == timedelta(minutes=30)
        assert await t.wait(wait.id) == (answered, closed)
        with pytest.raises(NoSuchRow):
            await t.save_wait(replace(closed, id=10_000))
        with pytest.raises(NoSuchRow):
            await t.wait(10_000)


async def test_a_changed_open_wait_is_saved_with_its_conversation(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, _ = await asked(t, await opened(t), message())
        assert conversation.wait
        fired = conversation.wait.after_firing(frozenset({0}), at(45), HOURS)
        assert await t.save(replace(conversation, wait=fired)) == replace(conversation, wait=fired)
    async with store.begin() as t:
        assert (await t.conversation(conversation.id)).wait == fired


async def test_a_message_that_opened_no_wait_is_quiet(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        _, message_id = await asked(t, conversation, message(nature=Nature.AUTOMATIC))
        card = await t.card(message_id)
        assert (card.state, card.wait, card.holder) == (CardState.QUIET, None, None)


async def test_a_dismissed_wait_says_so_on_its_cards(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t), message())
        dismissed, closed = conversation.ended(Outcome.DISMISSED, anna.id, at(1), HOURS)
        assert closed
        await t.save_wait(closed)
        await t.save(dismissed)
        card = await t.card(message_id)
        assert card.state is CardState.DISMISSED
        assert card.closed_by == anna
        assert closed.closing
        assert closed.closing.outcome is Outcome.DISMISSED


async def test_what_was_asked_after_the_reply_belongs_to_the_new_wait(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, first = await asked(t, await opened(t, anna.id), message())
        conversation, automatic = await asked(
            t, conversation, message("2", minutes=9, nature=Nature.AUTOMATIC)
        )
        conversation, later = await asked(t, conversation, message("3", minutes=10))
        answered, closed = conversation.answered(anna.id, at(5), HOURS)
        assert closed
        await t.save_wait(closed)
        assert await t.first_asked_after(conversation.id, at(10)) is None
        found = await t.first_asked_after(conversation.id, at(5))
        assert found == message("3", minutes=10)
        again = await t.save(answered.asked(found, TERMS))
        assert again.wait
        assert again.wait.started_at == at(10)
        assert not again.wait.first
        states = [(await t.card(one)).state for one in (first, automatic, later)]
        assert states == [CardState.ANSWERED, CardState.ANSWERED, CardState.WAITING]
        assert (await t.card(later)).wait == again.wait


async def test_due_waits_come_most_urgent_first(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        assert await t.next_rung_at() is None
        assert await t.due_waits(at(10_000), 10) == ()
        late, _ = await asked(t, await opened(t, anna.id), message("1", minutes=20))
        other = await t.open_conversation("telegram", late.client, late.contact, LENA, None)
        early, _ = await asked(t, other, message("2", minutes=10))
        loose_client = await t.add_client("Без менеджера", None)
        contact = await t.add_contact(loose_client.id, "")
        third = await t.open_conversation("telegram", loose_client, contact, LENA, None)
        loose, _ = await asked(t, third, message("3", minutes=15))
        assert await t.next_rung_at() == at(55)
        assert await t.due_waits(at(54), 10) == ()
        assert await t.due_waits(at(65), 10) == tuple(
            (one, one.wait) for one in (early, loose, late)
        )
        assert await t.due_waits(at(65), 1) == ((early, early.wait),)
        assert await t.waiting(None, 10) == (early, loose, late)
        assert await t.waiting(anna.id, 10) == (early, late)
        assert await t.waiting(anna.id, 1) == (early,)
        assert (await t.count_waiting(None), await t.count_waiting(anna.id)) == (3, 2)
        answered, closed = early.answered(anna.id, at(12), HOURS)
        assert closed
        await t.save_wait(closed)
        await t.save(answered)
        assert await t.count_waiting(None) == 2
        assert await t.next_rung_at() == at(60)


async def test_replies_and_history(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t, anna.id), message())
        draft = Reply(
            key="desk:1",
            conversation_id=conversation.id,
            author_id=anna.id,
            text="Да",
            written_at=at(1),
            entities=message().entities,
            attachments=message().attachments,
            message_id=message_id,
            desk_ref=DeskRef(1, 2**40, 3),
        )
        saved = await t.add_reply(draft)
        assert saved
        assert saved.id
        assert await t.add_reply(draft) is None
        assert await t.reply(saved.id) == saved
        second = await t.add_reply(replace(draft, key="desk:2", desk_ref=None, written_at=at(5)))
        assert second
        await asked(t, conversation, message("2", minutes=4))
        sent = replace(saved, state=ReplyState.SENT, tries=2, sent_at=at(3), detail="x")
        await t.save_reply(sent)
        assert await t.reply(saved.id) == sent
        lines = await t.history(conversation.id, 10)
        assert [(line.at, line.author, line.inbound, line.state) for line in lines] == [
            (at(0), "Лена", True, None),
            (at(3), "Анна", False, ReplyState.SENT),
            (at(4), "Лена", True, None),
            (at(5), "Анна", False, ReplyState.QUEUED),
        ]
        assert lines[0].attachments == lines[1].attachments == message().attachments
        assert await t.history(conversation.id, 2) == lines[2:]
        with pytest.raises(NoSuchRow):
            await t.reply(10_000)
        with pytest.raises(NoSuchRow):
            await t.save_reply(replace(sent, id=10_000))


async def test_links_lead_from_the_desk_to_the_message(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t, anna.id), message())
        one = card_link(conversation, anna, message_id, 1)
        file = replace(one, shown=Shown(DeskRef(1, 2**40, 2), Purpose.FILE))
        await t.link([])
        await t.link([one, file])
        await t.link([replace(one, message_id=None)])
        assert await t.link_at(one.shown.ref) == one
        assert await t.link_at(DeskRef(2, anna.telegram_id, 1)) is None
        assert await t.links_of_message(message_id) == (file, one)


async def test_cards_and_alerts_of_the_two_last_waits_are_redrawn(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation = await opened(t, anna.id)
        links: list[DeskLink] = []
        for number in range(3):
            one = message(str(number), minutes=100 * number)
            conversation, message_id = await asked(t, conversation, one)
            assert conversation.wait
            card = card_link(conversation, anna, message_id, 10 * number)
            alert = Shown(DeskRef(1, anna.telegram_id, 10 * number + 1), Purpose.ALERT)
            note = Shown(DeskRef(1, anna.telegram_id, 10 * number + 2), Purpose.NOTE)
            links += [card, replace(card, shown=alert, wait_id=conversation.wait.id, rung=1)]
            await t.link([*links[-2:], replace(card, shown=note)])
            conversation, closed = conversation.answered(anna.id, at(100 * number + 1), HOURS)
            assert closed
            await t.save_wait(closed)
            conversation = await t.save(conversation)
        assert await t.links_to_redraw(conversation.id) == tuple(reversed(links[2:]))
        many = [card_link(conversation, anna, message_id, 100 + n) for n in range(60)]
        await t.link(many)
        assert await t.links_to_redraw(conversation.id) == tuple(reversed(many[10:]))


async def test_forms_and_slots(store: SqlStore) -> None:
    async with store.begin() as t:
        assert await t.form("5") is None
        await t.save_form("5", "a")
        await t.save_form("5", "b")
        assert await t.form("5") == "b"
        await t.save_form("5", None)
        assert await t.form("5") is None
        assert await t.take_slot("report", T0)
        assert not await t.take_slot("report", T0)
        assert await t.take_slot("report", at(1))


async def test_two_who_read_and_write_lose_no_update(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        managers = [await t.save_manager(manager(str(n), n)) for n in range(1, 9)]

    async def take(manager_id: int) -> int | None:
        async with store.begin() as t:
            found = await t.conversation(conversation.id)
            if found.assignee_id is not None:
                return found.assignee_id
            await t.save(found.assigned(manager_id))
            return manager_id

    winners = await asyncio.gather(*(take(one.id) for one in managers))
    assert len(set(winners)) == 1


async def test_two_who_answer_at_once_do_not_block_each_other(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation = await opened(t, anna.id)
    both = asyncio.Barrier(2)

    async def answer(key: str) -> None:
        draft = Reply(key, conversation.id, anna.id, "Да", at(1))
        async with store.begin() as t:
            await t.add_reply(draft)
            if t.dialect == "postgresql":
                await both.wait()
            found = await t.conversation(conversation.id)
            await t.save(replace(found, answered_at=at(2)))

    async with asyncio.timeout(10):
        await asyncio.gather(answer("a"), answer("b"))
    async with store.begin() as t:
        assert len(await t.history(conversation.id, 10)) == 2
