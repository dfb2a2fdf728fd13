"""`okno recount`: what closed waits would be by the calendars as they are now; makes it so."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.asking import confirm
from bot.cli.frame import BAD_INPUT, DATES, Config, load_settings, refuse, run, say_in, table
from bot.cli.inboxes import short_inbox
from bot.texts import Say, mark
from inbox.phrases import Phrase

if TYPE_CHECKING:
    from bot.settings import Settings
    from inbox.recounting import Recount

PROGRESS_EVERY = 500


def recount_command(
    ctx: typer.Context,
    *,
    first: Annotated[datetime, typer.Option("--from", formats=DATES, help=mark("The first day."))],
    last: Annotated[
        datetime, typer.Option("--to", formats=DATES, help=mark("The last day, included."))
    ],
    yes: Annotated[bool, typer.Option("--yes", help=mark("Write without asking."))] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help=mark("Show, and write nothing."))
    ] = False,
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    say = say_in(ctx)
    if last < first:
        refuse(Phrase("--to is earlier than --from."), BAD_INPUT)
    zone = settings.studio.zone
    since = first.replace(tzinfo=zone).astimezone(UTC)
    until = (last + timedelta(days=1)).replace(tzinfo=zone).astimezone(UTC)
    found = run(_found(say, settings, since, until))
    if not found:
        typer.echo(say("Nothing changes: every closed wait is counted as the calendars are now."))
        return
    typer.echo(_table(say, settings, found))
    typer.echo(_total(say, found))
    if dry_run or not (yes or confirm(say, say("Write this?"), default=False)):
        typer.echo(say("Nothing was written."))
        return
    written = run(_write(say, settings, found))
    typer.echo(say.many("{number} wait was written.", "{number} waits were written.", written))


async def _found(say: Say, settings: Settings, since: datetime, until: datetime) -> list[Recount]:
    from inbox.recounting import recounted

    found: list[Recount] = []
    async with short_inbox(settings) as inbox:
        async for one in recounted(inbox, since, until):
            found.append(one)
            if len(found) % PROGRESS_EVERY == 0:
                typer.echo(say("{number} found ...", number=len(found)), err=True)
    return found


async def _write(say: Say, settings: Settings, found: Sequence[Recount]) -> int:
    from inbox.recounting import apply

    written = 0
    async with short_inbox(settings) as inbox:
        for start in range(0, len(found), PROGRESS_EVERY):
            written += await apply(inbox, found[start : start + PROGRESS_EVERY], None)
            if len(found) > PROGRESS_EVERY:
                typer.echo(say("{done} of {all} waits", done=written, all=len(found)), err=True)
    return written


def _table(say: Say, settings: Settings, found: Sequence[Recount]) -> str:
    from bot.clock import open_clock
    from bot.reader import Reader
    from bot.rich import one_line

    reader = Reader(say, settings.studio.zone, open_clock(settings.clock.file).now())
    rows = []
    for one in found:
        before, after = one.before.closing, one.after.closing
        if before is None or after is None:
            continue
        judged = [
            say("within the target") if closing.within_target else say("later than the target")
            for closing in (before, after)
        ]
        rows.append(
            (
                f"№ {one.conversation.id}",
                one_line(one.conversation.client.name, 40),
                f"{before.at.astimezone(reader.zone):%Y-%m-%d %H:%M:%S}",
                f"{reader.exact(before.business)} → {reader.exact(after.business)}",
                judged[0] if judged[0] == judged[1] else " → ".join(judged),
            )
        )
    head = (say("NUMBER"), say("CLIENT"), say("CLOSED"), say("WORKING TIME"), say("TARGET"))
    return table(head, rows)


def _total(say: Say, found: Sequence[Recount]) -> str:
    """How many change, and how many keep or miss their target after it."""
    kept = [
        (before.within_target, after.within_target)
        for before, after in ((one.before.closing, one.after.closing) for one in found)
        if before is not None and after is not None
    ]
    return say.many(
        "{number} wait changes; now within the target: {better}, no longer: {worse}.",
        "{number} waits change; now within the target: {better}, no longer: {worse}.",
        len(found),
        better=kept.count((False, True)),
        worse=kept.count((True, False)),
    )
