"""The walk through the three ways in, point by point, in English and in Russian.

Each step is a point of the plan, quoted. The running product stands in front of the Bot API and
the mail server of sandbox/; everything is done and seen as the people do and see it.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from sandbox.telegram.rights import ALL_RIGHTS
from tests.e2e.walk.people import Side
from tests.e2e.walk.stage import BOT, BOT_NAME, Walk, buttons_of, text_of
from tests.e2e.walk.ways import connected, done_of, in_account, linked, typed

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]


# --- three ways in: the bot's private chat ---------------------------------------------------


async def test_the_bots_private_chat(walk: Walk, at: Side) -> None:
    """ "Three ways in: the bot's private chat": asked, answered, both sides see it."""
    client, me = at.client(), at.manager.telegram
    card = await walk.asks(at, client, "Is the draft ready?")
    assert text_of(card).startswith(client.name)
    assert "💬 Telegram" in text_of(card)
    answer = await walk.answers(at.manager, card, "Tomorrow morning.")
    got = await walk.said(client.telegram, "Tomorrow morning.")
    assert got["reply_to_message"]["text"] == "Is the draft ready?"
    await walk.marked(me, answer)
    await walk.shows(
        me, card, at.words("✅ Answered by {name} after {time}", name="", time="")[:5]
    )


# --- three ways in: a client group -----------------------------------------------------------


async def test_a_member_adds_the_bot_to_the_project_group(walk: Walk, at: Side) -> None:
    """ "A client group (bot added to the project's group, linked to a client ...; messages of
    staff in the group are answers, those of others are the client's"."""
    client, me = at.client(), at.manager.telegram
    builder = await walk.stranger(at, "Bob the builder")
    group = await linked(walk, at, client, f"Site {client.name}", builder, at.colleague.telegram)

    card = await walk.said_after(me, "Where is the sand?", builder, chat_id=group)
    assert text_of(card).startswith(client.name)
    title = at.words("👥 Telegram, the group {title}", title=f"Site {client.name}")
    assert title in text_of(card)
    assert "Bob the builder" in text_of(card)

    await walk.writes(at.colleague.telegram, "It comes at noon.", chat_id=group)
    elsewhere = at.words("✅ Answered in the client's chat: {time}", time="")
    told = await walk.shows(me, card, elsewhere)
    assert at.colleague.name in text_of(told)

    card = await walk.said_after(me, "And the stones?", client.telegram, chat_id=group)
    answer = await walk.answers(at.manager, card, "The stones too.")
    await walk.marked(me, answer)
    (there,) = [one for one in await walk.theirs(group) if text_of(one) == "The stones too."]
    assert there["reply_to_message"]["text"] == "And the stones?"
    assert await walk.count(client.telegram, "The stones too.") == 0


async def test_a_group_is_linked_by_the_picker(walk: Walk, at: Side) -> None:
    """ "linked to a client by the admin's picker `request_chat`", reached from /menu."""
    client, me = at.client(), at.manager.telegram
    title = f"Picked {client.name}"
    group = await walk.group(at, title, me, maker=client.telegram)
    menu = await walk.menu(at.manager)
    more, _ = await walk.follows(me, menu, at.words("⚙️ More"))
    await walk.press(me, more, at.words("👥 Client groups"))
    screen = await walk.shows(me, menu, at.words("Client groups"))
    await walk.press(me, screen, at.words("➕ Link a group"))
    await walk.said(me, at.words("Choose a group"), after=menu["message_id"])
    await walk.telegram.does("shares_chat", me, BOT, chat_id=group)
    await walk.said(me, at.words("Chosen: “{title}”.", title=title))
    question = await walk.said(me, at.words("Whose group is “{title}”?", title=title))
    await walk.answers(at.manager, question, client.name)
    found = await walk.said(me, at.words("Found by “{name}”:", name=client.name))
    await walk.press(me, found, client.name)
    done = at.words("✅ “{title}” is a group of {name}.", title=title, name=client.name)
    await walk.shows(me, found, done)
    await walk.said_after(me, "Picked and heard", client.telegram, chat_id=group)


