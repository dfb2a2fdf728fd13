"""What a member wrote to a client, before it is a reply; kept where it must be asked first whether
it goes out, and to whom. It outlives a restart."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

from bot.filling import as_chosen
from bot.rich import Rich, joined
from connectors.telegram.content import content_of
from inbox import flow, internal_notes, quotes, routing
from inbox.errors import Fault, Unreadable
from inbox.inbox import Inbox
from inbox.model import Attachment, Entity, Manager, Media
from inbox.ports import DeskLink, DeskRef, Purpose, Reply, Shown, Transaction
from inbox.work_records import InternalNote, PriceItem, Quote

# Of what has no bytes the Bot API lets a bot send these to a client.
_SENDABLE = frozenset({Media.LOCATION, Media.CONTACT})


@dataclass(frozen=True, slots=True)
class Part:
    """One message of a member: what it says and carries. `chosen`: by inline mode, from the
    templates or the price list."""

    ref: DeskRef
    text: str
    entities: tuple[Entity, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Draft:
    """A message, or an album as one: the first part gives the reply its key.

    What it answers is None as long as nobody said it.
    """

    parts: tuple[Part, ...]
    author_id: int
    written_at: datetime
    conversation_id: int | None = None
    message_id: int | None = None

    @property
    def first_part(self) -> Part:
        """The message that it is known by."""
        return self.parts[0]

    @property
    def first(self) -> DeskRef:
        """Where that stands."""
        return self.first_part.ref

    @property
    def text(self) -> Rich:
        """The texts or captions of all, one below the other."""
        return joined([Rich(one.text, one.entities) for one in self.parts], "\n\n")

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files of all."""
        return tuple(each for one in self.parts for each in one.attachments)

    @property
    def can_be_sent(self) -> bool:
        """Whether there is something to send, and nothing that no bot can send."""
        kinds = {one.media for one in self.attachments}
        sendable = all(one.has_bytes or one in _SENDABLE for one in kinds)
        return sendable and bool(self.attachments or self.text.text.strip())

    @property
    def is_internal(self) -> bool:
        """Whether any of it begins as a note, so that none of it may go to a client."""
        return any(internal_notes.is_note(one.text) for one in self.parts)

    @property
    def note_text(self) -> Rich:
        """As `text`, without the marks of a note."""
        texts = (internal_notes.unmarked(one.text, one.entities) for one in self.parts)
        return joined([Rich(*one) for one in texts], "\n\n")

    @property
    def key(self) -> str:
        """The reply's, for ever."""
        return f"tg:{self.first.account}:{self.first.chat_id}:{self.first.message_id}"

    def edited(self, part: Part) -> Draft:
        """The same with one of its messages changed."""
        return replace(
            self, parts=tuple(part if one.ref == part.ref else one for one in self.parts)
        )


def draft_of(album: Sequence[Mapping[str, Any]], bot_id: int, author_id: int) -> Draft:
    """The messages of an album, or one message, as their JSON says. Raises Unreadable."""
    try:
        ordered = sorted(album, key=lambda one: int(one["message_id"]))
        sent = datetime.fromtimestamp(int(ordered[0]["date"]), UTC)
    except (KeyError, TypeError, ValueError, IndexError) as error:
        raise Unreadable(Fault.MALFORMED, f"{type(error).__name__}: {error}") from error
    return Draft(tuple(part_of(one, bot_id) for one in ordered), author_id, sent)


def part_of(given: Mapping[str, Any], bot_id: int) -> Part:
    """A message as its JSON says; of a venue its name and address are the text. Raises
    Unreadable."""
    try:
        ref = DeskRef(bot_id, int(given["chat"]["id"]), int(given["message_id"]))
        content = content_of(given, bot_id)
        chosen = given.get("via_bot", {}).get("id") == bot_id
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise Unreadable(Fault.MALFORMED, f"{type(error).__name__}: {error}") from error
    (text, entities), attachments = content.text, content.attachments
    if "venue" in given and attachments and not text:
        facts = attachments[0].facts
        text = f"{facts.get('title', '')}\n{facts.get('address', '')}".strip()
    return Part(ref, text, tuple(entities), attachments, chosen)


@dataclass(frozen=True, slots=True)
class KeptInside:
    """What became of a note: whom it calls, and the names it calls of which nobody is. `note`:
    None where it was kept before, or says nothing."""

    note: InternalNote | None
    called: tuple[Manager, ...] = ()
    unknown: tuple[str, ...] = ()


