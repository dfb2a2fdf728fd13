"""A desk that has real reports made, and a studio with a week behind it, for their tests."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox import flow, queueing, report_mailing, report_periods, worker
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.jobs import Queue
from inbox.model import Manager
from inbox.ports import Claim
from inbox.report_delivery import ask_report
from inbox.report_jobs import MailReport, ShowReport
from inbox.report_reading import Source
from inbox.report_week import tell_reports
from inbox.reporting import report
from inbox.reports_made import Ending, MadeReport, ReportPart, ReportTerms, ReportWish, Spot
from tests.inbox.conftest import Studio

SLOT = datetime(2026, 11, 30, 6, tzinfo=UTC)  # Monday, 09:00 in Moscow
WEEK = (date(2026, 11, 23), date(2026, 11, 29))
PARTS = ["picture", "pdf", "xlsx"]
DOWN = SendDeferred(Fault.UNREACHABLE, "down", retry_after=timedelta(seconds=0.1))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")
NEVER_WROTE = SendRejected(Fault.NEVER_WROTE, "Bad Request: chat not found")
NO_PHOTOS = SendRejected(Fault.REFUSED, "not enough rights to send photos")
NO_ANSWER = SendUncertain(Fault.NO_ANSWER)
MAIL = MailReport("boss@x.test", "2026-11-23", "2026-11-29", SLOT.isoformat(), "")


@dataclass
class Maker:
    """Makes reports of what the store holds; the files are bare words."""

    studio: Studio
    faults: list[Exception]
    made: int = 0

    async def __call__(self, wish: ReportWish) -> MadeReport:
        self.made += 1
        if self.faults:
            raise self.faults.pop(0)
        inbox = self.studio.inbox
        source = Source(inbox.store, inbox.calendars, timedelta(hours=1))
        found = await report(source, wish.period, wish.whose, wish.asked_at)
        parts = [
            ReportPart("picture", "the week", "week.png", b"png"),
            ReportPart("pdf", "", "week.pdf", b"pdf"),
            ReportPart("xlsx", "", "week.xlsx", b"xlsx"),
        ]
        return MadeReport(wish, found, "The week", "the week in words", parts)


@pytest.fixture
async def making(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Maker:
    """Anna was asked and has answered in the week before SLOT; it is now that instant."""
    for module in (queueing, worker, report_mailing):
        monkeypatch.setattr(module, "pause", lambda error, tries: 0.05)
    maker = Maker(studio, [])
    studio.desk.making = maker
    await studio.client("Ромашка", studio.anna, "a@x.test")
    talk = await studio.conversation(await studio.asks("a@x.test"))
    studio.clock.pass_(minutes=20)
    await flow.reply(studio.inbox, studio.draft(talk, studio.anna))
    await studio.run()
    studio.clock.at = SLOT
    studio.inbox = replace(studio.inbox, reports=ReportTerms("mon 09:00"))
    return maker


async def asked(
    studio: Studio,
    to: Manager,
    *,
    key: str = "1",
    whose_id: int | None = None,
    client_id: int | None = None,
) -> bool:
    now = studio.clock.now()
    period = report_periods.days(*WEEK, ZoneInfo("Europe/Moscow"), now)
    async with studio.inbox.store.begin() as t:
        return await ask_report(
            t,
            to,
            period,
            now,
            key=key,
            whose_id=whose_id,
            client_id=client_id,
            spot=Spot(777, 5, 12, 13),
        )


def shown(studio: Studio, to: Manager) -> list[str]:
    return [name for name, _, one, _ in studio.desk.reports if one.id == to.id]


def endings(studio: Studio) -> list[Ending]:
    return [ending for ending, _, _ in studio.desk.ended]


async def due(studio: Studio, slot: datetime = SLOT) -> int:
    return await tell_reports(studio.inbox, slot)


async def claimed(studio: Studio) -> tuple[Claim, ShowReport]:
    (claim,) = (await studio.inbox.store.claim(Queue.REPORTS, 1)).claims
    assert isinstance(claim.job, ShowReport)
    return claim, claim.job


async def mail_claimed(studio: Studio) -> tuple[Claim, MailReport]:
    async with studio.inbox.store.begin() as t:
        await t.put(MAIL, key="mail", lane="mail")
    (claim,) = (await studio.inbox.store.claim(Queue.REPORTS, 1)).claims
    return claim, MAIL


async def left(studio: Studio) -> bool:
    """Whether a report is still to be done."""
    claimed = await studio.inbox.store.claim(Queue.REPORTS, 1)
    return bool(claimed.claims) or claimed.next_due_in is not None
