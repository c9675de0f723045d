"""The five ways companies cut their years: months, weeks, iso, broadcast and table.

An engine knows where each fiscal year starts and how it is cut; published exceptions move an end.
"""

from abc import ABC, abstractmethod
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from typing import Literal

import msgspec

from cockpit.base.problems import Problem, UsageError
from cockpit.fiscal.shape import ONE_DAY, ONE_WEEK, WeekRule, YearShape, make_shape

YearName = Literal["start", "end"]
Pick = Literal["last", "nearest"]

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""The calendar years that fiscal calendars reach; a date outside of them is a typing mistake."""


def month_day(year: int, month: int, day: int) -> date:
    """The day of a month, counted on past December; its last day where the month is shorter."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, min(day, monthrange(year, month)[1]))


def _last_weekday(year: int, month: int, weekday: int) -> date:
    """The last such weekday of a month, counted on past December."""
    last = month_day(year, month, 31)
    return last - timedelta(days=(last.weekday() - weekday) % 7)


class Engine(ABC):
    """The fiscal years of one system.

    Args:
        overrides: the last day of the years that ended differently from the rule.
    """

    def __init__(self, overrides: Mapping[int, date] | None = None) -> None:
        self.overrides = dict(overrides or {})
        self._years: dict[int, YearShape] = {}

    @abstractmethod
    def rule_start(self, fy: int) -> date:
        """The first day of a fiscal year as the rule has it."""

    @abstractmethod
    def shape(self, fy: int, start: date, end: date) -> YearShape:
        """How the year between these days is cut."""

    def start(self, fy: int) -> date:
        """The first day of a fiscal year."""
        before = self.overrides.get(fy - 1)
        return before + ONE_DAY if before is not None else self.rule_start(fy)

    def year(self, fy: int) -> YearShape:
        """A fiscal year by its name.

        Raises:
            UsageError: it lies outside of what the calendar reaches.
        """
        known = self._years.get(fy)
        if known is None:
            if not FIRST_YEAR - 1 <= fy <= LAST_YEAR + 1:
                raise UsageError(
                    f"fiscal year {fy} is out of reach: calendars run from {FIRST_YEAR} to {LAST_YEAR}"
                )
            known = self.shape(fy, self.start(fy), self.start(fy + 1) - ONE_DAY)
            self._years[fy] = known
        return known

    @property
    def periods_are_months(self) -> bool:
        """Whether every period is a calendar month."""
        return False

    @property
    def reach(self) -> tuple[date, date]:
        """The first and the last day that it knows the fiscal year of."""
        return date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)

    def some_year(self) -> YearShape:
        """A year that the calendar reaches, for asking what its years look like."""
        return self.year(2026)

    def year_called(self, name: str) -> int | None:
        """The year that the file itself gives that name, in any case; None where it names none."""
        return None

    def year_at(self, day: date) -> YearShape:
        """The fiscal year that a day is in.

        Raises:
            UsageError: the calendar does not reach the day.
        """
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise UsageError(f"{day} is out of reach: calendars run from {FIRST_YEAR} to {LAST_YEAR}")
        fy = day.year
        while self.start(fy) > day:
            fy -= 1
        while self.start(fy + 1) <= day:
            fy += 1
        return self.year(fy)


class MonthsEngine(Engine):
    """Periods are months counted from a month and day; quarters are three of them."""

    def __init__(
        self,
        start_month: int,
        start_day: int,
        year_name: YearName,
        weeks: WeekRule,
        quarters: Sequence[int] = (3, 3, 3, 3),
        overrides: Mapping[int, date] | None = None,
    ) -> None:
        super().__init__(overrides)
        self.start_month = start_month
        self.start_day = start_day
        self.weeks = weeks
        self.quarters = tuple(quarters)
        one_calendar_year = start_month == 1 and start_day == 1
        self._offset = 0 if year_name == "start" or one_calendar_year else -1

    @property
    def periods_are_months(self) -> bool:
        """Whether periods begin with the first of a month."""
        return self.start_day == 1

    def rule_start(self, fy: int) -> date:
        """The start month and day, of the year before where years are named by their end."""
        return month_day(fy + self._offset, self.start_month, self.start_day)

    def shape(self, fy: int, start: date, end: date) -> YearShape:
        """Twelve months; an override shortens or lengthens the last one, or leaves months out."""
        first_year = fy + self._offset
        regular = [
            month_day(first_year, self.start_month + position, self.start_day) for position in range(12)
        ]
        starts = (start, *(first for first in regular if first > start and first != regular[0]))
        return make_shape(fy, start, end, starts, self.quarters, self.weeks)


