"""Reading mails that may cost much in a child process whose time and memory are limited.

An ordinary mail is read where we are: it takes less than the way to another process. What is
large, has very many parts, or holds winmail.dat is read by a child, which is started at the first
such mail, serves the next ones, and ends after half a minute without any. A mail at which the
child dies or runs too long is read up to its first 64 kB here, and attached as it is.
"""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime

import structlog

from connectors.email.attachments import WHOLE, read_part, whole
from connectors.email.limited_child import (
    ANSWER,
    LENGTHS,
    QUESTION,
    Answer,
    Limits,
    Question,
    Reading,
    understand,
)
from connectors.email.mime import scan
from connectors.email.parse import parse_mail
from connectors.email.wrapped import NeedsLimits
from inbox.errors import Fault, FileUnavailable
from inbox.model import Attachment, InboundMessage

log = structlog.get_logger(__name__)

LARGE = 262_144  # bytes
MANY_DELIMITERS = 300
LONG_FIELD = 16_384  # bytes of one header field
BEGINNING = 65_536  # bytes
IDLE = 30.0  # seconds
_CHUNK = 262_144  # bytes
_MAX_TEXT = 64_000_000  # bytes of an answer's JSON
_NEVER = datetime.min.replace(tzinfo=UTC)
_NEXT_FIELD = re.compile(rb"\n(?![ \t])")


def costly(payload: bytes) -> str:
    """Why a mail should be read in the child; "" for an ordinary one."""
    if len(payload) > LARGE:
        return "large"
    if payload.count(b"\n--") > MANY_DELIMITERS:
        return "parts"
    ends = [payload.find(blank) for blank in (b"\n\n", b"\n\r\n")]
    header = payload[: min((end for end in ends if end >= 0), default=len(payload))]
    if len(header) > LONG_FIELD and max(map(len, _NEXT_FIELD.split(header))) > LONG_FIELD:
        return "header"
    return ""


class LimitedReader:
    """Reads the mails of one mailbox. The child is its own; `close` ends it."""

    def __init__(self, reading: Reading, limits: Limits | None = None) -> None:
        self._reading = reading
        self._limits = limits or Limits()
        self._child: asyncio.subprocess.Process | None = None
        self._turn = asyncio.Lock()
        self._rest: asyncio.TimerHandle | None = None

    async def read(
        self, payload: bytes, received_at: datetime, note: Mapping[str, str]
    ) -> InboundMessage | str:
        """See parse_mail; whatever the mail does, this ends within the limits. Unreadable."""
        asked = Question(self._reading, received_at, truncated="truncated" in note)
        why = costly(payload)
        if not why:
            try:
                return understand(self._reading, payload, asked, open_tnef=False)
            except NeedsLimits:
                why = "winmail.dat"
        told = await self._ask(asked, payload)
        if told is not None and told[0].message is not None:
            return told[0].message
        fault = told[0].fault if told is not None else "killed"
        log.warning("A mail is too costly to read.", why=why, bytes=len(payload), fault=fault)
        return self._beginning(payload, received_at)

    async def read_part(self, payload: bytes, ref: str) -> bytes:
        """See attachments.read_part. Raises FileUnavailable."""
        if "/" not in ref:
            return await asyncio.to_thread(read_part, payload, ref)
        told = await self._ask(Question(self._reading, _NEVER, ref=ref), payload)
        if told is None or told[0].fault:
            raise FileUnavailable(Fault.MALFORMED, ref[:40])
        return told[1]

    async def close(self) -> None:
        """End the child."""
        async with self._turn:
            await self._end()

    def _beginning(self, payload: bytes, received_at: datetime) -> InboundMessage | str:
        """What can be read at the beginning without opening anything, and the whole as a file."""
        head = payload[:BEGINNING]
        message = parse_mail(
            head,
            channel_id=self._reading.channel_id,
            own_addresses=self._reading.own_addresses,
            received_at=received_at,
            note={"truncated": "1"},
            servers=self._reading.servers,
            levels=0,
        )
        if isinstance(message, str):
            return message
        mail = scan(head)
        original = whole(mail, message.subject or "", self._reading.channel_id)
        files: list[Attachment] = [one for one in message.attachments if one.ref != WHOLE]
        files.append(replace(original, size=len(payload)))
        warnings = dict.fromkeys([*message.warnings, "incomplete"])
        return replace(message, attachments=tuple(files), warnings=tuple(warnings))

    async def _ask(self, asked: Question, payload: bytes) -> tuple[Answer, bytes] | None:
        """The child's answer; None where it could not be started, died, or ran too long."""
        async with self._turn:
            answered = False
            try:
                async with asyncio.timeout(self._limits.wall):
                    told = await self._exchange(asked, payload)
                answered = True
                return told
            except (OSError, TimeoutError, EOFError, ValueError):
                return None
            finally:
                if not answered:  # a cut exchange leaves a child that nobody can talk to
                    await asyncio.shield(self._end())

    async def _exchange(self, asked: Question, payload: bytes) -> tuple[Answer, bytes]:
        child = await self._started()
        if child.stdin is None or child.stdout is None:
            raise OSError("no pipes")
        text = QUESTION.dump_json(asked)
        child.stdin.write(LENGTHS.pack(len(text), len(payload)) + text)
        for start in range(0, len(payload), _CHUNK):
            child.stdin.write(payload[start : start + _CHUNK])
            await child.stdin.drain()
        text_length, size = LENGTHS.unpack(await child.stdout.readexactly(LENGTHS.size))
        if text_length > _MAX_TEXT:
            raise ValueError("too long an answer")
        answer = ANSWER.validate_json(await child.stdout.readexactly(text_length))
        content = await child.stdout.readexactly(size)
        self._rest = asyncio.get_running_loop().call_later(IDLE, self._dismiss)
        return answer, content

    async def _started(self) -> asyncio.subprocess.Process:
        if self._rest is not None:
            self._rest.cancel()
        if self._child is None or self._child.returncode is not None:
            self._child = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "connectors.email.limited_child",
                str(self._limits.cpu),
                str(self._limits.memory),
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
                env={"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                limit=_CHUNK,
            )
        return self._child

    def _dismiss(self) -> None:
        """Nobody asked for a while: the child ends when its input does."""
        if self._child is not None and self._child.stdin is not None and not self._turn.locked():
            self._child.stdin.close()

    async def _end(self) -> None:
        if self._rest is not None:
            self._rest.cancel()
        child, self._child = self._child, None
        if child is None:
            return
        if child.returncode is None:
            child.kill()
        await child.communicate()
