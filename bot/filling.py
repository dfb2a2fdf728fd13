"""What is put in the place of a template's placeholders when a text goes to a client."""

from __future__ import annotations

from bot.placeholders import Values, filled, needs_filling, opening_after
from bot.price_lists import item_meant
from bot.rich import Rich, one_line
from bot.templates import NAME_LIMIT
from bot.texts import speaker
from inbox import routing
from inbox.holding import terms_of
from inbox.inbox import Inbox
from inbox.model import Conversation, Manager
from inbox.names import who_is_greeted
from inbox.ports import Transaction
from inbox.quoted import language_in
from inbox.work_records import PriceItem


async def filled_for(
    inbox: Inbox, t: Transaction, conversation: Conversation, author: Manager, text: Rich
) -> Rich:
    """The text as this member says it to this client now."""
    if not needs_filling(text.text):
        return text
    return filled(text, await _values(inbox, t, conversation, author))


async def as_chosen(
    inbox: Inbox, conversation_id: int, author_id: int, text: Rich
) -> Rich | tuple[PriceItem, Manager]:
    """What a text of inline mode means: a line of the price list its item (and whose offer it is),
    any other the finished text."""
    async with inbox.store.begin() as t:
        author = routing.member(await t.staff(), author_id)
        if author is None:
            return text
        item = item_meant(await t.price_items(), text.text, speaker(author.language))
        if item is not None:
            return item, author
        return await filled_for(inbox, t, await t.conversation(conversation_id), author, text)


async def _values(
    inbox: Inbox, t: Transaction, conversation: Conversation, author: Manager
) -> Values:
    return {
        "client": await _who(t, conversation),
        "manager": _plain(author.name),
        "opening": await _opening(inbox, t, conversation, author),
    }


async def _who(t: Transaction, conversation: Conversation) -> str:
    newest = await t.newest_message(conversation.id)
    sender = "" if newest is None else (await t.card(newest)).message.sender_name
    contact, client = conversation.contact.name, conversation.client.name
    return who_is_greeted(_plain(contact), _plain(client), _plain(sender))


def _plain(name: str) -> str:
    """Whoever is called "//" makes no note of what is written to them."""
    return one_line(name, NAME_LIMIT).lstrip("/ ")


async def _opening(
    inbox: Inbox, t: Transaction, conversation: Conversation, author: Manager
) -> str:
    """When the doors open next by the client's calendar, in the client's language."""
    language = await language_in(inbox, t, conversation.id) or author.language
    hours, now = (await terms_of(inbox, t, conversation)).calendar.hours, inbox.clock.now()
    opens = opening_after(hours, now)
    if opens is None:
        say = speaker(language)
        return say("as soon as we open")
    return inbox.letters.opening(language, opens, now, hours.zone)
