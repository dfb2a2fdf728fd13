"""The fault plan: which calls go wrong, how, and how often.

refuse   answered with `status` and `description`; 429 carries `retry_after` seconds,
         400 may carry `migrate_to_chat_id`
reset    the connection is reset before anything is done
cut      everything is done, then the connection is reset instead of an answer
hang     everything is done, then nothing for `seconds`, then the connection is reset
delay    `seconds` pass before it is done and answered
garbage  nothing is done, the answer is a proxy's HTML page with `status`

A download ("file") that is cut, or hangs for `seconds`, breaks off after half of its bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from sandbox.telegram.refusal import Refusal

FaultKind = Literal["refuse", "reset", "cut", "hang", "delay", "garbage"]

REASONS = {
    400: "Bad Request: message thread not found",
    401: "Unauthorized",
    403: "Forbidden: bot was blocked by the user",
    404: "Not Found",
    409: "Conflict: terminated by other getUpdates request; "
    "make sure that only one bot instance is running",
    413: "Request Entity Too Large",
    500: "Internal Server Error",
    502: "Bad Gateway",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}


@dataclass(slots=True)
class Fault:
    """`method` "*" is any, "file" is a download; `chat_id` None is any chat.

    The first `skip` matching calls go well, the next `count` go wrong (None: all of them).
    """

    kind: FaultKind
    method: str = "*"
    chat_id: int | None = None
    bot_id: int | None = None
    count: int | None = 1
    skip: int = 0
    status: int = 500
    description: str = ""
    retry_after: int | None = None
    migrate_to_chat_id: int | None = None
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in get_args(FaultKind):
            raise ValueError(f"no fault of kind {self.kind!r}: {', '.join(get_args(FaultKind))}")

    def refusal(self) -> Refusal:
        """The unsuccessful answer of kind refuse."""
        if self.retry_after is not None:
            text = self.description or f"Too Many Requests: retry after {self.retry_after}"
            return Refusal(429, text, retry_after=self.retry_after)
        if self.migrate_to_chat_id is not None:
            text = self.description or "Bad Request: group chat was upgraded to a supergroup chat"
            return Refusal(400, text, migrate_to_chat_id=self.migrate_to_chat_id)
        return Refusal(self.status, self.description or REASONS.get(self.status, "Error"))

    def matches(self, method: str, bot_id: int, chat_id: int | None) -> bool:
        return (
            self.method.lower() in ("*", method.lower())
            and self.chat_id in (None, chat_id)
            and self.bot_id in (None, bot_id)
        )


class FaultPlan:
    """Faults in the order they were added; the first that matches a call is used."""

    def __init__(self) -> None:
        self.planned: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        self.planned.append(fault)
        return fault

    def clear(self) -> None:
        self.planned.clear()

    def take(self, method: str, bot_id: int, chat_id: int | None) -> Fault | None:
        """The fault of this call, counted down, or None."""
        for fault in self.planned:
            if not fault.matches(method, bot_id, chat_id):
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.count is not None:
                fault.count -= 1
                if fault.count <= 0:
                    self.planned.remove(fault)
            return fault
        return None
