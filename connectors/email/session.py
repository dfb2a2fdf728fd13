"""One IMAP connection behind hard deadlines; on any doubt it is thrown away.

Every call ends in time: it is raced against the loss of the connection, against silence and
against a deadline. After an error, a time-out or a cancellation nothing of the connection is
used again. Measured grounds: connectors/email/README.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

from aioimaplib import aioimaplib

from connectors.email import answers, folders
from connectors.email.answers import Fetched
from connectors.email.config import IMAP_PORTS, ServerSettings
from connectors.email.faults import LoginRefused, Refused, SessionLost
from connectors.email.folders import Folder
from connectors.email.login import Tokens, password_of
from connectors.email.tls import client_context
from connectors.email.wire import Line, Wire

T = TypeVar("T")

CONNECT_SECONDS = 30.0
SILENCE_SECONDS = 60.0
COMMAND_SECONDS = 120.0
SLOWEST_BYTES_PER_SECOND = 10_000
MOST_UIDS = 100


@dataclass(frozen=True, slots=True)
class Selected:
    """A folder as SELECT found it. `uid_next` is the UID that the next mail will have."""

    uid_validity: int
    uid_next: int | None


class ImapSession:
    """A logged-in connection. Raises SessionLost and Refused, and nothing else of its own."""

    def __init__(
        self, wire: Wire, settings: ServerSettings, silence: float, tokens: Tokens | None
    ) -> None:
        self._wire = wire
        self._settings = settings
        self._silence = silence
        self._tokens = tokens

    @classmethod
    async def open(
        cls,
        settings: ServerSettings,
        *,
        silence: float = SILENCE_SECONDS,
        tokens: Tokens | None = None,
    ) -> ImapSession:
        """Connect, greet, secure and log in. `silence`: seconds without a byte that end a call.

        With `tokens` one of them takes the password's place. Raises LoginRefused for a wrong user
        or password or a consent that is missing, SessionLost and Refused for the rest.
        """
        if tokens is not None:
            await tokens.token()  # no connection is kept waiting for a provider
        wire = await _connect(settings)
        session = cls(wire, settings, silence, tokens)
        try:
            await session._greet()
            await session._login()
        except BaseException:
            session.discard()
            raise
        return session

    @property
    def can_idle(self) -> bool:
        return "IDLE" in self._wire.capabilities

    @property
    def news(self) -> bool:
        """Whether the server told of more mail since the last search began."""
        return self._wire.news.is_set()

    def discard(self) -> None:
        """Throw the connection away at once."""
        self._wire.fail("thrown away")

    async def close(self) -> None:
        """Say goodbye, two seconds at most."""
        with contextlib.suppress(SessionLost, Refused):
            await self._race(self._wire.logout(), 2.0)
        self.discard()

    async def select(self, folder: str) -> Selected:
        """Make the folder the current one; nothing is marked read by what follows."""
        self._wire.news.clear()
        name = folders.encode_name(folder)
        lines = await self._ask(self._wire.select(name))
        validity = answers.number_after(b"UIDVALIDITY", lines)
        if validity is None:
            raise Refused(f"folder {folder}: the server tells no UIDVALIDITY")
        return Selected(validity, answers.number_after(b"UIDNEXT", lines))

    async def search(self, *criteria: str) -> list[int]:
        """UIDs in the current folder, ascending (RFC 3501, 6.4.4; ASCII criteria)."""
        self._wire.news.clear()
        searching = self._wire.search(*criteria, by_uid=True, charset=None)
        return answers.parse_search(await self._ask(searching))

    async def fetch(
        self, uids: Sequence[int], items: str, *, expect: int = 0
    ) -> dict[int, Fetched]:
        """FETCH of at most MOST_UIDS messages by UID; `expect` bytes lengthen the deadline."""
        if len(uids) > MOST_UIDS:
            raise ValueError(f"{len(uids)} UIDs in one FETCH")
        asked = frozenset(uids)
        numbers = ",".join(map(str, uids))
        seconds = COMMAND_SECONDS + expect / SLOWEST_BYTES_PER_SECOND
        fetching = self._wire.fetch_by_uid(numbers, f"(UID {items})")
        told = answers.parse_fetch(await self._ask(fetching, seconds))
        return {uid: one for uid, one in told.items() if uid in asked}

    async def sections(
        self, uid: int, sections: Sequence[str], *, most: int = 0, expect: int = 0
    ) -> dict[str, bytes]:
        """Sections of one message, such as "HEADER", "1.MIME", "1.2" or "" (all of it).

        `most`: of each the first so many bytes. Sections that the message does not have are left
        out. `expect` bytes lengthen the deadline.
        """
        part = f"<0.{most}>" if most else ""
        items = " ".join(f"BODY.PEEK[{name}]{part}" for name in sections)
        seconds = COMMAND_SECONDS + expect / SLOWEST_BYTES_PER_SECOND
        fetching = self._wire.fetch_by_uid(str(uid), f"(UID {items})")
        return answers.parse_sections(uid, await self._ask(fetching, seconds))

    async def status(self, folder: str) -> Selected:
        """A folder without selecting it (RFC 3501, 6.3.10). Raises Refused where it tells less."""
        name = folders.encode_name(folder)
        wire = self._wire
        command = aioimaplib.Command(
            "STATUS", wire.new_tag(), name, "(UIDNEXT UIDVALIDITY)", loop=wire.loop
        )
        told = answers.parse_status(await self._ask(wire.execute(command)))
        if told is None:
            raise Refused(f"folder {folder}: the server tells no state")
        return Selected(*told)

    async def noop(self) -> None:
        """Let the server tell what is new."""
        await self._ask(self._wire.simple_command("NOOP"))

    async def folders(self) -> tuple[Folder, ...]:
        """All folders with their roles (RFC 6154 where offered)."""
        arguments = ['""', '"*"']
        if {"LIST-EXTENDED", "SPECIAL-USE"} <= self._wire.capabilities:
            arguments.append("RETURN (SPECIAL-USE)")
        return folders.parse_list(await self._ask(self._wire.simple_command("LIST", *arguments)))

    async def append(self, folder: str, payload: bytes) -> None:
        """Put a message into a folder, as read."""
        name = folders.encode_name(folder)
        seconds = COMMAND_SECONDS + len(payload) / SLOWEST_BYTES_PER_SECOND
        appending = self._wire.append(payload, name, "(\\Seen)")
        await self._ask(appending, seconds, silence=seconds)

    async def wait(self, seconds: float) -> None:
        """Let time pass with the connection open; ends early where it is lost."""
        await asyncio.wait({self._wire.lost}, timeout=seconds)
        self._still_there()

    async def idle(self, seconds: float) -> None:
        """IDLE (RFC 2177) until the server tells of more mail, or for so many seconds."""
        if self.news:
            return
        idling = asyncio.create_task(self._wire.idle())
        waiting = asyncio.create_task(self._wire.news.wait())
        try:
            await self._race(self._begun(idling), self._silence)
            await asyncio.wait(
                {waiting, idling, self._wire.lost},
                timeout=seconds,
                return_when=asyncio.FIRST_COMPLETED,
            )
            self._still_there()
            if not idling.done():
                self._wire.idle_done()
            await self._ask(_finished(idling), 10.0)
        except BaseException:
            idling.cancel()
            self.discard()
            raise
        finally:
            waiting.cancel()

    async def _begun(self, idling: asyncio.Task[Any]) -> None:
        active = asyncio.create_task(self._wire.wait_for_idle_response())
        try:
            await asyncio.wait({idling, active}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            active.cancel()

    async def _greet(self) -> None:
        greeting = await self._race(_finished(self._wire.greeting), CONNECT_SECONDS)
        if not greeting.upper().startswith((b"* OK", b"* PREAUTH")):
            raise SessionLost(greeting.decode("utf-8", "replace"))
        await self._learn_capabilities()
        if self._settings.security == "starttls":
            await self._start_tls()
            await self._learn_capabilities()

    async def _learn_capabilities(self) -> None:
        await self._race(self._wire.capability(), CONNECT_SECONDS)
        self._wire.capabilities = {word.upper() for word in self._wire.capabilities}

    async def _start_tls(self) -> None:
        """Upgrade the transport (RFC 2595); text that came ahead of the handshake is an attack."""
        wire = self._wire
        if "STARTTLS" not in wire.capabilities:
            self._lose("the server offers no STARTTLS")
        command = aioimaplib.Command("STARTTLS", wire.new_tag(), loop=wire.loop)
        await self._ask(wire.execute(command))
        if wire.incomplete_line:
            self._lose("text before the TLS handshake")
        upgrading = wire.loop.start_tls(
            wire.transport,
            wire,
            client_context(self._settings.ca_file),
            server_hostname=self._settings.host,
            ssl_handshake_timeout=CONNECT_SECONDS,
        )
        try:
            wire.transport = await self._race(upgrading, CONNECT_SECONDS + 1)
        except OSError as error:
            self._lose(str(error))

    async def _login(self) -> None:
        if self._wire.state != aioimaplib.NONAUTH:
            return
        user = self._settings.user
        if self._tokens is None:
            secret = password_of(self._settings)
            command = self._wire.login(folders.quote(user), secret)
        else:
            secret = await self._tokens.token()
            command = self._wire.authenticate(user, secret)
        try:
            await self._ask(command, CONNECT_SECONDS)
        except Refused as error:
            said = error.reason.replace(secret, "***")
            if self._tokens is not None:
                self._tokens.refused(secret)
            if error.temporary:
                raise SessionLost(said) from None
            raise LoginRefused(said) from None
        await self._learn_capabilities()

    async def _ask(
        self,
        command: Coroutine[Any, Any, Any],
        seconds: float = COMMAND_SECONDS,
        *,
        silence: float | None = None,
    ) -> list[Line]:
        """The lines of the answer. Raises Refused where it is not OK, SessionLost without one."""
        response = await self._race(command, seconds, silence=silence)
        lines: list[Line] = list(response.lines)
        if response.result != "OK":
            said = bytes(lines[-1]).decode("utf-8", "replace") if lines else ""
            raise Refused(said or str(response.result))
        return lines

    async def _race(
        self, work: Coroutine[Any, Any, T], seconds: float, *, silence: float | None = None
    ) -> T:
        """The result, unless the connection is lost, silent or over the deadline before."""
        task = asyncio.create_task(work)
        try:
            await self._watch(task, seconds, silence or self._silence)
            if task.done():
                return task.result()
        except aioimaplib.AioImapException as error:
            # The library's texts hold the whole command: with LOGIN, the password.
            raise self._failed(f"IMAP: {type(error).__name__}") from None
        except (ValueError, IndexError, KeyError) as error:
            raise self._failed(f"not understood ({type(error).__name__})") from None
        except asyncio.CancelledError:
            task.cancel()
            self.discard()
            raise
        task.cancel()
        raise self._failed("no answer in time")

    async def _watch(self, task: asyncio.Task[Any], seconds: float, silence: float) -> None:
        lost, started = self._wire.lost, time.monotonic()
        while not task.done() and not lost.done():
            now = time.monotonic()
            quiet = max(self._wire.heard_at, started) + silence
            ends = min(started + seconds, quiet)
            if now >= ends:
                return
            await asyncio.wait(
                {task, lost}, timeout=ends - now, return_when=asyncio.FIRST_COMPLETED
            )

    def _failed(self, otherwise: str) -> SessionLost:
        """The fault to raise once the connection was thrown away."""
        lost = self._wire.lost
        reason = lost.result() if lost.done() else otherwise
        self.discard()
        return SessionLost(reason)

    def _lose(self, reason: str) -> NoReturn:
        self.discard()
        raise SessionLost(reason)

    def _still_there(self) -> None:
        if self._wire.lost.done():
            raise self._failed("")


async def _finished(future: asyncio.Future[T]) -> T:
    return await asyncio.shield(future)


async def _connect(settings: ServerSettings) -> Wire:
    loop = asyncio.get_running_loop()
    port = settings.port or IMAP_PORTS[settings.security]
    wire = Wire(loop)
    try:
        context = client_context(settings.ca_file) if settings.security == "tls" else None
        async with asyncio.timeout(CONNECT_SECONDS):
            await loop.create_connection(lambda: wire, settings.host, port, ssl=context)
    except TimeoutError:
        wire.fail("no connection in time")
        raise SessionLost(f"{settings.host}:{port}: no connection in time") from None
    except (OSError, ValueError) as error:
        raise SessionLost(f"{settings.host}:{port}: {error}") from None
    except asyncio.CancelledError:
        wire.fail("cancelled")
        raise
    return wire
