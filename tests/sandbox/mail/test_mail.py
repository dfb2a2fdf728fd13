"""What comes in by SMTP goes out over IMAP byte for byte, and people write as mail programs do."""

from __future__ import annotations

import asyncio
from email.message import EmailMessage

import aiosmtplib
import pytest

from connectors.email.config import ServerSettings
from connectors.email.folders import sent_folder
from connectors.email.session import ImapSession
from sandbox.mail import File, MailServer, User
from tests.sandbox.mail.conftest import CLIENT, NOW, STUDIO


def imap(server: MailServer, user: User, password: str = "") -> ServerSettings:
    return ServerSettings.model_validate(
        {
            "host": server.host,
            "port": server.imap_port,
            "security": "none",
            "user": user.address,
            "password": password or user.password,
        }
    )


def mail(to: str = CLIENT.address) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = STUDIO.address, to, "Макет"
    message["Message-ID"] = "<one@studio.example>"
    message.set_content("Готово.\n\nС уважением, студия")
    return message


async def submit(server: MailServer, message: EmailMessage, password: str = "") -> None:
    await aiosmtplib.send(
        message,
        hostname=server.host,
        port=server.smtp_port,
        username=STUDIO.address,
        password=password or STUDIO.password,
        start_tls=False,
    )


async def test_a_submitted_mail_stands_in_the_addressees_inbox(server: MailServer) -> None:
    await submit(server, mail())

    (received,) = server.inbox(CLIENT.address)
    assert (received.subject, received.text) == ("Макет", "Готово.\n\nС уважением, студия")
    assert received.message_id == "<one@studio.example>"
    assert received.arrived_at == NOW
    assert server.inbox(STUDIO.address) == []


async def test_a_wrong_password_is_refused(server: MailServer) -> None:
    with pytest.raises(aiosmtplib.SMTPAuthenticationError):
        await submit(server, mail(), "wrong")


async def test_nothing_is_taken_without_a_login(server: MailServer) -> None:
    with pytest.raises(aiosmtplib.SMTPSenderRefused) as refused:
        await aiosmtplib.send(mail(), hostname=server.host, port=server.smtp_port, start_tls=False)
    assert refused.value.code == 530


async def test_an_unknown_addressee_is_refused(server: MailServer) -> None:
    with pytest.raises(aiosmtplib.SMTPRecipientsRefused) as refused:
        await submit(server, mail("nobody@zerno.example"))
    assert refused.value.recipients[0].code == 550


@pytest.mark.parametrize("size", [10, 2_000_000])
async def test_imap_hands_out_the_very_bytes(server: MailServer, size: int) -> None:
    raw = b"Subject: =?utf-8?b?0J/RgNC40LLQtdGC?=\r\n\r\n" + b"line.\r\n.\r\n" * (size // 10)
    await server.deliver(STUDIO.address, raw)
    session = await ImapSession.open(imap(server, STUDIO))

    await session.select("INBOX")
    (uid,) = await session.search("UID", "1:*")
    told = await session.fetch([uid], "INTERNALDATE RFC822.SIZE")
    body = await session.fetch([uid], "BODY.PEEK[]", expect=size)
    await session.close()

    assert body[uid].body == raw
    assert (told[uid].size, told[uid].arrived_at) == (len(raw), NOW)


async def test_a_reader_in_idle_hears_of_new_mail_at_once(server: MailServer) -> None:
    session = await ImapSession.open(imap(server, STUDIO))
    await session.select("INBOX")
    await session.search("UID", "1:*")
    assert session.can_idle

    for _turn in range(3):
        idling = asyncio.create_task(session.idle(30))
        await asyncio.sleep(0.05)
        assert not idling.done()
        await server.compose(CLIENT.address, STUDIO.address, "Вопрос", "Когда?")
        await asyncio.wait_for(idling, 0.5)
        await session.search("UID", "1:*")

    assert len(await session.search("UID", "1:*")) == 3
    await session.close()


async def test_two_readers_of_one_mailbox_both_hear_of_it(server: MailServer) -> None:
    sessions = [await ImapSession.open(imap(server, STUDIO)) for _ in range(2)]
    for session in sessions:
        await session.select("INBOX")
        await session.search("UID", "1:*")
    idling = [asyncio.create_task(session.idle(30)) for session in sessions]
    await asyncio.sleep(0.05)

    await server.compose(CLIENT.address, STUDIO.address, "Вопрос", "Когда?")

    await asyncio.wait_for(asyncio.gather(*idling), 1)
    for session in sessions:
        await session.close()


async def test_an_append_to_sent_is_seen_by_the_owner(server: MailServer) -> None:
    session = await ImapSession.open(imap(server, STUDIO))
    folder = sent_folder(await session.folders())
    assert folder == "Sent"

    await session.append(folder, mail().as_bytes())
    await session.select(folder)
    found = await session.search("HEADER", "Message-ID", '"<one@studio.example>"')
    await session.close()

    assert len(found) == 1
    assert [each.subject for each in server.sent(STUDIO.address)] == ["Макет"]


async def test_an_answer_stands_in_the_thread_and_quotes(server: MailServer) -> None:
    first = await server.compose(CLIENT.address, STUDIO.address, "Смета", "Сколько?")
    second = await server.compose(STUDIO.address, CLIENT.address, "", "Сто.", in_reply_to=first)
    third = await server.compose(CLIENT.address, STUDIO.address, "", "Дорого.", in_reply_to=second)

    assert third.subject == "Re: Смета"
    assert third.in_reply_to == second.message_id
    assert third.references == (first.message_id, second.message_id)
    assert third.text.startswith("Дорого.\n\n")
    assert "> Сто." in third.text
    assert third in server.inbox(STUDIO.address)
    assert [each.raw for each in server.sent(CLIENT.address)] == [first.raw, third.raw]


async def test_files_arrive_as_they_were(server: MailServer) -> None:
    files = (
        File("смета.pdf", bytes(range(256)) * 10, "application/pdf"),
        File("лого.png", b"\x89PNG\r\n\x1a\n", "image/png"),
    )
    received = await server.compose(CLIENT.address, STUDIO.address, "Файлы", "См.", files=files)
    assert received.files == files


async def test_a_listener_hears_of_every_change(server: MailServer) -> None:
    queue = server.subscribe()
    await server.compose(CLIENT.address, STUDIO.address, "Вопрос", "Когда?")
    assert [queue.get_nowait(), queue.get_nowait()] == [CLIENT.address, STUDIO.address]

    server.unsubscribe(queue)
    await server.compose(CLIENT.address, STUDIO.address, "Вопрос", "Когда?")
    assert queue.empty()


async def test_addresses_are_taken_in_any_case(server: MailServer) -> None:
    await server.compose(CLIENT.address.upper(), STUDIO.address.title(), "Вопрос", "Когда?")
    assert len(server.inbox(STUDIO.address)) == 1
    with pytest.raises(KeyError):
        server.inbox("nobody@zerno.example")


async def test_bytes_that_are_no_mail_do_no_harm(server: MailServer) -> None:
    received = await server.deliver(STUDIO.address, b"\xff\xfe\x00 not a mail")
    assert (received.subject, received.message_id, received.files) == ("", "", ())
