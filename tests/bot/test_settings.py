"""Settings: the file, the environment over it, secret files; faults are said, secrets are not."""

from __future__ import annotations

import json
import re
import tomllib
from datetime import date, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.settings import Settings, load
from bot.settings_faults import SettingsFault

ROOT = Path(__file__).parents[2]
TOKEN = "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
MAILBOX = """
[mailboxes.info]
address = "info@studio.ru"
[mailboxes.info.imap]
host = "imap.studio.ru"
user = "info"
password = "imap-pass-word"
[mailboxes.info.smtp]
host = "smtp.studio.ru"
user = "info"
password = "smtp-pass-word"
"""
BASE = f"""
[studio]
name = "Studio"
timezone = "Europe/Moscow"
[telegram]
token = "{TOKEN}"
"""


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OKNO_TELEGRAM__TOKEN", "OKNO_TELEGRAM__TOKEN_FILE", "OKNO_DATABASE__URL"):
        monkeypatch.delenv(name, raising=False)


def write(folder: Path, text: str) -> Path:
    path = folder / "okno.toml"
    path.write_text(text, encoding="utf-8")
    return path


def fault(folder: Path, text: str) -> str:
    with pytest.raises(SettingsFault) as caught:
        load(write(folder, text))
    return str(caught.value)


