"""Bots at people's own accounts: both sides, echoes, rights, the 24 hours, reconnecting."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramForbiddenError
from aiogram.types import InputMediaPhoto, Message, Update

from tests.sandbox.telegram.conftest import ANNA, IVAN, NOON, STRANGER, TOKEN, Setting, keyboard

KINDS = [
    *("message", "business_connection", "business_message", "edited_business_message"),
    "deleted_business_messages",
]
BOT = 4242


@pytest.fixture
async def account(here: Setting) -> Setting:
    """Ivan's own account with the bot at it; Anna is the client who wrote there once."""
    await here.bot.get_updates(allowed_updates=KINDS)
    here.people.connects(IVAN, TOKEN)
    here.people.says(ANNA, TOKEN, "How much is a site?", owner=IVAN)
    return here


async def fresh(here: Setting) -> list[Update]:
    """What is new, confirmed."""
    got = await here.bot.get_updates()
    if got:
        await here.bot.get_updates(offset=got[-1].update_id + 1)
    return got


def connection_id(here: Setting) -> str:
    connection = here.world.connection_of(IVAN)
    assert connection is not None
    return connection.id


async def test_both_sides_of_an_own_account_are_told(account: Setting) -> None:
    account.people.says(IVAN, TOKEN, "From 100", owner=IVAN, chat_id=ANNA)
    account.people.says(IVAN, TOKEN, "I am away", owner=IVAN, chat_id=ANNA, offline=True)
    connected, asked, answered, away = await fresh(account)
    assert connected.business_connection is not None
    assert connected.business_connection.user.id == IVAN
    assert connected.business_connection.is_enabled
    assert connected.business_connection.rights is not None
    assert connected.business_connection.rights.can_reply
    for update, author in ((asked, ANNA), (answered, IVAN), (away, IVAN)):
        message = update.business_message
        assert message is not None
        assert message.from_user is not None
        assert (message.from_user.id, message.chat.id) == (author, ANNA)
        assert message.business_connection_id == connected.business_connection.id
        assert message.sender_business_bot is None
    assert away.business_message is not None
    assert away.business_message.is_from_offline is True


async def test_a_send_is_the_owners_and_comes_back_as_an_echo(account: Setting) -> None:
    await fresh(account)
    biz = connection_id(account)
    sent = await account.bot.send_message(ANNA, "From 100", business_connection_id=biz)
    assert sent.from_user is not None
    assert sent.sender_business_bot is not None
    assert (sent.from_user.id, sent.sender_business_bot.id) == (IVAN, BOT)
    assert sent.business_connection_id == biz
    [echo] = await fresh(account)
    assert echo.business_message is not None
    assert echo.business_message.sender_business_bot is not None
    assert echo.business_message.message_id == sent.message_id
    seen = account.world.chat(TOKEN, ANNA, owner=IVAN, viewer=IVAN)
    assert [(one["text"], one["out"]) for one in seen] == [
        ("How much is a site?", False),
        ("From 100", True),
    ]
    assert account.seen(ANNA) == []


async def test_an_album_and_an_edit_in_an_account(account: Setting) -> None:
    biz = connection_id(account)
    photo = account.people.sends(ANNA, TOKEN, "photo", b"x", owner=IVAN)
    await fresh(account)
    media = [InputMediaPhoto(media=photo["photo"][0]["file_id"]) for _ in range(2)]
    sent = await account.bot.send_media_group(ANNA, media, business_connection_id=biz)
    echoes = [u.business_message for u in await fresh(account)]
    assert [e.media_group_id for e in echoes if e] == [sent[0].media_group_id] * 2
    edited = await account.bot.edit_message_caption(
        chat_id=ANNA, message_id=sent[0].message_id, caption="two", business_connection_id=biz
    )
    assert not isinstance(edited, bool)
    assert edited.business_connection_id == biz
    [change] = await fresh(account)
    assert change.edited_business_message is not None
    assert change.edited_business_message.sender_business_bot is not None


async def test_ids_of_an_account_are_not_those_of_the_bots_chat(account: Setting) -> None:
    in_account = account.world.chat(TOKEN, ANNA, owner=IVAN)[0]["message_id"]
    in_bot = account.people.says(ANNA, TOKEN, "to the bot")["message_id"]
    assert in_account == in_bot == 1
    await account.bot.delete_message(ANNA, in_bot)
    assert len(account.world.chat(TOKEN, ANNA, owner=IVAN)) == 1


