"""A member asks for the card of an older message: that one is shown, to nobody else."""

from inbox.actions import hand_over
from inbox.errors import Fault, SendRejected
from inbox.jobs import ShowCard
from inbox.model import Conversation
from inbox.ports import Purpose
from tests.fakes import failures
from tests.inbox.conftest import Studio


async def two_questions(studio: Studio) -> tuple[Conversation, int]:
    """Of Anna's client; the conversation and the older message."""
    await studio.client("Ромашка", studio.anna, "a@x.test")
    thread = await studio.asks("a@x.test", "Первый")
    older = studio.desk.cards[-1][0].message_id
    await studio.asks("a@x.test", "Второй", thread=thread)
    studio.desk.cards.clear()
    return await studio.conversation(thread), older


async def asked_for(studio: Studio, talk: Conversation, message_id: int | None) -> None:
    job = ShowCard(talk.id, studio.boris.id, None, message_id)
    async with studio.inbox.store.begin() as t:
        await t.put(job, key="jump", lane=f"manager:{studio.boris.id}")
    await studio.run()


async def test_that_one_is_shown_and_linked(studio: Studio) -> None:
    talk, older = await two_questions(studio)
    await asked_for(studio, talk, older)
    ((card, to, _),) = studio.desk.cards
    assert (card.message.text, to, card.handed_by) == ("Первый", studio.boris, None)
    async with studio.inbox.store.begin() as t:
        links = await t.links_of_message(older)
    assert {one.manager_id for one in links if one.shown.purpose is Purpose.CARD} == {
        studio.anna.id,
        studio.boris.id,
    }


async def test_without_one_it_is_the_newest(studio: Studio) -> None:
    talk, _ = await two_questions(studio)
    await asked_for(studio, talk, None)
    assert [card.message.text for card, _, _ in studio.desk.cards] == ["Второй"]


async def test_who_cannot_be_shown_it_is_nobody_elses_matter(studio: Studio) -> None:
    talk, older = await two_questions(studio)
    studio.desk.refuse[studio.boris.id] = failures(SendRejected(Fault.BLOCKED))
    await asked_for(studio, talk, older)
    assert studio.desk.cards == []
    await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
    studio.desk.refuse[studio.boris.id] = failures(SendRejected(Fault.BLOCKED))
    await studio.run()
    assert [to.name for _, to, _ in studio.desk.cards] == ["Глава"], "what was given is the heads'"
