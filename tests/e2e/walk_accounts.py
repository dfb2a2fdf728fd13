"""The walk through the faults: managers' own accounts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.e2e.chats import BOT, Chats, Message
from tests.e2e.faulty_calls import (
    DONE,
    FAULTS,
    LATER,
    REFUSED,
    Case,
    notes_below,
    plan,
    press,
    words_of,
    write,
)
from tests.e2e.traffic import buttons
from tests.e2e.walk_changes import NOT_TAKEN, TAKE_BACK
from tests.e2e.walk_messages import ARRIVED, SEND_AGAIN, WITH_AN_END, fate


def connect_accounts(chats: Chats, ones: Sequence[Case]) -> None:
    """Long ago: the updates that told of it were read by somebody else."""
    for case in ones:
        chats.people.connects(case.pair.member, BOT)
    chats.world.bots[BOT].stream.pending.clear()


async def in_accounts(chats: Chats, ones: Sequence[Case]) -> None:
    """Clients write into them, and are answered from the desk; then it is taken back."""
    for place, fault in enumerate(WITH_AN_END):
        plan(chats, fault, "getBusinessConnection", skip=place)
    for case in ones:
        for turn in (0, 1):
            me, words = case.pair.client, case.mark(turn)
            chats.people.says(me, BOT, words, owner=case.pair.member)
    await chats.until_all(ones, lambda case: _in_order(chats, case), "cards of own accounts")
    await _take_back(chats, ones, await _answer(chats, ones))


def _in_order(chats: Chats, case: Case) -> bool:
    said = [words_of(one) for one in chats.at_member(case.pair)]
    marks = [t for one in said for t in (0, 1) if case.mark(t) in one]
    assert marks in ([], [0], [0, 1]), case
    return marks == [0, 1]


def _at_client(chats: Chats, case: Case) -> list[str]:
    """What stands there in the manager's name, by the bot."""
    there = chats.world.chat(BOT, case.pair.client, owner=case.pair.member)
    return [words_of(one) for one in there if "sender_business_bot" in one]


async def _answer(chats: Chats, ones: Sequence[Case]) -> dict[Case, Message]:
    """Twice, the first time by a call that goes wrong; the managers' own second messages."""
    sent: dict[Case, Message] = {}
    after: dict[Case, Message] = {}
    for case in ones:
        plan(chats, case.fault, "sendMessage", chat_id=case.pair.client)
        card = chats.showings()[case.pair.name][-1].message_id
        me, words = case.pair.member, case.mark(0, "a")
        sent[case] = write(chats, me, chats.desk, "text", words, card)[0]
        after[case] = write(chats, me, chats.desk, "text", case.mark(1, "a"), card)[0]

    def told(case: Case) -> bool:
        second = case.mark(1, "a") in _at_client(chats, case)
        return second and bool(fate(chats, case, sent[case]))

    await chats.until_all(ones, told, "the fate of every reply from an own account")
    for case in ones:
        there = _at_client(chats, case)
        wanted = [case.mark(turn, "a") for turn in (0, 1)]
        assert there == (wanted if case.fault in LATER | DONE else wanted[1:]), case

    async def decide(case: Case) -> None:
        note = notes_below(chats, case.pair.member, sent[case]["message_id"])[0]
        await press(chats, case.pair.member, note, ARRIVED if case.fault in DONE else SEND_AGAIN)

    await asyncio.gather(*(decide(case) for case in ones if case.fault not in LATER))

    def once_each(case: Case) -> bool:
        return sorted(_at_client(chats, case)) == [case.mark(turn, "a") for turn in (0, 1)]

    await chats.until_all(ones, once_each, "every reply from an own account, once")
    return after


async def _take_back(chats: Chats, ones: Sequence[Case], sent: dict[Case, Message]) -> None:
    """The call names no chat, so that any of them may meet any fault."""
    for place, fault in enumerate(FAULTS):
        plan(chats, fault, "deleteBusinessMessages", skip=place // 2)
    asked = {}
    for case in ones:
        me, number = case.pair.member, sent[case]["message_id"]
        asked[case] = chats.people.says(me, chats.desk, "/takeback", reply_to=number)

    def question(case: Case) -> Message | None:
        said = notes_below(chats, case.pair.member, asked[case]["message_id"])
        return next((one for one in said if any(TAKE_BACK in b for b in buttons(one))), None)

    await chats.until_all(ones, question, "it is asked whether to take it back")
    for case in ones:
        note = question(case)
        assert note is not None
        await press(chats, case.pair.member, note, TAKE_BACK)

    def kept(case: Case) -> bool:
        return case.mark(1, "a") in _at_client(chats, case)

    def settled(case: Case) -> bool:
        said = any(NOT_TAKEN in words_of(one) for one in chats.at_member(case.pair))
        return said == kept(case)

    await chats.until_all(ones, settled, "it is gone from the own account, or why not is said")
    assert sum(map(kept, ones)) == len(REFUSED)
