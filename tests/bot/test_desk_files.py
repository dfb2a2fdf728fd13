"""A client's files on the desk: by the call that shows them best, or a sentence why not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from inbox.errors import Fault as Why
from inbox.errors import SendRejected, SendUncertain
from inbox.model import Attachment, LoadedFile, Media
from inbox.ports import Purpose
from sandbox.telegram import Fault
from tests.bot.desk_world import DeskWorld, desk_world
from tests.bot.studio import OLGA, card

MEGABYTE = 1_000_000


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


def mailed(media: Media, name: str, content: bytes | None = b"..", **more: Any) -> LoadedFile:
    size = len(content) if content is not None else 30 * MEGABYTE
    kind = Attachment(media, name, "application/octet-stream", size, "email:info", "7:12:2")
    return LoadedFile(kind, content, **more)


async def shown(desk: DeskWorld, *files: LoadedFile) -> list[dict[str, Any]]:
    """What stands below the card."""
    links = await desk.desk.show(card(), OLGA, files)
    assert [one.purpose for one in links] == [Purpose.CARD] + [Purpose.FILE] * (len(links) - 1)
    chat = {one["message_id"]: one for one in desk.chat(OLGA.telegram_id)}
    return [chat[one.ref.message_id] for one in links[1:]]


async def test_every_kind_is_shown_as_what_it_is(desk: DeskWorld) -> None:
    for media in (one for one in Media if one.has_bytes):
        (message,) = await shown(desk, mailed(media, "файл.bin"))
        assert media.value in message


async def test_what_no_bot_can_send_is_the_cards_to_describe(desk: DeskWorld) -> None:
    there = {Media.LOCATION, Media.CONTACT}
    without = [one for one in Media if not one.has_bytes and one not in there]
    assert await shown(desk, *(mailed(one, "") for one in without)) == []


async def test_neighbouring_pictures_are_one_album_in_the_clients_order(desk: DeskWorld) -> None:
    names = [*"abcdefghijkl"]
    files = [mailed(Media.PHOTO, name, name.encode()) for name in names]
    files.insert(5, mailed(Media.VOICE, "v.ogg"))
    messages = await shown(desk, *files)

    groups = [one.get("media_group_id") for one in messages]
    assert groups[:5] == [groups[0]] * 5
    assert groups[5] is None
    assert groups[6:] == [groups[6]] * 7
    assert groups[0] != groups[6]


async def test_eleven_documents_are_an_album_of_ten_and_one(desk: DeskWorld) -> None:
    messages = await shown(desk, *(mailed(Media.DOCUMENT, f"{n}.pdf") for n in range(11)))

    assert [one["document"]["file_name"] for one in messages] == [f"{n}.pdf" for n in range(11)]
    assert len({one.get("media_group_id") for one in messages}) == 2


async def test_a_heavy_photo_comes_as_a_file(desk: DeskWorld) -> None:
    (message,) = await shown(desk, mailed(Media.PHOTO, "big.jpg", bytes(11 * MEGABYTE)))
    assert message["document"]["file_name"] == "big.jpg"


async def test_a_photo_that_the_server_refuses_comes_as_a_file(desk: DeskWorld) -> None:
    desk.world.faults.add(
        Fault("refuse", "sendPhoto", status=400, description="PHOTO_INVALID_DIMENSIONS")
    )
    (message,) = await shown(desk, mailed(Media.PHOTO, "long.png"))
    assert message["document"]["file_name"] == "long.png"


@pytest.mark.parametrize(
    ("file", "words"),
    [
        (
            mailed(Media.DOCUMENT, "кино.mkv", None, problem=Why.TOO_LARGE),
            "📎 кино.mkv · 30,0 МБ: здесь не показать, размер слишком велик.",
        ),
        (
            mailed(Media.DOCUMENT, "диск.iso", bytes(51 * MEGABYTE)),
            "📎 диск.iso · 51,0 МБ: здесь не показать, размер слишком велик.",
        ),
        (
            mailed(Media.DOCUMENT, "пусто.txt", b""),
            "📎 пусто.txt · 0 байт: здесь не показать, содержимого нет.",
        ),
    ],
    ids=["not fetched", "above 50 MB", "empty"],
)
async def test_what_cannot_be_shown_is_named_with_the_reason(
    desk: DeskWorld, file: LoadedFile, words: str
) -> None:
    (message,) = await shown(desk, file)
    assert message["text"] == words


async def test_one_refused_item_does_not_spoil_the_others(desk: DeskWorld) -> None:
    desk.world.faults.add(Fault("refuse", "sendMediaGroup", status=400))
    messages = await shown(desk, *(mailed(Media.PHOTO, f"{n}.jpg") for n in range(3)))

    assert len(messages) == 3
    assert all("photo" in one for one in messages)


async def test_a_hostile_name_is_a_name(desk: DeskWorld) -> None:
    (message,) = await shown(desk, mailed(Media.DOCUMENT, '../a"\r\nX: y\u202efdp.exe'))
    assert message["document"]["file_name"] == ".._a_ X: y fdp.exe"


async def test_a_rate_limit_holds_back_a_file_not_the_card(desk: DeskWorld) -> None:
    desk.world.faults.add(Fault("refuse", "sendDocument", retry_after=1))
    (message,) = await shown(desk, mailed(Media.DOCUMENT, "a.pdf"))

    assert "document" in message
    cards = [one for one in desk.chat(OLGA.telegram_id) if "Ромашка" in one.get("text", "")]
    assert len(cards) == 1


async def test_a_server_that_goes_away_leaves_it_open_whether_the_card_came(
    desk: DeskWorld,
) -> None:
    desk.world.faults.add(Fault("refuse", "sendDocument", retry_after=600))
    with pytest.raises(SendUncertain):
        await shown(desk, mailed(Media.DOCUMENT, "a.pdf"))


@pytest.mark.parametrize("number", [1, 2])
async def test_an_upload_that_got_no_answer_is_said_and_brings_no_second_card(
    desk: DeskWorld, number: int
) -> None:
    desk.world.faults.add(Fault("cut", "sendMediaGroup" if number > 1 else "sendDocument"))
    messages = await shown(desk, *(mailed(Media.DOCUMENT, f"{n}.pdf") for n in range(number)))

    assert [one["text"] for one in messages] == [
        f"📎 {n}.pdf · 2 байта: возможно, не показано, сервер принял запрос и не ответил."
        for n in range(number)
    ]


async def test_a_card_that_is_refused_says_so(desk: DeskWorld) -> None:
    desk.people.blocks(OLGA.telegram_id, "studio_bot")
    with pytest.raises(SendRejected) as refused:
        await desk.desk.show(card(), OLGA, ())
    assert refused.value.fault is Why.BLOCKED
