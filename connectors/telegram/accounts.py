"""Whose own account a business connection is of: what the connector asks the database."""

from __future__ import annotations

from typing import Protocol

from inbox.model import Account


class Accounts(Protocol):
    """Own accounts of people that the bot may read and answer for."""

    async def of_connection(self, connection_id: str) -> Account | None:
        """The present state of the account that this connection, present or former, is of."""
        ...

    async def of_owner(self, owner_id: int) -> Account | None:
        """The account of the member with this Telegram id; None: not ours to write from."""
        ...

    async def keep(self, account: Account) -> None:
        """Remember it."""
        ...


class NoAccounts:
    """Nobody has connected an account."""

    async def of_connection(self, connection_id: str) -> Account | None:
        """None."""
        return None

    async def of_owner(self, owner_id: int) -> Account | None:
        """None."""
        return None

    async def keep(self, account: Account) -> None:
        """Nothing is kept."""
