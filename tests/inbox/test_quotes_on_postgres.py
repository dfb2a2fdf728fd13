"""Quotes over PostgreSQL: what is told over SQLite elsewhere, and several at once."""

import asyncio

import pytest

from inbox import changing, quotes
from inbox.ports import Deed
from inbox.work_records import QuoteState, Task
from tests.inbox import test_agreed, test_quotes
from tests.inbox.chatting import IVAN
from tests.inbox.conftest import Studio
from tests.inbox.offering import Shop, shop_in

pytestmark = pytest.mark.real

SETTLED = frozenset({QuoteState.AGREED, QuoteState.WITHDRAWN})


@pytest.fixture
def database(postgres_url: str) -> str:
    return postgres_url


@pytest.fixture
def shop(studio: Studio) -> Shop:
    return shop_in(studio)


@pytest.fixture
async def asked(shop: Shop) -> Shop:
    await shop.writes(IVAN, "Смените телефон в шапке")
    return shop


class TestThePress(test_agreed.TestThePress):
    pass


class TestInWords(test_agreed.TestInWords):
    pass


class TestTheManagersWord(test_quotes.TestTheManagersWord):
    pass


async def test_of_all_who_settle_it_at_once_one_does(studio: Studio, asked: Shop) -> None:
    for number in range(8):
        quote = await asked.offers(key=f"p{number}")
        async with studio.inbox.store.begin() as t:
            draft = next(one for one in await t.replies(quote.conversation_id))
        await asked.comes("message", asked.private(IVAN, "Согласен"), run=False)
        done = await asyncio.gather(
            quotes.agree(studio.inbox, quote.id, studio.anna),
            quotes.agree(studio.inbox, quote.id, studio.head),
            quotes.withdraw(studio.inbox, quote.id, studio.boris),
            asked.presses_(IVAN, f"okq:{quote.id}:{quote.secret}"),
            changing.take_back(studio.inbox, draft.id, studio.anna),
            studio.run(),
        )
        await studio.run()
        settled = await asked.quote(quote.id)
        assert settled.state in SETTLED
        made = [one for one in await asked.tasks() if one.quote_id == quote.id]
        assert len(made) == (1 if settled.state is QuoteState.AGREED else 0)
        by_word = [one for one in done[:2] if isinstance(one, Task)]
        assert len(by_word) <= 1
        assert sum(one is not None for one in done[:3]) <= 1
    assert len(await asked.log(Deed.QUOTE_SETTLED)) == 8
    assert asked.told("dead_letter") == []
