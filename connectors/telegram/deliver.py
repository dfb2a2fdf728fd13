"""A file or text into a chat by the call that shows it best; clients and the desk alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from aiogram import Bot
from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardMarkup,
    Message,
    MessageEntity,
    ReplyParameters,
)

from connectors.telegram.bot import SendText, Sent
from inbox.model import Entity, LoadedFile, Media

TEXT_LIMIT = 4096  # UTF-16 units
CAPTION_LIMIT = 1024
PHOTO_LIMIT = 10_000_000  # bytes (https://core.telegram.org/bots/api#sending-files)
UPLOAD_LIMIT = 50_000_000
SLOWEST_BYTES_PER_SECOND = 30_000


def entities_for(entities: Sequence[Entity]) -> list[MessageEntity]:
    """Entities as the Bot API takes them."""
    return [
        MessageEntity(
            type=one.kind,
            offset=one.offset,
            length=one.length,
            url=one.url,
            language=one.language,
            custom_emoji_id=one.custom_emoji_id,
        )
        for one in entities
    ]


def answer_to(message_id: int | None) -> ReplyParameters | None:
    """An answer to this message, or a plain one where it was deleted."""
    if message_id is None:
        return None
    return ReplyParameters(message_id=message_id, allow_sending_without_reply=True)


def shown_as(file: LoadedFile) -> Media:
    """The kind that the bytes can be sent as: a heavy photo goes as a document."""
    media = file.attachment.media
    heavy = file.content is not None and len(file.content) > PHOTO_LIMIT
    return Media.DOCUMENT if media is Media.PHOTO and heavy else media


def input_of(file: LoadedFile) -> BufferedInputFile | str:
    """The bytes, or the file id where this very bot has it."""
    if file.content is None:
        return file.attachment.ref
    return BufferedInputFile(file.content, filename=file.attachment.name or "file")


def patience(size: int) -> int:
    """Seconds for a request that carries so many bytes: a slow line is no reason to give up."""
    return 60 + size // SLOWEST_BYTES_PER_SECOND


@dataclass(frozen=True, slots=True)
class Where:
    """A chat, a topic in it, and the connection of the own account in whose name it is sent."""

    chat_id: int
    thread_id: int | None = None
    business: str | None = None

    @property
    def words(self) -> dict[str, Any]:
        """As the send methods take it."""
        return {
            "chat_id": self.chat_id,
            "message_thread_id": self.thread_id,
            "business_connection_id": self.business,
        }


async def send_file(
    bot: Bot,
    where: int | Where,
    file: LoadedFile,
    *,
    reply_to: int | None = None,
    caption: str = "",
    entities: Sequence[Entity] = (),
    keyboard: InlineKeyboardMarkup | None = None,
    silent: bool = False,
) -> Message:
    """Send one file; raises aiogram's errors. Not every kind takes a caption: `captioned`."""
    words = {**_words(where, reply_to, silent=silent), "reply_markup": keyboard}
    facts = file.attachment.facts
    media = shown_as(file)
    match media:
        case Media.LOCATION:
            return await bot.send_location(
                latitude=facts["latitude"], longitude=facts["longitude"], **words
            )
        case Media.CONTACT:
            return await bot.send_contact(
                phone_number=str(facts.get("phone_number", "")),
                first_name=str(facts.get("first_name", "")) or "—",
                last_name=str(facts.get("last_name", "")) or None,
                **words,
            )
    words["request_timeout"] = patience(len(file.content or b""))
    match media:
        case Media.STICKER:
            return await bot.send_sticker(sticker=input_of(file), **words)
        case Media.VIDEO_NOTE:
            return await bot.send_video_note(video_note=input_of(file), **words)
    words["caption"] = caption or None
    words["caption_entities"] = entities_for(entities) if caption else None
    match media:
        case Media.PHOTO:
            return await bot.send_photo(photo=input_of(file), **words)
        case Media.VOICE:
            return await bot.send_voice(voice=input_of(file), **words)
        case Media.AUDIO:
            return await bot.send_audio(audio=input_of(file), **words)
        case Media.VIDEO:
            return await bot.send_video(video=input_of(file), **words)
        case Media.ANIMATION:
            return await bot.send_animation(animation=input_of(file), **words)
        case _:
            return await bot.send_document(document=input_of(file), **words)


def _words(where: int | Where, reply_to: int | None, *, silent: bool) -> dict[str, Any]:
    place = where if isinstance(where, Where) else Where(where)
    return {
        **place.words,
        "reply_parameters": answer_to(reply_to),
        "disable_notification": silent or None,
    }


def captioned(media: Media) -> bool:
    """Whether a message of this kind can carry a caption."""
    return media.has_bytes and media not in {Media.STICKER, Media.VIDEO_NOTE}


async def send_text(
    bot: Bot,
    where: int | Where,
    text: str,
    entities: Sequence[Entity] = (),
    *,
    reply_to: int | None = None,
    keyboard: InlineKeyboardMarkup | ForceReply | None = None,
    silent: bool = False,
) -> Sent:
    """Send text with its entities, never parsed as markup; raises aiogram's errors."""
    words = _words(where, reply_to, silent=silent)
    return await bot(
        SendText(text=text, entities=entities_for(entities), reply_markup=keyboard, **words)
    )
