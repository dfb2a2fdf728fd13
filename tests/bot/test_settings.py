"""Settings: the file, the environment over it, secret files; faults are said, secrets are not."""

from __future__ import annotations

import re
import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from bot.settings import Settings, load
from bot.settings_sources import database_environment
from tests.bot.settings_files import BASE, MAILBOX, TOKEN, write

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OKNO_TELEGRAM__TOKEN", "OKNO_TELEGRAM__TOKEN_FILE", "OKNO_DATABASE__URL"):
        monkeypatch.delenv(name, raising=False)


def test_the_least_that_works(tmp_path: Path) -> None:
    found = load(write(tmp_path, BASE))
    assert found.studio.zone.key == "Europe/Moscow"
    assert found.studio.language == "ru"
    assert found.database.address == f"sqlite+aiosqlite:///{tmp_path}/okno.db"
    assert found.telegram.token.get_secret_value() == TOKEN
    assert found.hours.weekly[4] == ((time(9), time(18)),)
    assert found.hours.weekly[5] == ()
    assert found.sla.reply_within == timedelta(hours=1)
    assert found.sla.ladder is None
    assert found.sla.remind_before == timedelta(minutes=30)
    assert not found.out_of_hours.reply
    assert found.telegram.greeting
    assert found.desk.send_delay == timedelta(seconds=10)
    assert found.desk.topics == "auto"
    assert found.report.at == (0, time(9))
    assert (found.report.mail_to, found.report.theme, found.report.silent_weeks) == (
        (),
        "light",
        4,
    )
    assert found.health.port is None


def test_hours_days_off_and_ladder(tmp_path: Path) -> None:
    text = """
[hours]
mon = ["09:00-13:00", "14:00-18:00"]
sat = ["22:00-24:00"]
days_off = ["2026-08-03..2026-08-05", 2026-12-31, "2027-01-02"]
dates = { 2026-06-11 = ["9:00-13:00"], "2026-06-10" = [] }
[sla]
reply_within = "1h 30m"
ladder = [{ after = "90s", notify = "deputy", any_time = true }]
[report]
at = "Fri 17:30"
mail_to = ["head@studio.ru", "boss@studio.ru"]
theme = "dark"
silent_weeks = 6
"""
    found = load(write(tmp_path, BASE + MAILBOX + text))
    assert found.hours.mon == ((time(9), time(13)), (time(14), time(18)))
    assert found.hours.tue == ()
    assert found.hours.sat == ((time(22), time(0)),)
    assert found.hours.days_off == (
        date(2026, 8, 3),
        date(2026, 8, 4),
        date(2026, 8, 5),
        date(2026, 12, 31),
        date(2027, 1, 2),
    )
    assert found.hours.dates == {date(2026, 6, 11): ((time(9), time(13)),), date(2026, 6, 10): ()}
    assert found.sla.reply_within == timedelta(minutes=90)
    assert found.sla.ladder is not None
    assert found.sla.ladder[0].after == timedelta(seconds=90)
    assert found.sla.ladder[0].any_time
    assert found.report.at == (4, time(17, 30))
    assert found.report.mail_to == ("head@studio.ru", "boss@studio.ru")
    assert (found.report.theme, found.report.silent_weeks) == ("dark", 6)


def test_the_midnight_that_ends_sunday_is_mondays(tmp_path: Path) -> None:
    found = load(write(tmp_path, BASE + '[report]\nat = "sun 24:00"\n'))
    assert found.report.at == (0, time())


def test_environment_beats_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OKNO_STUDIO__NAME", "Other")
    monkeypatch.setenv("OKNO_MAILBOXES__INFO__IMAP__PASSWORD", "12345678")
    monkeypatch.setenv("OKNO_HOURS__MON", '["10:00-11:00"]')
    monkeypatch.setenv("OKNO_HEALTH__PORT", "8080")
    monkeypatch.setenv("OKNO_SLA__LADDER", '[{"after": "5m", "notify": "head"}]')
    monkeypatch.setenv("OKNO_LOG__LEVEL", "")
    found = load(write(tmp_path, BASE + MAILBOX))
    assert found.studio.name == "Other"
    assert found.mailboxes["info"].imap.password.get_secret_value() == "12345678"
    assert found.mailboxes["info"].smtp.password.get_secret_value() == "smtp-pass-word"
    assert found.hours.mon == ((time(10), time(11)),)
    assert found.health.port == 8080
    assert found.sla.ladder is not None
    assert found.sla.ladder[0].after == timedelta(minutes=5)
    assert found.log.level == "info"


