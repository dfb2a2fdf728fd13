"""Whatever happens to a reply, in whatever order: it is never sent twice without a person's word,
never after it was withdrawn, and the client has what the store says."""

from __future__ import annotations

import asyncio
import tempfile
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inbox import changing
from inbox.actions import try_again
from inbox.errors import Fault, SendDeferred, SendRejected, SendUncertain
from inbox.inbox import Inbox
from inbox.model import OutboundMessage, Receipt
from inbox.ports import Reply, ReplyState
from tests.databases import sqlite_in
from tests.fakes import ChangingConnector
from tests.inbox.conftest import Studio, studio_on
from tests.inbox.writing import OWN, in_a_chat, now_is, written

SOON = timedelta(seconds=0.0)
ERRORS: dict[str, Exception | None] = {
    "well": None,
    "later": SendDeferred(Fault.RATE_LIMITED, "later", retry_after=SOON),
    "refused": SendRejected(Fault.REFUSED, "no"),
    "uncertain": SendUncertain(Fault.NO_ANSWER, "reset"),
    "arrived": SendUncertain(Fault.NO_ANSWER, "reset after it was done"),
}
ACTS = st.sampled_from(["withdraw", "change", "take_back", "try_again"])
STEPS = st.one_of(ACTS, st.just("run"))


@dataclass
class Chat(ChangingConnector):
    """Fails by plan, before or after it is done; others act in the midst of each call."""

    plan: list[str] = field(default_factory=list)
    between: list[Callable[[], Awaitable[None]]] = field(default_factory=list)
    arrivals: Counter[str] = field(default_factory=Counter)

    async def send(self, message: OutboundMessage) -> Receipt:
        self.sent.append(message)
        with_what = await self._next()
        if with_what in {"well", "arrived"}:
            self.arrivals[message.key] += 1
            self.at_client[message.key] = message.text
        self._fail(with_what)
        return Receipt(("t",), self.clock.now(), (f"{message.key}/1",))

    async def edit(self, message: OutboundMessage, sent_as: object) -> None:
        with_what = await self._next()
        if with_what in {"well", "arrived"}:
            self.at_client[message.key] = message.text
        self._fail(with_what)

    async def take_back(self, message: OutboundMessage, sent_as: object) -> None:
        with_what = await self._next()
        if with_what in {"well", "arrived"}:
            self.at_client.pop(message.key, None)
        self._fail(with_what)

    async def _next(self) -> str:
        if self.between:
            await self.between.pop(0)()
        return self.plan.pop(0) if self.plan else "well"

    def _fail(self, with_what: str) -> None:
        error = ERRORS[with_what]
        if error is not None:
            raise error


class Way:
    """One reply and what people do to it."""

    def __init__(self, studio: Studio, chat: Chat, reply: Reply) -> None:
        self.studio, self.chat, self.reply = studio, chat, reply
        self.inbox: Inbox = studio.inbox
        self.words = 0
        self.tried_again = 0
        self.sent_when_withdrawn: int | None = None

    async def do(self, act: str) -> None:
        match act:
            case "withdraw":
                if await changing.withdraw(self.inbox, self.reply.id, self.studio.anna):
                    self.sent_when_withdrawn = len(self.chat.sent)
            case "change":
                self.words += 1
                text, now = f"слова {self.words}", self.studio.clock.now()
                await changing.change(self.inbox, OWN, text, (), now)
            case "take_back":
                await changing.take_back(self.inbox, self.reply.id, self.studio.anna)
            case "try_again":
                again = await try_again(self.inbox, self.reply.id, self.studio.anna)
                self.tried_again += again
            case _:
                await self.studio.run()

    async def end(self) -> Reply:
        """All goes well from now on, until nothing is left to do."""
        self.chat.plan.clear()
        self.chat.between.clear()
        for _ in range(4):
            await self.studio.later(3)
        return await now_is(self.studio, self.reply)


async def live(database: str, steps: list[str], plan: list[str], between: list[str]) -> None:
    async with studio_on(database) as studio:
        in_a_chat(studio)
        chat = Chat(studio.clock, plan=list(plan))
        studio.channel, studio.inbox = chat, replace(studio.inbox, connectors={"telegram": chat})
        talk = await studio.conversation(await studio.asks("a@x.test"))
        way = Way(studio, chat, await written(studio, talk, studio.anna))
        chat.between = [lambda act=act: way.do(act) for act in between]  # type: ignore[misc]  # bound
        for step in steps:
            await way.do(step)
        end = await way.end()
        check(way, chat, end, set(plan))


def check(way: Way, chat: Chat, end: Reply, errors: set[str]) -> None:
    here = chat.at_client.get("k1")
    assert chat.arrivals["k1"] <= 1 + way.tried_again
    if way.sent_when_withdrawn is not None:
        assert len(chat.sent) == way.sent_when_withdrawn
    match end.state:
        case ReplyState.SENT:
            # Of two changes the first may have arrived, and the second was refused: nobody knows.
            assert here == end.text or {"arrived", "refused"} <= errors
        case ReplyState.TAKEN_BACK:
            assert here is None
        case ReplyState.WITHDRAWN | ReplyState.REJECTED:
            assert here is None or "arrived" in errors
        case _:
            assert end.state is ReplyState.UNCERTAIN


@pytest.fixture
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("queueing", "settling"):
        monkeypatch.setattr(f"inbox.{module}.pause", lambda error, tries: 0.01)


@given(
    steps=st.lists(STEPS, max_size=7),
    plan=st.lists(st.sampled_from(sorted(ERRORS)), max_size=4),
    between=st.lists(ACTS, max_size=3),
)
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@pytest.mark.usefixtures("_impatient")
def test_a_reply_goes_one_way(steps: list[str], plan: list[str], between: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_in(Path(folder))
        asyncio.run(live(url, ["run", *steps] if between else steps, plan, between))
