"""Alerts that nobody was told of yet, when the wait that they are about changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from inbox import routing
from inbox.alerting import Standing, raise_all, settle
from inbox.calendars import Hours
from inbox.model import Conversation, Manager, Wait
from inbox.ports import AlertState, RaisedAlert, Transaction
from inbox.sla import PROMPT, Recipient, instant_of, rung_at

_ON_THE_WAY = frozenset({AlertState.QUEUED, AlertState.GATHERED})
_HOLDERS = frozenset({Recipient.MANAGER, Recipient.DEPUTY})


async def follow_the_holder(
    t: Transaction,
    passed: Sequence[tuple[Conversation, Wait]],
    to_id: int,
    staff: Sequence[Manager],
    now: datetime,
) -> None:
    """What the holder until now was to be told of these waits is told to the new one (rule 21).

    The conversations as they were. What the heads hear in place of somebody who cannot be reached
    stays theirs.
    """
    heads = {one.id for one in routing.heads(staff, now)}
    instead: dict[tuple[int, int, int], Standing] = {}
    for talk, wait in passed:
        for raised in await _on_the_way(t, wait):
            rung = rung_at(wait.ladder, raised.rung)
            if rung.notify not in _HOLDERS:
                continue
            before = {one.id for one in routing.alerted(rung, talk.assignee_id, staff, now)}
            after = {one.id for one in routing.alerted(rung, to_id, staff, now)}
            if raised.manager_id in after or raised.manager_id in heads - before:
                continue
            await settle(t, raised, AlertState.CANCELLED, now)
            for one in sorted(after):
                standing = Standing(raised, talk, wait).to(one, now)
                instead[wait.id, raised.rung, one] = standing
    await raise_all(t, tuple(instead.values()), now)


async def go_on_with(
    t: Transaction, conversation: Conversation, wait: Wait, staff: Sequence[Manager], now: datetime
) -> None:
    """The wait had ended and goes on: what was last reached before that end, and was told to
    nobody because of it, is told. Where a later rung was passed meanwhile, that says more."""
    if wait.next_rung_at is not None and wait.next_rung_at <= now:
        return
    alerts = [one for one in await t.alerts_of_wait(wait.id) if one.round == wait.round]
    newest = max((one.instant for one in alerts), default=None)
    kept_back = {
        one.rung: one
        for one in alerts
        if one.instant == newest and one.state is AlertState.CANCELLED
    }
    asked = [
        Standing(replace(raised, late=now - raised.instant > PROMPT), conversation, wait).to(
            one.id, now
        )
        for number, raised in kept_back.items()
        for one in routing.alerted(
            rung_at(wait.ladder, number), conversation.assignee_id, staff, now
        )
    ]
    await raise_all(t, asked, now)


async def put_back(t: Transaction, wait: Wait, hours: Hours, now: datetime) -> Wait:
    """By its corrected hours the wait reaches later what it had reached already: of what nobody
    was told yet, nobody is until then (rule 12). The wait, to be saved."""
    ahead: set[int] = set()
    for raised in await _on_the_way(t, wait):
        at = instant_of(hours, wait.base, wait.ladder, raised.rung)
        if at is None or at > now:
            await settle(t, raised, AlertState.CANCELLED, now)
            ahead.add(raised.rung)
    if not ahead:
        return wait
    return replace(wait, fired=wait.fired - ahead).after_firing(frozenset(), now, hours)


async def _on_the_way(t: Transaction, wait: Wait) -> list[RaisedAlert]:
    return [
        one
        for one in await t.alerts_of_wait(wait.id)
        if one.told_at is None and one.state in _ON_THE_WAY and one.round == wait.round
    ]
