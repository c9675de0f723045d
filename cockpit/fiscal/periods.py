"""Periods as people name them: labels, `this-quarter`, `qtd`, `2026-01-01..2026-03-31`."""

import re
from dataclasses import dataclass
from datetime import date

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.unit import UNIT_KINDS, Unit, UnitKind

_WORDS = tuple(f"{which}-{kind}" for which in ("this", "last") for kind in UNIT_KINDS)
TO_DATE: dict[str, UnitKind] = {"qtd": "quarter", "ytd": "year"}
"""Words for a unit from its start to the as-of date."""
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


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

    @classmethod
    def of(cls, unit: Unit) -> "Span":
        """A whole unit."""
        return cls(unit.label, unit.start, unit.end, unit)

    def through(self, as_of: date) -> date | None:
        """Its last day as far as the as-of date; None without a bound."""
        return None if self.end is None else min(self.end, as_of)

    def finished(self, as_of: date) -> bool:
        """Whether all of it lies on or before the as-of date; of `qtd` and `ytd`, all of their unit."""
        end = self.unit.end if self.unit is not None else self.end
        return end is not None and end <= as_of

    def contains(self, day: date) -> bool:
        """Whether the day lies in it."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


def resolve_period(calendar: FiscalCalendar, text: str, as_of: date) -> Span:
    """The days that a period's name stands for at an as-of date.

    Args:
        calendar: whose units are meant.
        text: a label (`FY27-Q2`, also one of the calendar's own), `this-` or `last-` with a kind of
            unit, `qtd`, `ytd`, `all`, or `DATE..DATE` with both ends included.
        as_of: what "this" and "to date" mean.

    Raises:
        UsageError: it is none of these, or the calendar has no such unit.
    """
    name = clean(text.strip())
    word = name.casefold()
    if word == "all":
        return Span("all", None, None)
    if word in TO_DATE:
        unit = calendar.require_unit(TO_DATE[word], as_of)
        return Span(word, unit.start, as_of, unit)
    if word in WORDS:
        kind, count = WORDS[word]
        unit = calendar.require_unit(kind, as_of)
        return whole(calendar.shift(unit, count) if count else unit)
    if ".." in name:
        first, last = (_day(part.strip()) for part in name.split("..", 1))
        if last < first:
            raise UsageError(f"{name}: the last day comes before the first")
        return Span(f"{first}..{last}", first, last)
    try:
        return whole(calendar.unit_named(name))
    except UsageError as error:
        hint = did_you_mean(word, [*WORDS, *TO_DATE, "all"])
        if hint is None or "is no unit of" not in error.problems[0].message:
            raise
        raise UsageError(Problem(f"unknown period {name!r}", hint=hint)) from error


def whole(unit: Unit) -> Span:
    """The span of a whole unit."""
    return Span(unit.label, unit.start, unit.end, unit)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(Problem(f"{text!r} is no date", hint="write YYYY-MM-DD")) from error
