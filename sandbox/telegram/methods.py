"""The methods the sandbox plays, by name, and the way from raw parameters to a result."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from sandbox.telegram import account, business, editing, inline, membership, sending, topics
from sandbox.telegram.call import Call, Incoming
from sandbox.telegram.files import MEDIA_KINDS
from sandbox.telegram.params import METHODS, api_name, decode
from sandbox.telegram.refusal import Refusal, bad_request
from sandbox.telegram.world import World

Played = Callable[[Call], Any | Awaitable[Any]]


def _camel(kind: str) -> str:
    return "".join(part.capitalize() for part in kind.split("_"))


PLAYED: dict[str, Played] = {
    "getMe": account.get_me,
    "getUpdates": account.get_updates,
    "setWebhook": account.set_webhook,
    "deleteWebhook": account.delete_webhook,
    "getWebhookInfo": account.get_webhook_info,
    "answerCallbackQuery": account.answer_callback_query,
    "answerInlineQuery": inline.answer_inline_query,
    "getFile": account.get_file,
    "getChat": membership.get_chat,
    "getChatMember": membership.get_chat_member,
    "getChatAdministrators": membership.get_administrators,
    "getChatMemberCount": membership.get_member_count,
    "leaveChat": membership.leave_chat,
    "getBusinessConnection": business.get_connection,
    "readBusinessMessage": business.read_message,
    "deleteBusinessMessages": business.delete_messages,
    "setMyCommands": account.set_commands,
    "getMyCommands": account.get_commands,
    "deleteMyCommands": account.delete_commands,
    "setChatMenuButton": account.set_menu_button,
    "getChatMenuButton": account.get_menu_button,
    "close": account.done,
    "logOut": account.done,
    "sendMessage": sending.send_message,
    "sendLocation": sending.send_location,
    "sendVenue": sending.send_venue,
    "sendContact": sending.send_contact,
    "sendMediaGroup": sending.send_media_group,
    "sendChatAction": sending.send_chat_action,
    "sendPoll": sending.send_poll,
    "sendDice": sending.send_dice,
    "sendRichMessage": sending.send_rich_message,
    "copyMessage": sending.copy_message,
    "copyMessages": sending.copy_messages,
    "forwardMessage": sending.forward_message,
    "forwardMessages": sending.forward_messages,
    "editMessageText": editing.edit_text,
    "editMessageCaption": editing.edit_caption,
    "editMessageMedia": editing.edit_media,
    "editMessageReplyMarkup": editing.edit_reply_markup,
    "deleteMessage": editing.delete_message,
    "deleteMessages": editing.delete_messages,
    "setMessageReaction": editing.set_reaction,
    "pinChatMessage": editing.pin_message,
    "unpinChatMessage": editing.unpin_message,
    "unpinAllChatMessages": editing.unpin_all,
    "createForumTopic": topics.create_topic,
    "editForumTopic": topics.edit_topic,
    "deleteForumTopic": topics.delete_topic,
    "closeForumTopic": topics.close_topic,
    "reopenForumTopic": topics.reopen_topic,
}
PLAYED |= {f"send{_camel(kind)}": sending.send_media(kind) for kind in MEDIA_KINDS}
PLAYED |= {f"setMy{_camel(what)}": partial(account.set_named, what=what) for what in account.NAMED}
PLAYED |= {f"getMy{_camel(what)}": partial(account.get_named, what=what) for what in account.NAMED}

COUNTED_AS_SENDS = ("send", "copy", "forward", "createForumTopic")


def canonical(name: str) -> str:
    """The method's name as the API spells it; names are case-insensitive there."""
    known = METHODS.get(name.lower())
    return api_name(known) if known else name


async def perform(world: World, incoming: Incoming) -> Any:
    """The result of a request. Raises Refusal."""
    known = METHODS.get(incoming.method.lower())
    if known is None:
        raise Refusal(404, "Not Found: method not found")
    name = api_name(known)
    played = PLAYED.get(name)
    if played is None:
        raise bad_request(f"method {name} is not played by the sandbox")
    params = decode(known, incoming.given)
    chat_id = incoming.chat_id
    if chat_id is not None:
        _count(world, name, incoming, chat_id, params)
    result = played(Call(world, incoming.bot, params, incoming.uploads))
    return await result if inspect.isawaitable(result) else result


def _count(
    world: World, name: str, incoming: Incoming, chat_id: int, params: dict[str, Any]
) -> None:
    """Refuse with 429 what comes too fast; every item of an album is a message."""
    limits, bot = world.limits, incoming.bot.id
    if name == "editForumTopic":
        limits.check_topic_edit(bot, chat_id, incoming.at)
    elif name.startswith(COUNTED_AS_SENDS):
        weight = len(params.get("media") or ()) if name == "sendMediaGroup" else 1
        limits.check(bot, chat_id, incoming.at, business=incoming.business, weight=weight)
