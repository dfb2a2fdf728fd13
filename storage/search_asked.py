"""What is searched for, as conditions: words of the index where they are few, else on the rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, func, literal, or_, select, true
from sqlalchemy.dialects.postgresql import TSQUERY

from inbox.searching import Query
from storage.backlog import Backlog
from storage.client_lists import seen_by
from storage.indexing import (
    FILE,
    author_of,
    author_token,
    channel_tokens,
    client_token,
    first_number,
)
from storage.match import both, either, word
from storage.name_parts import has_part, part_pattern
from storage.search_tables import search_author
from storage.stems import stems, words
from storage.tables import client, conversation, manager

MOST_STEMS = 16  # of what a person types
MOST_TOKENS = 200  # words of the index that one condition may become
FEW_TOKENS = 8
END = 2**62
CHANNEL = re.compile(r"[a-z0-9_:-]{1,100}")
MEMBERS = select(manager.c.id, manager.c.name)

Condition = Callable[[Any], ColumnElement[bool]]


@dataclass(frozen=True, slots=True)
class Part:
    """One condition: on the columns of a row, and what the index is asked for it ("" where it
    would be asked too much); `tokens`: how many words of the index that are."""

    rows: Condition
    match: str = ""
    tokens: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What rows must fulfil: `words` of the index, the parts; numbers from `since` to before
    `below`; so many at most."""

    words: str
    parts: tuple[Part, ...]
    since: int
    below: int
    limit: int

    def match(self, dialect: str) -> str:
        """All that the index knows of it."""
        return both(dialect, (self.words, *(part.match for part in self.parts)))

    @property
    def rest(self) -> tuple[Part, ...]:
        """What the index does not know."""
        return tuple(part for part in self.parts if not part.match)

    def ranged(self, number: ColumnElement[int]) -> tuple[ColumnElement[bool], ...]:
        """Between its numbers."""
        return (number < self.below, number >= self.since)


class Asking(Backlog):
    """Reads a query against the names that are known."""

    async def asked(
        self, query: Query, manager_ids: Collection[int] | None, after: int | None, limit: int
    ) -> Asked | None:
        """None where nothing can be found."""
        said = stems(query.words, MOST_STEMS)
        if query.words.strip() and not said:
            return None
        parts: list[Part | None] = []
        if manager_ids is not None:
            parts.append(await self._of_clients(seen_by(manager_ids)))
        if query.place:
            parts.append(await self._in(query.place))
        if query.author:
            parts.append(await self._by(query.author))
        if None in parts:
            return None
        since = 0 if query.since is None else first_number(query.since)
        below = END if query.before is None else first_number(query.before)
        return Asked(
            both(self.dialect, self._words((*said, *((FILE,) if query.has_file else ())))),
            _for_the_index([part for part in parts if part is not None]),
            since,
            below if after is None else min(below, after),
            limit,
        )

    def matches(self, columns: Any, match: str) -> ColumnElement[bool]:
        """Whether a row of PostgreSQL has these words."""
        asked = cast(literal(match), TSQUERY)
        found: ColumnElement[bool] = columns.stems.bool_op("@@")(asked)
        return found

    async def _of_clients(self, which: ColumnElement[bool]) -> Part | None:
        """What stands in these clients' conversations."""
        clients = select(client.c.id).where(which)
        found = await self._few(clients)
        if found is None:
            return Part(lambda columns: _apart(columns.client_id.in_(clients)))
        if not found:
            return None
        asked = either(self.dialect, self._words(map(client_token, found)))
        return Part(lambda columns: columns.client_id.in_(found), asked, len(found))

    async def _by(self, author: str) -> Part | None:
        """What was written by somebody of whose name or address a part begins with this."""
        said = _spaced(author)
        if not said:
            return None
        place_in = func.instr if self.dialect == "sqlite" else func.strpos
        called = select(search_author.c.author).where(place_in(search_author.c.words, said) > 0)
        members = [
            author_of(id_) for id_, name in await self.rows(MEMBERS) if said in _spaced(name)
        ]
        few = await self._few(called)
        if few is None:
            return Part(
                lambda columns: or_(
                    _apart(columns.author.in_(called)), columns.author.in_(members)
                )
            )
        found = [*few, *members]
        if not found:
            return None
        asked = either(self.dialect, self._words(map(author_token, found)))
        return Part(lambda columns: columns.author.in_(found), asked, len(found))

    async def _in(self, place: str) -> Part | None:
        """What stands in conversations with clients of whose name a part begins with this, or in
        a channel of this name or kind."""
        its_words = [part_pattern(self.dialect, one) for one in words(place)]
        if not its_words:
            return None
        named = (has_part(self.dialect, client.c.name, literal(one)) for one in its_words)
        clients = await self._of_clients(and_(*named))
        channel = self._in_channel(place.casefold())
        if clients is None or channel is None:
            return clients or channel
        return Part(
            lambda columns: or_(clients.rows(columns), channel.rows(columns)),
            either(self.dialect, (clients.match, channel.match)) if clients.match else "",
            clients.tokens + 1,
        )

    def _in_channel(self, name: str) -> Part | None:
        if CHANNEL.fullmatch(name) is None:
            return None
        asked = both(self.dialect, self._words(channel_tokens(name)))
        if self.dialect == "postgresql":
            return Part(lambda columns: self.matches(columns, asked), asked)
        its = or_(
            conversation.c.channel_id == name,
            conversation.c.channel_id.startswith(f"{name}:", autoescape=True),
            conversation.c.channel_id.endswith(f":{name}", autoescape=True),
        )
        where = select(conversation.c.id).where(its)
        return Part(
            lambda columns: where.where(conversation.c.id == columns.conversation_id).exists(),
            asked,
        )

    def _words(self, tokens: Iterable[str]) -> list[str]:
        return [word(self.dialect, one) for one in tokens]

    async def _few(self, asked: Select[Any]) -> list[int] | None:
        """The ids, None where they are too many for the index."""
        found = await self.rows(asked.limit(MOST_TOKENS + 1))
        return None if len(found) > MOST_TOKENS else [row[0] for row in found]


def _for_the_index(parts: Sequence[Part]) -> tuple[Part, ...]:
    """Of those that are many words the first alone: the index looks at each word for each row."""
    many = [part for part in parts if part.tokens > FEW_TOKENS][1:]
    return tuple(replace(part, match="") if part in many else part for part in parts)


def _apart(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Looked up for each row: PostgreSQL would join, and lose the order in which they come."""
    return condition.is_(true())


def _spaced(name: str) -> str:
    """Its words as `search_author` has them."""
    return "".join(f" {one}" for one in words(name))
