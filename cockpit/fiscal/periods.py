"""Periods as people name them: labels, `this-quarter`, `qtd`, `2026-01-01..2026-03-31`."""

import re
from datetime import date

import msgspec

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal.calendar import FiscalCalendar
from cockpit.fiscal.unit import UNIT_KINDS, Unit, UnitKind

_WORDS = tuple(f"{which}-{kind}" for which in ("this", "last") for kind in UNIT_KINDS)
TO_DATE: dict[str, UnitKind] = {"qtd": "quarter", "ytd": "year"}
"""Words for a unit from its start to the as-of date."""
_RANGE = re.compile(r"(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)")


class Span(msgspec.Struct, frozen=True):
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
    """The days that a period's name stands for.

    Args:
        calendar: whose units are meant.
        text: a label (canonical or the calendar's own), `this-` or `last-` and a unit, `qtd`, `ytd`, `all`,
            or two days with `..` between them, both included.
        as_of: the day that the words are relative to.

    Raises:
        UsageError: it is none of these, or the calendar lacks the unit; with the units it has.
    """
    text = text.strip()
    word = text.casefold()
    if word == "all":
        return Span("all", None, None)
    if word in TO_DATE:
        unit = calendar.require_unit(TO_DATE[word], as_of)
        return Span(word, unit.start, as_of, unit)
    if word in _WORDS:
        which, _, kind = word.partition("-")
        unit = calendar.require_unit(_kind(kind), as_of)
        return Span.of(unit if which == "this" else calendar.shift(unit, -1))
    days = _RANGE.fullmatch(text)
    if days is not None:
        return _range(text, days[1], days[2])
    try:
        return Span.of(calendar.unit_named(text))
    except UsageError as error:
        known = did_you_mean(text, (*_WORDS, *TO_DATE, "all"))
        if known is None or re.match(r"fy\d", word):
            raise
        raise UsageError(Problem(f"no period {clean(text)!r}", hint=known)) from error


def _kind(word: str) -> UnitKind:
    return next(kind for kind in UNIT_KINDS if kind == word)


def _range(text: str, first: str, last: str) -> Span:
    try:
        start, end = date.fromisoformat(first), date.fromisoformat(last)
    except ValueError as error:
        raise UsageError(
            Problem(f"{clean(text)!r} has a day that there is not", hint="YYYY-MM-DD")
        ) from error
    if end < start:
        raise UsageError(Problem(f"{clean(text)!r} ends before it starts", hint=f"write {last}..{first}"))
    return Span(text, start, end)
