"""Words of a colleague about a conversation: shown, and answered to the client."""

from inbox.errors import Fault, SendRejected
from inbox.jobs import ShowNote
from inbox.ports import Purpose
from tests.fakes import failures
from tests.inbox.conftest import Studio


async def note(studio: Studio) -> int:
    """Anna gives Boris a word about a client's conversation; the conversation's id."""
    conversation = await studio.conversation(await studio.asks("a@x.test"))
    job = ShowNote(conversation.id, studio.boris.id, studio.anna.id, "handed_over", "Ждёт макет")
    async with studio.inbox.store.begin() as t:
        await t.put(job, key="note", lane=f"manager:{studio.boris.id}")
    await studio.run()
    return conversation.id


async def test_a_note_stands_for_the_newest_message(studio: Studio) -> None:
    conversation_id = await note(studio)
    ((conversation, words, to),) = studio.desk.notes
    assert (conversation.id, to, words.author) == (conversation_id, studio.boris, studio.anna)
    assert (words.kind, words.text) == ("handed_over", "Ждёт макет")
    message_id = studio.desk.cards[0][0].message_id
    async with studio.inbox.store.begin() as t:
        links = await t.links_of_message(message_id)
    notes = [link for link in links if link.shown.purpose is Purpose.NOTE]
    assert [(one.conversation_id, one.manager_id) for one in notes] == [
        (conversation_id, studio.boris.id)
    ]


async def test_a_note_that_cannot_be_shown_holds_nothing_up(studio: Studio) -> None:
    studio.desk.refuse[studio.boris.id, "show_note"] = failures(SendRejected(Fault.BLOCKED))
    await note(studio)
    assert studio.desk.notes == []
    assert studio.desk.told == []
