"""Every kind of message people send parses by aiogram's types; forwards, quotes, outer replies."""

from __future__ import annotations

from datetime import timedelta

import pytest
from aiogram.exceptions import TelegramBadRequest
from aiogram.types import InputPollOption, InputRichMessage, Message

from sandbox.telegram.files import MEDIA_KINDS
from sandbox.telegram.kinds import FIXED, MADE
from tests.sandbox.telegram.conftest import ANNA, IVAN, NOON, TOKEN, Setting

BOT, GROUP = 4242, -1007


async def heard(here: Setting) -> list[Message]:
    got = [u.message for u in await here.bot.get_updates()]
    return [message for message in got if message is not None]


@pytest.mark.parametrize("kind", [*MEDIA_KINDS, *FIXED, *MADE])
async def test_a_kind_arrives_as_what_it_is(here: Setting, kind: str) -> None:
    here.people.sends(ANNA, TOKEN, kind, b"x" if kind in MEDIA_KINDS else b"")
    [message] = await heard(here)
    assert message.content_type == kind
    assert getattr(message, kind) is not None


async def test_details_of_kinds(here: Setting) -> None:
    sends = here.people.sends
    sends(ANNA, TOKEN, "poll", question="Blue?", options=["Yes", "No", "Later"])
    sends(ANNA, TOKEN, "checklist", title="Launch", tasks=[["Domain", True], ["Texts"]])
    sends(ANNA, TOKEN, "venue", title="Office", latitude=1.5)
    poll, checklist, venue = await heard(here)
    assert poll.poll is not None
    assert [option.text for option in poll.poll.options] == ["Yes", "No", "Later"]
    assert checklist.checklist is not None
    assert [bool(t.completion_date) for t in checklist.checklist.tasks] == [True, False]
    assert venue.venue is not None
    assert (venue.venue.title, venue.venue.location.latitude) == ("Office", 1.5)


async def test_fields_the_api_does_not_know_yet_are_carried(here: Setting) -> None:
    here.people.writes(ANNA, TOKEN, {"hologram": {"depth": 3}})
    here.people.says(ANNA, TOKEN, "hello", extra={"effect_id": "5"})
    hologram, hello = await heard(here)
    assert hologram.model_extra == {"hologram": {"depth": 3}}
    assert hello.effect_id == "5"


async def test_forwards_tell_the_first_author_as_far_as_allowed(here: Setting) -> None:
    here.world.add_supergroup(GROUP, "G", members=[ANNA, IVAN], bots=[BOT])
    here.people.promotes(ANNA, TOKEN, GROUP, IVAN, anonymous=True)
    open_one = here.people.says(ANNA, TOKEN, "mine", chat_id=GROUP)
    as_group = here.people.says(IVAN, TOKEN, "ours", chat_id=GROUP)
    channel = {"id": -1008, "title": "News"}
    as_channel = here.people.says(ANNA, TOKEN, "news", chat_id=GROUP, as_channel=channel)
    here.world.people[ANNA].hides_forwards = True
    hidden = here.people.says(ANNA, TOKEN, "secret", chat_id=GROUP)
    here.world.bot(TOKEN).stream.pending.clear()
    ids = [one["message_id"] for one in (as_group, as_channel, hidden)]
    here.people.forwards(IVAN, TOKEN, ids, {"chat_id": GROUP})
    here.world.people[ANNA].hides_forwards = False
    [first] = here.people.forwards(IVAN, TOKEN, [open_one["message_id"]], {"chat_id": GROUP})
    here.people.forwards(ANNA, TOKEN, [first["message_id"]], {"chat_id": IVAN})
    got = await heard(here)
    assert [m.text for m in got] == ["ours", "news", "secret", "mine", "mine"]
    origins = [m.forward_origin for m in got]
    assert [o.type for o in origins if o] == ["chat", "channel", "hidden_user", "user", "user"]
    assert origins[4] is not None
    assert origins[4].sender_user.id == ANNA  # type: ignore[union-attr]  # its type is checked


