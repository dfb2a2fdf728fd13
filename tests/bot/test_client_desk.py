"""Clients at the desk over a real Bot API: the card, the list, history, files, notes, writing."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.client_buttons import (
    ClientButton,
    ClientDeed,
    FileButton,
    FileOf,
    HistoryButton,
    NotesButton,
    WriteButton,
)
from inbox.model import Attachment, Handle, Media
from tests.bot.desk_world import (
    BOT,
    CLIENT,
    DeskWorld,
    around,
    button,
    desk_world,
    labels,
    running,
    taken,
)
from tests.bot.studio import HELEN, IVAN, OLGA
from tests.bot.test_internal_notes import KEPT, client_read, says
from tests.bot.test_mail_desk import FROM, MailWorld

Message = dict[str, Any]
REFUSED = "Этот клиент — за другим менеджером (Ольга). Попросите передать."


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


@pytest.fixture
async def mail(tmp_path: Path) -> AsyncIterator[MailWorld]:
    async with desk_world(tmp_path) as desk:
        world = MailWorld(desk)
        await world.open()
        yield world
        world.close()


async def client_card(desk: DeskWorld, text: str = "Сайт не открывается") -> Message:
    """The card of Olga's client, opened from a message's card."""
    card = await taken(desk, text)
    await desk.presses(OLGA, card, "Клиент")
    return await desk.sees(OLGA.telegram_id, "👤 Анна")


async def asks(desk: DeskWorld, text: str, words: str, person: Any = OLGA) -> Message:
    """What the bot says to a command."""
    desk.people.says(person.telegram_id, BOT, text)
    return await desk.sees(person.telegram_id, words)


async def shows(desk: DeskWorld, message: Message, words: str) -> Message:
    """The message once it says so."""

    def now() -> Message | None:
        chat = desk.chat(OLGA.telegram_id)
        found = next(one for one in chat if one["message_id"] == message["message_id"])
        return found if words in found["text"] else None

    return await desk.until(now)


async def clients(desk: DeskWorld, *names: str) -> None:
    """Clients of Olga's who never wrote."""
    async with desk.inbox.store.begin() as t:
        olga = next(one for one in await t.staff() if one.name == OLGA.name)
        for name in names:
            client = await t.add_client(name, olga.id)
            contact = await t.add_contact(client.id, name)
            await t.add_handles(contact.id, [Handle("email", f"c{client.id}@client.example")])


