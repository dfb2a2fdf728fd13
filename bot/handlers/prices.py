"""/prices: the price list, read by all, added to by all, changed by whose the items are."""

from __future__ import annotations

from dataclasses import replace

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot import price_lists
from bot.access import Visit, answer
from bot.buttons import Button
from bot.cards import CardView
from bot.handlers.kept_lists import dropped_view, standing
from bot.handlers.lists_in import ask_for_file, hand_out, save
from bot.handlers.templates import brought_back, not_taken, not_yours
from bot.lists_csv import Read, Wrong, prices_out
from bot.menu import with_back
from bot.price_lists import Priced, read_item
from bot.prompts import Asked, Prompt, ask
from bot.rich import Rich, joined
from bot.taking_in import Plan, in_words, plan_prices
from bot.template_buttons import ListDeed, PriceButton
from bot.templates import may_change
from inbox import routing
from inbox.phrases import Phrase
from inbox.work_records import PriceItem


def setup() -> Router:
    """/prices and the buttons of its screens."""
    router = Router(name="prices")
    router.message.register(show_all, Command("prices"))
    deeds = {
        ListDeed.LIST: turn,
        ListDeed.SHOW: show,
        ListDeed.NEW: ask_for_some,
        ListDeed.EDIT: edit,
        ListDeed.DROP: drop,
        ListDeed.RESTORE: restore,
        ListDeed.OUT: out,
        ListDeed.IN: ask_for_list,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, PriceButton.filter(F.deed == deed))
    return router


async def show_all(message: Message, visit: Visit) -> None:
    """The first page."""
    await visit.send(with_back(visit.say, await view(visit)))


async def view(visit: Visit, offset: int = 0) -> CardView:
    """A page of the list."""
    async with visit.inbox.store.begin() as t:
        items = await t.price_items()
    return price_lists.list_view(visit.say, items, offset)


