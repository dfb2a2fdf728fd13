"""The part of the recording desk that is about reports, and how the desk is made to refuse."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from inbox.model import Manager
from inbox.reports_made import Ending, MadeReport, ReportPart, ReportWish, Spot


@dataclass
class RecordingReports:
    """`making` makes the reports; `refuse` as in RecordingDesk."""

    wished: list[tuple[ReportWish, str]] = field(default_factory=list)
    reports: list[tuple[str, MadeReport, Manager, Spot]] = field(default_factory=list)
    ended: list[tuple[Ending, Manager, Spot]] = field(default_factory=list)
    making: Callable[[ReportWish], Awaitable[MadeReport]] | None = None
    refuse: dict[int | tuple[int, str], list[Exception | None]] = field(default_factory=dict)

    async def make_report(self, wish: ReportWish, language: str) -> MadeReport:
        self.wished.append((wish, language))
        assert self.making is not None, "no report was expected"
        return await self.making(wish)

    async def show_report(
        self, made: MadeReport, part: ReportPart, to: Manager, spot: Spot
    ) -> None:
        self._maybe_refuse(to, f"show_report {part.name}")
        self.reports.append((part.name, made, to, spot))

    async def end_report(self, wish: ReportWish, to: Manager, spot: Spot, ending: Ending) -> None:
        self._maybe_refuse(to, "end_report")
        self.ended.append((ending, to, spot))

    def _maybe_refuse(self, to: Manager, call: str) -> None:
        turns = self.refuse.get((to.id, call)) or self.refuse.get(to.id)
        error = turns.pop(0) if turns else None
        if error is not None:
            raise error
