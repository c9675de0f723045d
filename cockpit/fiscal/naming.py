"""How a calendar names its units and numbers the weeks inside a quarter."""

from datetime import date
from typing import Literal

import msgspec

from cockpit.fiscal.labels import LabelNumbers, can_fill, canonical_label, fill
from cockpit.fiscal.shape import Stretch, WeekRule, YearShape, holding
from cockpit.fiscal.unit import UnitKind

LeapRule = Literal["drop-last", "shift"]


class Naming(msgspec.Struct, frozen=True):
    """How a calendar names and counts.

    Attributes:
        templates: the calendar's own label of each kind of unit.
        weeks: how weeks are numbered inside a quarter.
        week_in: what the week number in the calendar's own label counts in.
        leap: what the 53rd week is compared with.
    """

    templates: dict[UnitKind, str]
    weeks: WeekRule
    week_in: Literal["year", "quarter"] = "year"
    leap: LeapRule = "drop-last"

    def week_rule(self, year: YearShape) -> WeekRule:
        """How weeks are numbered inside the quarters of a year; whole weeks count from its first day."""
        if year.whole_weeks is not None:
            return WeekRule(year.start.weekday(), "blocks")
        return self.weeks

    def week_of_quarter(self, year: YearShape, quarter: Stretch, day: date) -> int:
        """The number of a day's week inside its quarter."""
        return self.week_rule(year).number(quarter.start, day)

    def own_label(self, kind: UnitKind, year: YearShape, day: date) -> str | None:
        """The calendar's own label of the unit that a day is in."""
        known = holding(year.of_kind(kind), day)
        if known is None:
            return None
        if kind == "year" and year.name is not None:
            return year.name
        template, numbers = self.templates[kind], self._numbers(year, day)
        if not can_fill(template, numbers):  # a template with quarters, inherited by a year that has none
            return canonical_label(kind, year.fy, known.number)
        return fill(template, numbers)

    def _numbers(self, year: YearShape, day: date) -> LabelNumbers:
        half, quarter = holding(year.halves, day), holding(year.quarters, day)
        period, week = holding(year.periods, day), holding(year.weeks, day)
        number = week.number if week else None
        if self.week_in == "quarter" and quarter is not None:
            number = self.week_of_quarter(year, quarter, day)
        return LabelNumbers(
            year.fy,
            half.number if half else None,
            quarter.number if quarter else None,
            period.number if period else None,
            number,
        )
