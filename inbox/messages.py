"""Messages on their way in and out, and what hangs on them: frozen values.

inbox.model hands them on; only it imports from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from inbox.errors import Fault


@dataclass(frozen=True, slots=True)
class Handle:
    """A contact's address on a kind of channel, already normalised by whoever made it.

    kind "telegram": the user id in decimal; "telegram_name": lower-case without "@";
    "telegram_group": a group's chat id; "telegram_business": a member's own account and the
    client in it, "OWNER:CLIENT", both user ids; "email": case-folded address; "phone": E.164
    with "+".
    """

    kind: str
    address: str


class Media(StrEnum):
    """What kind of thing an attachment is; from LOCATION on they have no bytes, only `facts`."""

    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    AUDIO = "audio"
    VIDEO = "video"
    VIDEO_NOTE = "video_note"
    ANIMATION = "animation"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACT = "contact"
    POLL = "poll"
    STORY = "story"
    PAID_MEDIA = "paid_media"
    CHECKLIST = "checklist"
    DICE = "dice"
    GAME = "game"
    INVOICE = "invoice"
    GIFT = "gift"
    GIVEAWAY = "giveaway"
    UNKNOWN = "unknown"

    @property
    def has_bytes(self) -> bool:
        """Whether there is a file behind it; else `facts` are all there is."""
        return self in _FILES


_FILES = frozenset(
    {
        Media.PHOTO,
        Media.DOCUMENT,
        Media.VOICE,
        Media.AUDIO,
        Media.VIDEO,
        Media.VIDEO_NOTE,
        Media.ANIMATION,
        Media.STICKER,
    }
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or another thing beside the text.

    `origin` names who can read `ref`: "bot:<bot id>" for a Telegram file id, else a channel id.
    `size` is in bytes where known. `facts` holds what has no bytes: latitude and longitude
    of a location, phone_number, first_name, last_name of a contact; question and options of a
    poll; stars of paid media; title and tasks ([text, done]) of a checklist; emoji and value of a
    dice; kind (the Bot API's name) of what is unknown; and duration, width ...
    """

    media: Media
    name: str
    media_type: str
    size: int | None
    origin: str
    ref: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LoadedFile:
    """An attachment on its way out: with its bytes, or without where the receiver can use `ref`.

    `problem` says why the bytes could not be had; such a file is named, not sent.
    """

    attachment: Attachment
    content: bytes | None = None
    problem: Fault | None = None


@dataclass(frozen=True, slots=True)
class Entity:
    """Formatting of a stretch of text, measured in UTF-16 units (Bot API MessageEntity)."""

    kind: str
    offset: int
    length: int
    url: str | None = None
    language: str | None = None
    custom_emoji_id: str | None = None


@dataclass(frozen=True, slots=True)
class RawMessage:
    """What a channel handed over, not yet understood; stored before it is acknowledged.

    `external_id` is unique within the channel, so that a second delivery is a no-op.
    Messages of one `lane` are worked on in order, one at a time. Messages of one `group`
    (an album) become one message. `note` holds facts that are not in the payload.
    """

    external_id: str
    lane: str
    payload: bytes
    received_at: datetime
    group: str | None = None
    note: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Batch:
    """Raw messages and the channel's cursor behind them; stored together or not at all."""

    messages: tuple[RawMessage, ...]
    cursor: str


class Nature(StrEnum):
    """What a message is to the clock. Only a PERSON's message opens a wait.

    OWN: somebody of the studio wrote it outside this program, in a mail client. BOUNCE: a mail
    server could not deliver, or not yet deliver; `InboundMessage.delivery` says which and what.
    THANKS: a person's, but only thanks after an answer (rule 9).
    """

    PERSON = "person"
    THANKS = "thanks"
    EDIT = "edit"
    AUTOMATIC = "automatic"
    NEWSLETTER = "newsletter"
    BOUNCE = "bounce"
    OWN = "own"
    ECHO = "echo"
    SERVICE = "service"


