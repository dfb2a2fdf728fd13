"""Internal notes: kept inside, told to whom they concern, changed by an edit."""

from dataclasses import replace

import pytest

from inbox.absences import go_away
from inbox.internal_notes import add, change, is_note, mentioned, unmarked
from inbox.model import Attachment, Conversation, Entity, Manager, Media, Role
from inbox.ports import DeskRef
from inbox.work_records import InternalNote
from tests.inbox.conftest import Studio
from tests.inbox.looking import msk, saved

ANNA = Manager(1, "Анна Петрова", 101)
BORIS = Manager(2, "Борис", 102)
ANNA_V = Manager(3, "Анна Ветрова", 103)
PYOTR = Manager(4, "Пётр О'Нил", 104)
GONE = Manager(5, "Олег", 105, active=False)
GROUP = Manager(6, "Отдел", -100, Role.CHAT)
STAFF = (ANNA, BORIS, ANNA_V, PYOTR, GONE, GROUP)


class TestTheMark:
    @pytest.mark.parametrize(
        "text",
        ["//", "// Позвонить", "//Позвонить", "\u200b // x", "\ufeff//", "\u3164//", "\ufe0f//"],
    )
    def test_what_begins_with_it_is_a_note(self, text: str) -> None:
        assert is_note(text)

    @pytest.mark.parametrize(
        "text", ["", "/", "/ /", "см. // ниже", "https://romashka.ru", "\u200b"]
    )
    def test_other_texts_are_not(self, text: str) -> None:
        assert not is_note(text)
        bold = (Entity("bold", 0, 1),)
        assert unmarked(text, bold) == (text, bold)

    def test_it_is_taken_off_and_the_formatting_moves_along(self) -> None:
        text = "// 🙂 жирно"
        given = (Entity("bold", 6, 5), Entity("italic", 0, 11), Entity("code", 0, 2))
        said, entities = unmarked(text, given)
        assert said == "🙂 жирно"
        assert entities == (Entity("bold", 3, 5), Entity("italic", 0, 8))

    def test_nothing_may_be_left(self) -> None:
        assert unmarked("//  ", [Entity("bold", 0, 2)]) == ("", ())


class TestWhoIsCalled:
    def called(self, text: str, *entities: Entity) -> tuple[list[str], list[str]]:
        members, unknown = mentioned(text, entities, STAFF)
        return [one.name for one in members], list(unknown)

    @pytest.mark.parametrize(
        "text",
        [
            "@Борис, глянь",
            "Глянь, @борис!",
            "(@БОРИС)",
            "@Борис глянь пожалуйста сюда завтра",
            "@Борис @Борис",
        ],
    )
    def test_a_name_whatever_its_case(self, text: str) -> None:
        assert self.called(text) == (["Борис"], [])

    def test_the_full_name_tells_two_apart(self) -> None:
        assert self.called("@Анна Петрова и @анна_ветрова") == (
            ["Анна Петрова", "Анна Ветрова"],
            [],
        )
        assert self.called("@Анна посмотри") == ([], ["Анна"])
        assert self.called("@Ветрова посмотри") == (["Анна Ветрова"], [])

    def test_yo_and_apostrophes(self) -> None:
        assert self.called("@Петр О'Нил") == (["Пётр О'Нил"], [])
        assert self.called("@Пётр") == (["Пётр О'Нил"], [])

    def test_a_link_to_a_user(self) -> None:
        link = Entity("text_link", 0, 5, "tg://user?id=102")
        other = Entity("text_link", 0, 5, "https://romashka.ru/?id=101")
        assert self.called("Боря, глянь", link, other) == (["Борис"], [])

    def test_who_left_and_groups_are_nobody(self) -> None:
        assert self.called("@Олег, @Отдел, @Никто") == ([], ["Олег", "Отдел", "Никто"])

    @pytest.mark.parametrize(
        "text", ["a@romashka.ru", "t.me/@boris", "@ Борис", "2 @ 500", "@5", "@@Борис"]
    )
    def test_what_only_looks_like_it(self, text: str) -> None:
        assert self.called(text) == ([], [])

    def test_two_of_one_name(self) -> None:
        staff = (BORIS, replace(BORIS, id=9))
        assert mentioned("@Борис", (), staff) == ((), ("Борис",))


def notes(studio: Studio) -> list[tuple[str, str, str]]:
    """Kind, author and reader of each that was shown, sorted."""
    return sorted(
        (words.kind, words.author.name if words.author else "", to.name)
        for _, words, to in studio.desk.notes
    )


