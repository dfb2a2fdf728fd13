"""A greeting before what a client wants, and what only looks like one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.greetings import without_greeting

GREETED = {
    "Здравствуйте! Фото десертов прислала": "Фото десертов прислала",
    "Добрый день, Анна!\n\nПоменяйте телефон": "Поменяйте телефон",
    "Здравствуйте, Анна Сергеевна, поменяйте фото": "Поменяйте фото",
    "здравствуйте, поменяйте телефон": "Поменяйте телефон",
    "Добрый день подскажите цену": "Подскажите цену",
    "Добрый день Поменяйте, пожалуйста, фото": "Поменяйте, пожалуйста, фото",
    "Добрый день, уважаемые коллеги.\r\nВсё упало": "Всё упало",
    "👋 Привет! Логотип": "Логотип",
    "Здравствуйте :) Фото": "Фото",
    "Здравствуйте! Срочно! Сайт лежит": "Срочно! Сайт лежит",
    "Добрый день\n25 фото": "25 фото",
    "Добрый день! Hello! Фото": "Фото",
    "Hi there, the form is broken": "The form is broken",
    "Hello Anna,\nplease fix it": "Please fix it",
    "Good afternoon, Anna - the logo": "The logo",
    "Hey 👋 logo": "Logo",
}
LEFT = (
    "",
    "Здравствуйте",
    "Здравствуйте!\n\n",
    "Привет! 😀",
    "Привет из Сочи: плакат",
    "Hi-Fi магазин",
    "Hiring page",
    "«Добрый день» — новая рубрика",
    "Поменяйте телефон. Добрый день!",
)


@pytest.mark.parametrize(("text", "rest"), GREETED.items())
def test_what_follows_a_greeting(text: str, rest: str) -> None:
    assert without_greeting(text) == rest


@pytest.mark.parametrize("text", LEFT)
def test_what_is_no_greeting_or_nothing_else_stays(text: str) -> None:
    assert without_greeting(text) == text


@given(st.text())
def test_the_end_of_any_text_stays(text: str) -> None:
    rest = without_greeting(text)
    assert bool(rest.strip()) == bool(text.strip())
    assert rest == text or text.endswith(rest[1:])
