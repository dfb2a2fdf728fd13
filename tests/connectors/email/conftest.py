"""Mailboxes on the servers of the test run, and readers of them that end with the test."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest

from connectors.email.config import MailboxSettings
from connectors.email.folder_reader import Stored
from connectors.email.session import ImapSession
from connectors.email.sync import MailReader, Pace
from tests.connectors.email.bad_imap import BadImap, login
from tests.connectors.email.reading import (
    Clock,
    MakeReading,
    Pauses,
    Reading,
    mailbox_settings,
)
from tests.servers import Dovecot, Mailbox

USUAL = Pace()


@pytest.fixture
def pauses() -> Pauses:
    return Pauses()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def server() -> AsyncIterator[BadImap]:
    """A scripted server that does wrong what it is told to."""
    async with BadImap() as one:
        yield one


@pytest.fixture
async def bad_reading(server: BadImap, pauses: Pauses, clock: Clock) -> AsyncIterator[MakeReading]:
    """Makes readings of the scripted server; keywords are mailbox settings."""
    made: list[Reading] = []

    def make(
        after: str | None = "1:0:0:0:0",
        *,
        stored: Stored | None = None,
        pace: Pace = USUAL,
        **more: Any,
    ) -> Reading:
        imap = login(server)
        settings = MailboxSettings(address="info@firm.test", imap=imap, smtp=imap, **more)
        reader = MailReader(
            settings,
            clock,
            stored=stored,
            pace=pace,
            open_session=lambda: ImapSession.open(imap, silence=0.3),
            sleep=pauses,
        )
        made.append(Reading(reader, after))
        return made[-1]

    yield make
    for one in made:
        await one.stop()


@pytest.fixture
def box(dovecot: Dovecot) -> Mailbox:
    """A new empty account on Dovecot."""
    return dovecot.add_user()


@pytest.fixture
async def reading(
    dovecot: Dovecot, box: Mailbox, pauses: Pauses, clock: Clock
) -> AsyncIterator[MakeReading]:
    """Makes readings of `box` that are ended with the test; keywords are mailbox settings."""
    made: list[Reading] = []

    def make(
        after: str | None = None,
        *,
        silence: float = 5,
        port: int | None = None,
        stored: Stored | None = None,
        pace: Pace = USUAL,
        **more: Any,
    ) -> Reading:
        settings = mailbox_settings(box, port or dovecot.imap_port, **more)
        reader = MailReader(
            settings,
            clock,
            stored=stored,
            pace=pace,
            open_session=lambda: ImapSession.open(settings.imap, silence=silence),
            sleep=pauses,
        )
        made.append(Reading(reader, after))
        return made[-1]

    yield make
    for one in made:
        await one.stop()
