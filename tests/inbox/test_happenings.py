"""What clients change and take back, who can be reached, and edits in any order."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from inbox import happenings
from inbox.flow import reply
from inbox.model import Nature
from inbox.ports import Card, CardState, Purpose
from tests.fakes import MONDAY_TEN
from tests.inbox.chatting import ANNA, IVAN, Chats, chatting_in
from tests.inbox.conftest import Studio
from tests.inbox.looking import waits

CHAT = "chat:901"


@pytest.fixture
def chats(studio: Studio) -> Chats:
    return chatting_in(studio, channel_managers={"telegram": "Анна"})


async def answer(studio: Studio, chats: Chats, text: str = "Ответ", key: str = "k1") -> None:
    talk = await chats.conversation(CHAT)
    assert await reply(studio.inbox, studio.draft(talk, studio.anna, key)) is not None
    await studio.run()


async def card(studio: Studio, place: int = 0) -> Card:
    async with studio.inbox.store.begin() as t:
        return await t.card(studio.desk.cards[place][0].message_id)


class TestEdits:
    async def test_the_card_says_the_new_text_and_the_old_one_is_kept(
        self, studio: Studio, chats: Chats
    ) -> None:
        said = await chats.writes(IVAN, "Нужен сайт к мау")
        studio.clock.pass_(minutes=3)
        await chats.edits(said, "Нужен сайт к маю")

        shown, drawn, to, _ = studio.desk.redrawn[-1]
        assert (drawn.message.text, to.name) == ("Нужен сайт к маю", "Анна")
        assert drawn.edited_at == MONDAY_TEN + timedelta(minutes=3)
        assert shown.purpose is Purpose.CARD
        async with studio.inbox.store.begin() as t:
            (before,) = await t.versions(drawn.message_id)
        assert before.text == "Нужен сайт к мау"
        assert chats.cards() == [("Нужен сайт к мау", "Анна")], "no second card"
        assert chats.notes() == [], "the card is looked at anyway"

    async def test_it_is_the_clients_word_as_before(self, studio: Studio, chats: Chats) -> None:
        said = await chats.writes(IVAN, "Вопрос")
        studio.clock.pass_(minutes=30)
        await chats.edits(said, "Вопрос?")
        now = await card(studio)
        assert (now.message.nature, now.message.sent_at) == (Nature.PERSON, MONDAY_TEN)
        assert now.wait is not None
        assert now.wait.started_at == MONDAY_TEN, "an edit moves no wait"

    async def test_what_was_answered_is_noted_and_opens_no_wait(
        self, studio: Studio, chats: Chats
    ) -> None:
        said = await chats.writes(IVAN, "Сколько стоит?")
        studio.clock.pass_(minutes=5)
        await answer(studio, chats)
        studio.clock.pass_(minutes=5)
        await chats.edits(said, "Сколько стоит с доставкой?")
        assert chats.notes("edited") == [("Сколько стоит?", "Анна")]
        talk = await chats.conversation(CHAT)
        assert talk.wait is None
        assert len(await waits(studio, talk)) == 1

    async def test_who_left_the_studio_sees_nothing_of_it(
        self, studio: Studio, chats: Chats
    ) -> None:
        said = await chats.writes(IVAN, "Раз")
        await answer(studio, chats)
        async with studio.inbox.store.begin() as t:
            await t.save_manager(replace(studio.anna, active=False))
        drawn = len(studio.desk.redrawn)
        await chats.edits(said, "Пароль от сайта: 123")
        assert len(studio.desk.redrawn) == drawn
        assert {to for _, to in chats.notes("edited")} == {"Борис", "Глава"}

    async def test_several_edits_of_a_minute_are_one_note(
        self, studio: Studio, chats: Chats
    ) -> None:
        said = await chats.writes(IVAN, "Раз")
        await answer(studio, chats)
        for text in ("Два", "Три"):
            studio.clock.pass_(seconds=10)
            await chats.edits(said, text)
        assert chats.notes("edited") == [("Раз", "Анна")]
        assert studio.desk.redrawn[-1][1].message.text == "Три"
        studio.clock.pass_(minutes=2)
        await chats.edits(said, "Четыре")
        assert chats.notes("edited") == [("Раз", "Анна"), ("Три", "Анна")]

    async def test_thanks_that_became_a_question_are_noted(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "Вопрос")
        await answer(studio, chats)
        studio.clock.pass_(minutes=1)
        said = await chats.writes(IVAN, "Спасибо")
        await chats.edits(said, "Спасибо, а когда?")
        assert chats.notes("edited") == [("Спасибо", "Анна")]
        assert (await chats.conversation(CHAT)).wait is None

    async def test_the_same_again_is_nothing(self, studio: Studio, chats: Chats) -> None:
        said = await chats.writes(IVAN, "Раз")
        await answer(studio, chats)
        drawn = len(studio.desk.redrawn)
        await chats.edits(said, "Раз")
        assert len(studio.desk.redrawn) == drawn
        assert chats.notes() == []

    async def test_an_older_edit_that_comes_late_changes_nothing(
        self, studio: Studio, chats: Chats
    ) -> None:
        said = await chats.writes(IVAN, "Раз")
        studio.clock.pass_(minutes=2)
        await chats.edits(said, "Три")
        await chats.edits(said, "Два", edit_date=chats.now() - 60)
        assert (await card(studio)).message.text == "Три"

    async def test_another_file_under_the_same_text_is_drawn_without_a_note(
        self, studio: Studio, chats: Chats, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(happenings, "MOVING", 0.05)
        photo = [{"file_id": "p1", "file_unique_id": "u1"}]
        said = await chats.writes(IVAN, caption="Вот", photo=photo)
        await answer(studio, chats)
        drawn = len(studio.desk.redrawn)
        await chats.edits(said, "Вот", photo=[{"file_id": "p2", "file_unique_id": "u2"}])
        await studio.later()
        (file,) = studio.desk.redrawn[-1][1].message.attachments
        assert (file.ref, len(studio.desk.redrawn)) == ("p2", drawn + 1)
        assert chats.notes() == []

    async def test_one_of_an_unknown_message_is_a_quiet_card_of_its_own(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.edits(chats.private(IVAN, "Прежний"), "Новый")
        assert chats.cards() == [("Новый", "Анна")]
        assert (await card(studio)).state is CardState.QUIET

    async def test_one_that_comes_together_with_its_message_is_worked_on_after_it(
        self, studio: Studio, chats: Chats
    ) -> None:
        said = chats.private(IVAN, "Раз")
        await chats.comes("message", said, run=False)
        await chats.edits(said, "Два")
        assert chats.cards() == [("Раз", "Анна")]
        assert (await card(studio)).message.text == "Два"


class TestAlbums:
    async def album(self, studio: Studio, chats: Chats) -> list[dict[str, Any]]:
        """Three photos, of which the second has a caption."""
        said = []
        for number in range(3):
            photo = [{"file_id": f"p{number}", "file_unique_id": f"u{number}"}]
            caption = {"caption": "Подпись"} if number == 1 else {}
            said.append(chats.private(IVAN, photo=photo, media_group_id="a1", **caption))
            await chats.comes("message", said[-1], run=False)
        await studio.later(1.3)
        return said

    async def test_of_an_edited_member_the_others_stay(self, studio: Studio, chats: Chats) -> None:
        said = await self.album(studio, chats)
        studio.clock.pass_(minutes=1)
        await chats.edits(said[1], "Другая подпись")
        studio.clock.pass_(minutes=1)
        await chats.edits({**said[0], "caption": ""}, "И первая")
        now = (await card(studio)).message
        assert now.text == "И первая\n\nДругая подпись"
        assert [one.ref for one in now.attachments] == ["p0", "p1", "p2"]
        assert len(studio.desk.cards) == 1

    async def test_an_album_that_is_not_known_is_the_edit_alone(
        self, studio: Studio, chats: Chats
    ) -> None:
        photo = [{"file_id": "p", "file_unique_id": "u"}]
        said = chats.private(IVAN, caption="Было", photo=photo, media_group_id="a9")
        await chats.edits(said, "Стало")
        assert chats.cards() == [("Стало", "Анна")]


class TestDeletions:
    @pytest.fixture
    async def own(self, studio: Studio, chats: Chats) -> Chats:
        await chats.connects(ANNA)
        return chats

    async def test_what_is_taken_back_stays_for_the_studio(
        self, studio: Studio, own: Chats
    ) -> None:
        said = await own.writes_in_own(IVAN, "Секрет")
        studio.clock.pass_(minutes=1)
        await own.deletes(said)
        drawn = studio.desk.redrawn[-1][1]
        assert drawn.message.text == "Секрет"
        assert drawn.deleted_at == MONDAY_TEN + timedelta(minutes=1)
        assert own.notes("deleted") == [], "it waits still: its card is looked at"
        assert (await own.conversation("business:100:901")).wait is not None

    async def test_of_what_was_answered_one_note_tells(self, studio: Studio, own: Chats) -> None:
        asked = [await own.writes_in_own(IVAN, text) for text in ("Раз", "Два")]
        said = await own.writes_in_own(ANNA, "Ответ")
        await own.deletes(*asked, said)
        assert own.notes("deleted") == [("Два", "Анна")]
        await own.deletes(*asked, said)
        assert len(own.notes("deleted")) == 1
        assert [text for _, text in await own.history("business:100:901")] == [
            "Раз",
            "Два",
            "Ответ",
        ]

    async def test_what_the_member_takes_back_is_no_news(self, studio: Studio, own: Chats) -> None:
        await own.writes_in_own(IVAN, "Раз")
        said = await own.writes_in_own(ANNA, "Ответ")
        await own.deletes(said)
        assert own.notes() == []

    async def test_what_is_not_known_is_nothing(self, studio: Studio, own: Chats) -> None:
        said = own.own(IVAN, "Старое")
        await own.deletes(said)
        assert own.notes() == []
        assert studio.desk.redrawn == []


async def test_a_batch_is_worked_on_in_its_order(studio: Studio, chats: Chats) -> None:
    """An edit, a second message and a block, all stored before anything is run."""
    said = chats.private(IVAN, "Раз")
    for kind, body in (
        ("message", said),
        ("edited_message", {**said, "text": "Раз!", "edit_date": chats.now()}),
        ("message", chats.private(IVAN, "Два")),
    ):
        await chats.comes(kind, body, run=False)
    await studio.run()
    assert chats.cards() == [("Раз", "Анна"), ("Два", "Анна")]
    assert [text for _, text in await chats.history(CHAT)] == ["Раз!", "Два"]
