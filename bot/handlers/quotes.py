"""A price and a date are named to a client: which piece of work, what the client will read,
"Send"; and what the manager says of it later."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from aiogram import F, Router
from aiogram.types import CallbackQuery, Message

from bot import price_lists
from bot import quotes as views
from bot.access import Visit, answer, refusal
from bot.card_lines import NAME_LIMIT, client_name
from bot.cards import CardView
from bot.handlers.collision import about_to_answer
from bot.handlers.from_template import ask_no_more, went_out
from bot.handlers.kept_lists import standing
from bot.note_keeping import take_note
from bot.price_lists import seconds_of
from bot.prompts import Asked, Prompt, ask, asked_at, remember
from bot.rich import Rich, one_line
from bot.sending import pressed_ref
from bot.standing import show_offer
from bot.template_buttons import ListDeed, PriceButton, QuoteButton, QuoteDeed
from inbox import collisions, quotes
from inbox.errors import NoSuchRow
from inbox.internal_notes import is_note
from inbox.model import Conversation
from inbox.ports import DeskLink, DeskRef, Purpose, Shown
from inbox.quoted import takes_choices
from inbox.work_records import PriceItem, Quote

WORDS_LIMIT = 3000  # letters of other words for a quote


def setup() -> Router:
    """The price list at a card, and the buttons of what was offered."""
    router = Router(name="quotes")
    steps = {
        ListDeed.USE: turn,
        ListDeed.CHOOSE: choose,
        ListDeed.SEND: send,
        ListDeed.ANYWAY: send,
        ListDeed.CANCEL: cancel,
    }
    for step, handler in steps.items():
        router.callback_query.register(handler, PriceButton.filter(F.deed == step))
    deeds = {
        QuoteDeed.AGREED: agree,
        QuoteDeed.ASK_WITHDRAW: look,
        QuoteDeed.WITHDRAW: withdraw,
        QuoteDeed.LEAVE: look,
    }
    for deed, decide in deeds.items():
        router.callback_query.register(decide, QuoteButton.filter(F.deed == deed))
    return router


class _Chosen(NamedTuple):
    """What a preview shows: beside the item in what words, if not the usual ones, and for which
    message of the client's."""

    item: PriceItem
    button: PriceButton
    words: str | None = None


# --- at a card ---------------------------------------------------------------------------------


