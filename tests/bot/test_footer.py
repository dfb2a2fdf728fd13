"""The end of a card: how it ended, what was promised, who stands in; and the buttons with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from bot.buttons import CardDeed, QuestionButton
from bot.cards import card_view
from inbox.model import Absence, Manager, Nature, Outcome, Role, Wait
from inbox.ports import CardState
from tests.bot.studio import HELEN, IVAN, NOON, OLGA, TERMS, card, closed, message
from tests.bot.test_cards import deeds, said, unassigned


def test_a_dismissal_can_be_undone_for_a_minute() -> None:
    done = closed(Outcome.DISMISSED, timedelta(minutes=12))
    dismissed = card(CardState.DISMISSED, wait=done, closed_by=OLGA)
    at = NOON - timedelta(minutes=8)

    assert ["Вернуть"] in said(card_view(dismissed, OLGA, at + timedelta(seconds=59)).keyboard)
    later = card_view(dismissed, OLGA, at + timedelta(seconds=60)).keyboard
    assert CardDeed.UNDO not in deeds(later)


def test_an_answer_by_telephone_says_so_with_the_note() -> None:
    done = closed(Outcome.PHONED, timedelta(minutes=25))
    assert done.closing is not None
    noted = replace(done, closing=replace(done.closing, note="Договорились\nна пятницу"))
    view = card_view(card(CardState.ANSWERED, wait=noted, closed_by=OLGA), OLGA, NOON)

    assert view.body.text.endswith(
        "📞 Ответ по телефону: Ольга, через 25 мин\nДоговорились на пятницу"
    )
    english = card_view(card(CardState.ANSWERED, wait=done, closed_by=OLGA), HELEN, NOON)
    assert english.body.text.endswith("📞 Answered by phone by Ольга after 25 min")


def test_only_thanks_can_be_called_a_question() -> None:
    thanks = card(CardState.QUIET, wait=None, message=message(nature=Nature.THANKS))
    found = [one for row in card_view(thanks, OLGA, NOON).keyboard for one in row]
    assert [one.text for one in found if isinstance(one.data, QuestionButton)] == [
        "Здесь нужен ответ"
    ]
    edit = card(CardState.QUIET, wait=None, message=message(nature=Nature.EDIT))
    assert "Здесь нужен ответ" not in said(card_view(edit, OLGA, NOON).keyboard)[0]


class TestPromises:
    """What was promised stands on the card, whatever has become of the message."""

    THURSDAY = NOON + timedelta(days=1, hours=3)

    def promise(self, due: datetime = THURSDAY, number: int = 71) -> Wait:
        made = Wait.promise(NOON, due, (), TERMS.calendar)
        return replace(made, id=number)

    def test_a_line_and_two_buttons(self) -> None:
        for state in (CardState.WAITING, CardState.ANSWERED):
            view = card_view(card(state, promises=(self.promise(),)), OLGA, NOON)
            assert "🤝 Обещан ответ: завтра в 15:00" in view.body.text.splitlines()
            assert ["🤝 Выполнено", "Снять"] in said(view.keyboard)
        english = card_view(card(promises=(self.promise(),)), HELEN, NOON)
        assert "🤝 Promised: tomorrow at 15:00" in english.body.text.splitlines()

    def test_of_several_the_buttons_say_which(self) -> None:
        promises = [self.promise(self.THURSDAY + timedelta(hours=n), 71 + n) for n in range(5)]
        view = card_view(card(promises=tuple(promises)), HELEN, NOON)

        assert "and 2 more promises" in view.body.text.splitlines()
        rows = said(view.keyboard)
        assert ["🤝 Kept: tomorrow at 16:00", "Withdraw: tomorrow at 16:00"] in rows
        assert sum(row[0].startswith("🤝") for row in rows) == 3

    def test_who_may_not_act_reads_it_without_a_button(self) -> None:
        view = card_view(card(promises=(self.promise(),)), IVAN, NOON)
        assert "🤝 Обещан ответ" in view.body.text
        assert view.keyboard == ()


class TestStandingIn:
    """Somebody is away, another one stands in."""

    ABSENCE = Absence(OLGA.id, NOON - timedelta(days=1), NOON + timedelta(days=11, hours=12))
    AWAY = replace(OLGA, absences=(ABSENCE,))

    def test_the_one_who_stands_in_is_told_and_may_act(self) -> None:
        view = card_view(card(holder=self.AWAY, stand_in=IVAN), IVAN, NOON)
        line = "👤 Ведёт Ольга (отсутствует до: пн 7 дек в 02:00); замещаете вы"
        assert line in view.body.text.splitlines()
        assert CardDeed.DISMISS in deeds(view.keyboard)

    def test_the_others_read_who_stands_in(self) -> None:
        view = card_view(card(holder=self.AWAY, stand_in=IVAN), HELEN, NOON)
        line = "👤 With Ольга (away through Sun 6 Dec); Иван stands in"
        assert line in view.body.text.splitlines()

    def test_the_last_day_is_named_as_what_it_is(self) -> None:
        until = NOON.replace(hour=21)  # midnight in Moscow
        for end, words in (
            (until, "(away today)"),
            (until + timedelta(days=2), "(away through Fri 27 Nov)"),
            (until - timedelta(hours=6), "(away until 18:00)"),
        ):
            away = replace(OLGA, absences=(Absence(OLGA.id, NOON - timedelta(days=1), end),))
            reader = replace(HELEN, zone="Europe/Moscow")
            text = card_view(card(holder=away), reader, NOON).body.text
            assert f"👤 With Ольга {words}" in text.splitlines()

    def test_a_card_of_the_absent_was_not_handed_over(self) -> None:
        shown = card(holder=self.AWAY, stand_in=IVAN, handed_by=OLGA)
        assert "Передано" not in card_view(shown, IVAN, NOON).body.text
        assert "Handed over by Ольга" in card_view(shown, HELEN, NOON).body.text

    def test_nobody_stands_in(self) -> None:
        view = card_view(card(holder=self.AWAY), HELEN, NOON)
        assert "👤 With Ольга (away through Sun 6 Dec)" in view.body.text.splitlines()

    def test_after_the_end_nothing_is_said_of_it(self) -> None:
        view = card_view(card(holder=self.AWAY), HELEN, NOON + timedelta(days=12))
        assert view.body.text.endswith("👤 With Ольга")


def test_rule_21_a_new_holder_reads_what_has_run_and_what_is_left() -> None:
    given = card(handed_by=HELEN)
    view = card_view(given, OLGA, NOON, elapsed=timedelta(minutes=25))
    assert "⏱ Прошло 25 мин, осталось 35 мин" in view.body.text.splitlines()
    english = card_view(given, HELEN, NOON, elapsed=timedelta(minutes=70))
    assert "⏱ 1 h 10 min have run, 10 min overdue" in english.body.text.splitlines()


def test_a_group_chat_has_no_card_buttons() -> None:
    group = Manager(9, "Дежурные", -100, Role.CHAT)
    assert card_view(card(), group, NOON).keyboard == ()
    assert card_view(unassigned(), group, NOON).keyboard == ()
