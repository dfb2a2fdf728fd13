"""`okno demo --story`: a day of the studio, played by script and checked at the far end.

morning   mail → card → reply in the thread · Telegram → card → reply · files both ways
midday    a stranger is taken · somebody is left alone: alert, escalation, answer
evening   ten minutes before closing: due next morning, nothing at night · a refused reply
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from sandbox import studio
from sandbox.mail import File, Mail
from sandbox.stage import Stage
from sandbox.studio import (
    ANNA,
    ARTYOM,
    DMITRY,
    ELENA,
    IGOR,
    MARIA,
    OLGA,
    PAVEL,
    STAFF,
    Colleague,
    Outsider,
)
from sandbox.telling import Message, StoryFault, Teller, words_of

__all__ = ["StoryFault", "tell"]

ANSWERED, ALERT, REFUSED, DELIVERED = "✅", "⏰", "❌", "👌"
TAKE = ("Взять", "Take")
TRY_AGAIN = ("Повторить", "Try again")
BRIEF = File("Бриф сайта.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, "application/pdf")
ESTIMATE = b"%PDF-1.7\n%" + bytes(reversed(range(256))) * 30


async def tell(stage: Stage, say: Callable[[str], None]) -> None:
    """Play the day. Raises StoryFault, naming what did not happen."""
    story = Story(Teller(stage, say))
    say(f"A day of {studio.NAME}: every line was checked where it says it happened.")
    scenes: dict[str, Callable[[], Awaitable[None]]] = {
        "A mail becomes a card, the reply a mail in its thread": story.mail_answered,
        "The same in Telegram": story.telegram_answered,
        "A file both ways": story.files,
        "A stranger writes, and is taken": story.stranger_taken,
        "A message is left alone over lunch": story.left_alone,
        "Ten minutes before closing": story.overnight,
        "A reply is refused": story.refused,
    }
    for name, play in scenes.items():
        story.teller.begin(name)
        await play()
    say("\nThe end: every step happened.")


class Story:
    """The scenes. Each leaves nobody waiting behind it."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self._stage = teller.stage
        self._people = teller.stage.people
        self._bot = teller.stage.bot

    async def mail_answered(self) -> None:
        asked = await self._writes_mail(MARIA, "Смета на сайт", "Сколько стоит меню на сайте?")
        card = await self._card(ANNA, MARIA.company, "Сколько стоит меню", whole=True)
        await self.teller.wait_for(timedelta(minutes=12))
        own = self._replies(ANNA, card, "Добрый день! Меню: 40 000 ₽, две недели.")
        answer = await self._mail_came(MARIA, "40 000 ₽")
        self._stands_in_thread(answer, asked)
        await self._kept_in_sent(answer)
        await self._delivered(ANNA, own)
        await self._closed(ANNA, card, "12")

    async def telegram_answered(self) -> None:
        self._writes(PAVEL, "Форма заявки не отправляется")
        card = await self._card(DMITRY, PAVEL.company, "Форма заявки")
        await self.teller.wait_for(timedelta(minutes=4))
        own = self._replies(DMITRY, card, "Починили, проверьте, пожалуйста.")
        await self._chat_came(PAVEL, "Починили")
        await self._delivered(DMITRY, own)
        await self._closed(DMITRY, card, "4")

    async def files(self) -> None:
        await self._writes_mail(IGOR, "Бриф", "Бриф во вложении.", BRIEF)
        card = await self._card(ANNA, IGOR.company, BRIEF.name)
        shown, took = await self.teller.until(
            "the file below the card", lambda: self._file_below(ANNA, card, BRIEF.content)
        )
        self.teller.tell(f"{shown} at {ANNA.name}, byte for byte, {took} after the mail")
        await self.teller.wait_for(timedelta(minutes=25))
        own = self._people.sends(
            *(ANNA.person_id, self._bot, "document", ESTIMATE, "Смета.pdf"),
            caption="Спасибо! Смета во вложении.",
            reply_to=card["message_id"],
        )
        self.teller.started()
        self.teller.tell(f"{ANNA.name} replies to the card with the file Смета.pdf")
        answer = await self._mail_came(IGOR, "Смета во вложении")
        contents = [file.content for file in answer.files]
        self.teller.sure("the mail carries Смета.pdf", holds=contents == [ESTIMATE])
        await self._delivered(ANNA, own)
        await self._closed(ANNA, card, "25")

    async def stranger_taken(self) -> None:
        await self._writes_mail(ARTYOM, "Нужен сайт", "Здравствуйте! Делаете сайты для школ?")
        cards = {who: await self._card(who, ARTYOM.name, "сайты для школ") for who in STAFF}
        label, said = await self.teller.presses(DMITRY, cards[DMITRY], *TAKE)
        self.teller.tell(f"{DMITRY.name} presses «{label}»; the bot answers: {said}")
        for who in (ANNA, OLGA):
            text, took = await self.teller.until(
                f"the card of {who.name} says who took the client",
                partial(self._line, who, cards[who], DMITRY.name),
            )
            self.teller.tell(f"the card of {who.name} says after {took}: {text}")
        await self.teller.wait_for(timedelta(minutes=3))
        own = self._replies(DMITRY, cards[DMITRY], "Делаем! Созвонимся завтра?")
        await self._mail_came(ARTYOM, "Созвонимся завтра")
        await self._delivered(DMITRY, own)
        await self._closed(DMITRY, cards[DMITRY], "3")

    async def left_alone(self) -> None:
        await self.teller.turn_to(self.teller.at(12, 40))
        self._writes(ELENA, "Сайт открывается очень медленно, посмотрите?")
        card = await self._card(DMITRY, ELENA.company, "очень медленно")
        before = self.teller.newest()
        await self.teller.turn_to(self.teller.at(13, 59))
        await self._no_alert(DMITRY, before, "lunch does not count")
        await self.teller.turn_to(self.teller.at(14, 25) + timedelta(seconds=5))
        alert = await self._alert(DMITRY, before, "45")
        await self._no_alert(OLGA, before, "the head hears nothing yet")
        await self.teller.turn_to(self.teller.at(14, 40) + timedelta(seconds=5))
        raised = await self._alert(OLGA, before, ELENA.company)
        await self.teller.wait_for(timedelta(minutes=10))
        own = self._replies(DMITRY, alert, "Смотрим: тяжёлые фотографии, сожмём сегодня.")
        await self._chat_came(ELENA, "сожмём сегодня")
        await self._delivered(DMITRY, own)
        for who, told in ((DMITRY, alert), (OLGA, raised), (DMITRY, card)):
            await self._closed(who, told, "10")

    async def overnight(self) -> None:
        await self.teller.turn_to(self.teller.at(17, 50))
        asked = await self._writes_mail(MARIA, "Новое фото", "Поменяете фото на главной?")
        card = await self._card(ANNA, "Поменяете фото", "09:50")
        before = self.teller.newest()
        await self.teller.turn_to(self.teller.at(23, 0))
        await self._no_alert(ANNA, before, "the night does not count")
        await self.teller.turn_to(self.teller.at(9, 20, days=1))
        own = self._replies(ANNA, card, "Поменяли, посмотрите.")
        answer = await self._mail_came(MARIA, "Поменяли")
        self._stands_in_thread(answer, asked)
        await self._delivered(ANNA, own)
        await self._closed(ANNA, card, "30")

    async def refused(self) -> None:
        self._writes(PAVEL, "Спасибо, всё работает. А можно счёт?")
        card = await self._card(DMITRY, PAVEL.company, "можно счёт")
        self._people.blocks(PAVEL.person_id, self._bot)
        self.teller.tell(f"{PAVEL.name} blocks the bot")
        before = self.teller.newest()
        await self.teller.wait_for(timedelta(minutes=6))
        own = self._replies(DMITRY, card, "Счёт выставим сегодня.")
        note, took = await self.teller.until(
            "the sentence that says why the reply was refused",
            lambda: self.teller.told(DMITRY, REFUSED, after=before),
        )
        self.teller.tell(f"below the reply, after {took}:", *words_of(note).splitlines())
        self._people.unblocks(PAVEL.person_id, self._bot)
        label, _said = await self.teller.presses(DMITRY, note, *TRY_AGAIN)
        self.teller.tell(f"{PAVEL.name} unblocks it, {DMITRY.name} presses «{label}»")
        await self._chat_came(PAVEL, "Счёт выставим")
        await self._delivered(DMITRY, own)
        await self._closed(DMITRY, card, "6")

    # --- what people do -----------------------------------------------------------------------

    async def _writes_mail(self, who: Outsider, subject: str, text: str, *files: File) -> Mail:
        self.teller.started()
        mail = await self._stage.mail.compose(
            who.email, studio.MAILBOX, subject, text, files=files
        )
        with_files = f" with {', '.join(file.name for file in files)}" if files else ""
        self.teller.tell(f"mail in: {who.name} <{who.email}>, «{subject}»{with_files}")
        return mail

    def _writes(self, who: Outsider, text: str) -> None:
        self.teller.started()
        self._people.says(who.person_id, self._bot, text)
        self.teller.tell(f"Telegram in: {who.name}: {text}")

    def _replies(self, who: Colleague, to: Message, text: str) -> Message:
        self.teller.started()
        self.teller.tell(f"{who.name} replies to it: {text}")
        return self._people.says(who.person_id, self._bot, text, reply_to=to["message_id"])

    # --- what must come of it -----------------------------------------------------------------

    async def _card(self, who: Colleague, *words: str, whole: bool = False) -> Message:
        card, took = await self.teller.until(
            f"a card with {' and '.join(words)} at {who.name}",
            lambda: self.teller.told(who, *words),
        )
        lines = [line for line in words_of(card).splitlines() if line]
        self.teller.tell(
            f"card at {who.name} ({who.role}), {took} after the message",
            *(lines if whole else lines[-2:]),
        )
        return card

    async def _mail_came(self, who: Outsider, words: str) -> Mail:
        mail, took = await self.teller.until(
            f"a mail with «{words}» in the inbox of {who.name}",
            lambda: self.teller.received(who, words),
        )
        sender = mail.sender == studio.MAILBOX
        self.teller.sure(f"the mail comes from {studio.MAILBOX}", holds=sender)
        self.teller.tell(f"mail out: in the inbox of {who.name}, {took} after the reply")
        return mail

    def _stands_in_thread(self, answer: Mail, asked: Mail) -> None:
        self.teller.tell(
            "its thread:",
            f"Subject: {answer.subject}",
            f"In-Reply-To: {answer.in_reply_to}",
            f"References: {' '.join(answer.references)}",
            f"Message-ID: {answer.message_id}",
        )
        refers = answer.in_reply_to == asked.message_id and asked.message_id in answer.references
        self.teller.sure("the answer refers to the client's mail", holds=refers)
        named = answer.subject == f"Re: {asked.subject}" and bool(answer.message_id)
        self.teller.sure("the answer has the client's subject and an id", holds=named)

    async def _kept_in_sent(self, answer: Mail) -> None:
        def copy() -> bool | None:
            ids = {mail.message_id for mail in self._stage.mail.sent(studio.MAILBOX)}
            return answer.message_id in ids or None

        _, took = await self.teller.until("a copy in the studio's folder Sent", copy)
        self.teller.tell(f"a copy in the studio's folder Sent, {took} after the reply")

    async def _chat_came(self, who: Outsider, words: str) -> None:
        _, took = await self.teller.until(
            f"«{words}» in the chat of {who.name}", lambda: self.teller.told(who, words)
        )
        self.teller.tell(f"Telegram out: in the chat of {who.name}, {took} after the reply")

    async def _delivered(self, who: Colleague, own: Message) -> None:
        def reacted() -> bool | None:
            seen = self.teller.message(who, own["message_id"])
            return any(each["emoji"] == DELIVERED for each in seen["reactions"]) or None

        _, took = await self.teller.until(f"{DELIVERED} on the reply of {who.name}", reacted)
        self.teller.tell(f"{DELIVERED} on the reply of {who.name} after {took}: delivered")

    async def _closed(self, who: Colleague, told: Message, minutes: str) -> None:
        line, took = await self.teller.until(
            f"the wait's end on the message of {who.name}",
            lambda: self._line(who, told, ANSWERED),
        )
        self.teller.sure(
            f"{minutes} minutes of business time: {line}", holds=f" {minutes} " in line
        )
        what = "alert" if ALERT in words_of(told) else "card"
        self.teller.tell(f"the {what} of {who.name} says after {took}: {line}")

    async def _alert(self, who: Colleague, after: int, words: str) -> Message:
        alert, took = await self.teller.until(
            f"an alert at {who.name}", lambda: self.teller.told(who, ALERT, words, after=after)
        )
        head = words_of(alert).splitlines()[0]
        self.teller.tell(
            f"alert at {who.name} ({who.role}), {took} after the clock was turned", head
        )
        return alert

    async def _no_alert(self, who: Colleague, after: int, why: str) -> None:
        await self.teller.quiet(
            f"an alert at {who.name}", lambda: self.teller.told(who, ALERT, after=after)
        )
        self.teller.tell(f"no alert at {who.name}: {why}")

    def _line(self, who: Colleague, told: Message, words: str) -> str | None:
        """The line with these words of a message as it looks now."""
        text = words_of(self.teller.message(who, told["message_id"]))
        return next((line for line in text.splitlines() if words in line), None)

    def _file_below(self, who: Colleague, card: Message, content: bytes) -> str | None:
        for message in self.teller.chat(who):
            replied = message.get("reply_to_message", {}).get("message_id")
            if replied == card["message_id"] and "document" in message:
                file = self._stage.world.files.find(self._bot.id, message["document"]["file_id"])
                return file.name if file.bytes() == content else None
        return None
