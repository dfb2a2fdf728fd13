"""Files a bot sends and fetches, albums, copies and forwards."""

from __future__ import annotations

import struct

import aiohttp
import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
)
from aiogram.types import (
    BufferedInputFile,
    InputMediaDocument,
    InputMediaPhoto,
)

from sandbox.telegram.files import picture_size
from tests.sandbox.telegram.conftest import ANNA, IVAN, TOKEN, Setting, keyboard

MEGABYTE = 1024 * 1024


def png(width: int, height: int, weight: int = 100) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + bytes(weight)
    )


async def test_every_kind_of_attachment_goes_out_and_comes_back(here: Setting) -> None:
    bot, file = here.bot, BufferedInputFile(b"content", "плёнка.bin")
    sent = [
        await bot.send_photo(ANNA, file, caption="c"),
        await bot.send_document(ANNA, file),
        await bot.send_voice(ANNA, file, duration=7),
        await bot.send_audio(ANNA, file, title="T"),
        await bot.send_video(ANNA, file),
        await bot.send_video_note(ANNA, file),
        await bot.send_animation(ANNA, file),
        await bot.send_sticker(ANNA, file),
        await bot.send_location(ANNA, 55.5, 37.5),
        await bot.send_venue(ANNA, 55.5, 37.5, "Studio", "Street 1"),
        await bot.send_contact(ANNA, "+7916", "Petr"),
    ]
    kinds = [message.content_type for message in sent]
    assert kinds == [
        *("photo", "document", "voice", "audio", "video", "video_note", "animation", "sticker"),
        *("location", "venue", "contact"),
    ]
    document = sent[1].document
    assert document is not None
    assert (document.file_name, document.file_size) == ("плёнка.bin", 7)
    downloaded = await bot.download(document)
    assert downloaded is not None
    assert downloaded.read() == b"content"
    again = await bot.send_document(IVAN, document.file_id)
    assert again.document is not None
    assert again.document.file_unique_id == document.file_unique_id


def jpeg(width: int, height: int) -> bytes:
    jfif = b"\xff\xe0" + struct.pack(">H", 4) + b"xx"
    return (
        b"\xff\xd8" + jfif + b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + bytes(9)
    )


def test_measures_are_read_from_pictures() -> None:
    assert picture_size(png(640, 480)) == (640, 480)
    assert picture_size(jpeg(1024, 768)) == (1024, 768)
    assert picture_size(b"GIF89a" + struct.pack("<HH", 30, 20)) == (30, 20)
    assert picture_size(b"no picture") == (800, 600)
    assert picture_size(b"\xff\xd8\xff") == (800, 600)


async def test_links_and_unknown_attachments_are_refused(here: Setting) -> None:
    with pytest.raises(TelegramBadRequest, match="failed to get HTTP URL content"):
        await here.bot.send_photo(ANNA, "https://example.org/a.png")
    with pytest.raises(TelegramBadRequest, match="there is no file in the request"):
        await here.bot.send_photo(ANNA, "attach://nothing")
    with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
        await here.bot.get_file("AgACAgIAAxkBAAI")


async def test_a_file_in_the_field_of_its_own_name(here: Setting) -> None:
    session = await here.bot.session.create_session()
    form = aiohttp.FormData({"chat_id": str(ANNA)})
    form.add_field("document", b"direct", filename="d.txt", content_type="text/plain")
    async with session.post(f"{here.server.url}/bot{TOKEN}/sendDocument", data=form) as response:
        document = (await response.json())["result"]["document"]
    assert (document["file_name"], document["mime_type"]) == ("d.txt", "text/plain")


async def test_photos_come_in_sizes(here: Setting) -> None:
    sent = await here.bot.send_photo(ANNA, BufferedInputFile(png(2000, 1000), "p.png"))
    sizes = [(size.width, size.height) for size in sent.photo or []]
    assert sizes == [(90, 45), (320, 160), (1280, 640)]
    assert len({size.file_unique_id for size in sent.photo or []}) == 3
    with pytest.raises(TelegramBadRequest, match="PHOTO_INVALID_DIMENSIONS"):
        await here.bot.send_photo(ANNA, BufferedInputFile(png(2000, 50), "p.png"))


