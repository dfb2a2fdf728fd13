"""Internal notes: what a member writes about a client for the studio alone, and who is called."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace

from inbox import routing
from inbox.inbox import Inbox
from inbox.jobs import ShowNote
from inbox.model import Conversation, Entity, Manager
from inbox.ports import DeskRef, Transaction
from inbox.work_records import InternalNote

NOTE_MARK = "//"
NOTED, MENTIONED = "noted", "mentioned"  # kinds of ShowNote
MOST_CALLED = 20  # members called by one note

_USER_LINK = re.compile(r"tg://user\?id=(\d{1,19})")
_CALLED = re.compile(r"(?<![\w@/.])@(?=[^\W\d_])")
_WORDS_OF_A_NAME = 4
_UNSEEN = frozenset({"Cf", "Cc", "Mn", "Me"})  # alone, marks that combine show nothing
_BLANKS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_WORD = re.compile(r"[ _\u00a0]?([^\W_]+(?:[-'\u2019][^\W_]+)*)")


def is_note(text: str) -> bool:
    """Whether what a member wrote begins as a note, so that no client may ever get it."""
    return text[_before_the_mark(text) :].startswith(NOTE_MARK)


def unmarked(text: str, entities: Sequence[Entity]) -> tuple[str, tuple[Entity, ...]]:
    """A note's text without its mark, the formatting moved along; other texts as they are."""
    if not is_note(text):
        return text, tuple(entities)
    rest = text[_before_the_mark(text) + len(NOTE_MARK) :].lstrip()
    cut = _units(text) - _units(rest)
    moved = (_moved(one, cut) for one in entities)
    return rest, tuple(one for one in moved if one.length > 0)


def _before_the_mark(text: str) -> int:
    """How many letters at the beginning nobody sees."""
    unseen = (
        one.isspace() or one in _BLANKS or unicodedata.category(one) in _UNSEEN for one in text
    )
    return next((number for number, hidden in enumerate(unseen) if not hidden), len(text))


def _moved(one: Entity, cut: int) -> Entity:
    start, end = max(one.offset - cut, 0), one.offset + one.length - cut
    return replace(one, offset=start, length=end - start)


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def mentioned(
    text: str, entities: Iterable[Entity], staff: Sequence[Manager]
) -> tuple[tuple[Manager, ...], tuple[str, ...]]:
    """Members whom a text calls, and the names it calls of which nobody, or more than one, is.

    By "@" and the full name or one word of it, whatever its case, or by Telegram's link to a user.
    """
    people = routing.people(staff)
    linked = {found[1] for one in entities if (found := _USER_LINK.fullmatch(one.url or ""))}
    called = [one for one in people if str(one.telegram_id) in linked]
    unknown: list[str] = []
    for at in _CALLED.finditer(text):
        words = _words(text, at.end())
        one = _meant(words, people)
        if one is not None:
            called.append(one)
        else:
            unknown.append(words[0])
    return tuple(dict.fromkeys(called)), tuple(dict.fromkeys(unknown))


def _words(text: str, at: int) -> list[str]:
    """The words of what may be a name, from there on: one at least."""
    words: list[str] = []
    while len(words) < _WORDS_OF_A_NAME and (found := _WORD.match(text, at)):
        words.append(found[1])
        at = found.end()
    return words


def _meant(words: Sequence[str], people: Sequence[Manager]) -> Manager | None:
    """The longest full name that stands there, else a word of just one member's name."""
    folded = [_folded(one) for one in words]
    names = {one.id: _folded(one.name.replace("_", " ")).split() for one in people}
    for length in range(len(folded), 0, -1):
        found = [one for one in people if names[one.id] == folded[:length]]
        if found:
            return found[0] if len(found) == 1 else None
    found = [one for one in people if folded[0] in names[one.id]]
    return found[0] if len(found) == 1 else None


def _folded(name: str) -> str:
    return name.casefold().replace("ё", "е")


async def add(inbox: Inbox, note: InternalNote) -> InternalNote | None:
    """Keep a note and tell whom it concerns: whom it calls (`mentions`), and, each once and never
    the author, the client's holder, who stands in, and who wrote or was called in notes there.

    The mark is taken off the text. None where its key is known, or it says and carries nothing.
    """
    text, entities = unmarked(note.text, note.entities)
    note = replace(note, text=text, entities=entities, mentions=note.mentions[:MOST_CALLED])
    if not text.strip() and not note.attachments:
        return None
    async with inbox.store.begin(durable=True) as t:
        conversation = await t.conversation(note.conversation_id)
        before = await t.noters(note.conversation_id)
        kept = await t.add_internal_note(note)
        if kept is None:
            return None
        await _call(t, kept, kept.mentions)
        for one in await _listeners(inbox, t, conversation, kept, before):
            await _tell(t, kept, one, NOTED)
    return kept


async def _listeners(
    inbox: Inbox,
    t: Transaction,
    conversation: Conversation,
    note: InternalNote,
    before: frozenset[int],
) -> list[int]:
    """Who hears of the note without being called; `before`: who had a part in notes there."""
    staff, ref = await t.staff(), note.desk_ref
    people = routing.people(staff)
    holder = routing.member(people, conversation.assignee_id)
    told = [one.id for one in people if one.id in before]
    if holder is not None:
        readers = routing.in_place_of(holder, staff, inbox.clock.now())
        told = [one.id for one in (holder, *readers)] + told
    besides = {note.author_id, *note.mentions}
    told = [one for one in dict.fromkeys(told) if one not in besides]
    if not inbox.desk.shared:
        return told
    # There a note stands once for all: it is the member's own message, unless that was private.
    author = routing.member(staff, note.author_id)
    private = ref is None or author is None or ref.chat_id == author.telegram_id
    return told[:1] if private and not note.mentions else []


async def _call(t: Transaction, note: InternalNote, called: Iterable[int]) -> None:
    people = {one.id for one in routing.people(await t.staff())}
    for one in dict.fromkeys(called):
        if one in people and one != note.author_id:
            await _tell(t, note, one, MENTIONED)


async def _tell(t: Transaction, note: InternalNote, to_id: int, kind: str) -> None:
    job = ShowNote(note.conversation_id, to_id, note.author_id, kind, str(note.id))
    key = f"note:{note.conversation_id}:{to_id}:{kind} {note.id}"
    await t.put(job, key=key, lane=f"manager:{to_id}")


async def change(inbox: Inbox, ref: DeskRef, text: str, entities: Sequence[Entity]) -> bool:
    """The member's message that became a note says this now; whom only the new text calls is
    called. False where the message is no note, or would say and carry nothing any more."""
    text, kept_entities = unmarked(text, entities)
    async with inbox.store.begin(durable=True) as t:
        note = await t.internal_note_at(ref)
        if note is None or not (text.strip() or note.attachments):
            return False
        if (note.text, note.entities) == (text, kept_entities):
            return True
        called, _ = mentioned(text, kept_entities, await t.staff())
        new = [one.id for one in called if one.id not in note.mentions]
        mentions = (*note.mentions, *new)[:MOST_CALLED]
        now = inbox.clock.now()
        changed = replace(note, text=text, entities=kept_entities, mentions=mentions)
        changed = replace(changed, edited_at=now)
        await t.save_internal_note(changed)
        await _call(t, changed, mentions[len(note.mentions) :])
    return True
