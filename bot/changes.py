"""What the settings say of calendars and promises, remembered from start to start for the log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime

from bot.settings import Settings
from bot.terms import written_calendars, written_policies
from inbox.calendars import Calendars
from inbox.log_records import Deed, Entry
from inbox.ports import Store


async def log_changes(
    store: Store, settings: Settings, calendars: Calendars, now: datetime
) -> tuple[Entry, ...]:
    """Log what is otherwise than at the last start, and remember how it is now.

    `calendars` are as the settings make them, without days entered since: a later `holidays`
    package changes them too. At the very first start there is nothing to compare with.
    """
    weeks = {
        name: f"{words} ({calendars.named(name).hours.version})"
        for name, words in written_calendars(settings).items()
    }
    said = {Deed.CALENDAR: weeks, Deed.POLICY: written_policies(settings)}
    async with store.begin() as t:
        entries: list[Entry] = []
        for deed, present in said.items():
            key = f"settings:{deed}"
            known = await t.form(key)
            if known is not None:
                entries.extend(_differences(deed, json.loads(known), present, now))
            await t.save_form(key, json.dumps(present, ensure_ascii=False))
        await t.log(entries)
    return tuple(entries)


def _differences(
    deed: Deed, before: Mapping[str, str], after: Mapping[str, str], now: datetime
) -> Iterator[Entry]:
    for name in sorted(before.keys() | after.keys()):
        was, is_ = before.get(name), after.get(name)
        if was != is_:
            yield Entry(now, deed, before=_entry(name, was), after=_entry(name, is_))


def _entry(name: str, words: str | None) -> str:
    return "" if words is None else f"{name}: {words}"
