"""How updates reach a bot: redelivery, offsets, conflicts, what people do, the webhook."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Any

import pytest
from aiogram import Bot
from aiogram.exceptions import ClientDecodeError, TelegramBadRequest, TelegramConflictError
from aiogram.types import Update
from aiohttp import web

from tests.sandbox.telegram.conftest import ANNA, IVAN, TOKEN, Setting, keyboard

ALL_KINDS = [
    *("message", "edited_message", "callback_query", "my_chat_member", "message_reaction"),
]


async def texts(bot: Bot, **options: Any) -> list[str | None]:
    return [u.message.text if u.message else None for u in await bot.get_updates(**options)]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def test_updates_come_again_until_the_offset_confirms_them(here: Setting) -> None:
    for text in ("one", "two", "three"):
        here.people.says(ANNA, TOKEN, text)
    first = await here.bot.get_updates(limit=2)
    assert [u.message.text for u in first if u.message] == ["one", "two"]
    assert [u.update_id for u in await here.bot.get_updates(limit=2)] == [
        u.update_id for u in first
    ]
    assert await texts(here.bot, offset=first[0].update_id + 1) == ["two", "three"]
    assert await texts(here.bot, offset=first[0].update_id) == ["two", "three"]
    assert await texts(here.bot, offset=first[0].update_id + 3) == []
    assert await texts(here.bot) == []


async def test_a_negative_offset_keeps_the_newest(here: Setting) -> None:
    for text in ("one", "two", "three"):
        here.people.says(ANNA, TOKEN, text)
    assert await texts(here.bot, offset=-2) == ["two", "three"]
    assert await texts(here.bot) == ["two", "three"]


async def test_a_batch_is_at_most_a_hundred(here: Setting) -> None:
    for number in range(150):
        here.people.says(ANNA, TOKEN, str(number))
    assert len(await here.bot.get_updates()) == 100
    assert len(await here.bot.get_updates(limit=500)) == 100


async def test_a_long_poll_returns_at_once_when_somebody_writes(here: Setting) -> None:
    poll = asyncio.create_task(texts(here.bot, timeout=20))
    await asyncio.sleep(0.1)
    assert not poll.done()
    here.people.says(ANNA, TOKEN, "now")
    async with asyncio.timeout(10):  # half of what it would last
        assert await poll == ["now"]


async def test_a_long_poll_ends_empty_after_its_timeout(here: Setting) -> None:
    before = time.monotonic()
    assert await texts(here.bot, timeout=1) == []
    assert 0.9 < time.monotonic() - before < 15


async def test_update_ids_are_each_bots_own(here: Setting) -> None:
    here.world.add_bot("77:other", "other_bot", "Other")
    here.people.says(ANNA, TOKEN, "first")
    here.people.says(ANNA, "77:other", "for the other")
    here.people.says(ANNA, TOKEN, "second")
    mine = await here.bot.get_updates()
    assert [u.message.text for u in mine if u.message] == ["first", "second"]
    assert mine[1].update_id == mine[0].update_id + 1
    async with here.client("77:other") as other:
        assert await texts(other) == ["for the other"]


async def test_a_second_reader_ends_the_first_with_a_conflict(here: Setting) -> None:
    first = asyncio.create_task(here.bot.get_updates(timeout=20))
    await asyncio.sleep(0.1)
    second = asyncio.create_task(here.bot.get_updates(timeout=20))
    with pytest.raises(TelegramConflictError, match="terminated by other getUpdates request"):
        await first
    here.people.says(ANNA, TOKEN, "for the second")
    assert len(await second) == 1


async def test_a_reader_that_was_killed_loses_nothing(here: Setting) -> None:
    poll = asyncio.create_task(here.bot.get_updates(timeout=30))
    await asyncio.sleep(0.1)
    poll.cancel()
    here.people.says(ANNA, TOKEN, "while nobody reads")
    assert await texts(here.bot, timeout=1) == ["while nobody reads"]


async def test_a_webhook_and_polling_exclude_each_other(here: Setting) -> None:
    await here.bot.set_webhook("http://127.0.0.1:9/none")
    with pytest.raises(TelegramConflictError, match="webhook is active"):
        await here.bot.get_updates()
    here.people.says(ANNA, TOKEN, "to nobody")
    await until(lambda: here.world.bot(TOKEN).stream.webhook.last_error != "")
    info = await here.bot.get_webhook_info()
    assert (info.pending_update_count, info.max_connections) == (1, 40)
    await here.bot.set_webhook("", drop_pending_updates=True)
    assert await here.bot.get_updates() == []
    with pytest.raises(TelegramBadRequest, match="bad webhook"):
        await here.bot.set_webhook("ftp://somewhere")
    with pytest.raises(TelegramBadRequest, match="unallowed characters"):
        await here.bot.set_webhook("http://127.0.0.1:9/none", secret_token="no spaces")


async def test_allowed_updates_hold_from_the_call_on(here: Setting) -> None:
    await here.bot.get_updates(allowed_updates=["callback_query"])
    here.people.says(ANNA, TOKEN, "unheard")
    assert await here.bot.get_updates() == []
    session = await here.bot.session.create_session()
    default = {"allowed_updates": []}
    async with session.post(f"{here.server.url}/bot{TOKEN}/getUpdates", json=default) as answer:
        assert answer.status == 200
    here.people.says(ANNA, TOKEN, "heard")
    assert await texts(here.bot) == ["heard"]


async def test_what_people_do_parses_as_updates(here: Setting) -> None:
    await here.bot.get_updates(allowed_updates=ALL_KINDS)
    people, origin = here.people, {"type": "hidden_user", "sender_user_name": "Nobody", "date": 1}
    start = people.starts(ANNA, TOKEN, "invite-77")
    people.says(ANNA, TOKEN, "see https://t.me", reply_to=start["message_id"])
    people.says(ANNA, TOKEN, "not mine", forward_origin=origin)
    people.sends(ANNA, TOKEN, "voice", b"ogg", duration=9, caption="listen")
    people.sends(ANNA, TOKEN, kind="contact", phone_number="+7495", first_name="P")
    people.sends(ANNA, TOKEN, kind="location", latitude=1.5, longitude=2.5)
    people.sends(ANNA, TOKEN, kind="venue")
    people.edits(ANNA, TOKEN, start["message_id"] + 1, "edited")
    people.blocks(ANNA, TOKEN)
    people.unblocks(ANNA, TOKEN)

    got = await here.bot.get_updates()
    assert [u.event_type for u in got] == [
        *(["message"] * 7),
        *("edited_message", "my_chat_member", "my_chat_member"),
    ]
    first, reply, forward, voice = (u.message for u in got[:4])
    assert first is not None
    assert reply is not None
    assert forward is not None
    assert voice is not None
    assert first.text == "/start invite-77"
    assert [e.type for e in first.entities or []] == ["bot_command"]
    assert [(e.type, e.offset) for e in reply.entities or []] == [("url", 4)]
    assert reply.reply_to_message is not None
    assert reply.reply_to_message.message_id == first.message_id
    assert forward.forward_origin is not None
    assert voice.voice is not None
    assert (voice.voice.duration, voice.caption) == (9, "listen")
    assert got[7].edited_message is not None
    assert got[7].edited_message.text == "edited"
    assert got[8].my_chat_member is not None
    assert got[8].my_chat_member.new_chat_member.status == "kicked"
    assert [m["text"] for m in here.seen()[:2]] == ["/start invite-77", "edited"]


async def test_an_album_of_a_person_is_separate_updates_with_one_group(here: Setting) -> None:
    items = [{"kind": "photo", "content": b"x", "caption": "look"}, {"kind": "video"}]
    here.people.sends_album(ANNA, TOKEN, items)
    first, second = (u.message for u in await here.bot.get_updates())
    assert first is not None
    assert second is not None
    assert first.media_group_id == second.media_group_id
    assert (first.content_type, second.content_type) == ("photo", "video")
    assert (first.caption, second.caption) == ("look", None)


async def test_a_button_waits_for_its_answer(here: Setting) -> None:
    card = await here.bot.send_message(ANNA, "card", reply_markup=keyboard("take:1"))
    press = asyncio.create_task(here.people.presses(ANNA, TOKEN, card.message_id, "take:1"))
    [update] = await here.bot.get_updates(timeout=5)
    query = update.callback_query
    assert query is not None
    assert query.message is not None
    assert (query.data, query.from_user.id) == ("take:1", ANNA)
    assert query.message.message_id == card.message_id
    await here.bot.answer_callback_query(query.id, "Yours")
    assert await press == "Yours"
    with pytest.raises(TelegramBadRequest, match="query is too old"):
        await here.bot.answer_callback_query(query.id)
    with pytest.raises(LookupError, match="no button"):
        await here.people.presses(ANNA, TOKEN, card.message_id, "take:2")
    with pytest.raises(TimeoutError):
        await here.people.presses(ANNA, TOKEN, card.message_id, "take:1", within=0.05)


async def test_a_button_in_a_group_is_pressed_by_members_alone(here: Setting) -> None:
    here.world.add_supergroup(-1001, "G", members=[ANNA], bots=[4242])
    card = await here.bot.send_message(-1001, "offer", reply_markup=keyboard("yes"))
    where = {"chat_id": -1001}
    press = asyncio.create_task(
        here.people.presses_fully(ANNA, TOKEN, card.message_id, "yes", **where)
    )
    [update] = await here.bot.get_updates(timeout=5)
    query = update.callback_query
    assert query is not None
    assert query.message is not None
    assert (query.from_user.id, query.message.chat.id) == (ANNA, -1001)
    await here.bot.answer_callback_query(query.id, "Noted", show_alert=True)
    assert await press == {"text": "Noted", "show_alert": True, "url": None}
    with pytest.raises(LookupError, match="not in chat"):
        await here.people.presses(IVAN, TOKEN, card.message_id, "yes", **where)


async def test_reactions_of_people_reach_only_bots_that_are_admins_of_a_group(
    here: Setting,
) -> None:
    await here.bot.get_updates(allowed_updates=ALL_KINDS)
    sent = await here.bot.send_message(ANNA, "x")
    here.people.reacts(ANNA, TOKEN, sent.message_id, "👍")
    assert here.seen()[0]["reactions"] == [{"type": "emoji", "emoji": "👍", "by": ANNA}]
    assert await here.bot.get_updates() == []
    for chat, admins in ((-1001, []), (-1002, [4242])):
        here.world.add_supergroup(chat, "G", members=[ANNA], bots=[4242], admins=admins)
        in_group = await here.bot.send_message(chat, "x")
        here.people.reacts(ANNA, TOKEN, in_group.message_id, "🔥", chat_id=chat)
    [update] = await here.bot.get_updates()
    assert update.message_reaction is not None
    assert update.message_reaction.chat.id == -1002


async def test_a_group_is_one_chat_for_all_its_bots_with_file_ids_of_each(here: Setting) -> None:
    here.world.add_bot("77:other", "other_bot", "Other")
    here.world.add_supergroup(-1001, "G", members=[ANNA, IVAN], bots=[4242, 77])
    here.people.sends(ANNA, TOKEN, "document", b"shared", "a.txt", chat_id=-1001)
    [mine] = await here.bot.get_updates()
    async with here.client("77:other") as other:
        [theirs] = await other.get_updates()
        assert mine.message is not None
        assert mine.message.document is not None
        assert theirs.message is not None
        assert theirs.message.document is not None
        assert mine.message.message_id == theirs.message.message_id
        assert mine.message.document.file_id != theirs.message.document.file_id
        got = await other.download(theirs.message.document)
        assert got is not None
        assert got.read() == b"shared"


async def test_raw_updates_stall_a_reader_that_parses_whole_batches(here: Setting) -> None:
    here.people.says(ANNA, TOKEN, "before")
    stream = here.world.bot(TOKEN).stream
    broken = stream.inject({"message": {"message_id": "no number", "date": []}})
    here.people.says(ANNA, TOKEN, "after")
    with pytest.raises(ClientDecodeError):
        await here.bot.get_updates()
    assert await texts(here.bot, offset=broken + 1) == ["after"]
    stream.inject({"update_id": broken + 100, "unheard_of": {"x": 1}})
    unknown = (await here.bot.get_updates())[-1]
    assert isinstance(unknown, Update)
    assert unknown.update_id == broken + 100
    assert unknown.model_extra == {"unheard_of": {"x": 1}}


class Receiver:
    """A webhook that records, and fails as often as it is told to."""

    def __init__(self) -> None:
        self.got: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self.failures = 0
        self.answer: dict[str, Any] | None = None
        self.runner: web.AppRunner | None = None

    async def start(self) -> str:
        app = web.Application()
        app.router.add_post("/hook", self._take)
        self.runner = web.AppRunner(app)
        await self.runner.setup()
        await web.TCPSite(self.runner, "127.0.0.1", 0).start()
        return f"http://127.0.0.1:{self.runner.addresses[0][1]}/hook"

    async def _take(self, request: web.Request) -> web.Response:
        self.secrets.append(request.headers.get("X-Telegram-Bot-Api-Secret-Token"))
        if self.failures > 0:
            self.failures -= 1
            return web.Response(status=503)
        self.got.append(await request.json())
        return web.json_response(self.answer) if self.answer else web.Response()


@pytest.fixture
async def receiver() -> Any:
    one = Receiver()
    yield one
    if one.runner is not None:
        await one.runner.cleanup()


async def test_a_webhook_gets_updates_in_order_with_the_secret_and_again_after_failures(
    here: Setting, receiver: Receiver
) -> None:
    receiver.failures = 2
    await here.bot.set_webhook(await receiver.start(), secret_token="s3cret")
    for text in ("one", "two", "three"):
        here.people.says(ANNA, TOKEN, text)
    here.people.says(IVAN, TOKEN, "another chat")
    await until(lambda: len(receiver.got) == 4)
    of_anna = [u["message"]["text"] for u in receiver.got if u["message"]["chat"]["id"] == ANNA]
    assert of_anna == ["one", "two", "three"]
    assert set(receiver.secrets) == {"s3cret"}
    info = await here.bot.get_webhook_info()
    assert info.last_error_message == "Wrong response from the webhook: 503 Service Unavailable"
    assert info.pending_update_count == 0


async def test_a_webhook_may_answer_with_a_method(here: Setting, receiver: Receiver) -> None:
    receiver.answer = {"method": "sendMessage", "chat_id": ANNA, "text": "at once"}
    await here.bot.set_webhook(await receiver.start())
    here.people.says(ANNA, TOKEN, "hello")
    await until(lambda: len(here.seen()) == 2)
    assert here.seen()[1]["text"] == "at once"
    await here.bot.delete_webhook(drop_pending_updates=True)
    assert await here.bot.get_updates() == []
