"""The inbox as one value: the rooms that the flow passes through, and the files between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from inbox.calendars import Calendars, Hours
from inbox.errors import Fault, FileUnavailable
from inbox.metering import Meter, NoMeter
from inbox.model import (
    Attachment,
    Conversation,
    LoadedFile,
    Manager,
    RawMessage,
    Wait,
)
from inbox.policies import Policies, Terms
from inbox.ports import Clock, Connector, Desk, Letters, Store
from inbox.reports_made import ReportTerms
from inbox.suspicion import KnownDomains


@dataclass(frozen=True, slots=True)
class Inbox:
    """All the flow needs. `channel_managers`: channel id → name of who gets its newcomers.

    `alert_channel`: the mailbox from which alerts go where the desk reaches nobody; None: none.
    `off_hours_reply`: whether clients who write off hours are told so; `greeting`: whether who
    opens the chat is greeted. `send_delay`: how long a reply can be withdrawn, on channels that
    cannot change what was sent. `join_link`: the address before the secret of a personal link,
    "" where there is none. `meter` counts what happens. `reports`: when the week's are due, and
    who gets them by mail.
    """

    store: Store
    desk: Desk
    connectors: Mapping[str, Connector]
    clock: Clock
    calendars: Calendars
    policies: Policies
    channel_managers: Mapping[str, str]
    letters: Letters
    known_domains: KnownDomains = field(default_factory=KnownDomains)
    alert_channel: str | None = None
    off_hours_reply: bool = False
    greeting: bool = False
    send_delay: timedelta = timedelta()
    join_link: str = ""
    meter: Meter = field(default_factory=NoMeter)
    reports: ReportTerms = field(default_factory=ReportTerms)

    def hours_of(self, wait: Wait) -> Hours:
        """By which the wait's time runs."""
        return self.calendars.course(wait.stretches)

    def hours_in(self, conversation: Conversation) -> Hours:
        """By which its open wait's time runs; the studio's where nobody waits."""
        wait = conversation.wait
        return self.calendars.studio.hours if wait is None else self.hours_of(wait)

    def terms(
        self, conversation: Conversation, holder: Manager | None, *, newcomer: bool = False
    ) -> Terms:
        """By what a wait would be opened in the conversation that this member holds."""
        client = conversation.client
        policy = self.policies.policy(
            conversation.channel_id,
            client.tier,
            first=conversation.answered_at is None,
            newcomer=newcomer,
        )
        calendar = self.calendars.of(client.calendar, holder.calendar if holder else None)
        return Terms(policy, calendar)


async def load_files(
    inbox: Inbox, attachments: Sequence[Attachment], raw: RawMessage | None, to_origin: str
) -> tuple[LoadedFile, ...]:
    """The files with their bytes, or without where the receiver can use the reference itself."""
    loaded: list[LoadedFile] = []
    for one in attachments:
        if one.origin == to_origin or not one.media.has_bytes:
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
