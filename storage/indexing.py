"""Messages, replies and notes as rows of the search, written with them in one transaction.

A row's number tells when it was said, so that the newest is found first and dates are ranges:

    61 .. 28   seconds since 1970     27 .. 2   the id's last bits     1, 0   message, reply, note
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import BigInteger, Text, bindparam, cast, delete, func, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from inbox.model import Attachment, InboundMessage
from inbox.records import Reply, ReplyState
from inbox.searching import HitKind
from inbox.work_records import InternalNote
from storage.columns import Words
from storage.search_tables import as_stems, search, search_author
from storage.statements import Statements, per_dialect
from storage.stems import stems, words
from storage.tables import contact, conversation, message

CODES = {HitKind.MESSAGE: 0, HitKind.REPLY: 1, HitKind.NOTE: 2}
KINDS = {code: kind for kind, code in CODES.items()}
LATEST = 2**33 - 1  # seconds
FILE = "_f"

_channel = func.replace(func.lower(conversation.c.channel_id), ":", " _k")
_given = bindparam("its_words", type_=Words())
_copied = message.alias("copied")
_elsewhere = (
    select(literal(1))
    .where(
        _copied.c.id == bindparam("its_original", type_=BigInteger()),
        _copied.c.channel_id != conversation.c.channel_id,
    )
    .exists()
)
# The copy of a mail in another mailbox is found by the first one alone.
_row = (
    select(
        bindparam("its_number", type_=BigInteger()),
        bindparam("its_row", type_=BigInteger()),
        conversation.c.id,
        contact.c.client_id,
        bindparam("its_author", type_=BigInteger()),
        as_stems(_given + " _c" + cast(contact.c.client_id, Text) + " _k" + _channel),
    )
    .join(contact, contact.c.id == conversation.c.contact_id)
    .where(conversation.c.id == bindparam("its_conversation", type_=BigInteger()), ~_elsewhere)
)
_FIELDS = ("number", "row_id", "conversation_id", "client_id", "author", "stems")
_CHANGING = ("conversation_id", "client_id", "author", "stems")


def _insert(dialect: Any) -> Any:
    return dialect.insert(search).from_select(_FIELDS, _row)


def _replacing(dialect: Any) -> Any:
    made = _insert(dialect)
    new = {name: made.excluded[name] for name in _CHANGING}
    return made.on_conflict_do_update(index_elements=["number"], set_=new)


DIALECTS = {"sqlite": sqlite, "postgresql": postgresql}
ADD_AUTHORS = per_dialect(
    search_author, lambda insert: insert.on_conflict_do_nothing(index_elements=["author"])
)
_its_author = (
    postgresql.insert(search_author)
    .values(
        author=bindparam("its_author", type_=BigInteger()),
        words=bindparam("its_author_words", type_=Words()),
    )
    .on_conflict_do_nothing(index_elements=["author"])
)
KEEP = {name: _replacing(dialect) for name, dialect in DIALECTS.items()}
# One way to the server for both.
KEEP_WITH_AUTHOR = KEEP["postgresql"].add_cte(_its_author.cte("its_author"))
ADD_MISSING = {
    name: _insert(dialect).on_conflict_do_nothing(index_elements=["number"])
    for name, dialect in DIALECTS.items()
}
DROP = delete(search).where(search.c.number == bindparam("its_number"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What becomes a row of the search; `author_words`: what its author is called, "" where that
    is a member."""

    number: int
    row_id: int
    conversation_id: int
    author: int
    words: str
    author_words: str = ""
    original: int | None = None

    def values(self) -> dict[str, Any]:
        """As the statements above name them."""
        return {
            "its_number": self.number,
            "its_row": self.row_id,
            "its_conversation": self.conversation_id,
            "its_author": self.author,
            "its_words": self.words,
            "its_original": self.original,
        }


def number_of(kind: HitKind, row_id: int, at: datetime) -> int:
    """The row's number; it stays the same for ever."""
    return first_number(at) | (row_id & (2**26 - 1)) << 2 | CODES[kind]


def first_number(at: datetime) -> int:
    """The smallest of that second; before 1970 and after 2242 there is one second only."""
    return min(max(int(at.timestamp()), 0), LATEST) << 28


def message_entry(
    row_id: int, conversation_id: int, one: InboundMessage, original: int | None = None
) -> Entry:
    sender = one.sender
    said = f"{sender.kind}\0{sender.address}\0{one.sender_name}"
    digest = blake2b(said.encode("utf-8", "replace"), digest_size=7).digest()
    author = int.from_bytes(digest, "big")
    called = "".join(
        f" {word}" for part in (one.sender_name, sender.address) for word in words(part)
    )
    text = " ".join((one.subject or "", one.sender_name, one.text))
    return Entry(
        number=number_of(HitKind.MESSAGE, row_id, one.sent_at),
        row_id=row_id,
        conversation_id=conversation_id,
        author=author,
        words=_words(text, one.attachments, author),
        author_words=called,
        original=original,
    )


def reply_entry(one: Reply) -> Entry:
    return _of_member(HitKind.REPLY, one, one.id)


def note_entry(one: InternalNote) -> Entry:
    return _of_member(HitKind.NOTE, one, one.id)


def _of_member(kind: HitKind, one: Reply | InternalNote, row_id: int) -> Entry:
    author = author_of(one.author_id)
    return Entry(
        number=number_of(kind, row_id, one.written_at),
        row_id=row_id,
        conversation_id=one.conversation_id,
        author=author,
        words=_words(one.text, one.attachments, author),
    )


def author_of(manager_id: int) -> int:
    """A member as an author; clients' people have positive numbers."""
    return -manager_id


def author_token(author: int) -> str:
    return f"_a{author}"


def client_token(client_id: int) -> str:
    return f"_c{client_id}"


def channel_tokens(place: str) -> list[str]:
    """Of a channel's id, or of a part of it."""
    return [f"_k{part}" for part in place.split(":")]


def _words(text: str, files: Sequence[Attachment], author: int) -> str:
    found = stems(" ".join((text, *(one.name for one in files))))
    return " ".join((*found, author_token(author), *((FILE,) if files else ())))


class Indexing(Statements):
    """Writes rows of the search."""

    async def index(self, entry: Entry) -> None:
        """Add it, or change it to what it says now."""
        if not entry.author_words:
            await self.run(KEEP, entry.values())
        elif self.dialect == "postgresql":
            called = {"its_author_words": entry.author_words}
            await self.run(KEEP_WITH_AUTHOR, entry.values() | called)
        else:
            await self.index_all((entry,), again=True)

    async def index_all(self, entries: Sequence[Entry], *, again: bool) -> None:
        """`again`: rows that stand there already are changed too."""
        authors = {one.author: one.author_words for one in entries if one.author_words}
        if authors:
            rows = [{"author": one, "words": called} for one, called in sorted(authors.items())]
            await self.run(ADD_AUTHORS, rows)
        if entries:
            await self.run(KEEP if again else ADD_MISSING, [one.values() for one in entries])

    async def index_reply(self, one: Reply) -> None:
        """What was withdrawn is not found: it was never said."""
        entry = reply_entry(one)
        if one.state is ReplyState.WITHDRAWN:
            await self.run(DROP, {"its_number": entry.number})
        else:
            await self.index(entry)
