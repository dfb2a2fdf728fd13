"""People, conversations and cards for the tests of the desk."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from inbox.business_hours import BusinessHours
from inbox.calendars import STUDIO, Calendar
from inbox.model import (
    Client,
    Contact,
    Conversation,
    Handle,
    InboundMessage,
    Manager,
    Outcome,
    Role,
    Wait,
)
from inbox.policies import Terms
from inbox.ports import Card, CardState
from inbox.sla import Policy, Recipient, Rung

MOSCOW = ZoneInfo("Europe/Moscow")
HOURS = BusinessHours(MOSCOW, {day: [(time(9), time(18))] for day in range(5)})
POLICY = Policy(
    timedelta(hours=1),
    (
        Rung(timedelta(minutes=45), Recipient.MANAGER),
        Rung(timedelta(hours=1), Recipient.HEAD),
    ),
)
TERMS = Terms(POLICY, Calendar(STUDIO, HOURS))
# A Wednesday, 12:00 in Moscow.
NOON = datetime(2026, 11, 25, 9, tzinfo=UTC)

OLGA = Manager(1, "Ольга", 501, Role.MANAGER, "Europe/Moscow", "ru")
IVAN = Manager(2, "Иван", 502, Role.MANAGER, "Asia/Yekaterinburg", "ru")
HELEN = Manager(3, "Helen", 503, Role.HEAD, "Europe/Moscow", "en")
ADAM = Manager(4, "Адам", 504, Role.ADMIN, "Europe/Moscow", "ru")
GONE = Manager(5, "Глеб", 505, Role.MANAGER, "Europe/Moscow", "ru", active=False)
STAFF = (OLGA, IVAN, HELEN, ADAM, GONE)


def message(text: str = "Не открывается сайт", **changes: Any) -> InboundMessage:
    usual = InboundMessage(
        channel_id="email:info",
        external_id="7:12",
        thread_ids=("<a@client.example>",),
        sender=Handle("email", "anna@client.example"),
        sender_name="Анна",
        sent_at=NOON - timedelta(minutes=20),
        text=text,
        subject="Сайт лежит",
    )
    return replace(usual, **changes)


def conversation(**changes: Any) -> Conversation:
    usual = Conversation(
        id=11,
        channel_id="email:info",
        client=Client(21, "Ромашка", OLGA.id),
        contact=Contact(31, 21, "Анна Петрова"),
        recipient=Handle("email", "anna@client.example"),
        assignee_id=OLGA.id,
        subject="Сайт лежит",
    )
    return replace(usual, **changes)


def wait(started_at: datetime = NOON - timedelta(minutes=20)) -> Wait:
    return replace(Wait.open(started_at, TERMS, first=True), id=41)


def closed(outcome: Outcome, after: timedelta) -> Wait:
    opened = wait()
    return opened.closed(outcome, opened.started_at + after, OLGA.id, HOURS)


def card(state: CardState = CardState.WAITING, **changes: Any) -> Card:
    usual = Card(
        message_id=51,
        conversation=conversation(),
        message=message(),
        state=state,
        wait=wait(),
        holder=OLGA,
    )
    return replace(usual, **changes)
