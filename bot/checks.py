"""What `okno check` tries: everything that the settings name, by using it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from aiogram import Bot, exceptions

from bot.checks_clock import (
    check_alerts,
    check_calendars,
    check_ladders,
    check_names,
    check_report,
)
from bot.checks_telegram import abilities
from bot.clock import open_clock
from bot.finding import Finding
from bot.settings import Settings
from bot.texts import Say
from bot.wording import trouble
from connectors.email import check_imap, check_smtp
from connectors.email.config import MailboxSettings
from connectors.telegram import open_bot
from inbox.errors import OknoError, StoreUnavailable
from inbox.model import Client, Manager, Role
from inbox.phrases import Phrase
from storage.store import open_store

ANSWER_WITHIN = 20.0  # seconds


async def check_all(settings: Settings, say: Say) -> AsyncIterator[Finding]:
    """Try one thing after another; a failed one does not keep the others from their turn.

    What is tried is named by phrases, and by the tables of the settings file.
    """
    yield Finding(Phrase("settings"), f"{settings.studio.name}, {settings.studio.timezone}")
    staff: tuple[Manager, ...] | None = None
    clients: tuple[Client, ...] = ()
    try:
        store = await open_store(settings.database.address, exclusive=False)
    except StoreUnavailable as error:
        fix = Phrase("Check [database] in the settings.")
        yield Finding(Phrase("database"), trouble(say, error), fix)
    else:
        try:
            yield _sound(await store.check())
            async with store.begin() as t:
                staff = await t.staff()
                clients = tuple(client for client, _ in await t.clients())
        finally:
            await store.close()
    if staff is not None:
        yield _team(staff, settings)
        for found in (
            *check_ladders(staff, settings),
            *check_names(staff, clients, settings),
            *check_alerts(staff, settings),
            *check_report(staff, settings),
        ):
            yield found
    async for finding in _telegram(settings):
        yield finding
    for name, mailbox in settings.mailboxes.items():
        async for finding in _mailbox(name, mailbox, say):
            yield finding
    for found in check_calendars(settings, say, open_clock(settings.clock.file).now()):
        yield found
    if settings.clock.file is not None:
        fix = Phrase("Remove file from [clock] to go live.")
        yield Finding(Phrase("clock"), Phrase("turned by a file"), fix)


def _sound(problems: tuple[str, ...]) -> Finding:
    if not problems:
        return Finding(Phrase("database"), Phrase("sound"))
    fix = Phrase("Keep a copy of the database, and report this with it.")
    return Finding(Phrase("database"), "; ".join(problems[:5]), fix)


def _team(staff: tuple[Manager, ...], settings: Settings) -> Finding:
    active = [one for one in staff if one.active]
    names = {one.name.casefold() for one in active if one.role is not Role.CHAT}
    wanted = {box.manager for box in settings.mailboxes.values() if box.manager is not None}
    strangers = sorted(name for name in wanted if name.casefold() not in names)
    if strangers:
        fix = f'okno team add --name "{strangers[0]}" --telegram-id ...'
        return Finding(
            Phrase("team"),
            Phrase("a mailbox's manager is missing: {name}", name=strangers[0]),
            fix,
        )
    if not any(one.role in {Role.HEAD, Role.ADMIN} for one in active):
        fix = 'okno team add --name "..." --telegram-id ... --role head'
        return Finding(Phrase("team"), Phrase("there is no head and no admin"), fix)
    return Finding(Phrase("team"), ", ".join(f"{one.name} ({one.role})" for one in active))


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
                me = await bot.get_me()
                found = [Finding(key, f"@{me.username}"), *abilities(me, key, settings)]
                found.append(await _webhook(bot, key, polled=polled))
        except exceptions.TelegramUnauthorizedError:
            fix = Phrase(
                "Ask @BotFather for the present token, and put it into {key}.token.", key=key
            )
            found = [Finding(key, Phrase("Telegram does not know this token"), fix)]
        except (exceptions.AiogramError, OSError, TimeoutError) as error:
            fix = Phrase(
                "Check the connection, and telegram.api and telegram.proxy in the settings."
            )
            found = [Finding(key, Phrase("no answer ({fault})", fault=type(error).__name__), fix)]
        finally:
            await bot.session.close()
        for finding in found:
            yield finding


async def _webhook(bot: Bot, key: str, *, polled: bool) -> Finding:
    info = await bot.get_webhook_info()
    what = Phrase("{key} updates", key=key)
    if polled and info.url:
        fix = Phrase('Remove its webhook (deleteWebhook of the Bot API), or set mode = "webhook".')
        return Finding(what, Phrase("another program gets the updates by webhook"), fix)
    if info.last_error_message and not polled:
        fix = Phrase("Check telegram.webhook.url, and the proxy before it.")
        return Finding(what, info.last_error_message, fix)
    if polled:
        return Finding(what, Phrase("by polling"))
    number = info.pending_update_count
    return Finding(what, Phrase("by webhook, {number} wait", number=number))


async def _mailbox(name: str, mailbox: MailboxSettings, say: Say) -> AsyncIterator[Finding]:
    for kind, attempt in (("imap", check_imap), ("smtp", check_smtp)):
        what = f"mailboxes.{name}.{kind}"
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                says = await attempt(mailbox, name)
        except TimeoutError:
            yield Finding(what, Phrase("no answer"), Phrase("Check {key}.host.", key=what))
        except OknoError as error:
            fix = Phrase("Check user, password, host, port and security in [{key}].", key=what)
            if mailbox.auth != "password":
                fix = Phrase("Sign in again: {command}", command=f"okno mailbox login {name}")
            yield Finding(what, trouble(say, error), fix)
        else:
            yield Finding(what, says)
