"""Whatever the bytes: a message comes out, it can be stored, and no word is lost."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.email.body import unflow
from connectors.email.charset import decode
from connectors.email.html_text import to_text
from connectors.email.parse import read_part
from connectors.email.quotes import split
from inbox.errors import FileUnavailable, Unreadable
from inbox.model import InboundMessage
from tests.connectors.email.mails import RECEIVED, every_fixture, fixture, mail, message, read

FIXTURES = [fixture(name) for name in every_fixture()]
_FRAGMENTS = (
    b"\n\n", b"\r\n\r\n", b"--", b"\n--outer\r\n", b"--outer--", b"From: ", b"Content-Type: ",
    b"multipart/mixed; boundary=outer", b"message/rfc822", b"text/html", b"=?utf-8?B?", b"?=",
    b"\xff\xfe", b"\x00", b"charset=utf-7", b"charset=idna", b"charset=unicode_escape", b"<",
    b">", b'"', b"(((", b"Content-Transfer-Encoding: base64\r\n", b"<!--", b"<div style='", b"&#",
    "приём".encode("cp866"), b"Date: Mon, 99 Foo 99999 99:99:99 +99999999\r\n", b"filename*0*=",
)  # fmt: skip


def assert_sound(got: InboundMessage | str, payload: bytes) -> None:
    """It can be stored, shown and fetched."""
    if isinstance(got, str):
        return
    assert "@" in got.sender.address
    assert got.sent_at.utcoffset() is not None
    assert got.sent_at <= RECEIVED
    assert got.thread_ids[0] == got.external_id
    assert len(got.thread_ids) <= 50
    assert all(len(one) <= 998 for one in got.thread_ids)
    assert got.text or not got.quoted
    words = [got.text, got.quoted, got.subject or "", got.sender_name, got.sender.address]
    words += [got.nature_reason, *got.thread_ids, repr(got.reply_context)]
    words += [attachment.name for attachment in got.attachments]
    for word in words:
        word.encode("utf-8")
        assert "\x00" not in word
    for attachment in got.attachments:
        assert attachment.name
        assert "/" not in attachment.name
        content = read_part(payload, attachment.ref)
        assert isinstance(content, bytes)


@given(st.binary(min_size=1, max_size=2_000))
def test_any_bytes_become_a_message(payload: bytes) -> None:
    assert_sound(read(payload), payload)


@given(st.lists(st.sampled_from(_FRAGMENTS), min_size=1, max_size=40).map(b"".join))
def test_any_heap_of_mail_syntax_becomes_a_message(payload: bytes) -> None:
    assert_sound(read(payload), payload)


@settings(max_examples=300)
@given(st.sampled_from(FIXTURES), st.data())
def test_any_damaged_mail_becomes_a_message(payload: bytes, data: st.DataObject) -> None:
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(payload)))
        gone = data.draw(st.integers(0, 200))
        put = data.draw(st.sampled_from(_FRAGMENTS) | st.binary(max_size=8))
        payload = payload[:at] + put + payload[at + gone :]
    if payload:
        assert_sound(read(payload), payload)


def test_only_a_mail_without_a_byte_is_unreadable() -> None:
    with pytest.raises(Unreadable):
        read(b"")
    assert message(b" ").attachments[-1].ref == "eml"


_LINES = st.sampled_from(
    [
        "", "> quoted", ">> deeper", "Hello there", "-- ", "--", "Ivan",
        "On 11.03.2024 18:00, Anna <info@studio.ru> wrote:",
        "11.03.2024, 18:00, Anna <a@studio.ru>:", "From: Anna",
        "Sent: Monday, 11 March 2024", "To: Ivan", "Subject: Price", "От: Анна", "Тема: Цена",
        "Отправлено: 11 марта 2024 г.", "Кому: Иван", "-----Original Message-----", "_______",
        "Sent from my iPhone", "Отправлено с iPhone", "---------- Forwarded message ---------",
        "12 марта 2024 г., в 12:41, Студия <", "info@studio.ru> написал(а):", "Спасибо!",
    ]
)  # fmt: skip


def words(text: str) -> Counter[str]:
    return Counter(re.findall(r"\S+", text))


@settings(max_examples=500)
@given(st.lists(_LINES | st.text(max_size=40).filter(str.isprintable), max_size=25).map("\n".join))
def test_text_and_quoted_hold_every_word(text: str) -> None:
    now, history = split(text)

    assert words(now) + words(history) == words(text)
    assert now.strip() or not text.strip()
    got = message(mail(text))
    assert words(got.text) + words(got.quoted) == words(text)


@given(st.lists(st.text("абвabc ", min_size=1).filter(str.strip), min_size=1, max_size=20))
def test_no_visible_word_of_html_is_lost(texts: list[str]) -> None:
    tags = ("p", "div", "td", "li", "blockquote", "b", "pre", "a href='https://x.example'")
    source = "".join(
        f"<{tags[at % 8]}>{text}</{tags[at % 8].split()[0]}>" for at, text in enumerate(texts)
    )
    shown = Counter(re.findall(r"[абвabc]", to_text(source.replace("x.example", "9.99"))))
    assert shown == Counter(re.findall(r"[абвabc]", "".join(texts)))


@given(st.binary(max_size=300), st.none() | st.text(max_size=20) | st.sampled_from(
    ["utf-8", "utf-16", "koi8-r", "utf-7", "idna", "hex", "rot13", "big5", "hz", "cp037", "utf-32"]
))  # fmt: skip
def test_decoding_never_fails_and_can_be_stored(data: bytes, declared: str | None) -> None:
    decode(data, declared).encode("utf-8")


@given(st.text("ab >\n-", max_size=80), st.booleans())
def test_unflowing_loses_no_letter(text: str, delete_space: bool) -> None:
    def letters(of: str) -> list[str]:
        return re.findall("[ab]", of)

    assert letters(unflow(text, delete_space=delete_space)) == letters(text)


def test_a_part_that_is_not_there_is_unavailable() -> None:
    payload = fixture("gmail_reply")
    assert read_part(payload, "eml") == payload
    assert read_part(payload, "2") == b"%PDF-1.4\n" + bytes(range(256)) * 4
    for ref in ("7", "", "1.9", "../2", "1"):
        with pytest.raises(FileUnavailable):
            read_part(payload, ref)