async def test_edits_and_deletions_by_people(account: Setting) -> None:
    await fresh(account)
    first = account.world.chat(TOKEN, ANNA, owner=IVAN)[0]["message_id"]
    second = account.people.says(ANNA, TOKEN, "?", owner=IVAN)["message_id"]
    account.people.edits(ANNA, TOKEN, first, "How much is a shop?", owner=IVAN)
    account.people.deletes(ANNA, TOKEN, first, second, owner=IVAN)
    _, edited, deleted = await fresh(account)
    assert edited.edited_business_message is not None
    assert edited.edited_business_message.text == "How much is a shop?"
    assert deleted.deleted_business_messages is not None
    assert deleted.deleted_business_messages.chat.id == ANNA
    assert deleted.deleted_business_messages.message_ids == [first, second]
    assert account.world.chat(TOKEN, ANNA, owner=IVAN) == []


async def test_only_chats_of_the_last_24_hours_can_be_written_to(account: Setting) -> None:
    biz = connection_id(account)
    account.world.now = lambda: NOON + timedelta(hours=24, seconds=1)
    with pytest.raises(TelegramBadRequest, match="BUSINESS_PEER_USAGE_MISSING"):
        await account.bot.send_message(ANNA, "late", business_connection_id=biz)
    account.people.says(IVAN, TOKEN, "the owner writes", owner=IVAN, chat_id=ANNA)
    with pytest.raises(TelegramBadRequest, match="BUSINESS_PEER_USAGE_MISSING"):
        await account.bot.send_message(ANNA, "late", business_connection_id=biz)
    account.people.says(ANNA, TOKEN, "again", owner=IVAN)
    await account.bot.send_message(ANNA, "in time", business_connection_id=biz)


async def test_rights_that_are_taken_back(account: Setting) -> None:
    biz = connection_id(account)
    await fresh(account)
    account.people.changes_rights(IVAN, ["can_read_messages"])
    [changed] = await fresh(account)
    assert changed.business_connection is not None
    assert changed.business_connection.id == biz
    assert changed.business_connection.rights is not None
    assert changed.business_connection.rights.can_reply is None
    with pytest.raises(TelegramForbiddenError, match="BOT_ACCESS_FORBIDDEN"):
        await account.bot.send_message(ANNA, "x", business_connection_id=biz)
    await account.bot.read_business_message(biz, ANNA, 1)
    assert account.world.account_rooms(IVAN)[0].read_id == 1
    with pytest.raises(TelegramForbiddenError, match="BOT_ACCESS_FORBIDDEN"):
        await account.bot.delete_business_messages(biz, [1])
    with pytest.raises(ValueError, match="no such rights"):
        account.people.changes_rights(IVAN, ["can_fly"])


async def test_the_bot_deletes_its_own_and_with_the_right_others(account: Setting) -> None:
    biz = connection_id(account)
    account.people.changes_rights(IVAN, ["can_reply", "can_delete_sent_messages"])
    sent = await account.bot.send_message(ANNA, "oops", business_connection_id=biz)
    with pytest.raises(TelegramForbiddenError, match="BOT_ACCESS_FORBIDDEN"):
        await account.bot.delete_business_messages(biz, [1])
    await account.bot.delete_business_messages(biz, [sent.message_id])
    account.people.changes_rights(IVAN, ["can_reply", "can_delete_all_messages"])
    account.world.now = lambda: NOON + timedelta(hours=49)
    with pytest.raises(TelegramBadRequest, match="can't be deleted for everyone"):
        await account.bot.delete_business_messages(biz, [1])
    account.world.now = lambda: NOON
    await account.bot.delete_business_messages(biz, [1])
    assert account.world.chat(TOKEN, ANNA, owner=IVAN) == []
    with pytest.raises(TelegramBadRequest, match="message to delete not found"):
        await account.bot.delete_business_messages(biz, [1])


async def test_the_owners_words_can_be_edited_for_48_hours(account: Setting) -> None:
    biz = connection_id(account)
    own = account.people.says(IVAN, TOKEN, "teh price", owner=IVAN, chat_id=ANNA)
    where = {"chat_id": ANNA, "business_connection_id": biz}
    await account.bot.edit_message_text("the price", message_id=own["message_id"], **where)
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await account.bot.edit_message_text("x", message_id=1, **where)
    account.world.now = lambda: NOON + timedelta(hours=49)
    with pytest.raises(TelegramBadRequest, match="can't be edited"):
        await account.bot.edit_message_text("x", message_id=own["message_id"], **where)


