"""Who may command and press what: every command and button, for everybody there is."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.buttons import (
    CardButton,
    CardDeed,
    DayButton,
    HandButton,
    LanguageButton,
    PageButton,
    PickButton,
    PickDeed,
    PromiseButton,
    PromiseDeed,
    QuestionButton,
    ReplyButton,
    ReplyDeed,
    RoleButton,
    TakeOnButton,
    TimeButton,
    WhyButton,
    may_act,
)
from bot.menu_buttons import BackButton, MenuButton, Screen
from bot.reply_buttons import (
    AnsweringButton,
    AnywayButton,
    BeforeButton,
    CorrectButton,
    TakeBackButton,
    TakeBackDeed,
    ToWhomButton,
    UndoButton,
)
from inbox import promises, routing
from inbox.model import Absence, Manager, Role
from tests.bot.desk_world import BOT, CLIENT, NEWCOMER, DeskWorld, around, desk_world, running
from tests.bot.studio import ADAM, GONE, HELEN, HOURS, IVAN, OLGA

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
FOR_HEADS = (Screen.ALERTS_GROUP, Screen.FORUM_GROUP, Screen.END_FORUM)
NO_LEADER = {"Это могут только руководитель и администратор."}
NO_ABSENCE = {
    "Отсутствие других вводит только руководитель или администратор.",
}
CARD_WANTED = ("Ответьте этой командой на карточку", "Reply with this command")

# The client, the reply and its wait have the number 1 in these tests, the promise 2. Pressed last:
# what hands away.
BUTTONS = [
    (CardButton(deed=CardDeed.SHOW, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.HISTORY, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.HAND_OVER, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.DISMISS, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.UNDO, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.PHONED, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.PROMISE, conversation_id=1), ENTITLED, ANOTHERS),
    (CardButton(deed=CardDeed.TAKE, conversation_id=1), {OLGA}, ANOTHERS),
    (WhyButton(message_id=1), ENTITLED, ANOTHERS),
    (QuestionButton(message_id=1), ENTITLED, ANOTHERS),
    (DayButton(conversation_id=1, day=740_000), ENTITLED, ANOTHERS),
    (TimeButton(conversation_id=1, minute=1), ENTITLED, ANOTHERS),
    (PickButton(deed=PickDeed.DAYS, conversation_id=1), ENTITLED, ANOTHERS),
    (PickButton(deed=PickDeed.OTHER, conversation_id=1), ENTITLED, ANOTHERS),
    (PickButton(deed=PickDeed.CANCEL, conversation_id=1), MEMBERS, set()),
    (PromiseButton(deed=PromiseDeed.LEAVE, wait_id=2), ENTITLED, ANOTHERS),
    (PromiseButton(deed=PromiseDeed.TELL, wait_id=2), ENTITLED, ANOTHERS),
    (PromiseButton(deed=PromiseDeed.ASK_WITHDRAW, wait_id=2), ENTITLED, ANOTHERS),
    (PromiseButton(deed=PromiseDeed.KEPT, wait_id=2), ENTITLED, ANOTHERS),
    (PromiseButton(deed=PromiseDeed.WITHDRAW, wait_id=2), ENTITLED, ANOTHERS),
    (TakeOnButton(wait_id=1), ENTITLED, ANOTHERS),
    (ReplyButton(deed=ReplyDeed.ARRIVED, reply_id=1), ENTITLED, ANOTHERS),
    (ReplyButton(deed=ReplyDeed.TRY_AGAIN, reply_id=1), ENTITLED, ANOTHERS),
    (UndoButton(reply_id=1), ENTITLED, ANOTHERS),
    (CorrectButton(reply_id=1), ENTITLED, ANOTHERS),
    (AnsweringButton(conversation_id=1), ENTITLED, ANOTHERS),
    (BeforeButton(message_id=1), ENTITLED, ANOTHERS),
    (ToWhomButton(message_id=1, conversation_id=1), MEMBERS, set()),
    (AnywayButton(message_id=1, send=True), MEMBERS, set()),
    (TakeBackButton(deed=TakeBackDeed.LEAVE, reply_id=1), MEMBERS, set()),
    (TakeBackButton(deed=TakeBackDeed.ASK, reply_id=1), ENTITLED, ANOTHERS),
    (TakeBackButton(deed=TakeBackDeed.DO, reply_id=1), ENTITLED, ANOTHERS),
    (PageButton(offset=0), MEMBERS, set()),
    *((MenuButton(screen=one), MEMBERS, set()) for one in Screen if one not in FOR_HEADS),
    *((MenuButton(screen=one), LEADERS, NO_LEADER) for one in FOR_HEADS),
    (BackButton(manager_id=2), LEADERS | {IVAN}, NO_ABSENCE),
    (LanguageButton(language="ru"), MEMBERS, set()),
    (RoleButton(role="manager"), LEADERS, NO_INVITES),
    (RoleButton(role="head"), LEADERS, NO_INVITES),
    (RoleButton(role="admin"), {ADAM}, NO_INVITES),
    (HandButton(conversation_id=1, manager_id=OLGA.id), ENTITLED, ANOTHERS),
]
COMMANDS = [
    ("/start", MEMBERS, ("/menu",)),
    ("/menu", MEMBERS, ("☰",)),
    ("/link", MEMBERS, ("Нажмите «Выбрать группу»", "Press “Choose a group”")),
    ("/help", MEMBERS, ("/language —",)),
    ("/inbox", MEMBERS, ("Ждут ответа", "Никто не ждёт", "Waiting for", "Nobody waits")),
    ("/language", MEMBERS, ("Выберите язык", "Choose a language")),
    ("/invite", LEADERS, ("Кого приглашаете", "Whom do you invite")),
    ("/alerts", MEMBERS, ("Напишите /alerts в той группе", "Write /alerts in the group")),
    ("/noreply", MEMBERS, CARD_WANTED),
    ("/phone", MEMBERS, CARD_WANTED),
    ("/promise", MEMBERS, CARD_WANTED),
    ("/handover", MEMBERS, CARD_WANTED),
    ("/take", MEMBERS, CARD_WANTED),
    ("/takeback", MEMBERS, ("Ответьте этой командой на своё", "Reply with this command to the")),
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
    "mn:z",
    "bk:77",
    "gr:z:-1:0:0",
    "gr:c:5:1:0",
    "jn:s:77",
    "sg:s:77",
    "c:u:77",
    "e:77",
    "e:-1",
    f"e:{10**30}",
    "k:k:77",
    "k:k:1",
    "k:z:2",
    "k:t:",
    "d:1:0",
    "d:1:9999999",
    "d:77:740000",
    "t:1:-1",
    "t:1:999999999999",
    "t:77:1",
    "b:o:77",
    "b:z:1",
    "q:77",
    "w:77",
    "w:x",
    "xu:77",
    "xc:77",
    "xt:d:77",
    "xt:z:1",
    "xi:77",
    "xb:77",
    "xb:-1",
    f"xw:1:{10**30}",
    "xa:1:maybe",
]
# Said as a reply to the card of the client; each alters nothing for who comes after.
REPLIES = [
    ("/noreply", "Здесь никто не ждёт ответа.", "Nothing waits here."),
    ("/phone перезвонил", "Здесь никто не ждёт ответа.", "Nothing waits here."),
    ("/promise когда-нибудь", "Не удалось понять время.", "This could not be read as a time."),
    ("/promise", "к какому сроку обещаете ответ", "By when will"),
    ("/takeback", "Удалить у клиента", "Delete at"),
    ("/handover никому", "Такого коллеги нет.", "There is no such colleague."),
    ("/handover", "Кому передать", "over to whom?"),
]


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        world.people.says(CLIENT, BOT, "Сайт не открывается")
        card = await world.sees(OLGA.telegram_id, "Сайт не открывается")
        await world.presses(OLGA, card, "Взять")
        world.people.says(OLGA.telegram_id, BOT, "Смотрим", reply_to=card["message_id"])
        await world.sees(CLIENT, "Смотрим")
        due = HOURS.next_opening(world.inbox.clock.now() + timedelta(days=1))
        async with world.inbox.store.begin() as t:
            olga = routing.named(await t.staff(), OLGA.name)
        assert olga is not None
        assert (await promises.promise(world.inbox, 1, due, olga)).id == 2
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


async def test_commands_in_a_reply(desk: DeskWorld) -> None:
    for command, *expected in REPLIES:
        for person in MEMBERS - {ADAM}:
            card = await desk.sees(person.telegram_id, "Сайт не открывается")
            before = len(desk.chat(person.telegram_id))
            desk.people.says(person.telegram_id, BOT, command, reply_to=card["message_id"])
            said = await desk.until(
                lambda p=person, n=before: [
                    one["text"] for one in desk.chat(p.telegram_id)[n:] if not one["out"]
                ]
            )
            case = f"{person.name} says {command}: {said}"
            if person in ENTITLED:
                assert any(one in said[-1] for one in expected), case
            else:
                assert said[-1] in ANOTHERS, case
    assert [one["text"] for one in desk.chat(CLIENT) if not one["out"]] == ["Смотрим"]


async def test_who_stands_in_may_act_for_that_time(desk: DeskWorld) -> None:
    """Rule 11: while somebody is away, the deputy does what the holder would do."""
    button = CardButton(deed=CardDeed.HISTORY, conversation_id=1).pack()
    assert await desk.presses_made_up(IVAN.telegram_id, button) in ANOTHERS
    now = desk.inbox.clock.now()
    async with desk.inbox.store.begin() as t:
        staff = await t.staff()
        olga, ivan = routing.named(staff, OLGA.name), routing.named(staff, IVAN.name)
        assert olga is not None
        assert ivan is not None
        away = Absence(olga.id, now, now + timedelta(hours=1), deputy_id=ivan.id)
        kept = await t.add_absence(away)

    assert await desk.presses_made_up(IVAN.telegram_id, button) == ""

    async with desk.inbox.store.begin() as t:
        await t.save_absence(replace(kept, until=now))
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
