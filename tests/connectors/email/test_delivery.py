"""Delivery reports: which, of whom, of which mail of ours."""

from __future__ import annotations

import pytest

from inbox.model import Delivery, DeliveryReport, Nature
from tests.connectors.email.mails import message

HEAD = (
    "From: MAILER-DAEMON@mx.example\r\nReturn-Path: <>\r\nMessage-ID: <b@mx.example>\r\n"
    "Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n"
    "--b\r\nContent-Type: text/plain\r\n\r\nWords of {name}.\r\n--b\r\n"
    "Content-Type: message/delivery-status\r\n\r\n"
)
RETURNED = (
    "\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <ours@studio.ru>\r\n--b--\r\n"
)


def report(status: str) -> DeliveryReport | None:
    """What a delivery status of these groups, apart by an empty line, says."""
    groups = status.replace("\n", "\r\n")
    got = message((HEAD.format(name="the server") + groups + RETURNED).encode())
    assert got.thread_ids == ("<b@mx.example>", "<ours@studio.ru>")
    assert (got.nature is Nature.BOUNCE) == (got.delivery is not None)
    return got.delivery


def failed(recipient: str, status: str, text: str = "") -> DeliveryReport:
    return DeliveryReport(Delivery.FAILED, recipient, status, text, "<ours@studio.ru>")


PER_MESSAGE = "Reporting-MTA: dns; mx.example\n\n"


@pytest.mark.parametrize(
    ("status", "told"),
    [
        (
            (
                "Final-Recipient: rfc822; Ivan@Client.Example\nAction: failed\nStatus: 5.1.1\n"
                "Diagnostic-Code: smtp; 550 no such user"
            ),
            failed("ivan@client.example", "5.1.1", "550 no such user"),
        ),
        (
            "Final-Recipient: RFC822;<a@b.example>\nAction: failed (bad)\nStatus: 5.7.1 (refused)",
            failed("a@b.example", "5.7.1"),
        ),
        ("Original-Recipient: rfc822;a@b.example\nStatus: 5.0.0", failed("a@b.example", "5.0.0")),
        ("Final-Recipient: a@b.example\nAction: FAILED", failed("a@b.example", "")),
    ],
)
def test_a_mail_that_was_given_up(status: str, told: DeliveryReport) -> None:
    assert report(PER_MESSAGE + status) == told


def test_a_mail_that_is_tried_further() -> None:
    told = report(PER_MESSAGE + "Final-Recipient: rfc822; a@b.example\nAction: delayed\n")
    assert told == DeliveryReport(Delivery.DELAYED, "a@b.example", "", "", "<ours@studio.ru>")
    by_status = report(PER_MESSAGE + "Final-Recipient: rfc822; a@b.example\nStatus: 4.2.2\n")
    assert by_status is not None
    assert by_status.outcome is Delivery.DELAYED


def test_a_failure_among_several_recipients_is_told_before_a_delay_and_a_success() -> None:
    told = report(
        PER_MESSAGE + "Final-Recipient: rfc822; ok@b.example\nAction: delivered\nStatus: 2.0.0\n\n"
        "Final-Recipient: rfc822; slow@b.example\nAction: delayed\nStatus: 4.4.1\n\n"
        "Final-Recipient: rfc822; no@b.example\nAction: failed\nStatus: 5.1.1\n"
    )
    assert told == failed("no@b.example", "5.1.1")


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_a_success_is_no_bounce(action: str) -> None:
    group = f"Final-Recipient: rfc822; ok@b.example\nAction: {action}\nStatus: 2.0.0\n"
    assert report(PER_MESSAGE + group) is None


def test_a_person_who_passes_a_report_on_is_a_person() -> None:
    got = message(
        b"From: Ivan <ivan@client.example>\r\nReturn-Path: <ivan@client.example>\r\n"
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nWhat is this?\r\n--b\r\n"
        b"Content-Type: message/delivery-status\r\n\r\nAction: failed\r\n--b--\r\n"
    )
    assert (got.nature, got.delivery) == (Nature.PERSON, None)


def test_words_of_a_mail_system_that_tell_nothing_are_still_a_bounce() -> None:
    got = message(b"From: MAILER-DAEMON@mx.example\r\nSubject: ?\r\n\r\nSomething happened.")
    assert (got.nature, got.delivery) == (Nature.BOUNCE, None)
