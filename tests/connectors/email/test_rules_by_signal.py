"""Rule by rule, what a signal in a mail means; the rules of the flow are in tests/inbox."""

from __future__ import annotations

import base64

import pytest

from inbox.model import Delivery, InboundMessage, Media, Nature
from tests.connectors.email.mails import fixture, mail, message, read


def seen(name: str) -> InboundMessage:
    return message(fixture(name))


def test_in_reply_to_and_references_give_all_ids_the_nearest_first() -> None:
    got = message(mail("Hi", "References: <a@x> <b@x>", "In-Reply-To: <c@x>"))
    assert got.thread_ids == ("<small@client.example>", "<c@x>", "<b@x>", "<a@x>")


@pytest.mark.parametrize(
    "field",
    [
        "Auto-Submitted: auto-replied",
        "Auto-Submitted: auto-generated",
        "X-Autoreply: yes",
        "X-Autorespond: vacation",
        "Precedence: bulk",
        "Precedence: junk",
        "Precedence: auto_reply",
    ],
)
def test_an_automatic_mail_is_shown_quietly_and_never_dropped(field: str) -> None:
    got = message(mail("I am away", field))
    assert (got.nature, got.text) == (Nature.AUTOMATIC, "I am away")
    assert got.nature_reason


def test_x_auto_response_suppress_alone_is_on_ordinary_mail() -> None:
    assert message(mail("Hi", "X-Auto-Response-Suppress: All")).nature is Nature.PERSON
    assert seen("outlook_mobile_reply").nature is Nature.PERSON


@pytest.mark.parametrize(
    "field", ["List-Id: <l.x>", "List-Unsubscribe: <mailto:u@x>", "Precedence: list"]
)
def test_a_list_is_a_newsletter_unless_it_answers_us(field: str) -> None:
    assert message(mail("Sale", field)).nature is Nature.NEWSLETTER
    ours = "In-Reply-To: <okno.0123456789abcdef0123456789abcdef@studio.ru>"
    assert message(mail("Thanks", field, ours)).nature is Nature.PERSON


def test_an_empty_return_path_is_a_bounce_only_with_a_dsn_or_from_a_mailer_daemon() -> None:
    assert message(mail("Away", "Return-Path: <>")).nature is Nature.AUTOMATIC
    assert seen("bounce_qmail").nature is Nature.BOUNCE
    assert seen("bounce_exchange_ru").nature is Nature.BOUNCE


def test_postmaster_may_be_a_person() -> None:
    got = message(b"From: postmaster@client.example\r\nSubject: x\r\n\r\nYour server is down.")
    assert got.nature is Nature.PERSON


def test_a_dsn_says_which_of_our_mails_failed_and_why() -> None:
    told = seen("bounce_exchange_ru").delivery
    assert told is not None
    assert (told.outcome, told.recipient, told.status) == (
        Delivery.FAILED,
        "sidorov@zavod.ru",
        "5.1.10",
    )
    assert told.refers_to == "<okno.0123456789abcdef0123456789abcdef@studio.ru>"


def test_a_delayed_mail_is_told_as_delayed() -> None:
    told = seen("delayed_postfix").delivery
    assert told is not None
    assert told.outcome is Delivery.DELAYED


def test_our_own_header_coming_back_is_an_echo_not_a_client() -> None:
    assert read(fixture("own_echo")) == "our own mail came back"


def test_a_mail_from_our_own_address_is_the_studios_own() -> None:
    got = seen("own_address_from_mail_client")
    assert (got.nature, got.thread_ids[1:]) == (Nature.OWN, ("<c1@client.example>",))


def test_reply_to_changes_the_answer_not_the_contact() -> None:
    got = seen("reply_to_differs")
    assert got.sender.address == "ivan@client.example"
    assert got.reply_context["reply_to"] == ["accounts@client.example"]
    assert got.answers_to == ("accounts@client.example",)


@pytest.mark.parametrize(
    ("name", "contact"),
    [
        ("site_form_own_domain", "pavel@client.example"),
        ("site_form_bitrix", "petr@client.example"),
        ("site_form_wordpress", "kate@client.example"),
        ("site_form_tilda", "nina@client.example"),
        ("site_form_tilda_html_own_mailbox", "olga@shop.example"),
    ],
)
def test_a_form_mailers_contact_is_in_reply_to(name: str, contact: str) -> None:
    got = seen(name)
    assert (got.sender.address, got.nature) == (contact, Nature.PERSON)


