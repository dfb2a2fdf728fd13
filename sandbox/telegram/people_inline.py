"""People use inline mode: they type a bot's name and a word, and choose what it offers."""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Any, Unpack

from sandbox.telegram.acting import Acting, BotRef, How
from sandbox.telegram.offers import Asking, Offered
from sandbox.telegram.world import Chat, Message

QUERY_LIMIT = 256


class Inline(Acting):
    """`chat_id` names the group, `owner` the own account, where it is not the private chat."""

    _queries: count[int]

    async def types_inline(
        self,
        person_id: int,
        bot: BotRef,
        query: str,
        *,
        offset: str = "",
        within: float = 10.0,
        chat_id: int | None = None,
        owner: int | None = None,
    ) -> dict[str, Any]:
        """Type "@bot query": what is offered, as {results, next_offset, button}.

        What the bot let be remembered is shown without asking it. TimeoutError where it does
        not answer within so many seconds, LookupError where its inline mode is off.
        """
        machine = self.world.bot(bot)
        if not machine.inline:
            raise LookupError(f"@{machine.username} has no inline mode")
        if len(query) > QUERY_LIMIT:
            raise ValueError(f"a query of {len(query)} letters: {QUERY_LIMIT} are allowed")
        room = self._room(person_id, machine, chat_id, owner)
        self._require_member(room, person_id)
        answer: asyncio.Future[Offered] = asyncio.get_running_loop().create_future()
        asking = Asking(machine.id, person_id, query, offset, answer)
        offered = self.world.offers.kept(asking, self.world.now().timestamp())
        if offered is None:
            offered = await self._asks(asking, room, within)
        self.world.offers.show(asking, offered)
        return offered.shown

    async def _asks(self, asking: Asking, room: Chat, within: float) -> Offered:
        query_id = str(next(self._queries))
        self.world.offers.waiting[query_id] = asking
        update = {
            "id": query_id,
            "from": self._person(asking.person_id),
            "query": asking.query,
            "offset": asking.offset,
            "chat_type": _chat_type(room, asking),
        }
        self.world.bots[asking.bot_id].stream.push("inline_query", update)
        try:
            async with asyncio.timeout(within):
                return await asking.answer
        finally:
            del self.world.offers.waiting[query_id]

    def chooses(self, person_id: int, bot: BotRef, result_id: str, **how: Unpack[How]) -> Message:
        """Choose one of the results shown last: it is sent in the person's name.

        The bot hears of the choice where its inline feedback is on. LookupError where no such
        result is shown.
        """
        machine = self.world.bot(bot)
        query, offered = self.world.offers.seen.get((machine.id, person_id), ("", None))
        if offered is None or result_id not in offered.contents:
            raise LookupError(f"no result {result_id!r} is offered to person {person_id}")
        content = offered.contents[result_id] | {"via_bot": machine.as_user()}
        sent = self._post(person_id, machine, content, how)
        del self.world.offers.seen[machine.id, person_id]
        if machine.inline_feedback:
            chosen = {"result_id": result_id, "from": self._person(person_id), "query": query}
            machine.stream.push("chosen_inline_result", chosen)
        return sent


def _chat_type(room: Chat, asking: Asking) -> str:
    """https://core.telegram.org/bots/api#inlinequery"""
    own = room.private and not room.owner and room.id == asking.person_id
    return "sender" if own else str(room.header["type"])
