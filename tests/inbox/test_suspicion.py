"""A newcomer whose domain looks like a client's is flagged until somebody has answered."""

from __future__ import annotations

from inbox.flow import reply
from inbox.suspicion import FRESH
from tests.inbox.conftest import Studio


def flagged(studio: Studio) -> tuple[str, ...]:
    """The warnings of the card shown last."""
    return studio.desk.cards[-1][0].message.warnings


async def test_a_look_alike_of_a_client_entered_by_hand_is_flagged(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "olga@romashka.ru")
    await studio.asks("olga@rornashka.ru")
    assert flagged(studio) == ("look_alike:romashka.ru",)
    await studio.asks("olga@rornashka.ru")
    assert flagged(studio) == ("look_alike:romashka.ru",)
    await studio.asks("olga@romashka.ru")
    assert flagged(studio) == ()
    await studio.asks("oleg@mail.ru")
    assert flagged(studio) == ()


async def test_a_newcomer_is_known_once_somebody_answered(studio: Studio) -> None:
    thread = await studio.asks("ivan@stroitel.example")
    await studio.asks("ivan@stroite1.example")
    assert flagged(studio) == ()

    await reply(studio.inbox, studio.draft(await studio.conversation(thread), studio.anna))
    await studio.run()
    studio.clock.pass_(seconds=FRESH.total_seconds() + 1)
    await studio.asks("ivan@stroite1.example")
    assert flagged(studio) == ("look_alike:stroitel.example",)
