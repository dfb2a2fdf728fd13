"""The figures of a report, by "How counted" and by /why in a reply; each with its waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.figure_buttons import FIGURES, FigureButton, FiguresButton, Mode, Part, RowSort
from bot.texts import speaker
from inbox.model import Manager
from inbox.report_figures import What
from inbox.reports import week_of
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, desk_world, labels, taken
from tests.bot.studio import HELEN, HOURS, IVAN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


def this_week(desk: DeskWorld) -> date:
    since, _ = week_of(desk.inbox.clock.now(), HOURS.zone)
    return since.astimezone(HOURS.zone).date()


def figures(desk: DeskWorld, part: Part = Part.WHOLE, about_id: int = 0) -> str:
    """The button under this week's report."""
    day = this_week(desk).toordinal()
    return FiguresButton(day=day, days=7, part=part, about_id=about_id, below=True).pack()


async def answered(desk: DeskWorld) -> None:
    """A client wrote, and Olga answered."""
    card = await taken(desk)
    desk.people.says(OLGA.telegram_id, BOT, "Смотрим", reply_to=card["message_id"])
    await desk.sees(CLIENT, "Смотрим")


async def menu(desk: DeskWorld, who: Manager, data: str) -> dict[str, Any]:
    await desk.presses_made_up(who.telegram_id, data)
    return await desk.sees(who.telegram_id, question(who))


def question(who: Manager) -> str:
    return speaker(who.language)("Which figure? It says how it was counted.")


async def test_from_the_report_to_the_figure_to_the_card(desk: DeskWorld) -> None:
    await answered(desk)
    shown = await menu(desk, HELEN, figures(desk))
    assert labels(shown)[:3] == ["In time", "Breaches", "Median: all"]
    await desk.presses(HELEN, shown, "In time")
    told = await desk.sees(HELEN.telegram_id, "In time: 100%")
    assert told["message_id"] == shown["message_id"]
    assert "1 in time / (1 + 0 breaches) = 100%" in told["text"]
    assert "Behind it:\n1. № 1 " in told["text"]
    assert labels(told)[0] == "1"
    assert "Answered in time" in labels(told)
    await desk.presses(HELEN, told, "1")
    await desk.sees(HELEN.telegram_id, "Сайт не открывается")
    await desk.presses(HELEN, told, "← Figures")
    await desk.sees(HELEN.telegram_id, "Which figure?")


async def test_by_the_wall_clock_and_in_the_week_before(desk: DeskWorld) -> None:
    await answered(desk)
    shown = await menu(desk, OLGA, figures(desk, Part.MANAGER, OLGA.id))
    await desk.presses(OLGA, shown, "Медиана: все")
    told = await desk.sees(OLGA.telegram_id, "номер 1 из 1:")
    await desk.presses(OLGA, told, "Всё время")
    told = await desk.sees(OLGA.telegram_id, "медиана, вместе с нерабочими часами")
    await desk.presses(OLGA, told, "Рабочее время")
    told = await desk.sees(OLGA.telegram_id, "медиана: 0 мин")
    await desk.presses(OLGA, told, "Обычно")
    told = await desk.sees(OLGA.telegram_id, "Сравнить не с чем.")
    before = labels(told)[1]
    await desk.presses(OLGA, told, before)
    told = await desk.sees(OLGA.telegram_id, "Таких ответов нет.")
    assert before.split(" ")[0] in told["text"]


async def test_messages_lead_to_their_cards(desk: DeskWorld) -> None:
    await answered(desk)
    shown = await menu(desk, HELEN, figures(desk))
    await desk.presses(HELEN, shown, "Messages")
    told = await desk.sees(HELEN.telegram_id, "Messages: 1")
    await desk.presses(HELEN, told, "When messages come")
    told = await desk.sees(HELEN.telegram_id, "When messages come: 1")
    assert "Mon" in labels(told)
    await desk.presses(HELEN, told, "1")
    await desk.sees(HELEN.telegram_id, "Сайт не открывается")


