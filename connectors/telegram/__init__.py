"""Telegram as a channel: private chats of clients with the bot.

What needs aiogram is loaded when it is first asked for: it costs 2 s and 168 MB, which reading
the settings and `okno health` need not carry.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from connectors.telegram.config import TelegramSettings

if TYPE_CHECKING:
    from connectors.telegram.bot import open_bot
    from connectors.telegram.connector import TelegramConnector, download
    from connectors.telegram.source import PollingSource

_HOMES = {
    "PollingSource": "source",
    "TelegramConnector": "connector",
    "download": "connector",
    "open_bot": "bot",
}

__all__ = ["PollingSource", "TelegramConnector", "TelegramSettings", "download", "open_bot"]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
