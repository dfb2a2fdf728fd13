"""Tables come up to date at start, whoever starts and however many at once."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

import storage
from inbox.calendars import STUDIO, Stretch
from inbox.errors import StoreRefused, StoreUnavailable
from inbox.log_records import Deed, Entry
from inbox.model import Outcome, WaitKind
from inbox.records import ReplyState
from inbox.work_records import Horizon, Task
from storage.all_tables import ALL
from storage.engine import open_engine, parse_url
from storage.schema import HEAD, migrate
from storage.store import open_store
from tests.servers.postgres import Postgres
from tests.storage.conftest import BOTH
from tests.storage.values import T0, at, promised

ROOT = Path(__file__).parents[2]
STARTER = """
import asyncio, sys
from storage.store import open_store

async def main(url):
    store = await open_store(url, exclusive=False)
    async with store.begin() as t:
        await t.save_form(sys.argv[2], "x")
    await store.close()

asyncio.run(main(sys.argv[1]))
"""


@pytest.fixture(params=BOTH)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/okno.db"
        return
    server: Postgres = request.getfixturevalue("postgres")
    empty = server.create_database()
    yield empty
    server.drop_database(empty)


def test_the_head_is_the_newest_migration() -> None:
    scripts = ScriptDirectory(str(Path(storage.__file__).parent / "migrations"))
    assert scripts.get_current_head() == HEAD


async def test_migrations_make_the_tables_of_the_program(url: str) -> None:
    engine = open_engine(parse_url(url))
    await migrate(engine)
    await migrate(engine)

    def ours(name: str | None, kind: str, _parents: object) -> bool:
        """All but the indexes over words, which are not alike in the two."""
        words = (name or "").startswith("search_words") or name == "ix_search_stems"
        return not (words and kind in {"table", "index"})

    def difference(connection: Connection) -> list[object]:
        opts = {"compare_type": True, "include_name": ours}
        return list(compare_metadata(MigrationContext.configure(connection, opts=opts), ALL))

    async with engine.begin() as connection:
        assert await connection.run_sync(difference) == []
    await engine.dispose()


OLD_WAIT = """
INSERT INTO client (id, name) VALUES (1, 'Ромашка');
INSERT INTO contact (id, client_id, name) VALUES (1, 1, 'Лена');
INSERT INTO conversation (id, channel_id, contact_id, recipient_kind, recipient_address)
VALUES (1, 'telegram', 1, 'telegram', '77');
INSERT INTO wait (conversation_id, started_at, reply_within, ladder, calendar, due_at,
                  next_rung_at, first, fired)
VALUES (1, '2026-03-02 09:30:00.123456', 3600, '[[2700.0, "manager", false]]', 'v1',
        '2026-03-02 10:30:00.123456', '2026-03-02 10:15:00.123456', true, '[]')
"""
AT_ITS_END = f"{OLD_WAIT}; UPDATE wait SET next_rung_at = NULL, fired = '[0]'"


async def migrated(url: str, revision: str, words: str = "") -> None:
    """Bring the tables up or down to a version, then run the statements."""
    engine = open_engine(parse_url(url))
    await migrate(engine)

    def go(connection: Connection) -> None:
        config = Config()
        config.set_main_option("script_location", "storage:migrations")
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.downgrade(config, revision)
        for statement in words.split(";"):
            if statement.strip():
                connection.execute(text(statement))

    async with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            await connection.execute(text("SET LOCAL timezone = 'UTC'"))
        await connection.run_sync(go)
    await engine.dispose()


async def test_a_wait_of_version_4_goes_on_by_the_studios_calendar(url: str) -> None:
    await migrated(url, "0004", OLD_WAIT)
    store = await open_store(url)
    async with store.begin() as t:
        ((conversation, wait),) = await t.due_waits(at(60), 10)
        assert conversation.wait == wait
        assert wait.stretches == (Stretch(STUDIO, T0),)
        assert (wait.kind, wait.policy, wait.round) == (WaitKind.REPLY, "", 0)
        assert wait.base == T0
        assert (conversation.client.calendar, conversation.client.tier) == (None, None)
        promise = await t.add_promise(conversation.id, promised(20))
    await store.close()
    await migrated(url, "0004")
    store = await open_store(url)
    async with store.begin() as t:
        _, found = await t.wait(promise.id)
        assert found.closing
        assert (found.closing.outcome, found.closing.at) == (Outcome.DISMISSED, at(20))
        assert await t.next_rung_at() == at(45)
        assert await t.count_waiting(None) == 1
    assert await store.check() == ()
    await store.close()


async def test_a_ladder_of_version_4_that_was_at_its_end_goes_on(url: str) -> None:
    await migrated(url, "0004", AT_ITS_END)
    store = await open_store(url)
    async with store.begin() as t:
        ((_, wait),) = await t.due_waits(T0, 10)
        assert (wait.next_rung_at, wait.fired, wait.held_known) == (T0, frozenset({0}), False)
    await store.close()


# A colon would be read as the beginning of a value's name.
EXTRA = json.dumps(
    {"thread_ids": ["77"], "entities": [], "attachments": [], "known_as": [], "reply_context": {}}
).replace(":", r"\:")
# As version 5 writes it, before the migration and after it, while an old process still runs.
OLD_MESSAGE = f"""
INSERT INTO manager (id, name, telegram_id, role, zone, language, active)
VALUES (1, 'Анна', 5, 'manager', 'UTC', 'ru', true);
INSERT INTO client (id, name) VALUES (1, 'Ромашка');
INSERT INTO contact (id, client_id, name) VALUES (1, 1, 'Лена');
INSERT INTO handle (kind, address, contact_id) VALUES ('telegram', '77', 1);
INSERT INTO conversation (id, channel_id, contact_id, recipient_kind, recipient_address)
VALUES (1, 'telegram', 1, 'telegram', '77');
INSERT INTO raw (id, channel_id, external_id, lane, received_at, note, state, reason, payload)
VALUES (1, 'telegram', '1', 'chat:77', '2026-03-02 09:30:00', '{{}}', 'filed', '', '');
INSERT INTO message (id, conversation_id, raw_id, channel_id, external_id, sender_kind,
                     sender_address, sender_name, sent_at, nature, nature_reason, text, quoted,
                     extra)
