"""The commands that run, look and set up; those about people are in people.py."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from bot.cli import people
from bot.cli.calendar import calendar
from bot.cli.frame import (
    BAD_INPUT,
    FAILED,
    Command,
    Commands,
    Config,
    known_language,
    load_settings,
    refuse,
    run,
    say_in,
    settings_file,
)
from bot.cli.log import log_command
from bot.cli.mailbox import mailbox
from bot.cli.recount import recount_command
from bot.cli.replay import replay_command
from bot.cli.report import report_command
from bot.cli.starting import importing
from bot.cli.why import why_command
from bot.texts import mark, speaker
from bot.version import okno_version
from inbox.phrases import Phrase


class Language(StrEnum):
    """What Okno speaks."""

    RU = "ru"
    EN = "en"


app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help=mark("One window for every client message, with a clock that runs in business hours."),
)
app.add_typer(people.team, name="team")
app.add_typer(people.clients, name="clients")
app.add_typer(mailbox, name="mailbox")
app.add_typer(calendar, name="calendar")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"okno {okno_version()}")
        raise typer.Exit


@app.callback(
    help=mark("One window for every client message, with a clock that runs in business hours.")
)
def before(
    config: Config = None,
    shown: Annotated[
        bool,
        typer.Option(
            "--version", callback=_show_version, is_eager=True, help=mark("Show the version.")
        ),
    ] = False,
) -> None:
    """Takes the options that stand before a command."""


@app.command(
    "run", cls=Command, help=mark("Run Okno until it is told to stop (SIGTERM or Ctrl-C).")
)
def run_command(ctx: typer.Context, config: Config = None) -> None:
    settings = load_settings(ctx, config)
    with importing():
        from bot import app as program
    from bot.logs import set_up

    set_up(settings.log.format, settings.log.level, settings.secrets())
    program.run(settings)


@app.command(
    cls=Command,
    help=mark(
        "Try everything on this machine: clients, managers and mail servers in the browser."
    ),
)
def demo(
    *,
    story: Annotated[
        bool, typer.Option("--story", help=mark("Play a scripted day and print its timeline."))
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help=mark("The page's port; 0 takes a free one."))
    ] = 0,
    browser: Annotated[bool, typer.Option(help=mark("Open the page in the browser."))] = True,
    language: Annotated[str, typer.Option(help=mark("The studio's: ru or en."))] = "ru",
    week: Annotated[
        bool,
        typer.Option(
            "--week", help=mark("Fill a quarter and write the reports of its last week.")
        ),
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", help=mark("With --week: the folder; a new one where not given.")),
    ] = None,
) -> None:
    if out is not None and not week:
        refuse(Phrase("--out goes with --week."), BAD_INPUT)
    said = speaker(known_language(language)).said
    try:
        with importing():
            if week:
                from sandbox.week import run as run_week
            else:
                from sandbox.demo import run as run_demo
    except ModuleNotFoundError as error:
        refuse(
            Phrase("The demonstration needs {name}: pip install 'okno[demo]'.", name=error.name)
        )
    if week:
        raise typer.Exit(run(run_week(said=said, language=language, out=out)))
    playing = run_demo(said=said, story=story, port=port, open_browser=browser, language=language)
    raise typer.Exit(run(playing))


@app.command(
    cls=Command,
    help=mark("Ask for token, mailbox and hours, try each, and write the settings."),
)
def init(
    ctx: typer.Context,
    config: Config = None,
    api: Annotated[
        str | None, typer.Option(help=mark("Another Bot API server than Telegram's own."))
    ] = None,
) -> None:
    from bot.cli.init import ask_and_write

    path = settings_file(ctx, config).absolute()
    ask_and_write(path, api, say_in(ctx))


@app.command(
    cls=Command, help=mark("Try everything that the settings name, and say what to mend.")
)
def check(ctx: typer.Context, config: Config = None) -> None:
    settings = load_settings(ctx, config)
    say = say_in(ctx)
    with importing():
        from bot.checks import check_all
    from bot.logs import set_up

    set_up("console", "error", settings.secrets())

    width = max(22, *(len(f"mailboxes.{name}.imap") for name in ("", *settings.mailboxes)))

    async def show() -> bool:
        well = True
        async for one in check_all(settings, say):
            what = say.said(one.what).ljust(width)
            typer.echo(f"{'✓' if one.well else '✗'} {what}  {say.said(one.says)}")
            if one.fix and not one.well:
                typer.echo(f"  {'':{width}}  → {say.said(one.fix)}")
            well = well and one.well
        return well

    if not run(show()):
        raise typer.Exit(FAILED)


@app.command(
    cls=Command,
    help=mark("Ask the running process whether it is well (for a container's health check)."),
)
def health(ctx: typer.Context, config: Config = None) -> None:
    settings = load_settings(ctx, config)
    if settings.health.port is None:
        refuse(Phrase("No port is set: add port = 8080 to [health], and start Okno again."))
    from bot.health import ask

    well, text = ask(settings.health.host, settings.health.port)
    typer.echo(text)
    if not well:
        raise typer.Exit(FAILED)


app.command("replay", cls=Command, help=mark("Read stored messages again, after an upgrade."))(
    replay_command
)
app.command(
    "why", cls=Command, help=mark("Explain a wait: what was counted, what not, who was told.")
)(why_command)
app.command("log", cls=Command, help=mark("Show who did what to which wait."))(log_command)
app.command(
    "recount",
    cls=Command,
    help=mark("Count closed waits by the calendars as they are now; shows it before it does."),
)(recount_command)
app.command(
    "report",
    cls=Command,
    help=mark("Write the report of a week, or of any days: picture, PDF, sheets and text."),
)(report_command)
