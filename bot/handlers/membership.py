"""A member stopped the bot: from then on no card reaches them, so somebody must know."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.enums import ChatMemberStatus, ChatType
from aiogram.types import ChatMemberUpdated, Update

from bot.access import Visit
from inbox.queueing import tell_admins


def setup() -> Router:
    """my_chat_member in a member's private chat."""
    router = Router(name="membership")
    router.my_chat_member.register(stopped, F.chat.type == ChatType.PRIVATE)
    return router


async def stopped(change: ChatMemberUpdated, event_update: Update, visit: Visit) -> None:
    """Tell the administrators once for each time."""
    if change.new_chat_member.status != ChatMemberStatus.KICKED:
        return
    async with visit.inbox.store.begin() as t:
        key = f"staff_blocked:{visit.me.id}:{event_update.update_id}"
        await tell_admins(t, "staff_blocked", {"name": visit.me.name}, key=key)
