"""Lists about clients: who there is, what was said, which files and notes there are; pure."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bot.buttons import Button, Keyboard, in_rows, pages
from bot.card_lines import NAME_LIMIT, channel_name
from bot.cards import CardView
from bot.client_buttons import (
    ClientButton,
    ClientDeed,
    ClientsButton,
    FileButton,
    FileOf,
    FindClientButton,
    HistoryButton,
    NotesButton,
    Sorted,
)
from bot.client_cards import back_to
from bot.kinds import attachment_line
from bot.note_keeping import note_body
from bot.notes import history_line
from bot.reader import Reader
from bot.rich import MESSAGE_LIMIT, Rich, joined, one_line
from bot.texts import Say
from bot.wording import moment
from inbox.model import Attachment, Client, Manager
from inbox.ports import HistoryLine
from inbox.work_records import ClientFile, ClientLine, ClientOrder, InternalNote

PAGE = 8
BUTTON_LIMIT = 40  # UTF-16 units
NOTE_LINES = 400
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
ORDERS = {
    Sorted.NAME: ClientOrder.NAME,
    Sorted.LATEST: ClientOrder.LATEST,
    Sorted.WAITING: ClientOrder.WAITING,
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the list of clients. `lines`: one more than a page where there is more. `names`:
    of those who hold them; `words`: by what they were found."""

    lines: tuple[ClientLine, ...]
    at: ClientsButton
    names: Mapping[int, str]
    words: str = ""


# --- clients -----------------------------------------------------------------------------------


def clients_view(reader: Reader, listed: Listed) -> CardView:
    """Each client with a button that opens its card; sorted and sifted by buttons."""
    say, at = reader.say, listed.at
    title = say("Clients")
    if listed.words:
        title = say("Clients with “{words}”", words=one_line(listed.words, NAME_LIMIT))
    shown = listed.lines[:PAGE]
    lines = [_client_line(reader, one, number, listed) for number, one in _numbered(shown, at)]
    if not shown:
        lines = [Rich(say("There is nobody here."))]
    buttons = [
        Button(
            one_line(f"{number} · {_name(one.client)}", BUTTON_LIMIT),
            ClientButton(deed=ClientDeed.OPEN, client_id=one.client.id),
        )
        for number, one in _numbered(shown, at)
    ]
    turn = pages(
        at.offset,
        PAGE,
        more=len(listed.lines) > PAGE,
        to=lambda offset: at.model_copy(update={"offset": offset}),
    )
    rows = (*in_rows(buttons, 2), *((turn,) if turn else ()), *_sifting(say, at))
    return CardView(joined([Rich(title).styled("bold"), joined(lines)], "\n\n"), rows)


def _numbered(lines: Sequence[ClientLine], at: ClientsButton) -> list[tuple[int, ClientLine]]:
    return list(enumerate(lines, at.offset + 1))


def _name(client: Client) -> str:
    return one_line(client.name, NAME_LIMIT) or f"№ {client.id}"


def _client_line(reader: Reader, line: ClientLine, number: int, listed: Listed) -> Rich:
    say, now = reader.say, reader.now
    parts: list[str] = []
    overdue = line.due_at is not None and line.due_at <= now
    if line.waiting:
        parts.append(("🔴" if overdue else "🟡") + f" {line.waiting}")
    if line.due_at is not None:
        at = moment(say, line.due_at, now, reader.zone)
        words = (
            say("overdue since {time}", time=at)
            if overdue
            else say("to be answered by: {time}", time=at)
        )
        parts.append(words)
    if line.tasks:
        parts.append(f"🗒 {line.tasks}")
    holder = listed.names.get(line.client.manager_id or 0)
    parts.append(one_line(holder, NAME_LIMIT) if holder else say("nobody's yet"))
    if line.last_at is not None and not line.waiting:
        parts.append(moment(say, line.last_at, now, reader.zone))
    head = Rich(f"{number}. {_name(line.client)}")
    return (head.styled("bold") if overdue else head) + " · " + Rich(" · ".join(parts))


def _sifting(say: Say, at: ClientsButton) -> Keyboard:
    orders = (
        (say("By name"), Sorted.NAME),
        (say("Latest"), Sorted.LATEST),
        (say("By due time"), Sorted.WAITING),
    )
    sort = tuple(
        Button(
            f"• {words}" if at.order is order else words,
            ClientsButton(order=order, waiting=at.waiting),
        )
        for words, order in orders
    )
    words = say("☑ Only who waits") if at.waiting else say("☐ Only who waits")
    only = Button(words, ClientsButton(order=at.order, waiting=not at.waiting))
    return (sort, (only, Button(say("🔎 Find"), FindClientButton())))


# --- history -----------------------------------------------------------------------------------


def history_page(
    reader: Reader, me: Manager, client: Client, lines: Sequence[HistoryLine], at: HistoryButton
) -> CardView:
    """The newest of the lines before the button's instant (oldest first; more than a page and what
    is skipped where there is more), as many as fit, with their channels."""
    say = reader.say
    lines = lines[: len(lines) - at.skip]
    title = Rich(say("{client}: all channels", client=_name(client))).styled("bold")
    kept, entries = _fitting(reader, me, lines[-PAGE:], MESSAGE_LIMIT - title.units - 8)
    body = joined(entries, "\n\n") if entries else Rich(say("Nothing yet."))
    turning: list[Button] = []
    if len(kept) < len(lines):
        turning.append(Button(say("← Older"), _older(kept, at)))
    if at.before:
        turning.append(Button(say("Newest →"), HistoryButton(client_id=client.id)))
    rows: Keyboard = ((tuple(turning),) if turning else ()) + ((back_to(say, client.id),),)
    return CardView(joined([title, body], "\n\n"), rows)


