"""The week's reports go out by themselves, once: on the desk, and by mail where that is set."""

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox import report_delivery, report_mailing
from inbox.actions import dismiss
from inbox.errors import SendFailed, StoreUnavailable
from inbox.messages import Media
from inbox.model import Absence, Role
from inbox.ports import LeaseLost
from inbox.report_periods import days_of
from inbox.report_week import recipients
from inbox.reports_made import MadeReport, ReportTerms, ReportWish, Spot
from tests.fakes import failures
from tests.inbox import delivering
from tests.inbox.conftest import Studio
from tests.inbox.delivering import (
    BLOCKED,
    DOWN,
    MAIL,
    NEVER_WROTE,
    NO_ANSWER,
    NO_PHOTOS,
    PARTS,
    SLOT,
    WEEK,
    Maker,
    due,
    left,
    mail_claimed,
)

making = delivering.making


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
        assert await due(studio) == 0
        await studio.run()
        assert studio.desk.wished == []
        assert (studio.desk.reports, studio.desk.ended, await left(studio)) == ([], [], False)

    async def test_what_was_said_after_the_week_makes_no_report(self, studio: Studio) -> None:
        """Only who waits is worth one."""
        studio.desk.making = Maker(studio, [])
        studio.clock.at = SLOT + timedelta(hours=1)
        talk = await studio.conversation(await studio.asks("a@x.test"))
        assert await due(studio, SLOT) == 3
        await studio.run()
        assert studio.desk.reports == []
        await dismiss(studio.inbox, talk.id, studio.anna)
        studio.clock.pass_(days=7 * 8)
        assert await due(studio, SLOT + timedelta(days=7 * 8)) == 3
        studio.clock.pass_(days=7)
        assert await due(studio, SLOT + timedelta(days=7 * 9)) == 3
        studio.clock.pass_(days=7)
        assert await due(studio, SLOT + timedelta(days=7 * 10)) == 0

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
        studio.clock.pass_(hours=3)
        await due(studio)
        await studio.run()
        assert {wish.late for wish, _ in studio.desk.wished} == {SLOT}

    async def test_what_comes_in_a_moment_is_in_time(self, studio: Studio, making: Maker) -> None:
        await due(studio, SLOT - timedelta(days=7))
        studio.clock.pass_(minutes=2)
        await due(studio)
        await studio.run()
        assert {wish.late for wish, _ in studio.desk.wished} == {None}

    async def test_what_was_never_set_before_is_not_late(
        self, studio: Studio, making: Maker
    ) -> None:
        studio.clock.pass_(hours=3)
        await due(studio)
        await studio.run()
        assert {wish.late for wish, _ in studio.desk.wished} == {None}

    async def test_an_hour_set_to_one_that_has_passed_is_not_late(
        self, studio: Studio, making: Maker
    ) -> None:
        await due(studio, SLOT - timedelta(days=7))
        studio.clock.pass_(hours=3)
        studio.inbox = replace(studio.inbox, reports=ReportTerms("mon 10:00"))
        await due(studio, SLOT + timedelta(hours=1))
        await studio.run()
        assert {wish.late for wish, _ in studio.desk.wished} == {None}

    async def test_that_it_is_in_doubt_is_not_said_twice(
        self, studio: Studio, making: Maker
    ) -> None:
        for part in ("show_report picture", "end_report"):
            studio.desk.refuse[studio.head.id, part] = failures(NO_ANSWER)
        await due(studio)
        for _ in range(3):
            await studio.later()
        assert [to.name for _, to, _ in studio.desk.ended] == ["Анна"]
        assert not await left(studio)

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
        assert not studio.desk.told, "it stands behind the reports"
        await studio.later(report_delivery.BEHIND)
        ((notice, fields, to),) = studio.desk.told
        assert (notice, to) == ("report_unreached", studio.admin)
        assert fields == {"name": "Глава", "reason": "blocked"}

    async def test_who_cannot_be_reached_is_told_of_once_until_a_report_arrives(
        self, studio: Studio, making: Maker
    ) -> None:
        weeks = [NEVER_WROTE, NEVER_WROTE, BLOCKED, BLOCKED, None, BLOCKED]
        told = []
        for number, failure in enumerate(weeks):
            studio.clock.at = slot = SLOT + timedelta(days=7 * number)
            studio.desk.refuse = {(studio.head.id, "show_report picture"): failures(failure)}
            await due(studio, slot)
            await studio.later(report_delivery.BEHIND)
            await studio.later(report_delivery.BEHIND)
            await studio.inbox.store.prune(timedelta())
            told.append([fields["reason"] for _, fields, _ in studio.desk.told])
            studio.desk.told.clear()
        assert told == [["never_wrote"], [], ["blocked"], [], [], ["blocked"]]

    async def test_another_trouble_is_told_each_week(self, studio: Studio, making: Maker) -> None:
        parts = ("picture", "text", "pdf", "xlsx")
        for number in range(2):
            studio.clock.at = slot = SLOT + timedelta(days=7 * number)
            for part in parts:
                studio.desk.refuse[studio.head.id, f"show_report {part}"] = failures(NO_PHOTOS)
            await due(studio, slot)
            await studio.run()
            await studio.later(report_delivery.BEHIND)
        reason = "every part of it was refused"
        told = ("report_not_shown", {"name": "Глава", "reason": reason}, studio.admin)
        assert studio.desk.told == [told, told]


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
        await mailed.asks("a@x.test", "Ещё вопрос")  # who waits is not of that week
        assert await due(mailed, SLOT - timedelta(days=70)) == 4
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

    async def test_who_was_frozen_while_another_took_it_over_sends_nothing_more(
        self, mailed: Studio, making: Maker
    ) -> None:
        async def thaws(wish: ReportWish) -> MadeReport:
            mailed.desk.making = making
            async with mailed.inbox.store.begin() as t:
                await t.retry(claim, after=0.0)
            await mailed.run()
            return await making(wish)

        mailed.desk.making = thaws
        claim, job = await mail_claimed(mailed)
        with pytest.raises(LeaseLost):
            await report_mailing.mail_report(mailed.inbox, claim, job)
        assert len(mailed.channel.sent) == 1

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

    async def test_a_database_without_room_for_a_reader_is_waited_for(
        self, mailed: Studio, making: Maker, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(report_delivery, "AGAIN", 0.05)
        async with mailed.inbox.store.begin() as t:
            await t.put(MAIL, key="mail", lane="mail")
        full = StoreUnavailable("refused", "too many clients already")
        making.faults = [StoreUnavailable("damaged"), *[full] * 8]
        for _ in range(10):
            await mailed.later()
        assert (making.made, len(mailed.channel.sent)) == (10, 1)
        assert not mailed.desk.told

    async def test_one_that_cannot_be_made_is_given_up(
        self, mailed: Studio, making: Maker
    ) -> None:
        claim, job = await mail_claimed(mailed)
        await report_mailing.mail_report(mailed.inbox, replace(claim, attempts=4), job)
        await mailed.run()
        assert [one for one, _, _ in mailed.desk.told] == ["report_not_mailed"]
        assert making.made == 0
