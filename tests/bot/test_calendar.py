"""The studio's calendar from settings, beside the published Russian calendars of 2024-2027."""

import json
import subprocess
import sys
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path
from time import process_time
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot.calendar import open_calendar, studio_hours
from bot.official_days import provisional_years
from bot.texts import speaker
from inbox.business_hours import BusinessHours

MOSCOW = ZoneInfo("Europe/Moscow")
HOUR = timedelta(hours=1)
WEEK = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("09:00-13:00", "14:00-18:00"))
PUBLISHED = json.loads(
    (Path(__file__).parents[1] / "fixtures" / "ru_calendar_2024_2026.json").read_text("utf-8")
)["years"]


def on(hours: BusinessHours, day: str) -> timedelta:
    """Open time of one local date."""
    start = datetime.combine(date.fromisoformat(day), time(), tzinfo=hours.zone)
    return hours.elapsed(start, start + timedelta(days=1))


def moscow(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=MOSCOW)


@pytest.fixture(scope="module")
def russian() -> BusinessHours:
    return studio_hours("Europe/Moscow", WEEK, "RU")


# -- Russia ---------------------------------------------------------------------------------


@pytest.mark.parametrize("year", PUBLISHED)
def test_every_date_of_the_published_calendar(russian: BusinessHours, year: str) -> None:
    said = PUBLISHED[year]
    weekends_worked = {entry["date"] for entry in said["weekend_work"]}
    total, worked = timedelta(), 0
    for number in range(date(int(year), 1, 1).toordinal(), date(int(year) + 1, 1, 1).toordinal()):
        day = date.fromordinal(number)
        text = day.isoformat()
        works = text in weekends_worked or (day.weekday() < 5 and text not in said["weekday_off"])
        expected = (8 * HOUR - HOUR * (text in said["shortened"])) * works
        assert on(russian, text) == expected, text
        total += expected
        worked += works
    assert worked == said["working_days"]
    assert total == said["norm_hours_40h_week"] * HOUR


@pytest.mark.parametrize(
    ("start", "due"),
    [
        ("2026-04-30 16:30", "2026-05-04 09:30"),
        ("2025-10-31 17:45", "2025-11-01 09:45"),
        ("2025-12-31 12:00", "2026-01-12 10:00"),
        ("2026-11-03 16:50", "2026-11-05 09:50"),
        ("2026-06-15 12:50", "2026-06-15 14:50"),
        ("2026-06-15 17:00", "2026-06-15 18:00"),
    ],
)
def test_worked_examples(russian: BusinessHours, start: str, due: str) -> None:
    assert russian.deadline(moscow(start), HOUR) == moscow(due)


def test_a_working_saturday_takes_the_hours_of_the_weekday_it_stands_in_for() -> None:
    hours = studio_hours(
        "Europe/Moscow", {**WEEK, "mon": ["10:00-15:00"], "tue": ["10:00-12:00"]}, "RU"
    )
    assert on(hours, "2024-04-27") == 5 * HOUR
    assert on(hours, "2024-11-02") == 1 * HOUR


def test_a_studio_closed_on_that_weekday_keeps_its_saturday() -> None:
    closed_on_mondays = {**WEEK, "mon": [], "sat": ["11:00-14:00"]}
    hours = studio_hours("Europe/Moscow", closed_on_mondays, "RU")
    assert on(hours, "2024-04-27") == 3 * HOUR


def test_the_eve_of_a_holiday_is_shorter_on_a_saturday_too() -> None:
    hours = studio_hours("Europe/Moscow", {**WEEK, "sat": ["11:00-14:00"]}, "RU")
    assert on(hours, "2027-05-08") == 2 * HOUR
    assert on(hours, "2027-05-15") == 3 * HOUR


@pytest.mark.parametrize(
    ("shifts", "worked", "last"),
    [
        (["09:00-13:00", "17:30-18:00"], 3.5, "2026-11-03 12:30"),
        (["14:00-18:00", "09:00-13:00"], 7, "2026-11-03 17:00"),
        (["12:00-20:15"], 7.25, "2026-11-03 19:15"),
        (["00:00-24:00"], 23, "2026-11-03 23:00"),
        (["22:00-06:00"], 7, "2026-11-04 05:00"),
        (["17:00-00:30"], 6.5, "2026-11-03 23:30"),
        (["09:00-09:30", "10:00-10:45"], 0.25, "2026-11-03 09:15"),
    ],
)
def test_the_hour_less_comes_off_the_end_of_the_day(shifts, worked, last) -> None:
    """4 November is open by the studio's own word here, so that a night shift keeps its tail."""
    hours = studio_hours("Europe/Moscow", {"tue": shifts}, "RU", dates={date(2026, 11, 4): []})
    eve = moscow("2026-11-03 00:00")
    assert hours.elapsed(eve, eve + timedelta(days=2)) == worked * HOUR
    assert hours.is_open(moscow(last) - timedelta(seconds=1))
    assert hours.next_opening(moscow(last)) > moscow("2026-11-06 00:00")


