"""Topics by the Bot API: how a client's is named, made, renamed, and known to be gone."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import datetime

from aiogram import Bot
from aiogram.types import CallbackQuery, Message

from bot.rich import one_line
from connectors.telegram.errors import translated
from inbox.errors import Fault, SendFailed, SendRejected
from inbox.model import Client
from inbox.ports import DeskRef

TITLE_LIMIT = 128  # letters (https://core.telegram.org/bots/api#createforumtopic)
WAITING = "🟡"
OVERDUE = "🔴"
# What Telegram says of a topic that a person deleted or closed.
_GONE = ("message thread not found", "topic_deleted", "topic_closed", "topic_id_invalid")


class ThreadGone(SendRejected):
    """The topic is no longer there: what was to be sent has to go into another one."""


@contextlib.contextmanager
def into_topic(thread_id: int | None) -> Iterator[None]:
    """As `translated`; that the topic is gone comes out as ThreadGone. None: none is meant."""
    try:
        with translated():
            yield
    except SendRejected as error:
        if thread_id is not None and is_gone(error):
            raise ThreadGone(error.fault, error.detail) from error
        raise


def is_gone(error: SendRejected) -> bool:
    """Whether a topic was refused because it is not there any more."""
    said = error.detail.casefold()
    return any(words in said for words in _GONE)


def title_of(client: Client, due: datetime | None, now: datetime) -> str:
    """The client's name, behind a mark while somebody waits; `due`: by when at the earliest."""
    name = one_line(client.name, TITLE_LIMIT - 3) or f"№ {client.id}"
    if due is None:
        return name
    return f"{OVERDUE if due <= now else WAITING} {name}"


async def make_topic(bot: Bot, chat_id: int, title: str) -> int:
    """The new topic's thread id. Raises the SendFailed."""
    with translated():
        topic = await bot.create_forum_topic(chat_id, title)
    if topic.message_thread_id <= 0:
        raise SendRejected(Fault.REFUSED, "a topic without a thread id")
    return topic.message_thread_id


async def rename_topic(bot: Bot, chat_id: int, thread_id: int, title: str) -> None:
    """Raises ThreadGone, or another SendFailed."""
    try:
        with into_topic(thread_id):
            await bot.edit_forum_topic(chat_id, thread_id, name=title)
    except SendRejected as error:
        if "not_modified" not in error.detail.casefold():
            raise


async def take_back(bot: Bot, ref: DeskRef) -> None:
    """Delete what silently landed beside its topic: it is shown again where it belongs."""
    with contextlib.suppress(SendFailed), translated():
        await bot.delete_message(ref.chat_id, ref.message_id)


def thread_of(message: Message) -> int | None:
    """The topic that a message stands in; None for the chat's own thread and for replies in
    groups without topics."""
    return message.message_thread_id if message.is_topic_message else None


def pressed_thread(query: CallbackQuery) -> int | None:
    """The topic of the message whose button was pressed, where Telegram still tells."""
    return thread_of(query.message) if isinstance(query.message, Message) else None
