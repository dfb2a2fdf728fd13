"""Client groups: linked and not, who writes there, and what is read when a group is linked."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.groups import NOT_LINKED, STUDIOS, asks_a_member, link_group, unlink_group
from inbox.model import Client, Handle, Manager, Nature, Outcome, Role
from inbox.ports import CardState, Deed
from tests.fakes import MONDAY_TEN
from tests.inbox.chatting import ANNA, BORIS, GROUP, IVAN, OLGA, Chats, chatting_in
from tests.inbox.conftest import Studio
from tests.inbox.looking import waits

PLACE = Handle("telegram_group", str(GROUP))
THREAD = f"group:{GROUP}"
TITLE = "Ромашка · сайт"
KEPT_ASIDE = ("ignored", f"{NOT_LINKED}: {GROUP}")


@pytest.fixture
def chats(studio: Studio) -> Chats:
    return chatting_in(studio)


async def client(studio: Studio, name: str, manager: Manager | None) -> Client:
    async with studio.inbox.store.begin() as t:
        return await t.add_client(name, manager.id if manager is not None else None)


@pytest.fixture
async def romashka(studio: Studio, chats: Chats) -> Client:
    """Anna's client, whose group is linked."""
    made = await client(studio, "Ромашка", studio.anna)
    assert await link_group(studio.inbox, PLACE, TITLE, made.id, studio.admin) == 0
    return made


