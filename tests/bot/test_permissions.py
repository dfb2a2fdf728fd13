"""Who may press and say what: every button and every command, for everybody there is."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.buttons import CardButton, CardDeed, WhyButton, may_act
from bot.menu_buttons import MenuButton
from bot.task_buttons import TaskButton, TaskDeed
from inbox.model import Absence, Manager, Role
from inbox.work_records import Horizon, Task
from tests.bot.buttons_and_commands import all_buttons, all_commands
from tests.bot.desk_world import BOT, DeskWorld
from tests.bot.permission_people import (
    ANOTHERS,
    ENTITLED,
    GONE_WORDS,
    MAYA,
    MEMBERS,
    NO_BUTTON,
    NO_CALENDAR,
    NO_INVITES,
    NO_LEADER,
    ONLY_MEMBERS,
    OTHERS,
    STRANGER,
    TEAM,
)
from tests.bot.permission_rows import (
    CARDS,
    COMMANDS,
    HEADS_SCREENS,
    PEOPLE,
    REPLIES,
    SCREENS,
    Row,
)
from tests.bot.permission_rows_of_work import CLIENTS, TASKS, TEMPLATES, unread
from tests.bot.permission_rows_of_work import TEAM as OF_TEAM
from tests.bot.permission_world import (
    all_press,
    pressed_one_by_one,
    restore,
    spoiled,
    state,
    studio,
    unknown,
)
from tests.bot.screens import presses_under
from tests.bot.studio import ADAM, GONE, HELEN, IVAN, OLGA

# What hands clients away, and what makes two people one, comes last.
ROWS = (*CARDS, *TASKS, *TEMPLATES, *CLIENTS, *REPLIES, *SCREENS, *PEOPLE, *OF_TEAM)
NOBODYS_NUMBER = 777_777


@pytest.fixture
async def desk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[DeskWorld]:
    """Nothing may fail behind a press that was answered."""
    with caplog.at_level(logging.WARNING):
        async with studio(tmp_path) as world:
            yield world
    failed = [one for one in caplog.records if one.levelno >= logging.ERROR or one.exc_info]
    assert [one.getMessage() for one in failed] == []


# --- nothing is forgotten ----------------------------------------------------------------------


def test_every_button_has_a_row() -> None:
    known = {row.case for row in ROWS}
    assert known == all_buttons()


def test_every_command_has_a_row() -> None:
    said = [row.command for row in COMMANDS]
    assert sorted(said) == sorted(set(said))
    assert set(said) == all_commands()


def test_no_two_kinds_of_buttons_look_alike() -> None:
    all_buttons()
    kinds = {type(row.button) for row in ROWS}
    assert len({one.__prefix__ for one in kinds}) == len(kinds)


# --- buttons -----------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [ROWS[: len(ROWS) // 2], ROWS[len(ROWS) // 2 :]])
async def test_buttons(desk: DeskWorld, rows: tuple[Row, ...]) -> None:
    wrong: list[str] = []
    for row in rows:
        data = row.button.pack()
        before = await state(desk)
        refused = [one for one in TEAM if one not in row.allowed]
        for person, said in await all_press(desk, (*refused, *OTHERS), data):
            if said not in (row.refused if person in MEMBERS else ONLY_MEMBERS):
                wrong.append(f"{person.name} may press {row.button!r}: {said}")
        if await state(desk) != before:
            wrong.append(f"who may not press {row.button!r} changed something by it")
        for person in (one for one in TEAM if one in row.allowed):
            said = await desk.presses_made_up(person.telegram_id, data)
            if said in row.refused | NO_BUTTON | ONLY_MEMBERS:
                wrong.append(f"{person.name} may not press {row.button!r}: {said}")
            await restore(desk)
    assert not wrong, "\n".join(wrong)


async def test_changed_data_is_refused_with_a_word(desk: DeskWorld) -> None:
    """Made of the fields of each kind of button; and what is no button at all."""
    of_each = {type(row.button): row.button for row in ROWS}.values()
    made_up = {bad for button in of_each for bad in spoiled(button)}
    made_up |= {"", "x", "c", "zz:1", ":", "c:" + "1" * 61}
    for data, said in await pressed_one_by_one(desk, TEAM, sorted(made_up)):
        assert said in NO_BUTTON, data


async def test_what_is_not_there_is_refused_with_a_word(desk: DeskWorld) -> None:
    largest = {type(row.button): row.button for row in ROWS}.values()
    datas = {
        data
        for number, buttons in (
            (NOBODYS_NUMBER, [row.button for row in ROWS]),
            (2**63 - 2, [one for one in largest if "chat_id" not in type(one).model_fields]),
        )
        for button in buttons
        for data in unknown(button, unread(button), number)
    }
    before = await state(desk)
    for data, said in await pressed_one_by_one(desk, (HELEN, ADAM), sorted(datas)):
        assert said in GONE_WORDS, data
    assert await state(desk) == before


async def test_a_task_of_no_message_has_none_to_show(desk: DeskWorld) -> None:
    now = desk.inbox.clock.now()
    async with desk.inbox.store.begin() as t:
        task = await t.add_task(Task("b", 1, "Позвонить", Horizon.NOW, OLGA.id, now))
    data = TaskButton(deed=TaskDeed.MESSAGE, task_id=task.id).pack()
    assert await desk.presses_made_up(OLGA.telegram_id, data) in NO_BUTTON
    assert await desk.presses_made_up(IVAN.telegram_id, data) in ANOTHERS


async def test_every_button_of_another_persons_card_is_refused(desk: DeskWorld) -> None:
    desk.people.says(OLGA.telegram_id, BOT, "/menu")
    card = await desk.sees(OLGA.telegram_id, "Сайт не открывается")
    rows = card["reply_markup"]["inline_keyboard"]
    datas = [one["callback_data"] for row in rows for one in row]
    # Whoever sees the card may ask why it is shown: in a forum that is everybody.
    datas.remove(WhyButton(message_id=1).pack())
    assert len(datas) > 4
    for data in datas:
        for person, words in ((IVAN, ANOTHERS), (GONE, ONLY_MEMBERS), (STRANGER, ONLY_MEMBERS)):
            assert await presses_under(desk, person, card, data) in words, data


async def test_screens_of_heads_say_so_to_others(desk: DeskWorld) -> None:
    turned_away = NO_LEADER | NO_CALENDAR | NO_INVITES
    for screen in HEADS_SCREENS:
        data = MenuButton(screen=screen).pack()
        for person in (OLGA, IVAN, MAYA):
            await desk.presses_made_up(person.telegram_id, data)
            await desk.until(lambda p=person: _newest(desk, p).startswith(tuple(turned_away)))
            desk.people.says(person.telegram_id, BOT, "/menu")
            await desk.until(lambda p=person: _newest(desk, p).startswith("☰"))
        before = _newest(desk, ADAM)
        await desk.presses_made_up(ADAM.telegram_id, data)
        shown = await desk.until(lambda n=before: _newest(desk, ADAM).replace(n, ""))
        assert not shown.startswith(tuple(turned_away)), screen


def _newest(desk: DeskWorld, person: Manager) -> str:
    said = [one for one in desk.chat(person.telegram_id) if not one["out"]]
    return str(said[-1].get("text", ""))


async def test_who_stands_in_may_act_for_that_time(desk: DeskWorld) -> None:
    """Rule 11: while somebody is away, the deputy does what the holder would do."""
    rows = [row for row in (*CARDS, *TASKS, *CLIENTS) if row.allowed == ENTITLED]
    rows = list({row.case[0]: row for row in rows}.values())
    assert len(rows) > 15
    now = desk.inbox.clock.now()
    async with desk.inbox.store.begin() as t:
        away = Absence(OLGA.id, now, now + timedelta(hours=1), deputy_id=IVAN.id)
        kept = await t.add_absence(away)
    for row in rows:
        said = await desk.presses_made_up(IVAN.telegram_id, row.button.pack())
        assert said not in row.refused | NO_BUTTON, row.button
        await restore(desk)
    async with desk.inbox.store.begin() as t:
        await t.save_absence(replace(kept, until=now))
    button = CardButton(deed=CardDeed.HISTORY, conversation_id=1).pack()
    assert await desk.presses_made_up(IVAN.telegram_id, button) in ANOTHERS


def test_who_may_act() -> None:
    deputised = replace(OLGA, deputy_id=IVAN.id)
    chat = Manager(9, "Дежурные", -100, Role.CHAT)
    for holder, stand_ins, allowed in (
        (OLGA, (), {OLGA, HELEN, ADAM}),
        (deputised, (), {OLGA, IVAN, HELEN, ADAM}),
        (OLGA, (IVAN,), {OLGA, IVAN, HELEN, ADAM}),
        (OLGA, (GONE,), {OLGA, HELEN, ADAM}),
        (None, (), {OLGA, IVAN, HELEN, ADAM}),
        (GONE, (), {OLGA, IVAN, HELEN, ADAM}),
    ):
        for person in (OLGA, IVAN, HELEN, ADAM, GONE, chat):
            assert may_act(person, holder, stand_ins) == (person in allowed)
