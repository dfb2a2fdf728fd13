"""Whether a newcomer's mail comes from a domain made to look like a client's."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from inbox.lookalikes import PUBLIC_DOMAINS, looks_like
from inbox.model import Conversation, InboundMessage, Nature
from inbox.ports import Transaction

FRESH = timedelta(minutes=1)


@dataclass(slots=True)
class KnownDomains:
    """Domains of the clients whom we know, read again at most once a minute."""

    _names: frozenset[str] = field(default_factory=frozenset)
    _read_at: datetime | None = None

    async def now(self, t: Transaction, now: datetime) -> frozenset[str]:
        """The domains; up to a minute old."""
        if self._read_at is None or not timedelta() <= now - self._read_at < FRESH:
            self._names = await t.client_domains() - PUBLIC_DOMAINS
            self._read_at = now
        return self._names


async def suspected(
    known: KnownDomains,
    t: Transaction,
    message: InboundMessage,
    conversation: Conversation | None,
    now: datetime,
) -> InboundMessage:
    """The message, with a warning where its sender's domain may be taken for a known client's.

    Whom we have answered in this conversation is no longer a stranger.
    """
    stranger = conversation is None or conversation.answered_at is None
    if not stranger or message.nature is not Nature.PERSON or message.sender.kind != "email":
        return message
    domains = await known.now(t, now)
    like = looks_like(message.sender.address.rpartition("@")[2], domains)
    if like is None:
        return message
    return replace(message, warnings=(f"look_alike:{like}", *message.warnings))
