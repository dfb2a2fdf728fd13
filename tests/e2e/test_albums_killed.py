"""Ten clients send albums of ten between their texts, and SIGKILL strikes at random moments.

An album's items are updates of their own, seconds may lie between them when the program dies. On
the desk every album stands whole, once and in its place; it comes again only where a kill lay
between showing it and noting that, and says so. The same for managers' albums, which are never
sent again by themselves.
"""

from __future__ import annotations

import asyncio
import random
import re
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram.faults import Fault
from sandbox.telegram.sending import next_album_id
from tests.e2e.chats import BOT, Chats, Message, Pair, Showing, open_chats
from tests.e2e.faulty_calls import notes_below, reacted, words_of
from tests.e2e.product import UP

pytestmark = [pytest.mark.slow]

SEED = 20261126  # another number tries other moments
KILLS = 4
BURSTS = 2  # in which all clients write at once
CLIENTS = ITEMS = 10
ANSWERS = 3  # albums of managers between two kills
SLOWNESS = 0.1  # seconds: Telegram answers from afar, so that kills hit calls under way
APART = 0.1  # seconds between two items, at most
LONGEST = 3.0  # seconds from "it runs" to the kill
NOTED_LATE = 2.0  # seconds: what the dead had called for, the busy Bot API of the test reads later
REPEATED = "Possibly shown before"
UNKNOWN = "❓ It is not known whether this arrived"
MARK = re.compile(r"\b[qa]\d{3}-\d+\b")


@pytest.fixture
async def chats(tmp_path: Path) -> AsyncIterator[Chats]:
    async with open_chats(tmp_path, CLIENTS) as opened:
        yield opened


@dataclass
class Load:
    """What was written: of each client the marks in their order, of each album its files."""

    chats: Chats
    dice: random.Random
    written: dict[Pair, list[str]] = field(default_factory=dict)
    albums: dict[str, list[str]] = field(default_factory=dict)
    answers: dict[str, tuple[Pair, int]] = field(default_factory=dict)
    kills: list[float] = field(default_factory=list)

    async def burst(self) -> None:
        """Every client writes a text, an album, and another text."""
        await asyncio.gather(*(self._write(pair) for pair in self.chats.pairs))

    async def _write(self, pair: Pair) -> None:
        people = self.chats.people
        for kind in ("text", "album", "text"):
            marks = self.written.setdefault(pair, [])
            mark = f"q{pair.number:03}-{len(marks)}"
            marks.append(mark)
            if kind == "text":
                people.says(pair.client, BOT, mark)
            else:
                await self._album(pair.client, mark, None)
            await asyncio.sleep(self.dice.uniform(0, APART))

    async def _album(self, person: int, mark: str, reply_to: int | None) -> Message:
        """Item by item; the first carries the words."""
        together = {"media_group_id": next_album_id()}
        items: list[Message] = []
        for place in range(ITEMS):
            how: dict[str, Any] = {"reply_to": reply_to, "extra": together}
            words = "" if place else mark
            photo = f"{mark} {place}".encode()
            items.append(
                self.chats.people.sends(person, BOT, "photo", photo, caption=words, **how)
            )
            await asyncio.sleep(self.dice.uniform(0, APART))
        self.albums[mark] = [_file_of(one) for one in items]
        return items[0]

    async def answer(self) -> None:
        """Some managers answer the newest card that they see by an album."""
        shown = self.chats.showings()
        pairs = [pair for pair in self.chats.pairs if shown[pair.name]]
        some = self.dice.sample(pairs, min(ANSWERS, len(pairs)))
        await asyncio.gather(*(self._answer(pair, shown[pair.name][-1]) for pair in some))

    async def _answer(self, pair: Pair, card: Showing) -> None:
        earlier = sum(one == pair for one, _ in self.answers.values())
        mark = f"a{pair.number:03}-{earlier}"
        first = await self._album(pair.member, mark, card.message_id)
        self.answers[mark] = (pair, first["message_id"])


def _file_of(message: Message) -> str:
    """The file itself, by whatever id it is passed on; the largest size of the photo."""
    return str(message["photo"][-1]["file_unique_id"])


