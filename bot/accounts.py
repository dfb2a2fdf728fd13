"""Members' own accounts, as the Telegram connector asks for them: rows of the database."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.accounts import member_with
from inbox.model import Account
from inbox.ports import Store


@dataclass(frozen=True, slots=True)
class StoredAccounts:
    """Implements connectors.telegram.accounts.Accounts."""

    store: Store

    async def of_connection(self, connection_id: str) -> Account | None:
        """By a connection, present or former."""
        async with self.store.begin() as t:
            return await t.account_by(connection_id)

    async def of_owner(self, owner_id: int) -> Account | None:
        """By the owner's Telegram id; None of who left the studio: nothing is written in the name
        of such a person."""
        async with self.store.begin() as t:
            is_member = member_with(await t.staff(), str(owner_id)) is not None
            return await t.account(owner_id) if is_member else None

    async def keep(self, account: Account) -> None:
        """See inbox.chats.Chats.keep_account."""
        async with self.store.begin() as t:
            await t.keep_account(account)
