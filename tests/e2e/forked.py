"""Starts programs by forking a process that has imported them already.

Importing takes three seconds of a processor, and these tests start a hundred programs. What is
forked is a process of its own, with its own end; the program starts from nothing in
tests/bot/test_app.py, test_stop.py, test_whole_way.py and the demonstrations.

Run as a module it is that process: a line of JSON asks for a program, another one answers with
its number, and one tells when it ended, and how.
"""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

ROOT = Path(__file__).parents[2]
LOOK_EVERY = 0.01  # seconds
ANSWER_WITHIN = 60.0


class Forked:
    """A running program, as asyncio.subprocess.Process has it."""

    def __init__(self, pid: int, forks: Forks) -> None:
        self.pid = pid
        self._forks = forks

    @property
    def returncode(self) -> int | None:
        return self._forks.ended().get(self.pid)

    def send_signal(self, number: int) -> None:
        if self.returncode is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    async def wait(self) -> int:
        while (code := self.returncode) is None:
            await asyncio.sleep(LOOK_EVERY)
        return code


class Forks:
    """The process that forks, and what it said."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.e2e.forked"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        self._lock = Lock()
        self._begun: list[int] = []
        self._ended: dict[int, int] = {}
        self._rest = b""

    async def start(
        self, program: str, *words: str, output: Path, environment: Mapping[str, str] | None = None
    ) -> Forked:
        """`program` is "okno" or "telegram"; `output` gets what it says, behind what is there."""
        order = {
            "program": program,
            "words": words,
            "output": str(output),
            "environment": dict(environment or {}),
        }
        return Forked(await asyncio.to_thread(self._ask, order), self)

    def ended(self) -> dict[int, int]:
        """Exit codes of those that have ended, by number; of a killed one the negative signal."""
        with self._lock:
            self._hear(0)
            return self._ended

    def _ask(self, order: dict[str, Any]) -> int:
        with self._lock:
            assert self._process.stdin is not None
            self._process.stdin.write(json.dumps(order).encode() + b"\n")
            self._process.stdin.flush()
            until = time.monotonic() + ANSWER_WITHIN
            while not self._begun:
                assert time.monotonic() < until, "nothing is forked"
                self._hear(1)
            return self._begun.pop()

    def _hear(self, seconds: float) -> None:
        assert self._process.stdout is not None
        pipe = self._process.stdout.fileno()
        while select.select([pipe], [], [], seconds)[0]:
            said = os.read(pipe, 65536)
            assert said, "the process that forks has ended"
            *lines, self._rest = (self._rest + said).split(b"\n")
            for line in map(json.loads, lines):
                if "begun" in line:
                    self._begun.append(line["begun"])
                else:
                    self._ended[line["ended"]] = line["code"]
            seconds = 0


@cache
def forks() -> Forks:
    """The one of this process; it ends with it."""
    return Forks()


@asynccontextmanager
async def bot_api(token: str, folder: Path, *, clock: Path | None = None) -> AsyncIterator[str]:
    """As sandbox.telegram.remote.running: a Bot API in a process of its own; yields its URL."""
    said = folder / "telegram.log"
    said.unlink(missing_ok=True)
    words = ["--token", token, *([] if clock is None else ["--clock", str(clock)])]
    process = await forks().start("telegram", *words, output=said)
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            while not said.exists() or "\n" not in said.read_text():
                assert process.returncode is None, said.read_text()
                await asyncio.sleep(LOOK_EVERY)
        yield said.read_text().splitlines()[0]
    finally:
        process.terminate()
        await process.wait()


def _become(order: dict[str, Any], program: Callable[[], None]) -> None:
    """What the child does. Never returns."""
    code = 1
    try:
        nothing = os.open(os.devnull, os.O_RDONLY)
        output = os.open(order["output"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        for target, source in ((0, nothing), (1, output), (2, output)):
            os.dup2(source, target)
        os.environ.update(order["environment"])  # noqa: TID251 - a child's own
        sys.argv[1:] = order["words"]
        program()
        code = 0
    except SystemExit as error:
        code = error.code if isinstance(error.code, int) else int(error.code is not None)
    except BaseException:  # noqa: BLE001 - as the interpreter does at the end
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Fork what is asked for until nobody asks any more."""
    from bot.cli.starting import importing  # noqa: PLC0415 - tests import this module for Forks

    with importing():
        import bot.app  # noqa: PLC0415
        import bot.logs  # noqa: F401, PLC0415
        from bot.cli import main as okno  # noqa: PLC0415
        from sandbox.telegram.__main__ import main as telegram  # noqa: PLC0415

    programs: dict[str, Callable[[], None]] = {"okno": okno, "telegram": telegram}
    rest, living = b"", 0
    while True:
        if select.select([0], [], [], LOOK_EVERY if living else None)[0]:
            said = os.read(0, 65536)
            if not said:
                return
            *lines, rest = (rest + said).split(b"\n")
            for order in map(json.loads, lines):
                pid = os.fork()
                if not pid:
                    _become(order, programs[order["program"]])
                living += 1
                _say(begun=pid)
        while living and (found := os.waitpid(-1, os.WNOHANG))[0]:
            living -= 1
            _say(ended=found[0], code=os.waitstatus_to_exitcode(found[1]))


def _say(**facts: int) -> None:
    os.write(1, json.dumps(facts).encode() + b"\n")


if __name__ == "__main__":
    main()
