"""From "stored at the server" to "card requested at the Bot API", and the product's memory.

Run: python benchmarks/latency.py [--seconds 30] [--rate 20]. Ends with 1 where a goal is missed.

One process `okno run` over SQLite; the sandbox's Bot API and real Dovecot in processes of their
own. Mail goes round over several mailboxes, so that each is quiet for more than a second between
two mails: only then `imap_hibernate_timeout=1s` takes Dovecot's compiled-in 500 ms off its pushes.
"""

import argparse
import asyncio
import re
import secrets
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles

import aiohttp

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks import studio
from sandbox.telegram.remote import RemotePeople, running
from tests.servers.dovecot import Dovecot, Mailbox

BOXES_PER_RATE = 2  # mailboxes for each message a second: one mail in two seconds for each
WARM_UP = 40  # messages that are not counted: modules are loaded at first use
IMPORTS = """
import importlib, sys
for name in sys.argv[1].split(","):
    try:
        importlib.import_module(name)
    except Exception:
        pass
print("ready", flush=True)
sys.stdin.read()
"""


@dataclass(frozen=True)
class Goal:
    """Milliseconds or MB that a figure may be at most."""

    name: str
    most: float
    found: float

    @property
    def kept(self) -> bool:
        return self.found <= self.most

    def __str__(self) -> str:
        word = "kept" if self.kept else "MISSED"
        return f"{self.name:<44}{self.found:>9.1f}   at most {self.most:>5.0f}   {word}"


async def steadily(
    numbers: range, rate: float, store: Callable[[int], Awaitable[float]]
) -> dict[int, float]:
    """Store the messages at an even rate; when each was stored, in monotonic seconds."""
    begun = time.monotonic()
    stored: dict[int, float] = {}

    async def one(number: int, due: float) -> None:
        await asyncio.sleep(due - time.monotonic())
        stored[number] = await store(number)

    async with asyncio.TaskGroup() as group:
        for turn, number in enumerate(numbers):
            group.create_task(one(number, begun + turn / rate))
    return stored


async def measure(
    cards: studio.Cards, rate: float, seconds: float, store: Callable[[int], Awaitable[float]]
) -> list[float]:
    """Milliseconds from stored to requested, ascending, the warm-up left out."""
    first = len(cards.at)
    last = first + WARM_UP + int(rate * seconds)
    stored = await steadily(range(first, last), rate, store)
    await cards.all_of(last)
    counted = range(first + WARM_UP, last)
    return sorted((cards.at[number] - stored[number]) * 1000 for number in counted)


async def bare_imports(product: studio.Product, session: aiohttp.ClientSession) -> float:
    """MB of a process that has imported what a running product has, in that order, and waits."""
    async with product.running(asyncio.subprocess.PIPE, ("-X", "importtime")):
        process = product.process
        assert process is not None
        assert process.stderr is not None
        reading = asyncio.create_task(process.stderr.read())
        await product.up(session)
    names = re.findall(r"^import time:.*\|\s+(\S+)$", (await reading).decode(), re.MULTILINE)
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", IMPORTS, ",".join(names[1:])),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        cwd=studio.ROOT,
    )
    assert child.stdout is not None
    await child.stdout.readline()
    found = studio.memory_of(child.pid)["VmRSS"]
    await child.communicate(b"")
    return found


async def main(rate: float, seconds: float) -> int:
    print(studio.where())
    run = secrets.token_hex(4)
    async with AsyncExitStack() as stack:
        dovecot = stack.enter_context(Dovecot(hibernate=True))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="okno-")))
        api = await stack.enter_async_context(running(studio.TOKEN))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        people = RemotePeople(api, session)
        await studio.populate(people)
        boxes = [dovecot.add_user() for _ in range(int(rate * BOXES_PER_RATE))]
        product = studio.Product(folder)
        product.write(api, f"sqlite:///{folder}/okno.db", boxes, dovecot.imap_port)
        await product.seed()

        async def say(number: int) -> float:
            await people.says(studio.person(number), studio.BOT, studio.say(number))
            return people.done_at

        async def deliver(number: int) -> float:
            box = boxes[number % len(boxes)]
            at = time.monotonic()
            await asyncio.to_thread(_deliver, dovecot, box, number, run)
            return at

        baseline = await bare_imports(product, session)
        async with product.running():
            await product.up(session)
            await asyncio.sleep(2)
            cards = studio.Cards(people)
            telegram = await measure(cards, rate, seconds, say)
            mail = await measure(cards, rate, seconds, deliver)
            memory = product.memory()
        return report(telegram, mail, memory, baseline, cards.doubled)


def _deliver(dovecot: Dovecot, box: Mailbox, number: int, run: str) -> None:
    dovecot.deliver(box.address, studio.mail(number, box.address, run))


def report(
    telegram: list[float],
    mail: list[float],
    memory: dict[str, float],
    baseline: float,
    doubled: int,
) -> int:
    for name, found in (("Telegram", telegram), ("mail", mail)):
        cuts = quantiles(found, n=1000)
        figures = ", ".join(
            f"{word} {cuts[place - 1]:.1f}"
            for word, place in (("p50", 500), ("p90", 900), ("p99", 990), ("p99.9", 999))
        )
        print(f"{name}, {len(found)} messages, ms: {figures}, most {found[-1]:.1f}")
    print(f"memory, MB: peak {memory['VmHWM']:.1f}, at the end {memory['VmRSS']:.1f},", end=" ")
    print(f"bare imports {baseline:.1f}; cards shown twice: {doubled}")
    goals = [
        Goal("Telegram p50, ms", 30, quantiles(telegram, n=100)[49]),
        Goal("Telegram p99, ms", 250, quantiles(telegram, n=100)[98]),
        Goal("mail (imap_hibernate_timeout=1s) p50, ms", 80, quantiles(mail, n=100)[49]),
        Goal("mail (imap_hibernate_timeout=1s) p99, ms", 250, quantiles(mail, n=100)[98]),
        Goal("peak resident memory, MB", 240, memory["VmHWM"]),
        Goal("the same above the bare imports, MB", 45, memory["VmHWM"] - baseline),
    ]
    for goal in goals:
        print(goal)
    return 0 if all(goal.kept for goal in goals) and not doubled else 1


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--rate", type=float, default=20.0, help="messages a second")
    options.add_argument("--seconds", type=float, default=30.0, help="for each channel")
    given = options.parse_args()
    raise SystemExit(asyncio.run(main(given.rate, given.seconds)))
