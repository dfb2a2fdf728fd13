"""The manager's message about an offer, once the client has agreed to it: no button asks again."""

from __future__ import annotations

from aiogram import Bot

from bot.card_lines import client_name
from bot.quotes import quote_view
from bot.sending import edit
from bot.texts import speaker
from inbox.inbox import Inbox
from inbox.model import Conversation
from inbox.ports import Note
from inbox.quoted import reply_with


async def show_settled(bot: Bot, inbox: Inbox, conversation: Conversation, note: Note) -> None:
    """Of a note that a client agreed: edit the message where the price was sent. Another note,
    and an offer that stands nowhere on this desk, change nothing. Raises SendFailed."""
    if note.kind != "agreed" or not (note.text.isascii() and note.text.isdecimal()):
        return
    async with inbox.store.begin() as t:
        quote = await t.quote(int(note.text))
        reply = await reply_with(t, quote) if quote is not None else None
        staff = await t.staff()
    if quote is None or reply is None or reply.desk_ref is None:
        return
    author = next((one for one in staff if one.id == reply.author_id), None)
    if author is None or reply.desk_ref.account != bot.id:
        return
    name, say = client_name(conversation), speaker(author.language)
    await edit(bot, reply.desk_ref, quote_view(say, name, quote, author, inbox.clock.now()))
