"""A studio whose clock is turned: office hours around the present, alerts, mails, the log."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from bot.clock import LOOK_EVERY, SystemClock
from sandbox.clock import SandboxClock
from tests.e2e.studio import BOT, OURS, Client, Member, Studio
from tests.e2e.traffic import buttons, mail_of, mails_at

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
SECOND = timedelta(seconds=1)
ALERT = re.compile(r"⏰ (.+) (?:has waited|is still waiting)")
TAKE_ON = "e:"


def this_minute() -> datetime:
    """The machine's time, by which mail servers date, without its seconds."""
    return SystemClock().now().replace(second=0, microsecond=0)


def shifts_around(start: datetime, *spans: tuple[int, int]) -> list[str]:
    """Office hours of every day, each from and until so many minutes after `start`."""
    return [
        "-".join(f"{start + minutes * MINUTE:%H:%M}" for minutes in (since, until))
        for since, until in spans
    ]


def clock_of(studio: Studio) -> SandboxClock:
    assert studio.clock is not None
    return studio.clock


async def stand(studio: Studio) -> datetime:
    """Turn the clock to the machine's time, where it stands: mails cannot be from its past.

    When the product has seen it: a message from its future would count from its present.
    """
    now = SystemClock().now().replace(microsecond=0)
    clock_of(studio).jump(max(now, clock_of(studio).now()))
    await asyncio.sleep(2 * LOOK_EVERY)
    return clock_of(studio).now()


async def turn(studio: Studio, to: datetime) -> None:
    """Turn the clock, and give what falls due there the time to come."""
    clock_of(studio).jump(to)
    await asyncio.sleep(0.8)


async def mails(studio: Studio, client: Client, turn: int = 0, **headers: str) -> EmailMessage:
    """The client's mail number `turn`, dated by the clock that is turned."""
    mail = mail_of(client, turn)
    mail["Date"] = format_datetime(clock_of(studio).now().astimezone(UTC))
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    sent = mail.as_bytes(policy=policy.SMTP)
    await asyncio.to_thread(studio.servers.postfix.send, client.address, OURS, sent)
    return mail


async def alerts(studio: Studio, member: Member) -> list[dict[str, Any]]:
    """The single alerts that stand in a member's chat, not answered yet."""
    return [
        one
        for one in await studio.chat(member.telegram)
        if not one["out"] and ALERT.match(str(one.get("text", "")))
    ]


async def until_alerted(studio: Studio, member: Member, words: str) -> dict[str, Any]:
    """The alert with these words, as soon as it stands."""

    async def found() -> dict[str, Any] | None:
        there = await alerts(studio, member)
        return next((one for one in there if words in one["text"]), None)

    what = f"{member.name} is alerted: {words}"
    return dict(await studio.product.until_true(found, what))


async def alerted_by(studio: Studio, member: Member) -> int:
    """How many alerts were ever sent to a member."""
    calls = await studio.telegram.requests("sendMessage")
    return sum(
        call["ok"] and call["chat_id"] == member.telegram and bool(ALERT.match(call["text"]))
        for call in calls
    )


async def take_on(studio: Studio, member: Member, alert: dict[str, Any]) -> str:
    """Press "I take it"; what the bot answers."""
    data = next(one for one in buttons(alert) if one.startswith(TAKE_ON))
    return await studio.telegram.presses(member.telegram, BOT, alert["message_id"], data)


def give_address(studio: Studio, member: Member) -> str:
    """A mailbox for a member's alerts, entered by the command."""
    address = f"{member.name.lower()}@firm.test"
    studio.servers.dovecot.add_user(address)
    studio.product.okno("team", "set", member.name, "--email", address)
    return address


async def until_mailed(
    studio: Studio, address: str, holds: Callable[[EmailMessage], bool] = bool
) -> EmailMessage:
    async def found() -> EmailMessage | None:
        return next((one for one in mails_at(studio, address) if holds(one)), None)

    mail: EmailMessage = await studio.product.until_true(found, f"a mail to {address}")
    return mail


async def idle(studio: Studio) -> None:
    """Wait until nothing stands in the queue."""

    async def empty() -> bool:
        _, facts = await studio.product.health()
        return bool(facts) and facts["queue"] == {"jobs": 0, "oldest_seconds": 0.0}

    await studio.product.until_true(empty, "an empty queue")


def logged(studio: Studio, *deeds: str) -> list[dict[str, Any]]:
    """What `okno log` says of these deeds, the oldest first."""
    lines = studio.product.okno("log", "--json", "--limit", "100000").splitlines()
    found = [json.loads(one) for one in lines]
    return sorted(
        (one for one in found if one["deed"] in deeds), key=lambda one: (one["at"], one["wait"])
    )


def stamp(at: datetime) -> str:
    """An instant as the log has it in its values."""
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