async def test_file_ids_belong_to_one_bot_and_one_kind(here: Setting) -> None:
    here.world.add_bot("77:other", "other_bot", "Other")
    sent = await here.bot.send_document(ANNA, BufferedInputFile(b"x", "a.txt"))
    assert sent.document is not None
    async with here.client("77:other") as other:
        with pytest.raises(TelegramBadRequest, match="wrong file identifier"):
            await other.get_file(sent.document.file_id)
    with pytest.raises(TelegramBadRequest, match="can't use file of type Document as Photo"):
        await here.bot.send_photo(ANNA, sent.document.file_id)


async def test_limits_of_size(here: Setting) -> None:
    photo = BufferedInputFile(png(100, 100, 10 * MEGABYTE), "p.png")
    with pytest.raises(TelegramBadRequest, match="too big for a photo"):
        await here.bot.send_photo(ANNA, photo)
    with pytest.raises(TelegramEntityTooLarge):
        await here.bot.send_document(ANNA, BufferedInputFile(bytes(50 * MEGABYTE + 1), "a"))
    with pytest.raises(TelegramBadRequest, match="file must be non-empty"):
        await here.bot.send_document(ANNA, BufferedInputFile(b"", "a"))
    got = here.people.sends(ANNA, TOKEN, "document", name="film.mp4", size=20 * MEGABYTE + 1)
    assert got["document"]["file_size"] == 20 * MEGABYTE + 1
    with pytest.raises(TelegramBadRequest, match="file is too big"):
        await here.bot.get_file(got["document"]["file_id"])
    fits = here.people.sends(ANNA, TOKEN, "document", size=MEGABYTE)
    downloaded = await here.bot.download(fits["document"]["file_id"])
    assert downloaded is not None
    assert len(downloaded.read()) == MEGABYTE


async def test_albums(here: Setting) -> None:
    photos = [
        InputMediaPhoto(media=BufferedInputFile(png(10, 10), f"{n}.png"), caption=f"c{n}")
        for n in range(3)
    ]
    sent = await here.bot.send_media_group(ANNA, photos)
    assert [message.caption for message in sent] == ["c0", "c1", "c2"]
    assert len({message.media_group_id for message in sent}) == 1
    assert len(here.seen()) == 3
    document = InputMediaDocument(media=BufferedInputFile(b"x", "a"))
    with pytest.raises(TelegramBadRequest, match="can't be mixed"):
        await here.bot.send_media_group(ANNA, [photos[0], document])
    with pytest.raises(TelegramBadRequest, match="2-10"):
        await here.bot.send_media_group(ANNA, photos[:1])
    assert len(here.seen()) == 3


async def test_copies_and_forwards(here: Setting) -> None:
    asked = here.people.sends(ANNA, TOKEN, "photo", png(10, 10), caption="mine")["message_id"]
    said = here.people.says(ANNA, TOKEN, "words")["message_id"]
    copied = await here.bot.copy_message(IVAN, ANNA, asked, reply_markup=keyboard("x"))
    assert copied.message_id > said
    forwarded = await here.bot.forward_message(IVAN, ANNA, asked)
    assert forwarded.forward_origin is not None
    assert forwarded.forward_origin.sender_user.id == ANNA
    copies = await here.bot.copy_messages(IVAN, ANNA, [asked, 999, said])
    assert len(copies) == 2
    assert len(await here.bot.forward_messages(IVAN, ANNA, [said])) == 1
    first, second, *rest = here.seen(IVAN)
    assert first["caption"] == "mine"
    assert "forward_origin" not in first
    assert second["forward_origin"]["sender_user"]["first_name"] == "Anna"
    assert len(rest) == 3
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await here.bot.copy_message(IVAN, ANNA, 999)
    replaced = await here.bot.copy_message(IVAN, ANNA, asked, caption="new words")
    assert here.seen(IVAN)[-1]["caption"] == "new words"
    assert here.seen(IVAN)[-1]["message_id"] == replaced.message_id
    await here.bot.copy_messages(IVAN, ANNA, [asked], remove_caption=True)
    assert "caption" not in here.seen(IVAN)[-1]
    await here.bot.pin_chat_message(ANNA, asked)
    with pytest.raises(TelegramBadRequest, match="message can't be copied"):
        await here.bot.copy_message(IVAN, ANNA, here.seen()[-1]["message_id"])
    for ids in ([998, 999], [], list(range(1, 102))):
        with pytest.raises(TelegramBadRequest, match=r"no messages to copy|1-100|is empty"):
            await here.bot.forward_messages(IVAN, ANNA, ids)
    with pytest.raises(TelegramBadRequest, match="message to forward not found"):
        await here.bot.forward_message(IVAN, ANNA, 999)
