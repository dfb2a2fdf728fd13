"""At last Telegram repeats everything that people wrote and pressed, after all the restarts: the
clients get nothing a second time, and the studio's books stay as they were."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import Counter
from typing import Any

import pytest

from tests.e2e.day.scene import SETTINGS, Outcomes, Scene
from tests.e2e.walk.stage import BOT, Walk, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

COUNTED = ("task", "quote", "internal_note", "reply", "message", "client", "conversation")


async def at_the_far_ends(scenes: dict[str, Scene]) -> dict[str, list[str]]:
    """All that clients have of us: in the bot's chat, in own accounts, by mail; in order."""
    seen = {}
    for scene in scenes.values():
        for client in scene.at.clients:
            chats = [
                await scene.walk.theirs(client.telegram),
                await scene.walk.theirs(client.telegram, scene.me),
            ]
            said = [text_of(one) for chat in chats for one in chat]
            mails = scene.walk.mail.inbox(client.address)
            seen[client.name] = said + [f"{one.subject}: {one.text}" for one in mails]
    return seen


async def in_the_books(scene: Scene) -> dict[str, int]:
    path = scene.walk.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as books:
        return {
            table: books.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in COUNTED
        }


async def test_no_client_got_anything_twice(scenes: dict[str, Scene], morning: Outcomes) -> None:
    """After six kills, three of them between an effect and its end."""
    assert morning
    seen = await at_the_far_ends(scenes)
    assert sum(map(len, seen.values())) > 20
    greeted = {text for one in seen.values() for text in one if "\n" in text}
    for name, said in seen.items():
        twice = {text for text, number in Counter(said).items() if number > 1}
        assert not twice - greeted, name


async def test_what_telegram_repeats_does_nothing_again(
    walk: Walk, scenes: dict[str, Scene]
) -> None:
    """Under other update ids, so that it is not their sameness alone which keeps it off."""
    updates = heard(walk)
    assert len(updates) > 200
    before, books = await at_the_far_ends(scenes), await in_the_books(scenes["en"])
    await walk.product.kill()
    for one in updates:
        await walk.telegram.injects(BOT, one)
    await walk.begin(SETTINGS)

    async def all_done() -> bool:
        _, facts = await walk.product.health()
        idle = bool(facts) and facts["queue"]["jobs"] == 0
        return idle and await walk.telegram.pending(BOT) == 0

    try:
        await walk.until(all_done, "all is handled", 30)
    except AssertionError:
        print(await walk.product.health(), await walk.telegram.pending(BOT))
        with sqlite3.connect(walk.database.removeprefix("sqlite:///")) as b:
            c = b.execute("select * from job")
            print([x[0] for x in c.description])
            for r in c.fetchall()[:30]:
                print(r)
        raise
    assert await at_the_far_ends(scenes) == before
    assert await in_the_books(scenes["en"]) == books


def heard(walk: Walk) -> list[dict[str, Any]]:
    """The messages and presses that the product heard of in this order, without their ids."""
    path = walk.database.removeprefix("sqlite:///")
    with sqlite3.connect(path) as books:
        found = books.execute("SELECT payload FROM raw WHERE channel_id = 'telegram' ORDER BY id")
        updates = [json.loads(zlib.decompress(payload)) for (payload,) in found]
    wanted = [one for one in updates if {"message", "callback_query"} & one.keys()]
    return [{kind: one[kind] for kind in one if kind != "update_id"} for one in wanted]
