"""The day table: the fiscal coordinates of days, one by one or as columns."""

from datetime import date, timedelta
from typing import Any

from cockpit.fiscal.business import BusinessDays
from cockpit.fiscal.engines import Engine
from cockpit.fiscal.labels import canonical_label
from cockpit.fiscal.naming import Naming
from cockpit.fiscal.shape import Stretch, YearShape, holding
from cockpit.fiscal.unit import UNIT_KINDS, Coordinates, UnitKind

ONE_DAY = timedelta(days=1)


def day_coordinates(year: YearShape, naming: Naming, business: BusinessDays, day: date) -> Coordinates:
    """Where a day is in its fiscal year."""
    half, quarter = holding(year.halves, day), holding(year.quarters, day)
    period, week = holding(year.periods, day), holding(year.weeks, day)
    labels: dict[UnitKind, str | None] = {kind: naming.own_label(kind, year, day) for kind in UNIT_KINDS}
    return Coordinates(
        date=day,
        fy=year.fy,
        half=_number(half),
        quarter=_number(quarter),
        period=_number(period),
        week=_number(week),
        week_of_quarter=naming.week_of_quarter(year, quarter, day) if quarter else None,
        day_of_quarter=(day - quarter.start).days + 1 if quarter else None,
        day_of_year=(day - year.start).days + 1,
        weeks_in_year=year.whole_weeks,
        days_left_in_quarter=(quarter.end - day).days if quarter else None,
        is_business_day=business.is_business_day(day) if business.covers(day) else None,
        business_day_of_period=_worked_so_far(business, period, day),
        business_day_of_quarter=_worked_so_far(business, quarter, day),
        business_days_left_in_quarter=_worked_after(business, quarter, day),
        labels=labels,
        year_start=year.start,
        year_end=year.end,
        quarter_start=quarter.start if quarter else None,
        quarter_end=quarter.end if quarter else None,
        period_start=period.start if period else None,
        period_end=period.end if period else None,
    )


def _worked_so_far(business: BusinessDays, stretch: Stretch | None, day: date) -> int | None:
    """Business days from the start of a stretch to a day in it; None where the lists do not cover them."""
    if stretch is None or not business.covers(stretch.start) or not business.covers(day):
        return None
    return business.count(stretch.start, day)


def _worked_after(business: BusinessDays, stretch: Stretch | None, day: date) -> int | None:
    """Business days of a stretch after a day in it; None where the lists do not cover them."""
    if stretch is None or not business.covers(day) or not business.covers(stretch.end):
        return None
    return business.count(day + ONE_DAY, stretch.end)


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


def day_columns(
    engine: Engine, naming: Naming, business: BusinessDays, first: date, last: date
) -> dict[str, list[Any]]:
    """The day table of some days, both ends included; one pass a year, no look-up a day."""
    columns: dict[str, list[Any]] = {name: [] for name in COLUMNS}
    day = first
    while day <= last:
        year = engine.year_at(day)
        end = min(year.end, last)
        _append_days(year, naming, business, day, end, columns)
        day = end + ONE_DAY
    return columns


def _append_days(
    year: YearShape,
    naming: Naming,
    business: BusinessDays,
    first: date,
    last: date,
    columns: dict[str, list[Any]],
) -> None:
    """Append the days of one fiscal year; every column gets one value a day."""
    year_label = canonical_label("year", year.fy, year.fy)
    halves, quarters = _Cursor("half", year, year.halves), _Cursor("quarter", year, year.quarters)
    periods, weeks = _Cursor("period", year, year.periods), _Cursor("week", year, year.weeks)
    day = first
    while day <= last:
        for cursor in (halves, quarters, periods, weeks):
            cursor.move(day)
        quarter, period = quarters.current, periods.current
        row = (
            day,
            year_label,
            halves.label,
            quarters.label,
            periods.label,
            weeks.label,
            (day - year.start).days + 1,
            (day - quarter.start).days + 1 if quarter else None,
            naming.week_of_quarter(year, quarter, day) if quarter else None,
            (quarter.end - day).days if quarter else None,
            business.is_business_day(day) if business.covers(day) else None,
            _worked_so_far(business, period, day),
            _worked_so_far(business, quarter, day),
            _worked_after(business, quarter, day),
        )
        for name, value in zip(COLUMNS, row, strict=True):
            columns[name].append(value)
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
            self.label = (
                canonical_label(self.kind, self.year.fy, self.current.number) if self.current else None
            )
