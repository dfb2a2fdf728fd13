"""Letters that no person wrote, to where they go: a group that moved, a client who blocked us."""

from __future__ import annotations

from inbox.errors import Fault, SendRejected
from inbox.ports import ReplyState
from tests.fakes import failures
from tests.inbox.conftest import Studio
from tests.inbox.off_hours import EVENING, IVAN, state, switched
from tests.inbox.test_settling import GROUP, SUPERGROUP, moved_to, of_a_group


async def test_a_group_that_moved_gets_the_letter_at_once(studio: Studio) -> None:
    chat = await of_a_group(studio)
    switched(studio)
    studio.clock.at = EVENING
    chat.failures = failures(moved_to("-1002"))
    await studio.asks("5")
    await studio.later()
    assert [one.recipient for one in chat.sent] == [GROUP, SUPERGROUP]
    assert await state(studio, "group:-1002") is ReplyState.SENT


async def test_the_holder_hears_of_a_client_who_blocked_us(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, IVAN)
    switched(studio)
    studio.clock.at = EVENING
    studio.channel.failures = failures(SendRejected(Fault.BLOCKED))
    thread = await studio.asks(IVAN)
    assert await state(studio, thread) is ReplyState.REJECTED
    notes = [(words.kind, words.text, to) for _, words, to in studio.desk.notes]
    assert notes == [("unreachable", "blocked", studio.anna)]
