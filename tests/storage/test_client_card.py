"""What is known of a client, over every database: card, history, files, where to write first."""

from __future__ import annotations

from dataclasses import replace

from inbox.model import Attachment, Conversation, Handle, Manager, Media, Nature
from inbox.ports import Transaction
from inbox.records import HistoryLine, Placing, ReplyState
from inbox.work_records import ClientCard, ClientFile
from storage.store import SqlStore
from tests.storage.values import (
    LENA,
    another,
    asked,
    at,
    closed_at,
    draft,
    manager,
    message,
    opened,
    promised,
    raw,
)
from tests.storage.work_values import note, task

MAIL = Handle("email", "lena@romashka.test")
PHOTO = Attachment(Media.PHOTO, "a.jpg", "image/jpeg", 12, "bot:1", "AgAC", {"width": 3})
PLACE = Attachment(Media.LOCATION, "", "", None, "bot:1", "", {"latitude": 55.7})
LAYOUT = Attachment(Media.DOCUMENT, "макет.pdf", "application/pdf", 99, "bot:1", "BQ", {})


async def with_mail(t: Transaction, holder: Manager) -> tuple[Conversation, Conversation]:
    """Lena of Ромашка on Telegram, and by mail: both conversations."""
    chat = await opened(t, holder.id)
    await t.add_handles(chat.contact.id, (MAIL,))
    mail = await t.open_conversation("email:info", chat.client, chat.contact, MAIL, "Смета")
    return chat, mail


