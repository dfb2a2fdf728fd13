"""A PostgreSQL cluster on loopback, as an unprivileged account when we are root."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from pathlib import Path

from tests.servers.process import (
    LOOPBACK,
    START_SECONDS,
    Account,
    Child,
    Server,
    ServerFailed,
    ServerMissing,
    free_port,
    server_folder,
)

USER = "okno"
PASSWORD = "okno-test"


class Postgres(Server):
    """One cluster on a port that stays the same over restarts.

    `durable` keeps fsync on, for benchmarks; tests do without (a killed server, unlike a power
    cut, loses nothing by that).

    Raises:
        ServerMissing: PostgreSQL is not installed.
    """

    host = LOOPBACK

    def __init__(self, folder: Path | None = None, *, durable: bool = False) -> None:
        self._programs = _programs()
        self._own_folder = folder is None
        self.folder = server_folder(folder)
        self._account = Account.unprivileged()
        self._account.own(self.folder)
        self.port = free_port()
        data = self.folder / "data"
        if not data.exists():
            self._initialise(data)
        options = {
            "listen_addresses": LOOPBACK,
            "unix_socket_directories": "",
            "fsync": "on" if durable else "off",
            "max_connections": "200",
        }
        command = [str(self._programs / "postgres"), "-D", str(data), "-p", str(self.port)]
        for key, value in options.items():
            command += ["-c", f"{key}={value}"]
        self.child = Child(
            "postgres", command, self.folder / "postgres.log", (self.port,), self._account
        )

    def _initialise(self, data: Path) -> None:
        password = self.folder / "password"
        password.write_text(PASSWORD)
        self._account.own(password)
        command: list[str | Path] = [self._programs / "initdb", "-D", data]
        command += ["-U", USER, "--pwfile", password]
        command += ["-A", "scram-sha-256", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync"]
        as_root = os.geteuid() == 0
        subprocess.run(
            command,
            check=True,
            capture_output=True,
            cwd=self.folder,
            user=self._account.uid if as_root else None,
            group=self._account.gid if as_root else None,
            extra_groups=[] if as_root else None,
        )

    def end(self) -> None:
        self.child.stop(signal.SIGQUIT)

    def start(self) -> None:
        """Start and return when statements are answered: the port opens before recovery ends."""
        self.child.start()
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.run_sql("SELECT 1", database="postgres")
                return
            except subprocess.CalledProcessError as error:
                if not self.child.running or time.monotonic() > deadline:
                    raise ServerFailed(f"{error.stderr}\n{self.child.tail()}") from error
            time.sleep(0.02)

    def ensure_running(self) -> None:
        if self.child.running:
            self.child.resume()
        else:
            self.start()

    def stop_immediate(self) -> None:
        """As `pg_ctl stop -m immediate`: no checkpoint, connections cut, recovery at the start."""
        self.child.stop(signal.SIGQUIT)

    def restart(self) -> None:
        """Stop at once and start on the same port: every connection breaks, the data stays."""
        self.stop_immediate()
        self.start()

    def create_database(self, *, name: str = "", template: str = "template0") -> str:
        """A new database, as the template; returns its URL for SQLAlchemy over asyncpg."""
        name = name or f"okno_{secrets.token_hex(6)}"
        self.run_sql(f'CREATE DATABASE "{name}" TEMPLATE "{template}"', database="postgres")
        return f"postgresql+asyncpg://{USER}:{PASSWORD}@{LOOPBACK}:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Drop a database of `create_database`, breaking its connections."""
        name = url.rsplit("/", 1)[1]
        self.run_sql(f'DROP DATABASE "{name}" WITH (FORCE)', database="postgres")

    def run_sql(self, statement: str, *, database: str) -> str:
        """Run one statement by psql; returns the rows, unaligned."""
        target = f"host={LOOPBACK} port={self.port} user={USER} dbname={database}"
        psql = str(self._programs / "psql")
        done = subprocess.run(
            [psql, "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", target, "-c", statement],
            check=True,
            capture_output=True,
            text=True,
            env={"PGPASSWORD": PASSWORD},
        )
        return done.stdout


def _programs() -> Path:
    """The folder of initdb, postgres and psql: Debian keeps it off the PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name), reverse=True
    )
    found = shutil.which("initdb")
    for folder in [*([Path(found).resolve().parent] if found else []), *debian]:
        if all((folder / name).exists() for name in ("initdb", "postgres", "psql")):
            return folder
    raise ServerMissing("PostgreSQL is not installed (Debian package postgresql)")
