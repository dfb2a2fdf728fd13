"""The fault plan: every way a call can go wrong, and whether it was done all the same."""

from __future__ import annotations

import time

import aiohttp
import pytest
from aiogram.exceptions import (
    ClientDecodeError,
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
    TelegramNetworkError,
    TelegramRetryAfter,
    TelegramServerError,
)

from sandbox.telegram import Fault
from tests.sandbox.telegram.conftest import ANNA, IVAN, TOKEN, Setting


async def test_refusals_as_often_as_planned(here: Setting) -> None:
    plan = here.world.faults
    plan.add(Fault("refuse", "sendMessage", retry_after=3, count=2))
    for _ in range(2):
        with pytest.raises(TelegramRetryAfter) as refused:
            await here.bot.send_message(ANNA, "x")
        assert refused.value.retry_after == 3
    await here.bot.send_message(ANNA, "x")
    plan.add(Fault("refuse", status=403))
    with pytest.raises(TelegramForbiddenError, match="blocked"):
        await here.bot.get_me()
    plan.add(Fault("refuse", "sendMessage", status=400, description="Bad Request: TOPIC_DELETED"))
    with pytest.raises(TelegramBadRequest, match="TOPIC_DELETED"):
        await here.bot.send_message(ANNA, "x")
    plan.add(Fault("refuse", "getUpdates", status=502, count=None))
    for _ in range(3):
        with pytest.raises(TelegramServerError, match="Bad Gateway"):
            await here.bot.get_updates()
    plan.clear()
    assert await here.bot.get_updates() == []
    assert len(here.seen()) == 1


async def test_a_group_that_became_another_one(here: Setting) -> None:
    here.world.faults.add(Fault("refuse", "sendMessage", migrate_to_chat_id=-1009))
    with pytest.raises(TelegramMigrateToChat) as refused:
        await here.bot.send_message(ANNA, "x")
    assert refused.value.migrate_to_chat_id == -1009


async def test_a_fault_of_one_chat_leaves_others_alone(here: Setting) -> None:
    here.world.faults.add(Fault("refuse", "sendMessage", chat_id=IVAN, skip=1))
    await here.bot.send_message(ANNA, "x")
    await here.bot.send_message(IVAN, "goes well")
    with pytest.raises(TelegramServerError):
        await here.bot.send_message(IVAN, "goes wrong")
    await here.bot.send_message(IVAN, "goes well again")
    assert [message["text"] for message in here.seen(IVAN)] == ["goes well", "goes well again"]


async def test_a_reset_comes_before_anything_is_done(here: Setting) -> None:
    here.world.faults.add(Fault("reset", "sendMessage"))
    with pytest.raises(TelegramNetworkError):
        await here.bot.send_message(ANNA, "x")
    assert here.seen() == []


async def test_a_cut_comes_after_the_send_was_done(here: Setting) -> None:
    here.world.faults.add(Fault("cut", "sendMessage"))
    with pytest.raises(TelegramNetworkError):
        await here.bot.send_message(ANNA, "done")
    assert [message["text"] for message in here.seen()] == ["done"]


async def test_a_time_out_comes_after_the_send_was_done(here: Setting) -> None:
    here.world.faults.add(Fault("hang", "sendMessage", seconds=0.5))
    with pytest.raises(TelegramNetworkError, match="timeout"):
        await here.bot.send_message(ANNA, "done", request_timeout=0.2)
    assert [message["text"] for message in here.seen()] == ["done"]
    assert (await here.bot.get_me()).id == 4242


async def test_a_delay(here: Setting) -> None:
    here.world.faults.add(Fault("delay", "sendMessage", seconds=0.2))
    before = time.monotonic()
    await here.bot.send_message(ANNA, "x")
    assert time.monotonic() - before >= 0.2


async def test_a_proxys_page_instead_of_an_answer(here: Setting) -> None:
    here.world.faults.add(Fault("garbage", "getUpdates", status=502))
    with pytest.raises(ClientDecodeError):
        await here.bot.get_updates()


async def test_a_download_that_fails(here: Setting) -> None:
    got = here.people.sends(ANNA, TOKEN, "document", bytes(range(200)), "a")
    file_id = got["document"]["file_id"]
    here.world.faults.add(Fault("refuse", "file", status=500))
    with pytest.raises(aiohttp.ClientResponseError):
        await here.bot.download(file_id)
    here.world.faults.add(Fault("reset", "file", count=2))
    with pytest.raises(aiohttp.ClientError):
        await here.bot.download(file_id)
    here.world.faults.clear()
    here.world.faults.add(Fault("cut", "file"))
    with pytest.raises(aiohttp.ClientPayloadError):
        await here.bot.download(file_id)
    downloaded = await here.bot.download(file_id)
    assert downloaded is not None
    assert downloaded.read() == bytes(range(200))


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no fault of kind 'boom'"):
        Fault("boom")  # type: ignore[arg-type]  # that is the point


async def test_calls_are_logged(here: Setting) -> None:
    before = time.monotonic()
    await here.bot.send_message(ANNA, "x")
    here.world.faults.add(Fault("refuse", "sendMessage", status=403))
    with pytest.raises(TelegramForbiddenError):
        await here.bot.send_message(ANNA, "y")
    good, bad = here.world.requests
    assert (good.method, good.chat_id, good.ok, good.message_id) == ("sendMessage", ANNA, True, 1)
    assert (bad.ok, bad.status, bad.text) == (False, 403, "y")
    assert before <= good.at <= good.done_at <= bad.at
