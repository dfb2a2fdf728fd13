"""What a member wrote is kept as it was; outcomes and earlier texts in words."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.drafts import Draft, Part, draft_of, keep, kept
from bot.outcomes import outcome
from bot.rich import MESSAGE_LIMIT
from bot.texts import speaker
from bot.versions import versions_view
from inbox.errors import Unreadable
from inbox.model import Attachment, Entity, Media
from inbox.ports import DeskRef, Reply, ReplyState
from inbox.records import Version
from storage.store import open_store
from tests.bot.studio import HELEN, NOON, OLGA, message
from tests.databases import sqlite_in

RU, EN = speaker("ru"), speaker("en")
REF = DeskRef(1, 2, 3)
FILE = Attachment(Media.PHOTO, "a.jpg", "image/jpeg", 7, "bot:1", "id", {"width": 1})
DRAFT = Draft(
    (
        Part(REF, "До 😀", (Entity("bold", 0, 2),), (FILE,)),
        Part(DeskRef(1, 2, 4), "После", (Entity("text_link", 0, 5, "https://a.example"),), ()),
    ),
    OLGA.id,
    NOON,
    11,
    51,
)


async def test_a_kept_draft_comes_back_as_it_was(tmp_path: Path) -> None:
    store = await open_store(sqlite_in(tmp_path))
    async with store.begin() as t:
        await keep(t, DRAFT)
    async with store.begin() as t:
        assert await kept(t, REF) == DRAFT
        assert await kept(t, DeskRef(1, 2, 4)) is None
        await t.save_form("draft:1:2:3", '{"parts": 7}')
    async with store.begin() as t:
        assert await kept(t, REF) is None
    await store.close()


def test_the_words_of_an_album_are_joined_with_their_formatting() -> None:
    text = DRAFT.text
    assert text.text == "До 😀\n\nПосле"
    assert [(one.kind, one.offset, one.length) for one in text.entities] == [
        ("bold", 0, 2),
        ("text_link", 7, 5),
    ]
    edited = DRAFT.edited(replace(DRAFT.parts[1], text="Потом", entities=()))
    assert edited.text.text == "До 😀\n\nПотом"
    assert edited.key == DRAFT.key == "tg:1:2:3"


def given_message(**content: object) -> dict[str, object]:
    return {"message_id": 9, "date": 1_700_000_000, "chat": {"id": 2}, **content}


@pytest.mark.parametrize(
    ("content", "sendable"),
    [
        ({"text": "Да"}, True),
        ({"text": " "}, False),
        ({"dice": {"emoji": "🎲", "value": 1}}, False),
        ({"poll": {"question": "?", "options": []}}, False),
        ({"hologram": {"id": 1}}, False),
        ({}, False),
        ({"voice": {"file_id": "x", "duration": 1}}, True),
        ({"location": {"latitude": 1, "longitude": 2}}, True),
        ({"rich_message": {"blocks": [{"type": "paragraph", "text": "Абзац"}]}}, True),
    ],
)
def test_what_a_bot_can_send(content: dict[str, object], *, sendable: bool) -> None:
    assert draft_of([given_message(**content)], 1, OLGA.id).can_be_sent is sendable


def test_an_album_is_in_the_order_in_which_it_was_sent() -> None:
    later = given_message(text="два") | {"message_id": 10}
    draft = draft_of([later, given_message(text="раз")], 1, OLGA.id)
    assert [one.text for one in draft.parts] == ["раз", "два"]


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["message_id", "date", "chat", "text", "entities", "photo"]),
            st.none() | st.integers() | st.text() | st.lists(st.integers()),
        ),
        max_size=3,
    )
)
def test_whatever_comes_is_read_or_refused(album: list[dict[str, object]]) -> None:
    with contextlib.suppress(Unreadable):
        assert draft_of(album, 1, OLGA.id).parts


class TestOutcomes:
    REPLY = Reply("k", 11, OLGA.id, "Готово", NOON, id=61)

    def words(self, **changes: object) -> str | None:
        view = outcome(EN, replace(self.REPLY, **changes), NOON)  # type: ignore[arg-type]  # any
        return None if view is None else view.body.text

    def test_each_state_in_words(self) -> None:
        soon = NOON + timedelta(seconds=9.2)
        assert self.words(goes_at=soon) == "⏳ Goes out in 10 s"
        assert self.words(goes_at=NOON) is None
        assert self.words() is None
        assert self.words(state=ReplyState.SENDING) is None
        assert self.words(state=ReplyState.SENT) is None
        assert self.words(state=ReplyState.WITHDRAWN) == "↩ Not sent: it was stopped in time."
        back = "🗑 Taken back: the client no longer sees it."
        assert self.words(state=ReplyState.TAKEN_BACK) == back
        refused = self.words(
            state=ReplyState.REJECTED,
            fault="blocked",
            detail="Forbidden: bot was blocked by the user",
        )
        assert refused == "❌ Not sent: the recipient has blocked the bot."
        closed = self.words(
            state=ReplyState.REJECTED,
            fault="too_late",
            detail="Bad Request: BUSINESS_PEER_USAGE_MISSING",
        )
        assert closed is not None
        assert "within 24 hours of the client's message" in closed
        odd = self.words(state=ReplyState.REJECTED, fault="refused", detail="550 no such place")
        assert odd is not None
        assert odd.endswith("\n550 no such place")
        late = self.words(tries=1, fault="unreachable", goes_at=soon)
        assert late is not None
        assert late.startswith("⏳ Not out yet")


class TestVersions:
    def test_the_newest_stands_first_and_what_it_says_now_last(self) -> None:
        versions = (Version(NOON - timedelta(hours=2), "5"), Version(NOON, "50"))
        text = versions_view(EN, versions, message("500"), HELEN, NOON).text
        assert text == "Until 12:00:\n50\n\nUntil 10:00:\n5\n\nNow:\n500"

    def test_nothing_is_known(self) -> None:
        assert versions_view(RU, (), message(), OLGA, NOON).text == "Прежний текст неизвестен."

    def test_however_much_it_is_one_message(self) -> None:
        versions = tuple(Version(NOON, "😀" * 2048) for _ in range(30))
        view = versions_view(EN, versions, message("ы" * 4096), HELEN, NOON)
        assert view.units <= MESSAGE_LIMIT
        assert "Until" in view.text
