"""The child process that reads costly mails: limits itself, then answers question by question.

A question or an answer is a frame: two lengths (big-endian, four bytes each), a JSON text, bytes.
Run as `python -m connectors.email.limited_child SECONDS MEMORY`; it ends when its input does.
"""

from __future__ import annotations

import os
import struct
import sys
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO

from pydantic import TypeAdapter

from connectors.email.parse import parse_mail, read_part
from inbox.errors import FileUnavailable, Unreadable
from inbox.model import InboundMessage

LENGTHS = struct.Struct(">II")


@dataclass(frozen=True, slots=True)
class Limits:
    """For one mail: `cpu` and `wall` in seconds; for the child: `memory` in bytes of addresses."""

    cpu: int = 10
    wall: float = 20.0
    memory: int = 1 << 30


@dataclass(frozen=True, slots=True)
class Reading:
    """Whose mail is read: see parse_mail for each."""

    channel_id: str
    own_addresses: frozenset[str]
    servers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Question:
    """Read the mail that follows, or, with `ref`, one of its files."""

    reading: Reading
    received_at: datetime
    truncated: bool = False
    ref: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the mail says, or why it cannot be told; a file's bytes follow the answer."""

    message: InboundMessage | str | None = None
    fault: str = ""


QUESTION: TypeAdapter[Question] = TypeAdapter(Question)
ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)


def understand(
    reading: Reading, payload: bytes, asked: Question, *, open_tnef: bool
) -> InboundMessage | str:
    """See parse_mail."""
    return parse_mail(
        payload,
        channel_id=reading.channel_id,
        own_addresses=reading.own_addresses,
        received_at=asked.received_at,
        note={"truncated": "1"} if asked.truncated else {},
        servers=reading.servers,
        open_tnef=open_tnef,
    )


def answered(asked: Question, payload: bytes) -> tuple[Answer, bytes]:
    """The answer and, where a file was asked for, its bytes."""
    try:
        if asked.ref:
            return Answer(), read_part(payload, asked.ref)
        return Answer(understand(asked.reading, payload, asked, open_tnef=True)), b""
    except (Unreadable, FileUnavailable, MemoryError, RecursionError) as error:
        return Answer(fault=type(error).__name__), b""


def serve(source: BinaryIO, target: BinaryIO, cpu: int) -> None:
    """Answer until the input ends."""
    while len(head := source.read(LENGTHS.size)) == LENGTHS.size:
        text_length, payload_length = LENGTHS.unpack(head)
        asked = QUESTION.validate_json(source.read(text_length))
        payload = source.read(payload_length)
        _allow(cpu)
        answer, content = answered(asked, payload)
        text = ANSWER.dump_json(answer)
        target.writelines((LENGTHS.pack(len(text), len(content)), text, content))
        target.flush()


def _confine(memory: int) -> None:
    """No files, no children, no core, so much memory; where the system has such limits."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NPROC, 0),
    ):
        resource.setrlimit(limit, (value, value))


def _allow(cpu: int) -> None:
    """So many further seconds of processor time; the kernel ends us behind them."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + cpu + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def main() -> None:
    """Serve on standard input and output, which nothing else may write to."""
    cpu, memory = int(sys.argv[1]), int(sys.argv[2])
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _confine(memory)
    serve(sys.stdin.buffer, target, cpu)


if __name__ == "__main__":
    main()
