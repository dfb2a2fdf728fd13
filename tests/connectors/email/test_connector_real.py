"""Reading and answering through real Dovecot and Postfix, by TLS and STARTTLS."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any, Literal

import pytest
from pydantic import SecretStr

from connectors.email import (
    MailboxSettings,
    ServerSettings,
    check_imap,
    check_smtp,
    connect,
)
from inbox.errors import ChannelPaused, Fault, SendDeferred, SendRejected
from inbox.model import Channel, InboundMessage
from tests.connectors.email.reading import Clock
from tests.connectors.email.writing import LONG_ID, answer, plain, read
from tests.servers import Mailbox, MailServers

pytestmark = pytest.mark.real
CHANNEL = Channel("email:info", "email")


def settings_for(
    servers: MailServers,
    box: Mailbox,
    security: Literal["tls", "starttls"] = "tls",
    **more: Any,
) -> MailboxSettings:
    tls = security == "tls"
    imap = servers.dovecot.imaps_port if tls else servers.dovecot.imap_port
    smtp = servers.postfix.submissions_port if tls else servers.postfix.submission_port

    def at(port: int) -> ServerSettings:
        return ServerSettings(
            host="localhost",
            port=port,
            security=security,
            user=box.address,
            password=box.password,
            ca_file=servers.ca,
        )

    values = {"imap": at(imap), "smtp": at(smtp), "sent_copy_delay": 0} | more
    return MailboxSettings(address=box.address, **values)


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_a_question_is_answered_in_its_thread(
    mail_servers: MailServers, security: Literal["tls", "starttls"]
) -> None:
    ours, lena = mail_servers.dovecot.add_user(), mail_servers.dovecot.add_user()
    connector = connect(CHANNEL, settings_for(mail_servers, ours, security), Clock())
    stream = connector.receive(None)
    await anext(stream)
    asked = (
        f"From: Lena <{lena.address}>\r\nTo: {ours.address}\r\nSubject: Plan\r\n"
        f"Message-ID: {LONG_ID}\r\n\r\nWhen?\r\n"
    )
    await asyncio.to_thread(mail_servers.postfix.send, lena.address, ours.address, asked.encode())
    async with asyncio.timeout(10):
        while not (raws := (await anext(stream)).messages):
            pass
    message = await connector.parse(raws)
    assert isinstance(message, InboundMessage)
    reply = answer("Tomorrow.\n.\n.dot", answering=message)
    await connector.send(reply)
    await connector.keep_copy(reply)
    (got,) = await asyncio.to_thread(mail_servers.dovecot.wait_for_messages, lena.address, 1)
    assert f"In-Reply-To: {LONG_ID}".encode() in got
    assert plain(got).startswith("Tomorrow.\n.\n.dot\n\n")
    await connector.close()
    (copy,) = mail_servers.dovecot.messages(ours.address, "Sent")
    assert read(copy)["Message-ID"] == read(got)["Message-ID"]
    (kept,) = (ours.maildir / ".Sent" / "cur").iterdir()
    assert kept.name.endswith(":2,S"), "kept as read"
    with contextlib.suppress(StopAsyncIteration):
        await stream.aclose()  # type: ignore[attr-defined]  # an async generator, as promised


async def test_a_mailbox_is_described(mail_servers: MailServers) -> None:
    settings = settings_for(mail_servers, mail_servers.dovecot.add_user())
    assert await check_imap(settings) == "IDLE, 5 folders, Sent: Sent"
    assert await check_smtp(settings) == "login accepted, up to 50 MB a mail"


async def test_an_unknown_authority_is_not_trusted(mail_servers: MailServers) -> None:
    box = mail_servers.dovecot.add_user()
    blind = settings_for(mail_servers, box).imap.model_copy(update={"ca_file": None})
    smtp = settings_for(mail_servers, box).smtp.model_copy(update={"ca_file": None})
    settings = settings_for(mail_servers, box, imap=blind, smtp=smtp)
    for check in (check_imap, check_smtp):
        with pytest.raises(ChannelPaused, match="certificate") as caught:
            await check(settings)
        assert caught.value.fault is Fault.UNREACHABLE


async def test_the_servers_refusals_are_told_in_its_words(mail_servers: MailServers) -> None:
    settings = settings_for(mail_servers, mail_servers.dovecot.add_user())
    connector = connect(CHANNEL, settings, Clock())
    with pytest.raises(SendRejected, match="No such user here") as rejected:
        await connector.send(answer(answering=None, to="nobody@client.test"))
    assert rejected.value.fault is Fault.NO_SUCH_ADDRESS
    with pytest.raises(SendDeferred, match="try again later"):
        await connector.send(answer(answering=None, to="later@client.test"))
    await connector.close()


async def test_a_reply_waits_out_a_restart_of_the_server(mail_servers: MailServers) -> None:
    ours, lena = mail_servers.dovecot.add_user(), mail_servers.dovecot.add_user()
    connector = connect(CHANNEL, settings_for(mail_servers, ours), Clock())

    def inbox() -> list[bytes]:
        return mail_servers.dovecot.messages(lena.address)

    await connector.send(answer(answering=None, to=lena.address, key="one"))
    await asyncio.to_thread(mail_servers.postfix.restart)
    await connector.send(answer(answering=None, to=lena.address, key="two"))
    await asyncio.to_thread(mail_servers.postfix.kill)
    with pytest.raises(SendDeferred):
        await connector.send(answer(answering=None, to=lena.address, key="three"))
    await asyncio.to_thread(mail_servers.postfix.start)
    await connector.send(answer(answering=None, to=lena.address, key="three"))
    # A server that is killed between delivering and forgetting delivers again: ids tell.
    wanted = {connector.external_id(key) for key in ("one", "two", "three")}
    async with asyncio.timeout(20):
        while {str(read(one)["Message-ID"]) for one in inbox()} != wanted:
            await asyncio.sleep(0.05)
    await connector.close()


async def test_a_wrong_password_defers_the_reply(mail_servers: MailServers) -> None:
    right = settings_for(mail_servers, mail_servers.dovecot.add_user())
    wrong = right.smtp.model_copy(update={"password": SecretStr("s3cr3t-guess")})
    connector = connect(CHANNEL, right.model_copy(update={"smtp": wrong}), Clock())
    with pytest.raises(SendDeferred) as caught:
        await connector.send(answer(answering=None, to="lena@client.test"))
    assert caught.value.fault is Fault.LOGIN_FAILED
    assert caught.value.retry_after is not None
    assert "s3cr3t-guess" not in str(caught.value)
    await connector.close()