VALUES (1, 1, 1, 'telegram', '77:1', 'telegram', '77', 'Лена', '2026-03-02 09:30:00', 'person',
        '', 'Да?', '', '{EXTRA}');
INSERT INTO reply (id, key, conversation_id, author_id, text, written_at, entities, attachments,
                   message_id, state, fault, detail, tries)
VALUES (9, 'k', 1, 1, 'Да', '2026-03-02 09:31:00', '[]', '[]', 1, 'sent', '', '', 0)
"""


@pytest.mark.parametrize("after", [False, True], ids=["before", "meanwhile"])
async def test_what_version_5_wrote_is_read(url: str, *, after: bool) -> None:
    await migrated(url, "0006" if after else "0005", OLD_MESSAGE)
    store = await open_store(url)
    async with store.begin() as t:
        card = await t.card(1)
        assert (card.message.text, card.message.peer, card.message.refers) == ("Да?", None, None)
        assert (card.message.peer_name, card.message.passed_on, card.message.opens) == ("", "", "")
        assert (card.edited_at, card.deleted_at, card.answering) == (None, None, None)
        assert card.unreachable == ""
        assert card.last_reply == await t.reply(9)
        assert (card.last_reply.sent_as, card.last_reply.edits) == ((), 0)
        assert card.last_reply.goes_at is None
        assert await t.message_at("telegram", "77:1") == 1
    await store.close()


async def test_going_back_to_version_5_leaves_nothing_that_it_cannot_read(url: str) -> None:
    await migrated(url, "0006", OLD_MESSAGE)
    store = await open_store(url)
    async with store.begin() as t:
        sent = await t.reply(9)
        await t.save_reply(replace(sent, state=ReplyState.TAKEN_BACK))
        draft = replace(sent, id=0, key="k2", state=ReplyState.WITHDRAWN)
        await t.add_reply(draft)
        await t.log([Entry(T0, Deed.OPENED), Entry(T0, Deed.JOINED)])
    await store.close()
    await migrated(url, "0005")
    store = await open_store(url)
    async with store.begin() as t:
        states = [one.state for one in await t.replies(1)]
        assert sorted(states) == [ReplyState.REJECTED, ReplyState.SENT]
        assert [line.entry.deed for line in await t.logged()] == [Deed.OPENED]
    with pytest.raises(StoreRefused, match="append-only"):
        async with store.begin() as t:
            await t.run(text("DELETE FROM audit"))
    await store.close()


async def test_what_version_6_wrote_is_part_of_the_day(url: str) -> None:
    await migrated(url, "0006", OLD_MESSAGE)
    store = await open_store(url)
    async with store.begin() as t:
        (line, answer) = await t.client_history(1, None, 9)
        assert (line.text, line.message_id, answer.text) == ("Да?", 1, "Да")
        assert await t.client_files(1, 0, 9) == ()
        card = await t.client_card(1)
        assert card is not None
        assert (card.notes, card.files, card.open_tasks) == (0, 0, ())
    await store.close()


async def test_going_back_to_version_6_forgets_the_day_alone(url: str) -> None:
    await migrated(url, "0006", OLD_MESSAGE)
    store = await open_store(url)
    async with store.begin() as t:
        await t.add_task(Task("k", 1, "Счёт", Horizon.NOW, 1, T0))
        await t.log([Entry(T0, Deed.OPENED), Entry(T0, Deed.TASK_MADE), Entry(T0, Deed.QUOTED)])
    await store.close()
    await migrated(url, "0006")
    store = await open_store(url)
    async with store.begin() as t:
        assert await t.open_tasks(None) == ()
        assert [line.entry.deed for line in await t.logged()] == [Deed.OPENED]
        assert (await t.card(1)).last_reply == await t.reply(9)
    await store.close()


@pytest.mark.slow
async def test_four_may_start_at_once(url: str) -> None:
    starters = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", STARTER, url, str(number)),
            cwd=ROOT,
            stderr=subprocess.PIPE,
        )
        for number in range(4)
    ]
    for starter in starters:
        _, errors = await starter.communicate()
        assert errors == b""
        assert starter.returncode == 0
    store = await open_store(url)
    async with store.begin() as t:
        assert [await t.form(str(number)) for number in range(4)] == ["x"] * 4
    await store.close()


@pytest.mark.real
async def test_the_url_of_a_provider_opens(postgres_url: str) -> None:
    store = await open_store(f"{postgres_url}?sslmode=disable")
    await store.close()


def test_sslmode_is_told_to_the_driver_by_its_own_name() -> None:
    url = parse_url("postgres://okno:secret@db.test/okno?sslmode=verify-full")
    assert url.query == {"ssl": "verify-full"}


async def test_a_database_of_a_later_version_is_left_alone(url: str) -> None:
    await (await open_store(url)).close()
    engine = open_engine(parse_url(url))
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    await engine.dispose()
    with pytest.raises(StoreUnavailable, match="newer: the tables are of version 9999"):
        await open_store(url)
