"""Two contacts that are one person: by the own link, by a member's word, and split again."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.chat_records import Suggestion
from inbox.joining import accept, join_contacts, refuse, split
from inbox.model import Contact, Conversation, Handle, Manager
from inbox.ports import Deed
from tests.fakes import MONDAY_TEN
from tests.inbox.chatting import ANNA, IVAN, OLGA, Chats, chatting_in
from tests.inbox.conftest import Studio
from tests.inbox.looking import held_by, msk, open_wait, with_calendars

IVANS = Handle("telegram", "901")
CHAT = "chat:901"
SECRET = "s3cr3t"


@pytest.fixture
def chats(studio: Studio) -> Chats:
    return chatting_in(studio)


async def contact(studio: Studio, name: str, manager: Manager | None, *handles: Handle) -> Contact:
    """The only one of a new client."""
    async with studio.inbox.store.begin() as t:
        client = await t.add_client(name, manager.id if manager is not None else None)
        made = await t.add_contact(client.id, name)
        await t.add_handles(made.id, handles)
    return made


async def linked(studio: Studio, one: Contact, secret: str = SECRET) -> str:
    """The payload of the contact's link."""
    async with studio.inbox.store.begin() as t:
        return f"link_{await t.personal_link(one.id, secret, studio.clock.now())}"


@pytest.fixture
async def ivan(studio: Studio, chats: Chats) -> Contact:
    """Anna's client, known by mail."""
    return await contact(studio, "Ромашка", studio.anna, Handle("email", "ivan@romashka.test"))


async def suggestion(studio: Studio, one: Contact, other: Contact) -> int:
    async with studio.inbox.store.begin() as t:
        made = Suggestion(one.id, other.id, "phone", "+79161234567", studio.clock.now())
        kept = await t.suggest(made)
    assert kept is not None
    return kept.id


async def contact_of(studio: Studio, handle: Handle) -> Contact:
    async with studio.inbox.store.begin() as t:
        known = await t.contact_of((handle,))
    assert known is not None
    return known[1]


