"""Conversations and clients by what a person types: a number, an address, a name."""

from __future__ import annotations

import re

from sqlalchemy import BindParameter, ColumnElement, bindparam, or_, select

from inbox.model import Conversation
from storage.codec import CONVERSATION
from storage.columns import storable
from storage.conversations import ITS_OPEN_WAIT, PEOPLE, Conversations
from storage.name_parts import MATCH, pattern
from storage.tables import client, contact, conversation, handle, wait
from storage.wait_codec import WAIT

LONGEST = 320  # characters: a mail address (RFC 3696, erratum 1690)
NUMBER = re.compile(r"[#№]?\s*([0-9]{1,18})")


def _found(dialect: str) -> ColumnElement[bool]:
    like = MATCH[dialect]
    address: BindParameter[str] = bindparam("address")
    prefix: BindParameter[str] = bindparam("prefix")
    return or_(
        conversation.c.id == bindparam("number"),
        conversation.c.contact_id.in_(
            select(handle.c.contact_id).where(handle.c.address.bool_op(like)(address))
        ),
        client.c.name.bool_op(like)(prefix),
        contact.c.name.bool_op(like)(prefix),
    )


FIND = {
    dialect: select(*CONVERSATION, *WAIT)
    .select_from(PEOPLE.outerjoin(wait, ITS_OPEN_WAIT))
    .where(_found(dialect))
    .order_by(
        conversation.c.asked_at.is_(None), conversation.c.asked_at.desc(), conversation.c.id.desc()
    )
    .limit(bindparam("limit"))
    for dialect in MATCH
}
CLIENT_NAMED = {
    dialect: select(client.c.id)
    .where(client.c.name.bool_op(like)(bindparam("name")))
    .order_by(client.c.id)
    for dialect, like in MATCH.items()
}


class Finding(Conversations):
    async def find_conversations(self, words: str, limit: int) -> tuple[Conversation, ...]:
        words = storable(words).strip()
        if not words or len(words) > LONGEST:
            return ()
        number = NUMBER.fullmatch(words)
        values = {
            "number": int(number[1]) if number else 0,
            "address": pattern(self.dialect, words.removeprefix("@"), whole=True),
            "prefix": pattern(self.dialect, words, whole=False),
        }
        found = await self.rows(FIND, limit=limit, **values)
        return tuple(self.conversation_in(row) for row in found)

    async def client_named(self, name: str) -> tuple[int, ...]:
        if len(name) > LONGEST:
            return ()
        its_name = pattern(self.dialect, storable(name), whole=True)
        return tuple(row[0] for row in await self.rows(CLIENT_NAMED, name=its_name))
