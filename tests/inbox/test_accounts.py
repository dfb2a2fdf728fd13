"""Members' own accounts: whose client writes there, what the member types, who is told of them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.accounts import AMONG_US, STRANGERS
from inbox.flow import reply
from inbox.model import Handle, Outcome
from inbox.ports import Deed
from tests.fakes import MONDAY_TEN
from tests.inbox.chatting import ANNA, BORIS, IVAN, STRANGER, Chats, chatting_in
from tests.inbox.conftest import Studio
from tests.inbox.looking import waits

THREAD = "business:100:901"
PLACE = Handle("telegram_business", "100:901")


@pytest.fixture
async def chats(studio: Studio) -> Chats:
    """Anna's own account is connected; newcomers of the bot are Boris's."""
    made = chatting_in(studio, channel_managers={"telegram": "Борис"})
    await made.connects(ANNA)
    return made


class TestMessages:
    async def test_a_new_client_is_the_owners(self, studio: Studio, chats: Chats) -> None:
        await chats.writes_in_own(IVAN, "Здравствуйте")
        talk = await chats.conversation(THREAD)
        assert chats.cards() == [("Здравствуйте", "Анна")]
        assert (talk.client.name, talk.assignee_id) == ("Иван", studio.anna.id)
        assert talk.recipient == PLACE
        assert talk.wait is not None

    async def test_a_known_client_keeps_the_one_manager(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "Боту")
        await chats.writes_in_own(IVAN, "Лично")
        private, own = [await chats.conversation(one) for one in ("chat:901", THREAD)]
        assert private.client.id == own.client.id
        assert private.id != own.id, "answers go where the question came from"
        assert chats.cards() == [("Боту", "Борис"), ("Лично", "Борис")]

    async def test_a_known_client_whom_nobody_holds_is_the_owners(
        self, studio: Studio, chats: Chats
    ) -> None:
        async with studio.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", None)
            contact = await t.add_contact(client.id, "Иван")
            await t.add_handles(contact.id, [Handle("telegram", "901")])
        await chats.writes_in_own(IVAN, "Лично")
        assert (await chats.conversation(THREAD)).client.manager_id == studio.anna.id

    async def test_what_the_owner_types_is_the_answer(self, studio: Studio, chats: Chats) -> None:
        await chats.writes_in_own(IVAN, "Вопрос")
        studio.clock.pass_(minutes=12)
        await chats.writes_in_own(ANNA, "Ответ с телефона")
        talk = await chats.conversation(THREAD)
        (wait,) = await waits(studio, talk)
        assert wait.closing is not None
        assert (wait.closing.outcome, wait.closing.by_id) == (Outcome.ANSWERED, studio.anna.id)
        assert (wait.closing.elsewhere, wait.closing.wall) == (True, timedelta(minutes=12))
        assert await chats.history(THREAD) == [("Иван", "Вопрос"), ("Анна", "Ответ с телефона")]

    async def test_what_the_owner_writes_first_opens_a_conversation_without_a_wait(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes_in_own(ANNA, "Добрый день, это Анна")
        talk = await chats.conversation(THREAD)
        assert (talk.client.name, talk.client.manager_id) == ("Иван", studio.anna.id)
        assert (talk.wait, talk.answered_at) == (None, MONDAY_TEN)
        assert await chats.client_of(Handle("telegram", "901")) == talk.client
        studio.clock.pass_(minutes=1)
        await chats.writes_in_own(IVAN, "А сколько стоит?")
        assert (await chats.conversation(THREAD)).wait is not None
        assert chats.cards() == [("А сколько стоит?", "Анна")]

    async def test_our_own_sends_and_offline_messages_are_no_answers(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes_in_own(IVAN, "Вопрос")
        bot = {"id": 1, "is_bot": True, "first_name": "Okno"}
        await chats.writes_in_own(ANNA, "Эхо", sender_business_bot=bot)
        await chats.writes_in_own(ANNA, "Я в отпуске", is_from_offline=True)
        assert (await chats.conversation(THREAD)).wait is not None
        assert [state for state, _ in await chats.raw_states()][-2:] == ["ignored"] * 2

    async def test_a_reply_from_the_desk_goes_out_there(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes_in_own(IVAN, "Вопрос")
        talk = await chats.conversation(THREAD)
        assert await reply(studio.inbox, studio.draft(talk, studio.anna)) is not None
        await studio.run()
        assert [one.recipient for one in chats.channel.sent] == [PLACE]

    async def test_an_answer_that_is_read_before_its_question_closes_it(
        self, studio: Studio, chats: Chats
    ) -> None:
        asked = chats.own(IVAN, "Вопрос")
        studio.clock.pass_(minutes=5)
        await chats.writes_in_own(ANNA, "Ответ")
        await chats.comes("business_message", asked)
        assert (await chats.conversation(THREAD)).wait is None, "rule 4: by when it was sent"

    async def test_after_a_reconnect_the_conversation_goes_on(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes_in_own(IVAN, "Раз")
        await chats.connects(ANNA, "c2")
        await chats.comes("business_message", {**chats.own(IVAN, "Два", connection="c2")})
        assert [text for _, text in await chats.history(THREAD)] == ["Раз", "Два"]

    async def test_the_client_of_two_members_has_one_conversation_with_each(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.connects(BORIS, "c2")
        await chats.writes_in_own(IVAN, "Анне")
        await chats.writes_in_own(IVAN, "Борису", connection="c2")
        assert [text for _, text in await chats.history(THREAD)] == ["Анне"]
        assert [text for _, text in await chats.history("business:101:901")] == ["Борису"]
        assert chats.cards() == [("Анне", "Анна"), ("Борису", "Анна")]


class TestNobodys:
    async def test_of_a_strangers_account_nothing_is_taken_in_and_it_is_told_once(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.connects(STRANGER, "c9")
        for text in ("Раз", "Два"):
            await chats.writes_in_own(IVAN, text, connection="c9")
        assert (await chats.raw_states())[-2:] == [("ignored", STRANGERS)] * 2
        assert chats.told("account_stranger") == [({"name": "Чужой", "id": "777"}, "Админ")]
        assert chats.cards() == []

    async def test_of_somebody_who_left_too(self, studio: Studio, chats: Chats) -> None:
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.anna, active=False))
        for text in ("Раз", "Два"):
            await chats.writes_in_own(IVAN, text)
        assert (await chats.raw_states())[-1] == ("ignored", STRANGERS)
        assert chats.told("account_stranger") == [({"name": "Анна", "id": "100"}, "Админ")]

    async def test_an_account_that_was_never_announced_is_told_of_by_its_number(
        self, studio: Studio, chats: Chats
    ) -> None:
        chats.channel.accounts["c9"] = 777
        await chats.writes_in_own(IVAN, "Раз", connection="c9")
        assert chats.told("account_stranger") == [({"name": "", "id": "777"}, "Админ")]

    async def test_what_members_write_to_each_other_is_theirs(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes_in_own(BORIS, "Обедать идёшь?", client=BORIS)
        await chats.writes_in_own(ANNA, "Иду", client=BORIS)
        assert (await chats.raw_states())[-2:] == [("ignored", AMONG_US)] * 2
        assert chats.cards() == []


class TestConnecting:
    async def test_the_owner_hears_of_it_once(self, studio: Studio, chats: Chats) -> None:
        await chats.connects(ANNA)
        assert chats.told("account_connected") == [({"name": "Анна"}, "Анна")]
        (entry,) = await chats.log(Deed.CONNECTED)
        assert (entry.manager_id, entry.after) == (studio.anna.id, "connected")
        async with studio.inbox.store.begin() as t:
            account = await t.account(100)
        assert account is not None
        assert (account.connection_id, account.can_reply) == ("c1", True)

    async def test_without_the_right_to_reply_the_owner_is_told_so(
        self, studio: Studio, chats: Chats
    ) -> None:
        studio.clock.pass_(minutes=1)
        await chats.connects(ANNA, can_reply=False)
        await chats.connects(ANNA, can_reply=False)
        assert chats.told("account_no_reply") == [({"name": "Анна"}, "Анна")]
        studio.clock.pass_(minutes=1)
        await chats.connects(ANNA)
        assert len(chats.told("account_connected")) == 2
        await chats.connects(BORIS, "c2", can_reply=False)
        assert chats.told("account_no_reply")[-1] == ({"name": "Борис"}, "Борис")

    async def test_of_an_end_the_administrators_hear_as_well(
        self, studio: Studio, chats: Chats
    ) -> None:
        studio.clock.pass_(minutes=1)
        await chats.connects(ANNA, enabled=False)
        await chats.connects(ANNA, enabled=False)
        said = {"name": "Анна"}
        assert sorted(chats.told("account_disconnected"), key=lambda one: one[1]) == [
            (said, "Админ"),
            (said, "Анна"),
        ]
        studio.clock.pass_(minutes=1)
        await chats.connects(ANNA, "c2", can_reply=False)
        assert len(chats.told("account_no_reply")) == 1, "it is connected anew"

    async def test_an_administrators_own_is_told_of_once(
        self, studio: Studio, chats: Chats
    ) -> None:
        admin = {"id": studio.admin.telegram_id, "first_name": "Админ"}
        await chats.connects(admin, "c3")
        studio.clock.pass_(minutes=1)
        await chats.connects(admin, "c3", enabled=False)
        assert chats.told("account_disconnected") == [({"name": "Админ"}, "Админ")]

    async def test_an_older_state_that_comes_late_is_nothing(
        self, studio: Studio, chats: Chats
    ) -> None:
        studio.clock.pass_(minutes=-5)
        await chats.connects(ANNA, "c0", enabled=False)
        async with studio.inbox.store.begin() as t:
            account = await t.account(100)
        assert account is not None
        assert account.enabled
        assert chats.told("account_disconnected") == []

    async def test_a_strangers_end_is_nobodys_news(self, studio: Studio, chats: Chats) -> None:
        await chats.connects(STRANGER, "c9", enabled=False)
        assert chats.told("account_stranger") == []
