"""Sent: what was sent is found there under whatever id, and put there where it is missing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from connectors.email.compose import compose, mark, message_id
from connectors.email.config import MailboxSettings, ServerSettings
from connectors.email.connector import MailConnector
from connectors.email.faults import LoginRefused, Refused, SessionLost
from connectors.email.sent_folder import SentFolder, Sought
from connectors.email.session import ImapSession
from inbox.errors import Fault, SendDeferred, SendRejected
from inbox.model import Channel
from tests.connectors.email.bad_imap import BadImap, Talk
from tests.connectors.email.reading import Clock, mailbox_settings
from tests.connectors.email.writing import WRITTEN, answer
from tests.servers import Dovecot, Mailbox

CHANNEL = Channel("email:info", "email")
SERVER = ServerSettings(host="127.0.0.1", security="none", user="u", password="p")


def sought(settings: MailboxSettings, key: str = "reply:1") -> Sought:
    return Sought(message_id(settings.address, key), mark(settings.address, key), WRITTEN)


@pytest.fixture
def settings(dovecot: Dovecot, box: Mailbox) -> MailboxSettings:
    return mailbox_settings(box, dovecot.imap_port)


@pytest.fixture
async def sent(settings: MailboxSettings) -> AsyncIterator[SentFolder]:
    folder = SentFolder(settings, keep=0.2)
    yield folder
    await folder.close()


@pytest.mark.real
class TestOnDovecot:
    async def test_what_is_put_there_is_found_there(
        self, sent: SentFolder, settings: MailboxSettings, dovecot: Dovecot, box: Mailbox
    ) -> None:
        mail = compose(answer(), settings)
        assert await sent.find(sought(settings)) is None
        await sent.put(mail.payload)
        found = await sent.find(sought(settings))
        assert found is not None
        assert found.ids == (mail.message_id,)
        assert found.kept_at is not None
        assert await sent.find(sought(settings, "reply:2")) is None
        (copy,) = dovecot.messages(box.address, "Sent")
        assert copy == mail.payload.replace(b"\r\n", b"\n")

    async def test_a_mail_whose_id_was_replaced_is_known_by_our_mark(
        self, sent: SentFolder, settings: MailboxSettings
    ) -> None:
        mail = compose(answer(), settings)
        theirs = b"<AM0PR1@eurprd01.prod.outlook.com>"
        await sent.put(mail.payload.replace(mail.message_id.encode(), theirs, 1))
        found = await sent.find(sought(settings))
        assert found is not None
        assert found.ids == (mail.message_id, theirs.decode())

    async def test_a_mail_is_known_by_the_original_id_that_microsoft_notes(
        self, sent: SentFolder, settings: MailboxSettings
    ) -> None:
        own_id = message_id(settings.address, "reply:1")
        note = f"Message-ID: <new@x>\r\nX-Microsoft-Original-Message-ID:\r\n {own_id}\r\n\r\nHi"
        await sent.put(note.encode())
        found = await sent.find(replace(sought(settings), since=Clock().now()))
        assert found is not None
        assert found.ids == (own_id, "<new@x>")

    async def test_a_connection_that_died_while_it_rested_is_made_anew(
        self, settings: MailboxSettings
    ) -> None:
        made: list[ImapSession] = []

        async def opened() -> ImapSession:
            made.append(await ImapSession.open(settings.imap))
            return made[-1]

        folder = SentFolder(settings, open_session=opened, keep=5)
        await folder.find(sought(settings))
        made[0].discard()
        assert await folder.find(sought(settings)) is None
        assert len(made) == 2
        await folder.close()

    async def test_a_resting_connection_says_goodbye(self, settings: MailboxSettings) -> None:
        made: list[ImapSession] = []

        async def opened() -> ImapSession:
            made.append(await ImapSession.open(settings.imap))
            return made[-1]

        folder = SentFolder(settings, open_session=opened, keep=0.02)
        await folder.find(sought(settings))
        await folder.find(sought(settings))
        assert len(made) == 1
        await asyncio.sleep(0.3)
        await folder.find(sought(settings))
        assert len(made) == 2
        await folder.close()

    async def test_the_connector_keeps_one_copy_and_finds_it(
        self, settings: MailboxSettings, dovecot: Dovecot, box: Mailbox
    ) -> None:
        connector = MailConnector(CHANNEL, settings, Clock())
        assert await connector.look_for(answer()) is None
        await connector.keep_copy(answer())
        receipt = await connector.look_for(answer())
        assert receipt is not None
        assert receipt.thread_ids == (connector.external_id("reply:1"),)
        assert receipt.sent_at <= Clock().now()
        assert len(dovecot.messages(box.address, "Sent")) == 1
        await connector.close()

    async def test_a_provider_that_keeps_copies_is_asked_again_and_gets_none(
        self, settings: MailboxSettings, dovecot: Dovecot, box: Mailbox
    ) -> None:
        provider = settings.model_copy(update={"sent_copy": "provider"})
        connector = MailConnector(CHANNEL, provider, Clock(), pauses=(0.3, 0.3))
        looking = asyncio.create_task(connector.look_for(answer()))
        await asyncio.sleep(0.1)
        other = SentFolder(settings)
        await other.put(compose(answer(), settings).payload)
        assert await looking is not None
        await other.close()
        await connector.keep_copy(answer(key="reply:2"))
        assert len(dovecot.messages(box.address, "Sent")) == 1
        await connector.close()


@pytest.mark.parametrize(
    ("error", "fault"),
    [
        (LoginRefused("no"), Fault.LOGIN_FAILED),
        (SessionLost("away"), Fault.UNREACHABLE),
        (Refused("[SERVERBUG]"), Fault.UNREACHABLE),
    ],
)
async def test_where_nobody_can_look_it_is_put_off(error: Exception, fault: Fault) -> None:
    async def opened() -> ImapSession:
        raise error

    settings = MailboxSettings(address="info@studio.test", imap=SERVER, smtp=SERVER)
    with pytest.raises(SendDeferred) as caught:
        await SentFolder(settings, open_session=opened).find(sought(settings))
    assert caught.value.fault is fault


def lists(*folders: bytes) -> Any:
    async def tell(talk: Talk, tag: str, rest: str) -> bool:
        for one in folders:
            talk.say(b"* LIST " + one + b"\r\n")
        talk.done(tag)
        return True

    return tell


def bad_settings(server: BadImap) -> MailboxSettings:
    at = SERVER.model_copy(update={"port": server.port})
    return MailboxSettings(address="info@studio.test", imap=at, smtp=at)


async def test_without_a_sent_folder_there_is_no_copy() -> None:
    async with BadImap(wrong={"LIST": lists(b'() "/" INBOX')}) as server:
        settings = bad_settings(server)
        folder = SentFolder(settings)
        with pytest.raises(SendRejected, match="no Sent folder"):
            await folder.find(sought(settings))
        await folder.close()


async def test_a_server_that_searches_no_header_fields_is_read_instead() -> None:
    async def no_headers(talk: Talk, tag: str, rest: str) -> bool:
        if "HEADER" not in rest:
            return False
        talk.say(f"{tag} NO [CANNOT] no such search\r\n".encode())
        return True

    async def whole(talk: Talk, tag: str, rest: str) -> bool:
        for uid, mail in talk.server.mails.items():
            talk.say(
                f"* {uid} FETCH (UID {uid} BODY[HEADER.FIELDS (X)] {{{len(mail)}}}\r\n".encode()
            )
            talk.say(mail + b")\r\n")
        talk.done(tag)
        return True

    wrong = {"LIST": lists(b'(\\Sent) "/" Sent'), "SEARCH": no_headers, "FETCH": whole}
    async with BadImap(wrong=wrong) as server:
        settings = bad_settings(server)
        server.mails[3] = b"Message-ID: <other@x>\r\n\r\n"
        server.mails[4] = compose(answer(), settings).payload
        folder = SentFolder(settings)
        found = await folder.find(replace(sought(settings), since=WRITTEN + timedelta(hours=1)))
        assert found is not None
        assert found.ids == (message_id(settings.address, "reply:1"),)
        await folder.close()
