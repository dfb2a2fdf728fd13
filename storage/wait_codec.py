"""Waits as rows, and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from inbox.calendars import STUDIO, Stretch
from inbox.model import Closing, Outcome, Wait, WaitKind
from inbox.sla import Recipient, Rung
from storage.codec import Cells
from storage.tables import wait

# In the order in which `wait_of` reads them.
WAIT = (
    wait.c.id,
    wait.c.started_at,
    wait.c.reply_within,
    wait.c.ladder,
    wait.c.calendar,
    wait.c.due_at,
    wait.c.next_rung_at,
    wait.c.first,
    wait.c.fired,
    wait.c.outcome,
    wait.c.closed_at,
    wait.c.closed_by_id,
    wait.c.business,
    wait.c.wall,
    wait.c.within_target,
    wait.c.elsewhere,
    wait.c.kind,
    wait.c.policy,
    wait.c.stretches,
    wait.c.ladder_from,
    wait.c.round,
    wait.c.note,
    wait.c.held_known,
    wait.c.held_by_id,
)


def ladder_json(ladder: Sequence[Rung]) -> list[list[Any]]:
    return [[rung.after.total_seconds(), rung.notify, rung.any_time, rung.name] for rung in ladder]


def ladder_of(stored: list[list[Any]]) -> tuple[Rung, ...]:
    return tuple(
        Rung(timedelta(seconds=after), Recipient(notify), *rest) for after, notify, *rest in stored
    )


def stretches_of(stored: list[list[str]], started_at: datetime) -> tuple[Stretch, ...]:
    """A wait of an earlier version knows none: the studio's calendar was the only one."""
    counted = tuple(Stretch(name, datetime.fromisoformat(since)) for name, since in stored)
    return counted or (Stretch(STUDIO, started_at),)


def wait_row(one: Wait) -> dict[str, Any]:
    """All but the id and the conversation."""
    closing = one.closing
    return {
        "started_at": one.started_at,
        "reply_within": one.reply_within,
        "ladder": ladder_json(one.ladder),
        "calendar": one.calendar,
        "due_at": one.due_at,
        "next_rung_at": one.next_rung_at,
        "first": one.first,
        "fired": sorted(one.fired),
        "outcome": closing and closing.outcome.value,
        "closed_at": closing and closing.at,
        "closed_by_id": closing and closing.by_id,
        "business": closing and closing.business,
        "wall": closing and closing.wall,
        "within_target": closing and closing.within_target,
        "elsewhere": bool(closing and closing.elsewhere),
        "note": closing.note if closing else "",
        "kind": one.kind.value,
        "policy": one.policy,
        "stretches": [
            [each.calendar, each.since.astimezone(UTC).isoformat()] for each in one.stretches
        ],
        "ladder_from": one.ladder_from,
        "round": one.round,
        "held_known": one.held_known,
        "held_by_id": one.held_by_id,
    }


def wait_of(cells: Cells) -> Wait | None:
    """None where a left join found no wait."""
    id_, started_at, reply_within, ladder, calendar, due_at, next_rung_at, *rest = cells
    first, fired, outcome, closed_at, by_id, business, wall, within_target, *rest = rest
    elsewhere, kind, policy, stretches, ladder_from, round_, note, *held = rest
    held_known, held_by_id = held
    if id_ is None:
        return None
    closing = outcome and Closing(
        Outcome(outcome), closed_at, by_id, business, wall, within_target, elsewhere, note
    )
    return Wait(
        started_at=started_at,
        reply_within=reply_within,
        ladder=ladder_of(ladder),
        calendar=calendar,
        due_at=due_at,
        next_rung_at=next_rung_at,
        first=first,
        fired=frozenset(fired),
        closing=closing,
        kind=WaitKind(kind),
        policy=policy,
        stretches=stretches_of(stretches, started_at),
        ladder_from=ladder_from,
        round=round_,
        held_known=held_known,
        held_by_id=held_by_id,
        id=id_,
    )
