"""A reply as a mail: in its thread, readable everywhere, and nobody's header but ours."""

from __future__ import annotations

import html
import re
from email.utils import parsedate_to_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.email.compose import compose, message_id
from connectors.email.config import MailboxSettings, ServerSettings
from connectors.email.formatting import to_html
from connectors.email.parse import parse_mail
from inbox.errors import Fault, SendRejected
from inbox.model import Attachment, Entity, Handle, InboundMessage, LoadedFile, Media, Nature
from tests.connectors.email.writing import LONG_ID, WRITTEN, answer, loaded, plain, question, read

SERVER = ServerSettings(host="localhost", security="none", user="u", password="p")
SETTINGS = MailboxSettings(
    address="info@studio.test", imap=SERVER, smtp=SERVER, timezone="Europe/Moscow"
)
OUR_FIELDS = [
    "From",
    "To",
    "Cc",
    "Subject",
    "Date",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Thread-Index",
    "Thread-Topic",
    "X-Okno",
    "MIME-Version",
    "Content-Type",
]


def fields(payload: bytes) -> dict[str, str]:
    """Header fields as they stand on the wire, unfolded."""
    head = payload.partition(b"\r\n\r\n")[0].decode("ascii")
    lines = re.sub(r"\r\n[ \t]", " ", head).split("\r\n")
    return dict(line.split(": ", 1) for line in lines)


def test_a_reply_stands_in_its_thread() -> None:
    asked = question(context={"references": ["<a@x>", "<b@x>"], "message_id": "<c@x>"})
    sent = fields(compose(answer(answering=asked), SETTINGS).payload)
    assert sent["In-Reply-To"] == "<c@x>"
    assert sent["References"] == "<a@x> <b@x> <c@x>"


def test_long_ids_are_never_encoded() -> None:
    asked = question(context={"references": [LONG_ID] * 3, "message_id": LONG_ID})
    payload = compose(answer(answering=asked), SETTINGS).payload
    assert f"\r\nIn-Reply-To: {LONG_ID}\r\nReferences: {LONG_ID}\r\n".encode() in payload


def test_a_long_thread_keeps_its_first_and_its_last_ids() -> None:
    ids = [f"<{n}@x>" for n in range(60)]
    asked = question(context={"references": ids, "message_id": "<now@x>"})
    kept = fields(compose(answer(answering=asked), SETTINGS).payload)["References"].split()
    assert kept == ["<0@x>", *ids[-18:], "<now@x>"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Макет", "Re: Макет"),
        ("Re: Макет", "Re: Макет"),
        ("RE[2]: Макет", "RE[2]: Макет"),
        ("Отв: Макет", "Отв: Макет"),
        ("Report", "Re: Report"),
        ("", "Re:"),
    ],
)
def test_the_subject_gets_one_re(before: str, after: str) -> None:
    payload = compose(answer(answering=question(subject=before), subject=None), SETTINGS).payload
    assert read(payload)["Subject"] == after


def test_names_and_words_arrive_as_written() -> None:
    mail = read(compose(answer("Привет, <Лена> & Co"), SETTINGS).payload)
    assert str(mail["From"]) == "Анна <info@studio.test>"
    assert mail["To"] == "lena@client.test"
    assert parsedate_to_datetime(str(mail["Date"])) == WRITTEN
    page = mail.get_body(("html",))
    assert page is not None
    assert "Привет, &lt;Лена&gt; &amp; Co" in page.get_content()


def test_the_clients_words_are_quoted_below_in_the_usual_form() -> None:
    payload = compose(answer(), SETTINGS).payload
    assert plain(payload) == (
        "Завтра к обеду.\n\n"
        "чт, 15 янв. 2026 г. в 12:40, Лена Петрова <lena@client.test>:\n"
        "> Когда будет макет?\n"
    )
    english = answer("Tomorrow.", answering=question(text="When?\n\nLena", sender_name="Lena"))
    assert plain(compose(english, SETTINGS).payload) == (
        "Tomorrow.\n\n"
        "On Thu, Jan 15, 2026 at 12:40 Lena <lena@client.test> wrote:\n> When?\n>\n> Lena\n"
    )


