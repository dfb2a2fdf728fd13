"""Who may command and press what: every command and button, for everybody there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.buttons import (
    CardButton,
    CardDeed,
    HandButton,
    LanguageButton,
    PageButton,
    ReplyButton,
    ReplyDeed,
    RoleButton,
)
from inbox.model import Manager
from tests.bot.desk_world import BOT, CLIENT, NEWCOMER, DeskWorld, around, desk_world, running
from tests.bot.studio import ADAM, GONE, HELEN, IVAN, OLGA

STRANGER = Manager(0, "Новый", NEWCOMER)
EVERYBODY = (OLGA, IVAN, HELEN, ADAM, GONE, STRANGER)
MEMBERS = {OLGA, IVAN, HELEN, ADAM}
ENTITLED = {OLGA, HELEN, ADAM}  # of Olga's client: the holder, a head, an administrator
LEADERS = {HELEN, ADAM}

ONLY_MEMBERS = "Эта кнопка только для сотрудников студии."
NO_BUTTON = {"Эта кнопка больше не действует.", "This button no longer works."}
ANOTHERS = {
    "Этот клиент — за другим менеджером (Ольга). Попросите передать.",
    "Ольга has this client. Ask to have it handed over.",
}
NO_INVITES = {
    "Приглашать могут только руководитель и администратор.",
    "Only a head or an administrator can invite.",
}

# The client and the reply of these tests have the number 1. Pressed last: what hands away.
BUTTONS = [
    (CardButton(deed=CardDeed.SHOW, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.HISTORY, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.HAND_OVER, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.DISMISS, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.TAKE, conversation_id=1), {OLGA}, ANOTHERS),
    (ReplyButton(deed=ReplyDeed.ARRIVED, reply_id=1), ENTITLED, ANOTHERS),
    (ReplyButton(deed=ReplyDeed.TRY_AGAIN, reply_id=1), ENTITLED, ANOTHERS),
    (PageButton(offset=0), MEMBERS, set()),
    (LanguageButton(language="ru"), MEMBERS, set()),
    (RoleButton(role="manager"), LEADERS, NO_INVITES),
    (RoleButton(role="head"), LEADERS, NO_INVITES),
    (RoleButton(role="admin"), {ADAM}, NO_INVITES),
    (HandButton(conversation_id=1, manager_id=OLGA.id), ENTITLED, ANOTHERS),
]
COMMANDS = [
    ("/start", MEMBERS, ("/inbox",)),
    ("/help", MEMBERS, ("/language —",)),
    ("/inbox", MEMBERS, ("Ждут ответа", "Никто не ждёт", "Waiting for", "Nobody waits")),
    ("/language", MEMBERS, ("Выберите язык", "Choose a language")),
    ("/invite", LEADERS, ("Кого приглашаете", "Whom do you invite")),
]
MADE_UP = [
    "",
    "x",
    "c:z:1",
    "c:d:",
    f"c:d:{10**30}",
    "c:d:-1",
    "h:1",
    "v:owner",
    "l:xx",
    "p:-1",
    "c:h:77",
    "r:v:77",
    "h:1:5",
    "h:1:77",
]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        world.people.says(CLIENT, BOT, "Сайт не открывается")
        card = await world.sees(OLGA.telegram_id, "Сайт не открывается")
        await world.presses(OLGA, card, "Взять")
        world.people.says(OLGA.telegram_id, BOT, "Смотрим", reply_to=card["message_id"])
        await world.sees(CLIENT, "Смотрим")
        yield world


async def test_buttons(desk: DeskWorld) -> None:
    for data, allowed, refusals in BUTTONS:
        for person in EVERYBODY:
            said = await desk.presses_made_up(person.telegram_id, data.pack())
            case = f"{person.name} presses {data!r}: {said}"
            if person in allowed:
                assert said not in {*refusals, *NO_BUTTON, ONLY_MEMBERS}, case
            elif person in MEMBERS:
                assert said in refusals, case
            else:
                assert said == ONLY_MEMBERS, case


async def test_made_up_buttons_are_refused_with_a_word(desk: DeskWorld) -> None:
    for data in MADE_UP:
        said = await desk.presses_made_up(ADAM.telegram_id, data)
        assert said in NO_BUTTON | NO_INVITES, data
        assert await desk.presses_made_up(NEWCOMER, data) == ONLY_MEMBERS, data


async def test_commands(desk: DeskWorld) -> None:
    for command, allowed, expected in COMMANDS:
        for person in EVERYBODY:
            before = len(heard(desk, person))
            desk.people.says(person.telegram_id, BOT, command)
            if person not in MEMBERS:
                continue
            said = await desk.until(lambda p=person, n=before: heard(desk, p)[n:])
            case = f"{person.name} says {command}: {said}"
            if person in allowed:
                assert any(one in said[-1] for one in expected), case
            else:
                assert said[-1] in NO_INVITES, case
        # Whoever is no member is a client, whose words are a message like any other.
        assert heard(desk, GONE) == heard(desk, STRANGER) == []
        if command != "/start":
            await desk.sees(HELEN.telegram_id, f"\n\n{command}\n\n")


async def test_the_staffs_own_bot_turns_others_away(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there, two_bots=True) as desk:
        for person in (GONE, STRANGER):
            desk.people.says(person.telegram_id, BOT, "/inbox")
            await desk.sees(person.telegram_id, "Этот бот — для сотрудников студии.")
        desk.people.says(OLGA.telegram_id, BOT, "/inbox")
        await desk.sees(OLGA.telegram_id, "Никто не ждёт ответа.")


async def test_a_colleague_cannot_answer_anothers_client(desk: DeskWorld) -> None:
    shown = await desk.sees(IVAN.telegram_id, "Сайт не открывается")
    desk.people.says(IVAN.telegram_id, BOT, "И я тут", reply_to=shown["message_id"])

    await desk.sees(IVAN.telegram_id, "Не отправлено.")
    assert not any("И я тут" in one.get("text", "") for one in desk.chat(CLIENT))


def heard(desk: DeskWorld, person: Manager) -> list[str]:
    """What the bot wrote to somebody, cards aside."""
    return [
        one.get("text", "")
        for one in desk.chat(person.telegram_id)
        if not one["out"] and "💬 Telegram" not in one.get("text", "")
    ]
