"""Reports on the desk: one message a part, the buttons where the words are, no sound at night."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.exceptions import TelegramBadRequest
from aiogram.methods import EditMessageText, SendDocument, SendPhoto, TelegramMethod
from aiogram.types import Chat, Message

from bot import report_sending
from bot.report_endings import ending_view, late_words
from bot.report_files import Made
from bot.report_orders import Kind
from bot.report_process import FONTS
from bot.report_sending import CAPTION, ReportsOnDesk, composed
from bot.texts import speaker
from connectors.telegram.bot import SendText, Sent, SentTo
from inbox.inbox import Inbox
from inbox.model import Manager
from inbox.report_records import Slice
from inbox.report_week import tell_reports
from inbox.reports_made import Ending, MadeReport, ReportTerms, ReportWish, Spot
from sandbox.telegram.faults import Fault
from tests.bot.desk_world import DeskWorld, desk_world, labels, taken
from tests.bot.report_samples import sample
from tests.bot.studio import HELEN, IVAN, NOON, OLGA

ALL = {Kind.LIGHT: b"png", Kind.PDF: b"pdf", Kind.XLSX: b"xlsx"}
REPORT, _ = sample(language="en")
WISH = ReportWish(REPORT.period, Slice(), REPORT.made_at)


def made(files: Mapping[Kind, bytes], wish: ReportWish = WISH, language: str = "en") -> MadeReport:
    faults = {kind: "killed" for kind in ALL if kind not in files}
    return composed(speaker(language), wish, REPORT, files, Made({}, faults))


class TestParts:
    def test_the_words_stand_below_the_picture(self) -> None:
        whole = made(ALL)
        assert [one.name for one in whole.parts] == ["picture", "pdf", "xlsx"]
        assert whole.parts[0].text == whole.text
        assert whole.title == whole.text.splitlines()[0]
        assert [one.file_name.partition(".")[2] for one in whole.parts] == ["png", "pdf", "xlsx"]

    def test_without_a_picture_the_words_have_the_figures(self) -> None:
        whole = made({Kind.PDF: b"pdf"})
        assert [one.name for one in whole.parts] == ["text", "pdf"]
        assert "Could not be made: the picture, the table" in whole.text
        assert REPORT.managers[0].name in whole.text

    def test_long_words_are_a_message_of_their_own(self) -> None:
        name = "Длинное имя " * 100
        report = replace(REPORT, slice=Slice(1, name))
        whole = composed(speaker("ru"), WISH, report, ALL, Made())
        assert [one.name for one in whole.parts] == ["picture", "text", "pdf", "xlsx"]
        assert (whole.parts[0].text, whole.parts[1].text) == ("", whole.text)
        assert len(whole.text) > CAPTION

    def test_a_dark_picture_is_one_too(self) -> None:
        whole = made({Kind.DARK: b"dark"})
        assert whole.parts[0].content == b"dark"

    def test_what_comes_late_says_when_it_was_due(self) -> None:
        due = datetime(2026, 11, 30, 6, tzinfo=UTC)
        wish = replace(WISH, asked_at=due + timedelta(hours=3), late=due)
        first = made(ALL, wish).text.splitlines()[0]
        assert first.startswith("⏰ Late: the program was not running when it was due (")
        assert late_words(speaker("en"), WISH) == ""


@pytest.mark.parametrize(
    ("ending", "words"),
    [(Ending.FAILED, "could not be made or sent"), (Ending.DOUBTFUL, "did not confirm")],
)
def test_what_did_not_surely_come_can_be_sent_again(ending: Ending, words: str) -> None:
    view = ending_view(speaker("en"), WISH, ending)
    assert view is not None
    assert words in view.body.text
    assert view.keyboard[0][0].text == "Send again"
    assert ending_view(speaker("en"), WISH, Ending.SHOWN) is None


class Recording(BaseSession):
    """Takes every request and remembers it; refuses those into a topic where there is none, and
    to edit what is `gone`."""

    def __init__(self, *, topic: bool = True, gone: bool = False) -> None:
        super().__init__()
        self.asked: list[TelegramMethod[Any]] = []
        self.topic, self.gone = topic, gone

    async def make_request(
        self, bot: Bot, method: TelegramMethod[Any], timeout: int | None = None
    ) -> Any:
        self.asked.append(method)
        thread = getattr(method, "message_thread_id", None)
        if thread is not None and not self.topic:
            raise TelegramBadRequest(method, "Bad Request: message thread not found")
        if self.gone and isinstance(method, EditMessageText):
            raise TelegramBadRequest(method, "Bad Request: message to edit not found")
        number = len(self.asked)
        if isinstance(method, SendText):
            return Sent(message_id=number, date=NOON, chat=SentTo(id=1), message_thread_id=thread)
        if not isinstance(method, SendPhoto | SendDocument):
            return True
        chat = Chat(id=1, type="private")
        return Message(message_id=number, date=NOON, chat=chat, message_thread_id=thread)

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        yield b""


async def sent(
    whole: MadeReport, spot: Spot, *, to: Manager = HELEN, topic: bool = True
) -> list[Any]:
    session = Recording(topic=topic)
    desk = ReportsOnDesk(Bot("7001:token-of-the-studio", session=session), Kind.LIGHT)
    for part in whole.parts:
        await desk.show_report(whole, part, to, spot)
    await desk.end_report(whole.wish, to, spot, Ending.SHOWN)
    return session.asked


async def test_the_buttons_stand_below_the_words_and_only_the_picture_rings() -> None:
    asked = await sent(made(ALL), Spot())
    assert [one.__api_method__ for one in asked] == ["sendPhoto", "sendDocument", "sendDocument"]
    assert [bool(getattr(one, "reply_markup", None)) for one in asked] == [True, False, False]
    assert [bool(one.disable_notification) for one in asked] == [False, True, True]
    assert {one.chat_id for one in asked} == {HELEN.telegram_id}


async def test_who_is_away_hears_nothing() -> None:
    asked = await sent(made({}), Spot(silent=True))
    assert [(one.__api_method__, one.disable_notification) for one in asked] == [
        ("sendMessage", True)
    ]


async def test_it_goes_where_it_was_asked_for_and_takes_the_progress_away() -> None:
    *parts, last = await sent(made(ALL), Spot(-100, 5, 9, 12))
    assert {(one.chat_id, one.message_thread_id) for one in parts} == {(-100, 5)}
    assert {one.reply_parameters.message_id for one in parts} == {9}
    assert (last.__api_method__, last.chat_id, last.message_id) == ("deleteMessage", -100, 12)


async def test_where_its_topic_is_gone_it_goes_into_the_chat() -> None:
    asked = await sent(made({Kind.LIGHT: b"png"}), Spot(-100, 5), topic=False)
    assert [one.message_thread_id for one in asked] == [5, None]


@pytest.mark.parametrize(("gone", "last"), [(False, "editMessageText"), (True, "sendMessage")])
async def test_that_it_failed_is_said_also_where_the_progress_was_deleted(
    gone: bool, last: str
) -> None:
    session = Recording(gone=gone)
    reports = ReportsOnDesk(Bot("7001:token-of-the-studio", session=session), Kind.LIGHT)
    await reports.end_report(WISH, HELEN, Spot(progress=12), Ending.FAILED)
    assert session.asked[-1].__api_method__ == last


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


def pictures(desk: DeskWorld, who: Manager) -> list[dict[str, Any]]:
    return [one for one in desk.chat(who.telegram_id) if "photo" in one and not one["out"]]


def documents(desk: DeskWorld, who: Manager) -> list[str]:
    there = [one for one in desk.chat(who.telegram_id) if "document" in one]
    return [one["document"]["file_name"].rpartition(".")[2] for one in there]


async def until(holds: Callable[[], Any]) -> None:
    """Reports are made by processes of their own, several at once: that may take a while."""
    async with asyncio.timeout(60):
        while not holds():
            await asyncio.sleep(0.05)


async def week_is_over(desk: DeskWorld) -> tuple[Inbox, datetime]:
    """Olga has a client; the next Monday, 09:00 in Moscow, has come."""
    await taken(desk)
    now = desk.inbox.clock.now()
    day = (now + timedelta(days=7 - now.weekday())).date()
    slot = datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
    await desk.passes(slot - now + timedelta(minutes=1))
    return replace(desk.inbox, reports=ReportTerms("mon 09:00")), slot


async def test_on_monday_it_comes_by_itself_and_no_second_time(desk: DeskWorld) -> None:
    inbox, slot = await week_is_over(desk)
    desk.world.faults.add(Fault("refuse", "sendDocument", HELEN.telegram_id, retry_after=1))
    await tell_reports(inbox, slot)
    await tell_reports(inbox, slot)
    everybody = (HELEN, OLGA)
    await until(lambda: all(documents(desk, one) == ["pdf", "xlsx"] for one in everybody))
    assert [len(pictures(desk, one)) for one in (*everybody, IVAN)] == [1, 1, 0]
    (own,) = pictures(desk, OLGA)
    assert "Клиенты: Ольга" in own["caption"]
    await desk.presses(OLGA, own, "Отправить ещё раз")
    await until(lambda: len(documents(desk, OLGA)) == 4)
    assert len(pictures(desk, OLGA)) == 2


async def test_no_file_of_it_stays_on_the_disk(
    desk: DeskWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(report_sending, "_folder", lambda: SimpleNamespace(name=str(tmp_path)))
    before = set(tmp_path.iterdir())
    whole = await desk.desk.make_report(WISH, "en")
    assert len(whole.parts) == 3
    assert {one.name for one in {*tmp_path.iterdir()} - before} <= {FONTS}


async def test_what_telegram_did_not_confirm_is_asked_about(desk: DeskWorld) -> None:
    inbox, slot = await week_is_over(desk)
    desk.world.faults.add(Fault("cut", "sendPhoto", OLGA.telegram_id))
    await tell_reports(inbox, slot)
    await until(lambda: any("подтвердил" in one for one in desk.texts(OLGA.telegram_id)))
    doubt = await desk.sees(OLGA.telegram_id, "подтвердил не все части")
    assert len(pictures(desk, OLGA)) == 1
    assert documents(desk, OLGA) == ["pdf", "xlsx"]
    assert labels(doubt) == ["Отправить ещё раз"]
