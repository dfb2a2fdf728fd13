"""A mail that is listed and not handed over: remembered, asked for again, then told of."""

from __future__ import annotations

from datetime import timedelta

import pytest

from connectors.email.cursor import Place, decode
from connectors.email.gaps import Gap
from tests.connectors.email.bad_imap import BadImap, Hangup, Talk, Wrong, text
from tests.connectors.email.reading import Clock, MakeReading, Pauses, Reading

TRIES = (31, 121, 601)  # seconds


def place(reading: Reading) -> Place:
    return decode(reading.cursor, ["INBOX"])["INBOX"]


async def poison(talk: Talk, tag: str, rest: str) -> bool:
    """Whoever asks for the body of the second mail is cut off."""
    if "BODY.PEEK[" in rest and "2" in rest.split()[2].split(","):
        raise Hangup
    return False


async def forget(talk: Talk, tag: str, rest: str) -> bool:
    """The second mail is left out of every answer."""
    for uid in map(int, rest.split()[2].split(",")):
        if uid != 2:
            talk.tell(uid, rest)
    talk.done(tag)
    return True


@pytest.mark.parametrize("wrong", [poison, forget])
async def test_the_mails_behind_it_do_not_wait(
    server: BadImap, bad_reading: MakeReading, pauses: Pauses, wrong: Wrong
) -> None:
    server.mails = {1: text(1), 2: text(2), 3: text(3)}
    server.wrong["FETCH"] = wrong
    one = bad_reading()
    assert [raw.payload for raw in await one.mails(2)] == [text(1), text(3)]
    assert [gap.uid for gap in place(one).gaps] == [2]
    assert place(one).uid == 3
    assert len(pauses.seconds) in {3, 4}, "three tries of its own, after one of all together"


@pytest.mark.parametrize("wrong", [poison, forget])
async def test_it_is_tried_over_time_and_then_told_of(
    server: BadImap, bad_reading: MakeReading, clock: Clock, wrong: Wrong
) -> None:
    server.mails = {1: text(1), 2: text(2), 3: text(3)}
    server.wrong["FETCH"] = wrong
    one = bad_reading()
    await one.mails(2)
    for number, seconds in enumerate(TRIES):
        await one.stop()
        one = bad_reading(one.cursor)
        await one.nothing(0.3)
        assert [gap.tries for gap in place(one).gaps] == [number]
        clock.ahead += timedelta(seconds=seconds)
        await one.batch()
    (gap,) = await one.mails(1)
    assert gap.payload == b""
    assert (gap.note["gap"], gap.note["uid"]) == ("1", "2")
    assert gap.external_id == "gap:INBOX:1:2"
    assert place(one).gaps == ()


async def test_it_comes_once_the_server_is_well(
    server: BadImap, bad_reading: MakeReading, clock: Clock
) -> None:
    server.mails = {1: text(1), 2: text(2), 3: text(3)}
    server.wrong["FETCH"] = poison
    one = bad_reading()
    await one.mails(2)
    await one.stop()
    server.wrong.clear()
    clock.ahead = timedelta(seconds=31)
    again = bad_reading(one.cursor)
    (late,) = await again.mails(1)
    assert late.payload == text(2)
    assert place(again).gaps == ()
    await again.nothing()


async def test_one_that_is_deleted_meanwhile_is_no_gap(
    server: BadImap, bad_reading: MakeReading
) -> None:
    async def too_late(talk: Talk, tag: str, rest: str) -> bool:
        server.mails.pop(2, None)
        return False

    server.mails = {1: text(1), 2: text(2), 3: text(3)}
    server.wrong["FETCH"] = too_late
    one = bad_reading()
    assert [raw.payload for raw in await one.mails(2)] == [text(1), text(3)]
    await one.nothing()
    assert place(one).gaps == ()


async def test_one_that_is_deleted_later_is_no_longer_owed(
    server: BadImap, bad_reading: MakeReading, clock: Clock
) -> None:
    server.mails = {1: text(1), 2: text(2), 3: text(3)}
    server.wrong["FETCH"] = poison
    one = bad_reading()
    await one.mails(2)
    await one.stop()
    del server.mails[2]
    clock.ahead = timedelta(seconds=31)
    again = bad_reading(one.cursor)
    assert (await again.batch()).messages == ()
    assert place(again).gaps == ()


async def test_a_mail_whose_whole_body_fails_comes_without_its_end(
    server: BadImap, bad_reading: MakeReading, clock: Clock
) -> None:
    async def only_parts(talk: Talk, tag: str, rest: str) -> bool:
        if rest.endswith("BODY.PEEK[])"):
            talk.say(f"{tag} NO internal error\r\n".encode())
            return True
        return False

    server.mails[1] = text(1) + b"x" * 400_000
    server.wrong["FETCH"] = only_parts
    one = bad_reading()
    for seconds in (0, 31, 121):
        clock.ahead += timedelta(seconds=seconds)
        batch = await one.batch()
        await one.stop()
        one = bad_reading(batch.cursor)
    (raw,) = batch.messages
    assert raw.note["truncated"] == "1"
    assert len(raw.payload) == 256 * 1024


async def test_a_server_that_says_it_is_busy_makes_no_gap(
    server: BadImap, bad_reading: MakeReading, pauses: Pauses
) -> None:
    left = 9

    async def busy(talk: Talk, tag: str, rest: str) -> bool:
        nonlocal left
        left -= "BODY.PEEK[]" in rest
        if "BODY.PEEK[]" in rest and left > 0:
            talk.say(f"{tag} NO [UNAVAILABLE] backend error\r\n".encode())
            return True
        return False

    server.mails = {1: text(1), 2: text(2)}
    server.wrong["FETCH"] = busy
    one = bad_reading()
    assert len(await one.mails(2)) == 2
    assert place(one).gaps == ()
    assert len(pauses.seconds) == 8


async def test_where_very_many_fail_reading_stays_where_it_is(
    server: BadImap, bad_reading: MakeReading
) -> None:
    async def none(talk: Talk, tag: str, rest: str) -> bool:
        if "BODY.PEEK[" in rest:
            talk.say(f"{tag} NO broken\r\n".encode())
            return True
        return False

    server.mails = {n: text(n) for n in range(1, 31)}
    server.wrong["FETCH"] = none
    one = bad_reading()
    for _ in range(20):
        assert (await one.batch(20)).messages == ()
    assert (place(one).uid, len(place(one).gaps)) == (20, 20)
    await one.nothing()
    assert (place(one).uid, len(place(one).gaps)) == (20, 20)


def test_a_place_is_read_as_it_was_written() -> None:
    gaps = (Gap(7, 2, 1_700_000_030, 1_700_000_000), Gap(8, 0, 1, 0))
    for one in (Place(3, 9, 5, 4, 2, gaps), Place(3, 9)):
        assert decode(str(one), ["INBOX"]) == {"INBOX": one}


def test_a_place_of_an_earlier_version_concerns_only_what_comes() -> None:
    assert decode("3:9:5", ["INBOX"])["INBOX"] == Place(3, 9, 5, start=9)
    assert decode("3:9:5:12", ["INBOX"])["INBOX"] == Place(3, 9, 5, 12, start=9)
