"""At last Telegram repeats everything that people wrote and pressed, after all the restarts: the
clients get nothing a second time, and the studio's books stay as they were."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections import Counter
from contextlib import closing
from typing import Any

import pytest

from tests.e2e.day.scene import SETTINGS, Outcomes, Scene
from tests.e2e.walk.stage import BOT, Walk, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

EFFECTS = ("task", "quote", "reply", "client", "conversation")
COUNTED = (*EFFECTS, "internal_note", "message")


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


def opened(walk: Walk) -> closing[sqlite3.Connection]:
    return closing(sqlite3.connect(walk.database.removeprefix("sqlite:///")))


def due_jobs(walk: Walk) -> int:
    now = walk.clock.now().timestamp()
    with opened(walk) as books:
        (found,) = books.execute("SELECT count(*) FROM job WHERE not_before <= ?", (now,))
    return int(found[0])


def in_the_books(walk: Walk) -> dict[str, int]:
    with opened(walk) as books:
        return {
            table: books.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in COUNTED
        }


async def test_no_client_got_anything_twice(scenes: dict[str, Scene], morning: Outcomes) -> None:
    """After six kills, three of them between an effect and its end."""
    assert morning
    seen = await at_the_far_ends(scenes)
    assert sum(map(len, seen.values())) > 20
    for name, said in seen.items():
        assert [text for text, number in Counter(said).items() if number > 1] == [], name


async def test_what_telegram_repeats_does_nothing_again(
    walk: Walk, scenes: dict[str, Scene]
) -> None:
    """After a kill it may give every update once more: nothing of it is stored or sent again."""
    before, books = await at_the_far_ends(scenes), in_the_books(walk)
    await walk.product.kill()
    await walk.begin(SETTINGS)
    updates = heard(walk)
    assert len(updates) > 300
    for one in updates:
        await walk.telegram.injects(BOT, one)
    await all_is_handled(walk)
    assert await at_the_far_ends(scenes) == before
    assert in_the_books(walk) == books


async def test_what_is_pressed_or_answered_again_does_nothing_again(
    walk: Walk, scenes: dict[str, Scene]
) -> None:
    """The same presses and messages of members under ids of later updates, as far as the product
    knows unheard of: it is what they say that keeps their effects off. (A note that was refused
    then, for nothing was written with its client yet, is taken now.)"""
    members = {one.telegram for scene in scenes.values() for one in scene.at.team}
    before, books = await at_the_far_ends(scenes), in_the_books(walk)
    for one in heard(walk):
        kind = next(key for key in one if key != "update_id")
        event = one[kind]
        in_private = event.get("message", event).get("chat", {}).get("type") == "private"
        if event.get("from", {}).get("id") in members and in_private:
            await walk.telegram.injects(BOT, {kind: event})
    await all_is_handled(walk)
    assert await at_the_far_ends(scenes) == before
    now = in_the_books(walk)
    assert {one: now[one] for one in EFFECTS} == {one: books[one] for one in EFFECTS}


async def all_is_handled(walk: Walk) -> None:
    async def is_so() -> bool:
        return await walk.telegram.pending(BOT) == 0 and due_jobs(walk) == 0

    await walk.until(is_so, "all is handled", 60)


def heard(walk: Walk) -> list[dict[str, Any]]:
    """The messages and presses that the product heard of, in this order."""
    with opened(walk) as books:
        found = books.execute("SELECT payload FROM raw WHERE channel_id = 'telegram' ORDER BY id")
        updates = [json.loads(zlib.decompress(payload)) for (payload,) in found]
    return [one for one in updates if {"message", "callback_query"} & one.keys()]
