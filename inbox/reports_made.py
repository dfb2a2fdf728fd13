"""A report between its making and its hand-over: what is wished, the parts, and where they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from inbox.report_records import Period, Report, Slice


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """What the settings say of the week's report. `due`: weekday and time, as words that change
    when they are set otherwise; `mail_to`: the addresses that get it by mail too, in `language`,
    the studio's own."""

    due: str = ""
    mail_to: tuple[str, ...] = ()
    language: str = "en"


@dataclass(frozen=True, slots=True)
class ReportWish:
    """Which report is to be made, as it stands at `asked_at`.

    `late`: it goes out by itself, and so much later than at this instant, when it was due.
    """

    period: Period
    whose: Slice
    asked_at: datetime
    late: datetime | None = None


@dataclass(frozen=True, slots=True)
class ReportPart:
    """One message: `name` is the same at each making. A file with its bytes, or words alone."""

    name: str
    text: str = ""
    file_name: str = ""
    content: bytes = b""


@dataclass(frozen=True, slots=True)
class MadeReport:
    """`title`: one line, for a mail's subject. `text`: its words, in one piece."""

    wish: ReportWish
    report: Report
    title: str
    text: str
    parts: Sequence[ReportPart]


@dataclass(frozen=True, slots=True)
class Spot:
    """Where in the desk a report goes: a chat (None: the member's own) and its topic, below a
    message; `progress`: the message that says it is being made. `silent`: without a sound."""

    chat_id: int | None = None
    thread_id: int | None = None
    below: int | None = None
    progress: int | None = None
    silent: bool = False


class Ending(StrEnum):
    """How the hand-over of a report ended: all is there, some of it perhaps, or nothing could be
    made or sent."""

    SHOWN = "shown"
    DOUBTFUL = "doubtful"
    FAILED = "failed"
