"""What a manager reads on a card, in every state of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.alert_cards import alert_view
from bot.buttons import CardButton, CardDeed, Keyboard
from bot.cards import card_view, client_name
from bot.rich import MESSAGE_LIMIT
from inbox.model import (
    Attachment,
    Client,
    Contact,
    Entity,
    Handle,
    Media,
    Nature,
    Outcome,
)
from inbox.ports import Alert, Card, CardState
from tests.bot.studio import (
    ADAM,
    GONE,
    HELEN,
    IVAN,
    NOON,
    OLGA,
    card,
    closed,
    conversation,
    message,
    wait,
)
from tests.bot.test_rich import ANY_TEXT, ENTITIES, is_sound


def deeds(keyboard: Keyboard) -> list[CardDeed]:
    return [
        button.data.deed
        for row in keyboard
        for button in row
        if isinstance(button.data, CardButton)
    ]


def said(keyboard: Keyboard) -> list[list[str]]:
    return [[button.text for button in row] for row in keyboard]


def unassigned() -> Card:
    nobodys = conversation(client=Client(21, "Ромашка"), assignee_id=None)
    return card(conversation=nobodys, holder=None)


def test_a_waiting_card_tells_who_where_what_and_until_when() -> None:
    view = card_view(card(), OLGA, NOON)

    assert view.body.text == (
        "Ромашка · Анна Петрова\n"
        "✉️ Почта info · 11:40\n"
        "Сайт лежит\n\n"
        "Не открывается сайт\n\n"
        "⏳ Ответить до: 12:40\n"
        "👤 Ведёт Ольга"
    )
    assert said(view.keyboard) == [
        ["Шаблон", "Задача", "Заметка", "Клиент"],
        ["Ответ не нужен", "Ответ по телефону"],
        ["Пообещать", "Передать"],
        ["История", "Почему?"],
        ["Оригинал", "Это не человек"],
    ]


def test_times_and_words_are_the_readers_own() -> None:
    assert "до: 14:40" in card_view(card(), IVAN, NOON).body.text
    english = card_view(card(), HELEN, NOON)
    assert "Answer by: 12:40" in english.body.text
    assert said(english.keyboard)[:2] == [
        ["Template", "Task", "Note", "Client"],
        ["No reply needed", "Answered by phone"],
    ]


def test_a_client_who_is_the_contact_is_named_once() -> None:
    same = conversation(client=Client(21, "Анна"), contact=Contact(31, 21, "анна"))
    assert card_view(card(conversation=same), OLGA, NOON).body.text.startswith("Анна\n")


def test_a_client_nobody_took_is_offered_to_everybody() -> None:
    for reader in (OLGA, IVAN, HELEN, ADAM):
        view = card_view(unassigned(), reader, NOON)
        assert deeds(view.keyboard) == [
            CardDeed.TAKE,
            CardDeed.DISMISS,
            CardDeed.PHONED,
            CardDeed.HISTORY,
        ]
    assert "Клиента пока никто не взял" in card_view(unassigned(), OLGA, NOON).body.text
    assert card_view(unassigned(), GONE, NOON).keyboard == ()


def test_the_client_of_somebody_who_left_is_offered_again() -> None:
    view = card_view(card(holder=GONE), IVAN, NOON)

    assert CardDeed.TAKE in deeds(view.keyboard)
    assert "Клиента пока никто не взял" in view.body.text


def test_a_taken_card_says_who_took_it_and_leaves_others_no_button() -> None:
    view = card_view(card(), IVAN, NOON)

    assert "Ведёт Ольга" in view.body.text
    assert view.keyboard == ()


def test_a_deputy_and_a_head_may_act_for_the_holder() -> None:
    away = replace(OLGA, deputy_id=IVAN.id)
    assert CardDeed.DISMISS in deeds(card_view(card(holder=away), IVAN, NOON).keyboard)
    assert CardDeed.DISMISS in deeds(card_view(card(), HELEN, NOON).keyboard)


def test_an_answered_card_says_by_whom_and_after_how_long() -> None:
    done = closed(Outcome.ANSWERED, timedelta(minutes=12))
    view = card_view(card(CardState.ANSWERED, wait=done, closed_by=OLGA), OLGA, NOON)

    assert view.body.text.endswith("✅ Ответ: Ольга, через 12 мин")
    assert deeds(view.keyboard) == [CardDeed.PROMISE, CardDeed.HISTORY]


def test_an_answer_too_late_says_by_how_much() -> None:
    late = closed(Outcome.ANSWERED, timedelta(minutes=75))
    view = card_view(card(CardState.ANSWERED, wait=late, closed_by=OLGA), HELEN, NOON)

    assert view.body.text.endswith("✅ Answered by Ольга after 1 h 15 min · 15 min overdue")


def test_an_answer_without_a_wait_is_still_said() -> None:
    view = card_view(card(CardState.ANSWERED, wait=None), HELEN, NOON)
    assert view.body.text.endswith("✅ Answered")


def test_a_dismissed_card_says_by_whom_and_when() -> None:
    done = closed(Outcome.DISMISSED, timedelta(minutes=12))
    view = card_view(card(CardState.DISMISSED, wait=done, closed_by=OLGA), OLGA, NOON)

    assert view.body.text.endswith("☑️ Ответ не нужен · Ольга · 11:52")
    assert CardDeed.UNDO not in deeds(view.keyboard)


@pytest.mark.parametrize("nature", list(Nature))
def test_a_card_that_opens_no_wait_says_why(nature: Nature) -> None:
    quiet = card(
        CardState.QUIET,
        wait=None,
        message=message(nature=nature, nature_reason="Auto-Submitted: auto-replied"),
    )
    last = card_view(quiet, OLGA, NOON).body.text.splitlines()[-1]

    assert last.startswith("💤 ")
    assert "(Auto-Submitted: auto-replied)" in last


@pytest.mark.parametrize(
    ("nature", "reason", "words"),
    [
        (Nature.SERVICE, "opened the chat", "ответа не ждут (клиент открыл чат с ботом)"),
        (Nature.AUTOMATIC, "there before the first run", "(пришло до первого запуска)"),
        (Nature.EDIT, "edited", "ответа не ждут"),
    ],
)
def test_our_own_reasons_are_in_the_readers_language(
    nature: Nature, reason: str, words: str
) -> None:
    quiet = message(nature=nature, nature_reason=reason)
    view = card_view(card(CardState.QUIET, wait=None, message=quiet), OLGA, NOON)
    assert view.body.text.endswith(words)


def test_a_wait_without_working_hours_ahead_has_no_due_time() -> None:
    endless = replace(wait(), due_at=None)
    assert "no working hours lie ahead" in card_view(card(wait=endless), HELEN, NOON).body.text


def test_an_overdue_card_says_so() -> None:
    view = card_view(card(), HELEN, NOON + timedelta(hours=2))
    assert "❗ An answer was due: 12:40" in view.body.text


def test_a_handed_over_card_says_from_whom() -> None:
    assert "↪ Передано от: Helen" in card_view(card(handed_by=HELEN), OLGA, NOON).body.text


def test_a_card_that_may_have_been_shown_says_so() -> None:
    assert card_view(card(repeated=True), OLGA, NOON).body.text.endswith(
        "Возможно, уже показано: отправка прерывалась."
    )


def test_repeated_history_is_folded() -> None:
    view = card_view(card(message=message(quoted="> старое письмо")), OLGA, NOON)
    folded = [each for each in view.body.entities if each.kind == "expandable_blockquote"]

    assert [view.body.part(e.offset, e.offset + e.length).text for e in folded] == [
        "> старое письмо"
    ]


def test_files_are_named_with_their_sizes_and_the_eleventh_is_counted() -> None:
    files = [
        Attachment(Media.DOCUMENT, f"отчёт {n}.pdf", "application/pdf", 1_200_000, "x", str(n))
        for n in range(12)
    ]
    text = card_view(card(message=message(attachments=tuple(files))), OLGA, NOON).body.text

    assert "📎 отчёт 0.pdf · 1,2 МБ" in text
    assert "отчёт 10.pdf" not in text
    assert "и ещё 2 файла" in text


def test_places_and_contacts_have_a_line_too() -> None:
    place = Attachment(Media.LOCATION, "", "", None, "x", "", {"latitude": 1, "longitude": 2})
    person = Attachment(Media.CONTACT, "Пётр", "", None, "x", "", {"phone_number": "+7999"})
    text = card_view(card(message=message(attachments=(place, person))), HELEN, NOON).body.text

    assert "📍 location" in text
    assert "👤 +7999" in text


def test_the_clients_formatting_lands_where_it_was() -> None:
    styled = message("😀 важно", entities=(Entity("bold", 3, 5),))
    view = card_view(card(message=styled), OLGA, NOON)
    parts = [view.body.part(e.offset, e.offset + e.length).text for e in view.body.entities]

    assert "важно" in parts


def test_a_long_text_is_cut_where_it_reads_well_and_nothing_is_lost() -> None:
    words = " ".join(f"слово{n}" for n in range(2000))
    view = card_view(card(message=message(words)), OLGA, NOON)
    shown = view.body.text.split("\n\n")[1]

    assert view.body.units <= MESSAGE_LIMIT
    assert shown.endswith(" …")
    assert f"{shown.removesuffix(' …')} {view.rest.text}" == words


@given(ANY_TEXT, ENTITIES, ANY_TEXT, ANY_TEXT, ANY_TEXT, st.integers(1, 60))
def test_no_client_can_make_a_card_that_telegram_refuses(
    text: str, entities: list[Entity], name: str, subject: str, quoted: str, times: int
) -> None:
    hostile = card(
        conversation=conversation(
            client=Client(21, name * times), contact=Contact(31, 21, subject)
        ),
        message=message(
            text * times,
            entities=tuple(entities),
            subject=subject * times,
            quoted=quoted * times,
            attachments=(Attachment(Media.DOCUMENT, name * times, "", 10**15, "x", "y"),) * 12,
        ),
        repeated=True,
        handed_by=HELEN,
    )
    view = card_view(hostile, OLGA, NOON)

    assert is_sound(view.body)
    assert is_sound(view.rest)
    assert view.body.units <= MESSAGE_LIMIT
    for row in view.keyboard:
        for button in row:
            assert len(button.data.pack().encode()) <= 64


def test_a_client_whose_name_shows_nothing_has_a_number() -> None:
    nobody = conversation(client=Client(21, "\u200e\u200f"), contact=Contact(31, 21, " "))
    assert client_name(nobody) == "№ 21"
    assert card_view(card(conversation=nobody), OLGA, NOON).body.text.startswith("№ 21\n")


class TestAnotherSender:
    """The name on top is the client's: whoever else wrote or gets the answer is named below."""

    def test_who_wrote_from_another_address_is_named_on_card_and_alert(self) -> None:
        petr = Handle("email", "petr@elsewhere.example")
        other = card(message=message(sender=petr, sender_name="Пётр \u202e<b>"))
        line = "🗣 Пишет Пётр <b> (petr@elsewhere.example)"
        assert line in card_view(other, OLGA, NOON).body.text.splitlines()
        alert = Alert(wait(), 0, other, timedelta(minutes=45), timedelta(minutes=15), late=False)
        assert line in alert_view(alert, OLGA, NOON).body.text.splitlines()

    def test_where_the_answer_goes_instead_is_said(self) -> None:
        other = card(message=message(answers_to=("boss@elsewhere.example",)))
        lines = card_view(other, HELEN, NOON).body.text.splitlines()
        assert "↩️ An answer goes to boss@elsewhere.example" in lines
