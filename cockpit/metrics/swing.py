"""The usual swing of a change from a metric's own history, where no formula knows it.

The changes between like windows of the past (the same part of each quarter, say) are taken as draws from a
distribution around zero; the half-width is the 95 % quantile of Student's t for so many of them times their
root mean square.
"""

from collections.abc import Callable, Sequence
from math import sqrt
from typing import TYPE_CHECKING

from cockpit.base.problems import CockpitError
from cockpit.fiscal.compare import partner
from cockpit.fiscal.periods import Span

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar, Unit
    from cockpit.metrics.query import Query

CHANGES = 8
"""Changes of the past that are looked at, at most."""
FEWEST_CHANGES = 4
"""Fewer of them and nothing is said."""
T_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306)
"""Two-sided 95 % quantiles of Student's t for 1 to 8 degrees of freedom."""


def half_width(changes: Sequence[float]) -> float | None:
    """The half-width of the usual change; None where too few changes are known or none was ever seen."""
    known = list(changes)[:CHANGES]
    if len(known) < FEWEST_CHANGES:
        return None
    spread = sqrt(sum(change * change for change in known) / len(known))
    return T_95[len(known) - 1] * spread or None


def past_windows(calendar: "FiscalCalendar", query: "Query") -> tuple[list[Span], int]:
    """The same part of each period before the asked one, the newest first, and the step of the comparison.

    The step is how many periods back the compared one lies: 1 for the one before, 4 for a quarter a year ago.
    Empty where the periods are no units of the calendar, not of one kind, or where the compared one is not
    cut at the day that corresponds to the day asked: its change is no like of those of the past.
    """
    against = query.against
    unit, other = query.period.unit, None if against is None else against.span.unit
    if against is None or unit is None or other is None or unit.kind != other.kind:
        return [], 0
    like = partner(calendar, query.period, query.as_of, Span.of(other), query.align)
    if against.through != like.through:
        return [], 0
    step = _distance(calendar, other, unit)
    if step is None:
        return [], 0
    windows: list[Span] = []
    for back in range(1, CHANGES + step + 1):
        try:
            earlier = calendar.shift(unit, -back)
            span = Span(earlier.label, earlier.start, earlier.end, earlier)
            compared = partner(calendar, query.period, query.as_of, span, query.align)
        except CockpitError:
            break
        windows.append(Span(earlier.label, compared.span.start, compared.through))
    return windows, step


def usual_change(values: Sequence[float | None], step: int) -> float | None:
    """The half-width from the values of the past windows, the newest first."""
    changes = [
        now - then
        for now, then in zip(values, values[step:], strict=False)
        if now is not None and then is not None
    ]
    return half_width(changes)


def own_swing(
    calendar: "FiscalCalendar", query: "Query", value: Callable[[Span], tuple[float | None, int]]
) -> float | None:
    """The usual swing of a metric's change.

    Args:
        calendar: whose periods are stepped through.
        query: the period and what it is compared with.
        value: the metric over a window, and the deals behind it; a window without deals ends the history.
    """
    windows, step = past_windows(calendar, query)
    values: list[float | None] = []
    for window in windows:
        found, n = value(window)
        if not n:
            break
        values.append(found)
    return usual_change(values, step)


def _distance(calendar: "FiscalCalendar", earlier: "Unit", later: "Unit") -> int | None:
    """How many units one lies before the other; None where that is not from 1 to 13."""
    unit = later
    for step in range(1, 14):
        try:
            unit = calendar.shift(unit, -1)
        except CockpitError:
            return None
        if unit.label == earlier.label:
            return step
    return None
