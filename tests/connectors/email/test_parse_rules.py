"""The rules by signal: who wrote, person or machine, when, in which thread."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest

from connectors.email.parse import parse_mail
from inbox.model import InboundMessage, Nature
from tests.connectors.email.mails import RECEIVED, mail, message

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.mark.parametrize(
    ("field", "nature"),
    [
        ("X-Auto-Response-Suppress: All", Nature.PERSON),
        ("Auto-Submitted: no", Nature.PERSON),
        ("Auto-Submitted: auto-replied", Nature.AUTOMATIC),
        ("Auto-Submitted: Auto-Generated; owner=x", Nature.AUTOMATIC),
        ("X-Autoreply: yes", Nature.AUTOMATIC),
        ("X-Autoreply: no", Nature.PERSON),
        ("X-Autorespond: vacation", Nature.AUTOMATIC),
        ("Precedence: bulk", Nature.AUTOMATIC),
        ("Precedence: JUNK", Nature.AUTOMATIC),
        ("Precedence: auto_reply", Nature.AUTOMATIC),
        ("Precedence: list", Nature.NEWSLETTER),
        ("Precedence: first-class", Nature.PERSON),
        ("List-Id: <news.client.example>", Nature.NEWSLETTER),
        ("List-Unsubscribe: <mailto:u@client.example>", Nature.NEWSLETTER),
        ("Return-Path: <>", Nature.AUTOMATIC),
        ("Return-Path: <ivan@client.example>", Nature.PERSON),
        ("Return-Path: <MAILER-DAEMON@client.example>", Nature.BOUNCE),
        ("Content-Type: multipart/report; boundary=b", Nature.AUTOMATIC),
        ("X-Okno: somebody else's copy of our header", Nature.PERSON),
    ],
)
def test_the_signals_of_a_machine(field: str, nature: Nature) -> None:
    got = message(mail("Hello", field))
    assert got.nature is nature
    assert (got.nature_reason == "") == (nature is Nature.PERSON)
    if nature is not Nature.PERSON:
        assert got.nature_reason.split(":")[0].lower() == field.split(":", maxsplit=1)[0].lower()


def from_form(
    sender: str, answer: str, *fields: str, own: str = "info@studio.ru"
) -> tuple[str, Nature]:
    """Sender and nature of a mail that a site's form wrote to the mailbox `own`."""
    head = (f"From: Site <{sender}>", f"Reply-To: Nina <{answer}>", "Message-ID: <f@x>", *fields)
    got = parse_mail(
        "\r\n".join((*head, "", "Words")).encode(),
        channel_id="email:info",
        own_addresses=frozenset({own}),
        received_at=RECEIVED,
        note={},
    )
    assert isinstance(got, InboundMessage)
    return got.sender.address, got.nature


def test_a_form_of_our_own_site_is_the_person_in_reply_to() -> None:
    nina = ("nina@client.example", Nature.PERSON)
    generated = ("Auto-Submitted: auto-generated", "Precedence: bulk", "Return-Path: <>")
    assert from_form("site@studio.ru", "nina@client.example") == nina
    assert from_form("info@studio.ru", "nina@client.example") == nina
    assert from_form("no-reply@studio.ru", "Nina@Client.Example", *generated) == nina
    assert from_form("noreply@forms.example", "nina@client.example") == nina


def test_a_foreign_machine_stays_one_and_a_mere_reply_to_changes_no_sender() -> None:
    generated = "Auto-Submitted: auto-generated"
    assert from_form("noreply@forms.example", "nina@client.example", generated) == (
        "nina@client.example",
        Nature.AUTOMATIC,
    )
    assert from_form("boss@client.example", "nina@else.example")[0] == "boss@client.example"
    assert from_form("noreply@shop.example", "help@mail.shop.example")[0] == "noreply@shop.example"


def test_a_public_provider_is_nobodys_own_domain() -> None:
    asked = from_form("ivan@gmail.com", "ivan@work.example", own="studio@gmail.com")
    assert asked == ("ivan@gmail.com", Nature.PERSON)
    own = from_form("studio@gmail.com", "nina@client.example", own="studio@gmail.com")
    assert own == ("nina@client.example", Nature.PERSON)


