"""What the buttons do, as commands in a reply to a card or in a client's topic: /noreply, /phone,
/promise, /handover, /take. Any other command there is refused; none ever goes to the client."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from aiogram import F, Router
from aiogram.filters import Command, CommandObject
from aiogram.types import Message

from bot.access import Visit, refusal
from bot.handlers import escalation, hand_over, phone, promise
from bot.handlers.topic import AboutClient
from bot.prompts import Asked, Prompt, ask
from bot.rich import Rich
from bot.sending import ref_of
from inbox import actions
from inbox.model import Conversation, Manager
from inbox.ports import DeskRef


@dataclass(frozen=True, slots=True)
class Said:
    """A command: what follows it, the message it stands in, and what that replies to."""

    rest: str
    message_id: int
    target: DeskRef


Deed = Callable[[Visit, Conversation, Said], Awaitable[str]]


def setup() -> Router:
    """The commands in replies; alone they say that they want a card; others are refused."""
    router = Router(name="by_reply")
    deeds: dict[str, Deed] = {
        "noreply": no_reply,
        "phone": answered_by_phone,
        "promise": promised,
        "handover": handed_over,
    }
    for name, deed in deeds.items():
        router.message.register(_on_linked(deed), Command(name), AboutClient())
    router.message.register(take, Command("take"), AboutClient())
    router.message.register(explain_how, Command("take", *deeds))
    router.message.register(refuse, F.text.startswith("/"), AboutClient())
    return router


def _on_linked(deed: Deed) -> Callable[[Message, CommandObject, int, Visit], Awaitable[None]]:
    """Do it if the member may act in the conversation, and say what came of it."""

    async def handler(
        message: Message, command: CommandObject, conversation_id: int, visit: Visit
    ) -> None:
        conversation, holder = await visit.look_up(conversation_id)
        if conversation is None:
            words = refusal(visit.say, holder)
        else:
            words = await deed(visit, conversation, _said(message, command, visit))
        if words:
            await visit.send(Rich(words), reply_to=message.message_id)

    return handler


def _said(message: Message, command: CommandObject, visit: Visit) -> Said:
    target = ref_of(visit.bot, message.reply_to_message or message)
    return Said((command.args or "").strip(), message.message_id, target)


async def no_reply(visit: Visit, conversation: Conversation, said: Said) -> str:
    """As the button "No reply needed"."""
    stopped = await actions.dismiss(visit.inbox, conversation.id, visit.me)
    return visit.say("The clock has stopped.") if stopped else visit.say("Nothing waits here.")


async def answered_by_phone(visit: Visit, conversation: Conversation, said: Said) -> str:
    """As the button, with the line about the call if it is there."""
    return await phone.phoned(visit, conversation, said.message_id, said.rest)


async def promised(visit: Visit, conversation: Conversation, said: Said) -> str:
    """The days as buttons, or the time that was written."""
    if said.rest:
        await promise.promise_by_words(visit, conversation, said.rest, said.message_id)
    else:
        await promise.offer_days(visit, conversation, said.message_id)
    return ""


async def handed_over(visit: Visit, conversation: Conversation, said: Said) -> str:
    """To the member who is named; what follows the name is the note."""
    if not said.rest:
        await hand_over.offer_members(visit, conversation, said.message_id)
        return ""
    async with visit.inbox.store.begin() as t:
        members = hand_over.holders(await t.staff())
    found = named_at_start(said.rest, members)
    if found is None:
        names = ", ".join(one.name for one in members)
        return visit.say("There is no such colleague. Known are: {names}", names=names)
    to, note = found
    await actions.hand_over(visit.inbox, conversation.id, to, visit.me)
    words = hand_over.note_wanted(visit, conversation, to)
    if note:
        if await hand_over.keep_words(visit, conversation.id, note):
            return visit.say("Handed over to {name}, with your note.", name=to.name)
        return visit.say("Nobody else has this client now who could read it.")
    prompt = Prompt(Asked.HAND_OVER, conversation.id, str(visit.me.id))
    await ask(visit, words, prompt, reply_to=said.message_id)
    return ""


def named_at_start(text: str, members: tuple[Manager, ...]) -> tuple[Manager, str] | None:
    """The member whose name the text begins with, and what follows it.

    A whole name (the longest) goes first, then a first name or another beginning of one member's.
    """
    folded = text.casefold()
    whole = [one for one in members if _begins(folded, one.name.casefold())]
    if whole:
        longest = max(whole, key=lambda one: len(one.name))
        return longest, text[len(longest.name) :].lstrip(" ,:;.—-\n")
    word = text.split(maxsplit=1)[0]
    start = word.rstrip(",:;.").casefold()
    some = [one for one in members if start and one.name.casefold().startswith(start)]
    return (some[0], text[len(word) :].strip()) if len(some) == 1 else None


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not text[len(name) : len(name) + 1].isalnum()


async def take(
    message: Message,
    command: CommandObject,
    conversation_id: int,
    wait_id: int | None,
    visit: Visit,
) -> None:
    """A client nobody has becomes the member's; of another's client the wait is taken on."""
    conversation, holder = await visit.look_up(conversation_id)
    free = holder is None or not holder.active
    if conversation is not None and (free or holder == visit.me):
        winner = await actions.take(visit.inbox, conversation.id, visit.me)
        mine = winner.id == visit.me.id
        words = visit.say("The client is yours.") if mine else refusal(visit.say, winner)
    else:
        words = await _take_on(message, conversation, holder, wait_id, visit)
    await visit.send(Rich(words), reply_to=message.message_id)


async def _take_on(
    message: Message,
    conversation: Conversation | None,
    holder: Manager | None,
    wait_id: int | None,
    visit: Visit,
) -> str:
    """The alert's wait, or the one that is open in the conversation."""
    if wait_id is None and conversation is not None and conversation.wait is not None:
        wait_id = conversation.wait.id
    if wait_id is None:
        nothing = conversation is not None
        return visit.say("Nothing waits here.") if nothing else refusal(visit.say, holder)
    target = message.reply_to_message
    return await escalation.take_on(
        visit, wait_id, ref_of(visit.bot, target) if target is not None else None
    )


async def explain_how(message: Message, visit: Visit) -> None:
    """The commands alone."""
    words = visit.say("Reply with this command to a client's card.")
    await visit.send(Rich(words), reply_to=message.message_id)


async def refuse(message: Message, visit: Visit) -> None:
    """What looks like a command must not go to a client by a slip."""
    words = visit.say("There is no such command; nothing was sent.")
    await visit.send(Rich(words), reply_to=message.message_id)
