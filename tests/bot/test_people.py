"""People who become one and are split, who may be one, who cannot be reached; own accounts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from inbox.model import Handle, Manager
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    NEWCOMER,
    DeskWorld,
    around,
    desk_world,
    labels,
    running,
    taken,
)
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA

PHONE = "+79161234567"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


async def mails_only(desk: DeskWorld, holder: Manager = OLGA, *handles: Handle) -> int:
    """A client of this member who is known by mail; the contact's id."""
    async with desk.inbox.store.begin() as t:
        member = next(one for one in await t.staff() if one.telegram_id == holder.telegram_id)
        client = await t.add_client("Ромашка", member.id)
        contact = await t.add_contact(client.id, "Мария")
        given = handles or (Handle("email", "maria@romashka.example"),)
        await t.add_handles(contact.id, given)
        return contact.id


async def clients(desk: DeskWorld) -> dict[str, set[str]]:
    """By name, the kinds of handles."""
    async with desk.inbox.store.begin() as t:
        found = await t.clients()
    return {one.name: {handle.kind for handle in handles} for one, handles in found}


class TestJoined:
    async def opens_the_link(self, desk: DeskWorld) -> dict[str, Any]:
        contact_id = await mails_only(desk)
        async with desk.inbox.store.begin() as t:
            secret = await t.personal_link(contact_id, "secret_1", desk.inbox.clock.now())
        desk.people.starts(NEWCOMER, BOT, f"link_{secret}")
        return await desk.sees(OLGA.telegram_id, "🔗")

    async def test_the_manager_is_told_who_it_is(self, desk: DeskWorld) -> None:
        told = await self.opens_the_link(desk)
        assert told["text"].startswith("🔗 Мария (Ромашка): открыта личная ссылка.")
        assert "Мария (Ромашка) · теперь и Telegram" in told["text"]
        assert labels(told) == ["Разделить"]
        assert (await clients(desk))["Ромашка"] == {"email", "telegram"}

    async def test_splitting_asks_once_and_undoes_it(self, desk: DeskWorld) -> None:
        told = await self.opens_the_link(desk)
        await desk.presses(OLGA, told, "Разделить")
        sure = await desk.sees(OLGA.telegram_id, "Разделить?")
        assert labels(sure) == ["Разделить", "Оставить"]
        await desk.presses(OLGA, sure, "Оставить")
        await desk.until(lambda: labels(_newest(desk, "🔗")) == ["Разделить"])
        await desk.presses(OLGA, _newest(desk, "🔗"), "Разделить")
        await desk.presses(OLGA, await desk.sees(OLGA.telegram_id, "Разделить?"), "Разделить")
        ended = await desk.sees(OLGA.telegram_id, "✂️ Снова разделены.")
        assert labels(ended) == []
        assert (await clients(desk))["Ромашка"] == {"email"}
        said = await desk.presses_made_up(OLGA.telegram_id, "jn:s:1")
        assert said == "Это уже решено."

    async def test_a_colleague_cannot_split_another_ones_client(self, desk: DeskWorld) -> None:
        await self.opens_the_link(desk)
        said = await desk.presses_made_up(IVAN.telegram_id, "jn:s:1")
        assert "Ольга" in said
        assert (await clients(desk))["Ромашка"] == {"email", "telegram"}

    async def test_a_made_up_one_is_refused(self, desk: DeskWorld) -> None:
        said = await desk.presses_made_up(OLGA.telegram_id, "jn:s:77")
        assert said == "Эта кнопка больше не действует."


class TestSuggested:
    async def gives_a_number(self, desk: DeskWorld) -> dict[str, Any]:
        await mails_only(desk, OLGA, Handle("phone", PHONE), Handle("email", "m@r.example"))
        await taken(desk)
        desk.people.shares_contact(CLIENT, BOT, PHONE)
        return await desk.sees(OLGA.telegram_id, "👥 Это один и тот же человек?")

    async def test_both_are_shown_and_what_is_the_same(self, desk: DeskWorld) -> None:
        told = await self.gives_a_number(desk)
        assert "Анна" in told["text"]
        assert "Мария (Ромашка)" in told["text"]
        assert f"Совпадает телефон: {PHONE}" in told["text"]
        assert labels(told) == ["Один человек", "Разные люди"]
        assert "telegram" not in (await clients(desk))["Ромашка"]

    async def test_the_same_person_is_joined(self, desk: DeskWorld) -> None:
        await desk.presses(OLGA, await self.gives_a_number(desk), "Один человек")
        await desk.sees(OLGA.telegram_id, "✅ Учтено: это один человек.")
        joined = await desk.sees(OLGA.telegram_id, "🔗 Теперь это один человек:")
        assert labels(joined) == ["Разделить"]
        assert any({"telegram", "phone"} <= kinds for kinds in (await clients(desk)).values())

    async def test_two_people_stay_two_and_nobody_asks_again(self, desk: DeskWorld) -> None:
        told = await self.gives_a_number(desk)
        await desk.presses(OLGA, told, "Разные люди")
        await desk.sees(OLGA.telegram_id, "☑️ Учтено: это разные люди.")
        said = await desk.presses_made_up(OLGA.telegram_id, "sg:s:1")
        assert said == "Это уже решено."
        noted = await desk.sees(OLGA.telegram_id, "☑️ Учтено: это разные люди.")
        assert labels(noted) == []
        assert "telegram" not in (await clients(desk))["Ромашка"]
        desk.people.shares_contact(CLIENT, BOT, PHONE)
        desk.people.says(CLIENT, BOT, "Ещё вопрос")
        await desk.sees(OLGA.telegram_id, "Ещё вопрос")
        assert (
            len([one for one in desk.chat(OLGA.telegram_id) if "👥" in one.get("text", "")]) == 1
        )

    async def test_a_stranger_to_both_decides_nothing(self, desk: DeskWorld) -> None:
        await self.gives_a_number(desk)
        assert "Ольга" in await desk.presses_made_up(IVAN.telegram_id, "sg:s:1")
        assert "telegram" not in (await clients(desk))["Ромашка"]


