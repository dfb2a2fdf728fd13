"""Who may be the same person: phones and addresses in what clients write, and own contacts."""

from typing import Any

import pytest

from inbox import suggesting
from inbox.model import Contact, Handle, Manager
from inbox.suggesting import emails_in, phones_in
from tests.inbox.chatting import ANNA, IVAN, OLGA, Chats, chatting_in
from tests.inbox.conftest import Studio

PHONE = Handle("phone", "+79161234567")
MAIL = Handle("email", "ivan@romashka.test")


@pytest.fixture
def chats(studio: Studio, monkeypatch: pytest.MonkeyPatch) -> Chats:
    monkeypatch.setattr(suggesting, "AFTER_THE_CARD", 0.01)
    return chatting_in(studio, channel_managers={"telegram": "Борис"})


@pytest.fixture
async def romashka(studio: Studio, chats: Chats) -> Contact:
    """Anna's client, known by a phone and an address."""
    return await contact(studio, "Ромашка", studio.anna, PHONE, MAIL)


async def contact(studio: Studio, name: str, manager: Manager, *handles: Handle) -> Contact:
    async with studio.inbox.store.begin() as t:
        client = await t.add_client(name, manager.id)
        made = await t.add_contact(client.id, name)
        await t.add_handles(made.id, handles)
    return made


async def suggested(studio: Studio, chats: Chats) -> list[tuple[int, str, str, str]]:
    """Of each note: the other contact, by what it was found, and who was told."""
    await studio.later(0.05)
    found = []
    async with studio.inbox.store.begin() as t:
        for number, to in chats.notes("suggested"):
            one = await t.suggestion(int(number))
            assert one is not None
            found.append((one.other_id, one.reason, one.value, to))
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("8 916 123-45-67", ["+79161234567"]),
        ("+7 (916) 123 45 67", ["+79161234567"]),
        ("тел.:89161234567.", ["+79161234567"]),
        ("7-916-123-45-67, звоните", ["+79161234567"]),
        ("916 123 45 67", ["+79161234567"]),
        ("8(495)123-45-67 доб. 12", ["+74951234567"]),
        ("+44 20 7946 0958", ["+442079460958"]),
        ("0044 20 7946 0958", ["+442079460958"]),
        ("8 916 1234567\n8 903 7654321", ["+79161234567", "+79037654321"]),
        ("8 916 1234567 8 903 7654321", ["+79161234567", "+79037654321"]),
        ("8 (916) 1234567 / +7 903 765-43-21", ["+79161234567", "+79037654321"]),
        ("+7 916 123 45", []),
        ("счёт 40702810900000012345", []),
        ("ИНН 7707083893, 24.11.2026 12:30", []),
        ("495 123 45 67", []),
        ("арт. 12345678901", []),
        ("", []),
    ],
)
def test_phones_are_read_as_they_are_written(text: str, found: list[str]) -> None:
    assert list(phones_in(text)) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Пишите: Ivan@Romashka.test.", ["ivan@romashka.test"]),
        ("<a.b+c@x-y.co.uk>, info@пример.рф", ["a.b+c@x-y.co.uk", "info@пример.рф"]),
        ("мой @ivan, цена 5@шт", []),
        ("a@b", []),
    ],
)
def test_addresses_too(text: str, found: list[str]) -> None:
    assert list(emails_in(text)) == found


def test_a_long_text_is_read_in_no_time() -> None:
    assert list(phones_in("1 " * 50_000)) == []
    assert list(emails_in("a." * 50_000 + "@")) == []


