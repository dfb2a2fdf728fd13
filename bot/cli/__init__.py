"""The command line, `okno`. What is heavy is imported inside the commands that need it."""

from bot.cli.starting import leaving_out

with leaving_out():
    from bot.cli.commands import app


def main() -> None:
    """The entry point of the program."""
    app()


__all__ = ["app", "main"]
