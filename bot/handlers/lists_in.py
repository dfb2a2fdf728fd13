"""Templates and prices as files: handed out, and taken in after a look at what would change."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from aiogram import Router
from aiogram.types import BufferedInputFile, CallbackQuery, Message

from bot.access import Visit, answer
from bot.buttons import Button
from bot.cards import CardView
from bot.drafts import part_of
from bot.lists_csv import LARGEST, CsvFault, decoded, prices_in, templates_in
from bot.prompts import Asked, Prompt, ask
from bot.rich import Rich, joined
from bot.sending import pressed_ref
from bot.taking_in import Plan, in_words, plan_prices, plan_templates
from bot.template_buttons import TakeInButton
from bot.topics import into_topic
from bot.wording import reason
from connectors.telegram.deliver import answer_to
from connectors.telegram.errors import translated
from inbox.errors import Fault, FileUnavailable
from inbox.model import Media
from inbox.phrases import Phrase
from inbox.ports import DeskRef, Transaction
from inbox.work_records import PriceItem, Template


def setup() -> Router:
    """The answer to what was found in a file; the file itself comes as the answer to a prompt."""
    router = Router(name="lists_in")
    router.callback_query.register(decide, TakeInButton.filter())
    return router


async def hand_out(visit: Visit, content: bytes, name: str, below: int | None) -> None:
    """A file for the member, where the member is. Raises the SendFailed."""
    place = visit.place
    with translated(), into_topic(place.thread_id):
        await visit.bot.send_document(
            document=BufferedInputFile(content, filename=name),
            **place.where.words,
            reply_parameters=answer_to(below),
        )


async def ask_for_file(visit: Visit, asked: Asked, below: int | None) -> None:
    """What columns it has; its answer is the file."""
    if asked is Asked.TEMPLATES_FILE:
        columns = visit.say("Title, Language (ru, en or empty), Text")
    else:
        columns = visit.say("Work, Price, Currency, Deadline (2 hours, 3 days)")
    words = visit.say(
        "Reply to this message with a CSV file. Its first line names the columns: {columns}. "
        "Nothing is changed before you have seen what the file would change.",
        columns=columns,
    )
    await ask(visit, Rich(words), Prompt(asked, 0), reply_to=below)


async def take_file(
    visit: Visit, message: Message, album: Sequence[Mapping[str, Any]], prompt: Prompt
) -> None:
    """Say what the file would change, and ask whether it shall; else what is wrong with it."""
    asked = prompt.asked
    try:
        text = decoded(await _content(visit, album[0]))
        plan = await _plan(visit, asked, text)
    except (CsvFault, FileUnavailable) as error:
        words = Rich(_why_not(visit, error))
        await ask(visit, words, Prompt(asked, 0), reply_to=message.message_id)
        return
    found = in_words(visit.say, plan)
    if not plan.to_save:
        view = joined([found, Rich(visit.say("There is nothing to take in."))], "\n\n")
        await ask(visit, view, Prompt(asked, 0), reply_to=message.message_id)
        return
    row = (
        Button(visit.say("Take it in"), TakeInButton(take=True), "success"),
        Button(visit.say("Cancel"), TakeInButton(take=False)),
    )
    ref = await visit.send(CardView(found, (row,)), reply_to=message.message_id)
    kept = {"asked": asked, "author": visit.me.id, "text": text}
    async with visit.inbox.store.begin() as t:
        await t.save_form(_key(ref), json.dumps(kept))


async def _content(visit: Visit, given: Mapping[str, Any]) -> bytes:
    """Of the file in a message. Raises CsvFault or FileUnavailable."""
    attachments = part_of(given, visit.bot.id).attachments
    document = next((one for one in attachments if one.media is Media.DOCUMENT), None)
    if document is None:
        raise CsvFault(Phrase("A file is wanted here: the list, saved as CSV."))
    if (document.size or 0) > LARGEST:
        raise FileUnavailable(Fault.TOO_LARGE)
    return await visit.inbox.desk.fetch(document)


def _why_not(visit: Visit, error: CsvFault | FileUnavailable) -> str:
    if isinstance(error, CsvFault):
        return visit.say.fault(error)
    words = reason(visit.say, error.fault)
    return visit.say("The file could not be read: {reason}.", reason=words)


async def _plan(visit: Visit, asked: Asked, text: str) -> Plan[Template] | Plan[PriceItem]:
    async with visit.inbox.store.begin() as t:
        return await _planned(visit, t, asked, text)


async def _planned(
    visit: Visit, t: Transaction, asked: Asked, text: str
) -> Plan[Template] | Plan[PriceItem]:
    now = visit.inbox.clock.now()
    if asked is Asked.TEMPLATES_FILE:
        return plan_templates(templates_in(text), await t.templates(), visit.me, now)
    return plan_prices(prices_in(text), await t.price_items(), visit.me, now)


async def save(t: Transaction, plan: Plan[Template] | Plan[PriceItem]) -> None:
    """Store what is new or changed."""
    for one in plan.to_save:
        if isinstance(one, Template):
            await t.save_template(one)
        else:
            await t.save_price_item(one)


async def decide(query: CallbackQuery, callback_data: TakeInButton, visit: Visit) -> None:
    """Take the list in, as it stands to what is there now; or leave it."""
    ref = pressed_ref(visit.bot, query)
    plan: Plan[Template] | Plan[PriceItem] | None = None
    async with visit.inbox.store.begin() as t:
        kept = _read(await t.form(_key(ref))) if ref is not None else None
        mine = kept is not None and kept[1] == visit.me.id
        if kept is not None and mine and ref is not None:
            if callback_data.take:
                plan = await _planned(visit, t, kept[0], kept[2])
                await save(t, plan)
            await t.save_form(_key(ref), None)
    if kept is None:
        await answer(query, visit.say("This was decided already."))
        return
    if not mine:
        words = visit.say("Only who sent the file may decide this.")
        await answer(query, words, alert=True)
        return
    await answer(query)
    if plan is None:
        await visit.edit(query, Rich(visit.say("Nothing was changed.")))
    else:
        done = Rich(visit.say("✅ Taken in.")).styled("bold")
        await visit.edit(query, joined([done, in_words(visit.say, plan)]))


def _read(text: str | None) -> tuple[Asked, int, str] | None:
    try:
        kept = json.loads(text or "null")
        return Asked(kept["asked"]), int(kept["author"]), str(kept["text"])
    except (ValueError, TypeError, KeyError):
        return None


def _key(ref: DeskRef) -> str:
    return f"list:{ref.account}:{ref.chat_id}:{ref.message_id}"
