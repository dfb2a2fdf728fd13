"""Who may say what: commands alone and in replies, answers to questions, notes, inline mode."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from bot.handlers import setup
from bot.handlers.reply import AnswersLinked
from bot.handlers.topic import AboutClient
from bot.menu_buttons import MenuButton, Screen
from bot.prompts import Asked, Prompt, remember
from inbox.model import Manager, Role
from inbox.ports import DeskRef
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, around, running
from tests.bot.permission_answers import (
    ALLOWED_TO_ALL,
    ANSWERS,
    NO_CLIENT_SO,
    NO_SUCH_CLIENT,
    NONE_FOUND,
    NOT_FOR_STAND_INS,
    NOT_KEPT,
    NOT_SENT,
    REPLIED,
    Answer,
)
from tests.bot.permission_people import (
    ANOTHERS,
    ENTITLED,
    MAYA,
    NO_LEADER,
    OTHERS,
    OWNERS,
    STRANGER,
    TEAM,
)
from tests.bot.permission_rows import COMMANDS
from tests.bot.permission_world import restore, state, studio
from tests.bot.screens import at_client
from tests.bot.studio import GONE, HELEN, IVAN, OLGA


@pytest.fixture
async def desk(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> AsyncIterator[DeskWorld]:
    """Nothing may fail behind what is said."""
    with caplog.at_level(logging.WARNING):
        async with studio(tmp_path) as world:
            yield world
    failed = [one for one in caplog.records if one.levelno >= logging.ERROR or one.exc_info]
    assert [one.getMessage() for one in failed] == []


def from_bot(desk: DeskWorld, person: Manager) -> list[dict[str, Any]]:
    return [one for one in desk.chat(person.telegram_id) if not one["out"]]


def is_card(message: dict[str, Any]) -> bool:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return any(one["callback_data"].startswith("c:h:") for row in rows for one in row)


async def hears(desk: DeskWorld, person: Manager, say: Callable[[], object]) -> str:
    """What the desk says next to somebody, cards aside."""
    before = {one["message_id"] for one in from_bot(desk, person)}
    say()

    def said() -> list[str]:
        new = (one for one in from_bot(desk, person) if one["message_id"] not in before)
        said = (one for one in new if not is_card(one) and "pinned_message" not in one)
        return [one.get("text", "") for one in said]

    return str((await desk.until(said))[-1])


async def hears_of(
    desk: DeskWorld, person: Manager, text: str, to: dict[str, Any] | None = None
) -> str:
    """What is said to these words."""
    number = to["message_id"] if to is not None else None
    return await hears(
        desk, person, lambda: desk.people.says(person.telegram_id, BOT, text, reply_to=number)
    )


# --- commands ----------------------------------------------------------------------------------


async def test_commands(desk: DeskWorld) -> None:
    for row in COMMANDS:
        for person in TEAM:
            said = await hears_of(desk, person, row.command)
            case = f"{person.name} says {row.command}: {said}"
            if person in row.allowed:
                assert any(one in said for one in row.heard), case
            else:
                assert said in row.refused, case


async def test_whoever_is_no_member_commands_nothing(desk: DeskWorld) -> None:
    """What they say is a client's message like any other."""
    for row in COMMANDS:
        for person in OTHERS:
            desk.people.says(person.telegram_id, BOT, row.command)
        if row.command != "/start":
            await desk.sees(HELEN.telegram_id, f"\n\n{row.command}\n\n")
    assert [from_bot(desk, one) for one in OTHERS] == [[], []]


async def test_the_staffs_own_bot_turns_others_away(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there, two_bots=True) as desk:
        for person in (GONE, STRANGER):
            desk.people.says(person.telegram_id, BOT, "/inbox")
            await desk.sees(person.telegram_id, "Этот бот — для сотрудников студии.")
        desk.people.says(OLGA.telegram_id, BOT, "/inbox")
        await desk.sees(OLGA.telegram_id, "Никто не ждёт ответа.")


def test_every_command_in_a_reply_has_a_row() -> None:
    found: set[str] = set()
    for router in setup():
        for handler in router.message.handlers:
            conditions = [one.callback for one in handler.filters or ()]
            if any(isinstance(one, AboutClient | AnswersLinked) for one in conditions):
                for one in conditions:
                    found |= {f"/{name}" for name in getattr(one, "commands", ())}
    assert found == set(REPLIED) | (ALLOWED_TO_ALL - {"/nothing"})


