"""Acts that begin at a client's card: notes and tasks, each killed in the middle of its forms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from inbox.work_records import Horizon
from tests.e2e.day.scene import INSIDE, Act, Scene
from tests.e2e.walk.people import Client
from tests.e2e.walk.stage import Message, opening, text_of

NOTE = (
    "📝 A note about {client}: reply to this message. Only the studio sees it; @Name calls a "
    "colleague."
)


async def note(scene: Scene) -> AsyncIterator[None]:
    """The card's "Note": asked, killed, answered; a colleague is called and answers inside."""
    client, card = await scene.asks()
    await scene.press(card, "Note")
    asked = await scene.told(NOTE, client=client.name)
    yield
    at, secret = scene.at, f"Pays late, {client.name}"
    own = await scene.answers(asked, f"{secret}, @{at.colleague.name}")
    await scene.below(own, at.words(INSIDE))
    colleague = at.colleague.telegram
    calls = at.words(
        "📝 {author} calls you about {client}:", author=at.manager.name, client=client.name
    )
    called = await scene.walk.said(colleague, calls)
    assert secret in text_of(called)
    assert client.name in text_of(called).partition(secret)[2], "the last lines are there"
    yield
    back = await scene.answers(called, f"// I call {client.name}", who=colleague)
    await scene.below(back, at.words(INSIDE), who=colleague)
    await scene.told(
        "📝 {author} noted about {client}:", author=at.colleague.name, client=client.name
    )
    assert await scene.notes(client) == [
        f"{secret}, @{at.colleague.name}",
        f"I call {client.name}",
    ]
    await scene.hidden(client, "Pays late", "I call", "// ")


async def task_in_two_taps(scene: Scene) -> AsyncIterator[None]:
    """ "any client message becomes a task in two taps": killed at "When?", put into
    other words."""
    client, card = await scene.asks()
    await scene.press(card, "Task")
    asked = await scene.below(card, scene.at.words("When?"))
    yield
    title = f"Call {client.name} back"
    own = await scene.answers(asked, title)
    await scene.shows(asked, "↓ Goes on below.")
    again = await scene.below(own, title)
    assert await scene.tasks(client) == ()
    yield
    await scene.press(again, "Next days")
    shown = await scene.shows(again, "Next days", "no date")
    assert f"📌 {title}" in text_of(shown)
    made = await scene.task(client)
    assert (made.title, made.horizon) == (title, Horizon.SOON)
    assert made.message_id is not None
    await scene.press(shown, "💬 The message")
    await scene.walk.said(scene.me, client.name, after=shown["message_id"])
    for horizon in ("Now", "Later"):
        there = await scene.walk.now(scene.me, shown)
        assert there is not None
        await scene.press(there, f"→ {scene.at.words(horizon)}")
        await scene.shows(shown, horizon)
    assert (await scene.task(client)).horizon is Horizon.LATER


async def noted_task(scene: Scene) -> tuple[Client, Message]:
    """A task in work now, named after its client; its card."""
    client, card = await scene.asks()
    await scene.press(card, "Task")
    asked = await scene.below(card, scene.at.words("When?"))
    await scene.press(asked, "Now")
    return client, await scene.shows(asked, "Now", "no date")


async def task_due_in_words(scene: Scene) -> AsyncIterator[None]:
    """Killed at "By when?"; answered in words, first in such as nobody understands."""
    client, card = await noted_task(scene)
    title = (await scene.task(client)).title
    await scene.press(card, "⏰ By when")
    await scene.shows(card, "By when? {title}", title=title)
    yield
    own = await scene.answers(card, "soonish")
    again = await scene.below(own, scene.at.words("This could not be read as a time."))
    yield
    own = await scene.answers(again, scene.either("tomorrow 10:00", "завтра 10:00"))
    said = await scene.below(own, title)
    assert "10:00" in text_of(said)
    assert (await scene.task(client)).due_at == opening(1) + timedelta(hours=1)


async def task_due_by_buttons(scene: Scene) -> AsyncIterator[None]:
    """Killed between the day and the time. It will have slipped by the evening."""
    client, card = await noted_task(scene)
    title = (await scene.task(client)).title
    await scene.press(card, "⏰ By when")
    days = await scene.shows(card, "By when? {title}", title=title)
    yield
    await scene.press(days, "Today")
    today = scene.at.words("Today")
    times = await scene.shows(card, "{name} · {day}: at what time?", name=title, day=today)
    yield
    await scene.press(times, "19:00")
    await scene.walk.shows(scene.me, card, "19:00", f"📌 {title}")
    assert (await scene.task(client)).due_at == opening() + timedelta(hours=10)


