"""Raw messages after they were worked on: what is stored, read again, let go."""

from dataclasses import replace
from datetime import timedelta

from inbox.model import RawMessage
from storage.store import SqlStore
from storage.transaction import SqlTransaction
from tests.storage.values import T0, at, message, opened, raw

BOX = "email:info"
FOLDER = {"folder": "INBOX", "uidvalidity": "3"}


def mail(
    uid: int, *, minutes: float = 0, payload: bytes = b"Subject: x", **note: str
) -> RawMessage:
    return RawMessage(
        f"mail:{uid}", "thread:1", payload, at(minutes), note=FOLDER | {"uid": str(uid)} | note
    )


async def payload_of(t: SqlTransaction, raw_id: int) -> bytes:
    return (await t.raw_and_album(raw_id))[0].payload


async def test_the_store_says_which_mails_of_a_folder_it_has(store: SqlStore) -> None:
    kept = [
        mail(1, minutes=-60),
        mail(2),
        mail(3, payload=b"", gap="1"),
        mail(4, folder="Junk"),
        mail(5, uidvalidity="2"),
        mail(6),
    ]
    async with store.begin() as t:
        await t.keep(BOX, kept)
        await t.keep("email:other", [mail(7)])
        assert await t.noted(BOX, "uid", FOLDER, at(-1)) == {"2", "6"}
        assert await t.noted(BOX, "absent", FOLDER, at(-1)) == frozenset()


async def test_what_is_to_be_read_again_comes_in_pages(store: SqlStore) -> None:
    async with store.begin() as t:
        ids = await t.keep(BOX, [mail(n, minutes=n) for n in range(1, 6)])
        await t.mark_raw(ids[:4], "quarantined", "why")
        await t.keep(BOX, [mail(9, payload=b"", gap="1")])
        first = await t.raws_to_replay("quarantined", at(2), 0, 2)
        assert [(one.raw_id, one.channel_id, one.lane) for one in first] == [
            (ids[1], BOX, "thread:1"),
            (ids[2], BOX, "thread:1"),
        ]
        second = await t.raws_to_replay("quarantined", at(2), first[-1].raw_id, 2)
        assert [one.raw_id for one in second] == [ids[3]]


async def test_an_album_is_read_again_whole(store: SqlStore) -> None:
    async with store.begin() as t:
        one, two = await t.keep("telegram", [raw("1", group="a"), raw("2", group="a")])
        (alone,) = await t.keep("telegram", [raw("3")])
        await t.mark_raw([one, two, alone], "filed")
        assert [each.external_id for each in await t.raw_and_album(two)] == ["1", "2"]
        assert [each.external_id for each in await t.raw_and_album(alone)] == ["3"]


async def test_a_message_read_anew_keeps_what_it_was_filed_by(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        (raw_id,) = await t.keep("telegram", [raw("1")])
        message_id = await t.add_message(conversation, message(), raw_id)
        before = (await t.card(message_id)).message
        other = message("9", minutes=90, text="anew", subject="Re", quoted="", attachments=())
        await t.retell(message_id, other)
        after = (await t.card(message_id)).message
        assert (after.text, after.subject, after.quoted) == ("anew", "Re", "")
        assert (after.sent_at, after.nature, after.external_id) == (
            before.sent_at,
            before.nature,
            before.external_id,
        )


async def test_a_message_read_anew_still_says_what_it_was_edited_to(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        (raw_id,) = await t.keep("telegram", [raw("1")])
        assert raw_id is not None
        message_id = await t.add_message(conversation, message(), raw_id)
        edited = message(text="Иначе", entities=(), attachments=message().attachments[:1])
        await t.edit_message(message_id, edited, at(1))
        await t.retell(message_id, message(text="anew", passed_on="Олег", quoted=""))
        after = (await t.card(message_id)).message
    assert after == replace(edited, passed_on="Олег", quoted="")


async def test_old_payloads_are_let_go_page_by_page(store: SqlStore) -> None:
    mails = [mail(n, minutes=n, payload=b"x" * 5_000) for n in range(6)]
    async with store.begin() as t:
        ids = await t.keep(BOX, mails)
        await t.mark_raw(ids[:4], "filed")
        await t.mark_raw(ids[4:5], "quarantined")
        (chat,) = await t.keep("telegram", [replace(raw("1"), received_at=at(0))])
        await t.mark_raw([chat], "filed")
        assert (await t.drop_payloads("email", at(3), 2))[0] == 2
        count, size = await t.drop_payloads("email", at(30), 10)
        assert count == 2
        assert 0 < size < 5_000
        assert await t.drop_payloads("email", at(30), 10) == (0, 0)
        payloads = [await payload_of(t, one) for one in ids]
        assert payloads == [b""] * 4 + [mails[4].payload, mails[5].payload]
        assert await payload_of(t, chat) == b"{}"
        assert (await t.noted(BOX, "uid", FOLDER, T0 - timedelta(days=1))) == {"4", "5"}
