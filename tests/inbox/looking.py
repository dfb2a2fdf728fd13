"""What tests look up: waits, the log, and calendars beside the studio's."""

from dataclasses import replace
from datetime import datetime, time

from sqlalchemy import text

from inbox.business_hours import BusinessHours
from inbox.calendars import STUDIO, Calendar, Calendars
from inbox.model import Conversation, Manager, Wait
from inbox.ports import Deed, LogLine
from tests.fakes import MONDAY_TEN
from tests.inbox.conftest import HOURS, MOSCOW, Studio

AFTERNOON = BusinessHours(MOSCOW, dict.fromkeys(range(5), ((time(12), time(20)),)))
ALWAYS = BusinessHours(MOSCOW, dict.fromkeys(range(7), ((time(0), time(0)),)))


def msk(day: int, hour: int, minute: int = 0) -> datetime:
    """An instant of November 2026 in Moscow, as UTC; the 23rd is a Monday."""
    return MONDAY_TEN.replace(day=day, hour=hour - 3, minute=minute)


def with_calendars(studio: Studio) -> None:
    """From now on there are "afternoon" (12 to 20) and "always" beside the studio's."""
    known = {STUDIO: HOURS, "afternoon": AFTERNOON, "always": ALWAYS}
    calendars = Calendars([Calendar(name, hours) for name, hours in known.items()])
    studio.inbox = replace(studio.inbox, calendars=calendars)


async def saved(studio: Studio, member: Manager) -> Manager:
    async with studio.inbox.store.begin() as t:
        return await t.save_manager(member)


async def client_calendar(studio: Studio, conversation: Conversation, name: str) -> None:
    async with studio.inbox.store.begin() as t:
        await t.save_client(replace(conversation.client, calendar=name))


async def open_wait(studio: Studio, thread: str) -> Wait:
    wait = (await studio.conversation(thread)).wait
    assert wait is not None
    return wait


async def waits(studio: Studio, conversation: Conversation) -> tuple[Wait, ...]:
    async with studio.inbox.store.begin() as t:
        return await t.waits_in(conversation.id)


async def held_by(studio: Studio, wait: Wait) -> int | None:
    """Whom the store charges with the wait."""
    async with studio.inbox.store.begin() as t:
        rows = await t.rows(text("SELECT held_by_id FROM wait WHERE id = :id"), id=wait.id)
    return rows[0][0]


async def logged(studio: Studio, *deeds: Deed) -> list[LogLine]:
    """All of the log, or what it has of these."""
    async with studio.inbox.store.begin() as t:
        lines = await t.logged()
    return [one for one in lines if not deeds or one.entry.deed in deeds]


async def now_of(studio: Studio, talk: Conversation) -> Conversation:
    """The conversation as it stands now."""
    async with studio.inbox.store.begin() as t:
        return await t.conversation(talk.id)