async def turn(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """A page of the list, in the place of the templates."""
    card = await visit.card(query, callback_data.message_id)
    if card is None or await went_out(query, visit):
        return
    await answer(query)
    await ask_no_more(query, visit)
    await visit.edit(query, await _list(visit, card.conversation, callback_data))


async def _list(visit: Visit, conversation: Conversation, button: PriceButton) -> CardView:
    async with visit.inbox.store.begin() as t:
        items = await t.price_items()
    name, message_id = client_name(conversation), button.message_id
    return price_lists.use_view(visit.say, name, items, message_id, button.offset)


async def choose(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """What the client would read; a reply to it puts it into other words."""
    card = await visit.card(query, callback_data.message_id)
    ref = pressed_ref(visit.bot, query)
    if card is None or await went_out(query, visit):
        return
    if ref is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return
    item = await _item(query, callback_data, visit, card.conversation)
    if item is not None:
        await answer(query)
        await about_to_answer(visit, card.conversation)
        await _show(query, visit, card.conversation, _Chosen(item, callback_data))


async def _item(
    query: CallbackQuery, button: PriceButton, visit: Visit, conversation: Conversation
) -> PriceItem | None:
    """The item; of one that is gone that is said, and the list is shown instead."""
    async with visit.inbox.store.begin() as t:
        item = standing(await t.price_item(button.item_id))
    if item is None:
        await answer(query, visit.say("This item is no longer there."), alert=True)
        await visit.edit(query, await _list(visit, conversation, button))
    return item


async def _show(
    query: CallbackQuery,
    visit: Visit,
    conversation: Conversation,
    chosen: _Chosen,
    warning: str = "",
) -> None:
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        await remember(visit.inbox, ref, _prompt(chosen))
    await visit.edit(query, await _preview(visit, conversation, chosen, warning))


def _prompt(chosen: _Chosen) -> Prompt:
    kept = {"message": chosen.button.message_id, "words": chosen.words}
    return Prompt(Asked.QUOTE, chosen.item.id, json.dumps(kept))


async def _preview(
    visit: Visit, conversation: Conversation, chosen: _Chosen, warning: str = ""
) -> CardView:
    quote, words = await quotes.preview(visit.inbox, conversation.id, chosen.item, visit.me)
    seen = {"item_id": chosen.item.id, "seen": seconds_of(chosen.item.changed_at)}
    button = chosen.button.model_copy(update=seen)
    said = words if chosen.words is None else chosen.words
    hint = ""
    if chosen.words is not None and not takes_choices(visit.inbox, conversation.channel_id):
        hint = visit.say("There is no button there: say that the answer “Agreed” orders it.")
    return views.preview(
        visit.say,
        client_name(conversation),
        quote,
        said,
        button,
        reader=visit.me,
        warning=warning,
        hint=hint,
    )


async def in_other_words(
    visit: Visit, message: Message, album: Sequence[Mapping[str, Any]], prompt: Prompt
) -> None:
    """A reply to a preview: the same with this text, to be looked at before it goes."""
    message_id, _ = _kept(prompt)
    below, text = message.message_id, (message.text or "").strip()
    async with visit.inbox.store.begin() as t:
        item = standing(await t.price_item(prompt.about))
        try:
            conversation_id = (await t.card(message_id)).conversation.id
        except NoSuchRow:
            conversation_id = 0
    if is_note(text or message.caption or ""):
        await take_note(visit, message, album, conversation_id, message_id)
        return
    conversation, holder = await visit.look_up(conversation_id)
    if conversation is None:
        words = visit.say("Not sent.") + " " + refusal(visit.say, holder)
    elif item is None:
        words = visit.say("This item is no longer there.")
    elif not text or len(text) > WORDS_LIMIT:
        words = visit.say("Only a text is taken here. Nothing was sent.")
    else:
        button = PriceButton(deed=ListDeed.CHOOSE, item_id=item.id, message_id=message_id)
        chosen = _Chosen(item, button, text)
        view = await _preview(visit, conversation, chosen)
        await ask(visit, view, _prompt(chosen), reply_to=below)
        return
    await visit.send(Rich(words), reply_to=below)


async def send(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """The client gets it, once however often this is pressed. What is shown is what goes: an item
    that was changed meanwhile is shown again; a colleague's answer is asked about."""
    card = await visit.card(query, callback_data.message_id)
    ref = pressed_ref(visit.bot, query)
    if card is None:
        return
    if ref is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return
    item = await _item(query, callback_data, visit, card.conversation)
    if item is None:
        return
    prompt = await asked_at(visit.inbox, ref)
    words = _kept(prompt)[1] if prompt is not None else None
    chosen = _Chosen(item, callback_data, words)
    if seconds_of(item.changed_at) != callback_data.seen:
        await answer(query, visit.say("The item was changed. Look at it again."), alert=True)
        await _show(query, visit, card.conversation, chosen)
        return
    who = await _faster(visit, card.conversation, callback_data)
    if who:
        await answer(query)
        warning = visit.say("{name} has answered this already. Send anyway?", name=who)
        await _show(query, visit, card.conversation, chosen, warning)
        return
    await _offer(query, visit, card.conversation, chosen, ref)


async def _faster(visit: Visit, conversation: Conversation, button: PriceButton) -> str:
    """Which colleague has answered the message; "" where that does not matter."""
    if button.deed is ListDeed.ANYWAY:
        return ""
    message_id = button.message_id
    who = await collisions.already_answered(visit.inbox, conversation.id, message_id, visit.me)
    return one_line(who.name, NAME_LIMIT) if who is not None else ""


async def _offer(
    query: CallbackQuery,
    visit: Visit,
    conversation: Conversation,
    chosen: _Chosen,
    ref: DeskRef,
) -> None:
    message_id = chosen.button.message_id
    quote = await quotes.offer(
        visit.inbox,
        conversation.id,
        chosen.item,
        visit.me,
        key=f"tg:{ref.account}:{ref.chat_id}:{ref.message_id}",
        message_id=message_id,
        text=chosen.words,
        desk_ref=ref,
    )
    if quote is None:
        await answer(query, visit.say("This was decided already."))
        return
    async with visit.inbox.store.begin() as t:
        shown = Shown(ref, Purpose.NOTE)
        await t.link((DeskLink(shown, conversation.id, visit.me.id, message_id),))
    await answer(query)
    await ask_no_more(query, visit)
    await show_offer(query, visit, conversation, quote)


async def cancel(query: CallbackQuery, callback_data: PriceButton, visit: Visit) -> None:
    """Nothing goes out."""
    if await visit.card(query, callback_data.message_id) is not None:
        await answer(query)
        await ask_no_more(query, visit)
        await visit.edit(query, Rich(visit.say("Nothing was sent.")))


def _kept(prompt: Prompt) -> tuple[int, str | None]:
    """The client's message that a preview is for, and its words where they are not the usual."""
    try:
        kept = json.loads(prompt.words)
        words = kept["words"]
        return int(kept["message"]), words if isinstance(words, str) else None
    except (ValueError, TypeError, KeyError):
        return 0, None


# --- what was offered --------------------------------------------------------------------------


def _view(
    visit: Visit, conversation: Conversation, quote: Quote, *, sure: bool = False
) -> CardView:
    name, now = client_name(conversation), visit.inbox.clock.now()
    return views.quote_view(visit.say, name, quote, visit.me, now, sure=sure)


async def _found(
    query: CallbackQuery, quote_id: int, visit: Visit
) -> tuple[Conversation, Quote] | None:
    """The quote and its conversation, if the presser may act there; else the press is answered
    why not."""
    async with visit.inbox.store.begin() as t:
        quote = await t.quote(quote_id)
    if quote is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return None
    conversation = await visit.conversation(query, quote.conversation_id)
    return None if conversation is None else (conversation, quote)


async def agree(query: CallbackQuery, callback_data: QuoteButton, visit: Visit) -> None:
    """The client said so elsewhere: it is a task now."""
    found = await _found(query, callback_data.quote_id, visit)
    if found is not None:
        done = await quotes.agree(visit.inbox, callback_data.quote_id, visit.me)
        await _settled(query, callback_data, visit, done=done is not None)


async def withdraw(query: CallbackQuery, callback_data: QuoteButton, visit: Visit) -> None:
    """It is no longer offered."""
    found = await _found(query, callback_data.quote_id, visit)
    if found is not None:
        done = await quotes.withdraw(visit.inbox, callback_data.quote_id, visit.me)
        await _settled(query, callback_data, visit, done=done is not None)


async def _settled(
    query: CallbackQuery, callback_data: QuoteButton, visit: Visit, *, done: bool
) -> None:
    found = await _found(query, callback_data.quote_id, visit)
    if found is not None:
        await answer(query, "" if done else visit.say("This was decided already."))
        await visit.edit(query, _view(visit, *found))


async def look(query: CallbackQuery, callback_data: QuoteButton, visit: Visit) -> None:
    """How it stands; or whether it is really to be withdrawn."""
    found = await _found(query, callback_data.quote_id, visit)
    if found is not None:
        await answer(query)
        sure = callback_data.deed is QuoteDeed.ASK_WITHDRAW
        await visit.edit(query, _view(visit, *found, sure=sure))
