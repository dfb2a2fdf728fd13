"""What a bot sends, and what it is refused, called through aiogram over HTTP."""

from __future__ import annotations

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramNotFound,
    TelegramRetryAfter,
    TelegramUnauthorizedError,
)
from aiogram.methods import StopPoll, TelegramMethod
from aiogram.types import (
    BufferedInputFile,
    ForceReply,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    KeyboardButton,
    MessageEntity,
    ReactionTypeEmoji,
    ReplyKeyboardMarkup,
    ReplyParameters,
)

from sandbox.telegram.limits import PRIVATE_CHAT
from tests.sandbox.telegram.conftest import ANNA, IVAN, NOON, STRANGER, TOKEN, Setting, keyboard


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
    with pytest.raises(TelegramBadRequest, match="method stopPoll is not played by the sandbox"):
        await here.bot(StopPoll(chat_id=ANNA, message_id=1))


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


async def test_actions(here: Setting) -> None:
    with pytest.raises(TelegramBadRequest, match="wrong parameter action"):
        await here.bot.send_chat_action(ANNA, "dancing")


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
    for _ in range(PRIVATE_CHAT.count):
        await here.bot.send_message(ANNA, "burst")
    with pytest.raises(TelegramRetryAfter) as refused:
        await here.bot.send_message(ANNA, "one too many")
    assert 1 <= refused.value.retry_after <= 5
    await here.bot.send_message(IVAN, "another chat")
