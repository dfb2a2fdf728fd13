"""Sends a report to a chat: the picture with its text and buttons, then PDF and table."""

from __future__ import annotations

import asyncio
import secrets
import tempfile
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from weakref import WeakKeyDictionary

from aiogram import Bot
from aiogram.types import BufferedInputFile

from bot.cards import CardView
from bot.places import Place
from bot.report_files import Wanted
from bot.report_ground import Ground
from bot.report_making import Asked, file_name, make_report
from bot.report_orders import Kind
from bot.report_views import caption, faults_words, keyboard
from bot.report_words import whole_text
from bot.rich import Rich
from bot.sending import markup_of, send
from bot.texts import speaker
from bot.topics import into_topic
from connectors.telegram.errors import translated
from inbox.model import Manager

CAPTION = 1024  # UTF-16 units
AT_ONCE = 2
_TURNS: WeakKeyDictionary[asyncio.AbstractEventLoop, asyncio.Semaphore] = WeakKeyDictionary()
_DOCUMENTS = (Kind.PDF, Kind.XLSX)


async def send_report(
    bot: Bot, place: Place, ground: Ground, me: Manager, asked: Asked, *, now: datetime
) -> None:
    """Make it in child processes, in the member's language, and send it. Raises the SendFailed.

    What could not be made is said; without a picture the text has the figures.
    """
    say, folder = speaker(me.language), Path(_folder().name)
    wanted = Wanted({Kind.LIGHT, *_DOCUMENTS}, folder, secrets.token_hex(8), me.language)
    async with _turns():
        report, made = await make_report(ground, asked, wanted, now)
    try:
        files = {
            kind: await asyncio.to_thread(path.read_bytes) for kind, path in made.files.items()
        }
    finally:
        for path in made.files.values():
            with suppress(OSError):
                await asyncio.to_thread(path.unlink)
    picture = files.get(Kind.LIGHT)
    words = caption(say, report) if picture else whole_text(say, report)
    text = Rich("\n\n".join(filter(None, (words, faults_words(say, made.faults)))))
    view = CardView(text, keyboard(say, me, report))
    name = file_name(asked.period, asked.whose.name)
    if picture is None:
        await _say(bot, place, view)
    else:
        await _show(bot, place, view, BufferedInputFile(picture, f"{name}.png"))
    for kind in _DOCUMENTS:
        if kind in files:
            document = BufferedInputFile(files[kind], f"{name}.{kind.value}")
            with translated(), into_topic(place.thread_id):
                await bot.send_document(document=document, **place.where.words)


async def _show(bot: Bot, place: Place, view: CardView, picture: BufferedInputFile) -> None:
    """The text under the picture, or below it where it is too long for that."""
    fits = len(view.body.text.encode("utf-16-le")) // 2 <= CAPTION
    with translated(), into_topic(place.thread_id):
        await bot.send_photo(
            photo=picture,
            **place.where.words,
            caption=view.body.text if fits else None,
            reply_markup=markup_of(view.keyboard) if fits else None,
            parse_mode=None,
        )
    if not fits:
        await _say(bot, place, view)


async def _say(bot: Bot, place: Place, view: CardView) -> None:
    *before, last = view.body.pieces()
    for piece in before:
        await send(bot, place, piece)
    await send(bot, place, CardView(last, view.keyboard))


def _turns() -> asyncio.Semaphore:
    """Two at once: a report takes two children, each with a core's work and 100 MB."""
    return _TURNS.setdefault(asyncio.get_running_loop(), asyncio.Semaphore(AT_ONCE))


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    """The process's own, as long as it lives: the child's list of fonts is kept in it."""
    return tempfile.TemporaryDirectory(prefix="okno-reports-")