@pytest.mark.parametrize(
    ("behind", "hops", "lag"),
    [
        pytest.param({"minutes": 13}, ["{taken}", "{taken}"], {"seconds": 5}, id="a slow clock"),
        pytest.param({"seconds": 30}, ["{taken}"], {"seconds": 30}, id="the way to the server"),
        pytest.param({"minutes": 13}, ["nonsense"], {"minutes": 13}, id="a hop without a date"),
        pytest.param({"minutes": 13}, [], {"minutes": 13}, id="no hop"),
    ],
)
def test_a_slow_clock_dates_no_mail_before_the_first_server_had_it(
    behind: dict[str, float], hops: list[str], lag: dict[str, float]
) -> None:
    taken = format_datetime((RECEIVED - timedelta(seconds=5)).astimezone(MOSCOW))
    fields = [f"Received: from a (b; c)\r\n by d; {hop.format(taken=taken)}" for hop in hops]
    date = f"Date: {format_datetime(RECEIVED - timedelta(**behind))}"
    assert message(mail("Hi", *fields, date)).sent_at == RECEIVED - timedelta(**lag)


@pytest.mark.parametrize(
    ("date", "sent_at"),
    [
        ("Tue, 12 Mar 2024 14:00:00 +0300", datetime(2024, 3, 12, 11, tzinfo=UTC)),
        ("Tue, 12 Mar 2024 11:00:00 -0000", datetime(2024, 3, 12, 11, tzinfo=UTC)),
        ("Tue, 12 Mar 2024 11:00:00 GMT (comment)", datetime(2024, 3, 12, 11, tzinfo=UTC)),
        ("Tue, 12 Mar 2024 12:00:01 +0000", RECEIVED),
        ("Fri, 09 Feb 2024 11:00:00 +0000", RECEIVED),
        ("Mon, 31 Feb 2024 11:00:00 +0000", RECEIVED),
        ("12.03.2024 10:00", RECEIVED),
        ("Tue, 12 Mar 99999 11:00:00 +0000", RECEIVED),
        ("", RECEIVED),
    ],
)
def test_the_date_field_is_believed_only_where_it_is_sane(date: str, sent_at: datetime) -> None:
    assert message(mail("Hello", f"Date: {date}")).sent_at == sent_at


def test_thread_ids_come_nearest_first_and_are_bounded() -> None:
    references = " ".join(f"<r{n}@x>" for n in range(80))
    got = message(mail("Hi", f"References: {references} <{'l' * 999}@x>", "In-Reply-To: <r79@x>"))
    assert got.thread_ids[:4] == ("<small@client.example>", "<r79@x>", "<r78@x>", "<r77@x>")
    assert len(got.thread_ids) == 50
    assert got.reply_context["references"][-1] == "<r79@x>"
    assert len(got.reply_context["references"]) == 50


def test_a_mail_without_an_id_gets_one_from_its_bytes() -> None:
    payload = b"From: a@b.example\r\nSubject: no id\r\n\r\nHello"
    got = message(payload)
    assert got.external_id.endswith("@okno.invalid>")
    assert got.external_id == message(payload).external_id
    assert got.external_id != message(payload + b"!").external_id


def test_what_an_answer_needs_is_kept() -> None:
    got = message(
        mail(
            "Hi",
            "Subject: =?utf-8?B?0KbQtdC90LA=?=",
            "Cc: =?utf-8?Q?=D0=9E=D0=BB=D1=8F?= <Olya@Client.Example>, boss@client.example",
            "Reply-To: answers@client.example",
            "Thread-Index: AQHadFnP",
        )
    )
    assert got.reply_context == {
        "message_id": "<small@client.example>",
        "references": [],
        "reply_to": ["answers@client.example"],
        "cc": ["olya@client.example", "boss@client.example"],
        "to": ["info@studio.ru"],
        "from": "ivan@client.example",
        "subject": "Цена",
        "thread_index": "AQHadFnP",
    }
    assert got.sender.address == "ivan@client.example"


