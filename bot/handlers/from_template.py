"""A template goes to a client: "Template" on a card, which one, the finished text, "Send"."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import CallbackQuery, Message

from bot import price_lists, templates
from bot.access import Visit, answer, refusal
from bot.card_lines import client_name
from bot.cards import CardView
from bot.drafts import Draft, Part, deliver, drop, keep, kept
from bot.filling import filled_for
from bot.handlers.collision import about_to_answer, answered_already
from bot.handlers.kept_lists import standing
from bot.handlers.topic import AboutClient
from bot.prompts import forget
from bot.rich import Rich, joined
from bot.sending import pressed_ref
from bot.template_buttons import ListDeed, TemplateButton
from bot.work_buttons import WorkButton, WorkDeed
from inbox.model import Conversation
from inbox.ports import DeskLink, DeskRef, Purpose, Shown
from inbox.quoted import language_in

PRICES = "prices"


def setup() -> Router:
    """The card's button, the same as a command, and the steps behind it."""
    router = Router(name="from_template")
    router.callback_query.register(begin, WorkButton.filter(F.deed == WorkDeed.TEMPLATE))
    router.message.register(begin_in_words, Command("templates", PRICES), AboutClient())
    deeds = {
        ListDeed.USE: turn,
        ListDeed.CHOOSE: choose,
        ListDeed.CHANGE: change,
        ListDeed.SEND: send,
        ListDeed.CANCEL: cancel,
    }
    for deed, handler in deeds.items():
        router.callback_query.register(handler, TemplateButton.filter(F.deed == deed))
    return router


async def begin(query: CallbackQuery, callback_data: WorkButton, visit: Visit) -> None:
    """The list below the card; a reply to it goes to the client."""
    message_id = callback_data.message_id
    card = await visit.card(query, message_id)
    if card is not None:
        await answer(query)
        await _offer(visit, card.conversation, message_id, visit.below(query))


async def begin_in_words(
    message: Message,
    command: CommandObject,
    conversation_id: int,
    message_id: int | None,
    visit: Visit,
) -> None:
    """The command in a reply to a card, or in a client's topic; /prices shows the price list."""
    conversation, holder = await visit.look_up(conversation_id)
    if message_id is None:
        async with visit.inbox.store.begin() as t:
            message_id = await t.newest_message(conversation_id)
    if conversation is None or message_id is None:
        await visit.send(Rich(refusal(visit.say, holder)), reply_to=message.message_id)
        return
    view = None
    if command.command == PRICES:
        async with visit.inbox.store.begin() as t:
            items = await t.price_items()
        name = client_name(conversation)
        view = price_lists.use_view(visit.say, name, items, message_id, 0)
    await _offer(visit, conversation, message_id, message.message_id, view)


async def _offer(
    visit: Visit,
    conversation: Conversation,
    message_id: int,
    below: int | None,
    view: CardView | None = None,
) -> None:
    view = view or await _list(visit, conversation, message_id, 0)
    ref = await visit.send(view, reply_to=below)
    async with visit.inbox.store.begin() as t:
        shown = Shown(ref, Purpose.NOTE)
        await t.link((DeskLink(shown, conversation.id, visit.me.id, message_id),))
    await about_to_answer(visit, conversation)


async def _list(
    visit: Visit, conversation: Conversation, message_id: int, offset: int
) -> CardView:
    async with visit.inbox.store.begin() as t:
        known = await t.templates()
        language = await language_in(visit.inbox, t, conversation.id)
    there = templates.in_order(known, language)
    name = client_name(conversation)
    return templates.use_view(visit.say, name, there, message_id, offset)


