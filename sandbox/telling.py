"""How a story is told and proven: lines with the shown time, and waiting for what must happen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

from inbox.phrases import Phrase
from sandbox import studio
from sandbox.mail import Mail
from sandbox.stage import Stage
from sandbox.studio import Colleague, Outsider

T = TypeVar("T")

WITHIN = 10.0  # real seconds in which a thing must have happened
QUIET = 1.0  # real seconds in which a thing must not happen; the product looks every 0.25
CLOCK_IS_READ = 0.15  # real seconds until the product knows of a turned clock

Message = dict[str, Any]
Somebody = Colleague | Outsider

_WEEKDAYS = tuple(map(Phrase, ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")))
_ROLES = {
    "manager": Phrase("manager"),
    "head": Phrase("head"),
    "admin": Phrase("admin"),
}


class StoryFault(Exception):
    """Something of the story did not happen; the text names it."""


class Teller:
    """Shows what it sees on the stage, in phrases; `scene` is the part of the story it is in."""

    def __init__(self, stage: Stage, show: Callable[[str], None]) -> None:
        self.stage = stage
        self.scene = ""
        self._show = show
        self._begun = time.monotonic()
        self._news: asyncio.Event = asyncio.Event()

    def begin(self, scene: str) -> None:
        """A new part."""
        self.scene = scene
        self._show("")
        self._show(scene)

    def tell(self, text: str, *below: str) -> None:
        """A line with the shown time, and lines below it."""
        shown = self.stage.clock.now().astimezone(studio.ZONE)
        at = Phrase.joined(" ", (_WEEKDAYS[shown.weekday()], f"{shown:%H:%M:%S}"))
        self._show(Phrase.joined("  ", ("", at, text)))
        for line in below:
            self._show(f"                │ {line}")

    def started(self) -> None:
        """From now on `until` counts."""
        self._begun = time.monotonic()

    async def until(self, what: str, find: Callable[[], T | None]) -> tuple[T, str]:
        """What `find` finds, as soon as it does, and how many real seconds that took, in words.

        Raises StoryFault where it takes too long.
        """
        chats, mails = self.stage.world.subscribe(), self.stage.mail.subscribe()
        try:
            async with asyncio.timeout(WITHIN):
                while (found := find()) is None:
                    news = [asyncio.create_task(queue.get()) for queue in (chats, mails)]
                    await asyncio.wait(news, return_when=asyncio.FIRST_COMPLETED)
                    for task in news:
                        task.cancel()
        except TimeoutError:
            seconds = f"{WITHIN:.0f}"
            raise self.fault(
                Phrase("{what} did not happen within {seconds} s", what=what, seconds=seconds)
            ) from None
        finally:
            self.stage.world.unsubscribe(chats)
            self.stage.mail.unsubscribe(mails)
        return found, Phrase("{seconds} s", seconds=f"{time.monotonic() - self._begun:.2f}")

    async def quiet(self, what: str, find: Callable[[], object | None]) -> None:
        """Wait a moment in which this must not happen. Raises StoryFault where it does."""
        await asyncio.sleep(QUIET)
        if find() is not None:
            raise self.fault(Phrase("{what} happened and should not", what=what))

    def sure(self, what: str, *, holds: bool) -> None:
        """Raises StoryFault where it does not hold."""
        if not holds:
            raise self.fault(Phrase("{what}: that is not so", what=what))

    def fault(self, what: str) -> StoryFault:
        return StoryFault(Phrase("{scene}: {fault}.", scene=self.scene, fault=what))

    async def wait_for(self, passed: timedelta) -> None:
        """Let so much shown time pass at once."""
        await self.turn_to(self.stage.clock.now() + passed)

    async def turn_to(self, instant: datetime) -> None:
        """Turn the clock, and let the product see it; from now on `until` counts."""
        self.started()
        self.stage.clock.jump(instant)
        await asyncio.sleep(CLOCK_IS_READ)

    def at(self, hour: int, minute: int, *, days: int = 0) -> datetime:
        """This local time of the shown day, or so many days later."""
        shown = self.stage.clock.now().astimezone(studio.ZONE) + timedelta(days=days)
        return shown.replace(hour=hour, minute=minute, second=0, microsecond=0)

    async def presses(self, who: Colleague, message: Message, *labels: str) -> tuple[str, str]:
        """Press a button as soon as the message has it: its label, and what the bot answers."""
        number = message["message_id"]
        found, _ = await self.until(
            Phrase("the button {label} at {name}", name=who.name, label=labels[-1]),
            lambda: _button(self.message(who, number), *labels),
        )
        self.started()
        said = await self.stage.people.presses(who.person_id, self.stage.bot, number, found[1])
        return found[0], said

    # --- what is to be seen -------------------------------------------------------------------

    def chat(self, who: Somebody) -> list[Message]:
        return self.stage.world.chat(self.stage.bot, who.person_id)

    def newest(self) -> int:
        """The newest message's id in any chat."""
        people = (*studio.STAFF, *studio.EVERYBODY)
        ids = [message["message_id"] for who in people for message in self.chat(who)]
        return max(ids, default=0)

    def told(self, who: Somebody, *words: str, after: int = 0) -> Message | None:
        """The bot's message to somebody, later than the id `after`, with all these words."""
        for message in self.chat(who):
            text = words_of(message)
            new = message["message_id"] > after and not message["out"]
            if new and all(word in text for word in words):
                return message
        return None

    def message(self, who: Somebody, message_id: int) -> Message:
        """A message of the chat as it looks now."""
        for message in self.chat(who):
            if message["message_id"] == message_id:
                return message
        raise self.fault(
            Phrase(
                "message {number} is gone from the chat of {name}",
                number=message_id,
                name=who.name,
            )
        )

    def received(self, who: Outsider, *words: str) -> Mail | None:
        """The newest mail of somebody's inbox whose text has all these words."""
        for mail in reversed(self.stage.mail.inbox(who.email)):
            if all(word in mail.text for word in words):
                return mail
        return None


def role_of(who: Colleague) -> str:
    """The person's role in words."""
    return _ROLES[who.role]


def words_of(message: Message) -> str:
    return str(message.get("text") or message.get("caption") or "")


def _button(message: Message, *labels: str) -> tuple[str, str] | None:
    """Label and data of the button with one of these labels (a label in each language)."""
    for row in message.get("reply_markup", {}).get("inline_keyboard", []):
        for each in row:
            if each["text"] in labels:
                return str(each["text"]), str(each["callback_data"])
    return None
