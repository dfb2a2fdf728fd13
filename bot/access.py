"""Who may command: only active members of the studio, and each only where it is theirs."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from aiogram import BaseMiddleware, Bot
from aiogram.enums import ChatType
from aiogram.types import CallbackQuery, Chat, ForceReply, Message, TelegramObject, Update, User

from bot.buttons import may_act
from bot.cards import CardView
from bot.live_buttons import is_of_boards
from bot.places import Place, Places
from bot.report_ground import Ground
from bot.rich import Rich
from bot.sending import edit, pressed_ref, send
from bot.texts import Say, known_language, speaker
from bot.topics import ThreadGone, pressed_thread, thread_of
from connectors.telegram.errors import translated
from inbox import routing
from inbox.errors import NoSuchRow, SendRejected
from inbox.inbox import Inbox
from inbox.model import Client, Conversation, Manager, Role
from inbox.ports import Card, DeskLink, DeskRef, Purpose, Shown

INVITE_START = "/start inv_"
# What members command in groups, the clients' included.
LINK = "/link"
GROUP_COMMANDS = frozenset({"/alerts", "/forum", "/board", LINK})

Handler = Callable[[TelegramObject, dict[str, Any]], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Visit:
    """A member at the desk: who it is, in which language, and what a handler works with.

    `place`: where the member is heard and answered, a topic of the own chat or of the forum.
    `ground`: of which reports are made.
    """

    me: Manager
    say: Say
    bot: Bot
    inbox: Inbox
    place: Place
    ground: Ground

    async def send(
        self,
        view: CardView | Rich,
        *,
        reply_to: int | None = None,
        asking: ForceReply | None = None,
    ) -> DeskRef:
        """Say something where the member is; `asking` as in bot.sending. Raises the SendFailed."""
        chat_id = self.place.chat_id
        try:
            return await send(self.bot, self.place, view, reply_to=reply_to, asking=asking)
        except ThreadGone:
            return await send(self.bot, chat_id, view, reply_to=reply_to, asking=asking)

    def below(self, query: CallbackQuery) -> int | None:
        """The pressed message, where it stands in the chat in which the member is answered."""
        pressed = query.message
        here = pressed is not None and pressed.chat.id == self.place.chat_id
        return pressed.message_id if here and pressed is not None else None

    async def edit(self, query: CallbackQuery, view: CardView | Rich) -> None:
        """Change the message whose button was pressed. Raises the SendFailed."""
        ref = pressed_ref(self.bot, query)
        if ref is not None:
            await edit(self.bot, ref, view)

    async def remove(self, query: CallbackQuery) -> bool:
        """Delete the message whose button was pressed; False where Telegram refuses that.

        Raises the other SendFailed.
        """
        ref = pressed_ref(self.bot, query)
        if ref is None:
            return True
        try:
            with translated():
                await self.bot.delete_message(ref.chat_id, ref.message_id)
        except SendRejected:
            return False
        return True

    async def note(
        self, conversation: Conversation, view: CardView | Rich, below: int | None
    ) -> DeskRef:
        """Say something about a client; replies to it go to the client."""
        ref = await self.send(view, reply_to=below)
        async with self.inbox.store.begin() as t:
            newest = await t.newest_message(conversation.id)
            shown = Shown(ref, Purpose.NOTE)
            await t.link((DeskLink(shown, conversation.id, self.me.id, newest),))
        return ref

    async def conversation(
        self, query: CallbackQuery, conversation_id: int
    ) -> Conversation | None:
        """The conversation if the member may act in it; else the press is answered why not."""
        conversation, holder = await self.look_up(conversation_id)
        if conversation is None:
            await answer(query, refusal(self.say, holder), alert=True)
        return conversation

    async def look_up(self, conversation_id: int) -> tuple[Conversation | None, Manager | None]:
        """The conversation if the member may act in it, and who holds it."""
        async with self.inbox.store.begin() as t:
            try:
                conversation = await t.conversation(conversation_id)
            except NoSuchRow:
                return None, None
            staff = await t.staff()
        holder = routing.member(staff, conversation.assignee_id)
        now = self.inbox.clock.now()
        stand_ins = routing.in_place_of(holder, staff, now) if holder is not None else ()
        allowed = may_act(self.me, holder, stand_ins)
        return (conversation if allowed else None), holder

    async def look_up_client(self, client_id: int) -> tuple[Client | None, Manager | None]:
        """The client if the member may act for it, as in `look_up`, and who holds it."""
        async with self.inbox.store.begin() as t:
            client = await t.client(client_id)
            staff = await t.staff()
        if client is None:
            return None, None
        holder = routing.member(staff, client.manager_id)
        now = self.inbox.clock.now()
        stand_ins = routing.in_place_of(holder, staff, now) if holder is not None else ()
        return (client if may_act(self.me, holder, stand_ins) else None), holder

    async def client(self, query: CallbackQuery, client_id: int) -> Client | None:
        """The client if the member may act for it; else the press is answered why not."""
        client, holder = await self.look_up_client(client_id)
        if client is None:
            await answer(query, refusal(self.say, holder), alert=True)
        return client

    async def card(self, query: CallbackQuery, message_id: int) -> Card | None:
        """The card of a client's message if the member may act there; else the press is answered
        why not."""
        async with self.inbox.store.begin() as t:
            try:
                card = await t.card(message_id)
            except NoSuchRow:
                card = None
        if card is None:
            await answer(query, refusal(self.say, None), alert=True)
        elif await self.conversation(query, card.conversation.id) is None:
            card = None
        return card

    async def seen_by_me(self) -> tuple[int, ...] | None:
        """Whose clients the member sees: all (None) as a head, else the own, those of whom the
        member is the deputy, and those in whose place the member stands now."""
        if self.me.role is not Role.MANAGER:
            return None
        async with self.inbox.store.begin() as t:
            staff = await t.staff()
        now = self.inbox.clock.now()
        return tuple(
            one.id for one in staff if may_act(self.me, one, routing.in_place_of(one, staff, now))
        )


class Access(BaseMiddleware):
    """Gives handlers a `visit` (None for who is no member) and whether this is `in_forum`; a
    stranger gets a word in private, none in a group."""

    def __init__(self, places: Places) -> None:
        self._places = places

    async def __call__(self, handler: Handler, event: TelegramObject, data: dict[str, Any]) -> Any:
        user: User | None = data.get("event_from_user")
        chat: Chat | None = data.get("event_chat")
        if not isinstance(event, Update):
            return None
        staff = data["staff"]
        me = active_member(staff, user.id) if user is not None else None
        code = user.language_code if user is not None else None
        spoken = next((one.language for one in routing.people(staff)), "en")
        say = speaker(me.language if me else known_language(code) or spoken)
        in_forum = data["in_forum"] = chat is not None and self._places.is_forum(chat.id)
        private = chat is None or chat.type == ChatType.PRIVATE
        data["visit"] = None
        if me is not None:
            heard = _place_of(event) if private or in_forum else None
            place = heard or Place(me.telegram_id)
            data["visit"] = Visit(me, say, data["bot"], data["inbox"], place, data["ground"])
        if private:
            allowed = me is not None or is_invited(event.message)
        elif in_forum:
            allowed = me is not None or event.my_chat_member is not None
        else:
            allowed = chat is not None and _is_ours_in_a_group(event, chat.id, me, staff)
        if allowed:
            return await handler(event, data)
        if user is not None and me is not None and event.callback_query is not None:
            await answer(event.callback_query, say("This button no longer works."))
        elif user is not None:
            await _refuse(data["bot"], say, event, private=private)
        if in_forum and _is_anonymous(event.message):
            await _ask_for_a_name(data["bot"], say, event.message)
        return None


def _place_of(event: Update) -> Place | None:
    """The chat and topic that an update came from; None where it came from none."""
    message = event.message or event.edited_message
    if message is not None:
        return Place(message.chat.id, thread_of(message))
    query = event.callback_query
    if query is None or query.message is None:
        return None
    return Place(query.message.chat.id, pressed_thread(query))


def _is_ours_in_a_group(
    event: Update, chat_id: int, me: Manager | None, staff: Sequence[Manager]
) -> bool:
    """Of groups but the forum: commands by members and that a member brought the bot in, that a
    group of ours got another id, and presses by members below a board or in a group that hears
    alerts."""
    message = event.message
    if message is not None and message.migrate_to_chat_id is not None:
        return group_of(staff, chat_id) is not None
    if me is None:
        return False
    if message is not None:
        return is_for_groups(message.text)
    if event.my_chat_member is not None:
        return True
    press = event.callback_query
    if press is None:
        return False
    return group_of(staff, chat_id) is not None or is_of_boards(press.data)


def active_member(staff: Sequence[Manager], telegram_id: int) -> Manager | None:
    """The member who writes from this Telegram account; None for a former member."""
    return next((one for one in staff if one.telegram_id == telegram_id and one.active), None)


def group_of(staff: Sequence[Manager], chat_id: int) -> Manager | None:
    """The group chat with this id that hears alerts."""
    groups = (one for one in staff if one.active and one.role is Role.CHAT)
    return next((one for one in groups if one.telegram_id == chat_id), None)


def is_for_groups(text: str | None) -> bool:
    """Whether this is a command that groups know, by whatever bot's name."""
    command = (text or "").split(maxsplit=1)[:1]
    return bool(command) and command[0].partition("@")[0] in GROUP_COMMANDS


