"""What can go wrong with a mail server, inside this room.

MailFault
├── SessionLost    the connection is gone or in doubt: make a new one
├── Refused        the server said NO or BAD
└── LoginRefused   the server does not take this user and password
    └── ConsentNeeded  a person must let us into the mailbox at the provider
"""

from __future__ import annotations

import re

from inbox.errors import Fault, OknoError

_TEMPORARY = re.compile(r"\[(UNAVAILABLE|INUSE|LIMIT|SERVERBUG|CONTACTADMIN)\]", re.IGNORECASE)


class MailFault(OknoError):
    """`reason` is the server's text or our own short one; never a secret."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class SessionLost(MailFault):
    """The connection is gone or in doubt: make a new one."""


class Refused(MailFault):
    """The server said NO or BAD."""

    @property
    def temporary(self) -> bool:
        """Whether the server itself says that it will pass (RFC 5530)."""
        return _TEMPORARY.search(self.reason) is not None


class LoginRefused(Refused):
    """The server does not take this user and password."""

    fault = Fault.LOGIN_FAILED


class ConsentNeeded(LoginRefused):
    """A person must let us into the mailbox at the provider; `reason` says how."""

    fault = Fault.CONSENT_NEEDED
