"""The control API from Python: the acts of `People`, played from another process."""

from __future__ import annotations

import asyncio
import base64
import json
import sys
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

ROOT = Path(__file__).parents[2]

Message = dict[str, Any]
BotRef = int | str


class Impossible(Exception):
    """The sandbox says why an act cannot be done."""


class RemotePeople:
    """`People` and the reading side of `World`, over HTTP; all functions wait for the answer.

    `done_at` is when the sandbox did the latest act, in host-wide monotonic seconds.
    """

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self.session = session
        self.done_at = 0.0

    async def act(self, name: str, /, **body: Any) -> Any:
        """One POST of the control API. Raises Impossible."""
        async with self.session.post(f"{self.url}/_sandbox/{name}", json=body) as response:
            return self._result(await response.json())

    async def read(self, name: str, /, **query: Any) -> Any:
        """One GET of the control API. Raises Impossible."""
        async with self.session.get(f"{self.url}/_sandbox/{name}", params=query) as response:
            return self._result(await response.json())

    async def says(self, person_id: int, bot: BotRef, text: str, **more: Any) -> Message:
        return dict(await self.act("says", person=person_id, bot=bot, text=text, **more))

    async def starts(self, person_id: int, bot: BotRef, payload: str = "") -> Message:
        return dict(await self.act("starts", person=person_id, bot=bot, payload=payload))

    async def sends(
        self, person_id: int, bot: BotRef, kind: str, content: bytes = b"", **more: Any
    ) -> Message:
        body = {"kind": kind, "content": _encoded(content)} | more
        return dict(await self.act("sends", person=person_id, bot=bot, **body))

    async def sends_album(
        self, person_id: int, bot: BotRef, items: Iterable[Mapping[str, Any]], **more: Any
    ) -> list[Message]:
        given = [{**item, "content": _encoded(item.get("content", b""))} for item in items]
        return list(await self.act("album", person=person_id, bot=bot, items=given, **more))

    async def presses(
        self, person_id: int, bot: BotRef, message_id: int, callback_data: str, **more: Any
    ) -> str:
        """The text of the bot's answer; Impossible where there is none in time."""
        answer = await self.presses_fully(person_id, bot, message_id, callback_data, **more)
        return str(answer["text"] or "")

    async def presses_fully(
        self, person_id: int, bot: BotRef, message_id: int, callback_data: str, **more: Any
    ) -> dict[str, Any]:
        """All of the answer: {text, show_alert, url}."""
        where = {"message_id": message_id, "callback_data": callback_data}
        return dict(await self.act("presses", person=person_id, bot=bot, **where, **more))

    async def types_inline(
        self, person_id: int, bot: BotRef, query: str, **more: Any
    ) -> dict[str, Any]:
        """What the bot offers: {results, next_offset, button}; Impossible where nothing comes."""
        return dict(await self.act("types_inline", person=person_id, bot=bot, query=query, **more))

    async def chooses(self, person_id: int, bot: BotRef, result_id: str, **more: Any) -> Message:
        """Send one of the results shown last."""
        what = {"result_id": result_id} | more
        return dict(await self.act("chooses", person=person_id, bot=bot, **what))

    async def file(self, bot: BotRef, file_id: str) -> bytes:
        """What is in the file of a message."""
        read = await self.read("file", bot=bot, file_id=file_id)
        return base64.b64decode(read["content"])

    async def edits(
        self, person_id: int, bot: BotRef, message_id: int, text: str, **more: Any
    ) -> Message:
        where = {"message_id": message_id, "text": text}
        return dict(await self.act("edits", person=person_id, bot=bot, **where, **more))

    async def deletes(self, person_id: int, bot: BotRef, *message_ids: int, **more: Any) -> None:
        what = {"message_ids": list(message_ids)} | more
        await self.act("deletes", person=person_id, bot=bot, **what)

    async def forwards(
        self,
        person_id: int,
        bot: BotRef,
        message_ids: Iterable[int],
        source: Mapping[str, Any],
        **more: Any,
    ) -> list[Message]:
        what = {"message_ids": list(message_ids), "source": dict(source)} | more
        return list(await self.act("forwards", person=person_id, bot=bot, **what))

    async def blocks(self, person_id: int, bot: BotRef) -> None:
        await self.act("blocks", person=person_id, bot=bot)

    async def unblocks(self, person_id: int, bot: BotRef) -> None:
        await self.act("unblocks", person=person_id, bot=bot)

    async def connects(self, owner_id: int, bot: BotRef, **more: Any) -> dict[str, Any]:
        """The BusinessConnection."""
        return dict(await self.act("connects", owner_id=owner_id, bot=bot, **more))

    async def disconnects(self, owner_id: int) -> None:
        await self.act("disconnects", owner_id=owner_id)

    async def changes_rights(self, owner_id: int, rights: Iterable[str]) -> None:
        await self.act("changes_rights", owner_id=owner_id, rights=list(rights))

    async def makes_topic(self, person_id: int, bot: BotRef, name: str, **more: Any) -> int:
        """The thread's id."""
        told = await self.act("makes_topic", person=person_id, bot=bot, name=name, **more)
        return int(told["message_id"])

    async def does(self, name: str, person_id: int, bot: BotRef, /, **more: Any) -> Any:
        """Any other act of `People` by its name: adds_bot, shares_chat, deletes_topic ..."""
        return await self.act(name, person=person_id, bot=bot, **more)

    async def tunes(self, **switches: Any) -> None:
        """`bot` with privacy, topics, ignores_missing_threads, inline ...; limits of all."""
        await self.act("tune", **switches)

    async def topics(self, bot: BotRef, chat_id: int) -> dict[str, dict[str, Any]]:
        """{name, closed} by thread id."""
        return dict(await self.read("topics", bot=bot, chat=chat_id))

    async def commands(
        self, bot: BotRef, user_id: int, chat_id: int | None = None, language: str = ""
    ) -> list[dict[str, str]]:
        """What the menu of commands offers this person in a chat."""
        where = {"chat": user_id if chat_id is None else chat_id, "language": language}
        return list(await self.read("commands", bot=bot, user=user_id, **where))

    async def chat(self, bot: BotRef, person_id: int, owner: int | None = None) -> list[Message]:
        query = {"bot": bot, "person": person_id} | ({"owner": owner} if owner else {})
        return list(await self.read("chat", **query))

    async def requests(self, method: str | None = None, after: float = 0.0) -> list[Message]:
        """The log of calls received after an instant of monotonic seconds."""
        query = {"after": after} | ({"method": method} if method else {})
        return list(await self.read("requests", **query))

    async def plan(self, kind: str, method: str = "*", **fault: Any) -> None:
        """Add a fault; the names are those of `Fault`."""
        await self.act("faults", kind=kind, method=method, **fault)

    async def forget_faults(self) -> None:
        async with self.session.delete(f"{self.url}/_sandbox/faults") as response:
            self._result(await response.json())

    async def injects(self, bot: BotRef, update: dict[str, Any]) -> int:
        """Put a raw update into the bot's stream and return its id."""
        return int(await self.act("updates", bot=bot, update=update))

    async def pending(self, bot: BotRef) -> int:
        """How many updates the bot has not confirmed."""
        return int(await self.read("pending", bot=bot))

    async def events(self) -> AsyncIterator[dict[str, Any]]:
        """Notices {bot, chat, message_id, what} as they come."""
        forever = aiohttp.ClientTimeout(total=None)
        async with self.session.get(f"{self.url}/_sandbox/events", timeout=forever) as stream:
            async for line in stream.content:
                if line.startswith(b"data: "):
                    yield json.loads(line.removeprefix(b"data: "))

    def _result(self, answer: dict[str, Any]) -> Any:
        if not answer["ok"]:
            raise Impossible(answer["description"])
        self.done_at = float(answer["at"])
        return answer["result"]


@asynccontextmanager
async def running(*tokens: str, port: int = 0, clock: Path | None = None) -> AsyncIterator[str]:
    """A sandbox in a process of its own with these bots; yields its URL.

    `clock` is a file of sandbox.clock, by which messages are dated.
    """
    options = [part for token in tokens for part in ("--token", token)]
    options += [] if clock is None else ["--clock", str(clock)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "sandbox.telegram", "--port", str(port), *options),
        stdout=asyncio.subprocess.PIPE,
        cwd=ROOT,
    )
    try:
        if process.stdout is None:
            raise RuntimeError("the sandbox was started without a pipe")
        async with asyncio.timeout(30):
            line = await process.stdout.readline()
        if not line:
            raise RuntimeError("the sandbox ended before it listened")
        yield line.decode().strip()
    finally:
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _encoded(content: bytes) -> str:
    return base64.b64encode(content).decode()
