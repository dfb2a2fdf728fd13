"""Faults of the Bot API, one for each conversation, and the kinds of messages they meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sandbox.telegram.faults import Fault
from tests.e2e.chats import Chats, Message, Pair
from tests.e2e.traffic import buttons

SECOND = 1  # what 429 asks to wait
PICTURE = b"\x89PNG a picture"

# What goes wrong with a call; below, what that means.
FAULTS: dict[str, dict[str, Any]] = {
    "429": {"kind": "refuse", "retry_after": SECOND},
    "403": {"kind": "refuse", "status": 403},
    "400": {"kind": "refuse", "status": 400},  # message thread not found
    "500": {"kind": "refuse", "status": 500},
    "502": {"kind": "garbage", "status": 502},
    "reset": {"kind": "reset"},
    "cut": {"kind": "cut"},
    "hang": {"kind": "hang", "seconds": 0.5},
}
LATER = frozenset({"429"})
REFUSED = frozenset({"403", "400"})
LOST = frozenset({"500", "502", "reset"})  # without an answer, and not done
DONE = frozenset({"cut", "hang"})  # without an answer, and done

KINDS = {
    "text": "sendMessage",
    "photo": "sendPhoto",
    "document": "sendDocument",
    "video": "sendVideo",
    "audio": "sendAudio",
    "voice": "sendVoice",
    "animation": "sendAnimation",
    "video_note": "sendVideoNote",
    "sticker": "sendSticker",
    "location": "sendLocation",
    "contact": "sendContact",
    "album": "sendMediaGroup",
}
WITHOUT_WORDS = frozenset({"video_note", "sticker", "location", "contact"})
ITEMS = 3
WITH_ALL = ("text", "photo", "document", "album")
# The other kinds are sent like these: each of them meets 429, and two more in turn.
_MORE = [one for one in FAULTS if one not in LATER]
_OTHERS = [one for one in KINDS if one not in WITH_ALL]
MET = [
    *((kind, fault) for kind in WITH_ALL for fault in FAULTS),
    *((kind, fault) for kind in _OTHERS for fault in LATER),
    *(
        (kind, _MORE[(2 * place + more) % len(_MORE)])
        for place, kind in enumerate(_OTHERS)
        for more in (0, 1)
    ),
]


@dataclass(frozen=True)
class Case:
    """A conversation of three messages each way; the second of them meets the fault."""

    pair: Pair
    kind: str
    fault: str

    @property
    def method(self) -> str:
        return KINDS[self.kind]

    def mark(self, turn: int, letter: str = "q") -> str:
        """In the words of the client's message of this number; of the manager's with "a"."""
        return f"{letter}{self.pair.number:03}-{turn}"


def cases(pairs: Sequence[Pair]) -> list[Case]:
    """A conversation for each that is met."""
    return [Case(pair, *one) for pair, one in zip(pairs, MET, strict=True)]


def plan(
    chats: Chats, fault: str, method: str, *, chat_id: int | None = None, skip: int = 0
) -> None:
    """One call of the method goes wrong."""
    known = Fault(method=method, chat_id=chat_id, skip=skip, **FAULTS[fault])
    chats.world.faults.add(known)


def write(
    chats: Chats, person: int, bot: int, kind: str, words: str, reply_to: int | None = None
) -> list[Message]:
    """A message of this kind, an album of several; the words are its text or caption."""
    how: dict[str, Any] = {"reply_to": reply_to}
    if kind == "text":
        return [chats.people.says(person, bot, words, **how)]
    if kind == "album":
        items = [
            {"kind": "photo", "content": PICTURE, "caption": "" if place else words}
            for place in range(ITEMS)
        ]
        return chats.people.sends_album(person, bot, items, **how)
    said = "" if kind in WITHOUT_WORDS else words
    return [chats.people.sends(person, bot, kind, PICTURE, caption=said, **how)]


def is_of(message: Message, kind: str) -> bool:
    """Whether it is of this kind, or an item of an album."""
    if kind == "album":
        return "media_group_id" in message
    return kind in message and "media_group_id" not in message


def button(message: Message, prefix: str) -> str:
    """What the button carries that begins so."""
    return next(data for data in buttons(message) if data.startswith(prefix))


def words_of(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or "")


def copies_at_client(chats: Chats, case: Case) -> list[Message]:
    """The second reply as it stands at the client: of an album the first item."""
    found = [one for one in chats.at_client(case.pair) if is_of(one, case.kind)]
    if case.kind in WITHOUT_WORDS:
        return found
    return [one for one in found if case.mark(1, "a") in words_of(one)]


def reacted(chats: Chats, chat_id: int, message_id: int) -> bool:
    """Whether the bot's reaction stands on somebody's message."""
    room = chats.world.room(chats.world.bots[chats.desk], chat_id)
    return bool(room.entries[message_id].reactions.get(chats.desk))


def notes_below(chats: Chats, chat_id: int, message_id: int) -> list[Message]:
    """What the bot says as an answer to this message."""
    return [
        one
        for one in chats.said(chats.desk, chat_id)
        if (one.get("reply_to_message") or {}).get("message_id") == message_id
    ]


async def press(chats: Chats, person: int, message: Message, prefix: str) -> str:
    """Press the button; the bot's answer."""
    data = button(message, prefix)
    return await chats.people.presses(person, chats.desk, message["message_id"], data)
