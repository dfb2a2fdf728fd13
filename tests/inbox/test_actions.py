"""What a manager does beside answering, and who is to see what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.actions import (
    add_note,
    answer_only_sender,
    dismiss,
    hand_over,
    phone_note,
    phoned,
    settle,
    take,
    try_again,
    undo_dismissal,
)
from inbox.corrections import call_automatic
from inbox.errors import Fault, SendRejected, SendUncertain
from inbox.flow import escalate, reply
from inbox.jobs import Queue
from inbox.model import Outcome
from inbox.ports import CardState, ReplyState
from tests.fakes import failures
from tests.inbox.conftest import Studio


async def test_no_reply_needed_closes_the_wait_once(studio: Studio) -> None:
    thread = await studio.asks("a@x.test")
    conversation = await studio.conversation(thread)
    studio.clock.pass_(minutes=10)
    assert await dismiss(studio.inbox, conversation.id, studio.anna)
    assert not await dismiss(studio.inbox, conversation.id, studio.boris)
    await studio.run()
    _, card, _, _ = studio.desk.redrawn[-1]
    assert card.state is CardState.DISMISSED
    assert card.closed_by == studio.anna
    assert card.wait is not None
    assert card.wait.closing is not None
    assert card.wait.closing.outcome is Outcome.DISMISSED
    assert (await studio.conversation(thread)).wait is None


async def test_of_two_who_take_a_client_the_first_has_it(studio: Studio) -> None:
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    assert await take(studio.inbox, conversation.id, studio.boris) == studio.boris
    assert await take(studio.inbox, conversation.id, studio.anna) == studio.boris
    await studio.run()
    redrawn = {to.name: card.holder for _, card, to, _ in studio.desk.redrawn}
    assert redrawn == dict.fromkeys(["Анна", "Борис", "Глава"], studio.boris)


async def test_a_client_of_somebody_who_left_can_be_taken(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    async with studio.inbox.store.begin() as t:
        await t.save_manager(replace(studio.anna, active=False))
    assert await take(studio.inbox, conversation.id, studio.boris) == studio.boris


async def test_a_client_handed_over_is_the_others_with_all_conversations(
    studio: Studio,
) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    other = await studio.asks("a@x.test", "О другом")
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    await hand_over(studio.inbox, conversation.id, studio.boris, studio.anna)
    await hand_over(studio.inbox, conversation.id, studio.boris, studio.anna)
    await studio.run()
    shown = [(card.conversation.id, card.handed_by, to) for card, to, _ in studio.desk.cards[2:]]
    given = studio.anna, studio.boris
    of_other = (await studio.conversation(other)).id
    assert shown == [(conversation.id, *given), (of_other, *given)]
    assert (await studio.conversation(other)).assignee_id == studio.boris.id


class TestRule08:
    async def test_rule_08_no_reply_needed_is_an_end_without_an_answer(
        self, studio: Studio
    ) -> None:
        thread = await studio.asks("a@x.test")
        await dismiss(studio.inbox, (await studio.conversation(thread)).id, studio.anna)
        conversation = await studio.conversation(thread)
        assert (conversation.wait, conversation.answered_at) == (None, None)

    async def test_rule_08_it_can_be_taken_back_for_a_minute(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)
        await studio.run()
        conversation = await studio.conversation(thread)
        before, told = conversation.wait, len(studio.desk.alerts)
        assert before is not None
        await dismiss(studio.inbox, conversation.id, studio.anna)
        studio.clock.pass_(seconds=60)
        assert await undo_dismissal(studio.inbox, conversation.id, studio.anna)
        assert not await undo_dismissal(studio.inbox, conversation.id, studio.anna)
        await escalate(studio.inbox)
        await studio.run()
        after = (await studio.conversation(thread)).wait
        assert after == before, "as if it had never ended"
        assert len(studio.desk.alerts) == told, "what was told is not told again"
        assert studio.desk.redrawn[-1][1].state is CardState.WAITING

    async def test_rule_08_later_it_cannot(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        conversation = await studio.conversation(thread)
        await dismiss(studio.inbox, conversation.id, studio.anna)
        studio.clock.pass_(seconds=61)
        assert not await undo_dismissal(studio.inbox, conversation.id, studio.anna)

    async def test_rule_08_nor_once_somebody_wrote(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        conversation = await studio.conversation(thread)
        assert not await undo_dismissal(studio.inbox, conversation.id, studio.anna)
        await dismiss(studio.inbox, conversation.id, studio.anna)
        studio.clock.pass_(seconds=10)
        await reply(studio.inbox, studio.draft(conversation, studio.anna))
        await studio.run()
        assert not await undo_dismissal(studio.inbox, conversation.id, studio.anna)
        await studio.asks("a@x.test", "Ещё", thread=thread)
        await dismiss(studio.inbox, conversation.id, studio.anna)
        await studio.asks("a@x.test", "И ещё", thread=thread)
        assert not await undo_dismissal(studio.inbox, conversation.id, studio.anna)

    async def test_rule_08_what_no_person_asked_stays_without_a_wait(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        await call_automatic(studio.inbox, studio.desk.cards[0][0].message_id, studio.anna)
        conversation = await studio.conversation(thread)
        assert not await undo_dismissal(studio.inbox, conversation.id, studio.anna)

    async def test_rule_08_the_card_is_drawn_again_when_the_minute_is_over(
        self, studio: Studio
    ) -> None:
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        await dismiss(studio.inbox, conversation.id, studio.anna)
        await studio.run()
        claimed = await studio.inbox.store.claim(Queue.DESK, 1)
        assert claimed.next_due_in == pytest.approx(61, abs=2)


class TestByTelephone:
    async def test_it_counts_as_answered_at_that_moment(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=20)
        conversation = await studio.conversation(thread)
        closed = await phoned(studio.inbox, conversation.id, studio.anna)
        assert closed is not None
        assert closed.closing is not None
        assert closed.closing.outcome is Outcome.PHONED
        assert closed.closing.business == timedelta(minutes=20)
        assert (await studio.conversation(thread)).answered_at == studio.clock.now()
        assert await phoned(studio.inbox, conversation.id, studio.anna) is None

    async def test_what_comes_later_waits_on_its_own(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        conversation = await studio.conversation(thread)
        await phoned(studio.inbox, conversation.id, studio.anna)
        studio.clock.pass_(minutes=5)
        await studio.asks("a@x.test", "Ещё вопрос", thread=thread)
        wait = (await studio.conversation(thread)).wait
        assert wait is not None
        assert (wait.started_at, wait.first) == (studio.clock.now(), False)

    async def test_a_note_is_kept_in_one_line(self, studio: Studio) -> None:
        conversation = await studio.conversation(await studio.asks("a@x.test"))
        assert conversation.wait is not None
        wait_id = conversation.wait.id
        assert not await phone_note(studio.inbox, wait_id, studio.anna, "рано")
        await phoned(studio.inbox, conversation.id, studio.anna)
        assert not await phone_note(studio.inbox, wait_id, studio.anna, " \n ")
        assert await phone_note(studio.inbox, wait_id, studio.anna, " Договорились\n на вторник ")
        await studio.run()
        card = studio.desk.redrawn[-1][1]
        assert card.wait is not None
        assert card.wait.closing is not None
        assert card.wait.closing.note == "Договорились на вторник"


async def test_words_for_the_new_holder(studio: Studio) -> None:
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    assert not await add_note(studio.inbox, conversation.id, studio.anna, "Никому")
    await hand_over(studio.inbox, conversation.id, studio.boris, studio.anna)
    assert not await add_note(studio.inbox, conversation.id, studio.boris, "Себе")
    assert not await add_note(studio.inbox, conversation.id, studio.anna, "  ")
    assert await add_note(studio.inbox, conversation.id, studio.anna, "Ждёт счёт")
    await studio.run()
    ((about, words, to),) = studio.desk.notes
    assert (about.id, words.text, words.author, to) == (
        conversation.id,
        "Ждёт счёт",
        studio.anna,
        studio.boris,
    )


async def test_a_rejected_reply_is_sent_again_when_the_manager_says_so(
    studio: Studio,
) -> None:
    studio.channel.failures = failures(
        SendRejected(Fault.REFUSED, "busy"), SendRejected(Fault.REFUSED, "busy"), None
    )
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    saved = await reply(studio.inbox, studio.draft(conversation, studio.anna))
    assert saved is not None
    await studio.run()
    for _ in range(2):
        studio.clock.pass_(minutes=1)
        assert await try_again(studio.inbox, saved.id, studio.anna)
        await studio.run()
    assert [told.state for told, _ in studio.desk.outcomes] == [
        ReplyState.REJECTED,
        ReplyState.REJECTED,
        ReplyState.SENT,
    ]
    assert not await try_again(studio.inbox, saved.id, studio.anna)
    assert len({sent.key for sent in studio.channel.sent}) == 1, "the key stays"


async def test_a_press_that_is_told_again_sends_nothing_again(studio: Studio) -> None:
    studio.channel.failures = failures(*(SendUncertain(Fault.NO_ANSWER) for _ in range(2)))
    thread = await studio.asks("a@x.test")
    saved = await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
    assert saved is not None
    await studio.run()
    for _ in range(2):
        studio.clock.pass_(minutes=1)
        assert await try_again(studio.inbox, saved.id, studio.anna, press="first")
        await studio.run()
    assert [told.state for told, _ in studio.desk.outcomes] == [ReplyState.UNCERTAIN] * 2
    assert await try_again(studio.inbox, saved.id, studio.anna, press="second")
    await studio.run()
    assert studio.desk.outcomes[-1][0].state is ReplyState.SENT


async def test_an_uncertain_reply_that_arrived_closes_the_wait_when_it_was_written(
    studio: Studio,
) -> None:
    studio.channel.failures = failures(SendUncertain(Fault.NO_ANSWER))
    thread = await studio.asks("a@x.test")
    studio.clock.pass_(minutes=7)
    saved = await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
    assert saved is not None
    await studio.run()
    studio.clock.pass_(minutes=30)
    assert await settle(studio.inbox, saved.id)
    assert not await settle(studio.inbox, saved.id)
    await studio.run()
    _, card, _, _ = studio.desk.redrawn[-1]
    assert card.wait is not None
    assert card.wait.closing is not None
    assert card.wait.closing.business == timedelta(minutes=7)


async def test_what_arrived_closes_the_wait_though_the_servers_clocks_differ(
    studio: Studio,
) -> None:
    thread = await studio.asks("a@x.test")
    conversation = await studio.conversation(thread)
    studio.channel.failures = failures(SendUncertain(Fault.NO_ANSWER))
    before = studio.clock.now() - timedelta(seconds=20)
    draft = replace(studio.draft(conversation, studio.anna), written_at=before)
    saved = await reply(studio.inbox, draft)
    assert saved is not None
    await studio.run()
    assert await settle(studio.inbox, saved.id)
    assert (await studio.conversation(thread)).wait is None


async def test_who_gets_replies_is_chosen_for_a_message(studio: Studio) -> None:
    await studio.asks("a@x.test")
    message_id = studio.desk.cards[0][0].message_id
    await answer_only_sender(studio.inbox, message_id, only=True, cause="press 1")
    await studio.run()
    assert studio.desk.redrawn[-1][1].only_sender
    await answer_only_sender(studio.inbox, message_id, only=False, cause="press 2")
    await studio.run()
    assert not studio.desk.redrawn[-1][1].only_sender
