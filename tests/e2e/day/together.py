"""Acts of the team; and effects that a kill interrupts after they are stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

from tests.e2e.day.cards import noted_task
from tests.e2e.day.lists import item_of
from tests.e2e.day.offers import preview
from tests.e2e.day.scene import Act, Scene
from tests.e2e.walk.stage import Message, buttons_of, opening

ALL = 24  # clients of the one who leaves
BATCH = 10  # of them between two reports of progress
LONG = 300.0  # seconds: longer than all of it takes


async def hangs(scene: Scene, member: int) -> None:
    """The next change of a message there is done, but nobody hears that: what waits for it is
    killed after all else that it did."""
    await scene.walk.telegram.plan("hang", "editMessageText", chat_id=member, seconds=LONG)


async def all_handed_over(scene: Scene) -> AsyncIterator[None]:
    """ "hand over all of X's clients": killed before the answer, between two clients, and in the
    minute in which it can be undone."""
    walk, at, head = scene.walk, scene.at, scene.at.head.telegram
    leaves, takes = at.admin, at.colleague
    before = await scene.holds(takes)
    await scene.give(leaves, *at.clients[-ALL:])
    await walk.writes(head, "/team")
    team = await scene.told("The team", who=head, button="✉️ Invite")
    await scene.press(team, leaves.name, who=head)
    held = await walk.shows(head, team, leaves.name, "1. ")
    await scene.press(held, "↪ Hand all over", who=head)
    asked = at.say.many(
        "To whom goes the {number} client of {name}?",
        "To whom go all {number} clients of {name}?",
        ALL,
        name=leaves.name,
    )
    whom = await walk.shows(head, team, asked)
    await scene.press(whom, takes.name, who=head)
    sure = await walk.shows(head, team, f"{ALL}", takes.name)
    yield
    assert await scene.holds(leaves) == ALL
    await hangs(scene, head)
    await scene.press(sure, "Hand all over", who=head)

    async def under_way() -> bool:
        return await scene.holds(leaves) == ALL - BATCH

    await walk.until(under_way, "ten clients are handed over")
    yield
    done = at.say.many(
        "↪ {number} client of {name} is with {to} now. For a minute this can be undone.",
        "↪ {number} clients of {name} are with {to} now. For a minute this can be undone.",
        ALL,
        name=leaves.name,
        to=takes.name,
    )
    handed = await walk.shows(head, team, done)
    assert await scene.holds(leaves) == 0
    assert await scene.holds(takes) >= before + ALL
    yield
    await scene.press(handed, "Undo", who=head)
    back = at.say.many("{number} client went back.", "{number} clients went back.", ALL)
    await walk.shows(head, team, back)
    assert await scene.holds(leaves) == ALL


async def offer_interrupted(scene: Scene) -> AsyncIterator[None]:
    """The quote is stored and gone when the press is killed; the client gets it once."""
    colleague = scene.at.colleague
    client, card = await scene.asks(who=colleague)
    shown = await preview(scene, card, who=colleague.telegram)
    yield
    await hangs(scene, colleague.telegram)
    await scene.press(shown, "Send", who=colleague.telegram)
    await scene.read_once(client, item_of(scene))
    yield
    await scene.shows(shown, "Offered to {client}", who=colleague.telegram, client=client.name)
    got = await scene.read_once(client, item_of(scene))
    assert list(buttons_of(got)) == [scene.at.words("Agreed")]
    number = await scene.number(client)
    async with scene.store.begin() as t:
        card_of = await t.client_card(number)
        assert card_of is not None
        (talk,) = card_of.conversations
        assert len(await t.open_quotes(talk.id)) == 1


async def telling_interrupted(scene: Scene) -> AsyncIterator[None]:
    """The client is told that it is done when the press is killed; told once."""
    client, _ = await noted_task(scene)
    title = (await scene.task(client)).title
    admin = scene.at.admin.telegram
    await scene.walk.writes(admin, f"/tasks {client.name}")
    listed = await scene.told("📌 Tasks: {name}", who=admin, name=client.name)
    await scene.press(listed, "1", who=admin)
    shown = await scene.walk.shows(admin, listed, f"📌 {title}")
    await scene.press(shown, "✅ Done", who=admin)
    asked = await scene.shows(listed, "Done. Tell the client?", who=admin)
    yield
    await hangs(scene, admin)
    await scene.press(asked, "Tell the client", who=admin)
    done = scene.at.words("Done: {title}", title=title)
    await scene.read_once(client, done)
    yield
    await scene.shows(listed, "The client is told.", who=admin)
    await scene.read_once(client, done)
    assert await scene.tasks(client) == ()


async def due_words_interrupted(scene: Scene) -> AsyncIterator[None]:
    """A time in words was taken when its message is killed: read again, it is no reply to the
    client, whose card the question stands on."""
    client, _ = await noted_task(scene)
    admin, words = scene.at.admin.telegram, scene.either("tomorrow 11:00", "завтра 11:00")
    await scene.walk.writes(admin, f"/tasks {client.name}")
    listed = await scene.told("📌 Tasks: {name}", who=admin, name=client.name)
    await scene.press(listed, "1", who=admin)
    title = (await scene.task(client)).title
    shown = await scene.walk.shows(admin, listed, f"📌 {title}")
    await scene.press(shown, "✏️ Other words", who=admin)
    question = await scene.below(shown, title, who=admin)
    own = await scene.answers(question, f"Urgent for {client.name}", who=admin)
    card = await scene.below(own, f"📌 Urgent for {client.name}", who=admin)
    await scene.press(card, "⏰ By when", who=admin)
    about = "By when? {title}"
    asked = await scene.shows(card, about, title=f"Urgent for {client.name}", who=admin)
    yield
    yield  # who else is killed there is done with it
    await scene.walk.telegram.plan("hang", "sendMessage", chat_id=admin, seconds=LONG)
    own = await scene.answers(asked, words, who=admin)
    await scene.below(own, who=admin)
    yield

    async def said_again() -> bool:
        return len(await answers_to(scene, own, admin)) > 1

    await scene.walk.until(said_again, "the answer is read again")
    assert (await scene.task(client)).due_at == opening(1) + timedelta(hours=2)
    await scene.hidden(client, words)


async def answers_to(scene: Scene, own: Message, who: int) -> list[Message]:
    """All that the desk said below a member's message."""
    return [
        one
        for one in await scene.walk.theirs(who)
        if (one.get("reply_to_message") or {}).get("message_id") == own["message_id"]
    ]


ACTS: tuple[Act, ...] = (
    all_handed_over,
    offer_interrupted,
    telling_interrupted,
    due_words_interrupted,
)
