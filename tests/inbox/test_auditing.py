"""The log: every opening, end and change of a wait, through the whole way of messages."""

from collections import Counter
from dataclasses import replace

from inbox import auditing
from inbox.actions import dismiss, hand_over, phoned, take, take_on, undo_dismissal
from inbox.calendars import SpecialDay
from inbox.corrections import call_automatic, call_forwarded, call_person, call_question
from inbox.flow import escalate, reply
from inbox.guessing import split
from inbox.model import (
    Conversation,
    Delivery,
    DeliveryReport,
    Handle,
    Manager,
    Nature,
    Outcome,
)
from inbox.ports import Deed, Entry, LogLine
from inbox.promises import keep, promise, withdraw
from inbox.recounting import set_day
from tests.inbox.conftest import Studio
from tests.inbox.looking import logged, msk, saved, waits, with_calendars


async def talk_of(studio: Studio, sender: str, text: str = "Вопрос") -> Conversation:
    return await studio.conversation(await studio.asks(sender, text))


async def answer(studio: Studio, talk: Conversation, key: str) -> None:
    by = await holder(studio, talk)
    assert await reply(studio.inbox, studio.draft(talk, by, key)) is not None
    await studio.run()


async def holder(studio: Studio, talk: Conversation) -> Manager:
    async with studio.inbox.store.begin() as t:
        now = await t.conversation(talk.id)
        return next((one for one in await t.staff() if one.id == now.assignee_id), studio.anna)


def deeds(lines: list[LogLine], wait_id: int) -> list[Deed]:
    return [one.entry.deed for one in lines if one.entry.wait_id == wait_id]


async def the_day(studio: Studio) -> set[int]:
    """A day on which everything happens to waits; the conversations of it."""
    with_calendars(studio)
    await saved(studio, replace(studio.boris, calendar="afternoon"))
    await studio.client("Ромашка", studio.anna, "a@x.test")
    plain = await talk_of(studio, "a@x.test")
    undone = await talk_of(studio, "b@x.test")
    by_phone = await talk_of(studio, "c@x.test")
    robot = await talk_of(studio, "robot@x.test")
    person = await talk_of(studio, "d@x.test", "automatic")
    studio.clock.pass_(minutes=10)
    await take(studio.inbox, undone.id, studio.boris)
    await dismiss(studio.inbox, undone.id, studio.boris)
    await undo_dismissal(studio.inbox, undone.id, studio.boris)
    await phoned(studio.inbox, by_phone.id, studio.anna)
    cards = {card.conversation.id: card.message_id for card, _, _ in studio.desk.cards}
    assert await call_automatic(studio.inbox, cards[robot.id], studio.anna)
    assert await call_person(studio.inbox, cards[person.id], studio.anna)
    assert await call_person(studio.inbox, cards[robot.id], studio.anna)
    kept = await promise(studio.inbox, plain.id, msk(23, 16), studio.anna)
    dropped = await promise(studio.inbox, plain.id, msk(23, 17), studio.anna)
    studio.clock.at = msk(23, 11)
    await escalate(studio.inbox)
    await studio.run()
    assert plain.wait is not None
    await take_on(studio.inbox, plain.wait.id, studio.head)
    await hand_over(studio.inbox, plain.id, studio.boris, studio.head)
    day = SpecialDay("studio", msk(23, 12).date(), (), "Авария", studio.head.id, msk(23, 11))
    await set_day(studio.inbox, day)
    await answer(studio, plain, "k1")
    await keep(studio.inbox, kept.id, studio.anna)
    await withdraw(studio.inbox, dropped.id, studio.anna)
    return {one.id for one in (plain, undone, by_phone, robot, person)}


async def test_every_wait_has_its_opening_and_each_closed_one_its_end(studio: Studio) -> None:
    talks = await the_day(studio)
    lines, rows = await logged(studio), []
    for one in talks:
        async with studio.inbox.store.begin() as t:
            rows += await t.waits_in(one)
    assert len(rows) == 7
    for wait in rows:
        counts = Counter(deeds(lines, wait.id))
        assert counts[Deed.OPENED] == 1
        assert counts[Deed.CLOSED] - counts[Deed.REOPENED] == (wait.closing is not None)
    told = Counter(one.entry.deed for one in lines)
    assert told[Deed.REOPENED] == 2
    for deed in (Deed.ASSIGNED, Deed.TAKEN_ON, Deed.SWAPPED, Deed.RECOUNTED, Deed.ALERTED):
        assert told[deed], deed
    assert told[Deed.PROMISED] == 2


