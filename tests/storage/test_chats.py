"""What changes in chats, over every database: edits, deletions, reach, accounts, greetings."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from inbox.errors import NoSuchRow
from inbox.model import (
    Account,
    Attachment,
    Contact,
    Entity,
    Handle,
    Media,
    Moved,
    Nature,
    Reference,
    ReferenceKind,
)
from inbox.ports import Transaction
from inbox.records import Version
from storage.store import SqlStore
from tests.storage.values import (
    LENA,
    asked,
    at,
    draft,
    manager,
    message,
    opened,
)

GROUP = Handle("telegram_group", "-100")
OUTSIDE = Handle("telegram_group", "-200")


async def test_a_message_of_a_group_comes_back_as_it_was(store: SqlStore) -> None:
    refers = Reference(ReferenceKind.OURS, "Студия", "Каким?", "Как", "-100:4")
    full = message(
        peer=GROUP,
        peer_name="Ромашка: сайт",
        place=GROUP,
        passed_on="Олег",
        refers=refers,
        opens="link_x",
    )
    other = message("2", refers=Reference(ReferenceKind.ELSEWHERE))
    async with store.begin() as t:
        conversation, first = await asked(t, await opened(t), full)
        _, second = await asked(t, conversation, other)
    async with store.begin() as t:
        assert (await t.card(first)).message == full
        assert (await t.card(second)).message == other


async def test_a_message_is_found_by_its_id_in_its_channel(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, first = await asked(t, await opened(t), message("77:1"))
        await asked(t, conversation, message("77:2"))
        assert await t.message_at("telegram", "77:1") == first
        assert await t.message_at("email:info", "77:1") is None
        assert await t.message_at("telegram", "77:3") is None


async def test_an_edit_keeps_what_was_said_before(store: SqlStore) -> None:
    file = Attachment(Media.PHOTO, "b.jpg", "image/jpeg", 5, "bot:1", "BgAC", {"width": 1.5})
    once = message(text="Раз\x00", entities=(Entity("italic", 0, 3),), attachments=(file,))
    async with store.begin() as t:
        _, message_id = await asked(t, await opened(t), message())
        assert (await t.card(message_id)).edited_at is None
        assert await t.versions(message_id) == ()
        assert not await t.edit_message(message_id, message(), at(1)), "it says so already"
        assert await t.edit_message(message_id, once, at(2))
        assert not await t.edit_message(message_id, once, at(3)), "brought again"
        assert not await t.edit_message(message_id, message(text="Рано"), at(1))
        twice = replace(once, text="Два", entities=(), nature=Nature.EDIT, thread_ids=("9",))
        assert await t.edit_message(message_id, twice, at(2)), "within the same second"
        with pytest.raises(NoSuchRow):
            await t.edit_message(10_000, once, at(2))
    async with store.begin() as t:
        card = await t.card(message_id)
        assert card.message == message(text="Два", entities=(), attachments=(file,))
        assert card.edited_at == at(2)
        assert await t.versions(message_id) == (
            Version(at(2), message().text, message().entities),
            Version(at(2), "Раз�", once.entities),
        )
        (line,) = await t.history(card.conversation.id, 10)
        assert (line.text, line.edited, line.deleted) == ("Два", True, False)


async def test_an_edit_of_an_attachment_alone_is_one(store: SqlStore) -> None:
    moved = replace(message().attachments[1], facts={"latitude": 55.8})
    new = message(attachments=(message().attachments[0], moved))
    async with store.begin() as t:
        _, message_id = await asked(t, await opened(t), message())
        assert await t.edit_message(message_id, new, at(1))
        assert (await t.card(message_id)).message == new


async def test_what_the_client_took_back_is_marked_and_kept(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, first = await asked(t, await opened(t), message("1"))
        conversation, second = await asked(t, conversation, message("2", minutes=1))
        _, third = await asked(t, conversation, message("3", minutes=2))
        assert await t.mark_deleted("telegram", ("2", "1", "x"), at(5)) == (first, second)
        assert await t.mark_deleted("telegram", ("3", "2"), at(6)) == (third,)
        assert await t.mark_deleted("email:info", ("1",), at(6)) == ()
        assert await t.mark_deleted("telegram", (), at(6)) == ()
    async with store.begin() as t:
        card = await t.card(second)
        assert (card.deleted_at, card.message) == (at(5), message("2", minutes=1))
        assert [line.deleted for line in await t.history(conversation.id, 10)] == [True] * 3


async def test_the_newest_message_may_be_one_of_our_own(store: SqlStore) -> None:
    """A member may begin in the own account: nobody of the client's side has written yet."""
    async with store.begin() as t:
        conversation, first = await asked(t, await opened(t), message("1", nature=Nature.OWN))
        conversation, second = await asked(t, conversation, message("2", nature=Nature.OWN))
        assert await t.newest_message(conversation.id) == second > first
        assert conversation.wait is None
        assert await t.newest_conversation(conversation.client.id) == conversation.id


