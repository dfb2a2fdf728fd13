"""What a bot changes afterwards, topics, pins, and what it says of itself."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import (
    BotCommand,
    BotCommandScopeChat,
    BufferedInputFile,
    ForceReply,
    InlineKeyboardMarkup,
    InputMediaPhoto,
    MenuButtonCommands,
)

from tests.sandbox.telegram.conftest import ANNA, IVAN, TOKEN, Setting, keyboard


async def test_text_is_replaced_and_a_keyboard_not_given_goes(here: Setting) -> None:
    sent = await here.bot.send_message(ANNA, "one", reply_markup=keyboard("a"))
    edited = await here.bot.edit_message_text("two", chat_id=ANNA, message_id=sent.message_id)
    assert edited is not True
    assert (edited.text, edited.reply_markup) == ("two", None)
    assert edited.edit_date is not None
    [message] = here.seen()
    assert message["text"] == "two"
    assert "reply_markup" not in message


async def test_edits_that_are_refused(here: Setting) -> None:
    bot = here.bot
    sent = await bot.send_message(ANNA, "one", reply_markup=keyboard("a"))
    theirs = here.people.says(ANNA, TOKEN, "theirs")["message_id"]
    photo = await bot.send_photo(ANNA, BufferedInputFile(b"x", "a.png"))

    async def edit(text: str, message_id: int, markup: InlineKeyboardMarkup | None = None) -> None:
        await bot.edit_message_text(text, chat_id=ANNA, message_id=message_id, reply_markup=markup)

    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await edit("one", sent.message_id, keyboard("a"))
    with pytest.raises(TelegramBadRequest, match="message to edit not found"):
        await edit("x", 99)
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await edit("x", theirs)
    with pytest.raises(TelegramBadRequest, match="there is no text in the message to edit"):
        await edit("x", photo.message_id)
    with pytest.raises(TelegramBadRequest, match="there is no caption"):
        await bot.edit_message_caption(chat_id=ANNA, message_id=sent.message_id, caption="x")
    with pytest.raises(TelegramBadRequest, match="message is too long"):
        await edit("x" * 4097, sent.message_id)
    with pytest.raises(TelegramBadRequest, match="message is not modified"):
        await bot.edit_message_reply_markup(
            chat_id=ANNA, message_id=sent.message_id, reply_markup=keyboard("a")
        )
    with pytest.raises(TelegramBadRequest, match="inline messages are not played"):
        await bot.edit_message_text("x", inline_message_id="1")


async def test_what_forces_a_reply_is_never_edited(here: Setting) -> None:
    asked = await here.bot.send_message(ANNA, "Who?", reply_markup=ForceReply())
    with pytest.raises(TelegramBadRequest, match="message can't be edited"):
        await here.bot.edit_message_text("What?", chat_id=ANNA, message_id=asked.message_id)


async def test_caption_media_and_keyboard(here: Setting) -> None:
    bot = here.bot
    sent = await bot.send_photo(ANNA, BufferedInputFile(b"x", "a.png"), caption="one")
    where = {"chat_id": ANNA, "message_id": sent.message_id}
    await bot.edit_message_caption(**where, caption="two")
    await bot.edit_message_reply_markup(**where, reply_markup=keyboard("b"))
    [message] = here.seen()
    assert message["caption"] == "two"
    assert message["reply_markup"]["inline_keyboard"][0][0]["callback_data"] == "b"
    other = InputMediaPhoto(media=BufferedInputFile(b"y", "b.png"), caption="three")
    edited = await bot.edit_message_media(other, **where)
    assert edited is not True
    assert edited.caption == "three"
    assert edited.photo is not None
    assert edited.photo[-1].file_unique_id != (sent.photo or [])[-1].file_unique_id


async def test_deletions(here: Setting) -> None:
    ids = [(await here.bot.send_message(ANNA, str(n))).message_id for n in range(4)]
    await here.bot.delete_message(ANNA, ids[0])
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await here.bot.delete_message(ANNA, ids[0])
    await here.bot.delete_messages(ANNA, [*ids[:3], 99])
    assert [message["text"] for message in here.seen()] == ["3"]
    theirs = here.people.says(ANNA, TOKEN, "theirs")["message_id"]
    await here.bot.delete_message(ANNA, theirs)
    here.people.deletes(ANNA, TOKEN, ids[3])
    assert here.seen() == []


async def test_bots_delete_messages_of_others_in_groups_only_as_admins(here: Setting) -> None:
    here.world.add_supergroup(-1001, "G", members=[ANNA], bots=[4242])
    here.world.add_supergroup(-1002, "G", members=[ANNA], bots=[4242], admins=[4242])
    for chat in (-1001, -1002):
        here.people.says(ANNA, TOKEN, "x", chat_id=chat)
    with pytest.raises(TelegramBadRequest, match="message can't be deleted"):
        await here.bot.delete_message(-1001, 1)
    with pytest.raises(TelegramBadRequest, match="1-100"):
        await here.bot.delete_messages(-1002, list(range(1, 102)))
    await here.bot.delete_message(-1002, 1)
    here.world.add_supergroup(-1003, "G", members=[ANNA], bots=[])
    with pytest.raises(TelegramForbiddenError, match="not a member of the supergroup"):
        await here.bot.send_message(-1003, "x")


async def test_a_deleted_message_is_pinned_no_more(here: Setting) -> None:
    sent = await here.bot.send_message(ANNA, "x")
    await here.bot.pin_chat_message(ANNA, sent.message_id)
    here.people.deletes(ANNA, TOKEN, sent.message_id)
    assert (await here.bot.get_chat(ANNA)).pinned_message is None
    with pytest.raises(TelegramBadRequest, match="message to pin not found"):
        await here.bot.pin_chat_message(ANNA, sent.message_id)
    await here.bot.unpin_all_chat_messages(ANNA)


async def test_topics_in_private_chats_of_a_bot_that_has_them(here: Setting) -> None:
    with pytest.raises(TelegramBadRequest, match="the chat is not a forum"):
        await here.bot.create_forum_topic(ANNA, "Film")
    here.world.bot(TOKEN).topics = True
    assert (await here.bot.get_me()).has_topics_enabled is True
    topic = await here.bot.create_forum_topic(ANNA, "Film")
    thread = topic.message_thread_id
    sent = await here.bot.send_message(ANNA, "inside", message_thread_id=thread)
    assert sent.message_thread_id == thread
    await here.bot.edit_forum_topic(ANNA, thread, name="Ad")
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await here.bot.edit_forum_topic(ANNA, thread, name="Ad")
    with pytest.raises(TelegramBadRequest, match="TOPIC_TITLE_TOO_LONG"):
        await here.bot.create_forum_topic(ANNA, "x" * 129)
    asked = here.people.says(ANNA, TOKEN, "in the topic", thread_id=thread)
    assert asked["message_thread_id"] == thread
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await here.bot.send_message(IVAN, "x", message_thread_id=thread)
    await here.bot.delete_forum_topic(ANNA, thread)
    assert here.seen() == []
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await here.bot.send_message(ANNA, "x", message_thread_id=thread)
    with pytest.raises(TelegramBadRequest, match="TOPIC_ID_INVALID"):
        await here.bot.edit_forum_topic(ANNA, thread, name="x")


async def test_pins(here: Setting) -> None:
    sent = await here.bot.send_message(ANNA, "x")
    await here.bot.pin_chat_message(ANNA, sent.message_id)
    chat = await here.bot.get_chat(ANNA)
    assert chat.pinned_message is not None
    assert chat.pinned_message.message_id == sent.message_id
    [update] = await here.bot.get_updates()
    assert update.message is not None
    assert update.message.pinned_message is not None
    await here.bot.unpin_chat_message(ANNA)
    assert (await here.bot.get_chat(ANNA)).pinned_message is None
    with pytest.raises(TelegramBadRequest, match="message to unpin not found"):
        await here.bot.unpin_chat_message(ANNA, message_id=sent.message_id)


async def test_what_a_bot_says_of_itself(here: Setting) -> None:
    bot = here.bot
    me = await bot.get_me()
    assert (me.id, me.username, me.is_bot) == (4242, "studio_bot", True)
    inbox = [BotCommand(command="inbox", description="What waits")]
    await bot.set_my_commands(inbox, scope=BotCommandScopeChat(chat_id=IVAN))
    assert await bot.get_my_commands() == []
    [command] = await bot.get_my_commands(scope=BotCommandScopeChat(chat_id=IVAN))
    assert command.command == "inbox"
    for command in ("Inbox", "in-box", "x" * 33):
        wrong = [BotCommand(command=command, description="d")]
        with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_INVALID"):
            await bot.set_my_commands(wrong)
    with pytest.raises(TelegramBadRequest, match="BOT_COMMAND_DESCRIPTION_INVALID"):
        await bot.set_my_commands([BotCommand(command="x", description="")])
    await bot.delete_my_commands(scope=BotCommandScopeChat(chat_id=IVAN))
    assert await bot.get_my_commands(scope=BotCommandScopeChat(chat_id=IVAN)) == []
    assert (await bot.get_my_name()).name == "Studio"
    await bot.set_my_name("Окно", language_code="ru")
    assert (await bot.get_my_name(language_code="ru")).name == "Окно"
    await bot.set_my_description("d")
    await bot.set_my_short_description("s")
    assert (await bot.get_my_description()).description == "d"
    assert (await bot.get_my_short_description()).short_description == "s"
    with pytest.raises(TelegramBadRequest, match="short description is too long"):
        await bot.set_my_short_description("s" * 121)
    await bot.set_chat_menu_button(menu_button=MenuButtonCommands())
    assert (await bot.get_chat_menu_button()).type == "commands"
    assert await bot.send_chat_action(ANNA, "typing")


async def test_members_and_closing(here: Setting) -> None:
    assert (await here.bot.get_chat_member(ANNA, ANNA)).status == "member"
    here.world.add_supergroup(-1001, "G", members=[ANNA], bots=[4242])
    assert (await here.bot.get_chat_member(-1001, IVAN)).status == "left"
    with pytest.raises(TelegramBadRequest, match="user not found"):
        await here.bot.get_chat_member(-1001, 5)
    assert (await here.bot.get_chat(ANNA)).username == "anna"
    async with here.client(TOKEN) as other:
        assert await other.log_out()
