"""The whole program in one process: settings → store, channels, desk → parts that run for ever.

    store     opened and migrated; what a killed predecessor held is freed
    channels  each read by a part of its own
    queues    IN, OUT and DESK, each with workers of its own
    clock     four ticks a second raise the alerts that are due; beside them, each second,
              entered days and absences take effect, alerts that reach nobody go by mail, and
              members are told their tasks when their day begins and ends

Every part is supervised: a fault in one is a pause for this one alone. SIGTERM or SIGINT stops
taking, lets running jobs end for 10 seconds, and closes; a second one ends at once.
"""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, time
from functools import partial

import structlog

from bot.boards import Boards
from bot.changes import log_changes
from bot.channels import Channels, open_channels
from bot.clock import open_clock
from bot.command_lists import CommandLists
from bot.connections import Board
from bot.health import Backlog, Health, serve
from bot.keeping import drop_old_mail
from bot.letters import CatalogueLetters
from bot.metrics import Counts, Metrics
from bot.news import Administrators
from bot.report_ground import ground_of
from bot.schedule import Nightly, Schedule, Weekly, Work
from bot.searchable import read_in
from bot.settings import Settings
from bot.supervise import Run, Supervisor
from bot.terms import (
    alert_channel,
    calendars_of,
    policies_of,
    report_terms,
    undecreed_ahead,
)
from bot.version import okno_version
from inbox.absences import change_over
from inbox.calendars import Calendars
from inbox.flow import escalate, listen
from inbox.held_back import queue_digests
from inbox.inbox import Inbox
from inbox.jobs import Queue
from inbox.mailing_alerts import mail_unreached
from inbox.ports import Clock, Store
from inbox.recounting import keep_calendars
from inbox.report_week import tell_reports
from inbox.task_digests import tell_tasks
from inbox.worker import work
from storage.store import SqlStore, open_store

log = structlog.get_logger(__name__)

LANES = {Queue.IN: 16, Queue.OUT: 4, Queue.DESK: 4, Queue.COPIES: 2, Queue.REPORTS: 2}
PRUNE_AT = time(4)
DIGEST_AT = time(9)
STOPPED_AT_ONCE = 130