class WeekCut(msgspec.Struct, frozen=True):
    """How a year of 52 or 53 weeks is cut.

    Attributes:
        periods: weeks of each period, 52 together; empty for none.
        quarters: periods of each quarter; empty for none.
        leap_week: the period, from 1, that the 53rd week makes longer.
    """

    periods: tuple[int, ...] = ()
    quarters: tuple[int, ...] = ()
    leap_week: int = 1

    def shape(self, fy: int, start: date, end: date, name: str | None = None) -> YearShape:
        """The year between two days, which are whole weeks apart."""
        whole_weeks = ((end - start).days + 1) // 7
        lengths = list(self.periods)
        leap = whole_weeks == 53 and bool(lengths)
        if leap:
            lengths[self.leap_week - 1] += 1
        starts = (
            tuple(start + ONE_WEEK * weeks for weeks in accumulate([0, *lengths[:-1]])) if lengths else ()
        )
        return make_shape(
            fy,
            start,
            end,
            starts,
            self.quarters,
            WeekRule(start.weekday(), "blocks"),
            name=name,
            whole_weeks=whole_weeks,
            leap_period=self.leap_week if leap else None,
        )


class WeeksEngine(Engine):
    """Years of 52 or 53 weeks that end on a weekday, last in or nearest to the end of a month.

    A year is named by its anchor month, not by its last day: Johnson & Johnson's fiscal 2020 ended on
    3 January 2021.
    """

    def __init__(
        self,
        weekday: int,
        month: int,
        pick: Pick,
        cut: WeekCut,
        year_name: YearName,
        overrides: Mapping[int, date] | None = None,
    ) -> None:
        super().__init__(overrides)
        self.weekday = weekday
        self.month = month
        self.pick = pick
        self.cut = cut
        # of a year that ends in December the first month is of the same calendar year
        self._anchor = 0 if year_name == "end" or month == 12 else 1

    def rule_end(self, anchor_year: int) -> date:
        """The last day of the year that ends with the anchor month of a calendar year."""
        last = _last_weekday(anchor_year, self.month, self.weekday)
        if self.pick == "nearest" and month_day(anchor_year, self.month, 31) - last > timedelta(days=3):
            return last + ONE_WEEK
        return last

    def rule_start(self, fy: int) -> date:
        """The day after the year before ended."""
        return self.rule_end(fy - 1 + self._anchor) + ONE_DAY

    def shape(self, fy: int, start: date, end: date) -> YearShape:
        """Periods of whole weeks; in a year of 53 one of them is a week longer."""
        return self.cut.shape(fy, start, end)


class IsoEngine(Engine):
    """ISO 8601 week years: weeks from Monday, week 1 holds 4 January."""

    def __init__(self, cut: WeekCut, overrides: Mapping[int, date] | None = None) -> None:
        super().__init__(overrides)
        self.cut = cut

    def rule_start(self, fy: int) -> date:
        """The Monday of the week that holds 4 January."""
        fourth = date(fy, 1, 4)
        return fourth - timedelta(days=fourth.weekday())

    def shape(self, fy: int, start: date, end: date) -> YearShape:
        """Weeks; periods and quarters only where the file gives them."""
        return self.cut.shape(fy, start, end)


