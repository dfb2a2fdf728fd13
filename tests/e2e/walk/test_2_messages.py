"""The walk through what clients send, change and are told, point by point, in English and in
Russian; each step is a point of the plan, quoted."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import pytest

from sandbox.telegram.rights import ALL_RIGHTS
from tests.e2e.walk.people import Side
from tests.e2e.walk.stage import BOT, BOT_NAME, Message, Walk, at_once, buttons_of, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]


# --- every kind of message -------------------------------------------------------------------

FILES = ("photo", "video", "video_note", "voice", "audio", "document", "sticker", "animation")


def kind_of(message: Message) -> str:
    """Which file it carries; an animation is a document too."""
    return next((kind for kind in reversed(FILES) if kind in message), "")


async def test_every_kind_of_file_is_shown(walk: Walk, at: Side) -> None:
    """ "Every kind of message shown and kept: ... photo, video, note, voice, audio, document,
    sticker, animation"."""
    client, me = at.client(), at.manager.telegram
    for kind in FILES:
        await walk.telegram.sends(client.telegram, BOT, kind, b"bytes of a " + kind.encode())
    shown = {
        kind: await walk.said(me, "", also=lambda one, kind=kind: kind_of(one) == kind)
        for kind in FILES
    }
    assert len({one["message_id"] for one in shown.values()}) == len(FILES)
    answer = await walk.answers(at.manager, shown["voice"], f"Heard, {client.name}")
    await walk.said(client.telegram, f"Heard, {client.name}")
    await walk.marked(me, answer)


async def test_an_album_is_one(walk: Walk, at: Side) -> None:
    """ "albums as one": one card, and the photos together in their order."""
    client, me = at.client(), at.manager.telegram
    last = max(one["message_id"] for one in await walk.chat(me))
    items = [{"kind": "photo", "content": f"{one}".encode()} for one in range(4)]
    items[0] |= {"caption": f"Four corners of {client.name}"}
    await walk.telegram.sends_album(client.telegram, BOT, items)
    await walk.said(me, f"Four corners of {client.name}", after=last)

    async def together() -> list[Message]:
        there = [one for one in await walk.theirs(me) if one["message_id"] > last]
        photos = [one for one in there if "photo" in one]
        return photos if len(photos) == len(items) else []

    photos = await walk.until(together, "all photos are there")
    assert len({one["media_group_id"] for one in photos}) == 1
    cards = [one for one in await walk.theirs(me) if f"corners of {client.name}" in text_of(one)]
    assert len(cards) == 1


def things(at: Side) -> list[tuple[str, dict[str, Any], str]]:
    """Kinds without a file, and the words by which a card shows them."""
    stars = at.say.many(
        "⭐ Paid media for {number} star: open it in Telegram",
        "⭐ Paid media for {number} stars: open it in Telegram",
        50,
    )
    return [
        ("location", {}, f"📍 {at.words('location')}"),
        ("venue", {"title": "The site"}, "The site"),
        ("contact", {"first_name": "The builder"}, "👤 +79160000000 · The builder"),
        ("poll", {"question": "Which roof?"}, at.words("📊 Poll: {name}", name="Which roof?")),
        ("story", {}, at.words("📖 A story of {name}: open it in Telegram", name="Channel")),
        ("paid_media", {}, stars),
        ("rich_message", {}, "The landing page is needed by Friday."),
        ("checklist", {}, at.words("☑️ Checklist: {name}", name="For the start")),
        ("game", {}, at.words("🎮 Game: {name}", name="Snake")),
        ("invoice", {}, at.words("🧾 Invoice: {name}", name="Landing page")),
        ("dice", {"value": 5}, at.words("{emoji} Thrown: {value}", emoji="🎲", value=5)),
    ]


