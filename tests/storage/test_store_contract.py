"""What inbox.ports.Store and Transaction promise, over SQLite and PostgreSQL."""

import asyncio
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from inbox.errors import NoSuchRow, StoreRefused
from inbox.model import Attachment, Channel, Client, Handle, Media, Nature, Outcome, Role
from inbox.records import CardState, DeskLink, DeskRef, Purpose, Reply, ReplyState, Shown
from storage.store import SqlStore
from tests.storage.values import (
    HOURS,
    LENA,
    POLICY,
    T0,
    asked,
    at,
    card_link,
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


async def test_a_naive_instant_is_refused(store: SqlStore) -> None:
    with pytest.raises(Exception, match="without a zone"):
        async with store.begin() as t:
            await t.add_invite("s", Role.HEAD, "", datetime(2026, 1, 1))  # noqa: DTZ001  on purpose


async def test_a_wait_lives_through_its_states(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, first = await asked(t, await opened(t, anna.id), message())
        conversation, second = await asked(t, conversation, message("2", minutes=5))
        assert conversation.wait
        wait = conversation.wait
        assert wait.id
        card = await t.card(second)
        assert card.state is CardState.WAITING
        assert card.wait == wait == card.conversation.wait
        assert card.holder == anna
        assert card.conversation == conversation == await t.conversation(conversation.id)
        assert wait.first
        fired = wait.after_firing(frozenset({0}), at(45), HOURS)
        await t.save_wait(fired, anna.id)
        assert await t.wait(wait.id) == (replace(conversation, wait=fired), fired)
        answered, closed = replace(conversation, wait=fired).answered(anna.id, at(30), HOURS)
        assert closed
        await t.save_wait(closed, anna.id)
        await t.save(answered)
    async with store.begin() as t:
        card = await t.card(first)
        assert card.state is CardState.ANSWERED
        assert card.wait == closed
        assert card.closed_by == anna
        assert card.conversation == answered
        assert closed.closing
        assert closed.closing.business == timedelta(minutes=30)
        assert await t.wait(wait.id) == (answered, closed)
        with pytest.raises(NoSuchRow):
            await t.save_wait(replace(closed, id=10_000), None)
        with pytest.raises(NoSuchRow):
            await t.wait(10_000)


async def test_a_changed_open_wait_is_saved_with_its_conversation(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation, _ = await asked(t, await opened(t), message())
        assert conversation.wait
        fired = conversation.wait.after_firing(frozenset({0}), at(45), HOURS)
        assert await t.save(replace(conversation, wait=fired)) == replace(conversation, wait=fired)
    async with store.begin() as t:
        assert (await t.conversation(conversation.id)).wait == fired


async def test_a_message_that_opened_no_wait_is_quiet(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        _, message_id = await asked(t, conversation, message(nature=Nature.AUTOMATIC))
        card = await t.card(message_id)
        assert (card.state, card.wait, card.holder) == (CardState.QUIET, None, None)


async def test_a_dismissed_wait_says_so_on_its_cards(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t), message())
        dismissed, closed = conversation.dismissed(anna.id, at(1), HOURS)
        assert closed
        await t.save_wait(closed, None)
        await t.save(dismissed)
        card = await t.card(message_id)
        assert card.state is CardState.DISMISSED
        assert card.closed_by == anna
        assert closed.closing
        assert closed.closing.outcome is Outcome.DISMISSED


async def test_what_was_asked_after_the_reply_belongs_to_the_new_wait(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, first = await asked(t, await opened(t, anna.id), message())
        conversation, automatic = await asked(
            t, conversation, message("2", minutes=9, nature=Nature.AUTOMATIC)
        )
        conversation, later = await asked(t, conversation, message("3", minutes=10))
        answered, closed = conversation.answered(anna.id, at(5), HOURS)
        assert closed
        await t.save_wait(closed, anna.id)
        assert await t.first_asked_after(conversation.id, at(10)) is None
        found = await t.first_asked_after(conversation.id, at(5))
        assert found == message("3", minutes=10)
        again = await t.save(answered.asked(found, POLICY, HOURS))
        assert again.wait
        assert again.wait.started_at == at(10)
        assert not again.wait.first
        states = [(await t.card(one)).state for one in (first, automatic, later)]
        assert states == [CardState.ANSWERED, CardState.ANSWERED, CardState.WAITING]
        assert (await t.card(later)).wait == again.wait


async def test_due_waits_come_most_urgent_first(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        assert await t.next_rung_at() is None
        assert await t.due_waits(at(10_000), 10) == ()
        late, _ = await asked(t, await opened(t, anna.id), message("1", minutes=20))
        other = await t.open_conversation("telegram", late.client, late.contact, LENA, None)
        early, _ = await asked(t, other, message("2", minutes=10))
        loose_client = await t.add_client("Без менеджера", None)
        contact = await t.add_contact(loose_client.id, "")
        third = await t.open_conversation("telegram", loose_client, contact, LENA, None)
        loose, _ = await asked(t, third, message("3", minutes=15))
        assert await t.next_rung_at() == at(55)
        assert await t.due_waits(at(54), 10) == ()
        assert await t.due_waits(at(65), 10) == tuple(
            (one, one.wait) for one in (early, loose, late)
        )
        assert await t.due_waits(at(65), 1) == ((early, early.wait),)
        assert await t.waiting(None, 10) == (early, loose, late)
        assert await t.waiting(anna.id, 10) == (early, late)
        assert await t.waiting(anna.id, 1) == (early,)
        assert (await t.count_waiting(None), await t.count_waiting(anna.id)) == (3, 2)
        answered, closed = early.answered(anna.id, at(12), HOURS)
        assert closed
        await t.save_wait(closed, anna.id)
        await t.save(answered)
        assert await t.count_waiting(None) == 2
        assert await t.next_rung_at() == at(60)


async def test_replies_and_history(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t, anna.id), message())
        draft = Reply(
            key="desk:1",
            conversation_id=conversation.id,
            author_id=anna.id,
            text="Да",
            written_at=at(1),
            entities=message().entities,
            attachments=message().attachments,
            message_id=message_id,
            desk_ref=DeskRef(1, 2**40, 3),
        )
        saved = await t.add_reply(draft)
        assert saved
        assert saved.id
        assert await t.add_reply(draft) is None
        assert await t.reply(saved.id) == saved
        second = await t.add_reply(replace(draft, key="desk:2", desk_ref=None, written_at=at(5)))
        assert second
        await asked(t, conversation, message("2", minutes=4))
        sent = replace(saved, state=ReplyState.SENT, tries=2, sent_at=at(3), detail="x")
        await t.save_reply(sent)
        assert await t.reply(saved.id) == sent
        lines = await t.history(conversation.id, 10)
        assert [(line.at, line.author, line.inbound, line.state) for line in lines] == [
            (at(0), "Лена", True, None),
            (at(3), "Анна", False, ReplyState.SENT),
            (at(4), "Лена", True, None),
            (at(5), "Анна", False, ReplyState.QUEUED),
        ]
        assert lines[0].attachments == lines[1].attachments == message().attachments
        assert await t.history(conversation.id, 2) == lines[2:]
        with pytest.raises(NoSuchRow):
            await t.reply(10_000)
        with pytest.raises(NoSuchRow):
            await t.save_reply(replace(sent, id=10_000))


async def test_links_lead_from_the_desk_to_the_message(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation, message_id = await asked(t, await opened(t, anna.id), message())
        one = card_link(conversation, anna, message_id, 1)
        file = replace(one, shown=Shown(DeskRef(1, 2**40, 2), Purpose.FILE))
        await t.link([])
        await t.link([one, file])
        await t.link([replace(one, message_id=None)])
        assert await t.link_at(one.shown.ref) == one
        assert await t.link_at(DeskRef(2, anna.telegram_id, 1)) is None
        assert await t.links_of_message(message_id) == (file, one)


async def test_cards_and_alerts_of_the_two_last_waits_are_redrawn(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation = await opened(t, anna.id)
        links: list[DeskLink] = []
        for number in range(3):
            one = message(str(number), minutes=100 * number)
            conversation, message_id = await asked(t, conversation, one)
            assert conversation.wait
            card = card_link(conversation, anna, message_id, 10 * number)
            alert = Shown(DeskRef(1, anna.telegram_id, 10 * number + 1), Purpose.ALERT)
            note = Shown(DeskRef(1, anna.telegram_id, 10 * number + 2), Purpose.NOTE)
            links += [card, replace(card, shown=alert, wait_id=conversation.wait.id, rung=1)]
            await t.link([*links[-2:], replace(card, shown=note)])
            conversation, closed = conversation.answered(anna.id, at(100 * number + 1), HOURS)
            assert closed
            await t.save_wait(closed, anna.id)
            conversation = await t.save(conversation)
        assert await t.links_to_redraw(conversation.id) == tuple(reversed(links[2:]))
        many = [card_link(conversation, anna, message_id, 100 + n) for n in range(60)]
        await t.link(many)
        assert await t.links_to_redraw(conversation.id) == tuple(reversed(many[10:]))


async def test_forms_and_slots(store: SqlStore) -> None:
    async with store.begin() as t:
        assert await t.form("5") is None
        await t.save_form("5", "a")
        await t.save_form("5", "b")
        assert await t.form("5") == "b"
        await t.save_form("5", None)
        assert await t.form("5") is None
        assert await t.take_slot("report", T0)
        assert not await t.take_slot("report", T0)
        assert await t.take_slot("report", at(1))


async def test_two_who_read_and_write_lose_no_update(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        managers = [await t.save_manager(manager(str(n), n)) for n in range(1, 9)]

    async def take(manager_id: int) -> int | None:
        async with store.begin() as t:
            found = await t.conversation(conversation.id)
            if found.assignee_id is not None:
                return found.assignee_id
            await t.save(found.assigned(manager_id))
            return manager_id

    winners = await asyncio.gather(*(take(one.id) for one in managers))
    assert len(set(winners)) == 1


async def test_two_who_answer_at_once_do_not_block_each_other(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        conversation = await opened(t, anna.id)
    both = asyncio.Barrier(2)

    async def answer(key: str) -> None:
        draft = Reply(key, conversation.id, anna.id, "Да", at(1))
        async with store.begin() as t:
            await t.add_reply(draft)
            if t.dialect == "postgresql":
                await both.wait()
            found = await t.conversation(conversation.id)
            await t.save(replace(found, answered_at=at(2)))

    async with asyncio.timeout(10):
        await asyncio.gather(answer("a"), answer("b"))
    async with store.begin() as t:
        assert len(await t.history(conversation.id, 10)) == 2
