"""Links to cards: in a report's table, opened by members who may see the card, by nobody else."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.card_links import card_link, linked_message
from inbox.model import Manager
from inbox.ports import Transaction
from tests.bot.cli_world import (
    answered,
    asks,
    english_system,
    in_store,
    member,
    moscow,
    ok,
    studio_file,
)
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    NEWCOMER,
    DeskWorld,
    around,
    desk_world,
    running,
    taken,
)
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    """Olga's client has asked something; the bot's name is known."""
    async with desk_world(tmp_path) as started:
        async with started.inbox.store.begin() as t:
            await t.save_form(f"bot_name:{BOT}", "studio_bot")
        await taken(started)
        yield started


def links_in(table: bytes) -> list[str]:
    """The addresses that its rows lead to."""
    book = zipfile.ZipFile(io.BytesIO(table))
    parts = [book.read(one).decode() for one in book.namelist() if "worksheets/" in one]
    return re.findall(r"https://t\.me/[^&\"<]*", "".join(parts))


async def shown(desk: DeskWorld, who: Manager, start: str) -> list[str]:
    """What the bot says to who opens the link."""
    asked = desk.people.says(who.telegram_id, BOT, start)["message_id"]

    def said() -> list[str]:
        chat = [one for one in desk.chat(who.telegram_id) if one["message_id"] > asked]
        return [one["text"] for one in chat if not one["out"] and "text" in one]

    found: list[str] = await desk.until(said)
    return found


async def test_each_row_of_a_reports_table_opens_the_card_of_its_wait(desk: DeskWorld) -> None:
    desk.people.says(ADAM.telegram_id, BOT, "/report сегодня")

    def tables() -> list[str]:
        files = [one["document"] for one in desk.chat(ADAM.telegram_id) if "document" in one]
        return [one["file_id"] for one in files if one["file_name"].endswith(".xlsx")]

    (table,) = await desk.until(tables)
    (link,) = links_in(desk.world.files.find(BOT, table).bytes())
    assert link == "https://t.me/studio_bot?start=card_1"
    (card,) = await shown(desk, ADAM, f"/start {link.partition('=')[2]}")
    assert "Сайт не открывается" in card


async def test_who_has_the_card_in_the_chat_is_led_to_it(desk: DeskWorld) -> None:
    (said,) = await shown(desk, OLGA, "/start card_1")
    assert said.startswith("⬆️")


async def test_who_may_not_act_there_is_told_who_may(desk: DeskWorld) -> None:
    (said,) = await shown(desk, IVAN, "/start card_1")
    assert said == "Этот клиент — за другим менеджером (Ольга). Попросите передать."


async def test_what_is_not_there_is_said(desk: DeskWorld) -> None:
    (said,) = await shown(desk, HELEN, "/start card_777777777777777777")
    assert said == "This card is not known any more."
    (said,) = await shown(desk, HELEN, "/start card_x")
    assert said.startswith("Hello, Helen!")


async def test_a_stranger_and_a_client_never_see_a_card(desk: DeskWorld) -> None:
    for number in (CLIENT, NEWCOMER):
        desk.people.says(number, BOT, "/start card_1")
        desk.people.says(number, BOT, "И ещё вопрос")
        await desk.sees(OLGA.telegram_id if number == CLIENT else IVAN.telegram_id, "ещё вопрос")
        told = desk.texts(number)
        assert not [one for one in told if "Сайт не открывается" in one or "⬆️" in one]


async def test_a_stranger_at_the_staffs_own_bot_is_turned_away(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there, two_bots=True) as desk:
        desk.people.says(NEWCOMER, BOT, "/start card_1")
        await desk.sees(NEWCOMER, "Этот бот — для сотрудников студии")


def test_what_is_no_link_to_a_card() -> None:
    assert card_link("studio_bot") == "https://t.me/studio_bot?start=card_{message_id}"
    assert card_link("") == ""
    assert linked_message("card_12") == 12
    assert linked_message("card_" + "9" * 19) is None
    assert linked_message(None) is None


def test_the_shell_links_by_the_name_that_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    english_system(monkeypatch)
    path = studio_file(tmp_path)
    anna = member(path, "Anna", 101)
    answered(path, asks(path, "Romashka", "r@x.test", moscow(17, 10), anna), moscow(17, 11), anna)

    async def told(t: Transaction) -> None:
        await t.save_form("bot_name:123456", "studio_bot")

    for named in (False, True):
        if named:
            in_store(path, told)
        ok(path, "report", "--out", str(tmp_path), "--client", "Romashka")
        (lines,) = [one.read_text("utf-8-sig") for one in tmp_path.glob("*.csv")]
        assert ("https://t.me/studio_bot?start=card_1" in lines) == named
