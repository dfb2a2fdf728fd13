"""Groups: who hears what, who comes and goes, anonymous writers, moving to a supergroup."""

from __future__ import annotations

import pytest
from aiogram.exceptions import (
    TelegramBadRequest,
    TelegramForbiddenError,
    TelegramMigrateToChat,
)
from aiogram.types import (
    KeyboardButton,
    KeyboardButtonRequestChat,
    KeyboardButtonRequestUsers,
    ReplyKeyboardMarkup,
    Update,
)

from tests.sandbox.telegram.conftest import ANNA, IVAN, STRANGER, TOKEN, Setting

KINDS = ["message", "edited_message", "my_chat_member", "chat_member", "message_reaction"]
BOT, GROUP, NEW = 4242, -500, -1001234567890


async def fresh(here: Setting) -> list[Update]:
    """What is new, confirmed."""
    got = await here.bot.get_updates(allowed_updates=KINDS)
    if got:
        await here.bot.get_updates(offset=got[-1].update_id + 1)
    return got


async def texts(here: Setting) -> list[str | None]:
    return [update.message.text for update in await fresh(here) if update.message]


@pytest.fixture
async def group(here: Setting) -> Setting:
    """A plain group of Anna and Ivan; the bot is in it, with privacy mode on."""
    await fresh(here)
    here.world.bot(TOKEN).privacy = True
    here.people.makes_group(ANNA, TOKEN, GROUP, "Site of Zerno", members=[IVAN])
    return here


async def test_the_bot_is_told_when_it_is_added_and_removed(group: Setting) -> None:
    joined, added, created = await fresh(group)
    assert joined.my_chat_member is not None
    assert joined.my_chat_member.from_user.id == ANNA
    assert joined.my_chat_member.old_chat_member.status == "left"
    assert joined.my_chat_member.new_chat_member.status == "member"
    assert (joined.my_chat_member.chat.type, joined.my_chat_member.chat.id) == ("group", GROUP)
    assert added.message is not None
    assert added.message.new_chat_members is not None
    assert added.message.new_chat_members[0].id == BOT
    assert created.message is not None
    assert created.message.group_chat_created is True
    group.people.removes_bot(IVAN, TOKEN, GROUP)
    farewell, left = await fresh(group)
    assert farewell.message is not None
    assert farewell.message.left_chat_member is not None
    assert left.my_chat_member is not None
    assert left.my_chat_member.new_chat_member.status == "left"
    with pytest.raises(TelegramForbiddenError, match="not a member of the group chat"):
        await group.bot.send_message(GROUP, "x")
    group.people.adds_bot(ANNA, TOKEN, GROUP)
    group.people.removes_bot(ANNA, TOKEN, GROUP, ban=True)
    assert (await fresh(group))[-1].my_chat_member.new_chat_member.status == "kicked"
    with pytest.raises(TelegramForbiddenError, match="kicked from the group chat"):
        await group.bot.send_message(GROUP, "x")
    assert (await group.bot.get_chat_member(GROUP, BOT)).status == "kicked"


async def test_privacy_mode_lets_through_what_is_meant_for_the_bot(group: Setting) -> None:
    assert (await group.bot.get_me()).can_read_all_group_messages is False
    sent = await group.bot.send_message(GROUP, "hello all")
    await fresh(group)
    says, where = group.people.says, {"chat_id": GROUP}
    says(ANNA, TOKEN, "unheard", **where)
    says(ANNA, TOKEN, "@studio_bot look", **where)
    says(ANNA, TOKEN, "/help", **where)
    says(ANNA, TOKEN, "/help@other_bot", **where)
    says(ANNA, TOKEN, "/help@studio_bot", **where)
    says(ANNA, TOKEN, "an answer", reply_to=sent.message_id, **where)
    group.people.sends(ANNA, TOKEN, "photo", b"x", caption="for @Studio_Bot", **where)
    group.people.sends(ANNA, TOKEN, "photo", b"x", **where)
    heard = [u.message.text or u.message.caption for u in await fresh(group) if u.message]
    assert heard == [
        "@studio_bot look",
        "/help",
        "/help@studio_bot",
        "an answer",
        "for @Studio_Bot",
    ]


