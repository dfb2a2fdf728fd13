"""The keyboard by which Telegram itself offers the member's groups (Bot API, request_chat)."""

from __future__ import annotations

from enum import IntEnum

from aiogram.types import (
    ChatAdministratorRights,
    KeyboardButton,
    KeyboardButtonRequestChat,
    ReplyKeyboardMarkup,
    ReplyKeyboardRemove,
)

from bot.access import Visit
from connectors.telegram.errors import translated


class Wanted(IntEnum):
    """What the group is chosen for: the request's number."""

    CLIENT = 1
    ALERTS = 2
    FORUM = 3
    BOARD = 4


async def ask_for_chat(visit: Visit, wanted: Wanted, *, ours: bool = True) -> None:
    """Show the keyboard. `ours`: this bot must be in the group; it is added by the choice."""
    request = KeyboardButtonRequestChat(
        request_id=wanted,
        chat_is_channel=False,
        chat_is_forum=True if wanted is Wanted.FORUM else None,
        bot_is_member=True if ours else None,
        bot_administrator_rights=_rights() if wanted is Wanted.FORUM else None,
        user_administrator_rights=_rights() if wanted is Wanted.FORUM else None,
        request_title=True,
    )
    button = KeyboardButton(text=visit.say("Choose a group"), request_chat=request)
    words = visit.say(
        "Press “Choose a group” below the input field and pick the group; the bot is added to it "
        "if it is not there yet."
    )
    with translated():
        await visit.bot.send_message(
            visit.me.telegram_id,
            words,
            reply_markup=ReplyKeyboardMarkup(
                keyboard=[[button]], resize_keyboard=True, one_time_keyboard=True
            ),
        )


async def take_away(visit: Visit, title: str) -> None:
    """The group is chosen: the keyboard goes."""
    with translated():
        await visit.bot.send_message(
            visit.me.telegram_id,
            visit.say("Chosen: “{title}”.", title=title),
            reply_markup=ReplyKeyboardRemove(),
        )


def _rights() -> ChatAdministratorRights:
    """What the bot needs in a forum; who chooses it must be able to give that."""
    return ChatAdministratorRights(
        is_anonymous=False,
        can_manage_chat=True,
        can_delete_messages=False,
        can_manage_video_chats=False,
        can_restrict_members=False,
        can_promote_members=False,
        can_change_info=False,
        can_invite_users=False,
        can_post_stories=False,
        can_edit_stories=False,
        can_delete_stories=False,
        can_manage_topics=True,
        can_send_welcome_messages=False,
    )
