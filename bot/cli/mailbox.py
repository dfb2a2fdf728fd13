"""`okno mailbox login NAME`: let Okno into a mailbox at Microsoft or Google."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.frame import BAD_INPUT, Config, load_settings, refuse, run

mailbox = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Mailboxes: sign in at their provider."
)


@mailbox.command()
def login(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The mailbox's name in the settings.")],
    config: Config = None,
) -> None:
    """Sign in at Microsoft or Google, for a mailbox that has auth = "microsoft" or "google"."""
    settings = load_settings(ctx, config)
    box = settings.mailboxes.get(name)
    if box is None:
        known = ", ".join(settings.mailboxes) or "none"
        refuse(f"There is no mailbox {name} in the settings. There are: {known}.", BAD_INPUT)
    if box.auth == "password":
        refuse(
            f'Mailbox {name} logs in with a password. Set auth = "microsoft" or "google" in'
            f" [mailboxes.{name}] to sign in at the provider.",
            BAD_INPUT,
        )
    from connectors.email.consent import consent

    run(consent(box, name, show=typer.echo, ask=typer.prompt))
    typer.echo(f"✓ Okno may read and send as {box.address}. A running Okno goes on by itself.")