@pytest.mark.parametrize("text", ["Завтра.", "Tomorrow."])
def test_our_own_quote_is_folded_when_the_client_quotes_it_back(text: str) -> None:
    ours = plain(compose(answer(text), SETTINGS).payload)
    quoted = ours.partition("\n\n")[2]
    back = f"From: lena@client.test\r\nSubject: Re\r\n\r\nThanks!\r\n\r\n{quoted}".encode()
    told = parse_mail(
        back, channel_id="c", own_addresses=frozenset(), received_at=WRITTEN, note={}
    )
    assert isinstance(told, InboundMessage)
    assert told.text == "Thanks!"


def test_formatting_becomes_html_and_emoji_do_not_shift_it() -> None:
    text = "🙂 bold link\n1 < 2"
    entities = (
        Entity("bold", 3, 4),
        Entity("text_link", 8, 4, url="https://studio.test/?a=1&b=2"),
        Entity("text_link", 0, 2, url="javascript:alert(1)"),
    )
    mail = read(compose(answer(text, entities=entities, answering=None), SETTINGS).payload)
    page = mail.get_body(("html",))
    assert page is not None
    written = page.get_content().replace("\r\n", "\n")
    assert (
        '🙂 <b>bold</b> <a href="https://studio.test/?a=1&amp;b=2">link</a><br>\n1 &lt; 2'
        in written
    )
    assert "javascript" not in written


def test_files_are_attached_with_their_names() -> None:
    files = (loaded("../смета\r\nX: 1.pdf", b"%PDF"), loaded("", b"x", "image/png"))
    mail = read(compose(answer(files=files), SETTINGS).payload)
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content()) == ("смета X: 1.pdf", b"%PDF")
    assert (second.get_filename(), second.get_content_type()) == ("document-2.png", "image/png")


def test_places_and_people_are_written_out() -> None:
    place = Attachment(
        Media.LOCATION, "", "", None, "bot:1", "", {"latitude": 55.75, "longitude": 37.61}
    )
    person = Attachment(
        Media.CONTACT, "", "", None, "bot:1", "", {"first_name": "Олег", "phone_number": "+7999"}
    )
    files = (LoadedFile(place), LoadedFile(person))
    text = plain(compose(answer("", files=files, answering=None), SETTINGS).payload)
    assert text == "https://maps.google.com/?q=55.75,37.61\nОлег +7999\n"


def test_the_answer_goes_where_the_client_wants_it() -> None:
    asked = question(context={"reply_to": ["office@client.test", "info@studio.test"]})
    assert compose(answer(answering=asked), SETTINGS).recipients == ("office@client.test",)
    assert compose(answer(answering=None), SETTINGS).recipients == ("lena@client.test",)


@pytest.mark.parametrize("nature", [Nature.AUTOMATIC, Nature.ECHO])
def test_an_answer_below_a_bounce_goes_to_the_client(nature: Nature) -> None:
    bounce = question(
        sender=Handle("email", "mailer-daemon@client.test"),
        context={"reply_to": ["postmaster@client.test"]},
        nature=nature,
    )
    assert compose(answer(answering=bounce), SETTINGS).recipients == ("lena@client.test",)


def test_a_foreign_domain_is_written_as_dns_has_it() -> None:
    sent = compose(answer(answering=None, to="лена@почта.рф"), SETTINGS)
    assert sent.recipients == ("лена@xn--80a1acny.xn--p1ai",)


@pytest.mark.parametrize("address", ["nobody", "x@okno.invalid", "a@b\r\nBcc: c@d", ""])
def test_a_mail_to_nobody_is_refused(address: str) -> None:
    with pytest.raises(SendRejected) as caught:
        compose(answer(answering=None, to=address), SETTINGS)
    assert caught.value.fault is Fault.NO_SUCH_ADDRESS


