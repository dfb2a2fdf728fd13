"""Rule 9: what is only thanks, and what a person must see as a question."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.messages import Attachment, Handle, InboundMessage, Media
from inbox.thanks import only_thanks

THANKS = (
    "Спасибо",
    "спасибо!",
    "СПАСИБО",
    "Спасибо большое",
    "большое спасибо!!!",
    "Спасибо огромное",
    "огромное вам спасибо",
    "Спасибо вам большое",
    "спасибооо",
    "Спасииибо",
    "спс",
    "спс)))",
    "Благодарю",
    "Благодарю Вас!",
    "Спасибо :)",
    "Спасибо! 😊",
    "Спасибо за ответ",
    "Спасибо за помощь!",
    "Хорошо",
    "хорошо, спасибо",
    "Ок",
    "OK",
    "Oк",
    "ок.",
    "окей",
    "ОК, спасибо",
    "Ок, понял",
    "Понял",
    "Поняла, спасибо!",
    "Всё понятно",
    "Все понятно, спасибо",
    "Принято",
    "Отлично",
    "Отлично!!!",
    "супер",
    "Супееер",
    "Ясно…",
    "Договорились",
    "Прекрасно, благодарю",
    "«Спасибо»",
    "(спасибо)",
    "Thanks",
    "thanks!",
    "Thank you",
    "Thank you so much",
    "Thank you very much!",
    "Thanks a lot",
    "thx",
    "ok thanks",
    "Okay",
    "Got it",
    "Got it, thanks!",
    "Great, thank you",
    "perfect",
    "👍",
    "👍🏻🙏",
    "❤️",
    "👨‍👩‍👧 🇷🇺",
    ":)",
    "))))",
    "xD",
    "  Спасибо \n\n",
    "Спасибо!\n--\nИван Петров, +7 999 123-45-67",
    "Ок\r\n-- \r\nSent from my phone. Questions?",
)
QUESTIONS = (
    "",
    "   ",
    "...",
    "!!!",
    "да",
    "Да, спасибо",
    "нет",
    "Нет, спасибо",
    "yes",
    "Yes, thanks",
    "no",
    "No thanks",
    "ага",
    "+",
    "➕",
    "не понял",
    "ничего не понятно",
    "Спасибо, но файл не открылся",
    "Спасибо, жду",
    "ок, жду",
    "ок, тогда завтра",
    "хорошо, когда",
    "Ок?",
    "ок?)",
    "Спасибо？",
    "хорошо ¿",
    "👍?",
    "❓",
    "спасибо ⁉️",
    "Спасибо 2 раза",
    "ок 1",
    "1️⃣",
    "ok ½",
    "👍 10",
    "спасибо ①",
    "Спасибо большое вам всем",
    "хорошо понял спасибо большое",
    "ok great got it thanks",
    "Спасибо. А цвет поменяете",
    "Спасибо за макет",
    "Отлично, запускайте",
    "Принято к оплате",
    "супер, а логотип",
    "Большое",
    "вам",
    "за помощь",
    "очень",
    "all",
    "👎",
    "спасибо 😡",
    "🤔",
    "😢",
    "ок(",
    "ок((",
    "Спасибо :(",
    "№",
    "ok $",
    "Здравствуйте",
    "Привет!",
    "Спасибо, Анна",
    "please",
    "thanks, where is it",
    "ok but later",
    "Спасибо @anna",
    "спасибо https://x.test",
    "--\nСпасибо",
    "спасибо " * 200,
)


def message(text: str, *media: Media) -> InboundMessage:
    return InboundMessage(
        "telegram",
        "1",
        ("chat:1",),
        Handle("telegram", "1"),
        "Иван",
        datetime(2026, 11, 23, 7, tzinfo=UTC),
        text=text,
        attachments=tuple(Attachment(one, "a", "", None, "bot:1", "r") for one in media),
    )


@pytest.mark.parametrize("text", THANKS)
def test_rule_09_these_are_only_thanks(text: str) -> None:
    assert only_thanks(message(text))


@pytest.mark.parametrize("text", QUESTIONS)
def test_rule_09_these_are_more(text: str) -> None:
    assert not only_thanks(message(text))


def test_rule_09_a_sticker_is_thanks_and_no_other_file() -> None:
    assert only_thanks(message("", Media.STICKER))
    assert only_thanks(message("спасибо", Media.STICKER))
    assert not only_thanks(message("когда", Media.STICKER))
    assert not only_thanks(message("-- \nИван", Media.STICKER))
    for media in set(Media) - {Media.STICKER}:
        assert not only_thanks(message("спасибо", media))
        assert not only_thanks(message("", Media.STICKER, media))


def test_the_subject_and_the_history_of_a_mail_do_not_count() -> None:
    mail = replace(message("Спасибо!"), subject="Re: Когда будет 2 макет?", quoted="> Готово?")
    assert only_thanks(mail)


@given(st.text(max_size=40), st.sampled_from("?？؟0123456789½²٣"), st.text(max_size=40))
def test_rule_09_never_with_a_digit_or_a_question_mark(before: str, odd: str, after: str) -> None:
    text = (before + odd + after).replace("--", "-")
    assert not only_thanks(message(text))


@given(st.sampled_from(THANKS), st.sampled_from("?7"))
def test_rule_09_one_question_mark_makes_thanks_a_question(text: str, odd: str) -> None:
    assert not only_thanks(message(odd + text))


@given(st.lists(st.sampled_from(["спасибо", "ок", "хорошо", "понял", "супер"]), max_size=6))
def test_rule_09_at_most_three_words(words: list[str]) -> None:
    assert only_thanks(message(", ".join(words))) is (1 <= len(words) <= 3)


@given(
    st.sampled_from([one for one in THANKS if one.isalpha()]),
    st.sampled_from(["", "!", "...", ")))", " :)", " 🙏", "…", " !!"]),
    st.booleans(),
    st.integers(1, 5),
)
def test_rule_09_case_punctuation_smileys_and_repeated_letters_do_not_matter(
    word: str, end: str, shouted: bool, times: int
) -> None:
    said = word.upper() if shouted else word.lower()
    assert only_thanks(message(said + said[-1] * (times - 1) + end))


@given(st.text(max_size=400))
def test_any_text_gets_a_plain_answer(text: str) -> None:
    assert only_thanks(message(text)) in {True, False}


@given(st.sampled_from(THANKS), st.text(alphabet="абвгдежзклмнопрсту", min_size=4, max_size=12))
def test_a_word_that_is_not_listed_makes_a_question(text: str, word: str) -> None:
    listed = {"понял", "огромное", "супер", "спасибо", "спаси", "спасиб", "пасибо"}
    if word not in listed and not only_thanks(message(word)):
        assert not only_thanks(message(f"{word} {text}")) or only_thanks(message(f"ок {word}"))
