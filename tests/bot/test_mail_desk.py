"""Managers at work on mails: a Bot API on loopback, a real database, a mailbox that records."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from inbox.flow import listen
from inbox.held_back import queue_digests
from inbox.model import (
    Attachment,
    Batch,
    Delivery,
    DeliveryReport,
    Handle,
    Media,
    Nature,
    RawMessage,
)
from inbox.ports import Clock
from tests.bot.desk_world import BOT, DeskWorld, button, desk_world, labels
from tests.bot.studio import HELEN, IVAN, OLGA
from tests.fakes import RecordingConnector, SetClock

FROM = "anna@client.example"


class Mailbox(RecordingConnector):
    """A mailbox at the machine's time, whose mails are of this world."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(SetClock(clock.now()))
        self._clock = clock
        self._numbers = 0

    def holds(self, words: str, /, *, sender: str = FROM, thread: str = "", **shape: Any) -> None:
        """A mail that `listen` will hand over."""
        self._numbers += 1
        self.shapes[words] = shape
        number, payload = f"<m{self._numbers}>", f"{sender}|{thread}|{words}".encode()
        raw = RawMessage(number, sender, payload, self._clock.now(), None, self.note)
        self.batches = [Batch((raw,), number)]


class MailWorld:
    """The desk's world with a mailbox, and Olga's client in it."""

    def __init__(self, desk: DeskWorld) -> None:
        self.desk = desk
        self.mailbox = Mailbox(desk.inbox.clock)
        desk.inbox.connectors["email:info"] = self.mailbox  # type: ignore[index]  # a dict here

    def close(self) -> None:
        del self.desk.inbox.connectors["email:info"]  # type: ignore[attr-defined]  # as above

    async def open(self) -> None:
        async with self.desk.inbox.store.begin() as t:
            olga = next(one for one in await t.staff() if one.name == OLGA.name)
            client = await t.add_client("Ромашка", olga.id)
            contact = await t.add_contact(client.id, "Анна Петрова")
            await t.add_handles(contact.id, [Handle("email", FROM)])

    async def mail(self, words: str, /, **more: Any) -> None:
        self.mailbox.holds(words, **more)
        await listen(self.desk.inbox, self.mailbox)

    async def card(self, text: str, **more: Any) -> dict[str, Any]:
        """A mail comes; its card at Olga's."""
        await self.mail(text, **more)
        return await self.desk.sees(OLGA.telegram_id, text)

    async def becomes(self, card: dict[str, Any], words: str) -> dict[str, Any]:
        """The card once it says so."""

        def now() -> dict[str, Any] | None:
            chat = self.desk.chat(OLGA.telegram_id)
            found = next(one for one in chat if one["message_id"] == card["message_id"])
            return found if words in found["text"] else None

        return await self.desk.until(now)

    async def document(self) -> dict[str, Any]:
        """The newest file in Olga's chat."""

        def found() -> dict[str, Any] | None:
            chat = reversed(self.desk.chat(OLGA.telegram_id))
            return next((one["document"] for one in chat if "document" in one), None)

        return await self.desk.until(found)

    def says(self, text: str, card: dict[str, Any]) -> dict[str, Any]:
        return self.desk.people.says(OLGA.telegram_id, BOT, text, reply_to=card["message_id"])


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[MailWorld]:
    async with desk_world(tmp_path) as desk:
        mail = MailWorld(desk)
        await mail.open()
        yield mail
        mail.close()


async def test_a_mail_is_shown_whole_with_what_it_quotes(world: MailWorld) -> None:
    card = await world.card("Согласны", quoted="> Сколько стоит?")
    await world.desk.presses(OLGA, card, "Весь текст")
    whole = await world.desk.sees(OLGA.telegram_id, "Цитата:")
    assert whole["text"] == "Согласны\n\nЦитата:\n\n> Сколько стоит?"
    assert whole["reply_to_message"]["message_id"] == card["message_id"]

    world.says("Отлично", whole)

    await world.desk.until(lambda: [one.text for one in world.mailbox.sent] == ["Отлично"])