async def test_who_cannot_be_reached_stands_on_the_card(store: SqlStore) -> None:
    async with store.begin() as t:
        _, message_id = await asked(t, await opened(t), message())
        assert (await t.card(message_id)).unreachable == ""
        assert not await t.mark_reach(LENA, "", at(0)), "that is known"
        assert not await t.mark_reach(OUTSIDE, "blocked", at(0))
        assert await t.mark_reach(LENA, "blocked", at(2))
        assert not await t.mark_reach(LENA, "blocked", at(3))
        assert not await t.mark_reach(LENA, "", at(1)), "an older piece of news"
        assert (await t.card(message_id)).unreachable == "blocked"
        assert await t.mark_reach(LENA, "", at(3))
        assert (await t.card(message_id)).unreachable == ""


@contextmanager
def counted(store: SqlStore) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(*call: object) -> None:
        sent.append(str(call[2]))

    engine = store._engine.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


async def test_who_writes_is_known_to_be_reachable_for_nothing(store: SqlStore) -> None:
    async with store.begin() as t:
        await opened(t)
    async with store.begin() as t:
        assert await t.conversation_for("telegram", ("77",)) is not None
        with counted(store) as sent:
            assert not await t.mark_reach(LENA, "", at(0))
        assert sent == []
        assert await t.mark_reach(LENA, "blocked", at(1))
        assert await t.mark_reach(LENA, "", at(2))
        assert await t.mark_reach(LENA, "deleted", at(3))
    async with store.begin() as t:
        assert await t.contact_of((LENA,)) is not None
        assert await t.conversation_for("telegram", ("77",)) is not None
        assert await t.mark_reach(LENA, "", at(4))
    async with store.begin() as t:
        assert await t.contact_of((LENA,)) is not None
        with counted(store) as sent:
            assert not await t.mark_reach(LENA, "", at(5))
        assert sent == []


