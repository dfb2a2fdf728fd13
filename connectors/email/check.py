"""Says whether a mailbox works, by using it: a short sentence, or what is wrong with it."""

from __future__ import annotations

from connectors.email.config import MailboxSettings
from connectors.email.faults import LoginRefused, MailFault, Refused
from connectors.email.folders import sent_folder
from connectors.email.login import tokens_of
from connectors.email.session import ImapSession
from connectors.email.smtp import SmtpSession
from inbox.errors import ChannelPaused, Fault, SendFailed
from inbox.phrases import Phrase

MEGABYTE = 1024 * 1024


async def check_imap(settings: MailboxSettings, name: str = "") -> str:
    """Log in, list, open each folder: "IDLE, 5 folders, Sent: Отправленные".

    `name`: the mailbox's in the settings, for what is said of a missing consent.

    Raises ChannelPaused with LOGIN_FAILED, CONSENT_NEEDED, REFUSED (a folder) or UNREACHABLE and
    the server's text, never with a secret.
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
        raise ChannelPaused(error.fault, error.reason) from None
    except MailFault as error:
        raise ChannelPaused(Fault.UNREACHABLE, error.reason) from None
    seconds = f"{settings.poll_seconds:g}"
    return Phrase(
        "{news}, {folders}, Sent: {sent}",
        news="IDLE"
        if session.can_idle
        else Phrase("no IDLE, asked every {seconds} s", seconds=seconds),
        folders=Phrase.many("{number} folder", "{number} folders", len(folders)),
        sent=sent_folder(folders) or Phrase("none"),
    )


async def _open(session: ImapSession, name: str) -> None:
    try:
        await session.select(name)
    except Refused as error:
        raise ChannelPaused(
            Fault.REFUSED, Phrase("folder {name}: {words}", name=name, words=error.reason)
        ) from None


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
    if not limit:
        return Phrase("login accepted, any size a mail")
    return Phrase("login accepted, up to {size} MB a mail", size=limit // MEGABYTE)
