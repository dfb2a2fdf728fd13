"""What an update says, read from its JSON alone: pure, and tolerant of what it does not know."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from connectors.telegram.chats import Chat, chat_of
from connectors.telegram.content import content_of, service_kind
from connectors.telegram.formatting import entities_of, joined, utf16_length
from connectors.telegram.happenings import chosen, connected, membership, moved, taken_back
from connectors.telegram.people import (
    TELEGRAM_ITSELF,
    Person,
    known_as,
    of_private_chat,
    sender_of,
)
from connectors.telegram.references import passed_on, refers_to
from connectors.telegram.things import unknown
from connectors.telegram.values import instant, mapping, whole, words
from inbox.errors import Fault, Unreadable
from inbox.model import Happening, InboundMessage, Nature, RawMessage

__all__ = ["connection_of", "entities_of", "parse_updates", "update_of", "utf16_length"]

# The Start button, or a link's: its parameter has no other letters (Bot API, deep linking).
_OPENING = re.compile(r"/start(?: ([A-Za-z0-9_-]{1,64}))?")
_OPENING_IN_GROUP = re.compile(r"/start(?:@\w+)?(?: [A-Za-z0-9_-]{1,64})?")
SERVICE = "nothing to show: "
Said = InboundMessage | Happening | str
_MESSAGES = ("message", "edited_message", "business_message", "edited_business_message")
_OF_ACCOUNTS = ("business_message", "edited_business_message", "deleted_business_messages")


@dataclass(frozen=True, slots=True)
class _Heard:
    """One message as it came: whether it is an edit, and of an own account."""

    message: Mapping[str, Any]
    number: int
    edited: bool
    business: bool


@dataclass(frozen=True, slots=True)
class _Frame:
    """What is known beside the updates; `at`: when they came."""

    channel_id: str
    bot_id: int
    owner_id: int | None
    at: datetime


def update_of(raw: RawMessage) -> dict[str, Any]:
    """The update's JSON object; Unreadable where it is none."""
    try:
        update = json.loads(raw.payload)
    except (ValueError, RecursionError) as error:
        raise Unreadable(Fault.MALFORMED, "not JSON") from error
    if not isinstance(update, dict):
        raise Unreadable(Fault.MALFORMED, "not an object")
    return update


def connection_of(raws: Sequence[RawMessage]) -> str | None:
    """By which connection of an own account they came; None for all other updates.

    Raises Unreadable.
    """
    update = update_of(raws[0])
    bodies = [mapping(update.get(kind)) for kind in _OF_ACCOUNTS]
    bodies.append(mapping(mapping(update.get("callback_query")).get("message")))
    found = (words(one.get("business_connection_id")) for one in bodies)
    return next((one for one in found if one), None)


def parse_updates(
    raws: Sequence[RawMessage], channel_id: str, bot_id: int, owner_id: int | None = None
) -> Said:
    """What one update says, or the members of an album together.

    `owner_id`: the Telegram id of who owns the account that connection_of names. A str says why
    there is nothing to show. Raises Unreadable, nothing else.
    """
    updates = [update_of(raw) for raw in raws]
    frame = _Frame(channel_id, bot_id, owner_id, raws[0].received_at)
    first = updates[0]
    if "deleted_business_messages" in first:
        deletion = mapping(first["deleted_business_messages"])
        return _reason(taken_back(deletion, channel_id, owner_id, frame.at))
    if "business_connection" in first:
        return connected(mapping(first["business_connection"]), channel_id, frame.at)
    if "callback_query" in first:
        press = mapping(first["callback_query"])
        return _reason(chosen(press, channel_id, owner_id, frame.at))
    if "my_chat_member" in first:
        return _reason(membership(mapping(first["my_chat_member"]), channel_id, frame.at))
    heard = [one for update in updates if (one := _heard(update)) is not None]
    if not heard:
        kinds = sorted({key for update in updates for key in update} - {"update_id"})
        if any(kind in _MESSAGES for kind in kinds):
            raise Unreadable(Fault.MALFORMED, "a message without an id")
        return SERVICE + (", ".join(kinds) or "an empty update")
    return _reason(_said(_album(heard), frame, lost=len(updates) - len(heard)))


def _reason(said: Said) -> Said:
    return SERVICE + said if isinstance(said, str) else said


def _heard(update: Mapping[str, Any]) -> _Heard | None:
    for kind in _MESSAGES:
        message = mapping(update.get(kind))
        number = whole(message.get("message_id"))
        if number is not None:
            business = "business" in kind or "business_connection_id" in message
            return _Heard(message, number, edited=kind.startswith("edited"), business=business)
    return None