async def test_each_row_has_its_figures(desk: DeskWorld) -> None:
    await answered(desk)
    shown = await menu(desk, HELEN, figures(desk))
    for by, row in (("By channel", "Telegram"), ("By manager", OLGA.name), ("By client", "Анна")):
        await desk.presses(HELEN, shown, by)
        rows = await desk.sees(HELEN.telegram_id, f"{by}: whose figures?")
        (name,) = [one for one in labels(rows) if one.startswith(row)]
        assert name.endswith(" · 100% of 1")
        await desk.presses(HELEN, rows, name)
        of_row = await desk.sees(HELEN.telegram_id, "Which figure?")
        assert "Silent clients" not in labels(of_row)
        await desk.presses(HELEN, of_row, "Answered")
        told = await desk.sees(HELEN.telegram_id, "Answered: 1")
        assert row in told["text"].splitlines()[1]
        await desk.presses(HELEN, told, "← Figures")
        shown = await desk.sees(HELEN.telegram_id, "Which figure?")
        await desk.presses(HELEN, shown, "← Figures")
        shown = await desk.until(lambda: with_rows(desk))


def with_rows(desk: DeskWorld) -> dict[str, Any] | None:
    """The figures of the whole report."""
    chat = [one for one in desk.chat(HELEN.telegram_id) if "By client" in labels(one)]
    return chat[-1] if chat else None


async def test_why_replies_to_a_report_and_to_its_files(desk: DeskWorld) -> None:
    await answered(desk)
    desk.people.says(OLGA.telegram_id, BOT, "/report эта неделя")
    report = await desk.until(lambda: the_report(desk, OLGA))
    assert "Как посчитано" in labels(report)
    table = await desk.until(lambda: the_file(desk, OLGA, "xlsx"))
    for target in (report, table):
        number = len(asked(desk, OLGA))
        desk.people.says(OLGA.telegram_id, BOT, "/why", reply_to=target["message_id"])
        await desk.until(lambda number=number: len(asked(desk, OLGA)) > number)
    assert "Клиенты: Ольга" in asked(desk, OLGA)[-1]["text"]
    desk.people.says(OLGA.telegram_id, BOT, "/why")
    await desk.sees(OLGA.telegram_id, "Ответьте /why")


def the_report(desk: DeskWorld, who: Manager) -> dict[str, Any] | None:
    found = [one for one in desk.chat(who.telegram_id) if "photo" in one and not one["out"]]
    return found[-1] if found else None


def the_file(desk: DeskWorld, who: Manager, end: str) -> dict[str, Any] | None:
    files = [one for one in desk.chat(who.telegram_id) if "document" in one]
    return next((one for one in files if one["document"]["file_name"].endswith(end)), None)


def asked(desk: DeskWorld, who: Manager) -> list[dict[str, Any]]:
    chat = desk.chat(who.telegram_id)
    return [one for one in chat if question(who) in one.get("text", "")]


async def test_a_manager_sees_no_other_clients(desk: DeskWorld) -> None:
    await answered(desk)
    for data, why in (
        (figures(desk), "руководитель"),
        (figures(desk, Part.MANAGER, OLGA.id), "руководитель"),
        (figures(desk, Part.CLIENT, 1), OLGA.name.casefold()),
    ):
        assert why in (await desk.presses_made_up(IVAN.telegram_id, data)).casefold()
    assert not asked(desk, IVAN)
    mine = figures(desk, Part.CLIENT, 1)
    assert "Анна" in (await menu(desk, OLGA, mine))["text"]


@pytest.mark.parametrize(
    ("what", "mode", "row"),
    [(What.WORST, Mode.ITSELF, RowSort.CLIENT), (What.SHARE, Mode.MON, RowSort.STUDIO)],
)
async def test_no_figure_is_no_button(
    desk: DeskWorld, what: What, mode: Mode, row: RowSort
) -> None:
    day = this_week(desk)
    for first in (day, day + timedelta(days=700)):
        data = FigureButton(
            day=first.toordinal(),
            days=7,
            part=Part.WHOLE,
            about_id=0,
            sort=row,
            row=1,
            what=FIGURES.index(what),
            mode=mode,
        ).pack()
        said = await desk.presses_made_up(HELEN.telegram_id, data)
        assert said == "This button no longer works."


async def test_a_row_that_is_gone_and_a_database_that_is_away(desk: DeskWorld) -> None:
    await answered(desk)
    data = FigureButton(
        day=this_week(desk).toordinal(),
        days=7,
        part=Part.WHOLE,
        about_id=0,
        sort=RowSort.TIER,
        row=12345,
        what=FIGURES.index(What.SHARE),
    ).pack()
    assert "Counting anew" in await desk.presses_made_up(HELEN.telegram_id, data)
    await desk.sees(HELEN.telegram_id, "The report has nothing of it any more.")
