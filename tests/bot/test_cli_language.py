"""The command line speaks the studio's language, and before there is a studio the system's."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cli import app
from bot.settings import load
from bot.settings_faults import SettingsFault
from bot.settings_language import spoken_language
from bot.texts import speaker
from tests.bot.settings_files import BASE, MAILBOX, TOKEN, write

ENGLISH = BASE.replace("[telegram]", 'language = "en"\n[telegram]')


@pytest.fixture(autouse=True)
def _no_language(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    names = ("LC_ALL", "LC_MESSAGES", "LANG", "OKNO_CONFIG", "OKNO_STUDIO__LANGUAGE")
    for name in names:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def okno(*words: str | Path, given: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=given)


@pytest.mark.parametrize(
    ("variables", "language"),
    [
        ({}, "en"),
        ({"LANG": "ru_RU.UTF-8"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": "C"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_MESSAGES": "ru_RU.KOI8-R"}, "ru"),
        ({"LANG": "ru_RU.UTF-8", "LC_ALL": ""}, "ru"),
        ({"LANG": "de_DE.UTF-8"}, "en"),
        ({"LANG": "C.UTF-8", "OKNO_STUDIO__LANGUAGE": "ru"}, "ru"),
    ],
)
def test_without_a_file_the_system_decides(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], language: str
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert spoken_language() == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (BASE, "ru"),
        (ENGLISH, "en"),
        (ENGLISH + "[zoo]\n", "en"),
        (ENGLISH.replace('"en"', '"xx"'), "en"),
        ("[studio", "en"),
        ('studio = "x"', "en"),
    ],
)
def test_a_file_decides_also_where_it_is_wrong(tmp_path: Path, text: str, language: str) -> None:
    assert spoken_language(write(tmp_path, text)) == language


def test_a_file_that_is_none_leaves_it_to_the_system(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    (tmp_path / "okno.toml").write_bytes(b"\xff\xfe")
    assert spoken_language() == "ru"
    assert (
        okno("health").stderr == f"{tmp_path}/okno.toml — не текст UTF-8. Сохраните его в UTF-8.\n"
    )


FAULTS = [
    (BASE.replace("Moscow", "Moskow"), ("okno.toml: studio.timezone — такого часового пояса нет;"
     ' может быть, Europe/Moscow? Напишите имя IANA, например timezone = "Europe/Moscow".')),
    (BASE.replace(TOKEN, "no token"), ("okno.toml: telegram.token — это не токен бота: нужны"
     " цифры, двоеточие, буквы и цифры. Возьмите токен у @BotFather и впишите его в token или путь"
     " к файлу с ним в token_file.")),
    (BASE + 'mode = "push"\n', ("okno.toml: telegram.mode — допустимо 'polling' или 'webhook'."
     ' Напишите mode = "polling" или mode = "webhook".')),
    (BASE + 'tokn = "x"\n', "okno.toml: telegram.tokn — такого ключа нет. Может быть, token?"),
    (BASE + "[health]\nport = 0\n", ("okno.toml: health.port — нужно не меньше 1."
     " Напишите число от 1 до 65535.")),
    (BASE + "[sla]\nladder = []\n", "okno.toml: sla.ladder — нужна хотя бы 1 запись."),
    (BASE + MAILBOX.replace("info@studio.ru", "nobody"), ("okno.toml: mailboxes.info.address — это"
     " не адрес почты вида info@studio.ru. Напишите адрес самого ящика, например"
     ' address = "info@studio.ru".')),
    (BASE + "x = [\n", ("okno.toml — ошибка в TOML: непонятное значение (строка 8, столбец 1)."
     " Исправьте это место.")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "sentence"), FAULTS)
def test_a_wrong_setting_is_told_in_russian(tmp_path: Path, text: str, sentence: str) -> None:
    with pytest.raises(SettingsFault) as caught:
        load(write(tmp_path, text))
    said = speaker("ru").fault(caught.value)
    assert said.replace(f"{tmp_path}/", "") == sentence


def test_commands_speak_the_studios_language(tmp_path: Path) -> None:
    file = write(tmp_path, BASE)
    who = ("--name", "Анна", "--telegram-id", "101", "--role", "head")
    assert okno("team", "add", "-c", file, *who).output.startswith("Анна теперь в команде")
    assert okno("team", "add", "-c", file, *who).stderr == (
        "Анна уже есть; имена сотрудников не должны совпадать.\n"
    )
    assert okno("-c", file, "team", "list").output.split("\n")[0].split() == [
        "ИМЯ", "РОЛЬ", "TELEGRAM", "ID", "ЯЗЫК", "ПОЯС", "ЗАМЕСТИТЕЛЬ", "КАЛЕНДАРЬ", "ПОЧТА",
            "ОТСУТСТВИЕ", "РАБОТАЕТ",
    ]  # fmt: skip
    clients = tmp_path / "clients.csv"
    clients.write_text("name;manager;email\nРомашка;Зоя;\nЗерно;Анна;b@\nЛотос;Анна;i@lotos.ru\n")
    assert okno("-c", file, "clients", "import", clients).output.splitlines() == [
        "строка 2  отклонён  Ромашка: нет менеджера Зоя (есть: Анна)",
        "строка 3  отклонён  Зерно: b@ — не адрес почты",
        "строка 4  добавлен  Лотос: i@lotos.ru",
        "добавлено 1, изменено 0, без изменений 0, отклонено 2",
    ]


def test_a_database_that_cannot_be_opened_is_told_in_russian(tmp_path: Path) -> None:
    (tmp_path / "okno.db").mkdir()
    said = okno("-c", write(tmp_path, BASE), "team", "list").stderr
    assert said.startswith("База данных недоступна (нет связи")
    assert said.endswith("Проверьте database.url в настройках.\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("team", "add", "--name", "A"), "Не указано: --telegram-id. Справка:"),
        (("team", "add", "--telegram-id", "x"), "--telegram-id: нужно число. Справка:"),
        (("team", "add", "--role", "boss"), "--role: допустимо 'manager', 'head' или 'admin'."),
        (("team", "add", "--nmae", "A"), "Параметра --nmae нет. Может быть: --name"),
        (("team", "add", "--name"), "Для --name нужно значение."),
        (("team", "list", "x"), "Лишнее: x. Справка:"),
        (("teem",), "Команды teem нет (есть: run,"),
        (("--foo",), "Параметра --foo нет."),
    ],
)
def test_a_wrong_command_is_told_in_russian(
    tmp_path: Path, words: tuple[str, ...], sentence: str
) -> None:
    write(tmp_path, BASE)
    result = okno(*words)
    assert result.exit_code == 2
    assert result.stderr.startswith(sentence)
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize("words", [("--help",), ("team", "add", "--help"), ("demo", "--help"), ()])
def test_help_has_no_english_sentence(
    monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    said = okno(*words).output
    assert said.startswith("Вызов: ")
    assert "Параметры:" in said
    english = {"the", "The", "Usage", "Options", "Commands", "Show", "required", "default", "var"}
    assert english & set(said.replace(":", " ").replace("[", " ").split()) == set()


def test_an_interrupted_question_ends_in_russian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    result = okno("init", "-c", "made/okno.toml", given="")
    assert result.exit_code == 1
    assert "Название студии" in result.output
    assert result.stderr.strip().endswith("Прервано.")
