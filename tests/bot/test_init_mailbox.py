"""`okno init` finds a mailbox's servers: an address and a password are all that it asks for."""

from __future__ import annotations

import asyncio

import typer
from typer.testing import CliRunner

from bot.cli.answers import Answers
from bot.cli.init_mailbox import ask_mailbox
from bot.texts import speaker
from connectors.email.autoconfig import Servers
from connectors.email.discovery import Found
from connectors.email.presets import MAIL_RU, MICROSOFT_365, Place
from tests.bot.process_world import STUDIO, Studio
from tests.bot.process_world import studio as _studio

studio = _studio


def told(answers: Answers, found: Found | None, *given: str) -> str:
    """What is said while this is typed; the answers are filled."""
    program = typer.Typer()
    program.command()(lambda: ask_mailbox(answers, lambda _: found))
    result = CliRunner().invoke(program, input="\n".join(given) + "\n")
    assert result.exit_code == 0, result.output
    return result.output


def of_studio(studio: Studio) -> Found:
    # The demonstration's server has no TLS, which no discovery would find.
    places = [
        Place("127.0.0.1", "none", port)  # type: ignore[arg-type]  # see above
        for port in (studio.mail.imap_port, studio.mail.smtp_port)
    ]
    return Found(Servers(places[0], places[1], STUDIO.address, STUDIO.address), "autoconfig")


async def test_an_address_and_a_password_are_enough(studio: Studio) -> None:
    answers = Answers(speaker("en"))
    given = (STUDIO.address, "y", "no-such-password", "n", "n", STUDIO.password)
    said = await asyncio.to_thread(told, answers, of_studio(studio), *given)
    assert "✗ IMAP: the server refused our login" in said
    assert "✓ IMAP: IDLE" in said
    assert "✓ SMTP: login accepted" in said
    assert STUDIO.password not in said
    assert answers.secrets == {"mail-info": STUDIO.password}
    assert answers.tables["mailboxes.info"] == {"address": STUDIO.address}
    assert answers.tables["mailboxes.info.smtp"] == {
        "host": "127.0.0.1",
        "security": "none",
        "port": studio.mail.smtp_port,
        "user": STUDIO.address,
        "password_file": "secrets/mail-info",
    }


async def test_servers_of_a_foreign_domain_get_no_password_unasked(studio: Studio) -> None:
    answers = Answers(speaker("en"))
    server = ("127.0.0.1", "none")
    imap, smtp = str(studio.mail.imap_port), str(studio.mail.smtp_port)
    given = (STUDIO.address, "", *server, imap, "", STUDIO.password, *server, smtp, "", "")
    said = await asyncio.to_thread(told, answers, of_studio(studio), *given)
    assert "Not of the mailbox's own domain: 127.0.0.1, 127.0.0.1." in said
    assert "✓ SMTP: login accepted" in said


def test_what_the_provider_needs_is_said_in_the_studios_language() -> None:
    servers = Servers(MICROSOFT_365.imap, MICROSOFT_365.smtp, "a@firm.test", "a@firm.test")
    answers = Answers(speaker("ru"))
    said = told(answers, Found(servers, "mx", MICROSOFT_365), "a@firm.test", "client-id")
    assert "Microsoft 365: IMAP outlook.office365.com:993 (tls)" in said
    assert "Зарегистрируйте приложение" in said
    assert answers.tables["mailboxes.a"] == {
        "address": "a@firm.test",
        "sent_copy": "provider",
        "auth": "microsoft",
        "client_id": "client-id",
    }
    assert answers.logins == ["a"]
    assert answers.secrets == {}


def test_a_mailbox_that_cannot_be_tried_now_may_be_kept() -> None:
    closed = Servers(
        Place("127.0.0.1", "tls", 1), Place("127.0.0.1", "tls", 1), "a@bk.ru", "a@bk.ru"
    )
    answers = Answers(speaker("en"))
    said = told(answers, Found(closed, "preset", MAIL_RU), "a@bk.ru", "secret", "y", "y")
    assert "password for external applications" in said
    assert answers.tables["mailboxes.a.imap"]["port"] == 1
    assert "sent_copy" not in answers.tables["mailboxes.a"]
