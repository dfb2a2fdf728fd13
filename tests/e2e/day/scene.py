"""What an act of the day has at hand; and how acts are played, killed between their parts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from inbox.work_records import InternalNote, Task
from storage.store import SqlStore
from tests.e2e.walk.people import Client, Member, Side
from tests.e2e.walk.stage import Message, Walk, buttons_of, text_of

SETTINGS = """
[desk]
send_delay = "0s"
[sla]
reply_within = "200h"
"""
AT_ONCE = 8  # acts that go on side by side
INSIDE = "📝 Noted for the studio alone; the client sees nothing of it."


@dataclass(frozen=True)
class Scene:
    """The stage, one studio's side of it, and the database as nobody else sees it."""

    walk: Walk
    at: Side
    store: SqlStore

    @property
    def me(self) -> int:
        """The manager."""
        return self.at.manager.telegram

    def either(self, english: str, russian: str) -> str:
        """What is written in the language of this side."""
        return english if self.at.language == "en" else russian

    # --- what is seen ------------------------------------------------------------------------

    async def told(
        self, text: str, *, who: int = 0, after: int = 0, button: str = "", **fields: object
    ) -> Message:
        """The newest message of the desk with this sentence (and button)."""
        words = self.at.words(text, **fields)
        wanted = button if button.isdigit() else button and self.at.words(button)

        def has_it(one: Message) -> bool:
            return not wanted or wanted in buttons_of(one)

        return await self.walk.said(who or self.me, words, after=after, also=has_it)

    async def below(self, message: Message, words: str = "", *, who: int = 0) -> Message:
        """What the desk says in an answer to this message."""
        number = message["message_id"]

        def answers(one: Message) -> bool:
            return bool((one.get("reply_to_message") or {}).get("message_id") == number)

        return await self.walk.said(who or self.me, words, after=number, also=answers)

    async def shows(
        self, message: Message, *texts: str, who: int = 0, **fields: object
    ) -> Message:
        """The message, when it says these sentences."""
        words = [self.at.words(one, **fields) for one in texts]
        return await self.walk.shows(who or self.me, message, *words)

    async def read_once(self, client: Client, words: str) -> Message:
        """What the client reads in Telegram, and reads once."""
        got = await self.walk.said(client.telegram, words)
        assert await self.walk.count(client.telegram, words) == 1
        return got

    async def hidden(self, client: Client, *words: str) -> None:
        """The client has none of this, in no chat and no mail."""
        at_client = [text_of(one) for one in await self.walk.theirs(client.telegram)]
        at_client += [f"{one.subject} {one.text}" for one in self.walk.mail.inbox(client.address)]
        assert not [one for one in at_client for word in words if word in one]

    # --- what is done ------------------------------------------------------------------------

    async def asks(self, text: str = "", *, who: Member | None = None) -> tuple[Client, Message]:
        """A client with whom nothing happened yet writes; the card at who has the client."""
        client = self.at.client()
        if who is not None:
            await self.give(who, client)
        words = text or self.either("A question of", "Вопрос от")
        words = f"{words} {client.name}"
        await self.walk.writes(client.telegram, words)
        reader = (who or self.at.manager).telegram
        return client, await self.walk.said(reader, words)

    async def press(self, message: Mapping[str, Any], label: str, *, who: int = 0) -> str:
        """Press the button with this sentence, or with just these words; what is answered."""
        there = buttons_of(message)
        said = label if label in there else self.at.words(label)
        return await self.walk.press(who or self.me, message, said)

    async def answers(self, message: Mapping[str, Any], text: str, *, who: int = 0) -> Message:
        """A member replies to a message of the desk."""
        number = message["message_id"]
        return await self.walk.writes(who or self.me, text, reply_to=number)

    async def opens(self, client: Client) -> Message:
        """The client's card, by the command."""
        asked = await self.walk.writes(self.me, f"/client {client.name}")
        return await self.below(asked, f"👤 {client.name}")

    # --- what is stored ----------------------------------------------------------------------

    async def number(self, client: Client) -> int:
        """The client's id."""
        async with self.store.begin() as t:
            found = await t.client_lines(None, words=client.name, limit=20)
        (number,) = [one.client.id for one in found if one.client.name == client.name]
        return number

    async def tasks(self, client: Client) -> tuple[Task, ...]:
        """The open ones."""
        number = await self.number(client)
        async with self.store.begin() as t:
            return await t.tasks_of_client(number)

    async def task(self, client: Client) -> Task:
        """The only open one."""
        (found,) = await self.tasks(client)
        return found

    async def notes(self, client: Client) -> list[str]:
        """What is noted about the client, the oldest first."""
        number = await self.number(client)
        async with self.store.begin() as t:
            found: Sequence[InternalNote] = await t.notes_of_client(number, None, 50)
        return [one.text for one in reversed(found)]

    async def holds(self, member: Member) -> int:
        """How many clients the member has."""
        async with self.store.begin() as t:
            (who,) = [one for one in await t.staff() if one.telegram_id == member.telegram]
            return len(await t.clients_held_by(who.id))

    async def give(self, member: Member, *clients: Client) -> None:
        """As if they had been this member's for ever."""
        numbers = [await self.number(one) for one in clients]
        async with self.store.begin() as t:
            (who,) = [one for one in await t.staff() if one.telegram_id == member.telegram]
            for number in numbers:
                known = await t.client(number)
                assert known is not None
                await t.save_client(replace(known, manager_id=who.id))


Act = Callable[[Scene], AsyncIterator[None]]
Outcomes = dict[tuple[str, str], BaseException | None]


async def play(scenes: Sequence[Scene], acts: Sequence[Act]) -> Outcomes:
    """Play all acts on both sides. Where an act yields, the product is killed and started anew,
    for all of them at once; how each ended."""
    going = {(act.__name__, scene.at.language): act(scene) for scene in scenes for act in acts}
    ended: Outcomes = {}
    few = asyncio.Semaphore(AT_ONCE)
    walk = scenes[0].walk

    async def go_on(key: tuple[str, str]) -> None:
        async with few:
            try:
                await anext(going[key])
            except StopAsyncIteration:
                ended[key] = None
            except Exception as error:  # noqa: BLE001 - each act has a test that raises it
                ended[key] = error

    while rest := [key for key in going if key not in ended]:
        await asyncio.gather(*map(go_on, rest))
        if len(ended) < len(going):
            await walk.product.kill()
            await walk.begin(SETTINGS)
    return ended