def is_link(text: str | None) -> bool:
    """Whether this is the command that asks whose group it is."""
    return is_for_groups(text) and (text or "").startswith(LINK)


def is_invited(message: Message | None) -> bool:
    """Whether somebody opened a deep link of an invitation."""
    return message is not None and (message.text or "").startswith(INVITE_START)


async def answer(query: CallbackQuery, text: str = "", *, alert: bool = False) -> None:
    """Answer a press; one that is too old by now needs no answer. Raises the SendFailed."""
    try:
        with translated():
            await query.answer(text[:200] or None, show_alert=alert)
    except SendRejected:
        return


def refusal(say: Say, holder: Manager | None) -> str:
    """Why a press or a reply was refused."""
    if holder is None:
        return say("This button no longer works.")
    return say("{name} has this client. Ask to have it handed over.", name=holder.name)


def _is_anonymous(message: Message | None) -> TypeGuard[Message]:
    """Whether an administrator of a group wrote in the group's own name."""
    by = message.sender_chat if message is not None else None
    return message is not None and by is not None and by.id == message.chat.id


async def _ask_for_a_name(bot: Bot, say: Say, message: Message) -> None:
    """Nobody knows which member it was, and a reply to a client has an author."""
    words = say(
        "This went to nobody: it is written anonymously. Switch “Remain anonymous” off for you in "
        "this group's administrators."
    )
    place = Place(message.chat.id, thread_of(message))
    await send(bot, place, Rich(words), reply_to=message.message_id)


async def _refuse(bot: Bot, say: Say, event: Update, *, private: bool) -> None:
    if event.callback_query is not None:
        await answer(event.callback_query, say("Only members of the studio may press this."))
    elif event.message is not None and private:
        words = say("This bot is for the studio's members. Ask the head for an invitation.")
        await send(bot, event.message.chat.id, Rich(words))
