"""A topic per client in a member's chat: made, written in, named, deleted, refused."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram import Fault
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    NEWCOMER,
    DeskWorld,
    around,
    desk_world,
    labels,
    running,
    taken,
    ticks,
)
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA
from tests.bot.test_desk_promises import ALWAYS
from tests.bot.test_invite import begins, link

OLGAS = OLGA.telegram_id
HELENS = HELEN.telegram_id
REFUSED = Fault("refuse", "createForumTopic", status=400, description="Bad Request: no rights")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with around(tmp_path, topics=True) as there, running(there, hours=ALWAYS) as world:
        yield world


async def topic_of(desk: DeskWorld, name: str = "Анна", chat_id: int = OLGAS) -> int:
    """The thread of the client's topic."""

    def found() -> int | None:
        threads = [one for one, title in desk.topics(chat_id).items() if name in title]
        return threads[-1] if threads else None

    return int(await desk.until(found))


async def in_topic(desk: DeskWorld, thread: int, words: str, chat_id: int = OLGAS) -> None:
    await desk.until(lambda: [one for one in desk.texts(chat_id, thread) if words in one])


async def test_a_card_stands_in_the_topic_of_its_client(desk: DeskWorld) -> None:
    desk.people.says(CLIENT, BOT, "Сайт не открывается")
    card = await desk.sees(OLGAS, "Сайт не открывается")

    assert desk.topics(OLGAS) == {card["message_thread_id"]: "🟡 Анна"}
    desk.people.says(NEWCOMER, BOT, "Здравствуйте")
    other = await desk.sees(OLGAS, "Здравствуйте")
    assert other["message_thread_id"] != card["message_thread_id"]
    desk.people.says(CLIENT, BOT, "И почта")
    assert (await desk.sees(OLGAS, "И почта"))["message_thread_id"] == card["message_thread_id"]


async def test_what_is_written_in_a_topic_goes_to_its_client(desk: DeskWorld) -> None:
    card = await taken(desk)
    thread = card["message_thread_id"]
    said = desk.people.says(OLGAS, BOT, "Смотрим!", thread_id=thread)

    arrived = await desk.sees(CLIENT, "Смотрим!")
    assert arrived["reply_to_message"]["text"] == "Сайт не открывается"
    await desk.until(lambda: ticks(desk, said["message_id"]) == ["👌"])
    await desk.until(lambda: desk.topics(OLGAS)[thread] == "Анна")
    assert len([one for one in desk.chat(CLIENT) if not one["out"]]) == 1


async def test_an_album_written_in_a_topic_is_one_answer(desk: DeskWorld) -> None:
    thread = (await taken(desk))["message_thread_id"]
    photos = [{"kind": "photo", "content": b"%d" % n, "name": f"{n}.jpg"} for n in range(3)]
    desk.people.sends_album(OLGAS, BOT, photos, thread_id=thread)

    def arrived() -> list[dict[str, Any]] | None:
        got = [one for one in desk.chat(CLIENT) if "photo" in one]
        return got if len(got) == 3 else None

    got = await desk.until(arrived)
    assert len({one["media_group_id"] for one in got}) == 1


async def test_a_reply_in_a_topic_goes_where_it_replies_to(desk: DeskWorld) -> None:
    card = await taken(desk)
    desk.people.says(CLIENT, BOT, "Второе")
    await desk.sees(OLGAS, "Второе")
    thread = card["message_thread_id"]
    desk.people.says(OLGAS, BOT, "К первому", reply_to=card["message_id"], thread_id=thread)

    arrived = await desk.sees(CLIENT, "К первому")
    assert arrived["reply_to_message"]["text"] == "Сайт не открывается"