async def test_an_administrator_hears_everything_in_its_group(group: Setting) -> None:
    await fresh(group)
    assert (await group.bot.get_chat_member(GROUP, BOT)).status == "member"
    group.people.promotes_bot(ANNA, TOKEN, GROUP)
    [raised] = await fresh(group)
    assert raised.my_chat_member is not None
    assert raised.my_chat_member.new_chat_member.status == "administrator"
    assert (await group.bot.get_chat_member(GROUP, BOT)).status == "administrator"
    asked = group.people.says(ANNA, TOKEN, "heard", chat_id=GROUP)
    group.people.edits(ANNA, TOKEN, asked["message_id"], "heard too", chat_id=GROUP)
    group.people.reacts(IVAN, TOKEN, asked["message_id"], "👍", chat_id=GROUP)
    assert [u.event_type for u in await fresh(group)] == [
        *("message", "edited_message", "message_reaction"),
    ]
    group.people.demotes_bot(ANNA, TOKEN, GROUP)
    group.people.says(ANNA, TOKEN, "unheard", chat_id=GROUP)
    assert await texts(group) == []
    group.world.bot(TOKEN).privacy = False
    group.people.says(ANNA, TOKEN, "heard", chat_id=GROUP)
    assert await texts(group) == ["heard"]


async def test_with_two_bots_a_plain_command_is_for_the_one_that_spoke_last(
    here: Setting,
) -> None:
    other = here.world.add_bot("77:other", "other_bot", "Other", privacy=True)
    here.world.bot(TOKEN).privacy = True
    here.world.add_supergroup(NEW, "G", members=[ANNA], bots=[BOT, other.id])
    await here.bot.send_message(NEW, "I spoke")
    here.people.says(ANNA, TOKEN, "/help", chat_id=NEW)
    assert await texts(here) == ["/help"]
    assert other.stream.pending == other.stream.pending.__class__()


async def test_members_come_and_go(group: Setting) -> None:
    group.people.promotes_bot(ANNA, TOKEN, GROUP)
    await fresh(group)
    group.people.adds_person(ANNA, TOKEN, GROUP, STRANGER)
    group.people.says(STRANGER, TOKEN, "hi", chat_id=GROUP)
    group.people.renames_group(ANNA, TOKEN, GROUP, "Zerno")
    group.people.leaves(STRANGER, TOKEN, GROUP)
    with pytest.raises(LookupError, match="not in chat"):
        group.people.says(STRANGER, TOKEN, "still here?", chat_id=GROUP)
    joined, added, _, renamed, gone, left = await fresh(group)
    assert joined.chat_member is not None
    assert joined.chat_member.new_chat_member.status == "member"
    assert added.message is not None
    assert added.message.new_chat_members is not None
    assert added.message.new_chat_members[0].id == STRANGER
    assert renamed.message is not None
    assert renamed.message.new_chat_title == "Zerno"
    assert gone.message is not None
    assert gone.message.left_chat_member is not None
    assert left.chat_member is not None
    assert left.chat_member.new_chat_member.status == "left"
    chat = await group.bot.get_chat(GROUP)
    assert (chat.title, chat.type) == ("Zerno", "group")
    assert await group.bot.get_chat_member_count(GROUP) == 3
    admins = await group.bot.get_chat_administrators(GROUP)
    assert {(one.user.id, one.status) for one in admins} == {
        (ANNA, "creator"),
        (BOT, "administrator"),
    }


async def test_a_group_that_moves_refuses_its_old_id_with_the_new_one(group: Setting) -> None:
    old = group.people.says(ANNA, TOKEN, "/help", chat_id=GROUP)
    await fresh(group)
    group.people.upgrades_group(ANNA, TOKEN, GROUP, NEW)
    there, gone, came, left = await fresh(group)
    assert there.my_chat_member is not None
    assert there.my_chat_member.chat.id == NEW
    assert gone.message is not None
    assert (gone.message.chat.id, gone.message.migrate_to_chat_id) == (GROUP, NEW)
    assert came.message is not None
    assert (came.message.chat.id, came.message.migrate_from_chat_id) == (NEW, GROUP)
    assert came.message.message_id == 1
    assert came.message.message_id < old["message_id"]
    assert left.my_chat_member is not None
    assert left.my_chat_member.chat.id == GROUP
    for send in (group.bot.send_message(GROUP, "x"), group.bot.send_chat_action(GROUP, "typing")):
        with pytest.raises(TelegramMigrateToChat) as refused:
            await send
        assert refused.value.migrate_to_chat_id == NEW
    await group.bot.send_message(NEW, "here")
    with pytest.raises(LookupError, match="is chat"):
        group.people.says(ANNA, TOKEN, "x", chat_id=GROUP)
    assert [chat.id for chat in group.world.groups_of(ANNA)] == [NEW]