async def test_a_very_long_mail_is_a_file(world: MailWorld) -> None:
    words = "слово " * 4000
    card = await world.card("Длинное", quoted=words)
    await world.desk.presses(OLGA, card, "Весь текст")
    assert (await world.document())["file_name"] == "message.txt"


async def test_the_original_is_a_file(world: MailWorld) -> None:
    card = await world.card("Согласны", subject="Договор")
    await world.desk.presses(OLGA, card, "Оригинал")
    assert (await world.document())["file_name"] == "Договор.eml"


async def test_a_quiet_mail_becomes_a_persons_and_back(world: MailWorld) -> None:
    shape = {"nature": Nature.AUTOMATIC, "nature_reason": "Auto-Submitted: auto-replied"}
    card = await world.card("Отчёт", **shape)
    assert "💤" in card["text"]

    answer = await world.desk.presses(OLGA, card, "Это написал человек")

    assert "пишет человек" in answer
    waiting = await world.becomes(card, "Ответить до")
    await world.desk.presses(OLGA, waiting, "Это не человек")
    ended = await world.becomes(card, "Ответ не нужен")
    assert "Это написал человек" in labels(ended)
    stale = button(waiting, "Это не человек")
    again = await world.desk.presses_made_up(OLGA.telegram_id, stale)
    assert again == "Это уже решено."


async def test_why_is_said_by_command_and_by_button(world: MailWorld) -> None:
    card = await world.card("Отчёт", nature=Nature.AUTOMATIC, nature_reason="Precedence: bulk")
    world.says("/why", card)
    said = await world.desk.sees(OLGA.telegram_id, "Автоматическое сообщение: Precedence: bulk")
    assert said["text"].endswith("Ответа не ждут.")

    await world.desk.presses(OLGA, card, "Почему?")

    def twice() -> bool:
        chat = world.desk.chat(OLGA.telegram_id)
        return sum("Precedence: bulk\n" in one.get("text", "") for one in chat) == 2

    await world.desk.until(twice)
    world.desk.people.says(OLGA.telegram_id, BOT, "/why")
    await world.desk.sees(OLGA.telegram_id, "Ответьте /why на карточку")
    assert world.mailbox.sent == [], "a command is no answer"


async def test_a_wrong_guess_is_split_off(world: MailWorld) -> None:
    await world.card("Раз", subject="Макет каталога")
    card = await world.card("Два", subject="Re: Макет каталога")
    assert "догадка" in card["text"]
    answer = await world.desk.presses(OLGA, card, "Отделить")
    assert "отдельный разговор" in answer

    def alone() -> bool:
        chat = world.desk.chat(OLGA.telegram_id)
        found = next(one for one in chat if one["message_id"] == card["message_id"])
        return "догадка" not in found["text"] and "Отделить" not in labels(found)

    await world.desk.until(alone)


async def test_who_is_answered_is_chosen_on_the_card(world: MailWorld) -> None:
    world.mailbox.others = ("boss@client.example",)
    card = await world.card("Когда?")
    assert "и ещё 1" in card["text"]
    await world.desk.presses(OLGA, card, "Только для anna")
    alone = await world.becomes(card, "получит только anna")
    world.says("Завтра", alone)
    await world.desk.until(lambda: world.mailbox.sent)
    assert world.mailbox.sent[0].only_sender


async def test_all_are_answered_by_default_and_by_choice(world: MailWorld) -> None:
    world.mailbox.others = ("boss@client.example",)
    card = await world.card("Когда?")
    await world.desk.presses(OLGA, card, "Только для anna")
    alone = await world.becomes(card, "получит только anna")
    await world.desk.presses(OLGA, alone, "Отвечать всем")
    everybody = await world.becomes(card, "и ещё 1")
    world.says("Завтра", everybody)
    await world.desk.until(lambda: world.mailbox.sent)
    assert not world.mailbox.sent[0].only_sender


