"""The client's card and the lists about clients, from values to text and buttons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import Keyboard
from bot.client_buttons import (
    ClientButton,
    ClientsButton,
    FileButton,
    HistoryButton,
    NotesButton,
    Sorted,
)
from bot.client_cards import Figures, KnownClient, client_card_view, figures_of, figures_words
from bot.client_lists import (
    PAGE,
    Listed,
    clients_view,
    files_view,
    history_page,
    instant_of,
    mark_of,
    notes_view,
)
from bot.reader import Reader
from bot.rich import MESSAGE_LIMIT
from bot.texts import speaker
from inbox.model import Attachment, Client, Contact, Handle, Media, Outcome
from inbox.ports import HistoryLine
from inbox.work_records import ClientCard, ClientFile, ClientLine, Horizon, InternalNote, Task
from tests.bot.studio import GONE, HELEN, NOON, OLGA, closed, conversation, wait

READER = Reader.of(OLGA, NOON)
RU = speaker("ru")
CLIENT = Client(21, "Ромашка", OLGA.id, "магазин", "срочный")
ANNA = Contact(31, 21, "Анна Петрова")
MAIL = Handle("email", "anna@client.example")
NAME = Handle("telegram_name", "anna")
USER = Handle("telegram", "900")
NO_FIGURES = Figures(0, None, None)


def labels(keyboard: Keyboard) -> list[str]:
    return [one.text for row in keyboard for one in row]


def known(**changes: object) -> KnownClient:
    card = ClientCard(CLIENT, ((ANNA, MAIL), (ANNA, NAME), (ANNA, USER)), (), (), 0, 0)
    usual = KnownClient(card, OLGA, NO_FIGURES, {})
    own = {name: changes.pop(name) for name in list(changes) if hasattr(usual, name)}
    return replace(usual, card=replace(card, **changes), **own)


def task(number: int, **changes: object) -> Task:
    usual = Task(f"k{number}", 21, f"Дело {number}", Horizon.NOW, OLGA.id, NOON, id=number)
    return replace(usual, **changes)


class TestTheCard:
    def test_it_says_who_it_is_who_has_it_and_how_to_reach_it(self) -> None:
        text = client_card_view(READER, known()).body.text
        assert text.startswith("👤 Ромашка\nМенеджер: Ольга · тариф срочный · календарь магазин")
        assert "• Анна Петрова · anna@client.example · @anna · Telegram" in text
        assert "Никто не ждёт ответа." in text
        assert "✅ Открытых задач нет." in text

    def test_whose_client_nobody_has_is_taken_here(self) -> None:
        for holder in (None, GONE):
            view = client_card_view(READER, known(holder=holder))
            assert "Клиент пока ничей" in view.body.text
            assert "Взять" in labels(view.keyboard)
            assert "Передать" not in labels(view.keyboard)
        assert "Передать" in labels(client_card_view(READER, known()).keyboard)

    def test_who_waits_and_until_when(self) -> None:
        waiting = conversation(wait=wait(NOON - timedelta(minutes=20)))
        text = client_card_view(READER, known(conversations=(waiting,))).body.text
        assert "🟡 Ждёт ответа: 1 · ответить до: 12:40" in text
        late = conversation(wait=wait(NOON - timedelta(minutes=90)))
        text = client_card_view(READER, known(conversations=(waiting, late))).body.text
        assert "🔴 Ждут ответа: 2 · просрочено, срок был 11:30" in text
        never = conversation(wait=replace(wait(), due_at=None))
        text = client_card_view(READER, known(conversations=(never,))).body.text
        assert "🟡 Ждёт ответа: 1\n" in text

    def test_where_a_reply_to_it_goes(self) -> None:
        text = client_card_view(READER, known(conversations=(conversation(),))).body.text
        assert text.endswith("Ответ на это сообщение уйдёт клиенту: ✉️ Почта info.")

    def test_why_somebody_cannot_be_reached(self) -> None:
        text = client_card_view(READER, known(unreachable={USER: "blocked"})).body.text
        assert "заблокировал" in text

    def test_open_tasks_the_overdue_ones_bold(self) -> None:
        late = task(1, due_at=NOON - timedelta(hours=1))
        view = client_card_view(READER, known(open_tasks=(late, task(2)), notes=3, files=7))
        assert "🗒 2 открытые задачи, 1 просрочена\n• Дело 1 · 11:00\n• Дело 2" in view.body.text
        start = view.body.text.encode("utf-16-le").index("• Дело 1".encode("utf-16-le")) // 2
        assert any(one.kind == "bold" and one.offset == start for one in view.body.entities)
        assert {"Задачи · 2", "Заметки · 3", "Файлы · 7"} <= set(labels(view.keyboard))

    def test_what_is_much_is_counted(self) -> None:
        people = tuple((Contact(number, 21, f"№{number}"), MAIL) for number in range(12))
        many = tuple((ANNA, Handle("email", f"a{number}@x.example")) for number in range(9))
        text = client_card_view(READER, known(contacts=people)).body.text
        assert "и ещё 4 контакта" in text
        assert "· +3" in client_card_view(READER, known(contacts=many)).body.text
        tasks = tuple(task(number) for number in range(8))
        assert "• Дело 4\n…" in client_card_view(READER, known(open_tasks=tasks)).body.text

    @given(name=st.text(max_size=300), title=st.text(max_size=300), count=st.integers(0, 40))
    def test_it_fits_whatever_strangers_call_themselves(
        self, name: str, title: str, count: int
    ) -> None:
        people = tuple((Contact(n, 21, name), Handle("email", name)) for n in range(count))
        tasks = tuple(task(n, title=title) for n in range(count))
        client = replace(CLIENT, name=name, tier=name, calendar=name)
        view = client_card_view(READER, known(client=client, contacts=people, open_tasks=tasks))
        assert view.body.units <= MESSAGE_LIMIT
        assert view.body.text.startswith("👤 ")
        assert len(view.body.text.splitlines()[0]) > 2


class TestFigures:
    def test_they_follow_the_rules_of_the_week(self) -> None:
        waits = [
            closed(Outcome.ANSWERED, timedelta(minutes=10)),
            closed(Outcome.PHONED, timedelta(minutes=30)),
            closed(Outcome.ANSWERED, timedelta(minutes=100)),
            closed(Outcome.DISMISSED, timedelta(minutes=5)),
            closed(Outcome.CLOSED_UNANSWERED, timedelta(minutes=200)),
        ]
        overdue = [wait(NOON - timedelta(minutes=90)), wait(NOON)]
        found = figures_of(waits, overdue, NOON)
        assert found == Figures(3, timedelta(minutes=30), Fraction(2, 5))

    @pytest.mark.parametrize(
        ("figures", "words"),
        [
            (NO_FIGURES, "За 90 дней ответов не было"),
            (Figures(2, timedelta(minutes=20), Fraction(1, 2)), "2 ответа, половина — быстрее"),
            (Figures(0, None, Fraction(0)), "0 ответов; вовремя: 0 %"),
        ],
    )
    def test_in_words(self, figures: Figures, words: str) -> None:
        assert words in figures_words(RU, figures)


def before_of(said: Sequence[HistoryLine], at: HistoryButton) -> list[HistoryLine]:
    """As the store gives them: the last so many, and all of the oldest instant."""
    before = instant_of(at.before)
    older = [one for one in said if before is None or one.at < before]
    page = older[-(at.skip + PAGE + 1) :]
    return [one for one in older if one.at >= page[0].at]


def lines(count: int, **changes: object) -> tuple[HistoryLine, ...]:
    return tuple(
        replace(
            HistoryLine(NOON + timedelta(minutes=n), "Анна", True, f"слово {n}", ()),
            **changes,
        )
        for n in range(count)
    )


class TestHistory:
    def test_a_line_says_where_and_what_is_internal(self) -> None:
        said = (
            *lines(1, channel_id="telegram"),
            *lines(1, channel_id="email:info", internal=True, author="Ольга"),
        )
        view = history_page(READER, OLGA, CLIENT, said, HistoryButton(client_id=21))
        assert "← Анна · 💬 Telegram · 12:00" in view.body.text
        assert "📝 Ольга · ✉️ Почта info · 12:00" in view.body.text
        assert labels(view.keyboard) == ["← Клиент"]

    def test_nothing_yet(self) -> None:
        view = history_page(READER, OLGA, CLIENT, (), HistoryButton(client_id=21))
        assert "Пока ничего нет." in view.body.text

    @given(st.lists(st.integers(0, 2), min_size=1, max_size=60))
    def test_every_line_is_on_just_one_page(self, gaps: list[int]) -> None:
        """Also where many were said in one second, as forwarded ones are."""
        at, said = NOON, []
        for number, gap in enumerate(gaps):
            at += timedelta(seconds=max(0, gap - 1))
            said.append(HistoryLine(at, "Анна", True, f"слово {number}.", ()))
        texts: list[str] = []
        pressed = HistoryButton(client_id=21)
        while pressed is not None:
            part = before_of(said, pressed)
            view = history_page(READER, OLGA, CLIENT, part, pressed)
            texts.append(view.body.text)
            older = [one.data for row in view.keyboard for one in row if one.text == "← Раньше"]
            pressed = older[0] if older else None
        whole = "\n".join(texts)
        assert [whole.count(f"слово {n}.") for n in range(len(gaps))] == [1] * len(gaps)
        assert len(texts) == -(-len(gaps) // PAGE)

    @given(st.text(max_size=6000), st.integers(1, PAGE + 1))
    def test_it_fits(self, text: str, count: int) -> None:
        newest = HistoryButton(client_id=21)
        view = history_page(READER, OLGA, CLIENT, lines(count, text=text), newest)
        assert view.body.units <= MESSAGE_LIMIT


def file(number: int, **changes: object) -> ClientFile:
    document = Attachment(Media.DOCUMENT, f"смета {number}.pdf", "", 1000, "bot:1", f"id{number}")
    usual = ClientFile(NOON, 11, document, True, message_id=number)
    return replace(usual, **changes)


class TestFiles:
    def test_each_has_a_button_that_tells_it_from_others(self) -> None:
        files = (file(1), file(2, inbound=False, message_id=None, reply_id=5), file(3))
        view = files_view(READER, CLIENT, files, 0)
        assert "1. 📎 смета 1.pdf · 1 КБ · ← 12:00" in view.body.text.replace("kB", "КБ")
        assert "→ 12:00" in view.body.text
        found = [one.data for row in view.keyboard for one in row]
        pressed = [one for one in found if isinstance(one, FileButton)]
        assert [(one.of.value, one.source_id) for one in pressed] == [("m", 1), ("r", 5), ("m", 3)]
        assert len({one.mark for one in pressed}) == 3
        assert pressed[0].mark == mark_of(files[0].attachment)

    def test_pages(self) -> None:
        files = tuple(file(n) for n in range(PAGE + 1))
        assert "→" in labels(files_view(READER, CLIENT, files, 0).keyboard)
        assert "→" not in labels(files_view(READER, CLIENT, files[:PAGE], 8).keyboard)
        assert "Файлов нет." in files_view(READER, CLIENT, (), 0).body.text


def note(number: int, text: str = "торопится", **changes: object) -> InternalNote:
    usual = InternalNote(f"k{number}", 11, OLGA.id, text, NOON, id=number)
    return replace(usual, **changes)


class TestNotes:
    def test_the_newest_first_with_who_and_when(self) -> None:
        names = {OLGA.id: "Ольга"}
        found = (note(5, "раз", edited_at=NOON), note(4, "два", author_id=99))
        view = notes_view(READER, CLIENT, found, names, newest=True)
        assert "📝 Ольга · 12:00 · изменена\nраз\n\n📝 ? · 12:00\nдва" in view.body.text
        assert labels(view.keyboard) == ["📝 Заметка", "← Клиент"]

    def test_pages_and_files(self) -> None:
        paper = file(1).attachment
        found = tuple(note(n, attachments=(paper,)) for n in range(20, 20 - PAGE - 1, -1))
        view = notes_view(READER, CLIENT, found, {}, newest=False)
        data = [one.data for row in view.keyboard for one in row]
        (older, newest) = [one for one in data if isinstance(one, NotesButton)]
        assert (older.before_id, newest.before_id) == (20 - PAGE + 1, 0)
        assert sum(isinstance(one, FileButton) for one in data) == PAGE

    @given(st.text(max_size=6000))
    def test_it_fits(self, text: str) -> None:
        found = tuple(note(n, text) for n in range(PAGE + 1, 0, -1))
        view = notes_view(READER, CLIENT, found, {}, newest=True)
        assert view.body.units <= MESSAGE_LIMIT


class TestTheList:
    def listed(self, *found: ClientLine, **at: object) -> Listed:
        return Listed(found, ClientsButton(**at), {OLGA.id: "Ольга"})

    def test_a_line_says_how_it_stands(self) -> None:
        view = clients_view(
            READER,
            self.listed(
                ClientLine(CLIENT, 2, NOON - timedelta(hours=1), 3, NOON),
                ClientLine(replace(CLIENT, id=22, name="", manager_id=None), last_at=NOON),
                ClientLine(replace(CLIENT, id=23, name="Лютик"), 1, NOON + timedelta(hours=1)),
            ),
        )
        assert "1. Ромашка · 🔴 2 · просрочено, срок был 11:00 · 🗒 3 · Ольга" in view.body.text
        assert "2. № 22 · пока ничей · 12:00" in view.body.text
        assert "3. Лютик · 🟡 1 · ответить до: 13:00 · Ольга" in view.body.text
        opened = [one.data for row in view.keyboard for one in row][:3]
        assert [one.client_id for one in opened if isinstance(one, ClientButton)] == [21, 22, 23]

    def test_sorting_and_sifting_go_back_to_the_beginning(self) -> None:
        view = clients_view(
            READER, self.listed(ClientLine(CLIENT), order=Sorted.LATEST, waiting=True, offset=8)
        )
        found = {one.text: one.data for row in view.keyboard for one in row}
        assert found["←"] == ClientsButton(order=Sorted.LATEST, waiting=True, offset=0)
        assert found["• Последние"] == ClientsButton(order=Sorted.LATEST, waiting=True)
        assert found["По сроку"] == ClientsButton(order=Sorted.WAITING, waiting=True)
        assert found["☑ Только кто ждёт"] == ClientsButton(order=Sorted.LATEST)

    def test_what_was_looked_for_is_said(self) -> None:
        listed = replace(self.listed(), words="ром")
        view = clients_view(READER, listed)
        assert view.body.text.startswith("Клиенты: «ром»")
        assert "Здесь никого нет." in view.body.text

    def test_it_is_the_readers_language(self) -> None:
        view = clients_view(Reader.of(HELEN, NOON), self.listed(ClientLine(CLIENT, 1, NOON)))
        assert "overdue since 12:00" in view.body.text
