"""aiogram's form states in our own database, so that a half-filled form outlives a restart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from aiogram.fsm.state import State
from aiogram.fsm.storage.base import BaseStorage, DefaultKeyBuilder, StorageKey

from inbox.ports import Store


class FormStorage(BaseStorage):
    """State and data of a form as two rows of `Transaction.form`."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._keys = DefaultKeyBuilder(with_bot_id=True, with_destiny=True)

    async def set_state(self, key: StorageKey, state: str | State | None = None) -> None:
        value = state.state if isinstance(state, State) else state
        await self._save(self._keys.build(key, "state"), value)

    async def get_state(self, key: StorageKey) -> str | None:
        return await self._load(self._keys.build(key, "state"))

    async def set_data(self, key: StorageKey, data: Mapping[str, Any]) -> None:
        value = json.dumps(dict(data), ensure_ascii=False) if data else None
        await self._save(self._keys.build(key, "data"), value)

    async def get_data(self, key: StorageKey) -> dict[str, Any]:
        value = await self._load(self._keys.build(key, "data"))
        return dict(json.loads(value)) if value else {}

    async def close(self) -> None:
        """The database belongs to somebody else."""

    async def _load(self, key: str) -> str | None:
        async with self._store.begin() as t:
            return await t.form(key)

    async def _save(self, key: str, value: str | None) -> None:
        async with self._store.begin() as t:
            await t.save_form(key, value)
