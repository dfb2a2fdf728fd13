"""Calendars that were corrected: days that are entered, and waits counted anew (rule 12).

Open waits are recounted from their start at once, in every process. Closed ones keep their
numbers, unless somebody says otherwise after seeing what would change.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from inbox import auditing
from inbox.alerts_on_the_way import put_back
from inbox.calendars import SpecialDay
from inbox.errors import NoSuchRow
from inbox.holding import warn_of_no_time
from inbox.inbox import Inbox
from inbox.model import Closing, Conversation, Manager, Wait
from inbox.ports import Transaction
from inbox.queueing import refresh

PAGE = 200  # waits in one transaction


async def keep_calendars(inbox: Inbox) -> None:
    """Learn the days that were entered; where that or the settings changed anything since the last
    time, recount the open waits. The first call of a process looks at all."""
    async with inbox.store.begin() as t:
        days = await t.special_days()
    inbox.calendars.learn(days)
    versions = inbox.calendars.versions
    if inbox.calendars.all_counted_by != versions:
        await _recount_open(inbox, versions)
        inbox.calendars.all_counted_by = versions


async def set_day(inbox: Inbox, day: SpecialDay) -> None:
    """Enter the hours of a date, none for a day off, in the place of what was said of it before;
    open waits are counted by it at once. NoSuchRow for a calendar that is not set."""
    if day.calendar not in inbox.calendars.names:
        raise NoSuchRow("calendar", day.calendar)
    async with inbox.store.begin() as t:
        before = await _entered(t, day.calendar, day.day)
        await t.save_special_day(day)
        await auditing.calendar_changed(t, before, day, day.at, day.by_id)
    await keep_calendars(inbox)


async def drop_day(inbox: Inbox, calendar: str, day: date, by: Manager | None) -> bool:
    """The date is again as the settings have it. False where nothing was entered for it."""
    async with inbox.store.begin() as t:
        before = await _entered(t, calendar, day)
        if not await t.drop_special_day(calendar, day):
            return False
        by_id = by.id if by is not None else None
        await auditing.calendar_changed(t, before, None, inbox.clock.now(), by_id)
    await keep_calendars(inbox)
    return True


async def _entered(t: Transaction, calendar: str, day: date) -> SpecialDay | None:
    days = await t.special_days()
    return next((one for one in days if (one.calendar, one.day) == (calendar, day)), None)


async def _recount_open(inbox: Inbox, versions: frozenset[str]) -> None:
    """Each wait once that was counted by hours that are not its calendar's any more."""
    after, more = 0, True
    while more:
        async with inbox.store.begin() as t:
            page = await t.counted_otherwise(versions, after, PAGE)
            for conversation, wait in page:
                await _recount(inbox, t, conversation, wait)
        after = page[-1][1].id if page else after
        # Of a page some may have ended before they could be locked.
        more = bool(page)


async def _recount(inbox: Inbox, t: Transaction, conversation: Conversation, wait: Wait) -> None:
    now, hours = inbox.clock.now(), inbox.hours_of(wait)
    if hours.version == wait.calendar:
        return
    counted = await put_back(t, wait.recounted(now, hours), hours, now)
    if counted.is_due(now):
        counted = counted.held(conversation.assignee_id)
    await t.save_wait(counted)
    await warn_of_no_time(inbox.calendars, t, counted)
    if counted == replace(wait, calendar=counted.calendar):
        return  # nothing of what anybody sees has moved
    await auditing.recounted(t, conversation, wait, counted, at=now)
    await refresh(t, conversation.id, f"wait {wait.id} recounted by {counted.calendar} at {now}")


@dataclass(frozen=True, slots=True)
class Recount:
    """What a closed wait would become by the calendars as they are now."""

    conversation: Conversation
    before: Wait
    after: Wait


async def recounted(inbox: Inbox, since: datetime, until: datetime) -> AsyncIterator[Recount]:
    """The closed waits of which a part lies between the instants and whose due time, business time
    or keeping of the target would change. Nothing is changed; the calendars are learned first.
    """
    await keep_calendars(inbox)
    after, more = 0, True
    while more:
        async with inbox.store.begin() as t:
            page = await t.closed_waits(since, until, after, PAGE)
        for conversation, before in page:
            counted = before.closing and _as_counted_now(inbox, before, before.closing)
            if counted and _figures(before) != _figures(counted):
                yield Recount(conversation, before, counted)
        after = page[-1][1].id if page else after
        more = len(page) == PAGE


async def apply(inbox: Inbox, recounts: Sequence[Recount], by: Manager | None) -> int:
    """Make these so, and log it; how many. One that changed since it was shown is left alone."""
    now, by_id, done = inbox.clock.now(), by.id if by is not None else None, 0
    for first in range(0, len(recounts), PAGE):
        async with inbox.store.begin() as t:
            page = recounts[first : first + PAGE]
            for one in sorted(page, key=lambda one: one.conversation.id):  # the order of locks
                conversation = await t.conversation(one.conversation.id)
                _, present = await t.wait(one.before.id)
                if present != one.before:
                    continue
                await t.save_wait(one.after)
                what = {"before": one.before, "after": one.after}
                await auditing.recounted(t, conversation, **what, at=now, by_id=by_id)
                cause = f"wait {present.id} recounted afterwards at {now}"
                await refresh(t, conversation.id, cause)
                done += 1
    return done


def _as_counted_now(inbox: Inbox, wait: Wait, closing: Closing) -> Wait:
    """The closed wait as if its calendar had always been as it is now."""
    hours = inbox.hours_of(wait)
    again = wait.recounted(closing.at, hours).closed(
        closing.outcome, closing.at, closing.by_id, hours, elsewhere=closing.elsewhere
    )
    same = again.closing
    again = replace(again, held_known=wait.held_known, held_by_id=wait.held_by_id)
    return replace(again, closing=replace(same, note=closing.note) if same else None)


def _figures(wait: Wait) -> tuple[object, ...]:
    closing = wait.closing
    figures = (closing.business, closing.within_target) if closing is not None else ()
    return wait.due_at, *figures
