"""Says whether a mailbox works, by using it: a short sentence, or what is wrong with it."""

from __future__ import annotations

from connectors.email.config import MailboxSettings
from connectors.email.faults import LoginRefused, MailFault, Refused
from connectors.email.folders import sent_folder
from connectors.email.session import ImapSession
from connectors.email.smtp import SmtpSession
from inbox.errors import ChannelPaused, Fault, SendFailed

MEGABYTE = 1024 * 1024


async def check_imap(settings: MailboxSettings) -> str:
    """Log in, list, open each folder: "IDLE, 5 folders, Sent: Отправленные".

    Raises ChannelPaused with LOGIN_FAILED, REFUSED (a folder) or UNREACHABLE and the server's
    text, never with a secret.
    """
    try:
        session = await ImapSession.open(settings.imap)
        try:
            folders = await session.folders()
            for name in settings.folders:
                await _open(session, name)
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


async def check_smtp(settings: MailboxSettings) -> str:
    """Log in without sending anything: "login accepted, up to 50 MB a mail".

    Raises ChannelPaused with LOGIN_FAILED, REFUSED or UNREACHABLE and the server's text.
    """
    try:
        session = await SmtpSession.open(settings.smtp)
    except SendFailed as error:
        raise ChannelPaused(error.fault, error.detail) from None
    limit = session.size_limit
    await session.close()
    return f"login accepted, {f'up to {limit // MEGABYTE} MB' if limit else 'any size'} a mail"
