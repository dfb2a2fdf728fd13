"""Bots at people's own accounts: connecting them, and what they may do there.

https://core.telegram.org/bots/api#businessconnection
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from itertools import count
from typing import Any

from sandbox.telegram.call import Call
from sandbox.telegram.records import Bot, Chat, Connection, Entry
from sandbox.telegram.refusal import bad_request
from sandbox.telegram.rights import ALL_RIGHTS, connection_for, require_right
from sandbox.telegram.world import World

DELETED_WITHIN = timedelta(hours=48)
IDS_LIMIT = 100

_numbers = count(1)


def connect(world: World, bot: Bot, owner_id: int, rights: Iterable[str] | None) -> Connection:
    """A new connection, instead of the one before; the bot is told. `rights` None is all."""
    if owner_id not in world.people:
        raise LookupError(f"no person {owner_id}")
    given = frozenset(ALL_RIGHTS if rights is None else rights)
    if given - ALL_RIGHTS:
        raise ValueError(f"no such rights: {', '.join(sorted(given - ALL_RIGHTS))}")
    if world.connection_of(owner_id) is not None:
        disconnect(world, owner_id)
    at = int(world.now().timestamp())
    connection_id = f"biz{next(_numbers):04d}-{owner_id}"
    connection = Connection(connection_id, bot.id, world.people[owner_id], at, given)
    world.connections[connection_id] = connection
    _tell(world, connection)
    return connection


def disconnect(world: World, owner_id: int) -> Connection:
    """End it: the bot hears no more and is refused. LookupError where there is none."""
    connection = _present(world, owner_id)
    connection.enabled = False
    _tell(world, connection)
    return connection


def change_rights(world: World, owner_id: int, rights: Iterable[str]) -> Connection:
    """The same connection with these rights alone."""
    given = frozenset(rights)
    if given - ALL_RIGHTS:
        raise ValueError(f"no such rights: {', '.join(sorted(given - ALL_RIGHTS))}")
    connection = _present(world, owner_id)
    connection.rights = given
    _tell(world, connection)
    return connection


def tell_deleted(world: World, chat: Chat, message_ids: list[int]) -> None:
    """Take messages out of a chat of an account, and say so to the connected bot."""
    for message_id in message_ids:
        world.remove(chat, message_id)
    told = {"chat": chat.header, "message_ids": message_ids}
    world.publish(chat, "deleted_business_messages", told)


def get_connection(call: Call) -> dict[str, Any]:
    """Of a connection that has ended too."""
    connection = call.world.connections.get(call.params["business_connection_id"])
    if connection is None or connection.bot_id != call.bot.id:
        raise bad_request("business connection not found")
    return connection.as_update()


def read_message(call: Call) -> bool:
    """Mark what came up to this message as read; the client sees it."""
    connection = connection_for(call.world, call.bot, call.params["business_connection_id"])
    require_right(connection, "can_read_messages")
    chat = call.world.account_room(connection.owner.id, call.params["chat_id"], call.bot)
    message_id = call.params["message_id"]
    if message_id not in chat.entries:
        raise bad_request("message not found")
    chat.read_id = max(chat.read_id, message_id)
    call.world.notice(chat, message_id, "read")
    return True


def delete_messages(call: Call) -> bool:
    """1-100 messages of one chat, not older than 48 hours; the bot's own need the lesser right."""
    world = call.world
    connection = connection_for(world, call.bot, call.params["business_connection_id"])
    ids: list[int] = call.params["message_ids"]
    if not 1 <= len(ids) <= IDS_LIMIT:
        raise bad_request("wrong number of message identifiers: 1-100 are allowed")
    rooms = [r for r in world.account_rooms(connection.owner.id) if set(ids) & r.entries.keys()]
    if len(rooms) > 1:
        raise bad_request("messages must be from the same chat")
    if not rooms:
        raise bad_request("message to delete not found")
    found = [rooms[0].entries[i] for i in ids if i in rooms[0].entries]
    for entry in found:
        _require_deletable(world, connection, entry)
    tell_deleted(world, rooms[0], [entry.id for entry in found])
    return True


def _require_deletable(world: World, connection: Connection, entry: Entry) -> None:
    if "can_delete_all_messages" not in connection.rights:
        if entry.author_id != connection.bot_id:
            require_right(connection, "can_delete_all_messages")
        require_right(connection, "can_delete_sent_messages")
    age = world.now().timestamp() - entry.message["date"]
    if age > DELETED_WITHIN.total_seconds():
        raise bad_request("message can't be deleted for everyone")


def _present(world: World, owner_id: int) -> Connection:
    connection = world.connection_of(owner_id)
    if connection is None:
        raise LookupError(f"no bot at the account of {owner_id}")
    return connection


def _tell(world: World, connection: Connection) -> None:
    stream = world.bots[connection.bot_id].stream
    stream.push("business_connection", connection.as_update())
    for chat in world.account_rooms(connection.owner.id):
        world.notice(chat, None, "account", enabled=connection.enabled)