@pytest.mark.parametrize(
    ("field", "address", "name"),
    [
        ('"Brown, Kate" <k@x.example>', "k@x.example", "Brown, Kate"),
        ("k@x.example (Kate)", "k@x.example", "Kate"),
        ("=?windows-1251?B?yuDy/w==?= <K@X.example>", "k@x.example", "Катя"),
        ("Катя <k@x.example>", "k@x.example", "Катя"),
        ('"=?utf-8?B?0JrQsNGC?= =?utf-8?B?0Y8=?=" <k@x.example>', "k@x.example", "Катя"),
        ('"Kate \\"K\\" B" <k@x.example>', "k@x.example", 'Kate "K" B'),
        ("Kate <<k@x.example>>", "k@x.example", "Kate"),
        ("Kate k@x.example", "k@x.example", "Kate"),
        ("Brown, Kate <k@x.example>", "k@x.example", "Brown, Kate"),
        ("Sales: Kate <k@x.example>;", "k@x.example", "Kate"),
        ("<mailto:k@x.example>", "k@x.example", "k@x.example"),
        ("Kate\u202e <k@x.example>", "k@x.example", "Kate"),
    ],
)
def test_a_sender_however_written(field: str, address: str, name: str) -> None:
    got = message(f"From: {field}\r\nSubject: x\r\n\r\nHi".encode())
    assert (got.sender.address, got.sender_name) == (address, name)


def test_the_size_of_a_file_that_was_not_fetched_whole_is_unknown() -> None:
    payload = (
        b"From: a@b.example\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHi\r\n"
        b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\nAAAAAAAA"
    )
    cut, whole = message(payload, {"truncated": "1"}), message(payload + b"\r\n--b--\r\n")
    assert [file.size for file in cut.attachments if file.ref == "2"] == [None]
    assert [file.size for file in whole.attachments] == [6]


MULTIPART = "Content-Type: multipart/mixed; boundary=b"


def test_a_multipart_whose_boundary_never_comes_is_shown_as_it_stands() -> None:
    got = message(mail("Hi there,\n\nThe fish.", MULTIPART))
    assert got.text == "Hi there,\n\nThe fish."
    assert [file.ref for file in got.attachments] == ["eml"]


def test_a_part_without_a_blank_line_behind_its_header_is_read() -> None:
    body = (
        "--b\nContent-Type: text/plain\nbar\n\n--b\nContent-Type: text/html\n<p>baz</p>\n\n--b--\n"
    )
    assert message(mail(body, MULTIPART)).text == "bar\n\nbaz"


def test_a_text_file_is_the_text_where_there_is_no_other() -> None:
    named = "Content-Type: text/plain; name=msg.txt\n\nhello\n"
    alone = message(mail(f"--b\n{named}--b--\n", MULTIPART))
    assert (alone.text, [file.name for file in alone.attachments]) == ("hello", ["msg.txt"])
    beside = message(mail(f"--b\n\nHi\n--b\n{named}--b--\n", MULTIPART))
    assert (beside.text, [file.name for file in beside.attachments]) == ("Hi", ["msg.txt"])
    sent = f"Content-Disposition: attachment\n{named}"
    assert message(mail(f"--b\n{sent}--b--\n", MULTIPART)).text == ""


def test_text_behind_the_last_part_keeps_the_whole_within_reach() -> None:
    got = message(mail("--b\n\nHi\n--b--\nChecked by a virus scanner\n", MULTIPART))
    assert (got.text, [file.ref for file in got.attachments]) == ("Hi", ["eml"])


def test_whoever_else_gets_the_answers_is_told_and_a_crowd_is_not_asked() -> None:
    sender = "ivan@client.example"
    crowd = ", ".join(f"r{number}@x.test" for number in range(40))
    got = message(mail("Hi", f"Reply-To: {sender}, {crowd}"))
    assert got.sender.address == sender
    assert got.answers_to == (sender, *(f"r{number}@x.test" for number in range(4)))
    assert got.reply_context["reply_to"] == list(got.answers_to)
    assert message(mail("Hi", f"Reply-To: {sender}, info@studio.ru")).answers_to == ()
    assert message(mail("Hi")).answers_to == ()
