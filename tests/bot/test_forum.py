"""The studio's forum: a topic per client in one group, who may act there, what goes elsewhere."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.desk import TelegramDesk
from inbox.model import Handle
from sandbox.telegram import Fault, Person
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    NEWCOMER,
    DeskWorld,
    around,
    button,
    labels,
    running,
    ticks,
)
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA
from tests.bot.test_desk_promises import ALWAYS

FORUM = -1001000000007
TEAM = [one.telegram_id for one in (OLGA, IVAN, HELEN, ADAM)]
STRANGER = 777


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with around(tmp_path) as there, running(there, hours=ALWAYS) as world:
        world.world.add_person(Person(STRANGER, "Прохожий"))
        members = [*TEAM, STRANGER]
        world.world.add_group(
            FORUM, "Студия", members=members, bots=[BOT], admins=[BOT], forum=True
        )
        yield world


def says(desk: DeskWorld, person_id: int, text: str, **how: Any) -> dict[str, Any]:
    return desk.people.says(person_id, BOT, text, chat_id=FORUM, **how)


async def opened(desk: DeskWorld) -> DeskWorld:
    """Helen makes the group the studio's forum."""
    says(desk, HELEN.telegram_id, "/forum")
    await desk.sees(FORUM, "From now on each client has a topic here")
    return desk


async def card_of(desk: DeskWorld, words: str = "Сайт не открывается") -> dict[str, Any]:
    """The card of a client's message, in the forum."""
    desk.people.says(CLIENT, BOT, words)
    return await desk.sees(FORUM, words)


async def taken(desk: DeskWorld) -> dict[str, Any]:
    """Olga takes the client; the card as it is then."""
    card = await card_of(desk)
    await desk.presses(OLGA, card, "Взять")
    return await desk.until(lambda: with_holder(desk, card, "Ольга"))


def with_holder(desk: DeskWorld, card: dict[str, Any], name: str) -> dict[str, Any] | None:
    now = next(one for one in desk.chat(FORUM) if one["message_id"] == card["message_id"])
    return now if f"Ведёт {name}" in now["text"] or f"With {name}" in now["text"] else None


def mentioned(message: dict[str, Any]) -> list[int]:
    """Ids of the people whom a message mentions."""
    urls = [one.get("url", "") for one in message.get("entities", [])]
    return [int(one.partition("=")[2]) for one in urls if one.startswith("tg://user?id=")]


def said_by_bot(desk: DeskWorld, chat_id: int) -> list[str]:
    return [one.get("text", "") for one in desk.chat(chat_id) if not one["out"]]


class TestOpening:
    async def test_a_head_opens_it_and_hears_who_is_missing(self, desk: DeskWorld) -> None:
        desk.people.leaves(IVAN.telegram_id, BOT, FORUM)
        await opened(desk)
        told = await desk.sees(FORUM, "From now on each client has a topic here")

        assert "Not in this group yet: Иван" in told["text"]
        says(desk, HELEN.telegram_id, "/forum")
        await desk.sees(FORUM, "Clients have their topics here already.")

    async def test_what_is_missing_is_said(self, desk: DeskWorld) -> None:
        plain = FORUM - 1
        desk.world.add_group(plain, "Без тем", members=TEAM, bots=[BOT])
        desk.people.says(ADAM.telegram_id, BOT, "/forum", chat_id=plain)
        told = await desk.sees(plain, "Пока здесь нельзя завести темы клиентов:")

        assert "Темы в этой группе выключены" in told["text"]
        assert "дайте ему это право" in told["text"]
        assert not desk.desk.shared

    async def test_only_heads_and_administrators_open_it(self, desk: DeskWorld) -> None:
        says(desk, OLGA.telegram_id, "/forum")
        await desk.sees(FORUM, "только руководитель и администратор")
        says(desk, STRANGER, "/forum")
        desk.people.says(HELEN.telegram_id, BOT, "/forum")
        await desk.sees(HELEN.telegram_id, "Write /forum in a group of the studio")
        assert not desk.desk.shared

    async def test_a_clients_group_never_becomes_it(self, desk: DeskWorld) -> None:
        async with desk.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", None)
            contact = await t.add_contact(client.id, "Ромашка")
            await t.add_handles(contact.id, [Handle("telegram_group", str(FORUM))])
        says(desk, HELEN.telegram_id, "/forum")
        # Clients read what is said in the group.
        await desk.sees(HELEN.telegram_id, "This is the group of Ромашка")
        assert not desk.desk.shared

    async def test_it_can_be_closed_again(self, desk: DeskWorld) -> None:
        await opened(desk)
        card = await card_of(desk)
        says(desk, HELEN.telegram_id, "/forum off", thread_id=card["message_thread_id"])
        told = await desk.sees(FORUM, "cards come to each member's own chat")
        assert told["message_thread_id"] == card["message_thread_id"]
        says(desk, HELEN.telegram_id, "/forum off")
        await desk.sees(FORUM, "Clients have no topics in this group.")

        desk.people.says(CLIENT, BOT, "Второе")
        assert await desk.sees(OLGA.telegram_id, "Второе")
        assert "Второе" not in "".join(said_by_bot(desk, FORUM))


