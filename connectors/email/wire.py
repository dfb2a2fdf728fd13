"""aioimaplib's protocol, mended where it hangs, recurses, leaks or loses.

Against aioimaplib 2.0.3 (GPL-3.0-only). What differs from the original:
- the loss of the connection is a future that every waiter can be raced against;
- the greeting is a future; nothing hidden is awaited under the library's lock;
- lines are handled in a loop, not by recursion (a chunk of 1,000 lines ended the connection);
- an error while reading ends the connection and says only its class: the library's own texts
  hold the command, and with LOGIN that is the password;
- a login by token answers the server's question (the original leaves it open, and hangs);
- a FETCH answer is counted through once, where the original does so again at every line;
- `* n EXISTS` is noticed whatever command is running, where the library drops it.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Callable
from typing import Any

from aioimaplib import aioimaplib

from connectors.email import sasl

logging.getLogger("aioimaplib").setLevel(logging.INFO)  # its DEBUG lines show tokens and mail

_EXISTS = re.compile(rb"\* \d+ EXISTS\b", re.IGNORECASE)

Line = bytes | bytearray


class _Fetch(aioimaplib.FetchCommand):  # type: ignore[misc]  # the library has no types
    """Counts parentheses as they come; the original counts all again at every line."""

    unclosed = 0

    def append_to_resp(self, line: Line, result: str = "Pending") -> None:
        if isinstance(line, bytes):
            if self.FETCH_MESSAGE_DATA_RE.match(line):
                self.unclosed = 0
            self.unclosed += line.count(b"(") - line.count(b")")
        super().append_to_resp(line, result)

    def wait_data(self) -> bool:
        return self.unclosed != 0


class Wire(aioimaplib.IMAP4ClientProtocol):  # type: ignore[misc]  # the library has no types
    """One connection's protocol. `heard_at` is the loop's time of the last byte received."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.incomplete_line: bytes = b""
        self.current_command: Any = None
        self.lost: asyncio.Future[str] = loop.create_future()
        self.greeting: asyncio.Future[bytes] = loop.create_future()
        self.heard_at = time.monotonic()
        self.news = asyncio.Event()
        self._sasl: list[bytes] = []

    def data_received(self, d: bytes) -> None:
        self.heard_at = time.monotonic()
        try:
            self._handle_responses(
                self.incomplete_line + d, self._handle_line, self.current_command
            )
        except aioimaplib.IncompleteRead as partly:
            self.current_command, self.incomplete_line = partly.cmd, partly.data
        except Exception as error:  # noqa: BLE001 - whatever the server sent, and see above
            self.fail(f"not understood ({type(error).__name__})")
        else:
            self.current_command, self.incomplete_line = None, b""

    def connection_lost(self, exc: Exception | None) -> None:
        self._lose(str(exc) if exc else "closed by the server")

    def fail(self, reason: str) -> None:
        """Throw the connection away: its state is in doubt."""
        self._lose(reason)
        if self.transport is not None:
            self.transport.abort()
        for task in (*self.tasks,):
            task.cancel()

    def _lose(self, reason: str) -> None:
        if not self.lost.done():
            self.lost.set_result(reason)

    async def authenticate(self, user: str, token: str) -> Any:
        """AUTHENTICATE with an access token (RFC 7628, or XOAUTH2 as Google describes it).

        Raises LoginRefused where the server offers neither.
        """
        mechanism, first = sasl.initial(self.capabilities, user, token)
        arguments = [mechanism]
        self._sasl = [sasl.END[mechanism], b"*"]
        if "SASL-IR" in self.capabilities:
            arguments.append(first.decode("ascii"))
        else:
            self._sasl.insert(0, first)
        command = aioimaplib.Command("AUTHENTICATE", self.new_tag(), *arguments, loop=self.loop)
        response = await self.execute(command, scrub=token)
        if response.result == "OK":
            self.state = aioimaplib.AUTH
        return response

    def _continuation(self, line: bytes) -> None:
        """The server asks on; after the token that is its error, which wants an empty answer."""
        command = self.pending_sync_command
        if command is not None and command.name == "AUTHENTICATE":
            answer = self._sasl.pop(0) if self._sasl else b"*"
            self.transport.write(answer + b"\r\n")
            command.flush()
            return
        super()._continuation(line)

    async def fetch_by_uid(self, uids: str, items: str) -> Any:
        """UID FETCH (RFC 3501, 6.4.8)."""
        names = {"prefix": "UID", "untagged_resp_name": "FETCH", "loop": self.loop}
        return await self.execute(_Fetch(self.new_tag(), uids, items, **names))

    async def welcome(self, command: bytes) -> None:
        if not self.greeting.done():
            self.state = aioimaplib.AUTH if b"PREAUTH" in command else aioimaplib.NONAUTH
            self.greeting.set_result(bytes(command))

    def _handle_responses(
        self,
        data: bytes,
        line_handler: Callable[[bytes, Any], Any],
        current_cmd: Any = None,
    ) -> None:
        while data:
            if current_cmd is not None and current_cmd.wait_literal_data():
                data = current_cmd.append_literal_data(data)
                if current_cmd.wait_literal_data():
                    raise aioimaplib.IncompleteRead(current_cmd)
            line, separator, tail = data.partition(b"\r\n")
            if not separator:
                raise aioimaplib.IncompleteRead(current_cmd, data)
            current_cmd = self._begin_literal(line, line_handler(line, current_cmd))
            data = tail
        if self.pending_sync_command is not None:
            self.pending_sync_command.flush()
        if current_cmd is not None and current_cmd.wait_data():
            raise aioimaplib.IncompleteRead(current_cmd)

    def _begin_literal(self, line: bytes, command: Any) -> Any:
        """The command that the next bytes belong to, if any."""
        literal = aioimaplib.literal_data_re.match(line)
        if literal is not None:
            command = command or aioimaplib.Command("NIL", "unused")
            command.begin_literal_data(int(literal["size"]))
            return command
        return command if command is not None and command.wait_data() else None

    def _untagged_response(self, line: bytes) -> Any:
        if _EXISTS.match(line):
            self.news.set()
        return super()._untagged_response(line)
