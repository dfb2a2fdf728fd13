"""Which days and whose clients a command about reports means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.client_set import client_of_name
from bot.cli.frame import BAD_INPUT, DATES, refuse
from bot.cli.members import member_named
from bot.texts import mark
from inbox.model import Role
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from inbox.ports import Store
    from inbox.report_records import Period, Slice

First = Annotated[
    datetime | None, typer.Option("--from", formats=DATES, help=mark("The first day."))
]
Last = Annotated[
    datetime | None, typer.Option("--to", formats=DATES, help=mark("The last day, included."))
]
ManagerName = Annotated[str | None, typer.Option(help=mark("Only the clients of this manager."))]


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed of days; None for what was not."""

    week: datetime | None
    first: datetime | None
    last: datetime | None

    @property
    def nothing(self) -> bool:
        """Whether no day was typed."""
        return self.week is self.first is self.last is None

    def check(self) -> None:
        """Raises Refusal where they do not fit together."""
        if (self.first is None) != (self.last is None) or (self.week and self.first):
            refuse(Phrase("Name a day of the --week, or both --from and --to."), BAD_INPUT)
        if self.first is not None and self.last is not None and self.last < self.first:
            refuse(Phrase("--to is earlier than --from."), BAD_INPUT)

    def period(self, zone: ZoneInfo, now: datetime) -> Period:
        """Without days the last week."""
        from inbox import report_periods

        if self.first is not None and self.last is not None:
            return report_periods.days(self.first.date(), self.last.date(), zone, now)
        if self.week is not None:
            return report_periods.week(self.week.replace(tzinfo=zone), zone, now)
        return report_periods.last_week(now, zone, now)


def check_names(manager: str | None, client: str | None) -> None:
    """Raises Refusal where both are named."""
    if manager is not None and client is not None:
        refuse(Phrase("Name a --manager or a --client, not both."), BAD_INPUT)


async def slice_named(store: Store, manager: str | None, client: str | None) -> Slice:
    """Whose clients are meant; without names the whole studio's. Raises Refusal."""
    from inbox.report_records import Slice

    async with store.begin() as t:
        if client is not None:
            found = await client_of_name(t, client)
            return Slice(name=found.name, client_id=found.id)
        if manager is not None:
            people = [one for one in await t.staff() if one.role is not Role.CHAT]
            who = member_named(manager, people, inactive=True)
            return Slice(who.id, who.name)
    return Slice()
