"""What authors make of replies that are out already: a text that the client does not have yet.

A reply's own text is always what the client has or is about to get; the newer one stands beside it
until it is carried, or sent as a correction.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from inbox.model import Entity
from inbox.ports import Reply, Transaction


class Fate(StrEnum):
    """What has become of a newer text."""

    OPEN = "open"
    REFUSED = "refused"  # the channel did not take it
    CORRECTED = "corrected"  # it went out as a message of its own


@dataclass(frozen=True, slots=True)
class Amendment:
    """The text that a reply's author changed it to, at that instant."""

    text: str
    entities: tuple[Entity, ...]
    at: datetime
    fate: Fate = Fate.OPEN

    def says(self, other: Amendment) -> bool:
        """Whether it is the same text."""
        return (self.text, self.entities) == (other.text, other.entities)


async def amendment_of(t: Transaction, reply_id: int) -> Amendment | None:
    """The newer text of the reply, if there is one."""
    kept = await t.form(_form(reply_id))
    if kept is None:
        return None
    fields: Mapping[str, Any] = json.loads(kept)
    entities = tuple(Entity(**one) for one in fields["entities"])
    at = datetime.fromisoformat(fields["at"])
    return Amendment(fields["text"], entities, at, Fate(fields["fate"]))


async def keep_amendment(t: Transaction, reply_id: int, one: Amendment | None) -> None:
    """None: the client has it, or nobody wants it any more."""
    kept = None
    if one is not None:
        kept = json.dumps(asdict(one) | {"at": one.at.isoformat()}, ensure_ascii=False)
    await t.save_form(_form(reply_id), kept)


async def amended(t: Transaction, draft: Reply) -> Reply:
    """The reply goes out anew: with the newer text, unless that went out by itself."""
    newer = await amendment_of(t, draft.id)
    if newer is None or newer.fate is Fate.CORRECTED:
        return draft
    await keep_amendment(t, draft.id, None)
    return replace(draft, text=newer.text, entities=newer.entities)


def _form(reply_id: int) -> str:
    return f"amendment:{reply_id}"
