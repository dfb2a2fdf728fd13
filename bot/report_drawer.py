"""The child process that draws a report: it gets ready at once, and waits for what to draw.

Standard input: a Drawing; standard output: an Answer for each file.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

from bot.report_child import serve_alone, tell
from bot.report_orders import DRAWING, REPORT, Answer
from bot.report_writing import drawn


def serve(source: BinaryIO, target: BinaryIO) -> None:
    """Draw what is ordered; without an order nothing."""
    _get_ready()
    line = source.readline()
    if not line:
        return
    order = DRAWING.validate_json(line)
    report = REPORT.validate_json(Path(order.kept).read_bytes())
    for written in drawn(order.files, report):
        tell(target, Answer(written=written))


def _get_ready() -> None:
    """What takes longest is done while the report is still being read. What is wrong with it is
    told of each file."""
    with suppress(Exception):
        from bot import report_pages, report_pictures  # noqa: F401, PLC0415


if __name__ == "__main__":
    serve_alone(serve)
