"""/away, /back, /dayoff and /why at the desk: a Bot API over HTTP, a database in a file."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from inbox.calendars import STUDIO
from inbox.model import Absence, Handle, Manager, Wait
from inbox.ports import Deed, Purpose, Shown
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, desk_world, labels
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as started:
        yield started


def says(desk: DeskWorld, who: Manager, text: str, **more: Any) -> dict[str, Any]:
    return desk.people.says(who.telegram_id, BOT, text, **more)


async def absences(desk: DeskWorld, name: str) -> tuple[Absence, ...]:
    async with desk.inbox.store.begin() as t:
        staff = await t.staff()
    now = desk.inbox.clock.now()
    (one,) = [one for one in staff if one.name == name]
    return tuple(each for each in one.absences if each.until > now)


async def asked(desk: DeskWorld) -> dict[str, Any]:
    """A client of Olga's writes; the card at Olga's."""
    async with desk.inbox.store.begin() as t:
        olga = next(one for one in await t.staff() if one.name == OLGA.name)
        client = await t.add_client("Ромашка", olga.id)
        contact = await t.add_contact(client.id, "Анна")
        await t.add_handles(contact.id, [Handle("telegram", str(CLIENT))])
    desk.people.says(CLIENT, BOT, "Не открывается сайт")
    return await desk.sees(OLGA.telegram_id, "Не открывается сайт")


async def test_away_with_days_and_a_deputy(desk: DeskWorld) -> None:
    says(desk, OLGA, "/away завтра Иван")
    said = await desk.sees(OLGA.telegram_id, "Отсутствует Ольга")
    assert "Карточки и напоминания получает: Иван." in said["text"]
    assert "Сейчас ждут ответа: 0." in said["text"]
    (absence,) = await absences(desk, OLGA.name)
    assert absence.until - absence.since == timedelta(days=1)


async def test_without_a_deputy_the_heads_stand_in(desk: DeskWorld) -> None:
    says(desk, OLGA, "/away до пятницы")
    said = await desk.sees(OLGA.telegram_id, "Отсутствует Ольга")
    assert "Заместитель не назван: карточки и напоминания получает: Helen." in said["text"]


async def test_away_alone_offers_days_and_back_ends_it(desk: DeskWorld) -> None:
    says(desk, OLGA, "/away")
    asked_ = await desk.sees(OLGA.telegram_id, "Вы на месте.")
    days = ["Сегодня", "По воскресенье", "На неделю", "Другие дни"]
    assert labels(asked_) == [*days, "← Меню"]
    await desk.presses(OLGA, asked_, "На неделю")
    await desk.sees(OLGA.telegram_id, "Отсутствует Ольга")
    assert len(await absences(desk, OLGA.name)) == 1
    says(desk, OLGA, "/away")
    state = await desk.until(
        lambda: next(
            (one for one in desk.chat(OLGA.telegram_id) if labels(one)[:1] == ["Я на месте"]), None
        )
    )
    await desk.presses(OLGA, state, "Я на месте")
    await desk.sees(OLGA.telegram_id, "Ольга снова на месте")
    assert await absences(desk, OLGA.name) == ()
    says(desk, OLGA, "/back")
    await desk.sees(OLGA.telegram_id, "Ольга на месте; отсутствие не введено.")


async def test_other_days_are_written_in_a_reply(desk: DeskWorld) -> None:
    says(desk, OLGA, "/away")
    offer = await desk.sees(OLGA.telegram_id, "Вы на месте.")
    await desk.presses(OLGA, offer, "Другие дни")
    question = await desk.sees(OLGA.telegram_id, "Ответьте на это сообщение днями")
    says(desk, OLGA, "завтра Иван", reply_to=question["message_id"])
    await desk.sees(OLGA.telegram_id, "Отсутствует Ольга")


async def test_a_head_says_it_for_others_and_nobody_else_does(desk: DeskWorld) -> None:
    says(desk, HELEN, "/away @Ольга tomorrow Иван")
    await desk.sees(HELEN.telegram_id, "Ольга is away: ")
    assert len(await absences(desk, OLGA.name)) == 1
    says(desk, IVAN, "/away Ольга неделю")
    await desk.sees(IVAN.telegram_id, "вводит только руководитель")
    says(desk, IVAN, "/back Ольга")
    await desk.until(
        lambda: sum("вводит только" in m.get("text", "") for m in desk.chat(IVAN.telegram_id)) == 2
    )
    assert len(await absences(desk, OLGA.name)) == 1
    says(desk, HELEN, "/back Ольга")
    await desk.sees(HELEN.telegram_id, "Ольга is there again")
    says(desk, HELEN, "/back Zoe")
    await desk.sees(HELEN.telegram_id, "There is no Zoe in the team.")


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/away когда-нибудь", "Напишите дни"),
        ("/away завтра Зоя", "В команде нет Зоя (есть: "),
        ("/away Зоя завтра", "В команде нет Зоя (есть: "),
        ("/away 14.12.2027-01.12.2027", "Первый день позже последнего."),
        ("/away 01.01.2020", "Эти дни уже прошли."),
        ("/away завтра Ольга", "Никто не замещает самого себя."),
        ("/away 01.01.2090", "больше чем на год"),
    ],
)
async def test_what_is_wrong_is_named(desk: DeskWorld, text: str, answer: str) -> None:
    says(desk, OLGA, text)
    await desk.sees(OLGA.telegram_id, answer)
    assert await absences(desk, OLGA.name) == ()


async def test_an_absence_in_these_days_is_named(desk: DeskWorld) -> None:
    says(desk, OLGA, "/away завтра Иван")
    await desk.sees(OLGA.telegram_id, "Отсутствует Ольга")
    says(desk, OLGA, "/away неделю")
    await desk.sees(OLGA.telegram_id, "отсутствие уже введено")


async def test_a_day_off_moves_what_waits_and_is_taken_back(desk: DeskWorld) -> None:
    await asked(desk)
    async with desk.inbox.store.begin() as t:
        (before,) = await t.waiting(None, 10)
    assert before.wait is not None
    assert before.wait.due_at is not None
    due = before.wait.due_at.astimezone(desk.inbox.calendars.studio.hours.zone).date()

    says(desk, HELEN, f"/dayoff {due.isoformat()} Party")
    said = await desk.sees(HELEN.telegram_id, "closed. ")
    assert "1 open wait has another due time now." in said["text"]
    async with desk.inbox.store.begin() as t:
        (after,) = await t.waiting(None, 10)
        (day,) = await t.special_days()
    assert after.wait is not None
    assert after.wait.due_at is not None
    assert after.wait.due_at > before.wait.due_at
    assert (day.day, day.name, day.shifts) == (due, "Party", ())

    says(desk, HELEN, "/dayoff")
    listed = await desk.sees(HELEN.telegram_id, "Days off and other hours")
    assert "closed (Party) · entered here" in listed["text"]

    says(desk, HELEN, f"/dayoff {due.isoformat()} off")
    await desk.sees(HELEN.telegram_id, "as in the settings again. 1 open wait")
    async with desk.inbox.store.begin() as t:
        (again,) = await t.waiting(None, 10)
    assert again.wait is not None
    assert again.wait.due_at == before.wait.due_at
    says(desk, HELEN, f"/dayoff {due.isoformat()} off")
    await desk.sees(HELEN.telegram_id, "nothing was entered.")


async def test_other_hours_over_a_range(desk: DeskWorld) -> None:
    says(desk, ADAM, "/dayoff 03.01-05.01 10:00-13:00, 14:00-15:00 короткие дни")
    said = await desk.sees(ADAM.telegram_id, "открыто 10:00-13:00, 14:00-15:00.")
    assert "Сроков открытых ожиданий это не меняет." in said["text"]
    async with desk.inbox.store.begin() as t:
        days = await t.special_days()
    assert [one.day.day for one in days] == [3, 4, 5]
    assert {(one.calendar, one.name, len(one.shifts)) for one in days} == {
        (STUDIO, "короткие дни", 2)
    }


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("/dayoff Party", "Write the day first"),
        ("/dayoff 31.12 25:00-26:00", "are no working hours"),
        ("/dayoff --calendar omsk 31.12", "There is no calendar omsk (there is: studio)."),
        ("/dayoff 01.01.2027-01.12.2027", "The days must run forward, 62 at most."),
    ],
)
async def test_a_wrong_day_off_is_explained(desk: DeskWorld, text: str, answer: str) -> None:
    says(desk, HELEN, text)
    await desk.sees(HELEN.telegram_id, answer)
    async with desk.inbox.store.begin() as t:
        assert await t.special_days() == ()


async def test_a_manager_changes_no_calendar(desk: DeskWorld) -> None:
    says(desk, OLGA, "/dayoff 31.12")
    await desk.sees(OLGA.telegram_id, "Календарь меняет только")
    async with desk.inbox.store.begin() as t:
        assert await t.special_days() == ()


async def test_why_by_button_and_by_reply(desk: DeskWorld) -> None:
    card = await asked(desk)
    await desk.presses(OLGA, card, "Почему?")
    said = await desk.sees(OLGA.telegram_id, "Ромашка ждёт с")
    lines = said["text"].splitlines()
    assert lines[1] == "Не открывается сайт"
    assert lines[-1] == "№ 1"
    assert said["reply_to_message"]["message_id"] == card["message_id"]

    says(desk, OLGA, "Смотрю", reply_to=said["message_id"])
    await desk.until(lambda: [m for m in desk.chat(CLIENT) if m.get("text") == "Смотрю"])
    says(desk, OLGA, "/why", reply_to=card["message_id"])
    ended = await desk.sees(OLGA.telegram_id, "Ромашка: ожидание с")
    assert "В срок" in ended["text"]
    async with desk.inbox.store.begin() as t:
        assert Deed.CLOSED in {one.entry.deed for one in await t.logged()}


async def test_why_of_an_alert_is_about_what_it_alerted_of(desk: DeskWorld) -> None:
    card = await asked(desk)
    now = desk.inbox.clock.now().replace(microsecond=0)
    async with desk.inbox.store.begin() as t:
        promise = await t.add_promise(
            1, Wait.promise(now, now + timedelta(days=5), (), desk.inbox.calendars.studio)
        )
        (link, *_) = await t.links_of_message(1)
        alert = says(desk, OLGA, "an alert stands here", reply_to=card["message_id"])
        shown = Shown(replace(link.shown.ref, message_id=alert["message_id"]), Purpose.ALERT)
        await t.link((replace(link, shown=shown, wait_id=promise.id),))
    says(desk, OLGA, "/why", reply_to=alert["message_id"])
    said = await desk.sees(OLGA.telegram_id, "Ромашка: обещание, данное")
    assert "ждёт с" not in said["text"]
    says(desk, OLGA, "/why", reply_to=card["message_id"])
    both = await desk.sees(OLGA.telegram_id, "Ромашка ждёт с")
    assert "Ромашка: обещание, данное" in both["text"]


async def test_why_of_a_message_that_nobody_awaits(desk: DeskWorld) -> None:
    card = await asked(desk)
    says(desk, OLGA, "Готово", reply_to=card["message_id"])
    await desk.until(lambda: [m for m in desk.chat(CLIENT) if m.get("text") == "Готово"])
    desk.people.says(CLIENT, BOT, "Спасибо!")
    thanks = await desk.sees(OLGA.telegram_id, "Спасибо!")
    says(desk, OLGA, "/why", reply_to=thanks["message_id"])
    said = await desk.sees(OLGA.telegram_id, "Благодарность за ответ")
    assert "Ответа не ждут." in said["text"]
    assert "ждёт с" not in said["text"]


async def test_a_strangers_client_is_not_explained(desk: DeskWorld) -> None:
    await asked(desk)
    assert "Ольга" in await desk.presses_made_up(IVAN.telegram_id, "w:1")
    assert (
        await desk.presses_made_up(IVAN.telegram_id, "w:999") == "Эта кнопка больше не действует."
    )