class TestChangedByTheClient:
    async def test_who_blocked_the_bot_is_told_of_once(self, desk: DeskWorld) -> None:
        await taken(desk)
        desk.people.blocks(CLIENT, BOT)
        await desk.sees(OLGA.telegram_id, "🚫 Анна: бот заблокирован")

    async def test_an_edit_after_the_answer_says_what_it_said_before(
        self, desk: DeskWorld
    ) -> None:
        said = desk.people.says(CLIENT, BOT, "Нужно 10 штук")
        card = await desk.sees(OLGA.telegram_id, "Нужно 10 штук")
        desk.people.says(OLGA.telegram_id, BOT, "Принято", reply_to=card["message_id"])
        await desk.sees(CLIENT, "Принято")
        desk.people.edits(CLIENT, BOT, said["message_id"], "Нужно 100 штук")
        told = await desk.sees(OLGA.telegram_id, "✏️ Анна: изменено сообщение")
        assert told["text"].endswith("Нужно 10 штук")


class TestOwnAccount:
    async def test_the_member_hears_of_each_change_and_sees_it_in_the_menu(
        self, desk: DeskWorld
    ) -> None:
        desk.people.connects(OLGA.telegram_id, BOT)
        await desk.sees(OLGA.telegram_id, "💼 Ольга: личный аккаунт подключён.")
        assert "✅ Подключён" in await self.screen(desk)
        desk.people.changes_rights(OLGA.telegram_id, ["can_read_messages"])
        await desk.sees(OLGA.telegram_id, "⚠️ Ольга: личный аккаунт подключён, но ответы")
        assert "⚠️ Подключён, но ответы уходить не могут" in await self.screen(desk)
        desk.people.disconnects(OLGA.telegram_id)
        await desk.sees(ADAM.telegram_id, "💼 Ольга: личный аккаунт отключён.")
        await desk.sees(OLGA.telegram_id, "💼 Ольга: личный аккаунт отключён.")
        assert "⚪ Отключён." in await self.screen(desk)

    async def screen(self, desk: DeskWorld) -> str:
        desk.people.says(OLGA.telegram_id, BOT, "/menu")
        await desk.until(lambda: "☰" in desk.chat(OLGA.telegram_id)[-1]["text"])
        menu = desk.chat(OLGA.telegram_id)[-1]
        await desk.presses(OLGA, menu, "⚙️ Ещё")
        await desk.until(lambda: self.now(desk, menu)["text"] == "Ещё")
        await desk.presses(OLGA, self.now(desk, menu), "💼 Мой аккаунт")

        def shown() -> str | None:
            text = str(self.now(desk, menu)["text"])
            return None if text == "Ещё" else text

        return str(await desk.until(shown))

    @staticmethod
    def now(desk: DeskWorld, menu: dict[str, Any]) -> dict[str, Any]:
        own = desk.chat(OLGA.telegram_id)
        return next(one for one in own if one["message_id"] == menu["message_id"])

    async def test_the_screen_says_how_to_connect(self, desk: DeskWorld) -> None:
        said = await self.screen(desk)
        assert "⚪ Не подключён." in said
        assert "Чат-боты. Впишите @studio_bot" in said

    async def test_a_stranger_s_account_is_told_of(self, desk: DeskWorld) -> None:
        desk.people.connects(NEWCOMER, BOT)
        told = await desk.sees(ADAM.telegram_id, "⚠️ К боту для клиентов подключён")
        assert str(NEWCOMER) in told["text"]


async def test_who_opens_the_chat_is_greeted_in_the_own_language(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there, greeting=True) as desk:
        desk.people.starts(CLIENT, BOT)
        greeted = await desk.sees(CLIENT, "Здравствуйте! Пишите сюда")
        assert "Обычно" not in greeted["text"]
        assert [
            one for one in desk.chat(HELEN.telegram_id) if "/start" in one.get("text", "")
        ] == []


def _newest(desk: DeskWorld, words: str) -> dict[str, Any]:
    own = [one for one in desk.chat(OLGA.telegram_id) if words in one.get("text", "")]
    return own[-1]
