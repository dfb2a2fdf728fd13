"""The Sent folder is read as well: what a manager answers in a mail client comes in as sent."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.email.cursor import SENT
from connectors.email.sync import Pace
from tests.connectors.email.bad_imap import BadImap, Talk, text
from tests.connectors.email.reading import MakeReading, mail
from tests.servers import Dovecot, Mailbox

SOON = Pace(sent_seconds=0.2)


@pytest.mark.real
async def test_an_answer_from_a_mail_client_comes_in_as_sent(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    first = reading(pace=SOON)  # Dovecot makes the folder when somebody asks for it
    await first.batch()
    await first.batch()
    await first.stop()
    dovecot.deliver(box.address, mail("Before"), "Sent")
    one = reading(pace=SOON)
    await one.batch()
    await one.batch()
    assert f"{SENT}Sent" in one.cursor.replace("\\\\", "\\")
    dovecot.deliver(box.address, mail("Answer", In_Reply_To="<1@client.test>"), "Sent")
    (raw,) = await one.mails(1)
    assert (raw.note["sent"], raw.note["folder"]) == ("1", "Sent")
    dovecot.deliver(box.address, mail("Question"))
    (question,) = await one.mails(1)
    assert "sent" not in question.note
    await one.stop()
    await reading(one.cursor, pace=SOON).nothing()


@pytest.mark.real
async def test_what_okno_sent_stays_there(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading(pace=SOON)
    await one.batch()
    await one.batch()
    dovecot.deliver(box.address, mail("Ours", X_Okno="abc"), "Sent")
    dovecot.deliver(box.address, mail("Theirs"), "Sent")
    (raw,) = await one.mails(1)
    assert raw.payload == mail("Theirs")
    await one.nothing()


@pytest.mark.real
async def test_a_question_is_stored_before_its_answer(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading(pace=SOON)
    await one.batch()
    await one.batch()
    await one.stop()
    dovecot.deliver(box.address, mail("Answer"), "Sent")
    dovecot.deliver(box.address, mail("Question"))
    both = await reading(one.cursor, pace=SOON).mails(2)
    assert [raw.payload for raw in both] == [mail("Question"), mail("Answer")]


async def listing(talk: Talk, tag: str, rest: str) -> bool:
    talk.say(b'* LIST (\\HasNoChildren \\Sent) "/" "Out"\r\n')
    talk.done(tag)
    return True


async def answer_no(talk: Talk, tag: str, rest: str) -> bool:
    if "Out" not in rest:
        return False
    talk.say(f"{tag} NO not today\r\n".encode())
    return True


@pytest.mark.parametrize("verb", ["STATUS", "SELECT"])
async def test_a_sent_folder_that_cannot_be_read_stops_nothing(
    server: BadImap, bad_reading: MakeReading, verb: str
) -> None:
    wrong: dict[str, Any] = {"LIST": listing, verb: answer_no}
    server.wrong |= wrong
    server.mails[1] = text(1)
    one = bad_reading(pace=SOON)
    assert (await one.mails(1))[0].payload == text(1)
    await one.nothing(1)
    server.mails[2] = text(2)
    assert (await one.mails(1))[0].payload == text(2)


async def test_without_idle_the_server_is_polled_and_sent_is_watched(
    server: BadImap, bad_reading: MakeReading
) -> None:
    async def status(talk: Talk, tag: str, rest: str) -> bool:
        talk.say(b'* STATUS "Out" (UIDNEXT 2 UIDVALIDITY 1)\r\n')
        talk.done(tag)
        return True

    server.capabilities = "IMAP4rev1"
    server.wrong |= {"LIST": listing, "STATUS": status}
    server.mails[1] = text(1)
    one = bad_reading(poll_seconds=1, pace=SOON)
    await one.mails(1)
    await one.nothing(1)
    assert any("STATUS" in line for line in server.commands)
    assert not any("IDLE" in line for line in server.commands)


async def test_a_server_that_refuses_idle_is_polled(
    server: BadImap, bad_reading: MakeReading
) -> None:
    async def refuse(talk: Talk, tag: str, rest: str) -> bool:
        talk.say(f"{tag} BAD what is that\r\n".encode())
        return True

    server.wrong["IDLE"] = refuse
    one = bad_reading(poll_seconds=1, pace=SOON)
    await one.nothing(0.5)
    server.mails[1] = text(1)
    assert (await one.mails(1))[0].payload == text(1)
    await one.nothing(1.5)
    assert sum("IDLE" in line for line in server.commands) <= 2


@pytest.mark.real
async def test_it_is_left_alone_where_nobody_wants_it_read(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    first = reading(pace=SOON)  # as above
    await first.batch()
    await first.batch()
    await first.stop()
    one = reading(pace=Pace(sent_seconds=0.0))
    await one.batch()
    dovecot.deliver(box.address, mail("Answer"), "Sent")
    dovecot.deliver(box.address, mail("Question"))
    (question,) = await one.mails(1)
    assert "sent" not in question.note
    assert SENT not in one.cursor