async def test_commands_in_a_reply(desk: DeskWorld) -> None:
    before = at_client(desk)
    for command in (*REPLIED, *sorted(ALLOWED_TO_ALL)):
        for person in (OLGA, IVAN, MAYA, HELEN):
            if person is MAYA and command == "/takeback":
                continue
            card = await card_of(desk, person)
            said = await hears_of(desk, person, command, card)
            case = f"{person.name} says {command}: {said}"
            if command in ALLOWED_TO_ALL:
                assert said not in ANOTHERS, case
            elif person in (OWNERS if command in NOT_FOR_STAND_INS else ENTITLED):
                assert any(one in said for one in REPLIED[command]), case
            else:
                assert said in ANOTHERS, case
    assert at_client(desk) == before


async def card_of(desk: DeskWorld, person: Manager) -> dict[str, Any]:
    """The card that was shown to them; Maya came later and gets one."""
    if person is MAYA:
        await desk.presses_made_up(MAYA.telegram_id, "c:s:1")
        await desk.sees(MAYA.telegram_id, "Сайт не открывается")
    return shown_to(desk, person)


def says(desk: DeskWorld, person: Manager, text: str, to: dict[str, Any]) -> dict[str, Any]:
    return desk.people.says(person.telegram_id, BOT, text, reply_to=to["message_id"])


async def test_each_finds_only_what_is_the_own_to_see(desk: DeskWorld) -> None:
    for command, turned_away in (
        ("/find открывается", NONE_FOUND),
        ("/client Анна", NO_SUCH_CLIENT),
        ("/tasks Анна", NO_CLIENT_SO),
    ):
        for person in TEAM:
            said = await hears_of(desk, person, command)
            unknown = any(one in said for one in turned_away)
            assert unknown == (person not in ENTITLED), f"{person.name} {command}: {said}"


async def test_who_is_no_head_any_more_chooses_no_group(desk: DeskWorld) -> None:
    """The question came before, the answer comes after."""
    members = [HELEN.telegram_id]
    desk.world.add_group(-100_900, "Дежурные", members=members, bots=[BOT], admins=members)
    data = MenuButton(screen=Screen.ALERTS_GROUP).pack()
    await desk.presses_made_up(HELEN.telegram_id, data)
    async with desk.inbox.store.begin() as t:
        helen = next(one for one in await t.staff() if one.id == HELEN.id)
        await t.save_manager(replace(helen, role=Role.MANAGER))
    await desk.until(lambda: from_bot(desk, HELEN)[-1].get("reply_markup", {}).get("keyboard"))

    said = await hears(
        desk, HELEN, lambda: desk.people.shares_chat(HELEN.telegram_id, BOT, -100_900)
    )

    assert said in NO_LEADER
    async with desk.inbox.store.begin() as t:
        assert -100_900 not in {one.telegram_id for one in await t.staff()}


# --- answers to questions ----------------------------------------------------------------------


def test_every_question_has_a_row() -> None:
    assert {one.prompt.asked for one in ANSWERS} == set(Asked)


async def test_answers_to_questions(desk: DeskWorld) -> None:
    for row in ANSWERS:
        for person in sorted(TEAM, key=lambda one: one in row.allowed):
            before = await state(desk)
            said = await answers(desk, person, row)
            case = f"{person.name} answers {row.prompt}: {said}"
            if person in row.allowed:
                assert not any(one in said for one in row.refused), case
            else:
                assert any(one in said for one in row.refused), case
                assert await state(desk) == before, case
            await restore(desk)


async def answers(desk: DeskWorld, person: Manager, row: Answer) -> str:
    question = await asked(desk, person, row.prompt)
    if row.prompt.asked is Asked.LETTER and person is OLGA:
        says(desk, person, row.text, question)
        await desk.sees(CLIENT, row.text)
        return ""  # her colleagues are asked whether to send theirs as well
    return await hears_of(desk, person, row.text, question)