async def test_what_was_said_before_the_link_is_read_again(walk: Walk, at: Side) -> None:
    """Nothing that was written in the group before it is a client's gets lost."""
    client, me = at.client(), at.manager.telegram
    title = f"Early {client.name}"
    group = await walk.group(at, title, client.telegram)
    question = await walk.said(me, at.words("Whose group is “{title}”?", title=title))
    for word in ("first", "second"):
        await walk.writes(client.telegram, f"{client.name} says the {word}", chat_id=group)
    # The sentinel is read after them: they were looked at, and nobody was shown them.
    await walk.asks(at, client, f"Sentinel of {client.name}")
    assert await walk.count(me, f"{client.name} says") == 0
    await walk.answers(at.manager, question, client.name)
    found = await walk.said(me, at.words("Found by “{name}”:", name=client.name))
    await walk.press(me, found, client.name)
    again = at.say.many(
        "{number} earlier message is read again.", "{number} earlier messages are read again.", 2
    )
    told = await walk.said(me, done_of(at, title, client))
    assert again in text_of(told)
    for word in ("first", "second"):
        await walk.said(me, f"{client.name} says the {word}")


async def test_with_privacy_mode_it_says_what_it_needs(walk: Walk, at: Side) -> None:
    """ "works with and without privacy mode, says which it needs"."""
    client, me = at.client(), at.manager.telegram
    title = f"Private {client.name}"
    await walk.telegram.tunes(bot=BOT, privacy=True)
    try:
        group = await linked(walk, at, client, title)
        told = await walk.said(me, done_of(at, title, client))
        needs = at.say.template(
            "⚠️ The bot hears only commands, answers to it, and messages that name it. To let it "
            "hear everything, make {bot} an administrator of the group (no rights are needed). Or "
            "for all groups: @BotFather → /setprivacy → {bot} → Disable, then remove the bot from "
            "the group and add it again."
        )
        assert needs.format(bot=f"@{BOT_NAME}") in text_of(told)
        await walk.writes(client.telegram, f"Unheard in {title}", chat_id=group)
        await walk.said_after(me, f"@{BOT_NAME} hello", client.telegram, chat_id=group)
        assert await walk.count(me, f"Unheard in {title}") == 0

        await walk.telegram.does("promotes_bot", me, BOT, chat_id=group)
        hears = at.words("👂 The bot hears everything that is said there.")
        await walk.said(me, hears, after=told["message_id"])
        await walk.said_after(me, f"Heard in {title}", client.telegram, chat_id=group)
    finally:
        await walk.telegram.tunes(bot=BOT, privacy=False)


async def test_a_group_moves_on_as_a_supergroup(walk: Walk, at: Side) -> None:
    """ "migrated group": what is asked in the old one is answered in the new one, and the same
    conversation goes on."""
    client, me = at.client(), at.manager.telegram
    title, old, new = f"Moving {client.name}", -next(at.strangers), next(at.groups)
    made = {"chat_id": old, "title": title, "members": [client.telegram], "plain": True}
    await walk.telegram.does("makes_group", me, BOT, **made)
    question = await walk.said(me, at.words("Whose group is “{title}”?", title=title))
    await walk.answers(at.manager, question, client.name)
    found = await walk.said(me, at.words("Found by “{name}”:", name=client.name))
    await walk.press(me, found, client.name)
    await walk.said(me, done_of(at, title, client))
    card = await walk.said_after(me, f"Asked in {title}", client.telegram, chat_id=old)
    await walk.telegram.does("upgrades_group", me, BOT, chat_id=old, new_id=new)
    answer = await walk.answers(at.manager, card, "Answered after the move")
    await walk.said(new, "Answered after the move")
    await walk.marked(me, answer)
    later = await walk.said_after(me, f"Asked anew in {title}", client.telegram, chat_id=new)
    history = at.words("History")
    assert buttons_of(card)[history] == buttons_of(later)[history]


# --- three ways in: a manager's own account --------------------------------------------------


async def test_an_own_account_is_connected_and_its_owner_answers(walk: Walk, at: Side) -> None:
    """ "a manager's own account by Telegram Business (client messages come in, the manager's own
    typing in the phone app counts as the answer"."""
    client, me = at.client(), at.manager.telegram
    await connected(walk, at)
    card = await in_account(walk, at, client, "Are you there?")
    assert at.words("💼 Telegram, your own account") in text_of(card)
    await typed(walk, at, client, "Yes, I am.")
    told = await walk.shows(
        me, card, at.words("✅ Answered in the client's chat: {time}", time="")
    )
    assert at.manager.name in text_of(told)


