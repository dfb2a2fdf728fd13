"""Absences, entered days, alerts, replies off hours and the log as rows, and back."""

from __future__ import annotations

from datetime import time
from typing import Any

from inbox.calendars import SpecialDay
from inbox.log_records import Deed, Entry
from inbox.model import Absence
from inbox.records import AlertDigest, AlertState, DeskRef, OffHoursReply, RaisedAlert, ReplyState
from storage.codec import Cells


def absence_row(one: Absence) -> dict[str, Any]:
    """All but the id."""
    return {
        "manager_id": one.manager_id,
        "since": one.since,
        "until": one.until,
        "deputy_id": one.deputy_id,
        "by_id": one.by_id,
        "given_back": one.given_back,
    }


def absence_of(cells: Cells) -> Absence | None:
    """From all columns of the table; None where a left join found none."""
    id_, manager_id, since, until, deputy_id, by_id, given_back = cells
    if id_ is None:
        return None
    return Absence(manager_id, since, until, deputy_id, by_id, given_back, id_)


def special_day_row(one: SpecialDay) -> dict[str, Any]:
    return {
        "calendar": one.calendar,
        "day": one.day,
        "shifts": [[begin.isoformat(), end.isoformat()] for begin, end in one.shifts],
        "name": one.name,
        "by_id": one.by_id,
        "at": one.at,
    }


def special_day_of(cells: Cells) -> SpecialDay:
    """From all columns of the table."""
    calendar, day, stored, name, by_id, at = cells
    shifts = tuple((time.fromisoformat(begin), time.fromisoformat(end)) for begin, end in stored)
    return SpecialDay(calendar, day, shifts, name, by_id, at)


def alert_row(one: RaisedAlert) -> dict[str, Any]:
    """All but the id."""
    return {
        "wait_id": one.wait_id,
        "round": one.round,
        "rung": one.rung,
        "manager_id": one.manager_id,
        "instant": one.instant,
        "raised_at": one.raised_at,
        "late": one.late,
        "state": one.state.value,
        "told_at": one.told_at,
        "digest_id": one.digest_id,
    }


def alert_of(cells: Cells) -> RaisedAlert:
    """From all columns of the table."""
    id_, wait_id, round_, rung, manager_id, instant, raised_at, *rest = cells
    late, state, told_at, digest_id = rest
    return RaisedAlert(
        wait_id=wait_id,
        round=round_,
        rung=rung,
        manager_id=manager_id,
        instant=instant,
        raised_at=raised_at,
        late=late,
        state=AlertState(state),
        told_at=told_at,
        digest_id=digest_id,
        id=id_,
    )


def digest_row(one: AlertDigest) -> dict[str, Any]:
    """All but the id."""
    return {
        "manager_id": one.manager_id,
        "started_at": one.started_at,
        "account": one.ref.account,
        "chat_id": one.ref.chat_id,
        "desk_message_id": one.ref.message_id,
    }


def digest_of(cells: Cells) -> AlertDigest:
    """From all columns of the table."""
    id_, manager_id, started_at, account, chat_id, message_id = cells
    return AlertDigest(manager_id, started_at, DeskRef(account, chat_id, message_id), id_)


def off_hours_row(one: OffHoursReply) -> dict[str, Any]:
    return {
        "wait_id": one.wait_id,
        "message_id": one.message_id,
        "state": one.state.value,
        "text": one.text,
        "at": one.at,
    }


def off_hours_of(cells: Cells) -> OffHoursReply:
    """From all columns of the table."""
    wait_id, message_id, state, text, at = cells
    return OffHoursReply(wait_id, message_id, ReplyState(state), text, at)


def entry_row(one: Entry) -> dict[str, Any]:
    return {
        "at": one.at,
        "deed": one.deed.value,
        "by_id": one.by_id,
        "conversation_id": one.conversation_id,
        "wait_id": one.wait_id,
        "manager_id": one.manager_id,
        "before": one.before,
        "after": one.after,
    }


def entry_of(cells: Cells) -> Entry:
    """From all columns of the table."""
    _, at, deed, by_id, conversation_id, wait_id, manager_id, before, after = cells
    return Entry(at, Deed(deed), by_id, conversation_id, wait_id, manager_id, before, after)