async def test_a_reconnection_has_a_new_id_and_the_same_chats(account: Setting) -> None:
    old = connection_id(account)
    account.people.disconnects(IVAN)
    account.people.says(ANNA, TOKEN, "nobody tells the bot", owner=IVAN)
    with pytest.raises(TelegramBadRequest, match="BUSINESS_CONNECTION_INVALID"):
        await account.bot.send_message(ANNA, "x", business_connection_id=old)
    assert (await account.bot.get_business_connection(old)).is_enabled is False
    await fresh(account)
    account.people.connects(IVAN, TOKEN)
    account.people.says(ANNA, TOKEN, "back", owner=IVAN)
    connected, back = await fresh(account)
    assert connected.business_connection is not None
    assert connected.business_connection.id not in ("", old)
    assert back.business_message is not None
    assert back.business_message.message_id == 3
    with pytest.raises(LookupError, match="no bot at the account"):
        account.people.disconnects(ANNA)


@pytest.mark.parametrize(
    ("chat", "biz", "words"),
    [
        (ANNA, "nonsense", "business connection not found"),
        (IVAN, None, "messages must not be sent to self"),
        (-1001, None, "chat must be a private chat"),
        (777, None, "chat not found"),
    ],
)
async def test_sends_that_go_nowhere(
    account: Setting, chat: int, biz: str | None, words: str
) -> None:
    with pytest.raises(TelegramBadRequest, match=words):
        await account.bot.send_message(
            chat, "x", business_connection_id=biz or connection_id(account)
        )


async def test_without_the_connection_a_call_means_the_bots_own_chat(account: Setting) -> None:
    account.people.says(STRANGER, TOKEN, "hello", owner=IVAN)
    with pytest.raises(TelegramForbiddenError, match="can't initiate conversation"):
        await account.bot.send_message(STRANGER, "x")
    with pytest.raises(TelegramBadRequest, match="message to react not found"):
        await account.bot.set_message_reaction(ANNA, 1, [])
    with pytest.raises(TelegramBadRequest, match="message to copy not found"):
        await account.bot.copy_message(IVAN, ANNA, 1)


async def test_an_answer_in_an_account_keeps_what_it_answers(account: Setting) -> None:
    biz = connection_id(account)
    more: dict[str, Any] = {"business_connection_id": biz, "reply_to_message_id": 1}
    sent = await account.bot.send_message(ANNA, "this", reply_markup=keyboard("x"), **more)
    assert sent.reply_to_message is not None
    assert sent.reply_to_message.text == "How much is a site?"
    with pytest.raises(LookupError, match="account"):
        account.people.says(ANNA, TOKEN, "to myself", owner=ANNA)


async def test_a_client_presses_a_button_in_an_own_account(account: Setting) -> None:
    await account.bot.get_updates(allowed_updates=[*KINDS, "callback_query"])
    await fresh(account)
    biz = connection_id(account)
    sent = await account.bot.send_message(
        ANNA, "500 RUB", business_connection_id=biz, reply_markup=keyboard("yes", "Agreed")
    )
    await fresh(account)
    press = asyncio.create_task(
        account.people.presses(ANNA, TOKEN, sent.message_id, "yes", owner=IVAN)
    )
    [update] = await account.bot.get_updates(timeout=5)
    query = update.callback_query
    assert query is not None
    assert isinstance(query.message, Message)
    assert (query.from_user.id, query.message.chat.id) == (ANNA, ANNA)
    assert query.message.business_connection_id == biz
    await account.bot.answer_callback_query(query.id, "Noted")
    assert await press == "Noted"
    edited = await account.bot.edit_message_reply_markup(
        business_connection_id=biz, chat_id=ANNA, message_id=sent.message_id
    )
    assert isinstance(edited, Message)
    assert edited.reply_markup is None
    account.people.disconnects(IVAN)
    with pytest.raises(LookupError, match="no button"):
        await account.people.presses(ANNA, TOKEN, sent.message_id, "yes", owner=IVAN)


async def test_a_button_of_a_connection_that_ended_reaches_nobody(account: Setting) -> None:
    biz = connection_id(account)
    sent = await account.bot.send_message(
        ANNA, "500 RUB", business_connection_id=biz, reply_markup=keyboard("yes")
    )
    account.people.disconnects(IVAN)
    with pytest.raises(LookupError, match="not at the account"):
        await account.people.presses(ANNA, TOKEN, sent.message_id, "yes", owner=IVAN)
