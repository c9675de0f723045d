"""The shape of one fiscal year: where its quarters, periods and weeks begin."""

from bisect import bisect_right
from datetime import date, timedelta
from typing import Literal

import msgspec

from cockpit.fiscal.unit import UnitKind

ONE_DAY = timedelta(days=1)
ONE_WEEK = timedelta(days=7)

FirstWeek = Literal["partial", "full", "blocks"]


class WeekRule(msgspec.Struct, frozen=True):
    """How the weeks of a year or quarter are numbered.

    Attributes:
        start: the weekday on which weeks begin, Monday is 0.
        first: `partial` counts the stub before the first whole week as week 1 (MicroStrategy,
            Salesforce), `full` as week 0, `blocks` counts seven days from the first day.
    """

    start: int = 0
    first: FirstWeek = "partial"

    def starts(self, first: date, last: date) -> tuple[int, tuple[date, ...]]:
        """The number of the first week of a stretch of days, and the first day of each week in it."""
        if self.first == "blocks" or first.weekday() == self.start:
            number, whole = 1, first
            starts: list[date] = []
        else:
            number = 1 if self.first == "partial" else 0
            whole = first + timedelta(days=(self.start - first.weekday()) % 7)
            starts = [first]
        while whole <= last:
            starts.append(whole)
            whole += ONE_WEEK
        return number, tuple(starts)

    def number(self, first: date, day: date) -> int:
        """The number of the week of a day in a stretch of days that begins with `first`."""
        if self.first == "blocks" or first.weekday() == self.start:
            return (day - first).days // 7 + 1
        whole = first + timedelta(days=(self.start - first.weekday()) % 7)
        # floor division makes the stub -1, so that it is the week before the first whole one
        weeks = (day - whole).days // 7 + 1
        return weeks + 1 if self.first == "partial" else weeks


class Stretch(msgspec.Struct, frozen=True):
    """A numbered stretch of days inside a fiscal year."""

    number: int
    start: date
    end: date


class YearShape(msgspec.Struct, frozen=True):
    """One fiscal year.

    Attributes:
        fy: the four-digit year that names it.
        start: its first day.
        end: its last day, included.
        name: the label that a table gives it, or None.
        periods: its periods in order; empty where the calendar has none.
        quarters: its quarters in order; empty where the calendar has none.
        weeks: its weeks in order.
        whole_weeks: how many weeks it has in a system of weeks, else None.
        leap_period: the period that holds the 53rd week in this year, or None.
    """

    fy: int
    start: date
    end: date
    name: str | None
    periods: tuple[Stretch, ...]
    quarters: tuple[Stretch, ...]
    weeks: tuple[Stretch, ...]
    whole_weeks: int | None
    leap_period: int | None = None

    @property
    def halves(self) -> tuple[Stretch, ...]:
        """Its two halves; empty where it has no even number of quarters."""
        count = len(self.quarters)
        if count < 2 or count % 2:
            return ()
        middle = self.quarters[count // 2].start
        return (Stretch(1, self.start, middle - ONE_DAY), Stretch(2, middle, self.end))

    def of_kind(self, kind: UnitKind) -> tuple[Stretch, ...]:
        """Its stretches that are units of a kind; the year itself is the only one of its kind."""
        if kind == "year":
            return (Stretch(self.fy, self.start, self.end),)
        if kind == "half":
            return self.halves
        if kind == "quarter":
            return self.quarters
        return self.periods if kind == "period" else self.weeks


def holding(stretches: tuple[Stretch, ...], day: date) -> Stretch | None:
    """The one of the stretches, in order and without gaps, that the day is in."""
    if not stretches:
        return None
    position = bisect_right(stretches, day, key=lambda stretch: stretch.start)
    return stretches[position - 1] if position else None


def stretches(starts: tuple[date, ...], end: date, first_number: int = 1) -> tuple[Stretch, ...]:
    """Stretches from their first days, each up to the next one, the last one to `end`."""
    ends = [start - ONE_DAY for start in starts[1:]] + [end]
    return tuple(
        Stretch(first_number + position, start, last)
        for position, (start, last) in enumerate(zip(starts, ends, strict=True))
    )


def make_shape(
    fy: int,
    start: date,
    end: date,
    period_starts: tuple[date, ...],
    periods_per_quarter: tuple[int, ...],
    weeks: WeekRule,
    *,
    name: str | None = None,
    whole_weeks: int | None = None,
    leap_period: int | None = None,
) -> YearShape:
    """A year from the first days of its periods.

    Args:
        fy: the year that names it.
        start: its first day.
        end: its last day, included.
        period_starts: the first day of each period; those after `end` are left out.
        periods_per_quarter: how many periods each quarter has; empty for none.
        weeks: how its weeks are numbered.
        name: the label that a table gives it.
        whole_weeks: how many weeks it has, in systems of weeks.
        leap_period: the period with the 53rd week, in years that have one.
    """
    periods = stretches(tuple(first for first in period_starts if first <= end), end) if period_starts else ()
    quarter_starts: list[date] = []
    position = 0
    for count in periods_per_quarter:
        if position < len(periods):
            quarter_starts.append(periods[position].start)
        position += count
    number, week_starts = weeks.starts(start, end)
    return YearShape(
        fy,
        start,
        end,
        name,
        periods,
        stretches(tuple(quarter_starts), end) if quarter_starts else (),
        stretches(week_starts, end, number),
        whole_weeks,
        leap_period,
    )
