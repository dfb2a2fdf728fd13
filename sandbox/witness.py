"""What must come of what people do in the story: looked for at the far end, and told."""

from __future__ import annotations

from inbox.phrases import Phrase
from sandbox import studio
from sandbox.mail import Mail
from sandbox.studio import Colleague, Outsider
from sandbox.telling import Message, Teller, role_of, words_of

ANSWERED, ALERT, DELIVERED = "✅", "⏰", "👌"


class Witness:
    """Looks with `teller`; every method raises StoryFault where it does not come to pass."""

    def __init__(self, teller: Teller) -> None:
        self.teller = teller
        self._stage = teller.stage
        self._people = teller.stage.people
        self._bot = teller.stage.bot

    async def _card(self, who: Colleague, *words: str, whole: bool = False) -> Message:
        card, took = await self.teller.until(
            Phrase("a card with {words} at {name}", words=", ".join(words), name=who.name),
            lambda: self.teller.told(who, *words),
        )
        lines = [line for line in words_of(card).splitlines() if line]
        self.teller.tell(
            Phrase(
                "card at {name} ({role}), {took} after the message",
                name=who.name,
                role=role_of(who),
                took=took,
            ),
            *(lines if whole else lines[-2:]),
        )
        return card

    async def _mail_came(self, who: Outsider, words: str) -> Mail:
        mail, took = await self.teller.until(
            Phrase("a mail with «{words}» in the inbox of {name}", words=words, name=who.name),
            lambda: self.teller.received(who, words),
        )
        sender = mail.sender == studio.MAILBOX
        comes = Phrase("the mail comes from {address}", address=studio.MAILBOX)
        self.teller.sure(comes, holds=sender)
        self.teller.tell(
            Phrase(
                "mail out: in the inbox of {name}, {took} after the reply",
                name=who.name,
                took=took,
            )
        )
        return mail

    def _stands_in_thread(self, answer: Mail, asked: Mail) -> None:
        self.teller.tell(
            Phrase("its thread:"),
            f"Subject: {answer.subject}",
            f"In-Reply-To: {answer.in_reply_to}",
            f"References: {' '.join(answer.references)}",
            f"Message-ID: {answer.message_id}",
        )
        refers = answer.in_reply_to == asked.message_id and asked.message_id in answer.references
        self.teller.sure(Phrase("the answer refers to the client's mail"), holds=refers)
        named = answer.subject == f"Re: {asked.subject}" and bool(answer.message_id)
        self.teller.sure(Phrase("the answer has the client's subject and an id"), holds=named)

    async def _kept_in_sent(self, answer: Mail) -> None:
        def copy() -> bool | None:
            ids = {mail.message_id for mail in self._stage.mail.sent(studio.MAILBOX)}
            return answer.message_id in ids or None

        _, took = await self.teller.until(Phrase("a copy in the studio's folder Sent"), copy)
        self.teller.tell(
            Phrase("a copy in the studio's folder Sent, {took} after the reply", took=took)
        )

    async def _chat_came(self, who: Outsider, words: str) -> None:
        _, took = await self.teller.until(
            Phrase("«{words}» in the chat of {name}", words=words, name=who.name),
            lambda: self.teller.told(who, words),
        )
        self.teller.tell(
            Phrase(
                "Telegram out: in the chat of {name}, {took} after the reply",
                name=who.name,
                took=took,
            )
        )

    async def _delivered(self, who: Colleague, own: Message) -> None:
        def reacted() -> bool | None:
            seen = self.teller.message(who, own["message_id"])
            return any(each["emoji"] == DELIVERED for each in seen["reactions"]) or None

        mark = Phrase("{sign} on the reply of {name}", sign=DELIVERED, name=who.name)
        _, took = await self.teller.until(mark, reacted)
        self.teller.tell(Phrase("{mark} after {took}: delivered", mark=mark, took=took))

    async def _closed(self, who: Colleague, told: Message, minutes: str) -> None:
        line, took = await self.teller.until(
            Phrase("the wait's end on the message of {name}", name=who.name),
            lambda: self._line(who, told, ANSWERED),
        )
        self.teller.sure(
            Phrase("{number} minutes of business time: {line}", number=minutes, line=line),
            holds=f" {minutes} " in line,
        )
        said = {"name": who.name, "took": took, "line": line}
        if ALERT in words_of(told):
            self.teller.tell(Phrase("the alert of {name} says after {took}: {line}", **said))
        else:
            self.teller.tell(Phrase("the card of {name} says after {took}: {line}", **said))

    async def _alert(self, who: Colleague, after: int, words: str) -> Message:
        alert, took = await self.teller.until(
            Phrase("an alert at {name}", name=who.name),
            lambda: self.teller.told(who, ALERT, words, after=after),
        )
        head = words_of(alert).splitlines()[0]
        self.teller.tell(
            Phrase(
                "alert at {name} ({role}), {took} after the clock was turned",
                name=who.name,
                role=role_of(who),
                took=took,
            ),
            head,
        )
        return alert

    async def _no_alert(self, who: Colleague, after: int, why: str) -> None:
        await self.teller.quiet(
            Phrase("an alert at {name}", name=who.name),
            lambda: self.teller.told(who, ALERT, after=after),
        )
        self.teller.tell(Phrase("no alert at {name}: {why}", name=who.name, why=why))

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
