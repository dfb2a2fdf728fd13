"""Russian and English words are found in all their forms: 100 queries over 5,000 messages, against
labels that say which words were put into which message."""

from pathlib import Path
from statistics import mean

from sqlalchemy import insert

from inbox.searching import HitKind, Query
from storage.codec import message_row
from storage.search_tables import search_backlog
from storage.store import SqlStore
from storage.tables import message as messages_table
from tests.fixtures.search.generator import Said, messages, overlap
from tests.storage.values import message, opened, raw

QUERIES = Path(__file__).parents[1] / "fixtures" / "search" / "queries.tsv"
COUNT = 5000


def queries() -> list[tuple[str, frozenset[str]]]:
    lines = QUERIES.read_text(encoding="utf-8").splitlines()
    return [(text, frozenset(names.split(","))) for text, names in (x.split("\t") for x in lines)]


def test_what_stands_between_the_words_asked_for_is_none_of_them() -> None:
    assert overlap() == set()


async def filed(store: SqlStore, said: list[Said]) -> None:
    """As they stood in the database before there was a search; then they are read in."""
    async with store.begin() as t:
        conversation = await opened(t)
        raws = await t.keep("telegram", [raw(f"77:{number}") for number in range(len(said))])
        await t.run(
            insert(messages_table),
            [
                {
                    "id": number + 1,
                    "conversation_id": conversation.id,
                    "raw_id": raws[number],
                    **message_row(
                        message(
                            f"77:{number}",
                            minutes=number,
                            text=one.text,
                            sender_name="N",
                            subject=None,
                            attachments=(),
                        )
                    ),
                }
                for number, one in enumerate(said)
            ],
        )
        line = {"kind": HitKind.MESSAGE.value, "conversation_id": 0}
        await t.run(insert(search_backlog), {**line, "below": 2**62, "left": len(said)})
    left = len(said)
    while left:
        async with store.begin() as t:
            left = await t.index_older(1000)


async def test_recall_and_precision(store: SqlStore) -> None:
    said = list(messages(COUNT))
    await filed(store, said)
    asked = queries()
    assert len(asked) == 100
    recall, precision = [], []
    for text, lexemes in asked:
        wanted = {number + 1 for number, one in enumerate(said) if lexemes <= one.lexemes}
        async with store.begin() as t:
            hits = (await t.search(Query(text), None, None, COUNT)).hits
        found = {hit.message_id for hit in hits}
        recall.append(len(found & wanted) / len(wanted))
        precision.append(len(found & wanted) / len(found) if found else 1.0)
    print(f"recall {mean(recall):.3f}, precision {mean(precision):.3f}")
    assert mean(recall) >= 0.88
    assert mean(precision) >= 0.95
