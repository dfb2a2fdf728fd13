"""A Telegram Bot API on loopback: people, chats, updates and faults over real HTTP."""

from sandbox.telegram.faults import Fault
from sandbox.telegram.people import People
from sandbox.telegram.server import TelegramServer
from sandbox.telegram.world import Bot, Person, World

__all__ = ["Bot", "Fault", "People", "Person", "TelegramServer", "World"]
