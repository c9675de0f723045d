"""Periods as people name them: labels, `this-quarter`, `qtd`, `2026-01-01..2026-03-31`."""

from dataclasses import dataclass
from datetime import date

from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.unit import Unit


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of days.

    Attributes:
        label: what it is called.
        start: its first day, or None without a bound.
        end: its last day, included, or None without a bound.
        unit: the fiscal unit that it is (or, of `qtd` and `ytd`, begins with), or None.
    """

    label: str
    start: date | None
    end: date | None
    unit: Unit | None = None

    def through(self, as_of: date) -> date | None:
        """Its last day as far as the as-of date; None without a bound."""
        return None if self.end is None else min(self.end, as_of)

    def finished(self, as_of: date) -> bool:
        """Whether all of it lies on or before the as-of date."""
        return self.end is not None and self.end <= as_of

    def contains(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def resolve_period(calendar: FiscalCalendar, text: str, as_of: date) -> Span:
    """The days that a period's name stands for at an as-of date."""
    raise NotImplementedError
