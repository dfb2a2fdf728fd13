"""Values that say something about every field of theirs, and the small acts of a queue."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inbox.business_hours import BusinessHours
from inbox.calendars import STUDIO, Calendar
from inbox.jobs import Queue, Received
from inbox.model import (
    Attachment,
    Conversation,
    Entity,
    Handle,
    InboundMessage,
    Manager,
    Media,
    Nature,
    RawMessage,
    Role,
    Wait,
)
from inbox.policies import Terms
from inbox.ports import Transaction
from inbox.records import Claim, DeskLink, DeskRef, Purpose, Reply, Shown
from inbox.sla import Policy, Recipient, Rung
from storage.store import SqlStore

T0 = datetime(2026, 3, 2, 9, 30, 0, 123456, tzinfo=UTC)
HOURS = BusinessHours(ZoneInfo("Europe/Moscow"), {day: ((time(0), time(0)),) for day in range(7)})
POLICY = Policy(
    timedelta(hours=1),
    (
        Rung(timedelta(minutes=45), Recipient.MANAGER),
        Rung(timedelta(minutes=90), Recipient.HEAD, any_time=True),
    ),
)
TERMS = Terms(POLICY, Calendar(STUDIO, HOURS))
LENA = Handle("telegram", "77")


def at(minutes: float) -> datetime:
    return T0 + timedelta(minutes=minutes)


def raw(external_id: str, *, group: str | None = None, payload: bytes = b"{}") -> RawMessage:
    return RawMessage(external_id, "chat:77", payload, T0, group, {"bot": "1"})


def message(external_id: str = "1", *, minutes: float = 0, **more: object) -> InboundMessage:
    fields: dict[str, object] = {
        "channel_id": "telegram",
        "external_id": external_id,
        "thread_ids": ("77",),
        "sender": LENA,
        "sender_name": "Лена",
        "sent_at": at(minutes),
        "text": "Добрый день 👋 <b>",
        "entities": (Entity("bold", 0, 6), Entity("text_link", 7, 4, url="https://x.test")),
        "quoted": "> было",
        "subject": "Смета",
        "attachments": (
            Attachment(Media.PHOTO, "a.jpg", "image/jpeg", 12, "bot:1", "AgAC", {"width": 3}),
            Attachment(Media.LOCATION, "", "", None, "bot:1", "", {"latitude": 55.7}),
        ),
        "known_as": (Handle("telegram_name", "lena"),),
        "answers_to": ("boss@lena.test",),
        "nature": Nature.PERSON,
        "nature_reason": "",
        "reply_context": {"message_id": 9, "references": ["<a@b>"]},
    }
    return InboundMessage(**{**fields, **more})  # type: ignore[arg-type]  # a test's own wishes


def manager(name: str = "Анна", telegram_id: int = 5_000_000_001, **more: object) -> Manager:
    fields: dict[str, object] = {"role": Role.MANAGER, "zone": "Asia/Omsk", "language": "en"}
    return Manager(0, name, telegram_id, **{**fields, **more})  # type: ignore[arg-type]  # fields of a test


async def opened(t: Transaction, manager_id: int | None = None) -> Conversation:
    """Lena's conversation on Telegram."""
    client = await t.add_client("Ромашка", manager_id)
    contact = await t.add_contact(client.id, "Лена")
    await t.add_handles(contact.id, (LENA,))
    conversation = await t.open_conversation("telegram", client, contact, LENA, "Смета")
    await t.learn_threads("telegram", conversation.id, ("77",))
    return conversation


async def asked(
    t: Transaction, conversation: Conversation, one: InboundMessage
) -> tuple[Conversation, int]:
    """File a message as the flow does."""
    (raw_id,) = await t.keep("telegram", [raw(one.external_id)])
    assert raw_id is not None
    conversation = await t.save(conversation.asked(one, TERMS))
    return conversation, await t.add_message(conversation, one, raw_id)


def promised(due: float) -> Wait:
    """Made at the beginning, for so many minutes later; its rung comes at the due time."""
    rung = replace(POLICY.ladder[0], after=timedelta())
    return Wait.promise(T0, at(due), (rung,), TERMS.calendar)


async def another(t: Transaction, first: Conversation, number: str) -> Conversation:
    """A further conversation with the same client, with an open wait."""
    found = await t.open_conversation("telegram", first.client, first.contact, LENA, None)
    found, _ = await asked(t, found, message(number))
    return found


async def closed_at(t: Transaction, one: Conversation, minutes: float) -> Wait:
    answered, closed = one.answered(None, at(minutes), HOURS)
    assert closed
    await t.save_wait(closed)
    await t.save(answered)
    return closed


def card_link(conversation: Conversation, to: Manager, message_id: int, number: int) -> DeskLink:
    ref = DeskRef(1, to.telegram_id, number)
    return DeskLink(Shown(ref, Purpose.CARD), conversation.id, to.id, message_id)


async def put(store: SqlStore, number: int, *, lane: str = "a", delay: float = 0.0) -> bool:
    async with store.begin() as t:
        return await t.put(Received(number), key=f"job:{number}", lane=lane, delay=delay)


async def finish(store: SqlStore, claim: Claim) -> None:
    async with store.begin() as t:
        await t.finish(claim)


async def claim_all(store: SqlStore, limit: int = 10) -> list[int]:
    """The raw ids of what can be run now, as run and finished."""
    claimed = await store.claim(Queue.IN, limit)
    for claim in claimed.claims:
        await finish(store, claim)
    return [claim.job.raw_id for claim in claimed.claims if isinstance(claim.job, Received)]


def draft(conversation_id: int, author_id: int, **more: object) -> Reply:
    fields = {"text": "Да", "written_at": at(3), **more}
    key = str(fields.pop("key", "k"))
    return Reply(key, conversation_id, author_id, **fields)  # type: ignore[arg-type]  # fields of a test
