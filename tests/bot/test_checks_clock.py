"""What `okno check` finds about the clock, each fault with its fix."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.checks_clock import (
    check_alerts,
    check_calendars,
    check_ladders,
    check_names,
    check_report,
)
from bot.finding import Finding
from bot.settings import Settings, load
from bot.texts import speaker
from inbox.model import Client, Manager, Role
from tests.bot.settings_files import BASE, MAILBOX, write

NOON = datetime(2026, 6, 15, 9, tzinfo=UTC)
ANNA = Manager(1, "Anna", 11, email="anna@studio.example")
MARK = Manager(2, "Mark", 12, Role.HEAD)
GONE = Manager(3, "Zoe", 13, active=False)
CHAT = Manager(4, "Sales", -14, Role.CHAT)


def made(folder: Path, text: str) -> Settings:
    return load(write(folder, BASE + text))


def calendars(folder: Path, text: str, now: datetime = NOON) -> dict[str, Finding]:
    found = check_calendars(made(folder, text), speaker("en"), now)
    return {str(one.what): one for one in found}


def test_each_calendar_says_when_it_opens(tmp_path: Path) -> None:
    text = '[calendars.far]\ntimezone = "Asia/Vladivostok"\n[calendars.shut]\nmon = []\n'
    found = calendars(tmp_path, text)
    assert found["hours"].says == "open now"
    assert found["calendars.far"].says == "open from tomorrow at 02:00"
    assert found["calendars.shut"].says == "never open"
    assert found["calendars.shut"].fix == "Name working hours in [calendars.shut]."
    assert found["hours"].well
    assert found["calendars.far"].well


@pytest.mark.parametrize(
    ("now", "said"),
    [("2027-11-01T09:00+00:00", False), ("2027-11-03T09:00+00:00", True)],
)
def test_a_year_that_nobody_decreed_is_said_60_days_before(
    tmp_path: Path, now: str, said: bool
) -> None:
    found = calendars(tmp_path, '[hours]\ncountry = "RU"\n', datetime.fromisoformat(now))
    assert ("holidays" in found) is said
    if said:
        assert found["holidays"].well
        assert found["holidays"].says.startswith("the official calendar of 2028 is not decreed")


LADDER = """[sla]
ladder = [{ notify = "person", name = "anna", after = "5m" },
          { notify = "person", name = "Zoe", after = "6m" },
          { notify = "person", name = "Zoe", after = "7m" },
          { notify = "person", name = "Sales", after = "8m" },
          { notify = "chat", name = "sales", after = "9m" },
          { notify = "chat", name = "Support", after = "9m" }]
[sla.tiers.vip]
ladder = [{ notify = "chat", after = "9m" }]
"""


def test_rungs_that_tell_nobody(tmp_path: Path) -> None:
    settings = made(tmp_path, LADDER)
    found = list(check_ladders([ANNA, MARK, GONE, CHAT], settings))
    assert [(one.what, str(one.says)) for one in found] == [
        ("sla", "the ladder names Zoe, who is not in the team"),
        ("sla", "the ladder names Sales, who is not in the team"),
        ("sla", "the group chat Support hears no alerts"),
    ]
    assert not any(one.well for one in found)
    bare = list(check_ladders([ANNA], settings))
    assert (bare[-1].what, bare[-1].says) == ("sla.tiers.vip", "no group chat hears alerts")


def test_calendars_and_tiers_that_are_not_set_any_more(tmp_path: Path) -> None:
    text = '[calendars.far]\nmon = []\n[sla.tiers.vip]\nreply_within = "9m"\n'
    far = Manager(1, "Anna", 11, calendar="far")
    lost = Manager(2, "Mark", 12, calendar="old")
    gone = Manager(3, "Zoe", 13, calendar="old", active=False)
    clients = [
        Client(1, "Sova", calendar="far", tier="vip"),
        *(Client(number, f"No. {number}", tier="gold") for number in range(2, 8)),
        Client(9, "Bank", calendar="studio"),
    ]
    found = list(check_names([far, lost, gone], clients, made(tmp_path, text)))
    assert [(one.what, str(one.says)) for one in found] == [
        ("calendars.old", "is not set, but named for: Mark"),
        (
            "sla.tiers.gold",
            "is not set, but named for: No. 2, No. 3, No. 4, No. 5, No. 6 and 1 more",
        ),
    ]
    assert found[1].fix.startswith("Add [sla.tiers.gold] to the settings")


def test_alerts_by_mail_are_a_hint(tmp_path: Path) -> None:
    assert list(check_alerts([ANNA], made(tmp_path, ""))) == []
    settings = made(tmp_path, MAILBOX)
    (known,) = check_alerts([ANNA, GONE, CHAT], settings)
    assert (known.says, known.well) == ("where Telegram fails, by mail from info", True)
    (hint,) = check_alerts([ANNA, MARK], settings)
    assert hint.says.endswith("no address is known of: Mark")
    assert hint.well


def test_when_the_report_goes_out_and_to_whom(tmp_path: Path) -> None:
    (bare,) = check_report([ANNA], made(tmp_path, ""))
    assert (bare.says, bare.well) == ("mon 09:00 Europe/Moscow", True)
    text = MAILBOX + '[report]\nat = "fri 17:30"\nmail_to = ["boss@studio.example"]\n'
    desk, mail = check_report([ANNA, MARK, GONE, CHAT], made(tmp_path, text))
    assert desk.says == "fri 17:30 Europe/Moscow, the studio's for: Mark"
    assert (mail.says, mail.well) == ("by mail from info to: boss@studio.example", True)
