"""Keeps the boards true: each is written again when something changed, at most every 15 seconds,
and while the studio is open once a minute for its clock.

It goes behind everything else that is sent to the chat. A board that was deleted is written anew;
one whose chat, member or topic is no longer there is ended, and who wished it is told.
"""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import replace
from zoneinfo import ZoneInfo

import structlog
from aiogram import Bot

from bot.client_groups import client_of
from bot.live_views import board_view, ended_words
from bot.menu import is_head
from bot.places import Place
from bot.reader import Reader
from bot.rich import Rich
from bot.sending import edit, send
from bot.texts import speaker
from bot.topics import ThreadGone, take_back
from bot.wording import zone_of
from connectors.telegram.bot import turn
from connectors.telegram.errors import translated
from connectors.telegram.pacing import Urgency, urgency
from inbox.boards import Board, facts_of
from inbox.errors import Fault, SendDeferred, SendFailed, SendRejected
from inbox.inbox import Inbox
from inbox.jobs import TellMember
from inbox.live import lives
from inbox.live_records import Live
from inbox.model import Manager
from inbox.ports import DeskRef
from inbox.queueing import tell_admins
from inbox.report_records import Slice

log = structlog.get_logger(__name__)

LOOK_EVERY = 1.0  # seconds; so soon a board that is wished stands there
EVERY = 15.0  # seconds between two writings of a board
AFTER_FAULT = 60.0
LEASE = 60.0  # for who writes it; another process goes on when this one died over it
PATIENCE = 10.0  # seconds that a board waits behind other messages
_ENDING = frozenset({Fault.BLOCKED, Fault.NEVER_WROTE, Fault.NO_RIGHTS})


