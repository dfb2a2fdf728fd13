"""The days and times that a promise can be made for."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.buttons import DayButton, PickButton, TimeButton
from bot.cards import CardView
from bot.picker import days_view, open_days, read_due, times_on, times_view
from inbox.business_hours import BusinessHours
from tests.bot.studio import HELEN, HOURS, IVAN, MOSCOW, NOON, OLGA, conversation

LUNCH = BusinessHours(
    MOSCOW,
    {day: [(time(9), time(13)), (time(14), time(17, 45))] for day in range(5)},
    days_off=[date(2026, 11, 27)],
)


def clock(times: tuple[datetime, ...], zone: ZoneInfo = MOSCOW) -> list[str]:
    return [f"{at.astimezone(zone):%H:%M}" for at in times]


def said(view: CardView) -> list[list[str]]:
    return [[button.text for button in row] for row in view.keyboard]


def test_the_next_six_dates_that_open_are_offered() -> None:
    assert open_days(HOURS, NOON, MOSCOW) == tuple(
        date(2026, 11, 25) + timedelta(days=n) for n in (0, 1, 2, 5, 6, 7)
    )
    assert date(2026, 11, 27) not in open_days(LUNCH, NOON, MOSCOW)


def test_a_day_that_has_nothing_left_is_not_offered() -> None:
    evening = datetime(2026, 11, 25, 18, tzinfo=MOSCOW).astimezone(UTC)

    assert open_days(HOURS, evening, MOSCOW)[0] == date(2026, 11, 26)
    assert clock(times_on(HOURS, date(2026, 11, 25), evening - timedelta(minutes=5), MOSCOW)) == [
        "18:00"
    ]


def test_whole_hours_and_today_half_hours_in_open_hours_with_the_closing_time() -> None:
    today = times_on(LUNCH, date(2026, 11, 25), NOON, MOSCOW)
    assert clock(today) == [
        *("12:30", "13:00", "14:00", "14:30", "15:00", "15:30"),
        *("16:00", "16:30", "17:00", "17:30", "17:45"),
    ]
    tomorrow = times_on(LUNCH, date(2026, 11, 26), NOON, MOSCOW)
    assert clock(tomorrow) == [
        *("09:00", "10:00", "11:00", "12:00", "13:00"),
        *("14:00", "15:00", "16:00", "17:00", "17:45"),
    ]


def test_a_reader_elsewhere_sees_own_times_and_is_told() -> None:
    yekaterinburg = ZoneInfo(IVAN.zone)
    assert clock(times_on(HOURS, date(2026, 11, 26), NOON, yekaterinburg), yekaterinburg) == [
        f"{hour}:00" for hour in range(11, 21)
    ]
    view = days_view(conversation(), HOURS, IVAN, NOON)
    assert "Asia/Yekaterinburg" in view.body.text
    assert "Europe/Moscow" in view.body.text
    assert "Moscow" not in days_view(conversation(), HOURS, OLGA, NOON).body.text


def test_a_night_shift_is_on_both_dates() -> None:
    night = BusinessHours(MOSCOW, {2: [(time(22), time(2))]})

    assert open_days(night, NOON, MOSCOW)[:2] == (date(2026, 11, 25), date(2026, 11, 26))
    assert clock(times_on(night, date(2026, 11, 26), NOON, MOSCOW)) == ["00:00", "01:00", "02:00"]


def test_open_always_is_at_most_what_a_keyboard_takes() -> None:
    always = BusinessHours(MOSCOW, {day: [(time(), time())] for day in range(7)})
    midnight = datetime(2026, 11, 25, tzinfo=MOSCOW).astimezone(UTC)

    view = times_view(conversation(), always, date(2026, 11, 25), OLGA, midnight)

    assert sum(len(row) for row in view.keyboard) <= 100
    assert all(len(button.data.pack()) <= 64 for row in view.keyboard for button in row)


def test_no_working_time_ahead_leaves_other_ways() -> None:
    never = BusinessHours(MOSCOW, {})

    assert said(days_view(conversation(), never, HELEN, NOON)) == [["Other time", "Cancel"]]


def test_two_taps() -> None:
    view = days_view(conversation(), HOURS, HELEN, NOON)
    assert said(view) == [
        ["Today", "Tomorrow"],
        ["Fri 27 Nov", "Mon 30 Nov"],
        ["Tue 1 Dec", "Wed 2 Dec"],
        ["Other time", "Cancel"],
    ]
    chosen = view.keyboard[1][0].data
    assert isinstance(chosen, DayButton)
    times = times_view(conversation(), HOURS, date.fromordinal(chosen.day), HELEN, NOON)
    assert said(times)[0] == ["09:00", "10:00", "11:00", "12:00"]
    assert said(times)[-1] == ["← Days", "Other time", "Cancel"]
    at = times.keyboard[0][0].data
    assert isinstance(at, TimeButton)
    assert datetime.fromtimestamp(at.minute * 60, MOSCOW) == datetime(
        2026, 11, 27, 9, tzinfo=MOSCOW
    )
    assert isinstance(times.keyboard[-1][0].data, PickButton)


def test_a_day_alone_is_due_at_its_last_closing_time_else_at_its_end() -> None:
    def read(text: str) -> str:
        due = read_due(text, NOON, MOSCOW, LUNCH)
        return "" if due is None else f"{due.astimezone(MOSCOW):%d.%m %H:%M}"

    assert read("завтра") == "26.11 17:45"
    assert read("Friday") == "27.11 23:59"
    assert read("28.11") == "28.11 23:59"
    assert read("завтра 8:15") == "26.11 08:15"
    assert read("когда-нибудь") == ""
    assert read_due("завтра", NOON, MOSCOW, HOURS) == datetime(2026, 11, 26, 15, tzinfo=UTC)


def test_a_night_shift_that_ends_that_morning_is_not_the_day() -> None:
    nights = BusinessHours(MOSCOW, dict.fromkeys(range(7), ((time(22), time(6)),)))
    due = datetime(2026, 11, 26, 23, 59, tzinfo=MOSCOW)
    assert read_due("завтра", NOON, MOSCOW, nights) == due
