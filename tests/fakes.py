"""Fakes that record: a desk, a channel and a clock whose hands are set."""

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from inbox.errors import Fault, FileUnavailable, SendFailed, Unreadable
from inbox.model import (
    Attachment,
    Batch,
    Channel,
    Client,
    Conversation,
    DeliveryReport,
    Handle,
    InboundMessage,
    LoadedFile,
    Manager,
    Nature,
    OutboundMessage,
    RawMessage,
    Receipt,
)
from inbox.ports import Alert, Card, DeskRef, Note, Progress, Purpose, Reply, Shown
from inbox.work_records import Quote, TaskDigest
from tests.report_fakes import RecordingReports

MONDAY_TEN = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)  # 10:00 in Moscow


class SetClock:
    """A clock that stands until it is moved."""

    def __init__(self, at: datetime = MONDAY_TEN) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def pass_(self, **time: float) -> None:
        self.at += timedelta(**time)


@dataclass
class RecordingDesk(RecordingReports):
    """Shows to nobody, and remembers what it was to show.

    `refuse` maps a manager's id, or it and a call's name, to errors raised in turn; None for a
    call that goes well.
    """

    origin: str = "bot:1"
    topics: bool = False
    shared: bool = False
    cards: list[tuple[Card, Manager, Sequence[LoadedFile]]] = field(default_factory=list)
    redrawn: list[tuple[Shown, Card, Manager, Alert | None]] = field(default_factory=list)
    alerts: list[tuple[Alert, Manager]] = field(default_factory=list)
    gathered: list[tuple[tuple[Alert, ...], Manager, DeskRef | None]] = field(default_factory=list)
    notes: list[tuple[Conversation, Note, Manager]] = field(default_factory=list)
    outcomes: list[tuple[Reply, Manager]] = field(default_factory=list)
    deliveries: list[tuple[Reply, DeliveryReport, Manager]] = field(default_factory=list)
    digests: list[tuple[tuple[Card, ...], Manager]] = field(default_factory=list)
    fetched: list[tuple[Card, LoadedFile, Progress, Manager]] = field(default_factory=list)
    told: list[tuple[str, dict[str, str], Manager]] = field(default_factory=list)
    handled: list[RawMessage] = field(default_factory=list)
    bursts: list[tuple[tuple[Card, ...], Manager]] = field(default_factory=list)
    named: list[tuple[Client, datetime | None]] = field(default_factory=list)
    tasks: list[tuple[TaskDigest, Manager]] = field(default_factory=list)
    waits: dict[int, float] = field(default_factory=dict)
    contents: dict[str, bytes] = field(default_factory=dict)
    _ids: int = 0

    def concerns(self, raw: RawMessage, channel: Channel, staff: Sequence[Manager]) -> bool:
        return raw.lane.startswith("staff")

    async def handle(
        self, raws: Sequence[RawMessage], channel: Channel, staff: Sequence[Manager]
    ) -> None:
        if raws[0].payload == b"unreadable":
            raise Unreadable(Fault.MALFORMED)
        self.handled.extend(raws)

    def busy(self, to: Manager) -> float:
        return self.waits.get(to.id, 0.0)

    async def show_burst(self, cards: Sequence[Card], to: Manager) -> tuple[Shown, ...]:
        self._maybe_refuse(to, "show_burst")
        self.bursts.append((tuple(cards), to))
        return (self._shown(to, Purpose.NOTE),)

    async def name_topics(self, client: Client, waiting: datetime | None) -> None:
        self.named.append((client, waiting))

    async def show(
        self, card: Card, to: Manager, files: Sequence[LoadedFile]
    ) -> tuple[Shown, ...]:
        self._maybe_refuse(to, "show")
        self.cards.append((card, to, files))
        return (self._shown(to, Purpose.CARD), *(self._shown(to, Purpose.FILE) for _ in files))

    async def redraw(self, shown: Shown, card: Card, to: Manager, alert: Alert | None) -> None:
        self._maybe_refuse(to, "redraw")
        self.redrawn.append((shown, card, to, alert))

    async def alert(self, alert: Alert, to: Manager) -> tuple[Shown, ...]:
        self._maybe_refuse(to, "alert")
        self.alerts.append((alert, to))
        return (self._shown(to, Purpose.ALERT),)

    async def show_alerts(
        self, alerts: Sequence[Alert], to: Manager, before: DeskRef | None
    ) -> DeskRef:
        self._maybe_refuse(to, "show_alerts")
        self.gathered.append((tuple(alerts), to, before))
        return before or self._shown(to, Purpose.NOTE).ref

    async def show_note(
        self, conversation: Conversation, words: Note, to: Manager
    ) -> tuple[Shown, ...]:
        self._maybe_refuse(to, "show_note")
        self.notes.append((conversation, words, to))
        return (self._shown(to, Purpose.NOTE),)

    async def show_outcome(
        self, reply: Reply, conversation: Conversation, to: Manager
    ) -> tuple[Shown, ...]:
        self._maybe_refuse(to, "show_outcome")
        self.outcomes.append((reply, to))
        return (self._shown(to, Purpose.NOTE),)

    async def show_delivery(
        self, reply: Reply, report: DeliveryReport, to: Manager
    ) -> tuple[Shown, ...]:
        self._maybe_refuse(to, "show_delivery")
        self.deliveries.append((reply, report, to))
        return (self._shown(to, Purpose.NOTE),)

    async def show_digest(self, cards: Sequence[Card], to: Manager) -> tuple[Shown, ...]:
        self._maybe_refuse(to, "show_digest")
        self.digests.append((tuple(cards), to))
        return (self._shown(to, Purpose.NOTE),)

    async def show_fetched(
        self, card: Card, file: LoadedFile, progress: Progress, to: Manager
    ) -> tuple[Shown, ...]:
        self._maybe_refuse(to, "show_fetched")
        self.fetched.append((card, file, progress, to))
        return (self._shown(to, Purpose.FILE),)

    async def show_tasks(self, digest: TaskDigest, to: Manager) -> None:
        self._maybe_refuse(to, "show_tasks")
        self.tasks.append((digest, to))

    async def tell(self, notice: str, fields: dict[str, str], to: Manager) -> None:
        self._maybe_refuse(to, "tell")
        self.told.append((notice, fields, to))

    async def fetch(self, attachment: Attachment) -> bytes:
        if attachment.ref not in self.contents:
            raise FileUnavailable(Fault.TOO_LARGE)
        return self.contents[attachment.ref]

    def _shown(self, to: Manager, purpose: Purpose) -> Shown:
        self._ids += 1
        return Shown(DeskRef(1, to.telegram_id, self._ids), purpose)


