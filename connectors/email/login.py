"""What a mailbox logs in with: a server's password, or tokens that a provider gives."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Protocol

from connectors.email.config import MailboxSettings, ServerSettings
from connectors.email.faults import LoginRefused


class Tokens(Protocol):
    """Access tokens of one mailbox, each good for about an hour."""

    async def token(self) -> str:
        """A token that is good for five minutes at least; a secret.

        Raises ConsentNeeded, with what a person must do, and SessionLost where the provider does
        not answer.
        """
        ...

    def refused(self, token: str) -> None:
        """A mail server did not take this token: the next one must be another."""
        ...

    async def close(self) -> None:
        """Let go of the provider; a consent that is waited for is waited for no longer."""
        ...


class TokenStore(Protocol):
    """Where one mailbox's consent is kept, as a text that only its provider's code reads."""

    def load(self) -> str:
        """What was saved last; "" where nothing was."""
        ...

    def save(self, text: str) -> None:
        """Keep this, safe from a crash halfway. Raises OSError."""
        ...


class TokenFile:
    """A file for our eyes only. Several processes may use it: the last one to save wins."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> str:
        """See TokenStore."""
        try:
            return self._path.read_text(encoding="utf-8")
        except (OSError, ValueError):
            return ""

    def save(self, text: str) -> None:
        """See TokenStore."""
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._path.with_name(f".{self._path.name}.{os.getpid()}")
        try:
            with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            draft.replace(self._path)
        finally:
            with contextlib.suppress(OSError):
                draft.unlink(missing_ok=True)


def password_of(settings: ServerSettings) -> str:
    """The password; a secret. Raises LoginRefused where none is set."""
    if settings.password is None:
        raise LoginRefused("no password is set")
    return settings.password.get_secret_value()


def tokens_of(settings: MailboxSettings, name: str, *, asking: bool = True) -> Tokens | None:
    """The mailbox's tokens; None where it logs in with passwords. `name`: as in the settings.

    `asking`: a consent that is missing is asked for, where the provider has a code for that;
    else it is only said to be missing.
    """
    if settings.auth == "password" or settings.tokens is None:
        return None
    store = TokenFile(settings.tokens)
    if settings.auth == "microsoft":
        from connectors.email.microsoft import MicrosoftTokens  # noqa: PLC0415 - heavy, and rare

        return MicrosoftTokens(settings, store, name, asking=asking)
    from connectors.email.google import GoogleTokens  # noqa: PLC0415 - rare

    return GoogleTokens(settings, store, name)
