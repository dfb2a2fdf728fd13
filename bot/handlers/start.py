"""The first word: a member is greeted or led to a card, an invited person becomes a member."""

from __future__ import annotations

from dataclasses import replace

from aiogram import Bot, Router
from aiogram.filters import CommandObject, CommandStart
from aiogram.types import Message, User

from bot.access import Visit, refusal
from bot.buttons import Button
from bot.card_links import linked_message
from bot.cards import CardView
from bot.command_lists import show_commands
from bot.handlers.find import lead_to
from bot.menu_buttons import MenuButton, Screen
from bot.rich import Rich, joined, one_line
from bot.sending import send
from bot.texts import known_language, speaker
from inbox.errors import NoSuchRow
from inbox.inbox import Inbox
from inbox.model import Manager

PREFIX = "inv_"


def setup() -> Router:
    """/start, and /start with an invitation's secret."""
    router = Router(name="start")
    router.message.register(start, CommandStart())
    return router


async def start(
    message: Message, command: CommandObject, bot: Bot, inbox: Inbox, visit: Visit | None
) -> None:
    """Greet, redeem the invitation, or show the linked card; doing it again changes nothing."""
    user = message.from_user
    if user is None:
        return
    linked = linked_message(command.args)
    if visit is not None and linked is not None:
        await show_linked(visit, linked, message.message_id)
        return
    me = visit.me if visit is not None else None
    if me is None:
        me = await _redeem(inbox, (command.args or "").removeprefix(PREFIX), user)
    if me is None:
        say = speaker(known_language(user.language_code) or "en")
        words = say("This invitation was used or has expired. Ask for a new one.")
        await send(bot, message.chat.id, Rich(words))
        return
    await send(bot, message.chat.id, greeting_view(me))
    await show_commands(bot, me)


async def show_linked(visit: Visit, message_id: int, below: int) -> None:
    """The card that a link in a report leads to, if the member may act there."""
    async with visit.inbox.store.begin() as t:
        try:
            card = await t.card(message_id)
        except NoSuchRow:
            card = None
    if card is None:
        await visit.send(Rich(visit.say("This card is not known any more.")), reply_to=below)
        return
    allowed, holder = await visit.look_up(card.conversation.id)
    if allowed is None:
        await visit.send(Rich(refusal(visit.say, holder)), reply_to=below)
        return
    await lead_to(visit, card, f"start {visit.place.chat_id}:{below}")


def greeting_view(me: Manager) -> CardView:
    """What happens here and what to do."""
    say = speaker(me.language)
    menu = Button(say("☰ Menu"), MenuButton(screen=Screen.MAIN))
    lines = [
        Rich(say("Hello, {name}!", name=one_line(me.name, 80))).styled("bold"),
        Rich(
            say(
                "Your clients' messages come here as cards, from Telegram and from mail. To "
                "answer, reply to a card: your answer goes out the way the client wrote."
            )
        ),
        Rich(say("Everything else is behind the button “☰ Menu”, or /menu.")),
    ]
    return CardView(joined(lines, "\n\n"), ((menu,),))


async def _redeem(inbox: Inbox, secret: str, user: User) -> Manager | None:
    """The new member, or the former one come back; None where the invitation is not good."""
    async with inbox.store.begin(durable=True) as t:
        staff = await t.staff()
        invited = await t.redeem_invite(secret, inbox.clock.now())
        if invited is None:
            return None
        role, name = invited
        former = next((one for one in staff if one.telegram_id == user.id), None)
        spoken = [one.language for one in staff if one.active]
        language = known_language(user.language_code) or (spoken[0] if spoken else "en")
        member = former or Manager(
            id=0,
            name=name or user.full_name,
            telegram_id=user.id,
            zone=inbox.calendars.studio.hours.zone.key,
            language=language,
        )
        return await t.save_manager(replace(member, role=role, active=True))
