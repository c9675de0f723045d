"""The fiscal calendar: which fiscal year, quarter, period and week a day is in."""

from collections.abc import Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any, Self
from zoneinfo import ZoneInfo

from cockpit.base.problems import Problem
from cockpit.fiscal.business import BusinessDays
from cockpit.fiscal.unit import Coordinates, Unit, UnitKind


class FiscalCalendar:
    """A company's fiscal calendar."""

    id: str
    title: str
    zone: ZoneInfo
    at: time
    business: BusinessDays
    file: Path
    warnings: tuple[Problem, ...]

    @classmethod
    def load(cls, path: Path, folders: Sequence[Path] = ()) -> Self:
        """Read a calendar file and those it extends."""
        raise NotImplementedError

    def coordinates(self, day: date) -> Coordinates:
        """Where the day is in its fiscal year."""
        raise NotImplementedError

    def unit(self, kind: UnitKind, day: date) -> Unit | None:
        """The unit of that kind that the day is in; None where the calendar has no such unit."""
        raise NotImplementedError

    def units(self, kind: UnitKind, first: date, last: date) -> list[Unit]:
        """Every unit of that kind that overlaps the days, in order."""
        raise NotImplementedError

    def unit_of(self, kind: UnitKind, fy: int, number: int) -> Unit:
        """The unit of that kind and number in a fiscal year."""
        raise NotImplementedError

    def unit_named(self, text: str) -> Unit:
        """The unit of a canonical label or of one of the calendar's own."""
        raise NotImplementedError

    def shift(self, unit: Unit, count: int) -> Unit:
        """The unit of the same kind, `count` units later."""
        raise NotImplementedError

    def today(self, now: datetime | None = None) -> date:
        """The calendar's day: the date in its own zone."""
        raise NotImplementedError

    def day_columns(self, first: date, last: date) -> dict[str, list[Any]]:
        """The day table as columns."""
        raise NotImplementedError
