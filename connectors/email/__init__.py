"""Mail: read over IMAP, answered over SMTP. `connect` makes a connector, the checks try a mailbox.

connector = connect(Channel("email:info", "email"), settings, clock)
async for batch in connector.receive(cursor): ...
receipt = await connector.send(message)
await connector.close()

What speaks IMAP and SMTP is loaded when it is first asked for: reading the settings and
`okno health` need not wait for it.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from connectors.email.config import MailboxSettings, ServerSettings

if TYPE_CHECKING:
    from connectors.email.check import check_imap, check_smtp
    from connectors.email.connector import MailConnector, connect

_HOMES = {
    "MailConnector": "connector",
    "check_imap": "check",
    "check_smtp": "check",
    "connect": "connector",
}

__all__ = [
    "MailConnector",
    "MailboxSettings",
    "ServerSettings",
    "check_imap",
    "check_smtp",
    "connect",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
