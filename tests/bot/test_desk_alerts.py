"""Alerts over a real Bot API: taken on by a head, a named person, a group; many in one message."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.model import Role
from inbox.sla import Policy, Recipient, Rung
from sandbox.telegram import Person
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, around, button, labels, running
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA
from tests.bot.test_desk_deeds import says, shown, taken
from tests.bot.test_desk_promises import ALWAYS

GROUP = -1001000000001
MOVED = -1001000000002
CLIENTS = range(2001, 2008)
POLICY = Policy(
    timedelta(hours=1),
    (
        Rung(timedelta(minutes=15), Recipient.HEAD),
        Rung(timedelta(minutes=30), Recipient.PERSON, name="Иван"),
        Rung(timedelta(minutes=45), Recipient.CHAT),
    ),
)


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with (
        around(tmp_path) as there,
        running(there, hours=ALWAYS, policy=POLICY) as world,
    ):
        members = [one.telegram_id for one in (OLGA, IVAN, HELEN, ADAM)] + [CLIENT]
        world.world.add_supergroup(GROUP, "Дежурные", members=members, bots=[BOT])
        yield world


def in_group(desk: DeskWorld, person_id: int, text: str) -> None:
    desk.people.says(person_id, BOT, text, chat_id=GROUP)


async def group_hears(desk: DeskWorld, words: str, chat_id: int = GROUP) -> dict[str, Any]:
    return await desk.sees(chat_id, words)


async def groups(desk: DeskWorld) -> list[tuple[str, int, bool]]:
    async with desk.inbox.store.begin() as t:
        found = [one for one in await t.staff() if one.role is Role.CHAT]
    return [(one.name, one.telegram_id, one.active) for one in found]


class TestTakingOn:
    async def test_rule_20_a_head_takes_an_escalation_on(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await desk.passes(timedelta(minutes=16))
        alert = await desk.sees(HELEN.telegram_id, "Анна has waited 16 min of working time")
        assert labels(alert)[0] == "I take it"

        assert await desk.presses(HELEN, alert, "I take it") == "The client is yours."

        await desk.until(lambda: "Ведёт Helen" in shown(desk, card)["text"])
        await desk.until(lambda: "I take it" not in labels(shown(desk, alert, HELEN.telegram_id)))
        await desk.passes(timedelta(minutes=40))
        assert not any("ждёт ответа" in one.get("text", "") for one in desk.chat(IVAN.telegram_id))

    async def test_a_person_who_was_told_may_take_it_on_and_nothing_else(
        self, desk: DeskWorld
    ) -> None:
        await taken(desk)
        await desk.passes(timedelta(minutes=31))
        alert = await desk.sees(IVAN.telegram_id, "ждёт ответа")
        assert labels(alert) == ["Беру на себя"]
        data = button(alert, "Беру на себя")
        desk.people.says(IVAN.telegram_id, BOT, "/inbox")
        await desk.sees(IVAN.telegram_id, "Никто не ждёт ответа.")
        refused = await desk.presses_made_up(IVAN.telegram_id, data)
        assert refused == "Этот клиент — за другим менеджером (Ольга). Попросите передать."

        assert await desk.presses(IVAN, alert, "Беру на себя") == "Клиент ваш."
        await desk.until(lambda: "Ответ не нужен" in labels(shown(desk, alert, IVAN.telegram_id)))
        says(desk, "Уже смотрю", alert, IVAN.telegram_id)
        await desk.sees(CLIENT, "Уже смотрю")

    async def test_by_a_reply_to_the_alert(self, desk: DeskWorld) -> None:
        await taken(desk)
        await desk.passes(timedelta(minutes=31))
        alert = await desk.sees(IVAN.telegram_id, "ждёт ответа")
        says(desk, "/take", alert, IVAN.telegram_id)
        await desk.sees(IVAN.telegram_id, "Клиент ваш.")

    async def test_after_the_answer_there_is_nothing_to_take(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await desk.passes(timedelta(minutes=31))
        alert = await desk.sees(IVAN.telegram_id, "ждёт ответа")
        data = button(alert, "Беру на себя")
        says(desk, "Готово", card)
        await desk.until(lambda: "✅ Ответ: Ольга" in shown(desk, alert, IVAN.telegram_id)["text"])
        assert await desk.presses_made_up(HELEN.telegram_id, data) == "Nothing waits here."


class TestGroup:
    async def test_a_group_becomes_one_that_hears_alerts_and_stops(self, desk: DeskWorld) -> None:
        in_group(desk, IVAN.telegram_id, "/alerts")
        await group_hears(desk, "Это могут только руководитель и администратор.")
        in_group(desk, HELEN.telegram_id, "/alerts@studio_bot")
        await group_hears(desk, "come here from now on")
        in_group(desk, ADAM.telegram_id, "/alerts")
        await group_hears(desk, "В эту группу напоминания уже приходят.")
        assert await groups(desk) == [("Дежурные", GROUP, True)]

        in_group(desk, ADAM.telegram_id, "/alerts off")
        await group_hears(desk, "Напоминания сюда больше не приходят.")
        in_group(desk, ADAM.telegram_id, "/alerts off")
        await group_hears(desk, "В эту группу напоминания не приходят.")
        assert await groups(desk) == [("Дежурные", GROUP, False)]
        in_group(desk, ADAM.telegram_id, "/alerts")
        await group_hears(desk, "теперь приходят сюда")
        assert await groups(desk) == [("Дежурные", GROUP, True)]

    async def test_nothing_else_in_a_group_is_heard(self, desk: DeskWorld) -> None:
        for person in (ADAM.telegram_id, CLIENT):
            for text in ("/alerts@other_bot", "/inbox", "Сайт лежит", "/alertsoff"):
                in_group(desk, person, text)
        in_group(desk, CLIENT, "/alerts")
        in_group(desk, ADAM.telegram_id, "/alerts")
        await group_hears(desk, "теперь приходят сюда")
        said = [one for one in desk.chat(GROUP) if not one["out"]]
        assert len(said) == 1
        told = [one["text"] for one in desk.chat(ADAM.telegram_id) if not one["out"]]
        assert all("не привязана к клиенту" in one for one in told)
        async with desk.inbox.store.begin() as t:
            assert await t.waiting(None, 10) == ()

    async def test_in_private_it_says_where_to_write_it(self, desk: DeskWorld) -> None:
        desk.people.says(HELEN.telegram_id, BOT, "/alerts")
        await desk.sees(HELEN.telegram_id, "Write /alerts in the group")

    async def test_a_member_takes_it_on_in_the_group_and_a_stranger_does_not(
        self, desk: DeskWorld
    ) -> None:
        in_group(desk, ADAM.telegram_id, "/alerts")
        await group_hears(desk, "теперь приходят сюда")
        card = await taken(desk)
        await desk.passes(timedelta(minutes=46))
        alert = await group_hears(desk, "ждёт ответа")
        assert labels(alert) == ["Беру на себя"]
        data = button(alert, "Беру на себя")

        async def press(person_id: int) -> str:
            return await desk.people.presses(
                person_id, BOT, alert["message_id"], data, chat_id=GROUP
            )

        assert await press(CLIENT) == "Эта кнопка только для сотрудников студии."
        assert await press(IVAN.telegram_id) == "Клиент ваш."
        assert (await press(OLGA.telegram_id)).startswith("Этот клиент — за другим менеджером")
        await desk.until(lambda: "Ведёт Иван" in shown(desk, card)["text"])

    async def test_a_press_in_another_group_is_refused(self, desk: DeskWorld) -> None:
        in_group(desk, ADAM.telegram_id, "/alerts")
        await group_hears(desk, "теперь приходят сюда")
        await taken(desk)
        await desk.passes(timedelta(minutes=46))
        alert = await group_hears(desk, "ждёт ответа")
        in_group(desk, ADAM.telegram_id, "/alerts off")
        await group_hears(desk, "больше не приходят")
        said = await desk.people.presses(
            IVAN.telegram_id,
            BOT,
            alert["message_id"],
            button(alert, "Беру на себя"),
            chat_id=GROUP,
        )
        assert said == "Эта кнопка больше не действует."

    async def test_a_group_that_became_a_supergroup_still_hears(self, desk: DeskWorld) -> None:
        in_group(desk, ADAM.telegram_id, "/alerts")
        await group_hears(desk, "теперь приходят сюда")
        desk.world.add_supergroup(MOVED, "Дежурные", members=[IVAN.telegram_id], bots=[BOT])
        moved = {
            "message_id": 77,
            "date": int(desk.inbox.clock.now().timestamp()),
            "chat": {"id": GROUP, "type": "group", "title": "Дежурные"},
            "from": desk.world.people[CLIENT].as_user(),
            "migrate_to_chat_id": MOVED,
        }
        desk.world.bots[BOT].stream.push("message", moved)

        await taken(desk)
        await desk.until(lambda: any(one for one in desk.chat(OLGA.telegram_id)))
        await desk.passes(timedelta(minutes=46))
        assert "Анна" in (await desk.sees(MOVED, "ждёт ответа"))["text"]
        assert await groups(desk) == [("Дежурные", MOVED, True)]


class TestManyAtOnce:
    async def test_rule_22_more_than_five_come_as_one_and_are_shown_by_a_press(
        self, desk: DeskWorld
    ) -> None:
        for number in CLIENTS:
            desk.world.add_person(Person(number, f"Клиент {number}"))
            desk.people.says(number, BOT, f"Вопрос {number}")
            card = await desk.sees(OLGA.telegram_id, f"Вопрос {number}")
            await desk.presses(OLGA, card, "Взять")
        await desk.passes(timedelta(minutes=16))
        digest = await desk.sees(HELEN.telegram_id, "⏰ Waiting for an answer: 7")
        assert labels(digest)[0].startswith("1 · Клиент 200")
        assert not any("has waited" in one.get("text", "") for one in desk.chat(HELEN.telegram_id))

        name = labels(digest)[2].partition(" · ")[2]
        await desk.presses(HELEN, digest, labels(digest)[2])
        number = name.rpartition(" ")[2]
        card = await desk.until(
            lambda: next(
                (
                    one
                    for one in reversed(desk.chat(HELEN.telegram_id))
                    if f"Вопрос {number}" in one.get("text", "")
                    and one["message_id"] > digest["message_id"]
                ),
                None,
            )
        )
        says(desk, "Ответ", card, HELEN.telegram_id)
        line = await desk.until(
            lambda: next(
                (
                    one
                    for one in shown(desk, digest, HELEN.telegram_id)["text"].splitlines()
                    if name in one and "✅ Answered by Helen" in one
                ),
                None,
            )
        )
        assert line.startswith("7. ")
        assert len(labels(shown(desk, digest, HELEN.telegram_id))) == 6

    async def test_whoever_may_not_act_takes_them_on_from_the_list(self, desk: DeskWorld) -> None:
        for number in CLIENTS:
            desk.world.add_person(Person(number, f"Клиент {number}"))
            desk.people.says(number, BOT, f"Вопрос {number}")
            card = await desk.sees(OLGA.telegram_id, f"Вопрос {number}")
            await desk.presses(OLGA, card, "Взять")
        await desk.passes(timedelta(minutes=31))
        digest = await desk.sees(IVAN.telegram_id, "⏰ Ждут ответа: 7")
        first = labels(digest)[0]
        assert first.startswith("✋ 1 · Клиент")

        assert await desk.presses(IVAN, digest, first) == "Клиент ваш."
