"""Scenes of a manager's working day: notes, a price agreed to, tasks, texts, search, the team."""

from __future__ import annotations

from inbox.phrases import Phrase
from sandbox import workbook
from sandbox.acting import Actors
from sandbox.studio import ANNA, DMITRY, IGOR, MARIA, OLGA, Colleague, Outsider
from sandbox.telling import Message, words_of

NOTE, TEMPLATE, TASK = ("Заметка", "Note"), ("Шаблон", "Template"), ("Задача", "Task")
PRICES, SEND, NOW = ("Прайс", "Price list"), ("Отправить", "Send"), ("Сейчас", "Now")
AGREED, DONE, TELL = ("Согласен", "Agreed"), ("Сделано", "Done"), ("Сообщить", "Tell")
HAND_OVER, UNDO = ("Передать всех", "Hand all over"), ("Вернуть", "Undo")
PHONE, ON_IT = workbook.PRICES[0].title, workbook.TEMPLATES[0].title
BACK, MARK = ("Вернул", "went back"), "📝"


class DayScenes(Actors):
    """Each leaves nobody waiting behind it."""

    async def noted(self) -> None:
        self._writes(MARIA, "Вечером пришлю снимки тортов.")
        card = await self._card(ANNA, MARIA.company, "снимки тортов")
        before = await self._presses_like(ANNA, card, *NOTE)
        asked = await self._told(ANNA, MARK, MARIA.company, after=before)
        inside = "Снимает племянник, цвета поправим сами."
        self._replies(ANNA, asked, f"@{DMITRY.first_name}, {inside}")
        called = await self._told(DMITRY, MARIA.company, inside, after=before)
        self._replies(DMITRY, called, "// Поправлю, скажи когда.")
        await self._told(ANNA, DMITRY.name, "Поправлю", after=before)
        await self._nothing_at(MARIA, "племянник", "Поправлю")
        own = self._replies(ANNA, card, "Мария, ждём!")
        await self._chat_came(MARIA, "ждём")
        await self._delivered(ANNA, own)

    async def agreed(self) -> None:
        self._writes(MARIA, "На сайте старый телефон, поменяете?")
        card = await self._card(ANNA, MARIA.company, "старый телефон")
        before = await self._presses_like(ANNA, card, *TEMPLATE)
        for words in (PRICES, PHONE, SEND):
            await self._presses_newest(ANNA, before, *words)
        offer, took = await self.teller.until(
            Phrase("the offer in the chat of {name}", name=MARIA.name),
            lambda: self._offered(MARIA, before, *AGREED),
        )
        self.teller.tell(Phrase("{name} reads the offer after {took}", name=MARIA.name, took=took))
        before = await self._presses_as_client(MARIA, offer, *AGREED)
        await self._told(ANNA, "✅", MARIA.company, after=before)
        told = self._commands(ANNA, "/tasks")
        await self._listed(ANNA, told, PHONE)

    async def tasked(self) -> None:
        self._writes(MARIA, "Добавьте, пожалуйста, часы работы в подвал сайта")
        card = await self._card(ANNA, MARIA.company, "часы работы")
        before = await self._presses_like(ANNA, card, *TASK)
        for words in (NOW, DONE, TELL):
            await self._presses_newest(ANNA, before, *words)
        await self._chat_came(MARIA, "часы работы в подвал")
        await self._becomes(ANNA, card, "✅")

    async def templated(self) -> None:
        self._writes(MARIA, "И ещё: обновите, пожалуйста, год внизу страницы")
        card = await self._card(ANNA, MARIA.company, "обновите, пожалуйста, год")
        self.teller.started()
        word = ON_IT[0].split()[0].lower()
        offered = await self._people.types_inline(ANNA.person_id, self._bot, word)
        results = offered["results"]
        self.teller.sure(Phrase("the text is offered while one types"), holds=bool(results))
        own = self._people.chooses(
            *(ANNA.person_id, self._bot, str(results[0]["id"])), reply_to=card["message_id"]
        )
        self.teller.tell(
            Phrase(
                "{name} types @{bot} {word} and chooses «{label}»",
                name=ANNA.name,
                bot=self._bot.username,
                word=word,
                label=str(results[0]["title"]),
            )
        )
        await self._chat_came(MARIA, ANNA.name)
        await self._delivered(ANNA, own)

    async def found(self) -> None:
        before = self._commands(ANNA, "/find цвет племянника")
        await self._told(ANNA, "Снимает племянник", after=before)
        before = self._commands(ANNA, f"/client {IGOR.company.split('«')[1][:4]}")
        await self._told(ANNA, IGOR.company, IGOR.email, after=before)

    async def all_handed_over(self) -> None:
        before = self._commands(OLGA, "/team")
        for words in ((ANNA.name,), HAND_OVER, (DMITRY.name,), HAND_OVER):
            await self._presses_newest(OLGA, before, *words)
        handed = await self._told(OLGA, "↪", DMITRY.name, after=before)
        await self._presses_newest(OLGA, before, *UNDO)
        number = handed["message_id"]
        line, took = await self.teller.until(
            Phrase("the clients are back"), lambda: _line(self.teller.message(OLGA, number), *BACK)
        )
        self.teller.tell(Phrase("{name} reads after {took}:", name=OLGA.name, took=took), line)

    # --- what they are made of ----------------------------------------------------------------

    async def _presses_like(self, who: Colleague, to: Message, *words: str) -> int:
        """Press the first button whose label has one of these words; the newest id before it."""
        number = to["message_id"]
        label, _ = await self.teller.until(
            Phrase("the button {label} at {name}", name=who.name, label=words[-1]),
            lambda: _label(self.teller.message(who, number), *words),
        )
        return await self._presses(who, to, label)

    async def _presses_newest(self, who: Colleague, after: int, *words: str) -> None:
        """The same on the newest message of the bot that has such a button."""
        message, _ = await self.teller.until(
            Phrase("the button {label} at {name}", name=who.name, label=words[-1]),
            lambda: self._offered(who, after, *words),
        )
        await self._presses_like(who, message, *words)

    def _offered(self, who: Colleague | Outsider, after: int, *words: str) -> Message | None:
        """The newest message of the bot with such a button."""
        for message in reversed(self.teller.chat(who)):
            new = message["message_id"] > after and not message["out"]
            if new and _label(message, *words):
                return message
        return None

    async def _presses_as_client(self, who: Outsider, to: Message, *words: str) -> int:
        before = self.teller.newest()
        self.teller.started()
        data = next(
            str(each["callback_data"])
            for row in to["reply_markup"]["inline_keyboard"]
            for each in row
            if _has(each["text"], *words)
        )
        said = await self._people.presses(who.person_id, self._bot, to["message_id"], data)
        label = _label(to, *words) or ""
        self.teller.tell(
            Phrase(
                "{name} presses «{label}»; the bot answers: {words}",
                name=who.name,
                label=label,
                words=said,
            )
        )
        return before

    async def _listed(self, who: Colleague, after: int, titles: tuple[str, str]) -> None:
        line, took = await self.teller.until(
            Phrase("the task in the list of {name}", name=who.name),
            lambda: next((one for one in titles if self.teller.told(who, one, after=after)), None),
        )
        self.teller.tell(Phrase("it is in the list after {took}: {line}", took=took, line=line))

    async def _nothing_at(self, who: Outsider, *words: str) -> None:
        def said() -> Message | None:
            found = (self.teller.told(who, word) for word in words)
            return next((one for one in found if one is not None), None)

        await self.teller.quiet(
            Phrase("«{words}» in the chat of {name}", words=" · ".join(words), name=who.name), said
        )
        self.teller.tell(Phrase("{name} reads nothing of it", name=who.name))


def _label(message: Message, *words: str) -> str | None:
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        for each in row:
            if _has(each["text"], *words):
                return str(each["text"])
    return None


def _line(message: Message, *words: str) -> str | None:
    return next((one for one in words_of(message).splitlines() if _has(one, *words)), None)


def _has(label: str, *words: str) -> bool:
    return any(word in label for word in words)
