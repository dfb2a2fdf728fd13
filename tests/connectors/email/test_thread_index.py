"""Thread-Index as [MS-OXOMSG] has it: the thread's 22 bytes, and five for every answer."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.email.compose import compose
from connectors.email.config import MailboxSettings, ServerSettings
from connectors.email.thread_index import answered, begun
from tests.connectors.email.writing import WRITTEN, answer, question, read

# As Outlook wrote it into a mail of 2011-02-09 14:53:25 UTC.
OUTLOOK = "AcvIaE2wmbcDwGmcTTu37kNhBiv6Ow=="
OUTLOOK_AT = datetime(2011, 2, 9, 14, 53, 25, tzinfo=UTC)
SERVER = ServerSettings(host="localhost", security="none", user="u", password="p")
SETTINGS = MailboxSettings(address="info@studio.test", imap=SERVER, smtp=SERVER)


def raw(index: str) -> bytes:
    return base64.b64decode(index, validate=True)


def test_a_known_index_is_kept_and_extended_by_five_bytes() -> None:
    later = OUTLOOK_AT + timedelta(hours=1)
    index = raw(answered(OUTLOOK, "<root@x>", OUTLOOK_AT, later, "k"))
    assert index[:22] == raw(OUTLOOK)
    assert len(index) == 27
    seconds = (int.from_bytes(index[22:26], "big") << 18) / 10_000_000
    header = (int.from_bytes(raw(OUTLOOK)[:6], "big") << 16) / 10_000_000
    passed = (later - datetime(1601, 1, 1, tzinfo=UTC)).total_seconds() - header
    assert abs(seconds - passed) < 0.1


def test_a_new_index_begins_with_its_time() -> None:
    index = raw(begun("<root@x>", WRITTEN))
    ticks = int.from_bytes(index[:6], "big") << 16
    at = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=ticks // 10)
    assert len(index) == 22
    assert index[0] == 1
    assert abs(at - WRITTEN) < timedelta(milliseconds=10)


def test_all_answers_in_a_thread_without_one_share_its_guid() -> None:
    first = raw(answered("", "<root@x>", WRITTEN, WRITTEN, "k1"))
    second = raw(answered("", "<root@x>", WRITTEN + timedelta(days=1), WRITTEN, "k2"))
    other = raw(answered("", "<other@x>", WRITTEN, WRITTEN, "k1"))
    assert first[6:22] == second[6:22] != other[6:22]


def test_a_gap_of_years_uses_the_coarse_scale() -> None:
    late = OUTLOOK_AT + timedelta(days=3650)
    block = raw(answered(OUTLOOK, "<r@x>", OUTLOOK_AT, late, "k"))[22:26]
    value = int.from_bytes(block, "big")
    assert value >> 31 == 1
    days = ((value & 0x7FFFFFFF) << 23) / 10_000_000 / 86_400
    assert abs(days - 3650) < 1


@given(
    index=st.text("AQab0+/= \r\n", max_size=80) | st.just(OUTLOOK) | st.just("AQ" * 800),
    asked=st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
    written=st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - hypothesis adds the zone
)
def test_whatever_stood_there_the_answer_is_whole_and_bounded(
    index: str, asked: datetime, written: datetime
) -> None:
    told = raw(answered(index, "<r@x>", asked, written, "k"))
    assert told[0] == 1
    assert (len(told) - 22) % 5 == 0
    assert 27 <= len(told) <= 22 + 150 * 5


def test_the_mail_carries_index_and_topic() -> None:
    asked = question(
        subject="RE: FW: Смета", context={"thread_index": OUTLOOK, "message_id": "<q@x>"}
    )
    mail = read(compose(answer(answering=asked), SETTINGS).payload)
    assert mail["Thread-Index"].startswith(OUTLOOK[:28])
    assert mail["Thread-Topic"] == "Смета"
    first = read(compose(answer(answering=None), SETTINGS).payload)
    assert len(raw(str(first["Thread-Index"]))) == 22
