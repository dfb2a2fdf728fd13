"""Microsoft 365: tokens by the device code flow (RFC 8628), through MSAL.

MSAL is synchronous, so every call runs in a thread. What it keeps, its own cache, is the text in
the token store; refresh tokens live 90 days from their last use, and are used every hour.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any, TypeVar

import msal
import requests
import structlog

from connectors.email.config import MailboxSettings
from connectors.email.faults import ConsentNeeded, SessionLost
from connectors.email.login import TokenStore

log = structlog.get_logger(__name__)

# "offline_access" (a refresh token) is asked for by MSAL itself.
SCOPES = [
    "https://outlook.office.com/IMAP.AccessAsUser.All",
    "https://outlook.office.com/SMTP.Send",
]
ANSWER_SECONDS = 30
POLL_SECONDS = 5.0
_PENDING = frozenset(("authorization_pending", "slow_down"))
_PASSING = frozenset(("temporarily_unavailable", "server_error", "request_timeout"))

T = TypeVar("T")


class MicrosoftTokens:
    """Access tokens of one mailbox (connectors.email.login.Tokens)."""

    def __init__(
        self,
        settings: MailboxSettings,
        store: TokenStore,
        name: str,
        *,
        asking: bool = True,
        http: requests.Session | None = None,
    ) -> None:
        self._settings = settings
        self._store = store
        self._name = name
        self._asking = asking
        self._http = http
        self._lock = asyncio.Lock()
        self._thread = threading.Lock()
        self._refused = ""
        self._kept = ""
        self._app: Any = None
        self._cache: Any = None
        self._flow: dict[str, Any] = {}
        self._waiting: asyncio.Task[None] | None = None

    async def token(self) -> str:
        """See Tokens."""
        async with self._lock:
            token = await self._in_thread(self._silently)
            if token:
                return token
            if not self._asking:
                raise ConsentNeeded(self._hint())
            if self._waiting is None or self._waiting.done():
                await self.begin()
                self._waiting = asyncio.create_task(self._wait())
            raise ConsentNeeded(f"{self.code}; {self._hint()}")

    def refused(self, token: str) -> None:
        """See Tokens."""
        self._refused = token

    async def close(self) -> None:
        """See Tokens."""
        if self._waiting is not None:
            self._waiting.cancel()
            await asyncio.gather(self._waiting, return_exceptions=True)
        await asyncio.to_thread(self._drop)

    @property
    def code(self) -> str:
        """What a person must do at Microsoft: where, which code, how long it is good for.

        The same text as long as it is the same code.
        """
        minutes = int(self._flow.get("expires_in", 0)) // 60
        where, code = self._flow.get("verification_uri"), self._flow.get("user_code")
        return f"{where} → {code} ({self._settings.address}, {minutes} min)"

    async def begin(self) -> None:
        """Ask for a device code; it is in `code` then. Raises ConsentNeeded, SessionLost."""
        flow = await self._in_thread(lambda: self._ready().initiate_device_flow(scopes=SCOPES))
        if "user_code" not in flow:
            raise ConsentNeeded(_said(flow))
        self._flow = dict(flow)

    async def finish(self) -> None:
        """Wait until the person did it. Raises ConsentNeeded where they did not."""
        while True:
            await asyncio.sleep(self._flow.get("interval", POLL_SECONDS))
            told = await self._in_thread(self._poll)
            if "access_token" in told:
                return
            if told.get("error") not in _PENDING or self._flow["expires_at"] < time.time():
                raise ConsentNeeded(_said(told))

    async def _wait(self) -> None:
        try:
            await self.finish()
        except (ConsentNeeded, SessionLost) as error:
            log.warning("No consent was given.", mailbox=self._settings.address, why=error.reason)
        else:
            log.info("Consent was given.", mailbox=self._settings.address)

    def _poll(self) -> dict[str, Any]:
        app = self._ready()
        told = app.acquire_token_by_device_flow(self._flow, exit_condition=lambda _: True)
        self._keep()
        return dict(told)

    def _silently(self) -> str:
        """A token from the cache or by refreshing; "" where only a person can help."""
        app = self._ready()
        accounts = app.get_accounts()
        if not accounts:
            return ""
        wanted = self._settings.address.casefold()
        by_name = {str(one.get("username", "")).casefold(): one for one in accounts}
        account = by_name.get(wanted, accounts[0])
        told = app.acquire_token_silent_with_error(SCOPES, account=account) or {}
        if told.get("access_token") and told["access_token"] == self._refused:
            told = app.acquire_token_silent_with_error(SCOPES, account, force_refresh=True) or {}
        self._keep()
        if "access_token" in told:
            return str(told["access_token"])
        if told.get("error") in _PASSING:
            raise SessionLost(_said(told))
        log.warning("Microsoft wants a consent.", mailbox=wanted, why=_said(told))
        return ""

    def _drop(self) -> None:
        """The application as it was, with its connections."""
        if self._app is not None and self._http is None:
            self._app.http_client.close()
        self._app = None

    def _ready(self) -> Any:
        """The application, over what is in the store now: a login may have been elsewhere."""
        kept = self._store.load()
        if self._app is None or kept != self._kept:
            self._drop()
            self._cache = msal.SerializableTokenCache()
            if kept:
                self._cache.deserialize(kept)
            self._kept = kept
            self._app = msal.PublicClientApplication(
                self._settings.client_id,
                authority=self._settings.authority,
                token_cache=self._cache,
                instance_discovery=False,
                timeout=ANSWER_SECONDS,
                http_client=self._http,
            )
        return self._app

    def _keep(self) -> None:
        if self._cache.has_state_changed:
            self._kept = self._cache.serialize()
            self._store.save(self._kept)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        """MSAL's and the network's errors as ours."""

        def alone() -> T:
            with self._thread:
                return work()

        try:
            return await asyncio.to_thread(alone)
        except (requests.RequestException, msal.exceptions.MsalServiceError, OSError) as error:
            raise SessionLost(f"Microsoft: {type(error).__name__}") from None
        except (ValueError, KeyError) as error:
            raise ConsentNeeded(f"Microsoft: {type(error).__name__}; {self._hint()}") from None

    def _hint(self) -> str:
        return f"okno mailbox login {self._name}"


def _said(told: dict[str, Any]) -> str:
    """The provider's words without its tokens: they never stand in these two."""
    words = f"{told.get('error', '')} {told.get('error_description', '')}"
    return f"Microsoft: {' '.join(words.split())[:300]}"
