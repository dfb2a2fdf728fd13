"""What counts as the client's agreement in words, and what does not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.agreeing import LONGEST_READ, agrees

YES = (
    "Согласен",
    "согласна!",
    "Мы согласны.",
    "Да",
    "да, согласен",
    "Добрый день! Согласны, приступайте, пожалуйста.",
    "Здравствуйте, коллеги. Всё устраивает, делайте 👍",
    "Ок, спасибо",
    "окей, давайте",
    "Хорошо, жду",
    "Ну давайте",
    "Договорились :)",
    "ПОДТВЕРЖДАЮ",
    "Согласен с ценой и сроком",
    "+",
    " + ",
    "плюс",
    "По рукам",
    "Agreed",
    "Yes, please",
    "OK, go ahead!",
    "Sounds good, thank you very much",
    "Hello! I agree with the price.",
    "Deal 🤝",
    "I confirm, please proceed",
    "Согласен.\n\nС уважением,\nИван Петров\nтел. 8 800 123-45-67?",
    "Agreed\n\n-- \nJohn Smith, 12 High Street",
    "Agreed.\nBest regards,\nJohn",
    "Согласна\n\nОтправлено с iPhone",
)
NO = (
    "",
    " ",
    "+1",
    "++ давайте позже",
    "Не согласен",
    "нет",
    "Да нет",
    "Да, но дороговато",
    "Согласен?",
    "Вы согласны на 400?",
    "Согласен на 400 ₽",
    "согласен на четыреста",
    "Хорошо, я подумаю",
    "Ок, передам директору",
    "Спасибо",
    "Добрый день!",
    "Спасибо большое 👍",
    "👍",
    "Понял",
    "Принято к сведению",
    "Not agreed",
    "I don't agree",
    "I do not agree",
    "yes and no",
    "No problem",
    "Agreed, unless it takes longer",
    "Согласен 😡",
    "Согласен (((",
    "не против",
    "С уважением, Иван",
    "-- \nСогласен",
    "Согласен" + " " * LONGEST_READ,
)
WORDS = st.sampled_from(
    ["да", "согласен", "ок", "спасибо", "добрый день", "yes", "agreed", "please", "хорошо"]
)
SPOILING = st.sampled_from(
    [
        "не",
        "нет",
        "но",
        "если",
        "позже",
        "дорого",
        "not",
        "no",
        "but",
        "later",
        "?",
        "2",
        "½",
        "😡",
    ]
)


@pytest.mark.parametrize("text", YES)
def test_it_agrees(text: str) -> None:
    assert agrees(text)


@pytest.mark.parametrize("text", NO)
def test_it_says_something_else_or_nothing(text: str) -> None:
    assert not agrees(text)


@given(st.lists(WORDS), SPOILING, st.lists(WORDS))
def test_one_word_more_and_it_is_for_a_person_to_read(
    before: list[str], spoils: str, after: list[str]
) -> None:
    assert not agrees(" ".join([*before, spoils, *after]))


@given(st.text())
def test_whatever_is_written_is_read(text: str) -> None:
    assert agrees(text) in {True, False}
