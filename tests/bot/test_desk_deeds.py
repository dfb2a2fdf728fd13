"""Deeds on a card over a real Bot API: by telephone, undo, hand over with a note; and by reply."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    around,
    button,
    desk_world,
    labels,
    running,
)
from tests.bot.studio import ADAM, HELEN, IVAN, OLGA

WORK = ("Задача", "Заметка", "Клиент")  # below what needs no answer


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


async def taken(desk: DeskWorld, text: str = "Сайт не открывается") -> dict[str, Any]:
    """A client's message on the card of Olga, who has the client."""
    desk.people.says(CLIENT, BOT, text)
    card = await desk.sees(OLGA.telegram_id, text)
    if "Взять" in labels(card):
        await desk.presses(OLGA, card, "Взять")
        await desk.until(lambda: "Ведёт Ольга" in shown(desk, card)["text"])
    return shown(desk, card)


def shown(
    desk: DeskWorld, message: dict[str, Any], person: int = OLGA.telegram_id
) -> dict[str, Any]:
    """The message as it stands there now."""
    number = message["message_id"]
    return next(one for one in desk.chat(person) if one["message_id"] == number)


def says(desk: DeskWorld, text: str, to: dict[str, Any], person: int = OLGA.telegram_id) -> None:
    desk.people.says(person, BOT, text, reply_to=to["message_id"])


def client_read(desk: DeskWorld) -> list[str]:
    return [one.get("text", "") for one in desk.chat(CLIENT) if not one["out"]]


