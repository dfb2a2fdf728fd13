"""Noon: what begins with // reaches no client, by whatever way; one client is taken."""

from __future__ import annotations

from typing import Any

import pytest

from tests.e2e.day.offers import preview
from tests.e2e.day.scene import INSIDE, Outcomes, Scene
from tests.e2e.walk.people import Client
from tests.e2e.walk.stage import BOT, Message, buttons_of, text_of

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="package")]


@pytest.fixture(autouse=True)
def at_noon(morning: Outcomes) -> None:
    assert morning


async def stays_inside(scene: Scene, own: Message) -> None:
    await scene.below(own, scene.at.words(INSIDE))


async def test_in_a_reply_a_caption_and_an_album(scene: Scene) -> None:
    """To the card, and to what the desk says below it."""
    client, card = await scene.asks()
    secret = f"secret of {client.name}"
    kept = await scene.answers(card, f"// first {secret}")
    await stays_inside(scene, kept)
    noted = await scene.below(kept)
    await stays_inside(scene, await scene.answers(noted, f"  //second {secret}"))
    how: dict[str, Any] = {"reply_to": card["message_id"]}
    sent = {"name": "a.pdf", "caption": f"// third {secret}"}
    await stays_inside(
        scene, await scene.walk.telegram.sends(scene.me, BOT, "document", b"%PDF", **sent, **how)
    )
    items = [{"kind": "photo", "content": b"1"}, {"kind": "photo", "content": b"2"}]
    items[1] |= {"caption": f"// fourth {secret}"}
    first, *_ = await scene.walk.telegram.sends_album(scene.me, BOT, items, **how)
    await stays_inside(scene, first)
    await nothing_came(scene, client, "secret")
    ordinals = ("first", "second", "third", "fourth")
    assert await scene.notes(client) == [f"{one} {secret}" for one in ordinals]


async def nothing_came(scene: Scene, client: Client, *words: str) -> None:
    """The client has neither words nor files of it; what is sent afterwards comes."""
    await scene.hidden(client, "// ", *words)
    there = await scene.walk.theirs(client.telegram)
    assert not [one for one in there if "photo" in one or "document" in one]


async def test_to_whom_asks_about_whom(scene: Scene) -> None:
    """A plain message goes to nobody; this one not even when its client is chosen."""
    client, _ = await scene.asks()
    own = await scene.walk.writes(scene.me, f"// plainly secret, {client.name}")
    question = await scene.below(
        own, scene.at.words("📝 A note for the studio alone. About whom is it?")
    )
    (label,) = [one for one in buttons_of(question) if one.startswith(client.name)]
    await scene.press(question, label)
    await scene.shows(question, INSIDE)
    await nothing_came(scene, client, "plainly secret")
    assert await scene.notes(client) == [f"plainly secret, {client.name}"]


async def test_in_an_answer_to_a_quote_and_to_a_template(scene: Scene) -> None:
    """The preview of a quote, the list of templates: both take other words."""
    client, card = await scene.asks()
    shown = await preview(scene, card)
    await stays_inside(scene, await scene.answers(shown, f"// dearer for {client.name}"))
    await scene.press(card, "Template")
    label = scene.at.words("💰 Price list")
    last = shown["message_id"]
    listed = await scene.walk.said(
        scene.me, client.name, after=last, also=lambda one: label in buttons_of(one)
    )
    await stays_inside(scene, await scene.answers(listed, f"// no words for {client.name}"))
    await nothing_came(scene, client, "dearer", "no words")
    assert len(await scene.notes(client)) == 2


async def test_an_edit_never_makes_a_note_a_reply_nor_sends_one(scene: Scene) -> None:
    """A reply edited into a note: the client keeps what was sent. A note without its mark: it
    stays a note."""
    client, card = await scene.asks()
    own = await scene.answers(card, f"Soon, {client.name}")
    await scene.read_once(client, f"Soon, {client.name}")
    await scene.walk.marked(scene.me, own)
    await scene.walk.telegram.edits(scene.me, BOT, own["message_id"], f"// never, {client.name}")
    said = "It has gone out already: no note can be made of it. The client has it as it was."
    await scene.below(own, scene.at.words(said))
    kept = await scene.answers(card, f"// poor {client.name}")
    await stays_inside(scene, kept)
    await scene.walk.telegram.edits(scene.me, BOT, kept["message_id"], f"rich {client.name}")
    await scene.walk.marked(scene.me, kept, "✍")
    await nothing_came(scene, client, "never", "poor", "rich")
    await scene.read_once(client, f"Soon, {client.name}")
    assert await scene.notes(client) == [f"rich {client.name}"]


async def test_no_template_and_no_price_begins_so(scene: Scene) -> None:
    """So inline mode has none to offer; what somebody types behind the bot's name goes to nobody
    by itself."""
    listed = await scene.walk.writes(scene.me, "/templates")
    shown = await scene.told("Templates", after=listed["message_id"], button="➕ New template")
    await scene.press(shown, "➕ New template")
    question = await scene.below(shown)
    own = await scene.answers(question, f"Hidden {scene.at.language}\n// secret text")
    await scene.below(own, scene.at.words("a text that begins with // would be an internal note"))
    offered = await scene.walk.telegram.types_inline(scene.me, BOT, "// secret")
    assert offered["results"] == []


async def test_who_may_not_answer_notes_nothing_and_sends_nothing(scene: Scene) -> None:
    """A colleague who was called answers without the mark: refused with a word."""
    client, card = await scene.asks()
    colleague = scene.at.colleague
    own = await scene.answers(card, f"// look, @{colleague.name}, at {client.name}")
    await stays_inside(scene, own)
    called = await scene.walk.said(
        colleague.telegram, f"look, @{colleague.name}, at {client.name}"
    )
    plain = await scene.answers(called, f"I would say no, {client.name}", who=colleague.telegram)
    await scene.below(plain, scene.at.manager.name, who=colleague.telegram)
    await nothing_came(scene, client, "I would say no", "look")


async def test_one_is_taken(scene: Scene) -> None:
    """ "take one": an administrator takes a client from the colleague's list."""
    admin, colleague = scene.at.admin.telegram, scene.at.colleague
    client, _ = await scene.asks(who=colleague)
    asked = await scene.walk.writes(admin, "/team")
    after = asked["message_id"]
    team = await scene.told("The team", who=admin, after=after, button="✉️ Invite")
    assert scene.at.words("waiting: {number}", number=1)[:-1] in text_of(team)
    await scene.press(team, colleague.name, who=admin)
    held = await scene.walk.shows(admin, team, client.name)
    rows = held["reply_markup"]["inline_keyboard"]
    (take,) = [row[1] for row in rows if len(row) > 1 and client.name in row[0]["text"]]
    number, data = held["message_id"], take["callback_data"]
    said = await scene.walk.telegram.presses(admin, BOT, number, data)
    assert said == scene.at.words("The client is yours.")
    await scene.walk.clears(admin, team, client.name)
    own = await scene.walk.writes(admin, f"/client {client.name}")
    card = await scene.below(own, f"👤 {client.name}", who=admin)
    assert scene.at.words("Manager: {name}", name=scene.at.admin.name) in text_of(card)
