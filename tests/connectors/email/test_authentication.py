"""Whose findings about a sender are believed, and which become a warning."""

from __future__ import annotations

import pytest

from connectors.email.authentication import own_servers
from connectors.email.parse import parse_mail
from inbox.model import InboundMessage
from tests.connectors.email.mails import OWN, RECEIVED

OURS = frozenset({"studio.ru"})


def warnings(
    *fields: str, servers: frozenset[str] = OURS, sender: str = "x@bank.example"
) -> set[str]:
    """The codes for a mail with these further header fields."""
    head = "\r\n".join((*fields, f"From: {sender}", "Subject: s"))
    got = parse_mail(
        f"{head}\r\n\r\nhi".encode(),
        channel_id="email:info",
        own_addresses=OWN,
        received_at=RECEIVED,
        note={},
        servers=servers,
    )
    assert isinstance(got, InboundMessage)
    return set(got.warnings)


@pytest.mark.parametrize(
    ("results", "codes"),
    [
        ("spf=pass; dkim=pass; dmarc=pass", set()),
        ("spf=fail; dkim=pass; dmarc=pass", set()),  # forwarded
        ("spf=fail smtp.mailfrom=x; dkim=none", {"spf_failed"}),
        ("spf=softfail; dkim=none", set()),
        ("spf=pass; dkim=fail reason=x", {"dkim_failed"}),
        ("dkim=fail header.d=list; dkim=pass header.d=bank.example", set()),
        ("spf=pass; dkim=permerror", {"dkim_failed"}),
        ("dmarc=fail (p=reject; dis=none) header.from=bank.example", {"dmarc_failed"}),
        ("SPF=FAIL;DKIM=FAIL;DMARC=FAIL", {"spf_failed", "dkim_failed", "dmarc_failed"}),
        ("none", set()),
    ],
)
def test_what_our_own_server_found(results: str, codes: set[str]) -> None:
    assert warnings(f"Authentication-Results: mx.studio.ru; {results}") == codes
    assert warnings(f"Authentication-Results: mx.studio.ru 1;\r\n {results}") == codes


def test_what_others_say_is_not_believed() -> None:
    assert warnings("Authentication-Results: mx.evil.example; spf=fail; dmarc=fail") == set()
    assert warnings("Authentication-Results: notstudio.ru; dmarc=fail") == set()


def test_only_the_topmost_of_ours_counts() -> None:
    ours, forged = "mx.studio.ru; dmarc=fail", "mx.studio.ru; dmarc=pass"
    fields = (f"Authentication-Results: {ours}", f"Authentication-Results: {forged}")
    assert warnings(*fields) == {"dmarc_failed"}


def test_whose_findings_are_ours() -> None:
    yandex = own_servers("imap.yandex.ru", "info@studio.ru")
    name = "mail-nwsmtp-mxfront-production-main-52.myt.yp-c.yandex.net"
    assert warnings(f"Authentication-Results: {name}; dmarc=fail", servers=yandex) == {
        "dmarc_failed"
    }
    microsoft = own_servers("outlook.office365.com", "info@studio.ru")
    unnamed = (
        "Authentication-Results: spf=fail (sender IP is 203.0.113.1) smtp.mailfrom=x; dkim=none"
    )
    assert warnings(unnamed, servers=microsoft) == {"spf_failed"}
    assert warnings(unnamed, servers=yandex) == set()
    assert own_servers("imap.x.ru", "info@studio.ru") == {"imap.x.ru", "x.ru", "studio.ru"}
    assert own_servers("imap.x.ru", "info@studio.ru", "MX.Own") == {"mx.own"}


def test_a_domain_like_ours_and_a_name_that_shows_another_address() -> None:
    assert warnings(sender="Boss <boss@studlo.ru>") == {"look_alike_own:studio.ru"}
    assert warnings(sender='"info@studio.ru" <x@bank.example>') == {"name_shows:info@studio.ru"}
    assert warnings(sender='"x@bank.example" <x@bank.example>') == set()
    assert warnings(sender="Anna <anna@studio.ru>") == set()


def test_an_answer_wanted_elsewhere_is_said_of_persons_alone() -> None:
    assert warnings("Reply-To: y@bank.example") == set()
    assert warnings("Reply-To: X@bank.example") == set()
    assert warnings("Reply-To: list@bank.example", "List-Id: <l.bank.example>") == set()
