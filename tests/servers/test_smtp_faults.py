"""The scripted SMTP server fails at the stage it is told to, in the way it is told to."""

import aiosmtplib
import pytest

from tests.servers import FaultySmtp
from tests.servers.smtp_faults import Fault, Taken

TEXT = b"Subject: x\r\n\r\n.dot\r\nbye\r\n"


async def send(server: FaultySmtp, **options: object) -> None:
    client = aiosmtplib.SMTP(
        hostname=server.host, port=server.port, timeout=1, start_tls=False, **options
    )
    async with client:
        await client.sendmail("info@firm.test", ["lena@client.test"], TEXT)


async def test_without_a_script_it_takes_the_message(faulty_smtp: FaultySmtp):
    await send(faulty_smtp)
    assert faulty_smtp.taken == [Taken("info@firm.test", ("lena@client.test",), TEXT)]


@pytest.mark.parametrize(
    ("stage", "reply", "error"),
    [
        ("connect", "554 No service", aiosmtplib.SMTPConnectError),
        ("connect", "421 Too busy", aiosmtplib.SMTPConnectError),
        ("mail", "451 4.3.0 Later", aiosmtplib.SMTPSenderRefused),
        ("rcpt", "550 5.1.1 No such user", aiosmtplib.SMTPRecipientsRefused),
        ("data", "452 4.3.1 Full", aiosmtplib.SMTPDataError),
        ("body", "554 5.7.1 Spam", aiosmtplib.SMTPDataError),
    ],
)
async def test_a_reply_of_the_script_takes_nothing(
    faulty_smtp: FaultySmtp, stage: str, reply: str, error: type[Exception]
):
    faulty_smtp.next_session(**{stage: reply})
    with pytest.raises(error):
        await send(faulty_smtp)
    assert faulty_smtp.taken == []
    await send(faulty_smtp)
    assert len(faulty_smtp.taken) == 1


@pytest.mark.parametrize(
    ("fault", "taken"), [(Fault.LOSE_REPLY, 1), (Fault.HANG, 1), (Fault.DROP, 0)]
)
async def test_the_reply_after_the_body_is_lost(faulty_smtp: FaultySmtp, fault: Fault, taken: int):
    faulty_smtp.next_session(body=fault)
    with pytest.raises((aiosmtplib.SMTPServerDisconnected, aiosmtplib.SMTPTimeoutError)):
        await send(faulty_smtp)
    assert len(faulty_smtp.taken) == taken


async def test_a_script_lasts_until_it_is_lifted(faulty_smtp: FaultySmtp):
    faulty_smtp.always(rcpt="451 4.2.0 Later")
    for _ in range(2):
        with pytest.raises(aiosmtplib.SMTPRecipientsRefused):
            await send(faulty_smtp)
    faulty_smtp.always()
    await send(faulty_smtp)
    assert (faulty_smtp.sessions, len(faulty_smtp.taken)) == (3, 1)


async def test_a_wrong_password_is_refused():
    async with FaultySmtp(login=("info", "right")) as server:
        with pytest.raises(aiosmtplib.SMTPAuthenticationError):
            await send(server, username="info", password="wrong")
        await send(server, username="info", password="right")
    assert "AUTH ***" in server.commands


async def test_a_stage_that_does_not_exist_is_an_error(faulty_smtp: FaultySmtp):
    with pytest.raises(ValueError, match="no such stage"):
        faulty_smtp.next_session(body_end="250 Ok")
