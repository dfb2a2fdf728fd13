"""`okno init`: asks, tries each answer by using it, and writes the settings and the secrets."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import typer

from bot.cli.answers import Answers, choose, tried
from bot.cli.frame import refuse
from bot.cli.init_mailbox import ask_mailbox
from bot.settings_faults import SettingsFault

_DAYS = {"mon-fri": 5, "mon-sat": 6, "mon-sun": 7}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def ask_and_write(path: Path, api: str | None) -> None:
    """Ask for everything and write `path` and the folder `secrets` beside it."""
    if path.exists() and not typer.confirm(f"{path} is there already. Write it anew?"):
        refuse("Nothing was written.")
    answers = Answers()
    _ask_studio(answers)
    _ask_telegram(answers, api)
    while typer.confirm("Connect a mailbox?", default=not answers.mailboxes):
        ask_mailbox(answers)
    _ask_hours(answers)
    _write(path, answers)
    _check_as_a_whole(path)
    typer.echo(
        f"Written: {path}, and {len(answers.secrets)} secret files in {path.parent}/secrets."
    )
    typer.echo("Next:")
    typer.echo('  okno team add --name "..." --telegram-id ... --role head    (you)')
    typer.echo(
        "  okno check                                                  (everything at once)"
    )
    for login in answers.logins:
        typer.echo(f"  okno mailbox login {login}")
    typer.echo("  okno run")


def _ask_studio(answers: Answers) -> None:
    from bot.settings_sections import StudioSettings

    studio = answers.tables["studio"] = {}
    studio["name"] = typer.prompt("Name of the studio")
    while True:
        zone = typer.prompt("Time zone", default=_own_zone())
        try:
            StudioSettings(name="x", timezone=zone)
        except ValueError:
            typer.echo('No such time zone; write a name such as "Europe/Moscow".')
        else:
            break
    studio["timezone"] = zone
    studio["language"] = choose("Language", ("ru", "en"), "ru")


def _ask_telegram(answers: Answers, api: str | None) -> None:
    from connectors.telegram.config import TelegramSettings

    while True:
        token = typer.prompt("Bot token (from @BotFather)", hide_input=True).strip()
        given = {"token": token} | ({"api": api} if api else {})
        try:
            telegram = TelegramSettings.model_validate(given)
        except ValueError:
            typer.echo("That is no token: digits, a colon, then letters and digits.")
            continue
        if tried("Telegram", partial(_greet, telegram)):
            break
    answers.tables["telegram"] = {"token_file": "secrets/telegram"} | ({"api": api} if api else {})
    answers.secrets["telegram"] = token


async def _greet(telegram: Any) -> str:
    from aiogram import exceptions

    from connectors.telegram import open_bot

    bot = open_bot(telegram)
    try:
        return f"@{(await bot.get_me()).username}"
    except exceptions.AiogramError as error:
        raise SettingsFault(f"{type(error).__name__}: {getattr(error, 'message', '')}") from None
    finally:
        await bot.session.close()


def _ask_hours(answers: Answers) -> None:
    from bot.settings_sections import HoursSettings

    while True:
        days = choose("Working days", tuple(_DAYS), "mon-fri")
        spans = typer.prompt("Working hours", default="09:00-18:00")
        country = typer.prompt("Country of the public holidays (- for none)", default="RU")
        hours: dict[str, Any] = {
            day: [span.strip() for span in spans.split(",")] for day in _WEEK[: _DAYS[days]]
        }
        if country.strip() not in {"", "-"}:
            hours = {"country": country.strip().upper(), **hours}
        try:
            HoursSettings.model_validate(hours)
        except ValueError:
            typer.echo('Write hours as "09:00-13:00, 14:00-18:00" and the country as "RU".')
        else:
            break
    answers.tables["hours"] = hours


def _own_zone() -> str:
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name() or "Europe/Moscow"
    except (LookupError, ValueError, OSError):
        return "Europe/Moscow"


def _write(path: Path, answers: Answers) -> None:
    """The secrets first, so that the settings never name a file that is not there."""
    folder = path.parent / "secrets"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, secret in answers.secrets.items():
            _write_private(folder / name, secret + "\n")
        _write_private(path, _as_toml(answers.tables))
    except OSError as error:
        refuse(f"{error.filename} cannot be written: {error.strerror}.")


def _write_private(path: Path, text: str) -> None:
    """For our eyes only from the first byte on; replaced in one step."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _as_toml(tables: dict[str, dict[str, Any]]) -> str:
    """Tables of texts, numbers and lists of texts; JSON's are TOML's."""
    parts = ["# All that can be set stands in okno.example.toml.\n"]
    for name, values in tables.items():
        lines = (f"{key} = {json.dumps(one, ensure_ascii=False)}" for key, one in values.items())
        parts.append(f"[{name}]\n" + "\n".join(lines) + "\n")
    return "\n".join(parts)


def _check_as_a_whole(path: Path) -> None:
    from bot.settings import load

    load(path)
