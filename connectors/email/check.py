"""Says whether a mailbox works, by using it: a short sentence, or what is wrong with it."""

from __future__ import annotations

from connectors.email.config import MailboxSettings
from connectors.email.faults import LoginRefused, MailFault, Refused
from connectors.email.folders import sent_folder
from connectors.email.login import tokens_of
from connectors.email.session import ImapSession
from connectors.email.smtp import SmtpSession
from inbox.errors import ChannelPaused, Fault, SendFailed

MEGABYTE = 1024 * 1024


async def check_imap(settings: MailboxSettings, name: str = "") -> str:
    """Log in, list, open each folder: "IDLE, 5 folders, Sent: Отправленные".

    `name`: the mailbox's in the settings, for what is said of a missing consent.

    Raises ChannelPaused with LOGIN_FAILED, REFUSED (a folder) or UNREACHABLE and the server's
    text, never with a secret.
    """
    try:
        tokens = tokens_of(settings, name, asking=False)
        session = await ImapSession.open(settings.imap, tokens=tokens)
        try:
            folders = await session.folders()
            for folder in settings.folders:
                await _open(session, folder)
        finally:
            await session.close()
    except LoginRefused as error:
        raise ChannelPaused(Fault.LOGIN_FAILED, error.reason) from None
    except MailFault as error:
        raise ChannelPaused(Fault.UNREACHABLE, error.reason) from None
    news = "IDLE" if session.can_idle else f"no IDLE, asked every {settings.poll_seconds:g} s"
    number = "1 folder" if len(folders) == 1 else f"{len(folders)} folders"
    return f"{news}, {number}, Sent: {sent_folder(folders) or 'none'}"


async def _open(session: ImapSession, name: str) -> None:
    try:
        await session.select(name)
    except Refused as error:
        raise ChannelPaused(Fault.REFUSED, f"folder {name}: {error.reason}") from None


async def check_smtp(settings: MailboxSettings, name: str = "") -> str:
    """Log in without sending anything: "login accepted, up to 50 MB a mail".

    Raises ChannelPaused with LOGIN_FAILED, REFUSED or UNREACHABLE and the server's text.
    """
    try:
        tokens = tokens_of(settings, name, asking=False)
        session = await SmtpSession.open(settings.smtp, tokens=tokens)
    except SendFailed as error:
        raise ChannelPaused(error.fault, error.detail) from None
    limit = session.size_limit
    await session.close()
    return f"login accepted, {f'up to {limit // MEGABYTE} MB' if limit else 'any size'} a mail"