class Delivery(StrEnum):
    """What a mail server says has become of a mail: given up, or tried further."""

    FAILED = "failed"
    DELAYED = "delayed"


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """That a mail of ours did not arrive, or not yet (RFC 3464).

    `recipient`: the address, "" where the report names none. `status`: an enhanced status code
    (RFC 3463) such as "5.1.1", or "". `text`: the server's own words. `refers_to`: the external
    id of our mail, "" where the report does not give it back.
    """

    outcome: Delivery
    recipient: str = ""
    status: str = ""
    text: str = ""
    refers_to: str = ""


class ReferenceKind(StrEnum):
    """What a message answers: ours, another's of the same chat, one elsewhere, a story."""

    OURS = "ours"
    THEIRS = "theirs"
    ELSEWHERE = "elsewhere"
    STORY = "story"


@dataclass(frozen=True, slots=True)
class Reference:
    """The message that another one answers: who wrote it and how it begins.

    `quote`: only this part of it is meant. `external_id`: of the message in its channel, "" where
    it stands elsewhere.
    """

    kind: ReferenceKind
    author: str = ""
    text: str = ""
    quote: str = ""
    external_id: str = ""


@dataclass(frozen=True, slots=True)
class InboundMessage:
    """A client's message as the product knows it.

    `thread_ids`: its own id in the channel first, then the ids it refers to, nearest first; the
    first one known names the conversation, and all of them lead to it from then on.
    `known_as`: further handles of the sender, surely the same person.
    `answers_to`: addresses that an answer goes to instead of the sender's, as the sender wished.
    `quoted`: history that the mail repeats; folded on a card. `reply_context`: what the connector
    wants to be handed back to answer this very message; nobody else reads it.
    `forwarded`: who wrote what somebody of the studio passes on with an OWN message.
    `warnings`: what a reader should know before trusting it: codes, each with what it is about
    behind a colon where there is something ("look_alike:romashka.ru"); texts are in bot/cautions.
    `peer`: whose client it is, where that is not the sender's matter: the group it was written
    in, or the client in whose chat a member wrote. `place`: where answers go, where that is not
    the peer's or sender's own chat with us. `passed_on`: the name of who wrote it first, where the
    client only forwarded it. `refers`: what it answers. `opens`: the payload of the link by which
    the chat was opened.
    """

    channel_id: str
    external_id: str
    thread_ids: tuple[str, ...]
    sender: Handle
    sender_name: str
    sent_at: datetime
    text: str = ""
    entities: tuple[Entity, ...] = ()
    quoted: str = ""
    subject: str | None = None
    attachments: tuple[Attachment, ...] = ()
    known_as: tuple[Handle, ...] = ()
    answers_to: tuple[str, ...] = ()
    nature: Nature = Nature.PERSON
    nature_reason: str = ""
    reply_context: Mapping[str, Any] = field(default_factory=dict)
    delivery: DeliveryReport | None = None
    warnings: tuple[str, ...] = ()
    forwarded: Handle | None = None
    forwarded_name: str = ""
    peer: Handle | None = None
    peer_name: str = ""
    place: Handle | None = None
    passed_on: str = ""
    refers: Reference | None = None
    opens: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """A button below a message for the client; `data` (at most 64 bytes) comes back as Chosen."""

    text: str
    data: str


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A manager's reply, ready for a connector.

    `key` is unique for ever and fixed before the first try; `external_id` is what
    `Connector.external_id(key)` gave. `answering` is the client's message that it answers.
    `only_sender`: where others were addressed beside the sender, they get nothing. `automatic`:
    no person wrote it ("auto-replied" or "auto-generated", RFC 3834); it must be marked where the
    channel can, so that no machine answers it. `telegram_link`: the recipient's own link that
    joins the Telegram account, for a signature that has a place for it; "" where there is none.
    `choices`: buttons below it, where the channel has such.
    """

    key: str
    external_id: str | None
    channel_id: str
    recipient: Handle
    author: str
    text: str
    entities: tuple[Entity, ...]
    files: tuple[LoadedFile, ...]
    subject: str | None
    answering: InboundMessage | None
    written_at: datetime
    only_sender: bool = False
    automatic: str = ""
    telegram_link: str = ""
    choices: tuple[Choice, ...] = ()


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel took the message; `thread_ids` are all ids it may come back by.

    `sent_as`: the external ids of the messages that it became, in order, where the channel can
    change them later.
    """

    thread_ids: tuple[str, ...]
    sent_at: datetime
    sent_as: tuple[str, ...] = ()
