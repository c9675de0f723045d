"""The day table: the fiscal coordinates of days, one by one or as columns."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from cockpit.fiscal.labels import CANONICAL, LabelNumbers, fill
from cockpit.fiscal.shape import Stretch, YearShape, holding
from cockpit.fiscal.unit import UNIT_KINDS, Coordinates, UnitKind

if TYPE_CHECKING:
    from cockpit.fiscal.calendar import FiscalCalendar

ONE_DAY = timedelta(days=1)


def day_coordinates(calendar: FiscalCalendar, day: date) -> Coordinates:
    """Where a day is in its fiscal year."""
    year = calendar.year(day)
    business = calendar.business
    half, quarter = holding(year.halves, day), holding(year.quarters, day)
    period, week = holding(year.periods, day), holding(year.weeks, day)
    labels: dict[UnitKind, str | None] = {kind: calendar.own_label(kind, year, day) for kind in UNIT_KINDS}

    def worked(first: date, last: date) -> int | None:
        known = last < first or (business.covers(first) and business.covers(last))
        return business.count(first, last) if known else None

    return Coordinates(
        date=day,
        fy=year.fy,
        half=_number(half),
        quarter=_number(quarter),
        period=_number(period),
        week=_number(week),
        week_of_quarter=calendar.week_of_quarter(year, quarter, day) if quarter else None,
        day_of_quarter=(day - quarter.start).days + 1 if quarter else None,
        day_of_year=(day - year.start).days + 1,
        weeks_in_year=year.whole_weeks,
        days_left_in_quarter=(quarter.end - day).days if quarter else None,
        is_business_day=business.is_business_day(day) if business.covers(day) else None,
        business_day_of_period=worked(period.start, day) if period else None,
        business_day_of_quarter=worked(quarter.start, day) if quarter else None,
        business_days_left_in_quarter=worked(day + ONE_DAY, quarter.end) if quarter else None,
        labels=labels,
        year_start=year.start,
        year_end=year.end,
        quarter_start=quarter.start if quarter else None,
        quarter_end=quarter.end if quarter else None,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
    )


def _number(stretch: Stretch | None) -> int | None:
    return stretch.number if stretch is not None else None


COLUMNS = (
    "date",
    "fy",
    "half",
    "quarter",
    "period",
    "week",
    "day_of_year",
    "day_of_quarter",
    "week_of_quarter",
    "days_left_in_quarter",
    "is_business_day",
    "business_day_of_period",
    "business_day_of_quarter",
    "business_days_left_in_quarter",
)
"""The columns of the day table: `fy` is the label of the year, as are the four after it."""


def day_columns(calendar: FiscalCalendar, first: date, last: date) -> dict[str, list[Any]]:
    """The day table of some days, both ends included; one pass a year, no look-up a day."""
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    day = first
    while day <= last:
        year = calendar.year(day)
        end = min(year.end, last)
        _append_days(calendar, year, day, end, columns)
        day = end + ONE_DAY
    return columns


def _append_days(
    calendar: FiscalCalendar, year: YearShape, first: date, last: date, columns: dict[str, list[Any]]
) -> None:
    business = calendar.business
    year_label = _label("year", year, None)
    halves, quarters = _Cursor("half", year, year.halves), _Cursor("quarter", year, year.quarters)
    periods, weeks = _Cursor("period", year, year.periods), _Cursor("week", year, year.weeks)
    # outside of the quarters (a calendar without them) counting starts with the year
    bounds = (quarters, periods)
    day = first
    counted: dict[date, int | None] = {}
    totals: dict[date, int | None] = {}

    def known(start: date, end: date) -> bool:
        return business.covers(start) and business.covers(end)

    while day <= last:
        for cursor in (halves, quarters, periods, weeks):
            cursor.move(day)
        worked = business.is_business_day(day)
        for cursor in bounds:
            current = cursor.current
            if current is None:
                continue
            if current.start not in counted or day == first:
                counted[current.start] = business.count(current.start, day)
                totals[current.start] = business.count(current.start, current.end)
        quarter, period = quarters.current, periods.current
        columns["date"].append(day)
        columns["fy"].append(year_label)
        columns["half"].append(halves.label)
        columns["quarter"].append(quarters.label)
        columns["period"].append(periods.label)
        columns["week"].append(weeks.label)
        columns["day_of_year"].append((day - year.start).days + 1)
        columns["day_of_quarter"].append((day - quarter.start).days + 1 if quarter else None)
        columns["week_of_quarter"].append(calendar.week_of_quarter(year, quarter, day) if quarter else None)
        columns["days_left_in_quarter"].append((quarter.end - day).days if quarter else None)
        columns["is_business_day"].append(worked if business.covers(day) else None)
        columns["business_day_of_period"].append(
            business.count(period.start, day) if period and known(period.start, day) else None
        )
        number = business.count(quarter.start, day) if quarter else 0
        columns["business_day_of_quarter"].append(number if quarter and known(quarter.start, day) else None)
        columns["business_days_left_in_quarter"].append(
            business.count(day + ONE_DAY, quarter.end) if quarter and known(day, quarter.end) else None
        )
        day += ONE_DAY


class _Cursor:
    """The stretch that a rising day is in, with its label made once a stretch."""

    def __init__(self, kind: UnitKind, year: YearShape, stretches: tuple[Stretch, ...]) -> None:
        self.kind = kind
        self.year = year
        self.stretches = stretches
        self.current: Stretch | None = None
        self.label: str | None = None

    def move(self, day: date) -> None:
        if self.stretches and (self.current is None or day > self.current.end):
            self.current = holding(self.stretches, day)
            self.label = _label(self.kind, self.year, self.current)


def _label(kind: UnitKind, year: YearShape, stretch: Stretch | None) -> str | None:
    if kind != "year" and stretch is None:
        return None
    number = stretch.number if stretch else None
    return fill(CANONICAL[kind], LabelNumbers(year.fy, number, number, number, number))