class TestSuggested:
    async def test_a_phone_in_the_text(
        self, studio: Studio, chats: Chats, romashka: Contact
    ) -> None:
        await chats.writes(IVAN, "Мой телефон 8 916 123-45-67")
        assert await suggested(studio, chats) == [(romashka.id, "phone", PHONE.address, "Борис")]
        assert (await chats.conversation("chat:901")).client.name == "Иван", "only suggested"

    async def test_an_address_in_the_text(
        self, studio: Studio, chats: Chats, romashka: Contact
    ) -> None:
        await chats.writes(IVAN, "Это Иван, Ivan@Romashka.test")
        assert await suggested(studio, chats) == [(romashka.id, "email", MAIL.address, "Борис")]

    async def test_in_a_mail_too(self, studio: Studio, chats: Chats) -> None:
        other = await contact(studio, "Лютик", studio.boris, Handle("phone", "+79037654321"))
        await studio.client("Мак", studio.anna, "m@x.test")
        await studio.asks("m@x.test", "С уважением, Мак, +7 903 765-43-21")
        assert await suggested(studio, chats) == [(other.id, "phone", "+79037654321", "Анна")]

    async def test_once_for_each_two_whatever_is_the_same(
        self, studio: Studio, chats: Chats, romashka: Contact
    ) -> None:
        await chats.writes(IVAN, "8 916 123-45-67, ivan@romashka.test")
        await chats.writes(IVAN, "Повторяю: 8 916 123-45-67")
        await studio.client("Другая", studio.boris, "b@x.test")
        assert len(await suggested(studio, chats)) == 1

    async def test_never_within_one_client(
        self, studio: Studio, chats: Chats, romashka: Contact
    ) -> None:
        async with studio.inbox.store.begin() as t:
            colleague = await t.add_contact(romashka.client_id, "Иван")
            await t.add_handles(colleague.id, [Handle("telegram", "901")])
        await chats.writes(IVAN, "Мой телефон 8 916 123-45-67")
        assert await suggested(studio, chats) == []

    async def test_never_of_what_is_written_in_a_group(
        self, studio: Studio, chats: Chats, romashka: Contact
    ) -> None:
        await contact(studio, "Группа", studio.anna, Handle("telegram_group", "-100500"))
        await chats.writes_in_group(OLGA, "Мой телефон 8 916 123-45-67")
        assert await suggested(studio, chats) == []

    async def test_in_a_members_own_account(
        self, studio: Studio, chats: Chats, romashka: Contact
    ) -> None:
        await chats.connects(ANNA)
        await chats.writes_in_own(OLGA, "ivan@romashka.test", client=OLGA)
        assert await suggested(studio, chats) == [(romashka.id, "email", MAIL.address, "Анна")]


class TestOwnContact:
    def shared(self, who: dict[str, Any]) -> dict[str, Any]:
        return {"user_id": who["id"], "first_name": "Иван", "phone_number": "79161234567"}

    async def test_the_phone_of_somebody_known_suggests_who_that_is(
        self, studio: Studio, chats: Chats, romashka: Contact
    ) -> None:
        await chats.writes(IVAN, "Здравствуйте")
        await chats.writes(IVAN, contact=self.shared(IVAN))
        assert await suggested(studio, chats) == [(romashka.id, "phone", PHONE.address, "Борис")]

    async def test_even_where_it_is_the_first_that_was_heard(
        self, studio: Studio, chats: Chats, romashka: Contact
    ) -> None:
        await chats.writes(IVAN, contact=self.shared(IVAN))
        assert (await chats.conversation("chat:901")).client.name == "Иван"
        assert len(await suggested(studio, chats)) == 1

    async def test_a_phone_that_is_nobodys_is_the_senders(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(IVAN, "Здравствуйте")
        await chats.writes(IVAN, contact=self.shared(IVAN))
        talk = await chats.conversation("chat:901")
        assert await chats.client_of(PHONE) == talk.client
        await chats.writes(OLGA, "Звоните мужу: +7 916 123-45-67")
        assert await suggested(studio, chats) == [
            (talk.contact.id, "phone", PHONE.address, "Борис")
        ]

    async def test_somebody_elses_contact_proves_nothing(
        self, studio: Studio, chats: Chats
    ) -> None:
        await chats.writes(OLGA, contact=self.shared(IVAN))
        assert await chats.client_of(PHONE) is None
