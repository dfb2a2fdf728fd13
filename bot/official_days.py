"""A country's official days, from the `holidays` package: off, worked, shortened; and their names.

Russia is known best: days moved by decree, working Saturdays, and eves of holidays, which end an
hour earlier.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

from inbox.phrases import Phrase

if TYPE_CHECKING:
    from holidays import HolidayBase

KNOWN_YEARS = range(2015, 2051)
# Labour Code of Russia, article 112, since 2013.
_RUSSIAN_HOLIDAYS = frozenset(
    {*((1, day) for day in range(1, 9)), (2, 23), (3, 8), (5, 1), (5, 9), (6, 12), (11, 4)}
)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class OfficialDays:
    """What a country says: `off` dates with their names, `working` weekends with the date each
    stands in for, `eves` that end an hour earlier where they are worked, with the holiday's name;
    `provisional` years, whose moved days nobody has decreed yet."""

    off: Mapping[date, str] = field(default_factory=dict)
    working: Mapping[date, date | None] = field(default_factory=dict)
    eves: Mapping[date, str] = field(default_factory=dict)
    provisional: frozenset[int] = frozenset()


def official_days(country: str | None, language: str, years: range | None = None) -> OfficialDays:
    """The days of `years` (2015-2050 where not given), their names in this language ("ru", "en")
    or, where the country is not known in it, in the country's own. None: no country, no days.

    ValueError for a country that is not known.
    """
    if country is None:
        return OfficialDays()
    years = KNOWN_YEARS if years is None else years
    holidays = _public_holidays(country, years, language)
    off = dict(holidays.items())
    replaced = {worked: day for _, day, worked in _moves(holidays)}
    working = {day: replaced.get(day) for day in holidays.weekend_workdays}
    russian = _code(country)[0] == "RU"
    eves = _russian_eves(off, working, years) if russian else {}
    return OfficialDays(off, working, eves, frozenset(_undecreed(holidays, years)))


def provisional_years(country: str | None, years: range = KNOWN_YEARS) -> tuple[int, ...]:
    """Those of `years` whose moved days and working weekends no decree has named yet.

    Their calendar holds the standing holidays only. Empty for a country that moves no days.
    ValueError for a country that is not known.
    """
    if country is None:
        return ()
    return _undecreed(_public_holidays(country, range(0), "en"), years)


def _undecreed(holidays: "HolidayBase", years: range) -> tuple[int, ...]:
    decreed = {year for year, _, _ in _moves(holidays)}
    return tuple(year for year in years if decreed and year > max(decreed))


def _russian_eves(
    off: Mapping[date, str], working: Mapping[date, date | None], years: range
) -> dict[date, str]:
    """Dates before a holiday, and working Saturdays that stand in for such a date."""
    holidays = {date(year, *day) for year in years for day in _RUSSIAN_HOLIDAYS}
    eves = {day - _ONE_DAY: off.get(day, "") for day in holidays}
    moved = {day: eves[eve] for day, eve in working.items() if eve is not None and eve in eves}
    return eves | moved


def _public_holidays(country: str, years: range, language: str) -> "HolidayBase":
    # Half a thousand modules: only a studio that wants public holidays pays for them.
    from holidays import country_holidays  # noqa: PLC0415 - see above

    code, region = _code(country)
    try:
        unnamed = country_holidays(code, subdiv=region, years=range(0))
        spoken = _language(unnamed, language)
        return country_holidays(code, subdiv=region, years=years, language=spoken)
    except NotImplementedError:
        raise ValueError(
            Phrase(
                'country: no public holidays are known for "{country}"; write an ISO 3166 code'
                ' such as "RU" or "DE-BY", or leave it out and list your days off',
                country=country,
            )
        ) from None


def _language(holidays: "HolidayBase", language: str) -> str | None:
    """The package's name ("ru", "en_US") of the language; the country's own where it has none."""
    known = sorted(getattr(holidays, "supported_languages", ()))
    own: str | None = getattr(holidays, "default_language", None)
    return next((one for one in known if one.partition("_")[0] == language), own)


def _code(country: str) -> tuple[str, str | None]:
    code, _, region = country.strip().upper().partition("-")
    return code, region or None


def _moves(holidays: "HolidayBase") -> Iterator[tuple[int, date, date]]:
    """Days off moved by decree: its year, the weekday off and the day it was moved from."""
    decrees = getattr(holidays, "special_public_holidays", {})
    for year, entries in decrees.items():
        for entry in entries if isinstance(entries[0], tuple) else (entries,):
            match entry:
                case int(month), int(day), int(from_month), int(from_day), *other_year:
                    worked = date(other_year[0] if other_year else year, from_month, from_day)
                    yield year, date(year, month, day), worked
                case _:
                    continue
