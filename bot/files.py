"""A client's files on a manager's desk: each by the method that shows it best."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from aiogram import Bot

from bot.kinds import attachment_line
from bot.places import Place
from bot.rich import Rich, one_line
from bot.sending import landed, place_of, send
from bot.texts import Say
from bot.topics import ThreadGone, into_topic
from bot.wording import reason
from connectors.telegram.albums import batches, send_album
from connectors.telegram.deliver import UPLOAD_LIMIT, send_file
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.model import LoadedFile, Media
from inbox.ports import DeskRef

PATIENCE = 120.0  # seconds that a file may be held back within the same job
TRIES = 4

NAME_LIMIT = 120  # UTF-16 units
_UNFIT = str.maketrans(dict.fromkeys('"\\/', "_"))


class _Below(NamedTuple):
    """Under which card; `silent`: without a sound."""

    bot: Bot
    place: Place
    card_id: int
    silent: bool


async def show_files(
    bot: Bot,
    where: int | Place,
    card_id: int,
    files: Sequence[LoadedFile],
    say: Say,
    *,
    silent: bool = False,
) -> list[DeskRef]:
    """Send the files as answers to the card; for each that cannot be shown, a sentence. What has
    no bytes, and no bot can send, the card describes.

    Raises SendDeferred or SendUncertain where the server no longer answers, ThreadGone where the
    place's topic is gone.
    """
    refs: list[DeskRef] = []
    below = _Below(bot, place_of(where), card_id, silent)
    sendable = [_named(file) for file in files if _can_be_sent(file)]
    for batch in batches(sendable):
        messages = await _patiently(below, batch, say)
        refs.extend(messages)
    return refs


async def _patiently(below: _Below, batch: Sequence[LoadedFile], say: Say) -> list[DeskRef]:
    """Wait as long as the server asks for, so that the card need not be shown again."""
    for _ in range(TRIES - 1):
        try:
            return await _show(below, batch, say)
        except SendDeferred as error:
            pause = error.retry_after.total_seconds() if error.retry_after else 1.0
            if pause > PATIENCE:
                raise
            await asyncio.sleep(pause)
    return await _show(below, batch, say)


async def _show(below: _Below, batch: Sequence[LoadedFile], say: Say) -> list[DeskRef]:
    if len(batch) > 1:
        try:
            return await _show_album(below, batch)
        except ThreadGone:
            raise
        except SendRejected:
            # One item spoils an album: each on its own shows all the others.
            return [ref for one in batch for ref in await _patiently(below, [one], say)]
        except SendUncertain as error:
            return [await _doubt(below, one, say, error=error) for one in batch]
    return [await _show_one(below, batch[0], say)]


async def _show_one(below: _Below, file: LoadedFile, say: Say) -> DeskRef:
    fault = _fault(file)
    if fault is None:
        try:
            with into_topic(below.place.thread_id):
                message = await send_file(
                    below.bot,
                    below.place.where,
                    file,
                    reply_to=below.card_id,
                    silent=below.silent,
                )
            return await landed(below.bot, below.place, message)
        except ThreadGone:
            raise
        except SendRejected as error:
            if _may_be_document(file):
                plain = replace(file.attachment, media=Media.DOCUMENT)
                return await _show_one(below, replace(file, attachment=plain), say)
            fault = error.fault
        except SendUncertain as error:
            return await _doubt(below, file, say, error=error)
    line = attachment_line(say, file.attachment)
    words = say("{file}: cannot be shown here, {reason}.", file=line, reason=reason(say, fault))
    return await _say_below(below, words)


async def _doubt(below: _Below, file: LoadedFile, say: Say, *, error: SendUncertain) -> DeskRef:
    """Said rather than tried again: the card would come anew with it, each time."""
    line, why = attachment_line(say, file.attachment), reason(say, error.fault)
    words = say("{file}: perhaps not shown here, {reason}.", file=line, reason=why)
    return await _say_below(below, words)


async def _say_below(below: _Below, words: str) -> DeskRef:
    return await send(
        below.bot,
        below.place,
        Rich(words),
        reply_to=below.card_id,
        silent=below.silent,
    )


def messages_of(files: Sequence[LoadedFile]) -> int:
    """How many messages the files become."""
    return sum(1 for file in files if _can_be_sent(file))


def _can_be_sent(file: LoadedFile) -> bool:
    media = file.attachment.media
    return media.has_bytes or media in {Media.LOCATION, Media.CONTACT}


def _fault(file: LoadedFile) -> Fault | None:
    if file.problem is not None:
        return file.problem
    if file.content is None:
        return None
    if not file.content:
        return Fault.EMPTY
    return Fault.TOO_LARGE if len(file.content) > UPLOAD_LIMIT else None


def _may_be_document(file: LoadedFile) -> bool:
    """Any bytes can be shown as a file where, say, a photo's sides are too long for a photo."""
    return file.content is not None and file.attachment.media is not Media.DOCUMENT


async def _show_album(below: _Below, batch: Sequence[LoadedFile]) -> list[DeskRef]:
    with into_topic(below.place.thread_id):
        messages = await send_album(
            below.bot,
            below.place.where,
            batch,
            reply_to=below.card_id,
            silent=below.silent,
        )
    refs: list[DeskRef] = []
    gone: ThreadGone | None = None
    for message in messages:  # what landed elsewhere is taken back, all of it
        try:
            refs.append(await landed(below.bot, below.place, message))
        except ThreadGone as error:
            gone = error
    if gone is not None:
        raise gone
    return refs


def _named(file: LoadedFile) -> LoadedFile:
    """With a name fit for a header and a disk, whatever the client called it."""
    name = one_line(file.attachment.name, NAME_LIMIT).translate(_UNFIT)
    return replace(file, attachment=replace(file.attachment, name=name or "file"))
