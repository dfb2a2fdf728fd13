"""Costly mails are read in a child that may die; ordinary ones where we are."""

from __future__ import annotations

import asyncio
import base64
import os
import struct
import time
from collections.abc import AsyncIterator

import pytest

from connectors.email.limited import LARGE, LimitedReader, costly
from connectors.email.limited_child import Limits, Reading
from inbox.errors import FileUnavailable, Unreadable
from inbox.model import InboundMessage
from tests.connectors.email.mails import OWN, RECEIVED, fixture, mail, message

MINE = Reading("email:info", OWN, frozenset({"studio.ru"}))
MIXED = b"From: a@b.example\r\nSubject: x\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n"


@pytest.fixture
async def reader() -> AsyncIterator[LimitedReader]:
    limited = LimitedReader(MINE)
    yield limited
    await limited.close()


async def read(limited: LimitedReader, payload: bytes) -> InboundMessage:
    result = await limited.read(payload, RECEIVED, {})
    assert isinstance(result, InboundMessage), result
    return result


def with_file(content: bytes, kind: str = "application/pdf") -> bytes:
    """A mail with one file of these bytes."""
    return (
        MIXED
        + b"--b\r\nContent-Type: text/plain\r\n\r\nhi\r\n--b\r\nContent-Type: "
        + kind.encode()
        + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n"
        + base64.encodebytes(content)
        + b"--b--\r\n"
    )


def endless_winmail() -> bytes:
    """A winmail.dat with a property of four thousand million values, none of them there."""
    properties = struct.pack("<IHHI", 1, 0x1002, 0x1000, 0xFFFFFFFF)
    head = struct.pack("<IH", 0x223E9F78, 1)
    codepage = struct.pack("<BHHI", 1, 0x9007, 6, 8) + struct.pack("<II", 1251, 0) + b"\0\0"
    held = struct.pack("<BHHI", 1, 0x9003, 6, len(properties)) + properties + b"\0\0"
    return head + codepage + held


def test_what_is_costly() -> None:
    assert costly(fixture("outlook_2016_html_reply")) == ""
    assert costly(mail("x" * LARGE)) == "large"
    assert costly(MIXED + b"--b\r\n\r\nhi\r\n" * 400) == "parts"
    assert costly(b"Subject: x\r\nCc: " + b"a@b.example, " * 2_000 + b"\r\n\r\nhi") == "header"
    assert costly(b"Subject: x\r\n" + b"X-Hop: mx\r\n" * 2_000 + b"\r\nhi") == ""


async def test_a_large_mail_is_read_as_a_small_one_is(reader: LimitedReader) -> None:
    payload = with_file(os.urandom(2_000_000))
    assert await read(reader, payload) == message(payload)


async def test_winmail_dat_is_opened_in_the_child(reader: LimitedReader) -> None:
    payload = fixture("winmail_dat")
    got = await read(reader, payload)
    assert got == message(payload)
    assert await reader.read_part(payload, got.attachments[0].ref) == b"%PDF-1.4 drawing"
    with pytest.raises(FileUnavailable):
        await reader.read_part(payload, "2/9")


async def test_one_child_serves_many_and_the_loop_goes_on(reader: LimitedReader) -> None:
    payload = with_file(os.urandom(3_000_000))
    await read(reader, payload)
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0.001)
            beats += 1

    heart = asyncio.create_task(beat())
    await asyncio.gather(*(read(reader, payload) for _ in range(5)))
    heart.cancel()
    assert beats > 5


async def test_a_mail_that_never_ends_is_cut_at_the_limit_and_attached() -> None:
    limited = LimitedReader(MINE, Limits(cpu=1, wall=3.0))
    payload = with_file(endless_winmail(), "application/ms-tnef")
    started = time.monotonic()
    got = await read(limited, payload)

    assert time.monotonic() - started < 30, "it has no end of its own"
    assert got.text == "hi"
    assert (got.attachments[-1].ref, got.attachments[-1].size) == ("eml", len(payload))
    assert "incomplete" in got.warnings
    # The next mail has a child of its own.
    assert (await read(limited, fixture("winmail_dat"))).warnings == ()
    await limited.close()


async def test_a_mail_beyond_the_memory_is_attached() -> None:
    limited = LimitedReader(MINE, Limits(memory=80_000_000))
    payload = with_file(bytes(50_000_000))
    got = await read(limited, payload)
    await limited.close()
    assert got.text == "hi"
    assert got.attachments[-1].size == len(payload)


async def test_an_empty_mail_is_unreadable_and_a_missing_part_is_said(
    reader: LimitedReader,
) -> None:
    with pytest.raises(Unreadable):
        await reader.read(b"", RECEIVED, {})
    with pytest.raises(FileUnavailable):
        await reader.read_part(fixture("gmail_reply"), "9")
