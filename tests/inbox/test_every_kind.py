"""Whatever comes by Telegram is filed as it was said, and comes out of the store the same."""

from dataclasses import replace

import pytest

from inbox.errors import Unreadable
from inbox.flow import ALBUM_QUIET, listen
from inbox.groups import link_group
from inbox.model import Batch, InboundMessage, Manager, Nature, Role
from tests.connectors.telegram.scenarios import (
    CAME_AT,
    OWNER,
    Scenario,
    outcome,
    scenarios,
    themes,
)
from tests.inbox.chatting import Chats, chatting_in
from tests.inbox.conftest import Studio

CONNECTION = "AgADBAADkA4AAq1x"
NOT_KEPT = frozenset({"by the owner"})  # the edit of an answer that nobody has seen here
AFTERWARDS = frozenset({"service", "happenings"})  # they change what the others need


@pytest.fixture
async def chats(studio: Studio) -> Chats:
    """With every group that the scenarios know linked, and the account's owner a member."""
    made = chatting_in(studio)
    made.channel.accounts[CONNECTION] = OWNER
    async with studio.inbox.store.begin() as t:
        await t.save_manager(Manager(0, "Олег", OWNER, Role.MANAGER))
        client = await t.add_client("Ромашка", studio.anna.id)
    for one in scenarios():
        said = await _said(made, one)
        place = said.place if isinstance(said, InboundMessage) else None
        if place is not None and place.kind == "telegram_group":
            await link_group(studio.inbox, place, "Группа", client.id, studio.admin)
    return made


async def _said(chats: Chats, one: Scenario) -> InboundMessage | None:
    try:
        said = await chats.channel.parse(one.raws)
    except Unreadable:
        return None
    return said if isinstance(said, InboundMessage) else None


async def _come(studio: Studio, chats: Chats, theme: str) -> None:
    studio.clock.at = CAME_AT
    raws = [raw for one in scenarios(theme) for raw in one.raws]
    for number, raw in enumerate(raws):
        chats.channel.batches = [Batch((raw,), str(number))]
        await listen(studio.inbox, chats.channel)
    await studio.run()
    if any(raw.group for raw in raws):
        await studio.later(ALBUM_QUIET + 0.1)


@pytest.mark.parametrize("theme", [one for one in themes() if one not in AFTERWARDS])
async def test_what_was_said_is_what_is_kept(studio: Studio, chats: Chats, theme: str) -> None:
    await _come(studio, chats, theme)
    assert {state for state, _ in await chats.raw_states()} <= {"filed", "ignored", "quarantined"}
    for one in scenarios(theme):
        said = await _said(chats, one)
        if said is None or one.name in NOT_KEPT:
            continue
        async with studio.inbox.store.begin() as t:
            message_id = await t.message_at("telegram", said.external_id)
            assert message_id is not None, one
            kept = (await t.card(message_id)).message
        assert _content(kept) == _content(said), one


async def test_only_what_cannot_be_read_is_put_aside(studio: Studio, chats: Chats) -> None:
    await _come(studio, chats, "damaged")
    unreadable = [one for one in scenarios("damaged") if isinstance(outcome(one), str)]
    aside = [reason for state, reason in await chats.raw_states() if state == "quarantined"]
    assert sorted(aside) == sorted(
        text.removeprefix("unreadable: ")
        for one in unreadable
        if (text := outcome(one)).startswith("unreadable: ")
    )


def _content(message: InboundMessage) -> InboundMessage:
    """All of it but what the flow itself finds out."""
    return replace(message, nature=Nature.PERSON, nature_reason="", warnings=(), thread_ids=())
