"""A mail server with a studio's and a client's mailbox."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from sandbox.mail import MailServer, User

NOW = datetime(2026, 3, 3, 7, 0, tzinfo=UTC)
STUDIO = User("info@studio.example", "Студия", "studio-secret")
CLIENT = User("maria@zerno.example", "Мария Белова", "client-secret")


@pytest.fixture
async def server() -> AsyncIterator[MailServer]:
    running = MailServer([STUDIO, CLIENT], lambda: NOW)
    await running.start()
    yield running
    await running.stop()
