"""The running product's clock, turned by hand: alerts, mails in their place, nights, lunch."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.clock import SandboxClock
from tests.e2e.studio import ADMIN, BOT, HEAD, Client, Studio, open_studio
from tests.e2e.traffic import buttons, cards, mails_at, plain
from tests.e2e.turning import (
    HOUR,
    MINUTE,
    SECOND,
    alerted_by,
    alerts,
    clock_of,
    give_address,
    idle,
    logged,
    mails,
    shifts_around,
    stamp,
    stand,
    take_on,
    this_minute,
    turn,
    until_alerted,
    until_mailed,
)

pytestmark = [pytest.mark.real, pytest.mark.slow]


@pytest.fixture
async def turned(tmp_path: Path, template: Path) -> AsyncIterator[Studio]:
    """A studio on SQLite whose clock stands still."""
    async with standing(tmp_path, template=template) as opened:
        yield opened


@pytest.fixture(params=["sqlite", "postgresql"])
async def either(
    request: pytest.FixtureRequest, tmp_path: Path, template: Path
) -> AsyncIterator[Studio]:
    """The same over each of the databases."""
    on_sqlite = request.param == "sqlite"
    where: dict[str, Any] = (
        {"template": template}
        if on_sqlite
        else {"database": request.getfixturevalue("postgres_url"), "clients": 3}
    )
    async with standing(tmp_path, **where) as opened:
        yield opened


def standing(folder: Path, **where: Any) -> AbstractAsyncContextManager[Studio]:
    clock = SandboxClock(folder / "clock.json", this_minute(), speed=0)
    return open_studio(folder, clock=clock, **where)


async def card_of(studio: Studio, client: Client, mark: str) -> int:
    """The card's message on the desk of the client's manager."""

    async def found() -> int | None:
        seen = await cards(studio, client.manager)
        return next((one.message_id for one in seen if one.mark == mark), None)

    return int(await studio.product.until_true(found, f"the card of {mark}"))


async def asked_in_chat(studio: Studio, client: Client) -> datetime:
    """The client writes in Telegram; when, after the card is there."""
    at = await stand(studio)
    mark = f"t{client.number:02}-0"
    await studio.telegram.says(client.telegram, BOT, f"{mark}: when do you begin?")
    await card_of(studio, client, mark)
    return at


async def answered(studio: Studio, client: Client, words: str) -> None:
    async def arrived() -> bool:
        in_mail = any(words in plain(one) for one in mails_at(studio, client.address))
        return in_mail or words in await studio.texts(client.telegram)

    await studio.product.until_true(arrived, f"{client.name} has the answer")


async def until_edited(studio: Studio, chat: int, message_id: int, words: str) -> dict[str, Any]:
    async def edited() -> dict[str, Any] | None:
        there = await studio.chat(chat)
        (one,) = (each for each in there if each["message_id"] == message_id)
        return one if words in one["text"] else None

    return dict(await studio.product.until_true(edited, f"the alert says {words!r}"))


async def test_an_unanswered_mail_climbs_the_ladder_to_the_head_who_answers(
    either: Studio,
) -> None:
    """The lunch break does not count: 45 and 60 minutes of working time, to the second."""
    studio, client, base = either, either.clients[0], clock_of(either).now()
    lunch, after_lunch = base + 30 * MINUTE, base + 90 * MINUTE
    shifts = shifts_around(base, (-60, 30), (90, 600))
    studio.write_settings(shifts=shifts, reply_within="1h")
    await studio.ready()
    asked = await stand(studio)
    await mails(studio, client)
    await card_of(studio, client, "m00-0")
    warned = after_lunch + 45 * MINUTE - (lunch - asked)
    due = warned + 15 * MINUTE

    await turn(studio, warned - SECOND)
    assert not await alerts(studio, client.manager)
    clock_of(studio).jump(warned)
    first = await until_alerted(studio, client.manager, "Client 00 has waited 45 min of working")
    assert "15 min left" in first["text"]
    await turn(studio, due - SECOND)
    assert not await alerts(studio, HEAD)
    clock_of(studio).jump(due)
    second = await until_alerted(studio, HEAD, "Client 00 has waited 1 h of working time")
    assert "This alert is late" not in first["text"] + second["text"]

    assert await take_on(studio, HEAD, second) == "The client is yours."
    await studio.until_told(client.manager.telegram, f"With {HEAD.name}")
    words = "r00-0: we begin on Monday."
    where = second["message_id"]
    await studio.telegram.says(HEAD.telegram, BOT, words, reply_to=where)
    await answered(studio, client, words)
    for member, alert in ((client.manager, first), (HEAD, second)):
        said = f"Answered by {HEAD.name} after 1 h"
        edited = await until_edited(studio, member.telegram, alert["message_id"], said)
        assert buttons(edited) == []
        assert await alerted_by(studio, member) == 1
    await check_climbed(studio, asked, warned, due)


async def check_climbed(studio: Studio, asked: datetime, warned: datetime, due: datetime) -> None:
    """What the log says of it, and who is the client's manager now."""
    manager = studio.clients[0].manager.name
    opened, first, second, taken, closed = logged(
        studio, "opened", "alerted", "taken_on", "closed"
    )
    assert opened["after"] == f"{stamp(asked)} {stamp(due)}"
    raised = [(one["at"], one["about"], one["after"]) for one in (first, second)]
    at = [one.isoformat(timespec="seconds") for one in (warned, due)]
    assert raised == [(at[0], manager, "rung 1"), (at[1], HEAD.name, "rung 2")]
    assert (taken["before"], taken["after"], taken["by"]) == (manager, HEAD.name, HEAD.name)
    assert closed["after"] == f"answered 3600 {stamp(due)}"
    (line,) = (
        one for one in studio.product.okno("clients", "list").splitlines() if "Client 00" in one
    )
    assert HEAD.name in line
    assert await studio.product.stop() == 0
    assert await studio.soundness() == ()
    assert "Traceback" not in studio.product.said


