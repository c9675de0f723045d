"""From the figures of a metric to the rows that are shown: its total and its groups, each compared."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import date
from typing import Final

from cockpit.metrics import change
from cockpit.metrics.aggregate import Group
from cockpit.metrics.definition import Metric
from cockpit.metrics.figures import Figure, Figures
from cockpit.metrics.judging import Judge
from cockpit.metrics.query import Query
from cockpit.metrics.results import NOT_DIVIDED, Compared, KpiRow, PeriodShown
from cockpit.metrics.swing import Swing

RECONSTRUCTED: Final = "reconstructed"
"""Why a change is not told, and the kind of a state that is put together from the records' own dates."""


@dataclass(frozen=True, slots=True)
class GroupRows:
    """One metric of a question with what is known about all of its groups.

    Attributes:
        metric: the metric.
        query: the question.
        figures: of the state asked.
        compared: of the state compared with, or None.
        judge: sets figures against their targets.
        marks: said beside each figure.
        no_delta: whether its change is not told, since it would be made up.
        weights: of a share in a sum, the metric that tells how unevenly the sum is spread; else None.
        usual: gives the usual swing of the total from its own history.
    """

    metric: Metric
    query: Query
    figures: Figures
    compared: Figures | None
    judge: Judge
    marks: tuple[str, ...]
    no_delta: bool
    weights: Metric | None
    usual: Callable[[], Swing]

    def rows(self, shown: Collection[Group] = ()) -> list[KpiRow]:
        """The total, then the groups, largest first.

        Args:
            shown: groups that are there also where they have no rows.
        """
        groups = set(shown)
        if self.query.by:
            groups |= self.figures.groups(self.metric)
            groups |= set() if self.compared is None else self.compared.groups(self.metric)
        rows = [self._row(group) for group in sorted(groups, key=label_key)]
        rows.sort(key=lambda row: (row.value is None, -(row.value or 0)))
        return [self._row(()), *rows]

    def _row(self, group: Group) -> KpiRow:
        metric, figure = self.metric, self.figures.figure(self.metric, group)
        said = self.judge.judge(metric, group, figure, self.figures)
        return KpiRow(
            kpi=metric.name,
            by=dict(zip(self.query.by, group, strict=False)),
            value=figure.value,
            unit=metric.unit,
            n=figure.n,
            reason=figure.reason,
            numerator=figure.numerator,
            denominator=figure.denominator,
            compare=None if self.compared is None else self._compare(group, figure, self.compared),
            target=said.target,
            target_origin=said.origin,
            status=said.status,
            marks=(*said.marks, *self.marks),
        )

    def _compare(self, group: Group, figure: Figure, compared: Figures) -> Compared:
        metric, query = self.metric, self.query
        assert query.against is not None
        span, through = query.against.span, compared_day(query)
        other = compared.figure(metric, group)
        reason: str | None = None
        if self.no_delta:
            reason = RECONSTRUCTED
        elif figure.value is None or other.value is None:
            reason = figure.reason if figure.value is None else other.reason
        delta, unusual, swing = None, None, Swing()
        if reason is None and figure.value is not None and other.value is not None:
            delta = change.difference(figure.value, other.value)
            swing = self._swing(group, figure, other, compared)
            if swing.half_width is not None:
                enough = min(figure.n, other.n) >= change.FEWEST
                unusual = enough and abs(float(delta)) > swing.half_width
        return Compared(
            PeriodShown(span.label, span.start, span.end, through), other.value, delta, swing.half_width,
            unusual, reason, other.n, other.numerator, other.denominator, swing.basis, swing.reason,
        )  # fmt: skip

    def _swing(self, group: Group, figure: Figure, other: Figure, compared: Figures) -> Swing:
        """What a change usually is: of shares from the deals behind them, else from the metric's own past."""
        if not (self.metric.proportion and self.metric.divides):  # windows that trail share their deals
            return Swing(reason=NOT_DIVIDED) if group else self.usual()
        n, other_n = (
            self._deals(figures, group, one) for figures, one in ((self.figures, figure), (compared, other))
        )
        found = change.swing(float(figure.value or 0), n, float(other.value or 0), other_n)
        if found is None:
            return Swing(reason="it is no share of deals on both sides")
        return Swing(found, "deals" if self.weights is None else "sizes of deals")

    def _deals(self, figures: Figures, group: Group, figure: Figure) -> float:
        """How many deals of one size would say as much: one over the sum of the squared shares."""
        if self.weights is None:
            return figure.n
        spread = figures.figure(self.weights, group).value
        return 1 / float(spread) if spread else 0.0


def compared_day(query: Query) -> date:
    """The day as of which the other side of a comparison is taken."""
    assert query.against is not None
    return min(query.against.through or query.as_of, query.as_of)


def label_key(group: Group) -> tuple[tuple[bool, str], ...]:
    """Orders groups by their values, a missing one last."""
    return tuple((value is None, str(value)) for value in group)
