"""What all tests share: real servers, and the rule that nothing is skipped in CI."""

import gc
import os
import sys
from collections.abc import AsyncIterator, Generator, Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from tests.databases import postgres_on
from tests.dialects import share_statements
from tests.servers import Dovecot, FaultySmtp, MailServers, Postfix, Postgres, ServerMissing

share_statements()
ROOT = Path(__file__).parents[1]
# The longest files, which begin first: others run beside them. The others follow as collected.
LONGEST = (
    "tests/inbox/test_quarter.py",
    "tests/e2e/test_clock_killed.py",
    "tests/e2e/test_killed.py",
    "tests/test_story.py",
    "tests/e2e/test_clock.py",
    "tests/e2e/test_telegram_faults.py",
    "tests/e2e/test_albums_killed.py",
)
IN_CI = os.environ.get("CI") == "true"  # noqa: TID251  the one place where a test asks where it runs


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is imported for the tests is not looked through for garbage, now or later: it stays,
    and looking takes two fifths of the time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first."""
    places = {ROOT / name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A skipped test fails the run in CI: there every server and browser is installed."""
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    skipped = len(reporter.stats.get("skipped", [])) if reporter else 0
    if IN_CI and skipped and session.exitstatus == pytest.ExitCode.OK:
        sys.stdout.write(f"\n{skipped} skipped in CI, where nothing may be skipped\n")
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def skip_or_fail(error: ServerMissing) -> NoReturn:
    if IN_CI:
        pytest.fail(f"{error}, and in CI it must be", pytrace=False)
    pytest.skip(str(error))


@pytest.fixture(scope="session")
def _own_dovecot() -> Iterator[Dovecot]:
    try:
        server = Dovecot()
    except ServerMissing as error:
        skip_or_fail(error)
    else:
        with server:
            yield server


@pytest.fixture
def dovecot(_own_dovecot: Dovecot) -> Dovecot:
    """Dovecot alone, running; a test adds its own users."""
    _own_dovecot.ensure_running()
    return _own_dovecot


@pytest.fixture(scope="session")
def _own_mail_servers() -> Iterator[MailServers]:
    try:
        servers = MailServers()
    except ServerMissing as error:
        skip_or_fail(error)
    else:
        with servers:
            yield servers


@pytest.fixture
def mail_servers(_own_mail_servers: MailServers) -> MailServers:
    """Dovecot and Postfix together, both running."""
    _own_mail_servers.ensure_running()
    return _own_mail_servers


@pytest.fixture
def postfix(mail_servers: MailServers) -> Postfix:
    """Postfix, delivering to the Dovecot of `mail_servers`."""
    return mail_servers.postfix


@pytest.fixture(scope="session")
def _own_postgres() -> Iterator[Postgres]:
    try:
        server = Postgres()
    except ServerMissing as error:
        skip_or_fail(error)
    else:
        with server:
            yield server


@pytest.fixture
def postgres(_own_postgres: Postgres) -> Postgres:
    """A running PostgreSQL; `create_database()` gives a URL."""
    _own_postgres.ensure_running()
    return _own_postgres


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a database of the test's own, dropped after it; its tables stand."""
    url = postgres_on(postgres)
    yield url
    postgres.drop_database(url)


@pytest.fixture
async def faulty_smtp() -> AsyncIterator[FaultySmtp]:
    """An SMTP server that fails as its script says; without a script it takes everything."""
    async with FaultySmtp() as server:
        yield server
