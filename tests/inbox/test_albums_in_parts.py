"""An album that a restart cut in two: what is stored of it waits for what is still to come."""

from __future__ import annotations

from dataclasses import dataclass, replace

from inbox.flow import ALBUM_QUIET
from tests.fakes import RecordingConnector
from tests.inbox.conftest import Studio

A_MOMENT = 0.1  # seconds


@dataclass
class ListeningConnector(RecordingConnector):
    """A channel that was listened to without a break for so many seconds."""

    listened: float = 0.0


def _listening(studio: Studio, listened: float) -> tuple[Studio, ListeningConnector]:
    """The same studio after a restart: its channel was listened to for so long by then."""
    channel = ListeningConnector(studio.clock, listened=listened)
    inbox = replace(studio.inbox, connectors={channel.channel.id: channel})
    return replace(studio, inbox=inbox, channel=channel), channel


def _texts(studio: Studio) -> list[str]:
    return [card.message.text for card, to, _ in studio.desk.cards if to == studio.anna]


async def test_it_is_shown_whole_once_the_channel_was_listened_to_again(studio: Studio) -> None:
    studio, channel = _listening(studio, 0.0)
    await studio.hears("a@x.test", "раз", group="g")
    await studio.later(ALBUM_QUIET + A_MOMENT)
    assert _texts(studio) == []
    await studio.hears("a@x.test", "два", group="g")
    channel.listened = ALBUM_QUIET
    await studio.later(ALBUM_QUIET + A_MOMENT)
    assert _texts(studio) == ["раз+<m2>"]


async def test_it_waits_for_no_longer_than_is_left(studio: Studio) -> None:
    studio, channel = _listening(studio, ALBUM_QUIET - A_MOMENT)
    await studio.hears("a@x.test", "раз", group="g")
    await studio.later(ALBUM_QUIET + A_MOMENT)
    assert _texts(studio) == []
    channel.listened = ALBUM_QUIET
    await studio.later(2 * A_MOMENT)
    (card,) = (card for card, to, _ in studio.desk.cards if to == studio.anna)
    assert not card.repeated


async def test_a_single_message_waits_for_nothing(studio: Studio) -> None:
    studio, _ = _listening(studio, 0.0)
    await studio.asks("a@x.test", "раз")
    assert _texts(studio) == ["раз"]