class TestTheCard:
    async def test_from_a_message_it_stands_below_and_answers_go_to_the_client(
        self, desk: DeskWorld
    ) -> None:
        seen = await client_card(desk)
        assert "Менеджер: Ольга" in seen["text"]
        assert "🟡 Ждёт ответа: 1" in seen["text"]
        says(desk, "Смотрим", seen)
        await desk.sees(CLIENT, "Смотрим")
        says(desk, "// между нами", seen)
        await desk.sees(OLGA.telegram_id, KEPT)
        assert client_read(desk) == ["Смотрим"]

    async def test_by_a_command_in_a_reply_to_a_card(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        says(desk, "/client", card)
        await desk.sees(OLGA.telegram_id, "👤 Анна")

    async def test_by_a_part_of_the_name(self, desk: DeskWorld) -> None:
        await taken(desk)
        await asks(desk, "/client анн", "👤 Анна")
        said = await asks(desk, "/client зебра", "нет никого по запросу")
        assert "зебра" in said["text"]

    async def test_a_colleague_is_refused_whatever_is_pressed(self, desk: DeskWorld) -> None:
        seen = await client_card(desk)
        numbers = {"client_id": 1}
        made_up = [
            *(ClientButton(deed=one, **numbers) for one in ClientDeed),
            HistoryButton(**numbers),
            NotesButton(**numbers),
            WriteButton(way=0, **numbers),
            *(FileButton(of=one, source_id=1, mark=1, **numbers) for one in FileOf),
        ]
        for one in made_up:
            said = await desk.presses_made_up(IVAN.telegram_id, one.pack())
            assert said == REFUSED, one
        await asks(desk, "/client анна", "нет никого по запросу", IVAN)
        assert not any("👤 Анна" in one.get("text", "") for one in desk.chat(IVAN.telegram_id))
        assert seen

    async def test_of_nobody_there_is_no_card(self, desk: DeskWorld) -> None:
        data = ClientButton(deed=ClientDeed.OPEN, client_id=77).pack()
        said = await desk.presses_made_up(OLGA.telegram_id, data)
        assert said == "Эта кнопка больше не действует."

    async def test_handing_over_from_it(self, desk: DeskWorld) -> None:
        seen = await client_card(desk)
        await desk.presses(OLGA, seen, "Передать")
        question = await desk.sees(OLGA.telegram_id, "Кому передать")
        await desk.presses(OLGA, question, "Иван")
        await desk.sees(IVAN.telegram_id, "Ведёт Иван")

    async def test_who_never_wrote_has_a_card_too(self, desk: DeskWorld) -> None:
        await clients(desk, "Лютик")
        seen = await asks(desk, "/client лютик", "👤 Лютик")
        await desk.presses(OLGA, seen, "История")
        await shows(desk, seen, "Лютик: все каналы")
        data = ClientButton(deed=ClientDeed.NOTE, client_id=1).pack()
        assert "ещё не переписывались" in await desk.presses_made_up(OLGA.telegram_id, data)

    async def test_who_never_wrote_is_handed_over_and_taken(self, desk: DeskWorld) -> None:
        await clients(desk, "Лютик")
        seen = await asks(desk, "/client лютик", "👤 Лютик")
        await desk.presses(OLGA, seen, "Передать")
        question = await desk.sees(OLGA.telegram_id, "Кому передать")
        data = button(question, "Иван")
        assert await desk.presses_made_up(IVAN.telegram_id, data) == REFUSED
        await desk.presses(OLGA, question, "Иван")
        await desk.sees(OLGA.telegram_id, "↪ Лютик теперь у: Иван")
        assert "Иван" in await desk.presses(OLGA, seen, "Написать")
        await asks(desk, "/client лютик", "👤 Лютик", IVAN)

    async def test_nobodys_client_is_taken_on_the_card(self, desk: DeskWorld) -> None:
        async with desk.inbox.store.begin() as t:
            await t.add_client("Лютик", None)
        seen = await asks(desk, "/client лютик", "👤 Лютик")
        assert await desk.presses(OLGA, seen, "Взять") == "Клиент ваш."
        await shows(desk, seen, "Менеджер: Ольга")
        data = ClientButton(deed=ClientDeed.TAKE, client_id=1).pack()
        assert await desk.presses_made_up(IVAN.telegram_id, data) == REFUSED


class TestTheList:
    async def test_it_is_paged_sorted_and_leads_to_cards(self, desk: DeskWorld) -> None:
        await clients(desk, *(f"Фирма {number:02}" for number in range(1, 11)))
        await taken(desk)
        listed = await asks(desk, "/client", "Клиенты")
        assert "1. Анна" in listed["text"]
        await desk.presses(OLGA, listed, "→")
        second = await shows(desk, listed, "9. Фирма 08")

        await desk.presses(OLGA, second, "9 · Фирма 08")
        await desk.sees(OLGA.telegram_id, "👤 Фирма 08")

        await desk.presses(OLGA, second, "☐ Только кто ждёт")
        only = await shows(desk, listed, "1. Анна")
        assert "Фирма" not in only["text"]

    async def test_what_was_looked_for_stays_when_pages_are_turned(self, desk: DeskWorld) -> None:
        await clients(desk, *(f"Фирма {number:02}" for number in range(1, 11)), "Лютик")
        listed = await asks(desk, "/client фир", "Клиенты: «фир»")
        await desk.presses(OLGA, listed, "→")
        second = await shows(desk, listed, "9. Фирма 09")
        assert "Лютик" not in second["text"]

    async def test_words_are_asked_for_also_after_a_restart(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there:
            async with running(there) as desk:
                await clients(desk, "Лютик", "Ромашка")
                listed = await asks(desk, "/client", "Клиенты")
                await desk.presses(OLGA, listed, "🔎 Найти")
                question = await desk.sees(OLGA.telegram_id, "Какой клиент?")
            async with running(there) as desk:
                says(desk, "лют", question)
                await desk.sees(OLGA.telegram_id, "👤 Лютик")

    async def test_a_colleagues_clients_are_not_in_it(self, desk: DeskWorld) -> None:
        await taken(desk)
        seen = await asks(desk, "/client", "Здесь никого нет.", IVAN)
        assert "Анна" not in seen["text"]
        await asks(desk, "/client", "1. Анна", HELEN)


async def twice_known(mail: MailWorld) -> Message:
    """A client by mail who also writes by Telegram; her card."""
    async with mail.desk.inbox.store.begin() as t:
        found = await t.contact_of([Handle("email", FROM)])
        assert found is not None
        await t.add_handles(found[1].id, [Handle("telegram", str(CLIENT))])
    await mail.card("Письмо с вопросом", subject="Договор")
    await asyncio.sleep(1.1)  # Telegram's times are whole seconds
    mail.desk.people.says(CLIENT, BOT, "И в Telegram спрошу")
    card = await mail.desk.sees(OLGA.telegram_id, "И в Telegram спрошу")
    await mail.desk.presses(OLGA, card, "Клиент")
    return await mail.desk.sees(OLGA.telegram_id, "👤 Ромашка")


class TestWhatIsLong:
    async def test_history_has_all_channels_in_order_and_the_notes(self, mail: MailWorld) -> None:
        seen = await twice_known(mail)
        says(mail.desk, "// строгая", seen)
        await mail.desk.sees(OLGA.telegram_id, KEPT)
        await mail.desk.presses(OLGA, seen, "История")
        whole = await shows(mail.desk, seen, "Ромашка: все каналы")
        places = [
            whole["text"].index(one)
            for one in ("Письмо с вопросом", "И в Telegram спрошу", "строгая")
        ]
        assert places == sorted(places)
        assert "✉️ Почта info" in whole["text"]
        await mail.desk.presses(OLGA, whole, "← Клиент")
        await shows(mail.desk, seen, "👤 Ромашка")

    async def test_history_is_paged_back_to_the_beginning(self, desk: DeskWorld) -> None:
        seen = await client_card(desk, "слово 0.")
        for number in range(1, 12):
            desk.people.says(CLIENT, BOT, f"слово {number}.")
            await desk.sees(OLGA.telegram_id, f"слово {number}.")
        await desk.presses(OLGA, seen, "История")
        page = await shows(desk, seen, "слово 11.")
        texts = [page["text"]]
        while "← Раньше" in labels(page):
            await desk.presses(OLGA, page, "← Раньше")
            page = await desk.until(lambda: changed(desk, seen, texts[-1]))
            texts.append(page["text"])
        whole = "\n".join(texts)
        assert [whole.count(f"слово {number}.") for number in range(12)] == [1] * 12

    async def test_files_are_listed_and_shown(self, desk: DeskWorld) -> None:
        card = await taken(desk)
        desk.people.sends(CLIENT, BOT, "document", b"%PDF", "смета.pdf", caption="Вот смета")
        await desk.sees(OLGA.telegram_id, "Вот смета")
        await desk.until(lambda: len(documents(desk)) == 1)
        desk.people.sends(
            OLGA.telegram_id, BOT, "document", b"ours", "акт.pdf", reply_to=card["message_id"]
        )
        await desk.until(lambda: any("document" in one for one in desk.chat(CLIENT)[1:]))
        await desk.presses(OLGA, card, "Клиент")
        seen = await desk.sees(OLGA.telegram_id, "👤 Анна")
        assert "Файлы · 2" in labels(seen)
        await desk.presses(OLGA, seen, "Файлы · 2")
        listed = await shows(desk, seen, "Файлы, клиент Анна")
        assert "акт.pdf · 4 байта · →" in listed["text"]
        first = "смета.pdf" if "1. 📎 смета.pdf" in listed["text"] else "акт.pdf"

        assert await desk.presses(OLGA, listed, "1") == "Файл сейчас придёт."
        await desk.until(lambda: len(documents(desk)) == 2)
        assert documents(desk)[-1] == first
        await desk.presses(OLGA, listed, "2")
        await desk.until(lambda: len(documents(desk)) == 3)
        assert set(documents(desk)[-2:]) == {"смета.pdf", "акт.pdf"}

    async def test_a_mails_file_is_fetched(self, mail: MailWorld) -> None:
        paper = Attachment(Media.DOCUMENT, "договор.pdf", "application/pdf", 9, "email:info", "2")
        card = await mail.card("Прошу подписать", attachments=(paper,))
        await mail.desk.presses(OLGA, card, "Клиент")
        seen = await mail.desk.sees(OLGA.telegram_id, "👤 Ромашка")
        await mail.desk.presses(OLGA, seen, "Файлы · 1")
        listed = await shows(mail.desk, seen, "договор.pdf")
        before = len(documents(mail.desk))
        await mail.desk.presses(OLGA, listed, "1")
        await mail.desk.until(lambda: len(documents(mail.desk)) == before + 1)

    async def test_of_another_client_no_file_is_shown(self, desk: DeskWorld) -> None:
        await taken(desk)
        await clients(desk, "Лютик")
        for of in FileOf:
            data = FileButton(of=of, client_id=2, source_id=1, mark=1).pack()
            said = await desk.presses_made_up(OLGA.telegram_id, data)
            assert said == "Этого файла больше нет."

    async def test_notes_are_read_and_written_there(self, desk: DeskWorld) -> None:
        seen = await client_card(desk)
        await desk.presses(OLGA, seen, "Заметки")
        listed = await shows(desk, seen, "Заметки, клиент Анна")
        await desk.presses(OLGA, listed, "📝 Заметка")
        question = await desk.sees(OLGA.telegram_id, "📝 Заметка о клиенте Анна")
        desk.people.sends(
            OLGA.telegram_id,
            BOT,
            "document",
            b"x",
            "акт.pdf",
            caption="акт сверки",
            reply_to=question["message_id"],
        )
        await desk.sees(OLGA.telegram_id, KEPT)
        await desk.presses(OLGA, listed, "← Клиент")
        again = await shows(desk, seen, "👤 Анна")
        await desk.presses(OLGA, again, "Заметки · 1")
        listed = await shows(desk, seen, "акт сверки")
        await desk.presses(OLGA, listed, next(one for one in labels(listed) if "акт" in one))
        await desk.until(lambda: documents(desk)[-1:] == ["акт.pdf"])
        paper = next(one for one in reversed(desk.chat(OLGA.telegram_id)) if "document" in one)
        desk.people.says(OLGA.telegram_id, BOT, "Тут ошибка", reply_to=paper["message_id"])
        await desk.sees(OLGA.telegram_id, "Это ответ на заметку")
        assert client_read(desk) == []


def documents(desk: DeskWorld) -> list[str]:
    """Names of the files that the bot sent to Olga."""
    return [
        one["document"].get("file_name", "")
        for one in desk.chat(OLGA.telegram_id)
        if "document" in one and not one["out"]
    ]


def changed(desk: DeskWorld, message: Message, before: str) -> Message | None:
    chat = desk.chat(OLGA.telegram_id)
    found = next(one for one in chat if one["message_id"] == message["message_id"])
    return found if found["text"] != before else None