async def turn(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """Another page in the same message."""
    await answer(query)
    await _to_list(query, visit, callback_data.offset)


async def _to_list(query: CallbackQuery, visit: Visit, offset: int) -> None:
    await visit.edit(query, with_back(visit.say, await view(visit, offset)))


async def show(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """One item."""
    item = await found(query, visit, callback_data.item_id)
    if item is not None:
        await answer(query)
        await visit.edit(query, await _one(visit, item, callback_data.offset))


async def _one(visit: Visit, item: PriceItem, offset: int = 0) -> CardView:
    async with visit.inbox.store.begin() as t:
        author = routing.member(await t.staff(), item.by_id)
    return price_lists.item_view(visit.say, item, author, visit.me, offset)


async def found(query: CallbackQuery, visit: Visit, item_id: int) -> PriceItem | None:
    """The item, if it stands; else the press is answered that it does not."""
    async with visit.inbox.store.begin() as t:
        item = standing(await t.price_item(item_id))
    if item is None:
        await answer(query, visit.say("This item is no longer there."), alert=True)
    return item


async def _own(query: CallbackQuery, visit: Visit, item_id: int) -> PriceItem | None:
    """The same, if the member may change it; else the press is answered who may."""
    item = await found(query, visit, item_id)
    if item is None or may_change(visit.me, item.by_id):
        return item
    await answer(query, not_yours(visit.say), alert=True)
    return None


# --- added and changed -------------------------------------------------------------------------


async def ask_for_some(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """The question; each line of its answer is an item."""
    await answer(query)
    words = Rich(price_lists.how_to_write(visit.say))
    await ask(visit, words, Prompt(Asked.PRICES, 0), reply_to=visit.below(query))


async def edit(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """The question for one, with what stands there to be copied."""
    item = await _own(query, visit, callback_data.item_id)
    if item is not None:
        await answer(query)
        line = f"{item.title}: {price_lists.terms(visit.say, item)}"
        words = visit.say("Reply to this message with the item as it shall be:")
        view = joined([Rich(words), Rich(line).styled("code")], "\n\n")
        prompt = Prompt(Asked.PRICES, item.id)
        await ask(visit, view, prompt, reply_to=visit.below(query))


async def keep_words(visit: Visit, item_id: int, text: str, below: int) -> None:
    """The answer to the question: new items (0), or what one is from now on; what cannot be taken
    is said, and can be sent anew."""
    if item_id:
        await _keep_one(visit, item_id, text, below)
        return
    lines: list[tuple[int, Priced]] = []
    wrong: list[Wrong] = []
    for number, line in enumerate(text.splitlines(), 1):
        read = read_item(line) if line.strip() else None
        if isinstance(read, Priced):
            lines.append((number, read))
        elif read is not None:
            wrong.append(Wrong(number, read))
    now = visit.inbox.clock.now()
    async with visit.inbox.store.begin() as t:
        given = Read(tuple(lines), tuple(wrong))
        plan = plan_prices(given, await t.price_items(), visit.me, now)
        await save(t, plan)
    await _say(visit, plan, below)


async def _say(visit: Visit, plan: Plan[PriceItem], below: int) -> None:
    kept = [Rich(price_lists.line_of(visit.say, one)) for one in plan.to_save]
    words = joined([joined(kept), in_words(visit.say, plan)], "\n\n")
    if not plan.wrong:
        back = PriceButton(deed=ListDeed.LIST)
        row = (Button(visit.say("💰 Price list"), back),)
        await visit.send(CardView(words, (row,)), reply_to=below)
        return
    how = Rich(price_lists.how_to_write(visit.say))
    view = joined([words, how], "\n\n")
    await ask(visit, view, Prompt(Asked.PRICES, 0), reply_to=below)


async def _keep_one(visit: Visit, item_id: int, text: str, below: int) -> None:
    kept = await _kept(visit, item_id, text)
    if isinstance(kept, PriceItem):
        await visit.send(await _one(visit, kept), reply_to=below)
        return
    words = not_taken(visit.say, kept, price_lists.how_to_write(visit.say))
    await ask(visit, words, Prompt(Asked.PRICES, item_id), reply_to=below)


async def _kept(visit: Visit, item_id: int, text: str) -> PriceItem | tuple[Phrase, ...]:
    read, now = read_item(text), visit.inbox.clock.now()
    if isinstance(read, tuple):
        return read
    async with visit.inbox.store.begin() as t:
        before = standing(await t.price_item(item_id))
        if before is None:
            return (Phrase("this item is no longer there"),)
        if not may_change(visit.me, before.by_id):
            return (Phrase("only who added it, a head or an administrator may change it"),)
        namesake = price_lists.same_item(await t.price_items(), read.title)
        if namesake is not None and namesake.id != item_id:
            return (Phrase("there is an item with this title already"),)
        made = replace(
            before,
            title=read.title,
            price=read.price,
            currency=read.currency or before.currency,
            within=read.within,
            changed_at=now,
        )
        return await t.save_price_item(made)


async def drop(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """It is gone; for a minute it can be brought back."""
    item = await _own(query, visit, callback_data.item_id)
    if item is None:
        return
    now = visit.inbox.clock.now()
    async with visit.inbox.store.begin() as t:
        await t.save_price_item(replace(item, dropped_at=now))
    await answer(query)
    await visit.edit(query, dropped_view(visit, item.title, callback_data))


async def restore(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """It is there again."""
    now = visit.inbox.clock.now()
    async with visit.inbox.store.begin() as t:
        item = await t.price_item(callback_data.item_id)
        mine = item is not None and may_change(visit.me, item.by_id)
        if item is not None and mine and brought_back(item.dropped_at, now):
            item = await t.save_price_item(replace(item, dropped_at=None))
    if item is None:
        await answer(query, visit.say("This button no longer works."))
    elif not mine:
        await answer(query, not_yours(visit.say), alert=True)
    elif item.dropped_at is not None:
        await answer(query, visit.say("It is too late to undo this."), alert=True)
        await _to_list(query, visit, callback_data.offset)
    else:
        await answer(query)
        await visit.edit(query, await _one(visit, item, callback_data.offset))


# --- files -------------------------------------------------------------------------------------


async def out(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """All of it as a file."""
    await answer(query)
    async with visit.inbox.store.begin() as t:
        items = await t.price_items()
    await hand_out(visit, prices_out(items, visit.say.language), "prices.csv", visit.below(query))


async def ask_for_list(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """The question for a file."""
    await answer(query)
    await ask_for_file(visit, Asked.PRICES_FILE, visit.below(query))
