"""`okno check` and `okno init` against a Bot API and a mail server on loopback."""

from __future__ import annotations

import asyncio
import re
import stat
from datetime import timedelta
from pathlib import Path

import aiohttp
from typer.testing import CliRunner, Result

from bot.checks import check_all
from bot.cli import app
from bot.finding import Finding
from bot.settings import load
from bot.texts import speaker
from tests.bot.process_world import STUDIO, TOKEN, Studio
from tests.bot.process_world import studio as _studio

studio = _studio


async def findings(path: Path) -> dict[str, Finding]:
    return {one.what: one async for one in check_all(load(path), speaker("en"))}


async def test_all_is_well(studio: Studio) -> None:
    path = studio.write()
    path.write_text(path.read_text() + '[hours]\ncountry = "RU"\n')
    found = await findings(path)
    assert {what: one.fix for what, one in found.items() if not one.well} == {}
    assert list(found) == [
        "settings",
        "database",
        "team",
        "alerts",
        "report",
        "telegram",
        "client groups",
        "own accounts",
        "topics",
        "templates while typing",
        "telegram updates",
        "mailboxes.info.imap",
        "mailboxes.info.smtp",
        "hours",
    ]
    assert found["telegram"].says == "@studio_bot"
    assert found["team"].says == "Anna (manager), Head (head)"
    assert "open" in found["hours"].says
    assert found["alerts"].says.endswith("from info; no address is known of: Anna, Head")


async def test_each_fault_is_said_with_its_fix_and_the_others_go_on(studio: Studio) -> None:
    path = studio.write(token="7009:a-token-that-was-revoked", password="no-such-password")
    text = path.read_text().replace('manager = "Anna"', 'manager = "Zoe"')
    path.write_text(text + '[hours]\ncountry = "XX"\n')
    found = await findings(path)
    assert {what for what, one in found.items() if not one.well} == {
        "team",
        "telegram",
        "mailboxes.info.imap",
        "mailboxes.info.smtp",
        "hours",
    }
    assert "does not know this token" in found["telegram"].says
    assert "Zoe" in found["team"].fix
    said = " ".join(f"{one.says} {one.fix}" for one in found.values())
    assert "no-such-password" not in said
    assert "a-token-that-was-revoked" not in said


async def test_servers_that_are_away(studio: Studio) -> None:
    path = studio.write()
    await studio.telegram.stop()
    await studio.mail.stop()
    found = await findings(path)
    assert "no answer" in found["telegram"].says
    assert not found["mailboxes.info.imap"].well
    assert not found["mailboxes.info.smtp"].well


async def test_a_webhook_of_another_program_is_seen(studio: Studio) -> None:
    path = studio.write()
    url = f"{studio.telegram.url}/bot{TOKEN}/setWebhook"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data={"url": "https://other.example/"}) as answer,
    ):
        assert (await answer.json())["ok"]
    found = await findings(path)
    assert "by webhook" in found["telegram updates"].says
    assert "deleteWebhook" in found["telegram updates"].fix


async def test_the_command_shows_the_table_and_its_exit_code(studio: Studio) -> None:
    path = studio.write()
    result = await asyncio.to_thread(okno, "check", "-c", str(path))
    assert result.exit_code == 0, result.output
    assert re.search(r"✓ mailboxes\.info\.imap +IDLE", result.output)
    result = await asyncio.to_thread(
        okno, "check", "-c", str(studio.write(password="no-such-password"))
    )
    assert result.exit_code == 1
    assert re.search(r"✗ mailboxes\.info\.imap +the server refused our login", result.output)
    assert "    → Check user, password, host" in result.output


def okno(*words: str, given: str = "") -> Result:
    return CliRunner().invoke(app, words, input=given)


