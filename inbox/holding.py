"""Who holds a client, and by which policy and calendar the client's waits are counted."""

from __future__ import annotations

from inbox import routing
from inbox.inbox import Inbox
from inbox.model import Conversation
from inbox.policies import Terms
from inbox.ports import Transaction


async def terms_of(inbox: Inbox, t: Transaction, conversation: Conversation) -> Terms:
    """By what a wait would be opened in the conversation now."""
    holder = routing.member(await t.staff(), conversation.assignee_id)
    return inbox.terms(conversation, holder)