async def test_commands_in_a_topic_are_about_its_client(desk: DeskWorld) -> None:
    thread = (await taken(desk))["message_thread_id"]
    desk.people.says(OLGAS, BOT, "/noreply", thread_id=thread)
    await in_topic(desk, thread, "Отсчёт остановлен")

    desk.people.says(OLGAS, BOT, "/nosuch", thread_id=thread)
    await in_topic(desk, thread, "Такой команды нет; ничего не отправлено.")
    desk.people.says(OLGAS, BOT, "/inbox", thread_id=thread)
    await in_topic(desk, thread, "Никто не ждёт ответа.")
    assert [one for one in desk.chat(CLIENT) if not one["out"]] == []


async def test_buttons_in_a_topic_are_answered_there(desk: DeskWorld) -> None:
    card = await taken(desk)
    await desk.presses(OLGA, card, "История")
    await in_topic(desk, card["message_thread_id"], "Последние сообщения")


async def test_what_is_written_beside_the_topics_goes_to_nobody(desk: DeskWorld) -> None:
    await taken(desk)
    own = desk.people.makes_topic(OLGAS, BOT, "Заметки")["message_id"]
    desk.people.says(OLGAS, BOT, "Купить молока", thread_id=own)
    asked = await desk.sees(OLGAS, "Кому")

    assert asked["message_thread_id"] == own
    desk.people.says(OLGAS, BOT, "Позвонить")
    await desk.until(lambda: [one for one in desk.texts(OLGAS) if "Кому" in one])
    assert [one for one in desk.chat(CLIENT) if not one["out"]] == []


async def test_a_form_is_filled_only_where_it_was_begun(desk: DeskWorld) -> None:
    desk.people.says(CLIENT, BOT, "Вопрос")
    card = await desk.sees(HELENS, "Вопрос")
    await begins(desk)
    desk.people.says(HELENS, BOT, "Ответ", thread_id=card["message_thread_id"])
    await desk.sees(CLIENT, "Ответ")
    await link(desk, "Новый")


async def test_somebody_elses_client_is_not_written_to_from_ones_topic(desk: DeskWorld) -> None:
    await taken(desk)
    thread = await topic_of(desk, chat_id=IVAN.telegram_id)
    desk.people.says(IVAN.telegram_id, BOT, "Я отвечу", thread_id=thread)

    await in_topic(desk, thread, "Не отправлено.", IVAN.telegram_id)
    assert [one for one in desk.chat(CLIENT) if not one["out"]] == []


@pytest.mark.parametrize("silently", [False, True], ids=["refused", "lands elsewhere"])
async def test_a_deleted_topic_is_made_anew_with_the_same_message(
    desk: DeskWorld, silently: bool
) -> None:
    old = (await taken(desk))["message_thread_id"]
    desk.people.deletes_topic(OLGAS, BOT, old)
    desk.world.bot(BOT).ignores_missing_threads = silently
    desk.people.sends(CLIENT, BOT, "document", b"pdf", "счёт.pdf", caption="Ещё вопрос")
    new = await topic_of(desk)
    await in_topic(desk, new, "Ещё вопрос")

    assert new != old
    assert list(desk.topics(OLGAS)) == [new]
    await desk.until(lambda: [one for one in desk.chat(OLGAS) if "document" in one])
    here = [one for one in desk.chat(OLGAS) if "Ещё вопрос" in one.get("text", "")]
    files = [one for one in desk.chat(OLGAS) if "document" in one]
    assert (len(here), [one["message_thread_id"] for one in files]) == (1, [new])
    assert desk.texts(OLGAS) == []
    desk.people.says(OLGAS, BOT, "Отвечаем", thread_id=new)
    assert await desk.sees(CLIENT, "Отвечаем")


async def test_a_topic_deleted_between_card_and_file_gets_both_again(desk: DeskWorld) -> None:
    old = (await taken(desk))["message_thread_id"]
    gone = Fault(
        "refuse",
        "sendDocument",
        status=400,
        description="Bad Request: message thread not found",
    )
    desk.world.faults.add(gone)
    desk.people.sends(CLIENT, BOT, "document", b"pdf", "счёт.pdf", caption="Ещё вопрос")
    file = await desk.until(lambda: [one for one in desk.chat(OLGAS) if "document" in one])

    new = file[0]["message_thread_id"]
    assert new != old
    await in_topic(desk, new, "Ещё вопрос")


