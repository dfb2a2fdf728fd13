"""Acts about clients: writing first, the list, search, the card; each killed in the middle."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

from tests.e2e.day.scene import Act, Scene
from tests.e2e.walk.people import Client
from tests.e2e.walk.stage import Message, buttons_of, text_of

A_SECOND = 1.1  # messages and mails are dated by whole ones


async def ways(scene: Scene, client: Client) -> Message:
    """The question by which way the client is written to."""
    card = await scene.opens(client)
    await scene.press(card, "Write")
    return await scene.told("✍️ Write to {client}: by which way?", client=client.name)


def way(asked: Message, words: str) -> str:
    """The button of a way."""
    (found,) = [one for one in buttons_of(asked) if words in one]
    return found


async def written_first_by_mail(scene: Scene) -> AsyncIterator[None]:
    """ "start a new conversation from it on any handle": killed after the way, after the subject,
    and after the text."""
    client = scene.at.client()
    asked = await ways(scene, client)
    yield
    await scene.press(asked, way(asked, client.address))
    subject = await scene.told(
        "{way}. Which subject? Reply to this message.", way=way(asked, client.address)
    )
    yield
    own = await scene.answers(subject, f"News for {client.name}")
    text = await scene.below(own, f"News for {client.name}")
    inside = await scene.answers(text, f"// shy of {client.name}")
    await scene.below(inside)
    yield
    own = await scene.answers(text, f"We have news, {client.name}")
    mail = await scene.walk.mailed(client, f"We have news, {client.name}")
    assert mail.subject == f"News for {client.name}"
    await scene.walk.marked(scene.me, own)
    assert len(scene.walk.mail.inbox(client.address)) == 1
    await scene.hidden(client, "// ", "shy of")


async def written_first_in_telegram(scene: Scene) -> AsyncIterator[None]:
    """Where the client wrote before: no subject, the same chat."""
    client, _ = await scene.asks()
    asked = await ways(scene, client)
    yield
    label = next(one for one in buttons_of(asked) if client.address not in one)
    await scene.press(asked, label)
    text = await scene.below(asked)
    yield
    own = await scene.answers(text, f"By the way, {client.name}")
    await scene.read_once(client, f"By the way, {client.name}")
    await scene.walk.marked(scene.me, own)


async def list_of_clients(scene: Scene) -> AsyncIterator[None]:
    """ "lists paged, filtered and sorted by buttons": killed at the question, and while it
    is looked at."""
    name = scene.at.clients[0].name.rpartition(" ")[0]
    await scene.walk.writes(scene.me, "/client")
    listed = await scene.told("Clients", button="🔎 Find")
    await scene.press(listed, "🔎 Find")
    words = "Which client? Reply to this message with a part of the name or address."
    asked = await scene.told(words)
    yield
    own = await scene.answers(asked, name)
    found = await scene.below(own, scene.at.words("Clients with “{words}”", words=name))
    first = text_of(found)
    yield
    (turn,) = [one for one, data in buttons_of(found).items() if data.endswith(":8")]
    await scene.press(found, turn)
    second = await scene.walk.shows(scene.me, found, "9. ")
    assert scene.at.words("Clients with “{words}”", words=name) in text_of(second)
    assert text_of(second) != first
    await scene.press(second, "Latest")
    await scene.walk.shows(scene.me, found, "1. ", name)


async def found_by_words(scene: Scene) -> AsyncIterator[None]:
    """ "/find words" by its prompt; killed at the question, and before a hit is jumped to."""
    text = scene.either("The fences are crooked, says", "Заборы покосились, говорит")
    client, _ = await scene.asks(text)
    for number in range(7):
        await scene.walk.writes(client.telegram, f"{text} {client.name} {number}")
        await scene.walk.said(scene.me, f"{client.name} {number}")
    await scene.walk.writes(scene.me, "/find")
    question = scene.at.say.template(
        "What are you looking for? Reply to this message with words, in any form, and narrow "
        "it down where you want: from:anna in:daisy before:1.11 after:1.10 has:file"
    )
    asked = await scene.walk.said(scene.me, question)
    yield
    own = await scene.answers(asked, scene.either("fence", "забор"))
    found = await scene.below(own, client.name)
    yield
    await scene.press(found, "Older →")
    page = await turned(scene, found)
    label = [one for one in buttons_of(page) if client.name in one][-1]
    await scene.press(page, label)
    here = await scene.told("⬆️ {client}: here it is.", client=client.name)
    assert f"{text} {client.name}" in text_of(here["reply_to_message"])
    await scene.press(here, "Show the card anew")
    await scene.walk.said(scene.me, client.name, after=here["message_id"])
    nobody = await scene.walk.writes(scene.me, "/find unheardofword")
    await scene.below(nobody, scene.at.words("Nothing is found among what you see."))


async def turned(scene: Scene, found: Message) -> Message:
    """The message, when it is another page of what was found."""
    label = scene.at.words("⇤ Newest")

    async def is_other() -> Message | None:
        now = await scene.walk.now(scene.me, found)
        return now if now and label in buttons_of(now) else None

    return dict(await scene.walk.until(is_other, "the next page of what was found"))


async def client_card(scene: Scene) -> AsyncIterator[None]:
    """ "/client NAME": history of all channels in order, files, notes, figures; by a reply too."""
    client, card = await scene.asks()
    own = await scene.answers(card, f"Well, {client.name}")
    await scene.walk.marked(scene.me, own)
    await asyncio.sleep(A_SECOND)
    await scene.walk.mails(client, f"A mail of {client.name}", f"By mail, {client.name}")
    await scene.walk.said(scene.me, f"By mail, {client.name}")
    await asyncio.sleep(A_SECOND)
    inside = await scene.answers(card, f"// careful with {client.name}")
    await scene.below(inside)
    asked = await scene.answers(card, "/client")
    shown = await scene.below(asked, f"👤 {client.name}")
    assert client.address in text_of(shown)
    assert scene.at.words("Manager: {name}", name=scene.at.manager.name) in text_of(shown)
    yield
    await scene.press(shown, "History")
    history = await scene.shows(shown, "{client}: all channels", client=client.name)
    said = text_of(history)
    places = [said.index(f"{one} {client.name}") for one in ("Well,", "By mail,", "careful with")]
    assert places == sorted(places)
    await scene.press(history, "← Client")
    card = await scene.walk.shows(scene.me, shown, f"👤 {client.name}")
    await scene.press(card, scene.at.words("Notes · {number}", number=1))
    await scene.shows(shown, "Notes about {client}", client=client.name)
    await scene.hidden(client, "// ", "careful with")


ACTS: tuple[Act, ...] = (
    written_first_by_mail,
    written_first_in_telegram,
    list_of_clients,
    found_by_words,
    client_card,
)