def test_an_eve_of_one_hour_is_closed() -> None:
    hours = studio_hours("Europe/Moscow", {"tue": ["09:00-10:00"]}, "RU")
    assert on(hours, "2026-11-03") == timedelta()
    assert on(hours, "2026-11-10") == HOUR


def test_years_after_the_last_decree_are_provisional() -> None:
    assert provisional_years("RU", range(2024, 2030)) == (2028, 2029)
    assert provisional_years("RU")[0] == 2028
    assert provisional_years("DE") == ()
    assert provisional_years(None) == ()
    hours = studio_hours("Europe/Moscow", WEEK, "RU")
    assert on(hours, "2029-01-08") == timedelta()
    assert on(hours, "2029-11-06") == 8 * HOUR


# -- own days against official ones ---------------------------------------------------------


def test_own_words_beat_official_ones() -> None:
    hours = studio_hours(
        "Europe/Moscow",
        WEEK,
        "RU",
        days_off=[date(2025, 11, 1), date(2026, 6, 15)],
        dates={
            date(2026, 6, 12): ["10:00-12:00"],
            date(2026, 6, 11): ["09:00-18:00"],
            date(2026, 6, 16): [],
            date(2026, 6, 15): ["10:00-12:00"],
        },
    )
    assert on(hours, "2025-11-01") == timedelta()
    assert on(hours, "2026-06-12") == 2 * HOUR
    assert on(hours, "2026-06-11") == 9 * HOUR
    assert on(hours, "2026-06-16") == timedelta()
    assert on(hours, "2026-06-15") == timedelta()


def test_without_a_country_only_own_days_count() -> None:
    hours = studio_hours("Europe/Moscow", WEEK, days_off=[date(2026, 6, 15)])
    assert on(hours, "2026-05-01") == 8 * HOUR
    assert on(hours, "2026-06-15") == timedelta()


def test_other_countries_and_regions() -> None:
    bavaria = studio_hours("Europe/Berlin", WEEK, "de-by")
    berlin = studio_hours("Europe/Berlin", WEEK, "DE-BE")
    assert on(bavaria, "2026-01-06") == timedelta()
    assert on(berlin, "2026-01-06") == 8 * HOUR
    hungary = studio_hours("Europe/Budapest", {**WEEK, "fri": ["09:00-12:00"]}, "HU")
    assert on(hungary, "2026-08-08") == 3 * HOUR


def test_years_bound_what_is_official() -> None:
    hours = studio_hours("Europe/Moscow", WEEK, "RU", years=range(2026, 2027))
    assert on(hours, "2026-06-12") == timedelta()
    assert on(hours, "2028-06-12") == 8 * HOUR


def test_parsed_shifts_and_weekday_numbers_say_the_same() -> None:
    parsed = dict.fromkeys(range(5), ((time(9), time(13)), (time(14), time(18))))
    dates = {date(2026, 6, 15): ((time(10), time(0)),)}
    said = studio_hours("UTC", WEEK, "RU", dates={date(2026, 6, 15): ["10:00-24:00"]})
    assert studio_hours("UTC", parsed, "RU", dates=dates).version == said.version


def test_ways_to_write_a_shift() -> None:
    usual = studio_hours("UTC", {"mon": ["09:00-18:00"]}).version
    for text in ("9:00-18:00", " 09:00 – 18:00 ", "09:00—18:00"):
        assert studio_hours("UTC", {" Mon": [text]}).version == usual
    assert studio_hours("UTC", {"mon": "09:00-18:00"}).version == usual


# -- faults ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weekly", "words"),
    [
        ({"monday": ["09:00-18:00"]}, ['"monday" is not a weekday', "mon, tue"]),
        ({"mon": ["9-18"]}, ['mon: "9-18"', '"09:00-13:00"']),
        ({"tue": ["09:00"]}, ['tue: "09:00"', '"09:00-13:00"']),
        ({"tue": ["09:60-10:00"]}, ['"09:60-10:00" has a time that does not exist', "23:59"]),
        ({"tue": ["24:00-10:00"]}, ['"24:00-10:00" has a time that does not exist', "24:00"]),
        ({"tue": ["10:00-24:01"]}, ['"10:00-24:01" has a time that does not exist', "24:00"]),
        ({"tue": ["10:00-10:00"]}, ["begins and ends at the same time", "00:00-24:00"]),
        ({8: ["10:00-11:00"]}, ["weekdays are 0"]),
    ],
)
def test_a_wrong_week_names_the_value_the_fault_and_the_fix(weekly, words) -> None:
    with pytest.raises(ValueError, match=r"write|weekdays are") as fault:
        studio_hours("UTC", weekly)
    for word in words:
        assert word in str(fault.value)


