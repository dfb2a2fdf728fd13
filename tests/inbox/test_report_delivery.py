"""A report reaches who asked and whom the week concerns: each part once, whatever breaks."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from inbox import flow, queueing, report_mailing, report_periods, worker
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain
from inbox.jobs import Queue
from inbox.messages import Media
from inbox.model import Absence, Manager, Role
from inbox.ports import Claim
from inbox.report_delivery import ask_report, days_of, show_report
from inbox.report_jobs import MailReport, ShowReport
from inbox.report_reading import Source
from inbox.report_records import Slice
from inbox.report_week import recipients, tell_reports
from inbox.reporting import report
from inbox.reports_made import Ending, MadeReport, ReportPart, ReportTerms, ReportWish, Spot
from tests.fakes import failures
from tests.inbox.conftest import Studio

SLOT = datetime(2026, 11, 30, 6, tzinfo=UTC)  # Monday, 09:00 in Moscow
WEEK = (date(2026, 11, 23), date(2026, 11, 29))
PARTS = ["picture", "pdf", "xlsx"]
DOWN = SendDeferred(Fault.UNREACHABLE, "down", retry_after=timedelta(seconds=0.1))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")
NO_PHOTOS = SendRejected(Fault.REFUSED, "not enough rights to send photos")
NO_ANSWER = SendUncertain(Fault.NO_ANSWER)


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
        job = MailReport("boss@x.test", "2026-11-23", "2026-11-29", SLOT.isoformat(), "")
        await t.put(job, key="mail", lane="mail")
    (claim,) = (await studio.inbox.store.claim(Queue.REPORTS, 1)).claims
    return claim, job


async def left(studio: Studio) -> bool:
    """Whether a report is still to be done."""
    claimed = await studio.inbox.store.claim(Queue.REPORTS, 1)
    return bool(claimed.claims) or claimed.next_due_in is not None


class TestAskedFor:
    async def test_it_comes_part_by_part_to_where_it_was_asked_for(
        self, studio: Studio, making: Maker
    ) -> None:
        assert await asked(studio, studio.head)
        await studio.run()
        assert shown(studio, studio.head) == PARTS
        assert studio.desk.ended == [(Ending.SHOWN, studio.head, Spot(777, 5, 12, 13))]
        (wish, language) = studio.desk.wished[0]
        assert (days_of(wish.period), wish.whose, language) == (WEEK, Slice(), "ru")
        assert (wish.asked_at, wish.late) == (studio.clock.now(), None)

    async def test_it_is_made_once_for_one_press(self, studio: Studio, making: Maker) -> None:
        assert await asked(studio, studio.head)
        assert not await asked(studio, studio.head)
        await studio.run()
        assert await asked(studio, studio.head, key="2")
        await studio.run()
        assert making.made == 2

    async def test_an_empty_one_is_shown_to_who_asks(self, studio: Studio, making: Maker) -> None:
        await asked(studio, studio.boris, whose_id=studio.boris.id)
        await studio.run()
        assert shown(studio, studio.boris) == PARTS

    async def test_a_manager_sees_nothing_of_others(self, studio: Studio, making: Maker) -> None:
        anna = await studio.conversation(await studio.asks("a@x.test", "Ещё вопрос"))
        await asked(studio, studio.boris, key="whole")
        await asked(studio, studio.boris, key="anna's", whose_id=studio.anna.id)
        await asked(studio, studio.boris, key="client", client_id=anna.client.id)
        await asked(studio, studio.boris, key="nobody", client_id=999)
        await studio.run()
        assert making.made == 0
        await asked(studio, studio.anna, key="own client", client_id=anna.client.id)
        await studio.run()
        (wish, _) = studio.desk.wished[0]
        assert wish.whose == Slice(None, "Ромашка", anna.client.id)

    async def test_who_has_left_gets_nothing(self, studio: Studio, making: Maker) -> None:
        await asked(studio, studio.head)
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.head, active=False))
        await studio.run()
        assert making.made == 0

    async def test_what_cannot_be_made_is_said_after_some_tries(
        self, studio: Studio, making: Maker
    ) -> None:
        making.faults = [OSError("no space")] * 3
        await asked(studio, studio.head)
        for _ in range(3):
            await studio.later()
        assert (making.made, endings(studio)) == (3, [Ending.FAILED])
        assert not studio.desk.told

    async def test_a_fault_that_passes_costs_a_moment(self, studio: Studio, making: Maker) -> None:
        making.faults = [OSError("no space")]
        await asked(studio, studio.head)
        await studio.run()
        await studio.later()
        assert endings(studio) == [Ending.SHOWN]


class TestBroken:
    """What is shown already is not shown again."""

    async def test_it_goes_on_behind_what_telegram_took(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "show_report pdf"): failures(DOWN)}
        await asked(studio, studio.head)
        await studio.run()
        assert (shown(studio, studio.head), endings(studio)) == (["picture"], [])
        await studio.later()
        assert (shown(studio, studio.head), endings(studio)) == (PARTS, [Ending.SHOWN])

    async def test_what_may_have_arrived_is_not_repeated_and_the_reader_is_told(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "show_report picture"): failures(NO_ANSWER)}
        await asked(studio, studio.head)
        await studio.run()
        await studio.later()
        assert shown(studio, studio.head) == ["pdf", "xlsx"]
        assert endings(studio) == [Ending.DOUBTFUL]

    async def test_a_process_that_dies_between_two_parts_is_followed_by_another(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "show_report pdf"): [KeyError("died here")]}
        await asked(studio, studio.head)
        claim, job = await claimed(studio)
        with pytest.raises(KeyError):
            await show_report(studio.inbox, claim, job)
        await show_report(studio.inbox, claim, job)
        assert shown(studio, studio.head) == ["picture", "xlsx"]
        assert endings(studio) == [Ending.DOUBTFUL]

    async def test_the_last_word_is_tried_again_without_another_report(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "end_report"): failures(DOWN)}
        await asked(studio, studio.head)
        await studio.run()
        await studio.later()
        assert (making.made, endings(studio)) == (1, [Ending.SHOWN])

    async def test_where_pictures_are_refused_the_words_come(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {
            (studio.head.id, "show_report picture"): failures(NO_PHOTOS),
            (studio.head.id, "show_report xlsx"): failures(NO_PHOTOS),
            (studio.head.id, "end_report"): failures(BLOCKED),
        }
        await asked(studio, studio.head)
        await studio.run()
        assert shown(studio, studio.head) == ["text", "pdf"]
        assert not await left(studio)

    async def test_where_even_words_are_refused_the_rest_is_tried(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {
            (studio.head.id, "show_report picture"): failures(NO_PHOTOS),
            (studio.head.id, "show_report text"): failures(NO_PHOTOS),
        }
        await asked(studio, studio.head)
        await studio.run()
        assert shown(studio, studio.head) == ["pdf", "xlsx"]

    async def test_who_blocked_the_bot_gets_nothing_more(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {studio.head.id: failures(BLOCKED)}
        await asked(studio, studio.head)
        await studio.run()
        assert (studio.desk.reports, studio.desk.told, await left(studio)) == ([], [], False)

    async def test_one_that_takes_the_process_with_it_is_given_up(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "end_report"): failures(BLOCKED)}
        await asked(studio, studio.head)
        claim, job = await claimed(studio)
        await show_report(studio.inbox, replace(claim, attempts=4), job)
        assert making.made == 0
        assert not await left(studio)


class TestTheWeek:
    async def test_heads_get_the_studio_and_managers_the_own_clients(
        self, studio: Studio, making: Maker
    ) -> None:
        assert await due(studio) == 3
        await studio.run()
        assert {(name, to.name) for name, _, to, _ in studio.desk.reports} == {
            (name, who) for name in PARTS for who in ("Глава", "Анна")
        }
        assert {wish.whose.name for wish, _ in studio.desk.wished} == {"", "Анна", "Борис"}
        assert {days_of(wish.period) for wish, _ in studio.desk.wished} == {WEEK}
        assert {spot for _, _, _, spot in studio.desk.reports} == {Spot()}

    async def test_without_a_head_the_administrators_get_it(self, studio: Studio) -> None:
        staff = [studio.anna, studio.admin, replace(studio.head, active=False)]
        assert recipients(staff) == [(studio.admin, None), (studio.anna, studio.anna.id)]
        chat = replace(studio.head, role=Role.CHAT)
        assert recipients([chat]) == []

    async def test_a_fresh_installation_says_nothing(self, studio: Studio) -> None:
        studio.desk.making = Maker(studio, [])
        studio.clock.at = SLOT
        assert await due(studio) == 3
        await studio.run()
        assert (studio.desk.reports, studio.desk.ended, await left(studio)) == ([], [], False)

    async def test_one_slot_is_taken_once(self, studio: Studio, making: Maker) -> None:
        assert await due(studio) == 3
        assert await due(studio) == 0

    async def test_a_week_is_told_once_though_its_hour_is_set_otherwise(
        self, studio: Studio, making: Maker
    ) -> None:
        assert await due(studio) == 3
        studio.clock.pass_(days=2)
        studio.inbox = replace(studio.inbox, reports=ReportTerms("wed 09:00"))
        assert await due(studio, SLOT + timedelta(days=2)) == 0
        studio.clock.pass_(days=7)
        assert await due(studio, SLOT + timedelta(days=9)) == 3

    async def test_after_a_down_time_it_comes_late_and_says_so(
        self, studio: Studio, making: Maker
    ) -> None:
        await due(studio, SLOT - timedelta(days=7))
        await studio.run()
        assert {wish.late for wish, _ in studio.desk.wished} == {None}  # never set before
        studio.desk.wished.clear()
        studio.clock.pass_(hours=3)
        await due(studio)
        await studio.run()
        assert {wish.late for wish, _ in studio.desk.wished} == {SLOT}

    async def test_an_hour_set_to_one_that_has_passed_is_not_late(
        self, studio: Studio, making: Maker
    ) -> None:
        await due(studio, SLOT - timedelta(days=7))
        studio.clock.pass_(hours=3)
        studio.inbox = replace(studio.inbox, reports=ReportTerms("mon 10:00"))
        await due(studio, SLOT + timedelta(hours=1))
        await studio.run()
        assert {wish.late for wish, _ in studio.desk.wished} == {None}

    async def test_who_is_away_gets_it_without_a_sound(
        self, studio: Studio, making: Maker
    ) -> None:
        async with studio.inbox.store.begin() as t:
            away = Absence(studio.anna.id, SLOT - timedelta(days=1), SLOT + timedelta(days=9))
            await t.add_absence(away)
        await due(studio)
        await studio.run()
        silent = {(to.name, spot.silent) for _, _, to, spot in studio.desk.reports}
        assert silent == {("Анна", True), ("Глава", False)}

    async def test_that_one_reached_nobody_is_told_to_the_administrators(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.desk.refuse = {(studio.head.id, "show_report picture"): failures(BLOCKED)}
        making.faults = []
        await due(studio)
        await studio.run()
        ((notice, fields, to),) = studio.desk.told
        assert (notice, to) == ("report_not_shown", studio.admin)
        assert fields["name"] == "Глава"
        assert "blocked" in fields["reason"]


class TestByMail:
    @pytest.fixture
    async def mailed(self, studio: Studio, making: Maker) -> Studio:
        terms = ReportTerms("mon 09:00", ("boss@x.test",), "en")
        studio.inbox = replace(studio.inbox, reports=terms, alert_channel="email:info")
        studio.channel.sent.clear()
        return studio

    async def test_the_studios_week_goes_out_with_its_files(self, mailed: Studio) -> None:
        assert await due(mailed) == 4
        await mailed.run()
        (mail,) = mailed.channel.sent
        assert (mail.recipient.address, mail.subject) == ("boss@x.test", "The week")
        assert (mail.text, mail.automatic) == ("the week in words", "auto-generated")
        assert [(one.attachment.name, one.content) for one in mail.files] == [
            ("week.png", b"png"),
            ("week.pdf", b"pdf"),
            ("week.xlsx", b"xlsx"),
        ]
        kinds = [one.attachment.media for one in mail.files]
        assert kinds == [Media.PHOTO, Media.DOCUMENT, Media.DOCUMENT]
        assert "en" in {language for _, language in mailed.desk.wished}

    async def test_an_empty_one_is_not_sent(self, mailed: Studio, making: Maker) -> None:
        await due(mailed, SLOT - timedelta(days=70))
        await mailed.run()
        assert not mailed.channel.sent

    @pytest.mark.parametrize("error", [NO_ANSWER, NO_PHOTOS])
    async def test_what_may_not_have_arrived_is_not_repeated_and_told(
        self, mailed: Studio, error: SendFailed
    ) -> None:
        mailed.channel.failures = failures(error)
        await due(mailed)
        await mailed.run()
        await mailed.later()
        ((notice, fields, to),) = mailed.desk.told
        assert (notice, fields["address"], to) == (
            "report_not_mailed",
            "boss@x.test",
            mailed.admin,
        )
        assert len(mailed.channel.sent) == 1

    async def test_what_was_deferred_goes_out_later(self, mailed: Studio) -> None:
        mailed.channel.failures = failures(DOWN)
        await due(mailed)
        await mailed.run()
        await mailed.later()
        assert len(mailed.channel.sent) == 2
        assert not mailed.desk.told

    async def test_one_that_was_interrupted_may_have_gone(self, mailed: Studio) -> None:
        claim, job = await mail_claimed(mailed)
        async with mailed.inbox.store.begin() as t:
            await t.save_form(f"report:{claim.job_id}", "begun")
        await report_mailing.mail_report(mailed.inbox, claim, job)
        await mailed.run()
        assert [one for one, _, _ in mailed.desk.told] == ["report_not_mailed"]
        assert not mailed.channel.sent

    @pytest.mark.parametrize("lost", ["mailbox", "address"])
    async def test_what_is_no_longer_set_is_not_sent(self, mailed: Studio, lost: str) -> None:
        await due(mailed)
        changed = (
            replace(mailed.inbox, alert_channel=None)
            if lost == "mailbox"
            else replace(mailed.inbox, reports=ReportTerms("mon 09:00"))
        )
        mailed.inbox = changed
        await mailed.run()
        assert not mailed.channel.sent
        assert [one for one, _, _ in mailed.desk.told] == ["report_not_mailed"]

    async def test_one_that_cannot_be_made_is_given_up(
        self, mailed: Studio, making: Maker
    ) -> None:
        claim, job = await mail_claimed(mailed)
        await report_mailing.mail_report(mailed.inbox, replace(claim, attempts=4), job)
        await mailed.run()
        assert [one for one, _, _ in mailed.desk.told] == ["report_not_mailed"]
        assert making.made == 0
