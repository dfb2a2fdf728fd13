"""A real Prometheus asks the real process, and every panel of the dashboard shows something."""

from __future__ import annotations

import asyncio
import json
import math
import re
import urllib.request
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sandbox.telegram import Fault
from tests.bot.process_world import (
    ANNA,
    CLIENT,
    MARIA,
    ROOT,
    STUDIO,
    TOKEN,
    Okno,
    Studio,
    until,
)
from tests.bot.process_world import studio as _studio
from tests.conftest import skip_or_fail
from tests.servers.process import ServerMissing
from tests.servers.prometheus import Prometheus, faults_of

pytestmark = [pytest.mark.slow, pytest.mark.real]
studio = _studio

BOARD = json.loads((ROOT / "docs" / "grafana.json").read_text())
# What Grafana puts in their place, for a range of some seconds.
VARIABLES = {"$instance": ".+", "$job": ".+", "$__rate_interval": "1m", "$__range": "1m"}


def panels() -> Iterator[tuple[str, list[str]]]:
    for panel in BOARD["panels"]:
        if panel["type"] != "row":
            yield panel["title"], [plain(one["expr"]) for one in panel["targets"]]


def plain(expression: str) -> str:
    for name, value in VARIABLES.items():
        expression = expression.replace(name, value)
    assert "$" not in expression
    return expression


@dataclass
class Watched:
    """A studio that runs and a Prometheus that asks it."""

    studio: Studio
    running: Okno
    prometheus: Prometheus

    async def until_seen(self, holds: Callable[[], bool]) -> None:
        """Prometheus has asked again and sees it."""
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(holds):
                await asyncio.sleep(0.2)

    async def answers(self, question: str, answer: str) -> None:
        """The client asks, Anna replies to the card."""
        people = self.studio.people
        people.says(CLIENT, TOKEN, question)
        await until(lambda: question in self.studio.texts(ANNA), self.running)
        card = next(one for one in self.studio.chat(ANNA) if question in str(one.get("text")))
        people.says(ANNA, TOKEN, answer, reply_to=card["message_id"])


@pytest.fixture
async def watched(studio: Studio, tmp_path: Path) -> AsyncIterator[Watched]:
    async with studio.okno(studio.write()) as running:
        await until(lambda: "Okno runs." in running.said, running)
        try:
            prometheus = Prometheus(running.port, tmp_path / "prometheus")
        except ServerMissing as error:
            skip_or_fail(error)
        with prometheus:
            one = Watched(studio, running, prometheus)
            await one.until_seen(lambda: prometheus.values("okno_messages_sent_total") != [])
            yield one
        assert await running.stop() == 0


async def test_every_panel_shows_what_happened(watched: Watched) -> None:
    studio, prometheus = watched.studio, watched.prometheus
    await watched.answers("Where is my order?", "On its way.")
    await until(lambda: "On its way." in studio.texts(CLIENT), watched.running)
    await watched.answers("And the next one?", "Tomorrow.")
    await until(lambda: "Tomorrow." in studio.texts(CLIENT), watched.running)
    studio.telegram.world.faults.add(
        Fault("refuse", "sendMessage", chat_id=CLIENT, status=400, description="Bad Request: no")
    )
    await watched.answers("And the third?", "Refused.")
    await studio.until_read("email:info")
    await studio.mail.compose(MARIA.address, STUDIO.address, "Invoice", "Please send it.")

    def counted() -> bool:
        return (
            prometheus.values("sum(okno_messages_sent_total)") == [2]
            and prometheus.values('sum(okno_messages_received_total{nature="person"})') == [4]
            and prometheus.values('sum(okno_send_failures_total{kind="rejected"})') == [1]
            and prometheus.values("okno_waits_open") == [2]
        )

    await watched.until_seen(counted)
    for channel in ("telegram", "email:info"):
        (age,) = prometheus.values(f'okno_poll_age_seconds{{channel="{channel}"}}')
        assert 0 <= age < 90
    for title, expressions in panels():
        for expression in expressions:
            values = await asyncio.to_thread(prometheus.values, expression)
            assert values, f"{title}: {expression}"
            assert not any(map(math.isnan, values)), f"{title}: {expression} {values}"
    await asyncio.to_thread(_selections, watched)
    await asyncio.to_thread(_as_prometheus_wants_it, watched.running.port)


def _selections(watched: Watched) -> None:
    """What the two choices above the panels offer."""
    ask, where = watched.prometheus.ask, {"match[]": "okno_info"}
    assert ask("label/job/values", **where) == ["okno"]
    assert ask("label/instance/values", **where) == [f"127.0.0.1:{watched.running.port}"]


def _as_prometheus_wants_it(port: int) -> None:
    """No fault, and nobody's name, word or address."""
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as answer:
        text = answer.read()
    assert faults_of(text) == ""
    for word in ("Client", "Anna", "Maria", "maria", "zerno", "studio", "order", "Invoice"):
        assert word not in re.sub(r"# HELP .*", "", text.decode()), word


def test_the_dashboard_asks_for_what_is_told() -> None:
    known = {one["name"] for one in BOARD["templating"]["list"]}
    assert known == {"datasource", "job", "instance"}
    ids = [one["id"] for one in BOARD["panels"]]
    assert len(ids) == len(set(ids))
    places = [cell for panel in BOARD["panels"] for cell in _cells(panel["gridPos"])]
    assert len(places) == len(set(places)), "panels that overlap"


def _cells(place: dict[str, Any]) -> Iterator[tuple[int, int]]:
    assert place["x"] + place["w"] <= 24
    for x in range(place["x"], place["x"] + place["w"]):
        for y in range(place["y"], place["y"] + place["h"]):
            yield x, y
