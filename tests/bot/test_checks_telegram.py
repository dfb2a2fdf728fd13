"""What `okno check` says of groups, own accounts and topics; none of it is a fault."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from aiogram.types import User

from bot.checks_telegram import abilities
from bot.settings import load
from bot.texts import speaker
from tests.bot.settings_files import BASE, write

STAFF = '\n[telegram.staff]\ntoken = "7001:another-sandbox-token"\n'


def said(tmp_path: Path, key: str = "telegram", more: str = "", **can: Any) -> dict[str, str]:
    me = User(id=7001, is_bot=True, first_name="Studio", username="studio_bot", **can)
    found = list(abilities(me, key, load(write(tmp_path, BASE + more))))
    assert all(one.well for one in found)
    say = speaker("ru")
    assert all(say.said(one.says) != one.says for one in found)
    return {one.what: one.says for one in found}


def test_privacy_mode_is_named_with_what_lifts_it(tmp_path: Path) -> None:
    assert "/setprivacy" in said(tmp_path)["client groups"]
    heard = said(tmp_path, can_read_all_group_messages=True)
    assert heard["client groups"] == "the bot hears everything"
    assert "/setjoingroups" in said(tmp_path, can_join_groups=False)["client groups"]


def test_own_accounts_and_topics(tmp_path: Path) -> None:
    bare = said(tmp_path)
    assert "Business Mode" in bare["own accounts"]
    assert bare["topics"].startswith("none in private chats")
    able = said(tmp_path, can_connect_to_business=True, has_topics_enabled=True)
    assert able["own accounts"].startswith("members may connect")
    assert able["topics"] == "each client has a topic in members' chats"
    off = said(tmp_path, more='\n[desk]\ntopics = "off"\n', has_topics_enabled=True)
    assert off["topics"].startswith("off in private chats")


def test_inline_mode_is_named_with_what_allows_it(tmp_path: Path) -> None:
    assert "/setinline" in said(tmp_path)["templates while typing"]
    able = said(tmp_path, supports_inline_queries=True)
    assert able["templates while typing"].startswith("members type")


@pytest.mark.parametrize(
    ("key", "named"),
    [
        ("telegram", {"client groups", "own accounts"}),
        ("telegram.staff", {"topics", "templates while typing"}),
    ],
)
def test_of_two_bots_each_is_asked_for_its_own(tmp_path: Path, key: str, named: set[str]) -> None:
    assert set(said(tmp_path, key, STAFF)) == named
