"""Hostile mails: each is read in bounded time and memory, and the whole stays within reach."""

from __future__ import annotations

import base64
import time
import tracemalloc

import pytest

from tests.connectors.email.mails import message

HEAD = b"From: a@b.example\r\nTo: info@studio.ru\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
HTML = HEAD + b"Content-Type: text/html\r\n\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def nested(depth: int) -> bytes:
    """Multiparts within multiparts, and one text in the innermost."""
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    closed = b"".join(b"--b%d--\r\n" % n for n in reversed(range(depth)))
    return HEAD + opened + b"Content-Type: text/plain\r\n\r\nhello\r\n" + closed


HOSTILE = {
    "2,000 nested parts": nested(2_000),
    "20,000 parts": MIXED + b"--b\r\nContent-Type: text/plain\r\n\r\nhello\r\n" * 20_000,
    "a million lines like delimiters": MIXED + b"--\r\n" * 1_000_000,
    "100,000 brackets in From": b"From: " + b"(" * 100_000 + b"\r\n\r\nhi",
    "quotation marks in From": b"From: " + b'"\\"' * 30_000 + b"\r\n\r\nhi",
    "angles in From": b"From: " + b"<" * 60_000 + b"\r\n\r\nhi",
    "commas in From": b"From: " + b"a," * 30_000 + b"\r\n\r\nhi",
    "one word in From": b"From: " + b"a" * 60_000 + b"\r\n\r\nhi",
    "spaces in From": b"From: " + b" " * 60_000 + b"x\r\n\r\nhi",
    "encoded words": b"Subject: " + b"=?utf-8?q?" * 6_000 + b"\r\n\r\nhi",
    "parameters": HEAD + b"Content-Type: text/plain;" + b' a="\\' * 4_000 + b"\r\n\r\nhi",
    "200,000 continuations": b"Subject: y\r\n" + b" y\r\n" * 200_000 + b"\r\nhi",
    "500,000 fields": b"X: y\r\n" * 500_000 + b"\r\nhi",
    "attributions": HEAD + b"\r\n" + b"On 11.03.2024 <x@y.ru>:\nz\n" * 20_000 + b"> z",
    "100,000 open elements": HTML + b"<div>" * 100_000,
    "blockquotes": HTML + b"<blockquote>x" * 2_900,
    "nested tables": HTML + b"<table><tr><td>x" * 900,
    "misnested": HTML + b"<li><b></p></i></i>" * 30_000,
    "300,000 attributes": HTML + b"<a " + b"x=1 " * 300_000 + b">y",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_mail_is_read_in_bounded_time(name: str) -> None:
    started = time.process_time()
    message(HOSTILE[name])
    assert time.process_time() - started < 3.0


def test_what_is_nested_within_reason_is_read() -> None:
    assert message(nested(49)).text == "hello"
    assert message(nested(2_000)).attachments[-1].ref == "eml"


def test_20_000_addresses_are_read_up_to_the_limit() -> None:
    many = ", ".join(f'"User, {n}" <u{n}@x.example>' for n in range(20_000))
    started = time.process_time()
    got = message(HEAD + f"Cc: {many}\r\n\r\nhi".encode())
    assert len(got.reply_context["cc"]) == 200
    assert got.text == "hi"
    assert time.process_time() - started < 1.0


def test_a_32_mb_mail_needs_no_more_memory_than_its_own_size() -> None:
    content = base64.encodebytes(bytes(range(256)) * 93_750)
    payload = (
        MIXED + b"--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\nContent-Type: application/"
        b"pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + content + b"--b--\r\n"
    )
    tracemalloc.start()
    try:
        got = message(payload)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [(file.name, file.size) for file in got.attachments] == [("file-2.pdf", 24_000_000)]
    assert peak < len(payload) // 4


def test_a_text_beyond_the_limit_is_cut_and_the_whole_attached() -> None:
    got = message(HEAD + b"Content-Type: text/plain\r\n\r\n" + b"word word\r\n" * 200_000)
    assert len(got.text) > 800_000
    assert [file.ref for file in got.attachments] == ["eml"]
