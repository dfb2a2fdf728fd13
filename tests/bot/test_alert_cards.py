"""What a manager reads on an alert, and on many in one message."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from bot.alert_cards import MOST_LINES, alert_view, alerts_view
from bot.buttons import CardButton, Keyboard, TakeOnButton
from bot.rich import MESSAGE_LIMIT
from inbox.model import Client, Contact, Manager, Outcome, Role, Wait
from inbox.ports import Alert, CardState
from tests.bot.studio import (
    HELEN,
    HOURS,
    IVAN,
    NOON,
    OLGA,
    TERMS,
    card,
    closed,
    conversation,
    wait,
)

CHAT = Manager(9, "Дежурные", -100, Role.CHAT, "Europe/Moscow", "ru")


def said(keyboard: Keyboard) -> list[list[str]]:
    return [[button.text for button in row] for row in keyboard]


def alert(**changes: object) -> Alert:
    usual = Alert(
        wait=wait(),
        rung=0,
        card=card(),
        elapsed=timedelta(minutes=45),
        remaining=timedelta(minutes=15),
        late=False,
    )
    return replace(usual, **changes)  # type: ignore[arg-type] # fields by name, checked by use


def test_an_alert_says_who_waits_how_long_and_what_remains() -> None:
    view = alert_view(alert(), OLGA, NOON)

    assert view.body.text == (
        "⏰ Ромашка · Анна Петрова: ждёт ответа 45 мин рабочего времени\n"
        "✉️ Почта info · 11:40\n"
        "⏳ Осталось 15 мин (ответить до: 12:40)\n"
        "👤 Ведёт Ольга\n\n"
        "Не открывается сайт"
    )
    assert said(view.keyboard)[0] == ["Ответ не нужен", "Ответ по телефону"]


def test_an_overdue_and_late_alert_says_both() -> None:
    text = alert_view(alert(remaining=timedelta(minutes=-70), late=True), HELEN, NOON).body.text

    assert "❗ 1 h 10 min overdue (answer by: 12:40)" in text
    assert "This alert is late" in text


def test_an_answered_alert_says_so_and_has_no_buttons() -> None:
    done = closed(Outcome.ANSWERED, timedelta(minutes=50))
    ended = card(CardState.ANSWERED, wait=done, closed_by=OLGA)
    view = alert_view(alert(wait=done, card=ended), OLGA, NOON)

    assert view.body.text == (
        "Ромашка · Анна Петрова\n✉️ Почта info\n✅ Ответ: Ольга, через 50 мин"
    )
    assert view.keyboard == ()


class TestTakingOn:
    """Whoever does not hold the client can take it (rule 20)."""

    def test_rule_20_a_head_can_take_it_and_do_all_else(self) -> None:
        rows = said(alert_view(alert(rung=1), HELEN, NOON).keyboard)
        assert rows[0] == ["I take it", "Hand over"]
        assert rows[1:] == [["No reply needed", "Answered by phone"], ["History", "Why?"]]

    def test_who_holds_the_client_or_stands_in_has_no_such_button(self) -> None:
        for reader, stand_in in ((OLGA, None), (IVAN, IVAN)):
            view = alert_view(alert(card=card(stand_in=stand_in)), reader, NOON)
            assert not any(isinstance(b.data, TakeOnButton) for row in view.keyboard for b in row)
            assert said(view.keyboard)[0][0] == "Ответ не нужен"

    def test_somebody_else_who_is_told_can_take_it_and_no_more(self) -> None:
        assert said(alert_view(alert(), IVAN, NOON).keyboard) == [["Беру на себя"]]

    def test_a_group_can_take_it_and_no_more(self) -> None:
        assert said(alert_view(alert(), CHAT, NOON).keyboard) == [["Беру на себя"]]
        nobodys = card(holder=None, conversation=conversation(assignee_id=None))
        assert said(alert_view(alert(card=nobodys), CHAT, NOON).keyboard) == [["Беру на себя"]]

    def test_a_client_nobody_has_is_taken_the_usual_way(self) -> None:
        nobodys = card(holder=None, conversation=conversation(assignee_id=None))
        assert said(alert_view(alert(card=nobodys), HELEN, NOON).keyboard)[0] == ["Take"]


def test_rule_19_repeats_say_that_somebody_is_still_waiting() -> None:
    for rung in (len(wait().ladder), 1_000_000 + 739_000):
        text = alert_view(alert(rung=rung), HELEN, NOON).body.text
        assert text.startswith(
            "⏰ Ромашка · Анна Петрова is still waiting: 45 min of working time"
        )


def test_rule_18_a_late_one_says_why_it_is_late() -> None:
    text = alert_view(alert(late=True), OLGA, NOON).body.text
    assert "пришло с опозданием: вовремя передать его не удалось" in text


def test_what_may_have_been_shown_before_says_so_once() -> None:
    again = alert(card=card(repeated=True))
    words = "Possibly shown before: the sending was interrupted."
    assert words in alert_view(again, HELEN, NOON).body.text
    assert words not in alert_view(alert(), HELEN, NOON).body.text
    other = replace(again, wait=replace(again.wait, id=again.wait.id + 1))
    assert alerts_view([again, other], HELEN, NOON).body.text.count(words) == 1
    assert words not in alerts_view([alert()], HELEN, NOON).body.text


def test_an_alert_about_a_wait_stays_so_where_the_newest_message_is_a_quiet_one() -> None:
    quiet = card(CardState.QUIET)
    assert ["Ответ не нужен", "Ответ по телефону"] in said(
        alert_view(alert(card=quiet), OLGA, NOON).keyboard
    )
    dismissed = closed(Outcome.DISMISSED, timedelta(minutes=12))
    over = alert(wait=dismissed, card=card(wait=dismissed, closed_by=OLGA))
    assert "☑️ No reply needed · Ольга · 11:52" in alert_view(over, HELEN, NOON).body.text


class TestPromises:
    """A reminder before, a warning after, how it ended."""

    DUE = NOON + timedelta(hours=3)
    PROMISE = replace(Wait.promise(NOON, DUE, TERMS.policy.ladder, TERMS.calendar), id=71)

    def alert(self, left: timedelta, wait: Wait = PROMISE) -> Alert:
        return alert(wait=wait, card=card(CardState.ANSWERED, wait=wait), remaining=left)

    def test_a_reminder(self) -> None:
        view = alert_view(
            self.alert(timedelta(minutes=30)), OLGA, self.DUE - timedelta(minutes=30)
        )
        assert view.body.text.startswith(
            "🤝 Вы обещали ответ: Ромашка · Анна Петрова, срок 15:00. Осталось 30 мин\n"
        )
        assert said(view.keyboard) == [["🤝 Выполнено", "Снять"], ["История", "Почему?"]]

    def test_an_unkept_one(self) -> None:
        late = self.alert(timedelta(minutes=-40))
        view = alert_view(late, HELEN, self.DUE + timedelta(minutes=40))
        assert view.body.text.startswith(
            "❗ The promise to Ромашка · Анна Петрова is overdue by 40 min\n"
        )
        assert said(view.keyboard) == [
            ["I take it"],
            ["🤝 Kept", "Withdraw"],
            ["History", "Why?"],
        ]

    def test_how_it_ended(self) -> None:
        at = self.DUE - timedelta(hours=1)
        endings = {
            Outcome.KEPT: "✅ The promise (by 15:00) was kept · Ольга",
            Outcome.WITHDRAWN: "☑️ The promise (by 15:00) was withdrawn · Ольга",
        }
        for outcome, words in endings.items():
            ended = self.PROMISE.closed(outcome, at, OLGA.id, HOURS)
            view = alert_view(self.alert(timedelta(hours=1), ended), HELEN, at)
            assert view.body.text.splitlines()[-1] == words
            assert view.keyboard == ()


class TestManyInOne:
    """Rule 22: one message, the most urgent first."""

    def alerts(self, count: int) -> list[Alert]:
        return [
            alert(
                wait=replace(wait(), id=100 + n),
                card=card(conversation=conversation(id=n, client=Client(n, f"Клиент {n}"))),
                remaining=timedelta(minutes=10 * (n - 2)),
            )
            for n in reversed(range(count))
        ]

    def test_rule_22_a_line_and_a_button_for_each(self) -> None:
        view = alerts_view(self.alerts(4), HELEN, NOON)
        assert view.body.text == (
            "⏰ Waiting for an answer: 4\n\n"
            "1. Клиент 0 · Анна Петрова · 20 min overdue · Ольга\n"
            "2. Клиент 1 · Анна Петрова · 10 min overdue · Ольга\n"
            "3. Клиент 2 · Анна Петрова · the time is over · Ольга\n"
            "4. Клиент 3 · Анна Петрова · 10 min left · Ольга"
        )
        buttons = [button for row in view.keyboard for button in row]
        assert [one.text for one in buttons][:1] == ["1 · Клиент 0 · Анна Петрова"]
        assert [
            one.data.conversation_id for one in buttons if isinstance(one.data, CardButton)
        ] == [*range(4)]

    def test_rule_23_what_was_answered_is_struck_and_goes_down(self) -> None:
        alerts = self.alerts(3)
        done = replace(closed(Outcome.ANSWERED, timedelta(minutes=50)), id=100)
        alerts[-1] = replace(
            alerts[-1], wait=done, card=replace(alerts[-1].card, wait=done, closed_by=OLGA)
        )
        view = alerts_view(alerts, HELEN, NOON)
        last = view.body.text.splitlines()[-1]
        assert last == "3. Клиент 0 · Анна Петрова · ✅ Answered by Ольга after 50 min"
        assert "strikethrough" in {one.kind for one in view.body.entities}
        assert view.body.text.startswith("⏰ Waiting for an answer: 2")
        assert [len(row) for row in view.keyboard] == [2]

    def test_nobody_waits_any_more(self) -> None:
        done = closed(Outcome.ANSWERED, timedelta(minutes=50))
        view = alerts_view([alert(wait=done, card=card(wait=done, closed_by=OLGA))], OLGA, NOON)
        assert view.body.text.startswith("Больше никто не ждёт")
        assert view.keyboard == ()

    def test_a_wait_stands_there_once(self) -> None:
        view = alerts_view([alert(rung=0), alert(rung=1)], OLGA, NOON)
        assert len(view.keyboard) == 1

    def test_very_many_are_cut_and_counted(self) -> None:
        view = alerts_view(self.alerts(300), HELEN, NOON)
        assert view.body.text.splitlines()[-1] == "and 280 more, see /inbox"
        assert sum(len(row) for row in view.keyboard) == MOST_LINES

    def test_rule_18_an_outage_is_told_of_once_where_it_held_back_all(self) -> None:
        late = [replace(one, late=True) for one in self.alerts(2)]
        lines = alerts_view(late, HELEN, NOON).body.text.splitlines()
        assert lines[1] == "This alert is late: it could not be told at its time."
        assert not any("· late" in one for one in lines)
        mixed = [late[0], *self.alerts(1)]
        marked = alerts_view(mixed, HELEN, NOON).body.text
        assert (marked.count("· late"), marked.count("This alert is late")) == (1, 0)

    def test_twenty_long_lines_fit_into_one_message(self) -> None:
        endless = conversation(client=Client(1, "Ж" * 500), contact=Contact(1, 1, "Щ" * 500))
        holder = replace(OLGA, name="Ф" * 500)
        promise = TestPromises.PROMISE.closed(Outcome.KEPT, NOON, OLGA.id, HOURS)
        done = closed(Outcome.ANSWERED, timedelta(minutes=150))
        for each in (TestPromises.PROMISE, wait(), promise, done):
            shown = card(conversation=endless, holder=holder, wait=each, closed_by=holder)
            alerts = [alert(wait=replace(each, id=n), card=shown, late=True) for n in range(30)]
            assert alerts_view(alerts, OLGA, NOON).body.units <= MESSAGE_LIMIT

    def test_who_may_not_act_can_take_each_on(self) -> None:
        for reader in (CHAT, IVAN):
            view = alerts_view(self.alerts(2), reader, NOON)
            found = [one.data for row in view.keyboard for one in row]
            assert [one.wait_id for one in found if isinstance(one, TakeOnButton)] == [100, 101]

    def test_a_promise_is_named_as_one(self) -> None:
        promise = TestPromises.PROMISE
        view = alerts_view([alert(wait=promise, late=True)], HELEN, NOON)
        assert view.body.text.splitlines()[-1] == (
            "1. Ромашка · Анна Петрова · 🤝 Promised: 15:00 · 15 min left · Ольга · late"
        )
