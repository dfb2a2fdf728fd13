"""Which domains may be taken for a known one, and which may not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inbox.lookalikes import looks_like

KNOWN = ("romashka.ru", "stroitel.example", "zavod.ru", "studio.co.uk", "gmail.com", "вектор.рф")


@pytest.mark.parametrize(
    ("domain", "like"),
    [
        ("rornashka.ru", "romashka.ru"),
        ("romаshka.ru", "romashka.ru"),  # a Cyrillic а
        ("xn--romshka-4fg.ru", "romashka.ru"),  # the same, as DNS has it
        ("r0mashka.ru", "romashka.ru"),
        ("romashka.com", "romashka.ru"),
        ("romahska.ru", "romashka.ru"),
        ("romashkaa.ru", "romashka.ru"),
        ("romashk.ru", "romashka.ru"),
        ("mail.rornashka.ru", "romashka.ru"),
        ("zavod.com.ru", "zavod.ru"),
        ("rомаshка.ru", "romashka.ru"),
        ("stroitei.example", "stroitel.example"),  # as StroiteI.example is written
        ("stroite1.example", "stroitel.example"),
        ("studlo.co.uk", "studio.co.uk"),
    ],
)
def test_a_pretender(domain: str, like: str) -> None:
    assert looks_like(domain, KNOWN) == like


@pytest.mark.parametrize(
    "domain",
    [
        "romashka.ru",
        "mail.romashka.ru",
        "ROMASHKA.RU",
        "zavody.ru",  # five letters are alike by chance
        "gmial.com",
        "yandex.ru",
        "rozetka.ru",
        "",
        "localhost",
    ],
)
def test_nobody_is_suspected_without_a_reason(domain: str) -> None:
    assert looks_like(domain, KNOWN) is None


@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=5))
def test_any_text_is_taken(domain: str, known: list[str]) -> None:
    assert looks_like(domain, known) in {None, *known}


def test_a_label_that_only_pretends_to_be_encoded_is_taken_as_it_stands() -> None:
    assert looks_like("xn--ромашка.ru", ["romashka.ru"]) is None
