"""What a domain's own autoconfig file says of its mail servers (Mozilla's format, version 1.1).

The file is a stranger's: it is bounded, without a document type, and its words are only taken
where they are host names, ports and the kinds of security that we speak.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree import ElementTree

from connectors.email.presets import Place, Security

MOST_BYTES = 65_536
_SECURITY: dict[str, Security] = {"SSL": "tls", "STARTTLS": "starttls"}
_HOST = re.compile(r"(?=.{1,253}\Z)(?!-)[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+", re.IGNORECASE)
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Servers:
    """Both servers of a mailbox, and the user name each wants."""

    imap: Place
    smtp: Place
    imap_user: str
    smtp_user: str


def is_host(name: str) -> bool:
    """Whether this is a name in DNS with two labels at least, and no address in numbers."""
    return _HOST.fullmatch(name) is not None and not name.rpartition(".")[2].isdigit()


def parse(document: bytes, address: str) -> Servers | None:
    """The first IMAP and the first SMTP server with encryption; None where there are not both."""
    if len(document) > MOST_BYTES or _DECLARES.search(document):
        return None
    try:
        root = ElementTree.fromstring(document)  # noqa: S314 - no document type: see above
    except (ElementTree.ParseError, ValueError, LookupError):
        return None
    imap = _first(root, "incomingServer", "imap", address)
    smtp = _first(root, "outgoingServer", "smtp", address)
    if imap is None or smtp is None:
        return None
    return Servers(imap[0], smtp[0], imap[1], smtp[1])


def _first(
    root: ElementTree.Element, tag: str, kind: str, address: str
) -> tuple[Place, str] | None:
    for server in root.iterfind(f"emailProvider/{tag}[@type='{kind}']"):
        security = _SECURITY.get((server.findtext("socketType") or "").strip().upper())
        host = _filled(server.findtext("hostname"), address)
        port = (server.findtext("port") or "").strip()
        user = _filled(server.findtext("username") or "%EMAILADDRESS%", address)
        known = is_host(host) and port.isascii() and port.isdigit() and 0 < int(port) <= 65535
        if security is not None and known and user.isprintable() and 0 < len(user) <= 320:
            return Place(host.lower(), security, int(port)), user
    return None


def _filled(text: str | None, address: str) -> str:
    local, _, domain = address.rpartition("@")
    filled = (text or "").strip()[:320]
    for place, value in (
        ("%EMAILADDRESS%", address),
        ("%EMAILLOCALPART%", local),
        ("%EMAILDOMAIN%", domain),
    ):
        filled = filled.replace(place, value)
    return filled
