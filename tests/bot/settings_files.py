"""Settings files for tests, written out."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import load
from bot.settings_faults import SettingsFault

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


def write(folder: Path, text: str) -> Path:
    path = folder / "okno.toml"
    path.write_text(text, encoding="utf-8")
    return path


def fault(folder: Path, text: str) -> str:
    with pytest.raises(SettingsFault) as caught:
        load(write(folder, text))
    return str(caught.value)