async def test_a_lost_reply_is_told_below_it_and_can_be_sent_again(world: MailWorld) -> None:
    card = await world.card("Когда?")
    said = world.says("Завтра", card)
    await world.becomes(card, "✅")
    key = world.mailbox.sent[0].key
    report = DeliveryReport(Delivery.FAILED, FROM, "5.1.1", "no such user", f"<{key}>")

    await world.mail("DSN", sender="mailer-daemon@x.test", nature=Nature.BOUNCE, delivery=report)

    note = await world.desk.sees(OLGA.telegram_id, "❌ Не доставлено")
    assert note["reply_to_message"]["message_id"] == said["message_id"]
    await world.becomes(card, "Ответить до")
    await world.desk.presses(OLGA, note, "Отправить ещё раз")
    await world.desk.until(lambda: len(world.mailbox.sent) == 2)


async def test_an_answer_from_a_mail_program_is_on_the_card(world: MailWorld) -> None:
    card = await world.card("Когда?")
    own = {"nature": Nature.OWN, "sender_name": "Ольга"}
    await world.mail("Завтра", sender="info@studio.test", thread="<m1>", **own)
    answered = await world.becomes(card, "✅ Ответ из почты: ")
    assert answered["text"].endswith("· Ольга")


async def test_what_a_colleague_passes_on_becomes_the_clients(world: MailWorld) -> None:
    shape = {"forwarded": Handle("email", FROM), "forwarded_name": "Анна Петрова"}
    card = await world.card("Глянь", sender="ivan@studio.test", nature=Nature.OWN, **shape)
    assert f"похоже, написал Анна Петрова · {FROM}" in card["text"]
    answer = await world.desk.presses(OLGA, card, "Это от Анна Петрова")
    assert "отсчёт идёт" in answer
    waiting = await world.becomes(card, "Ответить до")
    assert "📨 Переслано коллегой" in waiting["text"]


async def test_newsletters_are_listed_and_shown_by_number(world: MailWorld) -> None:
    shape = {"nature": Nature.NEWSLETTER, "subject": "Скидки"}
    await world.mail("Всё за полцены", sender="shop@shop.test", **shape)

    async def listed() -> int:
        return await queue_digests(world.desk.inbox)

    while not await listed():  # the mail is being filed
        pass
    note = await world.desk.sees(IVAN.telegram_id, "📰 1 рассылка")
    await world.desk.sees(HELEN.telegram_id, "📰 1 newsletter")
    assert not any("полцены" in one.get("text", "") for one in world.desk.chat(IVAN.telegram_id))
    await world.desk.presses(IVAN, note, "1")
    await world.desk.sees(IVAN.telegram_id, "Всё за полцены")


async def test_files_of_an_oversized_mail_come_on_demand(world: MailWorld) -> None:
    world.mailbox.note = {"truncated": "1", "size": "60000000"}
    world.mailbox.attachments = tuple(
        Attachment(Media.DOCUMENT, f"{ref}.psd", "image/psd", 9, "email:info", ref)
        for ref in ("gone", "2")
    )
    card = await world.card("Исходники")
    assert not any("document" in one for one in world.desk.chat(OLGA.telegram_id))

    await world.desk.presses(OLGA, card, "Получить файлы")

    await world.desk.sees(OLGA.telegram_id, "✅ Это все файлы.")
    assert (await world.document())["file_name"] == "2.psd"
    refused = await world.desk.sees(OLGA.telegram_id, "gone.psd")
    assert "здесь не показать" in refused["text"]


async def test_a_button_of_a_message_that_is_not_there(world: MailWorld) -> None:
    assert "больше не действует" in await world.desk.presses_made_up(OLGA.telegram_id, "m:y:999")
    await world.card("Когда?")
    assert "Ольга" in await world.desk.presses_made_up(IVAN.telegram_id, "m:a:1")


async def test_why_of_no_message_is_about_the_newest_wait(world: MailWorld) -> None:
    card = await world.card("Когда?")
    async with world.desk.inbox.store.begin() as t:
        links = await t.links_of_message(1)
        number = world.desk.people.says(OLGA.telegram_id, BOT, "x", reply_to=card["message_id"])
        ref = replace(links[0].shown.ref, message_id=number["message_id"])
        await t.link([replace(links[0], shown=replace(links[0].shown, ref=ref), message_id=None)])
    world.says("/why", number)
    await world.desk.sees(OLGA.telegram_id, "Считает календарь студии")
