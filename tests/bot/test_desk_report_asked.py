"""/report with words: any time, anybody whose report the asker may see, and a word where not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from bot.report_buttons import Of, ReportButton, ReportDeed
from inbox.model import Manager
from tests.bot.desk_world import BOT, CLIENT, NEWCOMER, DeskWorld, desk_world, labels, taken
from tests.bot.studio import HELEN, IVAN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    """Olga has Daisy and two Suns, Ivan has Vector; nobody has May."""
    async with desk_world(tmp_path) as started:
        async with started.inbox.store.begin() as t:
            for name, holder in (
                *(("Daisy Ltd", OLGA.id), ("Sun", OLGA.id), ("Sunrise", OLGA.id)),
                *(("Vector", IVAN.id), ("May", None)),
            ):
                await t.add_client(name, holder)
        yield started


async def asked(desk: DeskWorld, who: Manager, words: str, answered: str) -> dict[str, Any]:
    """What the bot answers to the command."""
    message = desk.people.says(who.telegram_id, BOT, f"/report {words}")

    def found() -> dict[str, Any] | None:
        return next(
            (
                one
                for one in reversed(desk.chat(who.telegram_id))
                if one.get("reply_to_message", {}).get("message_id") == message["message_id"]
            ),
            None,
        )

    said: dict[str, Any] = await desk.until(found)
    assert answered in said["text"], said["text"]
    return said


UNDERSTOOD = (
    (HELEN, "october 2025", "1–31 Oct 2025. The whole studio"),
    (HELEN, "1.10.2025-14.10.2025 Ольга", "1–14 Oct 2025. Clients of Ольга"),
    (HELEN, "ольга", "Clients of Ольга"),
    (HELEN, "2025-10 daisy", "1–31 Oct 2025. Daisy Ltd"),
    (HELEN, "mine q1 2025", "1 Jan – 31 Mar 2025. Clients of Helen"),
    (HELEN, "all 2025-10", "1–31 Oct 2025. The whole studio"),
    (HELEN, "Sun 2025-10", "1–31 Oct 2025. Sun ..."),
    (HELEN, "may 2025", "1–31 May 2025. The whole studio"),
    (HELEN, "Глеб 2025", "1 Jan – 31 Dec 2025. Clients of Глеб"),
    (OLGA, "за октябрь 2025", "1–31 окт 2025. Клиенты: Ольга"),
    (OLGA, "Daisy за октябрь 2025", "1–31 окт 2025. Daisy Ltd"),
    (OLGA, "мои клиенты 2025-10", "1–31 окт 2025. Клиенты: Ольга"),
)
NOT_UNDERSTOOD = (
    (HELEN, "nonsense", "“nonsense” is neither a time nor a name"),
    (HELEN, "1.1.2024-31.12.2025", "at most 366 days"),
    (HELEN, "october Nobody", "neither a time nor a name"),
    (OLGA, "Вектор", "не время и не имя"),
    (OLGA, "Vector", "не время и не имя"),
    (OLGA, "Иван", "Отчёты других видят только руководитель"),
    (OLGA, "вся студия 2025", "Отчёты других видят только руководитель"),
    (OLGA, "May 2025-10", "не время и не имя"),
)


async def test_a_time_and_a_name_in_any_order(desk: DeskWorld) -> None:
    for who, words, made in UNDERSTOOD:
        said = await asked(desk, who, words, "⏳")
        assert made in said["text"]


async def test_what_is_not_understood_or_not_for_the_asker(desk: DeskWorld) -> None:
    for who, words, answer in NOT_UNDERSTOOD:
        await asked(desk, who, words, answer)
        assert not [one for one in desk.texts(who.telegram_id) if one.startswith("⏳")]


async def test_several_who_may_be_meant_are_offered(desk: DeskWorld) -> None:
    said = await asked(desk, HELEN, "su 2025-10", "Which one do you mean?")
    assert labels(said) == ["Sun · 1–31 Oct 2025", "Sunrise · 1–31 Oct 2025"]
    await desk.presses(HELEN, said, "Sunrise · 1–31 Oct 2025")
    await desk.sees(HELEN.telegram_id, "⏳ The report is being made: 1–31 Oct 2025. Sunrise")


async def test_a_client_called_as_a_month_is_offered_beside_it(desk: DeskWorld) -> None:
    said = await asked(desk, HELEN, "may", "Which one do you mean?")
    month, client = labels(said)
    assert month.startswith("The whole studio · 1–31 May")
    assert client.startswith("May · ")
    await asked(desk, OLGA, "may", "⏳")  # it is none of hers


async def test_a_month_and_a_colleague_of_its_name(desk: DeskWorld) -> None:
    async with desk.inbox.store.begin() as t:
        await t.save_manager(Manager(0, "Май", 777))
    await asked(desk, OLGA, "май", "⏳")
    await asked(desk, HELEN, "май", "Which one do you mean?")


async def test_too_many_of_a_name_are_to_be_named_better(desk: DeskWorld) -> None:
    async with desk.inbox.store.begin() as t:
        for number in range(12):
            await t.add_client(f"Moon {number}", OLGA.id)
    said = await asked(desk, OLGA, "moon", "Подходит больше: напишите имя полнее.")
    assert len(labels(said)) == 8


async def test_members_and_clients_are_chosen_from_lists(desk: DeskWorld) -> None:
    async with desk.inbox.store.begin() as t:
        for number in range(10, 20):
            await t.add_client(f"Moon {number}", OLGA.id)
    said = await asked(desk, HELEN, "su 2025-10", "Which one")
    await desk.presses(HELEN, said, labels(said)[0])
    report = await shown(desk, HELEN)
    await desk.presses(HELEN, report, "A manager")
    people = await desk.sees(HELEN.telegram_id, "1–31 Oct 2025. Whose report?")
    assert labels(people) == ["The whole studio", "Ольга", "Иван", "Helen", "Адам"]
    await desk.presses(HELEN, people, "Иван")
    await desk.sees(
        HELEN.telegram_id, "⏳ The report is being made: 1–31 Oct 2025. Clients of Иван"
    )
    await desk.presses(HELEN, report, "A client")
    clients = await desk.sees(HELEN.telegram_id, "1–31 Oct 2025. The report of which client?")
    assert labels(clients)[:2] == ["Daisy Ltd", "May"]
    assert labels(clients)[-1] == "→"
    await desk.presses(HELEN, clients, "→")
    more = await desk.until(lambda: _turned(desk, clients))
    assert labels(more)[-1] == "←"
    assert "Vector" in labels(more)


async def test_the_cards_of_clients_and_the_team_lead_to_reports(desk: DeskWorld) -> None:
    desk.people.says(OLGA.telegram_id, BOT, "/client daisy")
    await desk.presses(OLGA, await desk.sees(OLGA.telegram_id, "👤 Daisy Ltd"), "📊 Отчёт")
    weeks = await desk.sees(OLGA.telegram_id, "Daisy Ltd. Отчёт за какую неделю?")
    await desk.presses(OLGA, weeks, "Раньше →")
    before = await desk.until(lambda: _changed(desk, OLGA, weeks))
    assert len(labels(before)) == 8 + 1
    await desk.presses(OLGA, before, "Раньше →")
    desk.people.says(HELEN.telegram_id, BOT, "/team")
    await desk.presses(HELEN, await desk.sees(HELEN.telegram_id, "The team"), "Иван")
    await desk.presses(HELEN, await desk.sees(HELEN.telegram_id, "1. Vector"), "📊 Report")
    weeks = await desk.sees(HELEN.telegram_id, "Clients of Иван. The report of which week?")
    await desk.presses(HELEN, weeks, "Last month")
    await desk.sees(HELEN.telegram_id, "⏳")


async def test_whose_clients_report_one_may_not_see_is_not_offered(desk: DeskWorld) -> None:
    async with desk.inbox.store.begin() as t:
        olga = next(one for one in await t.staff() if one.id == OLGA.id)
        await t.save_manager(replace(olga, deputy_id=IVAN.id))
    desk.people.says(IVAN.telegram_id, BOT, "/client daisy")
    assert "📊 Отчёт" not in labels(await desk.sees(IVAN.telegram_id, "👤 Daisy Ltd"))
    desk.people.says(IVAN.telegram_id, BOT, "/client may")
    assert "📊 Отчёт" not in labels(await desk.sees(IVAN.telegram_id, "👤 May"))


async def test_in_reply_to_a_card_it_is_the_clients(desk: DeskWorld) -> None:
    command = "/report"
    desk.people.says(CLIENT, BOT, "Сайт не открывается")
    free = await desk.sees(OLGA.telegram_id, "Сайт не открывается")
    desk.people.says(OLGA.telegram_id, BOT, command, reply_to=free["message_id"])
    await desk.sees(OLGA.telegram_id, "Это могут только руководитель и администратор.")
    await desk.presses(OLGA, free, "Взять")
    card = free
    desk.people.says(OLGA.telegram_id, BOT, command, reply_to=card["message_id"])
    weeks = await desk.sees(OLGA.telegram_id, "Анна. Отчёт за какую неделю?")
    await desk.presses(OLGA, weeks, "Этот месяц")
    await desk.sees(OLGA.telegram_id, "⏳")
    async with desk.inbox.store.begin() as t:
        olga = next(one for one in await t.staff() if one.id == OLGA.id)
        await t.save_manager(replace(olga, deputy_id=IVAN.id))
    desk.people.says(IVAN.telegram_id, BOT, "/client анна")
    shown_to_deputy = await desk.sees(IVAN.telegram_id, "👤 Анна")
    desk.people.says(IVAN.telegram_id, BOT, command, reply_to=shown_to_deputy["message_id"])
    await desk.sees(IVAN.telegram_id, "Этот клиент — за другим менеджером (Ольга)")


def test_the_longest_button_is_short_enough() -> None:
    largest = ReportButton(
        deed=ReportDeed.CLIENTS,
        first=803_167,
        last=803_167,
        of=Of.CLIENT,
        about_id=2**63 - 2,
        offset=100_000,
        here=True,
    )
    assert len(largest.pack().encode()) <= 64


async def test_a_clients_report_has_its_words_and_a_table_of_nobody_else(
    desk: DeskWorld, tmp_path: Path
) -> None:
    await taken(desk)
    desk.people.says(NEWCOMER, BOT, "Нужна печать")
    await desk.presses(IVAN, await desk.sees(IVAN.telegram_id, "Нужна печать"), "Взять")
    await asked(desk, OLGA, "анна сегодня", "⏳")
    report = await desk.sees(OLGA.telegram_id, "📊")
    assert "Анна\n\nПришло 1 сообщение" in report["text"]

    def tables() -> list[str]:
        chat = desk.chat(OLGA.telegram_id)
        return [one["document"]["file_id"] for one in chat if "document" in one]

    (table,) = await desk.until(tables)
    path = tmp_path / "table.xlsx"
    path.write_bytes(desk.world.files.find(BOT, table).bytes())
    book = CalamineWorkbook.from_path(path)
    cells = {
        cell
        for name in book.sheet_names
        for row in book.get_sheet_by_name(name).to_python()
        for cell in row
    }
    assert "Анна" in cells
    assert not cells & {"Новый", "Иван"}


async def shown(desk: DeskWorld, who: Manager) -> dict[str, Any]:
    """The report itself, once it is there."""

    def found() -> dict[str, Any] | None:
        chat = desk.chat(who.telegram_id)
        return next((one for one in chat if labels(one)[:1] == ["Other week"]), None)

    report: dict[str, Any] = await desk.until(found)
    return report


def _turned(desk: DeskWorld, before: dict[str, Any]) -> dict[str, Any] | None:
    """The same message with other buttons."""
    number = before["message_id"]
    now = next(one for one in desk.chat(HELEN.telegram_id) if one["message_id"] == number)
    return now if "←" in labels(now) else None


def _changed(desk: DeskWorld, who: Manager, before: dict[str, Any]) -> dict[str, Any] | None:
    """The same message with fewer buttons."""
    number = before["message_id"]
    now = next(one for one in desk.chat(who.telegram_id) if one["message_id"] == number)
    return now if len(labels(now)) == 9 else None
