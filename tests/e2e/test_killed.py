"""SIGKILL at random moments during the load: nothing lost, nothing sent twice.

A killed process may have shown a card without having noted it. Then the card comes again and says
so. A reply is never sent again by itself: where its fate is unknown, the manager is asked.
"""

from __future__ import annotations

import asyncio
import random
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.product import UP
from tests.e2e.studio import BOT, HEAD, MANAGERS, TEAM, Client, Member, Studio
from tests.e2e.traffic import (
    MARK,
    Seen,
    arrived_order,
    buttons,
    cards,
    mail_of,
    mails_at,
    plain,
    post,
)

pytestmark = [pytest.mark.real, pytest.mark.slow]

SEED = 20261124  # another number tries other moments
KILLS = 8
TURNS = 4
REPLIES = 50
SLOWNESS = 0.06  # seconds: Telegram answers from afar, so that kills hit calls under way
LONGEST = 0.9  # seconds from "it runs" to the kill
REPEATED = "Possibly shown before"
UNCERTAIN = "It is not known whether this arrived"


@dataclass
class Load:
    """What is still to be written, a share for each of the kills."""

    studio: Studio
    dice: random.Random
    mails: list[tuple[Client, int]]
    chats: list[tuple[Client, int]]
    answers: dict[Client, dict[str, Any]] = field(default_factory=dict)

    async def write(self, share: int) -> None:
        """So many mails and so many Telegram messages."""
        mails = [self.mails.pop(0) for _ in range(share)]
        chats = [self.chats.pop(0) for _ in range(share)]
        letters = [(client, mail_of(client, turn)) for client, turn in mails]
        await asyncio.gather(
            asyncio.to_thread(post, self.studio, letters),
            *(
                self.studio.telegram.says(one.telegram, BOT, f"t{one.number:02}-{turn}: hello")
                for one, turn in chats
            ),
        )

    async def answer(self, count: int) -> None:
        """Managers answer clients whose cards they see, some by a file."""
        seen = {card.mark[:3]: card for one in MANAGERS for card in await cards(self.studio, one)}
        open_ones = [one for one in self.studio.clients if one not in self.answers]
        for client in self.dice.sample(open_ones, len(open_ones)):
            card = seen.get(f"{self.dice.choice('mt')}{client.number:02}")
            if card is not None and count > 0:
                count -= 1
                self.answers[client] = await self._answer(client, card)

    async def _answer(self, client: Client, card: Seen) -> dict[str, Any]:
        me, words = client.manager.telegram, f"r{client.number:02}-0: answered."
        say = self.studio.telegram
        if client.number % 5:
            return await say.says(me, BOT, words, reply_to=card.message_id)
        more = {"name": "Plan.pdf", "caption": words, "reply_to": card.message_id}
        return await say.sends(me, BOT, "document", b"%PDF" * 1000, **more)


async def test_nothing_is_lost_and_no_reply_is_sent_twice(studio: Studio) -> None:
    sys.stdout.write(f"\nseed {SEED}\n")
    moments = random.Random(SEED)
    turns = [(client, turn) for turn in range(TURNS) for client in studio.clients]
    load = Load(studio, random.Random(SEED), list(turns), list(turns))
    for method in ("sendMessage", "sendDocument", "setMessageReaction"):
        await studio.telegram.plan("delay", method, count=None, seconds=SLOWNESS)
    await studio.ready()
    await studio.product.kill()
    for _ in range(KILLS):
        await kill_under_load(studio, load, moments)
    await load.write(len(load.mails))
    await studio.telegram.forget_faults()
    await studio.product.start()
    desks = await every_card(studio)
    await load.answer(REPLIES)
    assert len(load.answers) == REPLIES
    await check_repeats(studio)
    check_managers(studio, desks)
    check_order(studio, desks)
    told = await fates(studio, load)
    await people_decide(studio, load, told)
    assert await studio.product.stop() == 0
    assert await studio.soundness() == ()
    assert "Traceback" not in studio.product.log.read_text()


