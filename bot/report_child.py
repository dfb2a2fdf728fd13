"""What the report's child processes share: how they are confined, and how they answer."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bot.report_orders import ANSWER, Answer

_LARGEST_FILE = 1 << 28  # bytes

Serve = Callable[[BinaryIO, BinaryIO], None]
"""Reads the order, answers."""


def serve_alone(serve: Serve) -> None:
    """Serve on standard input and output, which nothing else may write to. The words behind the
    command: the seconds of processor and the bytes of addresses it may have."""
    gc.disable()  # a short life: looking for garbage costs a fifth of it
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _confine(int(sys.argv[1]), int(sys.argv[2]))
    serve(sys.stdin.buffer, target)


def tell(target: BinaryIO, answer: Answer) -> None:
    """Answer at once."""
    target.write(ANSWER.dump_json(answer) + b"\n")
    target.flush()


def _confine(cpu: int, memory: int) -> None:
    """So much time, memory and disk; no core; behind the bot where the processor is scarce."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
    ):
        resource.setrlimit(limit, (value, value))
    with suppress(OSError):  # Linux: where memory is out it ends this process, and not the bot
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    os.nice(5)
