"""The walk through the faults: clients' messages to the desk, replies to the clients."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence

from tests.e2e.chats import BOT, HEAD, Chats, Message, Showing
from tests.e2e.faulty_calls import (
    DONE,
    FAULTS,
    ITEMS,
    LATER,
    LOST,
    REFUSED,
    Case,
    copies_at_client,
    is_of,
    notes_below,
    plan,
    press,
    reacted,
    words_of,
    write,
)
from tests.e2e.traffic import buttons

REPEATED = "Possibly shown before"
UNKNOWN, NOT_SENT = "❓ It is not known whether this arrived", "❌ Not sent"
SEND_AGAIN, ARRIVED = "r:a:", "r:v:"
MARK = re.compile(r"\bq\d{3}-(\d)\b")
WITH_AN_END = [one for one in FAULTS if one not in REFUSED]


# --- clients' messages to the desk ----------------------------------------------------------


async def to_the_desk(chats: Chats, every: Sequence[Case]) -> None:
    """Three messages of each client at once, while updates are hard to get too."""
    for place, fault in enumerate(WITH_AN_END):
        plan(chats, fault, "getUpdates", skip=place)
        if chats.desk != BOT:  # what goes from bot to bot is downloaded
            plan(chats, fault, "getFile", skip=place)
            plan(chats, fault, "file", skip=place)
    for case in every:
        skip = 1 if case.kind == "text" else 0
        plan(chats, case.fault, case.method, chat_id=case.pair.member, skip=skip)
    for turn, kind in ((0, "text"), (1, ""), (2, "text")):
        for case in every:
            write(chats, case.pair.client, BOT, kind or case.kind, case.mark(turn))

    def complete(_: str) -> bool:
        told = chats.showings()
        return all(
            set(_turns(told[case.pair.name])) == {0, 1, 2}
            and (case.kind == "text" or _files(chats, case) or _sentences(chats, case))
            for case in every
        )

    await chats.until_all(["all"], complete, "a card for every message, with its file", 60)
    told = chats.showings()
    for case in every:
        _check_cards(chats, case, told[case.pair.name])
        _check_files(chats, case)


def _turns(shown: Sequence[Showing]) -> list[int]:
    """Which of the three each card is about; only the second may be without words."""
    marks = [MARK.search(one.text) for one in shown]
    return [1 if mark is None else int(mark[1]) for mark in marks]


def _check_cards(chats: Chats, case: Case, shown: Sequence[Showing]) -> None:
    """One for each message, in their order; more, or at the head's, only where it must be so."""
    turns, is_text = _turns(shown), case.kind == "text"
    new_topic = chats.topics and case.fault == "400"
    assert list(dict.fromkeys(turns)) == [0, 1, 2], case
    assert [turns.count(0), turns.count(2)] == [1, 1] or (new_topic and not is_text), case
    for place, (turn, one) in enumerate(zip(turns, shown, strict=True)):
        again, unknown = turn in turns[:place], is_text and turn == 1 and case.fault in LOST
        # Whole in the new topic, as the old one is taken to be gone with all that stood there.
        marked = unknown or (again and not new_topic)
        assert (REPEATED in one.text) == marked, case
    second = [one for turn, one in zip(turns, shown, strict=True) if turn == 1]
    number = 2 if (new_topic and not is_text) or (is_text and case.fault in DONE) else 1
    assert len(second) == number, case
    refused = is_text and case.fault in REFUSED and not new_topic
    assert {one.chat_id for one in second} == {HEAD if refused else case.pair.member}, case


def _files(chats: Chats, case: Case) -> list[Message]:
    """What shows the second message beside its card: where a kind was refused, as a document."""
    kinds = {case.kind, "document"} if case.fault in REFUSED else {case.kind}
    kinds |= {"photo"} if case.kind == "album" else set()
    return [one for one in chats.at_member(case.pair) if any(is_of(one, kind) for kind in kinds)]


def _sentences(chats: Chats, case: Case) -> list[str]:
    said = [words_of(one) for one in chats.at_member(case.pair)]
    return [one for one in said if "shown here" in one]