async def test_every_other_kind_is_shown_or_said(walk: Walk, at: Side) -> None:
    """ "location, venue, contact, poll, story, paid media (said, not shown), rich message ...;
    unknown kinds shown as "a message of kind X, open in Telegram" "."""
    client, me = at.client(), at.manager.telegram
    last = max(one["message_id"] for one in await walk.chat(me))
    for kind, details, _ in things(at):
        await walk.telegram.sends(client.telegram, BOT, kind, **details)
    await walk.telegram.act(
        "writes", person=client.telegram, bot=BOT, content={"hologram": {"depth": 3}}
    )
    said = at.words("❔ A message of kind “{kind}”: open it in Telegram", kind="hologram")
    for words in (*(words for *_, words in things(at)), said):
        card = await walk.said(me, words, after=last)
        assert text_of(card).startswith(client.name)


async def test_text_with_its_formatting_forwards_quotes_and_replies(walk: Walk, at: Side) -> None:
    """ "text with entities ..., forward, quote, reply"."""
    client = at.client()
    bold = [{"type": "bold", "offset": 0, "length": 4}]
    card = await walk.asks(at, client, f"Very soon, {client.name}", entities=bold)
    start = text_of(card).encode("utf-16-le").index("Very soon".encode("utf-16-le")) // 2
    assert {"type": "bold", "offset": start, "length": 4} in card["entities"]

    origin = {"type": "hidden_user", "sender_user_name": "Old Nick", "date": 1}
    passed = await walk.asks(at, client, f"Passed on by {client.name}", forward_origin=origin)
    assert at.words("↪ Forwarded from {name}", name="Old Nick") in text_of(passed)

    await walk.answers(at.manager, card, "The fence costs 40, the gate 25.")
    ours = await walk.said(client.telegram, "The fence costs 40, the gate 25.")
    how: dict[str, Any] = {"reply_to": ours["message_id"], "quote": "the gate 25"}
    quoting = await walk.asks(at, client, f"Too much, says {client.name}", **how)
    assert at.words("↩️ In answer to our message") in text_of(quoting)
    assert "the gate 25" in text_of(quoting)
    assert "The fence" not in text_of(quoting)
    how = {"reply_to": ours["message_id"]}
    replying = await walk.asks(at, client, f"Agreed then, says {client.name}", **how)
    assert "The fence costs 40" in text_of(replying)


# --- edits, deletions, who cannot be reached -------------------------------------------------


async def test_what_a_client_edits_shows_and_what_it_said_is_kept(walk: Walk, at: Side) -> None:
    """ "Edits of a client show on the card (new text, "edited", old one kept in history)"."""
    client, me = at.client(), at.manager.telegram
    first = await walk.writes(client.telegram, "The price is 100")
    card = await walk.said(me, "The price is 100", also=lambda one: client.name in text_of(one))
    await walk.telegram.edits(client.telegram, BOT, first["message_id"], "The price is 200")
    edited = at.words("✏️ Edited by the client: {time}", time="")
    card = await walk.shows(me, card, "The price is 200", edited)
    assert "The price is 100" not in text_of(card)
    await walk.press(me, card, at.words("What it said before"))
    before = await walk.said(me, "The price is 100", after=card["message_id"])
    assert at.words("Now:") in text_of(before)

    await walk.answers(at.manager, card, "Agreed.")
    await walk.shows(me, card, "✅")
    await walk.telegram.edits(client.telegram, BOT, first["message_id"], "The price is 300")
    note = at.say.template("✏️ {name} changed a message that was answered. Before it said:")
    told = await walk.said(me, note.format(name=client.name))
    assert "The price is 200" in text_of(told)
    await walk.shows(me, card, "The price is 300")


async def test_deletions_in_an_own_account_are_marked_and_kept(walk: Walk, at: Side) -> None:
    """ "deletions (business) marked, kept for staff"."""
    client, me = at.client(), at.manager.telegram
    where: Mapping[str, Any] = {"chat_id": client.telegram, "owner": me}
    await walk.telegram.connects(me, BOT, rights=sorted(ALL_RIGHTS))
    sent = await walk.writes(client.telegram, "Said in anger", **where)
    card = await walk.said(me, "Said in anger", also=lambda one: client.name in text_of(one))
    await walk.telegram.deletes(client.telegram, BOT, sent["message_id"], **where)
    taken = at.say.template(
        "🗑 Taken back by the client: {time}. Only the studio still sees it."
    ).partition("{")[0]
    await walk.shows(me, card, taken, "Said in anger")