def test_a_mailbox_from_the_environment_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("from-a-file\n")
    for server in ("IMAP", "SMTP"):
        monkeypatch.setenv(f"OKNO_MAILBOXES__SALES__{server}__HOST", "mail.studio.ru")
        monkeypatch.setenv(f"OKNO_MAILBOXES__SALES__{server}__USER", "sales")
        name = f"OKNO_MAILBOXES__SALES__{server}__PASSWORD_FILE"
        monkeypatch.setenv(name, str(tmp_path / "password"))
    monkeypatch.setenv("OKNO_MAILBOXES__SALES__ADDRESS", "sales@studio.ru")
    found = load(write(tmp_path, BASE + MAILBOX))
    assert set(found.mailboxes) == {"info", "sales"}
    assert found.mailboxes["sales"].smtp.password.get_secret_value() == "from-a-file"
    assert found.mailboxes["sales"].timezone == "Europe/Moscow"


def test_secret_files_beside_the_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "telegram").write_text(TOKEN + "\r\n")
    text = BASE.replace(f'token = "{TOKEN}"', 'token_file = "secrets/telegram"')
    assert load(write(tmp_path, text)).telegram.token.get_secret_value() == TOKEN
    other = TOKEN.replace("123456", "654321")
    monkeypatch.setenv("OKNO_TELEGRAM__TOKEN", other)
    assert load(write(tmp_path, text)).telegram.token.get_secret_value() == other


@pytest.mark.parametrize(
    ("url", "password", "address"),
    [
        ("sqlite:////var/lib/okno.db", None, "sqlite+aiosqlite:////var/lib/okno.db"),
        (
            "postgres://okno@db/okno",
            "p@ss/word",
            "postgresql+asyncpg://okno:p%40ss%2Fword@db/okno",
        ),
        ("postgresql://okno:old@db/okno", "new1", "postgresql+asyncpg://okno:new1@db/okno"),
        ("postgresql+asyncpg://okno:pw@db/okno", None, "postgresql+asyncpg://okno:pw@db/okno"),
    ],
)
def test_database_addresses(tmp_path: Path, url: str, password: str | None, address: str) -> None:
    text = f'{BASE}[database]\nurl = "{url}"\n'
    text += f'password = "{password}"\n' if password else ""
    found = load(write(tmp_path, text))
    assert found.database.address == address
    if password:
        assert password in found.secrets()
    assert not any("sqlite" in secret for secret in found.secrets())


def test_a_database_beside_the_settings(tmp_path: Path) -> None:
    found = load(write(tmp_path, BASE + '[database]\nurl = "sqlite:///data/okno.db"\n'))
    assert found.database.address == f"sqlite+aiosqlite:///{tmp_path}/data/okno.db"


def test_the_example_loads_and_names_every_key(tmp_path: Path) -> None:
    text = (ROOT / "okno.example.toml").read_text(encoding="utf-8")
    (tmp_path / "secrets").mkdir()
    for name in ("telegram", "mail-info"):
        (tmp_path / "secrets" / name).write_text(TOKEN)
    load(write(tmp_path, text))
    for path in sorted(keys(Settings)):
        assert re.search(
            rf"^(# )?{path}(_file)? = |^(# )?\[+[\w.]*{path}[.\]]", text, re.MULTILINE
        ), path


def test_the_examples_commented_lines_are_settings(tmp_path: Path) -> None:
    text = (ROOT / "okno.example.toml").read_text(encoding="utf-8")
    offered = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)
    offered = offered.replace('url = "sqlite:///okno.db"\n', "")
    (tmp_path / "secrets").mkdir()
    for name in ("telegram", "mail-info", "webhook", "staff", "database_password", "google"):
        (tmp_path / "secrets" / name).write_text(TOKEN)
    (tmp_path / "our-ca.pem").write_text("")
    tomllib.loads(offered)
    found = load(write(tmp_path, offered))
    assert found.telegram.staff is not None
    assert found.mailboxes["info"].manager == "Anna"


def keys(model: Any) -> set[str]:
    """The names of all keys of a model and of the models inside it."""
    names: set[str] = set()
    for name, field in model.model_fields.items():
        names.add(name)
        for inner in models(field.annotation):
            names |= keys(inner)
    return names


def models(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [one for part in getattr(annotation, "__args__", ()) for one in models(part)]


def test_a_databases_driver_finds_what_it_looks_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGPASSFILE", "/run/pgpass")
    monkeypatch.setenv("OKNO_TELEGRAM__TOKEN", "7001:secret")
    found = database_environment()
    assert found["PGPASSFILE"] == "/run/pgpass"
    assert not any(name.startswith("OKNO_") for name in found)
