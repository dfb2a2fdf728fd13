"""Whose business an update is, the desk's or a client's word to the studio; and what it says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram import Bot
from aiogram.types import Update
from aiogram.types.update import UpdateTypeLookupError
from pydantic import ValidationError

from bot.access import INVITE_START, active_member, group_of, is_for_groups, is_link
from connectors.telegram.parse import update_of
from inbox.errors import Fault, Unreadable
from inbox.model import Manager, RawMessage
from inbox.quoted import CHOICE

_OUTSIDE = frozenset({"left", "kicked"})

Given = Mapping[str, Any]


def concerns_desk(raw: RawMessage, staff: Sequence[Manager], forum_id: int | None) -> bool:
    """Members in their private chats and in the studio's forum, all buttons but those under our
    messages to clients, invitations, members' commands in groups, what members type behind the
    bot's name, and that a member added the bot to a group. Unreadable, KeyError, TypeError or
    AttributeError for what is no update."""
    update = update_of(raw)
    press = update.get("callback_query")
    if press is not None:
        return not str(press.get("data", "")).startswith(CHOICE)
    for kind in ("inline_query", "chosen_inline_result"):
        if kind in update:
            return active_member(staff, update[kind]["from"]["id"]) is not None
    for kind in ("message", "edited_message", "my_chat_member"):
        event = update.get(kind)
        if event is None:
            continue
        if event["chat"]["type"] == "private":
            return _is_ours_in_private(event, staff)
        if event["chat"]["id"] == forum_id:
            return True
        if kind == "my_chat_member":
            return _was_let_in_by_us(event, staff)
        return kind == "message" and _is_ours_in_a_group(event, staff)
    return False


def concerns_client_group(raw: RawMessage, staff: Sequence[Manager]) -> bool:
    """Of what the clients' own bot hears, beside a bot of the staff's: that a member brought it
    into a group, or asks there whose the group is. Raises as `concerns_desk`."""
    update = update_of(raw)
    change, message = update.get("my_chat_member"), update.get("message")
    if change is not None:
        in_private = change["chat"]["type"] == "private"
        return not in_private and _was_let_in_by_us(change, staff)
    if message is None or message["chat"]["type"] == "private":
        return False
    return is_link(message.get("text")) and _is_ours_in_a_group(message, staff)


def _is_ours_in_private(event: Given, staff: Sequence[Manager]) -> bool:
    if str(event.get("text", "")).startswith(INVITE_START):
        return True
    return active_member(staff, event["from"]["id"]) is not None


def _was_let_in_by_us(change: Given, staff: Sequence[Manager]) -> bool:
    """A member brought the bot in, or gave it other rights. That it is out is the clients'
    business, whoever did it."""
    there = change["new_chat_member"]["status"] not in _OUTSIDE
    return there and active_member(staff, change["from"]["id"]) is not None


def _is_ours_in_a_group(message: Given, staff: Sequence[Manager]) -> bool:
    """A member's command, and that a group which hears alerts got another id."""
    if "migrate_to_chat_id" in message:
        return group_of(staff, message["chat"]["id"]) is not None
    author = message.get("from", {}).get("id")
    return is_for_groups(message.get("text")) and active_member(staff, author) is not None


def understood(raws: Sequence[RawMessage], bot: Bot) -> tuple[Update, list[dict[str, Any]]]:
    """The first as an Update, and the JSON of what each tells of: of an album its messages.

    Raises Unreadable.
    """
    all_given = [update_of(raw) for raw in raws]
    given = all_given[0]
    try:
        update = Update.model_validate(given, context={"bot": bot})
        kind = update.event_type
        return update, [one[kind] for one in all_given]
    except UpdateTypeLookupError as error:
        raise Unreadable(Fault.UNSUPPORTED, ", ".join(given)) from error
    except ValidationError as error:
        raise Unreadable(Fault.MALFORMED, _first_fault(error)) from error


def _first_fault(error: ValidationError) -> str:
    """Where the update is wrong; never what stood there, it is the client's."""
    first = error.errors(include_input=False, include_url=False)[0]
    return f"{'.'.join(str(part) for part in first['loc'])}: {first['type']}"[:200]
