"""Databases whose tables stand already: they are made once, and copied for each test.

Making them takes a tenth of a second and more, a copy a thousandth. Tests of the migrations, and
of the program's first start, begin with nothing instead.
"""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Coroutine
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from threading import Thread
from typing import Any

from sqlalchemy import text

from storage.store import SqlStore, open_store
from tests.servers.postgres import Postgres

TEMPLATE = "okno_template"
# What the queue keeps by the database's clock.
INSTANTS = {
    "lane": ("ready_at",),
    "job": ("put_at", "not_before"),
    "job_key": ("put_at",),
    "dead": ("put_at", "died_at"),
}


def sqlite_in(folder: Path) -> str:
    """The URL of `okno.db` in this folder; its tables stand."""
    path = folder / "okno.db"
    if not path.exists():
        shutil.copyfile(_file(), path)
    return f"sqlite:///{path}"


def postgres_on(server: Postgres) -> str:
    """The URL of a new database of this server; its tables stand."""
    return server.create_database(template=_template(server))


async def let_pass(store: SqlStore, seconds: float) -> None:
    """So much time passes for the queue, whose clock is the database's, without waiting."""
    async with store.begin() as t:
        for table, columns in INSTANTS.items():
            moved = ", ".join(f"{one} = {one} - {seconds}" for one in columns)
            await t.run(text(f"UPDATE {table} SET {moved}"))


@cache
def _file() -> Path:
    path = Path(mkdtemp(prefix="okno-template-")) / "okno.db"
    _apart(_make(f"sqlite:///{path}"))
    return path


@cache
def _template(server: Postgres) -> str:
    url = server.create_database(name=TEMPLATE)
    _apart(_make(url))
    return TEMPLATE


async def _make(url: str) -> None:
    store = await open_store(url)
    await store.close()


def _apart(work: Coroutine[Any, Any, None]) -> None:
    """Run it to its end in a thread, as the caller may be inside a running loop."""
    thread = Thread(target=asyncio.run, args=(work,))
    thread.start()
    thread.join()
