"""The way of a report to a member: asked for or due, made, shown part by part, each once.

Each part counts as begun, on stable storage, before it goes out. One that is found begun was
interrupted and may stand there: it is not repeated alone, and the member may ask for it again.
"""

from __future__ import annotations

import json
import logging
from dataclasses import dataclass
from datetime import date, datetime

from inbox import report_periods, routing
from inbox.errors import (
    Fault,
    SendDeferred,
    SendFailed,
    SendRejected,
    SendUncertain,
    StoreUnavailable,
)
from inbox.inbox import Inbox
from inbox.model import Client, Manager, Role
from inbox.ports import Claim, Transaction
from inbox.queueing import tell_admins
from inbox.report_jobs import ReportJob, ShowReport
from inbox.report_records import Period, Report, Slice
from inbox.reports_made import Ending, MadeReport, ReportPart, ReportWish, Spot

log = logging.getLogger(__name__)

TRIES = 3  # of making one
BEHIND = 300.0  # seconds; a notice about a week's stands behind the reports and their files
AGAIN = 30.0  # seconds until a database that took no more readers is asked again
PASSING = frozenset({"locked", "connection_lost", "unreachable", "refused", "overloaded"})
WORDS = "text"  # the part that is words alone
END = "end"  # marked when all parts are
BEGUN, DONE, DOUBT, REFUSED = "begun", "done", "doubt", "refused"
_NOBODY = frozenset({Fault.BLOCKED, Fault.NEVER_WROTE})


async def ask_report(
    t: Transaction,
    to: Manager,
    period: Period,
    now: datetime,
    *,
    key: str,
    whose_id: int | None = None,
    client_id: int | None = None,
    spot: Spot = Spot(),  # noqa: B008 - frozen
) -> bool:
    """Have a report made and shown to who asks; False where the key is known.

    `whose_id`: only that member's clients; `client_id`: only this client. Whether `to` may see it
    is the caller's matter, and looked at again before it is shown.
    """
    first, last = report_periods.days_of(period)
    job = ShowReport(
        to.id,
        first.isoformat(),
        last.isoformat(),
        now.isoformat(),
        whose_id,
        client_id,
        spot.chat_id,
        spot.thread_id,
        spot.below,
        spot.progress,
    )
    return await t.put(job, key=f"report asked:{key}", lane=f"report:{to.id}")


def may_see(me: Manager, whose_id: int | None, client: Client | None) -> bool:
    """Whether a report is for this member: any for heads and administrators, else of the own
    clients."""
    if me.role in {Role.HEAD, Role.ADMIN}:
        return True
    return me.id in {whose_id, client.manager_id if client is not None else None}


async def show_report(inbox: Inbox, claim: Claim, job: ShowReport) -> None:
    """Make it and show what of it was not shown yet; a week's without a word in it is not shown.

    What Telegram does not take now is tried again, behind what stands there.
    """
    way = await _way(inbox, claim, job)
    if way is None:
        return
    if not way.marks.get(END):
        made = await _made(way)
        if made is None:
            return
        if job.due_at and says_nothing(made.report):
            await _finish(way)
            return
        for part in made.parts:
            if not await _shown(way, made, part):
                return
        if set(way.marks.values()) == {REFUSED}:
            await _failed(way, "every part of it was refused")
            return
        whole = not {DOUBT, REFUSED} & {*way.marks.values()}
        await _mark(way, END, DONE if whole else DOUBT)
        inbox.meter.reported("shown")
    ending = Ending.DOUBTFUL if way.marks[END] == DOUBT else Ending.SHOWN
    try:
        await inbox.desk.end_report(way.wish, way.to, way.spot, ending)
    except (SendRejected, SendUncertain) as error:
        if isinstance(error, SendUncertain) and way.spot.progress is not None:
            raise  # what is edited may be edited twice, and a word of its own is not said twice
        log.warning("the end of a report not said to %s: %s", way.to.name, error)
    await _finish(way)


def says_nothing(report: Report) -> bool:
    """Whether neither a message nor a wait stands in any of its eight weeks."""
    weeks = any(one.messages or one.answered or one.counted for one in report.trend)
    return not (weeks or report.studio.messages or report.studio.waits or report.studio.opened)


@dataclass(frozen=True, slots=True)
class _Way:
    """One report on its way; `marks`: by part how far it is."""

    inbox: Inbox
    claim: Claim
    job: ShowReport
    to: Manager
    wish: ReportWish
    spot: Spot
    marks: dict[str, str]

    @property
    def form(self) -> str:
        """Where the marks are kept until the end."""
        return f"report:{self.claim.job_id}"


