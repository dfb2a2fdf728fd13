"""What happens to chats and accounts, beside the messages in them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.telegram.chats import chat_of, group_handle, group_thread
from connectors.telegram.people import chat_name, person_name
from connectors.telegram.values import instant, mapping, whole, words
from inbox.errors import Fault, Unreadable
from inbox.model import Account, Added, Chosen, Connected, Deleted, Handle, Moved, Reach

_GONE = frozenset({"left", "kicked"})
_KNOWN = _GONE | {"creator", "administrator", "member", "restricted"}


def taken_back(
    about: Mapping[str, Any], channel_id: str, owner_id: int | None, at: datetime
) -> Deleted | str:
    """Messages that were deleted in a chat of an own account; Telegram does not say when."""
    chat = chat_of(about.get("chat"), business=True, owner_id=owner_id)
    if isinstance(chat, str):
        return chat
    given = about.get("message_ids")
    numbers = [whole(one) for one in given] if isinstance(given, list) else []
    ids = tuple(chat.external_id(one) for one in numbers if one is not None)
    return Deleted(channel_id, ids, at) if ids else "a deletion of nothing"


def connected(about: Mapping[str, Any], channel_id: str, at: datetime) -> Connected:
    """A person's own account (https://core.telegram.org/bots/api#businessconnection)."""
    user = mapping(about.get("user"))
    owner_id, connection_id = whole(user.get("id")), words(about.get("id"))
    if owner_id is None or not connection_id:
        raise Unreadable(Fault.MALFORMED, "a business connection of nobody")
    rights = mapping(about.get("rights"))
    account = Account(
        owner_id=owner_id,
        connection_id=connection_id,
        enabled=about.get("is_enabled") is True,
        can_reply=rights.get("can_reply") is True or about.get("can_reply") is True,
        at=instant(about.get("date"), at),
    )
    return Connected(channel_id, account, person_name(user))


def membership(about: Mapping[str, Any], channel_id: str, at: datetime) -> Reach | Added | str:
    """What we are in a chat from now on (`my_chat_member`)."""
    chat = mapping(about.get("chat"))
    number, kind = whole(chat.get("id")), words(chat.get("type"))
    before, after = _status(about.get("old_chat_member")), _status(about.get("new_chat_member"))
    if number is None:
        raise Unreadable(Fault.MALFORMED, "a chat without an id")
    if kind == "channel" or after not in _KNOWN:
        where = "a channel" if kind == "channel" else "a chat"
        return f"what we are in {where}: {after or 'it does not say'}"
    when = instant(about.get("date"), at)
    gone = after in _GONE
    if kind == "private":
        person = Handle("telegram", str(number))
        return Reach(channel_id, person, "blocked" if gone else "", when)
    place = group_handle(number)
    if gone:
        return Reach(channel_id, place, "removed", when)
    if before in _KNOWN - _GONE:
        return f"what we are in a group: {after}"
    by = person_name(mapping(about.get("from")))
    return Added(channel_id, place, chat_name(chat), by, when)


def _status(raw: object) -> str:
    """What a member is; somebody restricted may be no member any more."""
    member = mapping(raw)
    status = words(member.get("status"))
    return "left" if status == "restricted" and member.get("is_member") is False else status


def chosen(
    press: Mapping[str, Any], channel_id: str, owner_id: int | None, at: datetime
) -> Chosen | str:
    """A button was pressed (https://core.telegram.org/bots/api#callbackquery); Telegram does not
    say when. What an inline keyboard of a message elsewhere carries is none of ours."""
    message, person = mapping(press.get("message")), mapping(press.get("from"))
    number, by = whole(message.get("message_id")), whole(person.get("id"))
    press_id = words(press.get("id"))
    if by is None or not press_id:
        raise Unreadable(Fault.MALFORMED, "a press of nobody")
    if number is None:
        return "a press under a message that is not said"
    business = "business_connection_id" in message
    chat = chat_of(message.get("chat"), business=business, owner_id=owner_id)
    if isinstance(chat, str):
        return chat
    return Chosen(
        channel_id=channel_id,
        external_id=chat.external_id(number),
        data=words(press.get("data")),
        by=Handle("telegram", str(by)),
        by_name=person_name(person),
        at=at,
        thread_id=chat.thread,
        press_id=press_id,
    )


def moved(message: Mapping[str, Any], channel_id: str, at: datetime) -> Moved | None:
    """A group that became a supergroup; None where the message does not tell of that.

    The first message of the new chat says the same as the last one of the old: it comes before
    whatever else is written in the new one.
    """
    here = whole(mapping(message.get("chat")).get("id"))
    before, after = whole(message.get("migrate_from_chat_id")), here
    if before is None:
        before, after = here, whole(message.get("migrate_to_chat_id"))
    if before is None or after is None:
        return None
    return Moved(
        channel_id=channel_id,
        before=group_handle(before),
        after=group_handle(after),
        thread_before=group_thread(before),
        thread_after=group_thread(after),
        at=instant(message.get("date"), at),
    )
