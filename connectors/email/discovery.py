"""Finds a mailbox's servers from its address alone.

    preset by domain → provider by MX → autoconfig of the domain → SRV records (RFC 6186, 8314)

Nothing secret is sent while looking. Autoconfig is asked over verified TLS alone, a redirect must
stay on https, and no address that is private or in numbers is talked to.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

import aiohttp
import dns.asyncresolver
import dns.exception
from aiohttp.abc import AbstractResolver, ResolveResult

from connectors.email.autoconfig import MOST_BYTES, Servers, is_host, parse
from connectors.email.presets import Place, Provider, Security, by_domain, by_exchangers
from connectors.email.web import body_of

LOOK_SECONDS = 10.0
DNS_SECONDS = 5.0
MOST_REDIRECTS = 3
MOST_RECORDS = 20


@dataclass(frozen=True, slots=True)
class Found:
    """A mailbox's servers. `source` is where they were found: preset, mx, autoconfig or srv."""

    servers: Servers
    source: str
    provider: Provider | None = None


class PublicAddresses(AbstractResolver):
    """Resolves names to addresses of the public internet, and to no others."""

    def __init__(self, inner: AbstractResolver) -> None:
        self._inner = inner

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Raises OSError where no public address is left."""
        found = await self._inner.resolve(host, port, family)
        public = [one for one in found if ip_address(one["host"].partition("%")[0]).is_global]
        if not public:
            raise OSError(f"{host} has no public address")
        return public

    async def close(self) -> None:
        """Close the resolver behind."""
        await self._inner.close()


class Discovery:
    """`dns_resolver` and `web_resolver` may be others than the system's; `ssl` another trust."""

    def __init__(
        self,
        *,
        dns_resolver: dns.asyncresolver.Resolver | None = None,
        web_resolver: Callable[[], AbstractResolver] | None = None,
        ssl: Any = True,
    ) -> None:
        self._dns = dns_resolver
        self._web = web_resolver or (lambda: PublicAddresses(aiohttp.ThreadedResolver()))
        self._ssl = ssl

    async def find(self, address: str) -> Found | None:
        """The servers of the mailbox with this address; None where nothing tells of them."""
        domain = _dns_name(address.rpartition("@")[2])
        if domain is None:
            return None
        provider = by_domain(domain)
        if provider is not None:
            return _of_provider(provider, "preset", address)
        provider = by_exchangers(await self._exchangers(domain))
        if provider is not None:
            return _of_provider(provider, "mx", address)
        servers = await self._autoconfig(domain, address)
        if servers is not None:
            return Found(servers, "autoconfig")
        servers = await self._services(domain, address)
        return Found(servers, "srv") if servers is not None else None

    async def _exchangers(self, domain: str) -> list[str]:
        records = sorted(await self._ask(domain, "MX"), key=lambda one: one.preference)
        return [one.exchange.to_text(omit_final_dot=True) for one in records]

    async def _services(self, domain: str, address: str) -> Servers | None:
        imap = await self._service(("_imaps", "tls"), ("_imap", "starttls"), domain=domain)
        smtp = await self._service(
            ("_submissions", "tls"), ("_submission", "starttls"), domain=domain
        )
        if imap is None or smtp is None:
            return None
        return Servers(imap, smtp, address, address)

    async def _service(self, *kinds: tuple[str, Security], domain: str) -> Place | None:
        """The first kind that is offered; of its servers that of the best priority."""
        for service, security in kinds:
            records = await self._ask(f"{service}._tcp.{domain}", "SRV")
            for one in sorted(records, key=lambda record: (record.priority, -record.weight)):
                host = one.target.to_text(omit_final_dot=True).lower()
                if is_host(host) and one.port:
                    return Place(host, security, one.port)
        return None

    async def _ask(self, name: str, kind: str) -> list[Any]:
        """Records, at most twenty; none where the name has none or DNS does not answer."""
        try:
            resolver = self._dns or dns.asyncresolver.get_default_resolver()
            answer = await resolver.resolve(name, kind, lifetime=DNS_SECONDS, search=False)
        except (dns.exception.DNSException, OSError):
            return []
        return list(answer)[:MOST_RECORDS]

    async def _autoconfig(self, domain: str, address: str) -> Servers | None:
        places = (
            (
                f"https://autoconfig.{domain}/mail/config-v1.1.xml"
                f"?emailaddress={quote(address, safe='')}"
            ),
            f"https://{domain}/.well-known/autoconfig/mail/config-v1.1.xml",
        )
        found = await asyncio.gather(*(self._read(place) for place in places))
        parsed = (parse(document, address) for document in found if document)
        return next((one for one in parsed if one is not None), None)

    async def _read(self, url: str) -> bytes | None:
        timeout = aiohttp.ClientTimeout(total=LOOK_SECONDS)
        try:
            async with (
                asyncio.timeout(LOOK_SECONDS),
                aiohttp.TCPConnector(resolver=self._web(), ssl=self._ssl) as connector,
                aiohttp.ClientSession(connector=connector, timeout=timeout) as session,
            ):
                return await _follow(session, url)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError):
            return None


async def _follow(session: aiohttp.ClientSession, url: str) -> bytes | None:
    for _ in range(MOST_REDIRECTS + 1):
        parts = urlsplit(url)
        if parts.scheme != "https" or not is_host(parts.hostname or ""):
            return None
        async with session.get(url, allow_redirects=False) as response:
            if response.status == 200:
                return await body_of(response, MOST_BYTES)
            if response.status not in {301, 302, 303, 307, 308}:
                return None
            url = urljoin(url, response.headers.get("Location", ""))
    return None


def _dns_name(domain: str) -> str | None:
    try:
        name = domain.strip().encode("idna").decode("ascii").lower()
    except UnicodeError:
        return None
    return name if is_host(name) else None


def _of_provider(provider: Provider, source: str, address: str) -> Found:
    return Found(Servers(provider.imap, provider.smtp, address, address), source, provider)


def differs(servers: Servers, domain: str) -> Iterable[str]:
    """Hosts outside the mailbox's own domain: a person should know before a password goes there
    (RFC 6186, 6)."""
    own = f".{domain.lower()}"
    return (one.host for one in (servers.imap, servers.smtp) if not f".{one.host}".endswith(own))
