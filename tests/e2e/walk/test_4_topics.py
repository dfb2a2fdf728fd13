"""The walk through topics, in the manager's chat and in a forum, and the delay of mails; each step
is a point of the plan. The product was started anew, now that its bot has topics."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
import pytest_asyncio

from bot.menu_buttons import MenuButton, Screen
from tests.e2e.walk.people import Client, Side
from tests.e2e.walk.stage import BOT, Message, Walk, at_once, buttons_of, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]

SETTINGS = """
[sla]
reply_within = "2h"
ladder = [{ notify = "manager", after_due = "0m" }]
"""


@pytest_asyncio.fixture(scope="module", loop_scope="package", autouse=True)
async def with_topics(walk: Walk) -> AsyncIterator[None]:
    tomorrow = (walk.clock.now() + timedelta(days=1)).replace(hour=9, minute=0)
    walk.clock.jump(tomorrow)
    await walk.restart(SETTINGS, topics=True)
    yield


def thread_of(message: Message) -> int:
    return int(message.get("message_thread_id") or 0)


# --- the send delay of mails -----------------------------------------------------------------


async def test_a_mail_can_be_stopped_before_it_goes(walk: Walk, at: Side) -> None:
    """ "the send delay for mail (default 10 s, "Undo" button)"; how the other mail goes out is
    looked at in the end."""
    stopped, sent, me = at.client(), at.client(), at.manager.telegram
    for client in (sent, stopped):
        await walk.mails(client, "The wall", f"A wall for {client.name}?")
        card = await walk.said(me, f"A wall for {client.name}?")
        answer = await walk.answers(at.manager, card, f"A long wall, {client.name}")
        goes = at.say.template("⏳ Goes out in {time}").partition("{")[0]
        note = await walk.said(me, goes, after=answer["message_id"])
    assert 5 < int(text_of(note).removeprefix(goes).split()[0]) <= 10  # seconds
    await walk.press(me, note, at.words("Undo the sending"))
    await walk.shows(me, note, at.words("↩ Not sent: it was stopped in time."))
    assert not walk.mail.inbox(stopped.address)
    DELAYED.append((sent, stopped))


DELAYED: list[tuple[Client, Client]] = []

# --- a topic for each client in the manager's chat -------------------------------------------


@at_once
async def test_each_client_has_a_topic(walk: Walk, at: Side) -> None:
    """ "Topic per client where the manager's chat has topics (found out at start ...)"; "a plain
    message in a client's topic"; "the topic's name carries state (waiting ...)"."""
    client, other, me = at.client(), at.client(), at.manager.telegram
    card = await walk.asks(at, client, f"In my topic, {client.name}")
    thread = thread_of(card)
    assert (await walk.topics(me))[thread] == f"🟡 {client.name}"
    elsewhere = await walk.asks(at, other, f"In another one, {other.name}")
    assert thread_of(elsewhere) not in {0, thread}

    plain = await walk.writes(me, f"Plainly, {client.name}", thread_id=thread)
    await walk.said(client.telegram, f"Plainly, {client.name}")
    await walk.marked(me, plain)
    await walk.named(me, thread, client.name)
    assert await walk.count(other.telegram, "Plainly") == 0

    stray = await walk.writes(me, f"Outside all topics, {client.name}")
    asks = at.words("This went to nobody yet. To whom shall it go?")
    question = await walk.said(me, asks, after=stray["message_id"])
    assert thread_of(question) == 0
    for one in (client, other):
        assert await walk.count(one.telegram, "Outside all topics") == 0


async def test_a_deleted_topic_is_made_anew_with_the_same_message(walk: Walk, at: Side) -> None:
    """ "a deleted topic is recreated and the same message delivered"."""
    client, me = at.client(), at.manager.telegram
    card = await walk.asks(at, client, f"{client.name} before")
    await walk.telegram.does("deletes_topic", me, BOT, thread_id=thread_of(card))
    again = await walk.asks(at, client, f"{client.name} after")
    assert thread_of(again) not in {0, thread_of(card)}
    assert (await walk.topics(me))[thread_of(again)] == f"🟡 {client.name}"
    assert await walk.count(me, f"{client.name} after") == 1


@at_once
async def test_the_name_says_that_an_answer_is_overdue(walk: Walk, at: Side) -> None:
    """ "the topic's name carries state (waiting, overdue)"; the alert stands in the topic."""
    client, me = at.client(), at.manager.telegram
    card = await walk.asks(at, client, f"Patient, {client.name}")
    await walk.turn(walk.clock.now() + timedelta(hours=2, minutes=1))
    alert = await walk.said(me, client.name, also=lambda one: text_of(one).startswith("⏰"))
    assert thread_of(alert) == thread_of(card)
    await walk.named(me, thread_of(card), f"🔴 {client.name}")


async def test_without_topics_it_falls_back_by_itself(walk: Walk, at: Side) -> None:
    """ "falls back by itself": somebody switched topics off at @BotFather. The card comes to the
    plain chat, and administrators hear of it."""
    client, me = at.client(), at.manager.telegram
    await walk.telegram.tunes(bot=BOT, topics=False)
    card = await walk.asks(at, client, f"Without a topic, {client.name}")
    assert thread_of(card) == 0
    told = at.say.template(
        "⚠️ Telegram makes no topics in {chat} at present: {reason}. Cards come to the plain "
        "chats; topics are tried again in an hour."
    )
    await walk.said(at.admin.telegram, told.partition("{")[0])
    answer = await walk.answers(at.manager, card, f"Just the same, {client.name}")
    await walk.said(client.telegram, f"Just the same, {client.name}")
    await walk.marked(me, answer)