async def test_who_blocks_the_bot_is_marked_and_told_of_once(walk: Walk, at: Side) -> None:
    """ "Blocked by client ...: handle marked, manager told once"."""
    client, me = at.client(), at.manager.telegram
    card = await walk.asks(at, client, f"{client.name} before the block")
    await walk.telegram.blocks(client.telegram, BOT)
    words = at.say.template("🚫 {name} has blocked the bot: answers there do not arrive.")
    told = words.format(name=client.name)
    await walk.said(me, told)
    card = await walk.shows(me, card, at.words(BLOCKED))
    answer = await walk.answers(at.manager, card, "Into the void")
    why = at.words("the recipient has blocked the bot")
    note = await walk.said(me, at.words("❌ Not sent: {reason}.", reason=why))
    assert note["reply_to_message"]["message_id"] == answer["message_id"]
    assert await walk.count(me, told) == 1

    await walk.asks(at, client, f"{client.name} is back")
    await walk.clears(me, card, at.words(BLOCKED))


BLOCKED = "🚫 The client has blocked the bot: an answer will not arrive"


async def test_who_deletes_the_account_is_told_of_once(walk: Walk, at: Side) -> None:
    """ "deleted account: handle marked, manager told once"."""
    client, me = at.client(), at.manager.telegram
    card = await walk.asks(at, client, f"{client.name} for the last time")
    await walk.telegram.does("deletes_account", client.telegram, BOT)
    first = await walk.answers(at.manager, card, "Are you still there?")
    await walk.said(me, "❌", after=first["message_id"])
    deleted = at.words("🚫 The client's account is deleted: an answer will not arrive")
    await walk.shows(me, card, deleted)
    second = await walk.answers(at.manager, card, "Hello?")

    async def refused() -> bool:
        notes = await walk.theirs(me)
        below = [one.get("reply_to_message", {}).get("message_id") for one in notes]
        return second["message_id"] in below

    await walk.until(refused, "the second answer is refused too")
    words = at.say.template(
        "🚫 The Telegram account of {name} was deleted: answers there do not arrive."
    )
    told = await walk.count(me, words.format(name=client.name))
    assert told <= 1


# --- greeting, personal link, suggestions ----------------------------------------------------


def hello(at: Side) -> str:
    return at.words("Hello! Write to us here: a person of our team reads it and answers.")


async def test_who_opens_the_chat_is_greeted_in_the_own_language(walk: Walk, at: Side) -> None:
    """ "Greeting in the client's language with what to expect (hours, usual reply time from real
    figures)": while the studio is open, with the time in which it usually answers."""
    cards = [await walk.asks(at, at.client(), f"First question {one}") for one in range(5)]
    await asyncio.gather(*(walk.answers(at.manager, one, "The first answer.") for one in cards))
    await asyncio.gather(*(walk.shows(at.manager.telegram, one, "✅") for one in cards))
    newcomer = await walk.stranger(at, "Newcomer")
    await walk.telegram.starts(newcomer, BOT)
    greeting = await walk.said(newcomer, hello(at))
    usual = at.say.many("within {number} minute", "within {number} minutes", 5)
    assert at.words("We usually answer {time} of working time.", time=usual) in text_of(greeting)
    assert "20:00" in text_of(greeting), "until when we are there"
    # Once for each opening: what is written next gets an answer of a person.
    await walk.said_after(at.manager.telegram, f"Newcomer {at.language}", newcomer)
    assert await walk.count(newcomer, hello(at)) == 1


