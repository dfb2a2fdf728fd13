"""The week's report goes out by itself: once per week and member, whichever process is first."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from inbox import report_periods, routing
from inbox.inbox import Inbox
from inbox.model import Manager, Role
from inbox.ports import Transaction
from inbox.report_jobs import MailReport, ShowReport
from inbox.report_periods import days_of
from inbox.report_records import Period

log = logging.getLogger(__name__)

DUE = "reports_due"  # the form that keeps how it was set when the last ones were put
IN_TIME = timedelta(minutes=5)


async def tell_reports(inbox: Inbox, slot: datetime) -> int:
    """Have the last whole week before the slot shown to everybody whom it concerns, and mailed
    where that is set; how many were put, 0 where this slot was taken or there is nothing to say.

    Heads get the whole studio, where there is none the administrators; managers their own
    clients. A week is told once even where its day and time are set otherwise meanwhile.
    """
    now, zone = inbox.clock.now(), inbox.calendars.studio.hours.zone
    period = report_periods.last_week(slot, zone, now)
    first, last = (one.isoformat() for one in days_of(period))
    times = (first, last, now.isoformat())
    async with inbox.store.begin() as t:
        if not await t.take_slot("week report", slot):
            return 0
        late = now - slot > IN_TIME and await _set_as_before(t, inbox.reports.due)
        await t.save_form(DUE, inbox.reports.due)
        if not await _anything(t, period):  # making each to find that out takes minutes
            return 0
        put = 0
        for to, whose_id in recipients(await t.staff()):
            job = ShowReport(to.id, *times, whose_id=whose_id, due_at=slot.isoformat(), late=late)
            put += await t.put(job, key=f"report:{first}:{to.id}", lane=f"report:{to.id}")
        for address in inbox.reports.mail_to:
            mail = MailReport(address, *times, slot.isoformat(), late)
            key = f"report:{first}:{address}"
            put += await t.put(mail, key=key, lane=f"report:{address}")
    return put


def recipients(staff: Sequence[Manager]) -> list[tuple[Manager, int | None]]:
    """Who gets whose: None is the whole studio."""
    people = routing.people(staff)
    heads = [one for one in people if one.role is Role.HEAD]
    whole = heads or [one for one in people if one.role is Role.ADMIN]
    own = [one for one in people if one.role is Role.MANAGER]
    return [*((one, None) for one in whole), *((one, one.id) for one in own)]


async def _anything(t: Transaction, period: Period) -> bool:
    """Whether anybody wrote in the weeks that a report looks back on, or waits."""
    since = period.since - report_periods.WEEKS * 7 * report_periods.DAY
    return bool(await t.said(since, period.until, None, 1)) or await t.count_waiting(None) > 0


async def _set_as_before(t: Transaction, due: str) -> bool:
    """Whether it was set so when the last ones were put: a time that is set to one that has
    passed makes nothing late."""
    return await t.form(DUE) == due
