"""`okno mailbox login NAME`: let Okno into a mailbox at Microsoft or Google."""

from __future__ import annotations

from typing import Annotated

import typer

from bot.cli.frame import BAD_INPUT, Command, Commands, Config, load_settings, refuse, run, say_in
from bot.texts import mark
from inbox.phrases import Phrase

mailbox = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    help=mark("Mailboxes: sign in at their provider."),
)


@mailbox.command(
    cls=Command,
    help=mark('Sign in at Microsoft or Google, for a mailbox with auth "microsoft" or "google".'),
)
def login(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help=mark("The mailbox's name in the settings."))],
    config: Config = None,
) -> None:
    settings = load_settings(ctx, config)
    box = settings.mailboxes.get(name)
    if box is None:
        known = ", ".join(settings.mailboxes) or "-"
        refuse(
            Phrase(
                "There is no mailbox {name} in the settings. There are: {known}.",
                name=name,
                known=known,
            ),
            BAD_INPUT,
        )
    if box.auth == "password":
        refuse(
            Phrase(
                'Mailbox {name} logs in with a password. Set auth = "microsoft" or "google" in'
                " [mailboxes.{name}] to sign in at the provider.",
                name=name,
            ),
            BAD_INPUT,
        )
    from connectors.email.consent import consent

    say = say_in(ctx)

    def show(words: str) -> None:
        typer.echo(say.said(words))

    def ask(words: str) -> str:
        return str(typer.prompt(say.said(words)))

    run(consent(box, name, show=show, ask=ask))
    typer.echo(
        "✓ "
        + say(
            "Okno may read and send as {address}. A running Okno goes on by itself.",
            address=box.address,
        )
    )
