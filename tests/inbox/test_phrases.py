"""A phrase is English as a string, and the same sentence in any language later."""

from __future__ import annotations

import copy
import pickle

from bot.texts import speaker
from inbox.phrases import Phrase

RUSSIAN = speaker("ru")


def test_it_reads_as_english_and_is_said_in_russian() -> None:
    phrase = Phrase(
        "{path} cannot be read: {fault}.", path="a.csv", fault=Phrase("Is a directory")
    )
    assert phrase == "a.csv cannot be read: Is a directory."
    assert RUSSIAN.said(phrase) == "a.csv не читается: это каталог."


def test_the_number_chooses_the_form() -> None:
    phrases = [Phrase.many("{number} folder", "{number} folders", n) for n in (1, 2, 5, 21)]
    assert phrases == ["1 folder", "2 folders", "5 folders", "21 folders"]
    assert list(map(RUSSIAN.said, phrases)) == ["1 папка", "2 папки", "5 папок", "21 папка"]


def test_parts_in_a_row_keep_their_language() -> None:
    row = Phrase.joined("; ", ["Anna", Phrase("the name is empty")])
    assert row == "Anna; the name is empty"
    assert RUSSIAN.said(row) == "Anna; пустое имя"


def test_values_are_never_formats() -> None:
    phrase = Phrase("{name} is missing.", name="{0.__class__} {number}")
    assert phrase == "{0.__class__} {number} is missing."
    assert RUSSIAN.said(phrase) == "Не указано: {0.__class__} {number}."
    assert RUSSIAN.said("{name} is missing.") == "{name} is missing."


def test_its_fields_are_changed_however_deep() -> None:
    inner = Phrase("{text} is not an e-mail address", text="secret")
    phrase = Phrase("{where} {what}{end}", where="secret", what=inner, end=".")
    hidden = phrase.changed(lambda text: text.replace("secret", "***"))
    assert hidden == "*** *** is not an e-mail address."
    assert RUSSIAN.said(hidden) == "*** — *** — не адрес почты."


def test_a_field_that_is_no_text_is_left_as_it_is() -> None:
    phrase = Phrase.many("{number} byte", "{number} bytes", 3)
    assert phrase.changed(str.upper) == "3 bytes"


def test_copies_can_still_be_translated() -> None:
    phrase = Phrase("{name} is missing.", name="{x}")
    for same in (copy.deepcopy(phrase), pickle.loads(pickle.dumps(phrase))):
        assert same == phrase
        assert RUSSIAN.said(same) == "Не указано: {x}."
