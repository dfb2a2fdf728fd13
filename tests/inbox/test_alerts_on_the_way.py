"""What becomes of an alert that nobody was told of yet when its wait changes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import time, timedelta

import pytest

from inbox import alerting, showing_alerts
from inbox.actions import dismiss, hand_over, phoned, take, take_on, undo_dismissal
from inbox.calendars import SpecialDay
from inbox.errors import Fault, SendDeferred, SendRejected
from inbox.flow import escalate
from inbox.model import Conversation, Manager
from inbox.policies import Policies
from inbox.ports import Alert, AlertState, DeskRef, Shown
from inbox.recounting import set_day
from inbox.sla import Policy, Recipient, Rung
from tests.fakes import RecordingDesk, failures
from tests.inbox.conftest import Studio
from tests.inbox.looking import msk

DOWN = SendDeferred(Fault.UNREACHABLE, "down", retry_after=timedelta(seconds=0.05))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alerting, "GATHERING", 0.0)
    monkeypatch.setattr(showing_alerts, "LOOK_AGAIN", 0.05)


@pytest.fixture
async def talk(studio: Studio) -> Conversation:
    """Anna's client asked at 10:00 on Monday; her rung is at 10:45."""
    await studio.client("Ромашка", studio.anna, "a@x.test")
    return await studio.conversation(await studio.asks("a@x.test"))


def told(studio: Studio) -> list[str]:
    return [to.name for _, to in studio.desk.alerts]


async def raised(studio: Studio, **later: float) -> None:
    studio.clock.pass_(**later)
    await escalate(studio.inbox)


async def states(studio: Studio, talk: Conversation) -> list[tuple[str, AlertState]]:
    names = {one.id: one.name for one in (studio.anna, studio.boris, studio.head, studio.admin)}
    async with studio.inbox.store.begin() as t:
        (latest, *_) = await t.waits_in(talk.id)
        return [(names[one.manager_id], one.state) for one in await t.alerts_of_wait(latest.id)]


