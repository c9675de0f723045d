"""How a figure is to be taken: its target and where that comes from, its status, and the words beside it.

The target is, in this order, the one of the group (`[kpi.NAME] target_by`), the one of `[targets]` (a number,
the quota table, or the own baseline), or the rule of thumb of the definition. A baseline is the same figure
over the four units before the asked one; of sums, a quarter of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from typing import TYPE_CHECKING, Final, Literal

from cockpit.base.problems import CockpitError
from cockpit.fiscal.periods import Span
from cockpit.metrics.aggregate import Group
from cockpit.metrics.change import FEWEST
from cockpit.metrics.definition import Metric
from cockpit.metrics.figures import TOO_SMALL, Figure, Figures
from cockpit.metrics.query import MetricSettings, Query
from cockpit.metrics.results import Number, Status
from cockpit.metrics.state import Cut, State
from cockpit.metrics.targets import QUOTA, status_of, target_of

if TYPE_CHECKING:
    from cockpit.fiscal import FiscalCalendar

YOUNG, PRORATED = "young", "prorated"
BASELINE: Final = "baseline"
BASELINE_UNITS = 4
TargetOrigin = Literal["group", "config", "quota table", "own baseline", "rule of thumb"]
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Judgement:
    """What is said beside one figure; see `KpiRow`."""

    target: Number | None
    origin: TargetOrigin | None
    status: Status | None
    marks: tuple[str, ...]


class Judge:
    """Judges the figures of one query.

    Args:
        state: answers further cuts.
        settings: the workspace's targets.
        calendar: units of baselines.
        query: what was asked.
        metrics: the metrics asked for.
    """

    def __init__(
        self,
        state: State,
        settings: MetricSettings,
        calendar: "FiscalCalendar",
        query: Query,
        metrics: Sequence[Metric],
    ) -> None:
        self._state = state
        self._settings = settings
        self._calendar = calendar
        self._query = query
        self._baselines = self._baselines_of(metrics)
        fact = state.book.found(QUOTA, query.as_of, query.period.start, query.period.end)
        self._prorated = fact is not None and bool(fact.frame["prorated"].any())

    def helpers(self, metrics: Sequence[Metric]) -> list[Metric]:
        """Metrics that targets and marks need besides those that were asked for."""
        names = [metric.spec.matures_by for metric in metrics if metric.spec.matures_by is not None]
        if any(self._settings.targets.get(metric.name) == QUOTA for metric in metrics):
            names.append(QUOTA)
        names += [metric.weights for metric in metrics if metric.weights is not None]
        return [self._state.catalogue.get(name) for name in names]

    def judge(self, metric: Metric, group: Group, figure: Figure, figures: Figures) -> Judgement:
        """What is said beside the figure of a metric in a group."""
        target, origin = self._target(metric, group, figures)
        warn = self._settings.warn.get(metric.name)
        status = status_of(figure.value, target, metric.good, warn)
        return Judgement(
            target, origin if target is not None else None, status, self._marks(metric, figure, figures)
        )

    def _target(
        self, metric: Metric, group: Group, figures: Figures
    ) -> tuple[Number | None, TargetOrigin | None]:
        own = self._of_group(metric, group)
        if own is not None:
            return own, "group"
        spec = self._settings.targets.get(metric.name)
        if spec is None:
            return metric.spec.rule_of_thumb, "rule of thumb"
        if spec == QUOTA:
            quota = figures.figure(self._state.catalogue.get(QUOTA), group)
            return (quota.value if quota.n else None), "quota table"
        if spec == BASELINE:
            return self._baseline(metric, group), "own baseline"
        if group and metric.additive:
            return None, None
        return target_of(spec, metric, self._query.period, self._calendar), "config"

    def _of_group(self, metric: Metric, group: Group) -> Number | None:
        by_dimension = self._settings.targets_by.get(metric.name, {})
        if not group or len(self._query.by) != 1:
            return None
        return by_dimension.get(self._query.by[0], {}).get(str(group[0]))

    def _baselines_of(self, metrics: Sequence[Metric]) -> Mapping[str, Figures]:
        wanted = [
            one for one in metrics if self._settings.targets.get(one.name) == BASELINE and not one.stock
        ]
        unit = self._query.period.unit
        if not wanted or unit is None:
            return {}
        try:
            first = self._calendar.shift(unit, -BASELINE_UNITS)
        except CockpitError:
            return {}
        span = Span(BASELINE, first.start, unit.start - _DAY)
        cut = Cut(self._query.as_of, span, self._query.by, self._query.where, self._query.align)
        figures = self._state.figures(wanted, cut)
        return {one.name: figures for one in wanted}

    def _baseline(self, metric: Metric, group: Group) -> Number | None:
        figures = self._baselines.get(metric.name)
        value = None if figures is None else figures.figure(metric, group).value
        if value is None or not metric.additive:
            return value
        return float(Fraction(value) / BASELINE_UNITS)

    def _marks(self, metric: Metric, figure: Figure, figures: Figures) -> tuple[str, ...]:
        marks = []
        query = self._query
        if metric.spec.matures_by is not None and figure.value is not None:
            maturity = figures.figure(self._state.catalogue.get(metric.spec.matures_by)).value
            last = query.period.through(query.as_of) or query.as_of
            if maturity is not None and (query.as_of - last).days < maturity:
                marks.append(YOUNG)
        if QUOTA in metric.facts and figure.value is not None and self._prorated:
            marks.append(PRORATED)
        if metric.proportion and figure.value is not None and 0 < figure.n < FEWEST:
            marks.append(TOO_SMALL)
        return tuple(marks)
