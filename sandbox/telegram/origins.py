"""Where a message that is passed on comes from, as far as its author lets it be seen.

https://core.telegram.org/bots/api#messageorigin
"""

from __future__ import annotations

from typing import Any

from sandbox.telegram.records import Entry
from sandbox.telegram.world import World


def origin_of(world: World, entry: Entry) -> dict[str, Any]:
    """The forward_origin of a message passed on: the first author, not the last."""
    message = entry.message
    if "forward_origin" in message:
        return {"forward_origin": message["forward_origin"]}
    return {"forward_origin": first_origin(world, entry)}


def first_origin(world: World, entry: Entry) -> dict[str, Any]:
    """The MessageOrigin of a message as its author wrote it."""
    message = entry.message
    origin: dict[str, Any] = {"date": message["date"]}
    chat = message.get("sender_chat")
    if chat is not None:
        if chat["type"] == "channel":
            return origin | {"type": "channel", "chat": chat, "message_id": entry.id}
        return origin | {"type": "chat", "sender_chat": chat}
    author = message["from"]
    person = world.people.get(author["id"])
    if person is not None and person.hides_forwards:
        name = f"{person.first_name} {person.last_name}".strip()
        return origin | {"type": "hidden_user", "sender_user_name": name}
    return origin | {"type": "user", "sender_user": author}
