"""Google: a consent by a pasted redirect (RFC 8252, PKCE), then access tokens by refreshing.

The redirect goes to this machine's loopback, where nobody listens: the browser shows a page that
does not load, and its address holds the code. So a person can consent on any machine.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import secrets
import ssl
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from connectors.email.config import MailboxSettings
from connectors.email.faults import ConsentNeeded, SessionLost
from connectors.email.login import TokenStore
from connectors.email.web import body_of

SCOPE = "https://mail.google.com/"
REDIRECT = "http://127.0.0.1:8099/"
ANSWER_SECONDS = 30
MOST_BYTES = 65_536
EARLY = 300.0  # seconds before its end at which a token is replaced


@dataclass(frozen=True, slots=True)
class Endpoints:
    """Where Google is asked. `ssl`: another trust than the system's."""

    consent: str = "https://accounts.google.com/o/oauth2/v2/auth"
    token: str = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
    ssl: ssl.SSLContext | None = None


class GoogleTokens:
    """Access tokens of one mailbox (connectors.email.login.Tokens)."""

    def __init__(
        self,
        settings: MailboxSettings,
        store: TokenStore,
        name: str,
        *,
        endpoints: Endpoints | None = None,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._settings = settings
        self._store = store
        self._hint = f"okno mailbox login {name}"
        self._endpoints = endpoints or Endpoints()
        self._now = now
        self._lock = asyncio.Lock()
        self._access = ""
        self._good_until = 0.0
        self._verifier = secrets.token_urlsafe(48)
        self._state = secrets.token_urlsafe(16)

    async def token(self) -> str:
        """See Tokens."""
        async with self._lock:
            if not self._access or self._now() > self._good_until - EARLY:
                await self._refresh()
            return self._access

    def refused(self, token: str) -> None:
        """See Tokens."""
        if token == self._access:
            self._access = ""

    async def close(self) -> None:
        """See Tokens. Nothing is held between two questions."""

    @property
    def consent_page(self) -> str:
        """The page to open in a browser, signed in as the mailbox's owner."""
        digest = hashlib.sha256(self._verifier.encode()).digest()
        asked = {
            "client_id": self._settings.client_id or "",
            "redirect_uri": REDIRECT,
            "response_type": "code",
            "scope": SCOPE,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
            "access_type": "offline",
            "prompt": "consent",
            "login_hint": self._settings.imap.user,
            "state": self._state,
        }
        return f"{self._endpoints.consent}?{urlencode(asked)}"

    async def finish(self, pasted: str) -> None:
        """Take the address that the browser ended at. Raises ConsentNeeded, SessionLost."""
        query = parse_qs(urlsplit(pasted.strip()).query)
        if "error" in query:
            raise ConsentNeeded(f"Google: {query['error'][0][:100]}")
        if query.get("state") != [self._state] or "code" not in query:
            raise ConsentNeeded("that is not the address of the page that Google sent you to")
        told = await self._ask(
            {
                "grant_type": "authorization_code",
                "code": query["code"][0],
                "code_verifier": self._verifier,
                "redirect_uri": REDIRECT,
            }
        )
        if not told.get("refresh_token"):
            raise ConsentNeeded("Google gave no lasting consent; take it back there, and try anew")
        await asyncio.to_thread(
            self._store.save, json.dumps({"refresh_token": told["refresh_token"]})
        )
        self._take(told)

    async def _refresh(self) -> None:
        kept = await asyncio.to_thread(self._store.load)
        try:
            lasting = json.loads(kept)["refresh_token"] if kept else ""
        except (ValueError, KeyError, TypeError):
            lasting = ""
        if not lasting:
            raise ConsentNeeded(self._hint)
        self._take(await self._ask({"grant_type": "refresh_token", "refresh_token": lasting}))

    def _take(self, told: dict[str, Any]) -> None:
        self._access = str(told.get("access_token") or "")
        if not self._access:
            raise ConsentNeeded(f"Google gave no token; {self._hint}")
        seconds = told.get("expires_in")
        self._good_until = self._now() + (seconds if isinstance(seconds, int | float) else EARLY)

    async def _ask(self, asked: dict[str, str]) -> dict[str, Any]:
        secret = self._settings.client_secret
        form = asked | {
            "client_id": self._settings.client_id or "",
            "client_secret": secret.get_secret_value() if secret is not None else "",
        }
        timeout = aiohttp.ClientTimeout(total=ANSWER_SECONDS)
        trust = self._endpoints.ssl or True
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    self._endpoints.token, data=form, ssl=trust, allow_redirects=False
                ) as response,
            ):
                status, body = response.status, await body_of(response, MOST_BYTES)
            told = json.loads(body)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            raise SessionLost(f"Google: {type(error).__name__}") from None
        if not isinstance(told, dict) or status >= 500 or status == 429:
            raise SessionLost(f"Google: HTTP {status}")
        if status != 200:
            words = f"{told.get('error', '')} {told.get('error_description', '')}"
            raise ConsentNeeded(f"Google: {' '.join(words.split())[:200]}; {self._hint}")
        return told
