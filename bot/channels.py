"""Opens what the settings name: the bots, the desk, a connector for each channel."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import structlog
from aiogram import Bot, exceptions

from bot.accounts import StoredAccounts
from bot.desk import STAFF_CHANNEL, TelegramDesk
from bot.report_orders import Kind
from bot.settings import Settings
from bot.settings_faults import SettingsFault
from connectors.email import MailConnector, connect
from connectors.telegram import TelegramConnector, open_bot
from inbox.model import Channel
from inbox.phrases import Phrase
from inbox.ports import Clock, Store

log = structlog.get_logger(__name__)

TELEGRAM_CHANNEL = "telegram"
GREET_WITHIN = 10.0  # seconds; Telegram may be away when we start


@dataclass(frozen=True, slots=True)
class Channels:
    """Everything that is connected; `close` hangs up."""

    bots: tuple[Bot, ...]
    desk: TelegramDesk
    connectors: dict[str, TelegramConnector | MailConnector]
    managers: dict[str, str]

    @property
    def troubles(self) -> dict[str, Callable[[], str]]:
        """By channel: what says why nothing comes through it at present, "" where all is well."""
        return {name: partial(getattr, one, "trouble") for name, one in self.connectors.items()}

    @property
    def unheard(self) -> dict[str, float]:
        """By channel: seconds since its server last answered; those that were never asked have
        none."""
        ages = {name: one.unheard for name, one in self.connectors.items()}
        return {name: age for name, age in ages.items() if age is not None}

    async def greet(self) -> dict[int, str]:
        """Ask Telegram who we are: the bots' names by their ids, the clients' first, "" where it
        does not answer.

        Raises SettingsFault for a token that it does not know.
        """
        names = await asyncio.gather(*(_greet(bot) for bot in self.bots))
        return {bot.id: name for bot, name in zip(self.bots, names, strict=True)}

    async def close(self) -> None:
        """Hang up everywhere."""
        await asyncio.gather(*(one.close() for one in self.connectors.values()))


def open_channels(settings: Settings, clock: Clock, store: Store) -> Channels:
    """Channels by id ("telegram", "staff", "email:NAME"); nothing is connected yet."""
    telegram = settings.telegram
    bot = open_bot(telegram)
    connectors: dict[str, TelegramConnector | MailConnector] = {
        TELEGRAM_CHANNEL: TelegramConnector(
            Channel(TELEGRAM_CHANNEL, "telegram"),
            bot,
            telegram,
            clock.now,
            StoredAccounts(store),
        )
    }
    bots = [bot]
    if telegram.staff is not None:
        # There is one webhook address, and it is the clients'.
        polled = telegram.model_copy(update={"mode": "polling", "webhook": None})
        staff = open_bot(telegram, telegram.staff.token)
        channel = Channel(STAFF_CHANNEL, "telegram")
        connectors[STAFF_CHANNEL] = TelegramConnector(channel, staff, polled, clock.now)
        bots.append(staff)
    managers = {}
    ours = frozenset().union(*(one.own_addresses for one in settings.mailboxes.values()))
    for name, mailbox in settings.mailboxes.items():
        channel = Channel(f"email:{name}", "email")
        stored = partial(_stored_uids, store, channel.id)
        connectors[channel.id] = connect(channel, mailbox, clock, ours, stored)
        if mailbox.manager is not None:
            managers[channel.id] = mailbox.manager
    desks = STAFF_CHANNEL if telegram.staff is not None else TELEGRAM_CHANNEL
    desk = TelegramDesk(
        bots[-1],
        channel_id=desks,
        local_files=telegram.local_files,
        topics=settings.desk.topics == "auto",
        picture=Kind.DARK if settings.report.theme == "dark" else Kind.LIGHT,
    )
    return Channels(tuple(bots), desk, connectors, managers)


async def _stored_uids(
    store: Store, channel_id: str, folder: str, uid_validity: int, since: datetime
) -> frozenset[int]:
    """What of a mailbox's folder is stored, for its hourly comparison."""
    like = {"folder": folder, "uidvalidity": str(uid_validity)}
    async with store.begin() as t:
        return frozenset(map(int, await t.noted(channel_id, "uid", like, since)))


async def _greet(bot: Bot) -> str:
    try:
        async with asyncio.timeout(GREET_WITHIN):
            me = await bot.get_me()
    except exceptions.TelegramUnauthorizedError:
        raise SettingsFault(
            Phrase(
                "Telegram does not know the token of bot {number}. Ask @BotFather for the present"
                " one, and put it into telegram.token or the file that telegram.token_file names.",
                number=bot.id,
            )
        ) from None
    except (exceptions.AiogramError, OSError, TimeoutError) as error:
        log.warning("Telegram does not answer yet; trying on.", error=type(error).__name__)
        return ""
    log.info("Telegram knows us.", bot=f"@{me.username}", id=me.id)
    return me.username or ""
