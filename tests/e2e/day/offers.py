"""Acts in which a price and a date are named, and the client agrees: by button and by word."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import timedelta

from inbox.work_records import Horizon
from tests.e2e.day.lists import item_of
from tests.e2e.day.scene import Act, Scene
from tests.e2e.walk.people import Client
from tests.e2e.walk.stage import BOT, STUDIO, Message, buttons_of, text_of
from tests.e2e.walk.ways import connected, in_account, linked

PHONE_CALL = "Agreed by phone → task"


async def preview(scene: Scene, card: Message, *, who: int = 0) -> Message:
    """From the card to what the client would read."""
    reader = who or scene.me
    await scene.press(card, "Template", who=reader)
    label = scene.at.words("💰 Price list")
    listed = await scene.walk.said(
        reader, "", after=card["message_id"], also=_answers(card, label)
    )
    await scene.press(listed, label, who=reader)

    async def priced() -> Message | None:
        now = await scene.walk.now(reader, listed)
        there = buttons_of(now) if now else {}
        return now if any(one.startswith(item_of(scene)) for one in there) else None

    prices = await scene.walk.until(priced, "the price list is there")
    (item,) = [one for one in buttons_of(prices) if one.startswith(item_of(scene))]
    await scene.press(prices, item, who=reader)
    how = "Reply to this message with other words: price and date stay with the answer."
    return await scene.walk.shows(reader, listed, scene.at.words(how), "500")


def _answers(card: Message, label: str) -> Callable[[Message], bool]:
    def is_it(one: Message) -> bool:
        target = (one.get("reply_to_message") or {}).get("message_id")
        return target == card["message_id"] and label in buttons_of(one)

    return is_it


async def offered(scene: Scene, client: Client, card: Message) -> Message:
    """The usual words go out; the manager's message about the quote."""
    shown = await preview(scene, card)
    await scene.press(shown, "Send")
    return await scene.shows(shown, "Offered to {client}", client=client.name)


async def it_is_a_task(scene: Scene, client: Client, name: str = "") -> None:
    """The manager is told, and there is one task, by the hours of the item."""
    told = "✅ {client} agreed"
    note = await scene.told(told, client=name or client.name, button="Task")
    task = await scene.task(client)
    assert task.horizon is Horizon.NOW
    assert item_of(scene) in task.title
    assert task.due_at is not None
    assert (
        timedelta(hours=1, minutes=50) < task.due_at - scene.walk.clock.now() <= timedelta(hours=2)
    )
    await scene.press(note, "Task")
    await scene.below(note, f"📌 {task.title}")


async def client_agrees(
    scene: Scene, client: Client, got: Message, group: int = 0, owner: int | None = None
) -> None:
    """By the button; it goes away, and the message says what holds."""
    where = group or client.telegram
    (label,) = buttons_of(got)
    assert label == scene.at.words("Agreed")
    how = {"chat_id": where} if group or owner else {}
    how |= {"owner": owner} if owner else {}
    data = buttons_of(got)[label]
    said = await scene.walk.telegram.presses(client.telegram, BOT, got["message_id"], data, **how)
    assert said.startswith(
        scene.at.words("✅ Agreed. It will be done {deadline}.", deadline="")[:8]
    )

    async def settled() -> Message | None:
        there = await scene.walk.chat(where, owner)
        (now,) = [one for one in there if one["message_id"] == got["message_id"]]
        return now if not buttons_of(now) and "✅" in text_of(now) else None

    await scene.walk.until(settled, "the client's button goes away")
    title = f"{client.name} · {got['chat']['title']}" if group else ""
    await it_is_a_task(scene, client, title)


async def agreed_in_private(scene: Scene) -> AsyncIterator[None]:
    """Killed at the preview, at the preview with other words, and before the client presses."""
    client, card = await scene.asks(
        scene.either("A new phone number, says", "Новый телефон, говорит")
    )
    shown = await preview(scene, card)
    yield
    own = await scene.answers(shown, f"500 and today, {client.name}")
    again = await scene.below(own, f"500 and today, {client.name}")
    await scene.hidden(client, "500")
    yield
    await scene.press(again, "Send")
    await scene.shows(again, "Offered to {client}", client=client.name)
    got = await scene.read_once(client, f"500 and today, {client.name}")
    yield
    await client_agrees(scene, client, got)


async def agreed_in_a_group(scene: Scene) -> AsyncIterator[None]:
    """In the project's group; a press of ours there is none."""
    client = scene.at.client()
    group = await linked(scene.walk, scene.at, client, f"Roof {client.name}")
    text = scene.either("What does the roof cost?", "Сколько стоит крыша?")
    card = await scene.walk.said_after(scene.me, text, client.telegram, chat_id=group)
    await offered(scene, client, card)
    got = await scene.walk.said(group, item_of(scene), also=buttons_of)
    yield
    data = next(iter(buttons_of(got).values()))
    number = got["message_id"]
    said = await scene.walk.telegram.presses(scene.me, BOT, number, data, chat_id=group)
    assert said == scene.at.words("Only the client can agree here.")
    assert await scene.tasks(client) == ()
    await client_agrees(scene, client, got, group)


async def agreed_in_an_own_account(scene: Scene) -> AsyncIterator[None]:
    """In the chat with the manager's own account."""
    client = scene.at.client()
    await connected(scene.walk, scene.at)
    text = scene.either("What does the door cost?", "Сколько стоит дверь?")
    card = await in_account(scene.walk, scene.at, client, text)
    await offered(scene, client, card)
    got = await scene.walk.said(client.telegram, item_of(scene), owner=scene.me, also=buttons_of)
    yield
    await client_agrees(scene, client, got, owner=scene.me)


