"""When a part of a metric is taken: a day and a period, and the steps that lead from one moment to another.

A step is a word of a metric's definition:

* `trailing-4-quarters`: the unit that the day is in, up to the day, and the three units before it.
* `quarter-to-date`: the unit that the day is in, up to the day.
* `-1 quarter`: so many units earlier (`+1` later), at the day that corresponds to the day asked: the same
  business day of an unfinished period, the end of a finished one. `-1 period asked` takes the unit asked.
* `-1 quarter whole`: the same without cutting it.
* `start`: the period as it stood on the day before its first one.
* `week-3`: the period as it stood before its third week began.

Sums over dates are counted from the records as they are at the day asked, with dates cut at the moment's own
day; a state (a metric without a date) is the state of the moment's own day. A cohort and what moved take two
states: of an earlier period those before it began and on its corresponding day; of a period as it stood on a
day, that day's and the one asked.
"""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, get_args

from cockpit.base.problems import CockpitError
from cockpit.fiscal.compare import Align, partner
from cockpit.fiscal.periods import Span
from cockpit.fiscal.unit import Unit, UnitKind

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

Steps = tuple[str, ...]
"""The steps from the moment asked to that of a part, in order; () is the moment asked."""

_KINDS = "|".join(get_args(UnitKind))
_TRAILING: Final = re.compile(rf"trailing-(\d+)-({_KINDS})s?")
_TO_DATE: Final = re.compile(rf"({_KINDS})-to-date")
_OFFSET: Final = re.compile(rf"([+-]\d+) (?:({_KINDS})s?|asked)(?: (whole))?")
_WEEK: Final = re.compile(r"week-(\d+)")
START: Final = "start"
STEP_FORMS: Final = (
    "trailing-4-quarters, quarter-to-date, -1 quarter, -1 asked, -1 quarter whole, start or week-3"
)
_DAY = timedelta(days=1)


class Unreachable(Exception):
    """There is no such moment; the text is the reason to show beside the blank figure."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the period that is looked at from it.

    Attributes:
        day: states are taken on it, and dates after it do not count.
        span: the period of flows.
        moved: whether the day is another one than the day asked.
        seen: where the period is taken as it stood on `day`, the day from which its outcome is seen.
    """

    day: date
    span: Span
    moved: bool = False
    seen: date | None = None

    @property
    def opening(self) -> date | None:
        """The day on which a cohort is fixed, where it is not the day before the period."""
        return None if self.seen is None else self.day

    @property
    def outcome_day(self) -> date:
        """The day from which is seen what became of the deals of the period."""
        return self.day if self.seen is None else self.seen

    @property
    def last(self) -> date:
        """The last day on which a flow counts."""
        return self.span.through(self.day) or self.day


def is_step(text: str) -> bool:
    """Whether a definition may say that."""
    return text == START or any(form.fullmatch(text) for form in (_TRAILING, _TO_DATE, _OFFSET, _WEEK))


def moves_the_day(step: str) -> bool:
    """Whether a state is taken on another day after that step."""
    return step == START or bool(_OFFSET.fullmatch(step) or _WEEK.fullmatch(step))


def unit_to_date(step: str) -> UnitKind | None:
    """The kind of unit over which a step adds up to the day; None for any other step."""
    found = _TO_DATE.fullmatch(step)
    return None if found is None else found[1]  # type: ignore[return-value]


def moment_at(asked: Moment, steps: Steps, calendar: "FiscalCalendar", align: Align = "bd") -> Moment:
    """Where the steps lead from the moment asked.

    Args:
        asked: the moment asked.
        steps: the steps, in order.
        calendar: whose units are counted.
        align: how an unfinished period is set against another.

    Raises:
        Unreachable: the calendar lacks the unit, the period is none of its units, or lies out of reach.
    """
    moment = asked
    for step in steps:
        try:
            moment = _stepped(moment, step, calendar, align)
        except CockpitError as error:
            raise Unreachable(error.problems[0].message) from error
    return moment


def _stepped(moment: Moment, step: str, calendar: "FiscalCalendar", align: Align) -> Moment:
    if found := _TRAILING.fullmatch(step):
        unit = _unit(calendar, found[2], moment.day)
        first = calendar.shift(unit, 1 - int(found[1])).start
        return Moment(moment.day, Span(step, first, moment.day), moment.moved, moment.seen)
    if found := _TO_DATE.fullmatch(step):
        unit = _unit(calendar, found[1], moment.day)
        return Moment(moment.day, Span(step, unit.start, moment.day, unit), moment.moved, moment.seen)
    if found := _OFFSET.fullmatch(step):
        other = _shifted(moment.span, int(found[1]), found[2], calendar)
        if found[3]:
            through = other.end
        else:
            through = partner(calendar, moment.span, moment.day, other, align).through
        day = moment.day if through is None else min(through, moment.day)
        return Moment(day, other, moved=True)
    start = moment.span.start
    if start is None:
        raise Unreachable("needs a period with a first day")
    weeks = int(step.removeprefix("week-")) - 1 if step != START else 0
    day = start + weeks * 7 * _DAY - _DAY
    if day > moment.day:
        raise Unreachable(f"not before {day}")
    return Moment(day, moment.span, moved=True, seen=moment.outcome_day)


def _unit(calendar: "FiscalCalendar", kind: str, day: date) -> Unit:
    unit = calendar.unit(kind, day)  # type: ignore[arg-type]
    if unit is None:
        raise Unreachable(f"needs a calendar with a {kind}")
    return unit


def _shifted(span: Span, count: int, kind: str | None, calendar: "FiscalCalendar") -> Span:
    """The period so many units earlier or later; years keep the number inside the year."""
    unit = span.unit
    if unit is None:
        raise Unreachable("needs a fiscal period")
    if kind is None or kind == unit.kind:
        return Span.of(calendar.shift(unit, count))
    if kind == "year":
        return Span.of(calendar.unit_of(unit.kind, unit.fy + count, unit.number))
    raise Unreachable(f"needs a {kind} as period")