def _album(heard: Sequence[_Heard]) -> list[_Heard]:
    """In the order of the chat; of a member that was edited at once, only what it says now."""
    latest: dict[int, _Heard] = {}
    for one in heard:
        before = latest.get(one.number)
        new = before is not None and not before.edited
        latest[one.number] = replace(one, edited=False) if new else one
    return sorted(latest.values(), key=lambda one: one.number)


def _said(heard: Sequence[_Heard], frame: _Frame, *, lost: int) -> Said:
    first = heard[0].message
    chat = chat_of(first.get("chat"), business=heard[0].business, owner_id=frame.owner_id)
    if isinstance(chat, str):
        return chat
    if (move := moved(first, frame.channel_id, frame.at)) is not None:
        return move
    if (kind := service_kind(first)) is not None:
        return kind
    sender = sender_of(first)
    if sender is None and not chat.is_group:
        sender = of_private_chat(mapping(first["chat"]))
    if sender is None:
        raise Unreadable(Fault.MALFORMED, "a message of nobody")
    if (reason := _nobodys(heard[0], sender, chat)) is not None:
        return reason
    return _inbound(heard, sender, chat, frame, lost=lost)


def _nobodys(heard: _Heard, sender: Person, chat: Chat) -> str | None:
    """Why a message is no person's word to us; None where it is one."""
    message = heard.message
    own = chat.owner_id is not None and sender.user_id == chat.owner_id
    if "sender_business_bot" in message:
        return "an echo of our own"
    if own and message.get("is_from_offline") is True:
        return "sent for the owner: a greeting, an away message or a scheduled one"
    if sender.is_bot:
        return "a message of a bot"
    if sender.user_id == TELEGRAM_ITSELF:
        return "a notice of Telegram"
    return None


def _inbound(
    heard: Sequence[_Heard], sender: Person, chat: Chat, frame: _Frame, *, lost: int
) -> InboundMessage:
    first, number = heard[0].message, heard[0].number
    contents = [content_of(one.message, frame.bot_id) for one in heard]
    text, entities = joined([one.text for one in contents])
    attachments = [each for one in contents for each in one.attachments]
    attachments += [unknown("message", f"bot:{frame.bot_id}")] * lost
    nature, reason = _nature(heard[0], sender, chat, text if not attachments else "")
    own = nature is Nature.OWN
    opening = _OPENING.fullmatch(text) if nature is Nature.SERVICE and not chat.is_group else None
    return InboundMessage(
        channel_id=frame.channel_id,
        external_id=chat.external_id(number or _ephemeral(first)),
        thread_ids=(chat.thread,),
        sender=sender.handle,
        sender_name=sender.name,
        sent_at=_sent_at(heard[0], frame.at),
        text=text,
        entities=entities,
        attachments=tuple(attachments),
        known_as=() if own else known_as(sender, first),
        nature=nature,
        nature_reason=reason,
        reply_context=_reply_context(first, number, sender, chat),
        peer=chat.peer,
        peer_name=chat.peer_name,
        place=chat.place,
        passed_on=passed_on(first),
        refers=refers_to(first, chat, frame.bot_id),
        opens=(opening.group(1) or "") if opening else "",
    )


def _ephemeral(message: Mapping[str, Any]) -> str:
    """A message that only we see has no number in its chat, but one that is given anew later."""
    return f"e{whole(message.get('ephemeral_message_id'))}@{whole(message.get('date'))}"


def _sent_at(heard: _Heard, came_at: datetime) -> datetime:
    sent_at = instant(heard.message.get("date"), came_at)
    return instant(heard.message.get("edit_date"), sent_at) if heard.edited else sent_at


def _nature(heard: _Heard, sender: Person, chat: Chat, bare: str) -> tuple[Nature, str]:
    """`bare`: the text where nothing else comes with it."""
    if heard.edited:
        return Nature.EDIT, "edited"
    if chat.owner_id is not None:
        own = sender.user_id == chat.owner_id
        return (Nature.OWN, "own account") if own else (Nature.PERSON, "")
    if heard.message.get("is_automatic_forward") is True:
        return Nature.AUTOMATIC, "linked channel"
    if (_OPENING_IN_GROUP if chat.is_group else _OPENING).fullmatch(bare):
        return Nature.SERVICE, "opened the chat"
    return Nature.PERSON, ""


def _reply_context(
    message: Mapping[str, Any], number: int, sender: Person, chat: Chat
) -> dict[str, Any]:
    context: dict[str, Any] = {
        "chat_id": chat.number,
        "message_id": number or None,
        "language": sender.language,
    }
    thread = whole(message.get("message_thread_id"))
    if thread is not None and message.get("is_topic_message") is True:
        context["thread_id"] = thread
    return context
