"""What is asked of the child process that explains a report's figure, and what it answers."""

from __future__ import annotations

from binascii import crc32
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter

from bot.report_ground import Ground
from bot.rich import NOTHING, Rich
from inbox.report_figures import Figure, Sort, Whose
from inbox.report_records import Period, Slice

ROWS = 12  # on a page


@dataclass(frozen=True, slots=True)
class Question:
    """Why `figure`, or which rows of the `sort` there are, behind `offset` of them; in the words
    of `language` and the times of `zone`. Of a channel or tier the figure's row may be known by
    its number alone, see `number_of`. `named`: the row's name, as it was typed."""

    period: Period
    whose: Slice
    language: str
    zone: str
    figure: Figure | None = None
    sort: Sort = Sort.STUDIO
    offset: int = 0
    named: str = ""


@dataclass(frozen=True, slots=True)
class Explaining:
    """The whole order."""

    ground: Ground
    question: Question
    now: datetime


@dataclass(frozen=True, slots=True)
class Jump:
    """To the card of one of the waits or messages behind a figure."""

    conversation_id: int
    message_id: int


@dataclass(frozen=True, slots=True)
class RowName:
    """A row of the report: its number in a button, and its words."""

    number: int
    words: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """The words and what they lead to: cards (None: it is not known which), or rows. `more`: there
    are rows behind these. `known`: whether the report has such a row at all."""

    words: Rich = NOTHING
    jumps: tuple[Jump | None, ...] = ()
    rows: tuple[RowName, ...] = ()
    more: bool = False
    known: bool = True


def number_of(row: Whose) -> int:
    """Which row it is: the id of a manager (0: nobody) or client, else a sum of the name."""
    if row.sort in {Sort.MANAGER, Sort.CLIENT}:
        return row.id or 0
    return crc32(row.name.encode())


EXPLAINING: TypeAdapter[Explaining] = TypeAdapter(Explaining)
