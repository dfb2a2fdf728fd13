"""A studio's hours and ladder, and instants of June 2026, for the tests of the clock."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from inbox.business_hours import BusinessHours
from inbox.calendars import STUDIO, Calendar
from inbox.model import Wait
from inbox.policies import Terms
from inbox.sla import DueAlerts, Policy, Recipient, Rung, due_alerts

MOSCOW = ZoneInfo("Europe/Moscow")
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
HOURS = BusinessHours(MOSCOW, dict.fromkeys(range(5), ((time(9), time(13)), (time(14), time(18)))))
LATE = BusinessHours(MOSCOW, dict.fromkeys(range(5), ((time(12), time(21)),)))
NEVER = BusinessHours(MOSCOW, {})
LADDER = (
    Rung(45 * MINUTE, Recipient.MANAGER),
    Rung(60 * MINUTE, Recipient.DEPUTY),
    Rung(120 * MINUTE, Recipient.HEAD),
)
POLICY = Policy(HOUR, LADDER, "gold")
TERMS = Terms(POLICY, Calendar(STUDIO, HOURS))


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW).astimezone(UTC)


def june(day: int, clock: str) -> datetime:
    return moscow(f"2026-06-{day} {clock}")


TEN = june(15, "10:00")


def says(wait: Wait, now: datetime, hours: BusinessHours = HOURS) -> DueAlerts:
    """What the wait's ladder has to say now."""
    return due_alerts(hours, wait.base, wait.ladder, wait.fired, now)
