"""Where a message was written: a private chat, a client group, or a member's own account."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.telegram.people import chat_name
from connectors.telegram.values import mapping, whole, words
from inbox.errors import Fault, Unreadable
from inbox.model import Handle


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat as conversations know it.

    `number` is Telegram's. `owner_id`: whose own account it is in. `peer`, `peer_name`, `place`:
    see inbox.model.InboundMessage.
    """

    number: int
    thread: str
    owner_id: int | None = None
    peer: Handle | None = None
    peer_name: str = ""
    place: Handle | None = None

    @property
    def is_group(self) -> bool:
        """Whether several people write there."""
        return self.peer is not None and self.owner_id is None

    def external_id(self, message_id: int | str) -> str:
        """The id of one of its messages; those of an own account are a space of their own."""
        if self.owner_id is None:
            return f"{self.number}:{message_id}"
        return f"business:{self.owner_id}:{self.number}:{message_id}"


def chat_of(raw: object, *, business: bool, owner_id: int | None) -> Chat | str:
    """The chat, or why nothing in it concerns us. Raises Unreadable."""
    chat = mapping(raw)
    number, kind = whole(chat.get("id")), words(chat.get("type"))
    if number is None:
        raise Unreadable(Fault.MALFORMED, "a chat without an id")
    if business:
        return _in_own_account(chat, number, owner_id)
    if kind == "channel":
        return "a message in a channel"
    if kind == "private" or (kind not in {"group", "supergroup"} and number > 0):
        return Chat(number, f"chat:{number}")
    place = group_handle(number)
    return Chat(number, group_thread(number), peer=place, peer_name=chat_name(chat), place=place)


def _in_own_account(chat: Mapping[str, Any], client: int, owner_id: int | None) -> Chat | str:
    if owner_id is None:
        return "a message of an account that is not known"
    if client == owner_id:
        return "what the owner of an account saved for the own use"
    return Chat(
        number=client,
        thread=f"business:{owner_id}:{client}",
        owner_id=owner_id,
        peer=Handle("telegram", str(client)),
        peer_name=chat_name(chat),
        place=Handle("telegram_business", f"{owner_id}:{client}"),
    )


def group_handle(number: int) -> Handle:
    """A group's own handle."""
    return Handle("telegram_group", str(number))


def group_thread(number: int) -> str:
    """The thread id of all that is written in a group."""
    return f"group:{number}"
