"""The catalogues are complete, and times, sizes and faults have words."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from bot.texts import LANGUAGES, LOCALES, known_language, speaker
from bot.wording import length, moment, reason, remaining, size
from inbox.errors import Fault

ROOT = Path(__file__).parents[2]
ROOMS = ("bot", "connectors", "inbox", "sandbox", "storage")
KEYWORDS = {"say": None, "mark": None, "template": None, "Phrase": None, "many": (1, 2)}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def said_in_the_code() -> set[object]:
    rooms = (extract_from_dir(ROOT / room, keywords=KEYWORDS) for room in ROOMS)
    return {message for found in rooms for _, _, message, _, _ in found}


def calls_of(*rooms: str) -> list[ast.Call]:
    """Of all modules in these folders, or of these files."""
    folders = (ROOT / room for room in rooms)
    files = [file for one in folders for file in ([one] if one.is_file() else one.rglob("*.py"))]
    trees = [ast.parse(file.read_text()) for file in files]
    return [node for tree in trees for node in ast.walk(tree) if isinstance(node, ast.Call)]


def called(call: ast.Call) -> str:
    """`say` of say(...), `many` of say.many(...), `speaker` of speaker("ru")(...)."""
    if isinstance(call.func, ast.Call):
        return called(call.func)
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def literals_of_calls() -> set[str]:
    """What is written in calls that say something, also inside f-strings, where Babel is blind."""
    names = {*KEYWORDS, "say_in", "speaker", "Say"}
    texts = (call.args[0] for call in calls_of(*ROOMS) if call.args and called(call) in names)
    said = {text.value for text in texts if isinstance(text, ast.Constant)}
    return {text for text in said if isinstance(text, str)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_catalogue_has_every_text_with_the_same_fields(language: str) -> None:
    with (LOCALES / language / "LC_MESSAGES" / "okno.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    translated = {message.id: message for message in catalogue if message.id}

    assert set(translated) == said_in_the_code()
    for key, message in translated.items():
        keys = key if isinstance(key, tuple) else (key,)
        forms = message.string if isinstance(message.string, tuple) else (message.string,)
        assert all(forms), f"{language} has no text for {key!r}"
        assert all(fields(form) == fields(keys[0]) for form in forms), key
        assert not message.fuzzy


def test_no_text_escapes_the_collection() -> None:
    collected = {
        text for one in said_in_the_code() for text in ((one,) if isinstance(one, str) else one)
    }
    assert literals_of_calls() <= collected


SHOWS = {
    *("echo", "prompt", "confirm", "choose", "whole_number", "refuse"),
    *("Refusal", "SettingsFault", "ListFault", "Refused", "StoryFault", "ProductFault"),
    *("show", "tell", "sure", "until", "quiet", "fault", "Finding"),
}
STORY = (
    "sandbox/demo.py",
    "sandbox/product.py",
    "sandbox/story.py",
    "sandbox/telling.py",
    "sandbox/witness.py",
)


def sentences(text: ast.expr) -> list[str]:
    """Words in a row that stand in a literal or between the fields of an f-string."""
    parts = text.values if isinstance(text, ast.JoinedStr) else [text]
    literals = (part.value for part in parts if isinstance(part, ast.Constant))
    return [words for one in literals for words in re.findall("[A-Za-z]{2,} [a-z]{2,}", str(one))]


def test_nothing_is_shown_past_the_catalogues() -> None:
    shown = [
        sentences(text)
        for call in calls_of("bot", *STORY)
        if called(call) in SHOWS
        for text in call.args
        if isinstance(text, ast.JoinedStr | ast.Constant)
    ]
    assert [words for words in shown if words] == []


def test_no_russian_text_is_left_in_english() -> None:
    with (LOCALES / "ru" / "LC_MESSAGES" / "okno.po").open("rb") as file:
        catalogue = read_po(file, locale="ru")
    same = [message.id for message in catalogue if message.id and message.id == message.string]

    assert [one for one in same if re.search("[A-Za-z]{3}", re.sub(r"\{\w+\}", "", str(one)))] == [
        "Telegram",
        "💬 Telegram",
    ]


@pytest.mark.parametrize(
    ("number", "words"), [(1, "1 байт"), (2, "2 байта"), (5, "5 байт"), (21, "21 байт")]
)
def test_russian_plurals(number: int, words: str) -> None:
    assert size(speaker("ru"), number) == words


def test_fields_are_never_read_as_formats() -> None:
    assert speaker("en")("Hello, {name}!", name="{0} {x!r}") == "Hello, {0} {x!r}!"


@pytest.mark.parametrize(
    ("code", "language"),
    [("ru", "ru"), ("ru-RU", "ru"), ("en_GB", "en"), ("de", None), ("", None), (None, None)],
)
def test_languages_by_telegram_code(code: str | None, language: str | None) -> None:
    assert known_language(code) == language


def test_an_unknown_language_is_english() -> None:
    assert speaker("xx").language == "en"


@pytest.mark.parametrize(
    ("time", "english", "russian"),
    [
        (timedelta(seconds=40), "40 s", "40 с"),
        (timedelta(minutes=25, seconds=59), "25 min", "25 мин"),
        (timedelta(hours=1, minutes=10), "1 h 10 min", "1 ч 10 мин"),
        (-timedelta(hours=30), "30 h", "30 ч"),
    ],
)
def test_lengths(time: timedelta, english: str, russian: str) -> None:
    assert length(speaker("en"), time) == english
    assert length(speaker("ru"), time) == russian


def test_what_remains_and_what_is_overdue() -> None:
    assert remaining(speaker("ru"), timedelta(minutes=25)) == "осталось 25 мин"
    assert remaining(speaker("ru"), -timedelta(minutes=70)) == "просрочено на 1 ч 10 мин"
    assert remaining(speaker("ru"), -timedelta(seconds=2)) == "время вышло"


def test_what_ran_and_what_remains_make_the_whole() -> None:
    ran = timedelta(minutes=45, seconds=0.2)
    assert length(speaker("en"), ran) == "45 min"
    assert remaining(speaker("en"), timedelta(hours=1) - ran) == "15 min left"
    assert remaining(speaker("en"), timedelta(seconds=39.5)) == "40 s left"


@pytest.mark.parametrize(
    ("at", "words"),
    [
        (datetime(2026, 11, 25, 12, 40, tzinfo=UTC), "15:40"),
        (datetime(2026, 11, 26, 6, 30, tzinfo=UTC), "завтра в 09:30"),
        (datetime(2026, 11, 24, 21, 30, tzinfo=UTC), "00:30"),
        (datetime(2026, 11, 24, 20, 30, tzinfo=UTC), "вчера в 23:30"),
        (datetime(2026, 11, 30, 6, 30, tzinfo=UTC), "пн 30 ноя в 09:30"),
        (datetime(2027, 5, 4, 6, 30, tzinfo=UTC), "вт 4 мая 2027 в 09:30"),
    ],
)
def test_moments_in_the_readers_zone(at: datetime, words: str) -> None:
    now = datetime(2026, 11, 25, 9, tzinfo=UTC)
    assert moment(speaker("ru"), at, now, ZoneInfo("Europe/Moscow")) == words


@pytest.mark.parametrize(
    ("number", "english", "russian"),
    [
        (999, "999 bytes", "999 байт"),
        (340_000, "340 kB", "340 КБ"),
        (1_200_000, "1.2 MB", "1,2 МБ"),
        (52_000_000, "52.0 MB", "52,0 МБ"),
    ],
)
def test_sizes(number: int, english: str, russian: str) -> None:
    assert size(speaker("en"), number) == english
    assert size(speaker("ru"), number) == russian


@pytest.mark.parametrize("fault", list(Fault))
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_fault_has_words(fault: Fault, language: str) -> None:
    assert reason(speaker(language), fault.value) != fault.value


def test_a_fault_of_a_newer_version_is_shown_as_it_is() -> None:
    assert reason(speaker("ru"), "moon_phase") == "moon_phase"
