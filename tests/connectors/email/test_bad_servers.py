"""Against servers that hang, cut, lie and confuse: calls end in time, and no mail is lost."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest

from connectors.email.config import MailboxSettings
from connectors.email.faults import LoginRefused, SessionLost
from connectors.email.session import ImapSession
from connectors.email.sync import MailReader
from inbox.errors import ChannelPaused, Fault
from tests.connectors.email.bad_imap import SECRET, BadImap, Hangup, Talk, login, text
from tests.connectors.email.reading import Clock, MakeReading, Pauses


@pytest.fixture
def reading(bad_reading: MakeReading) -> MakeReading:
    return bad_reading


async def hang(talk: Talk, tag: str, rest: str) -> bool:
    await asyncio.Event().wait()
    return True


async def drop(talk: Talk, tag: str, rest: str) -> bool:
    raise Hangup


async def use(server: BadImap) -> None:
    session = await ImapSession.open(login(server), silence=0.3)
    await session.select("INBOX")
    await session.search("ALL")
    await session.noop()


@pytest.mark.parametrize("verb", ["CAPABILITY", "LOGIN", "SELECT", "SEARCH", "NOOP"])
@pytest.mark.parametrize("wrong", [hang, drop])
async def test_every_call_ends_in_time(server: BadImap, verb: str, wrong: Any) -> None:
    server.wrong[verb] = wrong
    with pytest.raises(SessionLost):
        await asyncio.wait_for(use(server), 20)


@pytest.mark.parametrize("greeting", [b"", b"* BYE too many\r\n", b"\0\xff\r\n", b"* OK half"])
async def test_a_server_that_does_not_greet_is_left(server: BadImap, greeting: bytes) -> None:
    server.greeting = greeting
    with pytest.raises(SessionLost):
        await asyncio.wait_for(ImapSession.open(login(server), silence=0.3), 20)


async def test_a_link_that_dies_while_idling_is_noticed(server: BadImap) -> None:
    async def die(talk: Talk, tag: str, rest: str) -> bool:
        talk.say(b"+ idling\r\n")
        await asyncio.sleep(0.1)
        raise Hangup

    server.wrong["IDLE"] = die
    session = await ImapSession.open(login(server))
    await session.select("INBOX")
    await session.search("ALL")
    with pytest.raises(SessionLost):
        await asyncio.wait_for(session.idle(60), 5)


async def test_a_server_that_hangs_over_done_is_left(server: BadImap) -> None:
    async def deaf(talk: Talk, tag: str, rest: str) -> bool:
        talk.say(b"+ idling\r\n")
        return await hang(talk, tag, rest)

    server.wrong["IDLE"] = deaf
    session = await ImapSession.open(login(server), silence=0.3)
    await session.select("INBOX")
    await session.search("ALL")
    with pytest.raises(SessionLost):
        await asyncio.wait_for(session.idle(0.1), 5)


async def test_a_flood_of_lines_is_read(server: BadImap) -> None:
    async def flood(talk: Talk, tag: str, rest: str) -> bool:
        folders = (f'* LIST (\\HasNoChildren) "/" "Folder {n}"\r\n'.encode() for n in range(3000))
        talk.say(b"".join(folders))
        talk.done(tag)
        return True

    server.wrong["LIST"] = flood
    session = await ImapSession.open(login(server))
    assert len(await session.folders()) == 3000
    await session.close()


async def test_the_password_is_in_no_error_and_no_log(
    server: BadImap, caplog: pytest.LogCaptureFixture
) -> None:
    async def confuse(talk: Talk, tag: str, rest: str) -> bool:
        talk.say(b"XYZ9 OK who are you\r\n")
        return await hang(talk, tag, rest)

    caplog.set_level(logging.DEBUG)
    server.wrong["LOGIN"] = confuse
    with pytest.raises(SessionLost) as caught:
        await ImapSession.open(login(server), silence=0.3)
    assert SECRET not in f"{caught.value!r} {caught.value.__context__!r}"
    assert SECRET not in caplog.text


async def test_the_servers_text_may_not_give_the_password_away(server: BadImap) -> None:
    async def echo(talk: Talk, tag: str, rest: str) -> bool:
        talk.say(f"{tag} NO wrong: {rest}\r\n".encode())
        return True

    server.wrong["LOGIN"] = echo
    with pytest.raises(LoginRefused) as caught:
        await ImapSession.open(login(server))
    assert SECRET not in str(caught.value)


async def test_names_go_out_quoted_and_encoded(server: BadImap) -> None:
    session = await ImapSession.open(login(server, user='a "b" c'))
    await session.select("Входящие & co")
    sent = [line.partition(" ")[2] for line in server.commands]
    assert f'LOGIN "a \\"b\\" c" "{SECRET}"' in sent
    assert 'SELECT "&BBIERQQ+BDQETwRJBDgENQ- &- co"' in sent
    await session.close()


async def test_starttls_is_insisted_on(server: BadImap) -> None:
    with pytest.raises(SessionLost, match="STARTTLS"):
        await ImapSession.open(login(server, "starttls"))
    assert not any("LOGIN" in line for line in server.commands)


async def test_text_ahead_of_the_handshake_is_an_attack(server: BadImap) -> None:
    async def inject(talk: Talk, tag: str, rest: str) -> bool:
        talk.say(f"{tag} OK begin\r\n* CAPABILITY IMAP4rev1 LOG".encode())
        return True

    server.capabilities += " STARTTLS"
    server.wrong["STARTTLS"] = inject
    with pytest.raises(SessionLost, match="before the TLS handshake"):
        await ImapSession.open(login(server, "starttls"))


async def test_without_idle_the_server_is_asked(server: BadImap, reading: MakeReading) -> None:
    server.capabilities = "IMAP4rev1"
    one = reading(poll_seconds=1)
    waiting = asyncio.create_task(one.mails(1))
    await asyncio.sleep(0.2)
    server.mails[1] = text(1)
    assert (await waiting)[0].payload == text(1)
    assert not any("IDLE" in line for line in server.commands)
    assert server.connections == 1


async def test_the_last_mail_is_not_taken_again(server: BadImap, reading: MakeReading) -> None:
    server.mails = {1: text(1), 2: text(2)}
    one = reading()
    assert [raw.payload for raw in await one.mails(2)] == [text(1), text(2)]
    await one.nothing()


async def test_a_mail_told_of_during_another_command_is_not_forgotten(
    server: BadImap, reading: MakeReading
) -> None:
    """RFC 3501 lets the server say EXISTS at any answer; it will not say it again in IDLE."""

    async def slip_in(talk: Talk, tag: str, rest: str) -> bool:
        if "BODY.PEEK[]" in rest and 2 not in server.mails:
            server.mails[2] = text(2)
            talk.tell(1, rest)
            talk.say(b"* 2 EXISTS\r\n")
            talk.done(tag)
            return True
        return False

    server.mails[1] = text(1)
    server.wrong["FETCH"] = slip_in
    assert len(await reading().mails(2)) == 2


async def test_a_literal_cut_short_is_fetched_again(
    server: BadImap, reading: MakeReading, pauses: Pauses
) -> None:
    cuts = 2

    async def cut(talk: Talk, tag: str, rest: str) -> bool:
        nonlocal cuts
        if "BODY.PEEK[]" not in rest or not cuts:
            return False
        cuts -= 1
        talk.say(b"* 1 FETCH (UID 1 BODY[] {400}\r\nSubject: half")
        await talk.writer.drain()
        raise Hangup

    server.mails = {n: text(n) for n in range(1, 6)}
    server.wrong["FETCH"] = cut
    raws = await reading().mails(5)
    assert [raw.payload for raw in raws] == [text(n) for n in range(1, 6)]
    assert len(pauses.seconds) == 2


async def test_a_busy_login_server_is_asked_again(
    server: BadImap, reading: MakeReading, pauses: Pauses
) -> None:
    left = 6

    async def busy(talk: Talk, tag: str, rest: str) -> bool:
        nonlocal left
        left -= 1
        if left > 0:
            talk.say(f"{tag} NO [UNAVAILABLE] try again later\r\n".encode())
        return left > 0

    server.mails[1] = text(1)
    server.wrong["LOGIN"] = busy
    assert len(await reading().mails(1)) == 1
    assert len(pauses.seconds) == 5


async def test_uids_that_always_count_anew_pause_the_channel(
    server: BadImap, reading: MakeReading
) -> None:
    async def anew(talk: Talk, tag: str, rest: str) -> bool:
        server.uid_validity += 1
        return False

    async def sleepless(talk: Talk, tag: str, rest: str) -> bool:
        raise Hangup

    server.wrong |= {"SELECT": anew, "IDLE": sleepless}
    one = reading()
    with pytest.raises(ChannelPaused) as caught:
        await one.mails(1)
    assert caught.value.fault is Fault.CONFLICT


async def test_pauses_grow_to_five_minutes(server: BadImap, reading: MakeReading) -> None:
    asked: list[float] = []

    async def note(seconds: float) -> None:
        asked.append(seconds)
        if len(asked) == 12:
            raise ChannelPaused(Fault.UNREACHABLE, "enough")

    imap = login(server).model_copy(update={"port": 1})
    settings = MailboxSettings(address="info@firm.test", imap=imap, smtp=imap)
    reader = MailReader(settings, Clock(), sleep=note, dice=lambda: 1.0)
    with pytest.raises(ChannelPaused):
        await anext(reader.read(None))
    assert asked == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]


@pytest.mark.parametrize(
    "cursor", ["nonsense", "1", "1:2:3:4:5:6", "1:2:3|4", "{}x", '{"INBOX": 7}', "-1:2"]
)
async def test_a_stored_cursor_that_cannot_be_read_is_said(
    reading: MakeReading, cursor: str
) -> None:
    with pytest.raises(ChannelPaused) as caught:
        await reading(cursor).batch()
    assert caught.value.fault is Fault.MALFORMED
