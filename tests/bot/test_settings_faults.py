"""What is wrong with the settings is said in a sentence: key, fault, fix; never a secret."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.settings import load
from bot.settings_faults import SettingsFault
from tests.bot.settings_files import BASE, MAILBOX, TOKEN, fault, write

RUNG = '{notify="head",after="1m"}'
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
    (BASE + '[sla]\nreply_within = "99999999h"\n', r"sla.reply_within must be 1 year at most"),
    (BASE + '[sla]\nladder = []\n', r"sla.ladder"),
    (BASE + '[sla]\nladder = [{after="2m",notify="boss"}]\n', r"sla.ladder.0.notify must be"),
    (BASE + '[sla]\nladder = [{after="2m",notify="head",before_due="1m"}]\n',
     r"sla.ladder.0 must have one time: after, before_due or after_due\."),
    (BASE + '[sla]\nladder = [{notify="head"}]\n', r"sla.ladder.0 must have one time"),
    (BASE + '[sla]\nladder = [{notify="person",after="1m"}]\n',
     r'sla.ladder.0 must say whom: name = "..." as in'),
    (BASE + '[sla]\nladder = [{notify="head",name="Anna",after="1m"}]\n',
     r'sla.ladder.0 has a name, which only notify = "person" or "chat" takes; leave it out'),
    (BASE + f'[sla]\nladder = [{", ".join(21 * [RUNG])}]\n', r"sla.ladder .*at most 20 entries"),
    (BASE + '[sla]\nnewcomer_within = "0m"\n', r"sla.newcomer_within must be longer"),
    (BASE + '[sla.tiers.vip]\n', r"sla.tiers.vip says nothing; name reply_within, first_reply"),
    (BASE + '[sla.tiers.VIP]\nreply_within = "1h"\n', r"sla.tiers.VIP .* Name it in small"),
    (BASE + '[sla.tiers.vip]\nreply_in = "1h"\n', r"sla.tiers.vip.reply_in is not .*Did you mean"),
    (BASE + MAILBOX + '[sla.channels."email:sales"]\nreply_within = "1h"\n',
     r'sla names a channel "email:sales".* Known are: telegram, email, email:info\.'),
    (BASE + '[calendars.studio]\nmon = []\n', r'calendars name one "studio", which is that of'),
    (BASE + '[calendars."My own"]\nmon = []\n', r"calendars.My own .*small letters and digits"),
    (BASE + '[calendars.far]\ntimezone = "Asia/Tokio"\n', r"calendars.far.timezone .*Asia/Tokyo"),
    (BASE + '[calendars.far]\ncountry = "Russia"\n', r"calendars.far.country .*ISO 3166"),
    (BASE + '[calendars.far]\nmonn = []\n', r"calendars.far.monn is not .*Did you mean mon\?"),
    (BASE + MAILBOX + '[alerts]\nmailbox = "sales"\n',
     r'alerts name a mailbox "sales", which is not set\. Known are: info\.'),
    (BASE + '[alerts]\nmailbox = "sales"\n', r"which is not set\. Known are: none\."),
    (BASE + '[out_of_hours]\nreply = "often"\n', r"out_of_hours.reply must be true or false"),
    (BASE + '[report]\nat = "someday"\n', r"report.at must begin with one of mon, tue"),
    (BASE + MAILBOX + '[report]\nmail_to = "head@studio.ru"\n',
     r"report.mail_to must be a list. Write a list of addresses, for example mail_to"),
    (BASE + MAILBOX + '[report]\nmail_to = ["head"]\n', r"report.mail_to.0 is not an e-mail"),
    (BASE + MAILBOX + '[report]\nmail_to = ["a@x.ru", "A@x.ru"]\n',
     r"report.mail_to names a@x.ru twice"),
    (BASE + '[report]\nmail_to = ["head@studio.ru"]\n',
     r"report has mail_to, but there is no mailbox to send from; add \[mailboxes.NAME\], or"),
    (BASE + '[report]\ntheme = "black"\n', r"report.theme must be 'light' or 'dark'"),
    (BASE + '[report]\nsilent_weeks = 0\n', r"report.silent_weeks must be 1 or more"),
    (BASE + '[database]\nurl = "mysql://root@db/x"\n', r"database.url must begin with sqlite"),
    (BASE + '[database]\nurl = "sqlite://"\n', r"database.url must name a file"),
    (BASE + MAILBOX.replace("mailboxes.info", "mailboxes.'In Fo'"), r"mailboxes.In Fo"),
    (BASE + MAILBOX.replace("info@studio.ru", "nobody"), r"mailboxes.info.address .*e-mail"),
    (BASE + MAILBOX + MAILBOX.replace(".info", ".other"), r"mailboxes name info@studio.ru twice"),
    (BASE + MAILBOX.replace('password = "imap-pass-word"\n', ""),
     r"mailboxes.info.imap.password is missing. Put it into password, or its file's path into"),
    (BASE + '[log]\nlevel = "loud"\n', r"log.level must be 'debug', 'info', 'warning' or 'error'"),
]  # fmt: skip


def test_a_fault_of_a_whole_table_is_not_told_to_add_the_table(tmp_path: Path) -> None:
    clear = 'host = "imap.studio.ru"\nsecurity = "none"'
    said = fault(tmp_path, BASE + MAILBOX.replace('host = "imap.studio.ru"', clear))
    assert said.endswith('use "tls" or "starttls".'), said


@pytest.mark.parametrize(("text", "sentence"), FAULTS)
def test_a_fault_names_key_fault_and_fix(tmp_path: Path, text: str, sentence: str) -> None:
    said = fault(tmp_path, text)
    assert re.search(sentence, said), said
    assert TOKEN not in said
    assert "pass-word" not in said
    assert "pydantic" not in said


def test_every_fault_is_said_once(tmp_path: Path) -> None:
    text = BASE.replace("Moscow", "Moskow") + "[sla]\nladder = [{ after = 5 }]\n" + MAILBOX
    said = fault(tmp_path, text).splitlines()
    assert [line.split()[1] for line in said] == [
        "studio.timezone",
        "sla.ladder.0.notify",
        "sla.ladder.0.after",
    ]


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


@pytest.mark.parametrize(
    ("kept", "says"), [("3d", "7 days at least"), ("11000d", "10 years"), ("soon", "duration")]
)
def test_how_long_mail_is_kept_has_bounds(tmp_path: Path, kept: str, says: str) -> None:
    said = fault(tmp_path, f'{BASE}\n[retention]\nraw_mail = "{kept}"\n')
    assert "retention.raw_mail" in said
    assert says in said


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('send_delay = "61s"', "60 seconds at most"),
        ("send_delay = 10", "must be a duration in quotes"),
        ('send_delay = "-1s"', "must be a duration"),
        ('topics = "on"', "'auto' or 'off'"),
        ("topics = false", "'auto' or 'off'"),
    ],
)
def test_the_desks_settings_have_bounds(tmp_path: Path, line: str, says: str) -> None:
    said = fault(tmp_path, f"{BASE}\n[desk]\n{line}\n")
    assert f"desk.{line.split(maxsplit=1)[0]}" in said
    assert says in said


def test_the_desks_settings_may_be_at_their_bounds(tmp_path: Path) -> None:
    for seconds in ("0s", "60s", "1m"):
        found = load(write(tmp_path, f'{BASE}\n[desk]\nsend_delay = "{seconds}"\n'))
        assert found.desk.send_delay.total_seconds() in {0, 60}
