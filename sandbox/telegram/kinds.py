"""Contents of messages without a file: places, people, polls, stories, lists, gifts, games."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

Content = dict[str, Any]

POINT = {"latitude": 55.751244, "longitude": 37.618423}
CHANNEL = {"id": -1009000000001, "type": "channel", "title": "Channel", "username": "channel"}
SOME_DAY = 1_900_000_000  # 2030-03-17
PICTURE = {"file_unique_id": "AQADpicture", "width": 320, "height": 240, "file_size": 4096}

_poll_ids = count(5_100_000_000_000_001)


def poll(question: str, options: Sequence[str], **details: Any) -> Content:
    """A Poll without votes."""
    return {
        "id": str(next(_poll_ids)),
        "question": question,
        "options": [
            {"persistent_id": str(number), "text": text, "voter_count": 0}
            for number, text in enumerate(options)
        ],
        "total_voter_count": 0,
        "is_closed": False,
        "is_anonymous": True,
        "type": "regular",
        "allows_multiple_answers": False,
        "allows_revoting": True,
        "members_only": False,
    } | details


def plain(kind: str, details: Content, bot_id: int) -> Content:
    """The message fields of this kind; `details` fill and replace the usual values.

    LookupError for an unknown kind.
    """
    if kind in FIXED:
        return {kind: FIXED[kind] | details}
    if kind not in MADE:
        raise LookupError(f"no attachment of kind {kind!r}")
    return MADE[kind](dict(details), bot_id)


FIXED: dict[str, Content] = {
    "location": POINT,
    "contact": {"phone_number": "+79160000000", "first_name": "Contact"},
    "dice": {"emoji": "🎲", "value": 6},
    "story": {"chat": CHANNEL, "id": 7},
    "paid_media": {
        "star_count": 50,
        "paid_media": [{"type": "preview", "width": 1280, "height": 720, "duration": 0}],
    },
    "invoice": {
        "title": "Landing page",
        "description": "The first half",
        "start_parameter": "pay",
        "currency": "RUB",
        "total_amount": 4500000,
    },
    "giveaway": {"chats": [CHANNEL], "winners_selection_date": SOME_DAY, "winner_count": 3},
    "giveaway_winners": {
        "chat": CHANNEL,
        "giveaway_message_id": 5,
        "winners_selection_date": SOME_DAY,
        "winner_count": 1,
        "winners": [{"id": 9001, "is_bot": False, "first_name": "Winner"}],
    },
    "giveaway_created": {},
    "giveaway_completed": {"winner_count": 3, "unclaimed_prize_count": 1},
}


def _venue(details: Content, _bot_id: int) -> Content:
    point = {key: details.pop(key, POINT[key]) for key in POINT}
    venue = {"title": "Studio", "address": "Tverskaya 1"} | details | {"location": point}
    return {"venue": venue, "location": point}


def _poll(details: Content, _bot_id: int) -> Content:
    question = str(details.pop("question", "Which logo?"))
    options = details.pop("options", None) or ["The first", "The second"]
    return {"poll": poll(question, options, **details)}


def _checklist(details: Content, _bot_id: int) -> Content:
    given = details.pop("tasks", None) or [["Texts", True], ["Photos", False]]
    tasks = [_task(number, *task) for number, task in enumerate(given, 1)]
    return {"checklist": {"title": "For the start"} | details | {"tasks": tasks}}


def _task(number: int, text: str, done: Any = False) -> Content:  # noqa: FBT002  a pair of JSON
    task: Content = {"id": number, "text": text}
    return task | ({"completion_date": SOME_DAY} if done else {})


def _rich(details: Content, _bot_id: int) -> Content:
    bold = {"type": "bold", "text": "by Friday"}
    blocks = [
        {"type": "heading", "text": "The brief", "size": 1},
        {"type": "paragraph", "text": ["The landing page is needed ", bold, "."]},
    ]
    return {"rich_message": {"blocks": blocks} | details}


def _game(details: Content, bot_id: int) -> Content:
    photo = [PICTURE | {"file_id": f"Ag{bot_id}-picture"}]
    game = {"title": "Snake", "description": "Eat the apples", "photo": photo}
    return {"game": game | details}


def _gift(details: Content, bot_id: int) -> Content:
    sticker = {
        "file_id": f"Ag{bot_id}-picture",
        "file_unique_id": "AQADgift",
        "type": "regular",
        "width": 512,
        "height": 512,
        "is_animated": False,
        "is_video": False,
    }
    return {"gift": {"gift": {"id": "1", "sticker": sticker, "star_count": 15}} | details}


MADE: dict[str, Callable[[Content, int], Content]] = {
    "venue": _venue,
    "poll": _poll,
    "checklist": _checklist,
    "rich_message": _rich,
    "game": _game,
    "gift": _gift,
}
