"""Traps of the IMAP library and of servers, one by one (connectors/email/README.md)."""

from __future__ import annotations

import asyncio
import time

import pytest

from connectors.email import answers
from connectors.email.faults import Refused, SessionLost
from connectors.email.session import MOST_UIDS, ImapSession
from tests.connectors.email.bad_imap import BadImap, Hangup, Talk, login, text
from tests.connectors.email.reading import MakeReading


async def opened(server: BadImap, silence: float = 0.3) -> ImapSession:
    session = await ImapSession.open(login(server), silence=silence)
    await session.select("INBOX")
    return session


async def hang(talk: Talk, tag: str, rest: str) -> bool:
    await asyncio.Event().wait()
    return True


async def test_an_idle_that_never_begins_ends_in_time(server: BadImap) -> None:
    server.wrong["IDLE"] = hang
    session = await opened(server)
    await session.search("ALL")
    started = time.monotonic()
    with pytest.raises(SessionLost):
        await session.idle(60)
    assert time.monotonic() - started < 20, "it would have lasted a minute"


async def test_a_link_that_is_dead_before_idle_is_noticed(server: BadImap) -> None:
    async def drop(talk: Talk, tag: str, rest: str) -> bool:
        raise Hangup

    server.wrong["IDLE"] = drop
    session = await opened(server, silence=30)
    await session.search("ALL")
    with pytest.raises(SessionLost):
        await asyncio.wait_for(session.idle(60), 20)


async def test_after_a_cancelled_command_the_connection_is_thrown_away(server: BadImap) -> None:
    server.wrong["SEARCH"] = hang
    session = await opened(server, silence=30)
    searching = asyncio.create_task(session.search("ALL"))
    await asyncio.sleep(0.1)
    searching.cancel()
    with pytest.raises(asyncio.CancelledError):
        await searching
    with pytest.raises(SessionLost):
        await asyncio.wait_for(session.noop(), 15)


async def test_a_late_answer_is_nobody_elses(server: BadImap) -> None:
    async def late(talk: Talk, tag: str, rest: str) -> bool:
        await asyncio.sleep(0.6)
        talk.say(b"* SEARCH 7\r\n")
        talk.done(tag)
        return True

    server.wrong["SEARCH"] = late
    session = await opened(server)
    with pytest.raises(SessionLost):
        await session.search("ALL")
    await asyncio.sleep(0.5)
    with pytest.raises(SessionLost):
        await session.noop()


async def test_a_server_that_drips_is_heard_to_its_end(server: BadImap) -> None:
    """Slow is not silent: the deadline runs from the last byte."""

    async def drip(talk: Talk, tag: str, rest: str) -> bool:
        for byte in f"* SEARCH 1 2 3\r\n{tag} OK done\r\n".encode():
            talk.say(bytes([byte]))
            await talk.writer.drain()
            await asyncio.sleep(0.02)
        return True

    server.wrong["SEARCH"] = drip
    assert await (await opened(server)).search("ALL") == [1, 2, 3]


@pytest.mark.parametrize("said", ["", "[CAPABILITY IMAP4rev1 (IDLE"])
async def test_what_a_server_can_is_asked_after_the_login(server: BadImap, said: str) -> None:
    async def in_then_able(talk: Talk, tag: str, rest: str) -> bool:
        server.capabilities = "IMAP4rev1 idle STATUS=SIZE"
        talk.say(f"{tag} OK {said}] in\r\n".encode())
        return True

    server.capabilities = "IMAP4rev1"
    server.wrong["LOGIN"] = in_then_able
    assert (await opened(server)).can_idle


async def test_no_more_uids_are_fetched_at_once_than_the_library_bears(server: BadImap) -> None:
    session = await opened(server)
    with pytest.raises(ValueError, match="101 UIDs"):
        await session.fetch(range(1, MOST_UIDS + 2), "FLAGS")


@pytest.mark.parametrize("word", ["NO", "BAD"])
async def test_a_refusal_is_an_error_and_leaves_the_connection(server: BadImap, word: str) -> None:
    async def refuse(talk: Talk, tag: str, rest: str) -> bool:
        talk.say(f"{tag} {word} not this\r\n".encode())
        return True

    server.wrong["SEARCH"] = refuse
    session = await opened(server)
    with pytest.raises(Refused, match="not this"):
        await session.search("ALL")
    await session.noop()
    assert server.connections == 1


async def test_mails_of_one_message_id_or_of_none_all_come(
    server: BadImap, bad_reading: MakeReading
) -> None:
    server.mails = {
        1: text(1),
        2: text(1).replace(b"Hello", b"Other"),
        3: b"Subject: none\r\n\r\nOne",
        4: b"Subject: none\r\n\r\nTwo",
        5: b"Message-ID: \r\nSubject: empty\r\n\r\nThree",
    }
    raws = await bad_reading().mails(5)
    assert len({raw.external_id for raw in raws}) == 5


async def test_a_body_full_of_protocol_is_taken_as_it_is(
    server: BadImap, bad_reading: MakeReading
) -> None:
    nasty = b"Subject: * (\r\n\r\n* 1 FETCH (UID 9 BODY[] {3}\r\nabc)\r\nA1 OK done\r\n* BYE\r\n"
    server.mails = {1: nasty, 2: b"\0\xff\r\n\r\n", 3: b""}
    raws = await bad_reading().mails(3)
    assert [raw.payload for raw in raws] == [nasty, b"\0\xff\r\n\r\n", b""]


def test_sections_are_told_apart_whatever_they_hold() -> None:
    lines = [
        b"3 FETCH (UID 7 BODY[1.MIME] {13}",
        bytearray(b"BODY[2] {1}\r\n"),
        b' BODY[2.MIME]<0> "a \\"b\\"" BODY[3.MIME] NIL BODY[] {2}',
        bytearray(b"xy"),
        b")",
        b"OK done",
    ]
    assert answers.parse_sections(7, lines) == {
        "1.MIME": b"BODY[2] {1}\r\n",
        "2.MIME": b'a "b"',
        "": b"xy",
    }
    assert answers.parse_sections(8, lines) == {}


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b'"Sent (UIDNEXT 9)" (UIDNEXT 5 UIDVALIDITY 3)', (3, 5)),
        (b"Sent (uidvalidity 3)", (3, None)),
        (b"Sent (UIDNEXT 5)", None),
        (b"Sent (UIDVALIDITY x)", None),
        (b"", None),
    ],
)
def test_the_state_of_a_folder_is_read(line: bytes, told: tuple[int, int | None] | None) -> None:
    assert answers.parse_status([line, b"OK done"]) == told
