"""The search keeps up with who became one client, what moved, and what is older than it."""

from dataclasses import replace

from sqlalchemy import delete, insert

from inbox.model import Conversation, Handle
from inbox.ports import Transaction
from inbox.records import Placing, ReplyState
from inbox.searching import HitKind, Query
from storage.search_tables import search, search_backlog
from storage.store import SqlStore
from tests.storage.searched import another_client, asked, found, plain, texts
from tests.storage.values import at, draft, manager, opened, raw


async def test_who_became_one_client_is_found_there(store: SqlStore) -> None:
    async with store.begin() as t:
        olga = await t.save_manager(manager("Ольга"))
        ivan = await t.save_manager(manager("Иван", 2))
        daisy = await another_client(t, "Ромашка", olga.id, "1")
        newcomer = await another_client(t, "Аня", ivan.id, "2")
        await asked(t, newcomer, plain("1", "про смету"))
        await t.add_reply(draft(newcomer.id, ivan.id, text="смета готова"))
        joining = await t.join(newcomer.contact.id, daisy.contact.id, None, at(9))
        assert await texts(t, "смета", (ivan.id,)) == []
        while await t.index_older(1):
            pass
        assert len(await texts(t, "смета", (olga.id,))) == 2
        assert len(await texts(t, Query("смета", place="ромашка"))) == 2
        await t.split(joining.id, at(10))
        while await t.index_older(100):
            pass
        assert await texts(t, "смета", (olga.id,)) == []
        assert len(await texts(t, "смета", (ivan.id,))) == 2


async def test_messages_that_went_to_another_conversation(store: SqlStore) -> None:
    async with store.begin() as t:
        olga = await t.save_manager(manager("Ольга"))
        ivan = await t.save_manager(manager("Иван", 2))
        daisy = await another_client(t, "Ромашка", olga.id, "1")
        other = await another_client(t, "Вектор", ivan.id, "2")
        _, id_ = await asked(t, daisy, plain("1", "про смету"))
        await t.add_reply(draft(daisy.id, olga.id, text="смета готова", message_id=id_))
        await t.move((id_,), (), other.id)
        assert await texts(t, "смета", (olga.id,)) == []
        assert len(await texts(t, "смета", (ivan.id,))) == 2
        await t.call_sender(id_, Handle("email", "boris@x.test"), "Борис")
        assert await texts(t, Query("смета", author="борис")) == ["про смету"]
        assert await texts(t, Query("смета", author="лена")) == []


async def test_a_mail_that_came_by_two_mailboxes_is_found_once(store: SqlStore) -> None:
    async with store.begin() as t:
        first = await another_client(t, "Ромашка", None, "r@r.test", "email:info")
        second = await t.open_conversation(
            "email:shop", first.client, first.contact, first.recipient, None
        )
        mail = plain("<m@r.test>", "Смета", channel_id="email:info")
        _, id_ = await asked(t, first, mail)
        (raw_id,) = await t.keep("email:shop", [raw("copy")])
        assert raw_id
        placing = Placing(counted_on=id_)
        await t.add_message(second, replace(mail, channel_id="email:shop"), raw_id, placing)
        (flood_id,) = await t.keep("email:info", [raw("flood")])
        assert flood_id
        again = replace(mail, external_id="<n@r.test>", text="Смета ещё раз", sent_at=at(1))
        await t.add_message(first, again, flood_id, placing)
        hits = await found(t, "сметы")
        assert [(hit.text, hit.message_id) for hit in hits] == [
            ("Смета ещё раз", id_),
            ("Смета", id_),
        ]


class TestOlderMessages:
    async def written(self, t: Transaction, count: int) -> Conversation:
        """Messages and replies from before the search."""
        olga = await t.save_manager(manager("Ольга"))
        conversation = await opened(t, olga.id)
        for number in range(count):
            said = plain(str(number), f"договор {number}", number)
            conversation, id_ = await asked(t, conversation, said)
            key = {"key": f"k{number}", "message_id": id_}
            await t.add_reply(draft(conversation.id, olga.id, text=f"ответ {number}", **key))
        await t.run(delete(search))
        for kind in (HitKind.MESSAGE, HitKind.REPLY):
            line = {"kind": kind.value, "conversation_id": 0, "below": 2**62, "left": count}
            await t.run(insert(search_backlog), line)
        return conversation

    async def test_are_read_in_from_the_newest_on(self, store: SqlStore) -> None:
        async with store.begin() as t:
            await self.written(t, 5)
            page = await t.search(Query("договоры"), None, None, 10)
            assert (page.hits, page.unread) == ((), 10)
            assert await t.index_older(3) == 7
            page = await t.search(Query("договоры"), None, None, 10)
            assert [hit.text for hit in page.hits] == ["договор 4", "договор 3", "договор 2"]
            lefts = []
            while not lefts or lefts[-1]:
                lefts.append(await t.index_older(3))
            assert lefts == [5, 2, 0]
            assert len(await found(t, "договоры")) == len(await found(t, "ответы")) == 5
            assert (await t.search(Query("договоры"), None, None, 10)).unread == 0
            assert await t.index_older(3) == 0

    async def test_do_not_take_back_what_was_changed_meanwhile(self, store: SqlStore) -> None:
        async with store.begin() as t:
            conversation = await self.written(t, 1)
            await t.edit_message(1, plain("0", "соглашение"), at(5))
            (reply,) = await t.replies(conversation.id)
            await t.save_reply(replace(reply, state=ReplyState.WITHDRAWN))
            while await t.index_older(10):
                pass
            assert await texts(t, "договор") == []
            assert await texts(t, "соглашения") == ["соглашение"]
            assert await texts(t, "ответ") == []
