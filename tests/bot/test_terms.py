"""What the settings say of the clock becomes calendars and policies of the inbox."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.settings import Settings, load
from bot.settings_faults import SettingsFault
from bot.terms import (
    alert_channel,
    calendars_of,
    policies_of,
    written_calendars,
    written_policies,
)
from inbox.sla import Recipient, Rung
from tests.bot.settings_files import BASE, MAILBOX, write

MINUTE = timedelta(minutes=1)
NOON = datetime(2026, 6, 15, 9, tzinfo=UTC)


def made(folder: Path, text: str) -> Settings:
    return load(write(folder, BASE + text))


def test_without_words_the_manager_hears_at_three_quarters_and_the_head_when_it_is_over(
    tmp_path: Path,
) -> None:
    text = '[sla.tiers.vip]\nreply_within = "20m"\nfirst_reply_within = "8m"\n'
    policies = policies_of(made(tmp_path, text))
    for tier, first, within in ((None, False, 60), ("vip", False, 20), ("vip", True, 8)):
        policy = policies.policy("telegram", tier, first=first)
        assert policy.reply_within == within * MINUTE
        assert policy.ladder == (
            Rung(within * MINUTE * 3 / 4, Recipient.MANAGER),
            Rung(within * MINUTE, Recipient.HEAD),
        )


def test_steps_before_and_after_due_in_any_order(tmp_path: Path) -> None:
    text = """[sla]
reply_within = "2h"
first_reply_within = "1h"
ladder = [
  { notify = "chat", after_due = "30m" },
  { notify = "head", after_due = "0m", any_time = true },
  { notify = "manager", before_due = "15m" },
  { notify = "person", name = "Anna", after = "10m" },
]
"""
    policies = policies_of(made(tmp_path, text))
    assert policies.policy("telegram", None, first=False).ladder == (
        Rung(10 * MINUTE, Recipient.PERSON, name="Anna"),
        Rung(105 * MINUTE, Recipient.MANAGER),
        Rung(120 * MINUTE, Recipient.HEAD, any_time=True),
        Rung(150 * MINUTE, Recipient.CHAT),
    )
    first = policies.policy("telegram", None, first=True)
    assert [rung.after / MINUTE for rung in first.ladder] == [10, 45, 60, 90]


def test_the_nearest_level_counts_and_is_named_by_its_table(tmp_path: Path) -> None:
    text = (
        MAILBOX
        + """
[sla]
newcomer_within = "5m"
remind_before = "10m"
[sla.channels.email]
reply_within = "4h"
[sla.channels."email:info"]
reply_within = "3h"
ladder = []
[sla.tiers.vip]
first_reply_within = "9m"
"""
    )
    policies = policies_of(made(tmp_path, text))

    def said(channel: str, tier: str | None, *, first: bool, new: bool = False) -> tuple[str, int]:
        policy = policies.policy(channel, tier, first=first, newcomer=new)
        return policy.name, policy.reply_within // MINUTE

    assert said("telegram", None, first=False) == ("", 60)
    assert said("email:sales", None, first=True) == ("sla.channels.email", 240)
    assert said("email:info", "vip", first=False) == ("sla.channels.email:info", 180)
    assert said("email:info", "vip", first=True) == ("sla.tiers.vip", 9)
    assert said("email:info", "vip", first=True, new=True) == ("newcomer", 5)
    assert said("telegram", "gone", first=False) == ("", 60)
    assert not policies.policy("email:info", None, first=False).ladder
    assert policies.remind_before == 10 * MINUTE


HOURS = """
[hours]
country = "RU"
mon = ["10:00-11:00"]
days_off = [2026-06-15]
[calendars.far]
timezone = "Asia/Vladivostok"
mon = ["10:00-14:00"]
tue = ["10:00-14:00"]
[calendars.own]
country = "-"
days_off = []
fri = ["00:00-24:00"]
[calendars.usual]
"""


def test_a_calendar_has_its_own_week_and_the_studios_holidays(tmp_path: Path) -> None:
    calendars = calendars_of(made(tmp_path, HOURS))
    assert calendars.names == ("studio", "far", "own", "usual")
    far, own = calendars.named("far"), calendars.named("own")
    assert far.hours.zone.key == "Asia/Vladivostok"
    assert far.hours.next_opening(NOON) == datetime(2026, 6, 16, 0, tzinfo=UTC)
    assert own.hours.is_open(datetime(2026, 6, 12, 9, tzinfo=UTC)), "a holiday of Russia"
    assert not own.provisional
    assert 2029 in far.provisional
    usual = calendars.named("usual").hours
    assert usual.is_open(datetime(2026, 6, 16, 14, 59, tzinfo=UTC))
    assert not usual.is_open(NOON)


def test_a_country_that_nobody_knows_names_its_table(tmp_path: Path) -> None:
    for table in ("hours", "calendars.far"):
        with pytest.raises(SettingsFault, match=rf"\[{table}\] country: no public holidays"):
            calendars_of(made(tmp_path, f'[{table}]\ncountry = "XX"\n'))


def test_alerts_go_by_the_first_mailbox_unless_one_is_named(tmp_path: Path) -> None:
    second = MAILBOX.replace("info", "sales")
    assert alert_channel(made(tmp_path, "")) is None
    assert alert_channel(made(tmp_path, MAILBOX + second)) == "email:info"
    named = MAILBOX + second + '[alerts]\nmailbox = "sales"\n'
    assert alert_channel(made(tmp_path, named)) == "email:sales"


def test_both_are_written_as_they_are_set(tmp_path: Path) -> None:
    text = (
        HOURS
        + """
[sla]
reply_within = "90m"
ladder = [{ notify = "person", name = "Anna", before_due = "15m", any_time = true }]
[sla.tiers.vip]
first_reply_within = "90s"
"""
    )
    settings = made(tmp_path, text)
    weeks = written_calendars(settings)
    assert weeks["studio"] == "Europe/Moscow, RU, mon 10:00-11:00, off 2026-06-15"
    assert weeks["far"] == "Asia/Vladivostok, RU, mon-tue 10:00-14:00, off 2026-06-15"
    assert weeks["own"] == "Europe/Moscow, fri 00:00-24:00"
    assert written_policies(settings) == {
        "sla": "reply_within 1h 30m, remind_before 30m, person Anna before_due 15m any_time",
        "sla.tiers.vip": "first_reply_within 1m 30s",
    }
