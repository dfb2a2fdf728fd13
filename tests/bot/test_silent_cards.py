"""Who is only in copy gets the card, its rest and its files without a sound; all others hear."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from aiogram import Bot
from aiogram.client.session.base import BaseSession
from aiogram.methods import SendMediaGroup, TelegramMethod
from aiogram.types import Chat, Message

from bot.desk import TelegramDesk
from connectors.telegram.bot import SendText, Sent, SentTo
from inbox.model import Attachment, LoadedFile, Media
from tests.bot.desk_world import TOKEN, desk_world
from tests.bot.studio import NOON, OLGA, card, message


class Recording(BaseSession):
    """Takes every request, and remembers which would have made a sound."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[str, bool]] = []

    async def make_request(
        self,
        bot: Bot,
        method: TelegramMethod[Any],
        timeout: int | None = None,
    ) -> Any:
        silent = bool(getattr(method, "disable_notification", None))
        self.asked.append((method.__api_method__, silent))
        number, chat_id = len(self.asked), OLGA.telegram_id
        if isinstance(method, SendText):
            return Sent(message_id=number, date=NOON, chat=SentTo(id=chat_id))
        chat = Chat(id=chat_id, type="private")
        one = Message(message_id=number, date=datetime(2026, 1, 1, tzinfo=UTC), chat=chat)
        return [one, one] if isinstance(method, SendMediaGroup) else one

    async def close(self) -> None:
        """Nothing is open."""

    async def stream_content(self, *_: Any, **__: Any) -> AsyncGenerator[bytes, None]:
        yield b""


def file(media: Media, content: bytes = b"..") -> LoadedFile:
    return LoadedFile(Attachment(media, "a", "application/pdf", 2, "email:info", "2"), content)


@pytest.mark.parametrize("warnings", [(), ("cc_only",), ("spf_failed",)])
async def test_only_a_copy_makes_no_sound(warnings: tuple[str, ...], tmp_path: Path) -> None:
    session = Recording()
    async with desk_world(tmp_path) as world:
        desk = TelegramDesk(Bot(TOKEN, session=session), topics=False)
        desk.attach(world.inbox, world.ground)
        long = message(text="слово " * 1500, warnings=warnings)
        longest = message(text="слово " * 5000, warnings=warnings)
        files = [file(Media.PHOTO), file(Media.PHOTO), file(Media.VOICE), file(Media.VOICE, b"")]
        await desk.show(card(message=long), OLGA, files)
        await desk.show(card(message=longest), OLGA, [])
    silent = "cc_only" in warnings
    assert {one for _, one in session.asked} == {silent}
    assert {name for name, _ in session.asked} == {
        "sendMessage",
        "sendMediaGroup",
        "sendVoice",
        "sendDocument",
    }
