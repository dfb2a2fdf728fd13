"""Replies as Telegram messages: albums, edits, taking back; into groups."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr

from connectors.telegram import TelegramConnector, TelegramSettings, open_bot
from connectors.telegram.bot import Session
from connectors.telegram.pacing import Pace
from inbox.errors import Fault as Why
from inbox.errors import SendDeferred, SendFailed, SendRejected, SendUncertain
from inbox.model import Channel, Entity, Handle, InboundMessage, LoadedFile, Media
from sandbox.telegram import Fault, People, TelegramServer, World
from tests.connectors.telegram.conftest import CLIENT, NOW, TOKEN, loaded, reply
from tests.connectors.telegram.test_pacing import Stopwatch

PROJECT = -100_500


def photos(count: int) -> tuple[LoadedFile, ...]:
    return tuple(loaded(Media.PHOTO, f"{n}.jpg", b"jpeg %d" % n) for n in range(count))


def kinds(messages: Sequence[dict[str, Any]]) -> list[str]:
    known = ("photo", "video", "document", "audio", "voice", "text")
    return [next(kind for kind in known if kind in one) for one in messages]


def in_chat(world: World, chat_id: int = CLIENT) -> list[dict[str, Any]]:
    return world.chat(TOKEN, chat_id)


async def test_neighbours_of_a_kind_go_out_as_one_album_with_the_text_on_the_first(
    connector: TelegramConnector, world: World
) -> None:
    video = loaded(Media.VIDEO, "a.mp4", b"mpeg")
    receipt = await connector.send(reply("Макеты", files=(*photos(2), video)))
    sent = in_chat(world)
    assert kinds(sent) == ["photo", "photo", "video"]
    assert len({one["media_group_id"] for one in sent}) == 1
    assert [one.get("caption") for one in sent] == ["Макеты", None, None]
    numbers = [one["message_id"] for one in sent]
    first, *others = (f"{CLIENT}:{one}" for one in numbers)
    assert receipt.sent_as == (f"{first}/caption", *(f"{one}/file" for one in others))


async def test_more_than_ten_are_several_albums_and_no_album_is_of_one(
    connector: TelegramConnector, world: World
) -> None:
    await connector.send(reply("", files=photos(11)))
    sent = in_chat(world)
    assert [one.get("media_group_id") is not None for one in sent] == [True] * 10 + [False]


async def test_documents_and_sounds_stand_in_albums_of_their_own(
    connector: TelegramConnector, world: World
) -> None:
    papers = tuple(loaded(Media.DOCUMENT, f"{n}.pdf", b"pdf") for n in "ab")
    sounds = tuple(loaded(Media.AUDIO, f"{n}.mp3", b"mp3") for n in "ab")
    await connector.send(reply("", files=(*photos(2), *papers, *sounds)))
    sent = in_chat(world)
    assert kinds(sent) == ["photo"] * 2 + ["document"] * 2 + ["audio"] * 2
    albums = [one["media_group_id"] for one in sent]
    assert len(set(albums)) == 3
    assert albums == sorted(albums, key=albums.index)


async def test_a_text_too_long_for_a_caption_goes_before_the_files(
    connector: TelegramConnector, world: World
) -> None:
    receipt = await connector.send(reply("я" * 1025, files=photos(2)))
    assert kinds(in_chat(world)) == ["text", "photo", "photo"]
    assert [one.partition("/")[2] for one in receipt.sent_as] == ["", "file", "file"]


async def test_an_edit_changes_the_text(connector: TelegramConnector, world: World) -> None:
    receipt = await connector.send(reply("Цена 500"))
    bold = (Entity("bold", 0, 4),)
    await connector.edit(reply("Цена 700", entities=bold), receipt.sent_as)
    (sent,) = in_chat(world)
    assert sent["text"] == "Цена 700"
    assert [one["type"] for one in sent["entities"]] == ["bold"]


async def test_an_edit_to_the_same_is_done(connector: TelegramConnector, world: World) -> None:
    receipt = await connector.send(reply("Цена 500"))
    await connector.edit(reply("Цена 500"), receipt.sent_as)
    assert [one["text"] for one in in_chat(world)] == ["Цена 500"]


async def test_an_edit_changes_gives_and_takes_a_caption(
    connector: TelegramConnector, world: World
) -> None:
    receipt = await connector.send(reply("", files=photos(2)))
    await connector.edit(reply("Подпись"), receipt.sent_as)
    assert [one.get("caption") for one in in_chat(world)] == ["Подпись", None]
    await connector.edit(reply(""), receipt.sent_as)
    assert [one.get("caption") for one in in_chat(world)] == [None, None]


@pytest.mark.parametrize(
    ("text", "files", "fresh", "fault"),
    [
        ("Текст", (), "", Why.EMPTY),
        ("Текст", (), "я" * 4097, Why.TOO_LARGE),
        ("", photos(1), "я" * 1025, Why.TOO_LARGE),
        ("", (loaded(Media.STICKER, "s.webp", b"webp"),), "Текст", Why.UNSUPPORTED),
    ],
)
async def test_edits_that_no_message_can_take(
    connector: TelegramConnector,
    text: str,
    files: tuple[LoadedFile, ...],
    fresh: str,
    fault: Why,
) -> None:
    receipt = await connector.send(reply(text, files=files))
    with pytest.raises(SendRejected) as refused:
        await connector.edit(reply(fresh), receipt.sent_as)
    assert refused.value.fault is fault


async def test_taking_back_deletes_all_that_the_reply_became(
    connector: TelegramConnector, world: World
) -> None:
    other = await connector.send(reply("Останется"))
    receipt = await connector.send(reply("я" * 1025, files=photos(3)))
    await connector.take_back(reply(""), receipt.sent_as)
    assert [one["text"] for one in in_chat(world)] == ["Останется"]
    await connector.take_back(reply(""), receipt.sent_as)  # again: no harm
    await connector.take_back(reply(""), other.sent_as)
    assert not in_chat(world)


async def test_what_is_too_old_cannot_be_taken_back(
    connector: TelegramConnector, world: World
) -> None:
    receipt = await connector.send(reply())
    words = "Bad Request: message can't be deleted for everyone"
    world.faults.add(Fault("refuse", "deleteMessage", status=400, description=words))
    with pytest.raises(SendRejected) as refused:
        await connector.take_back(reply(), receipt.sent_as)
    assert refused.value.fault is Why.TOO_LATE


async def test_what_is_not_known_as_sent_cannot_be_changed(connector: TelegramConnector) -> None:
    for change in (connector.edit, connector.take_back):
        with pytest.raises(SendRejected) as refused:
            await change(reply("Текст"), ())
        assert refused.value.fault is Why.UNSUPPORTED


@pytest.mark.parametrize("kind", ["reset", "cut"])
async def test_an_edit_without_an_answer_may_be_done_again(
    connector: TelegramConnector, world: World, kind: Any
) -> None:
    receipt = await connector.send(reply("Цена 500"))
    for method in ("editMessageText", "deleteMessage"):
        world.faults.add(Fault(kind, method))
    with pytest.raises(SendDeferred):
        await connector.edit(reply("Цена 700"), receipt.sent_as)
    await connector.edit(reply("Цена 700"), receipt.sent_as)
    assert [one["text"] for one in in_chat(world)] == ["Цена 700"]
    with pytest.raises(SendDeferred):
        await connector.take_back(reply(), receipt.sent_as)
    await connector.take_back(reply(), receipt.sent_as)
    assert not in_chat(world)


@pytest.fixture
def group(world: World, people: People) -> Handle:
    bot = world.bot(TOKEN)
    world.add_supergroup(PROJECT, "Сайт «Ромашки»", members=[CLIENT], bots=[bot.id])
    return Handle("telegram_group", str(PROJECT))


async def test_into_a_group(connector: TelegramConnector, world: World, group: Handle) -> None:
    receipt = await connector.send(reply("Всем привет", recipient=group))
    (sent,) = in_chat(world, PROJECT)
    assert sent["text"] == "Всем привет"
    assert receipt.thread_ids == (f"group:{PROJECT}",)
    assert receipt.sent_as == (f"{PROJECT}:{sent['message_id']}",)


async def test_what_has_begun_waits_for_its_turn_to_the_end(
    server: TelegramServer, group: Handle
) -> None:
    settings = TelegramSettings(token=SecretStr(TOKEN), api=server.url)
    bot, watch = open_bot(settings), Stopwatch()
    assert isinstance(bot.session, Session)
    bot.session.pace = Pace(watch.now, watch.sleep)
    one = TelegramConnector(Channel("telegram", "telegram"), bot, settings, lambda: NOW)
    await one.send(reply("Фото", recipient=group, files=photos(25)))
    assert len(in_chat(server.world, PROJECT)) == 25
    await one.close()


async def test_a_group_that_moved_says_where_to(
    connector: TelegramConnector, world: World, group: Handle
) -> None:
    world.faults.add(Fault("refuse", "sendMessage", status=400, migrate_to_chat_id=-100_777))
    with pytest.raises(SendDeferred) as moved:
        await connector.send(reply(recipient=group))
    assert moved.value.fault is Why.MOVED
    assert moved.value.detail == "-100777"


async def test_numbers_of_the_chat_that_was_left_name_nothing_in_the_new_one(
    connector: TelegramConnector, world: World, people: People, group: Handle
) -> None:
    before = ("-700:1",)
    theirs = people.says(CLIENT, TOKEN, "Это мы", chat_id=PROJECT)
    assert theirs["message_id"] == 1
    ours = await connector.send(reply("Это вы", recipient=group))
    with pytest.raises(SendRejected) as refused:
        await connector.take_back(reply(recipient=group), before)
    assert refused.value.fault is Why.MOVED
    with pytest.raises(SendRejected):
        await connector.edit(reply("Подмена", recipient=group), before)
    assert [one["text"] for one in in_chat(world, PROJECT)] == ["Это мы", "Это вы"]
    await connector.take_back(reply(recipient=group), ours.sent_as)
    asked = InboundMessage(
        channel_id="telegram",
        external_id="-700:1",
        thread_ids=(f"group:{PROJECT}",),
        sender=Handle("telegram", str(CLIENT)),
        sender_name="Анна",
        sent_at=NOW,
        reply_context={"chat_id": -700, "message_id": 1},
    )
    await connector.send(reply("Ответ", recipient=group, answering=asked))
    assert "reply_to_message" not in in_chat(world, PROJECT)[-1]
    asked = replace(asked, reply_context={"chat_id": PROJECT, "message_id": 1})
    await connector.send(reply("Ответ", recipient=group, answering=asked))
    assert in_chat(world, PROJECT)[-1]["reply_to_message"]["message_id"] == 1


async def test_the_second_album_lost_leaves_the_reply_uncertain(
    connector: TelegramConnector, world: World
) -> None:
    world.faults.add(Fault("refuse", "sendMediaGroup", skip=1, status=400))
    with pytest.raises(SendUncertain):
        await connector.send(reply("", files=photos(12)))
    assert len(in_chat(world)) == 10


@pytest.mark.parametrize("method", ["sendMessage", "sendPhoto", "sendMediaGroup", "sendVoice"])
async def test_asked_to_wait_nothing_went_out(
    connector: TelegramConnector, world: World, method: str
) -> None:
    files: dict[str, tuple[LoadedFile, ...]] = {
        "sendMessage": (),
        "sendPhoto": photos(1),
        "sendMediaGroup": photos(2),
        "sendVoice": (loaded(Media.VOICE, "v.ogg", b"ogg"),),
    }
    world.faults.add(Fault("refuse", method, retry_after=3))
    with pytest.raises(SendFailed) as asked:
        await connector.send(reply("Текст", files=files[method]))
    assert isinstance(asked.value, SendDeferred)
    assert not in_chat(world)
