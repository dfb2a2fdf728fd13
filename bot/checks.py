"""What `okno check` tries: everything that the settings name, by using it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

from aiogram import Bot, exceptions

from bot.app import hours_of
from bot.calendar import provisional_years
from bot.clock import open_clock
from bot.settings import Settings
from connectors.email import check_imap, check_smtp
from connectors.email.config import MailboxSettings
from connectors.telegram import open_bot
from inbox.errors import NoWorkingTime, OknoError, StoreUnavailable
from inbox.model import Manager, Role
from storage.store import open_store

ANSWER_WITHIN = 20.0  # seconds
SHOWN = "%a %d %b %Y, %H:%M"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing tried, what it says, and what to do where it is not well."""

    what: str
    says: str
    fix: str = ""

    @property
    def well(self) -> bool:
        """Whether there is nothing to mend."""
        return not self.fix


async def check_all(settings: Settings) -> AsyncIterator[Finding]:
    """Try one thing after another; a failed one does not keep the others from their turn."""
    yield Finding("settings", f"{settings.studio.name}, {settings.studio.timezone}")
    staff: tuple[Manager, ...] | None = None
    try:
        store = await open_store(settings.database.address, exclusive=False)
    except StoreUnavailable as error:
        yield Finding("database", str(error), "Check [database] in the settings.")
    else:
        try:
            yield _sound(await store.check())
            async with store.begin() as t:
                staff = await t.staff()
        finally:
            await store.close()
    if staff is not None:
        yield _team(staff, settings)
    async for finding in _telegram(settings):
        yield finding
    for name, mailbox in settings.mailboxes.items():
        async for finding in _mailbox(name, mailbox):
            yield finding
    yield _calendar(settings)
    if settings.clock.file is not None:
        yield Finding("clock", "turned by a file", "Remove file from [clock] to go live.")


def _sound(problems: tuple[str, ...]) -> Finding:
    if not problems:
        return Finding("database", "sound")
    fix = "Keep a copy of the database, and report this with it."
    return Finding("database", "; ".join(problems[:5]), fix)


def _team(staff: tuple[Manager, ...], settings: Settings) -> Finding:
    active = [one for one in staff if one.active]
    names = {one.name.casefold() for one in active}
    wanted = {box.manager for box in settings.mailboxes.values() if box.manager is not None}
    strangers = sorted(name for name in wanted if name.casefold() not in names)
    if strangers:
        fix = f'okno team add --name "{strangers[0]}" --telegram-id ...'
        return Finding("team", f"a mailbox's manager is missing: {strangers[0]}", fix)
    if not any(one.role is not Role.MANAGER for one in active):
        fix = 'okno team add --name "..." --telegram-id ... --role head'
        return Finding("team", "there is no head and no admin", fix)
    return Finding("team", ", ".join(f"{one.name} ({one.role})" for one in active))


async def _telegram(settings: Settings) -> AsyncIterator[Finding]:
    telegram = settings.telegram
    tokens = {"telegram": telegram.token}
    if telegram.staff is not None:
        tokens["telegram.staff"] = telegram.staff.token
    for key, token in tokens.items():
        polled = telegram.mode == "polling" or key != "telegram"
        bot = open_bot(telegram, token)
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                found = [await _account(bot, key), await _webhook(bot, key, polled=polled)]
        except exceptions.TelegramUnauthorizedError:
            fix = f"Ask @BotFather for the present token, and put it into {key}.token."
            found = [Finding(key, "Telegram does not know this token", fix)]
        except (exceptions.AiogramError, OSError, TimeoutError) as error:
            fix = "Check the connection, and telegram.api and telegram.proxy in the settings."
            found = [Finding(key, f"no answer ({type(error).__name__})", fix)]
        finally:
            await bot.session.close()
        for finding in found:
            yield finding


async def _account(bot: Bot, key: str) -> Finding:
    me = await bot.get_me()
    return Finding(key, f"@{me.username}")


async def _webhook(bot: Bot, key: str, *, polled: bool) -> Finding:
    info = await bot.get_webhook_info()
    what = f"{key} updates"
    if polled and info.url:
        fix = 'Remove its webhook (deleteWebhook of the Bot API), or set mode = "webhook".'
        return Finding(what, "another program gets the updates by webhook", fix)
    if info.last_error_message and not polled:
        fix = "Check telegram.webhook.url, and the proxy before it."
        return Finding(what, info.last_error_message, fix)
    return Finding(
        what, "by polling" if polled else f"by webhook, {info.pending_update_count} wait"
    )


async def _mailbox(name: str, mailbox: MailboxSettings) -> AsyncIterator[Finding]:
    for kind, attempt in (("imap", check_imap), ("smtp", check_smtp)):
        what = f"mailboxes.{name}.{kind}"
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                says = await attempt(mailbox, name)
        except TimeoutError:
            yield Finding(what, "no answer", f"Check {what}.host.")
        except OknoError as error:
            fix = f"Check user, password, host, port and security in [{what}]."
            if mailbox.auth != "password":
                fix = f"Sign in again: okno mailbox login {name}"
            yield Finding(what, str(error), fix)
        else:
            yield Finding(what, says)


def _calendar(settings: Settings) -> Finding:
    now = open_clock(settings.clock.file).now()
    try:
        opening = hours_of(settings).next_opening(now)
    except NoWorkingTime:
        return Finding("hours", "never open", "Name working hours in [hours].")
    except OknoError as error:
        return Finding("hours", str(error), "Check [hours] in the settings.")
    local = opening.astimezone(settings.studio.zone)
    says = "open now" if opening <= now else f"open from {local.strftime(SHOWN)}"
    years = range(now.year, now.year + 2)
    if provisional := provisional_years(settings.hours.country, years):
        says += f"; holidays of {', '.join(map(str, provisional))} are not decreed yet"
    return Finding("hours", says)
