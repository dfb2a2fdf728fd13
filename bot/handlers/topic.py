"""What a member writes in a client's topic goes to that client; commands there are about it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from aiogram import Bot, F, Router
from aiogram.filters import Filter
from aiogram.types import Message

from bot.access import Visit
from bot.handlers.plain import WRITTEN
from bot.handlers.reply import AnswersLinked, send_reply
from bot.note_keeping import asked_where
from bot.topics import thread_of
from inbox.inbox import Inbox


class AboutClient(Filter):
    """Lets through what replies to something about a client, or else stands in a client's topic:
    then it is about the newest message of the conversation in which somebody wrote last."""

    async def __call__(self, message: Message, bot: Bot, inbox: Inbox) -> bool | dict[str, Any]:
        linked = await AnswersLinked()(message, bot, inbox)
        if linked is not False:
            return linked
        thread_id = thread_of(message)
        if thread_id is None:
            return False
        async with inbox.store.begin() as t:
            topic = await t.topic_at(bot.id, message.chat.id, thread_id)
            if topic is None:
                return False
            conversation_id = await t.newest_conversation(topic.client_id)
            if conversation_id is None:
                return False
            newest = await t.newest_message(conversation_id)
        return {"conversation_id": conversation_id, "message_id": newest, "wait_id": None}


def setup() -> Router:
    """Behind all that answers something or fills a form."""
    router = Router(name="topic")
    router.message.register(to_client, F.content_type.in_(WRITTEN), AboutClient())
    return router


async def to_client(
    message: Message,
    album: Sequence[Mapping[str, Any]],
    conversation_id: int,
    message_id: int | None,
    visit: Visit,
) -> None:
    """The topic names the client."""
    if not await asked_where(visit, message, album, conversation_id, message_id):
        await send_reply(visit, message, album, conversation_id, message_id)
