"""Whom a reply goes to: who asked in To, everybody else who was addressed in Cc."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from inbox.errors import Fault, SendRejected
from inbox.model import InboundMessage, Nature, OutboundMessage

MOST_COPIED = 50
_PEOPLES = frozenset((Nature.PERSON, Nature.THANKS, Nature.EDIT))
_ADDRESS = re.compile(r"[^\s<>,;:\"()\[\]\\\x00-\x1f\x7f@]+@[^\s<>,;:\"()\[\]\\\x00-\x1f\x7f@]+")
_NOBODY = "@okno.invalid"


@dataclass(frozen=True, slots=True)
class Addressed:
    """Addresses as the wire has them, each once."""

    to: tuple[str, ...]
    cc: tuple[str, ...] = ()


def wire_address(address: str) -> str | None:
    """The address with its domain as DNS has it (IDNA); None where it is no address."""
    local, _, domain = address.rpartition("@")
    if not _ADDRESS.fullmatch(address):
        return None
    try:
        return f"{local}@{domain.encode('idna').decode('ascii').lower()}"
    except UnicodeError:
        return None


def addressed(message: OutboundMessage, own: frozenset[str]) -> Addressed:
    """Reply-To or the sender, and in Cc whoever else the asked mail was addressed to.

    `own` are our own addresses, case-folded; they get nothing. Raises SendRejected where nobody
    is left.
    """
    asked = message.answering
    if asked is not None and asked.nature not in _PEOPLES:
        asked = None  # a machine or we ourselves wrote last: it is the client's all the same
    wanted = [message.recipient.address] if asked is None else _askers(asked, own)
    to = _usable(wanted, frozenset())
    if not to or any(one.endswith(_NOBODY) for one in to):
        said = " ".join(", ".join(wanted).split())
        raise SendRejected(Fault.NO_SUCH_ADDRESS, said[:200])
    if asked is None:
        return Addressed(to)
    if message.only_sender:
        return Addressed(to[:1])
    known = frozenset(one.casefold() for one in to) | own
    return Addressed(to, _usable(_others(asked), known)[:MOST_COPIED])


def others_addressed(asked: InboundMessage, own: frozenset[str]) -> tuple[str, ...]:
    """Who beside the sender would get the reply to this mail; for a desk that offers a choice."""
    asking = frozenset(one.casefold() for one in _usable(_askers(asked, own), frozenset()))
    return _usable(_others(asked), asking | own)[:MOST_COPIED]


def _askers(asked: InboundMessage, own: frozenset[str]) -> list[str]:
    wanted = [str(one) for one in asked.reply_context.get("reply_to") or []]
    elsewhere = [one for one in wanted if one.casefold() not in own]
    return elsewhere or [asked.sender.address]


def _others(asked: InboundMessage) -> list[str]:
    context = asked.reply_context
    return [str(one) for name in ("to", "cc") for one in context.get(name) or []]


def _usable(addresses: Iterable[str], without: frozenset[str]) -> tuple[str, ...]:
    found: dict[str, str] = {}
    for one in addresses:
        known = wire_address(one)
        if known is None or known.endswith(_NOBODY):
            continue
        if known.casefold() not in without and one.casefold() not in without:
            found.setdefault(known.casefold(), known)
    return tuple(found.values())
