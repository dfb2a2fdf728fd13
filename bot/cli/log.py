"""`okno log`: who did what to which wait, from what to what; every row as it was written."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.frame import DATES, Config, load_settings, run, say_in, short_store, table
from bot.cli.why import MOST_FOUND, one_conversation
from bot.texts import Say, mark

if TYPE_CHECKING:
    from bot.settings import Settings
    from inbox.ports import LogLine

ONE_DAY = timedelta(days=1)


def log_command(
    ctx: typer.Context,
    *,
    since: Annotated[
        datetime | None, typer.Option(formats=DATES, help=mark("Only from this day on."))
    ] = None,
    until: Annotated[
        datetime | None, typer.Option(formats=DATES, help=mark("Only until this day, included."))
    ] = None,
    conversation: Annotated[
        str | None,
        typer.Option(help=mark("Only of this one: a number, an address, or a client's name.")),
    ] = None,
    limit: Annotated[
        int, typer.Option(min=1, max=1_000_000, help=mark("At most so many, the newest."))
    ] = 100,
    as_json: Annotated[
        bool, typer.Option("--json", help=mark("A JSON object per line, for programs."))
    ] = False,
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    zone, say = settings.studio.zone, say_in(ctx)
    begin = None if since is None else since.replace(tzinfo=zone).astimezone(UTC)
    end = None if until is None else (until + ONE_DAY).replace(tzinfo=zone).astimezone(UTC)
    lines = run(_logged(say, settings, conversation, since=begin, until=end, limit=limit))
    if as_json:
        for line in lines:
            typer.echo(as_object(line))
    elif not lines:
        typer.echo(say("Nothing was logged."))
    else:
        typer.echo(_table(say, settings, lines))


async def _logged(
    say: Say,
    settings: Settings,
    words: str | None,
    *,
    since: datetime | None,
    until: datetime | None,
    limit: int,
) -> tuple[LogLine, ...]:
    async with short_store(settings) as store, store.begin() as t:
        number: int | None = None
        if words is not None:
            found = await t.find_conversations(words, MOST_FOUND)
            number = one_conversation(say, words, found).id
        return await t.logged(since=since, until=until, conversation_id=number, limit=limit)


def _table(say: Say, settings: Settings, lines: tuple[LogLine, ...]) -> str:
    from bot.clock import open_clock
    from bot.deeds import change_words, deed_words
    from bot.reader import Reader
    from bot.rich import one_line

    reader = Reader(say, settings.studio.zone, open_clock(settings.clock.file).now())
    head = (say("TIME"), say("WHO"), say("WHAT"), "№", say("CLIENT"), say("ABOUT"), say("CHANGE"))
    rows = [
        (
            f"{line.entry.at.astimezone(reader.zone):%Y-%m-%d %H:%M:%S}",
            one_line(line.by, 40) or "okno",
            deed_words(say, line.entry.deed),
            str(line.entry.conversation_id or ""),
            one_line(line.client, 40),
            one_line(line.manager, 40),
            change_words(reader, line),
        )
        for line in lines
    ]
    return table(head, rows)


def as_object(line: LogLine) -> str:
    """A line of the log as JSON, instants in UTC; null where there is nothing."""
    entry = line.entry
    return json.dumps(
        {
            "at": f"{entry.at.astimezone(UTC).isoformat(timespec='seconds')}",
            "deed": str(entry.deed),
            "by": line.by or None,
            "by_id": entry.by_id,
            "conversation": entry.conversation_id,
            "client": line.client or None,
            "wait": entry.wait_id,
            "about": line.manager or None,
            "about_id": entry.manager_id,
            "before": entry.before,
            "after": entry.after,
        },
        ensure_ascii=False,
    )