def _older(kept: Sequence[HistoryLine], at: HistoryButton) -> HistoryButton:
    """The page before: the rest of the oldest instant here, and what is older."""
    before = (kept[0].at - _EPOCH) // _MICROSECOND + 1
    shown = sum(1 for one in kept if one.at == kept[0].at)
    skip = shown + at.skip if before == at.before else shown
    return HistoryButton(client_id=at.client_id, before=before, skip=skip)


def instant_of(before: int) -> datetime | None:
    """The instant that a button carries; None: the newest."""
    return _EPOCH + before * _MICROSECOND if before else None


def _fitting(
    reader: Reader, me: Manager, lines: Sequence[HistoryLine], room: int
) -> tuple[list[HistoryLine], list[Rich]]:
    kept: list[HistoryLine] = []
    entries: list[Rich] = []
    for line in reversed(lines):
        place = channel_name(reader.say, line.channel_id) if line.channel_id else ""
        entry = history_line(reader.say, line, me, reader.now, place)
        if entry.units + 2 > room and kept:
            break
        room -= entry.units + 2
        kept.insert(0, line)
        entries.insert(0, entry)
    return kept, entries


# --- files -------------------------------------------------------------------------------------


def files_view(
    reader: Reader, client: Client, files: Sequence[ClientFile], offset: int
) -> CardView:
    """A page of a client's files, the newest first, each with a button that shows it."""
    say, shown = reader.say, files[:PAGE]
    title = Rich(say("Files of {client}", client=_name(client))).styled("bold")
    lines: list[Rich] = []
    buttons: list[Button] = []
    for number, one in enumerate(shown, offset + 1):
        arrow = "←" if one.inbound else "→"
        at = moment(say, one.at, reader.now, reader.zone)
        lines.append(Rich(f"{number}. {attachment_line(say, one.attachment)} · {arrow} {at}"))
        if (button := _file_button(client, one)) is not None:
            buttons.append(Button(str(number), button))
    if not lines:
        lines = [Rich(say("There are no files."))]
    turn = pages(
        offset,
        PAGE,
        more=len(files) > PAGE,
        to=lambda place: ClientButton(deed=ClientDeed.FILES, client_id=client.id, offset=place),
    )
    rows = (*in_rows(buttons, 4), *((turn,) if turn else ()), (back_to(say, client.id),))
    return CardView(joined([title, joined(lines)], "\n\n"), rows)


def _file_button(client: Client, file: ClientFile) -> FileButton | None:
    of, source = FileOf.MESSAGE, file.message_id
    if source is None or file.reply_id is not None:
        of, source = FileOf.REPLY, file.reply_id
    if source is None:
        return None
    mark = mark_of(file.attachment)
    return FileButton(of=of, client_id=client.id, source_id=source, mark=mark)


def mark_of(attachment: Attachment) -> int:
    """What tells a file from others of the same message."""
    return zlib.crc32("\n".join((attachment.ref, attachment.name)).encode(errors="replace"))


# --- notes -------------------------------------------------------------------------------------


def notes_view(
    reader: Reader,
    client: Client,
    notes: Sequence[InternalNote],
    names: Mapping[int, str],
    *,
    newest: bool,
) -> CardView:
    """A page of the notes about a client, the newest first; their files by buttons."""
    say = reader.say
    title = Rich(say("Notes about {client}", client=_name(client))).styled("bold")
    room = MESSAGE_LIMIT - title.units - 8
    entries: list[Rich] = []
    buttons: list[Button] = []
    for note in notes[:PAGE]:
        entry = _note_entry(reader, note, names)
        if entry.units + 2 > room and entries:
            break
        room -= entry.units + 2
        entries.append(entry)
        buttons += [_note_file(say, client, note, one) for one in note.attachments]
    body = joined(entries, "\n\n") if entries else Rich(say("Nothing yet."))
    turning: list[Button] = []
    if len(entries) < len(notes):
        older = NotesButton(client_id=client.id, before_id=notes[len(entries) - 1].id)
        turning.append(Button(say("← Older"), older))
    if not newest:
        turning.append(Button(say("Newest →"), NotesButton(client_id=client.id)))
    write = Button(say("📝 Note"), ClientButton(deed=ClientDeed.NOTE, client_id=client.id))
    rows: Keyboard = (
        *in_rows(buttons[: 2 * PAGE], 2),
        *((tuple(turning),) if turning else ()),
        (write, back_to(say, client.id)),
    )
    return CardView(joined([title, body], "\n\n"), rows)


def _note_entry(reader: Reader, note: InternalNote, names: Mapping[int, str]) -> Rich:
    say = reader.say
    author = one_line(names.get(note.author_id, "?"), NAME_LIMIT)
    at = moment(say, note.written_at, reader.now, reader.zone)
    head = f"📝 {author} · {at}"
    if note.edited_at is not None:
        head = " · ".join((head, say("edited")))
    return joined([Rich(head).styled("bold"), note_body(say, note, NOTE_LINES)])


def _note_file(say: Say, client: Client, note: InternalNote, file: Attachment) -> Button:
    data = FileButton(of=FileOf.NOTE, client_id=client.id, source_id=note.id, mark=mark_of(file))
    return Button(one_line(attachment_line(say, file), BUTTON_LIMIT), data)