@pytest.fixture
async def talk(studio: Studio) -> Conversation:
    """A question to Anna's client."""
    await studio.client("Ромашка", studio.anna, "a@x.test")
    return await studio.conversation(await studio.asks("a@x.test"))


def note(
    studio: Studio,
    talk: Conversation,
    author: Manager,
    text: str = "// Просит скидку",
    number: int = 1,
    mentions: tuple[int, ...] = (),
) -> InternalNote:
    ref = DeskRef(1, author.telegram_id, number)
    now = studio.clock.now()
    key = f"tg:1:{author.telegram_id}:{number}"
    return InternalNote(key, talk.id, author.id, text, now, desk_ref=ref, mentions=mentions)


async def kept(studio: Studio, talk: Conversation) -> tuple[InternalNote, ...]:
    async with studio.inbox.store.begin() as t:
        return await t.notes_of_client(talk.client.id, None, 10)


class TestAdding:
    async def test_it_stays_inside_and_the_holder_is_told(
        self, studio: Studio, talk: Conversation
    ) -> None:
        added = await add(studio.inbox, note(studio, talk, studio.boris))
        await studio.run()
        assert added is not None
        assert added.text == "Просит скидку"
        assert await kept(studio, talk) == (added,)
        assert notes(studio) == [("noted", "Борис", "Анна")]
        assert studio.desk.notes[0][1].text == str(added.id)
        assert studio.channel.sent == []
        assert (await studio.conversation("<m1>")).wait is not None, "it is no answer"

    async def test_once_for_its_key(self, studio: Studio, talk: Conversation) -> None:
        await add(studio.inbox, note(studio, talk, studio.boris))
        assert await add(studio.inbox, note(studio, talk, studio.boris)) is None
        await studio.run()
        assert len(await kept(studio, talk)) == len(studio.desk.notes) == 1

    async def test_the_author_is_not_told(self, studio: Studio, talk: Conversation) -> None:
        await add(studio.inbox, note(studio, talk, studio.anna, mentions=(studio.anna.id,)))
        await studio.run()
        assert notes(studio) == []

    async def test_who_is_called_hears_of_it_as_called_and_only_so(
        self, studio: Studio, talk: Conversation
    ) -> None:
        called = (studio.boris.id, studio.anna.id)
        await add(studio.inbox, note(studio, talk, studio.head, mentions=called))
        await studio.run()
        assert notes(studio) == [("mentioned", "Глава", "Анна"), ("mentioned", "Глава", "Борис")]

    async def test_who_had_a_part_in_notes_there_hears_of_the_next(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await add(studio.inbox, note(studio, talk, studio.anna, mentions=(studio.boris.id,)))
        await add(studio.inbox, note(studio, talk, studio.boris, number=2))
        await add(studio.inbox, note(studio, talk, studio.head, number=3))
        await studio.run()
        assert notes(studio) == [
            ("mentioned", "Анна", "Борис"),
            ("noted", "Борис", "Анна"),
            ("noted", "Глава", "Анна"),
            ("noted", "Глава", "Борис"),
        ]

    async def test_who_stands_in_hears_of_it_and_the_holder_too(
        self, studio: Studio, talk: Conversation
    ) -> None:
        anna, head = studio.anna, studio.head
        await go_away(studio.inbox, anna, msk(23, 9), msk(24, 18), deputy=head, by=head)
        await add(studio.inbox, note(studio, talk, studio.boris))
        await studio.run()
        assert notes(studio) == [("noted", "Борис", "Анна"), ("noted", "Борис", "Глава")]

    async def test_a_client_whom_nobody_holds(self, studio: Studio) -> None:
        talk = await studio.conversation(await studio.asks("b@x.test"))
        await add(studio.inbox, note(studio, talk, studio.boris))
        await add(studio.inbox, note(studio, talk, studio.head, number=2))
        await studio.run()
        assert notes(studio) == [("noted", "Глава", "Борис")]
        assert (await studio.conversation("<m1>")).assignee_id is None

    async def test_who_left_is_neither_told_nor_called(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await add(studio.inbox, note(studio, talk, studio.boris))
        await saved(studio, replace(studio.boris, active=False))
        called = (studio.boris.id,)
        await add(studio.inbox, note(studio, talk, studio.head, number=2, mentions=called))
        await studio.run()
        assert notes(studio) == [("noted", "Борис", "Анна"), ("noted", "Глава", "Анна")]

    async def test_files_alone_are_a_note_and_nothing_is_none(
        self, studio: Studio, talk: Conversation
    ) -> None:
        assert await add(studio.inbox, note(studio, talk, studio.boris, "// ")) is None
        photo = Attachment(Media.PHOTO, "", "image/jpeg", 9, "bot:1", "f1")
        with_photo = replace(note(studio, talk, studio.boris, "//"), attachments=(photo,))
        added = await add(studio.inbox, with_photo)
        assert added is not None
        assert (added.text, added.attachments) == ("", (photo,))


class TestWhereAllReadOnePlace:
    async def test_it_is_seen_there_already(self, studio: Studio, talk: Conversation) -> None:
        studio.desk.shared = True
        public = replace(note(studio, talk, studio.boris), desk_ref=DeskRef(1, -1001, 7))
        await add(studio.inbox, public)
        await studio.run()
        assert notes(studio) == []

    async def test_who_is_called_is_told(self, studio: Studio, talk: Conversation) -> None:
        studio.desk.shared = True
        public = note(studio, talk, studio.boris, mentions=(studio.head.id,))
        await add(studio.inbox, replace(public, desk_ref=DeskRef(1, -1001, 7)))
        await studio.run()
        assert notes(studio) == [("mentioned", "Борис", "Глава")]

    async def test_what_was_written_elsewhere_comes_there_once(
        self, studio: Studio, talk: Conversation
    ) -> None:
        await add(studio.inbox, note(studio, talk, studio.head))
        await studio.run()
        studio.desk.notes.clear()
        studio.desk.shared = True
        await add(studio.inbox, note(studio, talk, studio.boris, number=2))
        await add(studio.inbox, replace(note(studio, talk, studio.boris, number=3), desk_ref=None))
        await studio.run()
        assert notes(studio) == [("noted", "Борис", "Анна")] * 2


class TestChanging:
    async def test_it_says_the_new_text(self, studio: Studio, talk: Conversation) -> None:
        added = await add(studio.inbox, note(studio, talk, studio.boris))
        assert added is not None
        assert added.desk_ref is not None
        studio.clock.pass_(minutes=1)
        bold = (Entity("bold", 3, 6),)
        assert await change(studio.inbox, added.desk_ref, "// Просит 10 %", bold)
        (now,) = await kept(studio, talk)
        assert (now.text, now.entities) == ("Просит 10 %", (Entity("bold", 0, 6),))
        assert now.edited_at == studio.clock.now()

    async def test_without_the_mark_it_is_a_note_all_the_same(
        self, studio: Studio, talk: Conversation
    ) -> None:
        added = await add(studio.inbox, note(studio, talk, studio.boris))
        assert added is not None
        assert added.desk_ref is not None
        assert await change(studio.inbox, added.desk_ref, "Просит 10 %", ())
        assert [one.text for one in await kept(studio, talk)] == ["Просит 10 %"]

    async def test_whom_only_the_new_text_calls_is_called_once(
        self, studio: Studio, talk: Conversation
    ) -> None:
        called = (studio.anna.id,)
        added = await add(studio.inbox, note(studio, talk, studio.boris, mentions=called))
        assert added is not None
        assert added.desk_ref is not None
        for _ in range(2):
            await change(studio.inbox, added.desk_ref, "// @Анна, @Глава, @Борис", ())
        await studio.run()
        assert notes(studio) == [("mentioned", "Борис", "Анна"), ("mentioned", "Борис", "Глава")]
        (now,) = await kept(studio, talk)
        assert now.mentions == (studio.anna.id, studio.head.id, studio.boris.id)

    async def test_who_was_told_of_it_and_is_called_later_is_called(
        self, studio: Studio, talk: Conversation
    ) -> None:
        added = await add(studio.inbox, note(studio, talk, studio.boris))
        assert added is not None
        assert added.desk_ref is not None
        await change(studio.inbox, added.desk_ref, "// @Анна, глянь", ())
        await studio.run()
        assert notes(studio) == [("mentioned", "Борис", "Анна"), ("noted", "Борис", "Анна")]

    async def test_what_is_no_note_or_would_be_empty(
        self, studio: Studio, talk: Conversation
    ) -> None:
        added = await add(studio.inbox, note(studio, talk, studio.boris))
        assert added is not None
        assert added.desk_ref is not None
        assert not await change(studio.inbox, DeskRef(1, 5, 5), "// x", ())
        assert not await change(studio.inbox, added.desk_ref, "//", ())
        assert await kept(studio, talk) == (added,)

    async def test_the_same_again_changes_nothing(
        self, studio: Studio, talk: Conversation
    ) -> None:
        added = await add(studio.inbox, note(studio, talk, studio.boris))
        assert added is not None
        assert added.desk_ref is not None
        assert await change(studio.inbox, added.desk_ref, "// Просит скидку", ())
        assert await kept(studio, talk) == (added,)
