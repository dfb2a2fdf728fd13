"""Writing to a client who did not ask: by mail a new conversation, in Telegram where the client
wrote before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from inbox.inbox import Inbox
from inbox.model import Contact, Conversation, Handle, Manager
from inbox.ports import Transaction

EMAIL = "email"  # kind of handles and of channels
LONGEST_SUBJECT = 200  # letters

_ONCE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Way:
    """How a client can be written to: a contact's handle by a channel.

    `conversation_id`: where it goes on; None: a new one begins, with a subject.
    """

    contact: Contact
    handle: Handle
    channel_id: str
    conversation_id: int | None = None

    @property
    def begins(self) -> bool:
        """Whether it is a new conversation, which wants a subject."""
        return self.conversation_id is None


async def ways_to_write(inbox: Inbox, client_id: int) -> tuple[Way, ...]:
    """All ways in the order of the client's contacts; by mail from the mailbox that was written
    with last, else from each."""
    async with inbox.store.begin() as t:
        known = await t.contacts_of_client(client_id)
        latest = await t.latest_conversations_with([handle for _, handle in known])
    where = {handle: (number, channel) for handle, number, channel in latest}
    ways: list[Way] = []
    for contact, handle in known:
        number, last = where.get(handle, (None, ""))
        if handle.kind == EMAIL:
            mailboxes = _mailboxes(inbox)
            mailboxes = [last] if last in mailboxes else mailboxes
            ways += [Way(contact, handle, one) for one in mailboxes]
        elif last in inbox.connectors:
            ways.append(Way(contact, handle, last, number))
    return tuple(ways)


def _mailboxes(inbox: Inbox) -> list[str]:
    return sorted(one.channel.id for one in inbox.connectors.values() if one.channel.kind == EMAIL)


async def begin(
    inbox: Inbox, handle: Handle, channel_id: str, subject: str | None, by: Manager, *, key: str
) -> Conversation | None:
    """The conversation in which `by` writes to the handle by the channel: a new one by mail, one
    for each `key` (of the message that is to go there), else the one that stands there.

    None where the handle is nobody's any more, or there is no such way to write to it.
    """
    async with inbox.store.begin(durable=True) as t:
        known = await t.contact_of((handle,))
        if known is None or channel_id not in inbox.connectors:
            return None
        if handle.kind != EMAIL:
            return await _where_it_stands(t, handle, channel_id)
        if channel_id not in _mailboxes(inbox):
            return None
        form = f"begun:{by.id}:{key}"
        if not await t.take_slot(form, _ONCE):  # who comes at the same time waits here
            return await t.conversation(int(await t.form(form) or 0))
        said = " ".join((subject or "").split())[:LONGEST_SUBJECT].rstrip() or None
        opened = await t.open_conversation(channel_id, *known, handle, said)
        await t.save_form(form, str(opened.id))
    return opened


async def _where_it_stands(t: Transaction, handle: Handle, channel_id: str) -> Conversation | None:
    for _, number, channel in await t.latest_conversations_with([handle]):
        if channel == channel_id:
            return await t.conversation(number)
    return None
