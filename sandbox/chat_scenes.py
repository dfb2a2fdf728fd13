"""Scenes of the story in other chats: a client's group, an own account, topics, to nobody."""

from __future__ import annotations

from inbox.phrases import Phrase
from sandbox import studio
from sandbox.acting import Actors
from sandbox.studio import ANNA, DMITRY, ELENA, GROUP, MARIA, PAVEL, Colleague, Outsider
from sandbox.telling import Message, words_of


class ChatScenes(Actors):
    """What is not said in a private chat with the bot."""

    async def in_group(self) -> None:
        self._says_in(MARIA, "Анна, когда появится осеннее меню?", chat_id=GROUP)
        card = await self._card(ANNA, studio.GROUP_TITLE, "осеннее меню", whole=True)
        own = self._replies(ANNA, card, "Мария, сегодня к пяти.")
        answer = await self._came("к пяти", chat_id=GROUP)
        self.teller.sure(
            Phrase("the group reads it from the bot"),
            holds=answer["from"]["id"] == self._bot.id,
        )
        await self._delivered(ANNA, own)
        self._says_in(MARIA, "А цены останутся?", chat_id=GROUP)
        card = await self._card(ANNA, "А цены останутся?")
        self._says_in(ANNA, "Цены те же.", chat_id=GROUP)
        await self._becomes(ANNA, card, "✅")

    async def at_own_account(self) -> None:
        where = {"owner": DMITRY.person_id, "chat_id": ELENA.person_id}
        self._says_in(ELENA, "Дима, каталог готов?", **where)
        card = await self._card(DMITRY, ELENA.company, "каталог готов", whole=True)
        own = self._replies(DMITRY, card, "Елена, готов, отправляю.")
        answer = await self._came("готов, отправляю", **where)
        self.teller.sure(
            Phrase("the client reads it from {name}", name=DMITRY.name),
            holds=answer["from"]["id"] == DMITRY.person_id,
        )
        await self._delivered(DMITRY, own)
        self._says_in(ELENA, "И визитки?", **where)
        card = await self._card(DMITRY, "И визитки?")
        self._says_in(DMITRY, "Завтра утром.", **where)
        await self._becomes(DMITRY, card, "✅")

    async def in_topic(self) -> None:
        self._writes(PAVEL, "Нужен баннер на склад")
        card = await self._card(DMITRY, PAVEL.company, "баннер на склад")
        topic, name = self._topic_of(DMITRY, card)
        self.teller.tell(Phrase("it stands in the topic «{name}»", name=name))
        self._writes_into(DMITRY, "Какого размера?", topic)
        await self._chat_came(PAVEL, "Какого размера?")
        self._people.deletes_topic(DMITRY.person_id, self._bot, topic)
        self.teller.tell(Phrase("{name} deletes the topic", name=DMITRY.name))
        self._writes(PAVEL, "Три на два метра")
        card = await self._card(DMITRY, "Три на два метра")
        again, name = self._topic_of(DMITRY, card)
        self.teller.sure(Phrase("the topic is a new one"), holds=again != topic)
        self.teller.tell(Phrase("it stands in the new topic «{name}»", name=name))
        self._replies(DMITRY, card, "Сделаем к пятнице.")
        await self._chat_came(PAVEL, "к пятнице")
        await self._becomes(DMITRY, card, "✅")

    async def to_nobody(self) -> None:
        before = self.teller.newest()
        self.teller.started()
        text = "Баннер уже в печати."
        self._people.says(DMITRY.person_id, self._bot, text)
        self.teller.tell(
            Phrase("{name} writes outside of topics: {text}", name=DMITRY.name, text=text)
        )
        asked, took = await self.teller.until(
            Phrase("the question to whom, with {name} to choose", name=PAVEL.company),
            lambda: self._offering(DMITRY, PAVEL.company, before),
        )
        self.teller.tell(Phrase("the bot asks to whom, after {took}", took=took))
        label = next(one for one in _labels(asked) if PAVEL.company in one)
        await self._presses(DMITRY, asked, label)
        await self._chat_came(PAVEL, text)

    # --- what they are made of ----------------------------------------------------------------

    def _says_in(
        self, who: Colleague | Outsider, text: str, *, chat_id: int, owner: int | None = None
    ) -> None:
        """Write in a group, or in an own account, where `chat_id` is the client."""
        self.teller.started()
        self._people.says(who.person_id, self._bot, text, chat_id=chat_id, owner=owner)
        said = {"name": who.name, "text": text}
        if owner is None:
            self.teller.tell(Phrase("group: {name}: {text}", **said))
        else:
            self.teller.tell(Phrase("own account: {name}: {text}", **said))

    async def _came(self, words: str, *, chat_id: int, owner: int | None = None) -> Message:
        def found() -> Message | None:
            seen = self._stage.world.chat(self._bot, chat_id, owner=owner)
            return next((one for one in reversed(seen) if words in words_of(one)), None)

        message, took = await self.teller.until(
            Phrase("«{words}» in the chat", words=words), found
        )
        self.teller.tell(Phrase("it is there, {took} after the reply", took=took))
        return message

    def _topic_of(self, who: Colleague, card: Message) -> tuple[int, str]:
        """The topic a card stands in."""
        thread = int(card.get("message_thread_id") or 0)
        topics = self._stage.world.room(self._bot, who.person_id).topics
        self.teller.sure(Phrase("the card stands in a topic"), holds=thread in topics)
        return thread, topics[thread]

    def _writes_into(self, who: Colleague, text: str, topic: int) -> None:
        self.teller.started()
        self._people.says(who.person_id, self._bot, text, thread_id=topic)
        self.teller.tell(Phrase("{name} writes in the topic: {text}", name=who.name, text=text))

    def _offering(self, who: Colleague, words: str, after: int) -> Message | None:
        """The bot's message with a button that says this."""
        for message in self.teller.chat(who):
            new = message["message_id"] > after and not message["out"]
            if new and any(words in label for label in _labels(message)):
                return message
        return None


def _labels(message: Message) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [str(button["text"]) for row in rows for button in row]
