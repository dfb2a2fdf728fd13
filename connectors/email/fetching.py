"""Fetches mails: facts first, then as many bodies as fit; of an oversized one header and text."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from connectors.email.answers import Fetched
from connectors.email.nature import OWN_HEADER
from connectors.email.oversized import BEGINNING_BYTES, skeleton
from connectors.email.session import ImapSession

BATCH_BYTES = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class FolderKind:
    """What a folder is to us. `sent`: the mailbox's own mail, of which ours is left out.

    `look_seconds`: how often to look where it is not the one to IDLE in.
    """

    name: str
    sent: bool = False
    look_seconds: float = 0.0


class Fetching:
    """What is known of the mails that were listed, and how they are fetched."""

    def __init__(self, kind: FolderKind, max_size: int) -> None:
        self._kind = kind
        self._max_size = max_size
        self._known: dict[int, Fetched] = {}

    def forget(self, uid: int | None = None) -> None:
        """What was told of this mail, or of all."""
        if uid is None:
            self._known.clear()
        else:
            self._known.pop(uid, None)

    def arrived_at(self, uid: int) -> datetime | None:
        """When it arrived, where the server told it."""
        return self._known[uid].arrived_at if uid in self._known else None

    def is_ours(self, one: Fetched) -> bool:
        """Whether we sent it: of Sent a header that tells is asked for first."""
        return self._kind.sent and (one.body or b"").lower().startswith(OWN_HEADER.encode())

    async def fetch(
        self, session: ImapSession, uids: Sequence[int], *, in_part: Collection[int]
    ) -> tuple[list[int], dict[int, Fetched]]:
        """As many of the mails as are fetched at once, and of these what came, by UID.

        `in_part`: of these header and text are enough.
        """
        await self._facts(session, uids)
        chunk = self._chunk(uids, in_part)
        return chunk, await self._bodies(session, chunk, in_part)

    async def _facts(self, session: ImapSession, uids: Sequence[int]) -> None:
        unknown = [uid for uid in uids if uid not in self._known]
        if unknown:
            items = "FLAGS INTERNALDATE RFC822.SIZE"
            if self._kind.sent:
                items += f" BODY.PEEK[HEADER.FIELDS ({OWN_HEADER.upper()})]"
            self._known.update(await session.fetch(unknown, items))

    def _begun(self, one: Fetched, in_part: Collection[int]) -> bool:
        return not self.is_ours(one) and ((one.size or 0) > self._max_size or one.uid in in_part)

    def _chunk(self, uids: Sequence[int], in_part: Collection[int]) -> list[int]:
        """As many of the next mails as fit into one FETCH of bodies."""
        chunk: list[int] = []
        room = BATCH_BYTES
        for uid in uids:
            one = self._known.get(uid)
            alone = one is not None and self._begun(one, in_part)
            size = 0 if one is None or self.is_ours(one) else one.size or 0
            if one is None or (chunk and (alone or size > room)):
                break
            chunk.append(uid)
            room -= size
            if alone:
                break
        return chunk

    async def _bodies(
        self, session: ImapSession, chunk: Sequence[int], in_part: Collection[int]
    ) -> dict[int, Fetched]:
        facts = {uid: self._known[uid] for uid in chunk}
        got = {uid: one for uid, one in facts.items() if self.is_ours(one)}
        wanted = [uid for uid in chunk if uid not in got]
        if wanted and self._begun(facts[wanted[0]], in_part):
            body = await _beginning(session, wanted[0])
            told = {wanted[0]: Fetched(wanted[0], body=body, in_part=True)}
        elif wanted:
            expect = sum(facts[uid].size or 0 for uid in wanted)
            told = await session.fetch(wanted, "BODY.PEEK[]", expect=expect)
        else:
            told = {}
        for uid, one in told.items():
            if one.body is not None:
                got[uid] = replace(facts[uid], body=one.body, in_part=one.in_part)
        return got


async def _beginning(session: ImapSession, uid: int) -> bytes | None:
    found = await skeleton(session, uid)
    if found is not None:
        return found
    return (await session.sections(uid, [""], most=BEGINNING_BYTES)).get("")