async def test_an_album_that_is_passed_on_stays_one(here: Setting) -> None:
    items = [{"kind": "photo", "content": b"1"}, {"kind": "photo", "content": b"2"}]
    album = here.people.sends_album(ANNA, TOKEN, items)
    passed = here.people.forwards(
        IVAN, TOKEN, [one["message_id"] for one in album], {"chat_id": ANNA}
    )
    groups = {one["media_group_id"] for one in passed}
    assert len(groups) == 1
    assert groups != {album[0]["media_group_id"]}


async def test_quotes_and_answers_to_other_chats(here: Setting) -> None:
    here.world.add_supergroup(GROUP, "G", members=[ANNA], bots=[BOT])
    there = here.people.sends(ANNA, TOKEN, "photo", b"x", caption="🏠 the logo", chat_id=GROUP)
    sent = await here.bot.send_message(ANNA, "🏠 the price is 100")
    here.world.bot(TOKEN).stream.pending.clear()
    here.people.says(ANNA, TOKEN, "too much", reply_to=sent.message_id, quote="100")
    elsewhere = {"chat_id": GROUP, "message_id": there["message_id"]}
    here.people.says(ANNA, TOKEN, "this one", elsewhere=elsewhere, quote="the logo")
    quoted, outer = await heard(here)
    assert quoted.quote is not None
    assert (quoted.quote.text, quoted.quote.position) == ("100", 16)
    assert outer.external_reply is not None
    assert outer.external_reply.chat is not None
    assert (outer.external_reply.chat.id, outer.external_reply.photo is not None) == (GROUP, True)
    assert outer.quote is not None
    assert outer.reply_to_message is None
    with pytest.raises(ValueError, match="nothing answered says"):
        here.people.says(ANNA, TOKEN, "x", reply_to=sent.message_id, quote="200")
    with pytest.raises(TypeError, match="nobody writes with colour"):
        here.people.says(ANNA, TOKEN, "x", colour="red")


async def test_the_own_contact(here: Setting) -> None:
    with pytest.raises(ValueError, match="has no phone"):
        here.people.shares_contact(ANNA, TOKEN)
    here.people.shares_contact(ANNA, TOKEN, "+79161234567")
    [message] = await heard(here)
    assert message.contact is not None
    assert (message.contact.user_id, message.contact.phone_number) == (ANNA, "+79161234567")


async def test_what_the_bot_sends_of_the_newer_kinds(here: Setting) -> None:
    dice = await here.bot.send_dice(ANNA)
    assert dice.dice is not None
    options = [InputPollOption(text="Yes"), InputPollOption(text="No")]
    poll = await here.bot.send_poll(ANNA, "Blue?", options)
    assert poll.poll is not None
    rich = await here.bot.send_rich_message(ANNA, InputRichMessage(html="<b>Report</b>"))
    assert rich.rich_message is not None
    with pytest.raises(TelegramBadRequest, match="at least 2"):
        await here.bot.send_poll(ANNA, "Blue?", options[:1])
    with pytest.raises(TelegramBadRequest, match="non-empty"):
        await here.bot.send_rich_message(ANNA, InputRichMessage())
    paid = here.people.sends(ANNA, TOKEN, "paid_media")["message_id"]
    with pytest.raises(TelegramBadRequest, match="can't be copied"):
        await here.bot.copy_message(IVAN, ANNA, paid)
    copies = await here.bot.copy_messages(IVAN, ANNA, [paid, dice.message_id])
    assert len(copies) == 1


async def test_what_is_old_cannot_be_deleted(here: Setting) -> None:
    sent = await here.bot.send_message(ANNA, "x")
    here.world.now = lambda: NOON + timedelta(hours=48, seconds=1)
    with pytest.raises(TelegramBadRequest, match="can't be deleted for everyone"):
        await here.bot.delete_message(ANNA, sent.message_id)
    await here.bot.edit_message_text("still mine", chat_id=ANNA, message_id=sent.message_id)
