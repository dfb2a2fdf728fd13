"""The inbox for a short command: everything is set up as when Okno runs, nothing is connected."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from bot.cli.frame import short_store

if TYPE_CHECKING:
    from bot.settings import Settings
    from inbox.inbox import Inbox


@asynccontextmanager
async def short_inbox(settings: Settings) -> AsyncIterator[Inbox]:
    """The inbox beside a process that runs or without one; the days entered are learned."""
    from bot.channels import open_channels
    from bot.clock import open_clock
    from bot.letters import CatalogueLetters
    from bot.report_ground import ground_of
    from bot.terms import calendars_of, policies_of
    from inbox.inbox import Inbox

    clock = open_clock(settings.clock.file)
    async with short_store(settings) as store:
        channels = open_channels(settings, clock, store)
        try:
            inbox = Inbox(
                store=store,
                desk=channels.desk,
                connectors=channels.connectors,
                clock=clock,
                calendars=calendars_of(settings),
                policies=policies_of(settings),
                channel_managers=channels.managers,
                letters=CatalogueLetters(settings.studio.language),
            )
            channels.desk.attach(inbox, ground_of(settings))
            async with store.begin() as t:
                inbox.calendars.learn(await t.special_days())
            yield inbox
        finally:
            await channels.close()
