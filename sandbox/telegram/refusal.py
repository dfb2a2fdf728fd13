"""How the Bot API says no: an error code, a description and sometimes parameters."""

from __future__ import annotations

from typing import Any


class Refusal(Exception):
    """One unsuccessful answer (https://core.telegram.org/bots/api#making-requests)."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.parameters = parameters

    def body(self) -> dict[str, Any]:
        """The JSON body of the answer."""
        answer: dict[str, Any] = {
            "ok": False,
            "error_code": self.code,
            "description": self.description,
        }
        if self.parameters:
            answer["parameters"] = self.parameters
        return answer


def bad_request(description: str) -> Refusal:
    return Refusal(400, f"Bad Request: {description}")


def forbidden(description: str) -> Refusal:
    return Refusal(403, f"Forbidden: {description}")


def conflict(description: str) -> Refusal:
    return Refusal(409, f"Conflict: {description}")


def too_many_requests(seconds: int) -> Refusal:
    """429, to be tried again after so many whole seconds."""
    return Refusal(429, f"Too Many Requests: retry after {seconds}", retry_after=seconds)
