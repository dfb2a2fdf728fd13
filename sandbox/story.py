"""`okno demo --story`: a day of the studio, played by script and checked at the far end.

morning   mail → card → reply in the thread · Telegram → card → reply · files both ways
          a client's group · a manager's own account · topics · a message to nobody
day       a note · a price agreed to · a task · a template · search · all handed over and back
midday    a stranger is taken · by telephone · handed over · left alone: alert, head, taken on
evening   ten minutes before closing: due next morning, a word at night, no alert · why
next day  a refused reply · a promise, its reminder, unkept, kept · somebody is away
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial

from inbox.phrases import Phrase
from sandbox import studio
from sandbox.chat_scenes import ChatScenes
from sandbox.clock_scenes import ClockScenes
from sandbox.day_scenes import DayScenes
from sandbox.mail import File
from sandbox.stage import Stage
from sandbox.studio import (
    ANNA,
    ARTYOM,
    DMITRY,
    IGOR,
    MARIA,
    OLGA,
    PAVEL,
    STAFF,
)
from sandbox.telling import StoryFault, Teller, words_of

__all__ = ["StoryFault", "tell"]

REFUSED = "❌"
TAKE = ("Взять", "Take")
TRY_AGAIN = ("Повторить", "Try again")
BRIEF = File("Бриф сайта.pdf", b"%PDF-1.7\n" + bytes(range(256)) * 40, "application/pdf")
SMETA = "Смета.pdf"
ESTIMATE = b"%PDF-1.7\n%" + bytes(reversed(range(256))) * 30


async def tell(stage: Stage, show: Callable[[str], None]) -> None:
    """Play the day and show its lines, phrases. Raises StoryFault, naming what did not happen."""
    story = Story(Teller(stage, show))
    show(
        Phrase(
            "A day of {name}: every line was checked where it says it happened.", name=studio.NAME
        )
    )
    scenes: dict[str, Callable[[], Awaitable[None]]] = {
        Phrase("A mail becomes a card, the reply a mail in its thread"): story.mail_answered,
        Phrase("The same in Telegram"): story.telegram_answered,
        Phrase("A file both ways"): story.files,
        Phrase("In the client's group"): story.in_group,
        Phrase("At a manager's own account"): story.at_own_account,
        Phrase("A topic for each client"): story.in_topic,
        Phrase("A message to nobody"): story.to_nobody,
        Phrase("A note for the studio alone"): story.noted,
        Phrase("A price is named, agreed to, and is a task"): story.agreed,
        Phrase("A message becomes a task, and is done"): story.tasked,
        Phrase("A text that is written often"): story.templated,
        Phrase("Found again"): story.found,
        Phrase("All clients of a colleague, and back"): story.all_handed_over,
        Phrase("A stranger writes, and is taken"): story.stranger_taken,
        Phrase("Answered by phone"): story.phoned,
        Phrase("A client is handed over with a note"): story.handed_over,
        Phrase("A message is left alone over lunch"): story.left_alone,
        Phrase("Ten minutes before closing"): story.overnight,
        Phrase("A reply is refused"): story.refused,
        Phrase("An answer is promised"): story.promised,
        Phrase("Somebody is away"): story.away,
    }
    for name, play in scenes.items():
        story.teller.begin(name)
        await play()
    show("")
    show(Phrase("The end: every step happened."))


class Story(ChatScenes, DayScenes, ClockScenes):
    """The scenes of messages, beside the others. Each leaves nobody waiting behind it."""

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
            Phrase("the file below the card"), lambda: self._file_below(ANNA, card, BRIEF.content)
        )
        self.teller.tell(
            Phrase(
                "{file} at {name}, byte for byte, {took} after the mail",
                file=shown,
                name=ANNA.name,
                took=took,
            )
        )
        await self.teller.wait_for(timedelta(minutes=25))
        own = self._people.sends(
            *(ANNA.person_id, self._bot, "document", ESTIMATE, SMETA),
            caption="Спасибо! Смета во вложении.",
            reply_to=card["message_id"],
        )
        self.teller.started()
        self.teller.tell(
            Phrase("{name} replies to the card with the file {file}", name=ANNA.name, file=SMETA)
        )
        answer = await self._mail_came(IGOR, "Смета во вложении")
        contents = [file.content for file in answer.files]
        self.teller.sure(
            Phrase("the mail carries {file}", file=SMETA), holds=contents == [ESTIMATE]
        )
        await self._delivered(ANNA, own)
        await self._closed(ANNA, card, "25")

    async def stranger_taken(self) -> None:
        await self._writes_mail(ARTYOM, "Нужен сайт", "Здравствуйте! Делаете сайты для школ?")
        cards = {who: await self._card(who, ARTYOM.name, "сайты для школ") for who in STAFF}
        label, said = await self.teller.presses(DMITRY, cards[DMITRY], *TAKE)
        self.teller.tell(
            Phrase(
                "{name} presses «{label}»; the bot answers: {words}",
                name=DMITRY.name,
                label=label,
                words=said,
            )
        )
        for who in (ANNA, OLGA):
            text, took = await self.teller.until(
                Phrase("the card of {name} says who took the client", name=who.name),
                partial(self._line, who, cards[who], DMITRY.name),
            )
            self.teller.tell(
                Phrase(
                    "the card of {name} says after {took}: {line}",
                    name=who.name,
                    took=took,
                    line=text,
                )
            )
        await self.teller.wait_for(timedelta(minutes=3))
        own = self._replies(DMITRY, cards[DMITRY], "Делаем! Созвонимся завтра?")
        await self._mail_came(ARTYOM, "Созвонимся завтра")
        await self._delivered(DMITRY, own)
        await self._closed(DMITRY, cards[DMITRY], "3")

    async def refused(self) -> None:
        self._writes(PAVEL, "Спасибо, всё работает. А можно счёт?")
        card = await self._card(DMITRY, PAVEL.company, "можно счёт")
        self._people.blocks(PAVEL.person_id, self._bot)
        self.teller.tell(Phrase("{name} blocks the bot", name=PAVEL.name))
        before = self.teller.newest()
        await self.teller.wait_for(timedelta(minutes=6))
        own = self._replies(DMITRY, card, "Счёт выставим сегодня.")
        note, took = await self.teller.until(
            Phrase("the sentence that says why the reply was refused"),
            lambda: self.teller.told(DMITRY, REFUSED, after=before),
        )
        self.teller.tell(
            Phrase("below the reply, after {took}:", took=took), *words_of(note).splitlines()
        )
        self._people.unblocks(PAVEL.person_id, self._bot)
        label, _said = await self.teller.presses(DMITRY, note, *TRY_AGAIN)
        self.teller.tell(
            Phrase(
                "{client} unblocks it, {name} presses «{label}»",
                client=PAVEL.name,
                name=DMITRY.name,
                label=label,
            )
        )
        await self._chat_came(PAVEL, "Счёт выставим")
        await self._delivered(DMITRY, own)
        await self._closed(DMITRY, card, "6")
