"""The real process against a Bot API and a mail server on loopback: start, work, faults, stop."""

from __future__ import annotations

import asyncio
import json
import signal
from datetime import UTC, datetime, timedelta

import pytest

from inbox.calendars import STUDIO as STUDIO_CALENDAR
from inbox.calendars import SpecialDay
from sandbox.telegram import Fault
from storage.store import open_store
from tests.bot.process_world import (
    ANNA,
    BOT,
    CLIENT,
    HEAD,
    MARIA,
    PATIENCE,
    STUDIO,
    TOKEN,
    Studio,
    present,
    until,
)
from tests.bot.process_world import studio as _studio

pytestmark = pytest.mark.slow
studio = _studio

LATE_IN_2027 = datetime(2027, 11, 20, 9, tzinfo=UTC)
TURNED = json.dumps({"real": 0, "shown": LATE_IN_2027.timestamp(), "speed": 0})
ALL_DAY = '["00:00-24:00"]'
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ROUND_THE_CLOCK = "\n".join(("[hours]", *(f"{day} = {ALL_DAY}" for day in WEEK), ""))


async def test_who_opens_the_chat_is_greeted_and_everybody_has_a_list_of_commands(
    studio: Studio,
) -> None:
    path = studio.write()
    async with studio.okno(path) as running:
        studio.people.starts(CLIENT, TOKEN)
        await until(lambda: "Пишите сюда" in studio.texts(CLIENT), running)
        told = studio.telegram.world.bots[BOT].settings
        await until(lambda: sum(one[0] == "commands" for one in told) == 8, running)
        await until(lambda: ("menu_button", str(ANNA)) in told, running)
        assert "/start" not in studio.texts(ANNA)
        assert await running.stop() == 0


async def test_it_works_stops_on_sigterm_and_goes_on_after_a_restart(studio: Studio) -> None:
    path = studio.write()
    async with studio.okno(path) as running:
        studio.people.says(CLIENT, TOKEN, "Where is my order?")
        await until(lambda: "Where is my order?" in studio.texts(ANNA), running)
        await studio.until_read("email:info")
        await studio.mail.compose(MARIA.address, STUDIO.address, "Invoice", "Please send it.")
        await until(lambda: "Please send it." in studio.texts(ANNA), running)
        status, facts = await running.health()
        assert (status, facts["store"], facts["clock"]) == (200, "ok", "ok")
        assert set(facts["parts"]) == {
            "telegram", "email:info", "queue in", "queue out", "queue desk", "queue copies",
            "queue reports", "command lists", "boards",
        }  # fmt: skip
        assert await running.stop() == 0
        assert "Okno has stopped." in running.said
        assert TOKEN.partition(":")[2] not in running.said
        assert STUDIO.password not in running.said
    studio.people.says(CLIENT, TOKEN, "Said while nobody was there.")
    async with studio.okno(path) as running:
        await until(lambda: "Said while nobody" in studio.texts(ANNA), running)
        assert await running.stop(signal.SIGINT) == 0
    assert studio.texts(ANNA).count("Where is my order?") == 1
    assert studio.texts(ANNA).count("Please send it.") == 1


async def test_a_token_that_telegram_does_not_know_ends_it_with_a_sentence(
    studio: Studio,
) -> None:
    token = "7009:a-token-that-was-revoked"
    async with studio.okno(studio.write(token=token)) as running:
        assert await asyncio.wait_for(running.process.wait(), PATIENCE) == 2
    assert "Telegram does not know the token of bot 7009. Ask @BotFather" in running.said
    assert token not in running.said
    assert "Traceback" not in running.said


async def test_a_wrong_mail_password_pauses_the_mailbox_and_nothing_else(studio: Studio) -> None:
    async with studio.okno(studio.write(password="no-such-password")) as running:
        await until(lambda: "email:info has stopped" in studio.texts(HEAD), running)
        _, facts = await running.health()
        assert facts["parts"]["email:info"]["state"] == "paused"
        studio.people.says(CLIENT, TOKEN, "Are you there?")
        await until(lambda: "Are you there?" in studio.texts(ANNA), running)
        assert await running.stop() == 0
    assert studio.texts(HEAD).count("has stopped and needs you") == 1
    assert "no-such-password" not in running.said


async def test_one_database_one_process(studio: Studio) -> None:
    path = studio.write()
    async with studio.okno(path) as first:
        await until(lambda: "Okno runs." in first.said, first)
        async with studio.okno(path) as second:
            assert await asyncio.wait_for(second.process.wait(), PATIENCE) == 1
        assert f"pid {first.process.pid}" in second.said
        assert "Traceback" not in second.said
        assert await first.stop() == 0