async def test_a_personal_link_makes_mail_and_telegram_one_client(walk: Walk, at: Side) -> None:
    """ "`/start` with a personal one-time link joins the person's mail and Telegram into one
    client (the link can be put in mail signatures ...), reversible by staff ("split")"."""
    client, me = at.by_mail(), at.manager.telegram
    await walk.mails(client, "A terrace", f"What is a terrace, asks {client.name}")
    card = await walk.said(me, f"What is a terrace, asks {client.name}")
    await walk.answers(at.manager, card, f"A floor outside, {client.name}.")
    mail = await walk.mailed(client, f"A floor outside, {client.name}.")
    link = f"https://t.me/{BOT_NAME}?start=link_"
    assert link in mail.text
    payload = "link_" + mail.text.partition(link)[2].split()[0]

    name = f"Phone of {client.name}"
    person = await walk.stranger(at, name)
    await walk.telegram.starts(person, BOT, payload)
    told = await walk.said(me, at.words("🔗 {name} opened the personal link:", name=client.name))
    card = await walk.said_after(me, f"Now from the phone, {client.name}", person)
    assert text_of(card).startswith(client.name + "\n")

    other = await walk.stranger(at, "Somebody else")
    await walk.telegram.starts(other, BOT, payload)
    await walk.said(other, hello(at))
    offer = await walk.said_after(me, f"With a used link, {client.name}", other)
    assert text_of(offer).startswith("Somebody else")

    split = at.words("Split")
    await walk.press(me, told, split)
    sure = at.words(
        "Split? What was written from there goes back to {name}, as a client of its own.",
        name=name,
    )
    await walk.press(me, await walk.shows(me, told, sure), split)
    await walk.shows(me, told, at.words("✂️ Split again."))
    card = await walk.said_after(me, f"After the split, {client.name}", person)
    assert text_of(card).startswith(name)


async def suggested(walk: Walk, at: Side, other: str, after: int) -> Message:
    """The question whether somebody is the client of this name; each is still an own client."""
    ask = at.words("👥 Is this the same person?")
    told = await walk.said(at.manager.telegram, ask, after=after)
    assert other in text_of(told)
    assert at.words("Nothing is joined unless you say so.") in text_of(told)
    return told


@at_once
async def test_the_same_phone_or_address_is_only_suggested(walk: Walk, at: Side) -> None:
    """ "merge suggestions (same phone, same address in text) only ever *suggested*"."""
    one, two, me = at.by_mail(), at.by_mail(), at.manager.telegram
    person = await walk.stranger(at, f"Guest of {one.name}", phone=two.phone)
    card = await walk.said_after(me, f"Guest at {one.name}", person)
    await walk.press(me, card, at.words("Take"))
    card = await walk.said_after(me, f"Write to {one.address} please", person)
    told = await suggested(walk, at, one.name, card["message_id"])
    card = await walk.said_after(me, f"Still me, at {one.name}", person)
    assert text_of(card).startswith(f"Guest of {one.name}")
    await walk.press(me, told, at.words("Not the same"))
    await walk.shows(me, told, at.words("☑️ Noted: two people."))

    await walk.telegram.does("shares_contact", person, BOT)
    told = await suggested(walk, at, two.name, card["message_id"])
    assert two.phone in text_of(told)
    await walk.press(me, told, at.words("Same person"))
    await walk.shows(me, told, at.words("✅ Noted: the same person."))
    joined = await walk.said(me, at.words("🔗 Now one person:"), after=card["message_id"])
    assert at.words("Split") in buttons_of(joined)


async def test_off_hours_the_greeting_says_when_we_open(walk: Walk, at: Side) -> None:
    """ "Greeting ... with what to expect (hours ...)": while the studio is closed."""
    now = walk.clock.now()
    if now.hour < 20:
        await walk.turn(now.replace(hour=21, minute=0))
    newcomer = await walk.stranger(at, "Night owl")
    await walk.telegram.starts(newcomer, BOT)
    greeting = await walk.said(newcomer, hello(at))
    opens = at.words("tomorrow at {time}", time="08:00")
    closed = at.say("We are closed now and open {time}.", time=f"{opens} (UTC+0)")
    assert closed in text_of(greeting)
