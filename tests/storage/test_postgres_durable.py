"""What is acknowledged to others waits for the disk; what would only run again does not."""

import pytest
from sqlalchemy import text

from storage.store import open_store

pytestmark = pytest.mark.real


async def test_only_a_durable_commit_waits_for_the_disk(postgres_url: str) -> None:
    store = await open_store(postgres_url)
    asked = text("SHOW synchronous_commit")
    for durable, expected in ((False, "off"), (True, "on"), (False, "off")):
        async with store.begin(durable=durable) as t:
            assert await t.value(asked) == expected
    await store.close()
