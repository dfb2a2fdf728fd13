"""What an update of the Bot API is taken to say."""

import contextlib
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.telegram.parse import parse_updates
from connectors.telegram.source import raw_message
from inbox.errors import Unreadable
from inbox.model import Handle, InboundMessage, Media, Nature, RawMessage

NOW = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)
ANNA: dict[str, Any] = {
    "id": 501,
    "is_bot": False,
    "first_name": "Анна",
    "last_name": "Лебедева",
    "username": "Anna_L",
    "language_code": "ru",
}
CHAT = {"id": 501, "type": "private", "first_name": "Анна"}


def update(number: int = 7, kind: str = "message", **content: Any) -> RawMessage:
    message = {"message_id": 41, "date": 1795514400, "chat": CHAT, "from": ANNA} | content
    return raw_message({"update_id": number, kind: message}, NOW)


def parsed(*raws: RawMessage) -> InboundMessage:
    message = parse_updates(raws, "telegram", 99)
    assert isinstance(message, InboundMessage), message
    return message


def test_a_text_with_formatting_and_its_sender() -> None:
    bold = {"type": "bold", "offset": 0, "length": 6}
    mention = {"type": "text_mention", "offset": 7, "length": 4, "user": {"id": 9}}
    message = parsed(update(text="Привет Пётр", entities=[bold, mention]))
    assert message.text == "Привет Пётр"
    assert [(e.kind, e.url) for e in message.entities] == [
        ("bold", None),
        ("text_link", "tg://user?id=9"),
    ]
    assert message.sender == Handle("telegram", "501")
    assert message.sender_name == "Анна Лебедева"
    assert message.known_as == (Handle("telegram_name", "anna_l"),)
    assert message.thread_ids == ("chat:501",)
    assert message.sent_at == datetime.fromtimestamp(1795514400, UTC)
    assert message.nature is Nature.PERSON


FILES: list[tuple[str, dict[str, Any], Media, str]] = [
    ("document", {"file_name": "Смета.xlsx", "mime_type": "x/y"}, Media.DOCUMENT, "Смета.xlsx"),
    ("voice", {"duration": 3}, Media.VOICE, "voice.ogg"),
    ("audio", {"title": "Song"}, Media.AUDIO, "audio.mp3"),
    ("video", {"width": 4, "height": 3}, Media.VIDEO, "video.mp4"),
    ("video_note", {"length": 240}, Media.VIDEO_NOTE, "video note.mp4"),
    ("sticker", {"emoji": "👍"}, Media.STICKER, "sticker.webp"),
]


@pytest.mark.parametrize(("kind", "about", "media", "name"), FILES)
def test_a_file(kind: str, about: dict[str, Any], media: Media, name: str) -> None:
    message = parsed(update(**{kind: {"file_id": "F1", "file_size": 1200} | about}))
    (attachment,) = message.attachments
    assert (attachment.media, attachment.name, attachment.size) == (media, name, 1200)
    assert (attachment.origin, attachment.ref) == ("bot:99", "F1")


def test_of_a_photo_the_largest_size_is_taken() -> None:
    sizes = [
        {"file_id": "small", "width": 90, "height": 60, "file_size": 1000},
        {"file_id": "large", "width": 900, "height": 600, "file_size": 90000},
    ]
    message = parsed(update(photo=sizes, caption="Так?"))
    assert message.attachments[0].ref == "large"
    assert message.text == "Так?"


def test_an_animation_is_one_file_although_it_comes_with_a_document_twin() -> None:
    twin = {"file_id": "A", "file_name": "cat.mp4"}
    message = parsed(update(animation=twin, document=twin))
    assert [a.media for a in message.attachments] == [Media.ANIMATION]


def test_an_album_is_one_message_with_all_its_captions() -> None:
    first = update(1, photo=[{"file_id": "a", "width": 1, "height": 1}], caption="Вот 👍")
    bold = {"type": "bold", "offset": 0, "length": 3}
    second = update(
        2,
        message_id=42,
        photo=[{"file_id": "b", "width": 1, "height": 1}],
        caption="и ещё",
        caption_entities=[bold],
    )
    message = parsed(first, second)
    assert [a.ref for a in message.attachments] == ["a", "b"]
    assert message.text == "Вот 👍\n\nи ещё"
    assert message.entities[0].offset == 8, "in UTF-16 units, an emoji counts two"


