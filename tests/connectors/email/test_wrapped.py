"""Mails within mails: winmail.dat, opaque S/MIME, uuencode, calendars, PGP."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email import cms, invite, pgp, tnef
from connectors.email.attachments import read_part
from connectors.email.parse import parse_mail
from connectors.email.wrapped import NeedsLimits, Piece, as_mime
from tests.connectors.email.mails import OWN, RECEIVED, fixture, mail, message


@pytest.mark.parametrize(
    ("name", "ref", "content"),
    [
        ("winmail_dat", "2/3", b"plan\0"),
        ("winmail_dat_alone", "0/2", b"hello"),
        ("smime_opaque_signed", "0/2", b"%PDF-1.4 scan"),
        ("uuencoded_in_text", "0/2", None),
    ],
)
def test_a_file_inside_is_had_by_its_ref(name: str, ref: str, content: bytes | None) -> None:
    got = read_part(fixture(name), ref)
    assert got == content if content is not None else len(got) == 100


def test_winmail_dat_is_opened_only_where_it_may() -> None:
    with pytest.raises(NeedsLimits):
        parse_mail(
            fixture("winmail_dat"),
            channel_id="email:info",
            own_addresses=OWN,
            received_at=RECEIVED,
            note={},
            open_tnef=False,
        )


@given(st.binary(max_size=300))
def test_any_bytes_are_taken_for_a_signature_or_not(data: bytes) -> None:
    assert cms.signed_content(data) is None or isinstance(cms.signed_content(data), bytes)
    cms.is_encrypted(data)
    assert tnef.pieces(data) is None


def test_a_text_that_only_begins_like_uuencode_stays_text() -> None:
    text = "begin 644 the work\nplease: это не код\nend\n"
    assert message(mail(text)).text == text.strip()
    assert message(mail("begin 644 a.txt\nM" + "A" * 20)).text.startswith("begin 644 a.txt")


def test_a_boundary_stands_in_no_piece() -> None:
    inner = as_mime([Piece("text/plain", b"deep")])
    outer = as_mime([Piece("text/plain", b"shallow"), Piece("text/plain", inner, "a.txt")])
    assert message(b"From: a@b.example\n" + outer).text == "shallow"


@pytest.mark.parametrize(
    ("calendar", "lines"),
    [
        (
            "BEGIN:VEVENT\nSUMMARY:A\nDTSTART:20240314T150000Z\nEND:VEVENT",
            ["📅 A · 2024-03-14 15:00 UTC"],
        ),
        (
            (
                "BEGIN:VEVENT\nSUMMARY:A\nDTSTART;TZID=Europe/Moscow:20240314T230000\n"
                "DTEND;TZID=Europe/Moscow:20240315T010000\nEND:VEVENT"
            ),
            ["📅 A · 2024-03-14 23:00–2024-03-15 01:00 Europe/Moscow"],
        ),
        ("BEGIN:VEVENT\nSUMMARY:A\\, b\\nc\nEND:VEVENT", ["📅 A, b c"]),
        ("BEGIN:VEVENT\nDTSTART;VALUE=DATE:20240314\nEND:VEVENT", ["📅 2024-03-14"]),
        ("METHOD:CANCEL\nBEGIN:VEVENT\nSUMMARY:A\nEND:VEVENT", ["❌ A"]),
        ("BEGIN:VEVENT\nSUMMARY:A\nBEGIN:VALARM\nSUMMARY:B\nEND:VALARM\nEND:VEVENT", ["📅 A"]),
        ("BEGIN:VEVENT\nEND:VEVENT", []),
        ("BEGIN:VTODO\nSUMMARY:A\nEND:VTODO", []),
        ("no calendar", []),
    ],
)
def test_an_event_is_one_line(calendar: str, lines: list[str]) -> None:
    assert invite.lines(calendar) == lines


@given(st.text(alphabet='BEGINVTD:;="\n 0123T,\\', max_size=200))
def test_any_calendar_is_read(text: str) -> None:
    assert len(invite.lines(f"BEGIN:VEVENT\n{text}\nEND:VEVENT")) <= 5


def test_pgp_in_plain_text() -> None:
    assert pgp.unarmoured("hello") == ("hello", "")
    armoured = "-----BEGIN PGP MESSAGE-----\n\nabc\n-----END PGP MESSAGE-----"
    assert pgp.unarmoured(armoured) == (armoured, "encrypted")
    unfinished = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA1\n\nwords"
    assert pgp.unarmoured(unfinished) == (unfinished, "")