class TestByLink:
    async def test_a_newcomer_is_the_clients_contact_and_the_holder_is_told(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        await chats.writes(IVAN, f"/start {await linked(studio, ivan)}")
        talk = await chats.conversation(CHAT)
        assert (talk.client.name, talk.contact) == ("Ромашка", ivan)
        assert talk.assignee_id == studio.anna.id
        ((joining_id, to),) = chats.notes("joined")
        assert to == "Анна"
        async with studio.inbox.store.begin() as t:
            joined = await t.joining(int(joining_id))
        assert joined is not None
        assert (joined.to_contact_id, joined.by_id) == (ivan.id, None)
        (entry,) = await chats.log(Deed.JOINED)
        assert (entry.before, entry.after, entry.by_id) == ("Иван", "Ромашка", None)
        await chats.writes(IVAN, "Теперь тут")
        assert chats.cards() == [("Теперь тут", "Анна")]

    async def test_the_same_link_again_by_the_same_person_is_nothing_new(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        payload = await linked(studio, ivan)
        for _ in range(2):
            await chats.writes(IVAN, f"/start {payload}")
        assert len(chats.notes("joined")) == 1

    @pytest.mark.parametrize("payload", ["link_unknown", "link_"])
    async def test_an_unknown_link_only_opens_the_chat(
        self, studio: Studio, chats: Chats, ivan: Contact, payload: str
    ) -> None:
        studio.inbox = replace(studio.inbox, greeting=True)
        await chats.writes(IVAN, f"/start {payload}")
        assert (await chats.conversation(CHAT)).client.name == "Иван"
        assert len(chats.channel.sent) == 1, "a plain greeting"
        assert chats.notes() == []

    async def test_a_used_link_is_no_ones_elses(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        payload = await linked(studio, ivan)
        await chats.writes(IVAN, f"/start {payload}")
        await chats.writes(OLGA, f"/start {payload}")
        assert (await chats.conversation("chat:902")).client.name == "Ольга"
        assert len(chats.notes("joined")) == 1

    async def test_a_member_who_tries_it_uses_nothing_up(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        payload = await linked(studio, ivan)
        await chats.writes(ANNA, f"/start {payload}")
        assert chats.notes() == []
        await chats.writes(IVAN, f"/start {payload}")
        assert len(chats.notes("joined")) == 1

    async def test_what_staff_split_the_link_does_not_join_again(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        payload = await linked(studio, ivan)
        await chats.writes(IVAN, f"/start {payload}")
        ((joining_id, _), *_) = chats.notes("joined")
        assert await split(studio.inbox, int(joining_id), studio.anna)
        await chats.writes(IVAN, f"/start {payload}")
        assert (await chats.conversation(CHAT)).client.name == "Иван"
        assert len(chats.notes("joined")) == 1

    async def test_an_open_question_goes_over_with_its_wait(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        await chats.writes(IVAN, "Срочно!")
        assert [to for _, to in chats.cards()] == ["Анна", "Борис", "Глава"]
        studio.clock.pass_(minutes=10)
        await chats.writes(IVAN, f"/start {await linked(studio, ivan)}")
        talk = await chats.conversation(CHAT)
        assert talk.wait is not None
        assert talk.wait.started_at == MONDAY_TEN
        assert talk.assignee_id == studio.anna.id


class TestSuggested:
    @pytest.fixture
    async def other(self, studio: Studio, chats: Chats) -> Contact:
        """Boris's client in Telegram, who waits since 10:00."""
        made = await contact(studio, "Лютик", studio.boris, IVANS)
        await chats.writes(IVAN, "Вопрос")
        return made

    async def wait(self, chats: Chats) -> Conversation:
        talk = await chats.conversation(CHAT)
        assert talk.wait is not None
        return talk

    async def test_accepted_what_is_open_goes_to_the_clients_holder(
        self, studio: Studio, chats: Chats, ivan: Contact, other: Contact
    ) -> None:
        studio.clock.pass_(minutes=10)
        number = await suggestion(studio, other, ivan)
        assert await accept(studio.inbox, number, studio.head)
        assert not await accept(studio.inbox, number, studio.head)
        await studio.run()

        talk = await self.wait(chats)
        assert (talk.client.name, talk.assignee_id) == ("Ромашка", studio.anna.id)
        assert talk.wait is not None
        assert talk.wait.started_at == MONDAY_TEN
        assert chats.cards() == [("Вопрос", "Борис"), ("Вопрос", "Анна")], "rule 21"
        told = {to for _, to in chats.notes("joined")}
        assert told == {"Анна", "Борис"}, "also whose client it was"
        assert (await contact_of(studio, IVANS)).id == ivan.id
        (assigned,) = [
            one for one in await chats.log(Deed.ASSIGNED) if one.conversation_id == talk.id
        ]
        assert (assigned.before, assigned.after) == ("Борис", "Анна")
        assert assigned.by_id == studio.head.id

    async def test_rule_5_who_held_it_when_it_was_due_stays_charged(
        self, studio: Studio, chats: Chats, ivan: Contact, other: Contact
    ) -> None:
        studio.clock.pass_(minutes=61)
        await accept(studio.inbox, await suggestion(studio, other, ivan), studio.head)
        talk = await self.wait(chats)
        assert talk.wait is not None
        assert await held_by(studio, talk.wait) == studio.boris.id

    async def test_rule_13_the_clients_calendar_counts_from_then_on(
        self, studio: Studio, chats: Chats, ivan: Contact, other: Contact
    ) -> None:
        with_calendars(studio)
        async with studio.inbox.store.begin() as t:
            client, _ = await t.contact(ivan.id)
            await t.save_client(replace(client, calendar="afternoon"))
        studio.clock.pass_(minutes=20)
        await accept(studio.inbox, await suggestion(studio, other, ivan), studio.head)
        talk = await self.wait(chats)
        assert talk.wait is not None
        assert talk.wait.due_at == msk(23, 12, 40), "20 minutes had run, 40 are left"
        assert len(await chats.log(Deed.SWAPPED)) == 1

    async def test_rule_13_with_one_holder_too(
        self, studio: Studio, chats: Chats, ivan: Contact, other: Contact
    ) -> None:
        with_calendars(studio)
        async with studio.inbox.store.begin() as t:
            client, _ = await t.contact(ivan.id)
            await t.save_client(replace(client, calendar="afternoon", manager_id=studio.boris.id))
        studio.clock.pass_(minutes=20)
        await accept(studio.inbox, await suggestion(studio, other, ivan), studio.head)
        await studio.run()
        talk = await self.wait(chats)
        assert talk.wait is not None
        assert talk.wait.due_at == msk(23, 12, 40)
        assert chats.cards() == [("Вопрос", "Борис")], "he has it already"

    async def test_a_client_whom_nobody_holds_gets_the_other_ones_holder(
        self, studio: Studio, chats: Chats
    ) -> None:
        unheld = await contact(studio, "Ничья", None, Handle("email", "no@x.test"))
        studio.clock.pass_(minutes=1)
        thread = await studio.asks("no@x.test", "Почтой")
        held = await contact(studio, "Лютик", studio.boris, IVANS)
        await chats.writes(IVAN, "Вопрос")
        async with studio.inbox.store.begin() as t:
            await join_contacts(studio.inbox, t, held.id, unheld.id, by_id=studio.head.id)
        await studio.run()
        mail, talk = await studio.conversation(thread), await chats.conversation(CHAT)
        assert mail.client == talk.client
        assert (mail.client.manager_id, mail.assignee_id) == (studio.boris.id, studio.boris.id)
        assert talk.assignee_id == studio.boris.id
        assert (await open_wait(studio, thread)).started_at == MONDAY_TEN + timedelta(minutes=1)
        assert [one for one in chats.cards() if one[0] == "Вопрос"] == [("Вопрос", "Борис")]

    @pytest.mark.parametrize("turned", [False, True])
    async def test_the_client_that_somebody_holds_is_the_one_that_stays(
        self, studio: Studio, chats: Chats, ivan: Contact, *, turned: bool
    ) -> None:
        stray = await contact(studio, "Приблудный", None, IVANS)
        pair = (ivan, stray) if turned else (stray, ivan)
        assert await accept(studio.inbox, await suggestion(studio, *pair), studio.anna)
        assert (await contact_of(studio, IVANS)).id == ivan.id

    async def test_of_two_who_never_wrote_there_is_nothing_to_show(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        stray = await contact(studio, "Приблудный", None, IVANS)
        assert await accept(studio.inbox, await suggestion(studio, stray, ivan), studio.anna)
        await studio.run()
        assert chats.notes() == []
        assert len(await chats.log(Deed.JOINED)) == 1

    async def test_what_the_client_has_elsewhere_shows_that_it_was_joined(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        await studio.asks("ivan@romashka.test", "Почтой")
        stray = await contact(studio, "Приблудный", None, IVANS)
        assert await accept(studio.inbox, await suggestion(studio, stray, ivan), studio.anna)
        await studio.run()
        assert [to for _, to in chats.notes("joined")] == ["Анна"]

    async def test_of_two_whom_nobody_holds_nobody_does(
        self, studio: Studio, chats: Chats
    ) -> None:
        one = await contact(studio, "Один", None, IVANS)
        two = await contact(studio, "Два", None, Handle("telegram", "902"))
        await chats.writes(OLGA, "Вопрос")
        await accept(studio.inbox, await suggestion(studio, two, one), studio.head)
        talk = await chats.conversation("chat:902")
        assert (talk.client.name, talk.assignee_id) == ("Один", None)
        assert talk.wait is not None

    async def test_who_are_one_already_are_joined_by_nothing(
        self, studio: Studio, chats: Chats, ivan: Contact, other: Contact
    ) -> None:
        number = await suggestion(studio, other, ivan)
        async with studio.inbox.store.begin() as t:
            assert await join_contacts(studio.inbox, t, other.id, ivan.id, by_id=None) is not None
        studio.clock.pass_(minutes=1)
        async with studio.inbox.store.begin() as t:
            assert await join_contacts(studio.inbox, t, ivan.id, ivan.id, by_id=None) is None
        assert await accept(studio.inbox, number, studio.anna)
        assert await chats.log(Deed.JOINED) == []

    async def test_refused_it_is_not_suggested_again(
        self, studio: Studio, chats: Chats, ivan: Contact, other: Contact
    ) -> None:
        number = await suggestion(studio, other, ivan)
        assert await refuse(studio.inbox, number, studio.anna)
        assert not await refuse(studio.inbox, number, studio.anna)
        assert not await accept(studio.inbox, number, studio.anna)
        async with studio.inbox.store.begin() as t:
            again = Suggestion(ivan.id, other.id, "email", "a@x.test", studio.clock.now())
            assert await t.suggest(again) is None
        assert (await contact_of(studio, IVANS)).id == other.id

    async def test_one_that_does_not_exist(self, studio: Studio, chats: Chats) -> None:
        assert not await accept(studio.inbox, 77, studio.anna)


class TestSplit:
    async def joined(
        self, studio: Studio, chats: Chats, ivan: Contact, manager: Manager | None
    ) -> int:
        """The id of the joining of another client with Anna's, whose person waits."""
        other = await contact(studio, "Лютик", manager, IVANS)
        await chats.writes(IVAN, "Вопрос")
        await accept(studio.inbox, await suggestion(studio, other, ivan), studio.anna)
        await studio.run()
        ((joining_id, _), *_) = chats.notes("joined")
        return int(joining_id)

    async def test_each_has_again_what_it_brought(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        joining_id = await self.joined(studio, chats, ivan, studio.boris)
        studio.clock.pass_(minutes=5)
        assert await split(studio.inbox, joining_id, studio.anna)
        assert not await split(studio.inbox, joining_id, studio.anna)
        await studio.run()

        talk = await chats.conversation(CHAT)
        assert (talk.client.name, talk.assignee_id) == ("Лютик", studio.boris.id)
        assert talk.wait is not None
        assert talk.wait.started_at == MONDAY_TEN
        assert [to for _, to in chats.cards()] == ["Борис", "Анна", "Борис"]
        (entry,) = await chats.log(Deed.SPLIT)
        assert (entry.before, entry.after) == ("Ромашка", "Лютик")
        assert (entry.by_id, entry.conversation_id) == (studio.anna.id, talk.id)

    async def test_they_are_not_suggested_again(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        payload = await linked(studio, ivan)
        await chats.writes(IVAN, f"/start {payload}")
        ((joining_id, _), *_) = chats.notes("joined")
        await split(studio.inbox, int(joining_id), studio.anna)
        await chats.writes(IVAN, "Пишите на ivan@romashka.test")
        await studio.later()
        assert chats.notes("suggested") == []

    async def test_a_client_whom_nobody_held_stays_with_who_holds_it_now(
        self, studio: Studio, chats: Chats, ivan: Contact
    ) -> None:
        joining_id = await self.joined(studio, chats, ivan, None)
        await split(studio.inbox, joining_id, studio.anna)
        await studio.run()
        talk = await chats.conversation(CHAT)
        assert (talk.client.name, talk.assignee_id) == ("Лютик", studio.anna.id)
        assert talk.client.manager_id == studio.anna.id