class PlainLetters:
    """Texts as bare values."""

    def off_hours(
        self,
        language: str,
        opens_at: datetime,
        answer_by: datetime | None,
        *,
        now: datetime,
        zone: ZoneInfo,
    ) -> str:
        said = f"{language} at {now:%d.%m %H:%M}: open {opens_at:%d.%m %H:%M}"
        return said if answer_by is None else f"{said}, answer by {answer_by:%d.%m %H:%M}"

    def greeting(
        self,
        language: str,
        opens_at: datetime | None,
        usual: timedelta | None,
        *,
        now: datetime,
        zone: ZoneInfo,
        closes_at: datetime | None = None,
    ) -> str:
        hours = f"open from {opens_at}" if closes_at is None else f"open until {closes_at}"
        return f"{language}: {hours}, usually {usual}"

    def promise(self, language: str, due: datetime, now: datetime, zone: ZoneInfo) -> str:
        return f"{language}: promised for {due:%d.%m %H:%M}"

    def quote(
        self, language: str, quote: Quote, *, now: datetime, zone: ZoneInfo, button: bool
    ) -> str:
        due = f"{quote.due_at:%d.%m %H:%M}" if quote.due_at is not None else "nobody knows when"
        how = "press below" if button else "answer"
        return f"{language}: {quote.title}, {quote.price} {quote.currency}, by {due}: {how}"

    def agree(self, language: str) -> str:
        return f"{language}: agreed"

    def task_done(self, language: str, title: str) -> str:
        return f"{language}: done: {title}"

    def opening(self, language: str, opens_at: datetime, now: datetime, zone: ZoneInfo) -> str:
        return f"{language}: {opens_at:%d.%m %H:%M}"

    def settled(self, language: str, quote: Quote, zone: ZoneInfo) -> str:
        return f"{language}: {quote.state} by {quote.due_at}"

    def only_clients(self, language: str) -> str:
        return f"{language}: not you"

    def correction(self, language: str, text: str) -> str:
        return f"{language}: a correction: {text}"

    def alert(self, alert: Alert, to: Manager, why: str, now: datetime) -> tuple[str, str]:
        return f"{why}: {alert.card.conversation.client.name}", f"{to.name}: {alert.elapsed}"

    def language_of(self, message: InboundMessage) -> str:
        return "ru"


