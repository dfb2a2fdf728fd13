"""What can go wrong with a mail server, inside this room.

MailFault
├── SessionLost    the connection is gone or in doubt: make a new one
├── Refused        the server said NO or BAD
└── LoginRefused   the server does not take this user and password
"""

from __future__ import annotations

from inbox.errors import OknoError


class MailFault(OknoError):
    """`reason` is the server's text or our own short one; never a secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SessionLost(MailFault):
    """The connection is gone or in doubt: make a new one."""


class Refused(MailFault):
    """The server said NO or BAD."""


class LoginRefused(Refused):
    """The server does not take this user and password."""