async def test_who_blocked_the_bot_gets_the_alert_by_mail(turned: Studio) -> None:
    studio, client = turned, turned.clients[0]
    me = client.manager
    address = give_address(studio, me)
    studio.write_settings(reply_within="1h")
    await studio.ready()
    asked = await asked_in_chat(studio, client)
    await studio.telegram.blocks(me.telegram, BOT)

    clock_of(studio).jump(asked + 45 * MINUTE)
    mail = await until_mailed(studio, address)
    assert mail["Subject"] == "Client 00 waits for an answer"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert "because the bot cannot write to you in Telegram" in plain(mail)
    assert "t00-0: when do you begin?" in plain(mail)
    await until_alerted(studio, HEAD, "Client 00 has waited 45 min of working time")
    await studio.until_told(ADMIN.telegram, me.name)

    clock_of(studio).jump(asked + HOUR)
    await until_alerted(studio, HEAD, "Client 00 has waited 1 h of working time")
    await idle(studio)
    await asyncio.sleep(1.5)
    assert len(mails_at(studio, address)) == 1
    assert await alerted_by(studio, HEAD) == 2
    assert await studio.product.stop() == 0


async def test_while_telegram_is_away_alerts_go_by_mail_and_do_not_come_again(
    turned: Studio,
) -> None:
    studio, client = turned, turned.clients[0]
    me = client.manager
    address = give_address(studio, me)
    studio.write_settings(reply_within="1h")
    await studio.ready()
    asked = await asked_in_chat(studio, client)
    await studio.telegram.plan("reset", count=None)

    clock_of(studio).jump(asked + 45 * MINUTE)

    async def tried() -> bool:
        calls = await studio.telegram.requests("sendMessage")
        return any(not one["ok"] and one["chat_id"] == me.telegram for one in calls)

    await studio.product.until_true(tried, "the alert is tried in Telegram")
    await turn(studio, asked + 50 * MINUTE)
    assert mails_at(studio, address) == [], "five minutes are not over yet"
    clock_of(studio).jump(asked + 50 * MINUTE + 2 * SECOND)
    mail = await until_mailed(studio, address)
    assert "because Telegram cannot be reached just now" in plain(mail)
    assert mail["Auto-Submitted"] == "auto-generated"

    await studio.telegram.forget_faults()
    clock_of(studio).jump(asked + HOUR)
    await until_alerted(studio, HEAD, "Client 00 has waited 1 h of working time")
    await idle(studio)
    await asyncio.sleep(1.5)
    assert await alerted_by(studio, me) == 0, "told by mail before"
    assert await alerted_by(studio, HEAD) == 1
    assert len(mails_at(studio, address)) == 1
    assert await studio.product.stop() == 0


