"""A mail above the cap: header, text and names at once, each file when it is asked for."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator
from email.mime.application import MIMEApplication
from email.mime.image import MIMEImage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText

import pytest

from connectors.email.connector import MailConnector, connect
from inbox.errors import Fault, FileUnavailable
from inbox.model import Channel, InboundMessage, RawMessage
from tests.connectors.email.reading import Clock, MakeReading, mailbox_settings
from tests.servers import Dovecot, Mailbox

pytestmark = pytest.mark.real

MEGABYTE = 1024 * 1024
WORDS = 'Смотрите <b>вложения</b>. <img src="cid:p">'
PLAN, PHOTO = bytes(range(256)) * 6_000, b"\x89PNG" + b"\0\1\2\3" * 30_000


def large() -> bytes:
    """Files before the text, as some clients write."""
    text, page = MIMEText("Смотрите вложения."), MIMEText(f"<p>{WORDS}</p>", "html")
    photo = MIMEImage(PHOTO, "png")
    photo["Content-ID"] = "<p>"
    zipped, plan = MIMEApplication(b"small", "zip"), MIMEApplication(PLAN, "pdf")
    zipped.add_header("Content-Disposition", "attachment", filename="b.zip")
    plan.add_header("Content-Disposition", "attachment", filename=("utf-8", "", "План.pdf"))
    related = MIMEMultipart("related", _subparts=[page, photo])
    body = MIMEMultipart("alternative", _subparts=[text, related])
    one = MIMEMultipart("mixed", _subparts=[plan, zipped, body])
    one["Subject"], one["From"], one["To"] = "Plans", "Lena <lena@client.test>", "info@firm.test"
    one["Message-ID"] = "<large@client.test>"
    return one.as_bytes().replace(b"\n", b"\r\n")


@pytest.fixture
async def connector(dovecot: Dovecot, box: Mailbox) -> AsyncIterator[MailConnector]:
    settings = mailbox_settings(box, dovecot.imap_port, max_size=MEGABYTE)
    one = connect(Channel("email:info", "email"), settings, Clock())
    yield one
    await one.close()


async def taken(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading, payload: bytes
) -> RawMessage:
    one = reading(max_size=MEGABYTE)
    await one.batch()
    dovecot.deliver(box.address, payload)
    (raw,) = await one.mails(1)
    await one.stop()
    return raw


async def test_text_and_names_are_there_and_files_come_when_asked_for(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading, connector: MailConnector
) -> None:
    raw = await taken(dovecot, box, reading, large())
    assert raw.note["truncated"] == "1"
    assert len(raw.payload) < 64 * 1024
    message = await connector.parse([raw])
    assert isinstance(message, InboundMessage)
    assert "Смотрите вложения." in message.text
    files = {one.name: one for one in message.attachments}
    assert {"План.pdf", "b.zip"} < files.keys()
    assert files["План.pdf"].size is None
    assert await connector.fetch(files["План.pdf"], raw) == PLAN
    assert await connector.fetch(files["b.zip"], raw) == b"small"
    (photo,) = [one for one in message.attachments if one.media_type == "image/png"]
    assert await connector.fetch(photo, raw) == PHOTO


async def test_it_is_found_again_when_uids_count_anew(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading, connector: MailConnector
) -> None:
    raw = await taken(dovecot, box, reading, large())
    moved = RawMessage(
        raw.external_id,
        raw.lane,
        raw.payload,
        raw.received_at,
        note={**raw.note, "uidvalidity": "1", "uid": "77"},
    )
    message = await connector.parse([moved])
    assert isinstance(message, InboundMessage)
    (plan,) = [one for one in message.attachments if one.name == "План.pdf"]
    assert await connector.fetch(plan, moved) == PLAN


async def test_a_file_of_a_mail_that_was_deleted_is_gone(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading, connector: MailConnector
) -> None:
    raw = await taken(dovecot, box, reading, large())
    message = await connector.parse([raw])
    assert isinstance(message, InboundMessage)
    for file in [*(box.maildir / "cur").glob("*"), *(box.maildir / "new").glob("*")]:
        file.unlink()
    with pytest.raises(FileUnavailable) as caught:
        await connector.fetch(message.attachments[0], raw)
    assert caught.value.fault is Fault.EXPIRED


async def test_the_same_large_mail_has_the_same_id_again(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    payload = large()
    first = await taken(dovecot, box, reading, payload)
    for file in [*(box.maildir / "cur").glob("*"), *(box.maildir / "new").glob("*")]:
        file.unlink()
    again = await taken(dovecot, box, reading, payload)
    assert first.external_id == again.external_id
    assert first.note["uid"] != again.note["uid"]


async def test_a_large_mail_of_one_part_comes_with_its_beginning(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading, connector: MailConnector
) -> None:
    body = base64.encodebytes(PLAN).replace(b"\n", b"\r\n")
    head = (
        b"Subject: scan\r\nFrom: a@client.test\r\nContent-Type: application/pdf; name=a.pdf\r\n"
        b"Content-Disposition: attachment; filename=a.pdf\r\n"
        b"Content-Transfer-Encoding: base64\r\n\r\n"
    )
    raw = await taken(dovecot, box, reading, head + body)
    message = await connector.parse([raw])
    assert isinstance(message, InboundMessage)
    files = {one.name: one for one in message.attachments}
    assert files["a.pdf"].size is None
