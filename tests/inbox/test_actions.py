"""What a manager does beside answering, and who is to see what."""

from dataclasses import replace
from datetime import timedelta

from sqlalchemy import text

from inbox.actions import answer_only_sender, dismiss, hand_over, settle, take, try_again
from inbox.errors import Fault, SendRejected, SendUncertain
from inbox.flow import reply
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


async def test_a_breach_is_charged_to_who_held_it_when_it_was_due(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    studio.clock.pass_(minutes=70)
    await hand_over(studio.inbox, conversation.id, studio.boris, studio.anna)
    await reply(studio.inbox, studio.draft(conversation, studio.boris))
    await studio.run()
    assert await _held_by(studio) == [studio.anna.id]


async def _held_by(studio: Studio) -> list[int]:
    async with studio.inbox.store.begin() as t:
        return [row[0] for row in await t.rows(text("SELECT held_by_id FROM wait"))]


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
