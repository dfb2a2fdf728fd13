"""What a reader should know of a message before trusting it: the lines of a card."""

from __future__ import annotations

from collections.abc import Sequence

from bot.rich import Rich, one_line
from bot.texts import Say, mark

_ABOUT_LIMIT = 80  # UTF-16 units
_MOST_LINES = 5
_TEXTS = {
    "look_alike": mark("⚠️ The sender's domain looks like {about}, but is another one"),
    "look_alike_own": mark("⚠️ The sender's domain looks like our own {about}, but is another one"),
    "name_shows": mark("⚠️ The sender's name shows another address: {about}"),
    "dmarc_failed": mark("⚠️ The sender may be forged: DMARC failed"),
    "spf_failed": mark("⚠️ The sender may be forged: SPF failed"),
    "dkim_failed": mark("⚠️ The sender may be forged: the DKIM signature is wrong"),
    "incomplete": mark("⚠️ The mail could not be read whole; the original is attached"),
    "encrypted": mark("🔒 The mail is encrypted, unreadable here; the original is attached"),
    "signed": mark("🔏 Signed; the signature was not checked"),
    "cc_only": mark("ℹ️ We are only in Cc: the mail is addressed to others"),
}


def soft(warnings: Sequence[str]) -> bool:
    """Whether the message is to make no sound: it is addressed to others."""
    return "cc_only" in warnings


def caution_lines(say: Say, warnings: Sequence[str]) -> Rich:
    """One line for each code of InboundMessage.warnings; one of a newer version as it is."""
    lines = [_line(say, warning) for warning in warnings[:_MOST_LINES]]
    return Rich("\n".join(lines))


def _line(say: Say, warning: str) -> str:
    code, _, about = warning.partition(":")
    text = _TEXTS.get(code)
    shown = one_line(about, _ABOUT_LIMIT)
    return f"⚠️ {one_line(warning, _ABOUT_LIMIT)}" if text is None else say(text, about=shown)