async def test_an_anonymous_administrator_writes_as_the_group(group: Setting) -> None:
    group.people.promotes_bot(ANNA, TOKEN, GROUP)
    group.people.promotes(ANNA, TOKEN, GROUP, IVAN, anonymous=True)
    await fresh(group)
    said = group.people.says(IVAN, TOKEN, "we decided", chat_id=GROUP)
    group.people.edits(IVAN, TOKEN, said["message_id"], "we decided so", chat_id=GROUP)
    group.people.reacts(IVAN, TOKEN, said["message_id"], "👍", chat_id=GROUP)
    written, _, reacted = await fresh(group)
    assert written.message is not None
    assert written.message.from_user is not None
    assert written.message.from_user.username == "GroupAnonymousBot"
    assert written.message.sender_chat is not None
    assert written.message.sender_chat.id == GROUP
    assert reacted.message_reaction is not None
    assert reacted.message_reaction.user is None
    with pytest.raises(LookupError, match="not of person"):
        group.people.edits(ANNA, TOKEN, said["message_id"], "no", chat_id=GROUP)
    channel = {"id": -1007, "title": "News"}
    group.people.says(ANNA, TOKEN, "as a channel", chat_id=GROUP, as_channel=channel)
    [update] = await fresh(group)
    assert update.message is not None
    assert update.message.sender_chat is not None
    assert update.message.sender_chat.type == "channel"


async def test_answers_in_a_supergroup_make_a_thread(here: Setting) -> None:
    here.world.add_supergroup(NEW, "G", members=[ANNA, IVAN], bots=[BOT])
    first = here.people.says(ANNA, TOKEN, "a", chat_id=NEW)["message_id"]
    second = here.people.says(IVAN, TOKEN, "b", chat_id=NEW, reply_to=first)
    third = here.people.says(ANNA, TOKEN, "c", chat_id=NEW, reply_to=second["message_id"])
    for message in (second, third):
        assert message["message_thread_id"] == first
        assert "is_topic_message" not in message


async def test_the_bot_may_leave(group: Setting) -> None:
    await group.bot.leave_chat(GROUP)
    with pytest.raises(TelegramForbiddenError):
        await group.bot.send_message(GROUP, "x")
    with pytest.raises(TelegramBadRequest, match="private chats"):
        await group.bot.leave_chat(ANNA)


async def test_a_group_and_people_are_picked_by_buttons(group: Setting) -> None:
    wanted = KeyboardButtonRequestChat(
        request_id=7, chat_is_channel=False, bot_is_member=True, request_title=True
    )
    people = KeyboardButtonRequestUsers(request_id=8, max_quantity=2, request_name=True)
    rows = [
        [KeyboardButton(text="Which group?", request_chat=wanted)],
        [KeyboardButton(text="Who?", request_users=people)],
    ]
    with pytest.raises(LookupError, match="no button request_chat"):
        group.people.shares_chat(ANNA, TOKEN, GROUP)
    await group.bot.send_message(ANNA, "Pick", reply_markup=ReplyKeyboardMarkup(keyboard=rows))
    await fresh(group)
    group.world.add_supergroup(NEW, "Without the bot", members=[ANNA], bots=[])
    with pytest.raises(LookupError, match="not offered"):
        group.people.shares_chat(ANNA, TOKEN, NEW)
    group.people.shares_chat(ANNA, TOKEN, GROUP, request_id=7)
    group.people.shares_users(ANNA, TOKEN, [IVAN, STRANGER])
    with pytest.raises(LookupError, match="3 people"):
        group.people.shares_users(ANNA, TOKEN, [IVAN, STRANGER, ANNA])
    chat, users = await fresh(group)
    assert chat.message is not None
    assert chat.message.chat_shared is not None
    shared = chat.message.chat_shared
    assert (shared.request_id, shared.chat_id, shared.title) == (7, GROUP, "Site of Zerno")
    assert users.message is not None
    assert users.message.users_shared is not None
    assert [one.first_name for one in users.message.users_shared.users] == ["Ivan", "Stranger"]
