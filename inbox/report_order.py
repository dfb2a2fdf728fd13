"""In which order the waits behind a figure stand, and how its parts are sorted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from inbox.report_records import WaitLine
from inbox.report_told import By, Piece, Placed, Split
from inbox.reports import LISTED


def split(by: By, names: Iterable[str]) -> Split:
    """The largest part first."""
    counts = sorted(Counter(names).items(), key=lambda one: (-one[1], one[0]))
    return Split(by, tuple(Piece(*one) for one in counts))


def places(placed: Sequence[Placed], stat: str) -> tuple[Placed, ...]:
    """Which of them make the figure (rule 25)."""
    n = len(placed)
    if not n or (stat == "p90" and n < LISTED):
        return ()
    if stat == "median":
        return tuple(placed[(n - 1) // 2 : n // 2 + 1])
    return (placed[-(-9 * n // 10) - 1 if stat == "p90" else -1],)


def around(order: Sequence[WaitLine], chosen: Sequence[Placed], stat: str) -> Sequence[WaitLine]:
    """Those that make it first, then its neighbours; of nine in ten, the slower ones first."""
    if not chosen:
        return order[::-1]
    first, last = chosen[0].number - 1, chosen[-1].number - 1
    if stat == "p90":
        return [*order[first:], *order[:first][::-1]]

    def far(place: int) -> int:
        return max(first - place, place - last, 0)

    return [order[place] for place in sorted(range(len(order)), key=far)]


def longest(found: Iterable[WaitLine]) -> list[WaitLine]:
    """Those first that took the most business time."""
    return sorted(found, key=lambda one: (-one.business, one.started_at, one.wait_id))


def oldest(found: Iterable[WaitLine]) -> list[WaitLine]:
    """Those first that began first."""
    return sorted(found, key=lambda one: (one.started_at, one.wait_id))
