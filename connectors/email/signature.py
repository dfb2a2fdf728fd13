"""What stands below a manager's reply: the mailbox's signature in the reply's language."""

from __future__ import annotations

import re

from connectors.email.config import MailboxSettings

_PLACE = re.compile(r"\{(name|telegram_link)\}")


def signature(
    settings: MailboxSettings, language: str, author: str, telegram_link: str = ""
) -> str:
    """The signature with its places filled, "" where none is set.

    A line that names what is not known (no Telegram link) is left out. `language`: "ru" or "en";
    where there is no English signature the other one serves. `telegram_link`: the recipient's own,
    which goes before the one that the settings give for everybody.
    """
    template = settings.signature
    if language == "en":
        template = settings.signature_en or template
    link = telegram_link or settings.telegram_link or ""
    known = {"name": " ".join(author.split()), "telegram_link": link}
    lines = [
        _PLACE.sub(lambda found: known[found[1]], line)
        for line in template.strip("\n").splitlines()
        if all(known[place] for place in _PLACE.findall(line))
    ]
    return "\n".join(lines).strip("\n")
