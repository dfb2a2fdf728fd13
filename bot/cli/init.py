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

from bot.cli.asking import choose, confirm, whole_number
from bot.cli.frame import refuse, run
from bot.outer_words import system_fault
from bot.settings_faults import SettingsFault
from bot.texts import LANGUAGES, Say
from bot.wording import trouble
from inbox.errors import OknoError
from inbox.phrases import Phrase

TRY_WITHIN = 30.0  # seconds

_PROVIDERS = {
    "yandex.ru": ("imap.yandex.ru", "smtp.yandex.ru"),
    "ya.ru": ("imap.yandex.ru", "smtp.yandex.ru"),
    "mail.ru": ("imap.mail.ru", "smtp.mail.ru"),
    "bk.ru": ("imap.mail.ru", "smtp.mail.ru"),
    "gmail.com": ("imap.gmail.com", "smtp.gmail.com"),
    "outlook.com": ("outlook.office365.com", "smtp.office365.com"),
}
_NO_ZONE = {"", "UTC", "UCT", "GMT", "Zulu", "Universal"}
_DAYS = {"mon-fri": 5, "mon-sat": 6, "mon-sun": 7}
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass
class Answers:
    """What was answered so far: TOML tables by their name, secrets by their file's name.

    `say` speaks the language of who answers.
    """

    say: Say
    tables: dict[str, dict[str, Any]] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)


def ask_and_write(path: Path, api: str | None, say: Say) -> None:
    """Ask for everything and write `path` and the folder `secrets` beside it."""
    again = say("{path} is there already. Write it anew?", path=path)
    if path.exists() and not confirm(say, again, default=False):
        refuse(Phrase("Nothing was written."))
    answers = Answers(say)
    _ask_studio(answers)
    _ask_telegram(answers, api)
    while confirm(say, say("Connect a mailbox?"), default=not _mailboxes(answers)):
        _ask_mailbox(answers)
    _ask_hours(answers)
    _write(path, answers)
    _check_as_a_whole(path)
    secrets = path.parent / "secrets"
    typer.echo(say("Written: {path}. The secrets are in {folder}.", path=path, folder=secrets))
    typer.echo(say("Next (@userinfobot in Telegram tells your own id):"))
    steps = {
        'okno team add --name "..." --telegram-id ... --role head': say("(you)"),
        "okno check": say("(everything at once)"),
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
        if _tried(say, "Telegram", partial(_greet, telegram)):
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


def _ask_mailbox(answers: Answers) -> None:
    from connectors.email import check_imap, check_smtp

    say = answers.say
    address = typer.prompt(say("Address of the mailbox")).strip()
    name = _free_name(address, _mailboxes(answers))
    domain = address.rpartition("@")[2].lower()
    hosts = _PROVIDERS.get(domain, (f"imap.{domain}", f"smtp.{domain}"))
    checks = {"imap": check_imap, "smtp": check_smtp}
    box = f"mailboxes.{name}"
    answers.tables[box] = {"address": address}
    servers: dict[str, Any] = {}
    user = address
    for (kind, check), host in zip(checks.items(), hosts, strict=True):
        known = answers.secrets.get(f"mail-{name}")
        table = {"host": host, "security": "tls", "user": user}
        while True:
            table, password = _ask_server(say, kind.upper(), table, known)
            known, user = password, table["user"]
            servers[kind] = {**table, "password": password}
            mailbox = _mailbox(say, address, {**dict.fromkeys(checks, servers[kind]), **servers})
            if mailbox is not None and _tried(say, kind.upper(), partial(check, mailbox)):
                break
        secret = f"mail-{name}"
        if answers.secrets.setdefault(secret, password) != password:
            secret = f"mail-{name}-{kind}"
            answers.secrets[secret] = password
        answers.tables[f"{box}.{kind}"] = {**table, "password_file": f"secrets/{secret}"}


def _ask_server(
    say: Say, kind: str, before: dict[str, Any], known: str | None
) -> tuple[dict[str, Any], str]:
    """A server's table and password; `before` and `known` are what Enter answers."""
    security = say("{kind} security", kind=kind)
    table: dict[str, Any] = {
        "host": typer.prompt(say("{kind} server", kind=kind), default=before["host"]).strip(),
        "security": choose(say, security, ("tls", "starttls", "none"), before["security"]),
    }
    port_asked = say("{kind} port (0: the usual one)", kind=kind)
    if port := whole_number(say, port_asked, before.get("port", 0)):
        table["port"] = port
    table["user"] = typer.prompt(say("{kind} user", kind=kind), default=before["user"]).strip()
    prompt = say("{kind} password", kind=kind)
    if known:
        prompt = say("{kind} password (Enter: the same)", kind=kind)
    password = typer.prompt(prompt, hide_input=True, default=known or "", show_default=False)
    return table, password


def _mailbox(say: Say, address: str, servers: dict[str, Any]) -> Any:
    """The mailbox that the answers make; None where they make none, and that is said."""
    from pydantic import ValidationError

    from bot.settings_words import words_of
    from connectors.email.config import MailboxSettings

    try:
        return MailboxSettings.model_validate({"address": address, **servers})
    except ValidationError as error:
        for one in error.errors(include_input=False, include_url=False):
            key = ".".join(map(str, one["loc"]))
            typer.echo(
                say("{where} {what}{end}", where=key, what=say.said(words_of(one)), end=".")
            )
        return None


def _ask_hours(answers: Answers) -> None:
    from bot.settings_sections import HoursSettings

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


def _tried(say: Say, what: str, attempt: Callable[[], Awaitable[Any]]) -> bool:
    """Whether the answer works, or is to be kept although it does not."""

    async def bounded() -> Any:
        async with asyncio.timeout(TRY_WITHIN):
            return await attempt()

    typer.echo(say("Trying {what} ...", what=what))
    try:
        said = run(bounded())
    except (OknoError, OSError, TimeoutError) as error:
        typer.echo(f"✗ {what}: {trouble(say, error)}")
        return confirm(say, say("Keep this all the same?"), default=False)
    typer.echo(f"✓ {what}{f': {say.said(said)}' if said else ''}")
    return True


def _own_zone() -> str:
    """This machine's zone; a server's UTC is nobody's office hours."""
    from tzlocal import get_localzone_name

    try:
        name = get_localzone_name() or ""
    except (LookupError, ValueError, OSError):
        name = ""
    return "Europe/Moscow" if name.removeprefix("Etc/") in _NO_ZONE else name


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
    return "\n".join(parts)


def _check_as_a_whole(path: Path) -> None:
    from bot.settings import load

    load(path)
