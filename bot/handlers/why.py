"""/why and the button "Why?": what a message was taken for, and how the time is counted."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.types import CallbackQuery, Message

from bot import classes
from bot.access import Visit, answer
from bot.buttons import WhyButton
from bot.handlers.reply import AnswersLinked
from bot.mail_buttons import MAIL, MailButton, MailDeed
from bot.reader import Reader
from bot.rich import MESSAGE_LIMIT, Rich, joined
from bot.sending import pressed_ref
from bot.stories import Story, story_of
from bot.why import why_waits
from inbox.errors import NoSuchRow
from inbox.model import Nature
from inbox.ports import Card, DeskLink, Purpose, Shown, Transaction

_GAP = "\n\n"


def setup() -> Router:
    """The command in a reply, the command alone, and the button of today and of older cards."""
    router = Router(name="why")
    router.message.register(explain, Command("why"), AnswersLinked())
    router.message.register(explain_how, Command("why"))
    router.callback_query.register(press, WhyButton.filter())
    router.callback_query.register(press, MailButton.filter(F.deed == MailDeed.WHY))
    return router


async def explain(
    message: Message,
    conversation_id: int,
    message_id: int | None,
    wait_id: int | None,
    visit: Visit,
) -> None:
    """Of a card its message's wait, of an alert the alert's, of anything else the newest."""
    async with visit.inbox.store.begin() as t:
        card = None if message_id is None else await t.card(message_id)
        words = await _words(visit, t, conversation_id, card, wait_id)
    await _say(visit, conversation_id, words, message.message_id, message_id)


async def explain_how(message: Message, visit: Visit) -> None:
    """/why alone."""
    words = visit.say(
        "Reply with /why to a card, an alert or a report: it says how it was counted."
    )
    await visit.send(Rich(words), reply_to=message.message_id)


async def press(query: CallbackQuery, callback_data: WhyButton | MailButton, visit: Visit) -> None:
    """The same by a button; whoever has the message in the chat may know."""
    ref = pressed_ref(visit.bot, query)
    async with visit.inbox.store.begin() as t:
        try:
            card = await t.card(callback_data.message_id)
        except NoSuchRow:
            card = None
        link = None if ref is None else await t.link_at(ref)
    if card is None:
        await answer(query, visit.say("This button no longer works."), alert=True)
        return
    number = card.conversation.id
    its_own = link is not None and link.conversation_id == number
    if not its_own and await visit.conversation(query, number) is None:
        return
    await answer(query)
    wait_id = link.wait_id if link is not None and its_own else None
    async with visit.inbox.store.begin() as t:
        words = await _words(visit, t, number, card, wait_id)
    await _say(visit, number, words, visit.below(query), card.message_id)


async def _words(
    visit: Visit, t: Transaction, conversation_id: int, card: Card | None, wait_id: int | None
) -> Rich:
    """What the message is, and the stories of its wait and of the promises that are open."""
    now = visit.inbox.clock.now().replace(microsecond=0)
    stories = await _stories(visit, t, conversation_id, card, wait_id)
    classed = Rich()
    if card is not None and _has_a_class(card):
        classed = classes.why(visit.say, card)
    if not stories and not classed.text:
        why = visit.say("Nobody waits here.") if card is None else classes.quiet(visit.say, card)
        classed = Rich(why[:1].upper() + why[1:])
    whole, reader = classed, Reader.of(visit.me, now)
    for number, one in enumerate(stories):
        rest = len(stories) - number
        room = (MESSAGE_LIMIT - whole.units) // rest - len(_GAP)
        whole = joined([whole, why_waits(one, reader, room)], _GAP)
    return whole


async def _stories(
    visit: Visit, t: Transaction, conversation_id: int, card: Card | None, wait_id: int | None
) -> list[Story]:
    inbox, now = visit.inbox, visit.inbox.clock.now().replace(microsecond=0)
    if wait_id is not None:
        waits = [(await t.wait(wait_id))[1]]
    elif card is not None:
        waits = [*([card.wait] if card.wait is not None else []), *card.promises]
    else:
        waits = list(await t.waits_in(conversation_id))[:1]
    conversation = card.conversation if card else await t.conversation(conversation_id)
    return [await story_of(t, inbox.calendars, conversation, one, now) for one in waits]


def _has_a_class(card: Card) -> bool:
    """Mails are sorted by their signs; of a chat only what is no person's message is news."""
    is_mail = card.conversation.channel_id.partition(":")[0] == MAIL
    return is_mail or card.message.nature is not Nature.PERSON


async def _say(
    visit: Visit, conversation_id: int, words: Rich, below: int | None, message_id: int | None
) -> None:
    """Replies to the explanation go to the client too."""
    ref = await visit.send(words, reply_to=below)
    link = DeskLink(Shown(ref, Purpose.NOTE), conversation_id, visit.me.id, message_id)
    async with visit.inbox.store.begin() as t:
        await t.link((link,))
