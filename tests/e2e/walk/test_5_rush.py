"""The end of the walk: what became of all that clients wrote at once (it began with the walk)."""

from __future__ import annotations

import asyncio

import pytest

from tests.e2e.walk.rush import ALERT, LIST, TURNS, Rush
from tests.e2e.walk.stage import buttons_of, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

LATEST = 30.0  # seconds that a card may come late
SLACK = 3.0


async def test_a_burst_becomes_a_list_and_alerts_go_first(rush: asyncio.Task[Rush]) -> None:
    """ "Rate limits: a token bucket per chat, per group and in all; bursts become digests rather
    than delays over 30 s; alerts go before cards, cards before digests"."""
    done = await rush
    calls = await done.walk.telegram.requests()
    assert not [one for one in calls if one["status"] == 429], "we keep to the limits ourselves"
    for at in done.walk.sides.values():
        sent = [
            one
            for one in calls
            if one["method"] == "sendMessage"
            and one["chat_id"] == at.manager.telegram
            and one["at"] > done.begun - SLACK
        ]
        texts = [one["text"] for one in sent]
        (alert,) = [place for place, text in enumerate(texts) if text.startswith(ALERT)]
        assert done.urgent[at.language].name in texts[alert]
        lists = [place for place, text in enumerate(texts) if text.startswith(LIST)]
        cards = [
            place
            for place, text in enumerate(texts)
            if place not in lists and any(f"{turn} of" in text for turn in TURNS)
        ]
        assert alert < sorted(cards)[-10], "it did not wait for the cards"
        assert max(cards) < min(lists)
        for place in cards:
            assert sent[place]["at"] - done.begun < LATEST + SLACK


async def test_the_list_has_what_no_card_has(rush: asyncio.Task[Rush]) -> None:
    """Every message is on a card or in a list; the list's buttons lead to the cards."""
    done = await rush
    walk = done.walk
    for at in walk.sides.values():
        me = at.manager.telegram
        there = await walk.theirs(me)
        whole = "\n".join(text_of(one) for one in there)
        wanted = [f"{turn} of {one.name}" for one in done.clients[at.language] for turn in TURNS]
        assert not [text for text in wanted if text not in whole]

        listed = next(one for one in there if text_of(one).startswith(LIST))
        label = next(iter(buttons_of(listed)))
        await walk.press(me, listed, label)
        name = label.partition(" · ")[2]
        card = await walk.said(me, f"Second of {name}", after=listed["message_id"])
        answer = await walk.answers(at.manager, card, f"From the list, {name}")
        (client,) = [one for one in done.clients[at.language] if one.name == name]
        await walk.said(client.telegram, f"From the list, {name}")
        await walk.marked(me, answer)
