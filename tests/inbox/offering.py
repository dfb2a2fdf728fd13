"""The clients' bot with buttons below its messages, and a price list for it."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from inbox import quotes
from inbox.model import Chosen, Handle, OutboundMessage, Receipt
from inbox.work_records import PriceItem, Quote, Task, Unit, Within
from tests.fakes import MONDAY_TEN
from tests.inbox.chatting import IVAN, ChatChannel, Chats
from tests.inbox.conftest import Studio

PHONE = PriceItem(
    "Сменить телефон", Decimal(500), "₽", Within(2, Unit.HOURS), by_id=1, changed_at=MONDAY_TEN
)
BANNER = replace(PHONE, title="Баннер", within=Within(1, Unit.DAYS))
CHAT = "chat:901"


@dataclass
class ShopChannel(ChatChannel):
    """`shown`: what each message says at the client's, and the data of its buttons; `answers`:
    what was told to who pressed; `refusals`: what goes wrong with edits, `unanswered` with
    answers to presses."""

    shown: dict[str, tuple[str, tuple[str, ...]]] = field(default_factory=dict)
    edits: int = 0
    answers: list[tuple[str, str]] = field(default_factory=list)
    refusals: list[Exception | None] = field(default_factory=list)
    unanswered: list[Exception] = field(default_factory=list)
    meanwhile: list[Callable[[], Awaitable[object]]] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> Receipt:
        if self.meanwhile:
            await self.meanwhile.pop()()
        receipt = await super().send(message)
        external_id = f"{message.recipient.address}:{1000 + len(self.sent)}"
        self._show(external_id, message)
        return replace(receipt, thread_ids=(), sent_as=(f"{external_id}/caption",))

    async def edit(self, message: OutboundMessage, sent_as: Sequence[str]) -> None:
        self.edits += 1
        error = self.refusals.pop(0) if self.refusals else None
        if error is not None:
            raise error
        self._show(sent_as[0].partition("/")[0], message)

    async def take_back(self, message: OutboundMessage, sent_as: Sequence[str]) -> None:
        del self.shown[sent_as[0].partition("/")[0]]

    async def answer_press(self, event: Chosen, text: str) -> None:
        if self.unanswered:
            raise self.unanswered.pop(0)
        self.answers.append((event.press_id, text))

    def _show(self, external_id: str, message: OutboundMessage) -> None:
        data = tuple(one.data for one in message.choices)
        self.shown[external_id] = (message.text, data)


@dataclass
class Shop(Chats):
    """Who offers and who presses."""

    presses: int = 0

    @property
    def shop(self) -> ShopChannel:
        assert isinstance(self.channel, ShopChannel)
        return self.channel

    async def offers(self, item: PriceItem = PHONE, key: str = "p1", **more: Any) -> Quote:
        """By Anna, in the conversation with Ivan, to his newest message."""
        talk = await self.conversation(CHAT)
        given = {"key": key, "message_id": None, **more}
        quote = await quotes.offer(self.studio.inbox, talk.id, item, self.studio.anna, **given)
        assert quote is not None
        await self.studio.run()
        return quote

    async def presses_(
        self, who: dict[str, Any], data: str, chat: dict[str, Any] | None = None, **more: Any
    ) -> str:
        """The button with this data; what the person is told."""
        self.presses += 1
        chat = chat or {"id": who["id"], "type": "private", "first_name": who["first_name"]}
        message = {"message_id": 1001, "date": self.now(), "chat": chat, **more}
        press = {"id": f"q{self.presses}", "from": who, "message": message, "data": data}
        await self.comes("callback_query", press)
        told = dict(self.shop.answers)
        return told.get(f"q{self.presses}", "not answered")

    def data(self) -> str:
        """Of the one button that stands somewhere."""
        ((_, buttons),) = [one for one in self.shop.shown.values() if one[1]]
        (data,) = buttons
        return data

    async def quote(self, quote_id: int) -> Quote:
        async with self.studio.inbox.store.begin() as t:
            found = await t.quote(quote_id)
        assert found is not None
        return found

    async def tasks(self) -> tuple[Task, ...]:
        """Of Ivan."""
        client = await self.client_of(Handle("telegram", str(IVAN["id"])))
        assert client is not None
        async with self.studio.inbox.store.begin() as t:
            return await t.tasks_of_client(client.id)


def shop_in(studio: Studio, **more: Any) -> Shop:
    """The studio with the clients' bot alone."""
    channel = ShopChannel(studio.clock)
    known = {"channel_managers": {"telegram": "Анна"}, **more}
    both = {**studio.inbox.connectors, channel.channel.id: channel}
    studio.inbox = replace(studio.inbox, connectors=both, **known)
    return Shop(studio, channel)