async def deliver(inbox: Inbox, draft: Draft) -> KeptInside | Quote | None:
    """Make it a reply, once for ever, and what the member wrote a way to the client from then on.

    A note goes to no client, whoever asked for it: it is kept inside, and what became of it is
    returned. So is what a line of the price list offers, while it is open. ValueError for a draft
    that answers nothing.
    """
    conversation_id = draft.conversation_id
    if conversation_id is None:
        raise ValueError("nobody said whom this answers")
    if draft.first_part.chosen:
        meant = await as_chosen(inbox, conversation_id, draft.author_id, draft.text)
        if not isinstance(meant, Rich):
            return await _offer(inbox, draft, conversation_id, *meant)
        part = replace(draft.first_part, text=meant.text, entities=meant.entities)
        draft = replace(draft, parts=(part,))
    if draft.is_internal:
        return await keep_inside(inbox, draft)
    text = draft.text
    await flow.reply(
        inbox,
        Reply(
            key=draft.key,
            conversation_id=conversation_id,
            author_id=draft.author_id,
            text=text.text,
            written_at=draft.written_at,
            entities=text.entities,
            attachments=draft.attachments,
            message_id=draft.message_id,
            desk_ref=draft.first,
            only_sender=await _only_sender(inbox, draft.message_id),
        ),
    )
    await _decided(inbox, draft, conversation_id)
    return None


async def _offer(
    inbox: Inbox, draft: Draft, conversation_id: int, item: PriceItem, by: Manager
) -> Quote | None:
    quote = await quotes.offer(
        inbox,
        conversation_id,
        item,
        by,
        key=draft.key,
        message_id=draft.message_id,
        desk_ref=draft.first,
    )
    await _decided(inbox, draft, conversation_id)
    return quote


async def keep_inside(inbox: Inbox, draft: Draft) -> KeptInside:
    """Make it a note for the studio alone, once for ever. ValueError for one about no client."""
    if draft.conversation_id is None:
        raise ValueError("nobody said whom this is about")
    text = draft.note_text
    async with inbox.store.begin() as t:
        staff = await t.staff()
    called, unknown = internal_notes.mentioned(text.text, text.entities, staff)
    note = InternalNote(
        key=draft.key,
        conversation_id=draft.conversation_id,
        author_id=draft.author_id,
        text=text.text,
        written_at=draft.written_at,
        entities=text.entities,
        attachments=draft.attachments,
        message_id=draft.message_id,
        desk_ref=draft.first,
        mentions=tuple(one.id for one in routing.people(called) if one.id != draft.author_id),
    )
    kept = await internal_notes.add(inbox, note)
    await _decided(inbox, draft, draft.conversation_id)
    return KeptInside(kept, called, unknown)


async def _decided(inbox: Inbox, draft: Draft, conversation_id: int) -> None:
    links = [
        DeskLink(Shown(one.ref, Purpose.NOTE), conversation_id, draft.author_id, draft.message_id)
        for one in draft.parts
    ]
    async with inbox.store.begin() as t:
        await t.link(links)
        if len(draft.parts) > 1:
            await _keep_album(t, draft)
        await t.save_form(_key(draft.first), None)


async def keep(t: Transaction, draft: Draft) -> None:
    """Until it is decided."""
    await t.save_form(_key(draft.first), _written(draft))
    if len(draft.parts) > 1:
        await _keep_album(t, draft)


async def kept(t: Transaction, first: DeskRef) -> Draft | None:
    """The draft that this message begins; None where it was decided, or is of another version."""
    return _read(await t.form(_key(first)))


async def drop(t: Transaction, draft: Draft) -> None:
    """It goes to nobody."""
    await t.save_form(_key(draft.first), None)


async def album_with(t: Transaction, ref: DeskRef) -> Draft | None:
    """The album that this message is one of, as it was last edited."""
    first = await t.form(_album_key(ref))
    if first is None:
        return None
    return _read(await t.form(_album_key(replace(ref, message_id=int(first)), whole=True)))


async def save_album(t: Transaction, album: Draft) -> None:
    """It says something else from now on."""
    await _keep_album(t, album)


async def _keep_album(t: Transaction, draft: Draft) -> None:
    await t.save_form(_album_key(draft.first, whole=True), _written(draft))
    for one in draft.parts:
        await t.save_form(_album_key(one.ref), str(draft.first.message_id))


async def _only_sender(inbox: Inbox, message_id: int | None) -> bool:
    """What was chosen on the card; by default everybody is answered."""
    if message_id is None:
        return False
    async with inbox.store.begin() as t:
        return (await t.card(message_id)).only_sender


def _key(ref: DeskRef) -> str:
    return f"draft:{ref.account}:{ref.chat_id}:{ref.message_id}"


def _album_key(ref: DeskRef, *, whole: bool = False) -> str:
    kind = "album" if whole else "album-item"
    return f"{kind}:{ref.account}:{ref.chat_id}:{ref.message_id}"


def _written(draft: Draft) -> str:
    return json.dumps(asdict(draft) | {"written_at": draft.written_at.isoformat()})


def _read(text: str | None) -> Draft | None:
    try:
        given = json.loads(text or "null")
        return Draft(
            parts=tuple(_part(one) for one in given["parts"]),
            author_id=given["author_id"],
            written_at=datetime.fromisoformat(given["written_at"]),
            conversation_id=given["conversation_id"],
            message_id=given["message_id"],
        )
    except (ValueError, TypeError, KeyError):
        return None


def _part(given: Mapping[str, Any]) -> Part:
    return Part(
        DeskRef(**given["ref"]),
        given["text"],
        tuple(Entity(**one) for one in given["entities"]),
        tuple(Attachment(**one | {"media": Media(one["media"])}) for one in given["attachments"]),
        given.get("chosen", False),
    )
