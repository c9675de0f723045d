"""The usual swings of the totals of one engine: each metric set against its own earlier changes.

A sum, a mean or a ratio over dates is counted again over the same part of each earlier period. A metric made
of others, of states, of what moved, or to date is taken at the corresponding day of each earlier period: what
has a date from the records of the day asked, cut at that day, and states as they were stored or told by the
source. A state that would have to be put together from the records' own dates counts as unknown. What adds up
over a longer unit is set against its changes at the same place of that unit: a year to date against those of
the same quarter of other years.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Final

from cockpit.fiscal.periods import Span
from cockpit.metrics.definition import Metric
from cockpit.metrics.facts.columns import OF_TWO_STATES
from cockpit.metrics.figures import simple_parts
from cockpit.metrics.moment import Steps, Unreachable, unit_to_date
from cockpit.metrics.query import Query
from cockpit.metrics.results import NOT_DIVIDED
from cockpit.metrics.state import Cut, State
from cockpit.metrics.swing import (
    NOT_ALIKE,
    LikeWindows,
    Swing,
    own_swing,
    past_windows,
    usual_change,
)

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.sources.table import Table

MOST_DEALS = 250_000
"""Over more deals no earlier states are made for a swing: each of them costs a pass over all that changed."""
_OF_A_STORED_STATE: Final = "it is set against a stored state, not against a like day"
_NO_PAST: Final = "its parts have no earlier days of their own"
_PERIOD_IS_OVER: Final = "the period is over, and the state of today is not that of its last day"
_TOO_MANY: Final = f"earlier states of more than {MOST_DEALS:,} deals are not made for it"

_Moments = tuple[Steps, ...]


class UsualSwings:
    """What a change of each total usually is; kept once found, since it needs many passes.

    Args:
        state: answers over the tables.
        tables: by table name.
        calendar: whose periods are stepped through.
        is_rebuilt: whether a metric of a past day rests on records that were not stored then.
        version: a number that changes with the stored history.
    """

    def __init__(
        self,
        state: State,
        tables: "Mapping[str, Table]",
        calendar: "FiscalCalendar",
        is_rebuilt: Callable[[Metric, date], bool],
        version: Callable[[], int],
    ) -> None:
        self._state = state
        self._tables = tables
        self._calendar = calendar
        self._is_rebuilt = is_rebuilt
        self._version = version
        self._found: dict[tuple[object, ...], Swing] = {}

    def of(self, metric: Metric, query: Query, kept_only: bool = False) -> Swing:
        """The usual change of a metric's total, or why it is not known.

        Args:
            metric: the metric.
            query: the question; what else it asks for is found in the same passes.
            kept_only: answer from what was found before, so that a step of a drill-down stays quick.
        """
        if query.against is None or query.then is not None:
            return Swing(reason=_OF_A_STORED_STATE)
        key = self._key(metric, query)
        if key in self._found or kept_only:
            return self._found.get(key, Swing(reason=NOT_DIVIDED))
        if metric.kind in ("simple", "ratio") and not metric.stock:
            self._found[key] = self._of_flow(metric, query)
            return self._found[key]
        asked = [self._state.catalogue.get(name) for name in query.names]
        together = [one for one in asked if self._why_no_past(one, query) is None]
        if metric not in together:
            self._found[key] = Swing(reason=self._why_no_past(metric, query) or _NO_PAST)
            return self._found[key]
        for one, found in zip(together, self._at_like_days(together, query), strict=True):
            self._found[self._key(one, query)] = found
        return self._found[key]

    def _key(self, metric: Metric, query: Query) -> tuple[object, ...]:
        asked = query.where, query.period, query.as_of, query.against, query.align
        return metric.name, self._version(), *asked

    def _of_flow(self, metric: Metric, query: Query) -> Swing:
        def value(window: Span) -> tuple[float | None, int]:
            cut = Cut(query.as_of, window, (), query.where, query.align)
            if not self._reaches(metric, (), cut):
                return None, 0
            figure = self._state.figures([metric], cut).figure(metric)
            return (None if figure.value is None else float(figure.value)), figure.n

        return own_swing(self._calendar, query, value)

    def _parts(self, metric: Metric, steps: Steps = ()) -> list[tuple[Metric, Steps]]:
        catalogue = self._state.catalogue
        return [(catalogue.get(name), there) for name, there in simple_parts(catalogue, metric, steps)]

    def _why_no_past(self, metric: Metric, query: Query) -> str | None:
        """Why the metric cannot be taken at a day of an earlier period as it is at the day asked, or None."""
        if metric.kind in ("simple", "ratio") and not metric.stock:
            return _NO_PAST  # it is counted again instead
        parts = self._parts(metric)
        if not all(
            part.stock or part.spec.date or part.facts[0] in ("quota", *OF_TWO_STATES) for part, _ in parts
        ):
            return _NO_PAST
        of_a_day = any(part.stock or steps for part, steps in parts)
        if of_a_day and not query.period.contains(query.as_of):
            return _PERIOD_IS_OVER
        deals = self._tables.get("opportunities")
        if self._takes_states(metric) and deals is not None and deals.frame.height > MOST_DEALS:
            return _TOO_MANY
        return None

    def _takes_states(self, metric: Metric) -> bool:
        """Whether it has facts of its own for every earlier day."""
        return any(part.stock or part.facts[0] in OF_TWO_STATES for part, _ in self._parts(metric))

    def _at_like_days(self, metrics: Sequence[Metric], query: Query) -> list[Swing]:
        cut = Cut(query.as_of, query.period, (), query.where, query.align)
        windows = {
            metric: past_windows(self._calendar, query, self._cycle(metric, cut)) for metric in metrics
        }
        values: dict[Metric, dict[Steps, tuple[float | None, int]]] = {metric: {} for metric in metrics}

        def take(together: Sequence[Metric], moments: _Moments) -> None:
            if not together:
                return
            figures = self._state.figures(together, cut, moments)
            for metric in together:
                for there in moments:
                    figure = figures.figure(metric, (), there)
                    number = None if figure.value is None else float(figure.value)
                    values[metric][there] = number, figure.n

        def known(metric: Metric) -> _Moments:
            moments = (_moment(back) for back in windows[metric].spans)
            return tuple(there for there in moments if self._is_known(metric, there, cut))

        apart = [metric for metric in metrics if self._takes_states(metric)]
        for back in sorted({back for metric in apart for back in windows[metric].spans}):
            there = _moment(back)
            here = [one for one in apart if back in windows[one].spans and self._is_known(one, there, cut)]
            take(here, (there,))
        asked: dict[_Moments, list[Metric]] = defaultdict(list)
        for metric in metrics:
            if metric not in apart:
                asked[known(metric)].append(metric)
        for moments, together in asked.items():
            take(together, moments)
        return [_swing(windows[metric], values[metric]) for metric in metrics]

    def _cycle(self, metric: Metric, cut: Cut) -> int:
        """After how many periods a change of the metric is at the same place of what it adds up over."""
        unit, longest = cut.period.unit, 1
        for step in (step for _, steps in self._parts(metric) for step in steps):
            kind = unit_to_date(step)
            if kind is None or unit is None or kind == unit.kind:
                continue
            whole = self._calendar.unit(kind, unit.start)
            if whole is not None:
                inside = self._calendar.units(unit.kind, whole.start, whole.end)
                longest = max(longest, len(inside))
        return longest

    def _reaches(self, metric: Metric, there: Steps, cut: Cut) -> bool:
        """Whether the records go back to the first day of everything that the metric counts by dates."""
        for key in simple_parts(self._state.catalogue, metric, there):
            try:
                first = self._state.first_day(key, cut)
                start = self._state.moment(key[1], cut).span.start
            except Unreachable:
                return False
            if first is not None and (start is None or start < first):
                return False
        return True

    def _is_known(self, metric: Metric, there: Steps, cut: Cut) -> bool:
        """Whether a state, and every state among its parts, was stored or told at that moment.

        What counts by dates must have begun by then: the first window of the data is only a part of one.
        """
        states = [(part, steps) for part, steps in self._parts(metric, there) if part.stock]
        if metric.stock:
            states.append((metric, there))
        try:
            rebuilt = any(
                self._is_rebuilt(state, self._state.moment(steps, cut).day) for state, steps in states
            )
        except Unreachable:
            return False
        return not rebuilt and self._reaches(metric, there, cut)


def _moment(back: int) -> Steps:
    return (f"-{back} asked",)


def _swing(windows: LikeWindows, values: Mapping[Steps, tuple[float | None, int]]) -> Swing:
    """From the values and the deals behind them; a window that is known and has no deals ends the history."""
    if not windows.spans:
        return Swing(reason=NOT_ALIKE)
    known: dict[int, float | None] = {}
    for back in windows.spans:
        value, n = values.get(_moment(back), (None, 0))
        if value is not None and not n:
            break
        known[back] = value
    return usual_change(known, windows)