async def test_a_note_of_what_failed_stands_in_the_topic(desk: DeskWorld) -> None:
    thread = (await taken(desk))["message_thread_id"]
    desk.people.blocks(CLIENT, BOT)
    said = desk.people.says(OLGAS, BOT, "Смотрим!", thread_id=thread)

    await in_topic(desk, thread, "❌ Не отправлено")
    note = await desk.sees(OLGAS, "❌ Не отправлено")
    assert note["reply_to_message"]["message_id"] == said["message_id"]


async def test_an_alert_hangs_below_the_card_in_the_topic(desk: DeskWorld) -> None:
    card = await taken(desk)
    await desk.passes(timedelta(minutes=46))
    alert = await desk.sees(OLGAS, "⏰ Анна")

    assert alert["message_thread_id"] == card["message_thread_id"]
    assert alert["reply_to_message"]["message_id"] == card["message_id"]


async def test_no_alert_waits_for_a_topic(desk: DeskWorld) -> None:
    await taken(desk)
    desk.people.deletes_topic(HELENS, BOT, await topic_of(desk, chat_id=HELENS))
    desk.world.faults.add(Fault("refuse", "createForumTopic", HELENS, retry_after=25))
    await desk.passes(timedelta(minutes=61))
    alert = await desk.sees(HELENS, "⏰ Анна")

    assert "message_thread_id" not in alert
    desk.people.says(HELENS, BOT, "Уже смотрим", reply_to=alert["message_id"])
    assert await desk.sees(CLIENT, "Уже смотрим")


async def test_a_handed_over_client_gets_a_topic_with_its_note(desk: DeskWorld) -> None:
    thread = (await taken(desk))["message_thread_id"]
    desk.people.says(OLGAS, BOT, "/handover Иван срочно", thread_id=thread)
    note = await desk.sees(IVAN.telegram_id, "срочно")

    assert note["message_thread_id"] == await topic_of(desk, chat_id=IVAN.telegram_id)


async def test_two_cards_at_once_make_one_topic(desk: DeskWorld) -> None:
    await taken(desk)
    desk.people.deletes_topic(OLGAS, BOT, await topic_of(desk))
    async with desk.inbox.store.begin() as t:
        conversation_id = await t.newest_conversation(1)
        assert conversation_id is not None
        card = await t.card(await t.newest_message(conversation_id) or 0)
        (olga,) = [one for one in await t.staff() if one.telegram_id == OLGAS]
    desk.world.faults.add(Fault("delay", "createForumTopic", seconds=0.2))
    await asyncio.gather(*(desk.desk.show(card, olga, ()) for _ in range(4)))

    (thread,) = desk.topics(OLGAS)
    assert len(desk.texts(OLGAS, thread)) == 4


@pytest.mark.parametrize("why", ["no rights", "not enough rights to manage topics in the chat"])
async def test_refused_topics_leave_the_plain_chat_for_an_hour(desk: DeskWorld, why: str) -> None:
    desk.world.faults.add(replace(REFUSED, count=None, description=f"Bad Request: {why}"))
    desk.people.says(CLIENT, BOT, "Сайт не открывается")
    for one in (OLGA, IVAN, HELEN):
        card = await desk.sees(one.telegram_id, "Сайт не открывается")
        assert "message_thread_id" not in card
    for name in ("Ольга", "Иван", "Helen"):
        await desk.sees(ADAM.telegram_id, f"не создаёт темы в {name}")
    desk.world.faults.clear()

    desk.people.says(CLIENT, BOT, "Второе")
    assert "message_thread_id" not in await desk.sees(OLGAS, "Второе")
    await desk.passes(timedelta(hours=1, seconds=1))
    desk.people.says(CLIENT, BOT, "Третье")
    assert "message_thread_id" in await desk.sees(OLGAS, "Третье")
    told = [one for one in desk.chat(ADAM.telegram_id) if "не создаёт темы" in str(one)]
    assert len(told) == 3  # once for each chat


