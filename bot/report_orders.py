"""What is asked of the report's child process, and what it answers; both are lines of JSON."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import TypeAdapter

from inbox.report_records import Report, WaitLine


class Kind(StrEnum):
    """A file of a report; its name's end."""

    LIGHT = "light.png"
    DARK = "dark.png"
    PDF = "pdf"
    XLSX = "xlsx"
    CSV = "csv"


SHEETS = frozenset({Kind.XLSX, Kind.CSV})


@dataclass(frozen=True, slots=True)
class Order:
    """`stem`: the files' path without their ends. `card_link`: the address of a wait's card with
    the field {message_id}; "" where there is none."""

    kinds: tuple[Kind, ...]
    stem: str
    language: str
    report: Report
    card_link: str = ""


@dataclass(frozen=True, slots=True)
class Written:
    """One file is there, or why it is not."""

    kind: Kind
    path: str = ""
    fault: str = ""


ORDER: TypeAdapter[Order] = TypeAdapter(Order)
LINES: TypeAdapter[tuple[WaitLine, ...]] = TypeAdapter(tuple[WaitLine, ...])
WRITTEN: TypeAdapter[Written] = TypeAdapter(Written)
