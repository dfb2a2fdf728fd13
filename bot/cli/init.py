"""`okno init`: asks, tries each answer by using it, and writes the settings and the secrets."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path
from typing import Any

import typer

from bot.cli.answers import Answers, tried
from bot.cli.asking import choose, confirm
from bot.cli.frame import refuse
from bot.cli.init_mailbox import ask_mailbox
from bot.outer_words import system_fault
from bot.settings_faults import SettingsFault
from bot.texts import LANGUAGES, Say
from inbox.phrases import Phrase

_NO_ZONE = {"", "UTC", "UCT", "GMT", "Zulu", "Universal"}
_DAYS = {"mon-fri": 5, "mon-sat": 6, "mon-sun": 7}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def ask_and_write(path: Path, api: str | None, say: Say) -> None:
    """Ask for everything and write `path` and the folder `secrets` beside it."""
    again = say("{path} is there already. Write it anew?", path=path)
    if path.exists() and not confirm(say, again, default=False):
        refuse(Phrase("Nothing was written."))
    answers = Answers(say)
    _ask_studio(answers)
    _ask_telegram(answers, api)
    while confirm(say, say("Connect a mailbox?"), default=not answers.mailboxes):
        ask_mailbox(answers)
    _ask_hours(answers)
    _write(path, answers)
    _check_as_a_whole(path)
    secrets = path.parent / "secrets"
    typer.echo(say("Written: {path}. The secrets are in {folder}.", path=path, folder=secrets))
    typer.echo(say("Next (@userinfobot in Telegram tells your own id):"))
    steps = {
        'okno team add --name "..." --telegram-id ... --role head': say("(you)"),
        "okno check": say("(everything at once)"),
        **{f"okno mailbox login {login}": say("(the consent)") for login in answers.logins},
        "okno run": "",
    }
    for command, why in steps.items():
        typer.echo(f"  {command:<60}{why}".rstrip())


def _ask_studio(answers: Answers) -> None:
    from bot.settings_sections import StudioSettings

    studio = answers.tables["studio"] = {}
    studio["name"] = typer.prompt(answers.say("Name of the studio"))
    while True:
        zone = typer.prompt(answers.say("Time zone"), default=_own_zone())
        try:
            StudioSettings(name="x", timezone=zone)
        except ValueError:
            typer.echo(answers.say('No such time zone; write a name such as "Europe/Moscow".'))
        else:
            break
    studio["timezone"] = zone
    say = answers.say
    studio["language"] = choose(say, say("Language"), LANGUAGES, say.language)


def _ask_telegram(answers: Answers, api: str | None) -> None:
    from connectors.telegram.config import TelegramSettings

    say = answers.say
    while True:
        token = typer.prompt(say("Bot token (from @BotFather)"), hide_input=True).strip()
        given = {"token": token} | ({"api": api} if api else {})
        try:
            telegram = TelegramSettings.model_validate(given)
        except ValueError:
            typer.echo(say("That is no token: digits, a colon, then letters and digits."))
            continue
        if tried(say, "Telegram", partial(_greet, telegram)):
            break
    answers.tables["telegram"] = {"token_file": "secrets/telegram"} | ({"api": api} if api else {})
    answers.secrets["telegram"] = token


async def _greet(telegram: Any) -> str:
    from aiogram import exceptions

    from connectors.telegram import open_bot

    bot = open_bot(telegram)
    try:
        return f"@{(await bot.get_me()).username}"
    except exceptions.TelegramUnauthorizedError:
        raise SettingsFault(Phrase("Telegram does not know this token")) from None
    except exceptions.AiogramError as error:
        fault = type(error).__name__
        raise SettingsFault(
            Phrase(
                "no answer ({fault}). Where Telegram is blocked, keep the token, and name a proxy"
                " in [telegram] afterwards",
                fault=fault,
            )
        ) from None
    finally:
        await bot.session.close()


def _ask_hours(answers: Answers) -> None:
    from bot.settings_clock import HoursSettings

    say = answers.say
    while True:
        days = choose(say, say("Working days"), tuple(_DAYS), "mon-fri")
        spans = typer.prompt(say("Working hours"), default="09:00-18:00")
        prompt = say("Country of the public holidays (- for none)")
        country = typer.prompt(prompt, default="RU")
        hours: dict[str, Any] = {
            day: [span.strip() for span in spans.split(",")] for day in _WEEK[: _DAYS[days]]
        }
        if country.strip() not in {"", "-"}:
            hours = {"country": country.strip().upper(), **hours}
        try:
            HoursSettings.model_validate(hours)
        except ValueError:
            typer.echo(say('Write hours as "09:00-13:00, 14:00-18:00" and the country as "RU".'))
        else:
            break
    answers.tables["hours"] = hours


def _own_zone() -> str:
    """This machine's zone; a server's UTC is nobody's office hours."""
    from tzlocal import get_localzone_name

    try:
        name = get_localzone_name() or ""
    except (LookupError, ValueError, OSError):
        name = ""
    return "Europe/Moscow" if name.removeprefix("Etc/") in _NO_ZONE else name


def _write(path: Path, answers: Answers) -> None:
    """The secrets first, so that the settings never name a file that is not there."""
    folder = path.parent / "secrets"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, secret in answers.secrets.items():
            _write_private(folder / name, secret + "\n")
        _write_private(path, _as_toml(answers))
    except OSError as error:
        fault = system_fault(error)
        refuse(Phrase("{path} cannot be written: {fault}.", path=error.filename, fault=fault))


def _write_private(path: Path, text: str) -> None:
    """For our eyes only from the first byte on; replaced in one step."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)
    draft.touch(mode=0o600)
    draft.write_text(text, encoding="utf-8")
    draft.replace(path)


def _as_toml(answers: Answers) -> str:
    """Tables of texts, numbers and lists of texts; JSON's are TOML's."""
    head = answers.say("All that can be set stands in okno.example.toml.")
    parts = [f"# {head}\n"]
    for name, values in answers.tables.items():
        lines = (f"{key} = {json.dumps(one, ensure_ascii=False)}" for key, one in values.items())
        parts.append(f"[{name}]\n" + "\n".join(lines) + "\n")
    return "\n".join([*parts, _promises(answers.say)])


def _promises(say: Say) -> str:
    """What is promised, for whoever wants to change it: commented lines of the settings."""
    first = say("the first reply in a conversation")
    lines = (
        say("How soon clients are answered, in working time:"),
        "[sla]",
        'reply_within = "1h"',
        f'first_reply_within = "30m"  # {first}',
        "[sla.tiers.vip]",
        'reply_within = "20m"  # okno clients set NAME --tier vip',
        "",
        say("Whether clients who write off hours are told when you open:"),
        "[out_of_hours]",
        "reply = true",
    )
    return "\n".join(f"# {line}".rstrip() for line in lines) + "\n"


def _check_as_a_whole(path: Path) -> None:
    from bot.settings import load

    load(path)
