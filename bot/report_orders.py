"""What is asked of the report's child processes, and what they answer; all are lines of JSON."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pydantic import TypeAdapter

from bot.figure_orders import Explanation
from bot.report_ground import Ground
from inbox.report_records import Period, Report, Slice, WaitLine

STUDIO = Slice()


class Kind(StrEnum):
    """A file of a report; its name's end."""

    LIGHT = "light.png"
    DARK = "dark.png"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


SHEETS = frozenset({Kind.XLSX, Kind.CSV})


@dataclass(frozen=True, slots=True)
class Asked:
    """Which report."""

    period: Period
    whose: Slice = STUDIO

    def takes(self, line: WaitLine) -> bool:
        """Whether the wait stands in this report's sheet."""
        return self.whose.takes(line.holder_id, line.client_id)


@dataclass(frozen=True, slots=True)
class Files:
    """Which files one child writes. `stem`: their path without their ends. `card_link`: the
    address of a wait's card with the field {message_id}; "" where there is none."""

    kinds: tuple[Kind, ...]
    stem: str
    language: str
    card_link: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """Read and count the report, put it into the file `kept` as a whole, and write the sheets."""

    ground: Ground
    asked: Asked
    now: datetime
    files: Files
    kept: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """Draw the report that the file `kept` holds."""

    files: Files
    kept: str


@dataclass(frozen=True, slots=True)
class Written:
    """One file is there, or why it is not."""

    kind: Kind
    path: str = ""
    fault: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """One of these. `report`: as it was read; `written`: see there; `trouble`: the reason and the
    detail of a StoreUnavailable; `fault`: why there is no report, as in Written; `explanation`: of
    a figure."""

    report: Report | None = None
    written: Written | None = None
    trouble: tuple[str, str] | None = None
    fault: str = ""
    explanation: Explanation | None = None


READING: TypeAdapter[Reading] = TypeAdapter(Reading)
DRAWING: TypeAdapter[Drawing] = TypeAdapter(Drawing)
ANSWER: TypeAdapter[Answer] = TypeAdapter(Answer)
REPORT: TypeAdapter[Report] = TypeAdapter(Report)
LINES: TypeAdapter[tuple[WaitLine, ...]] = TypeAdapter(tuple[WaitLine, ...])
