"""The inbox as one value: the rooms that the flow passes through, and the files between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from inbox.business_hours import BusinessHours
from inbox.errors import Fault, FileUnavailable
from inbox.model import Attachment, LoadedFile, Media, RawMessage
from inbox.ports import Clock, Connector, Desk, Store
from inbox.sla import Policy
from inbox.suspicion import KnownDomains


@dataclass(frozen=True, slots=True)
class Inbox:
    """All the flow needs. `channel_managers`: channel id → name of who gets its newcomers."""

    store: Store
    desk: Desk
    connectors: Mapping[str, Connector]
    clock: Clock
    hours: BusinessHours
    policy: Policy
    channel_managers: Mapping[str, str]
    known_domains: KnownDomains = field(default_factory=KnownDomains)


async def load_files(
    inbox: Inbox, attachments: Sequence[Attachment], raw: RawMessage | None, to_origin: str
) -> tuple[LoadedFile, ...]:
    """The files with their bytes, or without where the receiver can use the reference itself."""
    loaded: list[LoadedFile] = []
    for one in attachments:
        if one.origin == to_origin or one.media in {Media.LOCATION, Media.CONTACT}:
            loaded.append(LoadedFile(one))
            continue
        try:
            loaded.append(LoadedFile(one, content=await _fetch(inbox, one, raw)))
        except FileUnavailable as error:
            loaded.append(LoadedFile(one, problem=error.fault))
    return tuple(loaded)


async def _fetch(inbox: Inbox, attachment: Attachment, raw: RawMessage | None) -> bytes:
    if attachment.origin == inbox.desk.origin:
        return await inbox.desk.fetch(attachment)
    for connector in inbox.connectors.values():
        if connector.origin == attachment.origin:
            return await connector.fetch(attachment, raw)
    raise FileUnavailable(Fault.UNSUPPORTED, attachment.origin)