def answers(studio: Studio, *, token: str = TOKEN, password: str = STUDIO.password) -> list[str]:
    """What a person types at `okno init`."""
    server = ("127.0.0.1", "none")
    imap, smtp = str(studio.mail.imap_port), str(studio.mail.smtp_port)
    return [
        "Студия «Окно»", "Europe/Moscow", "ru", token,
        "y", STUDIO.address, *server, imap, "", password, *server, smtp, "", "",
        "n", "mon-fri", "09:00-13:00, 14:00-18:00", "ru",
    ]  # fmt: skip


async def init(studio: Studio, given: list[str]) -> Result:
    path = str(studio.folder / "made" / "okno.toml")
    words = ("init", "-c", path, "--api", studio.telegram.url)
    return await asyncio.to_thread(okno, *words, given="\n".join(given) + "\n")


async def test_init_writes_settings_that_load_and_private_secrets(studio: Studio) -> None:
    result = await init(studio, answers(studio))
    assert result.exit_code == 0, result.output
    assert "✓ Telegram: @studio_bot" in result.output
    assert "✓ IMAP: IDLE" in result.output
    assert "✓ SMTP: login accepted" in result.output
    assert "okno team add" in result.output
    assert TOKEN not in result.output
    assert STUDIO.password not in result.output
    made = studio.folder / "made"
    found = load(made / "okno.toml")
    assert found.studio.name == "Студия «Окно»"
    assert found.telegram.token.get_secret_value() == TOKEN
    assert found.mailboxes["info"].smtp.password.get_secret_value() == STUDIO.password
    assert len(found.hours.fri) == 2
    assert found.hours.country == "RU"
    assert TOKEN not in (made / "okno.toml").read_text()
    text = (made / "okno.toml").read_text()
    offered = re.sub(r"^# (?=\[|\w+ = )", "", text, flags=re.MULTILINE)
    assert offered != text
    (made / "okno.toml").write_text(offered)
    found = load(made / "okno.toml")
    assert found.sla.tiers["vip"].reply_within == timedelta(minutes=20)
    assert found.out_of_hours.reply
    assert stat.S_IMODE((made / "secrets").stat().st_mode) == 0o700
    for file in (made / "secrets").iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_init_asks_again_after_wrong_answers(studio: Studio) -> None:
    given = answers(studio)
    given[1:2] = ["Europe/Moskow", "Europe/Moscow"]
    at = given.index(TOKEN)
    given[at : at + 1] = ["no token", "7009:a-token-that-was-revoked", "n", TOKEN]
    at = given.index(STUDIO.password)
    login = given[at - 4 : at + 1]
    given[at - 4 : at + 1] = [*login[:-1], "no-such-password", "n", *login]
    result = await init(studio, given)
    assert result.exit_code == 0, result.output
    assert "No such time zone" in result.output
    assert "That is no token" in result.output
    assert "✗ Telegram: Telegram does not know this token" in result.output
    assert "✗ IMAP: the server refused our login" in result.output
    assert "no-such-password" not in result.output
    found = load(studio.folder / "made" / "okno.toml")
    assert found.mailboxes["info"].imap.password.get_secret_value() == STUDIO.password


async def test_init_offers_what_was_answered_before(studio: Studio) -> None:
    given = answers(studio)
    at = given.index(STUDIO.password)
    wrong = [*given[at - 4 : at], "no-such-password", "n"]
    given[at - 4 : at + 1] = [*wrong, "", "", "", "", STUDIO.password]
    result = await init(studio, given)
    assert result.exit_code == 0, result.output
    found = load(studio.folder / "made" / "okno.toml").mailboxes["info"].imap
    assert (found.host, found.security, found.port) == (
        "127.0.0.1",
        "none",
        studio.mail.imap_port,
    )


async def test_init_overwrites_nothing_unasked(studio: Studio) -> None:
    path = studio.folder / "made" / "okno.toml"
    path.parent.mkdir()
    path.write_text("precious")
    result = await init(studio, ["n"])
    assert result.exit_code == 1
    assert path.read_text() == "precious"
    assert (await init(studio, ["y", *answers(studio)])).exit_code == 0
    assert load(path).studio.timezone == "Europe/Moscow"