def run(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises SettingsFault, or StoreUnavailable at the start."""
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve_until_told(settings))


async def serve_until_told(settings: Settings) -> None:
    """See `run`; inside a running loop, and in the main thread, as it takes the signals."""
    stop = asyncio.Event()
    _stop_on_signals(stop)
    clock, counts = open_clock(settings.clock.file), Counts()
    calendars = calendars_of(settings)
    async with AsyncExitStack() as stack:
        store = await open_store(settings.database.address)
        stack.push_async_callback(store.close)
        channels = open_channels(settings, clock, store)
        stack.push_async_callback(channels.close)
        names = [await known_name(store, *one) for one in (await channels.greet()).items()]
        changed = await log_changes(store, settings, calendars, clock.now())
        inbox = _inbox(settings, clock, store, channels, calendars)
        inbox = replace(inbox, join_link=join_link(names[0]), meter=counts)
        channels.desk.attach(inbox, ground_of(settings))
        await channels.desk.places.find_out()
        freed = await store.release_abandoned()
        log.info("Okno runs.", version=okno_version(), channels=list(channels.connectors))
        if freed:
            log.info("What was under way when the process died runs again.", jobs=freed)
        for entry in changed:
            log.info("The settings changed.", before=entry.before, after=entry.after)
        for year in undecreed_ahead(calendars, clock.now()):
            log.warning(
                "The official calendar is not decreed yet: holidays are the standing ones.",
                year=year,
            )
        await _run_parts(settings, inbox, store, channels, counts=counts, stop=stop)
    log.info("Okno has stopped.")


def _inbox(
    settings: Settings, clock: Clock, store: SqlStore, channels: Channels, calendars: Calendars
) -> Inbox:
    return Inbox(
        store=store,
        desk=channels.desk,
        connectors=channels.connectors,
        clock=clock,
        calendars=calendars,
        policies=policies_of(settings),
        channel_managers=channels.managers,
        letters=CatalogueLetters(settings.studio.language),
        alert_channel=alert_channel(settings),
        off_hours_reply=settings.out_of_hours.reply,
        greeting=settings.telegram.greeting,
        send_delay=settings.desk.send_delay,
        reports=report_terms(settings),
    )


async def known_name(store: Store, bot_id: int, name: str) -> str:
    """The bot's name, or the last known one where Telegram does not tell it now."""
    key = f"bot_name:{bot_id}"
    async with store.begin() as t:
        if name:
            await t.save_form(key, name)
        return name or await t.form(key) or ""


def join_link(name: str) -> str:
    """The beginning of a personal link to the bot of this name; "" where it is not known."""
    return f"https://t.me/{name}?start=link_" if name else ""


async def _run_parts(
    settings: Settings,
    inbox: Inbox,
    store: SqlStore,
    channels: Channels,
    *,
    counts: Counts,
    stop: asyncio.Event,
) -> None:
    board = Board(inbox.clock, channels.troubles)
    news = Administrators(store, channels.desk, inbox.clock)
    await news.remember()

    async def tick() -> None:
        board.look()
        await news.remember()
        await channels.desk.places.look()
        await escalate(inbox)

    nightly = (_pruning(settings, store, inbox.clock), _digests(settings, inbox))
    weekly = (_reports(settings, inbox),)
    schedule = Schedule(inbox.clock, store, tick, nightly, weekly, _chores(inbox))
    await schedule.do_chores()
    await schedule.catch_up()
    supervisor = Supervisor(board, news)
    lists, boards = CommandLists(channels.bots, store), Boards(channels.bots[-1], inbox)
    others: dict[str, Run] = {"command lists": lists.keep, "boards": boards.keep}
    async with AsyncExitStack() as stack:
        if settings.health.port is not None:
            health = Health(board, partial(_backlog, store), schedule.seconds_since_tick)
            metrics = Metrics(
                counts,
                board,
                lambda: store.gauges(inbox.clock.now()),
                lambda: channels.unheard,
                tuple(channels.connectors),
                schedule.seconds_since_tick,
            )
            await stack.enter_async_context(
                serve(health, settings.health.host, settings.health.port, metrics)
            )
        stack.callback(schedule.start())
        async with asyncio.TaskGroup() as group:
            parts = [
                group.create_task(supervisor.keep(name, run), name=name)
                for name, run in {**_parts(inbox), **others}.items()
            ]
            await stop.wait()
            log.info("Stopping: running jobs may end.")
            for part in parts:
                part.cancel()


def _chores(inbox: Inbox) -> dict[str, Work]:
    """What follows from days entered, from absences, from a desk that reaches nobody, from a day
    that begins or ends, and from messages that are older than the search."""
    return {
        "calendars": partial(keep_calendars, inbox),
        "absences": partial(change_over, inbox),
        "alerts by mail": partial(mail_unreached, inbox),
        "tasks of the day": partial(tell_tasks, inbox),
        "older messages": partial(read_in, inbox.store),
    }


def _parts(inbox: Inbox) -> dict[str, Run]:
    listeners: dict[str, Run] = {
        channel_id: partial(listen, inbox, connector)
        for channel_id, connector in inbox.connectors.items()
    }
    workers: dict[str, Run] = {
        f"queue {queue}": partial(work, inbox, queue, lanes) for queue, lanes in LANES.items()
    }
    return {**listeners, **workers}


async def _backlog(store: SqlStore) -> Backlog:
    stats = await store.stats()
    return Backlog(sum(stats.depth.values()), max(stats.oldest.values(), default=0.0))


def _pruning(settings: Settings, store: SqlStore, clock: Clock) -> Nightly:
    async def prune() -> None:
        log.info("Keys of finished jobs forgotten.", count=await store.prune())
        await drop_old_mail(store, clock.now() - settings.retention.raw_mail)

    return Nightly("prune", PRUNE_AT, settings.studio.zone, prune)


def _digests(settings: Settings, inbox: Inbox) -> Nightly:
    async def digest() -> None:
        log.info("Newsletters are listed.", readers=await queue_digests(inbox))

    return Nightly("digest", DIGEST_AT, settings.studio.zone, digest)


def _reports(settings: Settings, inbox: Inbox) -> Weekly:
    async def tell(slot: datetime) -> None:
        if put := await tell_reports(inbox, slot):
            log.info("The week's reports are made.", number=put)

    weekday, at = settings.report.at
    return Weekly("week report", weekday, at, settings.studio.zone, tell)


def _stop_on_signals(stop: asyncio.Event) -> None:
    def told() -> None:
        if stop.is_set():
            os._exit(STOPPED_AT_ONCE)
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told)


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's where it is installed (extra okno[fast]): an eighth more messages a second."""
    try:
        import uvloop  # noqa: PLC0415 - an optional extra
    except ImportError:
        return None
    return uvloop.new_event_loop
