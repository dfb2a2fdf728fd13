"""A bot of its own for the staff: files cross between the two, message ids do not."""

from __future__ import annotations

from pathlib import Path

from tests.bot.desk_world import BOT, CLIENT, CLIENTS_BOT, around, running
from tests.bot.studio import HELEN, OLGA


async def test_with_two_bots_files_cross_and_message_ids_do_not(tmp_path: Path) -> None:
    async with around(tmp_path) as there, running(there, two_bots=True) as desk:
        desk.people.sends(CLIENT, CLIENTS_BOT, "document", b"%PDF", "a.pdf", caption="Вот")
        card = await desk.sees(OLGA.telegram_id, "Вот")
        await desk.until(lambda: any("document" in one for one in desk.chat(OLGA.telegram_id)))
        linked = desk.people.sends(
            OLGA.telegram_id,
            BOT,
            "photo",
            b"jpg",
            caption="Спасибо",
            reply_to=card["message_id"],
        )
        arrived = await desk.until(
            lambda: next((one for one in desk.chat(CLIENT, CLIENTS_BOT) if "photo" in one), None)
        )
        assert arrived["caption"] == "Спасибо"

        # In the clients' bot Olga is a client herself, and the same number there is no card.
        same = linked["message_id"]
        while desk.people.says(OLGA.telegram_id, CLIENTS_BOT, "Проба")["message_id"] < same:
            pass
        desk.people.says(OLGA.telegram_id, CLIENTS_BOT, "Ещё", reply_to=same)
        await desk.sees(HELEN.telegram_id, "Ещё")
        texts = [one.get("text", "") for one in desk.chat(CLIENT, CLIENTS_BOT)]
        assert not any("Ещё" in one or "Проба" in one for one in texts)
