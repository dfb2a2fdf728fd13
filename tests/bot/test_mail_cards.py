"""What a card says and offers of a mail: classes, guesses, whom the answer goes to."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given

from bot import mail_notes
from bot.cards import card_view
from bot.classes import why
from bot.mail_buttons import MailButton, MailDeed
from bot.reading import linked, original, whole
from bot.rich import MESSAGE_LIMIT, Rich
from bot.texts import LANGUAGES, speaker
from inbox.model import (
    Attachment,
    Delivery,
    DeliveryReport,
    Entity,
    Handle,
    Media,
    Nature,
    Outcome,
)
from inbox.ports import Card, CardState, Placing, Progress, Reply, ReplyState
from tests.bot.studio import HELEN, HOURS, IVAN, NOON, OLGA, card, conversation, message, wait
from tests.bot.test_rich import ANY_TEXT, ENTITIES, is_sound

EN, RU = speaker("en"), speaker("ru")
OTHERS = ("boss@client.example", "lawyer@client.example")


def deeds(one: Card, others: tuple[str, ...] = ()) -> list[MailDeed]:
    return [
        button.data.deed
        for row in card_view(one, OLGA, NOON, others).keyboard
        for button in row
        if isinstance(button.data, MailButton)
    ]


def text(one: Card, others: tuple[str, ...] = ()) -> str:
    return card_view(one, OLGA, NOON, others).body.text


class TestButtons:
    def test_a_mail_can_be_read_whole_and_corrected(self) -> None:
        plain = [MailDeed.ORIGINAL, MailDeed.AUTOMATIC]
        assert deeds(card()) == plain
        assert deeds(card(message=message(quoted="> before"))) == [MailDeed.WHOLE, *plain]
        assert deeds(card(message=message(text="я" * 4000))) == [MailDeed.WHOLE, *plain]

    def test_an_answered_mail_is_corrected_no_more(self) -> None:
        assert deeds(card(CardState.ANSWERED)) == [MailDeed.ORIGINAL]

    def test_a_chat_message_has_none_of_it(self) -> None:
        assert deeds(card(conversation=conversation(channel_id="telegram"))) == []

    def test_who_may_not_act_has_none(self) -> None:
        assert card_view(card(), IVAN, NOON, OTHERS).keyboard == ()

    @pytest.mark.parametrize("nature", [Nature.AUTOMATIC, Nature.NEWSLETTER])
    def test_what_no_person_wrote_can_be_called_a_persons(self, nature: Nature) -> None:
        quiet = card(CardState.QUIET, wait=None, message=message(nature=nature))
        assert MailDeed.PERSON in deeds(quiet)
        assert MailDeed.AUTOMATIC not in deeds(quiet)

    @pytest.mark.parametrize("nature", [Nature.BOUNCE, Nature.OWN])
    def test_facts_are_not_corrected(self, nature: Nature) -> None:
        found = deeds(card(CardState.QUIET, wait=None, message=message(nature=nature)))
        assert found == [MailDeed.ORIGINAL]

    def test_files_of_an_oversized_mail_are_fetched_by_a_button(self) -> None:
        file = Attachment(Media.DOCUMENT, "a.psd", "", 60_000_000, "email:info", "2")
        large = card(cut_off=True, message=message(attachments=(file,)))
        assert MailDeed.FETCH in deeds(large)
        assert "файлы придут, когда вы попросите" in text(large)
        assert MailDeed.FETCH not in deeds(card(cut_off=True))

    def test_a_guess_is_marked_and_can_be_split_off(self) -> None:
        guess = card(placing=Placing(guessed=True))
        assert MailDeed.SPLIT in deeds(guess)
        assert "догадка" in text(guess)
        assert "догадка" not in text(card())


class TestWhomTheAnswerGoesTo:
    def test_to_all_by_default(self) -> None:
        assert "✉️ Ответ получат Анна и ещё 2" in text(card(), OTHERS)
        assert MailDeed.ONLY_SENDER in deeds(card(), OTHERS)

    def test_to_one_by_choice(self) -> None:
        alone = card(only_sender=True)
        assert "✉️ Ответ получит только Анна" in text(alone, OTHERS)
        assert MailDeed.EVERYBODY in deeds(alone, OTHERS)

    def test_nothing_is_said_where_nobody_else_was_addressed(self) -> None:
        assert "Ответ получ" not in text(card())
        assert "Ответ получ" not in text(card(CardState.QUIET, wait=None), OTHERS)

    def test_who_is_not_the_contact_is_named_with_the_own_address(self) -> None:
        other = message(sender=Handle("email", "petr@client.example"), sender_name="Пётр")
        assert "🗣 Пишет Пётр (petr@client.example)\n" in text(card(message=other))
        assert "🗣" not in text(card())
        bare = message(sender=Handle("email", "x@y.z"), sender_name="x@y.z")
        assert "🗣 Пишет x@y.z\n" in text(card(message=bare))


def test_who_is_only_in_copy_reads_so_calmly() -> None:
    shown = text(card(message=message(warnings=("cc_only",))))
    assert "ℹ️ Мы только в копии: письмо адресовано другим" in shown
    assert "⚠️" not in shown
    assert "⏳" in shown, "the wait runs"


def test_the_other_mailboxes_are_named() -> None:
    both = card(also_in=("email:sales", "email:shop"))
    assert "📬 Это же письмо пришло и в sales, shop" in text(both)
    assert "📬" not in text(card())


class TestWhatBecameOfIt:
    def test_answered_in_a_mail_program(self) -> None:
        at = wait().started_at + timedelta(minutes=12)
        done = wait().closed(Outcome.ANSWERED, at, None, HOURS, elsewhere=True)
        answered = card(CardState.ANSWERED, wait=done)
        assert text(answered).endswith("✅ Ответ из почты: 11:52")
        assert text(replace(answered, closed_by=OLGA)).endswith("11:52 · Ольга")

    def test_an_answer_that_never_arrived(self) -> None:
        lost = wait().closed(Outcome.CLOSED_UNANSWERED, NOON, OLGA.id, HOURS)
        assert text(card(CardState.DISMISSED, wait=lost)).endswith("❌ Ответ не дошёл")

    def test_a_flood_is_counted(self) -> None:
        assert "➕ Ещё 5 сообщений" in text(card(more=5))


class TestWhy:
    @pytest.mark.parametrize("nature", list(Nature))
    @pytest.mark.parametrize("language", LANGUAGES)
    @pytest.mark.parametrize("state", list(CardState))
    def test_every_class_has_words(self, nature: Nature, language: str, state: CardState) -> None:
        said = why(speaker(language), card(state, message=message(nature=nature)))
        assert len(said.text.splitlines()) == 2

    @pytest.mark.parametrize(
        ("reason", "words"),
        [
            ("", "An automatic message"),
            ("Auto-Submitted: auto-replied", "An automatic message: Auto-Submitted: auto-replied"),
            ("corrected_by:Anna", "An automatic message: Anna said so"),
            ("remembered_of:a@b.c", "An automatic message: it was said of a@b.c before"),
            ("own address", "An automatic message: from an address of the studio"),
            (
                "there before the first run",
                "An automatic message: it was there before the first run",
            ),
        ],
    )
    def test_the_reason_is_said(self, reason: str, words: str) -> None:
        mail = message(nature=Nature.AUTOMATIC, nature_reason=reason)
        assert why(EN, card(message=mail)).text.splitlines()[0] == words

    def test_corrections_guesses_and_lists_are_told(self) -> None:
        placed = Placing(guessed=True, held=True, first=(Nature.NEWSLETTER, "List-Id"))
        lines = why(EN, card(placing=placed)).text.splitlines()
        assert lines == [
            "A person's message",
            "At first it was taken for: A newsletter: List-Id",
            "Joined to this conversation by its sender and subject: a guess.",
            "Shown in the daily list of newsletters.",
            "An answer is awaited.",
        ]


class TestWhole:
    def test_text_links_and_quotes(self) -> None:
        link = Entity("text_link", 0, 5, url="https://x.test/long?path=1")
        mail = message("Макет по ссылке", entities=(link,), quoted="> было раньше")
        assert whole(RU, mail).text == (
            "Макет (https://x.test/long?path=1) по ссылке\n\nЦитата:\n\n> было раньше"
        )
        assert whole(RU, message("Только текст")).text == "Только текст"

    def test_an_address_is_not_said_twice(self) -> None:
        entity = Entity("text_link", 0, 6, url="https://x.test/")
        assert linked(Rich("x.test", (entity,))).text == "x.test"

    @given(ANY_TEXT, ENTITIES)
    def test_whatever_comes_stays_sendable(self, words: str, entities: list[Entity]) -> None:
        for piece in whole(RU, message(words, entities=tuple(entities))).pieces():
            assert is_sound(piece)
            assert piece.units <= MESSAGE_LIMIT

    def test_the_original_is_named_by_its_subject(self) -> None:
        assert original(message()).name == "Сайт лежит.eml"
        assert original(message(subject=None)).name == "mail.eml"


def reply(state: ReplyState) -> Reply:
    return Reply("k", 11, OLGA.id, "Ответ", NOON, state=state, id=7)


class TestNotes:
    def test_a_lost_reply_can_be_sent_again(self) -> None:
        report = DeliveryReport(Delivery.FAILED, "a@x.test", "5.1.1", "no such user")
        view = mail_notes.delivery(RU, reply(ReplyState.REJECTED), report)
        assert (
            view.body.text
            == "❌ Не доставлено: a@x.test. Клиент всё ещё ждёт.\n5.1.1 no such user"
        )
        assert [button.text for row in view.keyboard for button in row] == ["Отправить ещё раз"]

    def test_a_lost_copy_and_a_delay_are_only_told(self) -> None:
        failed, delayed = DeliveryReport(Delivery.FAILED), DeliveryReport(Delivery.DELAYED)
        sent = reply(ReplyState.SENT)
        copy = mail_notes.delivery(EN, sent, failed)
        later = mail_notes.delivery(EN, sent, delayed)
        assert copy.body.text == "⚠️ Not delivered to the recipient, who was to get a copy."
        assert later.body.text.startswith("⏳ Not delivered to the recipient yet")
        assert copy.keyboard == later.keyboard == ()

    def test_newsletters_are_one_list(self) -> None:
        cards = [card(message=message(subject=f"Выпуск {n}")) for n in range(2)]
        view = mail_notes.digest(RU, cards)
        assert view.body.text == "📰 2 рассылки\n\n1. Анна · Выпуск 0\n2. Анна · Выпуск 1"
        assert [button.text for button in view.keyboard[0]] == ["1", "2"]

    def test_many_newsletters_fit_and_are_counted(self) -> None:
        nameless = message(subject="я" * 300, sender_name="")
        view = mail_notes.digest(EN, [card(message=nameless)] * 60)
        assert view.body.units <= MESSAGE_LIMIT
        listed = sum(len(row) for row in view.keyboard)
        assert view.body.text.endswith(f"and {60 - listed} more")
        assert len(view.keyboard) <= 6

    def test_a_newsletter_without_a_subject(self) -> None:
        assert (
            "Анна · no subject"
            in mail_notes.digest(EN, [card(message=message(subject=None))]).body.text
        )

    def test_how_far_the_files_are(self) -> None:
        assert mail_notes.fetching(RU, 2).text == "⏳ Получаем 2 файла …"
        assert mail_notes.fetched(EN, Progress(1, 1, 3)).text == "⏳ 1 of 3 files …"
        assert mail_notes.fetched(EN, Progress(1, 3, 3)).text == "✅ That is all of them."


def test_english_readers_read_english() -> None:
    view = card_view(card(), HELEN, NOON, OTHERS)
    assert "✉️ The answer goes to Анна and 2 more" in view.body.text
