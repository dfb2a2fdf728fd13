"""One person, several handles, over every database: links, joinings undone, suggestions."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

from inbox.chat_records import Joining, Suggestion, SuggestionState
from inbox.model import Contact, Conversation, Handle, Manager, Moved
from inbox.ports import Transaction
from storage.store import SqlStore
from tests.storage.values import LENA, asked, at, manager, message, opened, promised

MAIL = Handle("email", "lena@romashka.test")
NAME = Handle("telegram_name", "lena")
PHONE = Handle("phone", "+79990000000")


async def by_mail(t: Transaction, holder: Manager | None = None) -> Conversation:
    """Lena again, as another client: her mail's conversation."""
    client = await t.add_client("Лена", holder and holder.id)
    contact = await t.add_contact(client.id, "Лена")
    await t.add_handles(contact.id, (MAIL,))
    talk = await t.open_conversation("email:info", client, contact, MAIL, "Смета")
    await t.learn_threads("email:info", talk.id, ("<a@x>",))
    return talk


async def people(t: Transaction) -> tuple[Conversation, Conversation, Manager, Manager]:
    """Lena on Telegram is Anna's, with something open; by mail she is Boris's."""
    anna = await t.save_manager(manager())
    boris = await t.save_manager(manager("Борис", 6))
    chat, _ = await asked(t, await opened(t, anna.id), message("1"))
    return chat, await by_mail(t, boris), anna, boris


async def test_a_link_is_one_until_somebody_uses_it(store: SqlStore) -> None:
    async with store.begin() as t:
        contact_id = (await by_mail(t)).contact.id
        other_id = (await opened(t)).contact.id
        assert await t.personal_link(contact_id, "s1", at(0)) == "s1"
        assert await t.personal_link(contact_id, "s2", at(1)) == "s1"
        assert await t.personal_link(other_id, "s3", at(1)) == "s3"
        assert await t.redeem_link("s2", LENA, at(2)) is None
        assert await t.redeem_link("s1", LENA, at(2)) == contact_id
        assert await t.redeem_link("s1", LENA, at(3)) == contact_id, "pressed again"
        assert await t.redeem_link("s1", PHONE, at(4)) is None, "passed on to somebody else"
        assert await t.personal_link(contact_id, "s4", at(5)) == "s4"


async def test_two_mails_at_once_have_the_same_link(store: SqlStore) -> None:
    async with store.begin() as t:
        contact_id = (await by_mail(t)).contact.id

    async def link(number: int) -> str:
        async with store.begin() as t:
            return await t.personal_link(contact_id, f"s{number}", at(0))

    assert len(set(await asyncio.gather(*map(link, range(6))))) == 1


async def test_who_is_joined_brings_everything_along(store: SqlStore) -> None:
    async with store.begin() as t:
        chat, mail, _, boris = await people(t)
        promise = await t.add_promise(chat.id, promised(30))
        await t.add_handles(chat.contact.id, (NAME,))
        made = await t.join(chat.contact.id, mail.contact.id, boris.id, at(3))
        assert made == Joining(
            chat.contact.id, mail.contact.id, (LENA, NAME), (chat.id,), at(3), boris.id, id=made.id
        )
        assert await t.joining(made.id) == made
        assert await t.joining(10_000) is None
    async with store.begin() as t:
        found = await t.conversation_for("telegram", ("77",))
        assert found is not None
        assert (found.client, found.contact) == (mail.client, mail.contact)
        assert found.assignee_id == boris.id
        assert found.wait == chat.wait
        assert await t.contact_of((LENA,)) == (mail.client, mail.contact)
        open_ = await t.open_waits_of(client_id=mail.client.id)
        assert {wait.id for _, wait in open_} == {chat.wait and chat.wait.id, promise.id}
        assert [one.id for one in await t.waiting(boris.id, 9)] == [chat.id]
        assert await t.contacts_of_client(chat.client.id) == ()
        left = [one for one, _ in await t.clients()]
        assert left == [mail.client], "the empty shell is nobody's choice any more"
        assert await t.newest_conversation(chat.client.id) == chat.id, "a topic of before"


