"""One log for everything: our own lines and those of libraries, console or JSON, no secrets."""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import Collection, Iterable
from typing import Any, Literal, TextIO

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

HIDDEN = "***"
SHORTEST = 4  # a shorter secret would blank out half of every line

# Without \b at the front: in a URL the token follows "bot" without a break (bot123:AA...).
_TOKEN = re.compile(r"\d{5,16}:[A-Za-z0-9_-]{30,}")
_IN_URL = re.compile(r"(?<=://)([^\s/:@]+):([^\s/@]+)@")

# Debug lines of these hold tokens and passwords, or say each request twice.
_LEAST = {
    "aioimaplib": logging.WARNING,
    "aiosqlite": logging.WARNING,
    "asyncio": logging.WARNING,
    "aiogram.event": logging.WARNING,
    "apscheduler": logging.ERROR,  # a tick that was skipped costs nothing
}


class Redaction:
    """A processor that blanks out known secrets and all that looks like a bot's token."""

    def __init__(self, secrets: Collection[str]) -> None:
        longest_first = sorted({one for one in secrets if len(one) >= SHORTEST}, key=len)[::-1]
        self._known = re.compile("|".join(map(re.escape, longest_first)) or r"(?!)")

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        return {key: self._hide(value) for key, value in event.items()}

    def text(self, text: str) -> str:
        """The text without secrets."""
        text = self._known.sub(HIDDEN, text)
        text = _TOKEN.sub(HIDDEN, text)
        return _IN_URL.sub(rf"\1:{HIDDEN}@", text)

    def _hide(self, value: Any) -> Any:
        match value:
            case str():
                return self.text(value)
            case None | bool() | int() | float():
                return value
            case dict():
                return {self._hide(key): self._hide(inner) for key, inner in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self._hide(inner) for inner in value]
            case _:
                return self.text(str(value))


_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]


def set_up(
    style: Literal["console", "json"],
    level: str,
    secrets: Collection[str] = (),
    stream: TextIO | None = None,
) -> None:
    """Send every log line of this process to `stream` (standard error), secrets hidden."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    root = logging.getLogger()
    root.handlers[:] = [_handler(style, secrets, stream or sys.stderr)]
    root.setLevel(level.upper())
    for name, least in _LEAST.items():
        logging.getLogger(name).setLevel(max(least, root.level))


def _handler(style: str, secrets: Collection[str], out: TextIO) -> logging.Handler:
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                Redaction(secrets),
                *_renderers(style, colors=out.isatty()),
            ],
        )
    )
    return handler


def _renderers(style: str, *, colors: bool) -> Iterable[Processor]:
    if style == "json":
        return [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    return [structlog.dev.ConsoleRenderer(colors=colors, pad_event_to=0)]
