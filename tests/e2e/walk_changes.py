"""The walk through the faults: what was sent is changed and taken back; notes and alerts."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Sequence
from datetime import timedelta

from tests.e2e.chats import BOT, HEAD, Chats, Message
from tests.e2e.faulty_calls import (
    DONE,
    LATER,
    LOST,
    REFUSED,
    Case,
    notes_below,
    plan,
    press,
    reacted,
    words_of,
    write,
)
from tests.e2e.traffic import buttons
from tests.e2e.walk_messages import REPEATED

TAKE_BACK = "xt:d:"
NEWER = "It reads otherwise now."
CHANGED = "changed a message that was answered"
NOT_CHANGED, NOT_TAKEN = "did not reach the client", "could not be taken back"
ALERT = re.compile(r"⏰ (.+) (?:has waited|is still waiting)")
LATE = timedelta(hours=25)


async def change_and_take_back(chats: Chats, every: Sequence[Case]) -> None:
    """Texts, captions; single messages and albums: of one that went out well."""
    texts, photos, albums = (
        [one for one in every if one.kind == kind] for kind in ("text", "photo", "album")
    )
    first, own = {}, {}
    for case in (*texts, *photos, *albums):
        card = chats.showings()[case.pair.name][-1].message_id
        me, words = case.pair.member, case.mark(3, "a")
        first[case] = write(chats, me, chats.desk, "text", case.mark(4, "a"), card)[0]
        own[case] = write(chats, me, chats.desk, case.kind, words, card)[0]

    def sent(case: Case) -> bool:
        return all(
            reacted(chats, case.pair.member, one["message_id"]) for one in (first[case], own[case])
        )

    await chats.until_all(own, sent, "replies that are to be changed")
    await asyncio.gather(
        changed(chats, texts, "editMessageText", first),
        changed(chats, photos, "editMessageCaption", own),
        taken_back(chats, texts, "deleteMessage", own),
        taken_back(chats, albums, "deleteMessages", own),
    )


async def changed(
    chats: Chats, ones: Sequence[Case], method: str, own: dict[Case, Message]
) -> None:
    """The manager changes the own message; the client's follows, or why not is said."""
    for case in ones:
        plan(chats, case.fault, method, chat_id=case.pair.client)
        me, number = case.pair.member, own[case]["message_id"]
        chats.people.edits(me, chats.desk, number, f"{words_of(own[case])} {NEWER}")

    def settled(case: Case) -> bool:
        follows = any(NEWER in words_of(one) for one in chats.at_client(case.pair))
        said = any(NOT_CHANGED in words_of(one) for one in chats.at_member(case.pair))
        return (said and not follows) if case.fault in REFUSED else (follows and not said)

    await chats.until_all(ones, settled, f"{method}: it reads otherwise, or why not is said")


async def taken_back(
    chats: Chats, ones: Sequence[Case], method: str, own: dict[Case, Message]
) -> None:
    """By the command and its button: it is gone at the client, or why not is said."""
    asked = {}
    for case in ones:
        plan(chats, case.fault, method, chat_id=case.pair.client)
        me, number = case.pair.member, own[case]["message_id"]
        asked[case] = chats.people.says(me, chats.desk, "/takeback", reply_to=number)

    def question(case: Case) -> Message | None:
        said = notes_below(chats, case.pair.member, asked[case]["message_id"])
        return next((one for one in said if any(TAKE_BACK in b for b in buttons(one))), None)

    await chats.until_all(ones, question, f"{method}: it is asked whether to take it back")
    for case in ones:
        note = question(case)
        assert note is not None
        await press(chats, case.pair.member, note, TAKE_BACK)

    def settled(case: Case) -> bool:
        words = words_of(own[case])
        gone = all(words not in words_of(one) for one in chats.at_client(case.pair))
        said = any(NOT_TAKEN in words_of(one) for one in chats.at_member(case.pair))
        return (said and not gone) if case.fault in REFUSED else (gone and not said)

    await chats.until_all(ones, settled, f"{method}: it is gone, or why not is said")


async def notes(chats: Chats, ones: Sequence[Case]) -> None:
    """The client changes what was answered: the manager is told, and a refusal is the end."""
    for case in ones:
        plan(chats, case.fault, "sendMessage", chat_id=case.pair.member)
        mine = [one for one in chats.world.chat(BOT, case.pair.client) if one["out"]]
        last = next(one for one in reversed(mine) if words_of(one) == case.mark(2))
        words = f"{case.mark(2)}, or rather not"
        chats.people.edits(case.pair.client, BOT, last["message_id"], words)

    def told(case: Case) -> bool:
        said = sum(CHANGED in words_of(one) for one in chats.at_member(case.pair))
        ends = case.fault in REFUSED and not (chats.topics and case.fault == "400")
        wanted = 0 if ends else 2 if case.fault in DONE else 1
        tried = chats.tried("sendMessage", case.pair.member, CHANGED)
        return tried > 0 and said == wanted

    await chats.until_all(ones, told, "notes of what was changed")


async def alerts(chats: Chats, ones: Sequence[Case]) -> None:
    """They ask again and are not answered: whoever may know it already is told so."""
    for case in ones:
        write(chats, case.pair.client, BOT, "text", case.mark(3))

    def shown(case: Case) -> bool:
        return any(case.mark(3) in words_of(one) for one in chats.at_member(case.pair))

    await chats.until_all(ones, shown, "cards of what is asked again")
    for case in ones:
        plan(chats, case.fault, "sendMessage", chat_id=case.pair.member)
    chats.clock.jump(chats.clock.now() + LATE)

    def told(case: Case) -> bool:
        refused = case.fault in REFUSED and not (chats.topics and case.fault == "400")
        if refused:
            return any(case.pair.name in one for one in _alerts(chats, HEAD))
        said = _alerts(chats, case.pair.member)
        return len(said) == (2 if case.fault in DONE else 1)

    await chats.until_all(ones, told, "alerts")
    for case in ones:
        said = _alerts(chats, case.pair.member)
        again = [REPEATED in one for one in said]
        if case.fault in LATER:
            assert again == [False], case
        elif case.fault in LOST:
            assert again == [True], case
        elif case.fault in DONE:
            assert again == [False, True], case


def _alerts(chats: Chats, chat_id: int) -> list[str]:
    """As they stand in somebody's chat, single or in a list."""
    said = [words_of(one) for one in chats.said(chats.desk, chat_id)]
    return [one for one in said if one.startswith("⏰")]
