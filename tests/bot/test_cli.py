"""The command line over a real database: what each command says, and its exit code."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app

ROOT = Path(__file__).parents[2]
TOKEN = "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
LIGHT = """
import sys
sys.argv = {argv}
from bot.cli import main
try:
    main()
except SystemExit:
    pass
heavy = {{"aiogram", "aioimaplib", "aiosmtplib", "nh3", "holidays"}} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.fixture(autouse=True)
def _english_system(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "OKNO_CONFIG", "OKNO_STUDIO__LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "okno.toml"
    path.write_text(
        '[studio]\nname = "Studio"\ntimezone = "Europe/Moscow"\nlanguage = "en"\n'
        f'[telegram]\ntoken = "{TOKEN}"\n'
    )
    return path


def okno(*words: str | Path, given: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=given)


def add(file: Path, name: str, telegram_id: int, *more: str) -> Result:
    who = ("--name", name, "--telegram-id", str(telegram_id))
    return okno("team", "add", "-c", file, *who, *more)


def test_the_version() -> None:
    result = okno("--version")
    assert result.exit_code == 0
    assert result.output.startswith("okno ")


def test_the_settings_file_is_named_before_or_behind_the_command(file: Path) -> None:
    for words in (("-c", file, "team", "list"), ("team", "list", "--config", file)):
        result = okno(*words)
        assert (result.exit_code, result.output) == (
            0,
            "Nobody yet. Add the first one with `okno team add`.\n",
        )


def test_a_missing_file_is_one_sentence(tmp_path: Path) -> None:
    result = okno("team", "list", "-c", tmp_path / "okno.toml")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("There is no settings file")
    assert result.stderr.count("\n") == 1


def test_a_database_that_cannot_be_opened_is_one_sentence(file: Path) -> None:
    (file.parent / "okno.db").mkdir()
    result = okno("team", "list", "-c", file)
    assert result.exit_code == 1
    assert result.stderr.startswith("The database cannot be used (unreachable")
    assert "Traceback" not in result.output


def test_the_team(file: Path) -> None:
    assert add(file, "Anna", 101, "--role", "head", "--language", "en").exit_code == 0
    result = add(file, "Boris", 102, "--deputy", "anna", "--zone", "Asia/Omsk")
    assert result.exit_code == 0, result.output
    assert "Boris is in the team as manager." in result.output
    lines = okno("team", "list", "-c", file).output.splitlines()
    assert [line.split() for line in lines] == [
        [
            *("NAME", "ROLE", "TELEGRAM", "ID", "LANGUAGE", "ZONE", "DEPUTY"),
            *("CALENDAR", "E-MAIL", "AWAY", "ACTIVE"),
        ],
        ["Anna", "head", "101", "en", "Europe/Moscow", "-", "-", "-", "-", "yes"],
        ["Boris", "manager", "102", "en", "Asia/Omsk", "Anna", "-", "-", "-", "yes"],
    ]


@pytest.mark.parametrize(
    ("name", "number", "more", "code", "sentence"),
    [
        ("Anna", 7, (), 1, "There is a Anna already; names tell members apart."),
        ("Other", 101, (), 1, "Anna has the Telegram id 101 already."),
        ("Other", 7, ("--zone", "Mars/Base"), 2, "Mars/Base is not a time zone"),
        ("Other", 7, ("--language", "de"), 2, "de is not a language that Okno speaks"),
        ("Other", 7, ("--deputy", "Zoe"), 2, "There is no Zoe in the team (there is: Anna)."),
        (" ", 7, (), 2, "The name is empty."),
        ("Other", 0, (), 2, "--telegram-id must be 1 or more. Help:"),
        ("Other", 7, ("--role", "boss"), 2, "--role must be 'manager', 'head' or 'admin'."),
    ],
)
def test_who_cannot_be_added_is_told_why(
    file: Path, name: str, number: int, more: tuple[str, ...], code: int, sentence: str
) -> None:
    add(file, "Anna", 101)
    result = add(file, name, number, *more)
    assert result.exit_code == code
    assert sentence in " ".join(result.stderr.replace("│", " ").split())
    assert "Boris" not in okno("team", "list", "-c", file).output


def test_clients_are_imported_listed_and_imported_again(file: Path, tmp_path: Path) -> None:
    add(file, "Anna", 101)
    clients = tmp_path / "clients.csv"
    clients.write_text(
        "name;manager;email;telegram\n"
        "Romashka;Anna;ivan@romashka.ru;@ivan_r\n"
        "Zerno;;;777000111\n"
        "Broken;Zoe;;\n"
    )
    first = okno("clients", "import", clients, "-c", file)
    assert first.exit_code == 1
    assert first.output.splitlines() == [
        "line 2  added  Romashka: ivan@romashka.ru, ivan_r",
        "line 3  added  Zerno: 777000111",
        "line 4  refused  Broken: there is no manager Zoe (there is: Anna)",
        "2 added, 0 changed, 0 unchanged, 1 refused",
    ]
    clients.write_text(clients.read_text().replace("Broken;Zoe;;\n", ""))
    again = okno("clients", "import", clients, "-c", file)
    assert (again.exit_code, again.output) == (
        0,
        "0 added, 0 changed, 2 unchanged, 0 refused\n",
    )
    lines = okno("clients", "list", "-c", file).output.splitlines()
    assert [line.split(maxsplit=4) for line in lines[1:]] == [
        ["Romashka", "Anna", "-", "-", "ivan@romashka.ru, @ivan_r"],
        ["Zerno", "-", "-", "-", "tg:777000111"],
    ]


def test_a_list_that_is_none_is_one_sentence(file: Path, tmp_path: Path) -> None:
    result = okno("clients", "import", tmp_path / "none.csv", "-c", file)
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "cannot be read" in result.stderr


def test_health_without_a_port_and_without_a_process(file: Path) -> None:
    result = okno("health", "-c", file)
    assert result.exit_code == 1
    assert "No port is set" in result.stderr
    file.write_text(file.read_text() + "[health]\nport = 9\n")
    result = okno("health", "-c", file)
    assert result.exit_code == 1
    assert "does not answer" in result.output


@pytest.mark.parametrize(
    "words",
    [("--version",), ("team", "list"), ("clients", "list"), ("health",), ("--help",)],
)
def test_light_commands_carry_nothing_heavy(file: Path, words: tuple[str, ...]) -> None:
    argv = ["okno", "-c", str(file), *words] if words[0] != "--version" else ["okno", *words]
    result = subprocess.run(
        [sys.executable, "-c", LIGHT.format(argv=argv)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