def _check_files(chats: Chats, case: Case) -> None:
    if case.kind == "text":
        return
    files, said = _files(chats, case), _sentences(chats, case)
    number = ITEMS if case.kind == "album" else 1
    if case.fault in LATER:
        assert (len(files), len(said)) == (number, 0), case
    elif case.fault in REFUSED:
        assert len(files) + len(said) >= number, case
    else:
        assert len(files) == (number if case.fault in DONE else 0), case
        assert len(said) == number, case
        assert all("perhaps not shown here" in one for one in said), case


# --- replies to the clients -----------------------------------------------------------------


async def to_the_clients(chats: Chats, every: Sequence[Case]) -> dict[Case, list[Message]]:
    """Three replies to each client at once; what the manager sees of them is hard to show too."""
    shown = chats.showings()
    for case in every:
        skip = 1 if case.kind == "text" else 0
        plan(chats, case.fault, case.method, chat_id=case.pair.client, skip=skip)
        for method in ("setMessageReaction", "editMessageText"):
            plan(chats, case.fault, method, chat_id=case.pair.member)
    sent: dict[Case, list[Message]] = {}
    for case in every:
        card, me = shown[case.pair.name][-1].message_id, case.pair.member
        sent[case] = [
            write(chats, me, chats.desk, kind, case.mark(turn, "a"), card)[0]
            for turn, kind in ((0, "text"), (1, case.kind), (2, "text"))
        ]

    def fates_known(case: Case) -> bool:
        return all(fate(chats, case, one) for one in sent[case])

    await chats.until_all(every, fates_known, "the fate of every reply is told", 60)
    for case in every:
        _check_replies(chats, case, sent[case])
    return sent


def fate(chats: Chats, case: Case, own: Message) -> str:
    """What the manager is told of a reply. A reaction that Telegram refuses is not tried again."""
    said = [words_of(one) for one in notes_below(chats, case.pair.member, own["message_id"])]
    for words in (UNKNOWN, NOT_SENT):
        if any(one.startswith(words) for one in said):
            return words
    if reacted(chats, case.pair.member, own["message_id"]):
        return "sent"
    there = [words_of(one) for one in chats.at_client(case.pair)]
    return "refused" if case.fault in REFUSED and case.mark(0, "a") in there else ""


def _check_replies(chats: Chats, case: Case, sent: Sequence[Message]) -> None:
    """Nothing more than once, all that is there in its order, and the right thing is told."""
    there = chats.at_client(case.pair)
    marks = [case.mark(turn, "a") for turn in range(3)]
    texts = [words_of(one) for one in there]
    assert [texts.count(marks[turn]) for turn in (0, 2)] == [1, 1], case
    copies, arrived = copies_at_client(chats, case), case.fault in LATER | DONE
    assert len(copies) == arrived, case
    if arrived and case.kind == "album":
        album = copies[0]["media_group_id"]
        assert sum(one.get("media_group_id") == album for one in there) == ITEMS, case
    if arrived:
        ids = {words: one["message_id"] for words, one in zip(texts, there, strict=True)}
        assert ids[marks[0]] < copies[0]["message_id"] < ids[marks[2]], case
    told = fate(chats, case, sent[1])
    wanted = UNKNOWN if case.fault in LOST | DONE else NOT_SENT
    assert told == ("sent" if case.fault in LATER else wanted), case


async def people_decide(
    chats: Chats, every: Sequence[Case], sent: dict[Case, list[Message]]
) -> None:
    """The manager looks after what is uncertain or refused: then it is there once, and said so."""
    for place, fault in enumerate(WITH_AN_END):
        plan(chats, fault, "answerCallbackQuery", skip=place)
    asked = [case for case in every if case.fault not in LATER]

    async def decide(case: Case) -> None:
        own = sent[case][1]["message_id"]
        note = notes_below(chats, case.pair.member, own)[0]
        deed = ARRIVED if case.fault in DONE else SEND_AGAIN
        assert await press(chats, case.pair.member, note, deed) == "", case

    for first in (True, False):  # the faults meet those who say that it arrived
        some = [case for case in asked if (case.fault in DONE) == first]
        await asyncio.gather(*(decide(case) for case in some))

    def settled(case: Case) -> bool:
        me, own = case.pair.member, sent[case][1]["message_id"]
        asks = any(buttons(one) for one in notes_below(chats, me, own))
        there = len(copies_at_client(chats, case)) == 1
        return there and reacted(chats, me, own) and not asks

    await chats.until_all(every, settled, "every reply is there once, and said so")