class BroadcastEngine(Engine):
    """Broadcast years: weeks from Monday, each month ends on its last Sunday."""

    def __init__(
        self,
        start_month: int,
        year_name: YearName,
        quarters: Sequence[int] = (3, 3, 3, 3),
        overrides: Mapping[int, date] | None = None,
    ) -> None:
        super().__init__(overrides)
        self.start_month = start_month
        self.quarters = tuple(quarters)
        self._offset = 0 if year_name == "start" or start_month == 1 else -1

    def _month_start(self, year: int, month: int) -> date:
        return _last_weekday(year, month - 1, 6) + ONE_DAY

    def rule_start(self, fy: int) -> date:
        """The Monday after the last Sunday of the month before the first one."""
        return self._month_start(fy + self._offset, self.start_month)

    def shape(self, fy: int, start: date, end: date) -> YearShape:
        """Twelve months of four or five weeks."""
        first_year = fy + self._offset
        later = (self._month_start(first_year, self.start_month + position) for position in range(1, 12))
        starts = (start, *(first for first in later if first > start))
        weeks = ((end - start).days + 1) // 7
        return make_shape(fy, start, end, starts, self.quarters, WeekRule(0, "blocks"), whole_weeks=weeks)


class TableYear(msgspec.Struct, frozen=True):
    """One published year.

    Attributes:
        fy: the year that names it.
        name: its label.
        start: its first day.
        end: its last day, included.
        by_weeks: whether it is made of weeks; if not, of months counted from its first day.
        periods: the weeks of each period, or the first day of each; empty for what `by_weeks` has.
    """

    fy: int
    name: str
    start: date
    end: date
    by_weeks: bool
    periods: tuple[int, ...] | tuple[date, ...] = ()


class TableEngine(Engine):
    """Years that are listed, without gaps: transition years and what no rule describes."""

    def __init__(self, years: Sequence[TableYear], cut: WeekCut, weeks: WeekRule) -> None:
        super().__init__()
        self.table = {year.fy: year for year in years}
        self.first, self.last = years[0], years[-1]
        self.cut = cut
        self.weeks = weeks

    def rule_start(self, fy: int) -> date:
        """The first day that the table gives."""
        if fy in self.table:
            return self.table[fy].start
        if fy - 1 in self.table:
            return self.table[fy - 1].end + ONE_DAY
        raise self._lacks(str(fy), self.first.name, self.last.name)

    @property
    def periods_are_months(self) -> bool:
        """Whether every listed year is made of months."""
        return not any(year.by_weeks or year.periods or year.start.day != 1 for year in self.table.values())

    @property
    def reach(self) -> tuple[date, date]:
        """The first day of the first listed year and the last day of the last one."""
        return self.first.start, self.last.end

    def some_year(self) -> YearShape:
        """The first listed year."""
        return self.year(self.first.fy)

    def year_called(self, name: str) -> int | None:
        """The listed year of that label."""
        wanted = name.casefold()
        return next((year.fy for year in self.table.values() if year.name.casefold() == wanted), None)

    def year_at(self, day: date) -> YearShape:
        """The listed year that a day is in."""
        for year in self.table.values():
            if year.start <= day <= year.end:
                return self.year(year.fy)
        raise self._lacks(str(day), str(self.first.start), str(self.last.end))

    @staticmethod
    def _lacks(what: str, first: str, last: str) -> UsageError:
        hint = f"it runs from {first} to {last}"
        return UsageError(Problem(f"the table of fiscal years has no {what}", hint=hint))

    def shape(self, fy: int, start: date, end: date) -> YearShape:
        """As the table lists it."""
        year = self.table.get(fy)
        if year is None:
            raise self._lacks(str(fy), self.first.name, self.last.name)
        quarters = self.cut.quarters
        if year.periods and isinstance(year.periods[0], date):
            starts = tuple(first for first in year.periods if isinstance(first, date))
            whole = ((end - start).days + 1) // 7 if year.by_weeks else None
            rule = WeekRule(start.weekday(), "blocks") if year.by_weeks else self.weeks
            return make_shape(fy, start, end, starts, quarters, rule, name=year.name, whole_weeks=whole)
        if year.by_weeks:
            own = tuple(weeks for weeks in year.periods if isinstance(weeks, int))
            if own:
                return WeekCut(own, quarters, len(own)).shape(fy, start, end, year.name)
            return self.cut.shape(fy, start, end, year.name)
        months = (month_day(start.year, start.month + position, start.day) for position in range(24))
        return make_shape(
            fy,
            start,
            end,
            tuple(first for first in months if first <= end),
            quarters or (3, 3, 3, 3),
            self.weeks,
            name=year.name,
        )
