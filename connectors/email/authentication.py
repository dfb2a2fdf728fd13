"""What our own server found out about a sender (RFC 8601), and who pretends to be another."""

from __future__ import annotations

import re
from collections.abc import Iterable

from connectors.email.headers import Headers, Mailbox, one_line, to_text
from connectors.email.nature import own_domains
from inbox.lookalikes import looks_like

_COMMENT = re.compile(r"\([^()]*\)")
_RESULT = re.compile(r"^\s*(spf|dkim|dmarc)\s*=\s*([a-z]+)", re.IGNORECASE)
_FAILED = frozenset(("fail", "hardfail", "permerror"))
_SHOWN_ADDRESS = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63})+")
_PROVIDERS = {
    "yandex": ("yandex.net", "yandex.ru"),
    "mail.ru": ("mail.ru",),
    "gmail": ("mx.google.com",),
    "google": ("mx.google.com",),
    "office365": ("protection.outlook.com", ""),
    "outlook": ("protection.outlook.com", ""),
}
_MAX_FIELDS = 20


def own_servers(imap_host: str, address: str, authserv_id: str | None = None) -> frozenset[str]:
    """Names by which the server that took our mail in may sign its findings.

    Where `authserv_id` is set, it alone is believed. Else our provider's names, the domain of the
    IMAP host and that of the mailbox; a server's name may stand below one of these. "" stands for
    Microsoft 365, which signs with no name.
    """
    if authserv_id:
        return frozenset((authserv_id.lower(),))
    host = imap_host.lower().rstrip(".")
    names = {host, host.partition(".")[2] if host.count(".") > 1 else host}
    names.add(address.rpartition("@")[2].lower())
    for word, servers in _PROVIDERS.items():
        if word in host:
            names |= set(servers)
            break
    else:
        names.discard("")
    return frozenset(names)


def failures(headers: Headers, servers: frozenset[str]) -> tuple[str, ...]:
    """Of "dmarc_failed", "spf_failed", "dkim_failed" those that our own server found.

    Only the topmost field of ours counts: anybody may write such fields, and ours stands above.
    Where DMARC passed, a forwarder's broken SPF says nothing; so does one of several signatures
    that does not hold while another does.
    """
    found = _results(headers, servers)
    if "pass" in found.get("dmarc", ()):
        return ()
    failed = [
        f"{method}_failed"
        for method in ("dmarc", "spf", "dkim")
        if _FAILED & found.get(method, set()) and "pass" not in found[method]
    ]
    return tuple(failed)


def _results(headers: Headers, servers: frozenset[str]) -> dict[str, set[str]]:
    for raw in headers.all("authentication-results")[:_MAX_FIELDS]:
        text = _COMMENT.sub(" ", one_line(to_text(raw[:8_192])))
        first, *clauses = text.split(";")
        words = first.split()
        named = bool(words) and not _RESULT.match(first)
        server = words[0].lower().rstrip(".") if named else ""
        if not _is_ours(server, servers):
            continue
        found: dict[str, set[str]] = {}
        for clause in clauses if named else [first, *clauses]:
            result = _RESULT.match(clause)
            if result:
                found.setdefault(result[1].lower(), set()).add(result[2].lower())
        return found
    return {}


def _is_ours(server: str, servers: frozenset[str]) -> bool:
    if not server:
        return "" in servers
    return any(server == one or server.endswith(f".{one}") for one in servers if one)


def pretences(sender: Mailbox, own_addresses: frozenset[str], shown: str) -> Iterable[str]:
    """Codes for a domain like our own, and for a name that shows another address (`shown`: as
    the sender wrote the name)."""
    domain = sender.address.rpartition("@")[2]
    like = looks_like(domain, own_domains(own_addresses))
    if like is not None:
        yield f"look_alike_own:{like}"
    in_name = _SHOWN_ADDRESS.search(shown)
    if in_name and in_name[0].casefold().rpartition("@")[2] != domain:
        yield f"name_shows:{in_name[0][:100]}"
