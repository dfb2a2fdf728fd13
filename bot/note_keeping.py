"""Notes that stay in the studio: who may write them, what is said of them, how they are shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from aiogram.types import Message

from bot.access import Visit, refusal
from bot.buttons import Button
from bot.card_lines import NAME_LIMIT, client_name
from bot.cards import CardView
from bot.drafts import Draft, KeptInside, draft_of, keep, keep_inside
from bot.kinds import attachment_lines
from bot.notes import history_lines
from bot.reply_buttons import InsideButton
from bot.rich import Rich, joined, one_line
from bot.texts import Say, speaker
from inbox.errors import NoSuchRow
from inbox.inbox import Inbox
from inbox.internal_notes import MENTIONED
from inbox.model import Conversation, LoadedFile, Manager
from inbox.ports import DeskRef, HistoryLine, Note, Transaction
from inbox.work_records import InternalNote

NOTE_LIMIT = 2500  # UTF-16 units; what is longer is read in the notes of the client
LAST_LINES = 4
NAMES = 10
KINDS = frozenset({"noted", "mentioned"})


async def take_note(
    visit: Visit,
    message: Message,
    album: Sequence[Mapping[str, Any]],
    conversation_id: int,
    message_id: int | None,
) -> None:
    """Keep what a member wrote about a client, and say that it stays inside. Raises Unreadable."""
    draft = draft_of(album, visit.bot.id, visit.me.id)
    draft = replace(draft, conversation_id=conversation_id, message_id=message_id)
    await keep_note(visit, draft, message.message_id)


async def keep_note(visit: Visit, draft: Draft, below: int) -> None:
    """The same of a draft that says which client it is about."""
    conversation, holder = await with_notes(visit, draft.conversation_id or 0)
    if conversation is None:
        words = visit.say("The note was not kept.") + " " + refusal(visit.say, holder)
        await visit.send(Rich(words), reply_to=below)
        return
    if not draft.note_text.text.strip() and not draft.attachments:
        words = visit.say("The note is empty: write it behind “//”. Nothing was sent.")
        await visit.send(Rich(words), reply_to=below)
        return
    kept = await keep_inside(visit.inbox, draft)
    ref = await visit.note(conversation, Rich(kept_words(visit.say, kept, visit.me)), below)
    await mark_inside(visit.inbox, (ref,))


async def mark_inside(inbox: Inbox, refs: Iterable[DeskRef]) -> None:
    """These messages of ours show a note: what answers them may be meant for the studio."""
    async with inbox.store.begin() as t:
        for one in refs:
            await t.save_form(_inside(one), "note")


async def asked_where(
    visit: Visit,
    message: Message,
    album: Sequence[Mapping[str, Any]],
    conversation_id: int,
    message_id: int | None,
) -> bool:
    """Whether this answers a note, without being one: then it is kept, and its author, who may
    write to the client, is asked whether it stays inside. Raises Unreadable."""
    target = message.reply_to_message
    draft = draft_of(album, visit.bot.id, visit.me.id)
    if target is None or draft.is_internal:
        return False
    ref = DeskRef(visit.bot.id, message.chat.id, target.message_id)
    async with visit.inbox.store.begin() as t:
        shows_note = await t.form(_inside(ref)) or await t.internal_note_at(ref)
        decided = await t.reply_at(draft.first) or await t.internal_note_at(draft.first)
    conversation, _ = await visit.look_up(conversation_id)
    if shows_note is None or decided is not None or conversation is None:
        return False
    draft = replace(draft, conversation_id=conversation.id, message_id=message_id)
    async with visit.inbox.store.begin() as t:
        await keep(t, draft)
    name = client_name(conversation)
    words = visit.say(
        "This answers a note. For the studio, or to the client {client}?", client=name
    )
    number = draft.first.message_id
    inside = InsideButton(message_id=number, inside=True)
    outside = InsideButton(message_id=number, inside=False)
    row = (
        Button(visit.say("📝 For the studio"), inside, "success"),
        Button(visit.say("To the client"), outside),
    )
    await visit.send(CardView(Rich(words), (row,)), reply_to=message.message_id)
    return True


def _inside(ref: DeskRef) -> str:
    return f"inside:{ref.account}:{ref.chat_id}:{ref.message_id}"


async def lines_with_notes(
    t: Transaction, conversation: Conversation, limit: int, besides: int = 0
) -> list[HistoryLine]:
    """The last messages of a conversation and the notes among them, oldest first; `besides`: a
    note that is shown anyway."""
    lines = list(await t.history(conversation.id, limit))
    names = {one.id: one.name for one in await t.staff()}
    found = await t.notes_of_client(conversation.client.id, None, limit)
    lines += [
        HistoryLine(
            at=one.written_at,
            author=names.get(one.author_id, "?"),
            inbound=False,
            text=one.text,
            attachments=one.attachments,
            internal=True,
        )
        for one in found
        if one.conversation_id == conversation.id and one.id != besides
    ]
    return sorted(lines, key=lambda one: one.at)[-limit:]


async def with_notes(
    visit: Visit, conversation_id: int
) -> tuple[Conversation | None, Manager | None]:
    """The conversation if the member may write notes about it, and who holds it: whoever may act
    there, and whoever wrote or was called in notes there before."""
    conversation, holder = await visit.look_up(conversation_id)
    if conversation is not None or holder is None:
        return conversation, holder
    async with visit.inbox.store.begin() as t:
        if visit.me.id not in await t.noters(conversation_id):
            return None, holder
        return await t.conversation(conversation_id), holder


def kept_words(say: Say, kept: KeptInside, me: Manager) -> str:
    """That it stays inside, who is called, and whom nobody knows."""
    lines = [say("📝 Noted for the studio alone; the client sees nothing of it.")]
    called = [one_line(one.name, NAME_LIMIT) for one in kept.called if one.id != me.id]
    if called:
        lines.append(say("Told: {names}", names=", ".join(called[:NAMES])))
    if kept.unknown:
        names = ", ".join(f"@{one_line(one, NAME_LIMIT)}" for one in kept.unknown[:NAMES])
        lines.append(say("⚠️ Nobody is called {names}: told nobody.", names=names))
    return "\n".join(lines)


async def note_view(inbox: Inbox, conversation: Conversation, words: Note, to: Manager) -> Rich:
    """A colleague's note; whom it calls is told what was said last, too."""
    say, now = speaker(to.language), inbox.clock.now()
    found = await _note(inbox, conversation, words)
    if found is None:
        return Rich(say("This note is not known any more."))
    author = one_line(words.author.name, NAME_LIMIT) if words.author is not None else "?"
    name = client_name(conversation)
    if words.kind != MENTIONED:
        head = say("📝 {author} noted about {client}:", author=author, client=name)
        return joined([Rich(head).styled("bold"), note_body(say, found)])
    head = say("📝 {author} calls you about {client}:", author=author, client=name)
    async with inbox.store.begin() as t:
        lines = await lines_with_notes(t, conversation, LAST_LINES, besides=found.id)
    how = say("Answer with a note: reply to this, and begin with “//”.")
    return joined(
        [
            joined([Rich(head).styled("bold"), note_body(say, found)]),
            history_lines(say, lines, to, now),
            Rich(how).styled("italic"),
        ],
        "\n\n",
    )


def note_body(say: Say, note: InternalNote, limit: int = NOTE_LIMIT) -> Rich:
    """What it says, and the names of its files."""
    text, rest = Rich.foreign(note.text, note.entities).cut(limit)
    text = text + " …" if rest.text else text
    files = Rich("\n".join(attachment_lines(say, note.attachments)))
    return joined([text.styled("blockquote"), files])


async def files_of(
    inbox: Inbox, conversation: Conversation, words: Note
) -> tuple[LoadedFile, ...]:
    """The files of a note; the desk sends them by the names it has for them."""
    if words.kind not in KINDS:
        return ()
    found = await _note(inbox, conversation, words)
    return tuple(map(LoadedFile, found.attachments)) if found is not None else ()


async def _note(inbox: Inbox, conversation: Conversation, words: Note) -> InternalNote | None:
    number = int(words.text) if words.text.isascii() and words.text.isdecimal() else 0
    try:
        async with inbox.store.begin() as t:
            found = await t.notes_of_client(conversation.client.id, number + 1, 1)
    except NoSuchRow:
        return None
    return found[0] if found and found[0].id == number else None
