"""Reports on the desk: made by child processes, shown as a picture with its text and buttons, then
PDF and table."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from collections import OrderedDict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from weakref import WeakValueDictionary

from aiogram import Bot
from aiogram.types import BufferedInputFile

from bot.card_links import known_link
from bot.cards import CardView
from bot.places import Place
from bot.report_endings import ending_view, late_words
from bot.report_files import Made, Wanted
from bot.report_ground import Ground
from bot.report_making import Asked, file_name, make_report
from bot.report_orders import Kind
from bot.report_views import caption, faults_words, keyboard
from bot.report_words import whole_text
from bot.rich import Rich
from bot.sending import edit, landed, markup_of, send
from bot.texts import Say, speaker
from bot.topics import ThreadGone, into_topic, take_back
from connectors.telegram.deliver import answer_to
from connectors.telegram.pacing import Urgency, urgency
from inbox.model import Manager
from inbox.ports import DeskRef, Store
from inbox.report_records import Report
from inbox.reports_made import Ending, MadeReport, ReportPart, ReportWish, Spot

CAPTION = 1024  # UTF-16 units
KEPT = 2  # reports, of one or two megabytes at most
KEPT_FOR = 60.0  # seconds
PICTURE, WORDS = "picture", "text"
_DOCUMENTS = (Kind.PDF, Kind.XLSX)
_Key = tuple[ReportWish, str]


class ReportsOnDesk:
    """The part of inbox.ports.Desk that is about reports. `picture`: light or dark.

    Works from the moment that `_ground` and `_store` are set.
    """

    def __init__(self, bot: Bot, picture: Kind) -> None:
        self._bot = bot
        self._picture = picture
        self._ground: Ground | None = None
        self._store: Store | None = None
        self._kept: OrderedDict[_Key, MadeReport] = OrderedDict()
        self._making: WeakValueDictionary[_Key, asyncio.Lock] = WeakValueDictionary()

    async def make_report(self, wish: ReportWish, language: str) -> MadeReport:
        """See inbox.ports.Desk. Of one client there are words and a table.

        The latest are kept a while: what is tried again, or is for several readers, is the same
        report.
        """
        key = (wish, language)
        async with self._making.setdefault(key, asyncio.Lock()):
            made = self._kept.get(key) or await self._make(wish, language)
            self._kept[key] = made
            self._kept.move_to_end(key)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        asyncio.get_running_loop().call_later(KEPT_FOR, self._forget, key, made)
        return made

    async def show_report(
        self, made: MadeReport, part: ReportPart, to: Manager, spot: Spot
    ) -> None:
        """See inbox.ports.Desk; where the topic is gone, in the chat itself."""
        place = _place(to, spot)
        with urgency(Urgency.DIGEST):
            try:
                await self._show(made, part, to, spot, place)
            except ThreadGone:
                await self._show(made, part, to, spot, Place(place.chat_id))

    async def end_report(self, wish: ReportWish, to: Manager, spot: Spot, ending: Ending) -> None:
        """See inbox.ports.Desk."""
        place, progress = _place(to, spot), None
        if spot.progress is not None:
            progress = DeskRef(self._bot.id, place.chat_id, spot.progress)
        view = ending_view(speaker(to.language), wish, ending)
        with urgency(Urgency.DIGEST):
            if view is None:
                if progress is not None:
                    await take_back(self._bot, progress)
            elif progress is None or not await edit(self._bot, progress, view):
                await send(self._bot, place.chat_id, view, silent=spot.silent)

    async def _make(self, wish: ReportWish, language: str) -> MadeReport:
        if self._ground is None or self._store is None:
            raise RuntimeError("the desk has no inbox yet: call attach first")
        of_client = wish.whose.client_id is not None
        kinds = {Kind.XLSX} if of_client else {self._picture, *_DOCUMENTS}
        link = await known_link(self._store, self._bot.id)
        wanted = Wanted(kinds, Path(_folder().name), secrets.token_hex(8), language, link)
        asked = Asked(wish.period, wish.whose)
        report, made = await make_report(self._ground, asked, wanted, wish.asked_at)
        return composed(speaker(language), wish, report, await _read(made), made)

    async def _holds(self, to: Manager) -> bool:
        if self._store is None:
            return False
        async with self._store.read() as t:
            return bool(await t.clients_held_by(to.id))

    def _forget(self, key: _Key, made: MadeReport) -> None:
        if self._kept.get(key) is made:
            del self._kept[key]

    async def _show(
        self, made: MadeReport, part: ReportPart, to: Manager, spot: Spot, place: Place
    ) -> None:
        say = speaker(to.language)
        holds = bool(part.text) and await self._holds(to)
        buttons = keyboard(say, to, made.report, holds=holds) if part.text else ()
        below = spot.below if place.holds(spot.below) else None
        if not part.content:
            view = CardView(Rich(part.text), buttons)
            await _say(self._bot, place, view, below=below, silent=spot.silent)
            return
        file = BufferedInputFile(part.content, part.file_name)
        with into_topic(place.thread_id):
            if part.name == PICTURE:
                message = await self._bot.send_photo(
                    photo=file,
                    **place.where.words,
                    caption=part.text or None,
                    reply_markup=markup_of(buttons),
                    reply_parameters=answer_to(below),
                    disable_notification=spot.silent or None,
                    parse_mode=None,
                )
            else:
                message = await self._bot.send_document(
                    document=file,
                    **place.where.words,
                    reply_parameters=answer_to(below),
                    disable_notification=True,  # the picture has rung
                )
        await landed(self._bot, place, message)


def composed(
    say: Say, wish: ReportWish, report: Report, files: Mapping[Kind, bytes], made: Made
) -> MadeReport:
    """The messages that it becomes: the text under the picture, or below it where it is too long
    for that; what could not be made is said, and without a picture the text has the figures."""
    picture = next((kind for kind in (Kind.LIGHT, Kind.DARK) if kind in files), None)
    if picture is not None or wish.whose.client_id is not None:
        words = caption(say, report)
    else:
        words = whole_text(say, report)
    late = late_words(say, wish)
    text = "\n\n".join(filter(None, (late, words, faults_words(say, made.faults))))
    name = file_name(wish.period, wish.whose.name)
    parts = tuple(_parts(text, name, files, picture))
    title = next(iter(words.splitlines()), "")
    return MadeReport(wish, report, title, text, parts)


def _parts(
    text: str, name: str, files: Mapping[Kind, bytes], picture: Kind | None
) -> Iterator[ReportPart]:
    fits = picture is not None and len(text.encode("utf-16-le")) // 2 <= CAPTION
    if picture is not None:
        yield ReportPart(PICTURE, text if fits else "", f"{name}.png", files[picture])
    if not fits:
        yield ReportPart(WORDS, text)
    for kind in _DOCUMENTS:
        if kind in files:
            yield ReportPart(kind.value, "", f"{name}.{kind.value}", files[kind])


async def _read(made: Made) -> dict[Kind, bytes]:
    """The files' bytes; the files themselves are deleted."""
    try:
        return {
            kind: await asyncio.to_thread(path.read_bytes) for kind, path in made.files.items()
        }
    finally:
        for path in made.files.values():
            with suppress(OSError):
                await asyncio.to_thread(path.unlink)


async def _say(bot: Bot, place: Place, view: CardView, *, below: int | None, silent: bool) -> None:
    *before, last = view.body.pieces()
    for piece in before:
        await send(bot, place, piece, reply_to=below, silent=silent)
    await send(bot, place, CardView(last, view.keyboard), reply_to=below, silent=silent)


def _place(to: Manager, spot: Spot) -> Place:
    return Place(to.telegram_id if spot.chat_id is None else spot.chat_id, spot.thread_id)


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """The process's own, as long as it lives: the child's list of fonts is kept in it."""
    return tempfile.TemporaryDirectory(prefix="okno-reports-")
