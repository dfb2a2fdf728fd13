"""/now over a real Bot API, and the boards that it opens."""

from __future__ import annotations

from dataclasses import replace

from inbox import routing
from inbox.model import Role
from tests.bot import board_world
from tests.bot.board_world import (
    GROUP,
    kept,
    pinned,
    same,
)
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, labels
from tests.bot.studio import HELEN, OLGA

there, desk = board_world.there, board_world.desk


class TestByTheMenu:
    async def test_now_with_its_ways(self, desk: DeskWorld) -> None:
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        desk.people.says(HELEN.telegram_id, BOT, "/now")
        screen = await desk.sees(HELEN.telegram_id, "📟 The whole studio")
        assert "1. 🟡 Анна · waits under 1 min · nobody's yet" in screen["text"]
        assert labels(screen) == [
            *("1", "📥 Who waits", "🔄 Now", "My clients", "📌 Board here"),
            *("📌 Board in a group", "← Menu"),
        ]
        await desk.presses(HELEN, screen, "My clients")
        own = await desk.sees(HELEN.telegram_id, "📟 Clients of Helen")
        await desk.presses(HELEN, own, "📌 Board here")
        await desk.until(lambda: len(pinned(desk, HELEN.telegram_id)) == 1)
        await desk.until(lambda: "📌 No board here" in labels(same(desk, own)))
        await desk.presses(HELEN, same(desk, own), "📌 No board here")
        await desk.until(lambda: "📌 Board here" in labels(same(desk, own)))
        assert not await kept(desk, HELEN.telegram_id)

    async def test_a_manager_is_told_of_those_whom_nobody_holds(self, desk: DeskWorld) -> None:
        desk.people.says(OLGA.telegram_id, BOT, "/now")
        screen = await desk.sees(OLGA.telegram_id, "📟 Клиенты: Ольга")
        assert "✅ Никто не ждёт ответа." in screen["text"]
        assert "ничьих" not in screen["text"]
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        card = await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        await desk.presses(OLGA, screen, "🔄 Сейчас")
        await desk.until(lambda: "Пока ничьих ждёт: 1" in same(desk, screen)["text"])
        assert "Никто не ждёт ответа." not in same(desk, screen)["text"]
        await desk.presses(OLGA, card, "Взять")
        await desk.sees(OLGA.telegram_id, "Ведёт Ольга")
        await desk.presses(OLGA, screen, "🔄 Сейчас")
        await desk.until(lambda: "Ждёт 1 клиент" in same(desk, screen)["text"])
        assert "ничьих" not in same(desk, screen)["text"]

    async def test_a_group_is_chosen_by_a_button(self, desk: DeskWorld) -> None:
        desk.people.says(HELEN.telegram_id, BOT, "/now")
        screen = await desk.sees(HELEN.telegram_id, "📟 The whole studio")
        await desk.presses(HELEN, screen, "📌 Board in a group")
        await desk.sees(HELEN.telegram_id, "Press “Choose a group”")
        desk.people.shares_chat(HELEN.telegram_id, BOT, GROUP)
        await desk.sees(HELEN.telegram_id, "📌 The board stands in “Студия”.")
        assert len(pinned(desk, GROUP)) == 1

    async def test_who_is_no_head_any_more_chooses_no_group(self, desk: DeskWorld) -> None:
        desk.people.says(HELEN.telegram_id, BOT, "/now")
        screen = await desk.sees(HELEN.telegram_id, "📟 The whole studio")
        await desk.presses(HELEN, screen, "📌 Board in a group")
        await desk.sees(HELEN.telegram_id, "Press “Choose a group”")
        async with desk.inbox.store.begin() as t:
            helen = routing.named(await t.staff(), HELEN.name)
            assert helen is not None
            await t.save_manager(replace(helen, role=Role.MANAGER))
        desk.people.shares_chat(HELEN.telegram_id, BOT, GROUP)
        await desk.sees(HELEN.telegram_id, "Only a head or an administrator may do this.")
        assert not await kept(desk, GROUP)
