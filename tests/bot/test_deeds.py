"""Every line of the log has words, in both languages."""

from zoneinfo import ZoneInfo

import pytest

from bot.deeds import change_words, deed_words
from bot.reader import Reader
from bot.texts import speaker
from inbox.ports import Deed, Entry, LogLine
from tests.fakes import MONDAY_TEN


@pytest.mark.parametrize("deed", list(Deed))
def test_every_deed_has_words(deed: Deed) -> None:
    said = [deed_words(speaker(language), deed) for language in ("ru", "en")]
    assert len(set(said)) == 2, "not translated"


@pytest.mark.parametrize(
    ("deed", "before", "after", "words"),
    [
        (Deed.EDITED, "Завтра\nв 9", "Завтра в 10", "Завтра в 9 → Завтра в 10"),
        (Deed.GREETING, "", "uncertain no_answer", "perhaps not arrived, no_answer"),
        (Deed.CONNECTED, "", "disconnected", "disconnected"),
        (Deed.WITHDRAWN, "", "", ""),
        (Deed.TASK_MADE, "", "list-now - Счёт за ноябрь", "now, nothing due, Счёт за ноябрь"),
        (
            Deed.TASK_CHANGED,
            "list-soon 2026-11-23T13:00:00Z Счёт",
            "list-later 2026-11-23T13:00:00Z Счёт",
            "next days, 16:00, Счёт → later, 16:00, Счёт",
        ),
        (Deed.TASK_MADE, "", "list-now - 2026", "now, nothing due, 2026"),
        (
            Deed.TASK_DONE,
            "list-now - Счёт",
            "done - Счёт",
            "now, nothing due, Счёт → done, nothing due, Счёт",
        ),
    ],
)
def test_from_what_to_what(deed: Deed, before: str, after: str, words: str) -> None:
    reader = Reader(speaker("en"), ZoneInfo("Europe/Moscow"), MONDAY_TEN)
    line = LogLine(Entry(MONDAY_TEN, deed, before=before, after=after))
    assert change_words(reader, line) == words
