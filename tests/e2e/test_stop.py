"""Asked to stop, it ends what runs, takes nothing more, and loses nothing."""

from __future__ import annotations

import asyncio
import signal
import time

import pytest

from tests.e2e.studio import BOT, Studio
from tests.e2e.traffic import cards, mail_of, mails_at, plain, post

pytestmark = [pytest.mark.real, pytest.mark.slow]

AT_ONCE = 130


async def test_sigterm_under_load_leaves_nothing_half_done(studio: Studio) -> None:
    """Calls under way are answered and noted: what comes after the restart is not repeated."""
    await studio.ready()
    await studio.telegram.plan("delay", "sendMessage", count=None, seconds=0.2)
    clients = studio.clients[:30]
    await asyncio.to_thread(post, studio, [(one, mail_of(one, 0)) for one in clients])
    for one in clients:
        await studio.telegram.says(one.telegram, BOT, f"t{one.number:02}-0: hello")
    managers = {one.manager for one in clients}

    async def shown() -> list[str]:
        return [card.mark for one in managers for card in await cards(studio, one)]

    await studio.product.until_true(shown, "the first card")
    assert await studio.product.stop() == 0
    assert "Okno has stopped." in studio.product.said
    assert "Traceback" not in studio.product.said
    assert len(await shown()) < 60, "it was stopped in the midst of it"
    assert await studio.soundness() == ()
    await studio.telegram.forget_faults()
    await studio.product.start()

    async def all_shown() -> bool:
        return len(await shown()) >= 60

    await studio.product.until_true(all_shown, "the rest of the cards")
    assert len(set(await shown())) == len(await shown()) == 60
    said = [await studio.texts(one.telegram) for one in managers]
    assert not any("Possibly shown before" in words for words in said)
    assert await studio.product.stop() == 0


async def test_a_reply_that_is_going_out_goes_out(studio: Studio) -> None:
    await studio.ready()
    client = studio.clients[0]
    await asyncio.to_thread(post, studio, [(client, mail_of(client, 0))])
    me = client.manager

    async def card() -> int | None:
        return next((one.message_id for one in await cards(studio, me)), None)

    number = await studio.product.until_true(card, "the card")
    await asyncio.to_thread(studio.servers.postfix.pause)
    own = await studio.telegram.says(me.telegram, BOT, "r00-0: on its way.", reply_to=number)

    async def taken() -> bool:
        return await studio.telegram.pending(BOT) == 0

    await studio.product.until_true(taken, "the reply is taken")
    await asyncio.sleep(0.5)
    stopping = asyncio.create_task(studio.product.stop())
    await asyncio.sleep(1)
    await asyncio.to_thread(studio.servers.postfix.resume)
    assert await stopping == 0
    await studio.product.start()

    async def arrived() -> bool:
        return any("r00-0: on its way." in plain(one) for one in mails_at(studio, client.address))

    await studio.product.until_true(arrived, "the reply")

    async def noted() -> bool:
        chat = await studio.chat(me.telegram)
        return any(one["reactions"] for one in chat if one["message_id"] == own["message_id"])

    await studio.product.until_true(noted, "the reaction")
    assert len(mails_at(studio, client.address)) == 1
    assert await studio.product.stop() == 0


async def test_a_second_signal_ends_it_at_once(studio: Studio) -> None:
    await studio.ready()
    await studio.telegram.plan("delay", "sendMessage", count=None, seconds=60)
    await studio.telegram.says(studio.clients[0].telegram, BOT, "t00-0: hello")

    async def taken() -> bool:
        return await studio.telegram.pending(BOT) == 0

    await studio.product.until_true(taken, "the message is taken")
    await asyncio.sleep(0.5)
    studio.product.process.send_signal(signal.SIGTERM)
    await studio.product.until_said("Stopping: running jobs may end.")
    begun = time.monotonic()
    assert await studio.product.stop() == AT_ONCE
    assert time.monotonic() - begun < 20
    await studio.telegram.forget_faults()
    await studio.product.start()
    await studio.until_told(studio.clients[0].manager.telegram, "t00-0: hello")
    assert await studio.product.stop(signal.SIGINT) == 0
