"""The child process that draws and writes a report, so that the bot stays small and quick.

Standard input: an Order, then the waits in groups, each a line of JSON. Standard output: a Written
for each file. Run as `python -m bot.report_child SECONDS MEMORY`; it ends when its input does.
"""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

from bot.report_orders import LINES, ORDER, SHEETS, WRITTEN, Kind, Order, Written
from bot.texts import speaker
from inbox.report_records import WaitLine

_LARGEST_FILE = 1 << 28  # bytes


class Lines(Protocol):
    """A file that takes waits."""

    def add(self, lines: Iterable[WaitLine]) -> None:
        """Write them."""

    def close(self) -> None:
        """All of it is in the file."""


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Write what is ordered; each file is told of as soon as it is there."""
    order = ORDER.validate_json(source.readline())
    for kind in order.kinds:
        if kind not in SHEETS:
            failed: dict[Kind, str] = {}
            with _failing_alone(kind, failed):
                _draw(order, kind)
            _tell(target, _written(order, kind, failed))
    sheets = [kind for kind in order.kinds if kind in SHEETS]
    if sheets:
        for written in _write_sheets(order, sheets, map(LINES.validate_json, source)):
            _tell(target, written)


def _draw(order: Order, kind: Kind) -> None:
    from bot.report_drawing import DARK, LIGHT  # noqa: PLC0415 - sheets need no matplotlib
    from bot.report_pages import write_pdf  # noqa: PLC0415
    from bot.report_pictures import DENSITY, picture  # noqa: PLC0415

    say, path = speaker(order.language), _path(order, kind)
    if kind is Kind.PDF:
        write_pdf(say, order.report, path)
    else:
        theme = DARK if kind is Kind.DARK else LIGHT
        picture(say, order.report, theme).write_png(path, scale=DENSITY)


def _write_sheets(
    order: Order, kinds: list[Kind], groups: Iterator[tuple[WaitLine, ...]]
) -> Iterator[Written]:
    """All of them at once: the waits come only once."""
    files: dict[Kind, Lines] = {}
    failed: dict[Kind, str] = {}
    for kind in kinds:
        with _failing_alone(kind, failed):
            files[kind] = _opened(order, kind)
    for group in groups:
        for kind in files.keys() - failed.keys():
            with _failing_alone(kind, failed):
                files[kind].add(group)
    for kind in kinds:
        if kind not in failed:
            with _failing_alone(kind, failed):
                files[kind].close()
        yield _written(order, kind, failed)


@contextmanager
def _failing_alone(kind: Kind, failed: dict[Kind, str]) -> Iterator[None]:
    try:
        yield
    except Exception as error:  # noqa: BLE001 - the other files are still written
        failed[kind] = _place_of(error)


def _opened(order: Order, kind: Kind) -> Lines:
    say, path = speaker(order.language), _path(order, kind)
    if kind is Kind.CSV:
        from bot.report_csv import LinesFile  # noqa: PLC0415

        return LinesFile(path, say, order.report, order.card_link)
    from bot.report_sheets import Workbook  # noqa: PLC0415

    return Workbook(path, say, order.report, order.card_link)


def _written(order: Order, kind: Kind, failed: dict[Kind, str]) -> Written:
    if kind in failed:
        return Written(kind, fault=failed[kind])
    return Written(kind, _path(order, kind).name)


def _path(order: Order, kind: Kind) -> Path:
    return Path(f"{order.stem}.{kind.value}")


def _place_of(error: Exception) -> str:
    """Of which kind the error is, and where; what it says may quote a client."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else ""
    return f"{type(error).__name__}{where}"


def _tell(target: BinaryIO, written: Written) -> None:
    target.write(WRITTEN.dump_json(written) + b"\n")
    target.flush()


def _confine(cpu: int, memory: int) -> None:
    """So much time, memory and disk; no core; behind the bot where the processor is scarce."""
    try:
        import resource  # noqa: PLC0415 - Windows has none
    except ImportError:
        return
    for limit, value in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, cpu),
        (resource.RLIMIT_FSIZE, _LARGEST_FILE),
    ):
        resource.setrlimit(limit, (value, value))
    os.nice(5)


def main() -> None:
    """Serve on standard input and output, which nothing else may write to."""
    gc.disable()  # a short life: looking for garbage costs a fifth of it
    target = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _confine(int(sys.argv[1]), int(sys.argv[2]))
    serve(sys.stdin.buffer, target)


if __name__ == "__main__":
    main()
