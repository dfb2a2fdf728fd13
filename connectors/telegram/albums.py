"""Albums on their way out: which files go into one message group, and its sending."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from aiogram import Bot
from aiogram.types import (
    InputMediaAudio,
    InputMediaDocument,
    InputMediaPhoto,
    InputMediaVideo,
    Message,
)

from connectors.telegram.deliver import (
    UPLOAD_LIMIT,
    Where,
    answer_to,
    entities_for,
    input_of,
    patience,
    shown_as,
)
from inbox.model import Entity, LoadedFile, Media

ALBUM_LIMIT = 10  # items (https://core.telegram.org/bots/api#sendmediagroup)

_TOGETHER = {
    Media.PHOTO: "visual",
    Media.VIDEO: "visual",
    Media.DOCUMENT: "document",
    Media.AUDIO: "audio",
}
_Item = InputMediaPhoto | InputMediaVideo | InputMediaDocument | InputMediaAudio
_ITEMS: dict[Media, type[_Item]] = {
    Media.PHOTO: InputMediaPhoto,
    Media.VIDEO: InputMediaVideo,
    Media.DOCUMENT: InputMediaDocument,
    Media.AUDIO: InputMediaAudio,
}


def batches(files: Sequence[LoadedFile]) -> Iterator[list[LoadedFile]]:
    """Neighbours that go into one album together, the rest one by one, in the given order."""
    batch: list[LoadedFile] = []
    for file in files:
        if batch and not _fit_together(batch, file):
            yield batch
            batch = []
        batch.append(file)
    if batch:
        yield batch


def _fit_together(batch: Sequence[LoadedFile], file: LoadedFile) -> bool:
    kind = album_kind(file)
    uploaded = sum(len(one.content or b"") for one in (*batch, file))
    return (
        kind is not None
        and kind == album_kind(batch[0])
        and len(batch) < ALBUM_LIMIT
        and uploaded <= UPLOAD_LIMIT
    )


def album_kind(file: LoadedFile) -> str | None:
    """Which others it may stand beside; None where it goes alone, or cannot be sent at all."""
    sendable = file.problem is None and file.content != b""
    fits = file.content is None or len(file.content) <= UPLOAD_LIMIT
    return _TOGETHER.get(shown_as(file)) if sendable and fits else None


async def send_album(
    bot: Bot,
    where: Where,
    batch: Sequence[LoadedFile],
    *,
    reply_to: int | None = None,
    caption: str = "",
    entities: Sequence[Entity] = (),
    silent: bool = False,
) -> list[Message]:
    """Send 2 to 10 files of one `album_kind` as one; raises aiogram's errors. The first carries
    the caption."""
    words: dict[str, Any] = {}
    if caption:
        words = {"caption": caption, "caption_entities": entities_for(entities)}
    items: list[_Item] = [
        _ITEMS[shown_as(file)](media=input_of(file), **({} if place else words))
        for place, file in enumerate(batch)
    ]
    return await bot.send_media_group(
        media=[*items],
        **where.words,
        reply_parameters=answer_to(reply_to),
        disable_notification=silent or None,
        request_timeout=patience(sum(len(file.content or b"") for file in batch)),
    )
