"""Cards that come faster than a chat takes them are gathered, and shown in one list."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from inbox import routing
from inbox.collisions import others_answering, seen_by
from inbox.errors import SendDeferred, SendFailed, SendRejected, SendUncertain
from inbox.inbox import Inbox
from inbox.jobs import ShowBurst
from inbox.model import LoadedFile, Manager
from inbox.ports import Card, Claim, DeskLink, Transaction
from inbox.queueing import refresh
from inbox.records import Answering

log = logging.getLogger(__name__)

MOST_BEHIND = 30.0  # seconds that a card may come late
AT_ONCE = 50  # cards of one list


class Showing:
    """What became of one card that several members are to see; `about_to`: who is about to
    answer; `waited`: seconds since the message came, None at another try, which has its turn."""

    def __init__(
        self, card: Card, about_to: Sequence[Answering], waited: float | None = 0.0
    ) -> None:
        self.card = card
        self.about_to = about_to
        self.waited = waited
        self.links: list[DeskLink] = []
        self.gathered: list[Manager] = []
        self.postponed: SendFailed | None = None

    @property
    def reached(self) -> set[int]:
        """Ids of the members on whose desk it stands, or will."""
        return {link.manager_id for link in self.links} | {one.id for one in self.gathered}

    async def show(
        self, inbox: Inbox, readers: Sequence[Manager], files: Sequence[LoadedFile]
    ) -> None:
        """Show it to each of them, unless it must be gathered; who refuses it is passed over.
        Where all see one place, it stands there once; lists are each member's own."""
        card, desk = self.card, inbox.desk
        for one in readers:
            if self.links and desk.shared:
                return
            if await self._is_too_much(inbox, one):
                self.gathered.append(one)
                continue
            try:
                seen = seen_by(card, one.id, self.about_to, shared=desk.shared)
                shown = await desk.show(seen, one, files)
            except SendRejected as error:
                log.warning("no card of message %s for %s: %s", card.message_id, one.name, error)
            except (SendDeferred, SendUncertain) as error:
                self.postponed = error
            else:
                talk = card.conversation.id
                self.links += [DeskLink(each, talk, one.id, card.message_id) for each in shown]

    async def _is_too_much(self, inbox: Inbox, to: Manager) -> bool:
        """Whether the card would come too late in a chat that is full, or behind a list that is
        coming: cards stay in their order."""
        behind = inbox.desk.busy(to)
        if behind <= 0.0:
            return False
        if behind + (self.waited or 0.0) > MOST_BEHIND:
            return True
        async with inbox.store.begin() as t:
            ids = await t.gathered(to.id, 1 if self.waited is not None else AT_ONCE)
            if self.waited is not None:
                return bool(ids)
            talks = {(await t.card(one)).conversation.id for one in ids}
        return self.card.conversation.id in talks

    async def keep(self, inbox: Inbox, t: Transaction, claim: Claim) -> None:
        """Store where it stands, and in whose list it is to be. What became of it while it was
        being shown nobody could draw yet: it is drawn again."""
        await t.link(self.links)
        if self.links:
            talk = self.card.conversation.id
            await t.conversation(talk)  # whoever takes or answers it holds its conversation
            if _told(await t.card(self.card.message_id)) != _told(self.card):
                await refresh(t, talk, f"message {self.card.message_id} shown by {claim.job_id}")
        for one in self.gathered:
            await _gather(inbox, t, self.card.message_id, one, claim)


def _told(card: Card) -> tuple[object, ...]:
    """What of a card may change while it is being shown."""
    holder_id = card.holder.id if card.holder is not None else None
    closing = card.wait.closing if card.wait is not None else None
    return holder_id, card.state, closing, card.edited_at, card.deleted_at


async def _gather(
    inbox: Inbox, t: Transaction, message_id: int, to: Manager, claim: Claim
) -> None:
    """The card is to stand in the member's next list, which comes when the chat is free again.

    A job for each card: one that finds nothing left is done at once, and none is forgotten.
    """
    if not await t.gather_card(message_id, to.id):
        return
    await t.put(
        ShowBurst(to.id),
        key=f"burst:{to.id}:{message_id}:{claim.job_id}:{claim.token}",
        lane=f"burst:{to.id}",
        delay=max(inbox.desk.busy(to) - MOST_BEHIND, 0.0),
    )


async def show_burst(inbox: Inbox, claim: Claim, job: ShowBurst) -> None:
    """All that was gathered for the member, in one list."""
    now = inbox.clock.now()
    async with inbox.store.begin() as t:
        staff = await t.staff()
        ids = await t.gathered(job.manager_id, AT_ONCE)
        to = routing.member(staff, job.manager_id)
        cards = [routing.with_stand_in(await t.card(one), staff, now) for one in ids]
        talks = {one.conversation.id for one in cards}
        about_to = {one: await others_answering(t, one, now) for one in talks}
    if not cards or to is None:
        await _finish(inbox, claim)
        return
    behind = inbox.desk.busy(to)
    if behind > MOST_BEHIND:
        async with inbox.store.begin() as t:
            await t.retry(claim, after=behind - MOST_BEHIND, counted=False)
        return
    cards = [seen_by(one, to.id, about_to[one.conversation.id]) for one in cards]
    refused = not to.active
    try:
        if to.active:
            await inbox.desk.show_burst(cards, to)
    except SendRejected as error:
        log.warning("%s cards not shown to %s: %s", len(cards), to.name, error)
        refused = True
    async with inbox.store.begin() as t:
        await t.ungather(to.id, ids)
        heads = routing.heads(staff, now) if refused else ()
        if to.id not in {one.id for one in heads}:
            for one in heads:
                for message_id in ids:
                    await _gather(inbox, t, message_id, one, claim)
        await t.finish(claim)


async def _finish(inbox: Inbox, claim: Claim) -> None:
    async with inbox.store.begin() as t:
        await t.finish(claim)
