"""What chats keep of replies, over every database: greetings, what became of them, who answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from inbox.chat_records import Greeting
from inbox.errors import NoSuchRow
from inbox.model import (
    Handle,
    Nature,
    Outcome,
)
from inbox.ports import DeskRef, ReplyState
from inbox.records import Answering
from storage.store import SqlStore
from tests.storage.values import (
    HOURS,
    LENA,
    asked,
    at,
    closed_at,
    draft,
    manager,
    message,
    opened,
    promised,
)

GROUP = Handle("telegram_group", "-100")
OUTSIDE = Handle("telegram_group", "-200")


async def test_an_opening_is_greeted_once(store: SqlStore) -> None:
    async with store.begin() as t:
        _, message_id = await asked(t, await opened(t), message(nature=Nature.SERVICE))
        one = Greeting(message_id, ReplyState.QUEUED, "Здравствуйте!", at(0))
        assert await t.greeting(message_id) is None
        assert await t.add_greeting(one)
        assert not await t.add_greeting(replace(one, text="Ещё раз"))
        assert await t.greeting(message_id) == one
        sent = replace(one, state=ReplyState.SENT, at=at(1))
        await t.save_greeting(sent)
        assert await t.greeting(message_id) == sent
        with pytest.raises(NoSuchRow):
            await t.save_greeting(replace(one, message_id=10_000))


async def test_who_asks_for_late_replies_reads_no_others(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk = await opened(t)
        for minutes in (1, 2, 3):
            one = draft(talk.id, anna.id, key=f"{minutes}")
            await t.add_reply(replace(one, written_at=at(minutes)))
        assert [one.key for one in await t.replies(talk.id)] == ["3", "2", "1"]
        assert [one.key for one in await t.replies(talk.id, at(2))] == ["3", "2"]


async def test_first_replies_are_the_answers_to_first_waits(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk = await opened(t)
        waits = []
        for number, minutes in enumerate((0, 100, 200)):
            one = await t.open_conversation("telegram", talk.client, talk.contact, LENA, None)
            one, _ = await asked(t, one, message(f"{number}", minutes=minutes))
            waits.append(await closed_at(t, one, minutes + 10 + number))
            if not number:
                again, _ = await asked(
                    t, await t.conversation(one.id), message("again", minutes=20)
                )
                await closed_at(t, again, 21)
        other = await t.open_conversation("telegram", talk.client, talk.contact, LENA, None)
        dismissed, _ = await asked(t, other, message("d"))
        ended, closed = dismissed.ended(Outcome.DISMISSED, anna.id, at(300), HOURS)
        assert closed is not None
        await t.save_wait(closed)
        await t.save(ended)
        promise = await t.add_promise(talk.id, promised(5))
        await t.save_wait(promise.closed(Outcome.ANSWERED, at(400), anna.id, HOURS))
        seconds = [one.closing.business.total_seconds() for one in waits if one.closing]
        assert await t.first_replies(at(0), 10) == tuple(reversed(seconds))
        assert await t.first_replies(at(0), 2) == (seconds[2], seconds[1])
        assert await t.first_replies(at(150), 10) == (seconds[2],)
        assert seconds[0] == timedelta(minutes=10).total_seconds()


async def test_a_reply_keeps_what_became_of_it(store: SqlStore) -> None:
    ref = DeskRef(1, 5_000_000_001, 9)
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk = await opened(t)
        made = await t.add_reply(draft(talk.id, anna.id, desk_ref=ref, goes_at=at(4)))
        assert made is not None
        assert await t.reply(made.id) == made == await t.reply_at(ref)
        sent = replace(
            made, state=ReplyState.SENT, sent_as=("77:5", "77:6"), edits=2, sent_at=at(4)
        )
        await t.save_reply(sent)
        assert await t.reply_at(ref) == sent
        assert await t.reply_at(replace(ref, chat_id=7)) is None
        again = await t.add_reply(draft(talk.id, anna.id, key="k2", desk_ref=ref))
        assert await t.reply_at(ref) == again, "what was written anew"


async def test_the_last_reply_to_a_message_stands_on_its_card(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk, message_id = await asked(t, await opened(t), message())
        assert (await t.card(message_id)).last_reply is None
        await t.add_reply(draft(talk.id, anna.id))
        assert (await t.card(message_id)).last_reply is None, "it answers another message"
        first = await t.add_reply(draft(talk.id, anna.id, key="1", message_id=message_id))
        second = await t.add_reply(draft(talk.id, anna.id, key="2", message_id=message_id))
        assert first is not None
        assert second is not None
        assert (await t.card(message_id)).last_reply == second
        for state in (ReplyState.REJECTED, ReplyState.WITHDRAWN, ReplyState.TAKEN_BACK):
            await t.save_reply(replace(second, state=state))
            assert (await t.card(message_id)).last_reply == first
        await t.save_reply(replace(second, state=ReplyState.SENDING))
        assert (await t.card(message_id)).last_reply == replace(second, state=ReplyState.SENDING)


async def test_history_tells_what_became_of_replies(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        talk = await opened(t)
        for number, state in enumerate(ReplyState):
            made = await t.add_reply(draft(talk.id, anna.id, key=f"{number}", text=state.value))
            assert made is not None
            await t.save_reply(replace(made, state=state, edits=number % 2))
        found = {line.state: line for line in await t.history(talk.id, 20)}
        assert set(found) == set(ReplyState) - {ReplyState.WITHDRAWN}, "that one never went"
        assert [state for state, line in found.items() if line.deleted] == [ReplyState.TAKEN_BACK]
        assert found[ReplyState.SENDING].edited
        assert not found[ReplyState.QUEUED].edited


async def test_who_is_answering_stands_on_the_card(store: SqlStore) -> None:
    async with store.begin() as t:
        anna = await t.save_manager(manager())
        boris = await t.save_manager(manager("Борис", 6))
        talk, message_id = await asked(t, await opened(t), message())
        other = await t.open_conversation("telegram", talk.client, talk.contact, LENA, None)
        assert (await t.card(message_id)).answering is None
        assert await t.set_answering(talk.id, anna.id, at(0))
        assert not await t.set_answering(talk.id, anna.id, at(0.9))
        assert await t.set_answering(talk.id, boris.id, at(0.5))
        assert await t.set_answering(other.id, boris.id, at(7))
        assert await t.set_answering(talk.id, anna.id, at(1))
        hers, his = Answering(anna.id, "Анна", at(1)), Answering(boris.id, "Борис", at(0.5))
        assert (await t.card(message_id)).answering == hers
        assert await t.answering(talk.id, at(0)) == (hers, his)
        assert await t.answering(talk.id, at(0.6)) == (hers,)
        await t.end_answering(talk.id, anna.id)
        assert (await t.card(message_id)).answering == his
        await t.end_answering(talk.id, boris.id)
        assert await t.answering(talk.id, at(0)) == ()