async def test_a_split_puts_everything_back(store: SqlStore) -> None:
    async with store.begin() as t:
        chat, mail, anna, boris = await people(t)
        before = await t.clients()
        made = await t.join(chat.contact.id, mail.contact.id, None, at(3))
        later = await t.open_conversation("telegram", mail.client, mail.contact, LENA, None)
        own = await t.open_conversation("email:info", mail.client, mail.contact, MAIL, None)
        undone = await t.split(made.id, at(9))
        assert undone == replace(made, split_at=at(9), conversation_ids=(chat.id, later.id))
        assert await t.split(made.id, at(10)) is None
        assert await t.split(10_000, at(10)) is None
    async with store.begin() as t:
        assert await t.conversation(chat.id) == chat
        assert await t.conversation(mail.id) == mail
        assert (await t.conversation(later.id)).contact == chat.contact
        assert (await t.conversation(later.id)).assignee_id == anna.id
        assert (await t.conversation(own.id)).assignee_id == boris.id
        assert await t.clients() == before
        assert (await t.joining(made.id)) == replace(made, split_at=at(9))
        again = await t.join(chat.contact.id, mail.contact.id, None, at(11))
        assert (again.handles, again.conversation_ids) == ((LENA,), (chat.id, later.id))


async def test_a_client_given_away_meanwhile_has_its_new_holder_after_a_split(
    store: SqlStore,
) -> None:
    async with store.begin() as t:
        chat, mail, _, boris = await people(t)
        made = await t.join(chat.contact.id, mail.contact.id, None, at(3))
        vera = await t.save_manager(manager("Вера", 7))
        await t.save_client(replace(chat.client, manager_id=vera.id))
        assert (await t.conversation(chat.id)).assignee_id == boris.id
        await t.split(made.id, at(9))
    async with store.begin() as t:
        assert (await t.conversation(chat.id)).assignee_id == vera.id


async def test_the_same_people_are_joined_once(store: SqlStore) -> None:
    async with store.begin() as t:
        chat, mail, *_ = await people(t)
        one, other = chat.contact.id, mail.contact.id
        made = await t.join(one, other, None, at(3))
        assert await t.join(one, other, None, at(4)) == made
        assert await t.join(other, one, None, at(4)) == made, "they are one already"
        third = await by_other(t)
        with pytest.raises(ValueError, match="to itself"):
            await t.join(third.id, third.id, None, at(5))


async def by_other(t: Transaction) -> Contact:
    """A third person, with a telephone."""
    client = await t.add_client("Олег", None)
    contact = await t.add_contact(client.id, "Олег")
    await t.add_handles(contact.id, (PHONE,))
    return contact


async def chain(t: Transaction) -> tuple[Conversation, Conversation, Contact, Joining, Joining]:
    """Telegram's Lena became the mail's, who became the telephone's."""
    chat, mail, *_ = await people(t)
    third = await by_other(t)
    first = await t.join(chat.contact.id, mail.contact.id, None, at(1))
    return chat, mail, third, first, await t.join(mail.contact.id, third.id, None, at(2))


async def owners(t: Transaction) -> list[int]:
    """The contacts of Telegram's, the mail's and the telephone's handle."""
    found = [await t.contact_of((one,)) for one in (LENA, MAIL, PHONE)]
    return [one[1].id for one in found if one is not None]


async def test_a_joining_follows_those_of_before(store: SqlStore) -> None:
    async with store.begin() as t:
        chat, mail, third, _, second = await chain(t)
        assert (second.handles, second.conversation_ids) == ((MAIL, LENA), (chat.id, mail.id))
        assert await owners(t) == [third.id] * 3
        await t.personal_link(chat.contact.id, "s", at(3))
        assert await t.redeem_link("s", NAME, at(3)) == third.id, "whom it is now"
        assert await t.newest_conversation(chat.client.id) == chat.id


@pytest.mark.parametrize("backwards", [False, True])
async def test_a_chain_comes_apart_in_any_order(store: SqlStore, backwards: bool) -> None:
    async with store.begin() as t:
        chat, mail, third, first, second = await chain(t)
        in_order = [second, first] if backwards else [first, second]
        for number, one in enumerate(in_order):
            assert await t.split(one.id, at(5 + number)) is not None
        assert await owners(t) == [chat.contact.id, mail.contact.id, third.id]
        assert await t.conversation(chat.id) == chat
        assert await t.conversation(mail.id) == mail


async def test_only_the_first_comes_apart_and_the_rest_stays(store: SqlStore) -> None:
    async with store.begin() as t:
        chat, _, third, first, second = await chain(t)
        await t.split(first.id, at(5))
        assert await owners(t) == [chat.contact.id, third.id, third.id]
        assert (await t.joining(second.id) or second).handles == (MAIL,)