async def asked(desk: DeskWorld, person: Manager, prompt: Prompt) -> dict[str, Any]:
    """The question stands in the person's chat, as it was asked there once."""
    text = f"Вопрос: {prompt.asked}, {prompt.about}"
    sent = await desk.bot.send_message(person.telegram_id, text)
    ref = DeskRef(BOT, person.telegram_id, sent.message_id)
    await remember(desk.inbox, ref, prompt)
    return {"message_id": sent.message_id}


async def test_the_questions_of_former_members_are_answered_by_nobody(desk: DeskWorld) -> None:
    """They are clients now: what they write is a message like any other."""
    before = await state(desk)
    for number, row in enumerate(ANSWERS):
        text = f"{row.text} № {number}"
        for person in OTHERS:
            says(desk, person, text, await asked(desk, person, row.prompt))
        await desk.sees(HELEN.telegram_id, text)
    after = await state(desk)
    assert after[1:] == before[1:]
    for person in OTHERS:
        assert all("Вопрос" in one["text"] for one in from_bot(desk, person))


# --- replies and notes -------------------------------------------------------------------------


async def test_a_colleague_cannot_answer_anothers_client(desk: DeskWorld) -> None:
    said = await hears(desk, IVAN, lambda: says(desk, IVAN, "И я тут", shown_to(desk, IVAN)))
    assert any(said.startswith(one) for one in NOT_SENT)
    assert not any("И я тут" in one for one in at_client(desk))


def shown_to(desk: DeskWorld, person: Manager) -> dict[str, Any]:
    texts = ((one, one.get("text", "")) for one in from_bot(desk, person))
    return next(one for one, text in texts if "не открывается" in text and "💬 Telegram" in text)


async def notes(desk: DeskWorld) -> list[str]:
    async with desk.inbox.store.begin() as t:
        return [one.text for one in await t.notes_of_client(1, None, 10)]


async def test_a_note_by_who_was_not_called_is_not_kept(desk: DeskWorld) -> None:
    note = "// он ещё не заплатил"
    said = await hears(desk, IVAN, lambda: says(desk, IVAN, note, shown_to(desk, IVAN)))
    assert any(said.startswith(one) for one in NOT_KEPT)
    assert await notes(desk) == []

    await hears(desk, OLGA, lambda: says(desk, OLGA, "// @Иван, счёт?", shown_to(desk, OLGA)))
    called = await desk.sees(IVAN.telegram_id, "Ольга зовёт вас")
    await hears(desk, IVAN, lambda: says(desk, IVAN, note, called))
    assert "он ещё не заплатил" in await notes(desk)

    said = await hears(desk, IVAN, lambda: says(desk, IVAN, "и без черты", called))
    assert any(one in said for one in NOT_SENT)
    assert at_client(desk) == ["Смотрим"]


async def test_who_holds_no_client_is_offered_none_for_a_note(desk: DeskWorld) -> None:
    for text in ("// для себя", "кому-нибудь"):
        said = await hears(desk, IVAN, lambda t=text: desk.people.says(IVAN.telegram_id, BOT, t))
        assert "Анна" not in said
        keyboard = from_bot(desk, IVAN)[-1].get("reply_markup", {}).get("inline_keyboard", [])
        assert not any("Анна" in one["text"] for row in keyboard for one in row)


# --- inline mode -------------------------------------------------------------------------------


async def test_inline_mode_is_for_members(desk: DeskWorld) -> None:
    for person in TEAM:
        offered = await desk.people.types_inline(person.telegram_id, BOT, "")
        assert len(offered["results"]) == 2, person.name
    for person in OTHERS:
        with pytest.raises(TimeoutError):
            await desk.people.types_inline(person.telegram_id, BOT, "", within=0.5)


async def test_what_is_chosen_goes_to_no_client_of_a_colleague(desk: DeskWorld) -> None:
    card = shown_to(desk, IVAN)["message_id"]
    for number in range(2):
        offered = await desk.people.types_inline(IVAN.telegram_id, BOT, "")
        chosen = offered["results"][number]["id"]
        said = await hears(
            desk,
            IVAN,
            partial(desk.people.chooses, IVAN.telegram_id, BOT, chosen, reply_to=card),
        )
        assert any(one in said for one in NOT_SENT)
    assert at_client(desk) == ["Смотрим"]