def test_the_least_that_works(tmp_path: Path) -> None:
    found = load(write(tmp_path, BASE))
    assert found.studio.zone.key == "Europe/Moscow"
    assert found.studio.language == "ru"
    assert found.database.address == f"sqlite+aiosqlite:///{tmp_path}/okno.db"
    assert found.telegram.token.get_secret_value() == TOKEN
    assert found.hours.weekly[4] == ((time(9), time(18)),)
    assert found.hours.weekly[5] == ()
    assert found.sla.reply_within == timedelta(hours=1)
    assert [(one.after, one.notify) for one in found.sla.rungs] == [
        (timedelta(minutes=45), "manager"),
        (timedelta(hours=1), "head"),
    ]
    assert found.report.at == (0, time(9))
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
"""
    found = load(write(tmp_path, BASE + text))
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
    assert found.sla.rungs[0].after == timedelta(seconds=90)
    assert found.sla.rungs[0].any_time
    assert found.report.at == (4, time(17, 30))


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
    assert found.sla.rungs[0].after == timedelta(minutes=5)
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


FAULTS = [
    ("[studio]\nname = ", r"okno\.toml is not valid TOML: .*line 2, column 8"),
    ("", r"okno.toml: studio is missing\. Add \[studio\] with name and timezone\."),
    ("", r"okno.toml: telegram is missing\. Add \[telegram\] with the token"),
    (BASE.replace("Moscow", "Moskow"), r"studio.timezone is not the name .* Europe/Moscow\?"),
    (BASE.replace("Studio", ""), r"studio.name .*at least 1 character"),
    (BASE.replace('"Studio"', "7"), r"studio.name must be a text in quotes"),
    (BASE + 'tokn = "x"\n', r"telegram.tokn is not a known key. Did you mean token\?"),
    (BASE + "[zoo]\n", r"okno.toml: zoo is not a known key"),
    (BASE + 'mode = "push"\n', r"telegram.mode must be 'polling' or 'webhook'"),
    (BASE + 'mode = "webhook"\n', r"telegram mode = \"webhook\" needs"),
    (BASE.replace(TOKEN, "not-a-token-at-all"), r"telegram.token is not a bot's token.*BotFather"),
    (BASE + 'token_file = "x"\n', r"telegram.token and telegram.token_file are both set"),
    (BASE.replace(f'token = "{TOKEN}"', 'token_file = "gone"'),
     r"telegram.token_file names a file that cannot be read \(No such file or directory\)"),
    (BASE.replace(f'token = "{TOKEN}"', "token_file = 7"), r"telegram.token_file must be a path"),
    (BASE + "[health]\nport = 99999\n", r"health.port .*65535"),
    (BASE + '[hours]\nmon = ["9-18"]\n', r"hours.mon.0 \"9\" is not a time of day"),
    (BASE + '[hours]\nmon = ["09:00"]\n', r"hours.mon.0 must be working hours such as"),
    (BASE + '[hours]\nmon = ["24:00-18:00"]\n', r"hours.mon.0 working hours begin"),
    (BASE + '[hours]\nmon = "09:00-18:00"\n', r"hours.mon must be a list"),
    (BASE + '[hours]\nmonday = []\n', r"hours.monday is not a known key. Did you mean"),
    (BASE + '[hours]\ncountry = "Russia"\n', r"hours.country"),
    (BASE + '[hours]\ndays_off = ["2026-02-30"]\n', r"hours.days_off.0"),
    (BASE + '[hours]\ndays_off = ["2026-08-05..2026-08-03"]\n', r"hours.days_off .*forward"),
    (BASE + '[hours]\ndays_off = ["2026-08-05..x"]\n', r"hours.days_off must be dates"),
    (BASE + '[sla]\nreply_within = "soon"\n', r"sla.reply_within must be a duration such as"),
    (BASE + "[sla]\nreply_within = 60\n", r"sla.reply_within must be a duration in quotes"),
    (BASE + '[sla]\nreply_within = "0m"\n', r"sla.reply_within must be longer than nothing"),
    (BASE + '[sla]\nreply_within = "99999999h"\n', r"sla.reply_within must be a year at most"),
    (BASE + '[sla]\nladder = []\n', r"sla.ladder"),
    (BASE + '[sla]\nladder = [{after="2m",notify="boss"}]\n', r"sla.ladder.0.notify must be"),
    (BASE + '[sla]\nladder = [{after="2m",notify="head"},{after="1m",notify="head"}]\n',
     r"sla must have its rungs in order"),
    (BASE + '[report]\nat = "someday"\n', r"report.at must begin with one of mon, tue"),
    (BASE + '[database]\nurl = "mysql://root@db/x"\n', r"database.url must begin with sqlite"),
    (BASE + '[database]\nurl = "sqlite://"\n', r"database.url must name a file"),
    (BASE + MAILBOX.replace("mailboxes.info", "mailboxes.'In Fo'"), r"mailboxes.In Fo"),
    (BASE + MAILBOX.replace("info@studio.ru", "nobody"), r"mailboxes.info.address .*e-mail"),
    (BASE + MAILBOX + MAILBOX.replace(".info", ".other"), r"mailboxes name info@studio.ru twice"),
    (BASE + MAILBOX.replace('password = "imap-pass-word"\n', ""),
     r"mailboxes.info.imap.password is missing. Put it into password, or its file's path into"),
    (BASE + '[log]\nlevel = "loud"\n', r"log.level must be 'debug', 'info', 'warning' or 'error'"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), FAULTS)
def test_a_fault_names_key_fault_and_fix(tmp_path: Path, text: str, sentence: str) -> None:
    said = fault(tmp_path, text)
    assert re.search(sentence, said), said
    assert TOKEN not in said
    assert "pass-word" not in said
    assert "pydantic" not in said


def test_a_missing_file_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match=r"There is no settings file .*`okno init`"):
        load(tmp_path / "okno.toml")


def test_a_folder_and_bytes_are_no_settings(tmp_path: Path) -> None:
    with pytest.raises(SettingsFault, match="cannot be read: Is a directory"):
        load(tmp_path)
    (tmp_path / "okno.toml").write_bytes(b"[studio]\nname = '\xd1\xf2\xf3'\n")
    with pytest.raises(SettingsFault, match="is not UTF-8 text"):
        load(tmp_path / "okno.toml")


def test_a_fault_in_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKNO_HEALTH__PORT", "many")
    assert fault(tmp_path, BASE).startswith("OKNO_HEALTH__PORT ")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("OKNO_TELEGRM__TOKEN", "x", "OKNO_TELEGRM__TOKEN is not a known variable"),
        ("OKNO_TELEGRAM__TOKN", "x", "OKNO_TELEGRAM__TOKN is not a known key. Did you mean token"),
        ("OKNO_HOURS__MON", "09:00-18:00", "OKNO_... variable holds no valid JSON"),
    ],
)
def test_unknown_and_malformed_variables(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, sentence: str
) -> None:
    monkeypatch.setenv(name, value)
    assert sentence in fault(tmp_path, BASE)


def test_service_links_of_a_container_engine_are_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKNO_PORT", "tcp://10.0.0.1:8080")
    monkeypatch.setenv("OKNO_SERVICE_HOST", "10.0.0.1")
    assert load(write(tmp_path, BASE)).studio.name == "Studio"


SECRET = st.text('QXZJ0123456789:/@%-_"\\ \n{}[]é', min_size=9, max_size=40).filter(
    lambda text: len(set(text)) > 4 and text.strip() == text
)
SPOILED = st.sampled_from(
    [
        {"studio": {"timezone": "Nowhere"}},
        {"telegram": {"mode": 7}},
        {"telegram": {"token": 7}},
        {"telegram": {"webhook": {"url": 1}}},
        {"mailboxes": {"info": {"imap": {"port": "x"}}}},
        {"mailboxes": {"info": {"smtp": {"security": "none"}}}},
        {"mailboxes": {"info": {"imap": "x"}}},
        {"database": {"url": "oracle://x"}},
        {"nothing": {"token": "x"}},
    ]
)


@given(
    secrets=st.tuples(SECRET, SECRET, SECRET, SECRET),
    spoiled=SPOILED,
    place=st.sampled_from(["token", "imap", "url", "webhook", "port"]),
)
@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_fault_ever_says_a_secret(
    tmp_path: Path, secrets: tuple[str, str, str, str], spoiled: dict[str, Any], place: str
) -> None:
    values: dict[str, Any] = {
        "studio": {"name": "Studio", "timezone": "Europe/Moscow"},
        "telegram": {"token": secrets[0], "webhook": {"url": "https://x", "secret": secrets[3]}},
        "database": {"url": "postgresql://okno@db/okno", "password": secrets[2]},
        "mailboxes": {
            "info": {
                "address": "info@studio.ru",
                "imap": {"host": "h", "user": "u", "password": secrets[1]},
                "smtp": {"host": "h", "user": "u", "password": secrets[1]},
            }
        },
    }
    match place:
        case "token":
            values["telegram"]["tokn"] = secrets[0]
        case "imap":
            values["mailboxes"]["info"]["imap"]["password"] = [secrets[1]]
        case "url":
            values["database"]["url"] = f"wrong://okno:{secrets[2]}@db/okno"
        case "webhook":
            values["telegram"]["webhook"]["secret"] = {"value": secrets[3]}
        case _:
            values["telegram"]["webhook"]["port"] = secrets[3]
    said = fault(tmp_path, as_toml(values) + as_toml(spoiled, "spoiled."))
    assert not [secret for secret in secrets if secret in said]


def as_toml(values: dict[str, Any], before: str = "") -> str:
    """The values as TOML, by inline tables; JSON's strings are TOML's."""

    def inline(value: Any) -> str:
        if isinstance(value, dict):
            inner = ", ".join(f"{key} = {inline(one)}" for key, one in value.items())
            return f"{{ {inner} }}"
        return json.dumps(value, ensure_ascii=False)

    return "".join(f"{before}{key} = {inline(value)}\n" for key, value in values.items())


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
    for name in ("telegram", "mail-info", "webhook", "staff", "database"):
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
