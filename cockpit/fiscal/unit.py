"""The units a fiscal calendar is made of, and the coordinates of one day in them."""

import datetime
from typing import Any, Literal

import msgspec

UnitKind = Literal["year", "half", "quarter", "period", "week"]

UNIT_KINDS: tuple[UnitKind, ...] = ("year", "half", "quarter", "period", "week")
"""Every kind of unit, longest first."""


class Unit(msgspec.Struct, frozen=True):
    """One year, half, quarter, period or week of a fiscal calendar.

    Attributes:
        kind: what it is.
        fy: the four-digit year that names its fiscal year.
        number: its number inside the fiscal year, from 1 (0 for the days before the first full week
            where the calendar counts full weeks); of a year the year itself.
        start: its first day.
        end: its last day, included.
        label: the canonical label, `FY27`, `FY27-H1`, `FY27-Q2`, `FY27-P05`, `FY27-W09`; part of keys.
        own_label: the label as the calendar's own templates write it.
        quarter: the number of the quarter it begins in, or None for a year, a half and calendars
            without quarters.
        number_in_quarter: its number inside that quarter, for periods and weeks.
    """

    kind: UnitKind
    fy: int
    number: int
    start: datetime.date
    end: datetime.date
    label: str
    own_label: str
    quarter: int | None = None
    number_in_quarter: int | None = None

    def contains(self, day: datetime.date) -> bool:
        """Whether the day lies in the unit."""
        return self.start <= day <= self.end


class Coordinates(msgspec.Struct, frozen=True):
    """Where a day is in its fiscal year; what the calendar lacks is None.

    Numbers of half, quarter, period and week count inside the year; `week_of_quarter` and the days
    inside the quarter; all ends are the last day, included; what is "left" excludes the day itself.
    `business_day_of_*` on a day off is the number so far. Business-day fields are None where the
    holiday lists do not cover the years they would have to count through.
    """

    date: datetime.date
    fy: int
    half: int | None
    quarter: int | None
    period: int | None
    week: int | None
    week_of_quarter: int | None
    day_of_quarter: int | None
    day_of_year: int
    weeks_in_year: int | None
    days_left_in_quarter: int | None
    is_business_day: bool | None
    business_day_of_period: int | None
    business_day_of_quarter: int | None
    business_days_left_in_quarter: int | None
    labels: dict[UnitKind, str | None]
    year_start: datetime.date
    year_end: datetime.date
    quarter_start: datetime.date | None
    quarter_end: datetime.date | None
    period_start: datetime.date | None
    period_end: datetime.date | None

    def as_json(self) -> dict[str, Any]:
        """One entry of the document that `cockpit fiscal --json` prints."""
        return {
            name: value.isoformat() if isinstance(value, datetime.date) else value
            for name, value in msgspec.structs.asdict(self).items()
        }
