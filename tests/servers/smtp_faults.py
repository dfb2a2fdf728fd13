"""An SMTP server that answers by script at every stage, to show a sender each way of failing.

    async with FaultySmtp() as smtp:
        smtp.next_session(rcpt="550 5.1.1 No such user")      # this connection only
        smtp.next_session(body=Fault.LOSE_REPLY)              # taken, but the 250 never arrives
        ...
        smtp.taken                                            # every message it took

Stages, in order: connect, ehlo, starttls, auth, mail, rcpt, data (before the text), body (after
it), quit. A step is a reply line or a `Fault`; without a step the server does as it should.
"""

import asyncio
import base64
import contextlib
import enum
import ssl
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from tests.servers.process import LOOPBACK


class Fault(enum.Enum):
    """What a server can do other than reply."""

    DROP = "close the connection without a reply, keeping nothing"
    LOSE_REPLY = "do what was asked, then close the connection without the reply"
    HANG = "do what was asked and never reply"


Step = str | Fault
STAGES = ("connect", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "quit")


@dataclass(frozen=True)
class Taken:
    """A message that the server answered for, with its envelope."""

    sender: str
    recipients: tuple[str, ...]
    data: bytes


class _Closed(Exception):
    """The conversation is over."""


class FaultySmtp:
    """The server. `taken` holds accepted messages, `commands` all lines, `sessions` counts."""

    host = LOOPBACK

    def __init__(
        self, *, tls: ssl.SSLContext | None = None, login: tuple[str, str] | None = None
    ) -> None:
        self.taken: list[Taken] = []
        self.commands: list[str] = []
        self.sessions = 0
        self.port = 0
        self.tls = tls
        self.login = login
        self._always: dict[str, Step] = {}
        self._scripts: deque[Mapping[str, Step]] = deque()
        self._open: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    def next_session(self, **steps: Step) -> None:
        """Script one connection; calls queue up, one connection each."""
        self._scripts.append(_checked(steps))

    def always(self, **steps: Step) -> None:
        """Script every connection that has no script of its own; `always()` heals the server."""
        self._always = _checked(steps)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, LOOPBACK, self.port)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.close()
        for task in self._open:
            task.cancel()
        await asyncio.gather(*self._open, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        self.sessions += 1
        script = self._scripts.popleft() if self._scripts else self._always
        try:
            await _Session(self, script, reader, writer).run()
        except (_Closed, ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()
            with contextlib.suppress(OSError, asyncio.CancelledError):
                await writer.wait_closed()


def _checked(steps: dict[str, Step]) -> dict[str, Step]:
    unknown = set(steps) - set(STAGES)
    if unknown:
        raise ValueError(f"no such stage: {sorted(unknown)}; there are {STAGES}")
    return steps


@dataclass
class _Session:
    server: FaultySmtp
    script: Mapping[str, Step]
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    secure: bool = False
    sender: str = ""
    recipients: list[str] = field(default_factory=list)

    async def run(self) -> None:
        await self._reply("connect", "220 faulty.test ESMTP")
        while line := await self.reader.readline():
            command = line.decode(errors="replace").strip()
            verb, _, argument = command.partition(" ")
            self.server.commands.append("AUTH ***" if verb.upper() == "AUTH" else command)
            await self._obey(verb.upper(), argument)
        raise _Closed

    async def _obey(self, verb: str, argument: str) -> None:
        match verb:
            case "EHLO" | "HELO":
                await self._reply("ehlo", self._greeting())
            case "STARTTLS" if self.server.tls is not None:
                await self._start_tls(self.server.tls)
            case "AUTH":
                await self._authenticate(argument)
            case "MAIL" | "RCPT":
                await self._envelope(verb.lower(), _address(argument))
            case "DATA":
                await self._data()
            case "RSET" | "NOOP":
                await self._send("250 2.0.0 Ok")
            case "QUIT":
                await self._reply("quit", "221 2.0.0 Bye")
                raise _Closed
            case _:
                await self._send("502 5.5.2 Command not known")

    def _greeting(self) -> str:
        offers = ["faulty.test", "8BITMIME", "SMTPUTF8", "SIZE 52428800"]
        if self.server.tls is not None and not self.secure:
            offers.append("STARTTLS")
        if self.server.login is not None:
            offers.append("AUTH PLAIN LOGIN")
        return "\r\n".join([*(f"250-{offer}" for offer in offers[:-1]), f"250 {offers[-1]}"])

    async def _envelope(self, stage: str, address: str) -> None:
        if not await self._reply(stage, "250 2.1.0 Ok"):
            return
        if stage == "mail":
            self.sender, self.recipients = address, []
        else:
            self.recipients.append(address)

    async def _start_tls(self, context: ssl.SSLContext) -> None:
        if await self._reply("starttls", "220 2.0.0 Ready"):
            await self.writer.start_tls(context)
            self.secure = True

    async def _authenticate(self, argument: str) -> None:
        kind, _, first = argument.partition(" ")
        if kind.upper() == "PLAIN":
            _, user, password = (await self._secret(first, "334 ")).split("\0")
        else:
            user = await self._secret(first, "334 VXNlcm5hbWU6")
            password = await self._secret("", "334 UGFzc3dvcmQ6")
        if self.server.login == (user, password):
            await self._reply("auth", "235 2.7.0 Welcome")
        else:
            await self._reply("auth", "535 5.7.8 Wrong user name or password")

    async def _secret(self, given: str, question: str) -> str:
        if not given:
            await self._send(question)
            given = (await self.reader.readline()).decode().strip()
        return base64.b64decode(given).decode()

    async def _data(self) -> None:
        if not await self._reply("data", "354 Go on"):
            return
        text = await _read_text(self.reader)
        taken = Taken(self.sender, tuple(self.recipients), text)
        if self._step("body", "250") in (Fault.LOSE_REPLY, Fault.HANG) or self._accepts("body"):
            self.server.taken.append(taken)
        await self._reply("body", "250 2.0.0 Queued")

    def _step(self, stage: str, usual: str) -> Step:
        return self.script.get(stage, usual)

    def _accepts(self, stage: str) -> bool:
        step = self._step(stage, "250")
        return isinstance(step, str) and step.startswith(("2", "3"))

    async def _reply(self, stage: str, usual: str) -> bool:
        """Answer by script; True when the answer means go on."""
        match step := self._step(stage, usual):
            case Fault.DROP | Fault.LOSE_REPLY:
                raise _Closed
            case Fault.HANG:
                await asyncio.Event().wait()
            case str():
                await self._send(step)
                if step.startswith("421"):
                    raise _Closed
        return isinstance(step, str) and step.startswith(("2", "3"))

    async def _send(self, line: str) -> None:
        self.writer.write(line.encode() + b"\r\n")
        await self.writer.drain()


async def _read_text(reader: asyncio.StreamReader) -> bytes:
    """The message up to the lone dot, leading dots undone (RFC 5321, 4.5.2)."""
    lines = []
    while (line := await reader.readline()) != b".\r\n":
        if not line:
            raise _Closed
        lines.append(line[1:] if line.startswith(b".") else line)
    return b"".join(lines)


def _address(argument: str) -> str:
    return argument.partition("<")[2].partition(">")[0]
