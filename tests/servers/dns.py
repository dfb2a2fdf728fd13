"""A DNS server on loopback that knows what it is told.

async with FakeDns() as server:
    server.zone["firm.test", "MX"] = ["10 mx.yandex.net."]
    server.resolver()
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


@dataclass
class FakeDns:
    """`zone`: records by name and kind, as a zone file has them; `asked`: what was asked for."""

    zone: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    asked: list[tuple[str, str]] = field(default_factory=list)
    port: int = 0

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: _Answering(self), local_addr=("127.0.0.1", 0)
        )
        self.port = self._transport.get_extra_info("sockname")[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._transport.close()

    def resolver(self) -> dns.asyncresolver.Resolver:
        one = dns.asyncresolver.Resolver(configure=False)
        one.nameservers, one.port = ["127.0.0.1"], self.port
        return one

    def answer(self, query: dns.message.Message) -> dns.message.Message:
        (question,) = query.question
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        told = dns.message.make_response(query)
        told.flags |= dns.flags.RA
        records = self.zone.get((name, kind))
        if records is None:
            told.set_rcode(dns.rcode.NXDOMAIN)
        else:
            told.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *records))
        return told


class _Answering(asyncio.DatagramProtocol):
    def __init__(self, server: FakeDns) -> None:
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.DatagramTransport", transport)

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        answer = self._server.answer(dns.message.from_wire(data))
        self._transport.sendto(answer.to_wire(), addr)
