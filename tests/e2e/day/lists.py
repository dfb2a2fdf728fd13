"""Acts about templates and the price list: by questions and by files; each is killed."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator

from inbox.work_records import PriceItem, Template
from tests.e2e.day.scene import Act, Scene
from tests.e2e.walk.stage import BOT, Message, buttons_of, text_of

HOW_TO_WRITE = (
    "Reply to this message: the title on the first line, the text below it. In the text\n"
    "{client} stands for the client's name,\n"
    "{manager} for yours,\n"
    "{opening} for when you open next."
)
HOW_TO_PRICE = (
    "Reply to this message: work, price and deadline in working hours or days, each item on "
    "a line of its own. For example:\nChange the phone in the header: 500 ₽, 2 hours"
)
FILE = (
    "Reply to this message with a CSV file. Its first line names the columns: {columns}. "
    "Nothing is changed before you have seen what the file would change."
)


async def templates(scene: Scene) -> dict[str, Template]:
    async with scene.store.begin() as t:
        return {one.title: one for one in await t.templates()}


async def prices(scene: Scene) -> dict[str, PriceItem]:
    async with scene.store.begin() as t:
        return {one.title: one for one in await t.price_items()}


def item_of(scene: Scene) -> str:
    """A typical job of this side's price list."""
    return scene.either("Change the phone", "Заменить телефон")


async def prices_there_are(scene: Scene) -> None:
    """Typed in long ago."""
    listed = await screen(scene, "/prices", "➕ New item")
    await scene.press(listed, "➕ New item")
    asked = await scene.told(HOW_TO_PRICE)
    own = await scene.answers(
        asked, f"{item_of(scene)}: 500 ₽, {scene.either('2 hours', '2 часа')}"
    )
    await scene.below(own, item_of(scene))
    assert item_of(scene) in await prices(scene)


async def screen(scene: Scene, command: str, button: str) -> Message:
    """What a command shows, with this button."""
    title = scene.at.words("Templates" if command == "/templates" else "Price list")
    asked = await scene.walk.writes(scene.me, command)
    label = scene.at.words(button)
    after = asked["message_id"]
    return await scene.walk.said(
        scene.me,
        title,
        after=after,
        also=lambda one: text_of(one).startswith(title) and label in buttons_of(one),
    )


async def template(scene: Scene) -> AsyncIterator[None]:
    """Killed at the question for one, at the question for other words, and before "Undo"."""
    first, second = (f"{scene.at.language} {one} words" for one in ("first", "second"))
    listed = await screen(scene, "/templates", "➕ New template")
    await scene.press(listed, "➕ New template")
    asked = await scene.walk.said(scene.me, how_to_write(scene), after=listed["message_id"])
    yield
    own = await scene.answers(asked, f"{first}\nIt costs {{price}}")
    wrong = await scene.below(
        own, scene.at.words("there is no placeholder {names}", names="{price}")
    )
    own = await scene.answers(wrong, f"{first}\n{scene.either('Hello', 'Привет')} {{client}}")
    shown = await scene.below(own, first)
    await scene.press(shown, "Change")
    asked = await scene.below(shown, first)
    yield
    own = await scene.answers(
        asked, f"{second}\n{scene.either('Good day', 'Добрый день')} {{client}}"
    )
    shown = await scene.below(own, second)
    await scene.press(shown, "For all")
    shown = await scene.shows(shown, "For all clients")
    await scene.press(shown, "Delete")
    gone = await scene.shows(shown, "🗑 “{title}” is deleted.", title=second)
    assert second not in await templates(scene)
    yield
    await scene.press(gone, "Undo")
    await scene.shows(shown, "For all clients")
    there = await templates(scene)
    assert first not in there
    assert there[second].language == ""


def how_to_write(scene: Scene) -> str:
    return scene.at.say.template(HOW_TO_WRITE).partition("\n")[0]


