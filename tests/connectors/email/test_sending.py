"""What becomes of a mail, for every way a server can fail, told exactly."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from connectors.email.compose import Composed
from connectors.email.config import ServerSettings
from connectors.email.send import Outgoing
from connectors.email.smtp import SmtpSession, Timing
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected, SendUncertain
from tests.servers import FaultySmtp
from tests.servers.smtp_faults import Fault as Smtp
from tests.servers.smtp_faults import Step

QUICK = Timing(connect=1, answer=0.5, accept=0.5)
BODY = b"Subject: Hi\r\n\r\nOne\r\n.two\r\n..\r\nthree\r\n"
LOGIN = ("info@firm.test", "p4ssw0rd")


def mail(*recipients: str, payload: bytes = BODY) -> Composed:
    to = recipients or ("lena@client.test",)
    return Composed("<okno.1@firm.test>", "info@firm.test", to, payload)


@pytest.fixture
async def server() -> AsyncIterator[FaultySmtp]:
    async with FaultySmtp(login=LOGIN) as one:
        yield one


MakeOutgoing = Callable[..., Outgoing]


@pytest.fixture
async def outgoing(server: FaultySmtp) -> AsyncIterator[MakeOutgoing]:
    made: list[Outgoing] = []

    def make(password: str = LOGIN[1], keep: float = 0.05, port: int | None = None) -> Outgoing:
        settings = ServerSettings(
            host="127.0.0.1",
            port=port or server.port,
            security="none",
            user=LOGIN[0],
            password=password,
        )
        made.append(
            Outgoing(settings, open_session=lambda: SmtpSession.open(settings, QUICK), keep=keep)
        )
        return made[-1]

    yield make
    for one in made:
        await one.close()


async def test_a_mail_arrives_byte_for_byte(server: FaultySmtp, outgoing: MakeOutgoing) -> None:
    await outgoing().send(mail())
    (taken,) = server.taken
    assert taken.data == BODY
    assert (taken.sender, taken.recipients) == ("info@firm.test", ("lena@client.test",))


@pytest.mark.parametrize(
    ("stage", "step", "fault"),
    [
        ("connect", "421 Busy", SendDeferred(Fault.UNREACHABLE)),
        ("connect", "554 Your address is listed", SendRejected(Fault.REFUSED)),
        ("connect", Smtp.DROP, SendDeferred(Fault.UNREACHABLE)),
        ("connect", Smtp.HANG, SendDeferred(Fault.UNREACHABLE)),
        ("ehlo", Smtp.DROP, SendDeferred(Fault.UNREACHABLE)),
        ("ehlo", Smtp.HANG, SendDeferred(Fault.UNREACHABLE)),
        ("auth", "454 4.7.0 Try later", SendDeferred(Fault.UNREACHABLE)),
        ("auth", "535 5.7.8 No", SendDeferred(Fault.LOGIN_FAILED)),
        ("auth", "534 5.7.9 Application password required", SendDeferred(Fault.LOGIN_FAILED)),
        ("auth", Smtp.DROP, SendDeferred(Fault.UNREACHABLE)),
        ("auth", Smtp.HANG, SendDeferred(Fault.UNREACHABLE)),
        ("mail", "451 4.3.0 Later", SendDeferred(Fault.UNREACHABLE)),
        ("mail", "550 5.7.1 Not you", SendRejected(Fault.REFUSED)),
        ("mail", "552 5.3.4 Too big", SendRejected(Fault.TOO_LARGE)),
        ("mail", Smtp.DROP, SendDeferred(Fault.UNREACHABLE)),
        ("rcpt", "450 4.2.0 Greylisted", SendDeferred(Fault.UNREACHABLE)),
        ("rcpt", "550 5.1.1 No such user", SendRejected(Fault.NO_SUCH_ADDRESS)),
        ("rcpt", "550 no such user", SendRejected(Fault.NO_SUCH_ADDRESS)),
        ("rcpt", "550 5.7.1 Spam", SendRejected(Fault.REFUSED)),
        ("rcpt", Smtp.HANG, SendDeferred(Fault.UNREACHABLE)),
        ("data", "451 Later", SendDeferred(Fault.UNREACHABLE)),
        ("data", "554 No", SendRejected(Fault.REFUSED)),
        ("data", Smtp.DROP, SendDeferred(Fault.UNREACHABLE)),
        ("body", "451 4.3.0 Queue full", SendDeferred(Fault.UNREACHABLE)),
        ("body", "421 4.3.2 Shutting down", SendDeferred(Fault.UNREACHABLE)),
        ("body", "554 5.7.1 Spam", SendRejected(Fault.REFUSED)),
        ("body", "552 5.3.4 Too big", SendRejected(Fault.TOO_LARGE)),
        ("body", Smtp.DROP, SendUncertain(Fault.NO_ANSWER)),
        ("body", Smtp.LOSE_REPLY, SendUncertain(Fault.NO_ANSWER)),
        ("body", Smtp.HANG, SendUncertain(Fault.NO_ANSWER)),
        ("body", "nonsense", SendUncertain(Fault.NO_ANSWER)),
        ("body", "354 Go on", SendUncertain(Fault.NO_ANSWER)),
    ],
    ids=str,
)
async def test_every_failure_is_told_as_what_it_is(
    server: FaultySmtp, outgoing: MakeOutgoing, stage: str, step: Step, fault: SendFailed
) -> None:
    server.always(**{stage: step})
    with pytest.raises(SendFailed) as caught:
        await outgoing().send(mail())
    assert (type(caught.value), caught.value.fault) == (type(fault), fault.fault)
    if isinstance(step, str) and step[0] in "45":
        assert step in caught.value.detail
    assert LOGIN[1] not in str(caught.value)
    if not isinstance(fault, SendUncertain):
        assert server.taken == []


async def test_a_closed_port_defers(outgoing: MakeOutgoing) -> None:
    with pytest.raises(SendDeferred) as caught:
        await outgoing(port=1).send(mail())
    assert caught.value.fault is Fault.UNREACHABLE


async def test_a_wrong_password_is_not_tried_again_soon(
    server: FaultySmtp, outgoing: MakeOutgoing
) -> None:
    one = outgoing(password="wrong")
    for _ in range(3):
        with pytest.raises(SendDeferred) as caught:
            await one.send(mail())
    assert caught.value.fault is Fault.LOGIN_FAILED
    assert caught.value.retry_after is not None
    assert "wrong" not in caught.value.detail.lower().replace("wrong user name", "")
    assert [line for line in server.commands if line.startswith("AUTH")] == ["AUTH ***"]


async def test_a_mail_above_the_servers_size_is_not_begun(
    server: FaultySmtp, outgoing: MakeOutgoing
) -> None:
    with pytest.raises(SendRejected) as caught:
        await outgoing().send(mail(payload=b"x" * 52_428_801))
    assert caught.value.fault is Fault.TOO_LARGE
    assert not any(line.startswith("MAIL") for line in server.commands)


async def test_a_burst_uses_few_connections_and_leaves_none(
    server: FaultySmtp, outgoing: MakeOutgoing
) -> None:
    one = outgoing()
    await asyncio.gather(*(one.send(mail()) for _ in range(40)))
    assert len(server.taken) == 40
    assert server.sessions <= 4
    await asyncio.sleep(0.3)
    assert server.commands.count("QUIT") == server.sessions


async def test_a_connection_that_died_while_resting_is_replaced(
    server: FaultySmtp, outgoing: MakeOutgoing
) -> None:
    one = outgoing(keep=60)
    await one.send(mail())
    await server.__aexit__(None, None, None)
    async with server:
        await one.send(mail())
    assert len(server.taken) == 2


@asynccontextmanager
async def answering(
    rcpt: Callable[[bytes], bytes], cut_after: int | None = None
) -> AsyncIterator[int]:
    """A server that answers each RCPT as told and cuts the text after so many bytes; its port."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 own.test\r\n")
        while line := await reader.readline():
            match line[:4].upper():
                case b"EHLO":
                    writer.write(b"250-own.test\r\n250 AUTH PLAIN\r\n")
                case b"AUTH":
                    writer.write(b"235 Ok\r\n")
                case b"RCPT":
                    writer.write(rcpt(line) + b"\r\n")
                case b"DATA":
                    writer.write(b"354 Go on\r\n")
                    if cut_after is not None:
                        await reader.readexactly(cut_after)
                        return
                    await reader.readuntil(b"\r\n.\r\n")
                    writer.write(b"250 Taken\r\n")
                case _:
                    writer.write(b"250 Ok\r\n")

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await talk(reader, writer)
        except ConnectionError:
            pass
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_a_cut_in_the_middle_of_a_large_text_is_surely_not_sent(
    outgoing: MakeOutgoing,
) -> None:
    async with answering(lambda _: b"250 Ok", cut_after=100_000) as port:
        with pytest.raises(SendDeferred):
            await outgoing(port=port).send(mail(payload=b"x" * 70 + b"\r\n" * 8_000_000))


async def test_one_refused_recipient_does_not_stop_the_others(outgoing: MakeOutgoing) -> None:
    async with answering(lambda line: b"550 5.1.1 No" if b"gone@" in line else b"250 Ok") as port:
        await outgoing(port=port).send(mail("gone@client.test", "lena@client.test"))


async def test_nothing_goes_while_one_recipient_is_put_off(outgoing: MakeOutgoing) -> None:
    async with answering(lambda line: b"450 Later" if b"slow@" in line else b"250 Ok") as port:
        with pytest.raises(SendDeferred):
            await outgoing(port=port).send(mail("lena@client.test", "slow@client.test"))
