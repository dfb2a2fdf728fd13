"""/find over a real Bot API: what is found, its pages, the way to the card, a restart between."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from inbox.model import Handle, InboundMessage, Manager, Nature, RawMessage
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    around,
    button,
    desk_world,
    labels,
    running,
    taken,
)
from tests.bot.studio import HELEN, IVAN, OLGA
from tests.bot.test_desk_deeds import shown

WORDS = "Пришлите договор и счёт за сайт"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def wrote(desk: DeskWorld, count: int) -> None:
    """Older messages of the client, without cards."""
    now = desk.inbox.clock.now()
    async with desk.inbox.store.begin() as t:
        found = await t.conversation(1)
        for number in range(count):
            name = f"old:{number}"
            (raw_id,) = await t.keep("telegram", [RawMessage(name, name, b"", now)])
            assert raw_id
            said = InboundMessage(
                channel_id="telegram",
                external_id=name,
                thread_ids=(),
                sender=Handle("telegram", str(CLIENT)),
                sender_name="Анна",
                sent_at=now.replace(year=now.year - 1, month=1, day=number + 1),
                text=f"Старые договоры, часть {number}",
                nature=Nature.PERSON,
            )
            await t.add_message(found, said, raw_id)


def says(desk: DeskWorld, who: Manager, text: str, reply_to: int | None = None) -> None:
    desk.people.says(who.telegram_id, BOT, text, reply_to=reply_to)


async def result(desk: DeskWorld, words: str, who: Manager = OLGA) -> dict[str, Any]:
    return await desk.sees(who.telegram_id, f"🔎 {words}")


class TestFinding:
    async def test_a_hit_leads_to_its_card(self, desk: DeskWorld) -> None:
        card = await taken(desk, WORDS)
        says(desk, OLGA, "/find договоры")
        listed = await result(desk, "договоры")
        assert "1 · Анна\n← Анна · 💬 Telegram · " in listed["text"]
        assert WORDS in listed["text"]
        (marked,) = [one for one in listed["entities"] if one["type"] == "underline"]
        where = listed["text"].encode("utf-16-le")
        start, end = 2 * marked["offset"], 2 * (marked["offset"] + marked["length"])
        assert where[start:end].decode("utf-16-le") == "договор"
        assert labels(listed) == ["1 · Анна", "🔎 Другие слова", "← Меню"]

        await desk.presses(OLGA, listed, "1 · Анна")
        here = await desk.sees(OLGA.telegram_id, "⬆️ Анна: вот оно.")
        assert here["reply_to_message"]["message_id"] == card["message_id"]

        await desk.presses(OLGA, here, "Показать карточку заново")
        await desk.until(
            lambda: sum(WORDS in one.get("text", "") for one in desk.chat(OLGA.telegram_id)) == 3
        )

    async def test_the_answer_to_the_way_goes_to_the_client(self, desk: DeskWorld) -> None:
        await taken(desk, WORDS)
        says(desk, OLGA, "/find счета")
        await desk.presses(OLGA, await result(desk, "счета"), "1 · Анна")
        here = await desk.sees(OLGA.telegram_id, "вот оно")
        says(desk, OLGA, "Высылаю", reply_to=here["message_id"])
        await desk.sees(CLIENT, "Высылаю")

    async def test_a_card_that_stands_elsewhere_is_shown(self, desk: DeskWorld) -> None:
        await taken(desk, WORDS)
        before = len(desk.chat(HELEN.telegram_id))
        says(desk, HELEN, "/find договор")
        listed = await result(desk, "договор", HELEN)
        await wrote(desk, 1)
        says(desk, HELEN, "/find часть")
        listed = await result(desk, "часть", HELEN)
        await desk.presses(HELEN, listed, "1 · Анна")
        await desk.until(
            lambda: any(
                "Старые договоры" in one.get("text", "") and "🔎" not in one["text"]
                for one in desk.chat(HELEN.telegram_id)[before:]
            )
        )

    async def test_another_managers_client_is_not_found(self, desk: DeskWorld) -> None:
        await taken(desk, WORDS)
        says(desk, IVAN, "/find договор")
        listed = await desk.sees(IVAN.telegram_id, "🔎 договор")
        assert WORDS not in listed["text"]
        refused = await desk.presses_made_up(IVAN.telegram_id, "fd:1:1:0")
        assert refused == "Этот клиент — за другим менеджером (Ольга). Попросите передать."
        assert await desk.presses_made_up(IVAN.telegram_id, "fd:1:0:0") == refused
        gone = await desk.presses_made_up(IVAN.telegram_id, "fd:99:99:1")
        assert gone == "Эта кнопка больше не действует."

    async def test_what_was_not_understood_is_said(self, desk: DeskWorld) -> None:
        await taken(desk, WORDS)
        says(desk, OLGA, "/find договор до:31.2 has:money от:")
        listed = await result(desk, "договор")
        assert "«31.2» — не дата" in listed["text"]
        assert "«has:money» не поддерживается" in listed["text"]
        assert "После «from:» чего-то не хватает." in listed["text"]
        assert WORDS in listed["text"]

    async def test_clients_of_that_name_come_first(self, desk: DeskWorld) -> None:
        await taken(desk, WORDS)
        says(desk, OLGA, "/find анна")
        listed = await result(desk, "анна")
        assert labels(listed)[0] == "👤 Анна"

    async def test_nothing(self, desk: DeskWorld) -> None:
        says(desk, OLGA, "/find зебра")
        assert "ничего не найдено" in (await result(desk, "зебра"))["text"]


async def test_pages_and_the_question_outlive_a_restart(tmp_path: Path) -> None:
    async with around(tmp_path) as there:
        async with running(there) as desk:
            await taken(desk, WORDS)
            await wrote(desk, 8)
            says(desk, OLGA, "/find")
            question = await desk.sees(OLGA.telegram_id, "Что найти?")
        async with running(there) as desk:
            says(desk, OLGA, "договоры в:анна", reply_to=question["message_id"])
            listed = await result(desk, "договоры в:анна")
            assert "часть 3" in listed["text"]
            assert "часть 2" not in listed["text"]
        async with running(there) as desk:
            await desk.presses(OLGA, listed, "Раньше →")
            await desk.until(lambda: "часть 0" in shown(desk, listed)["text"])
            older = shown(desk, listed)
            assert "часть 3" not in older["text"]
            await desk.presses(OLGA, older, "⇤ Новые")
            await desk.until(lambda: "часть 3" in shown(desk, listed)["text"])
            says(desk, OLGA, "/menu")
            await desk.sees(OLGA.telegram_id, "☰ Ольга")
            other = await desk.presses_made_up(OLGA.telegram_id, "fdp:5")
            assert other == "Эта кнопка больше не действует."
            assert button(shown(desk, listed), "🔎 Другие слова") == "fdq"


async def test_the_menu_asks(desk: DeskWorld) -> None:
    says(desk, OLGA, "/menu")
    menu = await desk.sees(OLGA.telegram_id, "☰ Ольга")
    await desk.presses(OLGA, menu, "🔎 Найти")
    question = await desk.sees(OLGA.telegram_id, "Что найти?")
    says(desk, OLGA, "зебра", reply_to=question["message_id"])
    await result(desk, "зебра")