class TestCards:
    async def test_a_card_stands_there_once_for_all(self, desk: DeskWorld) -> None:
        await opened(desk)
        card = await card_of(desk)

        assert desk.topics(FORUM) == {card["message_thread_id"]: "🟡 Анна"}
        assert mentioned(card) == []
        desk.people.says(NEWCOMER, BOT, "Здравствуйте")
        await desk.sees(FORUM, "Здравствуйте")
        assert len([one for one in said_by_bot(desk, FORUM) if "не открывается" in one]) == 1
        for one in TEAM:
            assert not any("не открывается" in text for text in said_by_bot(desk, one))

    async def test_the_holder_is_mentioned_and_others_read_the_same_card(
        self, desk: DeskWorld
    ) -> None:
        await opened(desk)
        card = await taken(desk)
        assert mentioned(card) == [OLGA.telegram_id]

        says(desk, OLGA.telegram_id, "/handover Иван", thread_id=card["message_thread_id"])
        shown = await desk.until(
            lambda: [one for one in desk.chat(FORUM) if mentioned(one) == [IVAN.telegram_id]][-1:]
        )
        assert shown[0]["message_thread_id"] == card["message_thread_id"]
        assert "Передать" in labels(shown[0])

    async def test_what_a_member_writes_goes_to_the_client(self, desk: DeskWorld) -> None:
        await opened(desk)
        card = await taken(desk)
        said = says(desk, OLGA.telegram_id, "Смотрим!", thread_id=card["message_thread_id"])

        assert await desk.sees(CLIENT, "Смотрим!")
        reactions = [
            each["emoji"]
            for one in desk.chat(FORUM)
            if one["message_id"] == said["message_id"]
            for each in one["reactions"]
        ]
        assert reactions in ([], ["👌"])
        await desk.until(lambda: desk.topics(FORUM)[card["message_thread_id"]] == "Анна")
        says(desk, OLGA.telegram_id, "И ещё", reply_to=card["message_id"])
        assert await desk.sees(CLIENT, "И ещё")

    async def test_what_did_not_go_out_is_said_in_the_topic(self, desk: DeskWorld) -> None:
        await opened(desk)
        card = await taken(desk)
        desk.people.blocks(CLIENT, BOT)
        said = says(desk, OLGA.telegram_id, "Смотрим!", thread_id=card["message_thread_id"])
        note = await desk.sees(FORUM, "❌ Не отправлено")

        assert note["message_thread_id"] == card["message_thread_id"]
        assert note["reply_to_message"]["message_id"] == said["message_id"]

    async def test_an_alert_goes_to_the_persons_own_chat(self, desk: DeskWorld) -> None:
        await opened(desk)
        await taken(desk)
        await desk.passes(timedelta(minutes=46))
        alert = await desk.sees(OLGA.telegram_id, "⏰ Анна")

        assert "reply_to_message" not in alert
        assert not any("⏰" in one for one in said_by_bot(desk, FORUM))
        desk.people.says(OLGA.telegram_id, BOT, "Уже смотрим", reply_to=alert["message_id"])
        assert await desk.sees(CLIENT, "Уже смотрим")

    async def test_a_deleted_topic_comes_back_with_the_card(self, desk: DeskWorld) -> None:
        await opened(desk)
        card = await card_of(desk)
        old = card["message_thread_id"]
        desk.people.deletes_topic(HELEN.telegram_id, BOT, old, chat_id=FORUM)
        again = await card_of(desk, "Второе")
        assert list(desk.topics(FORUM)) == [again["message_thread_id"]] != [old]


