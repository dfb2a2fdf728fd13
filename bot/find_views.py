"""What was found as members see it: pure, from hits to lines with a button each."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.buttons import Button, in_rows
from bot.card_lines import NAME_LIMIT, channel_name
from bot.cards import CardView
from bot.client_buttons import ClientButton, ClientDeed
from bot.find_buttons import FindButton, FoundButton, FoundPageButton
from bot.reader import Reader
from bot.rich import Rich, joined, one_line, units
from bot.texts import Say
from bot.wording import moment
from inbox.model import Entity
from inbox.reading_queries import Fault, Filter
from inbox.searching import Hit, HitKind, Hits, Query
from inbox.work_records import ClientLine
from storage.stems import stem_of, stems

PAGE = 6
CLIENTS = 3
BUTTON_LIMIT = 40  # UTF-16 units
WORDS_LIMIT = 120
TEXT_LIMIT = 160
BEFORE = 50  # characters in front of the first word that was asked for
_ARROWS = {HitKind.MESSAGE: "←", HitKind.REPLY: "→", HitKind.NOTE: "📝"}
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class Found:
    """A page: what was `typed`, what it was read as, which clients are called so, the hits."""

    typed: str
    query: Query
    faults: tuple[Fault, ...]
    clients: Sequence[ClientLine]
    hits: Hits
    first: bool


def found_view(reader: Reader, found: Found) -> CardView:
    """Each hit with a button that jumps to it; below, the way on."""
    say = reader.say
    title = Rich(f"🔎 {one_line(found.typed, WORDS_LIMIT)}").styled("bold")
    lines = [title, *(Rich(f"⚠️ {fault_words(say, one)}") for one in found.faults)]
    asked = frozenset(stems(found.query.words))
    lines += [_hit(reader, one, number, asked) for number, one in enumerate(found.hits.hits, 1)]
    if not found.hits.hits:
        lines.append(Rich(_nothing(say, found)))
    if found.hits.unread:
        lines.append(Rich(_unread(say, found.hits.unread)))
    jumps = [_jump(one, number) for number, one in enumerate(found.hits.hits, 1)]
    return CardView(
        joined(lines, "\n\n"),
        (*in_rows(_clients(found.clients), 1), *in_rows(jumps, 2), _turning(say, found)),
    )


def fault_words(say: Say, fault: Fault) -> str:
    """What of the search was not understood, and is left out."""
    name, value = fault.filter.value, one_line(fault.value, NAME_LIMIT)
    if not value:
        return say("Behind “{name}:” something is missing.", name=name)
    if fault.filter is Filter.HAS:
        return say("“has:{value}” is not known; there is “has:file”.", value=value)
    return say("“{value}” is no date; write it like 1.11, 1.11.2026 or 2026-11-01.", value=value)


def ask_words(say: Say) -> Rich:
    """The question what to search for."""
    return Rich(
        say(
            "What are you looking for? Reply to this message with words, in any form, and narrow "
            "it down where you want: from:anna in:daisy before:1.11 after:1.10 has:file"
        )
    )


def here_view(say: Say, hit_client: str, button: FoundButton) -> CardView:
    """The answer to the card that was jumped to."""
    words = say("⬆️ {client}: here it is.", client=one_line(hit_client, NAME_LIMIT))
    return CardView(Rich(words), ((Button(say("Show the card anew"), button),),))


def _hit(reader: Reader, hit: Hit, number: int, asked: frozenset[str]) -> Rich:
    client = one_line(hit.client_name, NAME_LIMIT) or f"№ {hit.client_id}"
    author = f"{_ARROWS[hit.kind]} {one_line(hit.author, NAME_LIMIT)}"
    when = moment(reader.say, hit.at, reader.now, reader.zone)
    where = channel_name(reader.say, hit.channel_id)
    head = Rich(f"{number} · {client}").styled("bold") + f"\n{author} · {where} · {when}"
    subject = f"{hit.subject}: " if hit.subject and hit.kind is HitKind.MESSAGE else ""
    text = _marked(_around(" ".join(f"{subject}{hit.text}".split()), asked), asked)
    files = " ".join(f"📎 {one_line(name, NAME_LIMIT)}" for name in hit.files[:3] if name)
    return joined([head, text, Rich(files or ("📎" if hit.files else ""))])


def _around(text: str, asked: frozenset[str]) -> str:
    """The text from a little before the first word that was asked for."""
    place = next((one.start() for one in _WORD.finditer(text) if stem_of(one[0]) in asked), 0)
    if place <= BEFORE:
        return one_line(text, TEXT_LIMIT)
    start = text.find(" ", place - BEFORE) + 1
    return one_line(f"… {text[start if 0 < start <= place else place :]}", TEXT_LIMIT)


def _marked(line: str, asked: frozenset[str]) -> Rich:
    """With the words that were asked for underlined."""
    places = [one for one in _WORD.finditer(line) if stem_of(one[0]) in asked]
    marks = (Entity("underline", units(line[: one.start()]), units(one[0])) for one in places)
    return Rich(line, tuple(marks))


def _nothing(say: Say, found: Found) -> str:
    if not found.first:
        return say("There is nothing further.")
    if found.clients:
        return say("No message has these words.")
    return say("Nothing is found among what you see.")


def _unread(say: Say, number: int) -> str:
    return say.many(
        "{number} older message is not searched yet; it is being read in.",
        "{number} older messages are not searched yet; they are being read in.",
        number,
    )


def _clients(clients: Sequence[ClientLine]) -> list[Button]:
    return [
        Button(
            one_line(f"👤 {one.client.name or f'№ {one.client.id}'}", BUTTON_LIMIT),
            ClientButton(deed=ClientDeed.OPEN, client_id=one.client.id),
        )
        for one in clients
    ]


def _jump(hit: Hit, number: int) -> Button:
    name = hit.client_name or f"№ {hit.client_id}"
    data = FoundButton(conversation_id=hit.conversation_id, message_id=hit.message_id or 0)
    return Button(one_line(f"{number} · {name}", BUTTON_LIMIT), data)


def _turning(say: Say, found: Found) -> tuple[Button, ...]:
    back = (Button(say("⇤ Newest"), FoundPageButton()),) if not found.first else ()
    on: tuple[Button, ...] = ()
    if found.hits.more and found.hits.hits:
        on = (Button(say("Older →"), FoundPageButton(after=found.hits.hits[-1].number)),)
    return (*back, Button(say("🔎 Other words"), FindButton()), *on)