def test_a_mail_forwarded_by_a_manager_keeps_the_original_as_a_file() -> None:
    got = seen("forwarded_by_a_manager")
    assert [(one.name, one.media_type) for one in got.attachments] == [
        ("Заказ.eml", "message/rfc822")
    ]
    assert got.text == "Написали мне лично."


def test_whom_a_mail_was_sent_to_is_known_where_we_are_only_in_copy() -> None:
    context = seen("only_in_copy").reply_context
    assert (context["to"], context["cc"]) == (["designer@other.example"], ["info@studio.ru"])


@pytest.mark.parametrize(
    ("to", "cc", "expected"),
    [
        ("designer@other.example", "x@y.example, Info@Studio.ru", ("cc_only",)),
        ("designer@other.example, info@studio.ru", "info@studio.ru", ()),
        ("designer@other.example", "x@y.example", ()),  # a hidden copy, or an alias not known
    ],
)
def test_who_is_only_in_copy_is_told_so(to: str, cc: str, expected: tuple[str, ...]) -> None:
    head = f"From: Ivan <ivan@client.example>\r\nTo: {to}\r\nCc: {cc}\r\nSubject: FYI\r\n"
    got = message(head.encode() + b"\r\nHi")
    assert (got.nature, got.warnings) == (Nature.PERSON, expected)
    quiet = message(head.encode() + b"Auto-Submitted: auto-replied\r\n\r\nHi")
    assert quiet.warnings == ()


def test_tnef_is_opened_and_the_text_not_said_twice() -> None:
    got = seen("winmail_dat")
    assert got.text == "Чертежи во вложении."
    assert [one.name for one in got.attachments] == ["Чертежи стенда.pdf", "план.doc"]


@pytest.mark.parametrize(("size", "shown"), [(4_999, False), (5_001, True)])
def test_an_embedded_picture_is_a_photo_unless_it_is_tiny(size: int, shown: bool) -> None:
    picture = base64.encodebytes(bytes(size)).decode()
    body = (
        "--b\nContent-Type: text/html\n\n<p>Hi</p><img src=cid:1>\n--b\nContent-Type: image/png\n"
        f"Content-ID: <1>\nContent-Transfer-Encoding: base64\n\n{picture}--b--\n"
    )
    got = message(mail(body, "Content-Type: multipart/related; boundary=b"))
    assert [one.media for one in got.attachments] == [Media.PHOTO] * shown


def test_an_attached_mail_is_a_file_and_its_text_is_not_merged() -> None:
    got = seen("forwarded_as_attachment")
    assert (got.text, got.attachments[0].name) == ("See attached.", "Старый договор.eml")


def test_a_calendar_is_one_line_and_an_ics() -> None:
    got = seen("calendar_outlook_request")
    assert got.text.splitlines()[-1].startswith("📅 Монтаж стенда, обсуждение · 2024-03-14 15:00")
    assert [one.name for one in got.attachments] == ["invite.ics"]


@pytest.mark.parametrize(
    "name", ["smime_signed", "smime_opaque_signed", "pgp_mime_signed", "pgp_inline_signed"]
)
def test_a_signed_mail_is_read_and_said_to_be_signed(name: str) -> None:
    got = seen(name)
    assert got.text
    assert "BEGIN PGP" not in got.text
    assert got.warnings == ("signed",)


@pytest.mark.parametrize("name", ["smime_encrypted", "pgp_mime_encrypted"])
def test_an_encrypted_mail_is_said_to_be_so_and_awaits_an_answer(name: str) -> None:
    got = seen(name)
    assert (got.nature, got.warnings) == (Nature.PERSON, ("encrypted",))
    assert got.attachments[-1].ref == "eml"


@pytest.mark.parametrize("name", ["not_mime_garbage", "broken_headers", "winmail_dat_broken"])
def test_what_cannot_be_parsed_is_shown_as_far_as_it_can_with_the_file(name: str) -> None:
    got = seen(name)
    assert got.nature is Nature.PERSON
    assert got.text
    assert got.attachments
