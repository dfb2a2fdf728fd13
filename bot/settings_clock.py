"""The tables of okno.toml that drive the clock: hours, promises, ladders, alerts."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from bot.settings_values import WEEKDAYS, Dates, Duration, Length, Name, Section, Shifts, Zone
from inbox.phrases import Phrase

USUAL = "09:00-18:00"
MOST_RUNGS = 20
NO_COUNTRY = "-"
_CODE = r"^[A-Z]{2}(-[A-Z0-9]{1,3})?$"
_TIMES = ("after", "before_due", "after_due")


class WeekSettings(Section):
    """The hours of a week. No weekday named: Monday to Friday, 09:00-18:00."""

    mon: Shifts = ()
    tue: Shifts = ()
    wed: Shifts = ()
    thu: Shifts = ()
    fri: Shifts = ()
    sat: Shifts = ()
    sun: Shifts = ()

    @model_validator(mode="before")
    @classmethod
    def _usual_week(cls, values: Any) -> Any:
        if isinstance(values, dict) and not set(WEEKDAYS) & set(values):
            return {**values, **{day: [USUAL] for day in WEEKDAYS[:5]}}
        return values

    @property
    def weekly(self) -> dict[int, Shifts]:
        """The shifts of each weekday, 0 is Monday."""
        return {number: getattr(self, day) for number, day in enumerate(WEEKDAYS)}


class HoursSettings(WeekSettings):
    """When the studio works, in its zone."""

    country: Annotated[str, Field(pattern=_CODE)] | None = None
    days_off: Dates = ()
    dates: dict[date, Shifts] = Field(default_factory=dict)


class CalendarSettings(WeekSettings):
    """When a manager works or a client may be answered; None: as in [hours] and [studio].

    `country` "-" is no country: no public holidays.
    """

    timezone: Zone | None = None
    country: Annotated[str, Field(pattern=f"{_CODE}|^{NO_COUNTRY}$")] | None = None
    days_off: Dates | None = None
    dates: dict[date, Shifts] | None = None

    def beside(self, studio: HoursSettings) -> HoursSettings:
        """The same with the studio's holidays and dates where there are none of its own."""
        country = studio.country if self.country is None else self.country
        return HoursSettings.model_construct(
            **{day: getattr(self, day) for day in WEEKDAYS},
            country=None if country == NO_COUNTRY else country,
            days_off=studio.days_off if self.days_off is None else self.days_off,
            dates=studio.dates if self.dates is None else self.dates,
        )


class RungSettings(Section):
    """A step of the ladder: whom it tells, and one time, in business time: `after` the wait's
    start, `before_due` or `after_due`. `name`: which person, which group chat."""

    notify: Literal["manager", "deputy", "head", "person", "chat"]
    name: Annotated[str, Field(min_length=1)] | None = None
    after: Duration | None = None
    before_due: Duration | None = None
    after_due: Length | None = None
    any_time: bool = False

    @model_validator(mode="after")
    def _one_time(self) -> Self:
        if sum(getattr(self, key) is not None for key in _TIMES) != 1:
            raise ValueError(Phrase("must have one time: after, before_due or after_due"))
        return self

    @model_validator(mode="after")
    def _named(self) -> Self:
        if self.notify == "person" and self.name is None:
            raise ValueError(Phrase('must say whom: name = "..." as in `okno team list`'))
        if self.name is not None and self.notify not in {"person", "chat"}:
            raise ValueError(
                Phrase('has a name, which only notify = "person" or "chat" takes; leave it out')
            )
        return self


Ladder = Annotated[tuple[RungSettings, ...], Field(max_length=MOST_RUNGS)]


class PromiseSettings(Section):
    """What is promised to some clients, or on some channels, otherwise than in [sla]."""

    reply_within: Duration | None = None
    first_reply_within: Duration | None = None
    ladder: Ladder | None = None

    @model_validator(mode="after")
    def _something(self) -> Self:
        if self.reply_within is None and self.first_reply_within is None and self.ladder is None:
            raise ValueError(
                Phrase("says nothing; name reply_within, first_reply_within or ladder")
            )
        return self


class SlaSettings(Section):
    """How soon a client is answered, in business time, and who hears when it takes longer.

    `first_reply_within`: the first reply in a conversation. `newcomer_within`: to people never
    seen before. `remind_before`: from the reminder of a promise to its time.
    """

    reply_within: Duration = timedelta(hours=1)
    first_reply_within: Duration | None = None
    newcomer_within: Duration | None = None
    remind_before: Duration = timedelta(minutes=30)
    ladder: Annotated[Ladder, Field(min_length=1)] | None = None
    channels: dict[str, PromiseSettings] = Field(default_factory=dict)
    tiers: dict[Name, PromiseSettings] = Field(default_factory=dict)


class AlertSettings(Section):
    """`mailbox`: the name of the one that writes to whom Telegram does not reach."""

    mailbox: str | None = None


class OutOfHoursSettings(Section):
    """`reply`: whether clients who write off hours are told when the studio opens."""

    reply: bool = False
