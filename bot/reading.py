"""A message as a whole: links written out, quoted history below; and its original."""

from __future__ import annotations

from bot.rich import Rich, joined, one_line
from bot.texts import Say
from inbox.model import Attachment, InboundMessage, Media

NAME_LIMIT = 80  # UTF-16 units


def whole(say: Say, message: InboundMessage) -> Rich:
    """All of the text, with the addresses that its links lead to, and all it quotes."""
    quoted = Rich.foreign(message.quoted)
    title = Rich(say("Quoted:")).styled("bold") if quoted.text else Rich()
    text = linked(Rich.foreign(message.text, message.entities))
    return joined([text, title, quoted], "\n\n")


def linked(text: Rich) -> Rich:
    """Behind each linked word the address, unless the word is the address."""
    links = [one for one in text.entities if one.kind == "text_link" and one.url]
    for link in sorted(links, key=lambda one: -(one.offset + one.length)):
        start, end = link.offset, link.offset + link.length
        url = link.url or ""
        if text.part(start, end).text.strip("/ ") not in {url.strip("/ "), _bare(url)}:
            rest = text.part(end, text.units)
            text = text.part(0, end) + f" ({one_line(url, 2000)})" + rest
    return text


def _bare(url: str) -> str:
    return url.partition("://")[2].strip("/ ")


def original(message: InboundMessage) -> Attachment:
    """The mail as it came, for its connector to fetch."""
    name = one_line(message.subject or "", NAME_LIMIT) or "mail"
    origin = message.channel_id
    return Attachment(Media.DOCUMENT, f"{name}.eml", "message/rfc822", None, origin, "eml")
