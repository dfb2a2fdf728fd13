"""The clock's part of the story: by telephone, promised, handed over, taken on, away, at night."""

from __future__ import annotations

from datetime import timedelta

from inbox.phrases import Phrase
from sandbox import studio
from sandbox.acting import Actors
from sandbox.studio import ANNA, DMITRY, ELENA, IGOR, MARIA, OLGA, PAVEL

PHONED = ("Ответ по телефону", "Answered by phone")
PROMISE, TODAY = ("Пообещать", "Promise"), ("Сегодня", "Today")
TELL, KEPT = ("Сообщить клиенту", "Tell the client"), ("🤝 Выполнено", "🤝 Kept")
HAND_OVER, TAKE_ON = ("Передать", "Hand over"), ("Беру на себя", "I take it")
SIGN_OF = {"phoned": "📞", "promised": "🤝", "note": "✏️", "run": "⏱", "unkept": "❗"}
MOMENT = timedelta(seconds=5)


class ClockScenes(Actors):
    """Scenes about time. Each leaves nobody waiting behind it."""

    async def phoned(self) -> None:
        self._writes(PAVEL, "Перезвоните, пожалуйста, по домену.")
        card = await self._card(DMITRY, PAVEL.company, "по домену")
        await self.teller.wait_for(timedelta(minutes=7))
        before = await self._presses(DMITRY, card, *PHONED)
        question = await self._told(DMITRY, "?", after=before)
        note = "Домен продлили на год."
        self._replies(DMITRY, question, note)
        await self._becomes(DMITRY, card, SIGN_OF["phoned"], note)

    async def handed_over(self) -> None:
        await self._writes_mail(IGOR, "Логотип", "Пришлите логотип в кривых, пожалуйста.")
        card = await self._card(ANNA, IGOR.company, "логотип в кривых")
        await self.teller.wait_for(timedelta(minutes=20))
        await self._presses(ANNA, card, *HAND_OVER)
        question, _ = await self.teller.until(
            Phrase("whom to hand over to"),
            lambda: self.teller.told(ANNA, IGOR.company, "?", after=card["message_id"]),
        )
        before = await self._presses(ANNA, question, DMITRY.name)
        fresh = await self._told(DMITRY, IGOR.company, SIGN_OF["run"], " 20 ", after=before)
        self._replies(ANNA, question, "Исходник у вас на диске.")
        await self._told(DMITRY, SIGN_OF["note"], "Исходник у вас", after=before)
        own = self._replies(DMITRY, fresh, "Прислал, проверьте.")
        await self._mail_came(IGOR, "Прислал")
        await self._delivered(DMITRY, own)
        await self._closed(DMITRY, fresh, "20")

    async def left_alone(self) -> None:
        await self.teller.turn_to(self.teller.at(12, 40))
        self._writes(ELENA, "Сайт открывается очень медленно, посмотрите?")
        card = await self._card(DMITRY, ELENA.company, "очень медленно")
        before = self.teller.newest()
        await self.teller.turn_to(self.teller.at(13, 59))
        await self._no_alert(DMITRY, before, Phrase("lunch does not count"))
        await self.teller.turn_to(self.teller.at(14, 25) + MOMENT)
        alert = await self._alert(DMITRY, before, "45")
        await self._no_alert(OLGA, before, Phrase("the head hears nothing yet"))
        await self.teller.turn_to(self.teller.at(14, 40) + MOMENT)
        raised = await self._alert(OLGA, before, ELENA.company)
        await self._presses(OLGA, raised, *TAKE_ON)
        await self._becomes(DMITRY, card, OLGA.name)
        await self.teller.wait_for(timedelta(minutes=10))
        own = self._replies(OLGA, raised, "Смотрим: тяжёлые фотографии, сожмём сегодня.")
        await self._chat_came(ELENA, "сожмём сегодня")
        await self._delivered(OLGA, own)
        for who, told in ((DMITRY, alert), (OLGA, raised), (DMITRY, card)):
            await self._closed(who, told, "10")

    async def overnight(self) -> None:
        await self.teller.turn_to(self.teller.at(17, 50))
        asked = await self._writes_mail(MARIA, "Новое фото", "Поменяете фото на главной?")
        card = await self._card(ANNA, "Поменяете фото", "09:50")
        before = self.teller.newest()
        await self.teller.turn_to(self.teller.at(23, 0))
        self._writes(PAVEL, "Форма опять молчит")
        late = await self._card(DMITRY, "Форма опять", "10:00")
        await self._told(PAVEL, "09:00", "10:00", after=before)
        await self._no_alert(ANNA, before, Phrase("the night does not count"))
        await self.teller.turn_to(self.teller.at(9, 20, days=1))
        own = self._replies(ANNA, card, "Поменяли, посмотрите.")
        answer = await self._mail_came(MARIA, "Поменяли")
        self._stands_in_thread(answer, asked)
        await self._delivered(ANNA, own)
        await self._closed(ANNA, card, "30")
        before = self._commands(ANNA, "/why", card)
        await self._told(ANNA, "17:50", "18:00", "09:20", after=before)
        self._replies(DMITRY, late, "Починили.")
        await self._chat_came(PAVEL, "Починили.")
        await self._closed(DMITRY, late, "20")

    async def promised(self) -> None:
        self._writes(PAVEL, "Когда будет отчёт за ноябрь?")
        card = await self._card(DMITRY, PAVEL.company, "отчёт за ноябрь")
        before = await self._presses(DMITRY, card, *PROMISE)
        days, _ = await self.teller.until(
            Phrase("the days to choose from"),
            lambda: self.teller.told(DMITRY, PAVEL.company, "?", after=before),
        )
        await self._presses(DMITRY, days, *TODAY)
        await self._presses(DMITRY, days, "12:00")
        await self._presses(DMITRY, days, *TELL)
        await self._told(PAVEL, "12:00", after=before)
        await self._becomes(DMITRY, card, "✅", SIGN_OF["promised"])
        before = self.teller.newest()
        await self.teller.turn_to(self.teller.at(11, 30) + MOMENT)
        reminder = await self._told(DMITRY, SIGN_OF["promised"], PAVEL.company, after=before)
        before = self.teller.newest()
        await self.teller.turn_to(self.teller.at(12, 0) + MOMENT)
        await self._told(OLGA, SIGN_OF["unkept"], PAVEL.company, after=before)
        own = self._replies(DMITRY, reminder, "Вот отчёт, простите за задержку.")
        await self._chat_came(PAVEL, "Вот отчёт")
        await self._delivered(DMITRY, own)
        await self._becomes(DMITRY, reminder, "✅")

    async def away(self) -> None:
        today = self._stage.clock.now().astimezone(studio.ZONE)
        before = self._commands(ANNA, f"/away {today:%d.%m} {DMITRY.first_name}")
        await self._told(ANNA, DMITRY.name, after=before)
        self._writes(MARIA, "Добавите новый десерт в меню?")
        card = await self._card(DMITRY, MARIA.company, "новый десерт", ANNA.name)
        await self.teller.wait_for(timedelta(minutes=9))
        own = self._replies(DMITRY, card, "Добавили, посмотрите.")
        await self._chat_came(MARIA, "Добавили")
        await self._delivered(DMITRY, own)
        await self._closed(DMITRY, card, "9")
        before = self._commands(ANNA, "/back")
        await self._told(ANNA, ANNA.name, after=before)
