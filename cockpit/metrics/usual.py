"""The usual swings of the totals of one engine: each metric set against its own earlier changes.

A sum, a mean or a ratio over dates is counted again over the same part of each earlier period. A metric made
of others, or of states, is taken at the corresponding day of each earlier period: what has a date from the
records of the day asked, cut at that day, and states as they were stored or told by the source. A state that
would have to be put together from the records' own dates counts as unknown.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING

from cockpit.fiscal.periods import Span
from cockpit.metrics.definition import Metric
from cockpit.metrics.figures import simple_parts
from cockpit.metrics.moment import Steps, Unreachable
from cockpit.metrics.query import Query
from cockpit.metrics.state import Cut, State
from cockpit.metrics.swing import own_swing, past_windows, usual_change

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar
    from cockpit.sources.table import Table

MOST_DEALS = 250_000
"""Over more deals no earlier states are made for a swing: each of them costs a pass over all that changed."""


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
        self._found: dict[tuple[object, ...], float | None] = {}

    def of(self, metric: Metric, query: Query, kept_only: bool = False) -> float | None:
        """The half-width of the usual change of a metric's total, or None where it is not known.

        Args:
            metric: the metric.
            query: the question; what else it asks for is found in the same passes.
            kept_only: answer from what was found before, so that a step of a drill-down stays quick.
        """
        if query.against is None or query.then is not None:
            return None
        key = self._key(metric, query)
        if key in self._found or kept_only:
            return self._found.get(key)
        if metric.kind in ("simple", "ratio") and not metric.stock:
            self._found[key] = self._of_flow(metric, query)
            return self._found[key]
        asked = [self._state.catalogue.get(name) for name in query.names]
        together = [one for one in asked if self._has_past(one, query)]
        if metric not in together:
            return None
        for one, found in zip(together, self._at_like_days(together, query), strict=True):
            self._found[self._key(one, query)] = found
        return self._found[key]

    def _key(self, metric: Metric, query: Query) -> tuple[object, ...]:
        asked = query.where, query.period, query.as_of, query.against, query.align
        return metric.name, self._version(), *asked

    def _of_flow(self, metric: Metric, query: Query) -> float | None:
        def value(window: Span) -> tuple[float | None, int]:
            cut = Cut(query.as_of, window, (), query.where, query.align)
            figure = self._state.figures([metric], cut).figure(metric)
            return (None if figure.value is None else float(figure.value)), figure.n

        return own_swing(self._calendar, query, value)

    def _has_past(self, metric: Metric, query: Query) -> bool:
        """Whether the metric can be taken at a day of an earlier period as it is at the day asked."""
        if metric.kind not in ("simple", "ratio", "derived"):
            return False
        if metric.kind != "derived" and not metric.stock:
            return False
        parts = [
            (self._state.catalogue.get(name), steps)
            for name, steps in simple_parts(self._state.catalogue, metric)
        ]
        if not all(part.stock or part.spec.date or part.facts == ("quota",) for part, _ in parts):
            return False
        of_a_day = any(part.stock or steps for part, steps in parts)
        # of a period that is over, a state of today is no state of its last day
        if of_a_day and not query.period.contains(query.as_of):
            return False
        deals = self._tables.get("opportunities")
        is_small = deals is None or deals.frame.height <= MOST_DEALS
        return is_small or not any(part.stock for part, _ in parts)

    def _at_like_days(self, metrics: Sequence[Metric], query: Query) -> list[float | None]:
        windows, step = past_windows(self._calendar, query)
        moments = [(f"-{back} asked",) for back in range(1, len(windows) + 1)]
        cut = Cut(query.as_of, query.period, (), query.where, query.align)
        asked: dict[tuple[Steps, ...], list[Metric]] = defaultdict(list)
        for metric in metrics:
            asked[tuple(there for there in moments if self._is_known(metric, there, cut))].append(metric)
        found: dict[str, float | None] = {}
        for known, together in asked.items():
            figures = self._state.figures(together, cut, known)
            for metric in together:
                values: list[float | None] = []
                for there in moments:
                    figure = figures.figure(metric, (), there) if there in known else None
                    if figure is not None and figure.value is not None and not figure.n:
                        break
                    number = None if figure is None else figure.value
                    values.append(None if number is None else float(number))
                found[metric.name] = usual_change(values, step)
        return [found[metric.name] for metric in metrics]

    def _is_known(self, metric: Metric, there: Steps, cut: Cut) -> bool:
        """Whether a state, and every state among its parts, was stored or told at that moment."""
        parts = simple_parts(self._state.catalogue, metric, there)
        states = [(part, steps) for name, steps in parts if (part := self._state.catalogue.get(name)).stock]
        if metric.stock:
            states.append((metric, there))
        try:
            return not any(
                self._is_rebuilt(state, self._state.moment(steps, cut).day) for state, steps in states
            )
        except Unreachable:
            return False