def test_a_place_and_a_contact_have_facts_instead_of_bytes() -> None:
    place = parsed(update(location={"latitude": 55.75, "longitude": 37.61}))
    assert place.attachments[0].facts == {"latitude": 55.75, "longitude": 37.61}
    card = {"phone_number": "7 916 000-00-00", "first_name": "Анна", "user_id": 501}
    own = parsed(update(contact=card))
    assert Handle("phone", "+79160000000") in own.known_as
    foreign = parsed(update(contact=card | {"user_id": 777}))
    assert all(handle.kind != "phone" for handle in foreign.known_as)


def test_an_edit_is_shown_and_opens_no_wait() -> None:
    message = parsed(update(kind="edited_message", text="иначе", edit_date=1795514460))
    assert message.nature is Nature.EDIT
    assert message.sent_at == datetime.fromtimestamp(1795514460, UTC)


def test_a_kind_we_do_not_know_is_named_and_not_lost() -> None:
    (said,) = parsed(update(hologram={"id": "1"})).attachments
    assert (said.media, said.facts) == (Media.UNKNOWN, {"kind": "hologram"})


@pytest.mark.parametrize(
    "raw",
    [
        update(text="x", chat={"id": -5, "type": "channel", "title": "G"}),
        update(text="x", **{"from": ANNA | {"is_bot": True}}),
        raw_message({"update_id": 1, "my_chat_member": {"chat": CHAT, "from": ANNA}}, NOW),
        raw_message({"update_id": 1, "quite_new_kind": {"a": 1}}, NOW),
        raw_message({"update_id": 1}, NOW),
    ],
    ids=["channel", "bot", "membership", "unknown kind", "empty"],
)
def test_what_is_nothing_to_show_says_why(raw: RawMessage) -> None:
    reason = parse_updates([raw], "telegram", 99)
    assert isinstance(reason, str)
    assert reason


@pytest.mark.parametrize("content", [{"message_id": "x"}, {"chat": 5}, {"chat": {"id": "x"}}])
def test_without_its_place_a_message_is_unreadable(content: dict[str, Any]) -> None:
    with pytest.raises(Unreadable):
        parse_updates([update(text="x", **content)], "telegram", 99)


def test_what_is_damaged_beside_the_text_does_not_hide_it() -> None:
    message = parsed(update(text="x", date="soon", entities=[{"type": 3}], **{"from": "me"}))
    assert (message.text, message.entities) == ("x", ())
    assert message.sent_at == NOW, "as long as it does not say, when it came"
    assert message.sender == Handle("telegram", "501"), "a private chat is the person's"


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


@given(
    st.dictionaries(
        st.sampled_from(
            ["text", "from", "chat", "date", "photo", "entities", "contact", "location", "voice"]
        ),
        _json,
    )
)
def test_nothing_but_unreadable_is_ever_raised(content: dict[str, Any]) -> None:
    with contextlib.suppress(Unreadable):
        parse_updates([update(**content)], "telegram", 99)


@given(st.binary(max_size=60))
def test_bytes_that_are_no_update_are_unreadable(payload: bytes) -> None:
    raw = RawMessage("1", "chat:1", payload, NOW)
    with contextlib.suppress(Unreadable):
        assert isinstance(parse_updates([raw], "telegram", 99), str)


def test_a_redelivered_update_has_the_same_key_and_a_restarted_id_another() -> None:
    assert update(5, text="a").external_id == update(5, text="a").external_id
    assert update(5, text="a").external_id != update(5, text="a", message_id=42).external_id
    assert json.loads(update(5, text="\ud83d").payload)["message"]["text"] == "\ud83d"


@pytest.mark.parametrize(
    ("text", "nature"),
    [
        ("/start", Nature.SERVICE),
        ("/start site_7-A", Nature.SERVICE),
        ("/start Здравствуйте, нужен сайт", Nature.PERSON),
        ("/startup: сколько стоит?", Nature.PERSON),
    ],
)
def test_only_the_start_button_asks_nothing(text: str, nature: Nature) -> None:
    assert parsed(update(text=text)).nature is nature