async def turn(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """Another page, or back from one."""
    card = await visit.card(query, callback_data.message_id)
    if card is None or await went_out(query, visit):
        return
    await answer(query)
    await ask_no_more(query, visit)
    message_id, offset = callback_data.message_id, callback_data.offset
    await visit.edit(query, await _list(visit, card.conversation, message_id, offset))


async def went_out(query: CallbackQuery, visit: Visit) -> bool:
    """Whether this message went to a client before, as after two quick taps: nothing else goes
    from it then, and the press is answered so."""
    ref = pressed_ref(visit.bot, query)
    if ref is None:
        return False
    async with visit.inbox.store.begin() as t:
        sent = await t.reply_at(ref)
    if sent is not None:
        await answer(query, visit.say("This was decided already."))
    return sent is not None


async def ask_no_more(query: CallbackQuery, visit: Visit) -> None:
    """A reply to the message is an answer like any other."""
    ref = pressed_ref(visit.bot, query)
    if ref is not None:
        await forget(visit.inbox, ref)


async def choose(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """The finished text; it goes out as it stands here, whatever becomes of the template."""
    message_id, ref = callback_data.message_id, pressed_ref(visit.bot, query)
    card = await visit.card(query, message_id)
    if card is None or await went_out(query, visit):
        return
    if ref is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return
    conversation = card.conversation
    async with visit.inbox.store.begin() as t:
        chosen = standing(await t.template(callback_data.template_id))
        if chosen is not None:
            raw = Rich(chosen.text)
            text = await filled_for(visit.inbox, t, conversation, visit.me, raw)
            now, part = visit.inbox.clock.now(), Part(ref, text.text)
            await keep(t, Draft((part,), visit.me.id, now, conversation.id, message_id))
    if chosen is None:
        await answer(query, visit.say("This template is no longer there."), alert=True)
        view = await _list(visit, conversation, message_id, callback_data.offset)
    else:
        await answer(query)
        view = templates.preview(visit.say, client_name(conversation), text, callback_data)
    await visit.edit(query, view)


async def change(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """The text to be copied; a reply with another one goes to the client."""
    found = await _chosen(query, visit)
    if found is not None:
        await answer(query)
        name, text = client_name(found[1]), found[0].text
        view = templates.preview(visit.say, name, text, callback_data, changing=True)
        await visit.edit(query, view)


async def send(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """It goes out as a reply, once however often this is pressed."""
    found = await _chosen(query, visit)
    if found is None:
        return
    draft, conversation = found
    asked = await answered_already(visit, draft)
    if not asked:
        await deliver(visit.inbox, draft)
    await answer(query)
    await visit.edit(query, _sent(visit, conversation, draft.text, asked=asked))


def _sent(visit: Visit, conversation: Conversation, text: Rich, *, asked: bool = False) -> Rich:
    name = client_name(conversation)
    head = visit.say("To {client}:", client=name) if asked else ""
    head = head or visit.say("It goes to {client}.", client=name)
    return joined([Rich(head).styled("bold"), text.styled("blockquote")], "\n\n")


async def cancel(query: CallbackQuery, callback_data: TemplateButton, visit: Visit) -> None:
    """Nothing goes out."""
    ref = pressed_ref(visit.bot, query)
    if ref is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return
    if await visit.card(query, callback_data.message_id) is None:
        return
    async with visit.inbox.store.begin() as t:
        draft = await kept(t, ref)
        sent = await t.reply_at(ref)
        if sent is None and draft is not None and draft.author_id == visit.me.id:
            await drop(t, draft)
    if sent is not None or (draft is not None and draft.author_id != visit.me.id):
        await answer(query, visit.say("This was decided already."))
        return
    await answer(query)
    await ask_no_more(query, visit)
    await visit.edit(query, Rich(visit.say("Nothing was sent.")))


async def _chosen(query: CallbackQuery, visit: Visit) -> tuple[Draft, Conversation] | None:
    """What the member chose in this message, and to whom it goes; else the press is answered why
    it goes to nobody."""
    ref = pressed_ref(visit.bot, query)
    if ref is None:
        await answer(query, refusal(visit.say, None), alert=True)
        return None
    async with visit.inbox.store.begin() as t:
        draft, sent = await kept(t, ref), await t.reply_at(ref)
    if draft is None or draft.conversation_id is None:
        await _say_it_is_over(query, visit, ref, went=sent is not None)
        return None
    conversation = await visit.conversation(query, draft.conversation_id)
    if conversation is None:
        return None
    if draft.author_id != visit.me.id:
        words = visit.say("A colleague chose this. Choose it yourself from the card.")
        await answer(query, words, alert=True)
        return None
    return draft, conversation


async def _say_it_is_over(query: CallbackQuery, visit: Visit, ref: DeskRef, *, went: bool) -> None:
    """An earlier press, or an interrupted try of this one, may have sent it."""
    await answer(query, visit.say("This was decided already."))
    if not went:
        return
    async with visit.inbox.store.begin() as t:
        reply = await t.reply_at(ref)
        conversation = await t.conversation(reply.conversation_id) if reply is not None else None
    if reply is not None and conversation is not None and reply.author_id == visit.me.id:
        await visit.edit(query, _sent(visit, conversation, Rich(reply.text)))
