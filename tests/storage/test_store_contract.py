"""The contract of the store over both databases: channels, people, conversations, messages."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC

import pytest

from inbox.errors import NoSuchRow, StoreRefused
from inbox.model import Attachment, Channel, Client, Handle, Media, Nature, Role
from storage.store import SqlStore
from tests.storage.values import (
    LENA,
    asked,
    at,
    manager,
    message,
    opened,
    raw,
)


async def test_cursor_moves_and_is_none_at_first(store: SqlStore) -> None:
    async with store.begin() as t:
        assert await t.cursor("telegram") is None
        await t.set_cursor("telegram", "5")
        await t.set_cursor("telegram", "6")
        await t.set_cursor("email:info", "1:1")
    async with store.begin() as t:
        assert await t.cursor("telegram") == "6"
        assert await t.cursor("email:info") == "1:1"


async def test_an_exception_keeps_nothing(store: SqlStore) -> None:
    async def broken() -> None:
        async with store.begin(durable=True) as t:
            await t.set_cursor("telegram", "5")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await broken()
    async with store.begin() as t:
        assert await t.cursor("telegram") is None


async def test_a_second_delivery_is_not_kept(store: SqlStore) -> None:
    payload = bytes(range(256)) * 40
    async with store.begin(durable=True) as t:
        first = await t.keep("telegram", [raw("1", payload=payload), raw("2"), raw("1")])
        assert await t.keep("telegram", []) == ()
        again = await t.keep("telegram", [raw("2"), raw("3")])
        other = await t.keep("email:info", [raw("1")])
        assert first[0] is not None
        assert first[2] is None
        assert again[0] is None
        assert other[0] is not None
        kept = [one for one in (*first, *again, *other) if one is not None]
        assert kept == sorted(set(kept))
        telegram = Channel("telegram", "telegram")
        assert await t.raw_group(first[0]) == ((first[0], telegram, raw("1", payload=payload)),)
        assert (await t.raw_group(other[0]))[0][1] == Channel("email:info", "email")
        assert await t.raw_group(10_000) == ()


async def test_a_large_mail_is_kept_whole_while_others_go_on(store: SqlStore) -> None:
    large = raw("1", payload=random.Random(1).randbytes(1_000_000) * 8)
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.005)
            beats += 1

    heart = asyncio.create_task(beat())
    async with store.begin(durable=True) as t:
        (raw_id,) = await t.keep("email:info", [large])
    assert beats > 5
    heart.cancel()
    assert raw_id
    async with store.begin() as t:
        assert (await t.raw_group(raw_id))[0][2] == large


async def test_an_album_comes_together_once(store: SqlStore) -> None:
    async with store.begin() as t:
        one, two, alone = await t.keep(
            "telegram", [raw("1", group="g"), raw("2", group="g"), raw("3")]
        )
        await t.keep("email:info", [raw("1", group="g")])
        assert one
        assert two
        assert alone
        telegram = Channel("telegram", "telegram")
        group = ((one, telegram, raw("1", group="g")), (two, telegram, raw("2", group="g")))
        assert await t.raw_group(one) == await t.raw_group(two) == group
        assert await t.raw_group(alone) == ((alone, telegram, raw("3")),)
        await t.mark_raw([one, two], "filed")
        await t.mark_raw([alone], "quarantined", "not JSON")
        await t.mark_raw([], "filed")
        assert await t.raw_group(two) == await t.raw_group(alone) == ()
        (late,) = await t.keep("telegram", [raw("4", group="g")])
        assert late
        assert await t.raw_group(late) == ((late, telegram, raw("4", group="g")),)


async def test_staff_is_saved_and_changed(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6, role=Role.HEAD, deputy_id=anna.id))
        left = await t.save_manager(replace(anna, active=False, language="ru"))
    async with store.begin() as t:
        assert await t.staff() == (left, boris)
        with pytest.raises(NoSuchRow):
            await t.save_manager(replace(anna, id=99))


async def test_two_members_cannot_share_a_telegram_account(store: SqlStore) -> None:
    async with store.begin() as t:
        await t.save_manager(manager())
    with pytest.raises(StoreRefused, match="telegram_id"):
        async with store.begin() as t:
            await t.save_manager(manager("Борис"))


async def test_an_invite_works_once_and_in_time(store: SqlStore) -> None:
    async with store.begin() as t:
        await t.add_invite("secret", Role.HEAD, "Вера", at(10))
        await t.add_invite("old", Role.MANAGER, "", at(1))
        assert await t.redeem_invite("wrong", at(5)) is None
        assert await t.redeem_invite("old", at(5)) is None
        assert await t.redeem_invite("secret", at(5)) == (Role.HEAD, "Вера")
        assert await t.redeem_invite("secret", at(5)) is None


async def test_the_first_known_handle_leads_to_the_contact(store: SqlStore) -> None:
    name, phone = Handle("telegram_name", "lena"), Handle("phone", "+79990000000")
    async with store.begin() as t:
        romashka = await t.add_client("Ромашка", None)
        lena = await t.add_contact(romashka.id, "Лена")
        oleg = await t.add_contact(romashka.id, "Олег")
        await t.add_handles(lena.id, (LENA, name))
        await t.add_handles(oleg.id, (phone, name))
        await t.add_handles(oleg.id, ())
        assert await t.contact_of(()) is None
        assert await t.contact_of((Handle("email", "a@b.test"),)) is None
        assert await t.contact_of((Handle("email", "x"), phone, LENA)) == (romashka, oleg)
        assert await t.contact_of((name, phone)) == (romashka, lena)
        assert await t.clients() == ((romashka, (LENA, name, phone)),)


async def test_a_client_given_to_a_manager_brings_all_conversations(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation = await opened(t)
        other = await t.open_conversation(
            "email:info", conversation.client, conversation.contact, LENA, None
        )
        given = Client(conversation.client.id, "Лютик", anna.id)
        await t.save_client(given)
        with pytest.raises(NoSuchRow):
            await t.save_client(Client(77, "", None))
    async with store.begin() as t:
        assert (await t.conversation(other.id)).assignee_id == anna.id
        assert (await t.conversation(conversation.id)).client == given
        assert (await t.clients())[0][0] == given
        boris = await t.save_manager(manager("Борис", 6))
        await t.save((await t.conversation(other.id)).assigned(boris.id))
    async with store.begin() as t:
        assert (await t.conversation(conversation.id)).assignee_id == boris.id


async def test_the_nearest_known_thread_names_the_conversation(store: SqlStore) -> None:
    async with store.begin() as t:
        first = await opened(t)
        second = await t.open_conversation("telegram", first.client, first.contact, LENA, "Вторая")
        await t.learn_threads("telegram", second.id, ("78", "77", "79"))
        await t.learn_threads("telegram", second.id, ())
        assert await t.conversation_for("telegram", ("80", "79", "77")) == second
        assert await t.conversation_for("telegram", ("77", "79")) == first
        assert await t.conversation_for("email:info", ("77",)) is None
        assert await t.conversation_for("telegram", ()) is None
        with pytest.raises(NoSuchRow):
            await t.conversation(10_000)


async def test_a_message_comes_back_as_it_was(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, message_id = await asked(t, await opened(t), message())
        bare = message(
            "2",
            minutes=1,
            entities=(),
            attachments=(),
            known_as=(),
            subject=None,
            nature=Nature.AUTOMATIC,
            nature_reason="Auto-Submitted",
        )
        _, bare_id = await asked(t, conversation, bare)
    async with store.begin() as t:
        card = await t.card(message_id)
        assert card.message == message()
        assert card.message.sent_at.tzinfo is UTC
        assert (await t.card(bare_id)).message == bare
        assert await t.raw_of_message(message_id) == raw("1")
        assert await t.raw_of_message(10_000) is None
        assert await t.newest_message(conversation.id) == message_id, "a person's"
        assert await t.newest_message(10_000) is None
        with pytest.raises(NoSuchRow):
            await t.card(10_000)


async def test_a_raw_message_is_filed_once(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, message_id = await asked(t, await opened(t), message())
        assert await t.message_of_raw(1) == message_id
        assert await t.add_message(conversation, message(), 1) == message_id
        assert await t.message_of_raw(2) is None


async def test_what_no_database_keeps_is_replaced_one_for_one(store: SqlStore) -> None:
    file = Attachment(Media.DOCUMENT, "x\x00\ud83d.pdf", "", None, "bot:1", "r")
    hostile = message(
        "a\x00b",
        text="x\x00y\ud83dz",
        sender_name="\x00",
        thread_ids=("\x00t",),
        attachments=(file,),
        reply_context={"subject": "\x00"},
    )
    async with store.begin() as t:
        conversation, message_id = await asked(t, await opened(t), hostile)
        await t.learn_threads("telegram", conversation.id, hostile.thread_ids)
        card = await t.card(message_id)
        assert card.message.text == "x�y�z"
        assert card.message.attachments == (replace(file, name="x��.pdf"),)
        assert await t.conversation_for("telegram", hostile.thread_ids) is not None
        assert (await t.keep("telegram", [raw("a\x00b")])) == (None,)
