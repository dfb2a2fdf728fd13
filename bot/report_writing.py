"""Writes the files of a report; of each that fails it says where, and the others are written."""

from __future__ import annotations

import traceback
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from bot.report_orders import SHEETS, Files, Kind, Written
from bot.texts import speaker
from inbox.report_records import Report, WaitLine


class Lines(Protocol):
    """A file that takes waits."""

    def add(self, lines: Iterable[WaitLine]) -> None:
        """Write them."""

    def close(self) -> None:
        """All of it is in the file."""


def drawn(files: Files, report: Report) -> Iterator[Written]:
    """The pictures and the PDF, each as soon as it is there."""
    for kind in files.kinds:
        if kind not in SHEETS:
            failed: dict[Kind, str] = {}
            with _failing_alone(kind, failed):
                _draw(files, report, kind)
            yield _written(files, kind, failed)


def sheets(files: Files, report: Report, pages: Iterable[Sequence[WaitLine]]) -> Iterator[Written]:
    """The workbook and the CSV file, both from one reading of the pages."""
    kinds = [kind for kind in files.kinds if kind in SHEETS]
    open_: dict[Kind, Lines] = {}
    failed: dict[Kind, str] = {}
    for kind in kinds:
        with _failing_alone(kind, failed):
            open_[kind] = _opened(files, report, kind)
    for page in pages if kinds else ():
        for kind in open_.keys() - failed.keys():
            with _failing_alone(kind, failed):
                open_[kind].add(page)
    for kind in kinds:
        if kind not in failed:
            with _failing_alone(kind, failed):
                open_[kind].close()
        yield _written(files, kind, failed)


def _draw(files: Files, report: Report, kind: Kind) -> None:
    from bot.report_drawing import DARK, LIGHT  # noqa: PLC0415 - sheets need no matplotlib
    from bot.report_pages import write_pdf  # noqa: PLC0415
    from bot.report_pictures import DENSITY, picture  # noqa: PLC0415

    say, path = speaker(files.language), _path(files, kind)
    if kind is Kind.PDF:
        write_pdf(say, report, path)
    else:
        theme = DARK if kind is Kind.DARK else LIGHT
        picture(say, report, theme).write_png(path, scale=DENSITY)


def _opened(files: Files, report: Report, kind: Kind) -> Lines:
    say, path = speaker(files.language), _path(files, kind)
    if kind is Kind.CSV:
        from bot.report_csv import LinesFile  # noqa: PLC0415 - a picture needs none of it

        return LinesFile(path, say, report, files.card_link)
    from bot.report_sheets import Workbook  # noqa: PLC0415

    return Workbook(path, say, report, files.card_link)


@contextmanager
def _failing_alone(kind: Kind, failed: dict[Kind, str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the other files are still written
        failed[kind] = place_of(error)


def _written(files: Files, kind: Kind, failed: dict[Kind, str]) -> Written:
    if kind in failed:
        return Written(kind, fault=failed[kind])
    return Written(kind, _path(files, kind).name)


def _path(files: Files, kind: Kind) -> Path:
    return Path(f"{files.stem}.{kind.value}")


def place_of(error: Exception) -> str:
    """Of which kind the error is, and where; what it says may quote a client."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"