async def test_it_starts_while_telegram_is_away(studio: Studio) -> None:
    path = studio.write()
    await studio.telegram.stop()
    async with studio.okno(path) as running:
        await until(lambda: "Telegram does not answer yet" in running.said, running)
        await until(lambda: "Okno runs." in running.said, running)
        await studio.telegram.start()
        studio.people.says(CLIENT, TOKEN, "Back?")
        await until(lambda: "Back?" in studio.texts(ANNA), running)
        assert await running.stop() == 0


async def test_a_fault_in_the_settings_is_one_sentence(studio: Studio) -> None:
    path = studio.write()
    path.write_text(path.read_text() + "[zoo]\n")
    async with studio.okno(path) as running:
        assert await asyncio.wait_for(running.process.wait(), PATIENCE) == 2
    assert running.said.startswith("okno.toml: zoo is not a known key.")
    assert running.said.count("\n") == 1


async def test_a_running_job_ends_before_it_stops(studio: Studio) -> None:
    slow = Fault("delay", "sendMessage", chat_id=ANNA, seconds=2.0)
    async with studio.okno(studio.write()) as running:
        await until(lambda: "Okno runs." in running.said, running)
        studio.telegram.world.faults.add(slow)
        studio.people.says(CLIENT, TOKEN, "Slowly.")
        await until(lambda: slow.count == 0, running)
        assert await running.stop() == 0
    assert studio.texts(ANNA).count("Slowly.") == 1


async def test_a_second_signal_ends_it_at_once(studio: Studio) -> None:
    slow = Fault("delay", "sendMessage", chat_id=ANNA, seconds=9.0)
    async with studio.okno(studio.write()) as running:
        await until(lambda: "Okno runs." in running.said, running)
        studio.telegram.world.faults.add(slow)
        studio.people.says(CLIENT, TOKEN, "Very slowly.")
        await until(lambda: slow.count == 0, running)
        running.process.send_signal(signal.SIGTERM)
        await until(lambda: "Stopping" in running.said, running)
        assert await running.stop() == 130


async def test_a_revoked_token_pauses_telegram_and_mail_goes_on(studio: Studio) -> None:
    async with studio.okno(studio.write()) as running:
        await until(lambda: "Mailbox connected" in running.said, running)
        studio.telegram.world.faults.add(Fault("refuse", count=None, status=401))
        studio.people.says(CLIENT, TOKEN, "This ends the long poll that is under way.")
        await until(lambda: "Paused until a person helps" in running.said, running)
        _, facts = await running.health()
        assert facts["parts"]["telegram"]["state"] == "paused"
        assert facts["parts"]["email:info"]["state"] != "paused"
        assert await running.stop() == 0


async def test_changed_settings_and_an_undecreed_year_are_said_at_the_start(
    studio: Studio,
) -> None:
    path = studio.write()
    (studio.folder / "clock.json").write_text(TURNED)
    base = path.read_text() + '[clock]\nfile = "clock.json"\n'
    path.write_text(base + '[hours]\ncountry = "RU"\n[sla]\nreply_within = "1h"\n')
    async with studio.okno(path) as running:
        await until(lambda: "Okno runs." in running.said, running)
        await until(lambda: "not decreed yet" in running.said, running)
        assert "2028" in running.said
        assert "The settings changed." not in running.said
        assert await running.stop() == 0
    path.write_text(base + '[hours]\nmon = ["09:00-12:00"]\n[sla]\nreply_within = "2h"\n')
    async with studio.okno(path) as running:
        await until(lambda: running.said.count("The settings changed.") == 2, running)
        assert "UTC, mon 09:00-12:00" in running.said
        assert "reply_within 2h" in running.said
        assert "not decreed" not in running.said
        assert await running.stop() == 0


async def test_a_day_entered_by_another_process_counts_within_seconds(studio: Studio) -> None:
    path = studio.write()
    path.write_text(path.read_text() + ROUND_THE_CLOCK)
    async with studio.okno(path) as running:
        studio.people.says(CLIENT, TOKEN, "When will you be there?")
        await until(lambda: "When will you" in studio.texts(ANNA), running)
        store = await open_store(f"sqlite:///{studio.folder}/okno.db", exclusive=False)
        try:
            async with store.begin() as t:
                due = (await t.waiting(None, 9))[0].wait
                day = present().date()
                for number in range(3):
                    off = day + timedelta(days=number)
                    entered = SpecialDay(STUDIO_CALENDAR, off, (), "moving", None, present())
                    await t.save_special_day(entered)
            assert due is not None

            async def moved() -> bool:
                async with store.begin() as t:
                    now = (await t.waiting(None, 9))[0].wait
                return now is not None and now.due_at != due.due_at

            async with asyncio.timeout(PATIENCE):
                while not await moved():
                    await asyncio.sleep(0.1)
        finally:
            await store.close()
        assert await running.stop() == 0