class TestLinked:
    async def test_what_the_clients_people_write_waits_for_an_answer_in_the_group(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(IVAN, "Когда макет?")
        await chats.writes_in_group(OLGA, "И цвета?")

        talk = await chats.conversation(THREAD)
        assert chats.cards() == [("Когда макет?", "Анна"), ("И цвета?", "Анна")]
        assert (talk.client, talk.contact.name, talk.recipient) == (romashka, TITLE, PLACE)
        assert talk.wait is not None
        assert talk.wait.started_at == MONDAY_TEN
        assert await chats.history(THREAD) == [("Иван", "Когда макет?"), ("Ольга", "И цвета?")]

    async def test_whoever_writes_there_is_no_contact_of_the_client_elsewhere(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(OLGA, "Я подрядчик")
        await chats.writes(OLGA, "А это моё дело")
        other = await chats.client_of(Handle("telegram", "902"))
        assert other is not None
        assert other.id != romashka.id

    async def test_another_clients_person_writes_for_the_group(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes(OLGA, "Мой вопрос")
        await chats.writes_in_group(OLGA, "Вопрос группы")
        assert (await chats.conversation(THREAD)).client == romashka
        assert (await chats.conversation("chat:902")).client.name == "Ольга"

    async def test_a_members_message_is_the_answer(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(IVAN, "Когда макет?")
        studio.clock.pass_(minutes=20)
        await chats.writes_in_group(BORIS, "Сегодня к вечеру")

        talk = await chats.conversation(THREAD)
        (wait,) = await waits(studio, talk)
        assert talk.wait is None
        assert wait.closing is not None
        assert (wait.closing.outcome, wait.closing.by_id) == (Outcome.ANSWERED, studio.boris.id)
        assert wait.closing.elsewhere
        assert wait.closing.business == timedelta(minutes=20)
        assert chats.cards() == [("Когда макет?", "Анна")], "an answer is nobody's question"
        assert (await chats.history(THREAD))[-1] == ("Борис", "Сегодня к вечеру")
        redrawn = studio.desk.redrawn[-1][1]
        assert (redrawn.state, redrawn.closed_by) == (CardState.ANSWERED, studio.boris)
        assert talk.assignee_id == studio.anna.id, "the client stays hers"

    async def test_what_a_member_writes_first_opens_a_conversation_without_a_wait(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(ANNA, "Добрый день всем!")
        talk = await chats.conversation(THREAD)
        assert (talk.wait, talk.answered_at) == (None, MONDAY_TEN)
        assert await chats.history(THREAD) == [("Анна", "Добрый день всем!")]
        assert chats.cards() == []

    async def test_of_a_client_whom_nobody_holds_who_answers_takes_it(
        self, studio: Studio, chats: Chats
    ) -> None:
        made = await client(studio, "Ничья", None)
        await link_group(studio.inbox, PLACE, TITLE, made.id, studio.admin)
        await chats.writes_in_group(IVAN, "Есть кто?")
        assert [to for _, to in chats.cards()] == ["Анна", "Борис", "Глава"]
        await chats.writes_in_group(BORIS, "Есть")
        talk = await chats.conversation(THREAD)
        assert (talk.assignee_id, talk.client.manager_id) == (studio.boris.id, studio.boris.id)
        assert talk.wait is None

    async def test_a_member_who_left_is_the_clients(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.boris, active=False))
        await chats.writes_in_group(BORIS, "Я теперь у вас работаю")
        assert chats.cards() == [("Я теперь у вас работаю", "Анна")]

    async def test_an_anonymous_administrator_is_the_clients(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        bot = {"id": 1087968824, "is_bot": True, "first_name": "Group"}
        group = {"id": GROUP, "type": "supergroup", "title": TITLE}
        await chats.writes_in_group(bot, "От имени группы", sender_chat=group)
        assert chats.cards() == [("От имени группы", "Анна")]

    async def test_a_command_to_start_is_no_card_and_no_answer(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(IVAN, "Вопрос")
        await chats.writes_in_group(IVAN, "/start@okno_bot")
        await chats.writes_in_group(ANNA, "/start@okno_bot")
        assert chats.cards() == [("Вопрос", "Анна")]
        talk = await chats.conversation(THREAD)
        assert talk.wait is not None
        async with studio.inbox.store.begin() as t:
            kept = [one for _, one in await t.messages_from(talk.id, 0)]
        assert [one.nature for one in kept] == [Nature.PERSON, Nature.SERVICE, Nature.SERVICE]

    async def test_a_members_edit_changes_history_and_nothing_else(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(IVAN, "Вопрос")
        said = await chats.writes_in_group(ANNA, "Отвт")
        shown = len(studio.desk.cards)
        studio.clock.pass_(minutes=1)
        await chats.edits(said, "Ответ")
        assert (await chats.history(THREAD))[-1] == ("Анна", "Ответ")
        assert len(studio.desk.cards) == shown
        assert studio.desk.notes == []

    async def test_a_members_edit_of_what_is_not_known_is_nothing(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.edits(chats.group(ANNA, "До вас"), "Ещё до вас")
        assert [state for state, _ in await chats.raw_states()] == ["ignored"]
        assert studio.desk.cards == []


class TestNotLinked:
    async def test_it_is_kept_aside_and_the_administrators_are_asked_once(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes_in_group(IVAN, "Раз")
        await chats.writes_in_group(OLGA, "Два")
        assert await chats.raw_states() == [KEPT_ASIDE, KEPT_ASIDE]
        asked = {"group": TITLE, "id": str(GROUP), "by": "Иван"}
        assert chats.told("group_added") == [(asked, "Админ")]
        assert chats.cards() == []

    async def test_being_added_asks_and_what_is_written_then_does_not(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.adds(OLGA)
        await chats.writes_in_group(IVAN, "Раз")
        asked = {"group": TITLE, "id": str(GROUP), "by": "Ольга"}
        assert chats.told("group_added") == [(asked, "Админ")]
        studio.clock.pass_(days=1)
        await chats.removes(OLGA)
        await chats.adds(IVAN)
        assert len(chats.told("group_added")) == 2, "it is news again"
        await chats.removes(IVAN)
        studio.clock.pass_(minutes=1)
        await chats.adds(IVAN)
        assert len(chats.told("group_added")) == 2, "whoever does it all day is told of once"

    async def test_where_a_member_is_asked_the_administrators_are_not(
        self, studio: Studio, chats: Chats
    ) -> None:
        await asks_a_member(studio.inbox, PLACE)
        await chats.writes_in_group(IVAN, "Раз")
        assert chats.told("group_added") == []
        assert await chats.raw_states() == [KEPT_ASIDE]

    async def test_when_it_is_linked_all_of_it_is_read_in_order(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes_in_group(IVAN, "Раз")
        studio.clock.pass_(minutes=5)
        await chats.writes_in_group(ANNA, "Ответ")
        studio.clock.pass_(minutes=5)
        await chats.writes_in_group(OLGA, "Два")
        studio.clock.pass_(minutes=10)
        made = await client(studio, "Ромашка", studio.anna)

        assert await link_group(studio.inbox, PLACE, TITLE, made.id, studio.admin) == 3
        await studio.run()

        assert chats.cards() == [("Раз", "Анна"), ("Два", "Анна")]
        assert await chats.history(THREAD) == [
            ("Иван", "Раз"),
            ("Анна", "Ответ"),
            ("Ольга", "Два"),
        ]
        talk = await chats.conversation(THREAD)
        assert talk.wait is not None
        assert talk.wait.started_at == MONDAY_TEN + timedelta(minutes=10)
        assert [state for state, _ in await chats.raw_states()] == ["filed"] * 3
        assert await link_group(studio.inbox, PLACE, TITLE, made.id, studio.admin) == 0
        (entry,) = await chats.log(Deed.LINKED)
        assert (entry.by_id, entry.before, entry.after) == (studio.admin.id, "", "Ромашка")

    async def test_an_album_is_read_whole(self, studio: Studio, chats: Chats) -> None:
        for number in range(3):
            photo = [{"file_id": f"p{number}", "file_unique_id": f"u{number}"}]
            body = chats.group(IVAN, media_group_id="a1", photo=photo)
            await chats.comes("message", body, run=False)
        await studio.later(1.3)
        assert await chats.raw_states() == [KEPT_ASIDE] * 3
        made = await client(studio, "Ромашка", studio.anna)
        assert await link_group(studio.inbox, PLACE, TITLE, made.id, studio.admin) == 3
        await studio.run()
        (card,) = [card for card, _, _ in studio.desk.cards]
        assert len(card.message.attachments) == 3

    async def test_the_studios_own_groups_are_nobodys(self, studio: Studio, chats: Chats) -> None:
        async with studio.inbox.store.begin() as t:
            await t.save_manager(Manager(0, "Тревоги", GROUP, Role.CHAT))
            await t.save_form("forum", '{"chat_id": -77, "account": 1, "title": "Окно"}')
        await chats.writes_in_group(IVAN, "Раз")
        await chats.comes("message", chats.group(IVAN, "Два", group=-77))
        await chats.adds(OLGA)
        assert await chats.raw_states() == [("ignored", STUDIOS)] * 2 + [("filed", "")]
        assert chats.told("group_added") == []


class TestLinkedAnew:
    async def test_a_wrong_client_is_corrected_with_all_that_was_written(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(IVAN, "Вопрос")
        other = await client(studio, "Лютик", studio.boris)
        await link_group(studio.inbox, PLACE, TITLE, other.id, studio.admin)
        await studio.run()

        talk = await chats.conversation(THREAD)
        assert (talk.client.name, talk.assignee_id) == ("Лютик", studio.boris.id)
        assert talk.wait is not None
        assert chats.cards() == [("Вопрос", "Анна"), ("Вопрос", "Борис")]
        await chats.writes_in_group(IVAN, "Ещё")
        assert chats.cards()[-1] == ("Ещё", "Борис")
        assert (await chats.conversation(THREAD)).id == talk.id
        entry = (await chats.log(Deed.LINKED))[-1]
        assert (entry.before, entry.after) == ("Ромашка", "Лютик")
        assert entry.conversation_id == talk.id

    async def test_unlinked_nothing_more_is_taken_in_and_nobody_is_asked(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(IVAN, "Вопрос")
        assert await unlink_group(studio.inbox, PLACE, studio.admin)
        assert not await unlink_group(studio.inbox, PLACE, studio.admin)
        await chats.writes_in_group(IVAN, "Уже не вам")
        assert (await chats.raw_states())[-1] == KEPT_ASIDE
        assert chats.told("group_added") == []
        assert (await chats.conversation(THREAD)).client == romashka
        entry = (await chats.log(Deed.LINKED))[-1]
        assert (entry.before, entry.after) == ("Ромашка", "")

    async def test_linked_to_another_client_later_it_is_a_conversation_of_its_own(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(IVAN, "Вопрос")
        before = await chats.conversation(THREAD)
        await unlink_group(studio.inbox, PLACE, studio.admin)
        other = await client(studio, "Лютик", studio.boris)
        await link_group(studio.inbox, PLACE, TITLE, other.id, studio.admin)
        await chats.writes_in_group(IVAN, "О новом")
        await chats.writes_in_group(IVAN, "О нём же")

        after = await chats.conversation(THREAD)
        assert after.id != before.id
        assert (after.client.name, after.recipient) == ("Лютик", PLACE)
        assert [text for _, text in await chats.history(THREAD)] == ["О новом", "О нём же"]


class TestMoved:
    NEW = -100600

    async def moves(self, chats: Chats) -> None:
        body = chats.group(IVAN, migrate_to_chat_id=self.NEW)
        await chats.comes("message", body)

    async def test_a_linked_group_goes_on_with_what_came_before_it_was_known(
        self, studio: Studio, chats: Chats, romashka: Client
    ) -> None:
        await chats.writes_in_group(IVAN, "Раз")
        talk = await chats.conversation(THREAD)
        await chats.comes("message", chats.group(IVAN, "Два", group=self.NEW))
        assert (await chats.raw_states())[-1][0] == "ignored"
        await self.moves(chats)
        await chats.comes("message", chats.group(IVAN, "Три", group=self.NEW))

        went_on = await chats.conversation(f"group:{self.NEW}")
        assert went_on.id == talk.id
        assert went_on.recipient == Handle("telegram_group", str(self.NEW))
        assert [text for text, _ in chats.cards()] == ["Раз", "Два", "Три"]

    async def test_what_was_kept_aside_is_found_by_either_address(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes_in_group(IVAN, "Раз")
        await self.moves(chats)
        await chats.comes("message", chats.group(IVAN, "Два", group=self.NEW))
        assert len(chats.told("group_added")) == 1, "it is the same group"
        made = await client(studio, "Ромашка", studio.anna)
        assert await link_group(studio.inbox, PLACE, TITLE, made.id, studio.admin) == 2
        await studio.run()
        assert [text for text, _ in chats.cards()] == ["Раз", "Два"]

    async def test_the_studios_own_group_hears_alerts_at_its_new_address(
        self, studio: Studio, chats: Chats
    ) -> None:
        async with studio.inbox.store.begin() as t:
            chat = await t.save_manager(Manager(0, "Тревоги", GROUP, Role.CHAT))
        await self.moves(chats)
        async with studio.inbox.store.begin() as t:
            staff = await t.staff()
        assert [one.telegram_id for one in staff if one.id == chat.id] == [self.NEW]