@pytest.mark.parametrize(
    ("fault", "in_topic"),
    [
        (Fault("refuse", "createForumTopic", retry_after=1), True),
        (Fault("refuse", "createForumTopic", retry_after=400), False),
        (Fault("refuse", "createForumTopic", status=502), False),
        (Fault("reset", "createForumTopic"), False),
        (Fault("cut", "createForumTopic"), False),
    ],
    ids=["a moment", "long", "5xx", "reset", "cut"],
)
async def test_no_card_waits_for_a_topic_that_does_not_come(
    desk: DeskWorld, fault: Fault, in_topic: bool
) -> None:
    fault.chat_id = OLGAS
    desk.world.faults.add(fault)
    desk.people.says(CLIENT, BOT, "Сайт не открывается")
    card = await desk.sees(OLGAS, "Сайт не открывается")

    assert ("message_thread_id" in card) is in_topic
    assert [one for one in desk.chat(ADAM.telegram_id) if "не создаёт" in str(one)] == []


async def test_the_name_says_who_waits_and_who_is_overdue(desk: DeskWorld) -> None:
    thread = (await taken(desk))["message_thread_id"]
    assert desk.topics(OLGAS)[thread] == "🟡 Анна"
    await desk.passes(timedelta(minutes=61))
    async with desk.inbox.store.begin() as t:
        conversation_id = await t.newest_conversation(1)
        assert conversation_id is not None
        talk = await t.conversation(conversation_id)
    assert talk.wait is not None
    await desk.desk.name_topics(talk.client, talk.wait.due_at)
    assert desk.topics(OLGAS)[thread] == "🔴 Анна"

    await desk.desk.name_topics(talk.client, None)
    before = len(desk.world.requests)
    await desk.desk.name_topics(talk.client, None)
    named = [one for one in list(desk.world.requests)[before:] if "Topic" in one.method]
    assert (desk.topics(OLGAS)[thread], named) == ("Анна", [])


async def test_a_topic_found_gone_at_its_naming_is_forgotten(desk: DeskWorld) -> None:
    old = (await taken(desk))["message_thread_id"]
    desk.people.deletes_topic(OLGAS, BOT, old)
    async with desk.inbox.store.begin() as t:
        client, _ = (await t.clients())[0]
    await desk.desk.name_topics(client, None)

    async with desk.inbox.store.begin() as t:
        assert await t.topic(BOT, OLGAS, client.id) is None


async def test_who_stopped_the_bot_is_no_refusal_of_topics(desk: DeskWorld) -> None:
    desk.people.blocks(OLGAS, BOT)
    desk.people.says(CLIENT, BOT, "Сайт не открывается")
    await desk.sees(IVAN.telegram_id, "Сайт не открывается")

    assert [one for one in desk.chat(ADAM.telegram_id) if "не создаёт темы" in str(one)] == []


async def test_without_topics_at_the_bot_all_is_as_ever(tmp_path: Path) -> None:
    async with desk_world(tmp_path) as desk:
        card = await taken(desk)
        assert "message_thread_id" not in card
        assert not desk.desk.topics
        assert "Взять" not in labels(card)


async def test_topics_outlive_a_restart(tmp_path: Path) -> None:
    async with around(tmp_path, topics=True) as there:
        async with running(there) as desk:
            thread = (await taken(desk))["message_thread_id"]
        async with running(there) as desk:
            desk.people.says(CLIENT, BOT, "Снова я")
            assert (await desk.sees(OLGAS, "Снова я"))["message_thread_id"] == thread
            desk.people.says(OLGAS, BOT, "Отвечаем", thread_id=thread)
            assert await desk.sees(CLIENT, "Отвечаем")
