"""What a connected bot is allowed in somebody's own account, and the refusals where it is not."""

from __future__ import annotations

from datetime import timedelta

from sandbox.telegram.records import Bot, Chat, Connection
from sandbox.telegram.refusal import Refusal, bad_request, forbidden
from sandbox.telegram.world import World

ALL_RIGHTS = frozenset(
    {"can_reply", "can_read_messages", "can_delete_sent_messages", "can_delete_all_messages"}
)
ANSWERED_WITHIN = timedelta(hours=24)


def connection_for(world: World, bot: Bot, connection_id: str) -> Connection:
    """The bot's connection of this id, or the refusal of one that is not, or no longer."""
    connection = world.connections.get(connection_id)
    if connection is None or connection.bot_id != bot.id:
        raise bad_request("business connection not found")
    if not connection.enabled:
        raise Refusal(400, "Bad Request: BUSINESS_CONNECTION_INVALID")
    return connection


def require_right(connection: Connection, right: str) -> None:
    if right not in connection.rights:
        raise forbidden("BOT_ACCESS_FORBIDDEN")


def account_to_write(world: World, bot: Bot, connection_id: str, chat_id: int | str) -> Chat:
    """The client's chat, as long as the client wrote there within the last 24 hours."""
    chat = account_to_change(world, bot, connection_id, chat_id)
    if world.now().timestamp() - chat.heard_at > ANSWERED_WITHIN.total_seconds():
        raise bad_request("BUSINESS_PEER_USAGE_MISSING")
    return chat


def account_to_change(world: World, bot: Bot, connection_id: str, chat_id: int | str) -> Chat:
    """The client's chat, to change what is there already."""
    connection = connection_for(world, bot, connection_id)
    require_right(connection, "can_reply")
    if isinstance(chat_id, int) and (chat_id < 0 or chat_id in world.bots):
        raise bad_request("chat must be a private chat")
    if not isinstance(chat_id, int) or chat_id not in world.people:
        raise bad_request("chat not found")
    if chat_id == connection.owner.id:
        raise bad_request("messages must not be sent to self")
    return world.account_room(connection.owner.id, chat_id, bot)
