"""Reading a mailbox on a real Dovecot: every mail once, whatever happens to the connection."""

from __future__ import annotations

import asyncio
import time

import pytest

from connectors.email.cursor import decode
from inbox.errors import ChannelPaused, Fault
from tests.connectors.email.reading import MakeReading, Pauses, mail
from tests.servers import Dovecot, Mailbox

pytestmark = pytest.mark.real


async def test_a_first_run_takes_only_what_comes_later(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    dovecot.deliver(box.address, mail("Before"))
    one = reading()
    assert (await one.batch()).messages == ()
    dovecot.deliver(box.address, mail("After"))
    (raw,) = await one.mails(1)
    assert raw.payload == mail("After")
    assert raw.note["folder"] == "INBOX"
    assert "history" not in raw.note


async def test_a_first_run_shows_earlier_days_as_history(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    dovecot.deliver(box.address, mail("Before"))
    one = reading(first_run_days=3)
    (old,) = await one.mails(1)
    dovecot.deliver(box.address, mail("After"))
    (new,) = await one.mails(1)
    assert old.note["history"] == "1"
    assert "history" not in new.note


async def test_a_restart_goes_on_behind_the_stored_cursor(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading()
    await one.batch()
    for number in range(3):
        dovecot.deliver(box.address, mail(f"M{number}"))
    first = await one.mails(3)
    await one.stop()
    dovecot.deliver(box.address, mail("M3"))
    again = reading(one.cursor)
    (fourth,) = await again.mails(1)
    assert [raw.payload for raw in (*first, fourth)] == [mail(f"M{n}") for n in range(4)]


async def test_what_was_not_acknowledged_comes_again(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading()
    start = (await one.batch()).cursor
    dovecot.deliver(box.address, mail("M"))
    (lost,) = await one.mails(1)
    await one.stop()
    (again,) = await reading(start).mails(1)
    assert again.external_id == lost.external_id


async def test_nothing_is_marked_read(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading()
    await one.batch()
    dovecot.deliver(box.address, mail("M"))
    await one.mails(1)
    await one.nothing()
    again = reading(first_run_days=1)
    (raw,) = await again.mails(1)
    assert "\\Seen" not in raw.note["flags"]


async def test_a_backlog_comes_in_order_and_whole(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading()
    await one.batch()
    sent = [mail(f"M{n}", "x" * (n * 97) + "\r\n* OK {12}\r\n)(") for n in range(260)]
    for payload in sent:
        dovecot.deliver_lmtp(box.address, payload)
    raws = await one.mails(260, seconds=40)
    bodies = [raw.payload.partition(b"\r\n\r\n")[2] for raw in raws]
    assert bodies == [payload.partition(b"\r\n\r\n")[2] for payload in sent]
    assert len({raw.external_id for raw in raws}) == 260


async def test_killed_connections_lose_and_double_nothing(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading, pauses: Pauses
) -> None:
    one = reading()
    await one.batch()
    total = 120

    async def disturb() -> None:
        for number in range(total):
            await asyncio.to_thread(
                dovecot.deliver, box.address, mail(f"M{number}", "y" * 200_000)
            )
            if number % 15 == 7:
                dovecot.kill_connections(box.address)
            await asyncio.sleep(0.005)

    disturbing = asyncio.create_task(disturb())
    raws = await one.mails(total, seconds=60)
    await disturbing
    subjects = [raw.payload.split(b"\r\n", 1)[0] for raw in raws]
    assert subjects == [f"Subject: M{n}".encode() for n in range(total)]
    assert pauses.seconds
    await one.nothing()


async def test_an_idle_connection_that_dies_is_made_anew(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading()
    await one.batch()
    waiting = asyncio.create_task(one.mails(1))
    await asyncio.sleep(0.3)
    assert dovecot.kill_connections(box.address) == 1
    dovecot.deliver(box.address, mail("M"))
    assert (await waiting)[0].payload == mail("M")


async def test_a_restarted_server_is_found_again(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading()
    await one.batch()
    waiting = asyncio.create_task(one.mails(1))
    await asyncio.to_thread(dovecot.restart)
    dovecot.deliver(box.address, mail("M"))
    assert (await waiting)[0].payload == mail("M")


async def test_a_server_that_hangs_is_left(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading, pauses: Pauses
) -> None:
    one = reading(silence=0.5, folders=("INBOX", "Drafts"), poll_seconds=1)
    await one.batch()
    await one.batch()
    waiting = asyncio.create_task(one.mails(1))
    await asyncio.sleep(0.2)
    dovecot.pause()
    try:
        await asyncio.sleep(3)
        assert pauses.seconds
    finally:
        dovecot.resume()
    dovecot.deliver(box.address, mail("M"))
    assert (await waiting)[0].payload == mail("M")


async def test_uids_that_count_anew_announce_only_what_is_new(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    dovecot.deliver(box.address, mail("Ancient"))
    await asyncio.sleep(2.1)
    one = reading()
    await one.batch()
    dovecot.deliver(box.address, mail("Known"))
    known = await one.mails(1)
    await one.stop()
    dovecot.deliver(box.address, mail("New"))
    for name in ("dovecot-uidlist", "dovecot.index", "dovecot.index.log", "dovecot.index.cache"):
        (box.maildir / name).unlink(missing_ok=True)
    await asyncio.sleep(1.1)
    again = reading(one.cursor)
    moved = await again.batch()
    assert moved.messages == ()
    before, after = (decode(text, ["INBOX"])["INBOX"] for text in (one.cursor, moved.cursor))
    assert before.uid_validity != after.uid_validity
    seen = {raw.external_id: raw.payload for raw in await again.mails(1)}
    await again.nothing()
    fresh = [text for name, text in seen.items() if name not in {raw.external_id for raw in known}]
    assert fresh == [mail("New")]


async def test_an_oversized_mail_comes_with_its_beginning_only(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading(max_size=1024 * 1024)
    await one.batch()
    big = mail("Big", "z" * 70 + "\r\n" + ("w" * 76 + "\r\n") * 20_000)
    dovecot.deliver(box.address, big)
    dovecot.deliver(box.address, mail("Small"))
    first, second = await one.mails(2)
    assert first.note["truncated"] == "1"
    assert first.note["size"] == str(len(big))
    assert big.startswith(first.payload)
    assert len(first.payload) == 256 * 1024
    assert second.payload == mail("Small")


async def test_several_folders_have_a_place_each(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading(folders=("INBOX", "Junk"), poll_seconds=1)
    await one.batch()
    await one.batch()
    dovecot.deliver(box.address, mail("In junk"), "Junk")
    (junk,) = await one.mails(1)
    dovecot.deliver(box.address, mail("In inbox"))
    (inbox,) = await one.mails(1)
    assert (junk.note["folder"], inbox.note["folder"]) == ("Junk", "INBOX")
    await one.stop()
    await reading(one.cursor, folders=("INBOX", "Junk"), poll_seconds=1).nothing(1.5)


async def test_a_wrong_password_pauses_the_channel_without_showing_it(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading, pauses: Pauses
) -> None:
    one = reading()
    dovecot.set_password(box.address, "something-else")
    with pytest.raises(ChannelPaused) as caught:
        await one.batch()
    assert caught.value.fault is Fault.LOGIN_FAILED
    assert box.password not in str(caught.value)
    assert "AUTHENTICATIONFAILED" in caught.value.detail
    assert len(pauses.seconds) == 2


async def test_a_folder_that_does_not_exist_pauses_the_channel(reading: MakeReading) -> None:
    with pytest.raises(ChannelPaused, match="Клиенты"):
        await reading(folders=("Клиенты",)).batch()


async def test_a_push_is_handed_over_at_once(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading()
    await one.batch()
    waiting = asyncio.create_task(one.mails(1))
    await asyncio.sleep(0.3)
    started = time.monotonic()
    dovecot.deliver(box.address, mail("M"))
    await waiting
    assert time.monotonic() - started < 5, "a look without a push comes later"
