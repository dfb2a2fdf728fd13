"""Who is greeted by name, and what is no person's name."""

import pytest

from inbox.names import is_of_a_person, who_is_greeted


@pytest.mark.parametrize(
    "name",
    ["Мария", "Мария Иванова", "Анна-Мария О'Нил", "John R. Smith", "Ян", "李 明", "Семён Ёлкин"],
)
def test_people(name: str) -> None:
    assert is_of_a_person(name)


@pytest.mark.parametrize(
    "name",
    [
        *("", " ", "Кофейня «Зерно»", "ООО Ромашка", "Кофейня Зерно", "zerno@x.test", "info"),
        *("Sales Team", "Отдел продаж", "Mary 2", "мария", "Приёмная", "Coffee LLC", "// Мария"),
        *("Иван Иванович Иванов из Москвы", "👑 Queen", "https://x.test"),
    ],
)
def test_what_is_none(name: str) -> None:
    assert not is_of_a_person(name)


def test_the_contact_is_greeted_else_who_wrote_else_the_client() -> None:
    assert who_is_greeted("Вера", "Кофейня «Зерно»", "Мария") == "Вера"
    assert who_is_greeted("Кофейня «Зерно»", "Кофейня «Зерно»", "Мария") == "Мария"
    assert who_is_greeted("", "Кофейня «Зерно»", "Мария") == "Мария"
    assert who_is_greeted("", "Кофейня «Зерно»", "z@x.test") == "Кофейня «Зерно»"
    assert who_is_greeted("Кофейня «Зерно»", "Кофейня «Зерно»", "info") == "Кофейня «Зерно»"
    assert who_is_greeted("Анна", "Анна", "") == "Анна"
