"""Enters the demonstration's quarter into a store, as the product would have kept it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from inbox import auditing
from inbox.calendars import STUDIO, Calendar, Calendars, SpecialDay
from inbox.log_records import Deed, Entry
from inbox.model import (
    Absence,
    Conversation,
    Handle,
    InboundMessage,
    Manager,
    Nature,
    Outcome,
    Role,
    Wait,
)
from inbox.policies import Policies, Promised, Terms
from inbox.policies import Step as RungAt
from inbox.ports import Transaction
from inbox.records import AlertState, RaisedAlert, Reply, ReplyState
from inbox.sla import DAILY, Recipient, due_alerts, rung_at
from inbox.thanks import THANKED, only_thanks
from sandbox import quarter, studio
from sandbox.quarter import Did, Step
from sandbox.quarter_cast import (
    HOLIDAY,
    LAST,
    MEMBERS,
    OLGA,
    ON_HOLIDAY,
    STANDS_IN,
    WEEKS,
    Firm,
    Member,
)
from sandbox.quarter_clients import HANDED_IN, HANDED_OVER, HANDED_TO
from sandbox.quarter_letters import MAIL, TELEGRAM, Letters
from sandbox.quarter_words import POWER_CUT
from sandbox.workbook import LANGUAGES
from storage.store import SqlStore

WITHIN, VIP_WITHIN = timedelta(hours=1), timedelta(minutes=40)
POLICIES = Policies(
    Promised("", WITHIN, steps=(RungAt(Recipient.MANAGER, share=0.75), RungAt(Recipient.HEAD))),
    tiers={"vip": Promised("sla.tiers.vip", VIP_WITHIN)},
)
_WEEK = timedelta(days=7)
_ENDS = {Did.PHONED: Outcome.PHONED, Did.DISMISSED: Outcome.DISMISSED}

Shown = Callable[[int], None]


async def enter(store: SqlStore, language: str, monday: datetime, shown: Shown) -> None:
    """The weeks before `monday`, 00:00 in the studio's zone, into an empty store.

    `shown` is told how many weeks are done.
    """
    begin, steps = quarter.begins(monday), quarter.steps(monday)
    async with store.begin() as t:
        books = _Books(language, await _members(t, language), monday)
    for week in range(-1, WEEKS):
        until = begin + (week + 1) * _WEEK
        async with store.begin() as t:
            await books.week(t, week, [one for one in steps if until - _WEEK <= one.at < until])
        if week >= 0:
            shown(week + 1)


async def _members(t: Transaction, language: str) -> dict[Member, Manager]:
    place, members = LANGUAGES.index(language), {}
    for one in MEMBERS:
        new = Manager(0, one.name[place], one.number, Role(one.role), studio.ZONE.key, language)
        members[one] = await t.save_manager(new)
    return members


class _Books:
    def __init__(self, language: str, members: dict[Member, Manager], monday: datetime) -> None:
        self._place, self._letters = LANGUAGES.index(language), Letters(language)
        self._members, self._monday = members, monday
        self._calendars = Calendars([Calendar(STUDIO, quarter.hours_of(monday))])
        self._talks: dict[tuple[Firm, int], Conversation] = {}
        self._opened_by: dict[int, int] = {}

    async def week(self, t: Transaction, week: int, steps: Sequence[Step]) -> None:
        """All steps of one week, in order, and what else was entered in it."""
        begin = quarter.begins(self._monday) + week * _WEEK
        if week == HOLIDAY[0]:
            await self._goes_away(t, begin)
        if week == HANDED_IN:
            await self._hand_over(t, begin + timedelta(hours=9, minutes=5))
        cut_at = begin + timedelta(days=quarter.CUT_DAY, hours=16, minutes=10)
        before = [one for one in steps if week != LAST or one.at < cut_at]
        for step in before:
            await self._enter(t, step)
        if week == LAST:
            await self._cut(t, cut_at)
        for step in steps[len(before) :]:
            await self._enter(t, step)
        if week == LAST:
            await self._left_open(t)

    async def _enter(self, t: Transaction, step: Step) -> None:
        if step.did in {Did.ASKED, Did.MORE, Did.THANKED, Did.AUTOMATIC}:
            await self._wrote(t, step)
        else:
            await self._ended(t, step)

    # what clients write

    async def _wrote(self, t: Transaction, step: Step) -> None:
        raw, message = self._letters.of(step)
        (raw_id,) = await t.keep(message.channel_id, [raw])
        if raw_id is None:
            return
        talk = await self._talk(t, step, message)
        message = _thanked(talk, message)
        asked = await t.save(talk.asked(message, self._terms(talk)))
        message_id = await t.add_message(asked, message, raw_id)
        await t.learn_threads(message.channel_id, asked.id, message.thread_ids)
        await t.mark_raw([raw_id], "filed")
        if talk.wait is None and asked.wait is not None:
            await auditing.opened(t, asked, message.sent_at)
            self._opened_by[asked.id] = message_id
        self._talks[step.firm, step.thread] = asked

    async def _talk(self, t: Transaction, step: Step, message: InboundMessage) -> Conversation:
        """The thread's, opened where it begins, of a client who is added with its first words."""
        known = self._talks.get((step.firm, step.thread))
        if known is not None:
            return known
        found = await t.contact_of([message.sender])
        if found is None:
            firm = step.firm
            holder = quarter.holder(firm, -1)
            manager_id = self._members[holder].id if holder is not None else None
            client = await t.add_client(firm.name[self._place], manager_id)
            if firm.tier is not None:
                client = replace(client, tier=firm.tier)
                await t.save_client(client)
            contact = await t.add_contact(client.id, firm.person[self._place])
            chat = Handle("telegram", str(self._letters.person(firm).id))
            await t.add_handles(contact.id, [Handle("email", firm.address), chat])
            found = client, contact
        channel = MAIL if step.thread else TELEGRAM
        return await t.open_conversation(channel, *found, message.sender, message.subject)

    def _terms(self, talk: Conversation) -> Terms:
        first = talk.answered_at is None
        policy = POLICIES.policy(talk.channel_id, talk.client.tier, first=first)
        return Terms(policy, self._calendars.studio)

    # what the studio does

    async def _ended(self, t: Transaction, step: Step) -> None:
        talk, by = self._talks[step.firm, step.thread], self._members[step.by or OLGA]
        hours, at = self._calendars.studio.hours, step.at.astimezone(UTC)
        if step.did is Did.ANSWERED:
            await self._reply(t, step, talk, by)
            after, closed = talk.answered(by.id, at, hours)
        else:
            after, closed = talk.ended(_ENDS[step.did], by.id, at, hours)
        if closed is not None:
            climbed = await self._climbed(t, talk, talk.wait or closed, at)
            closed = replace(closed, fired=climbed.fired).held(talk.assignee_id)
            await t.save_wait(closed)
            await auditing.closed(t, talk, closed, by.id)
        self._talks[step.firm, step.thread] = await t.save(after)

    async def _reply(self, t: Transaction, step: Step, talk: Conversation, by: Manager) -> None:
        await t.add_reply(
            Reply(
                key=f"demo:{talk.id}:{step.at.isoformat()}",
                conversation_id=talk.id,
                author_id=by.id,
                text=self._letters.answer(step),
                written_at=step.at,
                message_id=self._opened_by.get(talk.id),
                state=ReplyState.SENT,
                sent_at=step.at,
            )
        )

    async def _climbed(
        self, t: Transaction, talk: Conversation, wait: Wait, end: datetime
    ) -> Wait:
        """The ladder as far as it was climbed until then: everybody was told at once."""
        hours = self._calendars.studio.hours
        while (at := wait.next_rung_at) is not None and at < end:
            due = due_alerts(hours, wait.base, wait.ladder, wait.fired, at)
            for number in due.fire:
                rung = rung_at(wait.ladder, number)
                whom = talk.assignee_id if rung.notify is Recipient.MANAGER else None
                to = whom if whom is not None else self._members[OLGA].id
                told = RaisedAlert(
                    wait.id, 0, number, to, at, at, state=AlertState.SHOWN, told_at=at
                )
                await t.raise_alert(told)
                what = _told_of(wait, number)
                about = talk.id, wait.id, to
                await t.log([Entry(at, Deed.ALERTED, None, *about, after=what)])
            wait = wait.after_firing(due.passed, at, hours)
        return wait

    async def _left_open(self, t: Transaction) -> None:
        """What nobody has answered at the end: alerts have come, and who holds it is charged."""
        for place, talk in self._talks.items():
            if talk.wait is not None:
                wait = await self._climbed(t, talk, talk.wait, self._monday)
                if wait.is_due(self._monday):
                    wait = wait.held(talk.assignee_id)
                await t.save_wait(wait)
                self._talks[place] = replace(talk, wait=wait)

    # the studio's own matters

    async def _goes_away(self, t: Transaction, since: datetime) -> None:
        who, deputy = self._members[ON_HOLIDAY], self._members[STANDS_IN]
        until, asked_at = since + (HOLIDAY[1] - HOLIDAY[0] + 1) * _WEEK, since - timedelta(days=4)
        absence = Absence(who.id, since, until, deputy.id, self._members[OLGA].id, given_back=True)
        await auditing.went_away(t, await t.add_absence(absence), deputy, asked_at)

    async def _hand_over(self, t: Transaction, at: datetime) -> None:
        """A client gets another manager; nothing of it waits then, or it is the new one's."""
        to, by = self._members[HANDED_TO], self._members[OLGA]
        for (firm, thread), talk in list(self._talks.items()):
            if firm.house != HANDED_OVER:
                continue
            before = next(one for one in self._members.values() if one.id == talk.assignee_id)
            holders = before, to
            await auditing.assigned(t, talk, talk.wait, holders, at=at, by_id=by.id)
            self._talks[firm, thread] = await t.save(talk.assigned(to.id))

    async def _cut(self, t: Transaction, at: datetime) -> None:
        """The day's hours are corrected while it runs; what is open is counted by them (12)."""
        by, day = self._members[OLGA], quarter.cut_day(self._monday)
        cut = SpecialDay(
            STUDIO, day, quarter.CUT_SHIFTS, POWER_CUT[self._place], by.id, at.astimezone(UTC)
        )
        await t.save_special_day(cut)
        await auditing.calendar_changed(t, None, cut, cut.at, by.id)
        climbed = {
            place: await self._climbed(t, talk, talk.wait, cut.at)
            for place, talk in self._talks.items()
            if talk.wait is not None
        }
        self._calendars.learn(await t.special_days())
        for place, wait in climbed.items():
            counted = wait.recounted(cut.at, self._calendars.studio.hours)
            await t.save_wait(counted)
            self._talks[place] = replace(self._talks[place], wait=counted)


def _thanked(talk: Conversation, message: InboundMessage) -> InboundMessage:
    """As the inbox takes it (rule 9)."""
    thanks = message.nature is Nature.PERSON and only_thanks(message)
    if not thanks or talk.wait is not None or talk.answered_at is None:
        return message
    return replace(message, nature=Nature.THANKS, nature_reason=THANKED)


def _told_of(wait: Wait, number: int) -> str:
    """As the log of alerts calls it."""
    own = len(wait.ladder)
    if number >= DAILY:
        return "daily"
    return f"rung {number + 1}" if number < own else f"repeat {number - own + 1}"