class TestWhoActs:
    async def test_strangers_and_chatter_are_ignored(self, desk: DeskWorld) -> None:
        await opened(desk)
        card = await card_of(desk)
        thread = card["message_thread_id"]
        before = len(said_by_bot(desk, FORUM))
        says(desk, STRANGER, "Я тоже отвечу", thread_id=thread)
        says(desk, STRANGER, "Ответ", reply_to=card["message_id"], thread_id=thread)
        says(desk, STRANGER, "/noreply", thread_id=thread)
        says(desk, IVAN.telegram_id, "Коллеги, обед?")
        own = desk.people.makes_topic(OLGA.telegram_id, BOT, "Планы", chat_id=FORUM)
        says(desk, OLGA.telegram_id, "План на день", thread_id=own["message_id"])
        says(desk, HELEN.telegram_id, "/nosuch")
        says(desk, HELEN.telegram_id, "/inbox")
        listed = await desk.sees(FORUM, "Waiting for an answer")

        assert "message_thread_id" not in listed
        assert len(said_by_bot(desk, FORUM)) == before + 1
        assert said_by_bot(desk, CLIENT) == []

    async def test_a_stranger_cannot_press(self, desk: DeskWorld) -> None:
        await opened(desk)
        card = await card_of(desk)
        pressed = await desk.people.presses(
            STRANGER, BOT, card["message_id"], button(card, "Взять"), chat_id=FORUM
        )
        assert pressed == "Эта кнопка только для сотрудников студии."

    async def test_who_does_not_hold_the_client_is_refused_in_the_topic(
        self, desk: DeskWorld
    ) -> None:
        await opened(desk)
        card = await taken(desk)
        says(desk, IVAN.telegram_id, "Я отвечу", thread_id=card["message_thread_id"])
        told = await desk.sees(FORUM, "Не отправлено.")

        assert told["message_thread_id"] == card["message_thread_id"]
        assert said_by_bot(desk, CLIENT) == []

    async def test_buttons_ask_and_answer_in_the_topic(self, desk: DeskWorld) -> None:
        await opened(desk)
        card = await taken(desk)
        await desk.presses(OLGA, card, "Передать")
        asked = await desk.sees(FORUM, "Кому передать")

        assert asked["message_thread_id"] == card["message_thread_id"]
        assert await desk.presses(IVAN, asked, "Иван") != ""
        await desk.presses(OLGA, asked, "Иван")
        await desk.until(lambda: with_holder(desk, card, "Иван"))


class TestFallingBack:
    async def test_without_the_right_cards_go_to_everybodys_own_chat(
        self, desk: DeskWorld
    ) -> None:
        await opened(desk)
        await card_of(desk)
        desk.people.demotes_bot(HELEN.telegram_id, BOT, FORUM)
        assert "Студия" in (await desk.sees(ADAM.telegram_id, "не создаёт темы"))["text"]
        desk.people.says(CLIENT, BOT, "Второе")
        for one in (OLGA, IVAN, HELEN):
            assert await desk.sees(one.telegram_id, "Второе")

        desk.people.promotes_bot(HELEN.telegram_id, BOT, FORUM)
        await desk.until(lambda: desk.desk.shared)
        assert await card_of(desk, "Третье")

    @pytest.mark.parametrize(
        "fault",
        [
            Fault("refuse", "sendMessage", FORUM, status=403, description="Forbidden: kicked"),
            Fault(
                "refuse",
                "createForumTopic",
                FORUM,
                status=400,
                description="Bad Request: not enough rights to manage topics in the chat",
            ),
            Fault("refuse", "createForumTopic", FORUM, status=502),
        ],
        ids=["removed", "no right", "5xx"],
    )
    async def test_a_refusal_met_by_a_card_brings_it_to_everybody(
        self, desk: DeskWorld, fault: Fault
    ) -> None:
        await opened(desk)
        desk.world.faults.add(fault)
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        for one in (OLGA, IVAN, HELEN):
            card = await desk.sees(one.telegram_id, "Сайт не открывается")
            assert labels(card)

        assert "не открывается" not in "".join(said_by_bot(desk, FORUM))

    async def test_removed_from_it_the_bot_tells_the_administrators(self, desk: DeskWorld) -> None:
        await opened(desk)
        desk.people.removes_bot(HELEN.telegram_id, BOT, FORUM)
        await desk.sees(ADAM.telegram_id, "Бота больше нет в группе «Студия»")
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        assert await desk.sees(OLGA.telegram_id, "Сайт не открывается")


async def test_what_is_written_anonymously_is_not_lost_in_silence(desk: DeskWorld) -> None:
    await opened(desk)
    card = await taken(desk)
    room = desk.world.room(desk.world.bot(BOT), FORUM)
    room.anonymous.add(OLGA.telegram_id)
    thread = card["message_thread_id"]
    written = says(desk, OLGA.telegram_id, "Сейчас посмотрим", thread_id=thread)
    told = await desk.sees(FORUM, "Это никому не ушло: написано анонимно")
    assert told["message_thread_id"] == thread
    assert told["reply_to_message"]["message_id"] == written["message_id"]
    assert [one for one in desk.chat(CLIENT) if not one["out"]] == []


async def test_another_process_sees_that_there_is_a_forum(desk: DeskWorld) -> None:
    other = TelegramDesk(desk.bot)
    other.attach(desk.inbox, desk.ground)
    await opened(desk)
    assert not other.shared
    await other.places.look()
    assert other.shared


async def test_the_forum_outlives_a_restart(tmp_path: Path) -> None:
    async with around(tmp_path) as there:
        there.world.add_group(FORUM, "Студия", members=TEAM, bots=[BOT], admins=[BOT], forum=True)
        async with running(there) as desk:
            await opened(desk)
            thread = (await card_of(desk))["message_thread_id"]
        async with running(there) as desk:
            assert (await card_of(desk, "Снова я"))["message_thread_id"] == thread
            assert ticks(desk, 1) == []
