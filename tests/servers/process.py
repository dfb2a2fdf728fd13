"""One server as a child of ours: started, stopped, killed, paused; no other process is touched."""

import contextlib
import fcntl
import os
import pwd
import random
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

import psutil

LOOPBACK = "127.0.0.1"
START_SECONDS = 20.0
STOP_SECONDS = 10.0
PORTS = range(15_000, 32_000)
TURNS = Path("/tmp") / f"okno-ports-{os.getuid()}"


class ServerMissing(Exception):
    """A program that the server needs is not on this machine; the text names it."""


class ServerFailed(Exception):
    """The server did not start; the text ends with the tail of its log."""


@dataclass(frozen=True)
class Account:
    """Whom a server runs as: ourselves, or `nobody` when we are root."""

    name: str
    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> "Account":
        entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
        return cls(entry.pw_name, entry.pw_uid, entry.pw_gid)

    def own(self, path: Path) -> None:
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)

    def folder(self, path: Path) -> Path:
        """Make the folder, belonging to this account."""
        path.mkdir(parents=True, exist_ok=True)
        self.own(path)
        return path


def program(name: str, *, package: str) -> str:
    """Full path of a program, sbin included.

    Raises:
        ServerMissing: it is not installed.
    """
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin:/usr/local/sbin")
    if found is None:
        raise ServerMissing(f"{name} is not installed (Debian package {package})")
    return found


def server_folder(folder: Path | None) -> Path:
    """The given folder, or a new one, that an unprivileged server may enter."""
    root = folder or Path(tempfile.mkdtemp(prefix="okno-", dir=_open_to_all()))
    root.mkdir(parents=True, exist_ok=True)
    root.chmod(0o755)
    return root


def _open_to_all() -> Path:
    """Where temporary files go, unless only we may enter there."""
    usual = Path(tempfile.gettempdir())
    ours = any(not one.stat().st_mode & stat.S_IXOTH for one in (usual, *usual.parents))
    return Path("/tmp") if ours else usual


def free_port() -> int:
    """A free TCP port below the range from which outgoing connections take theirs.

    Ports are given in turn to all who ask on this machine: between asking for one and listening
    there nobody else gets it.
    """
    with TURNS.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        file.seek(0)
        said = file.read()
        port = int(said) if said else random.choice(PORTS)
        while True:
            port = port + 1 if port + 1 in PORTS else PORTS.start
            with socket.socket() as probe, contextlib.suppress(OSError):
                probe.bind((LOOPBACK, port))
                file.truncate(0)
                file.write(str(port))
                return port


@dataclass
class Child:
    """A server process with all its descendants."""

    name: str
    command: list[str]
    log: Path
    ports: tuple[int, ...]
    account: Account | None = None
    _process: subprocess.Popen[bytes] | None = field(default=None, init=False)

    @property
    def pid(self) -> int:
        if self._process is None:
            raise ServerFailed(f"{self.name} is not running")
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start and return when every port accepts connections.

        Raises:
            ServerFailed: it ended, or a port stayed closed for START_SECONDS.
        """
        dropped = self.account if os.geteuid() == 0 else None
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.log.parent,
                start_new_session=True,
                user=dropped.uid if dropped else None,
                group=dropped.gid if dropped else None,
                extra_groups=[] if dropped else None,
            )
        deadline = time.monotonic() + START_SECONDS
        for port in self.ports:
            self._wait_for(port, deadline)

    def ensure_running(self) -> None:
        """Start what was killed, wake what was paused."""
        if self.running:
            self.resume()
        else:
            self.start()

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask the server to end; kill what is left after STOP_SECONDS."""
        if not self.running:
            return
        self.resume()
        family = self.family()
        os.kill(self.pid, how)
        self._reap(family)

    def kill(self) -> None:
        """SIGKILL the server and all its descendants, as a power cut would."""
        if not self.running:
            return
        os.kill(self.pid, signal.SIGSTOP)
        family = self.family()
        for process in family:
            _signal(process, signal.SIGKILL)
        self._reap(family)

    def pause(self) -> None:
        """A server that hangs: connections are accepted by the kernel, nobody answers."""
        os.kill(self.pid, signal.SIGSTOP)
        for process in self.family():
            _signal(process, signal.SIGSTOP)

    def resume(self) -> None:
        for process in reversed(self.family()):
            _signal(process, signal.SIGCONT)

    def family(self) -> list[psutil.Process]:
        leader = psutil.Process(self.pid)
        return [leader, *leader.children(recursive=True)]

    def _reap(self, family: list[psutil.Process]) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while self.running or any(is_alive(process) for process in family):
            if time.monotonic() > deadline:
                for process in family:
                    _signal(process, signal.SIGKILL)
                deadline += STOP_SECONDS
            time.sleep(0.005)

    def _wait_for(self, port: int, deadline: float) -> None:
        while True:
            with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), 1):
                return
            if not self.running or time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(f"{self.name} did not start\n{self.tail()}")
            time.sleep(0.01)

    def tail(self) -> str:
        """The last 2,000 characters of the log."""
        return self.log.read_text(errors="replace")[-2000:]


class Server:
    """A server of one's own: `with` starts it and ends it, on the same ports each time."""

    child: Child
    folder: Path
    _own_folder: bool

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.end()
        if self._own_folder:
            shutil.rmtree(self.folder, ignore_errors=True)

    def start(self) -> None:
        self.child.start()

    def end(self) -> None:
        self.child.kill()

    def ensure_running(self) -> None:
        self.child.ensure_running()

    def kill(self) -> None:
        """SIGKILL every process of the server; what was accepted is on disk."""
        self.child.kill()

    def restart(self) -> None:
        """Up again with what it held, killing what runs."""
        self.child.kill()
        self.child.start()

    def pause(self) -> None:
        """Hang: connections stay open and nobody answers, until `resume`."""
        self.child.pause()

    def resume(self) -> None:
        self.child.resume()


def is_alive(process: psutil.Process) -> bool:
    """False for a zombie too: an orphan waits for init to notice it."""
    try:
        return bool(process.status() != psutil.STATUS_ZOMBIE) and process.is_running()
    except psutil.NoSuchProcess:
        return False


def _signal(process: psutil.Process, what: signal.Signals) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        process.send_signal(what)
