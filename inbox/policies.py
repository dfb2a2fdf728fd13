"""Which SLA policy a wait is opened with: by the client's tier, the channel, the first contact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from inbox.calendars import Calendar
from inbox.sla import Policy, Recipient, Rung

NEWCOMER = "newcomer"


@dataclass(frozen=True, slots=True)
class Step:
    """A rung as it is set: at `after` business time from the wait's start, or where that is None
    at `after_due` from the due time (negative: before it). `share`: of the target, in place of
    the due time, so that 0.75 is at three quarters of whatever was promised."""

    notify: Recipient
    after: timedelta | None = None
    after_due: timedelta = timedelta()
    name: str = ""
    any_time: bool = False
    share: float = 1.0

    def rung(self, reply_within: timedelta) -> Rung:
        """The rung of a wait with this target; one before the wait's start comes at its start."""
        after = (
            self.after if self.after is not None else reply_within * self.share + self.after_due
        )
        return Rung(max(after, timedelta()), self.notify, self.any_time, self.name)


@dataclass(frozen=True, slots=True)
class Promised:
    """What one level of the settings promises; None leaves it to the next level.

    `name` is how /why calls the level. `steps` in any order.
    """

    name: str
    reply_within: timedelta | None = None
    first_reply_within: timedelta | None = None
    steps: tuple[Step, ...] | None = None

    def within(self, *, first: bool) -> timedelta | None:
        """The target of a conversation's first wait, or of a later one."""
        if first and self.first_reply_within is not None:
            return self.first_reply_within
        return self.reply_within


@dataclass(frozen=True, slots=True)
class Policies:
    """All levels. `base` promises something. `channels` by a channel's id or its kind.

    `newcomer_within`: for people who were never seen before. `remind_before`: business time from
    the reminder of a promise to its due time.
    """

    base: Promised
    channels: Mapping[str, Promised] = field(default_factory=dict)
    tiers: Mapping[str, Promised] = field(default_factory=dict)
    newcomer_within: timedelta | None = None
    remind_before: timedelta = timedelta(minutes=30)

    @classmethod
    def only(cls, policy: Policy) -> Policies:
        """One policy for everybody."""
        steps = tuple(
            Step(one.notify, one.after, name=one.name, any_time=one.any_time)
            for one in policy.ladder
        )
        return cls(Promised("", policy.reply_within, steps=steps))

    def policy(
        self, channel_id: str, tier: str | None, *, first: bool, newcomer: bool = False
    ) -> Policy:
        """The nearest level that says something: tier, channel, kind of channel, base.

        A newcomer's target beats them all. The ladder is of the nearest level that has one.
        """
        kind = channel_id.partition(":")[0]
        levels = [self.tiers.get(tier or ""), self.channels.get(channel_id)]
        levels += [self.channels.get(kind) if kind != channel_id else None, self.base]
        known = [one for one in levels if one is not None]
        name, within = next(
            (one.name, found) for one in known if (found := one.within(first=first)) is not None
        )
        if newcomer and self.newcomer_within is not None:
            name, within = NEWCOMER, self.newcomer_within
        steps = next((one.steps for one in known if one.steps is not None), ())
        ladder = sorted((step.rung(within) for step in steps), key=lambda rung: rung.after)
        return Policy(within, tuple(ladder), name)


@dataclass(frozen=True, slots=True)
class Terms:
    """By what a wait is opened: the policy and the calendar of that moment (rules 11, 14)."""

    policy: Policy
    calendar: Calendar
