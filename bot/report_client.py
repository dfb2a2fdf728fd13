"""One client's report in words: a line for each figure that there is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from bot.report_columns import figure_columns
from bot.report_terms import day_words, heading, share_words, time_words
from bot.texts import Say
from inbox.report_records import Figures, Report


def client_text(say: Say, report: Report) -> str:
    """The heading with the client's name, then its figures."""
    lines = _lines(say, report.studio, report)
    return "\n".join([f"{heading(say, report)}. {report.slice.name}", "", *lines])


def _lines(say: Say, figures: Figures, report: Report) -> Iterator[str]:
    for column in figure_columns(say):
        match column.value(figures):
            case None:
                continue
            case timedelta() as time:
                words = time_words(say, time)
            case datetime() as at:
                words = day_words(say, at, report)
            case int() as number:
                words = str(number)
            case share:
                words = share_words(say, figures.share) if share is not None else ""
        yield f"{column.title}: {words}"