@dataclass
class RecordingConnector:
    """A channel: messages are the text "sender|thread|text", sends fail by plan."""

    clock: SetClock
    channel: Channel = field(default_factory=lambda: Channel("email:info", "email"))
    origin: str = "email:info"
    sent: list[OutboundMessage] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    batches: list[Batch] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)
    attachments: tuple[Attachment, ...] = ()
    note: dict[str, str] = field(default_factory=dict)  # of further raw messages
    shapes: dict[str, dict[str, Any]] = field(default_factory=dict)  # what else a text means
    others: tuple[str, ...] = ()

    async def receive(self, after: str | None) -> AsyncGenerator[Batch, None]:
        for batch in self.batches:
            yield batch
            self.acknowledged.append(batch.cursor)

    async def parse(self, raws: Sequence[RawMessage]) -> InboundMessage | str:
        sender, thread, text = raws[0].payload.decode().split("|", 2)
        if text == "unreadable":
            raise Unreadable(Fault.MALFORMED, "as planned")
        if text == "echo":
            return "an echo of our own"
        message = InboundMessage(
            channel_id=self.channel.id,
            external_id=raws[0].external_id,
            thread_ids=(raws[0].external_id, *([thread] if thread else [])),
            sender=Handle("email", sender),
            sender_name=sender.partition("@")[0],
            sent_at=raws[0].received_at,
            text=text + "".join("+" + raw.external_id for raw in raws[1:]),
            attachments=self.attachments,
            nature=Nature.AUTOMATIC if text == "automatic" else Nature.PERSON,
        )
        return replace(message, **self.shapes.get(text, {}))

    def others_addressed(self, message: InboundMessage) -> tuple[str, ...]:
        return self.others

    def external_id(self, key: str) -> str | None:
        return f"<{key}>"

    async def send(self, message: OutboundMessage) -> Receipt:
        self.sent.append(message)
        error = self.failures.pop(0) if self.failures else None
        if error is not None:
            raise error
        return Receipt((f"<{message.key}>", f"<alias-{message.key}>"), self.clock.now())

    async def fetch(self, attachment: Attachment, raw: RawMessage | None) -> bytes:
        if raw is None or attachment.ref == "gone":
            raise FileUnavailable(Fault.EXPIRED)
        return b"bytes of " + attachment.ref.encode()


@dataclass
class ChangingConnector(RecordingConnector):
    """A channel that lets what was sent be changed: `at_client` is what the client sees of each
    message, by its key; `refusals` are what goes wrong with changes, before or after they are
    done (`done_anyway`); `meanwhile` happens in the midst of the next calls."""

    channel: Channel = field(default_factory=lambda: Channel("telegram", "telegram"))
    at_client: dict[str, str] = field(default_factory=dict)
    edited: list[tuple[str, str, tuple[str, ...]]] = field(default_factory=list)
    taken_back: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    refusals: list[Exception | None] = field(default_factory=list)
    done_anyway: bool = False
    meanwhile: list[Callable[[], Awaitable[None]]] = field(default_factory=list)

    async def send(self, message: OutboundMessage) -> Receipt:
        await self._others_act()
        receipt = await super().send(message)
        self.at_client[message.key] = message.text
        return replace(receipt, sent_as=(f"{message.key}/1",))

    async def edit(self, message: OutboundMessage, sent_as: Sequence[str]) -> None:
        self.edited.append((message.key, message.text, tuple(sent_as)))
        await self._others_act()
        with self._perhaps_refused():
            self.at_client[message.key] = message.text

    async def take_back(self, message: OutboundMessage, sent_as: Sequence[str]) -> None:
        self.taken_back.append((message.key, tuple(sent_as)))
        await self._others_act()
        with self._perhaps_refused():
            self.at_client.pop(message.key, None)

    async def _others_act(self) -> None:
        if self.meanwhile:
            await self.meanwhile.pop(0)()

    @contextmanager
    def _perhaps_refused(self) -> Iterator[None]:
        error = self.refusals.pop(0) if self.refusals else None
        if error is None or self.done_anyway:
            yield
        if error is not None:
            raise error


def failures(*errors: SendFailed | None) -> list[Exception | None]:
    """What goes wrong, call by call."""
    return list(errors)
