"""`okno replay`: reads stored raw messages again, after an upgrade that reads them better."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import Config, load_settings, run, say_in, short_store
from bot.keeping import Result, State, replay
from bot.texts import Say, mark

if TYPE_CHECKING:
    from bot.settings import Settings

EVER = datetime(1970, 1, 1, tzinfo=UTC)
_SAID = {
    Result.SHOWN: mark("will be shown (as soon as Okno runs)"),
    Result.CHANGED: mark("changed"),
    Result.SAME: mark("as before"),
    Result.UNREADABLE: mark("still unreadable"),
    Result.ABSENT: mark("of channels that the settings no longer name"),
}


def replay_command(
    ctx: typer.Context,
    config: Config = None,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help=mark("Only what was received from this day on.")),
    ] = None,
    state: Annotated[
        State,
        typer.Option(help=mark("Of what could not be read, was left out, or was shown.")),
    ] = State.QUARANTINED,
) -> None:
    settings = load_settings(ctx, config)
    start = EVER if since is None else since.replace(tzinfo=settings.studio.zone)
    say = say_in(ctx)
    results = run(_replayed(say, settings, state, start))
    for result, count in results.items():
        typer.echo(f"{count} {say(_SAID[result])}")
    if not results:
        typer.echo(say("There is nothing to read again."))


async def _replayed(
    say: Say, settings: Settings, state: State, since: datetime
) -> Counter[Result]:
    from bot.channels import open_channels
    from bot.clock import open_clock

    clock = open_clock(settings.clock.file)
    results: Counter[Result] = Counter()
    async with short_store(settings) as store:
        channels = open_channels(settings, clock, store)
        try:
            now = clock.now()
            async for results in replay(store, channels.connectors, state, since, now):
                typer.echo(say("{number} read ...", number=results.total()), err=True)
        finally:
            await channels.close()
    return results
