"""What was said is found in any form of its words, by whoever may see it, the newest first."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, text

from inbox.model import Handle
from inbox.ports import Transaction
from inbox.records import DeskRef, ReplyState
from inbox.searching import Hit, HitKind, Query
from storage.store import SqlStore, open_store
from storage.tables import client as clients
from tests.storage.searched import PDF, another_client, asked, found, note, plain, texts
from tests.storage.values import LENA, T0, at, draft, manager, message, opened

CHECK = "INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)"


async def test_messages_replies_and_notes_are_found_the_newest_first(store: SqlStore) -> None:
    async with store.begin() as t:
        olga = await t.save_manager(manager("Ольга"))
        conversation = await opened(t, olga.id)
        conversation, id_ = await asked(t, conversation, message(text="Пришлите договоры"))
        sent = draft(conversation.id, olga.id, text="Договор отправлен", message_id=id_)
        reply = await t.add_reply(sent)
        kept = await t.add_internal_note(note(conversation, olga.id, "без договора ни шагу", 9))
        assert reply
        assert kept
        last, answered, first = await found(t, "договором")
    assert first == Hit(
        number=first.number,
        kind=HitKind.MESSAGE,
        at=T0,
        author="Лена",
        client_id=conversation.client.id,
        client_name="Ромашка",
        conversation_id=conversation.id,
        channel_id="telegram",
        text="Пришлите договоры",
        subject="Смета",
        files=("a.jpg", ""),
        message_id=id_,
    )
    assert (answered.kind, answered.author, answered.message_id) == (HitKind.REPLY, "Ольга", id_)
    assert (last.kind, last.text, last.message_id) == (HitKind.NOTE, "без договора ни шагу", None)


@pytest.mark.parametrize(
    "words",
    [
        "счет",
        "счёту",
        "акты сверки",
        "июне pdf",
        "сметой",
        "Лена",
        "INVOICES",
        "ЗА\u0301МОК",
        "15",
    ],
)
async def test_text_subject_file_and_sender_are_read(store: SqlStore, words: str) -> None:
    said = message(text="Счёт №15, invoice attached, замо\u00adк", attachments=(PDF,))
    async with store.begin() as t:
        await asked(t, await opened(t), said)
        (hit,) = await found(t, words)
        assert hit.files == (PDF.name,)


async def test_all_words_must_stand_there(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        await asked(t, conversation, plain("1", "Логотип готов"))
        await asked(t, conversation, plain("2", "Логотип для сайта", 1))
        assert await texts(t, "сайт логотипы") == ["Логотип для сайта"]
        assert await texts(t, "сайт зебра") == []
        assert len(await texts(t, "логотип")) == 2


async def test_pages_follow_one_another(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        for number in range(7):
            await asked(t, conversation, plain(str(number), f"сайт {number}", number // 2))
        pages, after = [], None
        while True:
            page = await t.search(Query("сайты"), None, after, 3)
            pages.append([hit.text for hit in page.hits])
            if not page.more:
                break
            after = page.hits[-1].number
    said = [f"сайт {number}" for number in reversed(range(7))]
    assert pages == [said[:3], said[3:6], said[6:]]


async def test_what_was_changed_is_found_by_what_it_says_now(store: SqlStore) -> None:
    async with store.begin() as t:
        olga = await t.save_manager(manager("Ольга"))
        conversation = await opened(t, olga.id)
        conversation, id_ = await asked(t, conversation, plain("1", "старое"))
        await t.edit_message(id_, plain("1", "свежее", attachments=(PDF,)), at(5))
        reply = await t.add_reply(draft(conversation.id, olga.id, text="прежняя"))
        assert reply
        await t.save_reply(replace(reply, text="исправленная", edits=1))
        ref = DeskRef(1, 2, 3)
        kept = await t.add_internal_note(
            replace(note(conversation, olga.id, "черновая", 1), desk_ref=ref)
        )
        assert kept
        await t.save_internal_note(replace(kept, text="чистовая"))
        assert [await texts(t, one) for one in ("старое", "прежняя", "черновая")] == [[], [], []]
        news = [await texts(t, one) for one in ("свежие", "исправленные", "чистовые")]
        assert news == [["свежее"], ["исправленная"], ["чистовая"]]
        assert await texts(t, Query("сверки", has_file=True)) == ["свежее"]
        await t.save_reply(replace(reply, state=ReplyState.WITHDRAWN))
        assert await texts(t, "исправленная") == []


async def test_everybody_finds_their_own_clients_and_nobodys(store: SqlStore) -> None:
    async with store.begin() as t:
        olga = await t.save_manager(manager("Ольга"))
        ivan = await t.save_manager(manager("Иван", 2))
        gone = await t.save_manager(manager("Пётр", 3, active=False))
        talks = [
            await another_client(t, name, holder, name)
            for name, holder in (
                ("у Ольги", olga.id),
                ("у Ивана", ivan.id),
                ("ничей", None),
                ("ушедшего", gone.id),
            )
        ]
        for number, talk in enumerate(talks):
            await asked(t, talk, plain(str(number), f"макет: {talk.client.name}", number))
        free = ["макет: ушедшего", "макет: ничей"]
        assert await texts(t, "макеты", (olga.id,)) == [*free, "макет: у Ольги"]
        assert await texts(t, "макеты", ()) == free
        assert len(await texts(t, "макеты", None)) == 4
        await t.save_client(replace(talks[1].client, manager_id=olga.id))
        assert "макет: у Ивана" in await texts(t, "макеты", (olga.id,))
        assert await texts(t, "макеты", (ivan.id,)) == free


async def world(t: Transaction) -> None:
    """Three clients on three channels, one answer."""
    olga = await t.save_manager(manager("Ольга Лаврик"))
    daisy = await another_client(t, "ООО «Ромашка»", olga.id, "1")
    vector = await another_client(t, "Вектор-Юг", olga.id, "v@vector.test", "email:info")
    oak = await another_client(t, "Дубрава", olga.id, "o@oak.test", "email:shop")
    anna, petr = Handle("email", "anna.k@vector.test"), Handle("email", "p@oak.test")
    await asked(t, daisy, plain("1", "сайт: Лена", 0))
    on_mail = {"channel_id": "email:info", "sender": anna, "sender_name": "Анна Котова"}
    await asked(t, vector, plain("2", "сайт: Анна", 60 * 24, **on_mail))
    in_shop = {"channel_id": "email:shop", "sender": petr, "sender_name": ""}
    await asked(t, oak, plain("3", "сайт: Пётр", 60 * 48, attachments=(PDF,), **in_shop))
    await t.add_reply(draft(daisy.id, olga.id, text="сайт: Ольга", written_at=at(60 * 72)))


ALL = ["Ольга", "Пётр", "Анна", "Лена"]


@pytest.mark.parametrize(
    ("query", "who"),
    [
        (Query("сайт"), ALL),
        (Query("сайт", author="анна"), ["Анна"]),
        (Query("сайт", author="КОТ"), ["Анна"]),
        (Query("сайт", author="лаврик"), ["Ольга"]),
        (Query("сайт", author="Анна Кот"), ["Анна"]),
        (Query("сайт", author="vector"), ["Анна"]),
        (Query("сайт", author="p@oak.test"), ["Пётр"]),
        (Query("сайт", author="отова"), []),
        (Query("сайт", author="…"), []),
        (Query("сайт", place="ромаш"), ["Ольга", "Лена"]),
        (Query("сайт", place="ООО Ромашка"), ["Ольга", "Лена"]),
        (Query("сайт", place="ЮГ"), ["Анна"]),
        (Query("сайт", place="omashka"), []),
        (Query("сайт", place="email"), ["Пётр", "Анна"]),
        (Query("сайт", place="telegram"), ["Ольга", "Лена"]),
        (Query("сайт", place="shop"), ["Пётр"]),
        (Query("сайт", place="email:info"), ["Анна"]),
        (Query("сайт", place="!"), []),
        (Query("сайт", before=at(60 * 24)), ["Лена"]),
        (Query("сайт", since=at(60 * 48)), ["Ольга", "Пётр"]),
        (Query("сайт", since=at(60), before=at(60 * 48)), ["Анна"]),
        (Query("сайт", has_file=True), ["Пётр"]),
        (Query(has_file=True), ["Пётр"]),
        (Query(author="лена"), ["Лена"]),
        (Query(since=at(60 * 48)), ["Ольга", "Пётр"]),
        (Query(place="email", before=at(60 * 48)), ["Анна"]),
        (Query("сайт", author="ольга", place="ромашка", since=T0), ["Ольга"]),
        (Query("сайт", author="ольга", place="вектор"), []),
        (Query("?!"), []),
        (Query(), ALL),
    ],
    ids=str,
)
async def test_filters(store: SqlStore, query: Query, who: list[str]) -> None:
    async with store.begin() as t:
        await world(t)
        assert await texts(t, query) == [f"сайт: {one}" for one in who]
        assert await texts(t, query, (1,)) == [f"сайт: {one}" for one in who]
        assert await texts(t, query, ()) == []


async def test_many_clients_and_many_authors(store: SqlStore) -> None:
    """More than the index is asked for in one go."""
    async with store.begin() as t:
        olga = await t.save_manager(manager("Ольга"))
        ivan = await t.save_manager(manager("Иван", 2))
        await t.run(
            insert(clients),
            [{"name": f"Сад {number}", "manager_id": olga.id} for number in range(230)],
        )
        sad = await another_client(t, "Сад и двор", olga.id, "1")
        field = await another_client(t, "Поле", None, "2")
        other = await another_client(t, "Сад чужой", ivan.id, "3")
        for number in range(230):
            who = Handle("telegram", f"5{number}")
            said = plain(f"{number}", f"сайт {number}", number, sender=who, sender_name="Анна А")
            await asked(t, field if number == 100 else sad, said)
        await asked(t, other, plain("o", "сайт чужой", 500))
        newest = ["сайт 229", "сайт 228", "сайт 227"]
        sees = (olga.id,)
        assert (await texts(t, "сайт", sees))[:3] == newest
        assert (await texts(t, Query("сайт", author="анна"), sees))[:3] == newest
        assert (await texts(t, Query("сайт", place="сад"), sees))[:3] == newest
        assert len(await found(t, Query("сайт", author="анна", place="сад"), sees, 300)) == 229
        assert await texts(t, Query("сайты", author="анна", place="поле"), sees) == ["сайт 100"]
        assert await texts(t, Query("100", place="сад"), sees) == []
        assert await texts(t, Query("чужие"), sees) == []
        assert await texts(t, Query(author="анна", before=at(1)), sees) == ["сайт 0"]


@pytest.mark.parametrize(
    "words",
    [
        '"', "'", 'a" OR "b', "NOT a", "a AND", "NEAR(a b)", "a*", "^a", "a:b", "-a", "(a", "{a}",
        "a & b", "a | !b", "a <-> b", "\\", "\x00", "\ud800", "_c1", "_a-1", "%", "а" * 5000,
    ],
    ids=ascii,
)  # fmt: skip
async def test_nothing_typed_is_a_command(store: SqlStore, words: str) -> None:
    async with store.begin() as t:
        await asked(t, await opened(t), plain("1", "a b or and not near c1"))
        for query in (Query(words), Query("a", author=words), Query("a", place=words)):
            await t.search(query, None, None, 5)
            await t.search(query, (1,), 3, 5)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.text(max_size=200), name=st.text(max_size=40), day=st.integers(-90_000, 900_000))
async def test_whatever_is_said_is_kept_and_found_by_itself(
    store: SqlStore, said: str, name: str, day: int
) -> None:
    one = plain(f"{said}{name}{day}", said, sender_name=name, sent_at=T0 + timedelta(days=day))
    async with store.begin() as t:
        known = await t.contact_of((LENA,))
        if known is None:
            await opened(t)
        conversation = await t.conversation_for("telegram", ("77",))
        assert conversation
        _, id_ = await asked(t, conversation, one)
        hits = await found(t, Query(said[:100]), limit=1000)
        if any(each.isalnum() for each in said[:100]):
            assert id_ in {hit.message_id for hit in hits}


async def test_the_index_and_the_rows_say_the_same(sqlite_url: str) -> None:
    store = await open_store(sqlite_url)
    async with store.begin() as t:
        await world(t)
        await t.edit_message(1, plain("1", "другое"), at(1))
        await t.run(
            text("INSERT INTO search_words (search_words, rank) VALUES ('integrity-check', 1)")
        )
    await store.close()
