"""What the flow asks of the desk: whose business an update is, bad updates, alerts, notices."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.desk import TelegramDesk
from bot.notes import notice
from bot.places import Forum
from bot.rich import MESSAGE_LIMIT
from bot.texts import speaker
from connectors.telegram.bot import open_bot
from connectors.telegram.config import TelegramSettings
from inbox.errors import SendDeferred, Unreadable
from inbox.model import Channel, Outcome, RawMessage
from inbox.ports import Alert, CardState, DeskRef, Note, Purpose, Shown
from sandbox.telegram import Fault
from tests.bot.desk_world import TOKEN, DeskWorld, desk_world, labels
from tests.bot.studio import (
    ADAM,
    GONE,
    HELEN,
    NOON,
    OLGA,
    STAFF,
    card,
    closed,
    conversation,
    message,
    wait,
)

TELEGRAM = Channel("telegram", "telegram")
STAFF_BOT = Channel("staff", "telegram")
MAIL = Channel("email:info", "email")


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[DeskWorld]:
    async with desk_world(tmp_path) as world:
        yield world


def a_desk(**where: str) -> TelegramDesk:
    """A desk without an inbox."""
    return TelegramDesk(open_bot(TelegramSettings.model_validate({"token": TOKEN})), **where)


def raw(update: Any) -> RawMessage:
    payload = update if isinstance(update, bytes) else json.dumps(update).encode()
    return RawMessage("1", "chat:1", payload, NOON)


def written(person_id: int, text: str = "Привет", chat: str = "private") -> dict[str, Any]:
    """An update with a message."""
    sender = {"id": person_id, "is_bot": False, "first_name": "A"}
    where = {"id": person_id, "type": chat, "title": "Группа"}
    body = {"message_id": 5, "date": 1, "chat": where, "from": sender, "text": text}
    return {"update_id": 1, "message": body}


GROUP, FORUM = -100500, -100700


def grouped(update: dict[str, Any], chat_id: int = GROUP) -> dict[str, Any]:
    """The same in a group."""
    update["message"]["chat"] = {"id": chat_id, "type": "supergroup", "title": "Группа"}
    return update


def edited(update: dict[str, Any]) -> dict[str, Any]:
    """The message is an edit."""
    update["edited_message"] = update.pop("message")
    return update


def turned(person_id: int, before: str, after: str, chat: str = "supergroup") -> dict[str, Any]:
    """Somebody lets the bot in, or puts it out; in a private chat stops it."""
    chat_id = person_id if chat == "private" else GROUP
    bot = {"id": 7001, "is_bot": True, "first_name": "Studio"}
    change = {
        "chat": {"id": chat_id, "type": chat, "title": "Группа"},
        "from": {"id": person_id, "is_bot": False, "first_name": "A"},
        "date": 1,
        "old_chat_member": {"user": bot, "status": before},
        "new_chat_member": {"user": bot, "status": after},
    }
    return {"update_id": 1, "my_chat_member": change}


OURS = {OLGA.telegram_id: True, GONE.telegram_id: False, 900: False}


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        *((written(person_id), ours) for person_id, ours in OURS.items()),
        (written(900, "/start inv_abc"), True),
        (written(900, "/start"), False),
        (written(OLGA.telegram_id, chat="supergroup"), False),
        (edited(written(OLGA.telegram_id)), True),
        (edited(written(900)), False),
        *(
            (grouped(written(OLGA.telegram_id, text)), ours)
            for text, ours in (
                ("/alerts", True),
                ("/forum off", True),
                ("/link@studio_bot", True),
                ("/inbox", False),
                ("Ответ клиенту", False),
            )
        ),
        (grouped(written(900, "/link")), False),
        (edited(grouped(written(OLGA.telegram_id))), False),
        (grouped(written(OLGA.telegram_id), FORUM), True),
        (grouped(written(900), FORUM), True),
        (edited(grouped(written(OLGA.telegram_id), FORUM)), True),
        (turned(OLGA.telegram_id, "left", "member"), True),
        (turned(OLGA.telegram_id, "member", "administrator"), True),
        (turned(OLGA.telegram_id, "member", "left"), False),
        (turned(900, "left", "member"), False),
        (turned(OLGA.telegram_id, "member", "kicked", "private"), True),
        (turned(900, "member", "kicked", "private"), False),
        ({"update_id": 1, "business_message": written(OLGA.telegram_id)["message"]}, False),
        ({"update_id": 1, "business_connection": {"user": {"id": OLGA.telegram_id}}}, False),
        ({"update_id": 1, "callback_query": {}}, True),
        ({"update_id": 1, "callback_query": {"data": "cd:take:1"}}, True),
        # Who presses a client's button is looked at where it is read.
        ({"update_id": 1, "callback_query": {"data": "okq:1:abc"}}, False),
        *(
            ({"update_id": 1, kind: {"from": {"id": person_id}}}, ours)
            for kind in ("inline_query", "chosen_inline_result")
            for person_id, ours in OURS.items()
        ),
        ({"update_id": 1, "inline_query": {}}, False),
        ({"update_id": 1, "message": {"chat": None}}, False),
        ([], False),
        (b"\xff{", False),
    ],
)
def test_with_one_bot_members_and_buttons_are_the_desks(update: Any, expected: bool) -> None:
    desk = a_desk()
    desk.places.forum = Forum(FORUM, "Студия")
    assert desk.concerns(raw(update), TELEGRAM, STAFF) is expected
    assert desk.concerns(raw(update), MAIL, STAFF) is False


@pytest.mark.parametrize("person_id", OURS)
def test_with_two_bots_all_of_the_staffs_and_nothing_of_the_clients(person_id: int) -> None:
    desk = a_desk(channel_id="staff")
    assert desk.concerns(raw(written(person_id)), STAFF_BOT, STAFF) is True
    # The same message id in the clients' bot is another message.
    assert desk.concerns(raw(written(person_id)), TELEGRAM, STAFF) is False
    assert desk.concerns(raw({"update_id": 1, "callback_query": {}}), TELEGRAM, STAFF) is False


@pytest.mark.parametrize(
    "update",
    [
        b"not json",
        b"[" * 100_000,
        [1],
        {"update_id": 1},
        {"update_id": 1, "message": {"message_id": "secret words"}},
        {"update_id": 1, "of_a_kind_from_the_future": {}},
    ],
    ids=["no JSON", "deep", "no object", "empty", "wrong type", "unknown kind"],
)
async def test_what_cannot_be_read_is_said_without_its_words(desk: DeskWorld, update: Any) -> None:
    with pytest.raises(Unreadable) as unreadable:
        await desk.desk.handle([raw(update)], STAFF_BOT, STAFF)
    assert "secret" not in str(unreadable.value)


@given(
    st.recursive(
        st.none() | st.integers() | st.text(),
        lambda inner: (
            st.lists(inner)
            | st.dictionaries(
                st.sampled_from(
                    ["update_id", "message", "chat", "from", "id", "type", "callback_query"]
                ),
                inner,
            )
        ),
    )
)
def test_no_update_can_upset_the_question_whose_it_is(update: Any) -> None:
    assert a_desk().concerns(raw(update), TELEGRAM, STAFF) in {True, False}


async def test_a_desk_without_an_inbox_says_what_is_missing() -> None:
    desk = a_desk()
    with pytest.raises(RuntimeError, match="attach"):
        await desk.handle([raw(written(OLGA.telegram_id))], TELEGRAM, STAFF)
    with pytest.raises(RuntimeError, match="attach"):
        await desk.show(card(), OLGA, ())


async def test_a_handler_that_meets_a_rate_limit_is_tried_later(desk: DeskWorld) -> None:
    desk.world.faults.add(Fault("refuse", "sendMessage", retry_after=7))
    with pytest.raises(SendDeferred) as deferred:
        await desk.desk.handle([raw(written(OLGA.telegram_id, "/help"))], TELEGRAM, STAFF)
    assert deferred.value.retry_after == timedelta(seconds=7)


def alert() -> Alert:
    return Alert(wait(), 1, card(), timedelta(minutes=65), -timedelta(minutes=5), late=False)


async def test_an_alert_is_edited_once_its_client_is_answered(desk: DeskWorld) -> None:
    (shown,) = await desk.desk.alert(alert(), HELEN)
    assert shown.purpose is Purpose.ALERT
    standing = await desk.sees(HELEN.telegram_id, "has waited 1 h 5 min of working time")
    assert labels(standing)[:3] == ["I take it", "Hand over", "No reply needed"]

    done = closed(Outcome.ANSWERED, timedelta(minutes=70))
    ended = card(CardState.ANSWERED, wait=done, closed_by=OLGA)
    await desk.desk.redraw(shown, ended, HELEN, replace(alert(), wait=done, card=ended))

    answered = await desk.sees(HELEN.telegram_id, "✅ Answered by Ольга after 1 h 10 min")
    assert answered["message_id"] == standing["message_id"]
    assert labels(answered) == []


async def test_many_alerts_are_one_message_that_is_edited(desk: DeskWorld) -> None:
    ref = await desk.desk.show_alerts([alert()], HELEN, None)
    standing = await desk.sees(HELEN.telegram_id, "⏰ Waiting for an answer: 1")
    assert standing["message_id"] == ref.message_id

    done = closed(Outcome.ANSWERED, timedelta(minutes=70))
    ended = replace(alert(), wait=done, card=card(CardState.ANSWERED, wait=done, closed_by=OLGA))
    assert await desk.desk.show_alerts([ended], HELEN, ref) == ref
    edited = await desk.sees(HELEN.telegram_id, "Nobody waits any more")
    assert edited["message_id"] == ref.message_id


async def test_words_of_a_colleague_and_about_absences(desk: DeskWorld) -> None:
    (shown,) = await desk.desk.show_note(
        conversation(), Note("handed_over", "Он спешит\n" * 900, HELEN), OLGA
    )
    said = await desk.sees(
        OLGA.telegram_id, "✏️ Helen о клиенте: Ромашка · Анна Петрова\nОн спешит"
    )
    assert said["message_id"] == shown.ref.message_id
    assert said["text"].endswith(" …")
    assert await desk.desk.show_note(conversation(), Note("stands_in", "5", OLGA), HELEN) == ()
    await desk.sees(
        HELEN.telegram_id, "👤 Ольга is away and you stand in. Waiting for an answer: 5"
    )
    assert await desk.desk.show_note(conversation(), Note("given_back", "1", HELEN), OLGA) == ()
    await desk.sees(OLGA.telegram_id, "👤 Вы вернулись, замещение: Helen. Ждут ответа: 1")
    assert await desk.desk.show_note(conversation(), Note("given_back", "2", None), OLGA) == ()
    await desk.sees(OLGA.telegram_id, "👤 Вы вернулись. Ждут ответа: 2")


async def test_redrawing_what_is_the_same_or_gone_is_no_error(desk: DeskWorld) -> None:
    shown = await desk.desk.show(card(), OLGA, ())
    await desk.desk.redraw(shown[0], card(), OLGA, None)
    await desk.desk.redraw(shown[0], card(), OLGA, None)
    gone = Shown(DeskRef(shown[0].ref.account, OLGA.telegram_id, 10_000), Purpose.CARD)
    await desk.desk.redraw(gone, card(), OLGA, None)


async def test_a_very_long_text_ends_in_a_file(desk: DeskWorld) -> None:
    long = "слово " * 20_000
    shown = await desk.desk.show(card(message=message(long)), OLGA, ())

    chat = {one["message_id"]: one for one in desk.chat(OLGA.telegram_id)}
    assert [one.purpose for one in shown] == [Purpose.CARD, Purpose.FILE]
    assert chat[shown[1].ref.message_id]["document"]["file_name"] == "message.txt"


async def test_formatting_that_the_server_refuses_does_not_cost_the_text(desk: DeskWorld) -> None:
    desk.world.faults.add(
        Fault("refuse", "sendMessage", status=400, description="Bad Request: can't parse entities")
    )
    await desk.desk.show(card(), OLGA, ())
    assert "entities" not in await desk.sees(OLGA.telegram_id, "Не открывается сайт")


NOTICES = {
    "dead_letter": {"job": "SendReply", "id": "7", "error": "ValueError: x"},
    "quarantined": {"channel": "telegram", "raw": "12", "reason": "malformed: x"},
    "unreadable": {"channel": "email:info", "reason": "malformed"},
    "channel_paused": {"channel": "email:info", "reason": "login_failed"},
    "channel_back": {"channel": "email:info"},
    "disk_full": {},
    "store_unavailable": {"reason": "the connection was lost"},
    "no_working_time": {},
    "unreachable": {"name": "Ольга", "reason": "blocked"},
    "alert_not_mailed": {"name": "Ольга", "reason": "refused: 550 no"},
    "report_not_shown": {"name": "Ольга", "reason": "refused: no photos"},
    "report_unreached": {"name": "Ольга", "reason": "never_wrote"},
    "staff_blocked": {"name": "Ольга"},
    "topics_refused": {"chat": "Студия", "reason": "refused: no"},
    "forum_left": {"chat": "Студия"},
}


@pytest.mark.parametrize("language", ["ru", "en"])
@pytest.mark.parametrize("name", NOTICES)
def test_every_notice_has_words_with_all_its_fields(name: str, language: str) -> None:
    text = notice(speaker(language), name, NOTICES[name]).text

    assert "?" not in text
    plain = {key: value for key, value in NOTICES[name].items() if key != "reason"}
    assert all(value in text for value in plain.values())
    assert name not in text


def test_a_fault_in_a_notice_is_put_into_words() -> None:
    paused = {"channel": "email:info", "reason": "login_failed: 535 no"}
    assert (
        "сервер не принял наши учётные данные (535 no)"
        in notice(speaker("ru"), "channel_paused", paused).text
    )


@pytest.mark.parametrize("name", [*NOTICES, "from_a_newer_version"])
def test_a_notice_is_told_whatever_its_fields(name: str) -> None:
    hostile = {"channel": "{0}" + "x" * 9000, "odd": "\u202e"}
    assert 0 < notice(speaker("en"), name, hostile).units <= MESSAGE_LIMIT
    assert notice(speaker("en"), name, {}).text


async def test_a_notice_reaches_the_administrator(desk: DeskWorld) -> None:
    await desk.desk.tell("disk_full", {}, ADAM)
    await desk.sees(ADAM.telegram_id, "⛔ Диск заполнен.")
