"""Notes, templates, prices, quotes and tasks, over every database."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal

import pytest

from inbox.errors import NoSuchRow
from inbox.model import Attachment, Conversation, Entity, Manager, Media
from inbox.ports import Transaction
from inbox.records import DeskRef
from inbox.work_records import Horizon, QuoteState, Unit, Within
from storage.store import SqlStore
from tests.storage.values import another, at, manager, opened
from tests.storage.work_values import note, price_item, quote, task, template

FILE = Attachment(Media.DOCUMENT, "тз.pdf", "application/pdf", 9, "bot:1", "BQ", {"pages": 2})
REF = DeskRef(1, 5, 7)


async def held(t: Transaction) -> tuple[Manager, Conversation]:
    """Anna, and the conversation of Lena, whom she holds."""
    anna = await t.save_manager(manager())
    return anna, await opened(t, anna.id)


async def test_a_note_is_kept_once_and_changes(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        boris = await t.save_manager(manager("Борис", 6))
        one = note(
            *(talk.id, anna.id),
            entities=(Entity("bold", 0, 6),),
            attachments=(FILE,),
            desk_ref=REF,
            mentions=(boris.id,),
        )
        kept = await t.add_internal_note(one)
        assert kept is not None
        assert kept == replace(one, id=kept.id)
        assert await t.add_internal_note(replace(one, text="Ещё раз")) is None
    async with store.begin() as t:
        assert await t.internal_note_at(REF) == kept
        assert await t.internal_note_at(replace(REF, account=2)) is None
        changed = replace(kept, text="Без скидки", entities=(), edited_at=at(2), mentions=())
        await t.save_internal_note(changed)
        assert await t.internal_note_at(REF) == changed
        with pytest.raises(NoSuchRow):
            await t.save_internal_note(replace(kept, id=10_000))


async def test_notes_of_all_conversations_the_newest_first(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        boris = await t.save_manager(manager("Борис", 6))
        vera = await t.save_manager(manager("Вера", 7))
        other = await another(t, talk, "1")
        made = [
            await t.add_internal_note(note(talk.id, anna.id, key="1")),
            await t.add_internal_note(note(other.id, anna.id, key="2", mentions=(vera.id,))),
            await t.add_internal_note(note(talk.id, boris.id, key="3")),
        ]
        third, second, first = [one for one in reversed(made) if one is not None]
        client_id = talk.client.id
        assert await t.notes_of_client(client_id, None, 2) == (third, second)
        assert await t.notes_of_client(client_id, second.id, 2) == (first,)
        assert await t.notes_of_client(client_id, first.id, 2) == ()
        assert await t.notes_of_client(10_000, None, 2) == ()
        assert await t.noters(talk.id) == {anna.id, boris.id}
        assert await t.noters(other.id) == {anna.id, vera.id}
        assert await t.noters(10_000) == frozenset()


async def test_templates_by_title_in_any_case(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, _ = await held(t)
        titles = ("ёлка", "Ель", "яблоко", "Ещё", "Hello")
        made = {
            title: await t.save_template(template(anna.id, title=title, language=""))
            for title in titles
        }
        found = await t.templates()
        assert [one.title for one in found] == ["Hello", "ёлка", "Ель", "Ещё", "яблоко"]
        dropped = replace(made["Ель"], dropped_at=at(5))
        assert await t.save_template(dropped) == dropped
        assert dropped not in await t.templates()
        assert await t.template(dropped.id) == dropped, "it can be brought back"
        assert await t.save_template(made["Ель"]) in await t.templates()
        assert await t.template(10_000) is None
        with pytest.raises(NoSuchRow):
            await t.save_template(replace(dropped, id=10_000))


@pytest.mark.parametrize("price", ["0", "500.10", "1000000000000000000.01", "1E+3", "0.1"])
async def test_a_price_is_kept_to_the_last_digit(store: SqlStore, price: str) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        item = await t.save_price_item(price_item(anna.id, price=Decimal(price)))
        assert item.id
    async with store.begin() as t:
        assert await t.price_items() == (item,)
        assert await t.price_item(item.id) == item
        made = await t.add_quote(quote(talk.id, anna.id, price=Decimal(price)))
        assert made is not None
        assert await t.quote(made.id) == made


async def test_price_items_as_templates(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, _ = await held(t)
        letter = await t.save_price_item(price_item(anna.id, title="Письмо"))
        banner = await t.save_price_item(price_item(anna.id, title="баннер"))
        assert await t.price_items() == (banner, letter)
        days = replace(letter, within=Within(3, Unit.DAYS), dropped_at=at(4), currency="EUR")
        assert await t.save_price_item(days) == days
        assert await t.price_items() == (banner,)
        assert await t.price_item(letter.id) == days
        assert await t.price_item(10_000) is None
        with pytest.raises(NoSuchRow):
            await t.save_price_item(replace(days, id=10_000))


async def test_a_quote_is_made_once_and_settled(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        item = await t.save_price_item(price_item(anna.id))
        one = quote(talk.id, anna.id, item_id=item.id)
        made = await t.add_quote(one)
        assert made is not None
        assert made == replace(one, id=made.id)
        assert await t.add_quote(replace(one, title="Другое")) is None
        later = await t.add_quote(replace(one, key="q2", made_at=at(2), due_at=None))
        assert later is not None
        other = await another(t, talk, "1")
        assert await t.open_quotes(talk.id) == (later, made)
        assert await t.open_quotes(other.id) == ()
    async with store.begin() as t:
        work = await t.add_task(task(talk.client.id, anna.id, quote_id=made.id))
        agreed = replace(
            made, state=QuoteState.AGREED, settled_at=at(3), task_id=work.id, due_at=at(120)
        )
        await t.save_quote(agreed)
        assert await t.quote(made.id) == agreed
        assert await t.open_quotes(talk.id) == (later,)
        assert await t.quote(10_000) is None
        with pytest.raises(NoSuchRow):
            await t.save_quote(replace(agreed, id=10_000))


async def test_a_task_is_made_once_for_its_key(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        one = task(talk.client.id, anna.id, conversation_id=talk.id, due_at=at(60))
        made = await t.add_task(one)
        assert made == replace(one, id=made.id)
        assert await t.add_task(replace(one, title="Ещё раз")) == made
    async with store.begin() as t:
        done = replace(
            *(made,),
            title="Новый телефон",
            horizon=Horizon.LATER,
            due_at=None,
            done_at=at(5),
            done_by_id=anna.id,
            told_at=at(6),
            dropped_at=at(7),
        )
        await t.save_task(done)
        assert await t.task(made.id) == done
        assert await t.task(10_000) is None
        with pytest.raises(NoSuchRow):
            await t.save_task(replace(done, id=10_000))


async def test_the_same_press_at_once_makes_one_task(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)

    async def press() -> int:
        async with store.begin() as t:
            return (await t.add_task(task(talk.client.id, anna.id))).id

    assert len(set(await asyncio.gather(*(press() for _ in range(5))))) == 1


async def test_whoever_changes_a_task_or_quote_has_it_alone(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        made = await t.add_task(task(talk.client.id, anna.id, title="0"))
        offer = await t.add_quote(quote(talk.id, anna.id, title="0"))
        ref = await t.add_internal_note(note(talk.id, anna.id, text="0", desk_ref=REF))
        assert offer is not None
        assert ref is not None

    async def count() -> None:
        async with store.begin() as t:
            one, two, three = await t.task(made.id), await t.quote(offer.id), None
            three = await t.internal_note_at(REF)
            assert one is not None
            assert two is not None
            assert three is not None
            await asyncio.sleep(0.01)
            await t.save_task(replace(one, title=f"{int(one.title) + 1}"))
            await t.save_quote(replace(two, title=f"{int(two.title) + 1}"))
            await t.save_internal_note(replace(three, text=f"{int(three.text) + 1}"))

    await asyncio.gather(*(count() for _ in range(6)))
    async with store.begin() as t:
        one, two, three = (
            await t.task(made.id),
            await t.quote(offer.id),
            await t.internal_note_at(REF),
        )
        assert (one and one.title, two and two.title, three and three.text) == ("6", "6", "6")


async def test_tasks_by_horizon_then_due_then_age(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        client_id = talk.client.id
        wanted = [
            ("срочно", Horizon.NOW, at(10)),
            ("потом срочно", Horizon.NOW, at(20)),
            ("без даты", Horizon.NOW, None),
            ("тоже", Horizon.NOW, None),
            ("скоро", Horizon.SOON, at(5)),
            ("позже", Horizon.LATER, at(1)),
        ]
        made = {}
        for number in (3, 5, 4, 1, 0, 2):
            title, horizon, due_at = wanted[number]
            made[title] = await t.add_task(
                task(client_id, anna.id, key=title, title=title, horizon=horizon, due_at=due_at)
            )
        await t.add_task(task(client_id, anna.id, key="сделана", done_at=at(3)))
        await t.add_task(task(client_id, anna.id, key="убрана", dropped_at=at(3)))
        found = await t.tasks_of_client(client_id)
        assert [one.title for one in found] == [
            "срочно",
            "потом срочно",
            "тоже",
            "без даты",
            "скоро",
            "позже",
        ]
        assert await t.tasks_of_client(10_000) == ()
        pairs = tuple((one, talk.client) for one in found)
        assert await t.open_tasks(None) == pairs
        assert await t.open_tasks([anna.id]) == pairs
        assert await t.open_tasks([10_000]) == ()
        assert await t.open_tasks([]) == ()


async def test_tasks_done_since_then(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        boris = await t.save_manager(manager("Борис", 6))
        his = await t.add_client("Лютик", boris.id)
        late, early, before = [
            await t.add_task(task(talk.client.id, anna.id, key=f"{minute}", done_at=at(minute)))
            for minute in (20, 10, 5)
        ]
        await t.add_task(task(talk.client.id, anna.id, key="x", done_at=at(30), dropped_at=at(31)))
        of_boris = await t.add_task(task(his.id, anna.id, key="b", done_at=at(15)))
        assert await t.tasks_done([anna.id], at(10)) == (
            (early, talk.client),
            (late, talk.client),
        )
        found = await t.tasks_done([anna.id, boris.id], at(0))
        assert [one.id for one, _ in found] == [before.id, early.id, of_boris.id, late.id]
        assert await t.tasks_done([], at(0)) == ()


async def test_a_client_given_away_takes_the_tasks_along(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        boris = await t.save_manager(manager("Борис", 6))
        made = await t.add_task(task(talk.client.id, anna.id))
        await t.save(talk.assigned(boris.id))
        assert await t.open_tasks([anna.id]) == ()
        assert [one for one, _ in await t.open_tasks([boris.id])] == [made]


async def test_what_no_database_keeps_is_replaced(store: SqlStore) -> None:
    async with store.begin() as t:
        anna, talk = await held(t)
        made = await t.add_task(task(talk.client.id, anna.id, key="a\x00", title="a\x00\ud83d"))
        assert await t.add_task(task(talk.client.id, anna.id, key="a\x00")) == replace(
            made, key="a�", title="a��"
        )
        await t.add_internal_note(note(talk.id, anna.id, text="\x00", key="\ud83d"))
        (found,) = await t.notes_of_client(talk.client.id, None, 1)
        assert (found.key, found.text) == ("�", "�")
