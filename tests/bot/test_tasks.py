"""Lists of tasks, task cards and the tasks of the day in words and buttons."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from bot.buttons import Keyboard
from bot.cards import CardView
from bot.reader import Reader
from bot.rich import MESSAGE_LIMIT
from bot.task_buttons import (
    Origin,
    TaskButton,
    TaskDeed,
    TaskFilter,
    TaskListButton,
    TaskLookButton,
    TaskOrder,
)
from bot.task_cards import (
    TaskFacts,
    done_view,
    due_days_view,
    due_times_view,
    task_view,
    when_view,
)
from bot.task_digests import MOST, digest_view
from bot.tasks import PAGE, Entry, TaskList, list_view
from bot.texts import speaker
from inbox.model import Client
from inbox.ports import Reply, ReplyState
from inbox.work_records import Horizon, Task, TaskDigest
from tests.bot.studio import HELEN, HOURS, NOON, OLGA

DAY = timedelta(days=1)
RU, EN = Reader.of(OLGA, NOON), Reader.of(HELEN, NOON)
ROMASHKA, ANNA = Client(7, "Ромашка", OLGA.id), Client(8, "Анна", OLGA.id)
LOGO = Task("1", 7, "Логотип", Horizon.NOW, OLGA.id, NOON, id=1)
DOMAIN = Task("2", 8, "Домен", Horizon.NOW, OLGA.id, NOON, due_at=NOON - DAY, id=2)
FORM = Task("3", 7, "Форма", Horizon.LATER, OLGA.id, NOON, due_at=NOON + DAY, id=3)
THREE: tuple[Entry, ...] = ((DOMAIN, ANNA), (LOGO, ROMASHKA), (FORM, ROMASHKA))

words = st.text(max_size=200)


def said(view: CardView) -> list[list[str]]:
    return [[button.text for button in row] for row in view.keyboard]


def many(number: int) -> tuple[Entry, ...]:
    return tuple(
        (replace(LOGO, id=n, title=f"Задача {n}"), ROMASHKA) for n in range(1, number + 1)
    )


def fits(keyboard: Keyboard) -> bool:
    return all(len(one.data.pack().encode()) <= 64 for row in keyboard for one in row)


class TestLists:
    def test_the_three_lists_with_what_is_overdue_marked(self) -> None:
        view = list_view(RU, TaskList(THREE, TaskListButton()))
        assert view.body.text == (
            "📌 Мои задачи\n\n"
            "Сейчас\n1. ❗ Домен · срок был: вчера в 12:00 · Анна\n2. Логотип · Ромашка\n\n"
            "Позже\n3. Форма · срок: завтра в 12:00 · Ромашка"
        )
        assert said(view) == [
            ["1", "2", "3"],
            ["• Все списки · 3", "Сейчас · 2"],
            ["Ближайшие дни · 0", "Позже · 1"],
            ["По клиентам"],
        ]

    def test_by_client(self) -> None:
        view = list_view(EN, TaskList(THREE, TaskListButton(order=TaskOrder.CLIENT), wider=True))
        assert view.body.text == (
            "📌 My tasks\n\n"
            "Анна\n1. ❗ Домен · was due: yesterday at 12:00\n\n"
            "Ромашка\n2. Логотип\n3. Форма · due: tomorrow at 12:00"
        )
        assert said(view)[-1] == ["Sort by date", "All tasks"]

    def test_of_one_client_there_is_a_button_for_a_new_one(self) -> None:
        of_client = TaskList(THREE[1:], TaskListButton(client_id=7), ROMASHKA)
        view = list_view(RU, of_client)
        assert view.body.text.startswith("📌 Задачи: Ромашка\n\nСейчас\n1. Логотип\n\nПозже\n2.")
        assert said(view)[-1] == ["➕ Новая задача"]
        assert list_view(RU, TaskList((), of_client.at, Client(9, ""))).body.text == (
            "📌 Задачи: № 9\n\nЗдесь нечего делать."
        )

    def test_pages_and_what_a_press_says_of_where_it_came_from(self) -> None:
        at = TaskListButton(only=TaskFilter.NOW, offset=PAGE)
        view = list_view(RU, TaskList(many(25), at))
        assert "Сейчас · Ромашка\n11. Задача 11\n" in view.body.text
        assert said(view)[:3] == [
            ["11", "12", "13", "14", "15"],
            ["16", "17", "18", "19", "20"],
            ["←", "→"],
        ]
        before, behind = (one.data for one in view.keyboard[2])
        assert before == TaskListButton(only=TaskFilter.NOW, offset=0)
        assert behind == TaskListButton(only=TaskFilter.NOW, offset=2 * PAGE)
        first = view.keyboard[0][0].data
        assert first == TaskLookButton(only=TaskFilter.NOW, offset=PAGE, task_id=11)

    def test_a_page_that_is_no_longer_there_is_the_last_one(self) -> None:
        view = list_view(RU, TaskList(many(3), TaskListButton(offset=990)))
        assert view.body.text.endswith("3. Задача 3")

    def test_a_client_alone_in_a_part_is_named_once(self) -> None:
        entries = ((DOMAIN, ANNA), (LOGO, ANNA), (FORM, ROMASHKA))
        view = list_view(EN, TaskList(entries, TaskListButton()))
        assert view.body.text == (
            "📌 My tasks\n\n"
            "Now · Анна\n1. ❗ Домен · was due: yesterday at 12:00\n2. Логотип\n\n"
            "Later\n3. Форма · due: tomorrow at 12:00 · Ромашка"
        )

    def test_two_clients_of_one_name_are_two(self) -> None:
        entries = ((LOGO, ROMASHKA), (DOMAIN, Client(9, "Ромашка")))
        view = list_view(EN, TaskList(entries, TaskListButton(order=TaskOrder.CLIENT)))
        assert view.body.text.count("Ромашка\n") == 2

    def test_the_numbers_stand_in_even_rows(self) -> None:
        for number, rows in ((5, [5]), (6, [3, 3]), (7, [4, 3]), (9, [5, 4]), (10, [5, 5])):
            view = list_view(EN, TaskList(many(number), TaskListButton()))
            assert [len(row) for row in view.keyboard[: len(rows)]] == rows

    @given(st.lists(st.tuples(words, words), max_size=30), st.integers(0, 40))
    def test_any_words_fit_into_a_message(
        self, given_: list[tuple[str, str]], offset: int
    ) -> None:
        numbers = count(2**62)
        entries = tuple(
            (replace(FORM, title=title, id=next(numbers)), Client(next(numbers), name))
            for title, name in given_
        )
        view = list_view(RU, TaskList(entries, TaskListButton(offset=offset)))
        assert view.body.units <= MESSAGE_LIMIT
        assert fits(view.keyboard)
        digest = digest_view(RU, TaskDigest(evening=False, overdue=entries))
        assert digest.body.units <= MESSAGE_LIMIT
        assert fits(digest.keyboard)


class TestCards:
    def test_an_open_one_says_by_when_and_who_noted_it(self) -> None:
        view = task_view(EN, TaskFacts(DOMAIN, ANNA, "Ольга"))
        assert view.body.text == (
            "📌 Домен\nАнна\nNow · ❗ was due: yesterday at 12:00\nNoted by Ольга: 12:00"
        )
        assert said(view)[-1] == ["🗑 Delete"]

    def test_one_that_the_client_made_by_agreeing_names_nobody(self) -> None:
        view = task_view(RU, TaskFacts(LOGO, ANNA))
        assert view.body.text.endswith("Сейчас · без срока\nЗаписано: 12:00")

    def test_a_done_and_a_deleted_one_have_only_the_way_back(self) -> None:
        back = TaskListButton(client_id=7)
        done = replace(LOGO, done_at=NOON, done_by_id=1, told_at=NOON)
        view = task_view(RU, TaskFacts(done, ANNA, "Ольга", "Иван", back))
        assert view.body.text == "✅ Логотип\nАнна\nСделано: 12:00 · Иван\nКлиенту сообщено."
        assert [one.data for row in view.keyboard for one in row] == [
            TaskButton(deed=TaskDeed.REOPEN, task_id=1),
            back,
        ]
        dropped = task_view(RU, TaskFacts(replace(done, dropped_at=NOON), ANNA))
        assert dropped.body.text == "🗑 Логотип\nАнна\nЗадача удалена."
        assert dropped.keyboard[0][0].data == TaskButton(deed=TaskDeed.RESTORE, task_id=1)

    def test_who_is_asked_whether_to_tell_reads_what_would_be_told(self) -> None:
        view = done_view(RU, TaskFacts(LOGO, ANNA), "Готово: Логотип")
        assert "\nСделано. Сообщить клиенту?\nГотово: Логотип\n" in view.body.text

    def test_days_and_times_lead_back_to_the_list(self) -> None:
        facts = TaskFacts(FORM, ANNA, back=TaskListButton())
        days = due_days_view(RU, facts, HOURS)
        assert said(days)[:1] == [["Сегодня", "Завтра"]]
        assert said(days)[-2:] == [["Без срока", "← Задача"], ["← Задачи"]]
        times = due_times_view(RU, facts, HOURS, NOON.date())
        assert times.body.text == "Форма · Сегодня: во сколько?"
        assert said(times)[-2:] == [["← Дни", "← Задача"], ["← Задачи"]]

    def test_in_another_zone_it_is_said_whose_time_it_is(self) -> None:
        far = Reader.of(replace(OLGA, zone="Asia/Yekaterinburg"), NOON)
        for view in (
            due_days_view(far, TaskFacts(LOGO, ANNA), HOURS),
            due_times_view(far, TaskFacts(LOGO, ANNA), HOURS, NOON.date()),
        ):
            assert "Asia/Yekaterinburg" in view.body.text

    @given(words, words, words)
    def test_any_words_fit_into_a_message(self, title: str, name: str, told: str) -> None:
        facts = TaskFacts(replace(FORM, title=title), replace(ANNA, name=name), name, name)
        for view in (
            when_view(speaker("ru"), name, title, Origin.MESSAGE, 2**62),
            task_view(RU, facts),
            done_view(RU, facts, told * 50),
            due_days_view(RU, facts, HOURS),
        ):
            assert view.body.units <= MESSAGE_LIMIT
            assert fits(view.keyboard)


class TestTelling:
    def words(self, state: ReplyState | None, goes_at: datetime | None = None) -> str:
        done = replace(LOGO, done_at=NOON, told_at=NOON)
        draft = Reply("task:1:q", 3, OLGA.id, "Готово", NOON, goes_at=goes_at)
        telling = None if state is None else replace(draft, state=state)
        view = task_view(EN, TaskFacts(done, ROMASHKA, telling=telling))
        return view.body.text.splitlines()[-1]

    def test_a_word_that_waits_says_for_how_long(self) -> None:
        soon = NOON + timedelta(seconds=10)
        assert self.words(ReplyState.QUEUED, goes_at=soon) == "⏳ Goes out in 10 s"
        assert self.words(ReplyState.QUEUED, goes_at=NOON) == "⏳ On its way to the client."
        assert self.words(ReplyState.SENDING) == "⏳ On its way to the client."

    def test_told_is_who_got_it(self) -> None:
        assert self.words(ReplyState.SENT) == "The client is told."
        assert self.words(None) == "The client is told."
        unknown = "❓ It is not known whether the client was told."
        assert self.words(ReplyState.UNCERTAIN) == unknown
        for state in (ReplyState.WITHDRAWN, ReplyState.REJECTED, ReplyState.TAKEN_BACK):
            assert self.words(state) == "The client was not told."


class TestDigests:
    def test_in_the_morning_what_is_to_be_done(self) -> None:
        digest = TaskDigest(
            evening=False,
            overdue=((DOMAIN, ANNA),),
            today=((replace(FORM, due_at=NOON + timedelta(hours=5)), ROMASHKA),),
            now=((LOGO, ROMASHKA),),
        )
        view = digest_view(RU, digest)
        assert view.body.text == (
            "☀️ Ваши задачи на сегодня\n\n"
            "Просрочено\n1. ❗ Домен · срок был: вчера в 12:00 · Анна\n\n"
            "Срок сегодня\n2. Форма · срок: 17:00 · Ромашка\n\n"
            "Сейчас в работе\n3. Логотип · Ромашка"
        )
        assert said(view) == [["1", "2", "3"], ["📌 Мои задачи"]]

    def test_in_the_evening_what_slipped_and_what_was_done(self) -> None:
        late = replace(LOGO, due_at=NOON - DAY, done_at=NOON)
        done = ((late, ROMASHKA),)
        view = digest_view(EN, TaskDigest(evening=True, overdue=((DOMAIN, ANNA),), done=done))
        assert view.body.text == (
            "🌙 Your tasks: how the day went\n\n"
            "Slipped\n1. ❗ Домен · was due: yesterday at 12:00 · Анна\n\n"
            "Done today\n2. Логотип · Ромашка"
        )

    def test_of_very_many_it_says_how_many_more(self) -> None:
        view = digest_view(EN, TaskDigest(evening=False, overdue=many(MOST), now=many(4)))
        assert view.body.text.endswith("\n\nand 4 more")
        assert "In work now" not in view.body.text
