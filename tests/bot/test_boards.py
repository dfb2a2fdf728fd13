"""Boards over a real Bot API: they keep themselves true, and end when nobody can read them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta

from bot.texts import speaker
from inbox import routing
from inbox.business_hours import BusinessHours
from inbox.model import Handle, Role
from sandbox.telegram import Fault
from tests.bot import board_world
from tests.bot.board_world import (
    GROUP,
    MOVED,
    TEAM,
    boards,
    bots,
    kept,
    looks,
    now,
    opened,
    passes,
    pinned,
)
from tests.bot.desk_world import BOT, CLIENT, Around, DeskWorld, button, labels, running
from tests.bot.permission_people import ONLY_MEMBERS
from tests.bot.studio import ADAM, HELEN, MOSCOW, OLGA
from tests.bot.test_desk_promises import ALWAYS

NIGHT = BusinessHours(MOSCOW, {})


there, desk = board_world.there, board_world.desk


class TestItStandsAndKeepsTrue:
    async def test_a_head_has_the_studio_and_a_manager_the_own_clients(
        self, desk: DeskWorld
    ) -> None:
        board = await opened(desk, HELEN.telegram_id)
        assert board["text"].startswith("📟 The whole studio · ")
        assert labels(board) == ["📥 Who waits"]
        own = await opened(desk, OLGA.telegram_id, OLGA)
        assert own["text"].startswith("📟 Клиенты: Ольга") or "Ольга" in own["text"]
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        await looks(desk)
        assert "1 client waits" in now(desk, board)
        assert "🟡 Анна · waits" in now(desk, board)
        assert "Из этих клиентов ответа никто не ждёт." in now(desk, own)
        assert "Пока ничьих ждёт: 1" in now(desk, own)

    async def test_it_is_written_when_something_changed_or_a_minute_passed(
        self, desk: DeskWorld
    ) -> None:
        board = await opened(desk, HELEN.telegram_id)
        at = desk.inbox.clock.now()
        passes(desk, timedelta(seconds=61 - at.second))
        await looks(desk)
        first = now(desk, board)
        assert first != board["text"]
        await looks(desk)
        assert now(desk, board) == first

    async def test_one_turn_in_fifteen_seconds(self, desk: DeskWorld) -> None:
        board = await opened(desk, HELEN.telegram_id)
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        await boards(desk).look()
        assert "Nobody waits" in now(desk, board)

    async def test_at_night_it_keeps_still_until_something_changes(self, there: Around) -> None:
        async with running(there, hours=NIGHT) as desk:
            hour = desk.inbox.clock.now().astimezone(MOSCOW).hour
            passes(desk, timedelta(hours=(12 - hour) % 24))  # at midnight a new day begins
            board = await opened(desk, HELEN.telegram_id)
            assert "🌙 Closed." in board["text"]
            passes(desk, timedelta(minutes=3))
            await looks(desk)
            assert now(desk, board) == board["text"]
            desk.people.says(CLIENT, BOT, "Сайт не открывается")
            await desk.sees(OLGA.telegram_id, "Сайт не открывается")
            await looks(desk)
            assert "1 client waits" in now(desk, board)

    async def test_two_processes_write_it_once(self, desk: DeskWorld) -> None:
        board = await opened(desk, HELEN.telegram_id)
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        desk.world.faults.add(Fault("refuse", "editMessageText", count=1, skip=1))
        async with desk.inbox.store.begin() as t:
            found = await t.board(BOT, HELEN.telegram_id)
            assert found is not None
            await t.save_board(found, -1.0)
        await asyncio.gather(*(boards(desk, 15.0).look() for _ in range(4)))
        assert "1 client waits" in now(desk, board)
        assert desk.world.faults.planned[0].skip == 0  # one call was let through

    async def test_after_a_restart_the_same_message_goes_on(self, there: Around) -> None:
        async with running(there, hours=ALWAYS) as desk:
            board = await opened(desk, GROUP)
        async with running(there, hours=ALWAYS) as desk:
            desk.people.says(CLIENT, BOT, "Сайт не открывается")
            await desk.sees(OLGA.telegram_id, "Сайт не открывается")
            await looks(desk)
            assert "1 client waits" in now(desk, board)
            assert len(bots(desk, GROUP)) == 1

    async def test_in_a_topic(self, desk: DeskWorld) -> None:
        told = desk.people.makes_topic(HELEN.telegram_id, BOT, "Табло", chat_id=GROUP)
        thread = told["message_thread_id"]
        board = await opened(desk, GROUP, thread_id=thread)
        assert board["message_thread_id"] == thread
        desk.people.deletes_topic(HELEN.telegram_id, BOT, thread, chat_id=GROUP)
        passes(desk, timedelta(minutes=2))
        await looks(desk)
        await desk.sees(HELEN.telegram_id, "A board of Helen has ended")

    async def test_one_that_was_deleted_is_written_and_pinned_anew(self, desk: DeskWorld) -> None:
        board = await opened(desk, GROUP)
        desk.world.remove(desk.world.room(desk.world.bot(BOT), GROUP), board["message_id"])
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        await looks(desk)
        (anew,) = bots(desk, GROUP)
        assert "1 client waits" in anew["text"]
        assert anew["message_id"] in pinned(desk, GROUP)

    async def test_one_wished_anew_stands_below_and_the_old_one_goes(
        self, desk: DeskWorld
    ) -> None:
        board = await opened(desk, GROUP)
        anew = await opened(desk, GROUP)
        assert [one["message_id"] for one in bots(desk, GROUP)] == [anew["message_id"]]
        assert board["message_id"] < anew["message_id"]


class TestWhatCanGoWrong:
    async def test_without_the_right_to_pin_that_is_said_once(self, desk: DeskWorld) -> None:
        refusal = "Bad Request: not enough rights to manage pinned messages in the chat"
        desk.world.faults.add(
            Fault("refuse", "pinChatMessage", count=None, status=400, description=refusal)
        )
        desk.people.says(HELEN.telegram_id, BOT, "/board", chat_id=GROUP)
        said = await desk.sees(GROUP, "could not be pinned")
        board = bots(desk, GROUP)[0]
        assert said["reply_to_message"]["message_id"] == board["message_id"]
        desk.world.remove(desk.world.room(desk.world.bot(BOT), GROUP), board["message_id"])
        passes(desk, timedelta(minutes=2))
        await looks(desk)
        texts = [one["text"] for one in bots(desk, GROUP)]
        assert sum("could not be pinned" in one for one in texts) == 1
        assert sum("The whole studio" in one for one in texts) == 1

    async def test_put_out_of_the_chat_it_ends_and_who_wished_it_is_told(
        self, desk: DeskWorld
    ) -> None:
        await opened(desk, GROUP)
        desk.people.removes_bot(OLGA.telegram_id, BOT, GROUP)
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        await looks(desk)
        await desk.sees(HELEN.telegram_id, "A board of Helen has ended")
        assert not await kept(desk, GROUP)

    async def test_of_the_own_chat_the_administrators_are_told(self, desk: DeskWorld) -> None:
        board = await opened(desk, OLGA.telegram_id, OLGA)
        desk.world.remove(
            desk.world.room(desk.world.bot(BOT), OLGA.telegram_id), board["message_id"]
        )
        desk.people.blocks(OLGA.telegram_id, BOT)
        passes(desk, timedelta(minutes=2))
        await looks(desk)
        await desk.sees(ADAM.telegram_id, "Табло (Ольга) закончилось")
        assert not await kept(desk, OLGA.telegram_id)

    async def test_a_group_that_became_a_supergroup_has_it_again(self, desk: DeskWorld) -> None:
        await opened(desk, GROUP)
        desk.world.add_group(MOVED, "Студия", members=TEAM, bots=[BOT], admins=[BOT])
        for method in ("editMessageText", "sendMessage"):
            desk.world.faults.add(
                Fault(
                    "refuse",
                    method,
                    GROUP,
                    count=None,
                    status=400,
                    description="Bad Request: group chat was upgraded to a supergroup chat",
                    migrate_to_chat_id=MOVED,
                )
            )
        passes(desk, timedelta(minutes=2))
        await looks(desk)
        await looks(desk)
        (board,) = bots(desk, MOVED)
        assert "The whole studio" in board["text"]
        assert (await kept(desk, MOVED), await kept(desk, GROUP)) == (True, False)

    async def test_asked_to_wait_it_waits(self, desk: DeskWorld) -> None:
        board = await opened(desk, GROUP)
        desk.world.faults.add(
            Fault("refuse", "editMessageText", count=1, status=429, retry_after=40)
        )
        passes(desk, timedelta(minutes=2))
        await looks(desk)
        assert now(desk, board) == board["text"]
        await boards(desk).look()
        assert now(desk, board) == board["text"]
        await looks(desk)
        assert now(desk, board) != board["text"]


class TestWhoMay:
    async def test_in_a_group_only_heads_and_never_where_a_client_reads(
        self, desk: DeskWorld
    ) -> None:
        desk.people.says(OLGA.telegram_id, BOT, "/board", chat_id=GROUP)
        await desk.sees(GROUP, speaker("ru")("Only a head or an administrator may do this."))
        async with desk.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", None)
            contact = await t.add_contact(client.id, "Студия")
            await t.add_handles(contact.id, [Handle("telegram_group", str(GROUP))])
        desk.people.says(HELEN.telegram_id, BOT, "/board", chat_id=GROUP)
        await desk.sees(HELEN.telegram_id, "This is the group of Ромашка: a board")
        assert not await kept(desk, GROUP)

    async def test_it_ends_with_the_office_of_who_wished_it(self, desk: DeskWorld) -> None:
        board = await opened(desk, GROUP)
        async with desk.inbox.store.begin() as t:
            helen = routing.named(await t.staff(), HELEN.name)
            assert helen is not None
            await t.save_manager(replace(helen, role=Role.MANAGER))
        await looks(desk)
        assert "this board ended at" in now(desk, board)
        assert pinned(desk, GROUP) == []
        assert not await kept(desk, GROUP)

    async def test_it_ends_where_the_group_became_a_clients(self, desk: DeskWorld) -> None:
        board = await opened(desk, GROUP)
        async with desk.inbox.store.begin() as t:
            client = await t.add_client("Ромашка", None)
            contact = await t.add_contact(client.id, "Студия")
            await t.add_handles(contact.id, [Handle("telegram_group", str(GROUP))])
        await looks(desk)
        assert "this board ended at" in now(desk, board)

    async def test_off(self, desk: DeskWorld) -> None:
        board = await opened(desk, GROUP)
        desk.people.says(ADAM.telegram_id, BOT, "/board off", chat_id=GROUP)
        await desk.sees(GROUP, "Табло больше нет.")
        assert "📟 Вся студия: это табло закончилось" in now(desk, board)
        assert pinned(desk, GROUP) == []
        desk.people.says(ADAM.telegram_id, BOT, "/board off", chat_id=GROUP)
        await desk.sees(GROUP, "Здесь нет табло.")

    async def test_who_waits_is_shown_to_who_presses_in_the_own_chat(
        self, desk: DeskWorld
    ) -> None:
        desk.people.says(CLIENT, BOT, "Сайт не открывается")
        await desk.sees(OLGA.telegram_id, "Сайт не открывается")
        board = await opened(desk, GROUP)
        said = await desk.presses(OLGA, board, "📥 Who waits")
        assert said == "Список — в вашем чате с ботом."
        await desk.sees(OLGA.telegram_id, "Ждут ответа, сначала самые срочные")
        data = button(board, "📥 Who waits")
        refused = await desk.people.presses(CLIENT, BOT, board["message_id"], data, chat_id=GROUP)
        assert refused in ONLY_MEMBERS
