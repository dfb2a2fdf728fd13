"""Replies that managers write, on channels where what was sent can be changed or cannot."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from inbox.flow import reply
from inbox.model import Conversation, Manager
from inbox.ports import DeskRef, Reply
from tests.fakes import ChangingConnector
from tests.inbox.conftest import Studio

OWN = DeskRef(1, 100, 7)  # the manager's own message


def in_a_chat(studio: Studio) -> ChangingConnector:
    """From now on clients write where what was sent can be changed."""
    chat = ChangingConnector(studio.clock)
    studio.channel = chat
    studio.inbox = replace(studio.inbox, connectors={chat.channel.id: chat})
    return chat


async def written(
    studio: Studio, talk: Conversation, by: Manager, key: str = "k1", **more: Any
) -> Reply:
    """A reply, stored and queued."""
    draft = replace(studio.draft(talk, by, key), desk_ref=OWN)
    saved = await reply(studio.inbox, replace(draft, **more))
    assert saved is not None
    return saved


async def now_is(studio: Studio, one: Reply) -> Reply:
    """The reply as it is stored now."""
    async with studio.inbox.store.begin() as t:
        return await t.reply(one.id)
