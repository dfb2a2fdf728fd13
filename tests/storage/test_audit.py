"""The contract of the store over both databases: the log, and finding what it is about."""

from dataclasses import replace

import pytest
from sqlalchemy import delete, update

from inbox.errors import StoreRefused
from inbox.log_records import Deed, Entry, LogLine
from inbox.model import Handle
from storage.store import SqlStore
from storage.timing_tables import audit
from tests.storage.values import LENA, T0, asked, at, manager, message, opened


async def test_the_log_is_read_with_names_the_newest_at_the_end(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 2))
        conversation, _ = await asked(t, await opened(t, anna.id), message())
        assert conversation.wait
        here = {"conversation_id": conversation.id, "wait_id": conversation.wait.id}
        entries = [
            Entry(T0, Deed.OPENED, **here, after="10:30"),
            Entry(at(5), Deed.ASSIGNED, anna.id, conversation.id, None, boris.id, "Анна", "Борис"),
            Entry(at(5), Deed.CALENDAR, by_id=boris.id, before="", after="9–18"),
        ]
        lines = (
            LogLine(entries[0], client="Ромашка"),
            LogLine(entries[1], by="Анна", client="Ромашка", manager="Борис"),
            LogLine(entries[2], by="Борис"),
        )
        await t.log([])
        await t.log([entries[1], entries[2]])
        await t.log([entries[0]])
        assert await t.logged() == lines
        assert await t.logged(limit=2) == lines[1:]
        assert await t.logged(since=at(5)) == lines[1:]
        assert await t.logged(until=at(5)) == lines[:1]
        assert await t.logged(since=T0, until=at(6), conversation_id=conversation.id) == lines[:2]
        assert await t.logged(wait_id=conversation.wait.id) == lines[:1]
        assert await t.logged(wait_id=10_000) == ()


async def test_the_log_cannot_be_changed(store: SqlStore) -> None:
    async with store.begin() as t:
        await t.log([Entry(T0, Deed.POLICY, after="gold")])
    for statement in (update(audit).values(after="silver"), delete(audit)):
        with pytest.raises(StoreRefused, match="append-only"):
            async with store.begin() as t:
                await t.run(statement)
    async with store.begin() as t:
        assert await t.logged() == (LogLine(Entry(T0, Deed.POLICY, after="gold")),)


async def test_conversations_are_found_by_number_address_and_beginning_of_a_name(
    store: SqlStore,
) -> None:
    async with store.begin() as t:
        first, _ = await asked(t, await opened(t), message())
        second = await t.open_conversation("telegram", first.client, first.contact, LENA, None)
        second, _ = await asked(t, second, message("2", minutes=5))
        anna_ltd = await t.add_client("ÉCLAIR *[Ёж]* & Co.", None)
        person = await t.add_contact(anna_ltd.id, "o'Hara?")
        await t.add_handles(person.id, [Handle("email", "o.hara@x.test")])
        await t.add_handles(person.id, [Handle("telegram_name", "Ohara_7")])
        third = await t.open_conversation("email:info", anna_ltd, person, LENA, None)

        async def found(words: str, limit: int = 9) -> list[int]:
            return [one.id for one in await t.find_conversations(words, limit)]

        lenas = [second.id, first.id]
        assert await t.find_conversations("ромаш", 9) == (second, first)
        assert await found("РОМАШКА") == await found("лЕ") == await found("77") == lenas
        assert await found("ромашка", 1) == lenas[:1]
        assert await found("омашка") == await found("ромашка и") == await found("7") == []
        assert await found("O.HARA@X.test") == await found("@OHARA_7") == [third.id]
        assert await found("oxhara@x.test") == await found("hara@x.test") == []
        assert await found("éclair *[ёЖ]*") == await found("O'hara?") == [third.id]
        assert await found("éclair ?[ё") == await found("*") == await found(".*") == []
        for words in (str(third.id), f"#{third.id}", f" № {third.id} "):
            assert await found(words) == [third.id]
        assert await found("") == await found(" ") == await found("9" * 40) == []
        assert await found("ё" * 10_000) == await found("a\x00\ud800") == []


async def test_clients_of_a_name_whatever_its_case(store: SqlStore) -> None:
    async with store.begin() as t:
        one = await t.add_client("ООО «Ромашка»", None)
        await t.add_client("ООО «Ромашка» и Ко", None)
        two = await t.add_client("ооо «РОМАШКА»", None)
        assert await t.client_named("Ооо «ромашка»") == (one.id, two.id)
        assert await t.client_named("ООО") == await t.client_named("") == ()
        assert await t.client_named("О" * 10_000) == ()
        await t.save_client(replace(two, name="Другие"))
        assert await t.client_named("другие") == (two.id,)
