"""The walk through the faults: topics that cannot be made, or named."""

from __future__ import annotations

from collections.abc import Sequence

from tests.e2e.chats import BOT, Chats
from tests.e2e.faulty_calls import REFUSED, Case, plan, words_of, write


async def made(chats: Chats, ones: Sequence[Case]) -> None:
    """A card matters more than its place: it stands in a topic, or in the plain chat, once."""
    for case in ones:
        plan(chats, case.fault, "createForumTopic", chat_id=case.pair.member)
    for turn in range(3):
        for case in ones:
            write(chats, case.pair.client, BOT, "text", case.mark(turn))

    def shown(case: Case) -> bool:
        return len(chats.showings()[case.pair.name]) >= 3

    await chats.until_all(ones, shown, "cards where no topic could be made")
    for case in ones:
        marks = [
            turn
            for one in chats.showings()[case.pair.name]
            for turn in range(3)
            if case.mark(turn) in one.text
        ]
        assert marks == [0, 1, 2], case


async def named(chats: Chats, ones: Sequence[Case]) -> None:
    """A topic says that somebody waits until that is answered, whatever that takes."""
    for case in ones:
        plan(chats, case.fault, "editForumTopic", chat_id=case.pair.member)
        write(chats, case.pair.client, BOT, "text", case.mark(0))

    def shown(case: Case) -> bool:
        return bool(chats.showings()[case.pair.name])

    await chats.until_all(ones, shown, "cards in topics")
    for case in ones:
        assert _names(chats, case) == [f"🟡 {case.pair.name}"]
        card = chats.showings()[case.pair.name][0].message_id
        write(chats, case.pair.member, chats.desk, "text", case.mark(0, "a"), card)

    def renamed(case: Case) -> bool:
        there = any(case.mark(0, "a") == words_of(one) for one in chats.at_client(case.pair))
        if case.fault in REFUSED:
            return there and chats.tried("editForumTopic", case.pair.member, "") > 0
        return there and _names(chats, case) == [case.pair.name]

    await chats.until_all(ones, renamed, "topics named anew")


def _names(chats: Chats, case: Case) -> list[str]:
    bot = chats.world.bots[chats.desk]
    return list(chats.world.room(bot, case.pair.member).topics.values())
