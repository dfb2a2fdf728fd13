"""`okno init`, a mailbox: an address and a password; the rest is found, or asked for."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

import typer

from bot.cli.answers import Answers, tried
from bot.cli.asking import choose, confirm, whole_number
from bot.cli.frame import run
from bot.texts import Say

if TYPE_CHECKING:
    from connectors.email.autoconfig import Servers
    from connectors.email.discovery import Found
    from connectors.email.presets import Place, Provider

LOOK_WITHIN = 20.0  # seconds


def ask_mailbox(answers: Answers, find: Callable[[str], Found | None] | None = None) -> None:
    """Ask for a mailbox and try it. `find` looks for the servers of an address."""
    say = answers.say
    address = typer.prompt(say("Address of the mailbox")).strip()
    name = _free_name(address, answers.mailboxes)
    typer.echo(say("Looking for its servers ..."))
    found = (find or _look)(address)
    if found is None:
        typer.echo(say("Nothing tells of its servers; please name them."))
    elif _accepted(found, address, answers) and _with_found(answers, name, address, found):
        return
    _by_hand(answers, name, address, found)


def _look(address: str) -> Found | None:
    from connectors.email.discovery import Discovery

    async def bounded() -> Found | None:
        async with asyncio.timeout(LOOK_WITHIN):
            return await Discovery().find(address)

    try:
        return run(bounded())
    except TimeoutError:
        return None


def _accepted(found: Found, address: str, answers: Answers) -> bool:
    """Show what was found. What anybody may have put into DNS is asked about."""
    from connectors.email.config import IMAP_PORTS, SMTP_PORTS
    from connectors.email.discovery import differs

    say, servers, provider = answers.say, found.servers, found.provider
    who = provider.name if provider is not None else address.rpartition("@")[2]
    imap, smtp = _shown(servers.imap, IMAP_PORTS), _shown(servers.smtp, SMTP_PORTS)
    typer.echo(f"{who}: IMAP {imap}, SMTP {smtp}.")
    if provider is not None:
        for number, step in enumerate(provider.steps(say.language), 1):
            typer.echo(f"  {number}. {step}")
        return True
    elsewhere = list(differs(servers, address.rpartition("@")[2]))
    if elsewhere:
        hosts = ", ".join(elsewhere)
        typer.echo(say("Not of the mailbox's own domain: {hosts}.", hosts=hosts))
    return confirm(say, say("Send the password there?"), default=not elsewhere)


def _shown(place: Place, usual: dict[str, int]) -> str:
    return f"{place.host}:{place.port or usual[place.security]} ({place.security})"


def _with_found(answers: Answers, name: str, address: str, found: Found) -> bool:
    """Whether the mailbox works with what was found, or is kept all the same."""
    provider = found.provider
    if provider is not None and provider.oauth is not None:
        _with_consent(answers, name, address, found.servers, provider)
        return True
    say = answers.say
    while True:
        password = typer.prompt(say("Password"), hide_input=True)
        servers = {
            kind: {**table, "password": password} for kind, table in _tables(found.servers).items()
        }
        mailbox = _mailbox(say, address, servers)
        if mailbox is not None and _both_tried(say, mailbox):
            break
        if confirm(say, say("Name the servers yourself?"), default=False):
            return False
    answers.secrets[f"mail-{name}"] = password
    _put(answers, name, address, provider)
    for kind, table in _tables(found.servers).items():
        answers.tables[f"mailboxes.{name}.{kind}"] = {
            **table,
            "password_file": f"secrets/mail-{name}",
        }
    return True


def _both_tried(say: Say, mailbox: Any) -> bool:
    from connectors.email import check_imap, check_smtp

    imap = tried(say, "IMAP", partial(check_imap, mailbox))
    return imap and tried(say, "SMTP", partial(check_smtp, mailbox))


def _with_consent(
    answers: Answers, name: str, address: str, servers: Servers, provider: Provider
) -> None:
    """The consent itself is given once the settings stand: `okno mailbox login NAME`."""
    client_id = typer.prompt(answers.say("Application (client) ID")).strip()
    _put(answers, name, address, provider)
    answers.tables[f"mailboxes.{name}"] |= {"auth": provider.oauth, "client_id": client_id}
    for kind, table in _tables(servers).items():
        answers.tables[f"mailboxes.{name}.{kind}"] = table
    answers.logins.append(name)


def _put(answers: Answers, name: str, address: str, provider: Provider | None) -> None:
    table = answers.tables[f"mailboxes.{name}"] = {"address": address}
    if provider is not None and provider.keeps_sent:
        table["sent_copy"] = "provider"


def _tables(servers: Servers) -> dict[str, dict[str, Any]]:
    """The tables of both servers without their secrets."""
    return {
        kind: {
            "host": place.host,
            "security": place.security,
            **({"port": place.port} if place.port else {}),
            "user": user,
        }
        for kind, place, user in (
            ("imap", servers.imap, servers.imap_user),
            ("smtp", servers.smtp, servers.smtp_user),
        )
    }


def _by_hand(answers: Answers, name: str, address: str, found: Found | None) -> None:
    from connectors.email import check_imap, check_smtp

    say = answers.say
    domain = address.rpartition("@")[2].lower()
    hosts = {"imap": f"imap.{domain}", "smtp": f"smtp.{domain}"}
    if found is not None:
        hosts = {"imap": found.servers.imap.host, "smtp": found.servers.smtp.host}
    checks = {"imap": check_imap, "smtp": check_smtp}
    box = f"mailboxes.{name}"
    _put(answers, name, address, found.provider if found is not None else None)
    servers: dict[str, Any] = {}
    user = address
    for kind, check in checks.items():
        known = answers.secrets.get(f"mail-{name}")
        table = {"host": hosts[kind], "security": "tls", "user": user}
        while True:
            table, password = _ask_server(say, kind.upper(), table, known)
            known, user = password, table["user"]
            servers[kind] = {**table, "password": password}
            mailbox = _mailbox(say, address, {**dict.fromkeys(checks, servers[kind]), **servers})
            if mailbox is not None and tried(say, kind.upper(), partial(check, mailbox)):
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


def _free_name(address: str, taken: set[str]) -> str:
    """A mailbox's name from its address: info@studio.ru is "info"."""
    base = re.sub(r"[^a-z0-9]+", "-", address.partition("@")[0].lower()).strip("-") or "mail"
    return next(n for n in (base, *(f"{base}-{i}" for i in range(2, 1000))) if n not in taken)