async def price_item(scene: Scene) -> AsyncIterator[None]:
    """The same three kills for an item of the price list."""
    first, second = (f"{scene.at.language} {one} job" for one in ("first", "second"))
    listed = await screen(scene, "/prices", "➕ New item")
    await scene.press(listed, "➕ New item")
    asked = await scene.told(HOW_TO_PRICE, after=listed["message_id"])
    yield
    own = await scene.answers(asked, f"{first}: 700 ₽, 3 days\nnonsense")
    said = await scene.below(own, first)
    assert scene.at.words("the line is no “work: price, deadline”") in text_of(said)
    listed = await screen(scene, "/prices", "➕ New item")
    (label,) = [one for one in buttons_of(listed) if one.startswith(first)]
    await scene.press(listed, label)
    shown = await scene.walk.shows(scene.me, listed, first, "700")
    await scene.press(shown, "Change")
    asked = await scene.below(shown, first)
    yield
    own = await scene.answers(asked, f"{second}: 800 ₽, 1 hour")
    shown = await scene.below(own, second)
    await scene.press(shown, "Delete")
    gone = await scene.shows(shown, "🗑 “{title}” is deleted.", title=second)
    yield
    await scene.press(gone, "Undo")
    await scene.walk.shows(scene.me, shown, second, "800")
    there = await prices(scene)
    assert first not in there
    assert there[second].price == 800


async def prices_by_file(scene: Scene) -> AsyncIterator[None]:
    """Killed at the question for the file, and after it was looked at; handed out as a file."""
    title = f"Job of a file, {scene.at.language}"
    columns = "Work, Price, Currency, Deadline (2 hours, 3 days)"
    rows = (f"{title};1500;₽;3 days", "Broken;much;₽;soon")
    await by_file(scene, "/prices", columns)
    yield
    asked = await scene.told(FILE, columns=scene.at.words(columns))
    found = await sent_file(scene, asked, "prices", columns, rows)
    yield
    await taken_in(scene, found)
    assert (await prices(scene))[title].price == 1500
    assert title in await as_file(scene, "/prices", "prices.csv")


async def templates_by_file(scene: Scene) -> AsyncIterator[None]:
    """The same for templates."""
    title = f"Words of a file, {scene.at.language}"
    columns = "Title, Language (ru, en or empty), Text"
    rows = (f'{title};;"Hello, {{client}}"', "Broken;;{nobody}")
    await by_file(scene, "/templates", columns)
    yield
    asked = await scene.told(FILE, columns=scene.at.words(columns))
    found = await sent_file(scene, asked, "templates", columns, rows)
    yield
    await taken_in(scene, found)
    assert (await templates(scene))[title].text == "Hello, {client}"
    assert title in await as_file(scene, "/templates", "templates.csv")


async def by_file(scene: Scene, command: str, columns: str) -> None:
    listed = await screen(scene, command, "⬆ From a file")
    await scene.press(listed, "⬆ From a file")
    await scene.told(FILE, columns=scene.at.words(columns))


async def sent_file(
    scene: Scene, asked: Message, name: str, columns: str, rows: tuple[str, ...]
) -> Message:
    """Answer with a table of one good line and one that is refused; what would change."""
    names = [one.partition("(")[0].strip() for one in scene.at.words(columns).split(", ")]
    header = ";".join(one for one in names if one and ")" not in one)
    content = "\n".join((header, *rows)).encode("utf-8-sig")
    how = {"name": f"{name}.csv", "reply_to": asked["message_id"]}
    own = await scene.walk.telegram.sends(scene.me, BOT, "document", content, **how)
    found = await scene.below(own, scene.at.words("New: {number}", number=1))
    assert scene.at.words("Line {number}: {faults}", number=3, faults="") in text_of(found)
    return found


async def taken_in(scene: Scene, found: Message) -> None:
    await scene.press(found, "Take it in")
    await scene.shows(found, "✅ Taken in.")


async def as_file(scene: Scene, command: str, name: str) -> str:
    listed = await screen(scene, command, "⬇ As a file")
    await scene.press(listed, "⬇ As a file")
    after = listed["message_id"]

    def is_it(one: Message) -> bool:
        return bool((one.get("document") or {}).get("file_name") == name)

    sent = await scene.walk.said(scene.me, "", after=after, also=is_it)
    content = await scene.walk.telegram.file(BOT, sent["document"]["file_id"])
    table = content.decode("utf-8-sig")
    assert len(list(csv.reader(io.StringIO(table)))) > 1
    return table


ACTS: tuple[Act, ...] = (template, price_item, prices_by_file, templates_by_file)