# --- one forum for the whole studio ----------------------------------------------------------

FORUM = -1_009_000_000_001


@pytest_asyncio.fixture(scope="module", loop_scope="package")
async def forum(walk: Walk, with_topics: None) -> int:
    """A group with topics, which a head chooses by the buttons of the menu."""
    at = walk.sides["en"]
    head, team = (
        at.head.telegram,
        [one.telegram for each in walk.sides.values() for one in each.team],
    )
    made = {"chat_id": FORUM, "title": "Studio", "members": team, "plain": False, "forum": True}
    await walk.telegram.does("makes_group", head, None, **made)
    await walk.telegram.does("adds_bot", head, BOT, chat_id=FORUM, admin=True)
    menu = await walk.menu(at.head)
    more, _ = await walk.follows(head, menu, at.words("⚙️ More"))
    screen, _ = await walk.follows(head, more, at.words("🗂 Topics"))
    way = MenuButton(screen=Screen.FORUM_GROUP).pack()
    (label,) = [said for said, data in buttons_of(screen).items() if data == way]
    await walk.press(head, screen, label)
    await walk.said(head, at.words("Choose a group"), after=screen["message_id"])
    await walk.telegram.does("shares_chat", head, BOT, chat_id=FORUM)
    await walk.said(head, "From now on each client has a topic", after=screen["message_id"])
    return FORUM


async def in_forum(walk: Walk, client: Client, text: str) -> Message:
    """A client writes; the card, which stands in a topic of the forum."""
    await walk.writes(client.telegram, text)
    card = await walk.said(FORUM, text)
    assert thread_of(card) != 0
    return card


@pytest.mark.usefixtures("forum")
@at_once
async def test_one_forum_for_the_whole_studio(walk: Walk, at: Side) -> None:
    """ "or one forum group for the whole studio", with its topics made anew and named."""
    client, manager, forum = at.client(), at.manager.telegram, FORUM
    card = await in_forum(walk, client, f"To all of you, {client.name}")
    thread = thread_of(card)
    assert (await walk.topics(forum))[thread] == f"🟡 {client.name}"
    where = {"chat_id": forum, "thread_id": thread}
    plain = await walk.writes(manager, f"From all of us, {client.name}", **where)
    await walk.said(client.telegram, f"From all of us, {client.name}")
    await walk.marked(forum, plain)
    await walk.named(forum, thread, client.name)
    assert await walk.count(manager, f"To all of you, {client.name}") == 0

    await walk.telegram.does("deletes_topic", manager, BOT, thread_id=thread, chat_id=forum)
    again = await in_forum(walk, client, f"Where are you, {client.name}")
    assert thread_of(again) != thread


async def test_collisions_in_the_shared_chat(walk: Walk, at: Side, forum: int) -> None:
    """ "Collisions: in a shared chat ... "… is answering" shows ..., and a second answer to the
    same wait asks "already answered by … – send anyway?" "."""
    client, me, head = at.client(), at.manager, at.head
    card = await in_forum(walk, client, f"Anybody, {client.name}")
    where = {"chat_id": forum, "thread_id": thread_of(card)}
    await walk.press(me.telegram, card, at.words("✍ I answer"), chat_id=forum)
    await walk.shows(forum, card, at.words("✍ {name} is answering", name=me.name))
    await walk.writes(me.telegram, f"I am first, {client.name}", **where)
    await walk.said(client.telegram, f"I am first, {client.name}")
    late = await walk.writes(head.telegram, f"I am second, {client.name}", **where)
    already = at.say.template("Already answered by {name}: {time}. Send anyway?")
    words = already.partition("{time}")[0].format(name=me.name)
    question = await walk.said(forum, words, after=late["message_id"])
    assert thread_of(question) == thread_of(card)
    assert await walk.count(client.telegram, "I am second") == 0
    await walk.press(head.telegram, question, at.words("Don't send"), chat_id=forum)
    await walk.shows(forum, question, at.words("Not sent."))
    assert await walk.count(client.telegram, "I am second") == 0


async def test_the_mail_that_nobody_stopped_has_gone(walk: Walk) -> None:
    """The end of the first step: after its ten seconds the mail went out, the stopped one not."""
    assert DELAYED
    for sent, stopped in DELAYED:
        await walk.mailed(sent, f"A long wall, {sent.name}")
        assert not walk.mail.inbox(stopped.address)


async def test_the_forum_ends_by_a_button(walk: Walk, at: Side, forum: int) -> None:
    """Every screen by buttons: also the end of the forum; cards come to the managers again."""
    client, head = at.client(), at.head.telegram
    menu = await walk.menu(at.head)
    more, _ = await walk.follows(head, menu, at.words("⚙️ More"))
    screen, _ = await walk.follows(head, more, at.words("🗂 Topics"))
    end = MenuButton(screen=Screen.END_FORUM).pack()
    ways = [said for said, data in buttons_of(screen).items() if data == end]
    for label in ways:  # who reads the other language has ended it already
        await walk.press(head, screen, label)
    card = await walk.asks(at, client, f"Not in the forum, {client.name}")
    assert card["chat"]["id"] == at.manager.telegram