def test_an_empty_reply_is_refused() -> None:
    with pytest.raises(SendRejected) as caught:
        compose(answer("\n"), SETTINGS)
    assert caught.value.fault is Fault.EMPTY


def test_the_message_id_is_known_before_and_always_the_same() -> None:
    first = compose(answer(), SETTINGS)
    assert first.message_id == message_id("INFO@studio.test", "reply:1")
    assert first.message_id == fields(first.payload)["Message-ID"]
    assert first.message_id != message_id("info@studio.test", "reply:2")
    assert re.fullmatch(r"<okno\.[0-9a-f]{32}@studio\.test>", first.message_id)


def test_our_mail_is_known_when_it_comes_back() -> None:
    payload = compose(answer(), SETTINGS).payload
    own = frozenset({"info@studio.test"})
    told = parse_mail(payload, channel_id="c", own_addresses=own, received_at=WRITTEN, note={})
    assert isinstance(told, str)


hostile = st.text(st.sampled_from('a Я\r\n\0:<>@,;"\\=?\u2028\ud800🙂.\t'), max_size=60)
ids = st.builds(lambda inner: f"<{inner}>", st.text(st.characters(), max_size=300))


@given(
    subject=hostile,
    author=hostile,
    text=hostile,
    known=st.lists(ids | hostile, max_size=25),
    parent=ids | hostile,
    sender_name=hostile,
    file_name=hostile,
    kind=hostile,
)
def test_no_value_can_start_a_header_of_its_own(
    subject: str,
    author: str,
    text: str,
    known: list[str],
    parent: str,
    sender_name: str,
    file_name: str,
    kind: str,
) -> None:
    asked = question(
        subject=subject,
        sender_name=sender_name,
        context={"references": known, "message_id": parent},
    )
    files = (loaded(file_name, b"content", kind),)
    reply = answer(text, author=author, answering=asked, files=files)
    payload = compose(reply, SETTINGS).payload
    assert payload.isascii()
    assert b"\0" not in payload
    assert all(len(line) <= 998 for line in payload.split(b"\r\n"))
    assert b"\n" not in payload.replace(b"\r\n", b"")
    assert set(fields(payload)) <= set(OUR_FIELDS)
    assert [name for name in read(payload) if name not in OUR_FIELDS] == []


good_ids = st.from_regex(
    r"<[!#$%&'*+\-/0-9=?A-Z^_`a-z{|}~.]{1,200}@[a-z0-9.\-]{1,200}>", fullmatch=True
)


@given(known=st.lists(good_ids, max_size=30, unique=True), parent=good_ids)
def test_ids_stand_on_the_wire_as_they_came(known: list[str], parent: str) -> None:
    asked = question(context={"references": known, "message_id": parent})
    payload = compose(answer(answering=asked), SETTINGS).payload
    sent = fields(payload)
    assert sent["In-Reply-To"] == parent
    assert set(sent["References"].split()) <= {*known, parent}
    assert sent["References"].split()[-1] == (parent if parent not in known else known[-1])


spans = st.lists(st.tuples(st.integers(-5, 300), st.integers(-5, 300)), max_size=6)
letters = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")


@given(text=st.text(letters, max_size=200), places=spans)
def test_formatting_loses_no_letter(text: str, places: list[tuple[int, int]]) -> None:
    entities = [Entity("bold", offset, length) for offset, length in places]
    whole = [one for one in entities if not _splits_a_letter(text, one)]
    shown = html.unescape(re.sub(r"</?b>", "", to_html(text, whole)))
    assert shown == text


def _splits_a_letter(text: str, entity: Entity) -> bool:
    units = text.encode("utf-16-le")
    edges = (entity.offset, entity.offset + entity.length)
    return any(0xDC <= units[2 * at + 1] <= 0xDF for at in edges if 0 <= 2 * at < len(units))
