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
    "email": case-folded address; "phone": E.164 with "+".
    """

    kind: str
    address: str


class Media(StrEnum):
    """What kind of thing an attachment is; the two last have no bytes, only `facts`."""

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


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file or another thing beside the text.

    `origin` names who can read `ref`: "bot:<bot id>" for a Telegram file id, else a channel id.
    `size` is in bytes where known. `facts` holds what has no bytes: latitude and longitude
    of a location, phone_number, first_name, last_name of a contact; and duration, width ...
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


@dataclass(frozen=True, slots=True)
class OutboundMessage:
    """A manager's reply, ready for a connector.

    `key` is unique for ever and fixed before the first try; `external_id` is what
    `Connector.external_id(key)` gave. `answering` is the client's message that it answers.
    `only_sender`: where others were addressed beside the sender, they get nothing. `automatic`:
    no person wrote it ("auto-replied" or "auto-generated", RFC 3834); it must be marked where the
    channel can, so that no machine answers it.
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


@dataclass(frozen=True, slots=True)
class Receipt:
    """The channel took the message; `thread_ids` are all ids it may come back by."""

    thread_ids: tuple[str, ...]
    sent_at: datetime