class TestTelephone:
    async def test_the_clock_stops_and_a_line_may_follow(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        assert await desk.presses(OLGA, card, "Ответ по телефону") == "Отсчёт остановлен."
        await desk.sees(OLGA.telegram_id, "📞 Ответ по телефону: Ольга, через")
        question = await desk.sees(OLGA.telegram_id, "Добавить строку о звонке?")
        assert question["reply_to_message"]["message_id"] == card["message_id"]

        says(desk, "Договорились\nна пятницу", question)

        await desk.sees(OLGA.telegram_id, "Отмечено.")
        noted = await desk.sees(OLGA.telegram_id, "📞 Ответ по телефону")
        await desk.until(lambda: shown(desk, noted)["text"].endswith("Договорились на пятницу"))
        assert client_read(desk) == []

    async def test_an_answer_to_the_question_is_never_a_command_nor_the_clients(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        await desk.presses(OLGA, card, "Ответ по телефону")
        question = await desk.sees(OLGA.telegram_id, "Добавить строку о звонке?")
        says(desk, "/inbox завтра", question)
        await desk.until(lambda: "/inbox завтра" in shown(desk, card)["text"])
        desk.people.sends(OLGA.telegram_id, BOT, "voice", b"ogg", reply_to=question["message_id"])
        await desk.sees(OLGA.telegram_id, "Здесь принимается только текст.")

        assert desk.chat(CLIENT)[-1]["out"]

    async def test_the_question_outlives_a_restart(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there:
            async with running(there) as desk:
                card = await taken(desk)
                await desk.presses(OLGA, card, "Ответ по телефону")
                question = await desk.sees(OLGA.telegram_id, "Добавить строку о звонке?")
            async with running(there) as desk:
                says(desk, "Всё обсудили", question)
                await desk.until(lambda: "Всё обсудили" in shown(desk, card)["text"])
                assert client_read(desk) == []

    async def test_where_nothing_waits_it_says_so(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await desk.presses(OLGA, card, "Ответ не нужен")
        assert await desk.people.presses(
            OLGA.telegram_id, BOT, *stale(card, "Ответ по телефону")
        ) == ("Здесь никто не ждёт ответа.")


def stale(card: dict[str, Any], label: str) -> tuple[int, str]:
    """A button as it was when the card was read: message and data."""
    return card["message_id"], button(card, label)


class TestUndo:
    async def test_a_slip_of_the_finger(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await desk.presses(OLGA, card, "Ответ не нужен")
        dismissed = await desk.sees(OLGA.telegram_id, "☑️ Ответ не нужен")
        assert labels(dismissed) == [*WORK, "Вернуть", "История", "Почему?"]

        assert await desk.presses(OLGA, dismissed, "Вернуть") == "Отсчёт идёт дальше."

        await desk.until(lambda: "Ответить до" in shown(desk, card)["text"])
        assert "Ответ не нужен" in labels(shown(desk, card))

    async def test_too_late_after_the_client_was_answered(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await desk.presses(OLGA, card, "Ответ не нужен")
        dismissed = await desk.sees(OLGA.telegram_id, "☑️ Ответ не нужен")
        says(desk, "Спасибо за отзыв!", card)
        await desk.sees(CLIENT, "Спасибо за отзыв!")

        said = await desk.people.presses_fully(
            OLGA.telegram_id, BOT, dismissed["message_id"], f"c:u:{1}"
        )

        assert (said["text"], said["show_alert"]) == ("Это уже нельзя вернуть.", True)


class TestThanks:
    async def test_rule_9_what_was_taken_for_thanks_is_called_a_question(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        says(desk, "Починили", card)
        await desk.sees(OLGA.telegram_id, "✅ Ответ: Ольга")
        desk.people.says(CLIENT, BOT, "Спасибо")
        thanks = await desk.sees(OLGA.telegram_id, "💤")
        assert labels(thanks) == [*WORK, "Здесь нужен ответ", "История", "Почему?"]

        said = await desk.presses(OLGA, thanks, "Здесь нужен ответ")

        assert said == "Отмечено: здесь нужен ответ. Отсчёт идёт."
        await desk.until(lambda: "Ответить до" in shown(desk, thanks)["text"])
        assert await desk.presses_made_up(OLGA.telegram_id, "q:2") == "Это уже решено."


class TestHandingOver:
    async def test_rule_21_the_new_holder_reads_the_time_and_then_the_note(
        self, desk: DeskWorld
    ) -> None:
        card = await taken(desk)
        await desk.presses(OLGA, card, "Передать")
        question = await desk.sees(OLGA.telegram_id, "Кому передать")
        await desk.presses(OLGA, question, "Иван")
        fresh = await desk.sees(IVAN.telegram_id, "↪ Передано от: Ольга")
        assert "⏱ Прошло" in fresh["text"]
        await desk.until(lambda: "Добавить заметку" in shown(desk, question)["text"])

        says(desk, "Он спешит", question)

        note = await desk.sees(IVAN.telegram_id, "Он спешит")
        assert note["text"] == "✏️ Ольга о клиенте: Анна\nОн спешит"
        assert note["reply_to_message"]["message_id"] == fresh["message_id"]
        says(desk, "Здравствуйте!", note, IVAN.telegram_id)
        await desk.sees(CLIENT, "Здравствуйте!")
        assert "Он спешит" not in client_read(desk)

    async def test_a_note_that_nobody_could_read(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        await desk.presses(OLGA, card, "Передать")
        question = await desk.sees(OLGA.telegram_id, "Кому передать")
        await desk.presses(OLGA, question, "Иван")
        await desk.until(lambda: "Добавить заметку" in shown(desk, question)["text"])
        fresh = await desk.sees(IVAN.telegram_id, "↪ Передано от: Ольга")
        says(desk, "/handover Ольга", fresh, IVAN.telegram_id)
        await desk.sees(OLGA.telegram_id, "↪ Передано от: Иван")

        says(desk, "Он спешит", question)

        await desk.sees(OLGA.telegram_id, "не ведёт никто другой")


class TestByReply:
    async def test_no_reply_needed(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "/noreply", card)
        await desk.sees(OLGA.telegram_id, "Отсчёт остановлен.")
        await desk.sees(OLGA.telegram_id, "☑️ Ответ не нужен · Ольга")
        says(desk, "/noreply", card)
        await desk.sees(OLGA.telegram_id, "Здесь никто не ждёт ответа.")

    async def test_by_phone_with_the_line(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "/phone Перезвонил, всё работает", card)
        await desk.until(lambda: shown(desk, card)["text"].endswith("Перезвонил, всё работает"))

    async def test_handed_over_with_and_without_a_note(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "/handover иван, он по-русски не говорит", card)
        await desk.sees(OLGA.telegram_id, "Передано вместе с вашей заметкой: Иван.")
        await desk.sees(IVAN.telegram_id, "✏️ Ольга о клиенте: Анна\nон по-русски не говорит")

        fresh = await desk.sees(IVAN.telegram_id, "↪ Передано от: Ольга")
        says(desk, "/handover Ol", fresh, IVAN.telegram_id)
        await desk.sees(IVAN.telegram_id, "Такого коллеги нет. Есть: Ольга, Иван, Helen, Адам")
        says(desk, "/handover hel", fresh, IVAN.telegram_id)
        question = await desk.sees(IVAN.telegram_id, "Добавить заметку для коллеги (Helen)?")
        says(desk, "Look at this", question, IVAN.telegram_id)
        await desk.sees(HELEN.telegram_id, "✏️ Иван about Анна:\nLook at this")

    async def test_handed_over_to_whom_is_asked(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "/handover", card)
        assert "Иван" in labels(await desk.sees(OLGA.telegram_id, "Кому передать"))

    async def test_taken(self, desk: DeskWorld) -> None:
        desk.people.says(CLIENT, BOT, "Кто-нибудь?")
        card = await desk.sees(IVAN.telegram_id, "Кто-нибудь?")
        says(desk, "/take", card, IVAN.telegram_id)
        await desk.sees(IVAN.telegram_id, "Клиент ваш.")
        other = await desk.sees(OLGA.telegram_id, "Кто-нибудь?")
        says(desk, "/take", other)
        await desk.sees(OLGA.telegram_id, "Этот клиент — за другим менеджером (Иван)")
        heads = await desk.sees(HELEN.telegram_id, "Кто-нибудь?")
        says(desk, "/take", heads, HELEN.telegram_id)
        await desk.sees(HELEN.telegram_id, "The client is yours.")
        await desk.until(lambda: "Ведёт Helen" in shown(desk, other)["text"])

    async def test_no_other_command_reaches_the_client(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "/noreplay", card)
        await desk.sees(OLGA.telegram_id, "Такой команды нет; ничего не отправлено.")
        for command in ("/noreply", "/phone x", "/promise", "/handover Иван", "/take"):
            desk.people.says(OLGA.telegram_id, BOT, command)
        await desk.until(
            lambda: (
                len(
                    [
                        one
                        for one in desk.chat(OLGA.telegram_id)
                        if one.get("text") == "Ответьте этой командой на карточку клиента."
                    ]
                )
                == 5
            )
        )
        assert client_read(desk) == []

    async def test_not_in_anothers_conversation(self, desk: DeskWorld) -> None:
        await taken(desk)
        other = await desk.sees(IVAN.telegram_id, "Сайт не открывается")
        for command in ("/noreply", "/phone", "/promise", "/handover Иван", "/take"):
            before = len(desk.chat(IVAN.telegram_id))
            says(desk, command, other, IVAN.telegram_id)
            said = await desk.until(
                lambda n=before: [o for o in desk.chat(IVAN.telegram_id)[n:] if not o["out"]]
            )
            assert said[-1]["text"].startswith("Этот клиент — за другим менеджером"), command
        assert not any("Сайт" in one.get("text", "") for one in desk.chat(ADAM.telegram_id))
