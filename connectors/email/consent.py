"""Takes a person through letting us into a mailbox, at a terminal."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from connectors.email.config import MailboxSettings
from connectors.email.google import GoogleTokens
from connectors.email.login import Tokens, tokens_of
from connectors.email.microsoft import MicrosoftTokens
from inbox.phrases import Phrase


async def consent(
    settings: MailboxSettings,
    name: str,
    *,
    show: Callable[[str], object],
    ask: Callable[[str], str],
    tokens: Tokens | None = None,
) -> None:
    """Have the consent given and kept; a token was got with it.

    Raises ConsentNeeded where it was not given, SessionLost where the provider does not answer,
    ValueError for a mailbox with a password.
    """
    tokens = tokens or tokens_of(settings, name, asking=False)
    match tokens:
        case MicrosoftTokens():
            await tokens.begin()
            show(Phrase("Open this page and enter the code: {code}", code=tokens.code))
            await tokens.finish()
        case GoogleTokens():
            show(Phrase("Open this page as {address}, and agree:", address=settings.address))
            show(f"\n{tokens.consent_page}\n")
            show(Phrase("The browser then ends at a page that does not load; copy its address."))
            await tokens.finish(await asyncio.to_thread(ask, Phrase("Its address")))
        case _:
            raise ValueError(f"{settings.address} logs in with a password")
    await tokens.token()
