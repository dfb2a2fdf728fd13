"""Telegram's updates as they come, a channel that reads them for real, and who writes them."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import text as text_

from connectors.telegram.parse import connection_of, parse_updates
from connectors.telegram.source import raw_message
from inbox.flow import listen
from inbox.model import (
    Batch,
    Channel,
    Client,
    Conversation,
    Handle,
    Happening,
    InboundMessage,
    RawMessage,
)
from inbox.ports import Deed, Entry
from tests.fakes import RecordingConnector
from tests.inbox.conftest import Studio

BOT = 1
GROUP = -100500
IVAN: dict[str, Any] = {"id": 901, "first_name": "Иван", "language_code": "ru"}
OLGA: dict[str, Any] = {"id": 902, "first_name": "Ольга", "username": "Olga_Belova"}
ANNA: dict[str, Any] = {"id": 100, "first_name": "Анна"}  # the studio's, as in conftest
BORIS: dict[str, Any] = {"id": 101, "first_name": "Борис"}
STRANGER: dict[str, Any] = {"id": 777, "first_name": "Чужой"}


@dataclass
class ChatChannel(RecordingConnector):
    """The clients' bot. `accounts`: whose own account each connection is."""

    channel: Channel = field(default_factory=lambda: Channel("telegram", "telegram"))
    origin: str = "bot:1"
    accounts: dict[str, int] = field(default_factory=dict)

    async def parse(self, raws: Sequence[RawMessage]) -> InboundMessage | Happening | str:
        owner_id = self.accounts.get(connection_of(raws) or "")
        return parse_updates(raws, self.channel.id, BOT, owner_id)

    def external_id(self, key: str) -> str | None:
        return None