class TestRule21:
    async def test_rule_21_it_goes_to_the_new_holder_and_not_to_the_old_one(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await raised(studio, minutes=46)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await studio.run()
        assert told(studio) == ["Борис"]
        assert await states(studio, talk) == [
            ("Анна", AlertState.CANCELLED),
            ("Борис", AlertState.SHOWN),
        ]

    async def test_rule_21_after_an_hour_without_telegram_too(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.desk.refuse[studio.anna.id, "alert"] = failures(DOWN, DOWN)
        await raised(studio, minutes=46)
        await studio.run()
        studio.clock.pass_(minutes=10)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        for _ in range(3):
            await studio.later()
        assert told(studio) == ["Борис"]

    async def test_rule_21_there_and_back_it_comes_once(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.desk.refuse[studio.boris.id, "alert"] = failures(DOWN)
        await raised(studio, minutes=46)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await studio.run()
        studio.clock.pass_(minutes=1)
        await hand_over(studio.inbox, talk.id, studio.anna, studio.boris)
        for _ in range(3):
            await studio.later()
        assert told(studio) == ["Анна"]

    async def test_rule_21_many_at_once_follow_in_one_message(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        threads = [await studio.asks("a@x.test", f"Вопрос {n}") for n in range(7)]
        await raised(studio, minutes=46)
        talk = await studio.conversation(threads[0])
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await studio.run()
        assert told(studio) == []
        ((alerts, to, _),) = studio.desk.gathered
        assert (len(alerts), to.name) == (7, "Борис")

    async def test_rule_21_a_client_that_somebody_took_is_no_more_the_others_matter(
        self, studio: Studio
    ) -> None:
        talk = await studio.conversation(await studio.asks("stranger@x.test"))
        await raised(studio, minutes=46)
        await take(studio.inbox, talk.id, studio.boris)
        await studio.run()
        assert told(studio) == ["Борис"]

    async def test_rule_21_the_heads_own_rung_stays_theirs(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await raised(studio, minutes=60)
        await hand_over(studio.inbox, talk.id, studio.boris, studio.anna)
        await studio.run()
        assert told(studio) == ["Глава"]

    async def test_rule_21_what_the_heads_hear_for_somebody_else_stays_theirs(
        self, studio: Studio, talk: Conversation
    ) -> None:
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        studio.desk.refuse[studio.head.id] = failures(DOWN)
        await raised(studio, minutes=46)
        await studio.run()
        await hand_over(studio.inbox, talk.id, studio.boris, studio.head)
        await studio.later()
        assert told(studio) == ["Глава"]

    async def test_rule_20_taken_on_it_is_told_to_nobody(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await raised(studio, minutes=46)
        wait = talk.wait
        assert wait is not None
        await take_on(studio.inbox, wait.id, studio.boris)
        await studio.run()
        assert told(studio) == []
        assert await states(studio, talk) == [("Анна", AlertState.CANCELLED)]


class TestAnEndTakenBack:
    async def test_what_it_kept_from_being_told_is_told(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await raised(studio, minutes=46)
        await dismiss(studio.inbox, talk.id, studio.anna)
        await studio.run()
        assert told(studio) == []
        studio.clock.pass_(seconds=50)
        assert await undo_dismissal(studio.inbox, talk.id, studio.anna)
        await studio.run()
        assert told(studio) == ["Анна"]
        assert await states(studio, talk) == [("Анна", AlertState.SHOWN)]

    async def test_what_was_told_before_is_not_repeated(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await raised(studio, minutes=46)
        await studio.run()
        await dismiss(studio.inbox, talk.id, studio.anna)
        assert await undo_dismissal(studio.inbox, talk.id, studio.anna)
        await studio.run()
        assert told(studio) == ["Анна"]

    async def test_a_later_rung_says_more(self, studio: Studio, talk: Conversation) -> None:
        await raised(studio, minutes=59, seconds=30)
        await dismiss(studio.inbox, talk.id, studio.anna)
        await studio.run()
        studio.clock.pass_(seconds=40)
        assert await undo_dismissal(studio.inbox, talk.id, studio.anna)
        await raised(studio)
        await studio.run()
        assert told(studio) == ["Глава"]


def day_off(studio: Studio) -> SpecialDay:
    today = msk(23, 10).date()
    return SpecialDay("studio", today, (), "Ремонт", studio.head.id, studio.clock.now())


class TestRule12:
    async def test_rule_12_what_lies_ahead_by_the_corrected_calendar_is_told_then(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await raised(studio, minutes=45)
        await set_day(studio.inbox, day_off(studio))
        await studio.run()
        assert told(studio) == []
        studio.clock.at = msk(24, 9)
        await raised(studio)
        await studio.run()
        assert told(studio) == []
        await raised(studio, minutes=45)
        await studio.run()
        ((alert, to),) = studio.desk.alerts
        assert (to.name, alert.late) == ("Анна", False)

    async def test_rule_12_what_was_reached_all_the_same_is_told(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await raised(studio, minutes=45)
        shorter = replace(day_off(studio), shifts=((time(9), time(12)),))
        await set_day(studio.inbox, shorter)
        await studio.run()
        assert told(studio) == ["Анна"]

    async def test_rule_12_what_was_told_is_not_told_again(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await raised(studio, minutes=45)
        await studio.run()
        await set_day(studio.inbox, day_off(studio))
        studio.clock.at = msk(24, 9, 45)
        await raised(studio)
        await studio.run()
        assert told(studio) == ["Анна"]


@dataclass
class BusyDesk(RecordingDesk):
    """Something happens while it shows an alert."""

    meanwhile: Callable[[], Awaitable[object]] | None = None

    async def _happens(self) -> None:
        happening, self.meanwhile = self.meanwhile, None
        if happening is not None:
            await happening()

    async def alert(self, alert: Alert, to: Manager) -> tuple[Shown, ...]:
        await self._happens()
        return await super().alert(alert, to)

    async def show_alerts(
        self, alerts: Sequence[Alert], to: Manager, before: DeskRef | None
    ) -> DeskRef:
        await self._happens()
        return await super().show_alerts(alerts, to, before)


@pytest.fixture
async def busy(studio: Studio) -> BusyDesk:
    studio.desk = desk = BusyDesk()
    studio.inbox = replace(studio.inbox, desk=desk)
    return desk


class TestMeanwhile:
    async def test_rule_23_answered_while_it_is_shown_it_is_drawn_again(
        self, studio: Studio, busy: BusyDesk, talk: Conversation
    ) -> None:
        await raised(studio, minutes=46)

        async def answered() -> None:
            await phoned(studio.inbox, talk.id, studio.anna)
            await studio.run()

        busy.meanwhile = answered
        await studio.run()
        assert told(studio) == ["Анна"]
        *_, (_, _, _, alert) = [one for one in busy.redrawn if one[3] is not None]
        assert alert is not None
        assert alert.wait.closing is not None

    async def test_rule_23_in_a_digest_too(self, studio: Studio, busy: BusyDesk) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        threads = [await studio.asks("a@x.test", f"Вопрос {n}") for n in range(6)]
        talk = await studio.conversation(threads[0])
        await raised(studio, minutes=46)

        async def answered() -> None:
            await phoned(studio.inbox, talk.id, studio.anna)
            await studio.run()

        busy.meanwhile = answered
        await studio.run()
        alerts, _, before = busy.gathered[-1]
        assert before is not None
        assert sum(one.wait.closing is not None for one in alerts) == 1

    async def test_rule_22_what_waited_for_the_morning_is_told_once_beside_what_is_new(
        self, studio: Studio, busy: BusyDesk
    ) -> None:
        rung = Rung(timedelta(minutes=45), Recipient.MANAGER)
        studio.inbox = replace(
            studio.inbox, policies=Policies.only(Policy(timedelta(hours=1), (rung,)))
        )
        await studio.client("Ромашка", studio.anna, "a@x.test")
        studio.clock.at = msk(23, 17)
        for number in range(6):
            await studio.asks("a@x.test", f"Вечером {number}")
        down = SendDeferred(Fault.UNREACHABLE, "down", retry_after=timedelta(seconds=1))
        busy.refuse[studio.anna.id, "show_alerts"] = failures(down)
        await raised(studio, minutes=45)
        await studio.run()
        for number in range(6):
            await studio.asks("a@x.test", f"Перед ночью {number}")
        studio.clock.at = msk(23, 20)
        await studio.later(1.1)
        await studio.later()
        assert busy.gathered == []

        async def new_ones() -> None:
            await raised(studio)
            await studio.run()

        studio.clock.at = msk(24, 9, 30)
        busy.meanwhile = new_ones
        for _ in range(3):
            await studio.later()
        shown = [len(alerts) for alerts, _, _ in busy.gathered]
        assert shown in ([6, 12], [12]), "the second edits the first, or there is but one"
        assert sum(before is None for _, _, before in busy.gathered) == 1
