"""Of a message that was cut off a manager gets the files when they are wanted."""

from inbox.errors import Fault, SendRejected
from inbox.jobs import FetchFiles
from inbox.model import Attachment, Media
from tests.fakes import failures
from tests.inbox.conftest import Studio


async def oversized(studio: Studio, *refs: str) -> int:
    studio.channel.note = {"truncated": "1"}
    studio.channel.attachments = tuple(
        Attachment(Media.DOCUMENT, ref, "x/y", 5, "email:info", ref) for ref in refs
    )
    await studio.client("Ромашка", studio.anna, "a@x.test")
    await studio.asks("a@x.test")
    return studio.desk.cards[0][0].message_id


async def wants_files(studio: Studio, message_id: int, manager_id: int) -> None:
    async with studio.inbox.store.begin() as t:
        await t.put(FetchFiles(message_id, manager_id, 77), key="k", lane="files")
    await studio.run()


async def test_no_file_comes_with_the_card(studio: Studio) -> None:
    await oversized(studio, "2", "3")
    card, _, files = studio.desk.cards[0]
    assert card.cut_off
    assert files == ()
    assert len(card.message.attachments) == 2


async def test_each_comes_when_wanted_with_how_far_it_is(studio: Studio) -> None:
    message_id = await oversized(studio, "2", "gone")
    await wants_files(studio, message_id, studio.anna.id)
    assert [
        (file.content, file.problem, progress.note, progress.done, progress.total)
        for _, file, progress, _ in studio.desk.fetched
    ] == [(b"bytes of 2", None, 77, 1, 2), (None, Fault.EXPIRED, 77, 2, 2)]
    async with studio.inbox.store.begin() as t:
        assert len(await t.links_of_message(message_id)) == 3


async def test_one_that_cannot_be_shown_keeps_no_other_back(studio: Studio) -> None:
    message_id = await oversized(studio, "2", "3")
    studio.desk.refuse[studio.anna.id] = failures(SendRejected(Fault.TOO_LARGE))
    await wants_files(studio, message_id, studio.anna.id)
    assert [progress.done for _, _, progress, _ in studio.desk.fetched] == [2]


async def test_nobody_is_shown_nothing(studio: Studio) -> None:
    message_id = await oversized(studio, "2")
    await wants_files(studio, message_id, 999)
    assert studio.desk.fetched == []
