"""What must be read in a mail, and the comparison with what was."""

from __future__ import annotations

from dataclasses import dataclass

from inbox.model import Delivery, DeliveryReport, InboundMessage, Media, Nature

DOC, PHOTO, VOICE = Media.DOCUMENT, Media.PHOTO, Media.VOICE
FAILED, DELAYED = Delivery.FAILED, Delivery.DELAYED


@dataclass(frozen=True)
class Seen:
    """`files` are (media, name, bytes, ref); of `quoted` each must stand in the history."""

    sender: str
    name: str
    subject: str | None
    text: str
    quoted: tuple[str, ...] = ()
    files: tuple[tuple[Media, str, int, str], ...] = ()
    nature: Nature = Nature.PERSON
    reason: str = ""
    refers_to: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    delivery: DeliveryReport | None = None


def compare(got: InboundMessage, seen: Seen) -> None:
    """Fails at the first difference."""
    assert (got.sender.kind, got.sender.address) == ("email", seen.sender)
    assert got.sender_name == seen.name
    assert got.subject == seen.subject
    assert got.text == seen.text
    assert bool(got.quoted) == bool(seen.quoted)
    assert [line for line in seen.quoted if line not in got.quoted] == []
    assert [(a.media, a.name, a.size, a.ref) for a in got.attachments] == list(seen.files)
    assert {a.origin for a in got.attachments} <= {"email:info"}
    assert (got.nature, got.nature_reason) == (seen.nature, seen.reason)
    assert got.thread_ids == (got.external_id, *seen.refers_to)
    assert got.warnings == seen.warnings
    assert got.delivery == seen.delivery