async def _way(inbox: Inbox, claim: Claim, job: ShowReport) -> _Way | None:
    """With what was begun and never ended now in doubt; None: there is nobody to show it to."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        staff = await t.staff()
        to = routing.member(routing.people(staff), job.manager_id)
        client = await t.client(job.client_id) if job.client_id is not None else None
        if to is None:
            await t.save_form(f"report:{claim.job_id}", None)
            await t.finish(claim)
            return None
        marks = json.loads(await t.form(f"report:{claim.job_id}") or "{}")
    whose = routing.member(staff, job.whose_id)
    name = client.name if client is not None else whose.name if whose is not None else ""
    wish = wish_of(inbox, job, Slice(job.whose_id, name, job.client_id))
    silent = bool(job.due_at) and to.away(now) is not None
    spot = Spot(job.chat_id, job.thread_id, job.below, job.progress, silent)
    marks = {name: DOUBT if mark == BEGUN else mark for name, mark in marks.items()}
    way = _Way(inbox, claim, job, to, wish, spot, marks)
    if may_see(to, job.whose_id, client):
        return way
    await (_finish(way) if job.due_at else _failed(way, ""))  # who asked for it is waiting
    return None


def wish_of(inbox: Inbox, job: ReportJob, whose: Slice) -> ReportWish:
    """What a job asks for."""
    zone, asked_at = inbox.calendars.studio.hours.zone, datetime.fromisoformat(job.asked_at)
    first, last = date.fromisoformat(job.first), date.fromisoformat(job.last)
    period = report_periods.days(first, last, zone, asked_at)
    late = datetime.fromisoformat(job.due_at) if job.late else None
    return ReportWish(period, whose, asked_at, late=late)


async def _made(way: _Way) -> MadeReport | None:
    """None where it cannot be made, which is said."""
    if way.claim.attempts > TRIES and not way.marks:  # it takes the process with it
        await _failed(way, f"did not end in {TRIES} tries")
        return None
    try:
        return await way.inbox.desk.make_report(way.wish, way.to.language)
    except Exception as error:
        if await put_back(way.inbox, way.claim, error):
            return None
        if way.claim.attempts < TRIES:
            raise
        log.exception("report for %s not made", way.to.name)
        await _failed(way, f"{type(error).__name__}: {error}")
        return None


async def put_back(inbox: Inbox, claim: Claim, error: Exception) -> bool:
    """Whether the database only takes no other reader now: it is no try, however long that
    lasts."""
    if not isinstance(error, StoreUnavailable) or error.reason not in PASSING:
        return False
    log.warning("job %s %s put back: %s", claim.job_id, claim.job, error)
    async with inbox.store.begin() as t:
        await t.retry(claim, after=AGAIN, counted=False)
    return True


async def _failed(way: _Way, why: str) -> None:
    """Told to who waits for it; of a week's the administrators hear."""
    try:
        await way.inbox.desk.end_report(way.wish, way.to, way.spot, Ending.FAILED)
    except SendFailed as error:
        log.warning("that a report failed is not said to %s: %s", way.to.name, error)
    await _finish(way, why)


async def _shown(way: _Way, made: MadeReport, part: ReportPart) -> bool:
    """Show a part that was not shown; False: nobody can be shown anything there. Raises what may
    pass."""
    if part.name in way.marks:
        return True
    await _mark(way, part.name, BEGUN)
    try:
        await way.inbox.desk.show_report(made, part, way.to, way.spot)
    except SendDeferred:
        await _mark(way, part.name, None)
        raise
    except SendRejected as error:
        log.warning("%s of a report not shown to %s: %s", part.name, way.to.name, error)
        if error.fault in _NOBODY:
            await _finish(way, gone=error.fault)
            return False
        await _mark(way, part.name, REFUSED)
        words = part.name != WORDS and part.text
        return await _shown(way, made, ReportPart(WORDS, made.text)) if words else True
    await _mark(way, part.name, DONE)
    return True


async def _mark(way: _Way, name: str, mark: str | None) -> None:
    """On stable storage: what it says is known whatever happens next."""
    way.marks[name] = mark or ""
    if mark is None:
        del way.marks[name]
    async with way.inbox.store.begin(durable=True) as t:
        await t.hold(way.claim)
        await t.save_form(way.form, json.dumps(way.marks))


async def _finish(way: _Way, trouble: str = "", gone: Fault | None = None) -> None:
    """Acknowledge; `trouble`: why a week's report did not reach the member; `gone`: why nothing
    does."""
    async with way.inbox.store.begin() as t:
        if way.job.due_at:
            await _tell(t, way, trouble, gone)
        await t.save_form(way.form, None)
        await t.finish(way.claim)


async def _tell(t: Transaction, way: _Way, trouble: str, gone: Fault | None) -> None:
    """The administrators hear of each trouble, but that a member cannot be reached only once
    until a report arrives there. Kept in a form: keys of jobs are forgotten within weeks."""
    unreached = f"report_unreached:{way.to.id}"
    if gone is None:
        notice, reason = "report_not_shown", trouble
        if DONE in way.marks.values():
            await t.save_form(unreached, None)
    else:
        known = await t.form(unreached)
        notice, reason = "report_unreached", "" if known == gone else gone.value
        await t.save_form(unreached, gone.value)
    if reason:
        fields, key = {"name": way.to.name, "reason": reason}, f"{notice}:{way.claim.job_id}"
        await tell_admins(t, notice, fields, key=key, delay=BEHIND)