@pytest.mark.parametrize("seed", range(6))
async def test_whatever_was_joined_and_split_everybody_comes_home(
    store: SqlStore, seed: int
) -> None:
    """A conversation is always with whom its handle leads to, whatever the order."""
    chance = random.Random(seed)
    handles = [Handle("telegram", f"{number}") for number in range(4)]
    async with store.begin() as t:
        ids = [await newcomer(t, one) for one in handles]
        made: list[int] = []
        for step in range(30):
            match chance.choice(("write", "write", "join", "join", "split")):
                case "write":
                    one = chance.choice(handles)
                    known = await t.contact_of((one,))
                    assert known is not None
                    await t.open_conversation("telegram", *known, one, None)
                case "join":
                    from_id, to_id = chance.sample(ids, 2)
                    made.append((await t.join(from_id, to_id, None, at(step))).id)
                case _ if made:
                    await t.split(chance.choice(made), at(step))
            await all_with_their_handles(t, handles)
        chance.shuffle(made)
        for joining_id in made:
            await t.split(joining_id, at(99))
            await all_with_their_handles(t, handles)
        for contact_id, one in zip(ids, handles, strict=True):
            home = await t.contact_of((one,))
            assert home is not None
            assert home[1].id == contact_id


async def newcomer(t: Transaction, one: Handle) -> int:
    """The contact of a client of its own."""
    client = await t.add_client(one.address, None)
    contact = await t.add_contact(client.id, one.address)
    await t.add_handles(contact.id, (one,))
    return contact.id


async def all_with_their_handles(t: Transaction, handles: list[Handle]) -> None:
    for one in handles:
        whose = await t.contact_of((one,))
        for conversation_id in await t.conversations_with(one):
            conversation = await t.conversation(conversation_id)
            assert (conversation.client, conversation.contact) == whose


async def test_a_group_that_moved_meanwhile_goes_back_under_its_new_address(
    store: SqlStore,
) -> None:
    new = Handle("telegram", "78")
    async with store.begin() as t:
        chat, mail, *_ = await people(t)
        made = await t.join(chat.contact.id, mail.contact.id, None, at(1))
        await t.move_chat(Moved("telegram", LENA, new, "77", "78", at(2)))
        await t.split(made.id, at(3))
        assert await t.contact_of((new,)) == (chat.client, chat.contact)
        assert (await t.conversation(chat.id)).recipient == new


async def test_joinings_at_once_do_not_wait_for_each_other(store: SqlStore) -> None:
    async with store.begin() as t:
        chat, mail, *_ = await people(t)
        for number in range(20):
            await t.open_conversation("telegram", chat.client, chat.contact, LENA, f"{number}")
        third = await by_other(t)
    ids = [chat.contact.id, mail.contact.id, third.id]

    async def join(number: int) -> Joining:
        async with store.begin() as t:
            return await t.join(ids[number % 3], ids[(number + 1) % 3], None, at(number))

    made = await asyncio.wait_for(asyncio.gather(*map(join, range(9))), 30)
    assert len({one.id for one in made}) == 2, "three are one after two joinings"
    async with store.begin() as t:
        assert len(set(await owners(t))) == 1
        for joining_id in sorted({one.id for one in made}):
            assert await t.split(joining_id, at(99)) is not None
        assert await owners(t) == ids


async def test_who_writes_during_a_joining_is_filed_with_whom_it_made(store: SqlStore) -> None:
    """A new conversation is opened for whom the handle leads to after the joining."""
    async with store.begin() as t:
        chat, mail, *_ = await people(t)
    begun = asyncio.Event()

    async def join() -> None:
        async with store.begin() as t:
            await t.join(chat.contact.id, mail.contact.id, None, at(1))
            begun.set()
            await asyncio.sleep(0.3)

    async def file() -> int:
        await begun.wait()
        async with store.begin() as t:
            known = await t.contact_of((LENA,))
            assert known is not None
            talk = await t.open_conversation("email:info", *known, LENA, None)
            return talk.contact.id

    _, filed_for = await asyncio.gather(join(), file())
    assert filed_for == mail.contact.id


async def test_two_people_are_suggested_once(store: SqlStore) -> None:
    async with store.begin() as t:
        chat, mail, *_ = await people(t)
        third = await by_other(t)
        one = Suggestion(chat.contact.id, mail.contact.id, "phone", "+7999", at(1))
        made = await t.suggest(one)
        assert made is not None
        assert made == replace(one, id=made.id) == await t.suggestion(made.id)
        assert await t.suggest(one) is None
        assert (
            await t.suggest(replace(one, contact_id=mail.contact.id, other_id=chat.contact.id))
            is None
        )
        assert await t.suggest(replace(one, other_id=third.id)) is not None
        assert await t.suggestion(10_000) is None
        assert await t.settle_suggestion(made.id, SuggestionState.REFUSED)
        assert not await t.settle_suggestion(made.id, SuggestionState.JOINED)
        found = await t.suggestion(made.id)
        assert found is not None
        assert found.state is SuggestionState.REFUSED
        assert await t.suggest(one) is None, "refused is refused"
