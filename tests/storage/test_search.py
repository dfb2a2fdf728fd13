"""What was said is found, by whoever may see it."""

from dataclasses import replace

from inbox.searching import HitKind, Query
from storage.store import SqlStore
from tests.storage.values import asked, at, draft, manager, message, opened


async def test_a_message_is_found_by_another_form_of_its_words(store: SqlStore) -> None:
    async with store.begin() as t:
        conversation = await opened(t)
        _, id_ = await asked(t, conversation, message(text="Пришлите договоры, пожалуйста"))
        found = await t.search(Query("договорами"), None, None, 10)
        assert [hit.message_id for hit in found.hits] == [id_]
        (hit,) = found.hits
        assert (hit.kind, hit.author, hit.client_name) == (HitKind.MESSAGE, "Лена", "Ромашка")
