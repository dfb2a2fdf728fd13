"""Alerts climb the ladder in business time, and end with the answer."""

from datetime import timedelta

import pytest

from inbox import showing_alerts
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.flow import escalate, reply
from inbox.jobs import Queue
from inbox.worker import work_once
from tests.fakes import failures
from tests.inbox.conftest import Studio

RESET = SendUncertain(Fault.NO_ANSWER, "reset")
FLOOD = SendDeferred(Fault.RATE_LIMITED, "later", retry_after=timedelta(seconds=0.1))
BLOCKED = SendRejected(Fault.BLOCKED, "blocked")


def shown_to(studio: Studio) -> list[str]:
    return [to.name for _, to, _ in studio.desk.cards]


class TestClock:
    async def test_the_ladder_is_climbed_rung_by_rung_in_business_time(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        studio.clock.pass_(hours=2, minutes=30)  # 12:30: half an hour before lunch
        await studio.asks("a@x.test")
        assert await escalate(studio.inbox) == studio.clock.now() + timedelta(minutes=105)
        studio.clock.pass_(minutes=60)  # 13:30: lunch
        await escalate(studio.inbox)
        await studio.run()
        assert studio.desk.alerts == []
        studio.clock.pass_(minutes=45)  # 14:15
        await escalate(studio.inbox)
        await studio.run()
        ((alert, to),) = studio.desk.alerts
        assert (to, alert.elapsed, alert.remaining) == (
            studio.anna,
            timedelta(minutes=45),
            timedelta(minutes=15),
        )
        studio.clock.pass_(minutes=15)
        for _ in range(2):  # the second look finds nothing new
            await escalate(studio.inbox)
            await studio.run()
        assert [one.name for _, one in studio.desk.alerts] == ["Анна", "Глава"]
        hour_later = studio.clock.now() + timedelta(hours=1)
        assert await escalate(studio.inbox) == hour_later, "the first repeat (rule 19)"

    async def test_an_alert_shows_the_question_whatever_a_machine_said_since(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        thread = await studio.asks("a@x.test", "Где макет?")
        await studio.asks("mailer-daemon@x.test", "automatic", thread=thread)
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)
        await studio.run()
        ((alert, _),) = studio.desk.alerts
        assert alert.card.message.text == "Где макет?"

    async def test_an_answered_wait_raises_nothing(self, studio: Studio) -> None:
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)  # the alert is queued, and answered before it is shown
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await work_once(studio.inbox, Queue.OUT)
        await studio.run()
        assert studio.desk.alerts == []

    async def test_alerts_are_redrawn_once_answered(self, studio: Studio) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        thread = await studio.asks("a@x.test")
        studio.clock.pass_(minutes=50)
        await escalate(studio.inbox)
        await studio.run()
        await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
        await studio.run()
        alerts = [alert for _, _, _, alert in studio.desk.redrawn if alert is not None]
        assert len(alerts) == 1
        assert alerts[0].wait.closing is not None
        assert alerts[0].elapsed == timedelta(minutes=50)

    async def test_an_alert_held_up_beyond_closing_time_wakes_nobody_at_night(
        self, studio: Studio, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(showing_alerts, "LOOK_AGAIN", 0.05)
        await studio.client("Ромашка", studio.anna, "a@x.test")
        studio.clock.pass_(hours=7)  # 17:00
        await studio.asks("a@x.test")
        studio.desk.refuse[studio.anna.id] = failures(FLOOD)
        studio.clock.pass_(minutes=50)
        await escalate(studio.inbox)
        await studio.run()
        studio.clock.pass_(hours=5)  # 22:50
        await studio.later()
        await studio.later()
        assert studio.desk.alerts == []
        studio.clock.pass_(hours=10, minutes=11)  # 09:01
        await studio.later()
        ((alert, to),) = studio.desk.alerts
        assert (to, alert.late) == (studio.anna, True)

    async def test_whoever_blocked_the_bot_is_not_the_end_of_an_alert(
        self, studio: Studio
    ) -> None:
        await studio.client("Ромашка", studio.anna, "a@x.test")
        await studio.asks("a@x.test")
        studio.desk.refuse[studio.anna.id] = failures(BLOCKED)
        studio.clock.pass_(minutes=46)
        await escalate(studio.inbox)
        await studio.run()
        assert [to.name for _, to in studio.desk.alerts] == ["Глава"]
        assert [(notice, fields) for notice, fields, _ in studio.desk.told] == [
            ("unreachable", {"name": "Анна", "reason": "blocked: blocked"})
        ]
