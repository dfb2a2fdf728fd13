"""Mails whose ids lead nowhere: joined by sender and subject as a guess, and split again."""

from __future__ import annotations

import re
from datetime import timedelta

from inbox import auditing
from inbox.holding import terms_of, warn_of_no_time
from inbox.inbox import Inbox
from inbox.model import Conversation, InboundMessage, Manager, Nature
from inbox.ports import Transaction
from inbox.queueing import refresh

AT_MOST = timedelta(days=14)
SHORTEST = 4  # letters of a subject that says something

_PREFIX = re.compile(
    r"\s*(?:re|fwd?|aw|wg|sv|vs|rv|tr|ha|на|отв|ответ|пер|пересл|переслано)"
    r"\s*(?:[\[(]\d{1,3}[\])]|\^\d{1,3})?\s*:",
    re.IGNORECASE,
)
_GENERIC = frozenset(
    (
        "без темы",
        "вопрос",
        "документ",
        "документы",
        "добрый день",
        "добрый вечер",
        "доброе утро",
        "договор",
        "заказ",
        "запрос",
        "заявка",
        "заявка с сайта",
        "здравствуйте",
        "информация",
        "новая заявка",
        "новая заявка с сайта",
        "новое сообщение",
        "оплата",
        "письмо",
        "привет",
        "сайт",
        "сообщение",
        "сообщение с сайта",
        "срочно",
        "счет",
        "тест",
        "фото",
        "contact form",
        "document",
        "documents",
        "hello",
        "good morning",
        "information",
        "invoice",
        "message",
        "new message",
        "no subject",
        "order",
        "photo",
        "question",
        "request",
        "test",
        "urgent",
    )
)


def normalised(subject: str | None) -> str:
    """The subject without any Re:, Fwd:, Отв:, HA: ... before it, for comparing; "" for none."""
    rest = (subject or "").replace("\xa0", " ")
    while found := _PREFIX.match(rest):
        rest = rest[found.end() :]
    return " ".join(rest.casefold().replace("ё", "е").split()).strip(" .!?,:;-()[]\"'«»")


def is_generic(normal: str) -> bool:
    """Whether two mails with this subject may well have nothing to do with one another."""
    letters = sum(one.isalpha() for one in normal)
    return letters < SHORTEST or normal in _GENERIC


async def guessed(t: Transaction, message: InboundMessage) -> Conversation | None:
    """The conversation that a person's mail probably belongs to, its ids being unknown."""
    subject = normalised(message.subject)
    if message.nature is not Nature.PERSON or is_generic(subject):
        return None
    since = message.sent_at - AT_MOST
    for conversation_id, known in await t.earlier_from(message.channel_id, message.sender, since):
        if normalised(known) == subject:
            if await t.is_kept_apart(message.sender, subject):
                return None
            return await t.conversation(conversation_id, with_client=True)
    return None


async def split(inbox: Inbox, message_id: int, by: Manager) -> bool:
    """A guess was wrong: the message, and what came to it by its ids, is a conversation of its
    own, with its own wait; the same guess is not made again. False where nothing was guessed."""
    async with inbox.store.begin() as t:
        card = await t.card(message_id)
        if not card.placing.guessed:
            return False
        before = await t.conversation(card.conversation.id)
        own = await t.open_conversation(
            before.channel_id,
            before.client,
            before.contact,
            card.message.sender,
            card.message.subject,
        )
        moved, threads = await _belonging(inbox, t, before, message_id)
        await t.move(moved, threads, own.id)
        await _share_wait(inbox, t, before, own, moved, by=by)
        await t.keep_apart(card.message.sender, normalised(card.message.subject))
        cause = f"split off by {by.id}: {message_id}"
        await refresh(t, before.id, cause)
        await refresh(t, own.id, cause, message_id=message_id)
    return True


async def _belonging(
    inbox: Inbox, t: Transaction, before: Conversation, message_id: int
) -> tuple[list[int], list[str]]:
    """The message, those that came to it or to replies to it by their ids, and all these ids."""
    connector = inbox.connectors.get(before.channel_id)
    answers: dict[int | None, list[str]] = {}
    for draft in await t.replies(before.id):
        known = connector.external_id(draft.key) if connector is not None else None
        answers.setdefault(draft.message_id, []).extend([known] if known else [])
    moved: list[int] = []
    threads: set[str] = set()
    staying: set[str] = set()
    for number, message in await t.messages_from(before.id, 0):
        ids = {*message.thread_ids, *answers.get(number, ())}
        if number == message_id or (number > message_id and threads & ids):
            moved.append(number)
            threads |= ids
        else:
            staying |= ids
    return moved, sorted(threads - staying)


async def _share_wait(
    inbox: Inbox,
    t: Transaction,
    before: Conversation,
    own: Conversation,
    moved: list[int],
    *,
    by: Manager,
) -> None:
    """The open wait stays with the message that began it; the others' wait begins with theirs."""
    wait, now = before.wait, inbox.clock.now()
    if wait is None:
        return
    everything = await t.messages_of_wait(wait.id)
    waiting = [one for one in everything if one[1].nature is Nature.PERSON]
    if waiting and waiting[0][0] in moved:
        await t.move_wait(wait.id, own.id)
        await auditing.moved(t, own, wait, wait, at=now, by_id=by.id)
        leaving = [one for one in waiting if one[0] not in moved]
        left = before.id
    else:
        leaving = [one for one in waiting if one[0] in moved]
        left = own.id
    for number, _ in leaving:
        await t.join_wait(number, None)
    if leaving:
        conversation = await t.conversation(left)
        terms = await terms_of(inbox, t, conversation)
        conversation = await t.save(conversation.asked(leaving[0][1], terms))
        await warn_of_no_time(inbox.calendars, t, conversation.wait)
        await auditing.opened(t, conversation, now, by.id)