async def test_a_wait_is_told_from_beginning_to_end(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    talk = await talk_of(studio, "a@x.test")
    studio.clock.pass_(minutes=20)
    await answer(studio, talk, "k1")
    assert talk.wait is not None
    opened, closed = await logged(studio)
    assert opened.entry == Entry(
        at=msk(23, 10),
        deed=Deed.OPENED,
        conversation_id=talk.id,
        wait_id=talk.wait.id,
        manager_id=studio.anna.id,
        after="2026-11-23T07:00:00Z 2026-11-23T08:00:00Z",
    )
    assert (closed.by, closed.entry.after) == ("Анна", "answered 1200 2026-11-23T07:20:00Z")


async def test_what_is_open_has_no_end(studio: Studio) -> None:
    talk = await talk_of(studio, "a@x.test")
    assert talk.wait is not None
    async with studio.inbox.store.begin() as t:
        await auditing.closed(t, talk, talk.wait, None)
        await auditing.opened(t, replace(talk, wait=None), msk(23, 11))
    assert [one.entry.deed for one in await logged(studio)] == [Deed.OPENED]


async def test_rule_04_what_was_asked_after_the_reply_has_its_own_opening(studio: Studio) -> None:
    await studio.client("Ромашка", studio.anna, "a@x.test")
    thread = await studio.asks("a@x.test")
    talk = await studio.conversation(thread)
    studio.channel.shapes["own"] = {"nature": Nature.OWN, "sent_at": msk(23, 10, 5)}
    studio.clock.pass_(minutes=10)
    await studio.asks("a@x.test", "Ещё", thread=thread)
    studio.clock.pass_(minutes=10)
    await studio.asks("info@studio.test", "own", thread=thread)
    new, old = await waits(studio, talk)
    lines = await logged(studio)
    assert deeds(lines, old.id) == [Deed.OPENED, Deed.CLOSED]
    assert deeds(lines, new.id) == [Deed.OPENED]
    assert new.started_at == msk(23, 10, 10)


async def test_a_moved_start_is_told(studio: Studio) -> None:
    thread = await studio.asks("a@x.test", "automatic")
    studio.clock.pass_(minutes=10)
    await studio.asks("b@x.test", "Вопрос", thread=thread)
    await call_person(studio.inbox, studio.desk.cards[0][0].message_id, studio.anna)
    (line,) = await logged(studio, Deed.MOVED)
    assert line.entry.before == "2026-11-23T07:10:00Z 2026-11-23T08:10:00Z"
    assert line.entry.after == "2026-11-23T07:00:00Z 2026-11-23T08:00:00Z"
    await call_automatic(studio.inbox, studio.desk.cards[0][0].message_id, studio.anna)
    _, back = await logged(studio, Deed.MOVED)
    assert (back.entry.before, back.entry.after) == (line.entry.after, line.entry.before)


async def test_thanks_that_ask_and_mails_passed_on_open(studio: Studio) -> None:
    thread = await studio.asks("a@x.test")
    await answer(studio, await studio.conversation(thread), "k1")
    studio.clock.pass_(minutes=1)
    await studio.asks("a@x.test", "Спасибо", thread=thread)
    await call_question(studio.inbox, studio.desk.cards[-1][0].message_id, studio.anna)
    client = Handle("email", "c@x.test")
    passed_on = {"nature": Nature.OWN, "forwarded": client, "forwarded_name": "Клиент"}
    studio.channel.shapes["fwd"] = passed_on
    await studio.asks("boris@studio.test", "fwd")
    await call_forwarded(studio.inbox, studio.desk.cards[-1][0].message_id, studio.boris)
    lines = await logged(studio, Deed.OPENED)
    assert [one.by for one in lines] == ["", "Анна", "Борис"]


async def test_a_split_moves_the_wait_and_opens_another(studio: Studio) -> None:
    studio.channel.shapes["Первое"] = {"subject": "Поставка труб"}
    studio.channel.shapes["Второе"] = {"subject": "Re: Поставка труб"}
    await studio.client("Ромашка", studio.anna, "a@x.test")
    first = await talk_of(studio, "a@x.test", "Первое")
    await answer(studio, first, "k1")
    studio.clock.pass_(minutes=1)
    await studio.asks("a@x.test", "Второе")
    studio.clock.pass_(minutes=1)
    await studio.asks("a@x.test", "Третье", thread="<m1>")
    await split(studio.inbox, studio.desk.cards[1][0].message_id, studio.anna)
    moved = (await logged(studio, Deed.MOVED))[0].entry
    assert moved.conversation_id != first.id
    opened = (await logged(studio, Deed.OPENED))[-1].entry
    assert (opened.conversation_id, opened.by_id) == (first.id, studio.anna.id)


def bounce(studio: Studio, key: str) -> None:
    report = DeliveryReport(Delivery.FAILED, "a@x.test", "no such user", refers_to=f"<{key}>")
    shape = {"nature": Nature.AUTOMATIC, "delivery": report}
    studio.channel.shapes["bounce"] = shape


async def test_a_bounce_reopens_or_takes_the_answer_back(studio: Studio) -> None:
    thread = await studio.asks("a@x.test")
    talk = await studio.conversation(thread)
    await answer(studio, talk, "k1")
    bounce(studio, "k1")
    await studio.asks("mailer-daemon@x.test", "bounce", thread="<k1>")
    (wait,) = await waits(studio, talk)
    assert deeds(await logged(studio), wait.id)[-1] is Deed.REOPENED
    await answer(studio, talk, "k2")
    studio.clock.pass_(minutes=1)
    await studio.asks("a@x.test", "Ещё вопрос?", thread=thread)
    bounce(studio, "k2")
    await studio.asks("mailer-daemon@x.test", "bounce", thread="<k2>")
    last = (await logged(studio))[-1].entry
    assert (last.deed, last.before) == (Deed.CLOSED, "answered")
    assert last.after.split()[0] == Outcome.CLOSED_UNANSWERED
