"""The demo's days as plain numbers, with what is needed of each ready in a table.

A day is its number from `FIRST`; fiscal years start in July and are named for the year they end in.
"""

from datetime import date, timedelta

DEMO_DAY = date(2026, 11, 23)
"""The Monday on which the demo stands: FY27-Q2, its ninth week."""
_FIRST = date(2021, 1, 1)
_COUNT = 365 * 12

_DATES = [_FIRST + timedelta(days=number) for number in range(_COUNT)]
ISO = [day.isoformat() for day in _DATES]
"""Each day as it is written in a file."""
IS_WEEKEND = [day.weekday() >= 5 for day in _DATES]


def number(day: date) -> int:
    """The number of a day."""
    return (day - _FIRST).days


def _quarter_start(day: date) -> int:
    return number(date(day.year, (day.month - 1) // 3 * 3 + 1, 1))


QUARTER_START = [_quarter_start(day) for day in _DATES]
"""Of each day, the first day of its quarter; quarters of a July year are those of the calendar year."""
TODAY = number(DEMO_DAY)
LAST_BUSINESS_DAY = TODAY - 3


def quarter_end(day: int) -> int:
    """The last day of the quarter that a day is in."""
    return QUARTER_START[QUARTER_START[day] + 95] - 1


def weekday_before(day: int) -> int:
    """The day itself, or the Friday before it when it lies in a weekend."""
    while IS_WEEKEND[day]:
        day -= 1
    return day


def years_later(day: int, years: int) -> int:
    """The same date some years later; 29 February becomes the 28th."""
    of = _DATES[day]
    if (of.month, of.day) == (2, 29):
        of = of.replace(day=28)
    return number(of.replace(year=of.year + years))
