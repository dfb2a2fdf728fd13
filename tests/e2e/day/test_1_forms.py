"""The morning: every form of the working day is killed in the middle, and goes on afterwards.

Each step is an act of cards.py, lists.py, clients.py, offers.py or together.py. What must be seen
is seen at the far ends: the client's chat, the client's mailbox, the managers' chats, the
database.
"""

from __future__ import annotations

import pytest

from tests.e2e.day import cards, clients, lists, offers, together
from tests.e2e.day.scene import Act, Outcomes

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

ACTS = (*cards.ACTS, *lists.ACTS, *clients.ACTS, *offers.ACTS, *together.ACTS)


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("act", ACTS, ids=lambda one: one.__name__)
async def test_it_goes_on_after_a_kill(morning: Outcomes, act: Act, language: str) -> None:
    fault = morning[act.__name__, language]
    if fault is not None:
        raise fault
