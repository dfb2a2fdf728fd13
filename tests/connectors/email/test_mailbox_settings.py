"""Settings of a mailbox: what is refused is named, and no secret is shown."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from connectors.email.config import MailboxSettings, ServerSettings

SERVER = {"host": "imap.studio.ru", "user": "info", "password": "s3cret-word"}


def server(**more: Any) -> ServerSettings:
    return ServerSettings(**(SERVER | more))


def mailbox(**more: Any) -> MailboxSettings:
    values = {"address": "info@studio.ru", "imap": SERVER, "smtp": SERVER} | more
    return MailboxSettings(**values)


def test_tls_is_the_default() -> None:
    assert server().security == "tls"


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.8.9.1", "::1", "[::1]"])
def test_this_machine_may_be_spoken_to_in_the_clear(host: str) -> None:
    assert server(host=host, security="none").host == host


@pytest.mark.parametrize("host", ["imap.studio.ru", "10.0.0.5", "127.0.0.1.evil.test"])
def test_a_password_never_goes_out_in_the_clear(host: str) -> None:
    with pytest.raises(ValidationError, match="in the clear"):
        server(host=host, security="none")


@pytest.mark.parametrize(
    "wrong",
    [
        {"port": 0},
        {"port": 70_000},
        {"host": " "},
        {"user": "a\r\nb"},
        {"password": ""},
        {"password": "s3cret-word\r\nA1 DELETE INBOX"},
        {"ca_file": Path("/nowhere/ca.pem")},
        {"tls": True},
    ],
    ids=str,
)
def test_a_faulty_server_is_refused_without_showing_the_password(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError) as caught:
        server(**wrong)
    assert "s3cret-word" not in str(caught.value)


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "info"},
        {"address": "a@b@c"},
        {"address": "a b@c.ru"},
        {"address": "info@studio.ru\r\nBcc: x@y.z"},
        {"name": "Studio\r\nBcc: x@y.z"},
        {"folders": ()},
        {"folders": ("INBOX", "INBOX")},
        {"folders": ("A\r\nB",)},
        {"timezone": "Moscow"},
        {"sent_copy": "maybe"},
        {"sent_copy_delay": 21},
        {"poll_seconds": 0},
        {"max_size": 10},
        {"colour": "red"},
    ],
    ids=str,
)
def test_a_faulty_mailbox_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        mailbox(**wrong)


def test_a_mailbox_shows_no_password() -> None:
    assert "s3cret-word" not in repr(mailbox())
