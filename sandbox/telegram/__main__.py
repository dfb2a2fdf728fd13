"""The Bot API as a process: `python -m sandbox.telegram --token 1:a`, its URL on line one."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from sandbox.clock import shown_by
from sandbox.telegram.server import TelegramServer
from sandbox.telegram.world import Person, World


def _now() -> datetime:
    return datetime.fromtimestamp(time.time(), UTC)


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser("python -m sandbox.telegram")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: a free one")
    parser.add_argument("--token", action="append", required=True, help="once for every bot")
    parser.add_argument("--person", action="append", default=[], metavar="ID:NAME")
    parser.add_argument(
        "--clock", type=Path, metavar="FILE", help="as [clock] file of the product"
    )
    parser.add_argument("--rate-limits", action="store_true", help="as Telegram's own")
    return parser.parse_args(arguments)


async def serve(options: argparse.Namespace) -> None:
    """Play until SIGTERM or SIGINT; state lives in memory alone."""
    world = World(_now if options.clock is None else shown_by(options.clock))
    world.limits.enabled = options.rate_limits
    for number, token in enumerate(options.token, 1):
        world.add_bot(token, f"sandbox{number}_bot", f"Sandbox {number}")
    for pair in options.person:
        person_id, _, name = pair.partition(":")
        world.add_person(Person(int(person_id), name or f"Person {person_id}"))
    server = TelegramServer(world, options.host, options.port)
    await server.start()
    sys.stdout.write(f"{server.url}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, ended.set)
    await ended.wait()
    await server.stop()


if __name__ == "__main__":
    asyncio.run(serve(_options(sys.argv[1:])))
