"""Every kind of message there is, and some that are not yet: nothing vanishes, nothing raises."""

import contextlib
import copy
import json
from collections.abc import Iterator
from typing import Any

import pytest
from aiogram.types import Message, TelegramObject, Update
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.telegram.parse import connection_of, parse_updates
from connectors.telegram.source import raw_message
from inbox.errors import Unreadable
from inbox.model import Attachment, InboundMessage, Media, Nature
from tests.connectors.telegram.scenarios import (
    BOT,
    CAME_AT,
    OWNER,
    STRANGE,
    Scenario,
    expected,
    outcome,
    scenario,
    scenarios,
    themes,
)

ALL = list(scenarios())


@pytest.mark.parametrize("theme", themes())
def test_each_update_says_what_is_written_down(theme: str) -> None:
    wanted = expected(theme)
    assert {one.name for one in scenarios(theme)} == set(wanted)
    for one in scenarios(theme):
        assert json.loads(json.dumps(outcome(one))) == wanted[one.name], one


def test_there_are_enough_and_no_two_alike() -> None:
    said = [json.dumps(update, sort_keys=True) for one in ALL for update in one.updates]
    assert len(set(said)) == len(said) >= 200
    numbers = [update["update_id"] for one in ALL for update in one.updates]
    assert len(set(numbers)) == len(numbers)


@pytest.mark.parametrize("theme", [one for one in themes() if one not in STRANGE])
def test_what_is_not_of_the_future_is_as_the_bot_api_says(theme: str) -> None:
    for one in scenarios(theme):
        for update in one.updates:
            assert list(_strangers(Update.model_validate(update))) == [], one


def _strangers(value: object) -> Iterator[str]:
    """Fields that aiogram's types do not have."""
    if isinstance(value, list | tuple):
        for each in value:
            yield from _strangers(each)
    elif isinstance(value, TelegramObject):
        yield from (f"{type(value).__name__}.{key}" for key in value.model_extra or {})
        for name in type(value).model_fields:
            yield from _strangers(getattr(value, name))


def test_every_field_that_a_message_of_aiogram_has_is_known_by_some_payload() -> None:
    """So that a new version of the Bot API does not pass unseen."""
    seen = {
        key
        for one in ALL
        for update in one.updates
        for message in update.values()
        if isinstance(message, dict)
        for key in message
    }
    fields = {field.alias or name for name, field in Message.model_fields.items()}
    of_old = {name for name in fields if name.startswith("forward_")} - {"forward_origin"}
    never_come = {"channel_chat_created", "user_shared", "ephemeral_message_id", "guest_query_id"}
    of_guests = {"guest_bot_caller_user", "guest_bot_caller_chat", "is_paid_post"}
    assert fields - seen - of_old - never_come - of_guests == set()


def test_whatever_is_written_to_us_has_something_to_show() -> None:
    shown = [said for one in ALL if isinstance(said := _said(one), InboundMessage)]
    assert len(shown) >= 200
    for message in shown:
        assert message.text.strip() or message.attachments, message.external_id


def _said(one: Scenario) -> object:
    with contextlib.suppress(Unreadable):
        return one.parsed()
    return None


@pytest.mark.parametrize(
    ("kind", "media"),
    [
        ("photo", Media.PHOTO),
        ("live_photo", Media.PHOTO),
        ("video", Media.VIDEO),
        ("video_note", Media.VIDEO_NOTE),
        ("voice", Media.VOICE),
        ("audio", Media.AUDIO),
        ("document", Media.DOCUMENT),
        ("sticker", Media.STICKER),
        ("animation", Media.ANIMATION),
        ("location", Media.LOCATION),
        ("venue", Media.LOCATION),
        ("contact", Media.CONTACT),
        ("poll", Media.POLL),
        ("quiz", Media.POLL),
        ("story", Media.STORY),
        ("paid_media", Media.PAID_MEDIA),
        ("checklist", Media.CHECKLIST),
        ("dice", Media.DICE),
        ("game", Media.GAME),
        ("invoice", Media.INVOICE),
        ("gift", Media.GIFT),
        ("unique_gift", Media.GIFT),
        ("giveaway", Media.GIVEAWAY),
        ("giveaway_winners", Media.GIVEAWAY),
        ("passport_data", Media.UNKNOWN),
        ("web_app_data", Media.UNKNOWN),
        ("successful_payment", Media.UNKNOWN),
    ],
)
def test_a_kind_is_the_same_wherever_it_stands(kind: str, media: Media) -> None:
    found = [_only(one) for one in ALL if one.name.split(" ")[0] == kind and _is_message(one)]
    assert found
    assert {attachment.media for attachment in found} == {media}
    assert all(bool(one.ref) == one.media.has_bytes for one in found)


