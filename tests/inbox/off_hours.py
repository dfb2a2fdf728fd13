"""Evenings of a studio that tells its clients when it opens."""

from dataclasses import replace
from datetime import timedelta

from inbox.flow import reply
from inbox.ports import Deed, Entry, OffHoursReply, ReplyState
from tests.fakes import MONDAY_TEN
from tests.inbox.conftest import Studio

IVAN = "ivan@romashka.test"
EVENING = MONDAY_TEN.replace(hour=17)  # 20:00 in Moscow
SOON = timedelta(seconds=0.1)


def switched(studio: Studio, **more: object) -> None:
    studio.inbox = replace(studio.inbox, off_hours_reply=True, **more)  # type: ignore[arg-type]  # fields of an inbox


async def told(studio: Studio, thread: str) -> OffHoursReply | None:
    talk = await studio.conversation(thread)
    async with studio.inbox.store.begin() as t:
        waits = await t.waits_in(talk.id)
        return await t.off_hours_reply(waits[0].id)


async def state(studio: Studio, thread: str) -> ReplyState | None:
    found = await told(studio, thread)
    return None if found is None else found.state


async def entries(studio: Studio) -> list[Entry]:
    async with studio.inbox.store.begin() as t:
        logged = await t.logged()
    return [one.entry for one in logged if one.entry.deed is Deed.OFF_HOURS_REPLY]


async def answer(studio: Studio, thread: str, key: str) -> None:
    talk = await studio.conversation(thread)
    assert await reply(studio.inbox, studio.draft(talk, studio.anna, key)) is not None
