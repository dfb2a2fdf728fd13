"""Where to begin in a folder: on a first run, and when its UIDs count anew."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from connectors.email.answers import search_day
from connectors.email.cursor import Place
from connectors.email.session import MOST_UIDS, ImapSession, Selected

SLACK = timedelta(minutes=1)


async def first_place(session: ImapSession, selected: Selected, now: datetime, days: int) -> Place:
    """Behind all that is there, or so many days before `now`; what is there is history."""
    last = await _last_uid(session, selected)
    newest = 0
    if last:
        told = await session.fetch([last], "INTERNALDATE")
        arrived_at = told[last].arrived_at if last in told else None
        newest = int(((arrived_at or now) + SLACK).timestamp()) + 1
    if not days:
        return Place(selected.uid_validity, last, newest, start=last)
    history = await session.search("SINCE", search_day(now - timedelta(days=days)))
    first = history[0] if history else last + 1
    return Place(selected.uid_validity, first - 1, newest, history=last, start=first - 1)


async def place_anew(session: ImapSession, place: Place, selected: Selected) -> Place:
    """Before the first mail that may not have been taken, judged by the time of its arrival.

    A gap was not taken either. What is met twice has the same external id, so that the store
    knows it.
    """
    oldest = min([place.newest, *(gap.arrived for gap in place.gaps)])
    since = datetime.fromtimestamp(oldest, UTC) - SLACK
    listed = await session.search("SINCE", search_day(since - timedelta(days=1)))
    first = await _last_uid(session, selected) + 1
    for start in range(0, len(listed), MOST_UIDS):
        told = await session.fetch(listed[start : start + MOST_UIDS], "INTERNALDATE")
        young = [one.uid for one in told.values() if (one.arrived_at or since) >= since]
        first = min([first, *young])
    return Place(selected.uid_validity, first - 1, place.newest, start=first - 1)


async def _last_uid(session: ImapSession, selected: Selected) -> int:
    if selected.uid_next is not None:
        return max(0, selected.uid_next - 1)
    return max(await session.search("UID", "*"), default=0)