async def agreed_by_mail(scene: Scene) -> AsyncIterator[None]:
    """ "or answer (mail) makes the task"."""
    client = scene.at.client()
    subject = scene.either("The window", "Окно")
    text = scene.either("What does the window cost?", "Сколько стоит окно?")
    await scene.walk.mails(client, subject, f"{text} {client.name}")
    card = await scene.walk.said(scene.me, f"{text} {client.name}")
    await offered(scene, client, card)
    mail = await scene.walk.mailed(client, item_of(scene))
    assert scene.at.words("To order it, answer with one word: “Agreed”.") in mail.text
    yield
    word = scene.either("Agreed, thank you!", "Согласен, спасибо!")
    await scene.walk.mail.compose(client.address, STUDIO.address, "", word, in_reply_to=mail)
    await it_is_a_task(scene, client)
    assert len(scene.walk.mail.inbox(client.address)) == 1


async def agreed_by_word(scene: Scene) -> AsyncIterator[None]:
    """In Telegram too; words that do more than agree, or less, are a message like any other."""
    client, card = await scene.asks()
    await offered(scene, client, card)
    got = await scene.read_once(client, item_of(scene))
    yield
    doubts = scene.either("Agreed, but a bit cheaper?", "Согласен, но можно подешевле?")
    await scene.walk.writes(client.telegram, doubts)
    await scene.walk.said(scene.me, doubts)
    assert await scene.tasks(client) == ()
    number = got["message_id"]
    word = scene.either("Yes, agreed", "Да, согласна")
    await scene.walk.writes(client.telegram, word, reply_to=number)
    await it_is_a_task(scene, client)
    await button_gone(scene, client)


async def agreed_by_phone(scene: Scene) -> AsyncIterator[None]:
    """The manager says so; killed before that."""
    client, card = await scene.asks()
    about = await offered(scene, client, card)
    yield
    await scene.press(about, PHONE_CALL)
    await scene.shows(about, "✅ {client} agreed", client=client.name)
    assert item_of(scene) in (await scene.task(client)).title
    await button_gone(scene, client)


async def withdrawn(scene: Scene) -> AsyncIterator[None]:
    """Asked once; killed in between. The client can no longer agree."""
    client, card = await scene.asks()
    about = await offered(scene, client, card)
    await scene.press(about, "Withdraw the offer")
    sure = await scene.shows(about, "Withdraw it? The client can no longer agree then.")
    yield
    await scene.press(sure, "Withdraw the offer")
    await scene.shows(about, "The offer to {client} was withdrawn", client=client.name)
    got = await button_gone(scene, client)
    assert scene.at.words("This offer no longer stands.") in text_of(got)
    assert await scene.tasks(client) == ()


async def button_gone(scene: Scene, client: Client) -> Message:
    def is_it(one: Message) -> bool:
        return item_of(scene) in text_of(one) and not buttons_of(one)

    got = await scene.walk.said(client.telegram, item_of(scene), also=is_it)
    assert await scene.walk.count(client.telegram, item_of(scene)) == 1
    return got


async def template_sent(scene: Scene) -> AsyncIterator[None]:
    """A template at a card: killed at the finished text, and at "Change"."""
    client, card = await scene.asks()
    title = f"Greeting {client.name}"
    words = scene.either(
        "Dear {client}, it is {manager} who writes", "{client}, вам пишет {manager}"
    )
    asked = await scene.walk.writes(scene.me, "/templates")
    listed = await scene.told("Templates", after=asked["message_id"], button="➕ New template")
    await scene.press(listed, "➕ New template")
    question = await scene.below(listed)
    own = await scene.answers(question, f"{title}\n{words}")
    await scene.below(own, title)
    shown = await chosen(scene, card, title)
    yield
    await scene.press(shown, "Send")
    await scene.shows(shown, "It goes to {client}.", client=client.name)
    await scene.read_once(client, words.format(client=client.name, manager=scene.at.manager.name))
    shown = await chosen(scene, card, title)
    await scene.press(shown, "Change")
    how = (
        "Tap the text to copy it, and reply to this message with your own: it goes to the "
        "client at once."
    )
    changing = await scene.shows(shown, how)
    yield
    own = await scene.answers(changing, f"In my own words, {client.name}")
    await scene.read_once(client, f"In my own words, {client.name}")
    await inline(scene, title, words)


async def chosen(scene: Scene, card: Message, title: str) -> Message:
    """A template's finished text, below the card."""
    label = scene.at.words("💰 Price list")
    last = max(one["message_id"] for one in await scene.walk.chat(scene.me))
    await scene.press(card, "Template")
    listed = await scene.walk.said(scene.me, "", after=last, also=_answers(card, label))
    (wanted,) = [one for one in buttons_of(listed) if title in one]
    await scene.press(listed, wanted)
    name = title.removeprefix("Greeting ")
    return await scene.shows(listed, "To {client}:", client=name)


async def inline(scene: Scene, title: str, words: str) -> None:
    """ "inline: type `@bot word`": it is filled for the client of the card that it answers."""
    client, card = await scene.asks()
    offered = await scene.walk.telegram.types_inline(scene.me, BOT, title)
    (one,) = offered["results"]
    how = {"reply_to": card["message_id"]}
    own = await scene.walk.telegram.chooses(scene.me, BOT, one["id"], **how)
    await scene.walk.marked(scene.me, own)
    said = words.format(client=client.name, manager=scene.at.manager.name)
    await scene.read_once(client, said)
    await scene.hidden(client, "{client}")


ACTS: tuple[Act, ...] = (
    agreed_in_private,
    agreed_in_a_group,
    agreed_in_an_own_account,
    agreed_by_mail,
    agreed_by_word,
    agreed_by_phone,
    withdrawn,
    template_sent,
)
