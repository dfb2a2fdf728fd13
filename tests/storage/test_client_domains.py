"""Which mail domains are those of clients."""

from __future__ import annotations

from datetime import UTC, datetime

from inbox.model import Delivery, DeliveryReport, Handle, Manager
from storage.store import SqlStore
from tests.storage.values import HOURS, message, raw


async def test_domains_of_clients_entered_by_hand_or_answered(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(Manager(0, "Anna", 1))
        assert await t.client_domains() == frozenset()
        entered = await t.add_contact((await t.add_client("A", anna.id)).id, "A")
        await t.add_handles(
            entered.id, [Handle("email", "a@entered.example"), Handle("phone", "+7")]
        )
        nobody = await t.add_contact((await t.add_client("B", None)).id, "B")
        await t.add_handles(nobody.id, [Handle("email", "b@nobody.example")])
        client = await t.add_client("C", anna.id)
        wrote = await t.add_contact(client.id, "C")
        handle = Handle("email", "c@wrote.example")
        await t.add_handles(wrote.id, [handle])
        talk = await t.open_conversation("email:info", client, wrote, handle, None)
        assert await t.client_domains() == {"entered.example"}

        answered, _ = talk.answered(anna.id, datetime(2026, 1, 5, tzinfo=UTC), HOURS)
        await t.save(answered)
        assert await t.client_domains() == {"entered.example", "wrote.example"}


async def test_warnings_and_a_delivery_report_are_kept(store: SqlStore) -> None:
    told = DeliveryReport(Delivery.DELAYED, "a@b.example", "4.4.1", "busy", "<ours@studio.ru>")
    one = message(delivery=told, warnings=("spf_failed", "look_alike:b.example"))
    async with store.begin() as t:
        (raw_id,) = await t.keep(one.channel_id, [raw("1")])
        client = await t.add_client("A", None)
        contact = await t.add_contact(client.id, "A")
        talk = await t.open_conversation(one.channel_id, client, contact, one.sender, None)
        assert raw_id is not None
        message_id = await t.add_message(talk, one, raw_id)
        assert (await t.card(message_id)).message == one