async def task_in_other_words(scene: Scene) -> AsyncIterator[None]:
    """Killed at the question for another title."""
    client, card = await noted_task(scene)
    title = (await scene.task(client)).title
    await scene.press(card, "✏️ Other words")
    asked = await scene.told("Other words for “{title}”? Reply to this message.", title=title)
    yield
    own = await scene.answers(asked, f"Quite another thing for {client.name}")
    await scene.below(own, f"📌 Quite another thing for {client.name}")
    assert (await scene.task(client)).title == f"Quite another thing for {client.name}"
    await scene.hidden(client, "Quite another thing")


async def task_done_and_told(scene: Scene) -> AsyncIterator[None]:
    """ "done → optional word to the client": killed at "Tell the client?", told in own words; a
    note is refused there."""
    client, card = await noted_task(scene)
    await scene.press(card, "✅ Done")
    asked = await scene.shows(card, "Done. Tell the client?")
    yield
    refused = await scene.answers(asked, f"// no word to {client.name}")
    stays = "What begins with // stays in the studio: nothing was sent."
    await scene.below(refused, scene.at.words(stays))
    await scene.answers(asked, f"It is all done, {client.name}")
    await scene.read_once(client, f"It is all done, {client.name}")
    await scene.shows(card, "The client is told.")
    yield
    await scene.read_once(client, f"It is all done, {client.name}")
    await scene.hidden(client, "// ", "no word")
    assert await scene.tasks(client) == ()


async def task_deleted_and_back(scene: Scene) -> AsyncIterator[None]:
    """ "every destructive step can be undone for a minute": also after a restart."""
    client, card = await noted_task(scene)
    await scene.press(card, "🗑 Delete")
    gone = await scene.shows(card, "The task is deleted.")
    assert await scene.tasks(client) == ()
    yield
    await scene.press(gone, "Undo")
    await scene.shows(card, "Now", "no date")
    assert len(await scene.tasks(client)) == 1


async def task_lists(scene: Scene) -> AsyncIterator[None]:
    """ "/tasks for own, /tasks CLIENT": the three lists, by buttons; "New task" killed at its
    question."""
    client, card = await noted_task(scene)
    asked = await scene.walk.writes(scene.me, f"/tasks {client.name}")
    listed = await scene.below(asked, scene.at.words("📌 Tasks: {name}", name=client.name))
    await scene.press(listed, "➕ New task")
    words = "What is to be done for {name}? Reply to this message."
    question = await scene.told(words, name=client.name)
    yield
    own = await scene.answers(question, f"Order paint for {client.name}")
    when = await scene.below(own, f"Order paint for {client.name}")
    yield
    await scene.press(when, "Later")
    await scene.shows(when, "Later", "no date")
    here = await scene.answers(card, "/tasks")
    listed = await scene.below(here, f"Order paint for {client.name}")
    kept = [(one.title, one.horizon) for one in await scene.tasks(client)]
    assert [one for _, one in kept] == [Horizon.NOW, Horizon.LATER]
    assert all(title in text_of(listed) for title, _ in kept)
    later = f"{scene.at.words('Later')} · 1"
    await scene.press(listed, later)
    await scene.walk.clears(scene.me, listed, kept[0][0])
    await scene.walk.writes(scene.me, "/tasks")
    await scene.told("📌 My tasks", button="Sort by client")


async def handed_over_with_words(scene: Scene) -> AsyncIterator[None]:
    """One client goes to a colleague; killed at "A note for ...?"."""
    client, _ = await scene.asks()
    card = await scene.opens(client)
    await scene.press(card, "Hand over")
    asked = await scene.below(card, scene.at.words("Hand {name} over to whom?", name=client.name))
    colleague = scene.at.colleague
    await scene.press(asked, colleague.name)
    words = "↪ {client} is with {name} now. A note for {name}? Reply to this message."
    question = await scene.shows(asked, words, client=client.name, name=colleague.name)
    yield
    own = await scene.answers(question, f"Be kind to {client.name}")
    await scene.below(own, scene.at.words("Noted."))
    await scene.walk.said(colleague.telegram, f"Be kind to {client.name}")
    await scene.hidden(client, "Be kind")


ACTS: tuple[Act, ...] = (
    note,
    task_in_two_taps,
    task_due_in_words,
    task_due_by_buttons,
    task_in_other_words,
    task_done_and_told,
    task_deleted_and_back,
    task_lists,
    handed_over_with_words,
)
