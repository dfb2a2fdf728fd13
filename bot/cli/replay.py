"""`okno replay`: reads stored raw messages again, after an upgrade that reads them better."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import Config, load_settings, run, short_store
from bot.keeping import Result, State, replay

if TYPE_CHECKING:
    from bot.settings import Settings

EVER = datetime(1970, 1, 1, tzinfo=UTC)
_SAID = {
    Result.SHOWN: "will be shown (as soon as Okno runs)",
    Result.CHANGED: "changed",
    Result.SAME: "as before",
    Result.UNREADABLE: "still unreadable",
    Result.ABSENT: "of channels that the settings no longer name",
}


def replay_command(
    ctx: typer.Context,
    config: Config = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Only what was received from this day on."),
    ] = None,
    state: Annotated[
        State, typer.Option(help="Of what could not be read, was left out, or was shown.")
    ] = State.QUARANTINED,
) -> None:
    """Read stored messages again, after an upgrade."""
    settings = load_settings(ctx, config)
    start = EVER if since is None else since.replace(tzinfo=settings.studio.zone)
    results = run(_replayed(settings, state, start))
    for result, count in results.items():
        typer.echo(f"{count} {_SAID[result]}")
    if not results:
        typer.echo("There is nothing to read again.")


async def _replayed(settings: Settings, state: State, since: datetime) -> Counter[Result]:
    from bot.channels import open_channels
    from bot.clock import open_clock

    clock = open_clock(settings.clock.file)
    results: Counter[Result] = Counter()
    async with short_store(settings) as store:
        channels = open_channels(settings, clock, store)
        try:
            now = clock.now()
            async for results in replay(store, channels.connectors, state, since, now):
                typer.echo(f"{results.total()} read ...", err=True)
        finally:
            await channels.close()
    return results
