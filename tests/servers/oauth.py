"""A provider of access tokens on loopback: Microsoft's and Google's ways, and introspection.

async with FakeOAuth(certificates) as provider:
    provider.approve("info@firm.test")       # the person consents at the next poll
    provider.tokens                          # access token → whose it is
"""

from __future__ import annotations

import base64
import hashlib
import json
import ssl
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.servers.certificates import Certificates

SCOPE = "https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send"


@dataclass
class FakeOAuth:
    """`asked` are the forms posted for tokens, `fails` answers to give instead, in turn."""

    certificates: Certificates
    tokens: dict[str, str] = field(default_factory=dict)
    lasting: dict[str, str] = field(default_factory=dict)
    asked: list[dict[str, str]] = field(default_factory=list)
    fails: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    code_seconds: int = 900
    token_seconds: int = 3600
    challenge: str = ""
    port: int = 0
    plain_port: int = 0
    _owner: str = ""
    _numbers: int = 0

    async def __aenter__(self) -> Self:
        app = web.Application()
        app.router.add_get("/common/v2.0/.well-known/openid-configuration", self._configuration)
        app.router.add_post("/common/devicecode", self._device_code)
        app.router.add_post("/common/token", self._token)
        app.router.add_get("/introspect", self._introspect)
        self._runner = web.AppRunner(app, access_log=None)
        await self._runner.setup()
        trust = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        trust.load_cert_chain(self.certificates.certificate, self.certificates.key)
        secure = web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=trust)
        await secure.start()
        plain = web.TCPSite(self._runner, "127.0.0.1", self.plain_port)
        await plain.start()
        self.port, self.plain_port = (address[1] for address in self._runner.addresses)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    @property
    def authority(self) -> str:
        return f"https://localhost:{self.port}/common"

    @property
    def introspection(self) -> str:
        return f"http://127.0.0.1:{self.plain_port}/introspect"

    def approve(self, owner: str) -> None:
        """The person lets us into this mailbox."""
        self._owner = owner

    def revoke(self) -> None:
        """The person takes the consent back: no token is good any more."""
        self._owner = ""
        self.tokens.clear()
        self.lasting.clear()

    async def _configuration(self, request: web.Request) -> web.Response:
        base = self.authority
        return web.json_response(
            {
                "issuer": base,
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/token",
                "device_authorization_endpoint": f"{base}/devicecode",
            }
        )

    async def _device_code(self, request: web.Request) -> web.Response:
        return web.json_response(
            {
                "user_code": "ABCD-EFGH",
                "device_code": "device",
                "verification_uri": "https://provider.test/devicelogin",
                "expires_in": self.code_seconds,
                "interval": 1,
                "message": "go there",
            }
        )

    async def _token(self, request: web.Request) -> web.Response:
        form = {key: str(value) for key, value in (await request.post()).items()}
        self.asked.append(form)
        if self.fails:
            status, told = self.fails.pop(0)
            return web.json_response(told, status=status)
        owner = self._whose(form)
        if owner is None:
            return web.json_response({"error": "authorization_pending"}, status=400)
        if not owner:
            told = {"error": "invalid_grant", "error_description": "the consent is gone"}
            return web.json_response(told, status=400)
        return web.json_response(self._given(owner))

    def _whose(self, form: dict[str, str]) -> str | None:
        match form["grant_type"]:
            case "refresh_token":
                return self.lasting.get(form["refresh_token"], "")
            case "authorization_code":
                digest = hashlib.sha256(form["code_verifier"].encode()).digest()
                proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
                return self._owner if proof == self.challenge else ""
            case _:
                return self._owner or None

    def _given(self, owner: str) -> dict[str, Any]:
        self._numbers += 1
        access, lasting = f"access-{self._numbers}", f"lasting-{self._numbers}"
        self.tokens[access], self.lasting[lasting] = owner, owner
        about = {"oid": "1", "tid": "1", "sub": "1", "preferred_username": owner}
        about |= {"aud": "client", "iss": self.authority, "exp": 9_999_999_999, "iat": 1}
        return {
            "access_token": access,
            "refresh_token": lasting,
            "expires_in": self.token_seconds,
            "token_type": "Bearer",
            "scope": SCOPE,
            "id_token": ".".join(_part(one) for one in ({"alg": "none"}, about, {})),
            "client_info": _part({"uid": "1", "utid": "1"}),
        }

    async def _introspect(self, request: web.Request) -> web.Response:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        owner = self.tokens.get(token)
        if owner is None:
            return web.json_response({"active": False, "email": ""})
        return web.json_response({"active": True, "email": owner})


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()
