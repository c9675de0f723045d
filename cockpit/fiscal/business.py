"""Business days: which days are worked, and counting, adding and rolling over the others.

All arithmetic is on sorted lists of the business days of a calendar year, made when first needed.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Literal, get_args

from cockpit.base.problems import UsageError

Roll = Literal["none", "following", "preceding", "modified-following", "modified-preceding", "nearest"]

ROLLS: tuple[Roll, ...] = get_args(Roll)
"""What can be done with a date that is not a business day (the names are those of QuantLib)."""

ONE_DAY = timedelta(days=1)
MAX_STEPS = 20_000
"""Most business days that a date is moved by; more is a mistake, and would walk out of the calendar."""


class BusinessDays:
    """The business days of a calendar: a working week less the holidays.

    Args:
        workweek: the weekdays that are worked, Monday is 0; at least one.
        holidays: the name of each day off.
        years: first and last calendar year that the holiday lists cover, or None where no list has an
            end. Outside of them only the working week is known.
    """

    def __init__(
        self,
        workweek: frozenset[int] = frozenset(range(5)),
        holidays: Mapping[date, str] | None = None,
        years: tuple[int, int] | None = None,
    ) -> None:
        if not workweek:
            raise ValueError("a working week has at least one day")
        self.workweek = workweek
        self.holidays = dict(holidays or {})
        self.years = years
        self._ordinals: dict[int, list[int]] = {}

    def covers(self, day: date) -> bool:
        """Whether the holiday lists cover the year of that day."""
        return self.years is None or self.years[0] <= day.year <= self.years[1]

    def holiday_name(self, day: date) -> str | None:
        """The name of the holiday on that day, or None."""
        return self.holidays.get(day)

    def is_business_day(self, day: date) -> bool:
        """Whether the day is worked."""
        return day.weekday() in self.workweek and day not in self.holidays

    def next(self, day: date) -> date:
        """The first business day strictly after the day."""
        return self.add(day, 1) if self.is_business_day(day) else self.roll(day, "following")

    def previous(self, day: date) -> date:
        """The last business day strictly before the day."""
        return self.add(day, -1) if self.is_business_day(day) else self.roll(day, "preceding")

    def roll(self, day: date, how: Roll, first: date | None = None, last: date | None = None) -> date:
        """The business day that a date falls on.

        Args:
            day: the date as the rule gives it.
            how: where to go from a day that is not worked. The "modified" ways turn round rather than
                leave `first` to `last`; nearest goes forward from the middle.
            first: first day of the rule's own fiscal unit; the calendar month's when left out.
            last: last day of it.
        """
        if how == "none" or self.is_business_day(day):
            return day
        if how == "following":
            return self._from_ordinal(self._at_or_after(day))
        if how == "preceding":
            return self._from_ordinal(self._at_or_before(day))
        after = self._from_ordinal(self._at_or_after(day))
        before = self._from_ordinal(self._at_or_before(day))
        if how == "nearest":
            return before if day - before < after - day else after
        if how == "modified-following":
            leaves = after > last if last is not None else after.month != day.month
            return before if leaves else after
        if how == "modified-preceding":
            leaves = before < first if first is not None else before.month != day.month
            return after if leaves else before
        raise UsageError(f"unknown roll {how!r}")

    def add(self, day: date, count: int) -> date:
        """The business day `count` business days after the day (before it when negative).

        A day that is not worked counts from the business day it rolls to: the following one when
        adding, the preceding one when subtracting (as numpy and polars do).

        Raises:
            UsageError: more than `MAX_STEPS` days, or out of the years that dates have.
        """
        if abs(count) > MAX_STEPS:
            raise UsageError(f"more than {MAX_STEPS:,} business days: {count:,}")
        start = self._at_or_after(day) if count >= 0 else self._at_or_before(day)
        year = date.fromordinal(start).year
        position = bisect_left(self._year(year), start) + count
        while position < 0:
            year -= 1
            position += len(self._year(year))
        while position >= len(self._year(year)):
            position -= len(self._year(year))
            year += 1
        return self._from_ordinal(self._year(year)[position])

    def count(self, first: date, last: date) -> int:
        """How many business days lie between two days, both included; 0 when `last` is earlier."""
        if last < first:
            return 0
        if first.year == last.year:
            days = self._year(first.year)
            return bisect_right(days, last.toordinal()) - bisect_left(days, first.toordinal())
        middle = sum(len(self._year(year)) for year in range(first.year + 1, last.year))
        opening, closing = self._year(first.year), self._year(last.year)
        return (
            len(opening)
            - bisect_left(opening, first.toordinal())
            + middle
            + bisect_right(closing, last.toordinal())
        )

    def _year(self, year: int) -> list[int]:
        """The ordinals of the business days of a calendar year."""
        days = self._ordinals.get(year)
        if days is None:
            if not 1 <= year <= 9999:
                raise UsageError("that is out of the years a date can have (1 to 9999)")
            first, last = date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal()
            off = {day.toordinal() for day in self.holidays if day.year == year}
            # the ordinal 1 was a Monday
            days = [
                ordinal
                for ordinal in range(first, last + 1)
                if (ordinal - 1) % 7 in self.workweek and ordinal not in off
            ]
            self._ordinals[year] = days
        return days

    def _at_or_after(self, day: date) -> int:
        year, ordinal = day.year, day.toordinal()
        while True:
            days = self._year(year)
            position = bisect_left(days, ordinal)
            if position < len(days):
                return days[position]
            year += 1

    def _at_or_before(self, day: date) -> int:
        year, ordinal = day.year, day.toordinal()
        while True:
            days = self._year(year)
            position = bisect_right(days, ordinal)
            if position:
                return days[position - 1]
            year -= 1

    @staticmethod
    def _from_ordinal(ordinal: int) -> date:
        return date.fromordinal(ordinal)