async def kill_under_load(studio: Studio, load: Load, moments: random.Random) -> None:
    """One in four dies while it starts, the others in the midst of a burst."""
    await load.answer(1)
    await studio.product.launch()
    if moments.random() < 0.25:
        await load.write(len(load.mails) // 10)
        await asyncio.sleep(moments.uniform(0.2, 2.0))
    else:
        await studio.product.until_said(UP)
        moment = moments.uniform(0.05, LONGEST)
        working = asyncio.gather(load.write(min(14, len(load.mails))), load.answer(3))
        await asyncio.sleep(moment)
        await studio.product.kill()
        await working
    await studio.product.kill()


async def every_card(studio: Studio) -> dict[Member, list[Seen]]:
    wanted = {
        f"{kind}{one.number:02}-{turn}"
        for one in studio.clients
        for kind in "mt"
        for turn in range(TURNS)
    }

    async def missing() -> tuple[set[str], dict[Member, list[Seen]]]:
        desks = {one: await cards(studio, one) for one in TEAM}
        return wanted - {card.mark for seen in desks.values() for card in seen}, desks

    async def complete() -> bool:
        return not (await missing())[0]

    await studio.product.until_true(complete, "a card for every message", 120)
    return (await missing())[1]


async def check_repeats(studio: Studio) -> None:
    """What was shown before says so: by what was sent, as cards are drawn anew later."""
    shown: Counter[str] = Counter()
    again = 0
    for call in await studio.telegram.requests("sendMessage"):
        mark = MARK.search(call["text"])
        if not call["ok"] or mark is None or call["chat_id"] not in {m.telegram for m in TEAM}:
            continue
        shown[mark[0]] += 1
        if shown[mark[0]] > 1:
            again += 1
            assert REPEATED in call["text"]
    sys.stdout.write(f"{again} cards were shown again\n")


def check_managers(studio: Studio, desks: dict[Member, list[Seen]]) -> None:
    managers = {f"{one.number:02}": one.manager for one in studio.clients}
    assert not desks[HEAD]
    for member, seen in desks.items():
        assert {managers[one.mark[1:3]] for one in seen} <= {member}


def check_order(studio: Studio, desks: dict[Member, list[Seen]]) -> None:
    """First showings of a conversation are in the order of the server."""
    at_server: dict[str, list[str]] = defaultdict(list)
    for mark in arrived_order(studio):
        at_server[mark[:3]].append(mark)
    shown: dict[str, list[str]] = defaultdict(list)
    for one in (card for seen in desks.values() for card in seen):
        if one.mark not in shown[one.mark[:3]]:
            shown[one.mark[:3]].append(one.mark)
    for thread, marks in shown.items():
        assert marks == at_server.get(thread, [f"{thread}-{turn}" for turn in range(TURNS)])


async def arrived(studio: Studio) -> Counter[Client]:
    """How often each client has the answer, in the mailbox and in the chat."""
    found: Counter[Client] = Counter()
    for one in studio.clients:
        words = f"r{one.number:02}-0: answered."
        by_mail = [mail for mail in mails_at(studio, one.address) if words in plain(mail)]
        in_chat = (await studio.texts(one.telegram)).count(words)
        found[one] = len(by_mail) + in_chat
    return found


async def questions(studio: Studio) -> dict[tuple[int, int], dict[str, Any]]:
    """What managers are asked about their answers, by chat and message."""
    return {
        (one.telegram, note["reply_to_message"]["message_id"]): note
        for one in MANAGERS
        for note in await studio.chat(one.telegram)
        if not note["out"] and UNCERTAIN in str(note.get("text")) and "reply_to_message" in note
    }


async def delivered(studio: Studio) -> set[tuple[int, int]]:
    """Managers' messages that carry the bot's reaction."""
    return {
        (one.telegram, message["message_id"])
        for one in MANAGERS
        for message in await studio.chat(one.telegram)
        if any(each["by"] == BOT for each in message["reactions"])
    }


async def fates(studio: Studio, load: Load) -> dict[Client, dict[str, Any]]:
    """Each reply is delivered or asked about; those asked about, with the question."""
    own = {one: (one.manager.telegram, sent["message_id"]) for one, sent in load.answers.items()}

    async def all_told() -> bool:
        known = await delivered(studio) | set(await questions(studio))
        return set(own.values()) <= known

    await studio.product.until_true(all_told, "the fate of every reply is told", 60)
    asked = await questions(studio)
    good, counts = await delivered(studio), await arrived(studio)
    for client, where in own.items():
        assert counts[client] <= 1, f"{client.name} has the answer {counts[client]} times"
        if where not in asked:
            assert where in good
            assert counts[client] == 1, f"{client.name}'s answer counts as sent and did not arrive"
    uncertain = {client: asked[where] for client, where in own.items() if where in asked}
    there = sum(counts[client] for client in uncertain)
    sys.stdout.write(f"{len(uncertain)} replies uncertain, {there} of them had arrived\n")
    return uncertain


async def people_decide(studio: Studio, load: Load, asked: dict[Client, dict[str, Any]]) -> None:
    """A manager who looks after each uncertain reply brings every client exactly one answer."""
    counts = await arrived(studio)
    for client, note in asked.items():
        deed = "r:v:" if counts[client] else "r:a:"
        data = next(one for one in buttons(note) if one.startswith(deed))
        await studio.telegram.presses(client.manager.telegram, BOT, note["message_id"], data)

    async def once_each() -> bool:
        return set((await arrived(studio)).values()) == {1}

    await studio.product.until_true(once_each, "one answer for every client")
    own = {(one.manager.telegram, sent["message_id"]) for one, sent in load.answers.items()}

    async def all_marked() -> bool:
        return own <= await delivered(studio)

    await studio.product.until_true(all_marked, "a reaction on every answer")
