"""`okno demo --week`: a studio's quarter in a new database, and the reports of its last week."""

from __future__ import annotations

import asyncio
import shlex
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

from inbox.phrases import Phrase
from sandbox import quarter, studio
from sandbox.clock import SandboxClock
from sandbox.product import DATABASE, ProductFault, asked
from sandbox.quarter_books import VIP_WITHIN, WITHIN, enter
from sandbox.quarter_cast import IMPROVES, WEEKS
from sandbox.quarter_clients import FIRMS, LEFT_LYING
from sandbox.quarter_words import STUDIO
from sandbox.workbook import LANGUAGES
from storage.store import open_store

SETTINGS, REPORTS = "okno.toml", "reports"
FAILED = 1
NOWHERE = "http://127.0.0.1:9"  # nothing of a demonstration may reach Telegram
MORNING = timedelta(hours=9)

Said = Callable[[str], str]


async def run(
    *, said: Said, language: str, out: Path | None, today: datetime | None = None
) -> int:
    """Fill a database and write the reports of the last full week before `today`; the exit code.

    `out`: the folder, a new one where there is none. `language` ("ru", "en") is the studio's, and
    `said` gives a phrase in it.
    """
    folder = (out or Path(tempfile.mkdtemp(prefix="okno-week-"))).absolute()
    today = today or datetime.fromtimestamp(time.time(), studio.ZONE)
    monday = quarter.last_monday(today)
    fault = ""
    try:
        await asyncio.to_thread(folder.mkdir, parents=True, exist_ok=True)
        if (folder / DATABASE).exists():
            fault = Phrase("{path} holds a database; name another folder.", path=str(folder))
        else:
            await _fill(folder, language, monday, said)
            await _reports(folder, language, said)
    except ProductFault as error:
        fault = error.args[0]
    except OSError as error:
        why = error.strerror or type(error).__name__
        fault = Phrase("{path} cannot be written: {fault}.", path=str(folder), fault=why)
    if fault:
        _print(said(Phrase.joined(" ", ("✗", fault))))
        return FAILED
    for line in _ways(folder, language, monday):
        _print(said(line))
    return 0


def settings(language: str, monday: datetime) -> str:
    """okno.toml of the quarter: its clock stands still at 9:00 of this Monday."""
    day = ["09:00-13:00", "14:00-18:00"]
    weekdays = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), day)
    tables: dict[str, Mapping[str, object]] = {
        "studio": {
            "name": STUDIO[LANGUAGES.index(language)],
            "timezone": studio.ZONE.key,
            "language": language,
        },
        "telegram": {"token": studio.TOKEN, "api": NOWHERE},
        "hours": {**weekdays, "days_off": list(map(str, quarter.days_off(monday)))},
        "sla": {"reply_within": _minutes(WITHIN)},
        "sla.tiers.vip": {"reply_within": _minutes(VIP_WITHIN)},
        "clock": {"file": "clock.json"},
    }
    return "\n".join(studio.table(f"[{name}]", values) for name, values in tables.items())


async def _fill(folder: Path, language: str, monday: datetime, said: Said) -> None:
    (folder / SETTINGS).write_text(settings(language, monday), encoding="utf-8")
    SandboxClock(folder / "clock.json", monday + MORNING, 0.0)
    store = await open_store(f"sqlite:///{folder / DATABASE}")
    same_line = sys.stdout.isatty()

    def shown(weeks: int) -> None:
        line = said(Phrase("Week {number} of {all} is in the books.", number=weeks, all=WEEKS))
        _print(line, "\r" if same_line and weeks < WEEKS else "\n")

    try:
        await enter(store, language, monday, shown)
    finally:
        await store.close()


async def _reports(folder: Path, language: str, said: Said) -> None:
    """As anybody would write them: by `okno report`, of the studio and of one manager."""
    name = IMPROVES.name[LANGUAGES.index(language)]
    everything = ("report", "--dark", "--out", str(folder / REPORTS))
    _print(said(Phrase("The reports of the last week are written ...")))
    words = await asked(folder / SETTINGS, *everything)
    await asked(folder / SETTINGS, *everything, "--manager", name)
    _print(f"\n{words.strip()}\n")


def _ways(folder: Path, language: str, monday: datetime) -> tuple[str, ...]:
    """Where all is, and what to try with it."""
    place, reports = LANGUAGES.index(language), shlex.quote(str(folder / REPORTS))
    config = f"-c {shlex.quote(str(folder / SETTINGS))}"
    lying = next(one.name[place] for one in FIRMS if one.house == LEFT_LYING)
    last = f"{monday - timedelta(weeks=1):%Y-%m-%d}"
    earlier = f"{monday - timedelta(weeks=4):%Y-%m-%d}"
    okno = _okno()
    return (
        Phrase("The reports: {path}", path=str(folder / REPORTS)),
        Phrase("The settings and the database: {path}", path=str(folder)),
        Phrase("It is Monday {date}, 9:00 there. To look around:", date=f"{monday:%d.%m.%Y}"),
        f"  {okno} report {config} --out {reports} --week {earlier}",
        f"  {okno} why {config} {shlex.quote(lying)}",
        f"  {okno} why {config} --week {last} median",
        f"  {okno} log {config}",
    )


def _okno() -> str:
    """How it was called: outside of an active environment "okno" alone is not found."""
    called = Path(sys.argv[0])
    if called.name != "okno" or shutil.which("okno"):
        return "okno"
    return shlex.quote(str(called))


def _minutes(time_: timedelta) -> str:
    return f"{time_ // timedelta(minutes=1)}m"


def _print(line: str, end: str = "\n") -> None:
    sys.stdout.write(f"{line}{end}")
    sys.stdout.flush()
