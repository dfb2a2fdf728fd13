"""What people of the story do: they write, reply and press; each deed is a line of it."""

from __future__ import annotations

from inbox.phrases import Phrase
from sandbox import studio
from sandbox.mail import File, Mail
from sandbox.studio import Colleague, Outsider
from sandbox.telling import Message, words_of
from sandbox.witness import Witness


class Actors(Witness):
    """Acts on the stage, and looks what comes of it."""

    async def _writes_mail(self, who: Outsider, subject: str, text: str, *files: File) -> Mail:
        self.teller.started()
        mail = await self._stage.mail.compose(
            who.email, studio.MAILBOX, subject, text, files=files
        )
        sender, names = f"{who.name} <{who.email}>", ", ".join(file.name for file in files)
        line = Phrase("mail in: {sender}, «{subject}»", sender=sender, subject=subject)
        if names:
            line = Phrase("{line} with {files}", line=line, files=names)
        self.teller.tell(line)
        return mail

    def _writes(self, who: Outsider, text: str) -> None:
        self.teller.started()
        self._people.says(who.person_id, self._bot, text)
        self.teller.tell(Phrase("Telegram in: {name}: {text}", name=who.name, text=text))

    def _replies(self, who: Colleague, to: Message, text: str) -> Message:
        self.teller.started()
        self.teller.tell(Phrase("{name} replies to it: {text}", name=who.name, text=text))
        return self._people.says(who.person_id, self._bot, text, reply_to=to["message_id"])

    def _commands(self, who: Colleague, text: str, to: Message | None = None) -> int:
        """Write a command to the bot, as a reply where `to` is given; the newest id before it."""
        before = self.teller.newest()
        self.teller.started()
        self.teller.tell(Phrase("{name} writes to the bot: {text}", name=who.name, text=text))
        target = None if to is None else to["message_id"]
        self._people.says(who.person_id, self._bot, text, reply_to=target)
        return before

    async def _presses(self, who: Colleague, to: Message, *labels: str) -> int:
        """Press a button, whichever of its labels it has; the newest id before it."""
        before = self.teller.newest()
        label, said = await self.teller.presses(who, to, *labels)
        pressed = {"name": who.name, "label": label, "words": said}
        if said:
            line = Phrase("{name} presses «{label}»; the bot answers: {words}", **pressed)
        else:
            line = Phrase("{name} presses «{label}»", name=who.name, label=label)
        self.teller.tell(line)
        return before

    async def _told(self, who: Colleague | Outsider, *words: str, after: int) -> Message:
        """The bot's message to somebody with these words, shown whole."""
        message, took = await self.teller.until(
            Phrase("a message with {words} to {name}", words=", ".join(words), name=who.name),
            lambda: self.teller.told(who, *words, after=after),
        )
        lines = [line for line in words_of(message).splitlines() if line]
        self.teller.tell(Phrase("{name} reads after {took}:", name=who.name, took=took), *lines)
        return message

    async def _becomes(self, who: Colleague, told: Message, *words: str) -> None:
        """The message as it stands there says this by now."""
        number = told["message_id"]

        def said() -> str | None:
            lines = words_of(self.teller.message(who, number)).splitlines()
            found = [line for line in lines if any(word in line for word in words)]
            return " · ".join(found) if len(found) >= len(words) else None

        line, took = await self.teller.until(
            Phrase("{words} on the message of {name}", words=", ".join(words), name=who.name), said
        )
        said_now = {"name": who.name, "took": took, "line": line}
        self.teller.tell(Phrase("the card of {name} says after {took}: {line}", **said_now))
