"""Whatever a client sends by Telegram becomes a card that shows it, or says what it is."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from bot.cards import CardView, card_view
from bot.kinds import attachment_line
from bot.rich import MESSAGE_LIMIT, Rich
from bot.texts import speaker
from inbox.errors import Unreadable
from inbox.model import Client, Contact, InboundMessage, Manager, Media
from inbox.ports import Card
from tests.bot.studio import HELEN, OLGA, card, conversation
from tests.bot.test_rich import is_sound
from tests.connectors.telegram.scenarios import CAME_AT, Scenario, scenarios

READERS = (OLGA, HELEN)  # one reads Russian, one English
_PHOTOS = re.compile("📎 [0-9]+ (photos|фото)")
_SAYS_WHAT = "open it in Telegram", "откройте в Telegram"


def _messages() -> Iterator[tuple[Scenario, InboundMessage]]:
    for one in scenarios():
        try:
            said = one.parsed()
        except Unreadable:
            continue
        if isinstance(said, InboundMessage):
            yield one, said


ALL = list(_messages())


def _card(message: InboundMessage) -> Card:
    recipient = message.place or message.peer or message.sender
    of_it = conversation(
        channel_id="telegram",
        client=Client(21, "Ромашка", OLGA.id),
        contact=Contact(31, 21, message.peer_name or message.sender_name),
        recipient=recipient,
        subject=None,
    )
    return card(message=message, conversation=of_it)


def _view(message: InboundMessage, reader: Manager) -> CardView:
    return card_view(_card(message), reader, CAME_AT + timedelta(minutes=5))


def test_there_are_enough_of_them() -> None:
    assert len(ALL) >= 200


@pytest.mark.parametrize("reader", READERS, ids=["ru", "en"])
def test_every_message_becomes_one_sound_card(reader: Manager) -> None:
    for one, message in ALL:
        view = _view(message, reader)
        assert is_sound(view.body), one
        assert view.body.units <= MESSAGE_LIMIT, one
        assert view.keyboard, one


@pytest.mark.parametrize("reader", READERS, ids=["ru", "en"])
def test_the_card_shows_the_text(reader: Manager) -> None:
    for one, message in ALL:
        view = _view(message, reader)
        whole = view.body.text + view.rest.text
        text = Rich.foreign(message.text).text
        shown = text if not view.rest.text else text[:500]
        assert shown in whole, one


@pytest.mark.parametrize("reader", READERS, ids=["ru", "en"])
def test_the_card_names_everything_that_comes_along(reader: Manager) -> None:
    say = speaker(reader.language)
    for one, message in ALL:
        text = _view(message, reader).body.text
        for attachment in message.attachments[:8]:
            counted = attachment.media is Media.PHOTO and _PHOTOS.search(text)
            assert counted or attachment_line(say, attachment) in text, one
            if attachment.media is Media.UNKNOWN:
                assert attachment.facts["kind"] in text, one
                assert any(words in text for words in _SAYS_WHAT), one


@pytest.mark.parametrize("reader", READERS, ids=["ru", "en"])
def test_the_card_says_from_whom_and_in_answer_to_what(reader: Manager) -> None:
    for one, message in ALL:
        text = _view(message, reader).body.text
        if message.passed_on:
            assert message.passed_on in text, one
        if message.refers is not None:
            beginning = message.refers.quote or message.refers.text
            assert beginning[:100].strip() in text, one
            assert message.refers.author == "" or (
                message.refers.author in text or message.refers.kind == "ours"
            ), one
        if message.place == message.peer and message.peer is not None:
            assert message.peer_name in text, one
            assert message.sender == message.peer or message.sender_name[:70] in text, one


def test_no_card_has_a_word_of_the_machine_instead_of_words() -> None:
    """Kinds that the desk has words for are never called by the Bot API's."""
    for one, message in ALL:
        if one.theme in {"future", "damaged"}:
            continue
        for reader in READERS:
            text = _view(message, reader).body.text
            for media in Media:
                name = media.value if "_" in media.value else f"[{media.value}]"
                assert name not in text, (one, media)
