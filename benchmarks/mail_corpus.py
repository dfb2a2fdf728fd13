"""How a tree of real mails is read: through the product's own path, in a limited child where due.

Run: python benchmarks/mail_corpus.py DIR [--all] [--own ADDRESS ...] [--json FILE].
Reads every .eml, .box, .msg and .mbox below DIR (--all: every file) and prints how many were read,
quarantined, raised; time per message; peak memory; those that took over a second. Ends with 1
where one raised. The JSON has, for each message: subject, sender, name, date, text, history,
nature, warnings, attachments (name, media type, bytes, SHA-256 of what `fetch` would give), and
left_out: embedded pictures too small to be shown.
"""

from __future__ import annotations

import argparse
import asyncio
import hashlib
import json
import resource
import sys
import time as stopwatch
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import structlog

sys.path.insert(0, str(Path(__file__).parents[1]))

from connectors.email.attachments import describe, given_name
from connectors.email.body import Body
from connectors.email.limited import LimitedReader
from connectors.email.limited_child import Reading
from connectors.email.mime import scan
from inbox.errors import FileUnavailable, Unreadable
from inbox.model import InboundMessage

ENDINGS = frozenset((".eml", ".box", ".msg", ".mbox"))
NOW = datetime(2026, 1, 1, tzinfo=UTC)
SLOW = 1.0  # seconds


@dataclass
class Outcome:
    """What became of the messages; `seconds` of each, by its name."""

    read: int = 0
    ignored: int = 0
    quarantined: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    told: list[dict[str, Any]] = field(default_factory=list)


def messages(root: Path, *, every: bool) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each message below `root`; the members of an mbox are numbered."""
    files = [root] if root.is_file() else sorted(root.rglob("*"))
    for path in files:
        if not path.is_file() or not (every or path.suffix.lower() in ENDINGS):
            continue
        name, data = (
            str(path.relative_to(root if root.is_dir() else root.parent)),
            path.read_bytes(),
        )
        if path.suffix.lower() != ".mbox":
            yield name, data
            continue
        parts = (b"\n" + data).split(b"\n\nFrom ") if data.startswith(b"From ") else [data]
        for number, part in enumerate(parts, 1):
            body = part if part.lstrip(b"\n").startswith(b"From ") else b"From " + part
            yield f"{name}:{number}", body.lstrip(b"\n")


def left_out(payload: bytes) -> list[str]:
    """Names of embedded pictures too small to be shown as files."""
    body = Body(scan(payload))
    body.text()
    tiny = [one for one in body.files if describe(one.mail, one.part, "", one.ref) is None]
    return [given_name(one.part) for one in tiny]


def what_it_says(
    name: str, payload: bytes, message: InboundMessage, digests: list[str]
) -> dict[str, Any]:
    """A message for comparison with what others expect of it."""
    return {
        "file": name,
        "subject": message.subject or "",
        "sender": message.sender.address,
        "name": message.sender_name if message.sender_name != message.sender.address else "",
        "from": message.reply_context["from"],
        "date": message.sent_at.isoformat(),
        "text": message.text,
        "quoted": message.quoted,
        "nature": message.nature.value,
        "reason": message.nature_reason,
        "warnings": list(message.warnings),
        "attachments": [
            {"name": a.name, "type": a.media_type, "size": a.size, "ref": a.ref, "sha256": digest}
            for a, digest in zip(message.attachments, digests, strict=True)
        ],
        "left_out": left_out(payload),
    }


async def digest(reader: LimitedReader, payload: bytes, ref: str) -> str:
    """SHA-256 of an attachment; "" where it cannot be had."""
    try:
        return hashlib.sha256(await reader.read_part(payload, ref)).hexdigest()
    except FileUnavailable:
        return ""


async def read_all(root: Path, own: frozenset[str], *, every: bool, tell: bool) -> Outcome:
    """Reads every message once."""
    outcome = Outcome()
    reader = LimitedReader(Reading("email:corpus", own))
    for name, payload in messages(root, every=every):
        started = stopwatch.perf_counter()
        try:
            message = await reader.read(payload, NOW, {})
        except Unreadable as error:
            outcome.quarantined.append(f"{name}: {error}")
            continue
        except Exception as error:  # noqa: BLE001 - what the figure is about
            outcome.raised.append(f"{name}: {type(error).__name__}: {error}")
            continue
        finally:
            outcome.seconds[name] = stopwatch.perf_counter() - started
        if isinstance(message, str):
            outcome.ignored += 1
            continue
        outcome.read += 1
        if tell:
            digests = [await digest(reader, payload, file.ref) for file in message.attachments]
            outcome.told.append(what_it_says(name, payload, message, digests))
    await reader.close()
    return outcome


def report(outcome: Outcome) -> None:
    """The figures, and by name what is not as it should be."""
    seconds = list(outcome.seconds.values()) or [0.0]
    slow = {name: took for name, took in outcome.seconds.items() if took > SLOW}
    ours = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    late = quantiles(seconds, n=100)[-1] if len(seconds) > 1 else seconds[0]
    print(f"messages     {len(outcome.seconds)}")
    print(f"read         {outcome.read}")
    print(f"ignored      {outcome.ignored} (our own)")
    print(f"quarantined  {len(outcome.quarantined)}")
    print(f"raised       {len(outcome.raised)}")
    print(
        f"per message  median {1e3 * median(seconds):.2f} ms, 99th {1e3 * late:.2f} ms, "
        f"longest {1e3 * max(seconds):.0f} ms"
    )
    print(f"over 1 s     {len(slow)}")
    print(f"peak memory  {ours:.0f} MB, of the child {child:.0f} MB")
    for line in (*outcome.quarantined, *outcome.raised, *slow):
        print(f"    {line}")


def main() -> int:
    arguments = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    arguments.add_argument("root", type=Path, metavar="DIR")
    arguments.add_argument("--all", action="store_true", help="every file, whatever its ending")
    arguments.add_argument("--own", nargs="*", default=[], help="addresses of the mailbox")
    arguments.add_argument("--json", type=Path, help="where to write what each message says")
    chosen = arguments.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40))
    own = frozenset(address.casefold() for address in chosen.own)
    tell = chosen.json is not None
    outcome = asyncio.run(read_all(chosen.root, own, every=chosen.all, tell=tell))
    report(outcome)
    if chosen.json is not None:
        chosen.json.write_text(json.dumps(outcome.told, ensure_ascii=False, indent=1))
    return 1 if outcome.raised else 0


if __name__ == "__main__":
    sys.exit(main())
