"""/report: the picture with its text, PDF and table, other weeks, and who sees whose."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, NoReturn, cast

import pytest

from bot.access import Visit
from bot.handlers.report import have_made
from bot.places import Place
from bot.report_buttons import Of, ReportButton, ReportDeed
from bot.report_dates import Days
from bot.report_meaning import Wish
from bot.report_orders import Kind
from bot.report_views import faults_words
from bot.texts import speaker
from inbox.errors import StoreUnavailable
from inbox.model import Manager
from inbox.ports import Store
from inbox.report_records import Slice
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, desk_world, labels, taken
from tests.bot.studio import HELEN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


def reports(desk: DeskWorld, who: Manager) -> list[dict[str, Any]]:
    """The pictures that the bot sent, the oldest first."""
    return [one for one in desk.chat(who.telegram_id) if "photo" in one and not one["out"]]


def documents(desk: DeskWorld, who: Manager) -> list[dict[str, Any]]:
    return [one for one in desk.chat(who.telegram_id) if "document" in one]


async def made(desk: DeskWorld, who: Manager, number: int = 1) -> dict[str, Any]:
    """The latest of so many reports, once all its files are there."""

    def whole() -> bool:
        return len(documents(desk, who)) == 2 * number and not under_way(desk, who)

    await desk.until(whole)
    return reports(desk, who)[-1]


def under_way(desk: DeskWorld, who: Manager) -> list[str]:
    return [text for text in desk.texts(who.telegram_id) if text.startswith("⏳")]


async def test_a_head_gets_the_studio_in_a_picture_a_pdf_and_a_table(desk: DeskWorld) -> None:
    await taken(desk)
    await desk.passes(timedelta(days=7))
    desk.people.says(HELEN.telegram_id, BOT, "/report")
    await desk.sees(HELEN.telegram_id, "The report is being made")
    report = await made(desk, HELEN)
    assert report["caption"].startswith("📊 Week ")
    assert "The whole studio" in report["caption"]
    assert labels(report) == [
        *("Other week", "This month", "A manager", "A client"),
        *("Worst wait", "Send again", "How counted"),
    ]
    ends = [one["document"]["file_name"].rpartition(".")[2] for one in documents(desk, HELEN)]
    assert ends == ["pdf", "xlsx"]
    content = desk.world.files.find(BOT, documents(desk, HELEN)[0]["document"]["file_id"]).bytes()
    assert content.startswith(b"%PDF")


async def test_a_head_with_clients_goes_to_them_from_the_studio_and_back(desk: DeskWorld) -> None:
    desk.people.says(CLIENT, BOT, "Сайт не открывается")
    card = await desk.sees(HELEN.telegram_id, "Сайт не открывается")
    await desk.presses(HELEN, card, "Take")
    await desk.sees(HELEN.telegram_id, "With Helen")
    desk.people.says(HELEN.telegram_id, BOT, "/report")
    studio = await made(desk, HELEN)
    await desk.presses(HELEN, studio, "My clients")
    own = await made(desk, HELEN, 2)
    assert "Clients of Helen" in own["caption"]
    assert "The whole studio" in labels(own)


async def test_a_manager_gets_the_own_clients_and_may_choose_another_week(
    desk: DeskWorld,
) -> None:
    await taken(desk)
    desk.people.says(OLGA.telegram_id, BOT, "/report")
    first = await made(desk, OLGA)
    assert "Клиенты: Ольга" in first["caption"]
    assert labels(first) == [
        *("Другая неделя", "Этот месяц", "Клиент", "Отправить ещё раз", "Как посчитано")
    ]
    await desk.presses(OLGA, first, "Другая неделя")
    weeks = await desk.sees(OLGA.telegram_id, "Отчёт за какую неделю?")
    assert len(labels(weeks)) == 8 + 2 + 1
    await desk.presses(OLGA, weeks, labels(weeks)[0])
    second = await made(desk, OLGA, 2)
    assert labels(weeks)[0] in second["caption"]
    assert labels(second)[-3] == "Худшее ожидание"
    await desk.presses(OLGA, second, "Худшее ожидание")
    here = await desk.sees(OLGA.telegram_id, "⬆️")
    assert here["reply_to_message"]["message_id"]


def test_what_could_not_be_made_is_named() -> None:
    say = speaker("en")
    assert faults_words(say, {}) == ""
    said = faults_words(say, {Kind.XLSX: "killed", Kind.LIGHT: "too slow"})
    assert said == "⚠️ Could not be made: the picture, the table. Ask for the report again."


async def test_the_menu_leads_to_it(desk: DeskWorld) -> None:
    desk.people.says(HELEN.telegram_id, BOT, "/menu")
    await desk.presses(HELEN, await desk.sees(HELEN.telegram_id, "☰"), "📊 Report")
    assert "The whole studio" in (await made(desk, HELEN))["caption"]


class NoStore:
    """A database that is away."""

    def begin(self) -> NoReturn:
        raise StoreUnavailable("connection_lost")


async def test_what_could_not_be_asked_for_is_not_said_to_be_made(desk: DeskWorld) -> None:
    away = replace(desk.inbox, store=cast("Store", NoStore()))
    place = Place(HELEN.telegram_id)
    visit = Visit(HELEN, speaker("en"), desk.bot, away, place, desk.ground)
    week = Days(date(2026, 11, 16), date(2026, 11, 22))
    with pytest.raises(StoreUnavailable):
        await have_made(visit, Wish(week, Slice()), None, key="1")
    assert not under_way(desk, HELEN)


async def test_the_studio_is_not_for_a_manager(desk: DeskWorld) -> None:
    day = date(2026, 11, 18).toordinal()
    data = ReportButton(deed=ReportDeed.SHOW, first=day, last=day + 6).pack()
    assert "руководитель" in (await desk.presses_made_up(OLGA.telegram_id, data)).casefold()
    ahead = date(2150, 1, 1).toordinal()
    for first, last in ((ahead, ahead + 6), (day, day - 1), (day, day + 366)):
        mine = ReportButton(
            deed=ReportDeed.SHOW, first=first, last=last, of=Of.MEMBER, about_id=OLGA.id
        )
        said = await desk.presses_made_up(OLGA.telegram_id, mine.pack())
        assert said == "Эта кнопка больше не действует."
    assert not reports(desk, OLGA)
