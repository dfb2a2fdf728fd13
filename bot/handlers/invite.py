"""/invite: a one-time link that makes its first user a member."""

from __future__ import annotations

import secrets
from datetime import timedelta

from aiogram import F, Router
from aiogram.filters import Command
from aiogram.fsm.context import FSMContext
from aiogram.fsm.state import State, StatesGroup
from aiogram.types import CallbackQuery, Message
from aiogram.utils.deep_linking import create_start_link

from bot.access import Visit, answer
from bot.buttons import Button, RoleButton
from bot.cards import CardView
from bot.handlers.start import PREFIX
from bot.menu import with_back
from bot.menu_buttons import Screen
from bot.rich import Rich, joined, one_line
from bot.texts import Say, mark
from connectors.telegram.errors import translated
from inbox.model import Manager, Role

VALID = timedelta(hours=48)
NAME_LIMIT = 64

ROLES = {
    Role.MANAGER: mark("Manager"),
    Role.HEAD: mark("Head"),
    Role.ADMIN: mark("Administrator"),
}


class Invitation(StatesGroup):
    """The form: a role was chosen, a name is awaited."""

    name = State()


def setup() -> Router:
    """/invite, the choice of a role, and the name."""
    router = Router(name="invite")
    router.message.register(ask_role, Command("invite"))
    router.callback_query.register(ask_name, RoleButton.filter())
    router.message.register(
        give_link, Invitation.name, F.text, F.text.func(lambda text: not text.startswith("/"))
    )
    return router


def may_invite(me: Manager) -> tuple[Role, ...]:
    """The roles that this member may give: nobody gives more than the own."""
    match me.role:
        case Role.ADMIN:
            return (Role.MANAGER, Role.HEAD, Role.ADMIN)
        case Role.HEAD:
            return (Role.MANAGER, Role.HEAD)
        case _:
            return ()


async def ask_role(message: Message, visit: Visit) -> None:
    """Offer the roles as buttons."""
    await visit.send(with_back(visit.say, await view(visit)))


async def view(visit: Visit) -> CardView:
    """The roles that this member may give."""
    roles = may_invite(visit.me)
    if not roles:
        return CardView(Rich(_refused(visit.say)), ())
    row = tuple(Button(visit.say(ROLES[role]), RoleButton(role=role.value)) for role in roles)
    return CardView(Rich(visit.say("Whom do you invite?")), (row,))


async def ask_name(
    query: CallbackQuery, callback_data: RoleButton, visit: Visit, state: FSMContext
) -> None:
    """Keep the role, ask for the name in the same message."""
    role = next((one for one in may_invite(visit.me) if one.value == callback_data.role), None)
    if role is None:
        await answer(query, _refused(visit.say))
        return
    await state.set_state(Invitation.name)
    await state.set_data({"role": role.value})
    await answer(query)
    words = visit.say(
        "{role}: what is the colleague's name? Send it here.", role=visit.say(ROLES[role])
    )
    await visit.edit(query, with_back(visit.say, Rich(words), Screen.MORE))


async def give_link(message: Message, visit: Visit, state: FSMContext) -> None:
    """Make the invitation; the link is shown once and kept nowhere."""
    chosen = (await state.get_data()).get("role", "")
    role = next((one for one in may_invite(visit.me) if one.value == chosen), None)
    name = one_line(message.text or "", NAME_LIMIT)
    if role is None or not name:
        await state.clear()
        await visit.send(Rich(_refused(visit.say)))
        return
    secret = secrets.token_urlsafe(24)
    with translated():
        link = await create_start_link(visit.bot, PREFIX + secret)
    async with visit.inbox.store.begin(durable=True) as t:
        await t.add_invite(secret, role, name, visit.inbox.clock.now() + VALID)
    words = visit.say(
        "Send this link to {name} ({role}). It works once, for 48 hours:",
        name=name,
        role=visit.say(ROLES[role]),
    )
    await visit.send(joined([Rich(words), Rich(link)], "\n\n"))
    await state.clear()


def _refused(say: Say) -> str:
    return say("Only a head or an administrator can invite.")
