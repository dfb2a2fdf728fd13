"""Writing to clients who did not ask, over a real Bot API: by mail and in Telegram."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bot.client_buttons import WriteButton
from tests.bot.desk_world import BOT, CLIENT, DeskWorld, around, desk_world, labels, running
from tests.bot.studio import IVAN, OLGA
from tests.bot.test_client_desk import (
    REFUSED,
    asks,
    client_card,
)
from tests.bot.test_internal_notes import KEPT, notes, says
from tests.bot.test_mail_desk import FROM, MailWorld

Message = dict[str, Any]


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


class TestWritingFirst:
    async def letter(self, mail: MailWorld, subject: str = "Счёт за май") -> Message:
        """Olga chose mail and a subject; the question for the text."""
        mail.desk.people.says(OLGA.telegram_id, BOT, "/client ромашка")
        seen = await mail.desk.sees(OLGA.telegram_id, "👤 Ромашка")
        await mail.desk.presses(OLGA, seen, "Написать")
        ways = await mail.desk.sees(OLGA.telegram_id, "✍️ Написать клиенту Ромашка")
        (way,) = [one for one in labels(ways) if FROM in one]
        await mail.desk.presses(OLGA, ways, way)
        question = await mail.desk.sees(OLGA.telegram_id, "Какая тема письма?")
        says(mail.desk, "// не тема", question)
        await mail.desk.sees(OLGA.telegram_id, "остаётся внутри студии")
        says(mail.desk, subject, question)
        return await mail.desk.sees(OLGA.telegram_id, f"тема «{subject}»")

    async def test_a_mail_begins_a_conversation_with_its_subject(self, mail: MailWorld) -> None:
        question = await self.letter(mail)

        says(mail.desk, "Высылаем счёт", question)
        says(mail.desk, "И акт", question)

        await mail.desk.until(lambda: len(mail.mailbox.sent) == 2)
        first, second = mail.mailbox.sent
        assert (first.text, first.subject, first.recipient.address) == (
            "Высылаем счёт",
            "Счёт за май",
            FROM,
        )
        assert second.text == "И акт"
        async with mail.desk.inbox.store.begin() as t:
            card = await t.client_card(1)
        assert card is not None
        assert [one.subject for one in card.conversations] == ["Счёт за май"]

    async def test_a_file_goes_with_it(self, mail: MailWorld) -> None:
        question = await self.letter(mail)
        mail.desk.people.sends(
            OLGA.telegram_id,
            BOT,
            "document",
            b"%PDF",
            "счёт.pdf",
            caption="Во вложении",
            reply_to=question["message_id"],
        )
        await mail.desk.until(lambda: len(mail.mailbox.sent) == 1)
        assert [one.attachment.name for one in mail.mailbox.sent[0].files] == ["счёт.pdf"]

    async def test_a_note_written_there_goes_to_nobody(self, mail: MailWorld) -> None:
        question = await self.letter(mail)
        says(mail.desk, "// не писать им", question)
        await mail.desk.sees(OLGA.telegram_id, "С этим клиентом ещё не переписывались")
        says(mail.desk, "Здравствуйте", question)
        await mail.desk.until(lambda: len(mail.mailbox.sent) == 1)
        says(mail.desk, "// теперь можно", question)
        await mail.desk.sees(OLGA.telegram_id, KEPT)
        assert [one.text for one in await notes(mail.desk)] == ["теперь можно"]
        assert [one.text for one in mail.mailbox.sent] == ["Здравствуйте"]

    async def test_a_colleague_cannot_fill_the_form(self, mail: MailWorld) -> None:
        await self.letter(mail)
        data = WriteButton(client_id=1, way=0).pack()
        assert await mail.desk.presses_made_up(IVAN.telegram_id, data) == REFUSED
        data = WriteButton(client_id=1, way=99).pack()
        said = await mail.desk.presses_made_up(OLGA.telegram_id, data)
        assert said == "Эта кнопка больше не действует."

    async def test_who_lost_the_client_meanwhile_sends_nothing(self, mail: MailWorld) -> None:
        question = await self.letter(mail)
        async with mail.desk.inbox.store.begin() as t:
            client = await t.client(1)
            ivan = next(one for one in await t.staff() if one.name == IVAN.name)
            assert client is not None
            await t.save_client(replace(client, manager_id=ivan.id))
        says(mail.desk, "Высылаем счёт", question)
        await mail.desk.sees(OLGA.telegram_id, "Не отправлено.")
        assert mail.mailbox.sent == []

    async def test_in_telegram_it_goes_where_the_client_wrote(self, desk: DeskWorld) -> None:
        seen = await client_card(desk)
        await desk.presses(OLGA, seen, "Написать")
        ways = await desk.sees(OLGA.telegram_id, "✍️ Написать клиенту Анна")
        await desk.presses(OLGA, ways, labels(ways)[0])
        question = await desk.sees(OLGA.telegram_id, "Ответьте на это сообщение текстом")
        says(desk, "Как дела с сайтом?", question)
        await desk.sees(CLIENT, "Как дела с сайтом?")

    async def test_each_step_goes_on_after_a_restart(self, tmp_path: Path) -> None:
        async with around(tmp_path) as there:
            async with running(there) as desk:
                seen = await client_card(desk)
                await desk.presses(OLGA, seen, "Написать")
                ways = await desk.sees(OLGA.telegram_id, "✍️ Написать клиенту Анна")
            async with running(there) as desk:
                await desk.presses(OLGA, ways, labels(ways)[0])
                question = await desk.sees(OLGA.telegram_id, "Ответьте на это сообщение текстом")
            async with running(there) as desk:
                says(desk, "Как дела с сайтом?", question)
                await desk.sees(CLIENT, "Как дела с сайтом?")


async def test_a_client_without_an_address_cannot_be_written_to(desk: DeskWorld) -> None:
    async with desk.inbox.store.begin() as t:
        olga = next(one for one in await t.staff() if one.name == OLGA.name)
        await t.add_client("Лютик", olga.id)
    seen = await asks(desk, "/client лютик", "👤 Лютик")
    assert "Написать этому клиенту некуда" in await desk.presses(OLGA, seen, "Написать")
