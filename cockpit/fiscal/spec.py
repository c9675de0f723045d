"""What a calendar file may say about the fiscal year, exactly as people write it.

Every key is optional here, because a file that extends another states only what differs; what must be
there is checked once the files are laid over each other.
"""

from datetime import date
from typing import Any

import msgspec


class Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of a calendar file."""


class CalendarSpec(Part, frozen=True, kw_only=True):
    """`[calendar]`: who it is, where it is, when work is done."""

    id: str | None = None
    title: str | None = None
    timezone: str | None = None
    at: str | None = None
    roll: str | None = None
    workweek: list[str] | None = None
    holidays: list[str] | None = None
    domain: str | None = None
    extends: str | None = None


class YearEndSpec(Part, frozen=True, kw_only=True):
    """`year_end` of week systems: the weekday, last in or nearest to the end of a month."""

    weekday: str
    month: int
    pick: str = "last"


class LabelSpec(Part, frozen=True, kw_only=True):
    """`label`: templates of the calendar's own labels."""

    year: str | None = None
    half: str | None = None
    quarter: str | None = None
    period: str | None = None
    week: str | None = None


class WeeksSpec(Part, frozen=True, kw_only=True):
    """`weeks`: how weeks are numbered in a year that is not made of weeks."""

    number_in: str = "year"
    start: str = "mon"
    first: str = "partial"


class CompareSpec(Part, frozen=True, kw_only=True):
    """`compare`: what the 53rd week is compared with."""

    leap: str = "drop-last"


class TableYearSpec(Part, frozen=True, kw_only=True):
    """`[[fiscal.year]]`: one published year."""

    label: str
    start: date
    weeks: int | None = None
    end: date | None = None
    periods: list[int | date] | None = None


class OverrideSpec(Part, frozen=True, kw_only=True):
    """`[[fiscal.override]]`: a published exception to where a year ends."""

    year: int
    end: date


class FiscalSpec(Part, frozen=True, kw_only=True):
    """`[fiscal]`: which engine, and what fixes it."""

    system: str | None = None
    start_month: int | None = None
    start_day: int | None = None
    year_end: YearEndSpec | None = None
    periods: list[int] | None = None
    quarters: list[int] | None = None
    leap_week: int | None = None
    year_name: str | None = None
    label: LabelSpec | None = None
    weeks: WeeksSpec | None = None
    compare: CompareSpec | None = None
    year: list[TableYearSpec] | None = None
    override: list[OverrideSpec] | None = None


class HolidaySourceSpec(Part, frozen=True, kw_only=True):
    """`from`: which list the freeze command asks the library for; nothing else reads it."""

    library: str | None = None
    version: str | None = None
    country: str | None = None
    subdivision: str | None = None
    categories: list[str] | None = None


class HolidaySpec(Part, frozen=True, kw_only=True):
    """One day off."""

    date: date
    name: str


class HolidaySetSpec(Part, frozen=True, kw_only=True):
    """`[[holiday_set]]`: a frozen list with what this calendar drops from and adds to it.

    What is dropped is a name or a date.
    """

    name: str
    from_: HolidaySourceSpec | None = msgspec.field(default=None, name="from")
    add: list[HolidaySpec] | None = None
    drop: list[Any] | None = None
    file: str | None = None


class FrozenListSpec(Part, frozen=True, kw_only=True):
    """A whole frozen holiday file."""

    schema: int
    name: str
    years: list[int]
    holiday: list[HolidaySpec]
    from_: HolidaySourceSpec | None = msgspec.field(default=None, name="from")