async def test_albums_are_whole_once_and_in_order_whenever_it_is_killed(chats: Chats) -> None:
    sys.stdout.write(f"\nseed {SEED}\n")
    begun = time.monotonic()
    moments = random.Random(SEED)
    load = Load(chats, random.Random(SEED))
    for method in ("sendMessage", "sendMediaGroup", "setMessageReaction"):
        chats.world.faults.add(Fault("delay", method, count=None, seconds=SLOWNESS))
    await chats.product.start()
    await chats.product.kill()
    for number in range(KILLS):
        await kill_under_load(load, moments, burst=number % (KILLS // BURSTS) == 0)
    await chats.product.start()
    await until_all_is_there(load)
    check_desks(load)
    check_clients(load)
    assert await chats.product.stop() == 0
    assert await chats.soundness() == ()
    assert "Traceback" not in chats.product.log.read_text()
    sys.stdout.write(f"{time.monotonic() - begun:.1f} s\n")


async def kill_under_load(load: Load, moments: random.Random, *, burst: bool) -> None:
    """One in four dies while it starts, the others in the midst of it all."""
    product, early = load.chats.product, moments.random() < 0.25
    if early:
        working = asyncio.gather(*([load.burst()] if burst else []), load.answer())
    await product.launch()
    if early:
        await asyncio.sleep(moments.uniform(0.2, 2.0))
    else:
        await product.until_said(UP)
        working = asyncio.gather(*([load.burst()] if burst else []), load.answer())
        await asyncio.sleep(moments.uniform(0.05, LONGEST))
    load.kills.append(time.monotonic())
    await product.kill()
    await working


def _fate(load: Load, mark: str) -> str:
    """What the manager is told of an answer."""
    pair, own = load.answers[mark]
    if any(words_of(one).startswith(UNKNOWN) for one in notes_below(load.chats, pair.member, own)):
        return "unknown"
    return "sent" if reacted(load.chats, pair.member, own) else ""


async def until_all_is_there(load: Load) -> None:
    """A card for every message, its album below it, and the fate of every answer."""

    def shown(pair: Pair) -> bool:
        cards = load.chats.showings()[pair.name]
        below = _albums_below(load.chats, pair)
        known = {mark for one in cards if (mark := _mark(one)) in load.written[pair]}
        whole = {_mark(one) for one in cards if one.message_id in below}
        return set(load.written[pair]) <= known and known & load.albums.keys() <= whole

    await load.chats.until_all(load.chats.pairs, shown, "a card for every message", 45)
    await load.chats.until_all(load.answers, lambda mark: _fate(load, mark), "fates", 30)


def _mark(one: Showing) -> str:
    found = MARK.search(one.text)
    return "" if found is None else found[0]


def _albums_below(chats: Chats, pair: Pair) -> dict[int, list[list[str]]]:
    """The albums below each card, as lists of their files."""
    groups: dict[tuple[int, str], list[str]] = {}
    for one in chats.at_member(pair):
        if "media_group_id" in one:
            card = int(one["reply_to_message"]["message_id"])
            groups.setdefault((card, one["media_group_id"]), []).append(_file_of(one))
    found: dict[int, list[list[str]]] = {}
    for (card, _), files in groups.items():
        found.setdefault(card, []).append(files)
    return found


def check_desks(load: Load) -> None:
    """Whole, once or marked and with a kill behind it, in the order of what was written."""
    under_way: set[tuple[Pair, float]] = set()
    sent_at = {
        (one.chat_id, one.message_id): one.at
        for one in load.chats.world.requests
        if one.ok and one.method == "sendMessage"
    }
    for pair, cards in zip(load.chats.pairs, load.chats.showings().values(), strict=True):
        below = _albums_below(load.chats, pair)
        marks = [_mark(one) for one in cards]
        assert list(dict.fromkeys(marks)) == load.written[pair], pair
        for place, (mark, card) in enumerate(zip(marks, cards, strict=True)):
            if mark in marks[:place]:
                assert REPEATED in card.text, (pair, card)
                before = cards[max(i for i in range(place) if marks[i] == mark)]
                at = sent_at[before.chat_id, before.message_id]
                again = sent_at[card.chat_id, card.message_id]
                kill = max(kill for kill in load.kills if kill < again)
                assert at <= kill + NOTED_LATE, (pair, card)
                # A chat's messages are shown one after another: one is under way at a kill.
                assert (pair, kill) not in under_way, (pair, card)
                under_way.add((pair, kill))
            albums = below.pop(card.message_id, [])
            if mark in load.albums:
                last = mark not in marks[place + 1 :]
                assert albums == [load.albums[mark]] or (not last and not albums), (pair, card)
            else:
                assert not albums
        assert not below, pair
        singles = [one for one in load.chats.at_member(pair) if "photo" in one]
        assert all("media_group_id" in one for one in singles), pair
    sys.stdout.write(f"{len(load.kills)} kills, {len(under_way)} cards again\n")


def check_clients(load: Load) -> None:
    """Nothing twice, nothing in pieces; what is not there was told to be uncertain."""
    fates = Counter[tuple[str, bool]]()
    for pair in load.chats.pairs:
        groups: dict[str, list[Message]] = {}
        for one in load.chats.at_client(pair):
            if "photo" in one:
                groups.setdefault(str(one.get("media_group_id")), []).append(one)
        there = {words_of(group[0]): [_file_of(one) for one in group] for group in groups.values()}
        assert len(there) == len(groups), pair
        own = [mark for mark, (one, _) in load.answers.items() if one == pair]
        assert [mark for mark in own if mark in there] == list(there), pair
        for mark in own:
            fate = _fate(load, mark)
            fates[fate, mark in there] += 1
            assert mark in there or fate == "unknown", mark
            if mark in there:
                assert there[mark] == load.albums[mark], mark
    sys.stdout.write(f"answers by fate and whether they are there: {dict(fates)}\n")
