"""Folder names, cursors and server answers: taken apart and put together."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email import answers, cursor, folders
from connectors.email.cursor import Place
from connectors.email.folders import Folder
from connectors.email.raws import thread_root

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40)


@given(names)
def test_a_folder_name_survives_the_wire(name: str) -> None:
    wire = folders.encode_name(name)
    assert wire.isascii()
    line = b'(\\HasNoChildren) "/" ' + wire.encode()
    (folder,) = folders.parse_list([line, b"List completed."])
    assert folder.name == name


def test_names_are_encoded_as_rfc_3501_has_it() -> None:
    assert folders.encode_name("~peter/mail/台北/日本語") == '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'
    assert folders.decode_name("&BB4EQgQ,BEAEMAQyBDsENQQ9BD0ESwQ1-") == "Отправленные"
    assert folders.decode_name("broken &%%- stays") == "broken &%%- stays"


def test_folders_are_read_from_every_form_of_list() -> None:
    lines = [
        b'(\\HasNoChildren \\Sent) "." INBOX.Sent',
        b'(\\Noselect) NIL "[Gmail]"',
        b'() "/" {5}',
        bytearray(b'a"b\\c'),
        b'() "/" "with \\"quotes\\""',
        b"List completed.",
    ]
    assert [folder.name for folder in folders.parse_list(lines)] == [
        "INBOX.Sent",
        "[Gmail]",
        'a"b\\c',
        'with "quotes"',
    ]


@pytest.mark.parametrize(
    ("listed", "sent"),
    [
        ([Folder("INBOX", frozenset()), Folder("Gesendet", frozenset({"\\sent"}))], "Gesendet"),
        ([Folder("INBOX", frozenset()), Folder("Отправленные", frozenset())], "Отправленные"),
        ([Folder("INBOX.Sent", frozenset())], "INBOX.Sent"),
        ([Folder("SENT", frozenset()), Folder("Sent Items", frozenset())], "SENT"),
        ([Folder("Sent", frozenset({"\\noselect"}))], None),
        ([Folder("Presents", frozenset())], None),
    ],
)
def test_the_sent_folder_is_known_by_role_then_by_name(
    listed: list[Folder], sent: str | None
) -> None:
    assert folders.sent_folder(listed) == sent


places = st.builds(
    Place,
    uid_validity=st.integers(0, 2**32),
    uid=st.integers(0, 2**32),
    newest=st.integers(0, 2**33),
)


@given(st.dictionaries(names, places, min_size=1, max_size=4))
def test_a_cursor_survives_its_storage(known: dict[str, Place]) -> None:
    watched = tuple(known)
    assert cursor.decode(cursor.encode(known, watched), watched) == known


def test_a_further_folder_keeps_the_place_of_the_first() -> None:
    one = cursor.encode({"INBOX": Place(7, 40, 5)}, ["INBOX"])
    assert one == "7:40:5:0:0"
    assert cursor.decode(one, ["INBOX", "Work"]) == {"INBOX": Place(7, 40, 5)}


def test_history_is_forgotten_once_it_is_read() -> None:
    place = Place(7, 40, 0, history=42)
    assert str(place) == "7:40:0:42:0"
    assert str(place.after(42, None, datetime(2026, 1, 1, tzinfo=UTC))) == "7:42:0:0:0"


def test_a_date_in_the_future_does_not_hide_later_mail() -> None:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    place = Place(7, 40).after(41, datetime(2099, 1, 1, tzinfo=UTC), now)
    assert place.newest == int(now.timestamp())


def test_a_fetch_answer_is_read_wherever_the_server_puts_the_uid() -> None:
    lines = [
        b'3 FETCH (FLAGS (\\Seen $X) INTERNALDATE " 7-Jul-2026 02:44:25 +0300" BODY[] {4}',
        bytearray(b"UID 9"),
        b" UID 12)",
        b"4 FETCH (FLAGS (\\Seen))",
        b'5 FETCH (UID 13 RFC822.SIZE 2 BODY[] "a\\"b")',
        b"6 FETCH (UID 14 BODY[] NIL)",
        b"5 FETCH (UID 13 FLAGS (\\Recent))",
        b"Fetch completed.",
    ]
    told = answers.parse_fetch(lines)
    assert sorted(told) == [12, 13, 14]
    assert told[12].body == b"UID 9"
    assert told[12].flags == ("\\Seen", "$X")
    assert told[12].arrived_at == datetime(2026, 7, 6, 23, 44, 25, tzinfo=UTC)
    assert (told[13].body, told[13].size, told[13].flags) == (b'a"b', 2, ("\\Recent",))
    assert told[14].body is None


@given(st.lists(st.binary(max_size=60) | st.builds(bytearray, st.binary(max_size=60))))
def test_no_answer_breaks_the_reading(lines: list[bytes | bytearray]) -> None:
    answers.parse_fetch(lines)
    answers.parse_search(lines)
    folders.parse_list(lines)
    answers.parse_search([b"7" * 5_000, *lines])
    answers.number_after(b"UIDNEXT", lines)


def test_mails_of_one_thread_share_a_lane() -> None:
    first = b"Subject: a\r\nMessage-Id: <a@x>\r\n\r\nReferences: <other@x>\r\n"
    second = b"References:\r\n <a@x>\r\n <b@x>\r\nMessage-ID: <c@x>\r\n\r\n"
    third = b"Message-ID: <d@x>\nIn-Reply-To: <a@x>\n\nx"
    stranger = b"Message-ID: <z@x>\r\n\r\n"
    assert thread_root(first) == thread_root(second) == thread_root(third)
    assert thread_root(first) != thread_root(stranger)
    assert thread_root(b"\xff\0") != thread_root(b"")
