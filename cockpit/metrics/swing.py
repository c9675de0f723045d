"""The usual swing of a change from a metric's own history, where no formula knows it.

The changes between like windows of the past (the same part of each quarter, say) are taken as draws from a
distribution around zero; the half-width is the 95 % quantile of Student's t for so many of them times their
root mean square.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING, Final

from cockpit.base.problems import CockpitError
from cockpit.fiscal.compare import partner
from cockpit.fiscal.periods import Span
from cockpit.metrics.results import SwingBasis

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar, Unit
    from cockpit.metrics.query import Query

CHANGES = 8
"""Changes of the past that are looked at, at most."""
FEWEST_CHANGES = 4
"""Fewer of them and nothing is said."""
T_95 = (12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306)
"""Two-sided 95 % quantiles of Student's t for 1 to 8 degrees of freedom."""
NEVER_CHANGED: Final = "it never changed before"
NOT_ALIKE: Final = "the two are not the same part of two like periods"


@dataclass(frozen=True, slots=True)
class Swing:
    """What a change usually is.

    Attributes:
        half_width: of the usual (95 %) change; None comes with a reason.
        basis: what it follows from.
        reason: why it is not known.
    """

    half_width: float | None = None
    basis: SwingBasis | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class LikeWindows:
    """The windows of earlier periods whose changes are like the one asked.

    Attributes:
        spans: by how many periods they lie back, the newest first.
        pairs: the changes: each as how far back both of its windows lie.
    """

    spans: Mapping[int, Span]
    pairs: tuple[tuple[int, int], ...] = ()


def half_width(changes: Sequence[float]) -> float | None:
    """The half-width of the usual change; None where too few changes are known or none was ever seen."""
    known = list(changes)[:CHANGES]
    if len(known) < FEWEST_CHANGES:
        return None
    spread = sqrt(sum(change * change for change in known) / len(known))
    return T_95[len(known) - 1] * spread or None


def past_windows(calendar: "FiscalCalendar", query: "Query", cycle: int = 1) -> LikeWindows:
    """The same part of each period before the asked one.

    Empty where the periods are no units of the calendar, not of one kind, or where the compared one is not
    cut at the day that corresponds to the day asked: its change is no like of those of the past.

    Args:
        calendar: whose periods are stepped through.
        query: the period and what it is compared with.
        cycle: after how many periods a change is like the one asked: 4 for what adds up from quarter to
            quarter over a year.
    """
    nothing = LikeWindows({})
    against = query.against
    unit, other = query.period.unit, None if against is None else against.span.unit
    if against is None or unit is None or other is None or unit.kind != other.kind:
        return nothing
    like = partner(calendar, query.period, query.as_of, Span.of(other), query.align)
    if against.through != like.through:
        return nothing
    step = _distance(calendar, other, unit)
    if step is None:
        return nothing
    pairs = [(cycle * place, cycle * place + step) for place in range(1, CHANGES + 1)]
    spans: dict[int, Span] = {}
    for back in sorted({place for pair in pairs for place in pair}):
        try:
            earlier = calendar.shift(unit, -back)
            span = Span(earlier.label, earlier.start, earlier.end, earlier)
            compared = partner(calendar, query.period, query.as_of, span, query.align)
        except CockpitError:
            break
        spans[back] = Span(earlier.label, compared.span.start, compared.through)
    return LikeWindows(spans, tuple(pair for pair in pairs if set(pair) <= set(spans)))


def usual_change(values: Mapping[int, float | None], windows: LikeWindows) -> Swing:
    """The swing from the values of the past windows.

    Args:
        values: by how many periods the window lies back; what is missing is unknown.
        windows: the windows.
    """
    changes = []
    for later, earlier in windows.pairs:
        now, then = values.get(later), values.get(earlier)
        if now is not None and then is not None:
            changes.append(now - then)
    found = half_width(changes)
    if found is not None:
        return Swing(found, "own past")
    if len(changes) < FEWEST_CHANGES:
        known = f"{len(changes)} of the {FEWEST_CHANGES}" if changes else f"none of the {FEWEST_CHANGES}"
        return Swing(reason=f"{known} earlier changes that it needs are known")
    return Swing(reason=NEVER_CHANGED)


def own_swing(
    calendar: "FiscalCalendar", query: "Query", value: Callable[[Span], tuple[float | None, int]]
) -> Swing:
    """The usual swing of a metric's change.

    Args:
        calendar: whose periods are stepped through.
        query: the period and what it is compared with.
        value: the metric over a window, and the deals behind it; a window without deals ends the history.
    """
    windows = past_windows(calendar, query)
    if not windows.spans:
        return Swing(reason=NOT_ALIKE)
    values: dict[int, float | None] = {}
    for back, window in windows.spans.items():
        found, n = value(window)
        if not n:
            break
        values[back] = found
    return usual_change(values, windows)


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