async def test_a_card_says_all_that_is_known(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        chat, mail = await with_mail(t, anna)
        chat, asked_id = await asked(t, chat, message("1", attachments=(PHOTO, PLACE, LAYOUT)))
        mail, _ = await asked(t, mail, message("2", minutes=5, attachments=()))
        await t.add_reply(draft(mail.id, anna.id, attachments=(LAYOUT,)))
        await t.add_internal_note(note(chat.id, anna.id))
        first = await t.add_task(task(chat.client.id, anna.id, message_id=asked_id))
        await t.add_task(task(chat.client.id, anna.id, key="done", done_at=at(2)))
        stranger = await t.add_client("Сам по себе", None)
    async with store.begin() as t:
        assert await t.client(chat.client.id) == chat.client
        assert await t.client(10_000) is None
        assert await t.client_card(chat.client.id) == ClientCard(
            client=chat.client,
            contacts=((chat.contact, MAIL), (chat.contact, LENA)),
            conversations=(mail, chat),
            open_tasks=(first,),
            notes=1,
            files=3,
        )
        assert await t.client_card(stranger.id) == ClientCard(stranger, (), (), (), 0, 0)
        assert await t.client_card(10_000) is None


async def test_history_is_of_all_channels_with_notes_page_by_page(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        chat, mail = await with_mail(t, anna)
        chat, first_id = await asked(t, chat, message("1", text="Телеграм", attachments=(PHOTO,)))
        mail, own_id = await asked(
            t, mail, message("2", minutes=1, text="Сама", nature=Nature.OWN)
        )
        sent = draft(chat.id, anna.id, message_id=first_id, edits=1, attachments=(LAYOUT,))
        await t.add_reply(sent)
        await t.add_reply(replace(sent, key="gone", state=ReplyState.WITHDRAWN))
        await t.add_internal_note(
            note(mail.id, anna.id, written_at=at(4), message_id=own_id, edited_at=at(5))
        )
        other = await t.add_client("Чужой", None)
        person = await t.add_contact(other.id, "Чужой")
        await t.open_conversation("telegram", other, person, Handle("telegram", "1"), None)
    client_id = chat.client.id
    told = HistoryLine(
        at(0), "Лена", True, "Телеграм", (PHOTO,), channel_id="telegram", message_id=first_id
    )
    own = HistoryLine(
        at(1),
        "Лена",
        False,
        "Сама",
        message().attachments,
        channel_id="telegram",
        message_id=own_id,
    )
    answered = HistoryLine(
        *(at(3), "Анна", False, "Да", (LAYOUT,), ReplyState.QUEUED),
        edited=True,
        channel_id="telegram",
        message_id=first_id,
    )
    noted = HistoryLine(
        *(at(4), "Анна", False, "Просит скидку"),
        (),
        edited=True,
        internal=True,
        channel_id="email:info",
        message_id=own_id,
    )
    async with store.begin() as t:
        assert await t.client_history(client_id, None, 9) == (told, own, answered, noted)
        assert await t.client_history(client_id, None, 2) == (answered, noted)
        assert await t.client_history(client_id, at(3), 2) == (told, own)
        assert await t.client_history(client_id, at(0), 2) == ()
        assert await t.client_history(other.id, None, 9) == ()


async def test_no_line_of_one_instant_is_lost_between_pages(store: SqlStore) -> None:
    """Chats give whole seconds: an album and its text are of the same one."""
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        chat = await opened(t, anna.id)
        for number, minute in enumerate((0, 1, 1, 1, 2)):
            one = message(f"{number}", minutes=minute, text=f"{number}", attachments=())
            chat, _ = await asked(t, chat, one)
        await t.add_reply(draft(chat.id, anna.id, text="3a", written_at=at(1)))
        await t.add_internal_note(note(chat.id, anna.id, text="3b", written_at=at(1)))
        said: list[str] = []
        before = None
        while lines := await t.client_history(chat.client.id, before, 2):
            said = [*(line.text for line in lines), *said]
            before = lines[0].at
    assert said == ["0", "1", "2", "3", "3a", "3b", "4"]


async def test_a_copy_in_another_mailbox_is_told_once(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        _, mail = await with_mail(t, anna)
        one = message("1", channel_id="email:info", attachments=(LAYOUT,))
        mail, first_id = await asked(t, mail, one)
        (raw_id,) = await t.keep("email:sales", [raw("1")])
        assert raw_id is not None
        copy = replace(one, channel_id="email:sales")
        await t.add_message(mail, copy, raw_id, Placing(counted_on=first_id))
        assert len(await t.client_history(mail.client.id, None, 9)) == 1
        assert len(await t.client_files(mail.client.id, 0, 9)) == 1
        card = await t.client_card(mail.client.id)
        assert card is not None
        assert card.files == 1


async def test_files_either_way_the_newest_first(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        chat, mail = await with_mail(t, anna)
        chat, first = await asked(t, chat, message("1", attachments=(PHOTO, PLACE, LAYOUT)))
        mail, own = await asked(
            t, mail, message("2", minutes=5, nature=Nature.OWN, attachments=(PHOTO,))
        )
        await asked(t, chat, message("3", minutes=6, attachments=()))
        sent = draft(chat.id, anna.id, message_id=first, attachments=(PLACE, LAYOUT))
        reply = await t.add_reply(sent)
        assert reply is not None
        await t.add_reply(replace(sent, key="gone", state=ReplyState.WITHDRAWN))
        found = await t.client_files(chat.client.id, 0, 9)
        assert found == (
            ClientFile(at(5), mail.id, PHOTO, inbound=False, message_id=own),
            ClientFile(at(3), chat.id, LAYOUT, inbound=False, message_id=first, reply_id=reply.id),
            ClientFile(at(0), chat.id, PHOTO, inbound=True, message_id=first),
            ClientFile(at(0), chat.id, LAYOUT, inbound=True, message_id=first),
        )
        assert await t.client_files(chat.client.id, 1, 2) == found[1:3]
        assert await t.client_files(chat.client.id, 4, 2) == ()


async def test_closed_waits_are_those_for_a_reply(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        chat, _ = await asked(t, await opened(t, anna.id), message("1"))
        other = await another(t, chat, "2")
        await another(t, chat, "3")
        promise = await t.add_promise(chat.id, promised(30))
        await t.save_wait(replace(promise, closing=None))
        late = await closed_at(t, other, 20)
        early = await closed_at(t, chat, 10)
        found = await t.closed_waits_of_client(chat.client.id, at(0))
        assert found == (early, late)
        assert await t.closed_waits_of_client(chat.client.id, at(15)) == (late,)
        assert await t.closed_waits_of_client(chat.client.id, at(21)) == ()


async def test_where_a_handle_was_written_to_last(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        chat, mail = await with_mail(t, anna)
        later = await t.open_conversation("email:info", chat.client, chat.contact, MAIL, "Счёт")
        never = Handle("email", "nobody@romashka.test")
        wanted = (never, MAIL, LENA, MAIL)
        found = await t.latest_conversations_with(wanted)
        assert found == ((MAIL, later.id, "email:info"), (LENA, chat.id, "telegram"))
        await asked(t, mail, message("1"))
        found = await t.latest_conversations_with(wanted)
        assert found[0] == (MAIL, mail.id, "email:info")
        answered = replace(later, answered_at=at(9))
        await t.save(answered)
        found = await t.latest_conversations_with(wanted)
        assert found[0] == (MAIL, later.id, "email:info")
        assert await t.latest_conversations_with(()) == ()
