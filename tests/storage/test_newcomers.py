"""Mails of one newcomer that arrive together are one client's, however many processes file."""

import asyncio

from inbox.model import Handle
from storage.store import SqlStore
from tests.storage.values import LENA

LENAS_NAME = Handle("telegram_name", "lena")


async def _client_of(store: SqlStore, *handles: Handle) -> int:
    """File as the flow does: the client that is known, or a new one."""
    async with store.begin() as t:
        known = await t.contact_of(handles)
        await asyncio.sleep(0.02)
        if known is not None:
            return known[0].id
        client = await t.add_client("Лена", None)
        contact = await t.add_contact(client.id, "Лена")
        await t.add_handles(contact.id, handles)
        return client.id


async def test_who_writes_twice_at_once_is_one_client(store: SqlStore) -> None:
    filed = await asyncio.gather(
        *(_client_of(store, LENA, LENAS_NAME) for _ in range(4)),
        *(_client_of(store, LENAS_NAME, LENA) for _ in range(4)),
    )
    assert len(set(filed)) == 1
    async with store.begin() as t:
        assert len(await t.clients()) == 1