async def test_offline_messages_and_echoes_are_no_answers(walk: Walk, at: Side) -> None:
    """ "echoes and offline auto-messages do not"; "replies from the desk go out as the
    manager"."""
    client, me = at.client(), at.manager.telegram
    card = await in_account(walk, at, client, "Is anybody working?")
    await typed(walk, at, client, "We are closed.", offline=True)
    # A later message of the same chat is on the desk: the one before it was read.
    later = await in_account(walk, at, client, "Hm, an automaton.")
    for one in (card, later):
        shown = await walk.now(me, one)
        assert shown is not None
        assert "⏳" in text_of(shown)

    answer = await walk.answers(at.manager, later, "I am, in person.")
    await walk.marked(me, answer)
    out = await walk.said(client.telegram, "I am, in person.", owner=me)
    assert out["from"]["id"] == me
    assert out["sender_business_bot"]["id"] == BOT
    answered = at.say.template("✅ Answered by {name} after {time}").format(
        name=at.manager.name, time=""
    )
    await walk.shows(me, later, answered.rstrip())
    # The echo was read before this: it made no card, and it is no second answer.
    await in_account(walk, at, client, "Thank God for that.")
    assert await walk.count(me, "I am, in person.") == 0
    assert len([one for one in await walk.chat(client.telegram, me) if one["out"] is False]) == 1


async def test_rights_that_are_taken_away(walk: Walk, at: Side) -> None:
    """ "revoked rights handled": said at once, at a reply, and nothing is lost."""
    client, me = at.client(), at.manager.telegram
    card = await in_account(walk, at, client, "Before the rights went")
    await walk.telegram.changes_rights(me, ["can_read_messages"])
    lost = at.say.template(
        "⚠️ {name}: the own account is connected, but answers cannot go out. Allow “Reply to "
        "messages” in Telegram: Settings → Telegram Business → Chatbots."
    )
    await walk.said(me, lost.format(name=at.manager.name))
    answer = await walk.answers(at.manager, card, "An answer without rights")
    no_right = at.words("the bot has no right to write there")
    note = await walk.said(me, at.words("❌ Not sent: {reason}.", reason=no_right))
    assert note["reply_to_message"]["message_id"] == answer["message_id"]
    await walk.telegram.changes_rights(me, sorted(ALL_RIGHTS))
    await walk.press(me, note, at.words("Try again"))
    await walk.said(client.telegram, "An answer without rights", owner=me)
    await walk.marked(me, answer)


async def test_reconnecting_keeps_the_history(walk: Walk, at: Side) -> None:
    """ "reconnect keeps the history"."""
    client, me = at.client(), at.manager.telegram
    card = await in_account(walk, at, client, "Said at the first connection")
    await walk.telegram.disconnects(me)
    gone = at.say.template(
        "💼 {name}: the own account is disconnected. Its chats no longer come here; what was "
        "written is kept. It can be connected again: /menu → More → My account."
    ).format(name=at.manager.name)
    await walk.said(me, gone)
    await walk.said(at.admin.telegram, gone)
    await connected(walk, at)
    later = await in_account(walk, at, client, "Said at the second one")
    history = at.words("History")
    assert buttons_of(card)[history] == buttons_of(later)[history], "one conversation"
    await walk.press(me, later, history)
    shown = await walk.said(me, at.words("Last messages"), after=later["message_id"])
    assert "Said at the first connection" in text_of(shown)
    # What was asked under the former connection is answered by the present one.
    await walk.answers(at.manager, card, "Answered by the second")
    await walk.said(client.telegram, "Answered by the second", owner=me)


async def test_after_twenty_four_hours_telegram_lets_nobody_answer(walk: Walk, at: Side) -> None:
    """ "24-hour rule ... handled": said why, and sent when the client has written again."""
    client, me = at.client(), at.manager.telegram
    card = await in_account(walk, at, client, "No hurry at all")
    await walk.turn(walk.clock.now() + timedelta(hours=25))
    answer = await walk.answers(at.manager, card, "Too late for Telegram")
    late = at.words("the channel no longer allows it")
    note = await walk.said(me, at.words("❌ Not sent: {reason}.", reason=late))
    assert note["reply_to_message"]["message_id"] == answer["message_id"]
    await in_account(walk, at, client, "Are you alive?")
    await walk.press(me, note, at.words("Try again"))
    await walk.said(client.telegram, "Too late for Telegram", owner=me)
    await walk.marked(me, answer)
