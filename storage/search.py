"""Finds what was said: the newest first, of the clients that the reader sees.

What is asked for becomes words of the index wherever these are few enough: the stems, the clients
that are looked through, the authors, the channel. So the index alone says what is found, and a
common word costs no more than the few messages of few clients. What is of too many is a condition
on the rows instead; then what is found is dense, and a walk from the newest on soon has a page.

SQLite's index gives its rows in their order, one by one. PostgreSQL's gives all at once: first the
newest rows are walked through, and the index is asked only where too few of these are found.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Select, column, func, literal, select, table, text

from inbox.searching import Hits, Query
from storage.client_lists import seen_by
from storage.search_asked import Asked, Asking
from storage.search_hits import HITS, hit_of, kind_of
from storage.search_tables import search

NEWEST = 4_000  # rows that PostgreSQL walks through before it asks its index
COMMON = 40  # where so many of these have the words, it walks on instead
FAR = 50_000
# Its guess how many rows have one of many words is far too high.
NO_SCAN = text("SELECT set_config('enable_seqscan', 'off', true)")

_words = table("search_words", column("rowid"), column("search_words"))


class SearchRows(Asking):
    """Implements inbox.searching.Searching."""

    async def search(
        self, query: Query, manager_ids: Collection[int] | None, after: int | None, limit: int
    ) -> Hits:
        """Clients whose holder left are nobody's."""
        unread = await self.unread()
        asked = await self.asked(query, manager_ids, after, limit + 1)
        if asked is None:
            return Hits((), unread=unread)
        find = self._by_index if self.dialect == "sqlite" else self._by_walk
        found = await find(asked)
        hits = []
        for kind, statement in HITS.items():
            its = [number for number in found[:limit] if kind_of(number) is kind]
            if its:
                seen = statement if manager_ids is None else statement.where(seen_by(manager_ids))
                hits += [hit_of(kind, row) for row in await self.rows(seen, numbers=its)]
        hits.sort(key=lambda hit: -hit.number)
        return Hits(tuple(hits), more=len(found) > limit, unread=unread)

    async def _by_index(self, asked: Asked) -> list[int]:
        """SQLite."""
        match = asked.match(self.dialect)
        if not match:
            return await self._by_rows(asked)
        found = select(_words.c.rowid).where(
            _words.c.search_words.bool_op("MATCH")(literal(match)), *asked.ranged(_words.c.rowid)
        )
        if asked.rest:
            found = found.join(search, search.c.number == _words.c.rowid)
            found = found.where(*(part.rows(search.c) for part in asked.rest))
        return await self._numbers(found.order_by(_words.c.rowid.desc()), asked)

    async def _by_rows(self, asked: Asked) -> list[int]:
        """Without words: row after row."""
        found = select(search.c.number).where(
            *asked.ranged(search.c.number), *(part.rows(search.c) for part in asked.parts)
        )
        return await self._numbers(found.order_by(search.c.number.desc()), asked)

    async def _by_walk(self, asked: Asked) -> list[int]:
        """PostgreSQL."""
        match = asked.match(self.dialect)
        if not match:
            return await self._by_rows(asked)
        found = await self._walk(asked, NEWEST)
        words_alone = asked.rest and match == asked.words
        if len(found) < asked.limit and words_alone and await self._is_common(asked):
            found = await self._walk(asked, FAR)
        if len(found) >= asked.limit:
            return found
        await self.run(NO_SCAN)
        by_index = (
            select(search.c.number)
            .where(
                self.matches(search.c, match),
                # Not the table's own order: the index alone is to be asked.
                *asked.ranged(search.c.number + 0),
                *(part.rows(search.c) for part in asked.rest),
            )
            .cte("by_index")
            .prefix_with("MATERIALIZED", dialect="postgresql")
        )
        return await self._numbers(
            select(by_index.c.number).order_by(by_index.c.number.desc()), asked
        )

    async def _walk(self, asked: Asked, far: int) -> list[int]:
        newest = _newest(asked, far)
        found = select(newest.c.number).where(*(part.rows(newest.c) for part in asked.parts))
        if asked.words:
            found = found.where(self.matches(newest.c, asked.words))
        return await self._numbers(found.order_by(newest.c.number.desc()), asked)

    async def _is_common(self, asked: Asked) -> bool:
        if not asked.words:
            return True
        newest = _newest(asked, NEWEST)
        having = select(func.count()).where(self.matches(newest.c, asked.words))
        return int(await self.value(having)) >= COMMON

    async def _numbers(self, found: Select[Any], asked: Asked) -> list[int]:
        return [row[0] for row in await self.rows(found.limit(asked.limit))]


def _newest(asked: Asked, far: int) -> Any:
    return (
        select(search)
        .where(*asked.ranged(search.c.number))
        .order_by(search.c.number.desc())
        .limit(far)
        .subquery("newest")
    )
