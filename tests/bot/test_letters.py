"""What leaves the desk by itself, in both languages, at instants that its reader understands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from bot.letters import CatalogueLetters
from inbox.agreeing import agrees
from inbox.calendars import Calendars
from inbox.messages import Handle, InboundMessage
from inbox.model import Client, Contact, Conversation, Manager, Wait
from inbox.policies import Policies, Terms
from inbox.ports import Alert, Card, CardState
from inbox.work_records import Quote, QuoteState, Unit, Within
from tests.inbox.conftest import HOURS, POLICY

MOSCOW = ZoneInfo("Europe/Moscow")
LETTERS = CatalogueLetters("ru")


def msk(day: int, hour: int, minute: int = 0, month: int = 11, year: int = 2026) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=MOSCOW).astimezone(UTC)


def told(language: str, now: datetime, opens: datetime, answer: datetime | None) -> str:
    return LETTERS.off_hours(language, opens, answer, now=now, zone=MOSCOW)


class TestQuotes:
    QUOTE = Quote(
        key="q",
        conversation_id=1,
        author_id=1,
        title="Сменить телефон",
        price=Decimal("1500.50"),
        currency="₽",
        within=Within(2, Unit.HOURS),
        made_at=msk(23, 17, 30),
        due_at=msk(24, 10, 30),
        secret="s",
    )

    def said(self, language: str, quote: Quote = QUOTE, *, button: bool = True) -> str:
        now = quote.made_at
        return LETTERS.quote(language, quote, now=now, zone=MOSCOW, button=button)

    def test_what_for_how_much_by_when_and_how_to_agree(self) -> None:
        assert self.said("ru") == (
            "Сменить телефон: 1\u00a0500,50\u00a0₽\n"
            "Срок: 2 рабочих часа с момента вашего согласия.\n"
            "Если согласитесь сейчас, сделаем во вторник, 24 ноября, до 10:30 (UTC+3).\n"
            "Чтобы заказать, нажмите «Согласен» ниже."
        )
        assert self.said("en", button=False) == (
            "Сменить телефон: 1,500.50\u00a0₽\n"
            "Deadline: 2 working hours from your agreement.\n"
            "If you agree now, it will be done by 10:30 on Tuesday, 24 November (UTC+3).\n"
            "To order it, answer with one word: “Agreed”."
        )

    @pytest.mark.parametrize("language", ["ru", "en"])
    def test_the_word_that_is_asked_for_agrees(self, language: str) -> None:
        word = LETTERS.agree(language)
        assert word in self.said(language, button=False)
        assert word in self.said(language)
        assert agrees(word)

    def test_without_working_time_ahead_no_date_is_named(self) -> None:
        said = self.said("en", replace(self.QUOTE, due_at=None))
        assert "Deadline: 2 working hours" in said
        assert "done by" not in said

    def test_what_became_of_it_is_said_the_same_on_any_day(self) -> None:
        agreed = replace(self.QUOTE, state=QuoteState.AGREED, settled_at=msk(24, 8))
        assert LETTERS.settled("ru", agreed, MOSCOW) == (
            "✅ Согласовано. Сделаем во вторник, 24 ноября, до 10:30 (UTC+3)."
        )
        assert LETTERS.settled("en", replace(agreed, due_at=None), MOSCOW) == "✅ Agreed."
        for state in (QuoteState.WITHDRAWN, QuoteState.DECLINED):
            gone = replace(self.QUOTE, state=state)
            assert LETTERS.settled("en", gone, MOSCOW) == "This offer no longer stands."

    def test_who_may_press(self) -> None:
        assert LETTERS.only_clients("ru") == "Согласиться здесь может только клиент."

    def test_a_task_is_done_and_an_opening_is_named(self) -> None:
        assert LETTERS.task_done("ru", "Сменить телефон") == "Готово: Сменить телефон"
        assert LETTERS.opening("ru", msk(24, 9), msk(23, 20), MOSCOW) == "завтра в 09:00 (UTC+3)"


class TestOffHours:
    def test_in_the_evening_it_opens_tomorrow(self) -> None:
        said = told("ru", msk(23, 20), msk(24, 9), msk(24, 10))
        assert said == (
            "Здравствуйте! Ваше сообщение получено. Сейчас мы не работаем, "
            "откроемся завтра в 09:00 (UTC+3) и ответим до 10:00."
        )

    def test_in_english(self) -> None:
        said = told("en", msk(23, 20), msk(24, 9), msk(24, 10))
        assert said == (
            "Hello! We have received your message. We are closed now; "
            "we open tomorrow at 09:00 (UTC+3) and will answer by 10:00."
        )

    def test_after_midnight_it_opens_today(self) -> None:
        said = told("ru", msk(24, 0, 30), msk(24, 9), msk(24, 10))
        assert "откроемся сегодня в 09:00 (UTC+3) и ответим до 10:00." in said

    def test_on_friday_it_opens_on_monday(self) -> None:
        friday, monday = msk(27, 19), msk(30, 9)
        assert "откроемся в понедельник, 30 ноября, в 09:00 (UTC+3) и" in told(
            "ru", friday, monday, msk(30, 10)
        )
        assert "we open on Monday, 30 November at 09:00 (UTC+3) and" in told(
            "en", friday, monday, msk(30, 10)
        )

    def test_an_answer_on_a_later_date_names_it(self) -> None:
        soon = told("ru", msk(24, 0, 30), msk(24, 9), msk(25, 10))
        assert "откроемся сегодня в 09:00 (UTC+3) и ответим завтра до 10:00." in soon
        later = told("ru", msk(27, 19), msk(30, 9), msk(1, 10, month=12))
        assert later.endswith("и ответим во вторник, 1 декабря, до 10:00.")
        assert told("en", msk(27, 19), msk(30, 9), msk(1, 10, month=12)).endswith(
            "and will answer by 10:00 on Tuesday, 1 December."
        )

    def test_another_year_is_named(self) -> None:
        said = told("ru", msk(31, 20, month=12), msk(11, 9, month=1, year=2027), None)
        assert "откроемся в понедельник, 11 января 2027, в 09:00 (UTC+3)." in said

    def test_without_a_promise_it_promises_nothing(self) -> None:
        said = told("en", msk(23, 20), msk(24, 9), None)
        assert said.endswith("We are closed now and open tomorrow at 09:00 (UTC+3).")

    @pytest.mark.parametrize(
        ("zone", "offset"),
        [("Asia/Kolkata", "UTC+5:30"), ("America/St_Johns", "UTC-3:30"), ("UTC", "UTC+0")],
    )
    def test_the_offset_is_the_zones(self, zone: str, offset: str) -> None:
        opens = datetime(2026, 11, 24, 12, tzinfo=UTC)
        said = LETTERS.off_hours("en", opens, None, now=opens, zone=ZoneInfo(zone))
        assert f"({offset})" in said


class TestPromise:
    @pytest.mark.parametrize(
        ("due", "russian", "english"),
        [
            (msk(23, 17), "сегодня до 17:00", "by 17:00 today"),
            (msk(24, 9, 30), "завтра до 09:30", "by 09:30 tomorrow"),
            (msk(27, 12), "в пятницу, 27 ноября, до 12:00", "by 12:00 on Friday, 27 November"),
        ],
    )
    def test_it_names_the_time(self, due: datetime, russian: str, english: str) -> None:
        now = msk(23, 11)
        said = LETTERS.promise("ru", due, now, MOSCOW)
        assert said == f"Вернёмся к вам с ответом {russian} (UTC+3)."
        said = LETTERS.promise("en", due, now, MOSCOW)
        assert said == f"We will come back to you with an answer {english} (UTC+3)."


class TestGreeting:
    def greeted(
        self, language: str, opens: datetime | None = None, usual: timedelta | None = None
    ) -> str:
        return LETTERS.greeting(language, opens, usual, now=msk(23, 20), zone=MOSCOW)

    def test_in_open_hours_with_figures_it_says_the_usual_time(self) -> None:
        usual = timedelta(minutes=21, seconds=5)
        assert self.greeted("ru", usual=usual) == (
            "Здравствуйте! Пишите сюда: вам ответит наш сотрудник, а не робот.\n"
            "Обычно мы отвечаем в течение 25 минут рабочего времени."
        )
        assert self.greeted("en", usual=usual) == (
            "Hello! Write to us here: a person of our team reads it and answers.\n"
            "We usually answer within 25 minutes of working time."
        )

    def test_in_open_hours_it_says_until_when(self) -> None:
        for language, words in (
            ("ru", "Сегодня мы на связи до 18:00 по нашему времени."),
            ("en", "We are here today until 18:00, our time."),
        ):
            said = LETTERS.greeting(
                language, None, None, now=msk(23, 10), zone=MOSCOW, closes_at=msk(23, 18)
            )
            assert said.splitlines()[1:] == [words]

    def test_off_hours_it_says_what_to_expect(self) -> None:
        said = self.greeted("ru", msk(24, 9), timedelta(hours=2))
        assert "Сейчас мы не работаем, откроемся завтра в 09:00 (UTC+3)." in said
        assert "Можно написать уже сейчас: прочитаем, как только откроемся." in said
        assert said.endswith("в течение 2 часов рабочего времени.")
        said = self.greeted("en", msk(24, 9), timedelta(hours=1))
        assert "We are closed now and open tomorrow at 09:00 (UTC+3)." in said
        assert said.endswith("within 1 hour of working time.")

    @pytest.mark.parametrize("language", ["ru", "en"])
    def test_without_figures_it_promises_no_time(self, language: str) -> None:
        assert "\n" not in self.greeted(language)

    @pytest.mark.parametrize(
        ("seconds", "words"),
        [
            (0, "within 5 minutes"),
            (299, "within 5 minutes"),
            (301, "within 10 minutes"),
            (3299, "within 55 minutes"),
            (3301, "within 1 hour"),
            (3601, "within 2 hours"),
            (7200, "within 2 hours"),
        ],
    )
    def test_the_time_is_rounded_up(self, seconds: int, words: str) -> None:
        assert words in self.greeted("en", usual=timedelta(seconds=seconds))


def test_a_correction_says_that_it_is_one() -> None:
    assert LETTERS.correction("ru", "В 15:00").endswith("\n\nВ 15:00")
    assert LETTERS.correction("ru", "В 15:00").startswith(
        "Поправка к нашему предыдущему сообщению:"
    )
    assert LETTERS.correction("en", "At 3").startswith("A correction to our previous message:")


def asked(text: str, language: str = "", subject: str | None = None) -> InboundMessage:
    return InboundMessage(
        "telegram",
        "1",
        ("chat:1",),
        Handle("telegram", "1"),
        "Иван",
        msk(23, 10),
        text=text,
        subject=subject,
        reply_context={"language": language} if language else {},
    )


@pytest.mark.parametrize(
    ("text", "said", "expected"),
    [
        ("Когда будет готово?", "", "ru"),
        ("When will it be ready?", "", "en"),
        ("Когда будет готово?", "en", "ru"),
        ("When will it be ready?", "ru", "en"),
        ("", "en-GB", "en"),
        ("ок", "en", "en"),
        ("👍", "ru", "ru"),
        ("", "de", "ru"),
        ("", "", "ru"),
        ("макет logo", "en", "ru"),
        ("/start", "ru", "ru"),
        ("/start link_AbCdEfGh", "ru", "ru"),
        ("/start", "", "ru"),
        ("/start with the new site please", "ru", "en"),
    ],
)
def test_the_language_is_that_of_the_words(text: str, said: str, expected: str) -> None:
    assert LETTERS.language_of(asked(text, said)) == expected


def test_a_mails_subject_tells_the_language_too() -> None:
    assert CatalogueLetters("en").language_of(asked("", subject="Счёт за октябрь")) == "ru"
    assert CatalogueLetters("en").language_of(asked("12 345")) == "en"


class TestAlertByMail:
    def alert(self, *, due: bool = True) -> Alert:
        client, contact = Client(1, "Ромашка\nBcc: x@x.test"), Contact(1, 1, "Иван")
        terms = Terms(
            Policies.only(POLICY).policy("telegram", None, first=False),
            Calendars.only(HOURS).studio,
        )
        wait = Wait.open(msk(23, 10), terms, first=False)
        wait = wait if due else replace(wait, due_at=None)
        talk = Conversation(1, "telegram", client, contact, Handle("telegram", "1"), 1, wait=wait)
        card = Card(1, talk, asked("Когда будет готово?"), CardState.WAITING, wait, None)
        return Alert(wait, 0, card, timedelta(minutes=45), timedelta(minutes=15), late=False)

    @pytest.mark.parametrize(
        ("why", "because"),
        [
            ("blocked", "бот не может написать вам"),
            ("outage", "Telegram сейчас недоступен"),
            ("other", "Ответ"),
        ],
    )
    def test_it_says_who_waits_and_why_by_mail(self, why: str, because: str) -> None:
        anna = Manager(1, "Анна", 1, zone="Europe/Moscow")
        subject, text = LETTERS.alert(self.alert(), anna, why, msk(23, 10, 45))
        assert "Ромашка" in subject
        assert "\n" not in subject
        assert because in text
        assert "45 мин" in text
        assert "11:00" in text
        assert "Когда будет готово?" in text

    def test_without_a_due_time_none_is_said(self) -> None:
        anna = Manager(1, "Anna", 1, language="en")
        _, text = LETTERS.alert(self.alert(due=False), anna, "outage", msk(23, 10, 45))
        assert "Answer by" not in text
