"""Corrections, guesses, splits and what is held back, over every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from inbox.model import Conversation, Handle, Nature, Outcome, Wait
from inbox.ports import CardState, Placing, Reply, SenderClass, Transaction
from storage.store import SqlStore
from tests.storage.values import (
    HOURS,
    LENA,
    TERMS,
    asked,
    at,
    card_link,
    manager,
    message,
    opened,
    raw,
)

OTHER = Handle("email", "o@x.test")


async def test_a_sender_class_is_kept_changed_and_forgotten(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        first = SenderClass(Nature.AUTOMATIC, anna.id, at(0))
        await t.save_sender_class(LENA, first)
        assert await t.sender_class(LENA) == first
        await t.save_sender_class(LENA, SenderClass(Nature.PERSON, anna.id, at(5)))
        assert await t.sender_class(LENA) == SenderClass(Nature.PERSON, anna.id, at(5))
        assert await t.sender_class(OTHER) is None
        await t.save_sender_class(LENA, None)
        assert await t.sender_class(LENA) is None


async def test_a_correction_keeps_what_it_was_first(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        one = message(nature=Nature.NEWSLETTER, nature_reason="List-Id")
        (raw_id,) = await t.keep("telegram", [raw("1")])
        assert raw_id is not None
        message_id = await t.add_message(conversation, one, raw_id, Placing(held=True))
        assert (await t.card(message_id)).placing == Placing(held=True)
        await t.correct(message_id, Nature.PERSON, "corrected_by:Анна")
        await t.correct(message_id, Nature.AUTOMATIC, "x")
        card = await t.card(message_id)
    assert (card.message.nature, card.message.nature_reason) == (Nature.AUTOMATIC, "x")
    assert card.placing == Placing(first=(Nature.NEWSLETTER, "List-Id"))


async def test_placing_toggles_and_counts_are_on_the_card(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, first = await asked(t, await opened(t), message("1"))
        for number in ("2", "3"):
            (raw_id,) = await t.keep("telegram", [raw(number)])
            assert raw_id is not None
            placed = Placing(guessed=True, counted_on=first, first=(Nature.PERSON, ""))
            last = await t.add_message(conversation, message(number), raw_id, placed)
        assert (await t.card(last)).placing == placed
        assert (await t.card(first)).more == 2
        assert not (await t.card(first)).only_sender
        await t.answer_only_sender(first, True)
        assert (await t.card(first)).only_sender
        assert await t.newest_shown("telegram", LENA) == (first, conversation.id)
        assert await t.newest_shown("email:info", LENA) is None
        assert await t.count_from("telegram", LENA, at(0)) == 3
        assert await t.count_from("telegram", LENA, at(1)) == 0


async def test_messages_leave_and_join_waits(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, first = await asked(t, await opened(t), message("1"))
        conversation, second = await asked(t, conversation, message("2", minutes=5))
        assert conversation.wait is not None
        wait_id = conversation.wait.id
        found = await t.messages_of_wait(wait_id)
        assert [(number, one.external_id) for number, one in found] == [
            (first, "1"),
            (second, "2"),
        ]
        await t.join_wait(first, None)
        assert (await t.card(first)).state is CardState.QUIET
        assert [number for number, _ in await t.messages_of_wait(wait_id)] == [second]


async def test_a_wait_that_ended_can_go_on(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, message_id = await asked(t, await opened(t), message())
        answered, closed = conversation.answered(None, at(5), HOURS, elsewhere=True)
        assert closed is not None
        await t.save_wait(closed)
        await t.save(answered)
    async with store.begin() as t:
        kept = (await t.card(message_id)).wait
        assert kept == closed
        assert kept.closing is not None
        assert kept.closing.elsewhere
        assert kept.closing.outcome is Outcome.ANSWERED
        conversation = await t.conversation(answered.id)
        again = kept.reopened(at(10), HOURS)
        await t.save(replace(conversation, wait=again))
    async with store.begin() as t:
        assert (await t.conversation(answered.id)).wait == again
        assert (await t.card(message_id)).state is CardState.WAITING


async def test_what_was_split_off_moves_with_all_that_hangs_on_it(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        before, first = await asked(t, await opened(t), message("1"))
        before, second = await asked(t, before, message("2", minutes=5))
        await t.learn_threads("telegram", before.id, ["a", "b"])
        await t.link([card_link(before, anna, second, 9)])
        sent = Reply("k", before.id, anna.id, "Да", at(6), message_id=second)
        saved = await t.add_reply(sent)
        assert saved is not None
        own = await t.open_conversation("telegram", before.client, before.contact, LENA, "Смета")
        assert [number for number, _ in await t.messages_from(before.id, second)] == [second]

        await t.move([second], ["b"], own.id)
        assert before.wait is not None
        await t.move_wait(before.wait.id, own.id)

    async with store.begin() as t:
        assert (await t.card(second)).conversation.id == own.id
        assert (await t.card(first)).conversation.id == before.id
        assert [one.key for one in await t.replies(own.id)] == ["k"]
        assert await t.replies(before.id) == ()
        assert (await t.links_of_message(second))[0].conversation_id == own.id
        found = await t.conversation_for("telegram", ["b"])
        assert found is not None
        assert found.id == own.id
        assert found.wait is not None
        assert (await t.conversation(before.id)).wait is None
        kept = await t.conversation_for("telegram", ["a"])
        assert kept is not None
        assert kept.id == before.id


async def test_earlier_subjects_and_those_kept_apart(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, _ = await asked(t, await opened(t), message("1"))
        await asked(t, conversation, message("2", minutes=5, subject=None))
        found = await t.earlier_from("telegram", LENA, at(0))
        assert found == ((conversation.id, ""), (conversation.id, "Смета"))
        assert await t.earlier_from("telegram", LENA, at(6)) == ()
        await t.keep_apart(LENA, "смета\x00")
        await t.keep_apart(LENA, "смета\x00")
        assert await t.is_kept_apart(LENA, "смета\x00")
        assert not await t.is_kept_apart(OTHER, "смета\x00")


async def test_what_is_held_back_is_taken_once(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation = await opened(t, anna.id)
        assert not await t.only_held_back(conversation.client.id)
        message_id = await _held(t, conversation, "1")
        assert await t.only_held_back(conversation.client.id)
        assert await t.newest_shown("telegram", LENA) is None
        assert await t.take_held_back() == ((message_id, anna.id),)
        assert await t.take_held_back() == ()
        assert await t.only_held_back(conversation.client.id)
        assert (await t.card(message_id)).placing.held
        await asked(t, conversation, message("2"))
        assert not await t.only_held_back(conversation.client.id)


async def _held(t: Transaction, conversation: Conversation, number: str) -> int:
    (raw_id,) = await t.keep("telegram", [raw(number)])
    assert raw_id is not None
    one = message(number, nature=Nature.NEWSLETTER)
    return await t.add_message(conversation, one, raw_id, Placing(held=True))


async def test_what_is_answered_is_never_a_report_nor_the_studios_own(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, first = await asked(t, await opened(t), message("1"))
        for number, nature in (("2", Nature.OWN), ("3", Nature.BOUNCE)):
            later = message(number, minutes=float(number), nature=nature)
            await asked(t, conversation, later)
        assert await t.newest_message(conversation.id) == first
        inbound = [line.inbound for line in await t.history(conversation.id, 9)]
        assert inbound == [True, False, True]


async def test_a_message_that_was_cut_off_says_so(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        cut = replace(raw("1"), note={"truncated": "1"})
        (raw_id,) = await t.keep("telegram", [cut])
        assert raw_id is not None
        card = await t.card(await t.add_message(conversation, message(), raw_id))
    assert card.cut_off
    assert card.files_at_hand == ()


def test_a_wait_found_out_to_begin_earlier_is_due_earlier() -> None:
    wait = Wait.open(at(30), TERMS, first=True)
    earlier = wait.since(at(0), at(40), HOURS)
    assert wait.due_at is not None
    assert earlier.due_at == wait.due_at - timedelta(minutes=30)


async def test_who_wrote_what_was_passed_on_is_kept(store: SqlStore) -> None:
    async with store.begin() as t:
        one = message(nature=Nature.OWN, forwarded=OTHER, forwarded_name="Ольга")
        _, message_id = await asked(t, await opened(t), one)
        assert (await t.card(message_id)).message == one
        await t.call_sender(message_id, OTHER, "Ольга")
        kept = (await t.card(message_id)).message
    assert (kept.sender, kept.sender_name) == (OTHER, "Ольга")


async def test_a_mail_in_two_mailboxes_at_once_has_one_first(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)

    async def filed(channel_id: str, other: str) -> int | None:
        one = message(channel_id=channel_id, external_id="<same@x>")
        async with store.begin() as t:
            first = await t.same_mail([other], one.sender, "<same@x>", at(-60))
            await asyncio.sleep(0.05)
            (raw_id,) = await t.keep(channel_id, [raw("1")])
            assert raw_id is not None
            await t.add_message(conversation, one, raw_id)
        return first

    firsts = await asyncio.gather(filed("email:a", "email:b"), filed("email:b", "email:a"))
    assert sorted(one is None for one in firsts) == [False, True]


async def test_copies_are_counted_by_their_channels(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, first = await asked(t, await opened(t), message("1"))
        for number, channel_id in (("2", "telegram"), ("3", "email:b"), ("4", "email:b")):
            (raw_id,) = await t.keep(channel_id, [raw(number)])
            assert raw_id is not None
            one = message(number, channel_id=channel_id)
            held = number == "4"
            await t.add_message(conversation, one, raw_id, Placing(held=held, counted_on=first))
        card = await t.card(first)
        assert (card.more, card.also_in) == (1, ("email:b",))
        assert await t.take_held_back() == (), "its first one is in the digest"
        of_b = await t.earlier_from("email:b", LENA, at(-60))
        assert of_b == (), "a guess stays within the mailbox"
        assert len(await t.history(conversation.id, 10)) == 2