def _is_message(one: Scenario) -> bool:
    return one.theme not in {*STRANGE, "albums"} and isinstance(one.parsed(), InboundMessage)


def _only(one: Scenario) -> Attachment:
    said = one.parsed()
    assert isinstance(said, InboundMessage)
    (attachment,) = said.attachments
    return attachment


def test_a_kind_of_the_future_is_named() -> None:
    for one in scenarios("future"):
        said = one.parsed()
        if one.name.startswith("unknown kind") and isinstance(said, InboundMessage):
            kinds = [each.facts["kind"] for each in said.attachments if "kind" in each.facts]
            assert kinds in (["hologram"], ["scent"], ["wave_sent"]), one


def test_what_is_damaged_is_named_and_its_text_shown() -> None:
    said = scenario("damaged", "photo without a file").parsed()
    assert isinstance(said, InboundMessage)
    assert (said.text, said.attachments[0].facts) == ("Вот фото", {"kind": "photo"})


def test_no_text_of_a_rich_message_is_lost() -> None:
    one = scenario("private", "rich_message_every_block")
    said = one.parsed()
    assert isinstance(said, InboundMessage)
    for text in _texts(one.updates[0]["message"]["rich_message"]["blocks"]):
        assert text.strip() in said.text, text
    length = len(said.text.encode("utf-16-le")) // 2
    assert all(0 <= each.offset < each.offset + each.length <= length for each in said.entities)
    assert [each.media for each in said.attachments[:6]] == [
        Media.PHOTO,
        Media.VIDEO,
        Media.ANIMATION,
        Media.AUDIO,
        Media.DOCUMENT,
        Media.VOICE,
    ]


_SAID = ("text", "summary", "credit", "caption", "expression", "alternative_text", "label")


def _texts(node: object, key: str = "") -> Iterator[str]:
    if isinstance(node, str) and key in _SAID:
        yield node
    elif isinstance(node, list):
        for each in node:
            yield from _texts(each, key)
    elif isinstance(node, dict):
        for name, each in node.items():
            yield from _texts(each, name)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=6)
    | st.sampled_from(["x", -1, 2**70, "\ud83d", "2", {}, []]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@st.composite
def _damaged(draw: st.DrawFn) -> list[dict[str, Any]]:
    """A real update in which up to four values, at any depth, are another thing or gone."""
    updates = copy.deepcopy(list(draw(st.sampled_from(ALL)).updates))
    for _ in range(draw(st.integers(1, 4))):
        parent: Any = draw(st.sampled_from(updates))
        while True:
            keys = list(parent) if isinstance(parent, dict) else list(range(len(parent)))
            if not keys:
                break
            key = draw(st.sampled_from(keys))
            if isinstance(parent[key], dict | list) and draw(st.integers(0, 3)):
                parent = parent[key]
                continue
            if draw(st.booleans()):
                parent[key] = draw(_json)
            else:
                del parent[key]
            break
    return updates


@settings(max_examples=1000, deadline=None)
@given(_damaged())
def test_damaged_updates_raise_nothing_but_unreadable(updates: list[dict[str, Any]]) -> None:
    with contextlib.suppress(Unreadable):
        raws = [raw_message(update, CAME_AT) for update in updates]
        owner = OWNER if connection_of(raws) else None
        said = parse_updates(raws, "telegram", BOT, owner)
        if isinstance(said, InboundMessage):
            assert said.text.strip() or said.attachments or said.nature is Nature.SERVICE
            assert said.text.encode() is not None, "it can be stored"
            json.dumps(said.reply_context, allow_nan=False)
            for attachment in said.attachments:
                json.dumps(dict(attachment.facts), allow_nan=False).encode()
                assert bool(attachment.ref) or not attachment.media.has_bytes
