"""Reading the labels of fiscal units as people and keys write them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cockpit.base.problems import Problem, UsageError, did_you_mean
from cockpit.fiscal.labels import century, pattern
from cockpit.fiscal.unit import UNIT_KINDS, Unit, UnitKind

if TYPE_CHECKING:
    from cockpit.fiscal.calendar import FiscalCalendar

_CANONICAL = re.compile(
    r"FY(?P<fy>\d{4}|\d\d)(?:-(?:H(?P<half>\d)|P(?P<period>\d\d?)|W(?P<week>\d\d?)"
    r"|Q(?P<quarter>\d)(?:-W(?P<quarter_week>\d\d?))?))?",
    re.IGNORECASE,
)


def unit_named(calendar: FiscalCalendar, text: str) -> Unit:
    """The unit of a label, canonical or the calendar's own.

    Raises:
        UsageError: it is no label, or the calendar has no such unit.
    """
    found = _CANONICAL.fullmatch(text.strip())
    own = _own(calendar, text.strip())
    if own is not None and (found is None or own.own_label == own.label):
        return own
    if found is None:
        raise _unknown(calendar, text)
    fy = _year(found["fy"])
    if found["quarter_week"] is not None:
        return calendar.quarter_week(fy, int(found["quarter"]), int(found["quarter_week"]))
    kinds: tuple[UnitKind, ...] = ("half", "quarter", "period", "week")
    for kind in kinds:
        if found[kind] is not None:
            return calendar.unit_of(kind, fy, int(found[kind]))
    return calendar.unit_of("year", fy)


def _year(text: str) -> int:
    return century(int(text)) if len(text) == 2 else int(text)


def _own(calendar: FiscalCalendar, text: str) -> Unit | None:
    """The unit that the calendar's own templates call so, or None."""
    naming = calendar.naming
    for fy, name in calendar.engine.names().items():
        if name.casefold() == text.casefold():
            return calendar.unit_of("year", fy)
    for kind in UNIT_KINDS:
        found = pattern(naming.templates[kind]).fullmatch(text)
        if found is None:
            continue
        fields = found.groupdict()
        fy = _year(fields.get("yyyy") or fields.get("yy") or "0")
        week = fields.get("ww") or fields.get("w")
        if kind == "week" and week is not None and naming.week_in == "quarter" and fields.get("q"):
            return calendar.quarter_week(fy, int(fields["q"]), int(week))
        number = {
            "year": fields.get("yyyy") or fields.get("yy"),
            "half": fields.get("h"),
            "quarter": fields.get("q"),
            "period": fields.get("pp") or fields.get("p"),
            "week": week,
        }[kind]
        return calendar.unit_of(kind, fy, int(number or 0))
    return None


def _unknown(calendar: FiscalCalendar, text: str) -> UsageError:
    day = calendar.today()
    known: list[str] = []
    try:
        for kind in calendar.kinds:
            unit = calendar.unit(kind, day)
            if unit is not None:
                known += [unit.label, unit.own_label]
    except UsageError:  # a table that does not reach today
        known = []
    examples = ", ".join(dict.fromkeys(known))
    hint = did_you_mean(text, known) or (f"for example {examples}" if known else None)
    return UsageError(Problem(f"{text!r} is no unit of the calendar {calendar.id}", hint=hint))
