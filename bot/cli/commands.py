"""The commands that run, look and set up; those about people are in people.py."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from bot.cli import people
from bot.cli.frame import (
    FAILED,
    Commands,
    Config,
    known_language,
    load_settings,
    refuse,
    run,
    settings_file,
)
from bot.cli.mailbox import mailbox
from bot.cli.replay import replay_command
from bot.version import okno_version


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
    help="One window for every client message, with a clock that runs in business hours.",
)
app.add_typer(people.team, name="team")
app.add_typer(people.clients, name="clients")
app.add_typer(mailbox, name="mailbox")
app.command("replay")(replay_command)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"okno {okno_version()}")
        raise typer.Exit


@app.callback()
def before(
    config: Config = None,
    shown: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """One window for every client message, with a clock that runs in business hours."""


@app.command("run")
def run_command(ctx: typer.Context, config: Config = None) -> None:
    """Run Okno until it is told to stop (SIGTERM or Ctrl-C)."""
    settings = load_settings(ctx, config)
    from bot import app as program
    from bot.logs import set_up

    set_up(settings.log.format, settings.log.level, settings.secrets())
    program.run(settings)


@app.command()
def demo(
    *,
    story: Annotated[
        bool, typer.Option("--story", help="Play a scripted day and print its timeline.")
    ] = False,
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="The page's port; 0 takes a free one.")
    ] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    language: Annotated[str, typer.Option(help="The studio's: ru or en.")] = "ru",
) -> None:
    """Try everything on this machine: clients, managers and mail servers in the browser."""
    try:
        from sandbox.demo import run as run_demo
    except ModuleNotFoundError as error:
        refuse(f"The demonstration needs {error.name}: pip install 'okno[demo]'.")
    playing = run_demo(
        story=story, port=port, open_browser=browser, language=known_language(language)
    )
    raise typer.Exit(run(playing))


@app.command()
def init(
    ctx: typer.Context,
    config: Config = None,
    api: Annotated[
        str | None, typer.Option(help="Another Bot API server than Telegram's own.")
    ] = None,
) -> None:
    """Ask for token, mailbox and hours, try each, and write the settings."""
    from bot.cli.init import ask_and_write

    ask_and_write(settings_file(ctx, config).absolute(), api)


@app.command()
def check(ctx: typer.Context, config: Config = None) -> None:
    """Try everything that the settings name, and say what to mend."""
    settings = load_settings(ctx, config)
    from bot.checks import check_all
    from bot.logs import set_up

    set_up("console", "error", settings.secrets())

    async def show() -> bool:
        well = True
        async for one in check_all(settings):
            typer.echo(f"{'✓' if one.well else '✗'} {one.what}: {one.says}")
            if one.fix and not one.well:
                typer.echo(f"    → {one.fix}")
            well = well and one.well
        return well

    if not run(show()):
        raise typer.Exit(FAILED)


@app.command()
def health(ctx: typer.Context, config: Config = None) -> None:
    """Ask the running process whether it is well (for a container's health check)."""
    settings = load_settings(ctx, config)
    if settings.health.port is None:
        refuse("No port is set: add port = 8080 to [health], and start Okno again.")
    from bot.health import ask

    well, text = ask(settings.health.host, settings.health.port)
    typer.echo(text)
    if not well:
        raise typer.Exit(FAILED)