class Boards:
    """The boards of one bot. `every`: seconds between two writings of one."""

    def __init__(self, bot: Bot, inbox: Inbox, *, every: float = EVERY) -> None:
        self._bot = bot
        self._inbox = inbox
        self._every = every

    async def keep(self) -> None:
        """For ever."""
        while True:
            await self.look()
            await asyncio.sleep(LOOK_EVERY)

    async def look(self) -> None:
        """Write what has its turn, all from one reading."""
        store, account = self._inbox.store, self._bot.id
        async with store.read() as t:
            if not await t.boards_due(account):
                return
        async with store.begin() as t:
            boards = await t.claim_boards(account, LEASE)
            staff = await t.staff()
        slices = list(dict.fromkeys(one.slice for one in boards))
        found = await lives(self._inbox, self._inbox.clock.now(), slices)
        stands = dict(zip(slices, found, strict=True))
        members = {one.id: one for one in staff}
        done = await asyncio.gather(
            *(self._refresh(one, stands[one.slice], members[one.manager_id]) for one in boards),
            return_exceptions=True,
        )
        for fault in done:
            if isinstance(fault, BaseException):
                raise fault

    async def end(self, board: Board, member: Manager) -> None:
        """It is no longer kept, and says so. `member`: who wished it."""
        async with self._inbox.store.begin() as t:
            ended = await t.end_board(board)
        ref = ref_of(board)
        if ended and ref is not None:
            with contextlib.suppress(SendFailed):
                words = ended_words(self._reader(board, member), _named(board, member))
                await edit(self._bot, ref, words)
            with contextlib.suppress(SendFailed), translated():
                await self._bot.unpin_chat_message(chat_id=ref.chat_id, message_id=ref.message_id)

    async def _refresh(self, board: Board, live: Live, member: Manager) -> None:
        if not await self._may_stand(board, member):
            await self.end(board, member)
            return
        reader = self._reader(board, member)
        facts = f"{facts_of(live)} {member.language} {reader.zone.key}"
        if not board.outdated(live, facts):
            await self._keep(board, self._every)
            return
        written = replace(board, shown=facts, shown_at=live.at)
        try:
            with urgency(Urgency.DIGEST, patience=PATIENCE):
                await self._write(written, reader, replace(live, slice=_named(board, member)))
        except SendFailed as error:
            await self._failed(board, member, error)

    async def _may_stand(self, board: Board, member: Manager) -> bool:
        """A head's board goes with the head's office, and none stands where clients read."""
        if not member.active or (board.whole and not is_head(member)):
            return False
        return board.chat_id > 0 or await client_of(self._inbox, board.chat_id) is None

    def _reader(self, board: Board, member: Manager) -> Reader:
        """A group reads in the studio's zone."""
        zone = zone_of(member) if board.chat_id > 0 else self._studio_zone
        return Reader(speaker(member.language), zone, self._inbox.clock.now())

    @property
    def _studio_zone(self) -> ZoneInfo:
        return self._inbox.calendars.studio.hours.zone

    async def _keep(self, board: Board, after: float) -> bool:
        async with self._inbox.store.begin() as t:
            return await t.save_board(board, after)

    async def _write(self, board: Board, reader: Reader, live: Live) -> None:
        """Raises the SendFailed."""
        view, ref = board_view(reader, live), ref_of(board)
        if ref is not None:
            with translated():
                await turn(self._bot, board.chat_id)
            if await edit(self._bot, ref, view):
                await self._keep(board, self._every)
                return
        place = Place(board.chat_id, board.thread_id)
        ref = await send(self._bot, place, view, silent=True)
        board = replace(board, message_id=ref.message_id)
        if not await self._keep(board, LEASE):
            await take_back(self._bot, ref)  # it was ended or wished anew meanwhile
            return
        refused = not await self._pin(ref)
        if refused and not board.unpinned:
            await self._say_unpinned(place, reader, ref)
        await self._keep(replace(board, unpinned=refused), self._every)

    async def _pin(self, ref: DeskRef) -> bool:
        """False where Telegram refuses that. It is no message: it waits behind none."""
        try:
            with translated():
                await self._bot.pin_chat_message(
                    chat_id=ref.chat_id, message_id=ref.message_id, disable_notification=True
                )
        except SendFailed as error:
            log.info("A board is not pinned.", chat=ref.chat_id, error=str(error))
            return not isinstance(error, SendRejected)
        return True

    async def _say_unpinned(self, place: Place, reader: Reader, ref: DeskRef) -> None:
        """The board stands all the same."""
        words = reader.say(
            "📌 The board could not be pinned: the bot needs the right “Pin messages” here. Pin "
            "it yourself, or give the right and write /board again."
        )
        with contextlib.suppress(SendFailed):
            await send(self._bot, place, Rich(words), reply_to=ref.message_id, silent=True)

    async def _failed(self, board: Board, member: Manager, error: SendFailed) -> None:
        if error.fault is Fault.MOVED:
            await self._move(board, int(error.detail))
        elif isinstance(error, ThreadGone) or (
            isinstance(error, SendRejected) and error.fault in _ENDING
        ):
            await self._lost(board, member, error)
        else:
            log.info("A board was not written.", chat=board.chat_id, error=str(error))
            await self._keep(board, _pause(error))

    async def _move(self, board: Board, chat_id: int) -> None:
        """The group has another id: a message of the old one cannot be edited there."""
        async with self._inbox.store.begin() as t:
            if await t.end_board(board):
                await t.open_board(replace(board, chat_id=chat_id, message_id=None))

    async def _lost(self, board: Board, member: Manager, error: SendFailed) -> None:
        """The chat takes nothing any more: who wished the board is told, or where that is the very
        chat, the administrators."""
        log.warning("A board has ended.", chat=board.chat_id, error=str(error))
        fields = {"reason": str(error), "name": member.name}
        key = f"board:{board.account}:{board.chat_id}:{board.opened_at.isoformat()}"
        async with self._inbox.store.begin() as t:
            if not await t.end_board(board):
                return
            if board.chat_id == member.telegram_id:
                await tell_admins(t, "board_lost", fields, key=key)
            else:
                lane = f"manager:{member.id}"
                notice = TellMember(member.id, "board_lost", fields)
                await t.put(notice, key=f"tell:{key}", lane=lane)


def ref_of(board: Board) -> DeskRef | None:
    """The message that it is; None: not shown yet."""
    if board.message_id is None:
        return None
    return DeskRef(board.account, board.chat_id, board.message_id)


def _named(board: Board, member: Manager) -> Slice:
    return Slice() if board.whole else Slice(member.id, member.name)


def _pause(error: SendFailed) -> float:
    asked = error.retry_after if isinstance(error, SendDeferred) else None
    return AFTER_FAULT if asked is None else max(EVERY, asked.total_seconds())
