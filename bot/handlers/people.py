"""The buttons under notes about people: split who were joined, join who are the same."""

from __future__ import annotations

from aiogram import F, Router
from aiogram.types import CallbackQuery

from bot import people_notes
from bot.access import Visit, answer, refusal
from bot.buttons import may_act
from bot.menu_buttons import (
    JoiningButton,
    JoiningDeed,
    SuggestionButton,
    SuggestionDeed,
)
from bot.people_notes import Person
from bot.rich import Rich, joined
from bot.texts import mark
from inbox import joining, routing
from inbox.chat_records import Joining, Suggestion, SuggestionState
from inbox.model import Manager

_NOTED = {
    SuggestionState.JOINED: mark("✅ Noted: the same person."),
    SuggestionState.REFUSED: mark("☑️ Noted: two people."),
}


def setup() -> Router:
    """One handler for each deed."""
    router = Router(name="people")
    joinings = {
        JoiningDeed.ASK: ask_split,
        JoiningDeed.SPLIT: split,
        JoiningDeed.LEAVE: leave,
    }
    for deed, handler in joinings.items():
        router.callback_query.register(handler, JoiningButton.filter(F.deed == deed))
    suggestions = {SuggestionDeed.SAME: accept, SuggestionDeed.OTHER: refuse}
    for what, decide in suggestions.items():
        router.callback_query.register(decide, SuggestionButton.filter(F.deed == what))
    return router


async def ask_split(query: CallbackQuery, callback_data: JoiningButton, visit: Visit) -> None:
    """A second press, so that nobody is split by a slip of the finger."""
    found = await _joining(query, callback_data.joining_id, visit)
    if found is not None:
        await answer(query)
        await visit.edit(query, people_notes.joined_view(visit.say, *found, sure=True))


async def leave(query: CallbackQuery, callback_data: JoiningButton, visit: Visit) -> None:
    """They stay one."""
    found = await _joining(query, callback_data.joining_id, visit)
    if found is not None:
        await answer(query)
        await visit.edit(query, people_notes.joined_view(visit.say, *found))


async def split(query: CallbackQuery, callback_data: JoiningButton, visit: Visit) -> None:
    """They are two again."""
    if await _joining(query, callback_data.joining_id, visit) is None:
        return
    done = await joining.split(visit.inbox, callback_data.joining_id, visit.me)
    await answer(query, "" if done else visit.say("This was decided already."))
    found = await people_notes.joining(visit.inbox, callback_data.joining_id)
    if found is not None:
        await visit.edit(query, people_notes.joined_view(visit.say, *found))


async def accept(query: CallbackQuery, callback_data: SuggestionButton, visit: Visit) -> None:
    """They are one from now on."""
    found = await _suggestion(query, callback_data.suggestion_id, visit)
    if found is None:
        return
    done = await joining.accept(visit.inbox, callback_data.suggestion_id, visit.me)
    await _decided(query, visit, SuggestionState.JOINED if done else None, found)


async def refuse(query: CallbackQuery, callback_data: SuggestionButton, visit: Visit) -> None:
    """They stay two, and nobody asks again."""
    found = await _suggestion(query, callback_data.suggestion_id, visit)
    if found is None:
        return
    done = await joining.refuse(visit.inbox, callback_data.suggestion_id, visit.me)
    await _decided(query, visit, SuggestionState.REFUSED if done else None, found)


async def _decided(
    query: CallbackQuery,
    visit: Visit,
    state: SuggestionState | None,
    found: tuple[Suggestion, Person, Person],
) -> None:
    """Under the question, whose buttons go; `state` None: it was decided before."""
    late = visit.say("This was decided already.")
    await answer(query, late if state is None else "")
    words = _NOTED.get(state or found[0].state)
    said = Rich(visit.say(words) if words else late).styled("bold")
    body = people_notes.suggested_view(visit.say, *found).body
    await visit.edit(query, joined([body, said]))


async def _joining(
    query: CallbackQuery, joining_id: int, visit: Visit
) -> tuple[Joining, Person, Person] | None:
    found = await people_notes.joining(visit.inbox, joining_id)
    if found is None or not await _allowed(query, visit, (found[2],)):
        if found is None:
            await answer(query, refusal(visit.say, None), alert=True)
        return None
    return found


async def _suggestion(
    query: CallbackQuery, suggestion_id: int, visit: Visit
) -> tuple[Suggestion, Person, Person] | None:
    found = await people_notes.suggestion(visit.inbox, suggestion_id)
    if found is None or not await _allowed(query, visit, found[1:]):
        if found is None:
            await answer(query, refusal(visit.say, None), alert=True)
        return None
    return found


async def _allowed(query: CallbackQuery, visit: Visit, people: tuple[Person, ...]) -> bool:
    """Whether the member may act for one of them at least; else the press is answered why not."""
    async with visit.inbox.store.begin() as t:
        staff = await t.staff()
    holders = [routing.member(staff, one.client.manager_id) for one in people]
    if any(_may(visit, one, staff) for one in holders):
        return True
    await answer(query, refusal(visit.say, holders[0]), alert=True)
    return False


def _may(visit: Visit, holder: Manager | None, staff: tuple[Manager, ...]) -> bool:
    now = visit.inbox.clock.now()
    stand_ins = routing.in_place_of(holder, staff, now) if holder is not None else ()
    return may_act(visit.me, holder, stand_ins)
