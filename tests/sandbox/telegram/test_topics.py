"""Topics that people make, and what becomes of sends to those they delete."""

from __future__ import annotations

import pytest
from aiogram.exceptions import TelegramBadRequest, TelegramRetryAfter

from sandbox.telegram.limits import TOPIC_EDITS
from tests.sandbox.telegram.conftest import ANNA, IVAN, TOKEN, Setting

BOT, FORUM = 4242, -1007


@pytest.fixture
def forum(here: Setting) -> Setting:
    here.world.add_group(
        FORUM, "Studio", members=[ANNA, IVAN], bots=[BOT], admins=[BOT], forum=True
    )
    return here


async def test_people_make_rename_and_delete_topics_in_their_chat(here: Setting) -> None:
    with pytest.raises(LookupError, match="has no topics"):
        here.people.makes_topic(ANNA, TOKEN, "Zerno")
    here.world.bot(TOKEN).topics = True
    thread = here.people.makes_topic(ANNA, TOKEN, "Zerno")["message_id"]
    here.people.renames_topic(ANNA, TOKEN, thread, "Zerno, shop")
    said = here.people.says(ANNA, TOKEN, "inside", thread_id=thread)
    assert said["reply_to_message"]["message_id"] == thread
    created, renamed, inside = (u.message for u in await here.bot.get_updates())
    assert created is not None
    assert created.forum_topic_created is not None
    assert created.message_thread_id == thread
    assert renamed is not None
    assert renamed.forum_topic_edited is not None
    assert inside is not None
    assert (inside.message_thread_id, inside.is_topic_message) == (thread, True)
    reply = await here.bot.send_message(ANNA, "yes", message_thread_id=thread)
    answer = here.people.says(ANNA, TOKEN, "no", reply_to=reply.message_id)
    assert answer["message_thread_id"] == thread
    before = len(here.world.bot(TOKEN).stream.pending)
    here.people.deletes_topic(ANNA, TOKEN, thread)
    assert len(here.world.bot(TOKEN).stream.pending) == before
    assert here.seen() == []
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await here.bot.send_message(ANNA, "x", message_thread_id=thread)
    with pytest.raises(LookupError, match="no topic"):
        here.people.says(ANNA, TOKEN, "x", thread_id=thread)


async def test_a_deleted_thread_may_be_ignored_in_silence(here: Setting) -> None:
    bot = here.world.bot(TOKEN)
    bot.topics = bot.ignores_missing_threads = True
    sent = await here.bot.send_message(ANNA, "x", message_thread_id=77)
    assert sent.message_thread_id is None


async def test_topics_of_a_forum_belong_to_administrators(forum: Setting) -> None:
    topic = await forum.bot.create_forum_topic(FORUM, "Zerno")
    thread = topic.message_thread_id
    forum.people.demotes_bot(ANNA, TOKEN, FORUM)
    with pytest.raises(TelegramBadRequest, match="not enough rights"):
        await forum.bot.create_forum_topic(FORUM, "Lotos")
    forum.people.closes_topic(ANNA, TOKEN, thread, chat_id=FORUM)
    with pytest.raises(TelegramBadRequest, match="TOPIC_CLOSED"):
        await forum.bot.send_message(FORUM, "x", message_thread_id=thread)
    forum.people.reopens_topic(ANNA, TOKEN, thread, chat_id=FORUM)
    await forum.bot.send_message(FORUM, "x", message_thread_id=thread)
    with pytest.raises(TelegramBadRequest, match="message thread not found"):
        await forum.bot.send_message(FORUM, "x", message_thread_id=9999)


async def test_the_bot_closes_and_reopens_in_a_forum_alone(forum: Setting) -> None:
    thread = (await forum.bot.create_forum_topic(FORUM, "Zerno")).message_thread_id
    assert await forum.bot.close_forum_topic(FORUM, thread)
    with pytest.raises(TelegramBadRequest, match="TOPIC_NOT_MODIFIED"):
        await forum.bot.close_forum_topic(FORUM, thread)
    await forum.bot.send_message(FORUM, "an administrator writes", message_thread_id=thread)
    assert await forum.bot.reopen_forum_topic(FORUM, thread)
    forum.world.bot(TOKEN).topics = True
    own = (await forum.bot.create_forum_topic(ANNA, "Zerno")).message_thread_id
    with pytest.raises(TelegramBadRequest, match="not a supergroup forum"):
        await forum.bot.close_forum_topic(ANNA, own)


async def test_names_change_only_so_often(forum: Setting) -> None:
    thread = (await forum.bot.create_forum_topic(FORUM, "Zerno")).message_thread_id
    forum.world.limits.enabled = True
    for number in range(TOPIC_EDITS.count):
        await forum.bot.edit_forum_topic(FORUM, thread, name=f"Zerno {number}")
    with pytest.raises(TelegramRetryAfter) as refused:
        await forum.bot.edit_forum_topic(FORUM, thread, name="Zerno again")
    assert 1 <= refused.value.retry_after <= TOPIC_EDITS.seconds
