"""What the flow asks of the managers' side: promises in docstrings. inbox.ports hands them on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from inbox.model import (
    Attachment,
    Channel,
    Client,
    Conversation,
    DeliveryReport,
    InboundMessage,
    LoadedFile,
    Manager,
    RawMessage,
)
from inbox.records import Alert, Card, DeskRef, Note, Progress, Reply, Shown
from inbox.reports_made import Ending, MadeReport, ReportPart, ReportWish, Spot
from inbox.work_records import Quote, TaskDigest


class Desk(Protocol):
    """Where managers see and command. Network errors come as the three SendFailed."""

    origin: str  # of attachments that it can show by their `ref`

    @property
    def topics(self) -> bool:
        """Whether clients have topics of their own somewhere."""
        ...

    @property
    def shared(self) -> bool:
        """Whether all members see the clients in one place now: there a card stands once."""
        ...

    def concerns(self, raw: RawMessage, channel: Channel, staff: Sequence[Manager]) -> bool:
        """Whether this came from a member of the studio or is a command of the desk's own."""
        ...

    async def handle(
        self, raws: Sequence[RawMessage], channel: Channel, staff: Sequence[Manager]
    ) -> None:
        """Do what a manager asked, with one raw message or with the members of an album; at least
        once, so every effect carries a key. Unreadable."""
        ...

    def busy(self, to: Manager) -> float:
        """Seconds until the member's chat would take another card, by the limits known here."""
        ...

    async def show_burst(self, cards: Sequence[Card], to: Manager) -> tuple[Shown, ...]:
        """Cards that came too many at once, in one list with a button for each."""
        ...

    async def name_topics(self, client: Client, waiting: datetime | None) -> None:
        """The client's topics say by their names how it stands; `waiting`: when the earliest open
        wait is due (UTC), None where nobody waits. Without topics nothing happens."""
        ...

    async def show(
        self, card: Card, to: Manager, files: Sequence[LoadedFile]
    ) -> tuple[Shown, ...]:
        """Show a card with its files; the first of the result is the card itself."""
        ...

    async def redraw(self, shown: Shown, card: Card, to: Manager, alert: Alert | None) -> None:
        """Make a card (or, with `alert`, an alert) that stands there tell the truth again."""
        ...

    async def alert(self, alert: Alert, to: Manager) -> tuple[Shown, ...]:
        """Tell that a rung was reached."""
        ...

    async def show_alerts(
        self, alerts: Sequence[Alert], to: Manager, before: DeskRef | None
    ) -> DeskRef:
        """Many alerts in one message, most urgent first; with `before` that message is edited."""
        ...

    async def show_note(
        self, conversation: Conversation, words: Note, to: Manager
    ) -> tuple[Shown, ...]:
        """What a colleague says about a conversation, below its card if that stands there."""
        ...

    async def show_outcome(
        self, reply: Reply, conversation: Conversation, to: Manager
    ) -> tuple[Shown, ...]:
        """Say under the manager's own message what became of it: a reaction or a sentence."""
        ...

    async def show_delivery(
        self, reply: Reply, report: DeliveryReport, to: Manager
    ) -> tuple[Shown, ...]:
        """Say under the manager's own message what a mail server says of its delivery."""
        ...

    async def show_digest(self, cards: Sequence[Card], to: Manager) -> tuple[Shown, ...]:
        """Newsletters of the day in one message."""
        ...

    async def show_fetched(
        self, card: Card, file: LoadedFile, progress: Progress, to: Manager
    ) -> tuple[Shown, ...]:
        """Show a file of a card that stands there, and how far the fetching is."""
        ...

    async def show_tasks(self, digest: TaskDigest, to: Manager) -> None:
        """The tasks of the day in one message of the member's own chat."""
        ...

    async def make_report(self, wish: ReportWish, language: str) -> MadeReport:
        """Read and draw it, which takes seconds; what could not be made its text says. Raises
        OSError or StoreUnavailable where nothing could be read."""
        ...

    async def show_report(
        self, made: MadeReport, part: ReportPart, to: Manager, spot: Spot
    ) -> None:
        """One part of it as one message, or of long words some."""
        ...

    async def end_report(self, wish: ReportWish, to: Manager, spot: Spot, ending: Ending) -> None:
        """Take away the word that it is being made; where it did not surely come whole, say so
        with a button to send it again."""
        ...

    async def tell(self, notice: str, fields: dict[str, str], to: Manager) -> None:
        """Say something that is not about a client."""
        ...

    async def fetch(self, attachment: Attachment) -> bytes:
        """The bytes of a file a manager sent. Raises FileUnavailable."""
        ...


class Letters(Protocol):
    """Texts that leave the desk: to clients off hours, and alerts that go by mail."""

    def off_hours(
        self,
        language: str,
        opens_at: datetime,
        answer_by: datetime | None,
        *,
        now: datetime,
        zone: ZoneInfo,
    ) -> str:
        """That the message came, when the studio opens next, and by when there is an answer; as
        it is said at `now`."""
        ...

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
        """What a client who opens the chat may expect: `opens_at`, the next opening, None where
        the studio is open now; `closes_at`: the end of its day then, None where there is none to
        say; `usual`: the median first response, business time, None where too
        few are known to say."""
        ...

    def promise(self, language: str, due: datetime, now: datetime, zone: ZoneInfo) -> str:
        """That an answer comes by then."""
        ...

    def quote(
        self, language: str, quote: Quote, *, now: datetime, zone: ZoneInfo, button: bool
    ) -> str:
        """What is done, for how much, by when if the client agrees now; and how to agree: by the
        button below, else in words."""
        ...

    def agree(self, language: str) -> str:
        """What the client's button under a quote says."""
        ...

    def settled(self, language: str, quote: Quote, zone: ZoneInfo) -> str:
        """What has become of a quote that was settled: agreed, and by when it is done; or that it
        no longer stands. The same words at any time."""
        ...

    def only_clients(self, language: str) -> str:
        """Why a member's press on a client's button does nothing."""
        ...

    def task_done(self, language: str, title: str) -> str:
        """That what the client asked for is done."""
        ...

    def opening(self, language: str, opens_at: datetime, now: datetime, zone: ZoneInfo) -> str:
        """An instant as it is said to a client, for the placeholder of a template."""
        ...

    def correction(self, language: str, text: str) -> str:
        """The text, which corrects a mail that has gone, with that said before it."""
        ...

    def alert(self, alert: Alert, to: Manager, why: str, now: datetime) -> tuple[str, str]:
        """Subject and text of an alert that goes by mail; why: "blocked" or "outage"."""
        ...

    def language_of(self, message: InboundMessage) -> str:
        """The client's language ("ru", "en"): of the words, else as the channel says."""
        ...
