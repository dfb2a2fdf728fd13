"""One log for our lines and those of libraries; a secret never gets into it."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from bot.logs import Redaction, set_up

TOKEN = "123456:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw"
PASSWORD = "correct horse"


@pytest.fixture
def out() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield io.StringIO()
    root.handlers[:], root.level = handlers, level
    structlog.reset_defaults()


def lines(out: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in out.getvalue().splitlines()]


def test_our_lines_and_a_librarys_look_alike(out: io.StringIO) -> None:
    set_up("json", "info", stream=out)
    structlog.get_logger("bot.app").info("Started.", version="1")
    logging.getLogger("aiogram").warning("Slow by %d s", 3)
    ours, theirs = lines(out)
    assert (ours["event"], ours["level"], ours["logger"]) == ("Started.", "info", "bot.app")
    assert ours["version"] == "1"
    assert (theirs["event"], theirs["level"]) == ("Slow by 3 s", "warning")
    assert str(theirs["timestamp"]).endswith("Z")


def test_console_is_one_line_without_colours_where_nobody_sees_them(out: io.StringIO) -> None:
    set_up("console", "info", stream=out)
    structlog.get_logger("bot.app").info("Started.", part="telegram")
    assert "Started." in out.getvalue()
    assert "part=telegram" in out.getvalue()
    assert "\x1b" not in out.getvalue()


def test_the_level_holds_for_both(out: io.StringIO) -> None:
    set_up("json", "warning", stream=out)
    structlog.get_logger("bot.app").info("Quiet.")
    logging.getLogger("aiogram").info("Quiet.")
    assert out.getvalue() == ""


def test_debug_lines_of_libraries_that_tell_secrets_are_left_out(out: io.StringIO) -> None:
    set_up("json", "debug", stream=out)
    logging.getLogger("aioimaplib.aioimaplib").debug("LOGIN me %s", PASSWORD)
    structlog.get_logger("bot.app").debug("Heard.")
    assert [line["event"] for line in lines(out)] == ["Heard."]


@pytest.mark.parametrize("style", ["json", "console"])
def test_no_secret_in_text_field_exception_or_url(out: io.StringIO, style: str) -> None:
    set_up("json" if style == "json" else "console", "info", {PASSWORD}, stream=out)
    log = structlog.get_logger("bot.app")
    log.info(
        "Asked.",
        asked=f"https://api.telegram.org/bot{TOKEN}/getMe",
        url=f"postgresql://okno:pw@db/{TOKEN}",
    )
    log.info(
        "Nested.", facts={"login": [PASSWORD, {"deep": PASSWORD}]}, error=ValueError(PASSWORD)
    )
    logging.getLogger("lib").warning("Refused %s for %s", PASSWORD, {"x": TOKEN})
    try:
        int(f"cannot log in with {PASSWORD} at bot{TOKEN}")
    except ValueError:
        log.exception("Failed.")
        logging.getLogger("lib").exception("Failed there too.")
    said = out.getvalue()
    assert PASSWORD not in said
    assert TOKEN not in said
    assert ":pw@" not in said
    assert said.count("***") >= 8
    assert "ValueError" in said


@given(secret=st.text(min_size=4, max_size=40), before=st.text(), after=st.text())
def test_a_known_secret_is_hidden_wherever_it_stands(secret: str, before: str, after: str) -> None:
    said = Redaction({secret})(None, "info", {"event": before + secret + after})["event"]
    assert secret not in said or secret in "***"
