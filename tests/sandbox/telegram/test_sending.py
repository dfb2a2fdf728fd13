"""What a bot sends, and what it is refused, called through aiogram over HTTP."""

from __future__ import annotations

import struct

import aiohttp
import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramEntityTooLarge,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import SendDice, TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputMediaDocument,
    InputMediaPhoto,
    KeyboardButton,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from sandbox.telegram.files import picture_size
from tests.sandbox.telegram.conftest import ANNA, IVAN, NOON, STRANGER, TOKEN, Setting

MEGABYTE = 1024 * 1024


def keyboard(data: str, text: str = "Take") -> InlineKeyboardMarkup:
    button = InlineKeyboardButton(text=text, callback_data=data)
    return InlineKeyboardMarkup(inline_keyboard=[[button]])


def png(width: int, height: int, weight: int = 100) -> bytes:
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR" + struct.pack(">II", width, height) + bytes(weight)
    )


async def test_text_keeps_entities_and_keyboards(here: Setting) -> None:
    quote = MessageEntity(type="expandable_blockquote", offset=0, length=5)
    sent = await here.bot.send_message(
        ANNA, "quote", entities=[quote], reply_markup=keyboard("t:1")
    )

    assert sent.date == NOON
    assert sent.from_user is not None
    assert sent.from_user.id == 4242
    assert [entity.type for entity in sent.entities or []] == ["expandable_blockquote"]
    [message] = here.seen()
    assert message["entities"] == [{"type": "expandable_blockquote", "offset": 0, "length": 5}]
    assert message["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "t:1"
    assert message["out"] is False


async def test_reply_keyboard_is_seen_by_the_person_and_not_part_of_the_message(
    here: Setting,
) -> None:
    menu = ReplyKeyboardMarkup(keyboard=[[KeyboardButton(text="Inbox")]])
    sent = await here.bot.send_message(ANNA, "menu", reply_markup=menu)
    await here.bot.send_message(ANNA, "answer", reply_markup=ForceReply())

    assert sent.reply_markup is None
    first, second = here.seen()
    assert first["reply_markup"]["keyboard"] == [[{"text": "Inbox"}]]
    assert second["reply_markup"]["force_reply"] is True


async def test_html_becomes_text_and_entities(here: Setting) -> None:
    html = '🙂 <b>A &amp; <i>B</i></b> <blockquote expandable>x</blockquote><a href="https://t.me">l</a>'
    sent = await here.bot.send_message(ANNA, html, parse_mode="HTML")

    assert sent.text == "🙂 A & B xl"
    kinds = [(e.type, e.offset, e.length) for e in sent.entities or []]
    assert kinds == [
        ("bold", 3, 5),
        ("italic", 7, 1),
        ("expandable_blockquote", 9, 1),
        ("text_link", 10, 1),
    ]
    for wrong in ("<font>x</font>", "<b>x", "x</b>"):
        with pytest.raises(TelegramBadRequest, match="can't parse entities"):
            await here.bot.send_message(ANNA, wrong, parse_mode="HTML")


@pytest.mark.parametrize(
    ("text", "description"),
    [
        ("", "message text is empty"),
        ("  \n", "text must be non-empty"),
        ("я" * 4097, "message is too long"),
        ("🙂" * 2049, "message is too long"),
    ],
)
async def test_text_that_is_refused(here: Setting, text: str, description: str) -> None:
    with pytest.raises(TelegramBadRequest, match=description):
        await here.bot.send_message(ANNA, text)
    assert here.seen() == []


async def test_text_of_exactly_the_limit_passes(here: Setting) -> None:
    await here.bot.send_message(ANNA, "🙂" * 2048)
    with pytest.raises(TelegramBadRequest, match="caption is too long"):
        await here.bot.send_document(ANNA, BufferedInputFile(b"x", "a"), caption="я" * 1025)
    await here.bot.send_document(ANNA, BufferedInputFile(b"x", "a"), caption="я" * 1024)
    assert len(here.seen()) == 2


@pytest.mark.parametrize(
    ("offset", "length", "kind", "description"),
    [
        (0, 100, "bold", "beginning at UTF-16 offset 0 ends after the end of the text"),
        (1, 1, "bold", "begins in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        (0, 1, "bold", "ends in a middle of a UTF-16 symbol at UTF-16 offset 1"),
        (0, 2, "sparkle", "can't parse MessageEntity: Unsupported type specified"),
    ],
)
async def test_entities_that_do_not_fit_the_text(
    here: Setting, offset: int, length: int, kind: str, description: str
) -> None:
    entity = MessageEntity(type=kind, offset=offset, length=length)
    with pytest.raises(TelegramBadRequest, match=description):
        await here.bot.send_message(ANNA, "🙂 text", entities=[entity])
    file = BufferedInputFile(b"x", "a")
    with pytest.raises(TelegramBadRequest, match=description):
        await here.bot.send_document(ANNA, file, caption="🙂 text", caption_entities=[entity])
    assert here.seen() == []


async def test_callback_data_has_64_bytes(here: Setting) -> None:
    await here.bot.send_message(ANNA, "x", reply_markup=keyboard("д" * 32))
    with pytest.raises(TelegramBadRequest, match="BUTTON_DATA_INVALID"):
        await here.bot.send_message(ANNA, "x", reply_markup=keyboard("д" * 33))
    idle = InlineKeyboardMarkup(inline_keyboard=[[InlineKeyboardButton(text="idle")]])
    with pytest.raises(TelegramBadRequest, match="Text buttons are unallowed"):
        await here.bot.send_message(ANNA, "x", reply_markup=idle)
    row = keyboard("x").inline_keyboard[0]
    crowd = InlineKeyboardMarkup(inline_keyboard=[row] * 101)
    with pytest.raises(TelegramBadRequest, match="reply markup is too long"):
        await here.bot.send_message(ANNA, "x", reply_markup=crowd)


async def test_parameters_are_checked_by_the_method_class(here: Setting) -> None:
    session = await here.bot.session.create_session()
    url = f"{here.server.url}/bot{TOKEN}"

    async def ask(method: str, **body: object) -> tuple[int, str]:
        async with session.post(f"{url}/{method}", json=body) as response:
            return response.status, (await response.json()).get("description", "")

    assert await ask("sendMessage", text="x") == (400, "Bad Request: chat_id is empty")
    status, text = await ask("sendMessage", chat_id=ANNA, text="x", entities=[{"type": "bold"}])
    assert (status, "entities.0.offset" in text) == (400, True)
    assert await ask("nothing") == (404, "Not Found: method not found")
    assert await ask("SENDMESSAGE", chat_id=str(ANNA), text="case") == (200, "")
    async with session.get(f"{url}/sendMessage?chat_id={ANNA}&text=by+query") as response:
        assert response.status == 200
    form = {"chat_id": str(ANNA), "text": "x", "entities": "{not json"}
    async with session.post(f"{url}/sendMessage", data=form) as response:
        assert (response.status, "can't parse entities" in await response.text()) == (400, True)


async def test_a_method_not_played_says_so(here: Setting) -> None:
    with pytest.raises(TelegramBadRequest, match="method sendDice is not played by the sandbox"):
        await here.bot(SendDice(chat_id=ANNA))


async def test_an_unknown_method_is_not_found(here: Setting) -> None:
    class Unheard(TelegramMethod[bool]):
        __returning__ = bool
        __api_method__ = "unheardOf"

    with pytest.raises(TelegramNotFound):
        await here.bot(Unheard())


async def test_a_wrong_token_is_unauthorized(here: Setting) -> None:
    async with here.client("4242:wrong") as other:
        with pytest.raises(TelegramUnauthorizedError, match="Unauthorized"):
            await other.get_me()
    async with here.client("1:x") as other:
        with pytest.raises(TelegramUnauthorizedError):
            await other.send_message(ANNA, "x")


async def test_who_cannot_be_written_to(here: Setting) -> None:
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await here.bot.send_message(STRANGER, "x")
    with pytest.raises(TelegramBadRequest, match="chat not found"):
        await here.bot.send_message(555, "x")
    with pytest.raises(TelegramForbiddenError, match="bot can't send messages to bots"):
        await here.bot.send_message(4242, "x")
    here.people.blocks(ANNA, TOKEN)
    with pytest.raises(TelegramForbiddenError, match="bot was blocked by the user"):
        await here.bot.send_document(ANNA, BufferedInputFile(b"x", "a"))
    here.people.deletes_account(IVAN, TOKEN)
    with pytest.raises(TelegramForbiddenError, match="user is deactivated"):
        await here.bot.send_message(IVAN, "x")
    here.people.unblocks(ANNA, TOKEN)
    here.people.starts(STRANGER, TOKEN)
    await here.bot.send_message(ANNA, "x")
    await here.bot.send_message(STRANGER, "x")


async def test_message_ids_are_one_space_over_all_private_chats_of_a_bot(here: Setting) -> None:
    here.world.add_bot("77:other", "other_bot", "Other")
    ids = [(await here.bot.send_message(who, "x")).message_id for who in (ANNA, IVAN, ANNA)]
    ids.append(here.people.says(IVAN, TOKEN, "x")["message_id"])
    assert ids == [1, 2, 3, 4]
    assert here.people.says(IVAN, "77:other", "x")["message_id"] == 1
    here.world.add_supergroup(-100500, "Group", members=[ANNA], bots=[4242, 77])
    assert (await here.bot.send_message(-100500, "x")).message_id == 1
    assert (await here.bot.send_message(ANNA, "x")).message_id == 5


async def test_replies(here: Setting) -> None:
    asked = here.people.says(ANNA, TOKEN, "the question")
    target = asked["message_id"]
    sent = await here.bot.send_message(
        ANNA, "a", reply_parameters=ReplyParameters(message_id=target)
    )
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "the question"
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await here.bot.send_message(ANNA, "a", reply_parameters=ReplyParameters(message_id=99))
    lax = ReplyParameters(message_id=99, allow_sending_without_reply=True)
    assert (await here.bot.send_message(ANNA, "a", reply_parameters=lax)).reply_to_message is None
    part = ReplyParameters(message_id=target, quote="question")
    quoted = await here.bot.send_message(ANNA, "a", reply_parameters=part)
    assert quoted.quote is not None
    assert quoted.quote.position == 4
    wrong = ReplyParameters(message_id=target, quote="questions")
    with pytest.raises(TelegramBadRequest, match="QUOTE_TEXT_INVALID"):
        await here.bot.send_message(ANNA, "a", reply_parameters=wrong)
    with pytest.raises(TelegramBadRequest, match="message to be replied not found"):
        await here.bot.send_message(IVAN, "a", reply_parameters=ReplyParameters(message_id=target))


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


async def test_actions(here: Setting) -> None:
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await here.bot.send_chat_action(ANNA, "dancing")


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


async def test_reactions_of_the_bot(here: Setting) -> None:
    target = here.people.says(ANNA, TOKEN, "x")["message_id"]
    await here.bot.set_message_reaction(ANNA, target, [ReactionTypeEmoji(emoji="👌")])
    assert here.seen()[0]["reactions"] == [{"type": "emoji", "emoji": "👌", "by": 4242}]
    await here.bot.set_message_reaction(ANNA, target, [ReactionTypeEmoji(emoji="👍")])
    assert [reaction["emoji"] for reaction in here.seen()[0]["reactions"]] == ["👍"]
    await here.bot.set_message_reaction(ANNA, target, [])
    assert here.seen()[0]["reactions"] == []
    with pytest.raises(TelegramBadRequest, match="REACTION_INVALID"):
        await here.bot.set_message_reaction(ANNA, target, [ReactionTypeEmoji(emoji="✅")])
    with pytest.raises(TelegramBadRequest, match="message to react not found"):
        await here.bot.set_message_reaction(ANNA, 99, [ReactionTypeEmoji(emoji="👍")])


async def test_rate_limits_when_switched_on(here: Setting) -> None:
    here.world.limits.enabled = True
    for _ in range(5):
        await here.bot.send_message(ANNA, "burst")
    with pytest.raises(TelegramRetryAfter) as refused:
        await here.bot.send_message(ANNA, "one too many")
    assert 1 <= refused.value.retry_after <= 5
    await here.bot.send_message(IVAN, "another chat")
