"""An invitation: from /invite over a restart to a member who answers clients."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inbox.model import Role
from tests.bot.desk_world import BOT, CLIENT, NEWCOMER, Around, DeskWorld, around, running
from tests.bot.studio import GONE, HELEN


@pytest.fixture
async def there(tmp_path: Path) -> AsyncIterator[Around]:
    async with around(tmp_path) as found:
        yield found


async def begins(desk: DeskWorld) -> None:
    """Helen chooses a role and is asked for a name."""
    desk.people.says(HELEN.telegram_id, BOT, "/invite")
    asked = await desk.sees(HELEN.telegram_id, "Whom do you invite?")
    await desk.presses(HELEN, asked, "Manager")
    await desk.sees(HELEN.telegram_id, "what is the colleague's name?")


async def link(desk: DeskWorld, name: str) -> str:
    """The payload of the link that Helen gets for this name."""
    desk.people.says(HELEN.telegram_id, BOT, name)
    told = await desk.sees(HELEN.telegram_id, f"Send this link to {name}")
    found = re.search(r"https://t\.me/studio_bot\?start=(inv_[\w-]{32})$", told["text"])
    assert found is not None
    return found[1]


async def test_an_invited_person_becomes_a_member_once(there: Around) -> None:
    async with running(there) as desk:
        await begins(desk)
        payload = await link(desk, "Новый")
        desk.people.starts(NEWCOMER, BOT, payload)
        await desk.sees(NEWCOMER, "Здравствуйте, Новый!")

        desk.people.starts(CLIENT, BOT, payload)
        await desk.sees(CLIENT, "Приглашение уже использовано или истекло.")

        async with desk.inbox.store.begin() as t:
            member = next(one for one in await t.staff() if one.telegram_id == NEWCOMER)
        assert (member.role, member.zone, member.language) == (Role.MANAGER, "Europe/Moscow", "ru")
        commands = desk.world.bots[BOT].settings
        assert any("inbox" in str(value) for value in commands.values())
        desk.people.says(CLIENT, BOT, "Здравствуйте")
        await desk.sees(NEWCOMER, "Здравствуйте")


async def test_a_half_filled_form_outlives_a_restart(there: Around) -> None:
    async with running(there) as desk:
        await begins(desk)
    async with running(there) as desk:
        await link(desk, "После перезапуска")


async def test_a_reply_to_a_card_is_no_answer_to_a_form(there: Around) -> None:
    async with running(there) as desk:
        desk.people.says(CLIENT, BOT, "Вопрос")
        card = await desk.sees(HELEN.telegram_id, "Вопрос")
        await begins(desk)
        desk.people.says(HELEN.telegram_id, BOT, "Ответ", reply_to=card["message_id"])
        await desk.sees(CLIENT, "Ответ")
        await link(desk, "Новый")


async def test_who_left_can_be_invited_back(there: Around) -> None:
    async with running(there) as desk:
        await begins(desk)
        desk.people.starts(GONE.telegram_id, BOT, await link(desk, "Глеб"))
        await desk.sees(GONE.telegram_id, "Здравствуйте, Глеб!")
        desk.people.says(GONE.telegram_id, BOT, "/inbox")
        await desk.sees(GONE.telegram_id, "Никто не ждёт ответа.")


async def test_a_made_up_secret_opens_nothing(there: Around) -> None:
    async with running(there) as desk:
        desk.people.starts(NEWCOMER, BOT, "inv_abc")
        await desk.sees(NEWCOMER, "Приглашение уже использовано или истекло.")