@dataclass
class Chats:
    """What people do in Telegram, one update after the other."""

    studio: Studio
    channel: ChatChannel
    numbers: dict[str, int] = field(default_factory=dict)
    updates: int = 0

    def now(self) -> int:
        return int(self.studio.clock.now().timestamp())

    def number(self, chat: int | str) -> int:
        """The next message's id in its chat."""
        self.numbers[str(chat)] = self.numbers.get(str(chat), 0) + 1
        return self.numbers[str(chat)]

    async def comes(self, kind: str, body: dict[str, Any], *, run: bool = True) -> None:
        """The update arrives; its jobs are run."""
        self.updates += 1
        raw = raw_message({"update_id": self.updates, kind: body}, self.studio.clock.now())
        self.channel.batches = [Batch((raw,), str(self.updates))]
        await listen(self.studio.inbox, self.channel)
        if run:
            await self.studio.run()

    def private(self, who: dict[str, Any], text: str = "", **more: Any) -> dict[str, Any]:
        """A message to the bot."""
        chat = {"id": who["id"], "type": "private", "first_name": who["first_name"]}
        return self._message(chat, who, text, more)

    def group(
        self, who: dict[str, Any], text: str = "", group: int = GROUP, **more: Any
    ) -> dict[str, Any]:
        chat = {"id": group, "type": "supergroup", "title": "Ромашка · сайт"}
        return self._message(chat, who, text, more)

    def own(
        self,
        who: dict[str, Any],
        text: str = "",
        *,
        client: dict[str, Any] = IVAN,
        connection: str = "c1",
        **more: Any,
    ) -> dict[str, Any]:
        """A message in the chat with the client, in a member's own account."""
        chat = {"id": client["id"], "type": "private", "first_name": client["first_name"]}
        return self._message(chat, who, text, {"business_connection_id": connection, **more})

    def _message(
        self, chat: dict[str, Any], who: dict[str, Any], text: str, more: dict[str, Any]
    ) -> dict[str, Any]:
        space = f"{more.get('business_connection_id', '')}{chat['id']}"
        said = {"text": text} if text else {}
        body = {"message_id": self.number(space), "date": self.now(), "chat": chat, "from": who}
        return {**body, **said, **more}

    async def writes(self, who: dict[str, Any], text: str = "", **more: Any) -> dict[str, Any]:
        """To the bot; the message as it came."""
        body = self.private(who, text, **more)
        await self.comes("message", body)
        return body

    async def writes_in_group(
        self, who: dict[str, Any], text: str = "", **more: Any
    ) -> dict[str, Any]:
        body = self.group(who, text, **more)
        await self.comes("message", body)
        return body

    async def writes_in_own(
        self, who: dict[str, Any], text: str = "", **more: Any
    ) -> dict[str, Any]:
        body = self.own(who, text, **more)
        await self.comes("business_message", body)
        return body

    async def edits(self, body: dict[str, Any], text: str, **more: Any) -> None:
        kind = "edited_business_message" if "business_connection_id" in body else "edited_message"
        said = "caption" if "caption" in body else "text"
        await self.comes(kind, {**body, said: text, "edit_date": self.now(), **more})

    async def deletes(self, *bodies: dict[str, Any]) -> None:
        ids = [one["message_id"] for one in bodies]
        first = bodies[0]
        body = {"chat": first["chat"], "message_ids": ids}
        connection = first["business_connection_id"]
        await self.comes(
            "deleted_business_messages", {**body, "business_connection_id": connection}
        )

    async def blocks(self, who: dict[str, Any], status: str = "kicked") -> None:
        chat = {"id": who["id"], "type": "private", "first_name": who["first_name"]}
        await self._is_in(chat, who, "member", status)

    async def adds(self, who: dict[str, Any], group: int = GROUP) -> None:
        """Us, to a group."""
        chat = {"id": group, "type": "supergroup", "title": "Ромашка · сайт"}
        await self._is_in(chat, who, "left", "member")

    async def removes(self, who: dict[str, Any], group: int = GROUP) -> None:
        chat = {"id": group, "type": "supergroup", "title": "Ромашка · сайт"}
        await self._is_in(chat, who, "member", "left")

    async def _is_in(
        self, chat: dict[str, Any], who: dict[str, Any], before: str, after: str
    ) -> None:
        us = {"id": BOT, "is_bot": True, "first_name": "Okno"}
        body = {"chat": chat, "from": who, "date": self.now()}
        both = {
            "old_chat_member": {"user": us, "status": before},
            "new_chat_member": {"user": us, "status": after},
        }
        await self.comes("my_chat_member", {**body, **both})

    async def connects(
        self,
        who: dict[str, Any],
        connection: str = "c1",
        *,
        enabled: bool = True,
        can_reply: bool = True,
    ) -> None:
        """The own account, or changes what the bot may do there."""
        self.channel.accounts[connection] = who["id"]
        rights = {"can_reply": True} if can_reply else {}
        body = {"id": connection, "user": who, "user_chat_id": who["id"], "date": self.now()}
        await self.comes("business_connection", {**body, "is_enabled": enabled, "rights": rights})

    async def conversation(self, thread: str) -> Conversation:
        async with self.studio.inbox.store.begin() as t:
            found = await t.conversation_for("telegram", (thread,))
        assert found is not None
        return found

    async def client_of(self, handle: Handle) -> Client | None:
        async with self.studio.inbox.store.begin() as t:
            known = await t.contact_of((handle,))
        return known[0] if known is not None else None

    async def history(self, thread: str) -> list[tuple[str, str]]:
        """Who said what, oldest first."""
        async with self.studio.inbox.store.begin() as t:
            talk = await t.conversation_for("telegram", (thread,))
            assert talk is not None
            return [(one.author, one.text) for one in await t.history(talk.id, 50)]

    async def raw_states(self) -> list[tuple[str, str]]:
        """State and reason of what came, in its order."""
        async with self.studio.inbox.store.begin() as t:
            kept = await t.rows(text_("SELECT state, reason FROM raw ORDER BY id"))
        return [(state, reason) for state, reason in kept]

    def notes(self, kind: str = "") -> list[tuple[str, str]]:
        """Text of each note of this kind, and who got it."""
        found = [(words, to) for _, words, to in self.studio.desk.notes]
        return [(one.text, to.name) for one, to in found if kind in {"", one.kind}]

    async def log(self, *deeds: Deed) -> list[Entry]:
        async with self.studio.inbox.store.begin() as t:
            lines = await t.logged()
        return [one.entry for one in lines if one.entry.deed in deeds]

    def cards(self) -> list[tuple[str, str]]:
        """Text of each card, and who got it."""
        return [(card.message.text, to.name) for card, to, _ in self.studio.desk.cards]

    def told(self, notice: str) -> list[tuple[dict[str, str], str]]:
        found = [(name, fields, to.name) for name, fields, to in self.studio.desk.told]
        return [(fields, to) for name, fields, to in found if name == notice]


def chatting_in(studio: Studio, **more: Any) -> Chats:
    """The studio with the clients' bot beside its mailbox."""
    channel = ChatChannel(studio.clock)
    both = {**studio.inbox.connectors, channel.channel.id: channel}
    studio.inbox = replace(studio.inbox, connectors=both, **more)
    return Chats(studio, channel)
