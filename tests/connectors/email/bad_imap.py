"""An IMAP server of a few lines that does wrong what it is told to do wrong.

    async with BadImap() as server:
        server.mails[1] = b"Subject: x\\r\\n\\r\\nHi"
        server.wrong["FETCH"] = cut_literal      # a function of the talk, the tag and the rest

A function in `wrong` says whether it answered; else the server does as it should.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Literal, Self

from connectors.email.config import ServerSettings

SECRET = "pass-w0rd-of-ours"
Wrong = Callable[["Talk", str, str], Awaitable[bool]]


def text(number: int) -> bytes:
    """A small mail that looks like a protocol."""
    return f"Message-ID: <{number}@x>\r\nSubject: M{number}\r\n\r\nHello ( {{3}}\r\n".encode()


def login(
    server: BadImap, security: Literal["starttls", "none"] = "none", user: str = "info"
) -> ServerSettings:
    """How to reach the server."""
    return ServerSettings(
        host="127.0.0.1", port=server.port, security=security, user=user, password=SECRET
    )


class Hangup(Exception):
    """The server closes the connection."""


@dataclass
class BadImap:
    """`commands` are all lines it got; `mails` by UID; `wrong` by verb (FETCH for UID FETCH)."""

    capabilities: str = "IMAP4rev1 IDLE"
    greeting: bytes = b"* OK ready\r\n"
    uid_validity: int = 1
    mails: dict[int, bytes] = field(default_factory=dict)
    wrong: dict[str, Wrong] = field(default_factory=dict)
    commands: list[str] = field(default_factory=list)
    port: int = 0
    connections: int = 0

    async def __aenter__(self) -> Self:
        self._open: set[asyncio.Task[None]] = set()
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._open.add(task)
        self.connections += 1
        try:
            await Talk(self, reader, writer).run()
        except (Hangup, ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self._open.discard(task)
            writer.transport.abort()


@dataclass
class Talk:
    """One connection."""

    server: BadImap
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def run(self) -> None:
        self.say(self.server.greeting)
        while line := (await self.reader.readline()).decode().rstrip("\r\n"):
            self.server.commands.append(line)
            tag, _, rest = line.partition(" ")
            words = rest.upper().split() or [""]
            verb = words[1] if words[0] == "UID" else words[0]
            wrong = self.server.wrong.get(verb)
            if wrong is None or not await wrong(self, tag, rest):
                await self.obey(verb, tag, rest)

    def say(self, data: bytes) -> None:
        self.writer.write(data)

    def done(self, tag: str) -> None:
        self.say(f"{tag} OK done\r\n".encode())

    async def obey(self, verb: str, tag: str, rest: str) -> None:
        match verb:
            case "CAPABILITY":
                self.say(f"* CAPABILITY {self.server.capabilities}\r\n".encode())
            case "SELECT":
                after = max(self.server.mails, default=0) + 1
                self.say(f"* {len(self.server.mails)} EXISTS\r\n".encode())
                self.say(f"* OK [UIDVALIDITY {self.server.uid_validity}] ok\r\n".encode())
                self.say(f"* OK [UIDNEXT {after}] ok\r\n".encode())
            case "SEARCH":
                self.say(f"* SEARCH {' '.join(map(str, self._found(rest)))}\r\n".encode())
            case "FETCH":
                for uid in map(int, rest.split()[2].split(",")):
                    self.tell(uid, rest)
            case "IDLE":
                self.say(b"+ idling\r\n")
                known = len(self.server.mails)
                await self._idle(known)
            case "LOGOUT":
                self.done(tag)
                raise Hangup
        self.done(tag)

    async def _idle(self, known: int) -> None:
        done = asyncio.create_task(self.reader.readline())
        while not done.done():
            if len(self.server.mails) != known:
                known = len(self.server.mails)
                self.say(f"* {known} EXISTS\r\n".encode())
            await asyncio.wait({done}, timeout=0.01)

    def _found(self, rest: str) -> list[int]:
        ranged = re.search(r"UID (\d+)(:\*|:\d+)?(?![\d:])", rest.removeprefix("UID "))
        every = sorted(self.server.mails)
        if ranged is None:
            return every
        first = int(ranged[1])
        if ranged[2] is None:
            return [uid for uid in every if uid == first]
        if ranged[2] != ":*":
            return [uid for uid in every if first <= uid <= int(ranged[2][1:])]
        # As the RFC has it: n:* holds the last mail even where n is beyond it.
        return [uid for uid in every if uid >= min(first, max(every))]

    def tell(self, uid: int, rest: str) -> None:
        payload = self.server.mails.get(uid)
        if payload is None:
            return
        facts = f"UID {uid}"
        if "RFC822.SIZE" in rest:
            facts += f" FLAGS () RFC822.SIZE {len(payload)}"
        if "INTERNALDATE" in rest:
            facts += ' INTERNALDATE "17-Jul-2026 02:44:25 +0300"'
        partial = re.search(r"<0\.(\d+)>", rest)
        if "BODY.PEEK[]" in rest:
            body = payload[: int(partial[1])] if partial else payload
            mark = "<0>" if partial else ""
            self.say(f"* {uid} FETCH ({facts} BODY[]{mark} {{{len(body)}}}\r\n".encode())
            self.say(body + b")\r\n")
        else:
            self.say(f"* {uid} FETCH ({facts})\r\n".encode())
