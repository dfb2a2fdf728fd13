"""A calendar that was set to a client or to a member counts what is open from then on."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.stories import stories_in
from inbox.actions import take
from inbox.flow import escalate, reply
from inbox.holding import swap_calendars
from inbox.model import Manager
from inbox.ports import AlertState, Deed
from inbox.why import Fate
from tests.inbox.conftest import Studio
from tests.inbox.looking import held_by, logged, open_wait, saved, waits, with_calendars


async def swapped(studio: Studio, member: Manager, calendar: str | None) -> int:
    """The member gets the calendar; how many waits go on by it."""
    await saved(studio, replace(member, calendar=calendar))
    inbox, now = studio.inbox, studio.clock.now()
    async with inbox.store.begin() as t:
        open_ = await t.open_waits_of(manager_id=member.id)
        return await swap_calendars(inbox.calendars, t, open_, at=now, by_id=None, cause="set")


async def test_rule_13_what_ran_by_the_old_calendar_counts(studio: Studio) -> None:
    with_calendars(studio)
    await studio.client("Ромашка", studio.anna, "a@x.test")
    thread = await studio.asks("a@x.test")  # 10:00 on Monday
    studio.clock.pass_(minutes=20)
    assert await swapped(studio, studio.anna, "afternoon") == 1
    wait = await open_wait(studio, thread)
    # 20 minutes until 10:20; the afternoon opens at 12:00.
    assert wait.due_at == studio.clock.now() + timedelta(minutes=100 + 40)
    (line,) = await logged(studio, Deed.SWAPPED)
    assert line.entry.after.endswith(" afternoon")
    assert await swapped(studio, studio.anna, "afternoon") == 0, "it counts by it already"
    assert await open_wait(studio, thread) == wait


async def test_rule_05_a_swap_leaves_who_is_charged(studio: Studio) -> None:
    with_calendars(studio)
    await studio.client("Ромашка", studio.anna, "a@x.test")
    thread = await studio.asks("a@x.test")
    studio.clock.pass_(minutes=70)
    assert await swapped(studio, studio.anna, "always") == 1
    (wait,) = await waits(studio, await studio.conversation(thread))
    assert await held_by(studio, wait) == studio.anna.id


async def test_rule_11_a_client_that_nobody_has_counts_by_the_studios(studio: Studio) -> None:
    with_calendars(studio)
    talk = await studio.conversation(await studio.asks("b@x.test"))
    inbox, now = studio.inbox, studio.clock.now()
    async with inbox.store.begin() as t:
        open_ = await t.open_waits_of(client_id=talk.client.id)
        assert len(open_) == 1
        assert not await swap_calendars(inbox.calendars, t, open_, at=now, by_id=None, cause="set")


async def test_rule_16_the_whole_story_of_a_wait_through_the_flow(studio: Studio) -> None:
    talk = await studio.conversation(await studio.asks("b@x.test"))
    await take(studio.inbox, talk.id, studio.anna)
    for minutes in (45, 15):
        studio.clock.pass_(minutes=minutes)
        await escalate(studio.inbox)
        await studio.run()
    studio.clock.pass_(minutes=5)
    await reply(studio.inbox, studio.draft(talk, studio.anna))
    await studio.run()
    async with studio.inbox.store.begin() as t:
        talk = await t.conversation(talk.id)
        now = studio.clock.now()
        (story,) = await stories_in(t, studio.inbox.calendars, talk, now)
    told = story.told
    assert told.counted == told.elapsed == timedelta(minutes=65)
    assert told.left == -timedelta(minutes=5)
    assert [rung.fate for rung in told.rungs] == [Fate.RAISED, Fate.RAISED]
    recipients = [story.names[alert.manager_id] for rung in told.rungs for alert in rung.alerts]
    assert recipients == ["Анна", "Глава"]
    states = {alert.state for rung in told.rungs for alert in rung.alerts}
    assert states == {AlertState.SHOWN}
    assert story.began_by is not None
    assert story.began_by.text == "Вопрос"
    deeds = [line.entry.deed for line in told.log]
    assert deeds[0] is Deed.OPENED
    assert deeds[-1] is Deed.CLOSED
