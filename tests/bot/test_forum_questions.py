"""What the desk asks in the forum it asks of one member."""

from __future__ import annotations

from tests.bot import test_forum
from tests.bot.desk_world import DeskWorld
from tests.bot.studio import OLGA
from tests.bot.test_forum import FORUM, mentioned, opened, taken

desk = test_forum.desk


async def test_a_question_there_takes_the_next_words_of_who_was_asked(desk: DeskWorld) -> None:
    card = await taken(await opened(desk))
    await desk.presses(OLGA, card, "Заметка")
    asked = await desk.sees(FORUM, "Ольга, ")
    assert mentioned(asked) == [OLGA.telegram_id]
    assert asked["reply_markup"]["selective"] is True
    assert asked["reply_markup"]["force_reply"] is True
