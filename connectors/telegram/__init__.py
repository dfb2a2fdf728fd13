"""Telegram as a channel: private chats of clients with the bot."""

from connectors.telegram.bot import open_bot
from connectors.telegram.config import TelegramSettings
from connectors.telegram.connector import TelegramConnector, download
from connectors.telegram.source import PollingSource

__all__ = ["PollingSource", "TelegramConnector", "TelegramSettings", "download", "open_bot"]