async def test_a_card_takes_two_statements(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk, message_id = await asked(t, await opened(t), message())
        await t.set_answering(talk.id, anna.id, at(0))
        await t.add_reply(draft(talk.id, anna.id, message_id=message_id))
        with counted(store) as sent:
            await t.card(message_id)
        assert len(sent) == 2


async def in_group(t: Transaction) -> tuple[int, int]:
    """A group's conversation with one message: both ids."""
    client = await t.add_client("Ромашка", None)
    contact = await t.add_contact(client.id, "Ромашка: сайт")
    await t.add_handles(contact.id, (GROUP,))
    talk = await t.open_conversation("telegram", client, contact, GROUP, None)
    await t.learn_threads("telegram", talk.id, ("group:-100",))
    talk, message_id = await asked(t, talk, message("-100:1", thread_ids=("group:-100",)))
    return talk.id, message_id


def moved(before: Handle, after: Handle) -> Moved:
    threads = (f"group:{before.address}", f"group:{after.address}")
    return Moved("telegram", before, after, *threads, at(5))


async def test_a_group_goes_on_under_its_new_address(store: SqlStore) -> None:
    async with store.begin() as t:
        talk_id, message_id = await in_group(t)
        await t.mark_reach(GROUP, "removed", at(1))
        for _ in range(2):
            await t.move_chat(moved(GROUP, OUTSIDE))
        assert await t.conversation_for("telegram", ("group:-100",)) is None
        found = await t.conversation_for("telegram", ("group:-200",))
        assert found is not None
        assert (found.id, found.recipient) == (talk_id, OUTSIDE)
        assert await t.contact_of((GROUP,)) is None
        assert await t.contact_of((OUTSIDE,)) == (found.client, found.contact)
        assert (await t.card(message_id)).unreachable == "removed"
        assert await t.conversations_with(OUTSIDE) == (talk_id,)


async def test_a_group_that_was_heard_under_its_new_address_already(store: SqlStore) -> None:
    async with store.begin() as t:
        talk_id, _ = await in_group(t)
        client, contact = (await t.contact_of((GROUP,))) or pytest.fail("it is known")
        await t.add_handles(contact.id, (OUTSIDE,))
        other = await t.open_conversation("telegram", client, contact, OUTSIDE, None)
        await t.learn_threads("telegram", other.id, ("group:-200",))
        await t.move_chat(moved(GROUP, OUTSIDE))
        assert await t.contacts_of_client(client.id) == ((contact, OUTSIDE),)
        found = await t.conversation_for("telegram", ("group:-200",))
        assert found is not None
        assert found.id == talk_id, "the one with the history goes on"


async def test_conversations_with_a_handle_come_by_when_they_asked(store: SqlStore) -> None:
    async with store.begin() as t:
        first, _ = await asked(t, await opened(t), message("1", minutes=9))
        second = await t.open_conversation("telegram", first.client, first.contact, LENA, None)
        third = await t.open_conversation("email:info", first.client, first.contact, LENA, None)
        third, _ = await asked(t, third, message("2", minutes=4))
        assert await t.conversations_with(LENA) == (first.id, third.id, second.id)
        assert await t.conversations_with(OUTSIDE) == ()


async def test_a_clients_people_come_with_their_handles(store: SqlStore) -> None:
    name = Handle("telegram_name", "lena")
    async with store.begin() as t:
        talk = await opened(t)
        await t.add_handles(talk.contact.id, (name,))
        oleg = await t.add_contact(talk.client.id, "Олег")
        mail = Handle("email", "oleg@x.test")
        await t.add_handles(oleg.id, (mail,))
        await t.add_contact(talk.client.id, "Никто")
        assert await t.contacts_of_client(talk.client.id) == (
            (talk.contact, LENA),
            (talk.contact, name),
            (oleg, mail),
        )
        assert await t.contact(oleg.id) == (talk.client, Contact(oleg.id, talk.client.id, "Олег"))
        with pytest.raises(NoSuchRow):
            await t.contact(10_000)


async def test_an_own_account_is_known_by_all_its_connections(store: SqlStore) -> None:
    owner = 5_000_000_001
    first = Account(owner, "c1", enabled=True, can_reply=True, at=at(1))
    second = Account(owner, "c2", enabled=True, can_reply=False, at=at(5))
    async with store.begin() as t:
        assert await t.account(owner) is None
        await t.keep_account(first)
        assert await t.account(owner) == await t.account_by("c1") == first
        await t.keep_account(second)
        await t.keep_account(replace(first, enabled=False, at=at(3)))
        await t.keep_account(Account(7, "c3", enabled=False, can_reply=False, at=at(1)))
    async with store.begin() as t:
        assert await t.account(owner) == second, "older news changes nothing"
        assert await t.account_by("c1") == await t.account_by("c2") == second
        assert await t.account_by("c4") is None
        off = replace(second, enabled=False)
        await t.keep_account(off)
        assert await t.account_by("c1") == off, "news of the same second"
