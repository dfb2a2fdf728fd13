"""What arrived since yesterday and is not stored is found within the hour; nothing comes twice."""

from __future__ import annotations

from datetime import datetime

import pytest

from connectors.email.cursor import Place, decode
from connectors.email.faults import Refused
from connectors.email.sync import Pace
from tests.connectors.email.bad_imap import BadImap, Talk, text
from tests.connectors.email.reading import MakeReading, mail
from tests.servers import Dovecot, Mailbox


class Ledger:
    """What a store has, by folder; records what it was asked."""

    def __init__(self, *uids: int) -> None:
        self.uids = set(uids)
        self.asked: list[tuple[str, int]] = []

    async def __call__(self, folder: str, uid_validity: int, since: datetime) -> frozenset[int]:
        self.asked.append((folder, uid_validity))
        return frozenset(self.uids)


async def test_a_mail_that_was_missed_is_found(server: BadImap, bad_reading: MakeReading) -> None:
    """A server may show a lower UID after a higher one."""
    server.mails = {n: text(n) for n in (1, 2, 3, 5)}
    one = bad_reading("1:5:0:0:1", stored=Ledger(2, 5))
    (found,) = await one.mails(1)
    assert found.payload == text(3)
    assert decode(one.cursor, ["INBOX"])["INBOX"] == Place(1, 5, start=1)
    await one.nothing()


async def test_what_the_store_took_for_known_is_looked_at_once(
    server: BadImap, bad_reading: MakeReading
) -> None:
    """A copy of the same bytes is one message, so that its UID is never stored."""
    server.mails = {n: text(n) for n in (1, 2, 3)}
    ledger = Ledger(1)
    one = bad_reading("1:3:0:0:0", stored=ledger, pace=Pace(sweep_seconds=0.1))
    assert len(await one.mails(2)) == 2
    with pytest.raises(TimeoutError):
        await one.batch(1)
    assert len(ledger.asked) > 2


async def test_what_was_there_before_us_is_not_looked_for(
    server: BadImap, bad_reading: MakeReading
) -> None:
    server.mails = {n: text(n) for n in (1, 2, 3)}
    one = bad_reading(None, stored=Ledger())
    assert (await one.batch()).messages == ()
    await one.nothing()


async def test_a_missed_mail_that_does_not_come_is_a_gap(
    server: BadImap, bad_reading: MakeReading
) -> None:
    async def refuse(talk: Talk, tag: str, rest: str) -> bool:
        if "BODY.PEEK[" in rest:
            talk.say(f"{tag} NO not this one\r\n".encode())
            return True
        return False

    server.mails = {1: text(1), 2: text(2)}
    server.wrong["FETCH"] = refuse
    one = bad_reading("1:2:0:0:0", stored=Ledger(1))
    assert (await one.batch()).messages == ()
    assert [gap.uid for gap in decode(one.cursor, ["INBOX"])["INBOX"].gaps] == [2]


@pytest.mark.real
async def test_dovecot_is_compared_with_the_store(
    dovecot: Dovecot, box: Mailbox, reading: MakeReading
) -> None:
    one = reading(stored=Ledger())
    await one.batch()
    for number in range(3):
        dovecot.deliver(box.address, mail(f"M{number}"))
    taken = await one.mails(3)
    await one.stop()
    uids = [int(raw.note["uid"]) for raw in taken]
    again = reading(one.cursor, stored=Ledger(uids[0], uids[2]))
    (missed,) = await again.mails(1)
    assert missed.external_id == taken[1].external_id
    await again.nothing()


def test_a_server_that_says_busy_is_told_from_one_that_refuses() -> None:
    assert Refused("NO [UNAVAILABLE] later").temporary
    assert not Refused("NO no such mail").temporary
