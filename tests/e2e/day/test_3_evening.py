"""The evening and the next morning: the tasks of the day are told once, also those that were due
while the product was down; and topics, which the bot has from now on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from tests.e2e.day.lists import item_of
from tests.e2e.day.offers import offered
from tests.e2e.day.scene import INSIDE, SETTINGS, Outcomes, Scene
from tests.e2e.walk.people import Client
from tests.e2e.walk.stage import BOT, Message, Walk, buttons_of, opening, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

EVENING, MORNING = "🌙 Your tasks: how the day went", "☀️ Your tasks today"
CLOSED = opening() + timedelta(hours=11, minutes=30)  # half an hour after the end of the day
OPENED = opening(1) - timedelta(hours=1) + timedelta(seconds=5)


Presses = dict[str, tuple[Client, asyncio.Task[str]]]


@pytest_asyncio.fixture(scope="module", loop_scope="package", autouse=True)
async def down_at_closing_time(
    walk: Walk, scenes: dict[str, Scene], morning: Outcomes
) -> AsyncIterator[Presses]:
    """Killed in the afternoon, started in the evening; clients agree to offers in between."""
    assert morning
    offers = {}
    for language, scene in scenes.items():
        client, card = await scene.asks()
        await offered(scene, client, card)
        offers[language] = client, await scene.read_once(client, item_of(scene))
    await walk.product.kill()
    walk.clock.jump(CLOSED)
    presses = {
        language: (client, _press(walk, client, got)) for language, (client, got) in offers.items()
    }
    await walk.telegram.tunes(bot=BOT, topics=True)
    await walk.begin(SETTINGS)
    yield presses


def _press(walk: Walk, client: Client, got: Message) -> asyncio.Task[str]:
    (data,) = buttons_of(got).values()
    number, who = got["message_id"], client.telegram
    return asyncio.create_task(walk.telegram.presses(who, BOT, number, data, within=60))


async def count(scene: Scene, who: int, title: str) -> int:
    return await scene.walk.count(who, scene.at.words(title))


async def test_what_slipped_is_told_in_the_evening_after_a_down_time(scene: Scene) -> None:
    """ "evening digest of what slipped": late, once, with what was done; a button opens each."""
    said = await scene.told(EVENING, button="1")
    lines = text_of(said)
    slipped, done = (scene.at.words(one) for one in ("Slipped", "Done today"))
    assert lines.index(slipped) < lines.index(done)
    assert "19:00" in lines
    assert "❗" in lines
    await scene.press(said, "1")
    await scene.below(said, "📌 ")
    assert await count(scene, scene.me, MORNING) == 0, "there was nothing yet in the morning"


async def test_a_client_agrees_while_all_is_down(
    scene: Scene, down_at_closing_time: Presses
) -> None:
    """The press waits at Telegram; the time runs from the next opening."""
    client, press = down_at_closing_time[scene.at.language]
    assert (await press).startswith("✅")
    await scene.told("✅ {client} agreed", client=client.name, button="Task")
    assert (await scene.task(client)).due_at == opening(1) + timedelta(hours=1)


async def test_a_note_in_a_clients_topic_stays_inside(scene: Scene) -> None:
    """A plain message there goes to the client, one with the mark does not."""
    client, card = await scene.asks()
    thread = card["message_thread_id"]
    own = await scene.walk.writes(scene.me, f"// secret of {client.name}", thread_id=thread)
    await scene.below(own, scene.at.words(INSIDE))
    await scene.walk.writes(scene.me, f"Plainly, {client.name}", thread_id=thread)
    await scene.read_once(client, f"Plainly, {client.name}")
    await scene.walk.writes(scene.me, "/client", thread_id=thread)
    await scene.walk.said(scene.me, f"👤 {client.name}", after=own["message_id"])
    await scene.walk.writes(scene.me, "/tasks", thread_id=thread)
    await scene.told("📌 Tasks: {name}", name=client.name, after=own["message_id"])
    await scene.hidden(client, "// ", "secret of")


async def test_the_next_morning(scenes: dict[str, Scene], walk: Walk) -> None:
    """ "morning digest at opening": what is overdue, due today, in work now; those who have
    nothing to do are told nothing, and nobody is told twice."""
    await walk.turn(OPENED)
    for scene in scenes.values():
        said = await scene.told(MORNING, button="1")
        lines = text_of(said)
        parts = [scene.at.words(one) for one in ("Overdue", "Due today", "In work now")]
        places = [lines.index(one) for one in parts]
        assert places == sorted(places)
        assert "10:00" in lines[places[1] : places[2]], "said in words on the day before"
        for title in (EVENING, MORNING):
            assert await count(scene, scene.me, title) == 1
            assert await count(scene, scene.at.head.telegram, title) == 0
