"""Rows of the search as what was found: with who said it, to whom, and what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, select

from inbox.searching import Hit, HitKind
from storage.codec import attachments_of
from storage.conversations import PEOPLE
from storage.day_tables import internal_note
from storage.indexing import KINDS
from storage.search_tables import search
from storage.tables import client, conversation, manager, message, reply

LONGEST = 4_000  # characters of a text

_WHERE = (client.c.id, client.c.name, conversation.c.id, conversation.c.channel_id)


def _hits(
    kind: HitKind, source: Any, author: ColumnElement[str], *said: ColumnElement[Any]
) -> Select[Any]:
    found = search.join(source, source.c.id == search.c.row_id).join(
        PEOPLE, conversation.c.id == source.c.conversation_id
    )
    if kind is not HitKind.MESSAGE:
        found = found.join(manager, manager.c.id == source.c.author_id)
    return (
        select(search.c.number, author, *_WHERE, func.substr(source.c.text, 1, LONGEST), *said)
        .select_from(found)
        .where(search.c.number.in_(bindparam("numbers", expanding=True)))
    )


# A copy of a mail, or one of a flood, is told on another message's card.
HITS = {
    HitKind.MESSAGE: _hits(
        HitKind.MESSAGE,
        message,
        func.coalesce(func.nullif(message.c.sender_name, ""), message.c.sender_address),
        message.c.sent_at,
        func.coalesce(message.c.subject, ""),
        message.c.extra["attachments"],
        func.coalesce(message.c.counted_on, message.c.id),
    ),
    HitKind.REPLY: _hits(
        HitKind.REPLY,
        reply,
        manager.c.name,
        func.coalesce(reply.c.sent_at, reply.c.written_at),
        func.coalesce(conversation.c.subject, ""),
        reply.c.attachments,
        reply.c.message_id,
    ),
    HitKind.NOTE: _hits(
        HitKind.NOTE,
        internal_note,
        manager.c.name,
        internal_note.c.written_at,
        func.coalesce(conversation.c.subject, ""),
        internal_note.c.attachments,
        internal_note.c.message_id,
    ),
}


def kind_of(number: int) -> HitKind:
    """What a row of the search stands for."""
    return KINDS[number & 3]


def hit_of(kind: HitKind, row: Sequence[Any]) -> Hit:
    """From a row of HITS."""
    number, author, client_id, client_name, conversation_id, channel_id, text, *rest = row
    at, subject, files, message_id = rest
    return Hit(
        number=number,
        kind=kind,
        at=at,
        author=author,
        client_id=client_id,
        client_name=client_name,
        conversation_id=conversation_id,
        channel_id=channel_id,
        text=text,
        subject=subject,
        files=tuple(one.name for one in attachments_of(files)),
        message_id=message_id,
    )
