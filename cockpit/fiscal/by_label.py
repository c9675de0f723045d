"""Units by their labels: the canonical ones and the calendar's own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cockpit.base.clean import clean
from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal.labels import century, pattern
from cockpit.fiscal.unit import UNIT_KINDS, Unit, UnitKind

if TYPE_CHECKING:
    from cockpit.fiscal.calendar import FiscalCalendar

_CANONICAL = re.compile(
    r"FY(?P<year>\d{4}|\d\d)"
    r"(?:-(?:H(?P<half>\d)|P(?P<period>\d\d?)|W(?P<week>\d\d?)|Q(?P<quarter>\d)(?:-W(?P<inner>\d\d?))?))?",
    re.IGNORECASE,
)


def unit_named(calendar: FiscalCalendar, text: str) -> Unit:
    """The unit of a label.

    Raises:
        UsageError: it is no label, or the calendar has no such unit; with the nearest label or its units.
    """
    text = text.strip()
    listed = calendar.engine.year_called(text)
    if listed is not None:
        return calendar.unit_of("year", listed)
    canonical = _CANONICAL.fullmatch(text)
    if canonical is not None:
        return _canonical_unit(calendar, canonical)
    for kind in UNIT_KINDS:
        if kind in calendar.kinds:
            found = _own_unit(calendar, kind, text)
            if found is not None:
                return found
    today = calendar.coordinates(calendar.today())
    examples = [label for label in (f"FY{today.fy % 100:02}", *today.labels.values()) if label]
    hint = did_you_mean(text, examples) or f"such as {', '.join(dict.fromkeys(examples))}"
    raise UsageError(Problem(f"{clean(text)!r} is no label of the calendar {calendar.id}", hint=hint))


def _canonical_unit(calendar: FiscalCalendar, found: re.Match[str]) -> Unit:
    year = int(found["year"])
    fy = century(year) if len(found["year"]) == 2 else year
    if found["inner"] is not None:
        return calendar.quarter_week(fy, int(found["quarter"]), int(found["inner"]))
    for kind in UNIT_KINDS[1:]:
        if found[kind] is not None:
            return calendar.unit_of(kind, fy, int(found[kind]))
    return calendar.unit_of("year", fy)


def _own_unit(calendar: FiscalCalendar, kind: UnitKind, text: str) -> Unit | None:
    """The unit of that kind whose own label is the text."""
    template = calendar.naming.templates[kind]
    found = pattern(template).fullmatch(text)
    if found is None:
        return None
    numbers = found.groupdict()
    year = numbers.get("yyyy")
    fy = int(year) if year is not None else century(int(numbers["yy"]))
    if kind == "year":
        return calendar.unit_of("year", fy)
    letters: dict[UnitKind, tuple[str, ...]] = {
        "half": ("h",),
        "quarter": ("q",),
        "period": ("p", "pp"),
        "week": ("w", "ww"),
    }
    number = next(int(numbers[letter]) for letter in letters[kind] if numbers.get(letter))
    quarter = numbers.get("q")
    if kind == "week" and quarter is not None and calendar.naming.week_in == "quarter":
        return calendar.quarter_week(fy, int(quarter), number)
    unit = calendar.unit_of(kind, fy, number)
    return unit if unit.own_label.casefold() == text.casefold() else None