def test_a_wrong_date_is_named() -> None:
    with pytest.raises(ValueError, match=r'2026-06-15: "noon" is not working hours'):
        studio_hours("UTC", WEEK, dates={date(2026, 6, 15): ["noon"]})


@pytest.mark.parametrize("name", ["Moscow", "", "../etc/passwd", "Europe", "\0"])
def test_a_wrong_zone_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=r"is not known; write an IANA name"):
        studio_hours(name, WEEK)


@pytest.mark.parametrize("country", ["XX", "DE-ZZ", "Russia!", ""])
def test_a_wrong_country_is_named(country: str) -> None:
    with pytest.raises(ValueError, match=r'write an ISO 3166 code such as "RU" or "DE-BY"'):
        studio_hours("UTC", WEEK, country)
    with pytest.raises(ValueError, match=r"ISO 3166"):
        provisional_years(country)


def test_the_holidays_library_is_loaded_only_for_a_country() -> None:
    script = (
        "import sys; from bot.calendar import open_calendar, studio_hours; "
        "studio_hours('UTC', {'mon': ['09:00-18:00']}); assert 'holidays' not in sys.modules; "
        "studio_hours('UTC', {}, 'RU'); assert 'holidays' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True, cwd=Path(__file__).parents[2])


# -- why a date is not as the week says -------------------------------------------------------


RUSSIAN_EVE = "на час короче: канун праздника «День народного единства»"


def named(language: str, **own: Any) -> Mapping[date, str]:
    return open_calendar("studio", "Europe/Moscow", WEEK, "RU", language=language, **own).day_names


@pytest.mark.parametrize(
    ("language", "day", "why"),
    [
        ("ru", "2026-05-09", "День Победы"),
        ("en", "2026-05-09", "Victory Day"),
        ("ru", "2026-01-09", "Выходной (перенесено с 03.01.2026)"),
        ("ru", "2025-11-01", f"рабочий день вместо пн 3 ноя; {RUSSIAN_EVE}"),
        (
            "en",
            "2025-11-01",
            "worked in place of Mon 3 Nov; an hour shorter: the eve of Unity Day",
        ),
        ("en", "2024-12-28", "worked in place of Mon 30 Dec"),
        ("ru", "2026-11-03", RUSSIAN_EVE),
        ("en", "2026-04-30", "an hour shorter: the eve of Holiday of Spring and Labor"),
    ],
)
def test_official_days_are_named_in_the_readers_words(language: str, day: str, why: str) -> None:
    said = speaker(language).said(named(language)[date.fromisoformat(day)])
    assert said == why


def test_own_days_are_named_and_usual_ones_are_not() -> None:
    names = named(
        "en",
        days_off=[date(2026, 6, 15), date(2026, 6, 12)],
        dates={date(2026, 6, 16): ["10:00-12:00"], date(2026, 6, 17): []},
    )
    assert names[date(2026, 6, 15)] == "day off"
    assert names[date(2026, 6, 12)] == "Russia Day"
    assert names[date(2026, 6, 16)] == "other hours on this date"
    assert names[date(2026, 6, 17)] == "day off"
    assert date(2026, 6, 18) not in names
    assert date(2026, 5, 8) in names, "the eve of Victory Day"
    assert date(2026, 2, 22) not in names, "the eve of a holiday, but a Sunday"
    assert len(names) == len(dict(names))


def test_a_country_without_the_language_says_its_own() -> None:
    german = open_calendar("studio", "Europe/Berlin", WEEK, "DE", language="ru").day_names
    assert german[date(2026, 10, 3)] == "Tag der Deutschen Einheit"
    bare = open_calendar("studio", "Europe/Berlin", WEEK).day_names
    assert not bare


def test_a_calendar_knows_its_provisional_years() -> None:
    found = open_calendar("studio", "Europe/Moscow", WEEK, "RU")
    assert 2027 not in found.provisional
    assert {2028, 2029} <= found.provisional
    assert open_calendar("studio", "UTC", WEEK).provisional == frozenset()


def test_a_cold_calendar_with_its_names_not_asked_for_takes_a_few_milliseconds() -> None:
    named("ru")
    took = []
    for _ in range(5):
        began = process_time()
        named("ru")
        took.append(process_time() - began)
    assert min(took) < 0.02
