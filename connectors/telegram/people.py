"""Who wrote: names, handles and what else is surely the same person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.telegram.values import mapping, whole, words
from inbox.model import Handle

TELEGRAM_ITSELF = 777000  # login codes and notices; forwards of a linked channel
_PHONE_DIGITS = range(7, 16)  # E.164


@dataclass(frozen=True, slots=True)
class Person:
    """A sender: a person, a bot, or a chat in whose name somebody writes."""

    handle: Handle
    name: str
    language: str = ""
    username: str = ""
    is_bot: bool = False
    of_chat: bool = False

    @property
    def user_id(self) -> int | None:
        """None for a chat."""
        return None if self.of_chat else int(self.handle.address)


def person_name(user: Mapping[str, Any]) -> str:
    """First and last name; else the @name or the number; "" where there is none of them."""
    full = f"{words(user.get('first_name'))} {words(user.get('last_name'))}".strip()
    number = whole(user.get("id"))
    return full or words(user.get("username")) or ("" if number is None else str(number))


def chat_name(chat: Mapping[str, Any]) -> str:
    """A group's or channel's title, a private chat's person."""
    return words(chat.get("title")).strip() or person_name(chat)


def sender_of(message: Mapping[str, Any]) -> Person | None:
    """Who wrote it. In the name of a chat (anonymous admins, channels) the chat itself did, for
    `from` then holds a bot that stands for nobody. None where it does not say."""
    chat, user = mapping(message.get("sender_chat")), mapping(message.get("from"))
    chat_id, user_id = whole(chat.get("id")), whole(user.get("id"))
    if chat_id is not None:
        signature = words(message.get("author_signature"))
        name = " · ".join(part for part in (chat_name(chat), signature) if part)
        return Person(Handle("telegram_group", str(chat_id)), name, of_chat=True)
    return None if user_id is None else _person(user_id, user)


def of_private_chat(chat: Mapping[str, Any]) -> Person | None:
    """The person whose private chat it is: its number is the person's."""
    number = whole(chat.get("id"))
    return None if number is None else _person(number, chat)


def _person(number: int, user: Mapping[str, Any]) -> Person:
    return Person(
        handle=Handle("telegram", str(number)),
        name=person_name(user) or str(number),
        language=words(user.get("language_code")),
        username=words(user.get("username")).lower(),
        is_bot=user.get("is_bot") is True,
    )


def known_as(person: Person, message: Mapping[str, Any]) -> tuple[Handle, ...]:
    """The @name; and the phone, only where the person shared the own contact."""
    handles = []
    if person.username:
        handles.append(Handle("telegram_name", person.username))
    contact = mapping(message.get("contact"))
    own = person.user_id is not None and whole(contact.get("user_id")) == person.user_id
    second_hand = "forward_origin" in message or "via_bot" in message
    digits = "".join(one for one in words(contact.get("phone_number")) if one in "0123456789")
    if own and not second_hand and len(digits) in _PHONE_DIGITS:
        handles.append(Handle("phone", f"+{digits}"))
    return tuple(handles)