async def test_who_writes_at_night_is_told_once_when_the_studio_opens(turned: Studio) -> None:
    """A client in Telegram and one by mail; no machine, and nobody a second time."""
    studio, base = turned, clock_of(turned).now()
    opening = base + 5 * HOUR
    by_chat, by_mail, machine = studio.clients[:3]
    shifts = shifts_around(base, (300, 780))
    studio.write_settings(shifts=shifts, reply_within="1h", more="[out_of_hours]\nreply = true")
    await studio.ready()
    await asked_in_chat(studio, by_chat)
    await mails(studio, by_mail)
    await mails(studio, machine, Auto_Submitted="auto-replied", Precedence="bulk")
    told = "we open"
    await studio.until_told(by_chat.telegram, told)
    letter = await until_mailed(studio, by_mail.address)
    assert letter["Auto-Submitted"] == "auto-replied"
    assert letter["In-Reply-To"] == "<m01-0.0123456789@clients.test>"
    for words in (plain(letter), await studio.texts(by_chat.telegram)):
        assert f"at {opening:%H:%M} (UTC+0)" in words
        assert f"by {opening + HOUR:%H:%M}" in words

    await studio.telegram.says(by_chat.telegram, BOT, "t00-1: and what does it cost?")
    await mails(studio, by_mail, 1)
    await mails(studio, machine, 1, Auto_Submitted="auto-replied", Precedence="bulk")
    await card_of(studio, by_chat, "t00-1")
    await card_of(studio, by_mail, "m01-1")
    await idle(studio)
    assert (await studio.texts(by_chat.telegram)).count(told) == 1
    assert len(mails_at(studio, by_mail.address)) == 1
    assert mails_at(studio, machine.address) == []
    opened = logged(studio, "opened")
    assert {one["client"] for one in opened} == {by_chat.name, by_mail.name}
    assert {one["after"].split()[1] for one in opened} == {stamp(opening + HOUR)}
    assert await studio.product.stop() == 0


async def test_hours_corrected_while_it_was_stopped_count_from_the_start(turned: Studio) -> None:
    """Open waits at once (rule 12), closed ones by the command."""
    studio, base = turned, clock_of(turned).now()
    waiting, heard = studio.clients[0], studio.clients[1]
    studio.write_settings(reply_within="1h")
    await studio.ready()
    asked = await asked_in_chat(studio, waiting)
    await asked_in_chat(studio, heard)
    await turn(studio, asked + 40 * MINUTE)
    card = await card_of(studio, heard, "t01-0")
    await studio.telegram.says(heard.manager.telegram, BOT, "r01-0: yes.", reply_to=card)
    await answered(studio, heard, "r01-0: yes.")
    await idle(studio)
    assert await studio.product.stop() == 0

    lunch = timedelta(minutes=60)
    studio.write_settings(shifts=shifts_around(base, (-60, 20), (80, 600)), reply_within="1h")
    await studio.product.start()
    due = asked + HOUR
    (counted,) = logged(studio, "recounted")
    assert counted["client"] == waiting.name
    assert (counted["before"], counted["after"]) == (stamp(due), stamp(due + lunch))
    await turn(studio, due)
    assert not await alerts(studio, waiting.manager)
    clock_of(studio).jump(due + lunch - 15 * MINUTE)
    await until_alerted(studio, waiting.manager, "Client 00 has waited 45 min of working time")

    day = f"{base:%Y-%m-%d}"
    said = studio.product.okno("recount", "--from", day, "--to", day, "--yes")
    assert said.endswith("1 wait was written.\n"), said
    (closed,) = (one for one in logged(studio, "recounted") if one["client"] == heard.name)
    ran = int((base + 20 * MINUTE - asked).total_seconds())
    for figures, seconds in ((closed["before"], 2400), (closed["after"], ran)):
        *_, counted_seconds, kept = figures.split()
        # The reply is stamped by Telegram in whole seconds.
        assert (abs(int(counted_seconds) - seconds) <= 1, kept) == (True, "within")
    assert await studio.product.stop() == 0
