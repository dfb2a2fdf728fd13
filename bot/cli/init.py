"""`okno init`: asks, tries each answer by using it, and writes the settings and the secrets."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import typer

from bot.cli.frame import refuse, run
from bot.settings_faults import SettingsFault
from inbox.errors import OknoError

TRY_WITHIN = 30.0  # seconds

_PROVIDERS = {
    "yandex.ru": ("imap.yandex.ru", "smtp.yandex.ru"),
    "ya.ru": ("imap.yandex.ru", "smtp.yandex.ru"),
    "mail.ru": ("imap.mail.ru", "smtp.mail.ru"),
    "bk.ru": ("imap.mail.ru", "smtp.mail.ru"),
    "gmail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "outlook.com": ("outlook.office365.com", "smtp.office365.com"),
}
_DAYS = {"mon-fri": 5, "mon-sat": 6, "mon-sun": 7}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Answers:
    """What was answered so far: TOML tables by their name, secrets by their file's name."""

    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


def ask_and_write(path: Path, api: str | None) -> None:
    """Ask for everything and write `path` and the folder `secrets` beside it."""
    if path.exists() and not typer.confirm(f"{path} is there already. Write it anew?"):
        refuse("Nothing was written.")
    answers = Answers()
    _ask_studio(answers)
    _ask_telegram(answers, api)
    while typer.confirm("Connect a mailbox?", default=not _mailboxes(answers)):
        _ask_mailbox(answers)
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
    studio["language"] = _choose("Language", ("ru", "en"), "ru")


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
        if _tried("Telegram", partial(_greet, telegram)):
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


def _ask_mailbox(answers: Answers) -> None:
    from connectors.email import check_imap, check_smtp

    address = typer.prompt("Address of the mailbox").strip()
    name = _free_name(address, _mailboxes(answers))
    domain = address.rpartition("@")[2].lower()
    hosts = _PROVIDERS.get(domain, (f"imap.{domain}", f"smtp.{domain}"))
    checks = {"imap": check_imap, "smtp": check_smtp}
    box = f"mailboxes.{name}"
    answers.tables[box] = {"address": address}
    servers: dict[str, Any] = {}
    for (kind, check), host in zip(checks.items(), hosts, strict=True):
        known = answers.secrets.get(f"mail-{name}")
        while True:
            table, password = _ask_server(kind, host, address, known)
            servers[kind] = {**table, "password": password}
            mailbox = _mailbox(address, {**dict.fromkeys(checks, servers[kind]), **servers})
            if mailbox is not None and _tried(kind.upper(), partial(check, mailbox)):
                break
        secret = f"mail-{name}"
        if answers.secrets.setdefault(secret, password) != password:
            secret = f"mail-{name}-{kind}"
            answers.secrets[secret] = password
        answers.tables[f"{box}.{kind}"] = {**table, "password_file": f"secrets/{secret}"}


def _ask_server(kind: str, host: str, user: str, known: str | None) -> tuple[dict[str, Any], str]:
    table: dict[str, Any] = {
        "host": typer.prompt(f"{kind.upper()} server", default=host).strip(),
        "security": _choose(f"{kind.upper()} security", ("tls", "starttls", "none"), "tls"),
    }
    port = typer.prompt(f"{kind.upper()} port (0: the usual one)", default=0, type=int)
    if port:
        table["port"] = port
    table["user"] = typer.prompt(f"{kind.upper()} user", default=user).strip()
    again = " (Enter: the same)" if known else ""
    password = typer.prompt(
        f"{kind.upper()} password{again}", hide_input=True, default=known or "", show_default=False
    )
    return table, password


def _mailbox(address: str, servers: dict[str, Any]) -> Any:
    """The mailbox that the answers make; None where they make none, and that is said."""
    from pydantic import ValidationError

    from connectors.email.config import MailboxSettings

    try:
        return MailboxSettings.model_validate({"address": address, **servers})
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            fault = str(one.get("ctx", {}).get("error", one["msg"]))
            typer.echo(f"{'.'.join(map(str, one['loc']))}: {fault}")
        return None


def _ask_hours(answers: Answers) -> None:
    from bot.settings_sections import HoursSettings

    while True:
        days = _choose("Working days", tuple(_DAYS), "mon-fri")
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


def _tried(what: str, attempt: Callable[[], Awaitable[Any]]) -> bool:
    """Whether the answer works, or is to be kept although it does not."""

    async def bounded() -> Any:
        async with asyncio.timeout(TRY_WITHIN):
            return await attempt()

    typer.echo(f"Trying {what} ...")
    try:
        said = run(bounded())
    except (OknoError, OSError, TimeoutError) as error:
        typer.echo(f"✗ {what}: {error or 'no answer'}")
        return typer.confirm("Keep this all the same?", default=False)
    typer.echo(f"✓ {what}{f': {said}' if said else ''}")
    return True


def _choose(what: str, choices: tuple[str, ...], default: str) -> str:
    while True:
        said = str(typer.prompt(f"{what} ({', '.join(choices)})", default=default)).strip().lower()
        if said in choices:
            return said
        typer.echo(f"One of: {', '.join(choices)}.")


def _own_zone() -> str:
    from tzlocal import get_localzone_name

    try:
        return get_localzone_name() or "Europe/Moscow"
    except (LookupError, ValueError, OSError):
        return "Europe/Moscow"


def _mailboxes(answers: Answers) -> set[str]:
    return {name.split(".")[1] for name in answers.tables if name.startswith("mailboxes.")}


def _free_name(address: str, taken: set[str]) -> str:
    """A mailbox's name from its address: info@studio.ru is "info"."""
    base = re.sub(r"[^a-z0-9]+", "-", address.partition("@")[0].lower()).strip("-") or "mail"
    return next(n for n in (base, *(f"{base}-{i}" for i in range(2, 1000))) if n not in taken)


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
