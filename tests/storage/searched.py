"""What tests of the search say and ask."""

from collections.abc import Collection

from inbox.model import Attachment, Conversation, Handle, InboundMessage, Media
from inbox.ports import Transaction
from inbox.searching import Hit, Query
from inbox.work_records import InternalNote
from tests.storage.values import at, message, raw

PDF = Attachment(Media.DOCUMENT, "Акт_сверки за июнь.pdf", "application/pdf", 9, "bot:1", "x")


async def found(
    t: Transaction, query: Query | str, sees: Collection[int] | None = None, limit: int = 50
) -> tuple[Hit, ...]:
    query = Query(query) if isinstance(query, str) else query
    return (await t.search(query, sees, None, limit)).hits


async def texts(
    t: Transaction, query: Query | str, sees: Collection[int] | None = None
) -> list[str]:
    return [hit.text for hit in await found(t, query, sees)]


async def asked(
    t: Transaction, conversation: Conversation, one: InboundMessage
) -> tuple[Conversation, int]:
    """File a message; whether somebody waits is not what is looked at."""
    (raw_id,) = await t.keep(one.channel_id, [raw(one.external_id)])
    assert raw_id is not None
    return conversation, await t.add_message(conversation, one, raw_id)


def plain(number: str, words: str, minutes: float = 0, **more: object) -> InboundMessage:
    """Without subject and files."""
    fields = {"subject": None, "attachments": (), "text": words, "entities": (), **more}
    return message(number, minutes=minutes, **fields)


async def another_client(
    t: Transaction, name: str, manager_id: int | None, address: str, channel: str = "telegram"
) -> Conversation:
    its = await t.add_client(name, manager_id)
    contact = await t.add_contact(its.id, name)
    handle = Handle(channel.partition(":")[0], address)
    await t.add_handles(contact.id, (handle,))
    return await t.open_conversation(channel, its, contact, handle, None)


def note(conversation: Conversation, author_id: int, words: str, minutes: float) -> InternalNote:
    return InternalNote(f"note:{words}", conversation.id, author_id, words, at(minutes))
