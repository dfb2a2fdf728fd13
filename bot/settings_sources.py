"""Where settings come from: a TOML file, over it the environment, and files that hold secrets."""

from __future__ import annotations

import json
import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from pydantic_settings import BaseSettings, EnvSettingsSource, SettingsError

from bot.outer_words import system_fault, toml_fault
from bot.settings_faults import PREFIX, SettingsFault, variable
from inbox.phrases import Phrase

SECRET_KEYS = ("token", "password", "secret", "client_secret")
FILE_SUFFIX = "_file"
_HOME = frozenset({"HOME", "SSL_CERT_FILE", "SSL_CERT_DIR"})
PATH_KEYS = ("ca_file", "file", "tokens")
DATABASE_KEY = "database.url"
MAX_SECRET_BYTES = 4096
# Container engines announce linked services as OKNO_PORT and the like; ours all have "__".
OURS = "__"


def read_file(path: Path) -> dict[str, Any]:
    """The file's tables, paths and secret files resolved from its folder. Raises SettingsFault."""
    text = ""
    try:
        text = path.read_text(encoding="utf-8-sig")
        values = tomllib.loads(text)
    except FileNotFoundError:
        raise SettingsFault(
            Phrase(
                "There is no settings file {path}. Make one with `okno init`,"
                " or name yours with -c FILE.",
                path=path,
            )
        ) from None
    except UnicodeDecodeError:
        raise SettingsFault(Phrase("{path} is not UTF-8 text. Save it so.", path=path)) from None
    except OSError as error:
        fault = system_fault(error)
        raise SettingsFault(
            Phrase("{path} cannot be read: {fault}.", path=path, fault=fault)
        ) from None
    except tomllib.TOMLDecodeError as error:
        fault = toml_fault(str(error).replace("at end of document", _end(text)))
        raise SettingsFault(
            Phrase("{path} is not valid TOML: {fault}. Mend that place.", path=path, fault=fault)
        ) from None
    return _resolved(values, path.parent, path.name)


def _end(text: str) -> str:
    lines = text.split("\n")
    return f"at line {len(lines)}, column {len(lines[-1]) + 1}"


def read_environment(settings: type[BaseSettings]) -> dict[str, Any]:
    """What OKNO_... variables say, as nested tables. Raises SettingsFault."""
    _refuse_unknown_sections(settings)
    try:
        values = EnvSettingsSource(settings)()
    except SettingsError as error:
        raise SettingsFault(
            Phrase(
                "An {prefix}... variable holds no valid JSON{place}. Lists and tables are written"
                ' as JSON there, for example ["09:00-18:00"].',
                prefix=PREFIX,
                place=_place(error),
            )
        ) from None
    return _resolved(values, Path.cwd(), Phrase("the environment"))


def database_environment() -> dict[str, str]:
    """What a database's driver looks for by itself, as libpq does: PGPASSFILE, certificates in
    the home folder and so on."""
    return {
        name: value
        for name, value in os.environ.items()  # noqa: TID251 - the settings are who may read it
        if name in _HOME or name.startswith("PG")
    }


def merged(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Both, key by key; where both have a value, that of `above`."""
    result = dict(below)
    for key, value in above.items():
        old = result.get(key)
        both = isinstance(old, Mapping) and isinstance(value, Mapping)
        result[key] = merged(old, value) if both else value  # type: ignore[arg-type]  # both says so
    return result


def secrets_in(values: Mapping[str, Any]) -> Iterator[str]:
    """Every text under a key that may hold a secret, and such parts of URLs."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from secrets_in(value)
        elif isinstance(value, list):
            yield from (text for each in value for text in secrets_in({key: each}))
        elif isinstance(value, str) and key in SECRET_KEYS and value:
            yield value
        elif isinstance(value, str):
            yield from url_secrets(value)


def url_secrets(text: str) -> Iterator[str]:
    """The password in a URL, as it stands there and unquoted; nothing where there is none."""
    password = text.partition("://")[2].rpartition("@")[0].partition(":")[2]
    if password:
        yield password
        yield unquote(password)


def _resolved(
    values: Mapping[str, Any], folder: Path, origin: str, at: str = ""
) -> dict[str, Any]:
    """The same with every `*_file` of a secret read, and every path made absolute."""
    result: dict[str, Any] = {}
    for key, value in values.items():
        secret = key.removesuffix(FILE_SUFFIX)
        if isinstance(value, Mapping):
            result[key] = _resolved(value, folder, origin, f"{at}{key}.")
        elif key in PATH_KEYS and isinstance(value, str):
            result[key] = str(folder / Path(value).expanduser())
        elif secret != key and secret in SECRET_KEYS:
            if secret in values:
                raise SettingsFault(
                    Phrase(
                        "{file}: {key} and {other} are both set. Keep one of them.",
                        file=origin,
                        key=f"{at}{secret}",
                        other=f"{at}{key}",
                    )
                )
            where = Phrase("{file}: {key}", file=origin, key=f"{at}{key}")
            result[secret] = _secret(value, folder, where)
        elif f"{at}{key}" == DATABASE_KEY and isinstance(value, str):
            result[key] = _beside(value, folder)
        else:
            result[key] = value
    return result


def _beside(url: str, folder: Path) -> str:
    """An SQLite URL whose file is looked for in `folder`, where its path is relative."""
    start, separator, path = url.partition(":///")
    return f"{start}{separator}{folder / path}" if start.startswith("sqlite") and path else url


def _secret(value: Any, folder: Path, where: str) -> str:
    if not isinstance(value, str):
        raise SettingsFault(Phrase("{where} must be a path in quotes.", where=where))
    path = folder / Path(value).expanduser()
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise SettingsFault(
            Phrase(
                "{where} names a file that cannot be read ({fault}). Write the secret into it, or"
                " correct the path (it starts from {folder}).",
                where=where,
                fault=system_fault(error)
                if isinstance(error, OSError)
                else Phrase("no usable path"),
                folder=folder,
            )
        ) from None
    try:
        text = content.decode().strip("\r\n \t") if len(content) <= MAX_SECRET_BYTES else ""
    except UnicodeDecodeError:
        text = ""
    if not text or "\n" in text:
        raise SettingsFault(
            Phrase(
                "{where} names a file that must hold one line, the secret, and nothing else.",
                where=where,
            )
        )
    return text


def _refuse_unknown_sections(settings: type[BaseSettings]) -> None:
    for name in sorted(os.environ):  # noqa: TID251 - the settings are who may read it
        section, separator, _ = name.upper().removeprefix(PREFIX).partition(OURS)
        ours = name.upper().startswith(PREFIX) and separator
        if ours and section.lower() not in settings.model_fields:
            known = ", ".join(variable((field,)) + OURS for field in settings.model_fields)
            raise SettingsFault(
                Phrase(
                    "{name} is not a known variable. Known beginnings: {names}.",
                    name=name,
                    names=known,
                )
            )


def _place(error: SettingsError) -> str:
    cause = error.__cause__
    if isinstance(cause, json.JSONDecodeError):
        return Phrase(" at character {number}", number=cause.pos + 1)
    return ""
