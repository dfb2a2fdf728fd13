"""The demo's studio is what the product takes: its settings are valid, its clients importable."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from bot.clients_file import read_clients
from bot.settings import load
from bot.terms import policies_of
from sandbox import studio

SERVERS = studio.Servers("http://127.0.0.1:8081", 1143, 1025, 8080)


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_settings_are_valid_and_lead_to_the_sandbox_alone(
    tmp_path: Path, language: str
) -> None:
    file = tmp_path / "okno.toml"
    file.write_text(studio.settings(SERVERS, language), encoding="utf-8")
    settings = load(file)

    assert settings.telegram.api == SERVERS.bot_api
    mailbox = settings.mailboxes["info"]
    assert mailbox.address == studio.MAILBOX
    assert (mailbox.imap.host, mailbox.imap.port) == ("127.0.0.1", SERVERS.imap_port)
    assert (mailbox.smtp.host, mailbox.smtp.port) == ("127.0.0.1", SERVERS.smtp_port)
    assert (settings.studio.language, settings.health.port) == (language, 8080)
    assert [rung.notify for rung in settings.sla.ladder or ()] == ["manager", "head"]
    assert policies_of(settings).policy("telegram", "vip", first=True).reply_within == timedelta(
        minutes=20
    )
    assert settings.out_of_hours.reply
    assert len(settings.hours.sat) == 0


def test_every_client_is_importable_and_has_a_manager(tmp_path: Path) -> None:
    file = tmp_path / "clients.csv"
    file.write_text(studio.clients_csv(), encoding="utf-8")
    lines = read_clients(file, None).lines
    assert [line.faults for line in lines] == [()] * 4
    assert [len(line.handles) for line in lines] == [2] * 4
    managers = {one.name for one in studio.STAFF if one.role == "manager"}
    assert {
        row["manager"] for row in csv.DictReader(io.StringIO(studio.clients_csv()))
    } == managers


def test_nobody_shares_a_telegram_id_or_an_address() -> None:
    everybody = (*studio.STAFF, *studio.EVERYBODY)
    assert len({one.person_id for one in everybody}) == len(everybody)
    assert len({one.email for one in studio.EVERYBODY}) == len(studio.EVERYBODY)
